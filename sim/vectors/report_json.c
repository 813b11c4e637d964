// SPDX-License-Identifier: Apache-2.0
// The JSON document: docs/vectors.md. Nothing in it depends on the machine or the moment.
#define _POSIX_C_SOURCE 200809L
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "report.h"
#include "result.h"
#include "words.h"

enum { WORDS_BYTES = 4096 };

static json_t *number(uint64_t value) {
    return json_integer((json_int_t)value);
}

// JSON is UTF-8; a file's name need not be.
static json_t *string(const char *text) {
    char copy[WORDS_BYTES];
    snprintf(copy, sizeof copy, "%s", text);
    for (char *c = copy; *c; c++)
        if ((unsigned char)*c >= 128) *c = '?';
    return json_string(copy);
}

enum sim_status vectors_report_begin(struct vectors_report *report,
                                     const struct vectors_options *options, bool with_json,
                                     struct sim_error *error) {
    *report = (struct vectors_report){.options = options};
    if (!with_json) return SIM_OK;
    report->files = json_array();
    report->failures = json_array();
    if (report->files && report->failures) return SIM_OK;
    vectors_report_end(report);
    return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}

void vectors_report_end(struct vectors_report *report) {
    json_decref(report->files);
    json_decref(report->failures);
    report->files = report->failures = NULL;
}

// What is said by something that prints, as JSON.
enum said { SAY_SCENARIO, SAY_QUERY, SAY_EXPECTED, SAY_OBSERVED, SAY_DIFFERENCES };

static json_t *words(const struct vectors_failure *failure, enum said what) {
    char text[WORDS_BYTES] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    if (!out) return NULL;
    switch (what) {
        case SAY_SCENARIO:
            vectors_say_scenario(out, failure->scenario);
            break;
        case SAY_QUERY:
            vectors_say_query(out, failure->scenario, failure->query);
            break;
        case SAY_EXPECTED:
            vectors_say_outcome(out, &failure->query->expected);
            break;
        case SAY_OBSERVED:
            vectors_say_outcome(out, failure->observed);
            break;
        case SAY_DIFFERENCES:
            vectors_say_differences(out, failure->differences);
            break;
    }
    fclose(out);
    return string(text);
}

void vectors_collect_failure(struct vectors_report *report, const struct vectors_failure *failure) {
    static const char *const names[] = {"walk", "timed_model", "rtl"};
    json_t *object = json_object();
    uint64_t line = failure->query ? failure->query->line : failure->scenario->line;
    json_object_set_new(object, "file", string(failure->file));
    json_object_set_new(object, "line", number(line));
    json_object_set_new(object, "who", json_string(names[failure->who]));
    json_object_set_new(object, "scenario", words(failure, SAY_SCENARIO));
    if (failure->query) {
        json_object_set_new(object, "query", words(failure, SAY_QUERY));
        json_object_set_new(object, "expected", words(failure, SAY_EXPECTED));
    }
    if (failure->observed) {
        json_object_set_new(object, "observed", words(failure, SAY_OBSERVED));
        json_object_set_new(object, "differ", words(failure, SAY_DIFFERENCES));
    }
    json_array_append_new(report->failures, object);
}

static json_t *tally_object(const struct vectors_report *report,
                            const struct vectors_tally *tally) {
    json_t *object = json_object();
    json_object_set_new(object, "scenarios", number(tally->scenarios));
    json_object_set_new(object, "queries", number(tally->queries));
    json_object_set_new(object, "model_passed", number(tally->queries - tally->failed));
    json_object_set_new(object, "model_failed", number(tally->failed));
    if (!report->options->dut) return object;
    json_object_set_new(object, "rtl_queries", number(tally->dut_queries));
    json_object_set_new(object, "rtl_passed", number(tally->dut_queries - tally->dut_failed));
    json_object_set_new(object, "rtl_failed", number(tally->dut_failed));
    return object;
}

void vectors_collect_file(struct vectors_report *report, const struct vectors_tally *tally) {
    json_t *object = tally_object(report, tally);
    json_object_set_new(object, "file", string(tally->file));
    json_array_append_new(report->files, object);
}

static json_t *lockstep_object(const struct vectors_lockstep *lockstep) {
    json_t *object = json_object(), *compared = json_object();
    for (unsigned c = 0; c < BENCH_CHECKS; c++)
        json_object_set_new(compared, bench_check_key((enum bench_check)c),
                            number(lockstep->compared[c]));
    json_object_set_new(object, "cycles", number(lockstep->cycles));
    json_object_set_new(object, "compared", compared);
    return object;
}

static json_t *choices_object(const struct vectors_choices *choices) {
    json_t *object = json_object();
    json_object_set_new(object, "update_first", json_boolean(choices->update_first));
    json_object_set_new(object, "gpa_in_tval2", json_boolean(choices->gpa_in_tval2));
    json_object_set_new(object, "no_memory",
                        json_string(choices->no_memory_zero ? "zero" : "fault"));
    return object;
}

enum sim_status vectors_report_write(const struct vectors_report *report, const char *path,
                                     struct sim_error *error) {
    json_t *root = json_object();
    json_object_set_new(root, "schema", json_string("tandem-vectors"));
    json_object_set_new(root, "schema_version", json_integer(VECTORS_SCHEMA_VERSION));
    json_object_set_new(root, "verdict",
                        json_string(vectors_report_passed(report) ? "passed" : "failed"));
    json_object_set_new(root, "seed", number(report->options->seed));
    json_object_set_new(root, "choices", choices_object(&report->options->choices));
    json_object_set(root, "files", report->files);
    json_object_set_new(root, "total", tally_object(report, &report->total));
    if (report->options->dut)
        json_object_set_new(root, "lockstep", lockstep_object(&report->lockstep));
    json_object_set(root, "failures", report->failures);
    char *text = json_dumps(root, JSON_INDENT(2));
    enum sim_status status = text ? result_write_text(path, text, error)
                                  : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    free(text);
    json_decref(root);
    return status;
}
