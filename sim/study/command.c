// SPDX-License-Identifier: Apache-2.0
// The command that repeats a study, whatever plan it came from; and that its files differ.
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "outputs.h"
#include "sim/files.h"
#include "study.h"

struct line {
    char *out;
    size_t capacity, used;
    bool overflow;
};

static void add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct line *line, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line->out + line->used, line->capacity - line->used, format, arguments);
    va_end(arguments);
    if (n < 0 || (size_t)n >= line->capacity - line->used) {
        line->out[line->used] = '\0';
        line->overflow = true;
    } else {
        line->used += (size_t)n;
    }
}

// As the shell reads it: in quotes if it holds more than letters, digits and a few marks.
static void add_text(struct line *line, const char *text) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:=@%";
    if (text[0] && !text[strspn(text, plain)]) {
        add(line, "%s", text);
        return;
    }
    add(line, "'");
    for (const char *c = text; *c; c++) add(line, *c == '\'' ? "'\\''" : "%c", *c);
    add(line, "'");
}

static void add_sets(struct line *line, const struct study_plan *plan) {
    struct study_config standard = study_config_default();
    for (unsigned i = 0; i < config_key_count + study_key_count; i++) {
        const struct config_key *key =
            i < config_key_count ? &config_keys[i] : &study_keys[i - config_key_count];
        uint64_t value = study_key_value(&plan->base, key);
        char text[24];
        if (value == study_key_value(&standard, key)) continue;
        study_key_print(key, value, text);
        add(line, " --set %s=%s", key->path, text);
    }
}

static void add_sweeps(struct line *line, const struct study_plan *plan) {
    for (unsigned a = 0; a < plan->axis_count; a++) {
        const struct study_axis *axis = &plan->axes[a];
        for (unsigned k = 0; k < axis->key_count; k++)
            add(line, "%s%s", k ? "," : " --sweep ", axis->keys[k]->path);
        for (unsigned i = 0; i < axis->count; i++) {
            char text[24];
            study_key_print(axis->keys[0], axis->values[i], text);
            add(line, "%s%s", i ? "," : "=", text);
        }
    }
}

void study_command_write(struct study_request *request) {
    static const char *const measures[] = {
#define X(id, name, text) name,
        STUDY_MEASURE_LIST(X)
#undef X
    };
    const struct study_plan *plan = &request->plan;
    struct line line = {.out = request->command, .capacity = sizeof request->command};
    const char *before = " --measure ";
    add(&line, "tandem study");
    if (strcmp(plan->name, "sweep")) add(&line, " %s", plan->name);
    for (unsigned t = 0; t < plan->trace_count; t++) {
        add(&line, " --trace ");
        add_text(&line, plan->traces[t]);
    }
    if (plan->mix) add(&line, " --mix");
    for (unsigned m = 0; m < STUDY_MEASURES; m++)
        if (plan->measures >> m & 1) {
            add(&line, "%s%s", before, measures[m]);
            before = ",";
        }
    add_sets(&line, plan);
    add_sweeps(&line, plan);
    if (plan->title[0]) {
        add(&line, " --title ");
        add_text(&line, plan->title);
    }
    if (request->verify_points)
        add(&line, " --verify %" PRIu64 " --verify-references %" PRIu64, request->verify_points,
            request->verify_references);
    if (request->verify_points && request->dut_path) {
        add(&line, " --dut ");
        add_text(&line, request->dut_path);
    }
    if (line.overflow)
        snprintf(request->command, sizeof request->command,
                 "the command of this study (too long to be printed here)");
}

// --- files -------------------------------------------------------------------------------

struct file {
    const char *what, *path;
    bool output;
};

enum sim_status study_check_files(struct study_request *request, struct sim_error *error) {
    struct file files[STUDY_MOST_TRACES + 7] = {
        {"--plan", request->plan_path, false}, {"--dut", request->dut_path, false},
        {"--cost", request->cost, false},      {"--json", request->json, true},
        {"--csv", request->csv, true},         {"--html", request->html, true},
        {"--journal", request->journal, true}};
    unsigned n = 7;
    for (unsigned t = 0; t < request->plan.trace_count; t++)
        files[n++] = (struct file){"a trace", request->plan.traces[t], false};
    for (unsigned i = 0; i < n; i++)
        for (unsigned j = i + 1; j < n; j++)
            if (files[i].path && files[j].path && (files[i].output || files[j].output) &&
                sim_same_file(files[i].path, files[j].path))
                return sim_fail(error, SIM_ERROR_USAGE, "%s: is given as %s and as %s",
                                files[j].path, files[i].what, files[j].what);
    return SIM_OK;
}

enum sim_status study_choose_journal(struct study_request *request, struct sim_error *error) {
    const char *first = request->json ? request->json : request->csv ? request->csv : request->html;
    if (!request->journal && first) {
        size_t size = strlen(first) + sizeof ".journal";
        request->journal_chosen = malloc(size);
        if (!request->journal_chosen) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
        snprintf(request->journal_chosen, size, "%s.journal", first);
        request->journal = request->journal_chosen;
    }
    if (request->resume && !request->journal)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "--resume needs the journal: give --journal, or the output beside which it "
                        "lies");
    return SIM_OK;
}
