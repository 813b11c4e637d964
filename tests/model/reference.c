// SPDX-License-Identifier: Apache-2.0
// The reference: what each cycle begins with, and what its end brings.
#include "reference.h"

#include <assert.h>
#include <string.h>

#include "reference_steps.h"

void ref_init(struct ref *ref, const struct mmu_config *config, const struct mmu_bus *bus) {
    memset(ref, 0, sizeof *ref);
    assert(config->l2.entries <= REF_L2_ENTRIES);
    ref->config = *config;
    ref->bus = *bus;
    for (unsigned port = 0; port < MMU_PORTS; ++port)
        ref->tlb[port] = mmu_tlb_create(&config->tlb[port], &config->arch);
    struct ref_state *now = &ref->now;
    now->wire = now->denied = now->arriving = -1;
    now->last_wire = now->last_completed = config->walks - 1;
    now->last_port = MMU_PORT_FETCH;
    now->random = 0xACE1;
    for (unsigned k = 0; k < REF_L2_ENTRIES; ++k) now->l2[k].written = MMU_NEVER;
    now->pmp = mmu_pmp_reset(&config->arch);
}

void ref_free(struct ref *ref) {
    for (unsigned port = 0; port < MMU_PORTS; ++port) mmu_tlb_destroy(ref->tlb[port]);
}

// --- what the cycle shows -----------------------------------------------------------------------

static bool ends_in_this_cycle(const struct ref_state *s, unsigned slot) {
    if (s->slot[slot].killed) return false;
    if (s->denied == (int)slot || s->slot[slot].state == REF_FINISHED) return true;
    return s->arriving == (int)slot && !s->slot[slot].again &&
           (s->verdict == REF_SUCCESS || s->verdict == REF_FAULT);
}

bool ref_ready(const struct ref *ref, unsigned port, bool response_ready) {
    const struct ref_state *s = &ref->now;
    bool finished = false;
    for (unsigned k = 0; k < ref->config.walks; ++k) {
        if (s->slot[k].state != REF_IDLE && s->slot[k].port == port)
            finished = finished || ends_in_this_cycle(s, k);
    }
    return s->miss[port].state == REF_NONE && !s->fault_valid[port] &&
           (!s->response_valid[port] || response_ready) && !finished;
}

unsigned ref_fault_shown(const struct ref *ref) {
    const struct ref_state *s = &ref->now;
    if (s->fault_valid[0] && s->fault_valid[1]) return s->fault_since[1] < s->fault_since[0];
    return s->fault_valid[0] ? 0 : s->fault_valid[1] ? 1 : MMU_PORTS;
}

// --- how a cycle begins
// ---------------------------------------------------------------------------

static void begin_wires(struct ref *ref) {
    struct ref_state *s = &ref->now;
    s->denied = -1;
    s->pwc_level = 0;
    if (s->wire >= 0) return;
    for (unsigned k = 1; k <= ref->config.walks; ++k) {
        unsigned number = (s->last_wire + k) % ref->config.walks;
        struct ref_slot *slot = &s->slot[number];
        if (slot->state != REF_TO_MAKE) continue;
        s->last_wire = number;
        ref_make_request(ref, slot);
        if (!ref_pte_access_allowed(ref, slot)) {
            s->denied = (int)number;
            return;
        }
        uint32_t g = 0, l = 0;
        ref->bus.latency(ref->bus.memory.user, ref->ordinal++, &g, &l);
        slot->state = REF_ON_WIRES;
        slot->grant_due = s->c + g - 1;
        slot->data_cycles = l;
        slot->wire_term = slot->pending;
        slot->pending = slot->grant_term = slot->memory_term = 0;
        s->wire = (int)number;
        return;
    }
}

static void begin_cycle(struct ref *ref) {
    struct ref_state *s = &ref->now;
    begin_wires(ref);
    s->arriving = -1;
    s->verdict = REF_NOTHING;
    for (unsigned k = 0; k < ref->config.walks; ++k) {
        if (s->slot[k].state != REF_OUTSTANDING || s->slot[k].answered != s->c) continue;
        s->arriving = (int)k;
        ref_judge(ref, &s->slot[k]);
    }
}

// --- answers
// ----------------------------------------------------------------------------------------

static void answer(struct ref *ref, unsigned port, const struct ref_request *request,
                   struct mmu_answer given) {
    struct ref_state *now = &ref->now;
    assert(!now->response_valid[port]);
    given.tag = request->asked.tag;
    now->response[port] = given;
    now->response_valid[port] = true;
    ref->terms[port] = request->terms;
    if (!given.fault) return;
    now->fault_valid[port] = true;
    now->fault_since[port] = ref->old.c + 1;
    now->fault[port] =
        (struct mmu_fault){request->asked.va,     request->context.asid, (uint8_t)port,
                           request->asked.access, given.cause,           request->asked.tag};
    ++now->counter[8 * port + 3];
}

static void fill_first(struct ref *ref, unsigned port, const struct mmu_tlb_entry *page) {
    ref->now.fill[port] = mmu_tlb_fill(ref->tlb[port], page);
    ref->now.filled[port] = true;
    ++ref->now.counter[8 * port + 4];
    ref->now.counter[8 * port + 5] += ref->now.fill[port].evict;
}

static struct mmu_answer fault_of(uint8_t cause, uint8_t source) {
    return (struct mmu_answer){.fault = true, .cause = cause, .source = source};
}

static struct mmu_answer answer_of(const struct mmu_tlb_entry *page, uint64_t va, uint8_t source) {
    return (struct mmu_answer){.pa = mmu_leaf_pa(page->ppn, va, page->page_bits),
                               .level = page->level,
                               .napot = page->page_bits == 16,
                               .pbmt = page->pbmt,
                               .source = source,
                               .perm = page->perm};
}

// Section 6, step 3. Returns false in case b.
static bool step_3(const struct ref *ref, const struct ref_request *request,
                   const struct mmu_tlb_entry *page, uint8_t source, struct mmu_answer *given) {
    uint8_t access = request->asked.access;
    bool store = access == MMU_STORE || access == MMU_AMO;
    *given = fault_of(mmu_page_fault(access), source);
    if (!mmu_permitted(page->perm, access, &request->context)) return true;
    if (store && !(page->perm & MMU_PTE_D)) return false;
    *given = answer_of(page, request->asked.va, source);
    if (!ref_final_check(ref, request, given->pa))
        *given = fault_of(mmu_access_fault(access), source);
    return true;
}

// --- the end of a cycle: requests accepted in it -----------------------------------------------

// Returns whether the request is a miss.
static bool first_level(struct ref *ref, unsigned port, struct ref_request *request) {
    uint64_t *counter = &ref->now.counter[8 * port];
    const struct mmu_mode *mode = request->context.mode;
    uint8_t access = request->asked.access;
    uint64_t va = request->asked.va;
    struct mmu_answer given;
    ++counter[0];
    request->terms = (struct mmu_terms){.lookup = 1};
    if (mode == NULL || !mmu_is_canonical(mode, va)) {
        ++counter[6];
        given = (struct mmu_answer){.pa = va, .level = MMU_LEVEL_NONE};
        if (mode != NULL) {
            given = fault_of(mmu_page_fault(access), 0);
        } else if (!ref_final_check(ref, request, va)) {
            given = fault_of(mmu_access_fault(access), 0);
        }
        answer(ref, port, request, given);
        return false;
    }
    const struct mmu_tlb_entry *page = mmu_tlb_lookup(ref->tlb[port], va, request->context.asid);
    if (page != NULL && step_3(ref, request, page, MMU_SOURCE_TLB, &given)) {
        ++counter[1];
        mmu_tlb_touch(ref->tlb[port], page);
        answer(ref, port, request, given);
        return false;
    }
    ++counter[2];
    return true;
}

static void accept(struct ref *ref) {
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (!ref->acts->accept[port]) continue;
        const struct mmu_csr *csr = &ref->acts->csr;
        struct ref_request request = {.asked = ref->acts->request[port], .accepted = ref->old.c};
        request.context = mmu_context_capture(&ref->config.arch, csr, (enum mmu_port)port);
        if (ref->config.arch.xlen == 32) request.asked.va &= UINT32_MAX;
        if (!first_level(ref, port, &request)) continue;
        struct ref_miss *miss = &ref->now.miss[port];
        miss->request = request;
        if (ref->config.l2.entries == 0) {
            miss->state = REF_WAIT;
            ref->seeking[port] = true;
            continue;
        }
        miss->state = REF_LOOKUP;
        miss->read = ref->old.c + ref->read;
        ref->read = true;
    }
}

// --- second-level lookups and RESOLVE
// -------------------------------------------------------------

static void parity(struct ref *ref, const struct ref_l2_found *found) {
    unsigned dropped = 0;
    for (unsigned k = 0; k < ref->config.l2.entries; ++k) {
        if (found->bad[k]) ref->now.l2[k].valid = false;
        dropped += found->bad[k];
    }
    ref->now.counter[50] += dropped > 0;
}

static bool l2_answers(struct ref *ref, unsigned port) {
    struct ref_miss *miss = &ref->now.miss[port];
    struct ref_l2_found found = ref_l2_look(ref, &miss->request, miss->read);
    struct mmu_answer given;
    parity(ref, &found);
    if (found.best < 0) return false;
    const struct mmu_tlb_entry *page = &ref->old.l2[found.best].page;
    if (!step_3(ref, &miss->request, page, MMU_SOURCE_L2, &given)) {
        for (unsigned k = 0; k < ref->config.l2.entries; ++k) {
            if (found.match[k]) ref->now.l2[k].valid = false;
        }
        return false;
    }
    ref_l2_touch(ref, (unsigned)found.best, false);
    if (!given.fault) fill_first(ref, port, page);
    answer(ref, port, &miss->request, given);
    miss->state = REF_NONE;
    return true;
}

static void look_up_second(struct ref *ref) {
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        const struct ref_miss *old = &ref->old.miss[port];
        if (old->state != REF_LOOKUP) continue;
        ref->now.miss[port].request.terms.l2 += 1;
        if (old->read == ref->old.c) ref->read = true;
        if (old->read + 1 != ref->old.c || ref->acts->kill[port]) continue;
        bool answered = !ref->fence && l2_answers(ref, port);
        ++ref->now.counter[(answered ? 32 : 33) + 8 * port];
        if (answered) continue;
        ref->now.miss[port].state = REF_WAIT;
        ref->seeking[port] = true;
    }
    if (ref->old.prefetch != REF_PF_COMPARE || ref->fence) return;
    struct ref_l2_found found = ref_l2_look(ref, &ref->old.next_page, ref->old.c - 1);
    parity(ref, &found);
    ref->now.prefetch = found.best < 0 ? REF_PF_CANDIDATE : REF_PF_EMPTY;
}

static void resolve(struct ref *ref, unsigned port) {
    const struct ref_miss *old = &ref->old.miss[port];
    struct ref_miss *miss = &ref->now.miss[port];
    struct mmu_answer given;
    if (old->state != REF_RESOLVE) return;
    miss->request.terms.resolve += 1;
    if (ref->acts->kill[port]) return;
    if (ref->fence || !step_3(ref, &miss->request, &old->page, MMU_SOURCE_WALK, &given)) {
        miss->state = REF_WAIT;
        return;
    }
    if (ref->old.response_valid[port] && !ref->acts->take_response[port]) return;
    if (given.fault && ref->old.fault_valid[port]) return;
    if (!given.fault && !old->own_port) fill_first(ref, port, &old->page);
    answer(ref, port, &miss->request, given);
    miss->state = REF_NONE;
}

// --- completion
// ---------------------------------------------------------------------------------------

static bool completes(struct ref *ref, unsigned number, uint8_t *cause) {
    const struct ref_slot *slot = &ref->now.slot[number];
    const struct ref_state *old = &ref->old;
    unsigned port = slot->port;
    *cause = slot->cause;
    if (slot->state != REF_FINISHED || ref->fence) return false;
    if (port == REF_PREFETCH) return true;
    uint64_t pa = mmu_leaf_pa(slot->page.ppn, slot->request.asked.va, slot->page.page_bits);
    if (*cause == 0 && !ref_final_check(ref, &slot->request, pa))
        *cause = mmu_access_fault(slot->request.asked.access);
    if (old->miss[port].state == REF_LOOKUP || old->miss[port].state == REF_RESOLVE) return false;
    if (old->response_valid[port] && !ref->acts->take_response[port]) return false;
    return *cause == 0 || !old->fault_valid[port];
}

bool ref_current(const struct ref *ref, const struct ref_request *request) {
    const struct mmu_arch *arch = &ref->config.arch;
    const struct mmu_csr *csr = &ref->acts->csr;
    const struct mmu_context *context = &request->context;
    bool active = csr->priv != MMU_PRIV_M || (csr->mprv && csr->mpp != MMU_PRIV_M);
    return active && context->mode == mmu_mode_of(arch, mmu_satp_mode(arch, csr->satp)) &&
           context->asid == mmu_satp_asid(arch, csr->satp) &&
           context->root_ppn == mmu_satp_ppn(arch, csr->satp);
}

static void enter_prefetch(struct ref *ref, const struct ref_slot *slot) {
    unsigned b = slot->request.context.mode->vpn_bits;
    uint64_t vpn = slot->request.asked.va >> 12, low = (UINT64_C(1) << b) - 1;
    if (!ref->config.prefetch || slot->page.level != 0 || slot->page.page_bits == 16) return;
    if ((vpn & low) == low || ref->old.prefetch != REF_PF_EMPTY) return;
    if (!ref_current(ref, &slot->request)) return;
    ref->now.prefetch = REF_PF_HELD;
    ref->now.next_page.asked = (struct mmu_request){.va = (vpn + 1) << 12, .access = MMU_LOAD};
    ref->now.next_page.context = slot->request.context;
}

static void complete(struct ref *ref, unsigned number, uint8_t cause) {
    struct ref_slot *slot = &ref->now.slot[number];
    bool prefetch = slot->port == REF_PREFETCH;
    ref->completed = (int)number;
    ref->completed_well = cause == 0;
    ref->now.last_completed = number;
    if (cause == 0 && ref->config.l2.entries > 0)
        ref_l2_fill(ref, slot->request.asked.va, &slot->page);
    if (cause == 0 && !prefetch) {
        fill_first(ref, slot->port, &slot->page);
        enter_prefetch(ref, slot);
    }
    ref->now.counter[52] += cause == 0 && prefetch;
    if (!prefetch) {
        struct ref_request *request = &slot->request;
        request->terms.completion += slot->pending;
        if (slot->denied_after > 0) {
            request->terms.wire += slot->denied_after - 1;
            if (slot->update) request->terms.update_wire += slot->denied_after - 1;
            request->terms.denied = 1;
        }
        answer(ref, slot->port, request,
               cause ? fault_of(cause, MMU_SOURCE_WALK)
                     : answer_of(&slot->page, request->asked.va, MMU_SOURCE_WALK));
    }
    ref_free_slot(ref, number);
}

static void complete_one(struct ref *ref) {
    for (unsigned k = 1; k <= ref->config.walks; ++k) {
        unsigned number = (ref->old.last_completed + k) % ref->config.walks;
        uint8_t cause;
        if (!completes(ref, number, &cause)) continue;
        complete(ref, number, cause);
        break;
    }
    for (unsigned k = 0; k < ref->config.walks; ++k)
        ref->now.counter[26] += ref->now.slot[k].state == REF_FINISHED;
}

// --- the whole
// -------------------------------------------------------------------------------------------

static void count_cycles(struct ref *ref) {
    struct ref_state *now = &ref->now;
    const struct ref_state *old = &ref->old;
    unsigned busy = 0;
    for (unsigned k = 0; k < ref->config.walks; ++k) {
        busy += old->slot[k].state != REF_IDLE;
        now->counter[27] += old->slot[k].state == REF_TO_MAKE && old->denied != (int)k;
    }
    now->counter[22] += busy > 0;
    now->counter[25] += busy;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        bool waits = old->miss[port].state == REF_WAIT;
        now->counter[8 * port + 7] += waits;
        now->miss[port].request.terms.wait += waits;
    }
    ++now->counter[23];
}

static void kill_misses(struct ref *ref) {
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (!ref->acts->kill[port] || ref->old.miss[port].state == REF_NONE) continue;
        ref->now.miss[port].state = REF_NONE;
        ++ref->now.counter[24];
    }
}

static void transfer(struct ref *ref) {
    if (ref->acts->take_fault) ref->now.fault_valid[ref_fault_shown(ref)] = false;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (ref->acts->take_response[port]) ref->now.response_valid[port] = false;
    }
}

static void fence(struct ref *ref) {
    const struct mmu_fence *fence = &ref->acts->fence;
    ref->now.counter[21] += ref->acts->fence_valid;
    if (!ref->fence) return;
    for (unsigned port = 0; port < MMU_PORTS; ++port) mmu_tlb_fence(ref->tlb[port], fence);
    if (ref->config.l2.entries > 0) ref_l2_fence(ref, fence);
    ref_pwc_fence(ref, fence);
    ref->now.prefetch = REF_PF_EMPTY;
}

static void clear(struct ref *ref, const struct ref_acts *acts) {
    ref->acts = acts;
    ref->old = ref->now;
    ref->fence = acts->fence_valid && acts->fence.op <= MMU_SINVAL_VMA;
    ref->completed = -1;
    ref->completed_well = ref->read = false;
    memset(ref->freed, 0, sizeof ref->freed);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        bool waits = ref->now.miss[port].state == REF_WAIT;
        ref->seeking[port] = waits && !acts->kill[port];
        ref->now.filled[port] = false;
    }
    ref->now.l2_filled = false;
}

void ref_cycle(struct ref *ref, const struct ref_acts *acts) {
    clear(ref, acts);
    count_cycles(ref);
    transfer(ref);
    kill_misses(ref);
    ref_walks(ref);
    // The touch of a match comes before the write and its touch.
    look_up_second(ref);
    accept(ref);
    complete_one(ref);
    for (unsigned port = 0; port < MMU_PORTS; ++port) resolve(ref, port);
    ref_start(ref);
    if (ref->old.prefetch == REF_PF_HELD && !ref->read) ref->now.prefetch = REF_PF_COMPARE;
    bool kept = ref->old.prefetch != REF_PF_EMPTY;
    if (kept && !ref_current(ref, &ref->old.next_page)) ref->now.prefetch = REF_PF_EMPTY;
    fence(ref);
    if (acts->pmp_valid) mmu_pmp_write(&ref->now.pmp, &acts->pmp);
    ++ref->now.c;
    begin_cycle(ref);
}
