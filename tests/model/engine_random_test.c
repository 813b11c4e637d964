// SPDX-License-Identifier: Apache-2.0
// The timed engine under random stimulus in every mode: jumping equals stepping, the next event is
// never late, answers equal the architectural walk's.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "stimulus.h"

static struct fixture_memory memories[2];

static struct mmu_engine *engine_for(struct fixture_memory *memory,
                                     const struct mmu_config *config) {
    struct mmu_bus bus = fixture_bus(memory);
    struct mmu_engine *engine = mmu_engine_create(config, &bus);
    assert_non_null(engine);
    return engine;
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
        request.tag = random_tag(mmu_engine_unanswered(first, port), rng);
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
    const char *name = view_difference(&views[0], &views[1]);
    if (name != NULL) fail_msg("%s differs in cycle %llu", name, (unsigned long long)cycle);
    for (unsigned k = 0; k < MMU_COUNTERS; ++k)
        assert_true(mmu_engine_counter(a, k) == mmu_engine_counter(b, k));
}

static void open_pmp(struct mmu_engine *engine) {
    struct mmu_pmp_write open = fixture_pmp_entry(7, 0x1F, UINT64_MAX);
    mmu_engine_pmp_write(engine, &open);
    mmu_engine_advance(engine, mmu_engine_cycle(engine));
}

static void run_jumping(const struct mmu_mode *mode, uint64_t seed, unsigned density,
                        const struct mmu_config *config) {
    random_tables(&memories[0], mode, seed);
    random_tables(&memories[1], mode, seed);
    struct mmu_engine *engines[2] = {engine_for(&memories[0], config),
                                     engine_for(&memories[1], config)};
    open_pmp(engines[0]);
    open_pmp(engines[1]);
    uint64_t rng = seed ^ 0x5555;
    for (uint64_t c = 1; c < 5000; ++c) {
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
    mmu_engine_destroy(engines[0]);
    mmu_engine_destroy(engines[1]);
}

static void jumping_over_cycles_gives_the_same_as_closing_each(void **state) {
    (void)state;
    uint64_t seed = fixture_seed(), rng = seed;
    for (unsigned k = 0; k < 120; ++k) {
        static const unsigned densities[3] = {200, 40, 6};
        const struct mmu_mode *mode = random_mode(k);
        struct mmu_config config = random_config(mode, &rng);
        run_jumping(mode, seed * 100 + k, densities[k % 3], &config);
    }
}

// --- a run of hits equals single steps --------------------------------------------------------

#define RUN 12u

// What mmu_engine_run_hits says it is the same as, for one request.
static void step_one(struct mmu_engine *engine, const struct mmu_request *request,
                     const struct mmu_csr *csr) {
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (mmu_engine_response(engine, port)) mmu_engine_take_response(engine, port);
    }
    enum mmu_port port = request->access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
    mmu_engine_accept(engine, port, request, csr);
    mmu_engine_advance(engine, mmu_engine_cycle(engine));
}

// A run on one engine, single steps on the other. Returns how many hits were made.
static uint32_t run_both(struct mmu_engine *const engines[2], const struct mmu_mode *mode,
                         uint64_t *rng) {
    struct mmu_request requests[RUN];
    uint64_t pas[RUN];
    struct mmu_csr csr = random_csr(mode, rng);
    for (unsigned k = 0; k < RUN; ++k) {
        unsigned port = fixture_random(rng) % 2;
        requests[k] = random_request(mode, port, rng);
        if (k > 0 && requests[k - 1].access == requests[k].access && fixture_random(rng) % 4 != 0)
            requests[k].va = requests[k - 1].va & ~UINT64_C(7);
        uint16_t used = mmu_engine_unanswered(engines[0], port);
        requests[k].tag = random_tag(used, rng);
    }
    bool wanted = fixture_random(rng) % 2;
    uint32_t made = mmu_engine_run_hits(engines[0], requests, RUN, &csr, wanted ? pas : NULL);
    for (uint32_t k = 0; k < made; ++k) {
        step_one(engines[1], &requests[k], &csr);
        enum mmu_port port = requests[k].access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
        if (wanted) assert_true(mmu_engine_response(engines[1], port)->pa == pas[k]);
    }
    return made;
}

static void run_of_hits_is_the_same_as_single_steps(void **state) {
    (void)state;
    uint64_t rng = fixture_seed() * 13;
    uint64_t made = 0;
    for (unsigned k = 0; k < 60; ++k) {
        const struct mmu_mode *mode = random_mode(k);
        struct mmu_config config = random_config(mode, &rng);
        random_tables(&memories[0], mode, k);
        random_tables(&memories[1], mode, k);
        struct mmu_engine *engines[2] = {engine_for(&memories[0], &config),
                                         engine_for(&memories[1], &config)};
        open_pmp(engines[0]);
        open_pmp(engines[1]);
        for (unsigned turn = 0; turn < 2000; ++turn) {
            made += run_both(engines, mode, &rng);
            uint64_t c = mmu_engine_cycle(engines[0]);
            assert_true(mmu_engine_cycle(engines[1]) == c);
            assert_same_engines(engines[0], engines[1], c);
            act(engines, mode, &rng, 128, true);
            mmu_engine_advance(engines[0], c);
            mmu_engine_advance(engines[1], c);
        }
        mmu_engine_destroy(engines[0]);
        mmu_engine_destroy(engines[1]);
    }
    assert_true(made > 10000);
}

// --- the next event
// -------------------------------------------------------------------------------

// Returns how often nothing was to come in the next cycle.
static unsigned run_next_event(const struct mmu_mode *mode, uint64_t seed,
                               const struct mmu_config *config) {
    random_tables(&memories[0], mode, seed);
    struct mmu_engine *engine = engine_for(&memories[0], config);
    open_pmp(engine);
    uint64_t rng = seed;
    unsigned quiet = 0;
    for (uint64_t c = 1; c < 3000; ++c) {
        struct view before = view_of(engine);
        uint64_t next = mmu_engine_next_event(engine);
        assert_true(next > c);
        if (fixture_random(&rng) % 8 ==
            0) {  // every few cycles something is done; in the others it is left alone
            for (unsigned port = 0; port < MMU_PORTS; ++port) {
                if (mmu_engine_response(engine, port)) mmu_engine_take_response(engine, port);
                if (!mmu_engine_ready(engine, port, true)) continue;
                struct mmu_request request = random_request(mode, port, &rng);
                request.tag = random_tag(mmu_engine_unanswered(engine, port), &rng);
                struct mmu_csr csr = random_csr(mode, &rng);
                mmu_engine_accept(engine, port, &request, &csr);
            }
            if (mmu_engine_fault(engine)) mmu_engine_take_fault(engine);
            mmu_engine_advance(engine, c);
            continue;
        }
        mmu_engine_advance(engine, c);
        struct view after = view_of(engine);
        const char *name = view_difference(&before, &after);
        if (name != NULL && next != c + 1)
            fail_msg("%s changes in cycle %u, earlier than foreseen", name, (unsigned)c + 1);
        quiet += next > c + 1;
    }
    // With nothing under way, nothing will come.
    for (unsigned k = 0; k < 2000; ++k) {
        uint64_t c = mmu_engine_cycle(engine);
        for (unsigned port = 0; port < MMU_PORTS; ++port) {
            if (mmu_engine_response(engine, port)) mmu_engine_take_response(engine, port);
        }
        if (mmu_engine_fault(engine)) mmu_engine_take_fault(engine);
        mmu_engine_advance(engine, c);
    }
    assert_true(mmu_engine_next_event(engine) == MMU_NEVER);
    mmu_engine_destroy(engine);
    return quiet;
}

static void next_event_is_never_later_than_a_change_of_an_output(void **state) {
    (void)state;
    uint64_t seed = fixture_seed(), rng = seed * 77 + 5;
    for (unsigned k = 0; k < 60; ++k) {
        const struct mmu_mode *mode = random_mode(k);
        struct mmu_config config = random_config(mode, &rng);
        assert_true(run_next_event(mode, seed * 1000 + k, &config) > 100);
    }
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

static bool same_answer(const struct mmu_answer *a, const struct mmu_answer *b) {
    return a->pa == b->pa && a->fault == b->fault && a->cause == b->cause && a->level == b->level &&
           a->napot == b->napot && a->pbmt == b->pbmt && a->source == b->source &&
           a->perm == b->perm;
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
    struct mmu_config config = random_config(mode, rng);
    config.arch = arch;
    config.prefetch = false;  // it reads PTEs that the walk does not
    struct mmu_engine *engine = engine_for(&memories[0], &config);
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
        struct mmu_arch arch = fixture_arch(random_mode(k), 8);
        arch.update_first = k & 4;
        if (k & 8) arch.pa_bits = 33;
        if (arch.xlen == 64) arch.svnapot = k & 16;
        unsigned successes = compare_with_the_walk(random_mode(k), arch, &rng);
        assert_true(successes > 10);
        total += successes;
    }
    assert_true(total > 3000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jumping_over_cycles_gives_the_same_as_closing_each),
        cmocka_unit_test(run_of_hits_is_the_same_as_single_steps),
        cmocka_unit_test(next_event_is_never_later_than_a_change_of_an_output),
        cmocka_unit_test(answers_after_a_global_fence_are_those_of_the_walk),
    };
    return cmocka_run_group_tests_name("unit.engine_random", tests, NULL, NULL) == 0 ? 0 : 1;
}
