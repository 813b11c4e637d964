// SPDX-License-Identifier: Apache-2.0
// The fake's lookup: what is answered at once (section 6), and how an answer looks.
#include "fake_internal.h"

struct mmu_answer fake_answer(const struct dut *dut, uint64_t va, const struct fake_entry *entry,
                              unsigned source) {
    unsigned kept = MMU_PTE_D | MMU_PTE_U | MMU_PTE_X | MMU_PTE_W | MMU_PTE_R;
    unsigned shift = dut->fault == FAKE_NAPOT_PA && entry->napot ? 0 : entry->shift;
    struct mmu_answer a = {.pa = fake_pa(entry->ppn, shift, va),
                           .level = entry->level,
                           .napot = entry->napot,
                           .pbmt = entry->pbmt,
                           .source = (uint8_t)source};
    a.perm = (uint8_t)((entry->perm & kept) | MMU_PTE_A | MMU_PTE_V);
    if (entry->global) a.perm |= MMU_PTE_G;
    if (dut->fault == FAKE_PA_BIT) a.pa ^= 1u << 12;
    if (dut->fault == FAKE_LEVEL) a.level ^= 1;
    if (dut->fault == FAKE_PERM_BIT) a.perm ^= MMU_PTE_G;
    if (dut->fault == FAKE_HIT_AS_WALK) a.source = MMU_SOURCE_WALK;
    if (dut->fault == FAKE_NAPOT_UNTOLD) a.napot = false;
    if (dut->fault == FAKE_PBMT_DROPPED) a.pbmt = 0;
    if (dut->fault == FAKE_PBMT_OF_WALKS && source == MMU_SOURCE_TLB) a.pbmt = 0;
    return a;
}

struct mmu_answer fake_fault_answer(const struct dut *dut, uint8_t cause, unsigned source) {
    if (dut->fault == FAKE_CAUSE && cause == MMU_CAUSE_LOAD_PAGE) cause = MMU_CAUSE_STORE_PAGE;
    return (struct mmu_answer){.fault = true, .cause = cause, .source = (uint8_t)source};
}

static struct mmu_answer untranslated(const struct dut *dut, unsigned p) {
    const struct fake_port *port = &dut->port[p];
    uint64_t va = port->request.va;
    if (dut->config.arch.xlen == 32) va &= UINT32_MAX;
    if (!fake_final_allowed(dut, va, &port->request, fake_privilege(&port->csr, p)))
        return fake_fault_answer(dut, fake_access_fault(port->request.access), MMU_SOURCE_NONE);
    return (struct mmu_answer){.pa = va, .level = MMU_LEVEL_NONE};
}

static bool hit_permitted(const struct dut *dut, unsigned p, const struct fake_entry *e) {
    const struct fake_port *port = &dut->port[p];
    bool sum = dut->fault == FAKE_SUM_OF_FILL ? e->filled_sum : port->csr.sum;
    bool mxr = dut->fault == FAKE_MXR_OF_FILL ? e->filled_mxr : port->csr.mxr;
    if (dut->fault == FAKE_FAULT_MISSING) return true;
    if (dut->fault == FAKE_FAULT_ADDED && port->request.access == MMU_LOAD) return false;
    return fake_permitted(e->perm, port->request.access, fake_privilege(&port->csr, p), sum, mxr);
}

static bool hit_protected(const struct dut *dut, unsigned p, const struct fake_entry *e) {
    const struct fake_port *port = &dut->port[p];
    if (dut->fault == FAKE_PMP_HIT) return false;
    uint64_t pa = fake_pa(e->ppn, e->shift, port->request.va);
    return !fake_final_allowed(dut, pa, &port->request, fake_privilege(&port->csr, p));
}

// What a translation that is there gives (section 6, step 3). Returns false if it cannot serve.
static bool serve(const struct dut *dut, unsigned p, const struct fake_entry *e, unsigned source,
                  struct mmu_answer *answer) {
    const struct fake_port *port = &dut->port[p];
    uint8_t access = port->request.access;
    bool taken_over = source == MMU_SOURCE_WALK;
    bool judged = !taken_over || dut->fault != FAKE_MERGE_PERMISSION;
    bool clean = fake_is_store(access) && !(e->perm & MMU_PTE_D);
    if (judged && !hit_permitted(dut, p, e))
        *answer = fake_fault_answer(dut, fake_page_fault(access), source);
    else if (clean && !(taken_over && dut->fault == FAKE_MERGE_CLEAN))
        return false;
    else if (hit_protected(dut, p, e))
        *answer = fake_fault_answer(dut, fake_access_fault(access), source);
    else
        *answer = fake_answer(dut, port->request.va, e, source);
    return true;
}

static bool lookup_tlb(struct dut *dut, unsigned p, struct mmu_answer *answer) {
    const struct fake_port *port = &dut->port[p];
    struct fake_tlb *tlb = &dut->tlb[p];
    int k = fake_tlb_lookup(tlb, port->request.va, fake_asid(&dut->config.arch, port->csr.satp));
    if (k < 0 || !serve(dut, p, &tlb->entry[k], MMU_SOURCE_TLB, answer)) return false;
    fake_tlb_hit(tlb, (unsigned)k);
    return true;
}

// Section 4, RESOLVE: answered, or to wait for a walk of its own, or to be tried again.
void fake_resolve(struct dut *dut, unsigned p, bool fence) {
    struct fake_port *port = &dut->port[p];
    struct fake_delivery answer = {.valid = true, .request = port->request, .csr = port->csr};
    if (fence || !serve(dut, p, &port->entry, MMU_SOURCE_WALK, &answer.answer)) {
        port->miss = FAKE_MISS_WAIT;
        return;
    }
    bool record = answer.answer.fault && fake_has_record(dut, p);
    if (!fake_register_free(dut, p) || record) return;
    port->miss = FAKE_MISS_NONE;
    port->coming = answer;
    if (!answer.answer.fault && !port->entry_own && dut->fault != FAKE_MERGE_UNFILLED)
        fake_fill_port(dut, p, &port->entry);
}

static bool noncanonical(const struct dut *dut, const struct fake_mode *mode, uint64_t va) {
    unsigned bits = dut->fault == FAKE_CANONICAL_39 ? 39 : mode->va_bits;
    return dut->config.arch.xlen == 64 && !fake_canonical(bits, va);
}

void fake_lookup(struct dut *dut, unsigned p) {
    struct fake_port *port = &dut->port[p];
    struct fake_mode mode = fake_mode_of(&dut->config.arch, port->csr.satp);
    bool translated = mode.levels > 0 && fake_privilege(&port->csr, p) != MMU_PRIV_M;
    fake_count(dut, MMU_COUNT_REQUESTS + 8 * p, 1);
    struct fake_delivery answer = {.valid = true, .request = port->request, .csr = port->csr};
    if (!translated || noncanonical(dut, &mode, port->request.va)) {
        uint8_t page_fault = fake_page_fault(port->request.access);
        answer.answer =
            translated ? fake_fault_answer(dut, page_fault, MMU_SOURCE_NONE) : untranslated(dut, p);
        fake_count(dut, MMU_COUNT_UNTRANSLATED + 8 * p, 1);
    } else if (lookup_tlb(dut, p, &answer.answer)) {
        fake_count(dut, MMU_COUNT_HITS + 8 * p, 1);
    } else {
        answer.valid = false;
        port->miss = FAKE_MISS_WAIT;
        fake_count(dut, MMU_COUNT_MISSES + 8 * p, 1);
    }
    if (answer.valid) port->coming = answer;
}
