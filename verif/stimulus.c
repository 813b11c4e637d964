// SPDX-License-Identifier: Apache-2.0
// What is asked: addresses, registers, fences, and when.
#include "verif/stimulus.h"

#include <assert.h>
#include <stdlib.h>

#include "stimulus_internal.h"

// Fences restart walks: so many in a row without an answer, and a slow memory never gives one.
enum { MOST_FENCES = 8 };

struct stimulus_config stimulus_default(void) {
    return (struct stimulus_config){.seed = 1,
                                    .pages = 48,
                                    .table_base = 0x80000000u,
                                    .idle = 250,
                                    .stall = 150,
                                    .fence = 6,
                                    .csr_change = 5,
                                    .pte_write = 4};
}

// The half of the address space is that of the index at every level, mostly, so that the
// pages on the way to it belong to whom they say.
static uint64_t random_va(struct stimulus *s) {
    uint64_t va = 0;
    bool lower = stimulus_chance(s, s->csr.priv == MMU_PRIV_U ? 850 : 450);
    bool mixed = stimulus_chance(s, 100);
    for (unsigned level = 0; level < 3; level++) {
        unsigned index =
            mixed ? stimulus_below(s, STIMULUS_INDICES)
                  : stimulus_below(s, STIMULUS_INDICES / 2) + (lower ? 0 : STIMULUS_INDICES / 2);
        va |= (uint64_t)stimulus_indices[index] << (MMU_PAGE_BITS + 9 * level);
    }
    va |= stimulus_random(s) & (MMU_PAGE_BYTES - 1);
    if (va >> 38) va |= UINT64_MAX << 39;
    if (stimulus_chance(s, 15)) va ^= UINT64_C(1) << (38 + stimulus_below(s, 26));
    return va;
}

static uint64_t pick_va(struct stimulus *s) {
    // Small ones are asked for more often, so that hits, conflicts and evictions all are common.
    uint32_t few = (s->config.pages + 5) / 6;
    unsigned slot = stimulus_below(s, stimulus_chance(s, 600) ? few : s->config.pages);
    if (stimulus_chance(s, 25)) s->recent[slot] = random_va(s);
    return s->recent[slot] ^ (stimulus_chance(s, 500) ? stimulus_below(s, MMU_PAGE_BYTES) : 0);
}

// ASIDs that differ in single bits, the highest and the lowest among them.
static uint64_t asid_of(unsigned number) {
    static const uint16_t asids[STIMULUS_ROOTS] = {0x0000, 0x0001, 0x8001, 0x8101};
    return asids[number];
}

static void change_csr(struct stimulus *s) {
    static const uint8_t privs[] = {MMU_PRIV_U, MMU_PRIV_S, MMU_PRIV_S, MMU_PRIV_U,
                                    MMU_PRIV_U, MMU_PRIV_S, MMU_PRIV_S, MMU_PRIV_M};
    uint64_t mode = stimulus_chance(s, 40) ? MMU_SATP_MODE_BARE : MMU_SATP_MODE_SV39;
    unsigned root = stimulus_below(s, STIMULUS_ROOTS);
    // An address space keeps its ASID mostly; sometimes two share one.
    unsigned space = stimulus_chance(s, 850) ? root : stimulus_below(s, STIMULUS_ROOTS);
    s->csr =
        (struct mmu_csr){.satp = mode << 60 | asid_of(space) << 44 | stimulus_table_ppn(s, root),
                         .priv = privs[stimulus_below(s, 8)],
                         .mpp = privs[stimulus_below(s, 8)],
                         .mprv = stimulus_chance(s, 150),
                         .sum = stimulus_chance(s, 650),
                         .mxr = stimulus_chance(s, 400),
                         .adue = stimulus_chance(s, 600)};
}

// Untranslated answers take a cycle each and would outnumber all others: such phases are short.
static uint32_t csr_rate(const struct stimulus *s) {
    bool translated = mmu_satp_mode(s->csr.satp) == MMU_SATP_MODE_SV39 && s->csr.priv != MMU_PRIV_M;
    if (translated || s->config.csr_change == 0) return s->config.csr_change;
    return s->config.csr_change > 100 ? s->config.csr_change : 100;
}

static void new_request(struct stimulus *s, unsigned port) {
    struct mmu_request *request = &s->presented[port];
    request->va = pick_va(s);
    request->access = MMU_FETCH;
    if (port == MMU_PORT_DATA)
        request->access = (uint8_t)(stimulus_chance(s, 550)   ? MMU_LOAD
                                    : stimulus_chance(s, 850) ? MMU_STORE
                                                              : MMU_AMO);
    s->presenting[port] = true;
}

static void new_fence(struct stimulus *s) {
    s->fence = (struct mmu_fence){.has_va = stimulus_chance(s, 700),
                                  .has_asid = stimulus_chance(s, 500),
                                  .va = pick_va(s),
                                  .asid = (uint16_t)asid_of(stimulus_below(s, STIMULUS_ROOTS))};
    s->fencing = true;
}

struct stimulus *stimulus_create(const struct stimulus_config *config,
                                 const struct bench_memory *memory) {
    assert(config->pages >= 1 && config->pages <= STIMULUS_MOST_PAGES);
    struct stimulus *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->config = *config;
    s->memory = *memory;
    // Any seed, 0 included, gives a state that is not 0.
    s->random = (config->seed + 1) * 0x9E3779B97F4A7C15u;
    if (s->random == 0) s->random = 0x2545F4914F6CDD1Du;
    for (unsigned i = 0; i < 8; i++) (void)stimulus_random(s);
    stimulus_write_tables(s);
    change_csr(s);
    for (unsigned i = 0; i < config->pages; i++) s->recent[i] = random_va(s);
    return s;
}

void stimulus_destroy(struct stimulus *stimulus) {
    free(stimulus);
}

static void settle(struct stimulus *s, const struct bench_outputs *last) {
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (last->accepted[p]) s->presenting[p] = false;
    if (last->fence_accepted) {
        s->fencing = false;
        s->fences++;
    }
    if (last->answered[0] || last->answered[1]) s->fences = 0;
}

static unsigned take_mask(struct stimulus *s) {
    unsigned mask = DUT_TAKE_DATA | DUT_TAKE_FETCH | DUT_TAKE_FAULT;
    if (s->draining) return mask;
    for (unsigned bit = 0; bit < 3; bit++)
        if (stimulus_chance(s, s->config.stall)) mask &= ~(1u << bit);
    return mask;
}

void stimulus_next(struct stimulus *s, struct bench *bench, const struct bench_outputs *last,
                   struct bench_inputs *inputs) {
    if (last) settle(s, last);
    if (!s->draining) {
        if (stimulus_chance(s, csr_rate(s))) change_csr(s);
        stimulus_rewrite_ptes(s, bench);
        bool more = stimulus_chance(s, s->config.fence);
        if (!s->fencing && more && s->fences < MOST_FENCES) new_fence(s);
        for (unsigned p = 0; p < MMU_PORTS; p++)
            if (!s->presenting[p] && !stimulus_chance(s, s->config.idle)) new_request(s, p);
    }
    inputs->csr = s->csr;
    inputs->fence = s->fence;
    inputs->fence_valid = s->fencing;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        inputs->request[p] = s->presented[p];
        inputs->request_valid[p] = s->presenting[p];
    }
    inputs->take = take_mask(s);
}

void stimulus_drain(struct stimulus *stimulus) {
    stimulus->draining = true;
}

bool stimulus_quiet(const struct stimulus *s) {
    return !s->presenting[0] && !s->presenting[1] && !s->fencing;
}
