// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "report.h"

enum { SCHEMA_VERSION = 1 };

static json_t *number(uint64_t value) {
    return json_integer((json_int_t)value);
}

static json_t *words(const char *text) {
    json_t *string = json_string(text ? text : "");
    return string ? string : json_string("?");
}

static json_t *counts_of(const size_t *counts) {
    json_t *object = json_object();
    for (unsigned o = 0; o < OUTCOMES; o++)
        json_object_set_new(object, outcome_name((enum outcome)o), number(counts[o]));
    json_object_set_new(object, "not_run", number(counts[OUTCOME_NONE]));
    return object;
}

static json_t *run_of(const struct report *report) {
    json_t *object = json_object();
    json_object_set_new(object, "number", number((uint64_t)report->run));
    json_object_set_new(object, "plan", words(report->plan));
    json_object_set_new(object, "seed", number(report->seed));
    json_object_set_new(object, "started", words(report->started));
    json_object_set_new(object, "ended", words(report->ended));
    json_object_set_new(object, "state", words(report->state));
    json_object_set_new(object, "git", words(report->git));
    json_object_set_new(object, "rtl", words(report->rtl));
    json_object_set_new(object, "program", words(report->program));
    json_object_set_new(object, "launcher", words(report->launcher));
    json_object_set_new(object, "workers", number(report->workers));
    json_object_set_new(object, "seconds", json_real(report->seconds));
    return object;
}

static json_t *suites_of(const struct report *report) {
    json_t *array = json_array();
    for (size_t s = 0; s < report->suite_count; s++) {
        const struct report_suite *suite = &report->suites[s];
        json_t *object = json_object();
        json_object_set_new(object, "configuration", words(suite->configuration));
        json_object_set_new(object, "test", words(suite->test));
        json_object_set_new(object, "command", words(suite->command));
        json_object_set_new(object, "counts", counts_of(suite->counts));
        json_object_set_new(object, "seconds", json_real(suite->seconds));
        json_object_set_new(object, "cycles", number(suite->cycles));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *buckets_of(const struct report *report) {
    json_t *array = json_array();
    for (size_t b = 0; b < report->bucket_count; b++) {
        const struct report_bucket *bucket = &report->buckets[b];
        const struct report_job *job = &report->jobs[bucket->example];
        json_t *object = json_object();
        json_object_set_new(object, "signature", words(bucket->signature));
        json_object_set_new(object, "outcome", words(outcome_name(bucket->outcome)));
        json_object_set_new(object, "count", number(bucket->count));
        json_object_set_new(object, "job", number(bucket->example));
        json_object_set_new(object, "seed", number(job->seed));
        json_object_set_new(object, "sentence", words(job->sentence));
        json_object_set_new(object, "command", words(bucket->command));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *jobs_of(const struct report *report) {
    json_t *array = json_array();
    for (size_t n = 0; n < report->job_count; n++) {
        const struct report_job *job = &report->jobs[n];
        json_t *object = json_object();
        json_object_set_new(object, "suite", number(job->suite));
        json_object_set_new(object, "seed", number(job->seed));
        json_object_set_new(object, "again", json_boolean(job->again));
        json_object_set_new(object, "outcome", words(outcome_name(job->outcome)));
        json_object_set_new(object, "seconds", json_real(job->seconds));
        json_object_set_new(object, "cycles", number(job->cycles));
        if (job->sentence) {
            json_object_set_new(object, "signature", words(report->signatures[n]));
            json_object_set_new(object, "sentence", words(job->sentence));
        }
        json_array_append_new(array, object);
    }
    return array;
}

bool regress_report_json(const struct report *report, FILE *out) {
    json_t *root = json_object();
    json_object_set_new(root, "schema", json_string("tandem-regress"));
    json_object_set_new(root, "schema_version", json_integer(SCHEMA_VERSION));
    json_object_set_new(root, "run", run_of(report));
    json_object_set_new(root, "counts", counts_of(report->counts));
    json_object_set_new(root, "buckets", buckets_of(report));
    json_object_set_new(root, "suites", suites_of(report));
    json_object_set_new(root, "jobs", jobs_of(report));
    bool ok = !json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    json_decref(root);
    return ok;
}
