// SPDX-License-Identifier: Apache-2.0
// The timed engine under random stimulus in every mode: jumping equals stepping, answers equal
// the architectural walk's.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "fixture.h"

static struct fixture_memory memories[2];

static const struct mmu_mode *mode_of(unsigned k) {
    switch (k % 4) {
        case 0:
            return mmu_mode_sv39();
        case 1:
            return mmu_mode_sv48();
        case 2:
            return mmu_mode_sv57();
        default:
            return mmu_mode_sv32();
    }
}

static struct mmu_engine *engine_for(struct fixture_memory *memory, const struct mmu_arch *arch,
                                     const struct mmu_tlb_config *tlb) {
    struct mmu_config config = {.arch = *arch, .tlb = {*tlb, *tlb}};
    struct mmu_bus bus = fixture_bus(memory);
    struct mmu_engine *engine = mmu_engine_create(&config, &bus);
    assert_non_null(engine);
    return engine;
}

static struct mmu_engine *engine_of(struct fixture_memory *memory, uint32_t entries, uint32_t ways,
                                    uint8_t policy) {
    struct mmu_tlb_config tlb = {entries, ways, policy};
    struct mmu_arch arch = mmu_arch_default();
    return engine_for(memory, &arch, &tlb);
}

// --- random stimulus -------------------------------------------------------------------

static uint64_t page_va(const struct mmu_mode *mode, uint64_t root, uint64_t middle,
                        uint64_t page) {
    unsigned top = 12u + mode->vpn_bits * (mode->levels - 1u);
    if (mode->levels == 2) return (root * 8 + middle) << top | page << 12;
    return root << top | middle << 21 | page << 12;
}

// A crowd of pages of every size, some invalid, some not yet accessed or dirty.
static void random_tables(struct fixture_memory *memory, const struct mmu_mode *mode,
                          uint64_t seed) {
    uint64_t rng = seed;
    bool wide = mode->pte_bytes == 8;
    fixture_memory_init(memory);
    memory->mode = mode;
    memory->latency_seed = seed | 1;
    for (unsigned k = 0; k < 40; ++k) {
        uint64_t r = fixture_random(&rng);
        uint64_t flags = r % 4 == 0 ? RWX_AD_U : RWX_AD_S;
        if (r / 4 % 2 == 0) flags &= ~(UINT64_C(1) << (r / 8 % 8));  // one bit less
        if (r / 64 % 4 == 0) flags |= MMU_PTE_G;
        if (wide && r / 256 % 4 == 0) flags |= (r / 1024 % 4) << 61;
        uint64_t ppn = r >> (wide ? 40 : 42);
        fixture_map(memory, page_va(mode, 1 + k / 16, k % 3, k % 16), 0, ppn, flags);
    }
    for (uint64_t k = 0; k < 16 && wide; ++k)
        fixture_map(memory, page_va(mode, 2, 5, k), 0, 0x12348, RWX_AD_S | MMU_PTE_N);
    unsigned top = mode->levels - 1u, bits = mode->vpn_bits;
    fixture_map(memory, page_va(mode, 6, 0, 0), top, UINT64_C(1) << (bits * top), RWX_AD_S);
    fixture_map(memory, page_va(mode, 1, 7, 0), 1, UINT64_C(1) << bits, RWX_AD_U & ~MMU_PTE_D);
}

static uint64_t random_va(const struct mmu_mode *mode, uint64_t *rng) {
    uint64_t r = fixture_random(rng), k = r % 40, offset = r >> 52 & ~UINT64_C(7);
    uint64_t va = page_va(mode, 1 + k / 16, k % 3, k % 16) | offset;
    switch (r / 64 % 16) {
        case 0:
            return va | UINT64_C(1) << mode->va_bits;
        case 1:
            return va | UINT64_C(1) << 60;
        case 2:
            return page_va(mode, 6, 0, r >> 56) | offset;
        case 3:
            return page_va(mode, 1, 7, r >> 56) | offset;
        case 4:
        case 5:
            return page_va(mode, 2, 5, r >> 60) | offset;
        default:
            return va;
    }
}

static struct mmu_csr random_csr(const struct mmu_mode *mode, uint64_t *rng) {
    uint64_t r = fixture_random(rng);
    static const uint8_t privs[4] = {MMU_PRIV_U, MMU_PRIV_S, MMU_PRIV_S, MMU_PRIV_M};
    return (struct mmu_csr){.satp = fixture_satp(r % 16 == 0 ? NULL : mode, (uint16_t)(r / 16 % 3)),
                            .priv = privs[r / 64 % 4],
                            .mpp = privs[r / 256 % 4],
                            .mprv = r / 1024 % 4 == 0,
                            .sum = r / 4096 % 2,
                            .mxr = r / 8192 % 2,
                            .adue = r / 16384 % 2,
                            .pbmte = mode->pte_bytes == 8 && r / 32768 % 4 != 0};
}

static struct mmu_request random_request(const struct mmu_mode *mode, enum mmu_port port,
                                         uint64_t *rng) {
    uint64_t r = fixture_random(rng);
    return (struct mmu_request){.va = random_va(mode, rng),
                                .access = port ? MMU_FETCH : (uint8_t)(1 + r % 3),
                                .size = (uint8_t)(r / 4 % (mode->pte_bytes == 8 ? 4u : 3u))};
}

// Entry 7 stays open, so that most accesses are allowed. Few entries are locked.
static struct mmu_pmp_write random_pmp_write(uint64_t *rng) {
    uint64_t r = fixture_random(rng), where = (uint64_t)FIXTURE_BASE_PPN << 10;
    if (r % 8 == 0) where = 0x12340u << 10;
    uint8_t cfg = r / 8 % 4 == 0 ? (uint8_t)(r >> 8 & 0x1F) : 0;
    if (r / 32 % 64 == 0) cfg |= 0x80;
    struct mmu_pmp_write write =
        fixture_pmp_entry((uint8_t)(r >> 16) % 7, cfg, where + (r >> 24) % (40 << 10));
    write.write_cfg = r / 2048 % 8 != 0;
    write.write_addr = r / 16384 % 2;
    return write;
}

static struct mmu_fence random_fence(const struct mmu_mode *mode, uint64_t *rng) {
    uint64_t r = fixture_random(rng);
    return (struct mmu_fence){.op = (uint8_t)(r >> 62),
                              .has_va = r % 4 != 0,
                              .has_asid = r / 4 % 2,
                              .va = random_va(mode, rng),
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
static bool act(struct mmu_engine *const engines[2], const struct mmu_mode *mode, uint64_t *rng,
                unsigned density, bool perform) {
    const struct mmu_engine *first = engines[0];
    uint64_t r = fixture_random(rng);
    bool any = false;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        bool takes = mmu_engine_response(first, port) != NULL && (r >> port) % 4 != 3;
        bool accepts =
            (r >> (8 + 8 * port)) % 256 < density && mmu_engine_ready(first, port, takes);
        bool kills = fixture_random(rng) % 4096 < density;
        struct mmu_request request = random_request(mode, port, rng);
        struct mmu_csr csr = random_csr(mode, rng);
        for (unsigned k = 0; k < 2 && perform; ++k) {
            if (takes) mmu_engine_take_response(engines[k], port);
            if (accepts) mmu_engine_accept(engines[k], port, &request, &csr);
            if (kills) mmu_engine_kill(engines[k], port);
        }
        any = any || takes || accepts || kills;
    }
    bool takes_fault = mmu_engine_fault(first) != NULL && (r >> 32) % 4 != 0;
    bool fences = (r >> 40) % 8192 < density && mmu_engine_fence_ready(first);
    bool writes = (r >> 53) % 2048 < density && mmu_engine_pmp_ready(first);
    struct mmu_fence fence = random_fence(mode, rng);
    struct mmu_pmp_write write = random_pmp_write(rng);
    for (unsigned k = 0; k < 2 && perform; ++k) {
        if (takes_fault) mmu_engine_take_fault(engines[k]);
        if (fences) mmu_engine_fence(engines[k], &fence);
        if (writes) mmu_engine_pmp_write(engines[k], &write);
    }
    return any || takes_fault || fences || writes;
}

static void assert_same_engines(const struct mmu_engine *a, const struct mmu_engine *b,
                                uint64_t cycle) {
    struct view views[2] = {view_of(a), view_of(b)};
    if (!same_view(&views[0], &views[1]))
        fail_msg("views differ in cycle %llu", (unsigned long long)cycle);
    for (unsigned k = 0; k < 32; ++k)
        assert_true(mmu_engine_counter(a, k) == mmu_engine_counter(b, k));
}

static void open_pmp(struct mmu_engine *engine) {
    struct mmu_pmp_write open = fixture_pmp_entry(7, 0x1F, UINT64_MAX);
    mmu_engine_pmp_write(engine, &open);
    mmu_engine_advance(engine, mmu_engine_cycle(engine));
}

// What a run must have reached, over all runs.
struct reached {
    uint64_t counter[MMU_COUNTERS];
};

static void run_jumping(const struct mmu_mode *mode, uint64_t seed, unsigned density,
                        const struct mmu_tlb_config *tlb, struct reached *reached) {
    struct mmu_arch arch = fixture_arch(mode, 8);
    arch.update_first = seed & 1;
    random_tables(&memories[0], mode, seed);
    random_tables(&memories[1], mode, seed);
    struct mmu_engine *engines[2] = {engine_for(&memories[0], &arch, tlb),
                                     engine_for(&memories[1], &arch, tlb)};
    open_pmp(engines[0]);
    open_pmp(engines[1]);
    uint64_t rng = seed ^ 0x5555;
    for (uint64_t c = 1; c < 20000; ++c) {
        uint64_t before = rng, look = fixture_random(&before) % 32;
        uint64_t probe = rng;
        bool acts = act(engines, mode, &probe, density, false);
        if (acts || look == 0) {
            if (mmu_engine_cycle(engines[1]) < c) mmu_engine_advance(engines[1], c - 1);
            assert_same_engines(engines[0], engines[1], c);
        }
        // act decides by engines[0]'s readiness alone, so it decides the same again.
        if (acts) act(engines, mode, &rng, density, true);
        rng = probe;
        mmu_engine_advance(engines[0], c);
        if (acts) mmu_engine_advance(engines[1], c);
    }
    for (unsigned k = 0; k < MMU_COUNTERS; ++k)
        reached->counter[k] += mmu_engine_counter(engines[0], k);
    mmu_engine_destroy(engines[0]);
    mmu_engine_destroy(engines[1]);
}

static void jumping_over_cycles_gives_the_same_as_closing_each(void **state) {
    (void)state;
    uint64_t seed = fixture_seed();
    struct reached reached = {{0}};
    for (unsigned k = 0; k < 24; ++k) {
        static const unsigned densities[3] = {200, 40, 6};
        struct mmu_tlb_config tlb = {k / 4 % 2 ? 16 : 4, k % 8 == 1 ? 4 : 2, (uint8_t)(k / 2 % 4)};
        run_jumping(mode_of(k), seed * 100 + k, densities[k % 3], &tlb, &reached);
    }
    for (unsigned k = 0; k < MMU_COUNTERS; ++k)  // every kind of event came about
        assert_true(k == MMU_COUNT_PTE_WRITE_CONFLICTS || reached.counter[k] > 0);
}

static void next_event_is_the_first_cycle_in_which_an_output_changes(void **state) {
    (void)state;
    uint64_t seed = fixture_seed(), rng = seed * 77 + 5;
    const struct mmu_mode *mode = mmu_mode_sv39();
    random_tables(&memories[0], mode, seed + 1000);
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
                struct mmu_request request = random_request(mode, MMU_PORT_DATA, &rng);
                struct mmu_csr csr = random_csr(mode, &rng);
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

// A path of random PTEs for va, table of level l in page levels - 1 - l: mostly valid pointers
// above, random leaves.
static void random_path(struct fixture_memory *memory, uint64_t va, uint64_t *rng) {
    const struct mmu_mode *mode = memory->mode;
    unsigned levels = mode->levels, bits = mode->vpn_bits;
    for (unsigned level = 0; level < levels; ++level) {
        uint64_t r = fixture_random(rng), page = levels - 1 - level;
        uint64_t index = va >> (12 + bits * level) & ((1u << bits) - 1);
        bool pointer = level > 0 && r % 8 != 0;
        uint64_t flags = pointer ? MMU_PTE_V | (r >> 8 & MMU_PTE_G) : (r >> 8 & 0xFF) | MMU_PTE_V;
        uint64_t ppn =
            pointer ? FIXTURE_BASE_PPN + page + 1 : (r >> (r >> 63 ? 20 : 44)) << (bits * level);
        if (r / 8 % 32 == 0) flags = r >> 8 & 0xFF;             // anything
        if (r / 256 % 32 == 0) ppn = r >> 20 & 0xFFFFFFFFFFFu;  // misaligned, or no memory
        uint64_t pte = ((ppn & 0xFFFFFFFFFFFu) << 10) | flags;
        if (r / 8192 % 8 == 0) pte |= UINT64_C(1) << (54 + r / 65536 % 10);
        if (r / 8192 % 8 == 1) pte = (pte & ~(UINT64_C(0xF) << 10)) | 8u << 10 | MMU_PTE_N;
        if (mode->pte_bytes == 8) {
            memory->word[page * 512 + index] = pte;
        } else {
            memory->half[page * 1024 + index] = (uint32_t)pte;
        }
    }
}

static uint64_t random_canonical(const struct mmu_mode *mode, uint64_t r) {
    unsigned unused = 64u - mode->va_bits;
    return (uint64_t)((int64_t)(r << unused) >> unused) & ~UINT64_C(7);
}

// Returns how many walks succeeded.
static unsigned compare_with_the_walk(const struct mmu_mode *mode, struct mmu_arch arch,
                                      uint64_t *rng) {
    fixture_memory_init(&memories[0]);
    fixture_memory_init(&memories[1]);
    memories[0].mode = memories[1].mode = mode;
    struct mmu_tlb_config tlb = {16, 16, MMU_PLRU};
    struct mmu_engine *engine = engine_for(&memories[0], &arch, &tlb);
    struct mmu_memory port_of_walk = fixture_memory_port(&memories[1]);
    struct mmu_pmp pmp = mmu_pmp_reset(&arch);
    struct mmu_pmp_write open = fixture_pmp_entry(7, 0x1F, UINT64_MAX);
    mmu_pmp_write(&pmp, &open);
    open_pmp(engine);
    unsigned successes = 0;
    for (unsigned k = 0; k < 5000; ++k) {
        uint64_t va = random_canonical(mode, fixture_random(rng));
        if (k % 64 == 0) va ^= UINT64_C(1) << (mode->va_bits + k / 64 % (64u - mode->va_bits));
        uint64_t path = *rng;
        random_path(&memories[0], va, &path);
        random_path(&memories[1], va, rng);
        if (k % 2 == 0) {
            struct mmu_pmp_write write = random_pmp_write(rng);
            write.cfg &= 0x1F;
            mmu_engine_pmp_write(engine, &write);
            mmu_engine_advance(engine, mmu_engine_cycle(engine));
            mmu_pmp_write(&pmp, &write);
        }
        enum mmu_port port = k % 4 == 0 ? MMU_PORT_FETCH : MMU_PORT_DATA;
        struct mmu_request request = random_request(mode, port, rng);
        request.va = va;
        struct mmu_csr csr = random_csr(mode, rng);

        struct mmu_context context = mmu_context_capture(&arch, &csr, port);
        struct mmu_answer expected = mmu_walk(&arch, &context, &pmp, &port_of_walk, &request, NULL);
        struct mmu_answer answer = ask(engine, port, &request, &csr);
        assert_true(same_answer(&answer, &expected));
        assert_memory_equal(memories[0].word, memories[1].word, 5 * 4096);
        assert_int_equal(memories[0].reads, memories[1].reads);
        assert_int_equal(memories[0].writes, memories[1].writes);
        successes += !answer.fault && answer.source == MMU_SOURCE_WALK;
    }
    mmu_engine_destroy(engine);
    return successes;
}

static void answers_after_a_global_fence_are_those_of_the_walk(void **state) {
    (void)state;
    uint64_t rng = fixture_seed() * 31 + 7;
    unsigned total = 0;
    for (unsigned k = 0; k < 32; ++k) {
        struct mmu_arch arch = fixture_arch(mode_of(k), 8);
        arch.update_first = k & 4;
        if (k & 8) arch.pa_bits = 33;
        if (arch.xlen == 64) arch.svnapot = k & 16;
        unsigned successes = compare_with_the_walk(mode_of(k), arch, &rng);
        assert_true(successes > 10);
        total += successes;
    }
    assert_true(total > 3000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jumping_over_cycles_gives_the_same_as_closing_each),
        cmocka_unit_test(next_event_is_the_first_cycle_in_which_an_output_changes),
        cmocka_unit_test(answers_after_a_global_fence_are_those_of_the_walk),
    };
    return cmocka_run_group_tests_name("unit.engine_random", tests, NULL, NULL) == 0 ? 0 : 1;
}
