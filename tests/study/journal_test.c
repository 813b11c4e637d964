// SPDX-License-Identifier: Apache-2.0
// The journal: what was written is found again, what is torn or foreign is not.
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal.h"
#include "workers.h"

struct scene {
    struct program program;
    struct study_plan *plan;
    struct study_work work;
    char path[64];
};

static int setup(void **state) {
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    scene->program = program_create(FIXTURE_SEED, 400, 20);
    scene->plan = plan_create(&scene->program, 1,
                              (const char *const[]){"sweep memory.data.most=8..10", NULL});
    work_create(&scene->work, scene->plan);
    snprintf(scene->path, sizeof scene->path, "%s.journal", scene->program.path);
    *state = scene;
    return 0;
}

static int teardown(void **state) {
    struct scene *scene = *state;
    unlink(scene->path);
    study_work_destroy(&scene->work);
    plan_destroy(scene->plan);
    program_destroy(&scene->program);
    free(scene);
    return 0;
}

static void give_values(struct study_work *work) {
    for (unsigned q = 0; q < work->query_count; q++)
        for (unsigned v = 0; v < STUDY_VALUES; v++)
            work->queries[q].value[v] = UINT64_MAX - 1000 * q - v;
}

static void write_journal(struct scene *scene, unsigned tasks) {
    struct study_journal *journal;
    struct sim_error error = {""};
    give_values(&scene->work);
    assert_int_equal(study_journal_create(scene->path, "this study", &journal, &error), SIM_OK);
    for (unsigned t = 0; t < tasks; t++)
        assert_int_equal(study_journal_add(journal, &scene->work, &scene->work.tasks[t], &error),
                         SIM_OK);
    study_journal_close(journal, false);
}

// Returns how many tasks the journal gives back; each with its values.
static unsigned read_journal(struct scene *scene) {
    struct study_journal *journal;
    struct study_work again;
    struct sim_error error = {""};
    unsigned done = 0;
    work_create(&again, scene->plan);
    assert_int_equal(study_journal_resume(scene->path, "this study", &again, &journal, &error),
                     SIM_OK);
    for (unsigned t = 0; t < again.task_count; t++) {
        if (!again.tasks[t].done) continue;
        done++;
        for (unsigned i = 0; i < again.tasks[t].count; i++) {
            unsigned q = again.order[again.tasks[t].first + i];
            assert_memory_equal(again.queries[q].value, scene->work.queries[q].value,
                                sizeof again.queries[q].value);
        }
    }
    study_journal_close(journal, false);
    study_work_destroy(&again);
    return done;
}

static void finished_tasks_are_found_again_with_their_values(void **state) {
    struct scene *scene = *state;
    write_journal(scene, 3);
    assert_int_equal(read_journal(scene), 3);
}

static char *slurp(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    char *text = malloc(1 << 16);
    assert_true(file && text);
    *size = fread(text, 1, 1 << 16, file);
    fclose(file);
    return text;
}

static void dump(const char *path, const char *text, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    fclose(file);
}

// Wherever the journal is cut, whole lines count and the rest does not.
static void torn_line_is_as_good_as_none(void **state) {
    struct scene *scene = *state;
    size_t size;
    write_journal(scene, 3);
    char *text = slurp(scene->path, &size);
    size_t head = (size_t)(strchr(text, '\n') + 1 - text);
    for (size_t cut = head; cut <= size; cut += 7) {
        unsigned lines = 0;
        for (size_t i = head; i < cut; i++) lines += text[i] == '\n';
        dump(scene->path, text, cut);
        assert_int_equal(read_journal(scene), lines);
    }
    free(text);
}

static void damaged_line_and_what_follows_are_done_again(void **state) {
    struct scene *scene = *state;
    size_t size;
    write_journal(scene, 3);
    char *text = slurp(scene->path, &size);
    char *second = strchr(strchr(text, '\n') + 1, '\n') + 1;
    second[5] = second[5] == '1' ? '2' : '1';
    dump(scene->path, text, size);
    assert_int_equal(read_journal(scene), 1);
    // It was cut off there: another line begins cleanly.
    assert_int_equal(read_journal(scene), 1);
    free(text);
}

static void journal_of_another_study_is_refused(void **state) {
    struct scene *scene = *state;
    struct study_journal *journal = NULL;
    struct sim_error error = {""};
    write_journal(scene, 1);
    assert_int_equal(
        study_journal_resume(scene->path, "that study", &scene->work, &journal, &error),
        SIM_ERROR_USAGE);
    assert_non_null(strstr(error.text, "journal of another study"));
    study_journal_close(journal, false);
    dump(scene->path, "{}\n", 3);
    assert_int_equal(
        study_journal_resume(scene->path, "this study", &scene->work, &journal, &error),
        SIM_ERROR_USAGE);
    assert_non_null(strstr(error.text, "not a journal"));
    study_journal_close(journal, false);
}

// Nor is what is not a journal replaced, and a journal is one study's at a time.
static void only_a_journal_that_nobody_writes_is_replaced(void **state) {
    struct scene *scene = *state;
    struct study_journal *journal = NULL, *other = NULL;
    struct sim_error error = {""};
    size_t size;
    dump(scene->path, "notes\n", 6);
    assert_int_equal(study_journal_create(scene->path, "this study", &journal, &error),
                     SIM_ERROR_USAGE);
    study_journal_close(journal, true);
    char *text = slurp(scene->path, &size);
    assert_true(size == 6 && !memcmp(text, "notes\n", 6));
    free(text);
    unlink(scene->path);
    write_journal(scene, 2);  // an older one, closed
    assert_int_equal(study_journal_create(scene->path, "that study", &journal, &error), SIM_OK);
    assert_int_equal(study_journal_create(scene->path, "this study", &other, &error),
                     SIM_ERROR_USAGE);
    assert_non_null(strstr(error.text, "another study that is running"));
    assert_int_equal(study_journal_resume(scene->path, "that study", &scene->work, &other, &error),
                     SIM_ERROR_USAGE);
    study_journal_close(other, true);
    assert_int_equal(access(scene->path, F_OK), 0);
    study_journal_close(journal, false);
    assert_int_equal(study_journal_create(scene->path, "this study", &other, &error), SIM_OK);
    study_journal_close(other, true);
}

static void complete_study_leaves_no_journal(void **state) {
    struct scene *scene = *state;
    struct study_journal *journal;
    struct sim_error error = {""};
    assert_int_equal(study_journal_create(scene->path, "this study", &journal, &error), SIM_OK);
    study_journal_close(journal, true);
    assert_int_not_equal(access(scene->path, F_OK), 0);
}

static void identity_depends_on_what_is_asked_and_on_nothing_else(void **state) {
    struct scene *scene = *state;
    static const char *const same[] = {"sweep memory.data.most=8..10", "set check.watchdog=77",
                                       NULL};
    static const char *const other[] = {"sweep memory.data.most=8..11", NULL};
    struct study_plan *plan = plan_create(&scene->program, 1, same);
    struct study_work work;
    work_create(&work, plan);
    assert_true(study_work_hash(&work) == study_work_hash(&scene->work));
    study_work_destroy(&work);
    plan_destroy(plan);
    plan = plan_create(&scene->program, 1, other);
    work_create(&work, plan);
    assert_true(study_work_hash(&work) != study_work_hash(&scene->work));
    study_work_destroy(&work);
    plan_destroy(plan);
}

static void any_number_of_workers_gives_the_same_values(void **state) {
    struct scene *scene = *state;
    struct study_work again;
    struct sim_error error = {""};
    struct study_workers one = {.count = 1}, many = {.count = 5};
    work_create(&again, scene->plan);
    if (study_workers_run(&one, &scene->work, &error)) fail_msg("%s", error.text);
    if (study_workers_run(&many, &again, &error)) fail_msg("%s", error.text);
    assert_true(study_work_references(&again) > 0);
    for (unsigned q = 0; q < again.query_count; q++)
        assert_memory_equal(again.queries[q].value, scene->work.queries[q].value,
                            sizeof again.queries[q].value);
    study_work_destroy(&again);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finished_tasks_are_found_again_with_their_values, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(torn_line_is_as_good_as_none, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged_line_and_what_follows_are_done_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(journal_of_another_study_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(only_a_journal_that_nobody_writes_is_replaced, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(complete_study_leaves_no_journal, setup, teardown),
        cmocka_unit_test_setup_teardown(identity_depends_on_what_is_asked_and_on_nothing_else,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(any_number_of_workers_gives_the_same_values, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
