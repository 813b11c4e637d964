// SPDX-License-Identifier: Apache-2.0
// Second-level TLB, page-walk caches, several walks in flight, merging and prefetch of the
// verilated design, wire by wire against the drawings and rules of the specification
// (sections 4 .. 7), without the model. Cycle numbers count from reset.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "smoke_bench.h"

#define VA_2M_D UINT64_C(0x0000000080200000)  // two 2 MiB pages: walks of two reads
#define VA_2M_F UINT64_C(0x00000000C0400000)
#define VA_A UINT64_C(0x0000000100403000)  // 4 KiB pages of one table: three reads
#define VA_B UINT64_C(0x0000000100404000)

static const struct dut_ops *walks2, *second, *caches, *ahead;
static const struct mmu_fence fence_all;
static struct smoke s;

static int end(void **state) {
    (void)state;
    smoke_free(&s);
    return 0;
}

static void begin(const struct dut_ops *ops, uint32_t g, uint32_t l) {
    smoke_init(&s, ops, 0, g, l);
    smoke_map(&s, VA_2M_D, 1, UINT64_C(7) << 9, RWX_AD);
    smoke_map(&s, VA_2M_F, 1, UINT64_C(9) << 9, RWX_AD);
    smoke_map(&s, VA_A, 0, 0x33, RWX_AD);
    smoke_map(&s, VA_B, 0, 0x44, RWX_AD);
}

static void two_walks_share_the_wires_as_drawn(void **state) {
    (void)state;
    begin(walks2, 1, 2);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_2M_D, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 0, VA_2M_F, MMU_FETCH);
    smoke_run(&s, 12);
    smoke_expect(&s, MEM_REQ, 0, "_11_11______");
    static const uint64_t requests[4] = {1, 2, 4, 5};
    for (unsigned k = 0; k < 4; ++k) {
        assert_int_equal(s.memory_request[requests[k]].id, k % 2);
    }
    smoke_expect(&s, D_RSP, 0, "_______1____");  // 2 * (1 + 2) + 1
    smoke_expect(&s, F_RSP, 0, "________1___");
}

static void requests_of_one_port_are_answered_out_of_order_by_their_tags(void **state) {
    (void)state;
    begin(walks2, 1, 4);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_A, MMU_LOAD);     // tag 0, three reads: answered in 16
    smoke_offer(&s, MMU_PORT_DATA, 1, VA_2M_D, MMU_LOAD);  // tag 1, two reads: answered in 12
    smoke_run(&s, 30);
    smoke_expect(&s, D_RSP, 0, "____________1___1__");
    assert_int_equal(s.answer[0][12].tag, 1);
    assert_int_equal(s.answer[0][16].tag, 0);
    assert_true(s.answer[0][12].pa == UINT64_C(7) << 21 && s.answer[0][16].pa == 0x33000);
}

static void request_for_a_page_that_is_walked_waits_and_is_answered_after_it(void **state) {
    (void)state;
    begin(walks2, 1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_A + 8, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 2, VA_A + 4, MMU_FETCH);
    smoke_run(&s, 20);
    smoke_expect(&s, D_RSP, 0, "_______1____");  // the walk ends in 6
    smoke_expect(&s, F_RSP, 0, "________1___");  // RESOLVE in 7
    assert_true(s.answer[1][8].pa == 0x33004 && s.answer[1][8].source == MMU_SOURCE_WALK);
    smoke_expect(&s, D_FILL, 0, "_______1____");
    smoke_expect(&s, F_FILL, 0, "________1___");
    assert_true(smoke_counter(&s, MMU_COUNT_PTE_READS) == 3);
    assert_true(smoke_counter(&s, 8 + MMU_COUNT_MERGES) == 1);
}

// The data TLB has one entry: B evicts A, and the second level still has it.
static void second_level_answers_in_two_cycles(void **state) {
    (void)state;
    begin(second, 1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_A, MMU_LOAD);  // 3 * 2 + 2
    smoke_offer(&s, MMU_PORT_DATA, 20, VA_B, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 40, VA_A + 16, MMU_LOAD);
    smoke_run(&s, 50);
    smoke_expect(&s, D_RSP, 0, "________1_");
    smoke_expect(&s, MEM_REQ, 0, "__1_1_1___");
    smoke_expect(&s, D_RSP, 40, "__1___");
    smoke_expect(&s, D_READY, 40, "1_1111");
    smoke_expect(&s, D_FILL, 40, "__1___");
    assert_true(s.answer[0][42].pa == 0x33010 && s.answer[0][42].source == MMU_SOURCE_L2);
    assert_true(s.event[DUT_ARRAY_DATA][42].evict);
    assert_true(smoke_counter(&s, MMU_COUNT_L2_HITS) == 1);
    assert_true(smoke_counter(&s, MMU_COUNT_L2_FILLS) == 2);
}

static void fetch_beside_a_data_miss_is_looked_up_a_cycle_later(void **state) {
    (void)state;
    begin(second, 1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_A, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 20, VA_B, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 40, VA_A, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 40, VA_B, MMU_FETCH);
    smoke_run(&s, 50);
    smoke_expect(&s, D_RSP, 40, "__1___");
    smoke_expect(&s, F_RSP, 40, "___1__");
    assert_true(s.answer[1][43].pa == 0x44000 && s.answer[1][43].source == MMU_SOURCE_L2);
}

static void wrong_parity_drops_the_entry_and_the_walk_brings_it_anew(void **state) {
    (void)state;
    begin(second, 1, 1);
    s.poison = true;
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_A, MMU_LOAD);
    smoke_run(&s, 15);
    s.poison = false;
    smoke_offer(&s, MMU_PORT_DATA, 20, VA_B, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 40, VA_A, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 60, VA_B, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 80, VA_A, MMU_LOAD);
    smoke_run(&s, 100);
    smoke_expect(&s, D_RSP, 40, "________1_");
    assert_int_equal(s.answer[0][48].source, MMU_SOURCE_WALK);
    assert_int_equal(s.answer[0][62].source, MMU_SOURCE_L2);
    assert_int_equal(s.answer[0][82].source, MMU_SOURCE_L2);
    assert_true(smoke_counter(&s, MMU_COUNT_L2_PARITY_ERRORS) == 1);
}

static void fence_with_an_address_reaches_the_second_level(void **state) {
    (void)state;
    for (unsigned kind = 0; kind < 4; ++kind) {
        begin(second, 1, 1);
        smoke_offer(&s, MMU_PORT_DATA, 0, VA_A, MMU_LOAD);
        smoke_offer(&s, MMU_PORT_DATA, 20, VA_B, MMU_LOAD);
        const struct mmu_fence fence = {
            .has_va = kind & 1, .has_asid = kind >> 1, .va = VA_A, .asid = 1};
        smoke_fence(&s, 35, fence);
        smoke_offer(&s, MMU_PORT_DATA, 40, VA_A, MMU_LOAD);
        smoke_run(&s, 60);
        smoke_expect(&s, D_RSP, 40, "________1_");
        assert_int_equal(s.answer[0][48].source, MMU_SOURCE_WALK);
        smoke_free(&s);
    }
}

static void page_walk_cache_skips_the_upper_levels(void **state) {
    (void)state;
    begin(caches, 1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_A, MMU_LOAD);   // three reads
    smoke_offer(&s, MMU_PORT_DATA, 20, VA_B, MMU_LOAD);  // the last table is known
    smoke_fence(&s, 40, (struct mmu_fence){.has_va = true, .va = VA_B});
    smoke_offer(&s, MMU_PORT_DATA, 41, VA_B, MMU_LOAD);  // a fence with an address spares it
    smoke_fence(&s, 60, fence_all);
    smoke_offer(&s, MMU_PORT_DATA, 61, VA_B, MMU_LOAD);
    smoke_run(&s, 80);
    smoke_expect(&s, MEM_REQ, 0, "_1_1_1__");
    smoke_expect(&s, MEM_REQ, 20, "_1_____");
    smoke_expect(&s, D_RSP, 20, "___1___");
    smoke_expect(&s, D_RSP, 41, "___1___");
    smoke_expect(&s, MEM_REQ, 61, "_1_1_1__");
    assert_true(smoke_counter(&s, MMU_COUNT_PWC_HITS) == 2);
    assert_true(smoke_counter(&s, MMU_COUNT_PWC_FILLS) == 2);
    assert_true(smoke_counter(&s, MMU_COUNT_PWC_FILLS + 1) == 2);
}

static void next_page_is_walked_ahead_and_answered_by_the_second_level(void **state) {
    (void)state;
    begin(ahead, 1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_A, MMU_LOAD);  // answered in 8, c = 7
    smoke_offer(&s, MMU_PORT_DATA, 40, VA_B, MMU_LOAD);
    smoke_run(&s, 60);
    // Register from 8, read in 8, compared in 9, slot at its end: reads in 10, 12, 14.
    smoke_expect(&s, MEM_REQ, 8, "__1_1_1__");
    smoke_expect(&s, D_RSP, 40, "__1_");
    assert_int_equal(s.answer[0][42].source, MMU_SOURCE_L2);
    assert_true(smoke_counter(&s, MMU_COUNT_PREFETCHES) == 1);  // source 3 begins none
    assert_true(smoke_counter(&s, MMU_COUNT_PREFETCH_FILLS) == 1);
    assert_true(smoke_counter(&s, MMU_COUNT_FILLS) == 2);
}

// Cycle x differs from all others in these registers; what is seen from 8 on, where a prefetch
// that nothing disturbs makes its reads in 10, 12, 14.
static void expect_ahead_with(uint64_t x, const struct mmu_csr *csr, bool walked) {
    begin(ahead, 1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_A, MMU_LOAD);  // completes in 7
    smoke_run(&s, x);
    const struct mmu_csr before = s.csr;
    s.csr = *csr;
    smoke_run(&s, x + 1);
    s.csr = before;
    smoke_run(&s, 60);
    smoke_expect(&s, MEM_REQ, 8, walked ? "__1_1_1___" : "__________");
    assert_true(smoke_counter(&s, MMU_COUNT_PREFETCHES) == walked);
    assert_true(smoke_counter(&s, MMU_COUNT_PREFETCH_FILLS) == walked);
    smoke_free(&s);
}

static void prefetch_needs_its_satp_in_every_cycle_until_its_walk_begins(void **state) {
    (void)state;
    begin(ahead, 1, 1);
    const struct mmu_csr here = s.csr;
    smoke_free(&s);
    struct mmu_csr other[5] = {here, here, here, here, here};
    other[0].satp += UINT64_C(1) << 44;  // another ASID
    other[1].satp += 1;                  // another root table
    other[2].satp = 0;                   // another mode
    other[3].priv = MMU_PRIV_M;
    other[4].mprv = true;  // of the data port alone: the fetch port's privilege is S
    other[4].mpp = MMU_PRIV_M;
    // Entered in 7, read in 8, compared and taken in 9; a walk that has begun goes on.
    for (uint64_t x = 6; x <= 10; ++x) {
        for (unsigned k = 0; k < 4; ++k) expect_ahead_with(x, &other[k], x < 7 || x > 9);
        expect_ahead_with(x, &other[4], true);
    }
    other[3].mprv = true;  // fetches with M, data accesses with S
    other[3].mpp = MMU_PRIV_S;
    for (uint64_t x = 6; x <= 10; ++x) expect_ahead_with(x, &other[3], true);
}

static int load(void **state) {
    (void)state;
    walks2 = smoke_load("walks=2");
    second = smoke_load("dtlb=1x1xlru itlb=1x1xlru l2=8x2xlru");
    caches = smoke_load("pwc=2");
    ahead = smoke_load("l2=8x2xlru prefetch=1");
    return walks2 && second && caches && ahead ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_teardown(name, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(two_walks_share_the_wires_as_drawn),
        TEST(requests_of_one_port_are_answered_out_of_order_by_their_tags),
        TEST(request_for_a_page_that_is_walked_waits_and_is_answered_after_it),
        TEST(second_level_answers_in_two_cycles),
        TEST(fetch_beside_a_data_miss_is_looked_up_a_cycle_later),
        TEST(wrong_parity_drops_the_entry_and_the_walk_brings_it_anew),
        TEST(fence_with_an_address_reaches_the_second_level),
        TEST(page_walk_cache_skips_the_upper_levels),
        TEST(next_page_is_walked_ahead_and_answered_by_the_second_level),
        TEST(prefetch_needs_its_satp_in_every_cycle_until_its_walk_begins),
    };
    return cmocka_run_group_tests_name("smoke_walks", tests, load, NULL);
}
