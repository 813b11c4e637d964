// SPDX-License-Identifier: Apache-2.0
#include "brute.h"

#include <assert.h>
#include <string.h>

void brute_begin(struct brute *brute, const struct mmu_arch *arch, const struct mmu_csr *csr) {
    memset(brute, 0, sizeof *brute);
    brute->arch = *arch;
    brute->csr[0] = *csr;
}

void brute_cell(struct brute *brute, uint64_t pa, uint64_t value) {
    assert(brute->cells < BRUTE_CELLS && brute->now == 0);
    brute->cell_pa[brute->cells] = pa;
    brute->cell[0][brute->cells++] = value;
}

static unsigned cell_of(const struct brute *brute, uint64_t pa) {
    unsigned i = 0;
    while (i < brute->cells && brute->cell_pa[i] != pa) {
        i++;
    }
    return i;
}

// One more event: all stays as it was.
static struct brute_event *step(struct brute *brute, enum brute_kind kind) {
    assert(brute->now < BRUTE_EVENTS);
    struct brute_event *event = &brute->event[brute->now];
    event->kind = kind;
    brute->csr[brute->now + 1] = brute->csr[brute->now];
    memcpy(brute->cell[brute->now + 1], brute->cell[brute->now], sizeof brute->cell[0]);
    brute->now++;
    return event;
}

void brute_write(struct brute *brute, uint64_t pa, uint64_t value) {
    step(brute, BRUTE_WRITE);
    brute->cell[brute->now][cell_of(brute, pa)] = value;
}

void brute_csr(struct brute *brute, const struct mmu_csr *csr) {
    step(brute, BRUTE_CSR);
    brute->csr[brute->now] = *csr;
}

void brute_fence(struct brute *brute, const struct mmu_fence *fence) {
    step(brute, BRUTE_FENCE)->fence = *fence;
}

unsigned brute_accept(struct brute *brute) {
    step(brute, BRUTE_ACCEPT);
    return brute->now;
}

// --- the question ---

struct walk {
    const struct brute *brute;
    const struct mmu_answer *answer;
    unsigned accepted;
    uint64_t va;
    unsigned levels, bits, bytes;
    uint16_t asid;         // of the walk's root
    unsigned root_time;    // when satp named it
    unsigned time[5];      // of each level's read
    unsigned top, last;    // levels read: top .. last
    bool private_read[5];  // not global by the PTEs down to this one
};

static uint16_t asid_at(const struct brute *brute, unsigned time) {
    uint64_t satp = brute->csr[time].satp;
    unsigned field = (unsigned)(brute->arch.xlen == 32 ? satp >> 22 & 0x1FF : satp >> 44 & 0xFFFF);
    return (uint16_t)(field % (1u << brute->arch.asid_bits));
}

// Whether the fence, event number f, orders reads at `time` before uses at `use`.
static bool orders(const struct brute *brute, unsigned f, unsigned time, unsigned use) {
    if (brute->event[f].fence.op == MMU_SFENCE_VMA) {
        return f >= time && f < use;
    }
    if (brute->event[f].fence.op != MMU_SINVAL_VMA) {
        return false;
    }
    bool before = false, after = false;
    for (unsigned i = time; i < f; i++) {
        before |=
            brute->event[i].kind == BRUTE_FENCE && brute->event[i].fence.op == MMU_SFENCE_W_INVAL;
    }
    for (unsigned i = f + 1; i < use; i++) {
        after |=
            brute->event[i].kind == BRUTE_FENCE && brute->event[i].fence.op == MMU_SFENCE_INVAL_IR;
    }
    return before && after;
}

// Whether what was read at `time` may still be used at `use`. leaf: PTE of a page of so many bits,
// or 0.
static bool survives(const struct walk *w, unsigned time, unsigned use, bool global,
                     unsigned page_bits) {
    const struct brute *brute = w->brute;
    for (unsigned f = time; f < use; f++) {
        if (brute->event[f].kind != BRUTE_FENCE || !orders(brute, f, time, use)) {
            continue;
        }
        const struct mmu_fence *fence = &brute->event[f].fence;
        unsigned asid = fence->asid % (1u << brute->arch.asid_bits);
        if (fence->has_asid && (global || asid != w->asid)) {
            continue;
        }
        if (!fence->has_va || (page_bits != 0 && fence->va >> page_bits == w->va >> page_bits)) {
            return false;
        }
    }
    return true;
}

static uint64_t value_at(const struct walk *w, unsigned time, uint64_t pa) {
    return w->brute->cell[time][cell_of(w->brute, pa)];
}

static bool is_pointer(uint64_t pte) {
    return (pte & 0xF) == 1 && (pte & 0xD0) == 0 && pte >> 54 == 0;
}

// Bits of the page that a fence of an address must lie in to cover the last PTE; 0: no such fence
// does.
static unsigned covered_bits(const struct walk *w, uint64_t pa, uint64_t pte) {
    unsigned level = w->last, time = w->time[level];
    unsigned page_bits = 12 + w->bits * level;
    if (level == 0 || ((pte & 1) && (pte & 0xE))) {
        return page_bits;
    }
    if (pte & 1) {
        return 0;  // shaped like a pointer
    }
    while (time < w->brute->now && value_at(w, time, pa) == pte) {
        time++;
    }
    return is_pointer(value_at(w, time, pa)) ? 0 : page_bits;
}

// Whether such a walk's PTEs may all be used for the request.
static bool usable(const struct walk *w, uint64_t last_pa, uint64_t last_pte) {
    unsigned bits = covered_bits(w, last_pa, last_pte);
    bool global = !w->private_read[w->last];
    unsigned first_c = w->root_time;
    for (unsigned i = w->top + 1; i-- > w->last;) {
        bool leaf = i == w->last;
        if (!survives(w, w->time[i], w->accepted, global, leaf ? bits : 0)) {
            return false;
        }
    }
    if (!global) {
        return w->asid == asid_at(w->brute, w->accepted) &&
               survives(w, w->root_time, w->accepted, false, 0);
    }
    if (!survives(w, w->root_time, w->accepted, true, 0)) {
        return false;
    }
    for (unsigned i = w->top + 1; i-- > w->last;) {  // down to the topmost global PTE
        first_c = w->time[i] > first_c ? w->time[i] : first_c;
        if (!w->private_read[i]) {
            break;
        }
    }
    // Its own pointers need to last only until all is put together, at c.
    bool in_flight = w->asid == asid_at(w->brute, w->accepted);
    for (unsigned c = first_c; c <= w->brute->now; c++) {
        unsigned until = in_flight && c > w->accepted ? w->accepted : c;
        bool together = survives(w, w->root_time, until, false, 0);
        for (unsigned i = w->top + 1; i-- > w->last && w->private_read[i];) {
            together = together && survives(w, w->time[i], until, false, 0);
        }
        if (together) {
            return true;
        }
    }
    return false;
}

static bool svade_possible(const struct walk *w, bool value) {
    for (unsigned time = 0; time <= w->brute->now; time++) {
        struct walk probe = *w;
        probe.asid = 0xFFFF;
        bool recent = survives(&probe, time, w->accepted, true, 0);
        if (recent && w->brute->csr[time].adue == value) {
            return true;
        }
    }
    return false;
}

// What a load makes of a last PTE that is no pointer.
static bool outcome_matches(const struct walk *w, uint64_t pte, bool global) {
    const struct mmu_csr *csr = &w->brute->csr[w->accepted];
    unsigned level = w->last;
    uint64_t ppn = w->bytes == 8 ? pte << 10 >> 20 : pte >> 10;
    bool napot = w->bytes == 8 && pte >> 63 != 0;
    bool valid = (pte & 1) && (pte & 6) != 4 && (pte & 0xA) != 0 &&
                 (w->bytes == 4 || (pte >> 54 & 0x1FF) == 0);
    valid = valid && ppn % (UINT64_C(1) << (w->bits * level)) == 0;
    valid = valid && (!napot || (level == 0 && ppn % 16 == 8));
    bool user = csr->priv == MMU_PRIV_U, page_user = (pte & MMU_PTE_U) != 0;
    bool permitted = (pte & MMU_PTE_R) && (user == page_user || (page_user && csr->sum));
    struct mmu_answer expected = {.fault = true, .cause = MMU_CAUSE_LOAD_PAGE};
    if (valid && permitted && !(pte & MMU_PTE_A)) {
        return w->answer->fault && w->answer->cause == MMU_CAUSE_LOAD_PAGE &&
               svade_possible(w, false);
    }
    if (valid && permitted) {
        uint64_t page = napot ? 0x10000 : UINT64_C(1) << (12 + w->bits * level);
        expected = (struct mmu_answer){.pa = ppn * 4096 / page * page + w->va % page,
                                       .level = (uint8_t)level,
                                       .napot = napot,
                                       .perm = (uint8_t)((pte & 0xFF) | (global ? 0x20 : 0))};
    }
    return memcmp(&expected, w->answer, sizeof expected) == 0;
}

// A read one event later does as well: nothing changed, and no fence came between.
static bool same_later(const struct walk *w, unsigned time, uint64_t pa) {
    const struct brute *brute = w->brute;
    return time < brute->now && brute->event[time].kind != BRUTE_FENCE &&
           value_at(w, time, pa) == value_at(w, time + 1, pa);
}

static bool go_on(struct walk *w, unsigned level, uint64_t table, bool global);

static bool with_pte(struct walk *w, unsigned level, uint64_t pa, bool global, bool only_napot) {
    for (unsigned time = 0; time <= w->brute->now; time++) {
        uint64_t pte = value_at(w, time, pa);
        bool below_global = global || ((pte & 1) && (pte & MMU_PTE_G));
        if (same_later(w, time, pa) || (only_napot && (pte >> 63 == 0 || (pte >> 10 & 0xF) != 8))) {
            continue;
        }
        w->time[level] = time;
        w->private_read[level] = !below_global;
        w->last = level;
        if (level > 0 && is_pointer(pte)) {
            uint64_t ppn = w->bytes == 8 ? pte << 10 >> 20 : pte >> 10;
            if (go_on(w, level - 1, ppn, below_global)) {
                return true;
            }
        } else if (outcome_matches(w, pte, below_global) && usable(w, pa, pte)) {
            return true;
        }
    }
    return false;
}

static bool go_on(struct walk *w, unsigned level, uint64_t table, bool global) {
    uint64_t index = w->va >> (12 + w->bits * level) & ((1u << w->bits) - 1);
    uint64_t pa = table * 4096 + index * w->bytes;
    if (with_pte(w, level, pa, global, false)) {
        return true;
    }
    for (unsigned i = 0; level == 0 && w->bytes == 8 && i < 16; i++) {
        uint64_t other = table * 4096 + (index / 16 * 16 + i) * 8;
        if (other != pa && cell_of(w->brute, other) < w->brute->cells &&
            with_pte(w, level, other, global, true)) {
            return true;
        }
    }
    return false;
}

// Sv39 and Sv48: the bits from the top va bit on are alike.
static bool canonical(uint64_t satp, uint64_t va) {
    uint64_t upper = va >> (satp >> 60 == 8 ? 38 : 47);
    return upper == 0 || upper == UINT64_MAX >> (satp >> 60 == 8 ? 38 : 47);
}

bool brute_legal(const struct brute *brute, unsigned accepted, uint64_t va,
                 const struct mmu_answer *answer) {
    bool narrow = brute->arch.xlen == 32;
    if (!narrow && !canonical(brute->csr[accepted].satp, va)) {
        struct mmu_answer expected = {.fault = true, .cause = MMU_CAUSE_LOAD_PAGE};
        return memcmp(&expected, answer, sizeof expected) == 0;
    }
    for (unsigned time = 0; time <= brute->now; time++) {
        uint64_t satp = brute->csr[time].satp;
        unsigned mode = (unsigned)(narrow ? satp >> 31 : satp >> 60);
        if (mode == 0 || (time < brute->now && brute->event[time].kind != BRUTE_FENCE &&
                          brute->csr[time + 1].satp == satp)) {
            continue;
        }
        if (!narrow && !canonical(satp, va)) {
            continue;
        }
        struct walk w = {.brute = brute, .answer = answer, .accepted = accepted, .va = va};
        w.levels = narrow ? 2 : mode - 5;
        w.bits = narrow ? 10 : 9;
        w.bytes = narrow ? 4 : 8;
        w.top = w.levels - 1;
        w.asid = asid_at(brute, time);
        w.root_time = time;
        if (go_on(&w, w.top, narrow ? satp & 0x3FFFFF : satp & 0xFFFFFFFFFFF, false)) {
            return true;
        }
    }
    return false;
}
