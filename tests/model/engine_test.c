// SPDX-License-Identifier: Apache-2.0
// The timed engine as a whole: jumping equals stepping, answers equal the architectural
// walk's, memory is called at the right time, the history explains an answer.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "fixture.h"

static struct fixture_memory memories[2];

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

// --- random stimulus -------------------------------------------------------------------

// A crowd of pages: 4 KiB, 2 MiB and 1 GiB, some invalid, some not yet accessed or dirty.
static void random_tables(struct fixture_memory *memory, uint64_t seed) {
    uint64_t rng = seed;
    fixture_memory_init(memory);
    memory->latency_seed = seed | 1;
    for (unsigned k = 0; k < 40; ++k) {
        uint64_t r = fixture_random(&rng);
        uint64_t flags = r % 4 == 0 ? RWX_AD_U : RWX_AD_S;
        if (r / 4 % 2 == 0) flags &= ~(UINT64_C(1) << (r / 8 % 8));  // one bit less
        if (r / 64 % 4 == 0) flags |= MMU_PTE_G;
        fixture_map(memory, (1 + k / 16) << 30 | (k % 3) << 21 | (k % 16) << 12, 0, r >> 40, flags);
    }
    fixture_map(memory, UINT64_C(5) << 30, 2, 1u << 18, RWX_AD_S);
    fixture_map(memory, UINT64_C(1) << 30 | 7 << 21, 1, 1u << 18, RWX_AD_U & ~MMU_PTE_D);
}

static uint64_t random_va(uint64_t *rng) {
    uint64_t r = fixture_random(rng), k = r % 40;
    uint64_t va = (1 + k / 16) << 30 | (k % 3) << 21 | (k % 16) << 12 | (r >> 52);
    switch (r / 64 % 16) {
        case 0:
            return va | UINT64_C(1) << 39;
        case 1:
            return va | UINT64_C(1) << 60;
        case 2:
            return (UINT64_C(5) << 30) | (r >> 40);
        case 3:
            return (UINT64_C(1) << 30) | (7 << 21) | (r >> 50);
        default:
            return va;
    }
}

static struct mmu_csr random_csr(uint64_t *rng) {
    uint64_t r = fixture_random(rng);
    static const uint8_t privs[4] = {MMU_PRIV_U, MMU_PRIV_S, MMU_PRIV_S, MMU_PRIV_M};
    return (struct mmu_csr){.satp = r % 16 == 0 ? FIXTURE_BASE_PPN : FIXTURE_SATP_ASID(r / 16 % 3),
                            .priv = privs[r / 64 % 4],
                            .mpp = privs[r / 256 % 4],
                            .mprv = r / 1024 % 4 == 0,
                            .sum = r / 4096 % 2,
                            .mxr = r / 8192 % 2,
                            .adue = r / 16384 % 2};
}

static struct mmu_fence random_fence(uint64_t *rng) {
    uint64_t r = fixture_random(rng);
    return (struct mmu_fence){.has_va = r % 4 != 0,
                              .has_asid = r / 4 % 2,
                              .va = random_va(rng),
                              .asid = (uint16_t)(r / 8 % 3)};
}

// --- what the ports show, as a value ------------------------------------------------------

struct view {
    struct mmu_answer answer[MMU_PORTS];
    struct mmu_fault fault;
    struct mmu_memory_request request;
    struct mmu_tlb_fill fill;
    uint8_t fill_port;
    bool response_valid[MMU_PORTS], ready[MMU_PORTS][2];
    bool fault_valid, request_valid, fill_valid, fence_ready, pmp_ready;
};

static struct view view_of(const struct mmu_engine *engine) {
    struct view view;
    memset(&view, 0, sizeof view);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        const struct mmu_answer *answer = mmu_engine_response(engine, port);
        view.response_valid[port] = answer != NULL;
        if (answer != NULL) view.answer[port] = *answer;
        view.ready[port][0] = mmu_engine_ready(engine, port, false);
        view.ready[port][1] = mmu_engine_ready(engine, port, true);
    }
    const struct mmu_fault *fault = mmu_engine_fault(engine);
    view.fault_valid = fault != NULL;
    if (fault != NULL) view.fault = *fault;
    const struct mmu_memory_request *request = mmu_engine_memory_request(engine);
    view.request_valid = request != NULL;
    if (request != NULL) view.request = *request;
    const struct mmu_fill_event *fill = mmu_engine_fill(engine);
    view.fill_valid = fill != NULL;
    if (fill != NULL) view.fill_port = fill->port;
    if (fill != NULL) view.fill.set = fill->fill.set;
    if (fill != NULL) view.fill.way = fill->fill.way;
    if (fill != NULL) view.fill.evict = fill->fill.evict;
    view.fence_ready = mmu_engine_fence_ready(engine);
    view.pmp_ready = mmu_engine_pmp_ready(engine);
    return view;
}

static bool same_answer(const struct mmu_answer *a, const struct mmu_answer *b) {
    return a->pa == b->pa && a->fault == b->fault && a->cause == b->cause && a->level == b->level &&
           a->napot == b->napot && a->pbmt == b->pbmt && a->source == b->source &&
           a->perm == b->perm;
}

static bool same_fault(const struct mmu_fault *a, const struct mmu_fault *b) {
    return a->tval == b->tval && a->asid == b->asid && a->port == b->port &&
           a->access == b->access && a->cause == b->cause;
}

static bool same_request(const struct mmu_memory_request *a, const struct mmu_memory_request *b) {
    return a->pa == b->pa && a->expected == b->expected && a->data == b->data &&
           a->write == b->write;
}

static bool same_view(const struct view *a, const struct view *b) {
    bool same = true;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        same = same && a->response_valid[port] == b->response_valid[port] &&
               same_answer(&a->answer[port], &b->answer[port]) &&
               a->ready[port][0] == b->ready[port][0] && a->ready[port][1] == b->ready[port][1];
    }
    return same && a->fault_valid == b->fault_valid && same_fault(&a->fault, &b->fault) &&
           a->request_valid == b->request_valid && same_request(&a->request, &b->request) &&
           a->fill_valid == b->fill_valid && a->fill_port == b->fill_port &&
           a->fill.set == b->fill.set && a->fill.way == b->fill.way &&
           a->fill.evict == b->fill.evict && a->fence_ready == b->fence_ready &&
           a->pmp_ready == b->pmp_ready;
}

// --- jumping equals stepping ----------------------------------------------------------------

// Decides by chance what is transferred in this cycle, and does it on every engine given.
// Returns whether anything was. `density`: chance in 256 of each offer.
static bool act(struct mmu_engine *const engines[2], uint64_t *rng, unsigned density,
                bool perform) {
    const struct mmu_engine *first = engines[0];
    uint64_t r = fixture_random(rng);
    bool any = false;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        bool takes = mmu_engine_response(first, port) != NULL && (r >> port) % 4 != 3;
        bool accepts =
            (r >> (8 + 8 * port)) % 256 < density && mmu_engine_ready(first, port, takes);
        uint64_t r2 = fixture_random(rng);
        struct mmu_request request = {.va = random_va(rng),
                                      .access = port ? MMU_FETCH : (uint8_t)(1 + r2 % 3)};
        struct mmu_csr csr = random_csr(rng);
        for (unsigned k = 0; k < 2 && perform; ++k) {
            if (takes) mmu_engine_take_response(engines[k], port);
            if (accepts) mmu_engine_accept(engines[k], port, &request, &csr);
        }
        any = any || takes || accepts;
    }
    bool takes_fault = mmu_engine_fault(first) != NULL && (r >> 32) % 4 != 0;
    bool fences = (r >> 40) % 8192 < density && mmu_engine_fence_ready(first);
    struct mmu_fence fence = random_fence(rng);
    for (unsigned k = 0; k < 2 && perform; ++k) {
        if (takes_fault) mmu_engine_take_fault(engines[k]);
        if (fences) mmu_engine_fence(engines[k], &fence);
    }
    return any || takes_fault || fences;
}

static void assert_same_engines(const struct mmu_engine *a, const struct mmu_engine *b,
                                uint64_t cycle) {
    struct view views[2] = {view_of(a), view_of(b)};
    if (!same_view(&views[0], &views[1]))
        fail_msg("views differ in cycle %llu", (unsigned long long)cycle);
    for (unsigned k = 0; k < 32; ++k)
        assert_true(mmu_engine_counter(a, k) == mmu_engine_counter(b, k));
}

static void run_jumping(uint64_t seed, unsigned density, uint32_t entries, uint32_t ways,
                        uint8_t policy) {
    random_tables(&memories[0], seed);
    random_tables(&memories[1], seed);
    struct mmu_engine *engines[2] = {engine_of(&memories[0], entries, ways, policy),
                                     engine_of(&memories[1], entries, ways, policy)};
    uint64_t rng = seed ^ 0x5555;
    for (uint64_t c = 0; c < 20000; ++c) {
        uint64_t before = rng, look = fixture_random(&before) % 32;
        uint64_t probe = rng;
        bool acts = act(engines, &probe, density, false);
        if (acts || look == 0) {
            if (mmu_engine_cycle(engines[1]) < c) mmu_engine_advance(engines[1], c - 1);
            assert_same_engines(engines[0], engines[1], c);
        }
        // act decides by engines[0]'s readiness alone, so it decides the same again.
        if (acts) act(engines, &rng, density, true);
        rng = probe;
        mmu_engine_advance(engines[0], c);
        if (acts) mmu_engine_advance(engines[1], c);
    }
    for (unsigned k = 0; k < 8; ++k) {  // the stimulus reached every kind of outcome
        if (k != MMU_COUNT_EVICTIONS) assert_true(mmu_engine_counter(engines[0], k) > 0);
    }
    assert_true(mmu_engine_counter(engines[0], MMU_COUNT_PTE_WRITES) > 0);
    mmu_engine_destroy(engines[0]);
    mmu_engine_destroy(engines[1]);
}

static void jumping_over_cycles_gives_the_same_as_closing_each(void **state) {
    (void)state;
    uint64_t seed = fixture_seed();
    for (unsigned k = 0; k < 12; ++k) {
        static const unsigned densities[3] = {200, 40, 6};
        run_jumping(seed * 100 + k, densities[k % 3], k % 2 ? 16 : 4, k % 4 == 1 ? 4 : 2,
                    (uint8_t)(k % 4));
    }
}

static void next_event_is_the_first_cycle_in_which_an_output_changes(void **state) {
    (void)state;
    uint64_t seed = fixture_seed(), rng = seed * 77 + 5;
    random_tables(&memories[0], seed + 1000);
    struct mmu_engine *engine = engine_of(&memories[0], 4, 4, MMU_LRU);
    unsigned changes = 0;
    for (uint64_t c = 0; c < 20000; ++c) {
        struct view before = view_of(engine);
        uint64_t next = mmu_engine_next_event(engine);
        assert_true(next > c);
        // Every few cycles something is done; in the others the engine is left alone.
        if (fixture_random(&rng) % 8 == 0) {
            if (mmu_engine_response(engine, MMU_PORT_DATA))
                mmu_engine_take_response(engine, MMU_PORT_DATA);
            if (mmu_engine_fault(engine)) mmu_engine_take_fault(engine);
            if (mmu_engine_ready(engine, MMU_PORT_DATA, true)) {
                struct mmu_request request = {.va = random_va(&rng), .access = MMU_STORE};
                struct mmu_csr csr = random_csr(&rng);
                mmu_engine_accept(engine, MMU_PORT_DATA, &request, &csr);
            }
            mmu_engine_advance(engine, c);
            continue;
        }
        mmu_engine_advance(engine, c);
        struct view after = view_of(engine);
        assert_int_equal(same_view(&before, &after), next != c + 1);
        changes += next == c + 1;
    }
    assert_true(changes > 100);
    mmu_engine_destroy(engine);
}

// --- answers equal the architectural walk's ---------------------------------------------------

// Returns the answer to a request that is alone in the engine, after a global fence.
static struct mmu_answer ask(struct mmu_engine *engine, enum mmu_port port,
                             const struct mmu_request *request, const struct mmu_csr *csr) {
    struct mmu_fence all = {.has_va = false};
    mmu_engine_fence(engine, &all);
    mmu_engine_advance(engine, mmu_engine_cycle(engine));
    mmu_engine_accept(engine, port, request, csr);
    uint64_t accepted = mmu_engine_cycle(engine);
    mmu_engine_advance(engine, accepted + 1000);
    const struct mmu_answer *shown = mmu_engine_response(engine, port);
    assert_non_null(shown);
    struct mmu_answer answer = *shown;
    mmu_engine_take_response(engine, port);
    assert_int_equal(mmu_engine_fault(engine) != NULL, answer.fault);
    if (answer.fault) mmu_engine_take_fault(engine);
    mmu_engine_advance(engine, mmu_engine_cycle(engine));
    return answer;
}

// A path of three random PTEs for va: mostly valid pointers above, random leaves.
static void random_path(struct fixture_memory *memory, uint64_t va, uint64_t *rng) {
    for (unsigned level = 0; level < 3; ++level) {
        uint64_t r = fixture_random(rng);
        uint64_t *word = fixture_word(
            memory, (FIXTURE_BASE_PPN + 2 - level) * 4096 + ((va >> (12 + 9 * level)) & 511) * 8);
        bool pointer = level > 0 && r % 8 != 0;
        uint64_t flags = pointer ? MMU_PTE_V | (r >> 8 & MMU_PTE_G) : (r >> 8 & 0xFF) | MMU_PTE_V;
        uint64_t ppn = pointer ? FIXTURE_BASE_PPN + 3 - level : (r >> 20) << (9 * level);
        if (r / 8 % 32 == 0) flags = r >> 8 & 0xFF;             // anything
        if (r / 256 % 32 == 0) ppn = r >> 20 & 0xFFFFFFFFFFFu;  // misaligned, or no memory
        *word = ((ppn & 0xFFFFFFFFFFFu) << 10) | flags;
        if (r / 8192 % 32 == 0) *word |= UINT64_C(1) << (54 + r % 10);
    }
}

static void answers_after_a_global_fence_are_those_of_the_walk(void **state) {
    (void)state;
    uint64_t rng = fixture_seed() * 31 + 7;
    fixture_memory_init(&memories[0]);
    fixture_memory_init(&memories[1]);
    struct mmu_engine *engine = engine_of(&memories[0], 16, 16, MMU_PLRU);
    const struct mmu_arch arch = mmu_arch_default();
    const struct mmu_pmp pmp = mmu_pmp_reset(&arch);
    struct mmu_memory port_of_walk = fixture_memory_port(&memories[1]);
    unsigned successes = 0;
    for (unsigned k = 0; k < 20000; ++k) {
        uint64_t r = fixture_random(&rng);
        uint64_t va = (uint64_t)((int64_t)(r << 25) >> 25);  // canonical
        if (k % 64 == 0) va ^= UINT64_C(1) << (39 + k / 64 % 25);
        uint64_t path = rng;
        random_path(&memories[0], va, &path);
        random_path(&memories[1], va, &rng);
        enum mmu_port port = k % 4 == 0 ? MMU_PORT_FETCH : MMU_PORT_DATA;
        struct mmu_request request = {.va = va, .access = port ? MMU_FETCH : 1 + (uint8_t)(k % 3)};
        struct mmu_csr csr = random_csr(&rng);

        struct mmu_context context = mmu_context_capture(&arch, &csr, port);
        struct mmu_answer expected = mmu_walk(&arch, &context, &pmp, &port_of_walk, &request, NULL);
        struct mmu_answer answer = ask(engine, port, &request, &csr);
        assert_true(same_answer(&answer, &expected));
        assert_memory_equal(memories[0].word, memories[1].word, 3 * 4096);
        assert_int_equal(memories[0].reads, memories[1].reads);
        assert_int_equal(memories[0].writes, memories[1].writes);
        successes += !answer.fault && answer.source == MMU_SOURCE_WALK;
    }
    assert_true(successes > 1000);
    mmu_engine_destroy(engine);
}

// --- order of the lookup's steps ----------------------------------------------------------------

// Like ask, but without a fence before.
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
    const struct mmu_history *history = mmu_engine_history(engine, MMU_PORT_DATA);
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

static void config_of_either_port_is_checked(void **state) {
    (void)state;
    struct mmu_config config = mmu_config_default();
    assert_null(mmu_config_check(&config));
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        config.tlb[port].ways = 5;
        assert_non_null(mmu_config_check(&config));
        config.tlb[port].ways = 16;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jumping_over_cycles_gives_the_same_as_closing_each),
        cmocka_unit_test(next_event_is_the_first_cycle_in_which_an_output_changes),
        cmocka_unit_test(answers_after_a_global_fence_are_those_of_the_walk),
        cmocka_unit_test(lookup_permission_fault_of_a_store_comes_before_the_dirty_bit),
        cmocka_unit_test(lookup_touches_the_policy_only_if_the_tlb_answers),
        cmocka_unit_test(memory_is_read_when_the_cycle_of_the_grant_is_closed),
        cmocka_unit_test(request_keeps_the_registers_of_its_acceptance),
        cmocka_unit_test(fault_record_without_translation_still_carries_satp_asid),
        cmocka_unit_test(history_keeps_the_latest_accesses_of_a_long_walk),
        cmocka_unit_test(config_of_either_port_is_checked),
    };
    return cmocka_run_group_tests_name("unit.engine", tests, NULL, NULL) == 0 ? 0 : 1;
}
