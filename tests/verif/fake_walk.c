// SPDX-License-Identifier: Apache-2.0
// The fake's walker: one state, one answer of memory at a time (section 7), and the checks that
// lookup and walk share (section 6).
#include "fake_internal.h"

bool fake_canonical(uint64_t va) {
    uint64_t upper = va >> 38;
    return upper == 0 || upper == UINT64_MAX >> 38;
}

uint64_t fake_vpn(uint64_t va) {
    return (va >> 12) & 0x7FFFFFF;
}

unsigned fake_privilege(const struct mmu_csr *csr, unsigned port) {
    return port == MMU_PORT_DATA && csr->mprv ? csr->mpp : csr->priv;
}

bool fake_permitted(uint64_t perm, unsigned access, unsigned privilege, bool sum, bool mxr) {
    bool user_page = perm & MMU_PTE_U;
    if (access == MMU_FETCH) return (perm & MMU_PTE_X) && user_page == (privilege == MMU_PRIV_U);
    bool reachable = privilege == MMU_PRIV_U ? user_page : !user_page || sum;
    if (access == MMU_LOAD) return reachable && ((perm & MMU_PTE_R) || (mxr && (perm & MMU_PTE_X)));
    return reachable && (perm & MMU_PTE_W);
}

uint8_t fake_page_fault(unsigned access) {
    return access == MMU_FETCH ? 12 : access == MMU_LOAD ? 13 : 15;
}

uint8_t fake_access_fault(unsigned access) {
    return access == MMU_FETCH ? 1 : access == MMU_LOAD ? 5 : 7;
}

uint64_t fake_pa(uint64_t ppn, unsigned level, uint64_t va) {
    uint64_t inside = (UINT64_C(1) << (12 + 9 * level)) - 1;
    return ((ppn << 12) & ~inside) | (va & inside);
}

void fake_walk_start(struct fake_walk *walk, unsigned port, const struct mmu_request *request,
                     const struct mmu_csr *csr) {
    *walk = (struct fake_walk){.phase = FAKE_REQUEST,
                               .port = (uint8_t)port,
                               .request = *request,
                               .csr = *csr,
                               .level = 2,
                               .table_ppn = csr->satp & 0xFFFFFFFFFFFu};
}

// --- memory ------------------------------------------------------------------------------------

static bool is_store(const struct fake_walk *walk) {
    return walk->request.access == MMU_STORE || walk->request.access == MMU_AMO;
}

static uint64_t pte_address(const struct fake_walk *walk) {
    uint64_t index = (fake_vpn(walk->request.va) >> (9 * walk->level)) & 511;
    return (walk->table_ppn << 12) + 8 * index;
}

static uint64_t updated(const struct fake_walk *walk) {
    return walk->pte | MMU_PTE_A | (is_store(walk) ? MMU_PTE_D : 0);
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

static struct fake_outcome answer_pointer(struct fake_walk *walk, enum fake_fault fault) {
    if (walk->pte & (MMU_PTE_D | MMU_PTE_A | MMU_PTE_U) || walk->level == 0)
        return ends_badly(fake_page_fault(walk->request.access));
    if (walk->pte & MMU_PTE_G) walk->global = true;
    walk->table_ppn = (walk->pte >> 10) & 0xFFFFFFFFFFFu;
    walk->level--;
    bool pauses = (fault == FAKE_REQUEST_LATE || fault == FAKE_REQUEST_NEVER) && walk->level == 1;
    return goes_on(walk, pauses ? FAKE_PAUSE : FAKE_REQUEST);
}

static bool leaf_permitted(const struct fake_walk *walk, enum fake_fault fault,
                           const struct mmu_csr *live) {
    const struct mmu_csr *csr = fault == FAKE_LIVE_CSR ? live : &walk->csr;
    if (fault == FAKE_FAULT_MISSING) return true;
    if (fault == FAKE_FAULT_ADDED && walk->request.access == MMU_LOAD) return false;
    return fake_permitted(walk->pte, walk->request.access, fake_privilege(csr, walk->port),
                          csr->sum, csr->mxr);
}

static struct fake_outcome answer_leaf(struct fake_walk *walk, enum fake_fault fault,
                                       const struct mmu_csr *live) {
    uint8_t page_fault = fake_page_fault(walk->request.access);
    uint64_t low = (UINT64_C(1) << (9 * walk->level)) - 1;
    if (!leaf_permitted(walk, fault, live)) return ends_badly(page_fault);
    if ((walk->pte >> 10) & low) return ends_badly(page_fault);
    if (walk->pte != updated(walk) && fault != FAKE_UPDATE_MISSING) {
        if (!walk->csr.adue) return ends_badly(page_fault);
        walk->writing = true;
        return goes_on(walk, FAKE_REQUEST);
    }
    if (fault == FAKE_PTE_EXTRA && !walk->repeated) {
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

struct fake_outcome fake_walk_answer(struct fake_walk *walk, enum fake_fault fault,
                                     const struct mmu_csr *live,
                                     const struct dut_memory_response *answer) {
    if (walk->ignoring) {
        struct mmu_request request = walk->request;
        struct mmu_csr csr = walk->csr;
        fake_walk_start(walk, walk->port, &request, &csr);
        return (struct fake_outcome){.restarts = true};
    }
    if (answer->error) return ends_badly(fake_access_fault(walk->request.access));
    if (walk->writing) return answer_update(walk, answer->data);
    uint64_t pte = answer->data;
    walk->pte = pte;
    bool valid = pte & MMU_PTE_V, r = pte & MMU_PTE_R, w = pte & MMU_PTE_W, x = pte & MMU_PTE_X;
    if (!valid || (!r && w) || pte >> 54) return ends_badly(fake_page_fault(walk->request.access));
    return r || x ? answer_leaf(walk, fault, live) : answer_pointer(walk, fault);
}

// --- clock -------------------------------------------------------------------------------------

static struct fake_entry entry_of(const struct fake_walk *walk) {
    return (struct fake_entry){.valid = true,
                               .global = walk->global || (walk->pte & MMU_PTE_G),
                               .level = (uint8_t)walk->level,
                               .perm = (uint8_t)walk->pte,
                               .asid = (uint16_t)(walk->csr.satp >> 44),
                               .vpn = fake_vpn(walk->request.va),
                               .ppn = (walk->pte >> 10) & 0xFFFFFFFFFFFu,
                               .filled_sum = walk->csr.sum,
                               .filled_mxr = walk->csr.mxr};
}

static void end(struct dut *dut, const struct fake_outcome *outcome) {
    struct fake_walk *walk = &dut->walk;
    struct fake_port *port = &dut->port[walk->port];
    walk->phase = FAKE_IDLE;
    fake_count(dut, MMU_COUNT_WALKS, 1);
    port->walking = false;
    port->stalled = dut->fault == FAKE_READY_LATE;
    port->coming_valid = true;
    dut->idle_request = dut->fault == FAKE_REQUEST_IDLE;
    if (outcome->fault) {
        port->coming = fake_fault_answer(dut, outcome->cause, MMU_SOURCE_WALK);
        dut->fill.valid = dut->fault == FAKE_FILL_UNASKED;
        return;
    }
    struct fake_entry entry = entry_of(walk);
    port->coming = fake_answer(dut, walk->request.va, &entry, MMU_SOURCE_WALK);
    dut->fill = fake_tlb_fill(&dut->tlb[walk->port], &entry);
    dut->fill.port = walk->port;
    fake_count(dut, MMU_COUNT_FILLS + 8u * walk->port, 1);
    fake_count(dut, MMU_COUNT_EVICTIONS + 8u * walk->port, dut->fill.evict);
}

static void answered(struct dut *dut, const struct dut_memory_response *answer) {
    struct fake_walk *walk = &dut->walk;
    uint64_t pa = pte_address(walk);
    if (walk->level == 0 && !walk->writing) {
        dut->leaf_pa = pa;
        dut->leaf_value = answer->data;
    }
    struct fake_outcome outcome = fake_walk_answer(walk, dut->fault, &dut->in.csr, answer);
    fake_count(dut, MMU_COUNT_PTE_WRITE_CONFLICTS, outcome.conflict);
    fake_count(dut, MMU_COUNT_WALK_RESTARTS, outcome.restarts);
    if (outcome.ends) {
        end(dut, &outcome);
    } else if (dut->fault == FAKE_PTE_MISSING && walk->level == 0 && !walk->writing &&
               pte_address(walk) == dut->leaf_pa && pa != dut->leaf_pa) {
        struct dut_memory_response remembered = {.data = dut->leaf_value};
        answered(dut, &remembered);
    }
}

void fake_walk_clock(struct dut *dut) {
    struct fake_walk *walk = &dut->walk;
    if (walk->phase == FAKE_PAUSE && dut->fault == FAKE_REQUEST_LATE) {
        walk->phase = FAKE_REQUEST;
    } else if (walk->phase == FAKE_REQUEST) {
        walk->waited++;
        if (!dut->in.grant) return;
        fake_count(dut, walk->writing ? MMU_COUNT_PTE_WRITES : MMU_COUNT_PTE_READS, 1);
        walk->phase = FAKE_WAIT;
    } else if (walk->phase == FAKE_WAIT && dut->in.answer_valid) {
        answered(dut, &dut->in.answer);
    }
}
