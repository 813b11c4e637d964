// SPDX-License-Identifier: Apache-2.0
// What `tandem run` was asked for, in words.
#ifndef TANDEM_SIM_RUN_RUN_ARGUMENTS_H
#define TANDEM_SIM_RUN_RUN_ARGUMENTS_H

#include "sim/error.h"
#include "world.h"

enum { MOST_SETTINGS = 64 };

struct run_arguments {
    struct run_options run;
    const char *json, *config, *keep, *coverage, *explain;
    struct sim_error error;
    bool failed, quiet, has_mode, has_window;
    struct setting {
        const char *option, *key, *value;  // key NULL: value is KEY=VALUE
    } settings[MOST_SETTINGS];             // to be applied after --config
    unsigned setting_count;
};

// Read the command line, then the configuration file, then what --set and its like change, and
// refuse what does not go together or could not be written. Usage errors of the command line itself
// end the process with status 2, as argp does; others: SIM_ERROR_USAGE, SIM_ERROR_IO, with a
// sentence in arguments->error. Strings point into argv.
enum sim_status run_arguments_read(int argc, char **argv, struct run_arguments *arguments);

#endif
