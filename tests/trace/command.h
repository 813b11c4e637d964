// SPDX-License-Identifier: Apache-2.0
// A command as a user runs it, in a process of its own.
#ifndef TRACE_COMMAND_H
#define TRACE_COMMAND_H

#include <sys/types.h>

// Start `command` with its output in the fixture's files "out" and "err". words end with NULL.
pid_t command_start(int (*command)(int, char **), const char *const *words);
// Its exit status.
int command_finish(pid_t child);
void command_assert_file_contains(const char *name, const char *part);

#define COMMAND_RUN(command, ...) \
    command_finish(command_start(command, (const char *const[]){"tandem test", __VA_ARGS__, NULL}))

#endif
