// SPDX-License-Identifier: Apache-2.0
// Fences: SFENCE.VMA in its four forms, Svinval's sequences, and Svinval's instructions alone.
#include "stimulus_internal.h"

// Fences restart walks: so many in a row without a walk's answer, and a slow memory never gives
// one.
enum { MOST_FENCES = 8, LONGEST_SEQUENCE = 4, SEQUENCE_RATE = 300 };

static enum mmu_fence_op next_op(struct stimulus *s) {
    if (s->sequence > 0) return --s->sequence > 0 ? MMU_SINVAL_VMA : MMU_SFENCE_INVAL_IR;
    if (!stimulus_chance(s, s->config.svinval)) return MMU_SFENCE_VMA;
    if (stimulus_chance(s, 200)) return (enum mmu_fence_op)stimulus_below(s, 4);
    s->sequence = 2 + stimulus_below(s, LONGEST_SEQUENCE);
    return MMU_SFENCE_W_INVAL;
}

static bool same_registers(const struct mmu_csr *a, const struct mmu_csr *b) {
    return a->satp == b->satp && a->priv == b->priv && a->mpp == b->mpp && a->mprv == b->mprv &&
           a->adue == b->adue && a->pbmte == b->pbmte;
}

// What older registers lead to would be installed after the fence: such requests are awaited.
static bool would_overtake(const struct stimulus *s) {
    for (unsigned p = 0; p < MMU_PORTS; p++)
        for (unsigned tag = 0; tag < MMU_TAGS; tag++)
            if ((s->active[p] >> tag & 1) && !same_registers(&s->flight[p][tag].csr, &s->csr))
                return true;
    return false;
}

static void begin(struct stimulus *s) {
    if (s->fences >= MOST_FENCES) return;
    if (would_overtake(s) && !stimulus_chance(s, s->config.overtake)) return;
    bool has_va = stimulus_chance(s, 880);
    s->fence = (struct mmu_fence){.op = (uint8_t)next_op(s),
                                  .has_va = has_va,
                                  .has_asid = stimulus_chance(s, has_va ? 500 : 750),
                                  .va = stimulus_fence_va(s),
                                  .asid = stimulus_asid(s, stimulus_below(s, STIMULUS_ROOTS))};
    if (stimulus_chance(s, 50)) s->fence.asid = (uint16_t)stimulus_random(s);
    s->fence.asid = stimulus_near_asid(s, s->fence.asid);
    s->fencing = true;
}

void stimulus_new_fence(struct stimulus *s) {
    uint32_t rate = s->sequence > 0 ? SEQUENCE_RATE : s->rates.fence;
    if (!s->fencing && stimulus_chance(s, rate)) begin(s);
}

void stimulus_force_fence(struct stimulus *s) {
    if (!s->fencing) begin(s);
}
