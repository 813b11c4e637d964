// SPDX-License-Identifier: Apache-2.0
// The reference's walks (section 7), with kills (section 4) and fences (section 9).
#include "reference_steps.h"

#include <assert.h>

bool ref_final_check(const struct ref *ref, const struct ref_request *request, uint64_t pa) {
    return mmu_final_allowed(&ref->config.arch, &ref->now.pmp, pa, &request->asked,
                             request->context.priv);
}

// --- requests ------------------------------------------------------------------------------------

void ref_make_request(struct ref *ref, struct ref_slot *slot) {
    const struct ref_request *request = &slot->request;
    const struct mmu_mode *mode = request->context.mode;
    if (slot->first) {
        slot->i = mode->levels - 1u;
        slot->a = request->context.root_ppn;
        slot->g = false;
        ref_pwc_look(ref, slot);
        if (ref->now.pwc_level > 0) {
            const struct ref_pwc_entry *entry = &ref->now.pwc[ref->now.pwc_level][ref->now.pwc_way];
            slot->i = ref->now.pwc_level - 1;
            slot->a = entry->ppn;
            slot->g = entry->global;
        }
        slot->first = false;
    }
    slot->pa = mmu_pte_address(mode, slot->a, request->asked.va, slot->i);
}

bool ref_pte_access_allowed(const struct ref *ref, const struct ref_slot *slot) {
    unsigned bytes = slot->request.context.mode->pte_bytes;
    enum mmu_pmp_kind kind = slot->update ? MMU_PMP_WRITE : MMU_PMP_READ;
    return slot->pa >> ref->config.arch.pa_bits == 0 &&
           mmu_pmp_allows(&ref->now.pmp, slot->pa, bytes, kind, MMU_PRIV_S);
}

// --- answers -------------------------------------------------------------------------------------

static struct mmu_tlb_entry page_of(const struct ref *ref, const struct ref_slot *slot,
                                    uint64_t pte) {
    const struct mmu_mode *mode = slot->request.context.mode;
    bool napot = mode->pte_bytes == 8 && pte >> 63;
    unsigned bits = mmu_page_bits(mode, slot->i, napot);
    uint64_t vpn = ref_vpn(ref, slot->request.asked.va);
    return (struct mmu_tlb_entry){.vpn = vpn >> (bits - 12) << (bits - 12),
                                  .ppn = mmu_pte_ppn(mode, pte),
                                  .asid = slot->request.context.asid,
                                  .level = (uint8_t)slot->i,
                                  .page_bits = (uint8_t)bits,
                                  .pbmt = mode->pte_bytes == 8 ? (uint8_t)(pte >> 61 & 3) : 0,
                                  .perm = (uint8_t)((pte & 0xFF) | (slot->g ? MMU_PTE_G : 0)),
                                  .valid = true};
}

// A prefetch needs no permission, and A.
static struct mmu_step_result step_of(const struct ref *ref, const struct ref_slot *slot) {
    struct mmu_context context = slot->request.context;
    const struct mmu_arch *arch = &ref->config.arch;
    uint8_t access = slot->request.asked.access;
    if (slot->port != REF_PREFETCH)
        return mmu_pte_step(arch, context.mode, slot->value, slot->i, access, &context);
    bool user = slot->value & MMU_PTE_U, readable = slot->value & MMU_PTE_R;
    context.priv = user ? MMU_PRIV_U : MMU_PRIV_S;
    context.adue = false;
    return mmu_pte_step(arch, context.mode, slot->value, slot->i, readable ? MMU_LOAD : MMU_FETCH,
                        &context);
}

static void decide(struct ref *ref, enum ref_verdict verdict, uint8_t cause) {
    ref->now.verdict = verdict;
    ref->now.verdict_cause = cause;
}

static void succeed(struct ref *ref, const struct ref_slot *slot, uint64_t pte) {
    ref->now.verdict_page = page_of(ref, slot, pte);
    decide(ref, REF_SUCCESS, 0);
}

void ref_judge(struct ref *ref, struct ref_slot *slot) {
    uint8_t access = slot->request.asked.access;
    if (slot->error) {
        decide(ref, REF_FAULT, mmu_access_fault(access));
        return;
    }
    if (slot->update) {
        decide(ref, REF_AGAIN, 0);
        if (slot->value == slot->pte) succeed(ref, slot, slot->desired);
        return;
    }
    struct mmu_step_result result = step_of(ref, slot);
    if (result.step == MMU_STEP_POINTER) {
        decide(ref, REF_POINTER, 0);
    } else if (result.step == MMU_STEP_LEAF) {
        succeed(ref, slot, slot->value);
    } else if (result.step == MMU_STEP_PAGE_FAULT) {
        decide(ref, REF_FAULT, mmu_page_fault(access));
    } else {
        struct mmu_tlb_entry page = page_of(ref, slot, result.pte_update);
        uint64_t pa = mmu_leaf_pa(page.ppn, slot->request.asked.va, page.page_bits);
        ref->now.verdict_desired = result.pte_update;
        decide(ref, REF_UPDATE, 0);
        if (!ref->config.arch.update_first && !ref_final_check(ref, &slot->request, pa))
            decide(ref, REF_FAULT, mmu_access_fault(access));
    }
}

static void be_ready(struct ref_slot *slot) {
    slot->state = REF_TO_MAKE;
    slot->pending = 0;
}

static void follow(struct ref *ref, struct ref_slot *slot) {
    slot->g = slot->g || (slot->value & MMU_PTE_G);
    slot->a = mmu_pte_ppn(slot->request.context.mode, slot->value);
    if (ref->config.pwc_entries > 0) ref_pwc_fill(ref, slot, slot->a, slot->g);
    --slot->i;
    be_ready(slot);
}

static void apply(struct ref *ref, struct ref_slot *slot) {
    switch (ref->old.verdict) {
        case REF_POINTER:
            follow(ref, slot);
            break;
        case REF_AGAIN:
            ++ref->now.counter[19];
            slot->update = false;
            be_ready(slot);
            break;
        case REF_UPDATE:
            slot->update = true;
            slot->pte = slot->value;
            slot->desired = ref->old.verdict_desired;
            be_ready(slot);
            break;
        default:
            slot->state = REF_FINISHED;
            slot->pending = 0;
            slot->cause = ref->old.verdict_cause;
            slot->page = ref->old.verdict_page;
    }
}

// --- one slot in one cycle ----------------------------------------------------------------------

static void count_term(struct ref *ref, struct ref_slot *slot, unsigned number) {
    switch (ref->old.slot[number].state) {
        case REF_ON_WIRES:
            ++slot->grant_term;
            break;
        case REF_OUTSTANDING:
            ++slot->memory_term;
            break;
        default:  // waits for the wires, or finished; what that becomes is known later
            ++slot->pending;
    }
}

static void end_transaction(struct ref_slot *slot) {
    struct mmu_terms *terms = &slot->request.terms;
    terms->wire += slot->wire_term;
    terms->grant += slot->grant_term;
    terms->memory += slot->memory_term;
    if (!slot->update) return;
    terms->update_wire += slot->wire_term;
    terms->update_grant += slot->grant_term;
    terms->update_memory += slot->memory_term;
}

static void restart(struct ref *ref, struct ref_slot *slot, bool nothing_was_outstanding) {
    if (nothing_was_outstanding) slot->request.terms.restart += slot->pending + slot->denied_after;
    slot->denied_after = 0;
    slot->again = slot->update = false;
    slot->first = true;
    be_ready(slot);
    ++ref->now.counter[20];
}

void ref_free_slot(struct ref *ref, unsigned number) {
    ref->now.slot[number].state = REF_IDLE;
    ref->freed[number] = true;
    ++ref->now.counter[16];
}

static void deny(struct ref_slot *slot) {
    slot->denied_after = slot->pending;
    slot->state = REF_FINISHED;
    slot->pending = 0;
    slot->cause = mmu_access_fault(slot->request.asked.access);
}

static bool is_killed_now(const struct ref *ref, const struct ref_slot *slot) {
    return slot->port == REF_PREFETCH ? ref->fence : ref->acts->kill[slot->port];
}

static void step_slot(struct ref *ref, unsigned number) {
    struct ref_slot *slot = &ref->now.slot[number];
    bool arrives = ref->old.arriving == (int)number;
    bool awaited = slot->state == REF_ON_WIRES || (slot->state == REF_OUTSTANDING && !arrives);
    count_term(ref, slot, number);
    if (slot->killed) {
        if (arrives) ref_free_slot(ref, number);
        return;
    }
    if (is_killed_now(ref, slot)) {
        ref->now.counter[24] += slot->port != REF_PREFETCH;
        slot->killed = true;
        if (!awaited) ref_free_slot(ref, number);
        return;
    }
    if (arrives) end_transaction(slot);
    if (ref->fence && awaited) {
        slot->again = true;
    } else if (ref->fence || (arrives && slot->again)) {
        restart(ref, slot, !arrives);
    } else if (arrives) {
        apply(ref, slot);
    } else if (ref->old.denied == (int)number) {
        deny(slot);
    }
}

static void grant(struct ref *ref) {
    struct ref_state *now = &ref->now;
    if (now->wire < 0 || now->slot[now->wire].grant_due != ref->old.c) return;
    struct ref_slot *slot = &now->slot[now->wire];
    const struct mmu_memory *memory = &ref->bus.memory;
    unsigned bytes = slot->request.context.mode->pte_bytes;
    slot->value = 0;
    slot->error = slot->update ? !memory->compare_and_write(memory->user, slot->pa, bytes,
                                                            slot->pte, slot->desired, &slot->value)
                               : !memory->read(memory->user, slot->pa, bytes, &slot->value);
    ++now->counter[slot->update ? 18 : 17];
    slot->answered = ref->old.c + slot->data_cycles;
    for (bool alone = false; !alone;) {
        alone = true;
        for (unsigned k = 0; k < ref->config.walks; ++k) {
            bool other = now->slot[k].state == REF_OUTSTANDING;
            if (other && now->slot[k].answered == slot->answered) alone = false;
        }
        slot->answered += !alone;
    }
    slot->state = REF_OUTSTANDING;
    now->wire = -1;
}

void ref_walks(struct ref *ref) {
    const struct ref_state *old = &ref->old;
    if (old->pwc_level > 0) {
        ++ref->now.counter[56 + old->pwc_level - 1];
        if (!is_killed_now(ref, &old->slot[old->pwc_slot]))
            ref->now.pwc[old->pwc_level][old->pwc_way].used = ++ref->now.touches;
    }
    for (unsigned k = 0; k < ref->config.walks; ++k) {
        if (old->slot[k].state != REF_IDLE) step_slot(ref, k);
    }
    grant(ref);
}

// --- candidates
// -------------------------------------------------------------------------------------

static bool same_page(const struct ref_request *a, const struct ref_request *b) {
    return a->asked.va >> 12 == b->asked.va >> 12 && a->context.mode == b->context.mode &&
           a->context.asid == b->context.asid && a->context.root_ppn == b->context.root_ppn;
}

// Returns the slot that walks the page in this cycle, -1.
static int walking(const struct ref *ref, const struct ref_request *request) {
    for (unsigned k = 0; k < ref->config.walks; ++k) {
        const struct ref_slot *slot = &ref->old.slot[k];
        if (slot->state == REF_IDLE || slot->killed || is_killed_now(ref, slot)) continue;
        if (same_page(&slot->request, request)) return (int)k;
    }
    return -1;
}

static void take(struct ref *ref, const struct ref_request *request, unsigned port) {
    for (unsigned k = 0; k < ref->config.walks; ++k) {
        if (ref->old.slot[k].state != REF_IDLE && !ref->freed[k]) continue;
        ref->now.slot[k] = (struct ref_slot){
            .state = REF_TO_MAKE, .port = port, .request = *request, .first = true};
        return;
    }
    assert(false);
}

static bool has_space(const struct ref *ref) {
    for (unsigned k = 0; k < ref->config.walks; ++k) {
        if (ref->old.slot[k].state == REF_IDLE || ref->freed[k]) return true;
    }
    return false;
}

void ref_start(struct ref *ref) {
    struct ref_state *now = &ref->now;
    bool candidate[MMU_PORTS] = {false, false};
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        struct ref_miss *miss = &now->miss[port];
        if (!ref->seeking[port]) continue;
        int walk = walking(ref, &miss->request);
        candidate[port] = walk < 0;
        if (walk < 0 || walk != ref->completed || !ref->completed_well) continue;
        miss->state = REF_RESOLVE;
        miss->page = now->slot[walk].page;
        miss->own_port = ref->old.slot[walk].port == port;
        ++now->counter[34 + 8 * port];
    }
    bool prefetch =
        now->prefetch == REF_PF_CANDIDATE && !ref->fence && ref_current(ref, &ref->old.next_page);
    if (prefetch && walking(ref, &ref->old.next_page) >= 0) {
        now->prefetch = REF_PF_EMPTY;
        prefetch = false;
    }
    if (!has_space(ref)) return;
    unsigned other = 1 - now->last_port;
    unsigned port = candidate[other] ? other : candidate[1 - other] ? 1 - other : MMU_PORTS;
    if (port < MMU_PORTS) {
        now->last_port = port;
        now->miss[port].state = REF_NONE;
        take(ref, &now->miss[port].request, port);
    } else if (prefetch) {
        now->prefetch = REF_PF_EMPTY;
        ++now->counter[51];
        take(ref, &ref->old.next_page, REF_PREFETCH);
    }
}
