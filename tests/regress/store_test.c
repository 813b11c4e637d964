// SPDX-License-Identifier: Apache-2.0
// The file of results: nothing twice, nothing lost, what failed last time, a full disk.
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"
#include "store_private.h"

struct fixture {
    char folder[64], path[96];
    struct plan plan;
    struct suites suites;
    struct store *store;
};

static const char plan_text[] =
    "title: p\ntests: {a: {run: --model-only, seeds: 1..4}, b: {run: --model-only, seeds: 1..2}}";

static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/tandem-store-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/r.db", f->folder);
    assert_int_equal(
        plan_parse("p", (const unsigned char *)plan_text, sizeof plan_text - 1, &f->plan, NULL),
        SIM_OK);
    assert_int_equal(suites_create(&f->plan, &f->suites, NULL), SIM_OK);
    assert_int_equal(store_open(f->path, &f->store, NULL), SIM_OK);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    char path[128];
    static const char *const ends[] = {"", "-wal", "-shm"};
    store_close(f->store);
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

// A run of jobs (0: 1), (0: 2), ...: (suite: seed).
static int64_t begin(struct fixture *f, struct jobs *jobs) {
    struct store_run about = {.seed = 5, .program = "x", .launcher = "local", .workers = 1};
    struct jobs_options options = {.seed = 5};
    int64_t run = 0;
    strcpy(about.title, "p");
    assert_int_equal(jobs_create(&f->suites, &options, jobs, NULL), SIM_OK);
    assert_int_equal(store_begin(f->store, &about, &f->suites, jobs, &run, NULL), SIM_OK);
    return run;
}

static bool add(struct fixture *f, int64_t run, size_t number, enum outcome outcome) {
    struct result result = {.outcome = outcome, .attempts = 1, .seconds = 0.5, .cycles = 7};
    bool added = false;
    if (outcome != OUTCOME_PASSED) strcpy(result.signature, "s");
    assert_int_equal(store_add(f->store, run, number, &result, &added, NULL), SIM_OK);
    return added;
}

static void store_keeps_the_first_result_of_a_job(void **state) {
    struct fixture *f = *state;
    struct jobs jobs;
    int64_t run = begin(f, &jobs);
    assert_int_equal(jobs.count, 6);
    assert_true(add(f, run, 2, OUTCOME_FAILED));
    assert_false(add(f, run, 2, OUTCOME_PASSED));
    assert_int_equal(store_count(f->store, run, "s", 10), 1);
    assert_int_equal(store_count(f->store, run, "t", 10), 0);
    free(jobs.job);
}

// Also after the file was opened again.
static void store_knows_the_smallest_seed_of_a_signature(void **state) {
    struct fixture *f = *state;
    struct jobs jobs;
    int64_t run = begin(f, &jobs);
    size_t numbers[5] = {0};  // by seed, of suite a
    for (size_t n = 0; n < jobs.count; n++)
        if (jobs.job[n].suite == 0) numbers[jobs.job[n].seed] = n;
    assert_true(store_is_smallest(f->store, run, "s", 3));
    add(f, run, numbers[3], OUTCOME_FAILED);
    assert_false(store_is_smallest(f->store, run, "s", 4));
    add(f, run, numbers[4], OUTCOME_FAILED);
    assert_true(store_is_smallest(f->store, run, "s", 2));
    assert_false(store_is_smallest(f->store, run, "s", 3));
    assert_true(store_is_smallest(f->store, run, "t", 3));
    store_close(f->store);
    assert_int_equal(store_open(f->path, &f->store, NULL), SIM_OK);
    assert_false(store_is_smallest(f->store, run, "s", 4));
    assert_true(store_is_smallest(f->store, run, "s", 1));
    assert_true(store_is_smallest(f->store, run + 1, "s", 9));
    free(jobs.job);
}

static void store_counts_the_results_of_a_run_by_outcome(void **state) {
    struct fixture *f = *state;
    struct jobs jobs;
    size_t counts[OUTCOMES] = {9, 9, 9, 9};
    int64_t run = begin(f, &jobs);
    free(jobs.job);
    add(f, begin(f, &jobs), 0, OUTCOME_ERROR);
    add(f, run, 0, OUTCOME_PASSED);
    add(f, run, 3, OUTCOME_PASSED);
    add(f, run, 5, OUTCOME_TIMEOUT);
    assert_int_equal(store_outcomes(f->store, run, counts, NULL), SIM_OK);
    assert_int_equal(counts[OUTCOME_PASSED], 2);
    assert_int_equal(counts[OUTCOME_FAILED], 0);
    assert_int_equal(counts[OUTCOME_ERROR], 0);
    assert_int_equal(counts[OUTCOME_TIMEOUT], 1);
    free(jobs.job);
}

static void store_refuses_a_result_without_a_job(void **state) {
    struct fixture *f = *state;
    struct jobs jobs;
    struct result result = {.outcome = OUTCOME_PASSED};
    bool added = true;
    int64_t run = begin(f, &jobs);
    assert_int_equal(store_add(f->store, run, jobs.count, &result, &added, NULL), SIM_ERROR_IO);
    assert_false(added);
    free(jobs.job);
}

static void store_resumes_with_the_same_jobs_and_what_is_done(void **state) {
    struct fixture *f = *state;
    struct jobs jobs, again;
    bool *done;
    uint64_t seed = 0;
    int64_t found, run = begin(f, &jobs);
    add(f, run, 0, OUTCOME_PASSED);
    add(f, run, 5, OUTCOME_TIMEOUT);
    store_close(f->store);  // as at a crash: the run is not ended
    assert_int_equal(store_open(f->path, &f->store, NULL), SIM_OK);
    assert_int_equal(store_unfinished(f->store, "p", &found, NULL), SIM_OK);
    assert_int_equal(found, run);
    assert_int_equal(store_resume(f->store, run, &f->suites, &again, &done, &seed, NULL), SIM_OK);
    assert_int_equal(seed, 5);
    assert_int_equal(again.count, jobs.count);
    for (size_t n = 0; n < jobs.count; n++) {
        assert_int_equal(again.job[n].seed, jobs.job[n].seed);
        assert_int_equal(again.job[n].suite, jobs.job[n].suite);
        assert_int_equal(done[n], n == 0 || n == 5);
    }
    free(again.job);
    free(done);
    assert_int_equal(store_end(f->store, run, "finished", 1, NULL), SIM_OK);
    assert_int_equal(store_unfinished(f->store, "p", &found, NULL), SIM_OK);
    assert_int_equal(found, 0);
    free(jobs.job);
}

static void store_does_not_resume_a_plan_that_has_changed(void **state) {
    struct fixture *f = *state;
    struct jobs jobs, again;
    bool *done;
    uint64_t seed;
    struct sim_error error = {""};
    int64_t run = begin(f, &jobs);
    free(f->suites.suite[1].command);
    f->suites.suite[1].command = strdup("tandem run --other");
    assert_int_equal(store_resume(f->store, run, &f->suites, &again, &done, &seed, &error),
                     SIM_ERROR_USAGE);
    assert_non_null(strstr(error.text, "the plan has changed since run 1 began"));
    free(jobs.job);
}

static void failing_jobs_are_those_whose_last_result_is_no_pass(void **state) {
    struct fixture *f = *state;
    struct jobs jobs;
    struct job *list;
    size_t count;
    int64_t run = begin(f, &jobs);
    for (size_t n = 0; n < jobs.count; n++) add(f, run, n, n < 3 ? OUTCOME_FAILED : OUTCOME_PASSED);
    free(jobs.job);
    run = begin(f, &jobs);
    add(f, run, 0, OUTCOME_PASSED);   // repaired
    add(f, run, 1, OUTCOME_ERROR);    // still not; number 2 was not run again
    add(f, run, 3, OUTCOME_TIMEOUT);  // new
    assert_int_equal(store_failing(f->store, "p", &f->suites, &list, &count, NULL), SIM_OK);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++) {
        bool expected = false;
        for (size_t n = 1; n <= 3; n++)
            expected |= list[i].suite == jobs.job[n].suite && list[i].seed == jobs.job[n].seed;
        assert_true(expected);
    }
    free(list);
    assert_int_equal(store_failing(f->store, "other", &f->suites, &list, &count, NULL), SIM_OK);
    assert_int_equal(count, 0);
    free(jobs.job);
}

static void history_tells_since_when(void **state) {
    struct fixture *f = *state;
    struct jobs jobs;
    static const enum outcome runs[4] = {OUTCOME_FAILED, OUTCOME_PASSED, OUTCOME_FAILED,
                                         OUTCOME_FAILED};
    char *text = NULL;
    size_t size = 0;
    for (unsigned r = 0; r < 4; r++) {
        int64_t run = begin(f, &jobs);
        add(f, run, 0, runs[r]);
        store_end(f->store, run, "finished", 1, NULL);
        free(jobs.job);
    }
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(history_print(f->store, "p", out, NULL), SIM_OK);
    fclose(out);
    assert_non_null(strstr(text, "      1  s\n         since run 3 of "));
    free(text);
}

// Whichever of them failed first.
static void history_names_the_suite_of_the_smallest_seed(void **state) {
    struct fixture *f = *state;
    for (unsigned early = 0; early < 2; early++) {
        struct jobs jobs;
        char title[8], *text = NULL;
        size_t size = 0;
        snprintf(title, sizeof title, "p%u", early);
        for (unsigned r = 0; r < 2; r++) {
            struct store_run about = {.seed = 5, .program = "x", .launcher = "local", .workers = 1};
            struct jobs_options options = {.seed = 5};
            int64_t run = 0;
            strcpy(about.title, title);
            assert_int_equal(jobs_create(&f->suites, &options, &jobs, NULL), SIM_OK);
            assert_int_equal(store_begin(f->store, &about, &f->suites, &jobs, &run, NULL), SIM_OK);
            // Of suite 1 (b) seed 1, of suite 0 (a) seed 3: which of them failed in both runs
            // differs.
            for (size_t n = 0; n < jobs.count; n++) {
                const struct job *job = &jobs.job[n];
                bool b = job->suite == 1 && job->seed == 1, a = job->suite == 0 && job->seed == 3;
                if (a || b)
                    add(f, run, n, r || a == (early == 0) ? OUTCOME_FAILED : OUTCOME_PASSED);
            }
            free(jobs.job);
        }
        FILE *out = open_memstream(&text, &size);
        assert_int_equal(history_print(f->store, title, out, NULL), SIM_OK);
        fclose(out);
        assert_non_null(strstr(text, early ? "\n      2  s\n         since run 3 of "
                                           : "\n      2  s\n         since run 1 of "));
        assert_non_null(strstr(text, "smallest seed 1 (default.b)\n"));
        free(text);
    }
}

// The same code path as a full disk: SQLITE_FULL.
static void a_full_disk_loses_no_stored_result_and_can_be_tried_again(void **state) {
    struct fixture *f = *state;
    struct jobs jobs;
    struct sim_error error = {""};
    struct result result = {.outcome = OUTCOME_FAILED};
    bool added;
    int64_t run = begin(f, &jobs);
    add(f, run, 0, OUTCOME_PASSED);
    strcpy(result.signature, "s");
    result.output = calloc(1, 2000001);
    memset(result.output, 'x', 2000000);
    store_execute(f->store, "PRAGMA max_page_count = 30", NULL);
    assert_int_equal(store_add(f->store, run, 1, &result, &added, &error), SIM_ERROR_IO);
    assert_false(added);
    assert_non_null(strstr(error.text, "full"));
    store_execute(f->store, "PRAGMA max_page_count = 100000", NULL);
    assert_int_equal(store_add(f->store, run, 1, &result, &added, NULL), SIM_OK);
    assert_true(added);
    assert_false(add(f, run, 0, OUTCOME_FAILED));
    free(result.output);
    free(jobs.job);
}

static void a_file_that_is_something_else_is_refused_and_left_alone(void **state) {
    struct fixture *f = *state;
    struct store *store;
    struct sim_error error;
    char path[128];
    snprintf(path, sizeof path, "%s/text", f->folder);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 1000; i++) fputs("this is no database\n", file);
    fclose(file);
    assert_int_equal(store_open(path, &store, &error), SIM_ERROR_FORMAT);
    unlink(path);
    assert_int_equal(store_open(f->folder, &store, &error), SIM_ERROR_USAGE);
    store_execute(f->store, "PRAGMA user_version = 2", NULL);
    assert_int_equal(store_open(f->path, &store, &error), SIM_ERROR_USAGE);
    assert_non_null(strstr(error.text, "its schema has version 2, this program knows 1"));
    store_execute(f->store, "PRAGMA application_id = 5", NULL);
    assert_int_equal(store_open(f->path, &store, &error), SIM_ERROR_USAGE);
    assert_non_null(strstr(error.text, "not of regressions"));
}

// --- files that stay as they are ----------------------------------------------------------

struct bytes {
    char *text;  // NULL: there is no such file
    size_t count;
};

static struct bytes read_bytes(const char *path, const char *end) {
    char name[256];
    struct bytes bytes = {0};
    snprintf(name, sizeof name, "%s%s", path, end);
    FILE *file = fopen(name, "r");
    if (!file) return bytes;
    FILE *out = open_memstream(&bytes.text, &bytes.count);
    for (int c; (c = getc(file)) != EOF;) putc(c, out);
    fclose(out);
    fclose(file);
    return bytes;
}

static void write_bytes(const char *path, const char *end, struct bytes bytes) {
    char name[256];
    snprintf(name, sizeof name, "%s%s", path, end);
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.text, 1, bytes.count, file), bytes.count);
    assert_int_equal(fclose(file), 0);
}

static void expect_bytes(const char *path, const char *end, struct bytes before) {
    struct bytes now = read_bytes(path, end);
    assert_int_equal(now.text != NULL, before.text != NULL);
    assert_int_equal(now.count, before.count);
    if (now.text) assert_memory_equal(now.text, before.text, now.count);
    free(now.text);
}

static void expect_refused(const char *path, const char *sentence) {
    static const char *const ends[] = {"", "-wal", "-journal"};
    struct bytes before[3];
    struct store *store;
    for (unsigned i = 0; i < 3; i++) before[i] = read_bytes(path, ends[i]);
    for (unsigned reading = 0; reading < 2; reading++) {
        struct sim_error error = {""};
        assert_int_equal((reading ? store_open_to_read : store_open)(path, &store, &error),
                         SIM_ERROR_USAGE);
        assert_null(store);
        assert_non_null(strstr(error.text, sentence));
        for (unsigned i = 0; i < 3; i++) expect_bytes(path, ends[i], before[i]);
    }
    for (unsigned i = 0; i < 3; i++) free(before[i].text);
}

static void remove_all(const char *path) {
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    char name[256];
    for (unsigned i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static void plain_sqlite(const char *path, const char *sql) {
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void a_database_of_something_else_keeps_its_bytes(void **state) {
    static const char *const kinds[] = {"CREATE TABLE mail (x); INSERT INTO mail VALUES (1)",
                                        "PRAGMA journal_mode = WAL; CREATE TABLE mail (x)",
                                        "PRAGMA application_id = 7", "PRAGMA user_version = 7"};
    struct fixture *f = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/mail", f->folder);
    for (unsigned i = 0; i < 4; i++) {
        plain_sqlite(path, kinds[i]);
        expect_refused(path, "a database, but not of regressions");
        remove_all(path);
    }
}

// Also where its last changes are in its log only, as after the end of a newer program.
static void a_newer_schema_keeps_its_bytes(void **state) {
    struct fixture *f = *state;
    char path[128];
    struct bytes file, log;
    snprintf(path, sizeof path, "%s/newer", f->folder);
    store_execute(f->store, "PRAGMA user_version = 2", NULL);
    file = read_bytes(f->path, "");
    log = read_bytes(f->path, "-wal");
    assert_true(log.count > 0);
    write_bytes(path, "", file);
    write_bytes(path, "-wal", log);
    expect_refused(path, "its schema has version 2, this program knows 1");
    remove_all(path);
    free(file.text);
    free(log.text);
}

// Without rights: as root one has them all.
static uid_t lose_rights(const char *folder, mode_t mode) {
    uid_t user = geteuid();
    assert_int_equal(chmod(folder, mode), 0);
    if (user == 0) assert_int_equal(seteuid(65534), 0);
    return user;
}

static void regain_rights(const char *folder, uid_t user) {
    assert_int_equal(seteuid(user), 0);
    assert_int_equal(chmod(folder, 0700), 0);
}

static char *history_of(struct store *store) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(history_print(store, "p", out, NULL), SIM_OK);
    fclose(out);
    return text;
}

static void results_can_be_read_where_nothing_can_be_written(void **state) {
    struct fixture *f = *state;
    struct jobs jobs;
    struct store *store;
    struct sim_error error;
    char path[128];
    snprintf(path, sizeof path, "%s/a?b#%%41.db", f->folder);
    add(f, begin(f, &jobs), 0, OUTCOME_FAILED);
    free(jobs.job);
    struct bytes log = read_bytes(f->path, "-wal"), early = read_bytes(f->path, "");
    store_close(f->store);
    f->store = NULL;
    struct bytes whole = read_bytes(f->path, "");
    write_bytes(path, "", whole);
    uid_t user = lose_rights(f->folder, 0555);
    assert_int_equal(store_open(path, &store, &error), SIM_ERROR_IO);
    assert_int_equal(store_open_to_read(path, &store, &error), SIM_OK);
    char *text = history_of(store);
    assert_non_null(strstr(text, "      1  s\n         since run 1 of "));
    free(text);
    store_close(store);
    regain_rights(f->folder, user);
    expect_bytes(path, "", whole);
    expect_bytes(path, "-wal", (struct bytes){0});
    expect_bytes(path, "-shm", (struct bytes){0});
    // What is in a log only is not passed over.
    write_bytes(path, "", early);
    write_bytes(path, "-wal", log);
    user = lose_rights(f->folder, 0555);
    assert_int_equal(store_open_to_read(path, &store, &error), SIM_ERROR_IO);
    assert_non_null(strstr(error.text, "its last results are in the log beside it"));
    regain_rights(f->folder, user);
    remove_all(path);
    free(log.text);
    free(early.text);
    free(whole.text);
}

static void results_of_a_run_under_way_and_of_an_empty_file_can_be_read(void **state) {
    struct fixture *f = *state;
    struct jobs jobs;
    struct store *store;
    char path[128];
    add(f, begin(f, &jobs), 0, OUTCOME_FAILED);
    free(jobs.job);
    assert_int_equal(store_open_to_read(f->path, &store, NULL), SIM_OK);
    char *text = history_of(store);
    assert_non_null(strstr(text, "      1  s\n         since run 1 of "));
    free(text);
    assert_int_not_equal(store_execute(store, "DELETE FROM result", NULL), SIM_OK);
    store_close(store);
    snprintf(path, sizeof path, "%s/empty", f->folder);
    write_bytes(path, "", (struct bytes){0});
    assert_int_equal(store_open_to_read(path, &store, NULL), SIM_OK);
    text = history_of(store);
    assert_string_equal(text, "'p' has not been run yet.\n");
    free(text);
    store_close(store);
    expect_bytes(path, "", (struct bytes){.text = path});
    remove_all(path);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(store_keeps_the_first_result_of_a_job),
        TEST(store_knows_the_smallest_seed_of_a_signature),
        TEST(store_counts_the_results_of_a_run_by_outcome),
        TEST(store_refuses_a_result_without_a_job),
        TEST(store_resumes_with_the_same_jobs_and_what_is_done),
        TEST(store_does_not_resume_a_plan_that_has_changed),
        TEST(failing_jobs_are_those_whose_last_result_is_no_pass),
        TEST(history_tells_since_when),
        TEST(history_names_the_suite_of_the_smallest_seed),
        TEST(a_full_disk_loses_no_stored_result_and_can_be_tried_again),
        TEST(a_file_that_is_something_else_is_refused_and_left_alone),
        TEST(a_database_of_something_else_keeps_its_bytes),
        TEST(a_newer_schema_keeps_its_bytes),
        TEST(results_can_be_read_where_nothing_can_be_written),
        TEST(results_of_a_run_under_way_and_of_an_empty_file_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
