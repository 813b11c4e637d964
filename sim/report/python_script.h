// SPDX-License-Identifier: Apache-2.0
// Starting the Python programs of the source tree.
#ifndef REPORT_PYTHON_SCRIPT_H
#define REPORT_PYTHON_SCRIPT_H

#include <sys/types.h>

#include "sim/error.h"

struct python_script {
    pid_t child;
    int pipe;  // our end of it, to be closed by the caller
};

// Start the script at `path` below the source tree with `arguments` (NULL at the end, 6 at most).
// Its file number `piped` is a pipe: we write to standard input, read what comes from the others.
// TANDEM_PYTHON names another Python than /usr/bin/python3, for which Debian's modules are.
// SIM_ERROR_TOOL: Python or the source tree are missing.
enum sim_status python_script_start(const char *path, const char *const *arguments, int piped,
                                    struct python_script *script, struct sim_error *error);

// Wait for its end. Returns its exit status; -1: it was ended by a signal.
int python_script_wait(const struct python_script *script);

#endif
