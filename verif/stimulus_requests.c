// SPDX-License-Identifier: Apache-2.0
// Virtual addresses, requests and kills.
#include "stimulus_internal.h"

// XLEN = 32: the upper half of an address means nothing, to whoever it is given.
static uint64_t with_upper_half(struct stimulus *s, uint64_t va) {
    if (s->pte_bytes == 8) return va;
    return stimulus_chance(s, 20) ? stimulus_random64(s) << 32 | (va & UINT32_MAX)
                                  : va & UINT32_MAX;
}

// The half of the address space is that of the index at every level, mostly, so that the
// pages on the way to it belong to whom they say.
static uint64_t random_va(struct stimulus *s, const struct stimulus_mode *mode, bool lower) {
    enum { HALF = STIMULUS_INDICES / 2 };
    uint64_t va = 0;
    bool mixed = stimulus_chance(s, 60);
    for (unsigned level = 0; level < mode->levels; level++) {
        unsigned number = mixed ? stimulus_below(s, STIMULUS_INDICES)
                                : stimulus_below(s, HALF) + (lower ? 0 : HALF);
        va |= (uint64_t)stimulus_index(s, number) << (MMU_PAGE_BITS + mode->vpn_bits * level);
    }
    // The other members of a NAPOT page.
    if (s->config.napot && stimulus_chance(s, 100))
        va ^= (uint64_t)stimulus_below(s, 16) << MMU_PAGE_BITS;
    va |= stimulus_below(s, MMU_PAGE_BYTES);
    if (s->pte_bytes == 4) return va;
    if (va >> (mode->va_bits - 1)) va |= UINT64_MAX << mode->va_bits;
    if (stimulus_chance(s, 15)) {
        unsigned top = mode->va_bits - 1u;
        va ^= UINT64_C(1) << (top + stimulus_below(s, 64 - top));
    }
    return va;
}

static uint64_t *address(struct stimulus *s, const struct stimulus_place *place) {
    return &s->recent[place->mode][place->root][place->half][place->slot];
}

static void replace(struct stimulus *s, const struct stimulus_place *place) {
    *address(s, place) = random_va(s, &s->modes[place->mode], place->half == 0);
}

// Pages that fault would soon be all that is left: what faults is replaced, mostly.
void stimulus_address_faulted(struct stimulus *s, const struct stimulus_place *place) {
    if (stimulus_chance(s, 600)) replace(s, place);
}

void stimulus_first_addresses(struct stimulus *s) {
    for (unsigned m = 0; m < s->mode_count; m++)
        for (unsigned list = 0; list < 2 * STIMULUS_ROOTS; list++)
            for (unsigned i = 0; i < STIMULUS_MOST_PAGES; i++)
                replace(s, &(struct stimulus_place){.mode = (uint8_t)m,
                                                    .root = (uint8_t)(list / 2),
                                                    .half = list % 2,
                                                    .slot = (uint16_t)i});
}

static uint8_t effective_privilege(const struct stimulus *s, unsigned port) {
    return port == MMU_PORT_DATA && s->csr.mprv ? s->csr.mpp : s->csr.priv;
}

// An address of the half that belongs to the access's privilege, mostly; some are asked for more
// often than others, so that hits, conflicts and evictions all are common.
static struct stimulus_place pick_place(struct stimulus *s, unsigned port) {
    int mode = stimulus_mode_of(s, &s->csr);
    if (mode < 0 || stimulus_chance(s, 30)) mode = (int)stimulus_below(s, s->mode_count);
    bool user = effective_privilege(s, port) == MMU_PRIV_U;
    bool sum = s->csr.sum && port == MMU_PORT_DATA;
    bool other = stimulus_chance(s, user || !sum ? 60 : 300);
    uint32_t few = (s->rates.pages + 5) / 6;
    struct stimulus_place place = {
        .mode = (uint8_t)mode,
        // The same addresses in several spaces: ASIDs and G decide.
        .root = (uint8_t)(stimulus_chance(s, 200) ? stimulus_below(s, STIMULUS_ROOTS) : s->root),
        .half = user == other,
        .slot = (uint16_t)stimulus_below(s, stimulus_chance(s, 500) ? few : s->rates.pages)};
    if (s->steer.aim.user_page >= 0 && stimulus_chance(s, 700))
        place.half = s->steer.aim.user_page == 0;
    if (stimulus_chance(s, 15)) replace(s, &place);
    return place;
}

static uint64_t with_offset(struct stimulus *s, uint64_t va) {
    if (stimulus_chance(s, s->config.boundary))
        return (va & ~UINT64_C(0xFFF)) | ((stimulus_offset(s) + stimulus_below(s, 8)) & 0xFFF);
    return stimulus_chance(s, 500) ? va : va ^ stimulus_below(s, MMU_PAGE_BYTES);
}

static bool untranslated(const struct stimulus *s, unsigned port) {
    return effective_privilege(s, port) == MMU_PRIV_M || stimulus_mode_of(s, &s->csr) < 0;
}

// Not translated, a virtual address is a physical one.
static uint64_t pick_va(struct stimulus *s, unsigned port) {
    s->place[port] = pick_place(s, port);
    uint64_t va = *address(s, &s->place[port]);
    if (untranslated(s, port) && stimulus_chance(s, 700)) {
        va = stimulus_hot_ppn(s) << MMU_PAGE_BITS;
        if (s->pte_bytes == 8 && stimulus_chance(s, 100))
            va |= UINT64_C(1) << (32 + stimulus_below(s, 32));
    }
    return with_upper_half(s, with_offset(s, va));
}

static uint8_t pick_access(struct stimulus *s, unsigned port) {
    if (port == MMU_PORT_FETCH) return MMU_FETCH;
    // While an access is asked three times, nobody else sets D.
    if (stimulus_probing(s)) return MMU_LOAD;
    int aim = s->steer.aim.access;
    if (aim > MMU_FETCH && stimulus_chance(s, 850)) return (uint8_t)aim;
    if (!stimulus_chance(s, s->rates.store)) return MMU_LOAD;
    return stimulus_chance(s, 850) ? MMU_STORE : MMU_AMO;
}

// One that no unanswered request of the port has; they come back in any order.
static uint8_t pick_tag(struct stimulus *s, unsigned port) {
    unsigned tag = stimulus_below(s, MMU_TAGS);
    while (s->active[port] >> tag & 1) tag = (tag + 1) % MMU_TAGS;
    return (uint8_t)tag;
}

// The page of an unanswered request of either port: while it is walked, or just before its answer.
static bool again(struct stimulus *s, unsigned port, uint64_t *va) {
    unsigned from = stimulus_below(s, MMU_PORTS), first = stimulus_below(s, MMU_TAGS);
    for (unsigned k = 0; k < MMU_TAGS; k++) {
        unsigned tag = (first + k) % MMU_TAGS;
        const struct stimulus_flight *flight = &s->flight[from][tag];
        if (!(s->active[from] >> tag & 1) || flight->csr.satp != s->csr.satp) continue;
        s->place[port] = flight->place;
        *va = flight->request.va;
        stimulus_count(s, STIMULUS_AGAIN);
        return true;
    }
    return false;
}

static bool sequential(struct stimulus *s, unsigned port, uint64_t *va) {
    if (stimulus_mode_of(s, &s->csr) < 0) return false;
    *va = s->presented[port].va + MMU_PAGE_BYTES;
    stimulus_count(s, STIMULUS_SEQUENTIAL);
    return true;
}

static uint64_t next_va(struct stimulus *s, unsigned port) {
    uint64_t va = 0;
    if (stimulus_near_va(s, port, untranslated(s, port), &va))
        return with_upper_half(s, with_offset(s, va));
    if (stimulus_chance(s, s->rates.again) && again(s, port, &va)) return with_offset(s, va);
    if (stimulus_chance(s, s->config.sequential) && sequential(s, port, &va))
        return with_upper_half(s, with_offset(s, va));
    return pick_va(s, port);
}

struct mmu_request stimulus_new_request(struct stimulus *s, unsigned port) {
    uint8_t size = (uint8_t)stimulus_below(s, 4);
    uint64_t va = next_va(s, port) >> size << size;
    return (struct mmu_request){
        .va = va, .access = pick_access(s, port), .size = size, .tag = pick_tag(s, port)};
}

// Addresses that matter: of pages in use, inside the superpages around them, their aliases that
// are not canonical.
uint64_t stimulus_fence_va(struct stimulus *s) {
    struct stimulus_place place = pick_place(s, stimulus_below(s, MMU_PORTS));
    uint64_t va = *address(s, &place);
    unsigned kind = stimulus_below(s, 20);
    unsigned bits = s->modes[0].vpn_bits;
    if (kind < 4) {
        unsigned inside = MMU_PAGE_BITS + bits * (1 + stimulus_below(s, s->pte_bytes == 4 ? 1 : 3));
        va ^= stimulus_random64(s) & ((UINT64_C(1) << inside) - 1);
    } else if (kind < 6) {
        va ^= UINT64_C(1) << (s->pte_bytes == 4 ? 12 + stimulus_below(s, 20)
                                                : 38 + stimulus_below(s, 26));
    } else if (kind < 7) {
        va = stimulus_random64(s);
    }
    return with_upper_half(s, stimulus_near_fence_va(s, va));
}

// D is exact: a client that wants it so does not take back a store that may set it.
static bool may_be_killed(struct stimulus *s, unsigned port) {
    bool spared = false;
    for (unsigned tag = 0; tag < MMU_TAGS; tag++) {
        const struct stimulus_flight *flight = &s->flight[port][tag];
        if ((s->active[port] >> tag & 1) && flight->request.access >= MMU_STORE && flight->csr.adue)
            spared = true;
    }
    return !spared || (s->config.kill_stores != 0 && stimulus_chance(s, s->config.kill_stores));
}

unsigned stimulus_kills(struct stimulus *s) {
    unsigned mask = 0;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (stimulus_chance(s, s->rates.kill) && may_be_killed(s, p)) mask |= 1u << p;
    return mask;
}

unsigned stimulus_force_kills(struct stimulus *s) {
    unsigned mask = 0;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (may_be_killed(s, p)) mask |= 1u << p;
    return mask;
}
