// SPDX-License-Identifier: Apache-2.0
// Reports of a run whose results are known: what each says is counted here, job by job.
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"
#include "kept.h"
#include "report.h"
#include "store_private.h"

// Two suites, a with seeds 1 .. 6, b with seeds 3 .. 5.
static const char plan_text[] =
    "title: 'p <&>'\n"
    "tests: {a: {run: --model-only, seeds: 1..6}, b: {run: [--model-only, \"x 'y'\"], seeds: "
    "3..5}}";
static const char odd[] = "it's <odd> & \"quoted\" \\ back";

// The outcome of a job, and what it failed with, by suite and seed.
static const struct known {
    const char *test;
    uint64_t seed;
    enum outcome outcome;
    const char *signature, *sentence;
} known[] = {{"a", 1, OUTCOME_PASSED, "", ""},
             {"a", 2, OUTCOME_FAILED, "k/one", "one 2"},
             {"a", 3, OUTCOME_FAILED, "k/two", odd},
             {"a", 4, OUTCOME_TIMEOUT, "timeout/default.a", "slow"},
             {"a", 5, OUTCOME_NONE, "", ""},
             {"a", 6, OUTCOME_FAILED, "k/one", "one 6"},
             {"b", 3, OUTCOME_ERROR, "error/x", "no file"},
             {"b", 4, OUTCOME_FAILED, "k/one", "one 4"},
             {"b", 5, OUTCOME_PASSED, "", ""}};
enum { KNOWN = sizeof known / sizeof known[0] };

// The linker puts this in place of calloc (tests/regress/CMakeLists.txt).
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
static unsigned callocs_left = UINT_MAX;  // that find memory

void *__wrap_calloc(size_t count, size_t size) {
    if (callocs_left == 0) return NULL;
    if (callocs_left != UINT_MAX) callocs_left--;
    return __real_calloc(count, size);
}

struct fixture {
    char folder[64], path[96];
    struct plan plan;
    struct suites suites;
    struct jobs jobs;
    struct store *store;
    struct report report;
    int64_t run;
};

static const struct known *known_of(const struct fixture *f, size_t number) {
    const struct job *job = &f->jobs.job[number];
    const char *test = f->suites.suite[job->suite].test;
    for (unsigned k = 0; k < KNOWN; k++)
        if (!strcmp(known[k].test, test) && known[k].seed == job->seed) return &known[k];
    fail();
    return NULL;
}

static int64_t begin(struct fixture *f, const char *git) {
    struct store_run about = {.seed = 5, .program = "1.0", .launcher = "local", .workers = 2};
    int64_t run = 0;
    snprintf(about.title, sizeof about.title, "%s", f->plan.title);
    snprintf(about.git, sizeof about.git, "%s", git);
    snprintf(about.rtl, sizeof about.rtl, "rtl-%s", git);
    assert_int_equal(store_begin(f->store, &about, &f->suites, &f->jobs, &run, NULL), SIM_OK);
    return run;
}

static void add(struct fixture *f, int64_t run, size_t number, const struct known *one) {
    struct result result = {.outcome = one->outcome, .attempts = 1, .seconds = 0.5, .cycles = 100};
    bool added;
    snprintf(result.signature, sizeof result.signature, "%s", one->signature);
    snprintf(result.sentence, sizeof result.sentence, "%s", one->sentence);
    if (one->outcome != OUTCOME_PASSED) result.output = strdup(odd);
    assert_int_equal(store_add(f->store, run, number, &result, &added, NULL), SIM_OK);
    assert_true(added);
    free(result.output);
}

static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    struct jobs_options options = {.seed = 5};
    strcpy(f->folder, "/tmp/tandem-report-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/r.db", f->folder);
    assert_int_equal(
        plan_parse("p", (const unsigned char *)plan_text, sizeof plan_text - 1, &f->plan, NULL),
        SIM_OK);
    assert_int_equal(suites_create(&f->plan, &f->suites, NULL), SIM_OK);
    assert_int_equal(jobs_create(&f->suites, &options, &f->jobs, NULL), SIM_OK);
    assert_int_equal(f->jobs.count, KNOWN);
    assert_int_equal(store_open(f->path, &f->store, NULL), SIM_OK);
    f->run = begin(f, "one");
    for (size_t n = 0; n < f->jobs.count; n++)
        if (known_of(f, n)->outcome != OUTCOME_NONE) add(f, f->run, n, known_of(f, n));
    assert_int_equal(store_end(f->store, f->run, "stopped", 2, NULL), SIM_OK);
    assert_int_equal(regress_report_read(f->store, f->run, &f->report, NULL), SIM_OK);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    static const char *const ends[] = {"", "-wal", "-shm"};
    char path[128];
    regress_report_destroy(&f->report);
    store_close(f->store);
    free(f->jobs.job);
    suites_destroy(&f->suites);
    plan_destroy(&f->plan);
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", f->path, ends[i]);
        unlink(path);
    }
    rmdir(f->folder);
    free(f);
    return 0;
}

static char *text_of(const struct fixture *f, regress_report_writer *writer) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_true(writer(&f->report, out));
    fclose(out);
    return text;
}

static unsigned times(const char *text, const char *what) {
    unsigned count = 0;
    for (; (text = strstr(text, what)); text += strlen(what)) count++;
    return count;
}

// By hand: `test` NULL: of all.
static unsigned how_many(const char *test, enum outcome outcome) {
    unsigned count = 0;
    for (unsigned k = 0; k < KNOWN; k++)
        count += known[k].outcome == outcome && (!test || !strcmp(test, known[k].test));
    return count;
}

static void tap_has_a_line_for_each_job_in_their_order(void **state) {
    struct fixture *f = *state;
    char *text = text_of(f, regress_report_tap), *rest = text, line[512];
    assert_int_equal(strncmp(text, "TAP version 13\n1..9\n", 20), 0);
    for (size_t n = 0; n < f->jobs.count; n++) {
        const struct known *one = known_of(f, n);
        bool good = one->outcome == OUTCOME_PASSED || one->outcome == OUTCOME_NONE;
        snprintf(line, sizeof line, "\n%s %zu - default.%s seed %llu%s\n", good ? "ok" : "not ok",
                 n + 1, one->test, (unsigned long long)one->seed,
                 one->outcome == OUTCOME_NONE ? " # SKIP not run" : "");
        rest = strstr(rest, line);
        assert_non_null(rest);
        rest += strlen(line) - 1;
    }
    assert_int_equal(times(text, "\nnot ok "), 6);
    assert_int_equal(times(text, "  outcome: failed\n"), how_many(NULL, OUTCOME_FAILED));
    assert_int_equal(times(text, "message: \"it's <odd> & \\\"quoted\\\" \\\\ back\"\n"), 1);
    free(text);
}

// What an earlier version stored in a command stays within its quoted text, and is read back.
static void tap_escapes_control_characters(void **state) {
    struct fixture *f = *state;
    static const char command[] = "tandem run 'a\n  ...\nok 99\t\x1b\x7f'";
    for (size_t s = 0; s < f->report.suite_count; s++) {
        free(f->report.suites[s].command);
        f->report.suites[s].command = strdup(command);
    }
    char *text = text_of(f, regress_report_tap);
    assert_int_equal(times(text, "\n  ...\n"), 6);
    assert_int_equal(times(text, "\nok 99"), 0);
    assert_int_equal(
        times(text, "\n  command: \"tandem run 'a\\x0A  ...\\x0Aok 99\\x09\\x1B\\x7F'\"\n"), 6);
    free(text);
}

static void check_counts(const json_t *counts, const char *test) {
    for (unsigned o = 0; o <= OUTCOMES; o++)
        assert_int_equal(
            json_integer_value(json_object_get(
                counts, o == OUTCOME_NONE ? "not_run" : outcome_name((enum outcome)o))),
            how_many(test, (enum outcome)o));
}

static void json_says_of_each_job_what_the_store_has(void **state) {
    struct fixture *f = *state;
    char *text = text_of(f, regress_report_json);
    json_t *root = json_loads(text, 0, NULL), *job, *suite;
    size_t n, s;
    check_counts(json_object_get(root, "counts"), NULL);
    json_array_foreach(json_object_get(root, "suites"), s, suite) {
        const char *test = json_string_value(json_object_get(suite, "test"));
        unsigned ran = (test[0] == 'a' ? 6 : 3) - how_many(test, OUTCOME_NONE);
        check_counts(json_object_get(suite, "counts"), test);
        assert_int_equal(json_integer_value(json_object_get(suite, "cycles")), 100 * ran);
    }
    assert_int_equal(json_array_size(json_object_get(root, "jobs")), KNOWN);
    json_array_foreach(json_object_get(root, "jobs"), n, job) {
        const struct known *one = known_of(f, n);
        const char *sentence = json_string_value(json_object_get(job, "sentence"));
        assert_int_equal(json_integer_value(json_object_get(job, "seed")), one->seed);
        assert_string_equal(json_string_value(json_object_get(job, "outcome")),
                            outcome_name(one->outcome));
        assert_string_equal(sentence ? sentence : "", one->sentence);
    }
    json_decref(root);
    free(text);
}

// k/one has three jobs: the smallest seed is 2.
static void buckets_are_counted_with_the_smallest_seed_and_its_command(void **state) {
    struct fixture *f = *state;
    const struct report_bucket *first = &f->report.buckets[0];
    char *text = text_of(f, regress_report_text);
    assert_int_equal(f->report.bucket_count, 4);
    assert_string_equal(first->signature, "k/one");
    assert_int_equal(first->count, 3);
    assert_string_equal(first->command, "tandem run --model-only --seed 2");
    assert_non_null(strstr(text,
                           "      3  failed   k/one\n         seed 2: one 2\n"
                           "         tandem run --model-only --seed 2\n"));
    assert_non_null(strstr(text, "tandem run --model-only 'x '\\''y'\\''' --seed 3\n"));
    assert_non_null(
        strstr(text,
               "\n9 jobs: 2 passed, 4 failed, 1 error, 1 timeout, 1 not run; 2.0 s, 4.0 jobs/s\n"
               "800 cycles simulated, 200 a second and job; workers busy 100 %\n"));
    free(text);
}

static void pages_hold_all_outcomes_and_escape_what_is_no_markup(void **state) {
    struct fixture *f = *state;
    static const char escaped[] = "it&#39;s &lt;odd&gt; &amp; &quot;quoted&quot; \\ back";
    char *html = text_of(f, regress_report_html), *junit = text_of(f, regress_report_junit);
    for (unsigned i = 0; i < 2; i++) {
        const char *text = i ? junit : html;
        assert_null(strstr(text, "<odd>"));
        assert_non_null(strstr(text, escaped));
        assert_non_null(strstr(text, "p &lt;&amp;&gt;"));
    }
    assert_int_equal(times(junit, "<testcase "), KNOWN);
    assert_int_equal(times(junit, "<failure "), how_many(NULL, OUTCOME_FAILED));
    assert_int_equal(times(junit, "<error "),
                     how_many(NULL, OUTCOME_ERROR) + how_many(NULL, OUTCOME_TIMEOUT));
    assert_int_equal(times(junit, "<skipped "), how_many(NULL, OUTCOME_NONE));
    assert_non_null(strstr(html, "aria-label=\"2 of 9 passed\""));
    for (size_t b = 0; b < f->report.bucket_count; b++)
        assert_int_equal(times(html, f->report.buckets[b].signature), 1);
    free(html);
    free(junit);
}

// Without memory there is no report, rather than one without jobs.
static void junit_without_memory_is_an_error(void **state) {
    struct fixture *f = *state;
    struct sim_error error;
    char path[128];
    snprintf(path, sizeof path, "%s/j.xml", f->folder);
    for (unsigned left = 0; left < 2; left++) {
        callocs_left = left;
        enum sim_status status =
            regress_report_write(&f->report, regress_report_junit, path, &error);
        callocs_left = UINT_MAX;
        assert_int_equal(status, SIM_ERROR_MEMORY);
        assert_int_not_equal(access(path, F_OK), 0);
    }
    assert_int_equal(regress_report_write(&f->report, regress_report_junit, path, &error), SIM_OK);
    assert_int_equal(unlink(path), 0);
}

// A page is read from what is kept, within a bound: more than that is no page.
static void a_page_from_a_file_that_is_too_large_is_left_out(void **state) {
    struct fixture *f = *state;
    char folder[128], path[160];
    size_t number = 0;
    while (strcmp(known_of(f, number)->test, "a") || f->jobs.job[number].seed != 2) number++;
    snprintf(folder, sizeof folder, "%s/default.a.2", f->folder);
    snprintf(path, sizeof path, "%s/result.json", folder);
    assert_int_equal(mkdir(folder, 0777), 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("{\"mismatch\": {\"page\": \"drawn\"}}", file);
    assert_int_equal(fclose(file), 0);
    f->report.folder = f->folder;
    char *page = regress_report_page(&f->report, number);
    assert_string_equal(page, "drawn");
    free(page);
    json_t *root = kept_json(path);
    assert_non_null(root);
    json_decref(root);
    // Blanks behind it, which JSON allows, beyond 64 MiB: a hole in the file would be NULs.
    static char blanks[1 << 20];
    memset(blanks, ' ', sizeof blanks);
    file = fopen(path, "a");
    for (unsigned i = 0; i < 64; i++)
        assert_int_equal(fwrite(blanks, 1, sizeof blanks, file), sizeof blanks);
    assert_int_equal(fclose(file), 0);
    assert_null(regress_report_page(&f->report, number));
    assert_null(kept_json(path));
    unlink(path);
    assert_int_equal(mkfifo(path, 0666), 0);  // nobody writes there: it does not wait
    assert_null(kept_json(path));
    unlink(path);
    rmdir(folder);
}

static void exit_status_is_1_for_a_failed_check_and_2_if_nothing_ran(void **state) {
    (void)state;
    static const struct {
        size_t counts[OUTCOMES + 1];
        int status;
    } cases[] = {{{1, 0, 0, 0, 0}, 0}, {{1, 0, 0, 0, 5}, 0}, {{1, 1, 0, 0, 0}, 1},
                 {{1, 1, 1, 1, 0}, 1}, {{1, 0, 1, 0, 0}, 2}, {{1, 0, 0, 1, 0}, 2},
                 {{0, 0, 0, 0, 3}, 2}, {{0, 0, 0, 0, 0}, 2}};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report report = {0};
        memcpy(report.counts, cases[i].counts, sizeof report.counts);
        assert_int_equal(regress_report_exit_status(&report), cases[i].status);
    }
}

// Of the job (a, 2): failed in run 1, passed in 2, failed in 3 and 4: since 3, its RTL told.
static void history_tells_runs_and_since_which_revision(void **state) {
    struct fixture *f = *state;
    static const enum outcome later[] = {OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_FAILED};
    static const char *const revisions[] = {"two", "three", "four"};
    size_t size = 0, number = 0;
    char *text = NULL;
    while (strcmp(known_of(f, number)->test, "a") || f->jobs.job[number].seed != 2) number++;
    for (unsigned r = 0; r < 3; r++) {
        struct known one = {"a", 2, later[r], later[r] ? "k/again" : "", later[r] ? "x" : ""};
        int64_t run = begin(f, revisions[r]);
        add(f, run, number, &one);
        assert_int_equal(store_end(f->store, run, "finished", 0.5, NULL), SIM_OK);
    }
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(history_print(f->store, f->plan.title, out, NULL), SIM_OK);
    fclose(out);
    const char *since = strstr(text, "      1  k/again\n         since run 3 of ");
    assert_non_null(since);
    since = strstr(since, "source three, RTL rtl-three\n         smallest seed 2 (default.a)\n");
    assert_non_null(since);
    // Not run again since run 1: still failing since then.
    assert_non_null(strstr(text, "      2  k/one\n         since run 1 of "));
    // Run 1: 8 results, 2 of them passes; 2 seconds. Run 4: one result in half a second.
    const char *last = strstr(text, "\n    4  "), *first = strstr(text, "\n    1  ");
    assert_non_null(last);
    assert_non_null(first);
    assert_true(last < first);
    assert_non_null(strstr(last, "rtl-four                0        1        8       2.0\n"));
    assert_non_null(strstr(first, "rtl-one                 2        6        1       4.0\n"));
    free(text);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(tap_has_a_line_for_each_job_in_their_order),
        TEST(tap_escapes_control_characters),
        TEST(json_says_of_each_job_what_the_store_has),
        TEST(buckets_are_counted_with_the_smallest_seed_and_its_command),
        TEST(pages_hold_all_outcomes_and_escape_what_is_no_markup),
        TEST(junit_without_memory_is_an_error),
        TEST(a_page_from_a_file_that_is_too_large_is_left_out),
        TEST(exit_status_is_1_for_a_failed_check_and_2_if_nothing_ran),
        TEST(history_tells_runs_and_since_which_revision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
