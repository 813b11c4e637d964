// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "outputs.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_FILES = MOST_TRACES + 6 };

struct file {
    const char *what, *path;
    bool output;
};

// The same file, or the same place for a file that is not there yet.
static bool same_file(const char *a, const char *b) {
    struct stat x, y;
    bool has_a = !stat(a, &x), has_b = !stat(b, &y);
    if (has_a && has_b) return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    return has_a == has_b && !strcmp(a, b);
}

static unsigned list(const struct run_options *options, const char *config, const char *json,
                     const char *coverage, struct file *files) {
    unsigned n = 0;
    for (unsigned i = 0; i < options->trace_count; i++)
        files[n++] = (struct file){"--trace", options->traces[i], false};
    const struct file others[] = {
        {"--config", config, false},          {"--dut", options->dut_path, false},
        {"--swap", options->swap_path, true}, {"--json", json, true},
        {"--coverage", coverage, true},       {"--wave", options->wave_path, true}};
    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].path) files[n++] = others[i];
    return n;
}

enum sim_status outputs_check(const struct run_options *options, const char *config,
                              const char *json, const char *coverage, struct sim_error *error) {
    struct file files[MOST_FILES];
    unsigned n = list(options, config, json, coverage, files);
    for (unsigned i = 0; i < n; i++)
        for (unsigned j = i + 1; j < n; j++)
            if ((files[i].output || files[j].output) && same_file(files[i].path, files[j].path))
                return sim_fail(error, SIM_ERROR_USAGE, "%s: is given as %s and as %s",
                                files[j].path, files[i].what, files[j].what);
    return SIM_OK;
}

enum sim_status outputs_check_place(const char *path, const char *content,
                                    struct sim_error *error) {
    struct stat status;
    if (!lstat(path, &status) && !S_ISREG(status.st_mode))
        return sim_fail(error, SIM_ERROR_USAGE, "%s: not a regular file, so it cannot hold %s",
                        path, content);
    return SIM_OK;
}
