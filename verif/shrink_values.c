// SPDX-License-Identifier: Apache-2.0
// Requests and fences: the simplest ones, and fewer bits in addresses.
#include "shrink_internal.h"

// --- requests and fences ---------------------------------------------------------------------

enum { CHANGES = 9 };

// False: it is so already.
static bool change_request(struct mmu_request *request, unsigned change) {
    const struct mmu_request old = *request;
    if (change == 0 && request->access != MMU_FETCH) request->access = MMU_LOAD;
    if (change == 1) request->size = 0;
    if (change == 2) request->va &= ~UINT64_C(0xFFF);
    if (change == 3) request->tag = 0;
    return old.access != request->access || old.size != request->size || old.va != request->va ||
           old.tag != request->tag;
}

static bool change_fence(struct mmu_fence *fence, unsigned change) {
    const struct mmu_fence old = *fence;
    if (change == 4) fence->op = MMU_SFENCE_VMA;
    if (change == 5) fence->has_va = false, fence->va = 0;
    if (change == 6) fence->has_asid = false, fence->asid = 0;
    if (change == 7) fence->va &= ~UINT64_C(0xFFF);
    if (change == 8 && !fence->has_va) fence->va = 0;
    if (change == 8 && !fence->has_asid) fence->asid = 0;
    return old.op != fence->op || old.has_va != fence->has_va || old.has_asid != fence->has_asid ||
           old.va != fence->va || old.asid != fence->asid;
}

static bool change_pmp_write(struct mmu_pmp_write *write, unsigned change) {
    const struct mmu_pmp_write old = *write;
    if (change == 8 && !write->write_cfg) write->cfg = 0;
    if (change == 8 && !write->write_addr) write->addr = 0;
    return old.cfg != write->cfg || old.addr != write->addr;
}

static bool change(struct shrink *s, unsigned number, size_t only) {
    struct scenario c;
    bool any = false;
    if (!shrink_begin(s, &c)) return false;
    for (size_t i = 0; i < c.op_count; i++) {
        struct scenario_op *op = &c.ops[i];
        if (only < c.op_count && only != i) continue;
        if (op->kind == SCENARIO_REQUEST) any |= change_request(&op->u.request, number);
        if (op->kind == SCENARIO_FENCE) any |= change_fence(&op->u.fence, number);
        if (op->kind == SCENARIO_PMP_WRITE) any |= change_pmp_write(&op->u.pmp_write, number);
    }
    if (any) return shrink_attempt(s, &c, 0);
    scenario_clear(&c);
    return false;
}

bool shrink_requests(struct shrink *s) {
    bool helped = false;
    for (unsigned number = 0; number < CHANGES && !s->over; number++) {
        helped |= change(s, number, SIZE_MAX);
        for (size_t i = 0; i < s->best.op_count && !s->over; i++) helped |= change(s, number, i);
    }
    return helped;
}

// --- addresses -------------------------------------------------------------------------------

static uint64_t *address_of(struct scenario_op *op) {
    if (op->kind == SCENARIO_REQUEST) return &op->u.request.va;
    if (op->kind == SCENARIO_FENCE && op->u.fence.has_va) return &op->u.fence.va;
    return NULL;
}

// Where the PTE stands that a bit of the page number chooses.
static uint64_t pte_bit(const struct scenario *scenario, unsigned bit) {
    bool narrow = scenario->mmu.arch.xlen == 32;
    if (bit < MMU_PAGE_BITS) return 0;
    unsigned index = (bit - MMU_PAGE_BITS) % (narrow ? 10 : 9);
    return UINT64_C(1) << (index + (narrow ? 2 : 3));
}

// Clear bits in all addresses, or in one.
static bool clear(struct shrink *s, uint64_t mask, uint64_t alias, size_t only) {
    struct scenario c;
    bool any = false;
    if (!shrink_begin(s, &c)) return false;
    for (size_t i = 0; i < c.op_count; i++) {
        uint64_t *va = address_of(&c.ops[i]);
        if (!va || (only < c.op_count && only != i) || !(*va & mask)) continue;
        *va &= ~mask;
        any = true;
    }
    if (any) return shrink_attempt(s, &c, alias);
    scenario_clear(&c);
    return false;
}

static bool clear_satp(struct shrink *s, uint64_t mask, uint64_t alias) {
    struct scenario c;
    bool any = (s->best.csr.satp & mask) != 0;
    for (size_t i = 0; i < s->best.op_count; i++)
        any |= s->best.ops[i].kind == SCENARIO_CSR && (s->best.ops[i].u.csr.satp & mask);
    if (!any || !shrink_begin(s, &c)) return false;
    c.csr.satp &= ~mask;
    for (size_t i = 0; i < c.op_count; i++)
        if (c.ops[i].kind == SCENARIO_CSR) c.ops[i].u.csr.satp &= ~mask;
    return shrink_attempt(s, &c, alias);
}

static bool spaces(struct shrink *s) {
    bool narrow = s->best.mmu.arch.xlen == 32, helped = false;
    for (unsigned b = 0; b < (narrow ? 22u : 44u) && !s->over; b++)
        helped |= clear_satp(s, UINT64_C(1) << b, UINT64_C(1) << (b + MMU_PAGE_BITS));
    for (unsigned b = narrow ? 22 : 44; b < (narrow ? 31u : 60u) && !s->over; b++)
        helped |= clear_satp(s, UINT64_C(1) << b, 0);
    return helped;
}

bool shrink_addresses(struct shrink *s) {
    bool helped = spaces(s);
    // The bits that must be equal in a canonical address go together.
    for (unsigned top = 38; top <= 56; top += 9)
        helped |= clear(s, UINT64_MAX << top, pte_bit(&s->best, top), SIZE_MAX);
    for (unsigned b = 63; b < 64 && !s->over; b--) {
        uint64_t bit = UINT64_C(1) << b, alias = pte_bit(&s->best, b);
        if (clear(s, bit, alias, SIZE_MAX)) {
            helped = true;
            continue;
        }
        for (size_t i = 0; i < s->best.op_count && !s->over; i++)
            helped |= clear(s, bit, alias, i) || (i < s->best.op_count && clear(s, bit, 0, i));
    }
    return helped;
}
