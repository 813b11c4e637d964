// SPDX-License-Identifier: Apache-2.0
// Failures of the environment (files, memory, configuration): a code from one list and
// one sentence that names the file and the place.
#ifndef SIM_ERROR_H
#define SIM_ERROR_H

// code, meaning
#define SIM_STATUS_LIST(X)                                             \
    X(SIM_OK, "success")                                               \
    X(SIM_END, "end of the data, not a failure")                       \
    X(SIM_ERROR_USAGE, "an argument or configuration is not legal")    \
    X(SIM_ERROR_IO, "the operating system refused an operation")       \
    X(SIM_ERROR_FORMAT, "a file's content is damaged or foreign")      \
    X(SIM_ERROR_MEMORY, "out of memory")                               \
    X(SIM_ERROR_TOOL, "a program that is needed is missing or failed") \
    X(SIM_ERROR_INTERRUPTED, "interrupted by a signal")

enum sim_status {
#define X(code, text) code,
    SIM_STATUS_LIST(X)
#undef X
};

#define SIM_ERROR_BYTES 512

// Filled by the function that fails; untouched on success. One sentence, no newline.
struct sim_error {
    char text[SIM_ERROR_BYTES];
};

// Format the sentence into error (ignored if NULL) and return status.
enum sim_status sim_fail(struct sim_error *error, enum sim_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Returns the name of the code ("SIM_ERROR_IO").
const char *sim_status_name(enum sim_status status);

#endif
