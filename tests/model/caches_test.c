// SPDX-License-Identifier: Apache-2.0
// Second level and page-walk caches in the timed engine: the rules of sections 5 to 7, 9 and 11,
// one by one.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "caches.h"

static bool in_l2(uint32_t set, uint32_t way) {
    return mmu_engine_l2_at(bench.engine, set, way)->valid;
}

// --- lookups ------------------------------------------------------------------------------------

static void second_level_answers_two_cycles_after_the_acceptance(void **state) {
    (void)state;
    begin(16, 0, false, 1);
    load(0, PAGE(0));
    load(20, PAGE(1));  // takes the first level's entry
    load(40, PAGE(0));
    load(50, PAGE(0) + 8);
    bench_run(&bench, 60);
    bench_expect(&bench, D_RSP, 40, "__1_");
    bench_expect(&bench, D_READY, 40, "1_11");
    bench_expect(&bench, D_FILL, 40, "__1_");
    expect_source(MMU_PORT_DATA, 42, MMU_SOURCE_L2);
    assert_true(bench.answer[0][42].pa == 0x30000);
    assert_true(bench_history(&bench, MMU_PORT_DATA, 2)->terms.l2 == 1);
    expect_source(MMU_PORT_DATA, 51, MMU_SOURCE_TLB);
    assert_true(bench.counter[MMU_COUNT_L2_HITS][41] == 0);
    assert_true(bench.counter[MMU_COUNT_L2_HITS][42] == 1);
    assert_true(bench_counter(&bench, MMU_COUNT_L2_MISSES) == 2);
    assert_int_equal(bench.memory.reads, 6);
}

static void fetch_miss_with_a_data_miss_is_compared_a_cycle_later(void **state) {
    (void)state;
    begin(16, 0, false, 1);
    load(0, PAGE(0));
    load(20, PAGE(1));
    load(40, PAGE(0));
    bench_offer(&bench, MMU_PORT_FETCH, 40, PAGE(1), MMU_FETCH);
    bench_offer(&bench, MMU_PORT_FETCH, 50, PAGE(0), MMU_FETCH);  // alone
    bench_run(&bench, 60);
    bench_expect(&bench, D_RSP, 40, "__1_");
    bench_expect(&bench, F_RSP, 40, "___1_");
    bench_expect(&bench, F_READY, 40, "1__1");
    bench_expect(&bench, F_RSP, 50, "__1_");
    assert_true(bench_history(&bench, MMU_PORT_FETCH, 0)->terms.l2 == 2);
}

static void walk_behind_a_second_level_takes_n_times_g_plus_l_plus_2(void **state) {
    (void)state;
    for (unsigned word = 0; word < 12; ++word) {
        const uint64_t va[3] = {VA_1G, VA_2M, PAGE(0)};
        uint32_t n = 1 + word % 3, g = 1 + word / 3 % 2, l = 1 + word / 6 * 4;
        begin(16, 0, false, 1);
        bench.memory.grant_cycles = g;
        bench.memory.data_cycles = l;
        load(3, va[n - 1]);
        bench_run(&bench, 60);
        uint64_t response = 3 + n * (g + l) + 2;
        assert_true(bench_first(&bench, D_RSP, 0) == response);
        assert_true(bench_first(&bench, D_FILL, 0) == response);
        assert_true(bench_first(&bench, L2_FILL, 0) == response);
        const struct mmu_terms *terms = &bench_history(&bench, MMU_PORT_DATA, 0)->terms;
        assert_true(terms->lookup == 1 && terms->l2 == 1 && terms->wait == 0);
        assert_true(terms->grant == n * g && terms->memory == n * l);
        bench_free(&bench);
    }
    begin(16, 0, false, 1);
}

static void second_level_permission_fault_is_its_answer(void **state) {
    (void)state;
    begin(16, 0, false, 1);
    load(0, PAGE(0));
    load(20, PAGE(1));
    bench_run(&bench, 39);
    bench.csr.priv = MMU_PRIV_U;
    struct mmu_request request = {.va = PAGE(0), .access = MMU_STORE, .tag = 5};
    mmu_engine_accept(bench.engine, MMU_PORT_DATA, &request, &bench.csr);
    mmu_engine_advance(bench.engine, 40);
    const struct mmu_answer *answer = mmu_engine_response(bench.engine, MMU_PORT_DATA);
    assert_int_equal(answer->cause, MMU_CAUSE_STORE_PAGE);
    assert_int_equal(answer->source, MMU_SOURCE_L2);
    assert_null(mmu_engine_fill(bench.engine, MMU_PORT_DATA));
    assert_true(bench_counter(&bench, MMU_COUNT_L2_HITS) == 1);
}

// --- granules, match order
// ------------------------------------------------------------------------

static void superpage_has_an_entry_for_each_granule_that_was_used(void **state) {
    (void)state;
    begin(16, 0, false, 1);
    load(0, VA_2M + 0x1000);
    load(20, PAGE(0));
    load(40, VA_2M + 0x5000);  // the same granule: 2 MiB
    load(60, VA_1G + 0x1000);
    load(80, PAGE(0));
    load(100, VA_1G + 0x5000);
    load(120, PAGE(0));
    load(140, VA_1G + 0x400000);  // another granule of the page
    bench_run(&bench, 170);
    expect_source(MMU_PORT_DATA, 42, MMU_SOURCE_L2);
    assert_int_equal(bench.answer[0][42].level, 1);
    expect_source(MMU_PORT_DATA, 102, MMU_SOURCE_L2);
    assert_int_equal(bench.answer[0][102].level, 2);
    expect_source(MMU_PORT_DATA, 144, MMU_SOURCE_WALK);
    assert_true(bench_counter(&bench, MMU_COUNT_L2_FILLS) == 4);
}

static void small_entry_goes_before_a_large_one(void **state) {
    (void)state;
    begin(16, 0, false, 1);
    load(0, PAGE(0));
    bench_run(&bench, 20);
    // Without a fence a 2 MiB page takes the table's place: page 0's entry is stale, but legal.
    fixture_map(&bench.memory, PAGE(0), 1, UINT64_C(5) << 9, RWX_AD_S);
    struct mmu_engine *engine = bench.engine;
    for (unsigned k = 2; k > 0; --k) {  // page 2 walks to the large page; then page 0
        struct mmu_request request = {.va = PAGE(k == 2 ? 2 : 0), .access = MMU_LOAD};
        mmu_engine_accept(engine, MMU_PORT_DATA, &request, &bench.csr);
        if (k == 2) {
            mmu_engine_advance(engine, 50);
            assert_int_equal(mmu_engine_response(engine, MMU_PORT_DATA)->level, 1);
            mmu_engine_take_response(engine, MMU_PORT_DATA);
            // The first level would answer from the large page now: it is replaced.
            struct mmu_request other = {.va = VA_1G, .access = MMU_LOAD, .tag = 1};
            mmu_engine_accept(engine, MMU_PORT_DATA, &other, &bench.csr);
            mmu_engine_advance(engine, 70);
            mmu_engine_take_response(engine, MMU_PORT_DATA);
            mmu_engine_advance(engine, 71);
        }
    }
    mmu_engine_advance(engine, 73);
    const struct mmu_answer *answer = mmu_engine_response(engine, MMU_PORT_DATA);
    assert_int_equal(answer->source, MMU_SOURCE_L2);
    assert_int_equal(answer->level, 0);
    assert_true(answer->pa == 0x30000);
}

static void walks_of_two_pages_of_one_granule_leave_two_entries(void **state) {
    (void)state;
    begin(16, 0, false, 2);
    load(0, VA_2M);
    bench_offer(&bench, MMU_PORT_FETCH, 0, VA_2M + 0x1000, MMU_FETCH);
    bench_run(&bench, 30);
    // vpn >> 9 = 0x401: set 1.
    assert_true(in_l2(1, 0) && in_l2(1, 1) && !in_l2(1, 2));
    assert_true(mmu_engine_l2_at(bench.engine, 1, 0)->tag == 0x401);
    assert_true(mmu_engine_l2_at(bench.engine, 1, 1)->tag == 0x401);
}

static void store_to_a_clean_page_drops_the_entry_and_walks(void **state) {
    (void)state;
    begin(16, 0, false, 1);
    bench.csr.adue = true;
    fixture_map(&bench.memory, PAGE(0), 0, 0x30, RWX_AD_S & ~MMU_PTE_D);
    load(0, PAGE(0));
    load(20, PAGE(1));
    bench_offer(&bench, MMU_PORT_DATA, 40, PAGE(0), MMU_STORE);
    bench_run(&bench, 43);
    assert_false(in_l2(0, 0));
    mmu_engine_advance(bench.engine, 4 * 2 + 40 + 1);  // three reads, one write
    assert_int_equal(mmu_engine_response(bench.engine, MMU_PORT_DATA)->source, MMU_SOURCE_WALK);
    assert_true(mmu_engine_l2_at(bench.engine, 0, 0)->page.perm & MMU_PTE_D);
    assert_true(bench_counter(&bench, MMU_COUNT_L2_MISSES) == 3);
}

// --- parity, collision
// ------------------------------------------------------------------------------

static void poisoned_entry_is_dropped_by_the_lookup_that_meets_it(void **state) {
    (void)state;
    begin(16, 0, false, 1);
    load(0, PAGE(0));  // completes in 7
    bench.poison[7] = true;
    load(20, PAGE(4));  // same set: meets it
    load(40, PAGE(0));
    bench_run(&bench, 60);
    assert_true(bench.counter[MMU_COUNT_L2_PARITY_ERRORS][21] == 0);
    assert_true(bench.counter[MMU_COUNT_L2_PARITY_ERRORS][22] == 1);
    expect_source(MMU_PORT_DATA, 48, MMU_SOURCE_WALK);
    assert_true(bench_counter(&bench, MMU_COUNT_L2_PARITY_ERRORS) == 1);
}

static void lookup_killed_in_its_compare_cycle_has_no_effect(void **state) {
    (void)state;
    begin(16, 0, false, 1);
    load(0, PAGE(0));
    bench.poison[7] = true;
    load(20, PAGE(4));
    bench_kill(&bench, MMU_PORT_DATA, 21);
    bench_run(&bench, 40);
    assert_true(in_l2(0, 0));
    assert_true(bench_counter(&bench, MMU_COUNT_L2_PARITY_ERRORS) == 0);
    assert_true(bench_counter(&bench, MMU_COUNT_L2_MISSES) == 1);
    assert_true(bench_counter(&bench, MMU_COUNT_KILLS) == 1);
    assert_int_equal(bench.memory.reads, 3);
}

static void entry_written_in_the_read_cycle_is_not_seen(void **state) {
    (void)state;
    for (uint64_t t = 7; t <= 8; ++t) {
        begin(16, 0, false, 1);
        load(0, PAGE(0));  // written at the end of 7
        bench_offer(&bench, MMU_PORT_FETCH, t, PAGE(0), MMU_FETCH);
        bench_run(&bench, 40);
        uint64_t response = bench_first(&bench, F_RSP, 0);
        assert_true(response == (t == 7 ? t + 8 : t + 2));
        expect_source(MMU_PORT_FETCH, response, t == 7 ? MMU_SOURCE_WALK : MMU_SOURCE_L2);
        bench_free(&bench);
    }
    begin(16, 0, false, 1);
}

// --- fences
// -------------------------------------------------------------------------------------------

// Pages 0 .. 3 lie in sets 0 .. 3.
static void fence_after_four_pages(struct mmu_fence fence, bool fragment, unsigned expected) {
    begin(16, 0, false, 1);
    for (uint64_t k = 0; k < 4; ++k) load(20 * k, PAGE(k));
    if (fragment) load(80, VA_1G);
    bench_fence_of(&bench, 100, fence);
    bench_run(&bench, 110);
    unsigned valid = 0;
    for (uint32_t set = 0; set < 4; ++set) valid |= (unsigned)in_l2(set, 0) << set;
    assert_int_equal(valid, expected);
    bench_free(&bench);
}

static void fence_drops_two_sets_or_everything(void **state) {
    (void)state;
    const struct mmu_fence page = {.has_va = true, .va = PAGE(1)};
    const struct mmu_fence space = {.has_asid = true, .asid = 7};
    const struct mmu_fence both = {.has_va = true, .has_asid = true, .va = PAGE(1), .asid = 7};
    const struct mmu_fence invalid = {.has_va = true, .va = PAGE(1) | UINT64_C(1) << 63};
    const struct mmu_fence order = {.op = MMU_SFENCE_W_INVAL};
    fence_after_four_pages(page, false, 0x9);  // 1 for small entries, 2 for large ones
    fence_after_four_pages(both, false, 0x9);
    fence_after_four_pages(page, true, 0);  // the fragments bit
    fence_after_four_pages(space, false, 0);
    fence_after_four_pages((struct mmu_fence){.op = MMU_SFENCE_VMA}, false, 0);
    fence_after_four_pages(invalid, false, 0xF);
    fence_after_four_pages(invalid, true, 0xF);
    fence_after_four_pages(order, false, 0xF);
    begin(16, 0, false, 1);
}

static void fence_in_the_compare_cycle_finds_no_match(void **state) {
    (void)state;
    begin(16, 0, false, 1);
    load(0, PAGE(0));
    load(20, PAGE(1));
    load(40, PAGE(0));
    bench_fence_of(&bench, 41, (struct mmu_fence){.has_va = true, .va = VA_2M});
    bench_run(&bench, 60);
    assert_true(bench_first(&bench, D_RSP, 40) == 48);
    expect_source(MMU_PORT_DATA, 48, MMU_SOURCE_WALK);
    // Taken at the end of the fence's cycle, the walk is not restarted.
    assert_true(bench_counter(&bench, MMU_COUNT_WALK_RESTARTS) == 0);
    assert_true(bench_counter(&bench, MMU_COUNT_L2_MISSES) == 3);
}

// --- page-walk caches
// -----------------------------------------------------------------------------------

static void walk_cache_skips_the_levels_above_the_lowest_match(void **state) {
    (void)state;
    begin(0, 4, false, 1);
    load(0, PAGE(0));
    load(20, PAGE(1));         // pointer of level 1
    load(40, VA_OTHER_TABLE);  // pointer of level 2
    bench_run(&bench, 60);
    assert_true(bench_first(&bench, D_RSP, 0) == 7);
    assert_true(bench_first(&bench, D_RSP, 20) == 23);
    assert_true(bench_first(&bench, D_RSP, 40) == 45);
    assert_true(bench.request[21].pa == fixture_slot_pa(&bench.memory, PAGE(1), 0));
    assert_true(bench.request[41].pa == fixture_slot_pa(&bench.memory, VA_OTHER_TABLE, 1));
    assert_true(bench_counter(&bench, MMU_COUNT_PWC_HITS) == 1);
    assert_true(bench_counter(&bench, MMU_COUNT_PWC_HITS + 1) == 1);
    assert_true(bench_counter(&bench, MMU_COUNT_PWC_FILLS) == 2);
    assert_true(bench_counter(&bench, MMU_COUNT_PWC_FILLS + 1) == 1);
    const struct mmu_history *history = bench_history(&bench, MMU_PORT_DATA, 1);
    assert_true(history->pwc_hit && history->pwc_level == 1 && history->accesses == 1);
}

static void walk_cache_keeps_g_of_the_path(void **state) {
    (void)state;
    begin(0, 4, false, 1);
    fixture_set(&bench.memory, PAGE(0), 2, fixture_get(&bench.memory, PAGE(0), 2) | MMU_PTE_G);
    load(0, PAGE(0));
    load(20, PAGE(1));
    bench_run(&bench, 40);
    assert_true(bench.answer[0][23].perm & MMU_PTE_G);
}

static void walk_cache_is_emptied_by_fences_without_address(void **state) {
    (void)state;
    const struct {
        struct mmu_fence fence;
        bool global;
        unsigned reads;  // of the next walk in the same table
    } cases[] = {{{.has_va = true, .va = PAGE(0)}, false, 1},
                 {{.has_va = true, .has_asid = true, .va = PAGE(0), .asid = 1}, false, 1},
                 {{.has_asid = true, .asid = 2}, false, 1},
                 {{.has_asid = true, .asid = 1}, false, 3},
                 {{.has_asid = true, .asid = 1}, true, 1},
                 {{.op = MMU_SINVAL_VMA}, true, 3},
                 {{.op = MMU_SFENCE_INVAL_IR}, false, 1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; ++k) {
        begin(0, 4, false, 1);
        if (cases[k].global)
            fixture_set(&bench.memory, PAGE(0), 2,
                        fixture_get(&bench.memory, PAGE(0), 2) | MMU_PTE_G);
        load(0, PAGE(0));
        bench_fence_of(&bench, 15, cases[k].fence);
        load(20, PAGE(1));
        bench_run(&bench, 40);
        assert_true(bench_first(&bench, D_RSP, 20) == 21 + 2 * cases[k].reads);
        bench_free(&bench);
    }
    begin(0, 4, false, 1);
}

static void walk_cache_replaces_the_least_recently_used(void **state) {
    (void)state;
    begin(0, 2, false, 1);
    fixture_map(&bench.memory, UINT64_C(0xC0A00000), 0, 0x80, RWX_AD_S);  // a third table
    load(0, PAGE(0));
    load(20, VA_OTHER_TABLE);
    load(40, PAGE(1));               // uses the first pointer of level 1 again
    load(60, UINT64_C(0xC0A00000));  // replaces the second
    load(80, PAGE(0));               // one read
    load(100, VA_OTHER_TABLE);       // two
    bench_run(&bench, 120);
    assert_true(bench_first(&bench, D_RSP, 80) == 83);
    assert_true(bench_first(&bench, D_RSP, 100) == 105);
}

#define CACHES(test) cmocka_unit_test_teardown(test, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        CACHES(second_level_answers_two_cycles_after_the_acceptance),
        CACHES(fetch_miss_with_a_data_miss_is_compared_a_cycle_later),
        CACHES(walk_behind_a_second_level_takes_n_times_g_plus_l_plus_2),
        CACHES(second_level_permission_fault_is_its_answer),
        CACHES(superpage_has_an_entry_for_each_granule_that_was_used),
        CACHES(small_entry_goes_before_a_large_one),
        CACHES(walks_of_two_pages_of_one_granule_leave_two_entries),
        CACHES(store_to_a_clean_page_drops_the_entry_and_walks),
        CACHES(poisoned_entry_is_dropped_by_the_lookup_that_meets_it),
        CACHES(lookup_killed_in_its_compare_cycle_has_no_effect),
        CACHES(entry_written_in_the_read_cycle_is_not_seen),
        CACHES(fence_drops_two_sets_or_everything),
        CACHES(fence_in_the_compare_cycle_finds_no_match),
        CACHES(walk_cache_skips_the_levels_above_the_lowest_match),
        CACHES(walk_cache_keeps_g_of_the_path),
        CACHES(walk_cache_is_emptied_by_fences_without_address),
        CACHES(walk_cache_replaces_the_least_recently_used),
    };
    return cmocka_run_group_tests_name("unit.caches", tests, NULL, NULL) == 0 ? 0 : 1;
}
