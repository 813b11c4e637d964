// SPDX-License-Identifier: Apache-2.0
// The engine against the reference, a transcription of the specification that makes every cycle:
// all parameters, clients that do everything a client may do, everything visible compared in each
// cycle, the terms of each answer too.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "reference.h"
#include "stimulus.h"

static struct fixture_memory memories[2];
static struct ref reference;

// How a client behaves: chances in 256, of each cycle.
struct client {
    unsigned request, take, fence, kill, pmp, poison, pte, take_fault, same_page, registers;
};

static struct client random_client(uint64_t *rng) {
    static const unsigned requests[4] = {255, 128, 30, 4}, takes[3] = {255, 160, 40};
    static const unsigned rare[4] = {0, 1, 4, 24}, registers[4] = {256, 80, 10, 1};
    uint64_t r = fixture_random(rng);
    return (struct client){.request = requests[r % 4],
                           .take = takes[r / 4 % 3],
                           .fence = rare[r >> 8 & 3],
                           .kill = rare[r >> 10 & 3],
                           .pmp = rare[r >> 12 & 3],
                           .poison = rare[r >> 14 & 3] * 4,
                           .pte = rare[r >> 16 & 3],
                           .take_fault = takes[r / 256 % 3],
                           .same_page = (r >> 20 & 1) * 160u,
                           .registers = registers[r >> 24 & 3]};
}

static struct view view_of_reference(const struct ref *ref) {
    const struct ref_state *s = &ref->now;
    struct view view;
    memset(&view, 0, sizeof view);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        view.response_valid[port] = s->response_valid[port];
        view.answer[port] = s->response[port];
        view.ready[port][0] = ref_ready(ref, port, false);
        view.ready[port][1] = ref_ready(ref, port, true);
        view.fill_valid[port] = s->filled[port];
        view.fill[port] = s->fill[port];
    }
    unsigned shown = ref_fault_shown(ref);
    view.fault_valid = shown < MMU_PORTS;
    if (view.fault_valid) view.fault = s->fault[shown];
    view.request_valid = s->wire >= 0;
    if (s->wire >= 0) {
        const struct ref_slot *slot = &s->slot[s->wire];
        view.request = (struct mmu_memory_request){slot->pa, slot->update ? slot->pte : 0,
                                                   slot->update ? slot->desired : 0, slot->update,
                                                   (uint8_t)s->wire};
    }
    view.l2_fill_valid = s->l2_filled;
    view.l2_fill = s->l2_fill;
    view.fence_ready = !(view.request_valid && view.request.write);
    view.pmp_ready = !view.request_valid;
    return view;
}

static bool chance(unsigned in_256, uint64_t *rng) {
    return fixture_random(rng) % 256 < in_256;
}

static struct ref_acts random_acts(const struct mmu_engine *engine, const struct mmu_mode *mode,
                                   const struct client *client, uint64_t *rng) {
    struct ref_acts acts;
    memset(&acts, 0, sizeof acts);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        acts.take_response[port] =
            mmu_engine_response(engine, port) != NULL && chance(client->take, rng);
        acts.accept[port] = chance(client->request, rng) &&
                            mmu_engine_ready(engine, port, acts.take_response[port]);
        acts.kill[port] = chance(client->kill, rng);
        uint16_t used = acts.kill[port] ? 0 : mmu_engine_unanswered(engine, port);
        acts.request[port] = random_request(mode, port, rng);
        acts.request[port].tag = random_tag(used, rng);
        if (chance(client->same_page, rng))  // so that requests meet
            acts.request[port].va = acts.request[0].va & ~UINT64_C(4095);
    }
    acts.take_fault = mmu_engine_fault(engine) != NULL && chance(client->take_fault, rng);
    acts.fence_valid = mmu_engine_fence_ready(engine) && chance(client->fence, rng);
    acts.pmp_valid = mmu_engine_pmp_ready(engine) && chance(client->pmp, rng);
    acts.poison = chance(client->poison, rng);
    acts.fence = random_fence(mode, rng);
    acts.pmp = random_pmp_write(rng);
    return acts;
}

static void act_on_engine(struct mmu_engine *engine, const struct ref_acts *acts) {
    mmu_engine_set_csr(engine, &acts->csr);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (acts->take_response[port]) mmu_engine_take_response(engine, port);
        if (acts->accept[port]) mmu_engine_accept(engine, port, &acts->request[port], &acts->csr);
        if (acts->kill[port]) mmu_engine_kill(engine, port);
    }
    if (acts->take_fault) mmu_engine_take_fault(engine);
    if (acts->fence_valid) mmu_engine_fence(engine, &acts->fence);
    if (acts->pmp_valid) mmu_engine_pmp_write(engine, &acts->pmp);
    if (acts->poison) mmu_engine_poison(engine);
}

// Somebody else writes a PTE: a bit of one of the tables' words toggles.
static void disturb(uint64_t *rng) {
    uint64_t r = fixture_random(rng), page = r % memories[0].pages_used;
    for (unsigned tries = 0; tries < 600; ++tries) {
        uint64_t word = (r >> 16) + tries;
        size_t at = (size_t)(page * 512 + word % 512);
        if (memories[0].word[at] == 0) continue;
        memories[0].word[at] ^= UINT64_C(1) << (r >> 8 & 7);
        memories[1].word[at] = memories[0].word[at];
        return;
    }
}

static void compare(const struct mmu_engine *engine, bool was_valid[MMU_PORTS], uint64_t run) {
    struct view a = view_of(engine), b = view_of_reference(&reference);
    const char *name = view_difference(&a, &b);
    unsigned long long c = reference.now.c;
    if (name != NULL) fail_msg("run %u, cycle %llu: %s differs", (unsigned)run, c, name);
    for (unsigned k = 0; k < MMU_COUNTERS; ++k) {
        unsigned long long x = mmu_engine_counter(engine, k), y = reference.now.counter[k];
        if (x != y)
            fail_msg("run %u, cycle %llu: counter %u: %llu, expected %llu", (unsigned)run, c, k, x,
                     y);
    }
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (b.response_valid[port] && !was_valid[port]) {
            const struct mmu_history *history =
                mmu_engine_history(engine, port, b.answer[port].tag);
            if (history->response_cycle != c ||
                memcmp(&history->terms, &reference.terms[port], sizeof history->terms) != 0)
                fail_msg("run %u, cycle %llu: terms of port %u differ", (unsigned)run, c, port);
        }
        was_valid[port] = b.response_valid[port];
    }
}

static void run(uint64_t seed, uint64_t number, uint64_t cycles, uint64_t reached[MMU_COUNTERS]) {
    uint64_t rng = seed * 1000003 + number;
    const struct mmu_mode *mode = random_mode((unsigned)number);
    struct mmu_config config = random_config(mode, &rng);
    struct client client = random_client(&rng);
    random_tables(&memories[0], mode, rng);
    random_tables(&memories[1], mode, rng);
    struct mmu_bus buses[2] = {fixture_bus(&memories[0]), fixture_bus(&memories[1])};
    struct mmu_engine *engine = mmu_engine_create(&config, &buses[0]);
    ref_init(&reference, &config, &buses[1]);
    bool was_valid[MMU_PORTS] = {false, false};
    struct mmu_csr registers = random_csr(mode, &rng);
    for (uint64_t c = 0; c < cycles; ++c) {
        compare(engine, was_valid, number);
        if (chance(client.pte, &rng)) disturb(&rng);
        if (c % 1024 == 1000) client = random_client(&rng);
        struct ref_acts acts = random_acts(engine, mode, &client, &rng);
        if (chance(client.registers, &rng)) registers = random_csr(mode, &rng);
        acts.csr = registers;
        if (c == 0) {
            acts.pmp_valid = true;
            acts.pmp = fixture_pmp_entry(7, 0x1F, UINT64_MAX);
        }
        for (unsigned port = 0; port < MMU_PORTS; ++port) {
            if (acts.take_response[port]) was_valid[port] = false;
        }
        act_on_engine(engine, &acts);
        ref_cycle(&reference, &acts);
        mmu_engine_advance(engine, c);
    }
    for (unsigned k = 0; k < MMU_COUNTERS; ++k) reached[k] += reference.now.counter[k];
    assert_memory_equal(memories[0].word, memories[1].word, sizeof memories[0].word);
    ref_free(&reference);
    mmu_engine_destroy(engine);
}

static bool exists(unsigned counter) {
    return counter <= 27 || (counter >= 32 && counter <= 34) || (counter >= 40 && counter <= 42) ||
           (counter >= 48 && counter <= 52) || counter >= 56;
}

static void engine_equals_the_reference_in_every_cycle(void **state) {
    (void)state;
    const char *text = getenv("TANDEM_RUNS");
    uint64_t runs = text != NULL ? strtoull(text, NULL, 0) : 400, seed = fixture_seed();
    uint64_t reached[MMU_COUNTERS] = {0};
    for (uint64_t number = 0; number < runs; ++number) run(seed, number, 3000, reached);
    for (unsigned k = 0; k < MMU_COUNTERS; ++k) {  // every kind of event came about
        if (exists(k) != (reached[k] > 0)) fail_msg("counter %u: %d", k, (int)reached[k]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engine_equals_the_reference_in_every_cycle),
    };
    return cmocka_run_group_tests_name("unit.engine_reference", tests, NULL, NULL) == 0 ? 0 : 1;
}
