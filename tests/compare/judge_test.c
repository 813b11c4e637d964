// SPDX-License-Identifier: Apache-2.0
// The rules of a comparison, on invented measurements (docs/gate.md).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compare.h"

struct fixture {
    struct compare_sample base, head;
    struct compare_job job;
};

// Both agree with the model: 100 hits of 1 cycle, 10 walks of 7 in 500 cycles.
static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    if (!f) return -1;
    struct compare_sample *samples[] = {&f->base, &f->head};
    for (unsigned s = 0; s < 2; s++) {
        struct bench_stats *stats = &samples[s]->result.stats;
        samples[s]->exact = samples[s]->right = true;
        stats->latencies[MMU_PORT_DATA][MMU_SOURCE_TLB][1] = 100;
        stats->latencies[MMU_PORT_DATA][MMU_SOURCE_WALK][7] = 10;
        stats->cycles = 500;
        stats->digest = 1;
    }
    f->job.kind = COMPARE_RANDOM;
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    free(*state);
    return 0;
}

static uint64_t *walks(struct compare_sample *sample) {
    return sample->result.stats.latencies[MMU_PORT_DATA][MMU_SOURCE_WALK];
}

static void differs(struct compare_sample *sample, enum bench_check check, const char *what,
                    uint64_t expected, uint64_t observed) {
    struct mismatch m = {.check = check, .expected = expected, .observed = observed};
    snprintf(m.what, sizeof m.what, "%s", what);
    compare_classify(sample, &m, 1);
    sample->exact = false;
    snprintf(sample->why, sizeof sample->why, "%s (%s) in cycle 7", bench_check_key(check), what);
}

static enum compare_verdict judge(struct fixture *f) {
    compare_judge(&f->job, &f->base, &f->head);
    return f->job.verdict;
}

static void equal_measurements_are_the_same(void **state) {
    assert_int_equal(judge(*state), COMPARE_SAME);
}

static void a_function_that_head_alone_has_wrong_fails_though_all_figures_are_equal(void **state) {
    static const enum bench_check checks[] = {CHECK_COUNTER,    CHECK_VICTIM, CHECK_SOURCE,
                                              CHECK_PTE_ACCESS, CHECK_TERMS,  CHECK_PTE_WRITE};
    struct fixture *f = *state;
    for (unsigned k = 0; k < sizeof checks / sizeof checks[0]; k++)
        for (unsigned kind = COMPARE_RANDOM; kind <= COMPARE_TRACE; kind++) {
            f->job = (struct compare_job){.kind = (enum compare_kind)kind};
            differs(&f->head, checks[k], "a signal", 2, 1);
            assert_int_equal(judge(f), COMPARE_WRONG);
            assert_false(f->job.undirected);
            assert_non_null(strstr(f->job.why, "HEAD differs from the model in "));
            assert_non_null(strstr(f->job.why, bench_check_key(checks[k])));
        }
}

static void what_base_has_wrong_in_the_same_way_is_not_held_against_head(void **state) {
    struct fixture *f = *state;
    differs(&f->base, CHECK_COUNTER, "counter kills", 2, 1);
    differs(&f->head, CHECK_COUNTER, "counter kills", 2, 1);
    assert_int_equal(judge(f), COMPARE_SAME);
    walks(&f->head)[7]++;
    assert_int_equal(judge(f), COMPARE_CHANGED);
    differs(&f->head, CHECK_COUNTER, "counter walks", 2, 1);
    assert_int_equal(judge(f), COMPARE_WRONG);
}

static void what_head_mends_is_a_change(void **state) {
    struct fixture *f = *state;
    differs(&f->base, CHECK_COUNTER, "counter kills", 2, 1);
    assert_int_equal(judge(f), COMPARE_CHANGED);
    assert_false(f->job.undirected);
}

static void only_the_order_of_several_walks_is_set_aside(void **state) {
    struct fixture *f = *state;
    struct mismatch m = {.check = CHECK_PTE_ACCESS, .what = "mem_req_id"};
    m.expected_request_valid = m.observed_request_valid = true;
    m.expected_request.id = 1;
    f->head.exact = false;
    compare_classify(&f->head, &m, 4);
    assert_int_equal(judge(f), COMPARE_CHANGED);
    assert_true(f->job.undirected);
    compare_classify(&f->head, &m, 1);  // one walk has no order
    assert_int_equal(judge(f), COMPARE_WRONG);
    m.observed_request.id = 1;  // the same walk reads elsewhere
    compare_classify(&f->head, &m, 4);
    assert_int_equal(judge(f), COMPARE_WRONG);
}

static void waiting_that_is_counted_otherwise_is_wrong_unless_time_has_moved(void **state) {
    struct fixture *f = *state;
    differs(&f->head, CHECK_COUNTER, "counter wire_wait_cycles", 5, 6);
    assert_int_equal(judge(f), COMPARE_WRONG);
    f->job.retimed = true;
    assert_int_equal(judge(f), COMPARE_CHANGED);
    f->job.retimed = false;
    walks(&f->head)[7] = 9;
    walks(&f->head)[8] = 1;
    assert_int_equal(judge(f), COMPARE_CHANGED);
    assert_true(f->job.undirected);
    differs(&f->head, CHECK_COUNTER, "counter cycles", 5, 6);
    assert_int_equal(judge(f), COMPARE_WRONG);
}

static void an_answer_that_nobody_asked_for_is_not_a_faster_one(void **state) {
    struct fixture *f = *state;
    differs(&f->head, CHECK_LATENCY, "rsp_valid without a request", MMU_NEVER, 7);
    assert_int_equal(judge(f), COMPARE_WRONG);
    differs(&f->head, CHECK_LATENCY, "rsp_valid withdrawn", 1, 0);
    assert_int_equal(judge(f), COMPARE_WRONG);
    differs(&f->head, CHECK_LATENCY, "rsp_valid", 8, 7);
    assert_int_equal(judge(f), COMPARE_FASTER);
}

// Its own counter says that it misses less; who answered says that nothing has changed.
static void misses_are_counted_by_who_answered(void **state) {
    struct fixture *f = *state;
    f->job.kind = COMPARE_TRACE;
    differs(&f->base, CHECK_LATENCY, "rsp_valid", 7, 8);
    f->base.result.counters[MMU_COUNT_MISSES] = 10;
    f->head.result.counters[MMU_COUNT_MISSES] = 9;
    assert_int_not_equal(judge(f), COMPARE_WRONG);
    for (unsigned r = 0; r < f->job.rows; r++)
        assert_string_not_equal(f->job.row[r].name, "first-level misses");
}

static void a_miss_a_cycle_later_is_slower_though_the_program_takes_fewer_cycles(void **state) {
    struct fixture *f = *state;
    f->job.kind = COMPARE_TRACE;
    differs(&f->head, CHECK_LATENCY, "rsp_valid", 8, 7);  // the first one is early
    f->head.result.stats.cycles = 400;
    walks(&f->head)[7] = 0;
    walks(&f->head)[8] = 10;
    assert_int_equal(judge(f), COMPARE_SLOWER);
    assert_non_null(strstr(f->job.why, "data, walk"));
}

static void a_first_answer_that_is_late_is_slower_whatever_follows(void **state) {
    struct fixture *f = *state;
    f->job.kind = COMPARE_TRACE;
    differs(&f->head, CHECK_LATENCY, "rsp_valid", 7, 8);
    f->head.result.stats.cycles = 400;
    walks(&f->head)[7] = 0;
    walks(&f->head)[6] = 10;
    assert_int_equal(judge(f), COMPARE_SLOWER);
}

// Three short walks have become hits, as those that met another one under way do.
static void fewer_short_walks_are_not_a_slower_walk(void **state) {
    struct fixture *f = *state;
    f->job.kind = COMPARE_TRACE;
    walks(&f->base)[2] = 3;
    f->head.result.stats.latencies[MMU_PORT_DATA][MMU_SOURCE_TLB][1] += 3;
    differs(&f->head, CHECK_LATENCY, "rsp_valid", 8, 7);
    f->head.result.stats.cycles = 490;
    assert_int_equal(judge(f), COMPARE_FASTER);
}

// --- single accesses -----------------------------------------------------------------------------

static enum compare_verdict judge_probes(struct compare_job *job, const struct compare_probes *base,
                                         const struct compare_probes *head) {
    *job = (struct compare_job){.kind = COMPARE_PROBE};
    compare_judge_probes(job, base, head);
    return job->verdict;
}

static void every_single_access_must_be_answered_and_no_later(void **state) {
    struct compare_job *job = &((struct fixture *)*state)->job;
    struct compare_probes base = {.cycles = {1, 3, 5}, .asked = {true, true, true}}, head = base;
    assert_int_equal(judge_probes(job, &base, &head), COMPARE_SAME);
    assert_int_equal(job->rows, 3);
    head.cycles[2] = 4;
    assert_int_equal(judge_probes(job, &base, &head), COMPARE_FASTER);
    head.cycles[1] = 4;  // one faster does not pay for one slower
    assert_int_equal(judge_probes(job, &base, &head), COMPARE_SLOWER);
    head.cycles[1] = 0;
    assert_int_equal(judge_probes(job, &base, &head), COMPARE_WRONG);
    base.cycles[1] = 0;  // dead on both sides
    assert_int_equal(judge_probes(job, &base, &head), COMPARE_WRONG);
    head = base;
    head.cycles[1] = 3;
    assert_int_equal(judge_probes(job, &base, &head), COMPARE_CHANGED);
}

static void a_unit_without_any_answer_is_known(void **state) {
    (void)state;
    struct compare_probes probes = {.asked = {true, true}};
    assert_false(compare_probes_answered(&probes));
    probes.cycles[1] = 3;
    assert_true(compare_probes_answered(&probes));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(equal_measurements_are_the_same),
        TEST(a_function_that_head_alone_has_wrong_fails_though_all_figures_are_equal),
        TEST(what_base_has_wrong_in_the_same_way_is_not_held_against_head),
        TEST(what_head_mends_is_a_change),
        TEST(only_the_order_of_several_walks_is_set_aside),
        TEST(waiting_that_is_counted_otherwise_is_wrong_unless_time_has_moved),
        TEST(an_answer_that_nobody_asked_for_is_not_a_faster_one),
        TEST(misses_are_counted_by_who_answered),
        TEST(a_miss_a_cycle_later_is_slower_though_the_program_takes_fewer_cycles),
        TEST(a_first_answer_that_is_late_is_slower_whatever_follows),
        TEST(fewer_short_walks_are_not_a_slower_walk),
        TEST(every_single_access_must_be_answered_and_no_later),
        TEST(a_unit_without_any_answer_is_known),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
