// SPDX-License-Identifier: Apache-2.0
// What stands behind the first level: what the counts are to each other by
// docs/microarchitecture.md, the quantities made of them, and what is said of a sweep.
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "evaluate.h"
#include "figures.h"

enum { REFERENCES = 20000 };

struct scene {
    struct program program;
    struct study_plan *plan;
    struct study_work work;
};

static struct scene scene_of(const char *const *lines) {
    struct scene scene = {.program = program_create(FIXTURE_SEED, REFERENCES, 200)};
    scene.plan = plan_create(&scene.program, 1, lines);
    work_create(&scene.work, scene.plan);
    for (unsigned t = 0; t < scene.work.task_count; t++) {
        struct sim_error error = {""};
        if (study_evaluate(&scene.work, &scene.work.tasks[t], &error)) fail_msg("%s", error.text);
    }
    return scene;
}

static void scene_end(struct scene *scene) {
    study_work_destroy(&scene->work);
    plan_destroy(scene->plan);
    program_destroy(&scene->program);
}

static uint64_t count(const struct scene *scene, unsigned row, enum study_value value) {
    return study_row_value(&scene->work, &scene->work.rows[row], ASK_CYCLES, value);
}

static const struct study_metric *metric(const char *id) {
    const struct study_metric *found = study_metrics;
    while (strcmp(found->id, id)) found++;
    return found;
}

static double value(const struct scene *scene, unsigned row, const char *id) {
    assert_true(metric(id)->has(&scene->work.rows[row]));
    return metric(id)->value(&scene->work, &scene->work.rows[row]);
}

static void assert_near(double a, double b) {
    assert_true(a - b < 1e-12 && b - a < 1e-12);
}

// Every miss of the first level is looked up in the second; what that misses merges or walks; a
// walk of Sv39 without page-walk caches reads three PTEs. Nothing faults, is fenced or killed.
static void misses_become_hits_of_the_second_level_merges_or_walks(void **state) {
    (void)state;
    static const char *const lines[] = {"set study.client=stream", "measure hierarchy",
                                        "sweep tlb.l2.entries=16,64,256",
                                        "sweep mmu.pwc_entries=0,4", NULL};
    struct scene scene = scene_of(lines);
    for (unsigned r = 0; r < scene.work.row_count; r++) {
        uint64_t misses =
            count(&scene, r, VALUE_DATA_MISSES) + count(&scene, r, VALUE_FETCH_MISSES);
        uint64_t hits = count(&scene, r, VALUE_L2_HITS), l2 = count(&scene, r, VALUE_L2_MISSES);
        uint64_t walks = count(&scene, r, VALUE_WALKS), reads = count(&scene, r, VALUE_PTE_READS);
        bool cached = scene.work.rows[r].point.config.run.pwc_entries > 0;
        assert_true(hits > 0 && walks > 0 && count(&scene, r, VALUE_MERGES) > 0);
        assert_int_equal(misses, hits + l2);
        assert_int_equal(l2, walks + count(&scene, r, VALUE_MERGES));
        assert_true(cached ? reads < 3 * walks : reads == 3 * walks);
        assert_int_equal(count(&scene, r, VALUE_PWC_HITS) > 0, cached);
        assert_near(value(&scene, r, "l2-miss-ratio"), (double)l2 / (double)misses);
        assert_near(value(&scene, r, "l2-misses-per-kilo-reference"),
                    1000.0 * (double)l2 / REFERENCES);
        assert_near(value(&scene, r, "misses-per-kilo-reference"),
                    1000.0 * (double)misses / REFERENCES);
        assert_near(value(&scene, r, "walks"), (double)walks / REFERENCES);
        assert_near(value(&scene, r, "pte-reads"), (double)reads / REFERENCES);
        assert_near(value(&scene, r, "l2-hits"), (double)hits / REFERENCES);
    }
    scene_end(&scene);
}

static void without_a_second_level_it_has_no_misses(void **state) {
    (void)state;
    static const char *const lines[] = {"set study.client=stream", "sweep mmu.walks=1,4", NULL};
    struct scene scene = scene_of(lines);
    assert_true(scene.plan->measures & STUDY_HIERARCHY);
    for (unsigned r = 0; r < 2; r++) {
        assert_false(metric("l2-miss-ratio")->has(&scene.work.rows[r]));
        assert_true(value(&scene, r, "walks") > 0);
    }
    scene_end(&scene);
}

static bool said(const struct study_report *report, const char *words) {
    for (unsigned s = 0; s < report->summary_count; s++)
        if (strstr(report->summary[s], words)) return true;
    return false;
}

// The first level's misses change a little with the times at which walks end; nobody is to read
// that a second level spares them.
static void sweep_of_the_second_level_tells_of_walks_and_cycles_alone(void **state) {
    (void)state;
    static const char *const numbers[] = {"study hierarchy", "set memory.data.least=20",
                                          "set memory.data.most=20", NULL};
    static const char *const choices[] = {"sweep tlb.l2.policy=lru,fifo", "set tlb.l2.entries=16",
                                          NULL};
    for (unsigned k = 0; k < 2; k++) {
        struct scene scene = scene_of(k ? choices : numbers);
        struct study_report report;
        struct sim_error error = {""};
        assert_int_equal(study_report_make(&scene.work, &report, &error), SIM_OK);
        assert_true(said(&report, k ? "Walks: least" : "of the walks"));
        assert_true(said(&report, k ? "Average translation" : "cycles of a translation"));
        assert_false(said(&report, "misses of the data TLB"));
        assert_false(said(&report, "misses of the fetch TLB"));
        assert_false(said(&report, "misses of the first level"));
        assert_false(said(&report, "Misses per kilo-reference of the first level"));
        assert_false(said(&report, "Miss ratio of the data TLB"));
        report_destroy(&report);
        scene_end(&scene);
    }
    // That of the first level does.
    static const char *const first[] = {"sweep tlb.data.entries=4,16", "set tlb.data.ways=4",
                                        "set tlb.l2.entries=64", "measure hierarchy", NULL};
    struct scene scene = scene_of(first);
    struct study_report report;
    struct sim_error error = {""};
    assert_int_equal(study_report_make(&scene.work, &report, &error), SIM_OK);
    assert_true(said(&report, "misses of the data TLB"));
    report_destroy(&report);
    scene_end(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misses_become_hits_of_the_second_level_merges_or_walks),
        cmocka_unit_test(without_a_second_level_it_has_no_misses),
        cmocka_unit_test(sweep_of_the_second_level_tells_of_walks_and_cycles_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
