// SPDX-License-Identifier: Apache-2.0
// The timed engine with PMP, pa_bits, every mode, Svnapot, Svpbmt and Svinval.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bench.h"

static struct bench bench;

static const struct mmu_mode *mode_of(unsigned levels) {
    return levels == 2   ? mmu_mode_sv32()
           : levels == 3 ? mmu_mode_sv39()
           : levels == 4 ? mmu_mode_sv48()
                         : mmu_mode_sv57();
}

// Every index differs from the others and from 0.
static uint64_t va_of(unsigned levels) {
    static const uint64_t va[6] = {[2] = UINT64_C(1) << 22 | 2u << 12 | 0x128,
                                   [3] = UINT64_C(1) << 30 | 2u << 21 | 3u << 12 | 0x128};
    if (levels <= 3) return va[levels];
    return va[3] | UINT64_C(4) << 39 | (levels == 5 ? UINT64_C(5) << 48 : 0);
}

// An engine of this mode, one 4 KiB page at va_of. With PMP the last entry allows everything
// from cycle 1 on.
static void begin(unsigned levels, uint8_t pmp_entries, uint32_t grant, uint32_t data) {
    struct mmu_config config = mmu_config_default();
    const struct mmu_mode *mode = mode_of(levels);
    config.arch = fixture_arch(mode, pmp_entries);
    bench_init_config(&bench, &config);
    bench.memory.mode = mode;
    bench.csr.satp = fixture_satp(mode, 1);
    bench.memory.grant_cycles = grant;
    bench.memory.data_cycles = data;
    fixture_map(&bench.memory, va_of(levels), 0, 0x77, RWX_AD_S);
    if (pmp_entries > 0)
        bench_pmp_write(&bench, 0, fixture_pmp_entry(pmp_entries - 1, 0x1F, UINT64_MAX));
}

static int end(void **state) {
    (void)state;
    bench_free(&bench);
    return 0;
}

static uint64_t final(unsigned counter) {
    return mmu_engine_counter(bench.engine, counter);
}

// The entry that guards one PTE.
static struct mmu_pmp_write guard(uint8_t index, unsigned levels, unsigned level, uint8_t rights) {
    uint64_t pa = fixture_slot_pa(&bench.memory, va_of(levels), level);
    uint8_t range = levels == 2 ? 0x10 : 0x18;  // NA4, NAPOT of 8 bytes
    return fixture_pmp_entry(index, range | rights, pa >> 2);
}

// --- modes ---------------------------------------------------------------------------------

static void walk_of_every_mode_takes_n_times_g_plus_l_plus_1(void **state) {
    (void)state;
    for (unsigned word = 0; word < 4 * 4; ++word) {
        unsigned levels = 2 + word / 4;
        uint32_t g = 1 + word % 2 * 2, l = 1 + word / 2 % 2 * 4;
        begin(levels, 0, g, l);
        bench_offer(&bench, MMU_PORT_DATA, 3, va_of(levels), MMU_LOAD);
        bench_run(&bench, 100);
        uint64_t response = 3 + levels * (g + l) + 1;
        assert_true(bench_first(&bench, D_RSP, 0) == response);
        assert_true(bench.answer[0][response].pa == 0x77128);
        const struct mmu_history *history = bench_history(&bench, MMU_PORT_DATA, 0);
        for (unsigned k = 0; k < levels; ++k) {
            uint64_t pa = fixture_slot_pa(&bench.memory, va_of(levels), levels - 1 - k);
            assert_true(history->access[k].pa == pa);
        }
        bench_free(&bench);
    }
    begin(3, 0, 1, 1);
}

static void napot_walk_fills_one_entry_that_answers_for_sixteen_pages(void **state) {
    (void)state;
    begin(3, 0, 1, 1);
    bench.csr.pbmte = true;
    const uint64_t page = UINT64_C(0x40430000);
    for (uint64_t k = 0; k < 16; ++k) {
        fixture_map(&bench.memory, page + k * 4096, 0, 0x12348, RWX_AD_S);
        *fixture_slot(&bench.memory, page + k * 4096, 0) |= MMU_PTE_N | UINT64_C(1) << 61;
    }
    bench_offer(&bench, MMU_PORT_DATA, 0, page + 0x3010, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_DATA, 20, page + 0xB020, MMU_STORE);
    bench_offer(&bench, MMU_PORT_DATA, 30, page + 0x10000, MMU_LOAD);  // the page after it
    bench_run(&bench, 40);
    for (unsigned k = 0; k < 2; ++k) {
        const struct mmu_answer *answer = &bench.answer[0][k ? 21 : 7];
        assert_true(answer->pa == (k ? 0x1234B020 : 0x12343010));
        assert_true(answer->napot && answer->level == 0 && answer->pbmt == 1);
        assert_int_equal(answer->source, k ? MMU_SOURCE_TLB : MMU_SOURCE_WALK);
    }
    assert_true(final(MMU_COUNT_MISSES) == 2);
}

static void asid_bits_that_do_not_exist_do_not_separate_spaces(void **state) {
    (void)state;
    for (unsigned bits = 0; bits <= 16; ++bits) {
        struct mmu_config config = mmu_config_default();
        config.arch.asid_bits = (uint8_t)bits;
        bench_init_config(&bench, &config);
        fixture_map(&bench.memory, va_of(3), 0, 0x77, RWX_AD_S);
        struct mmu_request request = {.va = va_of(3), .access = MMU_LOAD};
        for (unsigned k = 0; k < 3; ++k) {  // ASIDs 0, the first that is masked away, 0x8000
            unsigned asid = k == 0 ? 0 : k == 1 ? 1u << bits : 0x8000;
            bench.csr.satp = FIXTURE_SATP_ASID(asid & 0xFFFF);
            mmu_engine_accept(bench.engine, MMU_PORT_DATA, &request, &bench.csr);
            mmu_engine_advance(bench.engine, mmu_engine_cycle(bench.engine) + 20);
            mmu_engine_take_response(bench.engine, MMU_PORT_DATA);
            mmu_engine_advance(bench.engine, mmu_engine_cycle(bench.engine));
        }
        assert_true(final(MMU_COUNT_MISSES) == (bits == 16 ? 2 : 1));
        bench_free(&bench);
    }
    begin(3, 0, 1, 1);
}

// --- denial ----------------------------------------------------------------------------------

static void denial_at_each_level_comes_two_cycles_after_the_last_answer(void **state) {
    (void)state;
    static const uint8_t causes[4] = {1, 5, 7, 7};
    for (unsigned word = 0; word < 4 * 5 * 4; ++word) {
        unsigned levels = 2 + word / 20, level = word / 4 % 5;
        uint8_t access = word % 4;
        if (level >= levels) continue;
        uint32_t g = 2, l = 3, n = levels - 1 - level;
        begin(levels, 16, g, l);
        bench_pmp_write(&bench, 1, guard(0, levels, level, MMU_PMP_EXECUTE));
        enum mmu_port port = access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
        const uint64_t t = 10;
        bench_offer(&bench, port, t, va_of(levels), access);
        bench_run(&bench, 60);
        uint64_t response = t + n * (g + l) + 2;
        assert_true(bench_first(&bench, D_RSP + port, 0) == response);
        assert_true(bench_first(&bench, FAULT, 0) == response);
        assert_int_equal(bench.answer[port][response].cause, causes[access]);
        assert_int_equal(bench.answer[port][response].source, MMU_SOURCE_WALK);
        assert_int_equal(bench.memory.reads, n);
        assert_true(final(MMU_COUNT_PTE_READS) == n);
        assert_true(final(MMU_COUNT_WALKS) == 1 && final(MMU_COUNT_FILLS) == 0);
        // Busy from s+1 to the denial, response the cycle after it.
        assert_true(final(MMU_COUNT_WALKER_BUSY_CYCLES) == n * (g + l) + 1);
        for (uint64_t c = t + n * (g + l) + 1; c < 60; ++c) assert_false(bench.wire[MEM_REQ][c]);
        const struct mmu_history *history = bench_history(&bench, port, 0);
        assert_int_equal(history->accesses, n + 1);
        assert_true(history->access[n].denied);
        assert_true(history->access[n].request_cycle == response - 1);
        bench_free(&bench);
    }
    begin(3, 0, 1, 1);
}

static void denial_of_an_update_ends_the_walk_without_a_write(void **state) {
    (void)state;
    for (unsigned levels = 2; levels <= 5; ++levels) {
        begin(levels, 8, 1, 2);
        bench.csr.adue = true;
        fixture_map(&bench.memory, va_of(levels), 0, 0x77, RWX_AD_S & ~MMU_PTE_D);
        bench_pmp_write(&bench, 1, guard(0, levels, 0, MMU_PMP_READ));
        bench_offer(&bench, MMU_PORT_DATA, 10, va_of(levels), MMU_AMO);
        bench_run(&bench, 60);
        uint64_t response = bench_first(&bench, D_RSP, 0);
        assert_true(response == 10 + levels * 3 + 2);
        assert_int_equal(bench.answer[0][response].cause, MMU_CAUSE_STORE_ACCESS);
        assert_int_equal(bench.memory.writes, 0);
        bench_free(&bench);
    }
    begin(3, 0, 1, 1);
}

static void denial_frees_the_walker_for_the_next_candidate_of_its_cycle(void **state) {
    (void)state;
    begin(3, 8, 1, 1);
    bench_pmp_write(&bench, 1, guard(0, 3, 2, 0));                          // va's root PTE
    fixture_map(&bench.memory, UINT64_C(5) << 30, 2, 0, RWX_AD_S);          // another root PTE
    bench_offer(&bench, MMU_PORT_DATA, 10, va_of(3), MMU_LOAD);             // denied in 11
    bench_offer(&bench, MMU_PORT_FETCH, 10, UINT64_C(5) << 30, MMU_FETCH);  // s = 11
    bench_run(&bench, 30);
    bench_expect(&bench, MEM_REQ, 10, "__1___");
    bench_expect(&bench, D_RSP, 10, "__1___");
    bench_expect(&bench, F_RSP, 10, "____1_");
}

static void denial_in_the_cycle_of_a_fence_is_ignored(void **state) {
    (void)state;
    begin(3, 8, 1, 1);
    bench_pmp_write(&bench, 1, guard(0, 3, 2, 0));
    bench_offer(&bench, MMU_PORT_DATA, 10, va_of(3), MMU_LOAD);  // denied in 11, 12, 13
    bench_fence(&bench, 11);
    bench_fence(&bench, 12);
    bench_run(&bench, 30);
    bench_expect(&bench, D_RSP, 10, "____1_");
    assert_true(final(MMU_COUNT_WALK_RESTARTS) == 2);
    assert_true(final(MMU_COUNT_WALKS) == 1);
    assert_true(final(MMU_COUNT_WALKER_BUSY_CYCLES) == 3);
}

static void denial_of_a_killed_request_is_silent(void **state) {
    (void)state;
    for (unsigned fenced = 0; fenced < 2; ++fenced) {
        begin(3, 8, 1, 1);
        bench_pmp_write(&bench, 1, guard(0, 3, 2, 0));
        bench_offer(&bench, MMU_PORT_DATA, 10, va_of(3), MMU_LOAD);  // denied in 11
        bench_kill(&bench, MMU_PORT_DATA, 11);
        if (fenced) bench_fence(&bench, 11);
        bench_run(&bench, 30);
        bench_expect(&bench, D_RSP, 10, "______");
        bench_expect(&bench, FAULT, 10, "______");
        bench_expect(&bench, D_READY, 10, "1_1111");
        assert_true(final(MMU_COUNT_WALKS) == 1 && final(MMU_COUNT_KILLS) == 1);
        assert_true(final(MMU_COUNT_WALK_RESTARTS) == 0);
        bench_free(&bench);
    }
    begin(3, 0, 1, 1);
}

static void table_beyond_pa_bits_is_denied(void **state) {
    (void)state;
    struct mmu_config config = mmu_config_default();
    config.arch.pa_bits = 34;
    bench_init_config(&bench, &config);
    fixture_map(&bench.memory, va_of(3), 2, UINT64_C(1) << 22, MMU_PTE_V);
    bench_offer(&bench, MMU_PORT_DATA, 0, va_of(3), MMU_LOAD);
    bench_run(&bench, 20);
    assert_true(bench_first(&bench, D_RSP, 0) == 1 * 2 + 2);
    assert_int_equal(bench.memory.reads, 1);
}

// --- the final check ---------------------------------------------------------------------------

static void final_denial_is_an_access_fault_of_whoever_answers(void **state) {
    (void)state;
    begin(3, 8, 1, 1);
    bench_offer(&bench, MMU_PORT_DATA, 10, va_of(3), MMU_LOAD);
    // From 20 on the page may be executed only; the entry in the TLB outlives that.
    bench_pmp_write(&bench, 19, fixture_pmp_entry(0, 0x1C, 0x77u << 10 | 0x1FF));
    bench_offer(&bench, MMU_PORT_DATA, 19, va_of(3), MMU_LOAD);  // old registers
    bench_offer(&bench, MMU_PORT_DATA, 20, va_of(3), MMU_LOAD);  // new ones
    bench_offer(&bench, MMU_PORT_FETCH, 30, va_of(3), MMU_FETCH);
    bench_run(&bench, 60);
    assert_false(bench.answer[0][20].fault);
    assert_int_equal(bench.answer[0][21].cause, MMU_CAUSE_LOAD_ACCESS);
    assert_int_equal(bench.answer[0][21].source, MMU_SOURCE_TLB);
    assert_true(final(MMU_COUNT_HITS) == 2 && final(MMU_COUNT_FAULTS) == 1);
    assert_false(bench.answer[1][bench_first(&bench, F_RSP, 30)].fault);
    // Untranslated.
    bench.csr.priv = MMU_PRIV_U;
    bench.csr.satp = 0;
    struct mmu_request request = {.va = 0x77000, .access = MMU_STORE};
    mmu_engine_accept(bench.engine, MMU_PORT_DATA, &request, &bench.csr);
    mmu_engine_advance(bench.engine, 60);
    const struct mmu_answer *answer = mmu_engine_response(bench.engine, MMU_PORT_DATA);
    assert_int_equal(answer->cause, MMU_CAUSE_STORE_ACCESS);
    assert_int_equal(answer->source, MMU_SOURCE_NONE);
}

static void final_denial_of_a_hit_touches_the_policy(void **state) {
    (void)state;
    struct mmu_config config = mmu_config_default();
    config.arch.pmp_entries = 8;
    config.tlb[0] = (struct mmu_tlb_config){2, 2, MMU_LRU};
    bench_init_config(&bench, &config);
    for (uint64_t page = 0; page < 3; ++page)
        fixture_map(&bench.memory, page << 12, 0, 0x70 + page, RWX_AD_S);
    bench_pmp_write(&bench, 0, fixture_pmp_entry(7, 0x1F, UINT64_MAX));
    bench_pmp_write(&bench, 30, fixture_pmp_entry(0, 0x18, 0x70u << 10 | 0x1FF));
    bench_offer(&bench, MMU_PORT_DATA, 10, 0x0000, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_DATA, 20, 0x1000, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_DATA, 40, 0x0000, MMU_LOAD);  // denied
    bench_offer(&bench, MMU_PORT_DATA, 50, 0x2000, MMU_LOAD);  // evicts page 1
    bench_run(&bench, 70);
    assert_true(bench.answer[0][41].fault);
    assert_true(mmu_tlb_at(mmu_engine_tlb(bench.engine, 0), 0, 1)->vpn == 2);
}

static void final_check_uses_the_size_of_the_access(void **state) {
    (void)state;
    begin(3, 8, 1, 1);
    // The upper half of the 8 bytes at page offset 0x128 is another entry's.
    bench_pmp_write(&bench, 1, fixture_pmp_entry(0, 0x17, (0x77128u + 4) >> 2));
    bench_run(&bench, 10);
    for (uint8_t size = 0; size <= 3; ++size) {
        struct mmu_request request = {.va = va_of(3), .access = MMU_LOAD, .size = size};
        mmu_engine_accept(bench.engine, MMU_PORT_DATA, &request, &bench.csr);
        mmu_engine_advance(bench.engine, mmu_engine_cycle(bench.engine) + 20);
        assert_int_equal(mmu_engine_response(bench.engine, MMU_PORT_DATA)->fault, size == 3);
        mmu_engine_take_response(bench.engine, MMU_PORT_DATA);
        if (size == 3) mmu_engine_take_fault(bench.engine);
        mmu_engine_advance(bench.engine, mmu_engine_cycle(bench.engine));
    }
}

static void update_and_final_check_come_in_the_chosen_order(void **state) {
    (void)state;
    for (unsigned update_first = 0; update_first < 2; ++update_first) {
        struct mmu_config config = mmu_config_default();
        config.arch.update_first = update_first;
        config.arch.pa_bits = 34;
        bench_init_config(&bench, &config);
        bench.csr.adue = true;
        fixture_map(&bench.memory, va_of(3), 0, UINT64_C(1) << 22, RWX_AD_S & ~MMU_PTE_A);
        bench_offer(&bench, MMU_PORT_DATA, 0, va_of(3), MMU_LOAD);
        bench_run(&bench, 20);
        assert_true(bench_first(&bench, D_RSP, 0) == (3 + update_first) * 2 + 1);
        assert_int_equal(bench.memory.writes, update_first);
        assert_true(final(MMU_COUNT_FILLS) == 0 && final(MMU_COUNT_FAULTS) == 1);
        bench_free(&bench);
    }
    begin(3, 0, 1, 1);
}

// With update_first = 0 the check before the update, with the registers of then, comes on top.
static void final_check_is_made_at_completion_even_after_one_before_the_update(void **state) {
    (void)state;
    for (unsigned update_first = 0; update_first < 2; ++update_first) {
        struct mmu_config config = mmu_config_default();
        config.arch.update_first = update_first;
        config.arch.pmp_entries = 8;
        bench_init_config(&bench, &config);
        bench.csr.adue = true;
        bench.memory.data_cycles = 5;
        fixture_map(&bench.memory, 0, 2, 0, RWX_AD_S & ~MMU_PTE_A);
        bench_pmp_write(&bench, 0, fixture_pmp_entry(7, 0x1F, UINT64_MAX));
        bench_offer(&bench, MMU_PORT_DATA, 10, 0x5000, MMU_LOAD);  // read 11 .. 16, write 17 .. 22
        bench_pmp_write(&bench, 18, fixture_pmp_entry(0, 0x18, 0x5u << 10 | 0x1FF));
        bench_run(&bench, 40);
        assert_true(bench_first(&bench, D_RSP, 0) == 23);
        assert_true(bench.answer[0][23].fault);
        assert_int_equal(bench.memory.writes, 1);
        bench_free(&bench);
    }
    begin(3, 0, 1, 1);
}

// --- PMP writes ----------------------------------------------------------------------------------

static void pmp_write_waits_while_a_request_is_on_the_memory_wires(void **state) {
    (void)state;
    begin(3, 8, 3, 2);
    bench_offer(&bench, MMU_PORT_DATA, 10, va_of(3), MMU_LOAD);  // requests 11..13, 16..18, 21..23
    bench_pmp_write(&bench, 12, fixture_pmp_entry(0, 0x10, 0));
    bench_run(&bench, 40);
    bench_expect(&bench, PMP_READY, 10, "1___11___11___11111");
    bench_expect(&bench, MEM_REQ, 10, "_111__111__111_____");
    assert_int_equal(mmu_engine_pmp(bench.engine)->cfg[0], 0x10);
}

static void pmp_write_takes_effect_from_the_next_cycle(void **state) {
    (void)state;
    // Walk with g = 1, L = 3: reads in 11, 15, 19; answers in 14, 18, 22. The leaf's PTE is denied
    // by a write that is accepted in c.
    for (uint64_t c = 15; c <= 20; ++c) {
        begin(3, 8, 1, 3);
        bench_offer(&bench, MMU_PORT_DATA, 10, va_of(3), MMU_LOAD);
        bench_pmp_write(&bench, c, guard(0, 3, 0, 0));
        bench_run(&bench, 40);
        uint64_t accepted = c == 15 ? 16 : c == 19 ? 20 : c;  // the wires are in use
        bool denied = accepted < 19;
        assert_true(bench_first(&bench, D_RSP, 0) == (denied ? 20 : 23));
        assert_int_equal(bench.memory.reads, denied ? 2 : 3);
        bench_free(&bench);
    }
    // The page itself: the final check is made in 22.
    for (uint64_t c = 20; c <= 23; ++c) {
        begin(3, 8, 1, 3);
        bench_offer(&bench, MMU_PORT_DATA, 10, va_of(3), MMU_LOAD);
        bench_pmp_write(&bench, c, fixture_pmp_entry(0, 0x18, 0x77u << 10 | 0x1FF));
        bench_run(&bench, 40);
        assert_int_equal(bench.answer[0][23].fault, c < 22);
        bench_free(&bench);
    }
    begin(3, 0, 1, 1);
}

static void pmp_write_of_the_cycle_of_acceptance_governs_the_first_read(void **state) {
    (void)state;
    begin(3, 8, 1, 1);
    bench_offer(&bench, MMU_PORT_DATA, 10, va_of(3), MMU_LOAD);
    bench_pmp_write(&bench, 10, guard(0, 3, 2, 0));
    bench_run(&bench, 30);
    assert_true(bench_first(&bench, D_RSP, 0) == 12);  // denied in 11
    assert_int_equal(bench.memory.reads, 0);
}

static void pmp_is_cleared_by_reset(void **state) {
    (void)state;
    begin(3, 8, 1, 1);
    bench_pmp_write(&bench, 1, fixture_pmp_entry(2, 0x9F, 0x123));
    bench_run(&bench, 5);
    assert_int_equal(mmu_engine_pmp(bench.engine)->cfg[2], 0x9F);
    mmu_engine_reset(bench.engine);
    for (unsigned k = 0; k < 8; ++k) {
        assert_int_equal(mmu_engine_pmp(bench.engine)->cfg[k], 0);
        assert_true(mmu_engine_pmp(bench.engine)->addr[k] == 0);
    }
}

// --- fence operations
// ------------------------------------------------------------------------------

static void fence_operations_restart_a_walk_and_empty_the_tlb_or_do_nothing(void **state) {
    (void)state;
    for (uint8_t op = 0; op < 4; ++op) {
        begin(3, 0, 1, 2);
        bench_offer(&bench, MMU_PORT_DATA, 0, va_of(3), MMU_LOAD);
        bench.fence[0].op = op;
        bench_fence(&bench, 5);  // in the walk
        bench.fence[1].op = op;
        bench_fence(&bench, 30);
        bench_offer(&bench, MMU_PORT_DATA, 40, va_of(3), MMU_LOAD);
        bench_run(&bench, 60);
        bool invalidates = op == MMU_SFENCE_VMA || op == MMU_SINVAL_VMA;
        assert_true(final(MMU_COUNT_FENCES) == 2);
        assert_true(final(MMU_COUNT_WALK_RESTARTS) == invalidates);
        assert_true(bench_first(&bench, D_RSP, 0) == (invalidates ? 16 : 10));
        assert_true(final(MMU_COUNT_MISSES) == (invalidates ? 2 : 1));
        bench_free(&bench);
    }
    begin(3, 0, 1, 1);
}

#define PROTECTION(test) cmocka_unit_test_teardown(test, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        PROTECTION(walk_of_every_mode_takes_n_times_g_plus_l_plus_1),
        PROTECTION(napot_walk_fills_one_entry_that_answers_for_sixteen_pages),
        PROTECTION(asid_bits_that_do_not_exist_do_not_separate_spaces),
        PROTECTION(denial_at_each_level_comes_two_cycles_after_the_last_answer),
        PROTECTION(denial_of_an_update_ends_the_walk_without_a_write),
        PROTECTION(denial_frees_the_walker_for_the_next_candidate_of_its_cycle),
        PROTECTION(denial_in_the_cycle_of_a_fence_is_ignored),
        PROTECTION(denial_of_a_killed_request_is_silent),
        PROTECTION(table_beyond_pa_bits_is_denied),
        PROTECTION(final_denial_is_an_access_fault_of_whoever_answers),
        PROTECTION(final_denial_of_a_hit_touches_the_policy),
        PROTECTION(final_check_uses_the_size_of_the_access),
        PROTECTION(update_and_final_check_come_in_the_chosen_order),
        PROTECTION(final_check_is_made_at_completion_even_after_one_before_the_update),
        PROTECTION(pmp_write_waits_while_a_request_is_on_the_memory_wires),
        PROTECTION(pmp_write_takes_effect_from_the_next_cycle),
        PROTECTION(pmp_write_of_the_cycle_of_acceptance_governs_the_first_read),
        PROTECTION(pmp_is_cleared_by_reset),
        PROTECTION(fence_operations_restart_a_walk_and_empty_the_tlb_or_do_nothing),
    };
    return cmocka_run_group_tests_name("unit.protection", tests, NULL, NULL) == 0 ? 0 : 1;
}
