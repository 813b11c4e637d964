// SPDX-License-Identifier: Apache-2.0
// No port starves (section 12, Fairness): what the rule promises a client that takes its answers
// and fault records at once, without fences and kills. Against two ports that ask in every cycle,
// mostly for the same few pages, and against a client that knows the rule and uses it up.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "bench.h"
#include "stimulus.h"

// Most transactions of a walk without conflicts: Sv39's reads and an update; a denied one counts.
#define MOST_TRANSACTIONS 4u

// The rule, for k transactions: from the start cycle to the response.
static uint64_t slot_bound(uint64_t walks, uint64_t grant, uint64_t data, uint64_t k) {
    uint64_t longest = data + walks - 1;  // each answer has a cycle of its own
    return k * (walks * grant + longest + walks) + 2 * walks + 2;
}

// In WAIT, all told; a walk lasts `slot` at most.
static uint64_t wait_bound(uint64_t slot, bool prefetch) {
    return (prefetch ? 4 : 3) * slot + 8;
}

// --- clients that use the rule up ----------------------------------------------------------------

static struct bench bench;

static void begin(uint32_t walks, uint32_t grant_cycles, uint32_t data_cycles) {
    struct mmu_config config = mmu_config_default();
    config.walks = walks;
    bench_init_config(&bench, &config);
    bench.memory.grant_cycles = grant_cycles;
    bench.memory.data_cycles = data_cycles;
}

static int end(void **state) {
    (void)state;
    bench_free(&bench);
    return 0;
}

// The longest wait: for the walk of the page, that fails; for another one by the other port, which
// was first in turn, and fails; and for the slot, which the other port took when that one was free.
static void three_walks_may_go_first(void **state) {
    (void)state;
    const uint64_t invalid = 0x40000000, valid = 0x40001000, walk = 3 * (1 + 20);
    begin(1, 1, 20);
    fixture_map(&bench.memory, valid, 0, 0x31, RWX_AD_S);
    bench_offer(&bench, MMU_PORT_DATA, 0, invalid, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_DATA, 1, invalid, MMU_LOAD);    // this one, in WAIT from 2
    bench_offer(&bench, MMU_PORT_FETCH, 1, invalid, MMU_FETCH);  // starts in 1 + walk
    bench_offer(&bench, MMU_PORT_FETCH, 2, valid, MMU_FETCH);    // starts as that completes
    bench_run(&bench, 300);
    const struct mmu_history *history = bench_history(&bench, MMU_PORT_DATA, 1);
    assert_true(bench_history(&bench, MMU_PORT_FETCH, 0)->start_cycle == 1 + walk);
    assert_true(bench_history(&bench, MMU_PORT_FETCH, 1)->start_cycle == 1 + 2 * walk);
    assert_true(history->start_cycle == 1 + 3 * walk && history->terms.wait == 3 * walk);
    assert_true(history->terms.wait <= wait_bound(slot_bound(1, 1, 20, 3), false));
}

// Reads of three walks in 1 .. 3, 4 .. 6 and 7 .. 9, their updates one after the other from 10 on.
static void fence_waits_for_one_update_of_each_slot(void **state) {
    (void)state;
    begin(3, 3, 1);
    for (uint64_t k = 0; k < 3; ++k) {
        fixture_map(&bench.memory, k << 30, 2, k << 18, RWX_AD_S & ~MMU_PTE_A);
        bench_offer(&bench, MMU_PORT_DATA, 0, k << 30, MMU_LOAD);
    }
    bench.csr.adue = true;
    bench_fence(&bench, 10);
    bench_run(&bench, 40);
    bench_expect(&bench, MEM_WRITE, 8, "__111111111__");
    bench_expect(&bench, FENCE_READY, 8, "11_________11");
}

// --- two ports that ask in every cycle -----------------------------------------------------------

#define PAGES 12u

static struct fixture_memory memory;

static uint64_t page_va(uint64_t k) {
    return (1 + k / 4) << 30 | (k / 2) << 21 | k << 12;
}

// Pages that some accesses may use, invalid ones, ones to be updated.
static void map_pages(uint64_t *rng) {
    static const uint64_t flags[8] = {RWX_AD_S,
                                      RWX_AD_S & ~MMU_PTE_D,
                                      RWX_AD_S & ~MMU_PTE_X,
                                      0,
                                      RWX_AD_S & ~(MMU_PTE_A | MMU_PTE_D),
                                      RWX_AD_S & ~(MMU_PTE_D | MMU_PTE_X),
                                      RWX_AD_U,
                                      RWX_AD_S};
    fixture_memory_init(&memory);
    for (unsigned k = 0; k < PAGES; ++k) {
        uint64_t r = fixture_random(rng);
        uint64_t ppn = r >> 60 ? 0x30 + k : UINT64_C(1) << 40;  // some do not exist
        fixture_map(&memory, page_va(k), 0, ppn, flags[r % 8]);
    }
}

struct client {
    struct mmu_engine *engine;
    struct mmu_csr csr;
    struct mmu_request want[MMU_PORTS];
    uint64_t since[MMU_PORTS];  // it is presented
    bool wants[MMU_PORTS];
    unsigned pages;
    // The rule: what a walk is held to beside its transactions, each of these, and its results.
    uint64_t transaction, rest;
    uint64_t longest_wait, longest_refusal;
};

static void choose(struct client *client, unsigned port, uint16_t used, uint64_t *rng) {
    uint64_t r = fixture_random(rng);
    client->want[port] =
        (struct mmu_request){.va = page_va(r % client->pages),
                             .access = port ? MMU_FETCH : (uint8_t)(MMU_LOAD + r / 64 % 3),
                             .tag = random_tag(used, rng)};
    client->wants[port] = true;
    client->since[port] = mmu_engine_cycle(client->engine);
}

static void judge(struct client *client, const struct mmu_history *h) {
    bool walked = h->accesses > 0 && !h->merged;
    if (walked)
        assert_true(h->response_cycle - h->start_cycle <=
                    h->accesses * client->transaction + client->rest);
    if (h->terms.wait > client->longest_wait) client->longest_wait = h->terms.wait;
}

static void one_cycle(struct client *client, uint64_t *rng) {
    struct mmu_engine *engine = client->engine;
    uint64_t now = mmu_engine_cycle(engine);
    if (mmu_engine_fault(engine)) mmu_engine_take_fault(engine);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        const struct mmu_answer *answer = mmu_engine_response(engine, port);
        uint16_t used = mmu_engine_unanswered(engine, port);
        if (answer) {
            used |= (uint16_t)(1u << answer->tag);
            judge(client, mmu_engine_history(engine, port, answer->tag));
            mmu_engine_take_response(engine, port);
        }
        if (!client->wants[port]) choose(client, port, used, rng);
        uint64_t refused = now - client->since[port];
        if (refused > client->longest_refusal) client->longest_refusal = refused;
        if (!mmu_engine_ready(engine, port, true)) continue;
        mmu_engine_accept(engine, port, &client->want[port], &client->csr);
        client->wants[port] = false;
    }
    mmu_engine_advance(engine, now);
}

// A configuration that the waits are long in: small first levels in half of them, few walks.
static struct mmu_config crowded_config(uint64_t *rng) {
    struct mmu_config config = random_config(mmu_mode_sv39(), rng);
    uint64_t r = fixture_random(rng);
    config.arch.pa_bits = 40;
    if (r & 1) config.tlb[0] = config.tlb[1] = (struct mmu_tlb_config){1, 1, MMU_LRU};
    if (r & 2) config.walks = 1 + (uint32_t)(r >> 2 & 1);
    return config;
}

static void nobody_waits_longer_than_the_rule_says(void **state) {
    (void)state;
    uint64_t rng = fixture_seed();
    double most = 0;
    for (unsigned trial = 0; trial < 1500; ++trial) {
        struct mmu_config config = crowded_config(&rng);
        uint64_t r = fixture_random(&rng), grant = 1 + r % 3, data = 1 + (r >> 8) % 12;
        map_pages(&rng);
        memory.grant_cycles = (uint32_t)grant;
        memory.data_cycles = (uint32_t)data;
        struct mmu_bus bus = fixture_bus(&memory);
        uint64_t walks = config.walks, slot = slot_bound(walks, grant, data, MOST_TRANSACTIONS);
        struct client client = {
            .engine = mmu_engine_create(&config, &bus),
            .csr = {.satp = FIXTURE_SATP_ASID(1), .priv = MMU_PRIV_S, .adue = r >> 16 & 1},
            .pages = 1 + (unsigned)(r >> 24) % PAGES,
            .transaction = slot_bound(walks, grant, data, 2) - slot_bound(walks, grant, data, 1),
            .rest = slot_bound(walks, grant, data, 0)};
        assert_non_null(client.engine);
        for (unsigned c = 0; c < 2000; ++c) one_cycle(&client, &rng);
        uint64_t wait = wait_bound(slot, config.prefetch);
        assert_true(client.longest_wait <= wait);
        assert_true(client.longest_refusal <= wait + slot + 6);
        mmu_engine_destroy(client.engine);
        double share = (double)client.longest_wait / (double)slot;
        if (share > most) most = share;
    }
    printf("longest wait: %.2f of the longest walk allowed\n", most);
    assert_true(most > 2);  // the crowd is a crowd
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(three_walks_may_go_first, end),
        cmocka_unit_test_teardown(fence_waits_for_one_update_of_each_slot, end),
        cmocka_unit_test(nobody_waits_longer_than_the_rule_says),
    };
    return cmocka_run_group_tests_name("unit.fairness", tests, NULL, NULL) == 0 ? 0 : 1;
}
