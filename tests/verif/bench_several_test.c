// SPDX-License-Identifier: Apache-2.0
// The bench with several unanswered requests: killed tags, the watchdog, outcomes and their terms.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "checker.h"

static struct scene *begin(enum fake_fault fault) {
    struct scene *s = scene_create();
    checker_map(s);
    scene_begin(s, fault);
    return s;
}

static void expect(const struct scene *s, enum bench_check check, const char *what,
                   uint64_t expected, uint64_t observed) {
    const struct mismatch *m = bench_mismatch(s->bench);
    assert_true(s->failed);
    assert_string_equal(m->what, what);
    assert_int_equal(m->check, check);
    assert_int_equal(m->expected, expected);
    assert_int_equal(m->observed, observed);
}

// --- several requests ----------------------------------------------------------------------------

static void killed_tags_are_told(void **state) {
    (void)state;
    static const enum bench_mode modes[] = {BENCH_LOCKSTEP, BENCH_DUT_ONLY, BENCH_MODEL_ONLY};
    for (unsigned k = 0; k < 3; k++) {
        struct scene *s = scene_create();
        s->config.mode = modes[k];
        s->config.mmu.walks = 2;
        checker_map(s);
        scene_begin(s, FAKE_RIGHT);
        for (unsigned page = 0; page < 3; page++) {
            scene_present(s, MMU_PORT_DATA, PAGE_A + 0x1000 * page, MMU_LOAD);
            s->in.request[MMU_PORT_DATA].tag = (uint8_t)(3 + 5 * page);
            scene_cycle(s);
        }
        scene_cycle(s);
        scene_kill(s, 3);
        assert_int_equal(s->out.killed[MMU_PORT_DATA], 1 << 3 | 1 << 8 | 1 << 13);
        assert_int_equal(s->out.killed[MMU_PORT_FETCH], 0);
        scene_idle(s, 20);
        assert_false(s->failed);
        assert_int_equal(bench_stats(s->bench)->answers[MMU_PORT_DATA], 0);
        assert_int_equal(bench_counter(s->bench, MMU_COUNT_KILLS), 3);
        scene_destroy(s);
    }
}

// Under a walk that never ends, hits go on being answered; the walk's request is missed all the
// same.
static void hits_do_not_keep_the_watchdog_from_a_lost_walk(void **state) {
    (void)state;
    struct scene *s = scene_create();
    s->config.mode = BENCH_DUT_ONLY;
    s->config.watchdog_cycles = 50;
    checker_map(s);
    scene_begin(s, FAKE_RIGHT);
    scene_load(s, PAGE_A);
    fake_dut_ops()->knob(s->config.dut, "fault", FAKE_ANSWER_NEVER);
    scene_present(s, MMU_PORT_DATA, PAGE_B, MMU_LOAD);
    s->in.request[MMU_PORT_DATA].tag = 15;
    uint64_t accepted = bench_now(s->bench);
    scene_cycle(s);
    for (unsigned c = 0; c < 100 && !s->failed; c++) {
        if (!s->in.request_valid[MMU_PORT_DATA]) scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
        s->in.request[MMU_PORT_DATA].tag %= 15;
        scene_cycle(s);
    }
    expect(s, CHECK_WATCHDOG, "no response to an accepted request within the limit", 50, 51);
    assert_int_equal(bench_mismatch(s->bench)->history.request.tag, 15);
    assert_int_equal(bench_mismatch(s->bench)->cycle, accepted + 51);
    assert_true(bench_stats(s->bench)->answers[MMU_PORT_DATA] > 30);
    scene_destroy(s);
}

// The terms of the model, by section 12: hit; walk; fetch behind it in the only slot; merged.
static void outcomes_and_their_terms_are_counted(void **state) {
    (void)state;
    struct scene *s = begin(FAKE_RIGHT);
    scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
    scene_present(s, MMU_PORT_FETCH, PAGE_A, MMU_FETCH);
    scene_idle(s, 20);
    scene_load(s, PAGE_A);
    assert_false(s->failed);
    const struct bench_stats *stats = bench_stats(s->bench);
    assert_int_equal(stats->outcome[MMU_PORT_DATA][CONTRACT_WALK], 1);
    assert_int_equal(stats->outcome[MMU_PORT_DATA][CONTRACT_FIRST_LEVEL], 1);
    assert_int_equal(stats->outcome[MMU_PORT_FETCH][CONTRACT_MERGED], 1);
    assert_int_equal(stats->outcome_latency_max[MMU_PORT_DATA][CONTRACT_WALK], 10);
    // Its walk completes in cycle 9, RESOLVE is cycle 10, valid in 11.
    assert_int_equal(stats->outcome_latency_max[MMU_PORT_FETCH][CONTRACT_MERGED], 11);
    assert_int_equal(stats->terms[MMU_PORT_DATA].lookup, 2);
    assert_int_equal(stats->terms[MMU_PORT_DATA].grant, 3);
    assert_int_equal(stats->terms[MMU_PORT_DATA].memory, 6);
    assert_int_equal(stats->terms[MMU_PORT_FETCH].wait, 9);
    assert_int_equal(stats->terms[MMU_PORT_FETCH].resolve, 1);
    assert_int_equal(stats->cover[COVER_MERGE_OTHER_PORT], 1);
    assert_int_equal(stats->compared[CHECK_TERMS], 3);
    scene_destroy(s);
}

// The walk is denied its last read in cycle `denied`, and cannot complete: its port's fault record
// of another request is not taken. A fence comes, the table is opened, the record taken.
static void denial_that_a_fence_undid_belongs_to_the_restart(void **state) {
    (void)state;
    struct scene *s = scene_create();
    s->config.mmu.arch.pmp_entries = 8;
    checker_map(s);
    scene_begin(s, FAKE_RIGHT);
    scene_pmp_open(s);
    scene_pmp(s, 0, 0x18, TABLE_0 >> 2 | 0x1FF);  // NAPOT, 4 KiB, nothing allowed
    s->in.take &= ~(unsigned)DUT_TAKE_FAULT;
    uint64_t accepted = bench_now(s->bench), denied = accepted + 1 + 2 * (1 + 2);
    scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
    scene_cycle(s);
    scene_present(s, MMU_PORT_DATA, UINT64_C(1) << 40, MMU_LOAD);
    scene_idle(s, 11);
    uint64_t fence = bench_now(s->bench);
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    scene_idle(s, 12);
    s->in.take |= DUT_TAKE_FAULT;
    scene_await(s, MMU_PORT_DATA);
    assert_false(s->failed);
    const struct mmu_history *h =
        mmu_engine_history(bench_engine(s->bench), MMU_PORT_DATA, s->answer[MMU_PORT_DATA].tag);
    assert_int_equal(s->answer[MMU_PORT_DATA].cause, MMU_CAUSE_LOAD_ACCESS);
    assert_int_equal(h->accesses, 6);
    assert_true(h->access[2].denied && h->access[2].ignored);
    assert_true(h->access[5].denied && !h->access[5].ignored);
    assert_int_equal(h->terms.denied, 1);
    assert_int_equal(h->terms.restart, fence + 1 - denied);
    assert_int_equal(h->terms.wire, 0);
    scene_destroy(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_tags_are_told),
        cmocka_unit_test(hits_do_not_keep_the_watchdog_from_a_lost_walk),
        cmocka_unit_test(outcomes_and_their_terms_are_counted),
        cmocka_unit_test(denial_that_a_fence_undid_belongs_to_the_restart),
    };
    return cmocka_run_group_tests_name("unit.bench_several", tests, NULL, NULL) == 0 ? 0 : 1;
}
