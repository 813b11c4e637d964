// SPDX-License-Identifier: Apache-2.0
// The fake's walker: one state, one answer of memory at a time (section 7).
#include "fake_internal.h"

void fake_walk_begin(const struct dut *dut, struct fake_walk *walk) {
    walk->phase = FAKE_REQUEST;
    walk->mode = fake_mode_of(&dut->config.arch, walk->csr.satp);
    walk->level = walk->mode.levels - 1;
    walk->table_ppn = fake_root(&dut->config.arch, walk->csr.satp);
    walk->global = walk->writing = walk->ignoring = walk->repeated = false;
    walk->waited = 0;
}

// --- memory ------------------------------------------------------------------------------------

static uint64_t pte_address(const struct fake_walk *walk) {
    unsigned bits = walk->mode.vpn_bits;
    uint64_t index = walk->request.va >> (12 + bits * walk->level) & ((1u << bits) - 1);
    return (walk->table_ppn << 12) + walk->mode.pte_bytes * index;
}

static uint64_t updated(const struct fake_walk *walk) {
    return walk->pte | MMU_PTE_A | (fake_is_store(walk->request.access) ? MMU_PTE_D : 0);
}

struct mmu_memory_request fake_walk_request(const struct fake_walk *walk, enum fake_fault fault) {
    struct mmu_memory_request r = {.pa = pte_address(walk), .write = walk->writing};
    if (fault == FAKE_PTE_ADDRESS && walk->level == 0 && !r.write) r.pa ^= 8;
    if (!r.write) return r;
    r.expected = walk->pte;
    r.data = updated(walk);
    if (fault == FAKE_UPDATE_DATA) r.data |= MMU_PTE_D;
    if (fault == FAKE_UPDATE_EXPECTED) r.expected ^= 1u << 8;
    if (fault == FAKE_UPDATE_ADDRESS) r.pa ^= 8;
    return r;
}

bool fake_walk_denied(const struct dut *dut, const struct fake_walk *walk) {
    uint64_t pa = fake_walk_request(walk, dut->fault).pa;
    if (pa >> dut->config.arch.pa_bits && dut->fault != FAKE_PA_WIDTH) return true;
    enum fake_kind kind = walk->writing ? FAKE_KIND_W : FAKE_KIND_R;
    if (dut->fault == FAKE_PMP_PTE && !walk->writing) return false;
    if (dut->fault == FAKE_PMP_UPDATE && walk->writing) return false;
    return !fake_pmp_allows(&dut->pmp, pa, walk->mode.pte_bytes, kind, MMU_PRIV_S);
}

// --- one answer --------------------------------------------------------------------------------

static struct fake_outcome ends_well(void) {
    return (struct fake_outcome){.ends = true};
}

static struct fake_outcome ends_badly(uint8_t cause) {
    return (struct fake_outcome){.ends = true, .fault = true, .cause = cause};
}

static struct fake_outcome goes_on(struct fake_walk *walk, enum fake_phase phase) {
    walk->phase = phase;
    walk->waited = 0;
    return (struct fake_outcome){0};
}

static uint64_t ppn_of(const struct fake_walk *walk) {
    return walk->mode.pte_bytes == 4 ? walk->pte >> 10 & 0x3FFFFF : walk->pte >> 10 & 0xFFFFFFFFFFF;
}

static bool napot(const struct fake_walk *walk) {
    return walk->mode.pte_bytes == 8 && walk->pte >> 63;
}

static unsigned pbmt(const struct fake_walk *walk) {
    return walk->mode.pte_bytes == 8 ? (unsigned)(walk->pte >> 61) & 3 : 0;
}

static unsigned shift_of(const struct fake_walk *walk) {
    return napot(walk) ? 4 : walk->mode.vpn_bits * walk->level;
}

// Step 2: not a PTE at all.
static bool invalid(const struct dut *dut, const struct fake_walk *walk) {
    uint64_t pte = walk->pte;
    if (!(pte & MMU_PTE_V) || (!(pte & MMU_PTE_R) && (pte & MMU_PTE_W))) return true;
    if (walk->mode.pte_bytes == 4) return false;
    if (pte >> 54 & 0x7F) return true;
    if (napot(walk) && !dut->config.arch.svnapot) return true;
    return (pbmt(walk) && !walk->csr.pbmte) || pbmt(walk) == 3;
}

static struct fake_outcome answer_pointer(const struct dut *dut, struct fake_walk *walk) {
    if (walk->pte & (MMU_PTE_D | MMU_PTE_A | MMU_PTE_U) || napot(walk) || pbmt(walk) ||
        walk->level == 0)
        return ends_badly(fake_page_fault(walk->request.access));
    if (walk->pte & MMU_PTE_G) walk->global = true;
    walk->table_ppn = ppn_of(walk);
    walk->level--;
    bool second = walk->level + 2 == walk->mode.levels;
    bool pauses = (dut->fault == FAKE_REQUEST_LATE || dut->fault == FAKE_REQUEST_NEVER) && second;
    return goes_on(walk, pauses ? FAKE_PAUSE : FAKE_REQUEST);
}

static bool leaf_permitted(const struct dut *dut, const struct fake_walk *walk) {
    const struct mmu_csr *csr = dut->fault == FAKE_LIVE_CSR ? &dut->in.csr : &walk->csr;
    if (dut->fault == FAKE_FAULT_MISSING) return true;
    if (dut->fault == FAKE_FAULT_ADDED && walk->request.access == MMU_LOAD) return false;
    return fake_permitted(walk->pte, walk->request.access, fake_privilege(csr, walk->port),
                          csr->sum, csr->mxr);
}

// Steps 4 to 6: a leaf that gives a page fault.
static bool leaf_faults(const struct dut *dut, const struct fake_walk *walk) {
    uint64_t below = (UINT64_C(1) << (walk->mode.vpn_bits * walk->level)) - 1;
    bool reserved = napot(walk) && (walk->level > 0 || (ppn_of(walk) & 15) != 8);
    if (reserved && dut->fault != FAKE_NAPOT_RESERVED) return true;
    return !leaf_permitted(dut, walk) || (ppn_of(walk) & below);
}

bool fake_walk_final_allowed(const struct dut *dut, const struct fake_walk *walk) {
    uint64_t pa = fake_pa(ppn_of(walk), shift_of(walk), walk->request.va);
    if (dut->fault == FAKE_PMP_FINAL) return true;
    return fake_final_allowed(dut, pa, &walk->request, fake_privilege(&walk->csr, walk->port));
}

static bool update_first(const struct dut *dut) {
    return dut->config.arch.update_first != (dut->fault == FAKE_UPDATE_ORDER);
}

static struct fake_outcome answer_leaf(const struct dut *dut, struct fake_walk *walk) {
    uint8_t access = walk->request.access;
    if (leaf_faults(dut, walk)) return ends_badly(fake_page_fault(access));
    if (walk->pte != updated(walk) && dut->fault != FAKE_UPDATE_MISSING) {
        if (!walk->csr.adue) return ends_badly(fake_page_fault(access));
        if (!update_first(dut) && !fake_walk_final_allowed(dut, walk))
            return ends_badly(fake_access_fault(access));
        walk->writing = true;
        return goes_on(walk, FAKE_REQUEST);
    }
    if (dut->fault == FAKE_PTE_EXTRA && !walk->repeated) {
        walk->repeated = true;
        return goes_on(walk, FAKE_REQUEST);
    }
    return ends_well();
}

static struct fake_outcome answer_update(struct fake_walk *walk, uint64_t value) {
    walk->writing = false;
    if (value == walk->pte) {
        walk->pte = updated(walk);
        return ends_well();
    }
    struct fake_outcome outcome = goes_on(walk, FAKE_REQUEST);
    outcome.conflict = true;
    return outcome;
}

struct fake_outcome fake_walk_answer(const struct dut *dut, struct fake_walk *walk,
                                     const struct dut_memory_response *answer) {
    if (walk->killed && dut->fault != FAKE_KILL_FILLS) return ends_well();
    if (walk->ignoring) {
        fake_walk_begin(dut, walk);
        return (struct fake_outcome){.restarts = true};
    }
    if (answer->error) return ends_badly(fake_access_fault(walk->request.access));
    uint64_t value = walk->mode.pte_bytes == 4 ? answer->data & UINT32_MAX : answer->data;
    if (walk->writing) return answer_update(walk, value);
    walk->pte = value;
    if (invalid(dut, walk)) return ends_badly(fake_page_fault(walk->request.access));
    bool leaf = walk->pte & (MMU_PTE_R | MMU_PTE_X);
    return leaf ? answer_leaf(dut, walk) : answer_pointer(dut, walk);
}

struct fake_entry fake_walk_entry(const struct dut *dut, const struct fake_walk *walk) {
    return (struct fake_entry){.valid = true,
                               .global = walk->global || (walk->pte & MMU_PTE_G),
                               .napot = napot(walk),
                               .level = (uint8_t)walk->level,
                               .shift = (uint8_t)shift_of(walk),
                               .pbmt = (uint8_t)pbmt(walk),
                               .perm = (uint8_t)walk->pte,
                               .asid = fake_asid(&dut->config.arch, walk->csr.satp),
                               .vpn = fake_vpn(&dut->config.arch, walk->request.va),
                               .ppn = ppn_of(walk),
                               .filled_sum = walk->csr.sum,
                               .filled_mxr = walk->csr.mxr};
}
