// SPDX-License-Identifier: Apache-2.0
// The timed engine, directed: order of the lookup's steps, memory is called at the right time,
// the history explains an answer.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "fixture.h"

static struct fixture_memory memories[1];

static struct mmu_engine *engine_of(struct fixture_memory *memory, uint32_t entries, uint32_t ways,
                                    uint8_t policy) {
    struct mmu_config config = mmu_config_default();
    for (unsigned port = 0; port < MMU_PORTS; ++port)
        config.tlb[port] = (struct mmu_tlb_config){entries, ways, policy};
    struct mmu_bus bus = fixture_bus(memory);
    struct mmu_engine *engine = mmu_engine_create(&config, &bus);
    assert_non_null(engine);
    return engine;
}

// --- order of the lookup's steps ----------------------------------------------------------------

// Returns the answer to a request that is alone in the engine.
static struct mmu_answer ask_again(struct mmu_engine *engine, uint64_t va, uint8_t access,
                                   uint8_t priv) {
    struct mmu_csr csr = {.satp = FIXTURE_SATP_ASID(1), .priv = priv};
    struct mmu_request request = {.va = va, .access = access};
    mmu_engine_accept(engine, MMU_PORT_DATA, &request, &csr);
    mmu_engine_advance(engine, mmu_engine_cycle(engine) + 100);
    struct mmu_answer answer = *mmu_engine_response(engine, MMU_PORT_DATA);
    mmu_engine_take_response(engine, MMU_PORT_DATA);
    if (answer.fault) mmu_engine_take_fault(engine);
    mmu_engine_advance(engine, mmu_engine_cycle(engine));
    return answer;
}

// Two LRU ways hold clean pages 0 and 1, page 0 the older.
static struct mmu_engine *engine_with_two_clean_pages(void) {
    fixture_memory_init(&memories[0]);
    for (uint64_t page = 0; page < 3; ++page)
        fixture_map(&memories[0], page << 12, 0, page, RWX_AD_S & ~MMU_PTE_D);
    struct mmu_engine *engine = engine_of(&memories[0], 2, 2, MMU_LRU);
    ask_again(engine, 0x0000, MMU_LOAD, MMU_PRIV_S);
    ask_again(engine, 0x1000, MMU_LOAD, MMU_PRIV_S);
    return engine;
}

static void lookup_permission_fault_of_a_store_comes_before_the_dirty_bit(void **state) {
    (void)state;
    struct mmu_engine *engine = engine_with_two_clean_pages();
    struct mmu_answer denied = ask_again(engine, 0, MMU_STORE, MMU_PRIV_U);
    assert_int_equal(denied.source, MMU_SOURCE_TLB);
    assert_int_equal(denied.cause, MMU_CAUSE_STORE_PAGE);
    struct mmu_answer clean = ask_again(engine, 0, MMU_AMO, MMU_PRIV_S);  // Svade
    assert_int_equal(clean.source, MMU_SOURCE_WALK);
    assert_int_equal(clean.cause, MMU_CAUSE_STORE_PAGE);
    mmu_engine_destroy(engine);
}

static void lookup_touches_the_policy_only_if_the_tlb_answers(void **state) {
    (void)state;
    const struct {
        uint8_t access, priv;
        uint32_t victim;                      // of a third page, after this use of page 0
    } uses[] = {{MMU_LOAD, MMU_PRIV_S, 1},    // hit
                {MMU_LOAD, MMU_PRIV_U, 1},    // permission fault
                {MMU_STORE, MMU_PRIV_S, 0}};  // page not dirty: the walk decides
    for (size_t k = 0; k < sizeof uses / sizeof *uses; ++k) {
        struct mmu_engine *engine = engine_with_two_clean_pages();
        ask_again(engine, 0, uses[k].access, uses[k].priv);
        ask_again(engine, 0x2000, MMU_LOAD, MMU_PRIV_S);
        const struct mmu_tlb *tlb = mmu_engine_tlb(engine, MMU_PORT_DATA);
        assert_true(mmu_tlb_at(tlb, 0, uses[k].victim)->vpn == 2);
        assert_true(mmu_engine_counter(engine, MMU_COUNT_EVICTIONS) == 1);
        mmu_engine_destroy(engine);
    }
}

// --- the bus, the history, the context --------------------------------------------------------

static void memory_is_read_when_the_cycle_of_the_grant_is_closed(void **state) {
    (void)state;
    fixture_memory_init(&memories[0]);
    memories[0].grant_cycles = 3;
    memories[0].data_cycles = 5;
    fixture_map(&memories[0], 0, 2, 0, RWX_AD_S);
    struct mmu_engine *engine = engine_of(&memories[0], 1, 1, MMU_LRU);
    struct mmu_csr csr = {.satp = FIXTURE_SATP_ASID(1), .priv = MMU_PRIV_S};
    struct mmu_request request = {.va = 0x123, .access = MMU_LOAD};
    mmu_engine_accept(engine, MMU_PORT_DATA, &request, &csr);
    mmu_engine_advance(engine, 2);  // request in 1, grant in 3, answer in 8
    assert_int_equal(memories[0].reads, 0);
    mmu_engine_advance(engine, 3);
    assert_int_equal(memories[0].reads, 1);
    // What is written after the grant comes too late for this walk.
    fixture_map(&memories[0], 0, 2, 0, 0);
    mmu_engine_advance(engine, 8);
    assert_false(mmu_engine_response(engine, MMU_PORT_DATA)->fault);
    assert_int_equal(memories[0].reads, 1);
    mmu_engine_destroy(engine);
}

static void request_keeps_the_registers_of_its_acceptance(void **state) {
    (void)state;
    fixture_memory_init(&memories[0]);
    fixture_map(&memories[0], 0, 0, 0x77, RWX_AD_U);
    struct mmu_engine *engine = engine_of(&memories[0], 1, 1, MMU_LRU);
    struct mmu_csr csr = {.satp = FIXTURE_SATP_ASID(9), .priv = MMU_PRIV_S, .sum = true};
    struct mmu_request request = {.va = 0x123, .access = MMU_LOAD};
    mmu_engine_accept(engine, MMU_PORT_DATA, &request, &csr);
    memset(&csr, 0, sizeof csr);
    memset(&request, 0, sizeof request);
    mmu_engine_advance(engine, 10);
    assert_true(mmu_engine_response(engine, MMU_PORT_DATA)->pa == 0x77123);
    assert_int_equal(mmu_tlb_at(mmu_engine_tlb(engine, MMU_PORT_DATA), 0, 0)->asid, 9);
    mmu_engine_destroy(engine);
}

static void fault_record_without_translation_still_carries_satp_asid(void **state) {
    (void)state;
    fixture_memory_init(&memories[0]);
    struct mmu_engine *engine = engine_of(&memories[0], 1, 1, MMU_LRU);
    struct mmu_csr csr = {.satp = UINT64_C(0x1234) << 44, .priv = MMU_PRIV_U};
    struct mmu_request request = {.va = UINT64_MAX, .access = MMU_FETCH};
    mmu_engine_accept(engine, MMU_PORT_FETCH, &request, &csr);
    mmu_engine_advance(engine, 0);
    const struct mmu_fault *fault = mmu_engine_fault(engine);
    assert_int_equal(fault->asid, 0x1234);
    assert_int_equal(fault->cause, MMU_CAUSE_FETCH_ACCESS);
    assert_true(fault->tval == UINT64_MAX);
    assert_true(mmu_engine_counter(engine, 8 + MMU_COUNT_UNTRANSLATED) == 1);
    mmu_engine_destroy(engine);
}

static void history_keeps_the_latest_accesses_of_a_long_walk(void **state) {
    (void)state;
    fixture_memory_init(&memories[0]);
    fixture_map(&memories[0], 0, 2, 0, RWX_AD_S);
    struct mmu_engine *engine = engine_of(&memories[0], 1, 1, MMU_LRU);
    struct mmu_csr csr = {.satp = FIXTURE_SATP_ASID(1), .priv = MMU_PRIV_S};
    struct mmu_request request = {.va = 0x123, .access = MMU_LOAD};
    struct mmu_fence all = {.has_va = false};
    mmu_engine_accept(engine, MMU_PORT_DATA, &request, &csr);
    mmu_engine_advance(engine, 0);
    for (uint64_t k = 0; k < 40; ++k) {  // transaction k: request 2k+1, answer 2k+2
        mmu_engine_fence(engine, &all);
        mmu_engine_advance(engine, 2 * k + 2);
    }
    mmu_engine_advance(engine, 82);
    const struct mmu_history *history = mmu_engine_history(engine, MMU_PORT_DATA, 0);
    assert_int_equal(history->accesses, 41);
    assert_true(history->response_cycle == 83);
    for (uint32_t k = 41 - MMU_WALK_LOG; k < 41; ++k) {
        const struct mmu_walk_access *access = &history->access[k % MMU_WALK_LOG];
        assert_true(access->request_cycle == 2 * k + 1 && access->data_cycle == 2 * k + 2);
        assert_int_equal(access->ignored, k < 40);
        assert_true(access->value == fixture_pte(0, RWX_AD_S));
    }
    assert_true(mmu_engine_counter(engine, MMU_COUNT_WALK_RESTARTS) == 40);
    mmu_engine_destroy(engine);
}

static void config_is_checked_part_by_part(void **state) {
    (void)state;
    struct mmu_config config = mmu_config_default();
    assert_null(mmu_config_check(&config));
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        config.tlb[port].ways = 5;
        assert_non_null(mmu_config_check(&config));
        config.tlb[port].ways = 16;
    }
    for (uint32_t walks = 0; walks <= 9; ++walks) {
        config.walks = walks;
        assert_int_equal(mmu_config_check(&config) == NULL, walks >= 1 && walks <= 8);
    }
    config.walks = 8;
    config.pwc_entries = 65;
    assert_non_null(mmu_config_check(&config));
    config.pwc_entries = 64;
    config.prefetch = true;  // into nothing
    assert_non_null(mmu_config_check(&config));
    config.l2.entries = 4096;
    assert_null(mmu_config_check(&config));
    static const struct mmu_l2_config wrong[] = {{4097, 1, 0}, {64, 32, 0}, {64, 0, 0}, {64, 3, 0},
                                                 {24, 4, 0},   {64, 4, 4},  {24, 3, 1}};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; ++k) {
        config.l2 = wrong[k];
        assert_non_null(mmu_config_check(&config));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lookup_permission_fault_of_a_store_comes_before_the_dirty_bit),
        cmocka_unit_test(lookup_touches_the_policy_only_if_the_tlb_answers),
        cmocka_unit_test(memory_is_read_when_the_cycle_of_the_grant_is_closed),
        cmocka_unit_test(request_keeps_the_registers_of_its_acceptance),
        cmocka_unit_test(fault_record_without_translation_still_carries_satp_asid),
        cmocka_unit_test(history_keeps_the_latest_accesses_of_a_long_walk),
        cmocka_unit_test(config_is_checked_part_by_part),
    };
    return cmocka_run_group_tests_name("unit.engine", tests, NULL, NULL) == 0 ? 0 : 1;
}
