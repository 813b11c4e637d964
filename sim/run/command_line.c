// SPDX-License-Identifier: Apache-2.0
#include "command_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A command line under construction; what does not fit sets `overflow`.
struct line {
    char *out;
    size_t capacity, used;
    bool overflow;
};

static void add(struct line *line, const char *text) {
    size_t length = strlen(text);
    if (length >= line->capacity - line->used) {
        line->overflow = true;
        return;
    }
    memcpy(line->out + line->used, text, length + 1);
    line->used += length;
}

static void add_number(struct line *line, const char *option, uint64_t value) {
    char text[64];
    snprintf(text, sizeof text, " %s %" PRIu64, option, value);
    add(line, text);
}

// As the shell reads it: in quotes if it holds more than letters, digits and a few marks.
static void add_path(struct line *line, const char *option, const char *path) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:=@%";
    bool quote = path[strspn(path, plain)] != '\0' || path[0] == '\0';
    add(line, " ");
    add(line, option);
    add(line, quote ? " '" : " ");
    for (const char *c = path; *c; c++) add(line, *c == '\'' ? "'\\''" : (char[]){*c, '\0'});
    if (quote) add(line, "'");
}

void command_line_write(struct run_options *run) {
    char settings[4096];
    struct line line = {.out = run->command, .capacity = sizeof run->command};
    const char *initial = getenv("TANDEM_X_SEED");
    if (initial) {
        add(&line, "TANDEM_X_SEED=");
        add(&line, initial);
        add(&line, " ");
    }
    add(&line, "tandem run");
    for (unsigned i = 0; i < run->trace_count; i++) add_path(&line, "--trace", run->traces[i]);
    if (run->random_count) add_number(&line, "--random", run->random_count);
    add_number(&line, "--seed", run->config.seed);
    if (run->max_errors > 1) add_number(&line, "--max-errors", run->max_errors);
    if (run->mode == BENCH_DUT_ONLY) add(&line, " --dut-only");
    if (run->mode == BENCH_MODEL_ONLY) add(&line, " --model-only");
    if (run->dut_path) add_path(&line, "--dut", run->dut_path);
    if (run->swap_path) add_path(&line, "--swap", run->swap_path);
    config_arguments(&run->config, settings, sizeof settings);
    add(&line, settings);
    if (line.overflow)
        snprintf(run->command, sizeof run->command,
                 "the command of this run (too long to be printed here), with");
}
