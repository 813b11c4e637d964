// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "outputs.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dut_loader.h"
#include "sim/files.h"

enum { MOST_FILES = MOST_TRACES + 7 };

struct file {
    const char *what, *path;
    bool output;
};

static unsigned list(const struct run_options *options, const struct outputs_others *given,
                     struct file *files) {
    unsigned n = 0;
    for (unsigned i = 0; i < options->trace_count; i++)
        files[n++] = (struct file){"--trace", options->traces[i], false};
    const struct file others[] = {
        {"--config", given->config, false},    {"--dut", options->dut_path, false},
        {"--swap", options->swap_path, true},  {"--json", given->json, true},
        {"--coverage", given->coverage, true}, {"--wave", options->wave_path, true},
        {"--explain", given->page, true}};
    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].path) files[n++] = others[i];
    return n;
}

enum sim_status outputs_check(const struct run_options *options,
                              const struct outputs_others *others, struct sim_error *error) {
    struct file files[MOST_FILES];
    unsigned n = list(options, others, files);
    for (unsigned i = 0; i < n; i++)
        for (unsigned j = i + 1; j < n; j++)
            if ((files[i].output || files[j].output) && sim_same_file(files[i].path, files[j].path))
                return sim_fail(error, SIM_ERROR_USAGE, "%s: is given as %s and as %s",
                                files[j].path, files[i].what, files[j].what);
    return SIM_OK;
}

enum sim_status outputs_check_place(const char *path, const char *content,
                                    struct sim_error *error) {
    struct stat status;
    char folder[RUN_PATH_BYTES];
    if (!lstat(path, &status) && !S_ISREG(status.st_mode))
        return sim_fail(error, SIM_ERROR_USAGE, "%s: not a regular file, so it cannot hold %s",
                        path, content);
    if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder - 2)
        return sim_fail(error, SIM_ERROR_USAGE, "%.200s: the name is too long", path);
    char *slash = strrchr(folder, '/');
    snprintf(slash ? slash + 1 : folder, 2, ".");
    if (access(folder, W_OK | X_OK))
        return sim_fail(error, SIM_ERROR_IO, "%s: cannot be created: %s", path, strerror(errno));
    return SIM_OK;
}
