// SPDX-License-Identifier: Apache-2.0
// The legal-set oracle: its life, the requests in flight, the verdict on an answer.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "legal_internal.h"

#define DEFAULT_SLOTS 8192u
#define DEFAULT_VERSIONS 64u

static bool allocate(struct legal *legal) {
    uint32_t slots = legal->sets * LEGAL_WAYS;
    size_t asids = (size_t)1 << legal->config.arch.asid_bits;
    legal->slot = calloc(slots, sizeof *legal->slot);
    legal->version = calloc((size_t)slots * legal->versions, sizeof *legal->version);
    legal->set_lost = calloc(legal->sets, sizeof *legal->set_lost);
    legal->asid_fence = calloc(asids, sizeof *legal->asid_fence);
    legal->asid_spans_lost = calloc(asids, sizeof *legal->asid_spans_lost);
    legal->page_fence = calloc((size_t)LEGAL_FENCE_SETS * LEGAL_WAYS, sizeof *legal->page_fence);
    legal->page_fence_lost = calloc(LEGAL_FENCE_SETS, sizeof *legal->page_fence_lost);
    return legal->slot && legal->version && legal->set_lost && legal->asid_fence &&
           legal->asid_spans_lost && legal->page_fence && legal->page_fence_lost;
}

static void forget_registers(struct legal *legal) {
    legal->named = LEGAL_SPANS;
    legal->pmp_count = 1;
    legal->pmp[0] = (struct legal_pmp_version){.until = LEGAL_NEVER};
    for (unsigned i = 0; i < MMU_PMP_ENTRIES; i++) {
        legal->pmp[0].range[i] = (struct legal_range){.first = 1, .last = 0};
    }
}

struct legal *legal_create(const struct legal_config *config) {
    struct legal *legal = calloc(1, sizeof *legal);
    if (!legal) {
        return NULL;
    }
    uint32_t slots = config->pte_slots ? config->pte_slots : DEFAULT_SLOTS;
    assert(slots != 0 && (slots & (slots - 1)) == 0);  // a power of two
    assert(config->arch.pmp_entries <= MMU_PMP_ENTRIES);
    legal->config = *config;
    legal->pte_bytes = config->arch.xlen == 32 ? 4 : 8;
    legal->level_bits = config->arch.xlen == 32 ? 10 : 9;
    legal->versions = config->versions_per_pte ? config->versions_per_pte : DEFAULT_VERSIONS;
    legal->sets = slots < LEGAL_WAYS ? 1 : slots / LEGAL_WAYS;
    forget_registers(legal);
    if (!allocate(legal)) {
        legal_destroy(legal);
        return NULL;
    }
    return legal;
}

void legal_destroy(struct legal *legal) {
    if (!legal) {
        return;
    }
    free(legal->slot);
    free(legal->version);
    free(legal->set_lost);
    free(legal->asid_fence);
    free(legal->asid_spans_lost);
    free(legal->page_fence);
    free(legal->page_fence_lost);
    free(legal);
}

// Requests in flight are lost, all that was is covered, as by a fence of everything.
void legal_reset(struct legal *legal, uint64_t now) {
    uint64_t stamp = legal_stamp(legal, now);
    legal_apply_pending(legal);
    memset(legal->queue, 0, sizeof legal->queue);
    legal->all = stamp;
    legal->spans = 0;
    legal->sinvals = 0;
    legal->w_inval = 0;
    legal->errors = 0;
    legal->has_csr = false;
    memset(legal->adue_until, 0, sizeof legal->adue_until);
    memset(legal->pbmte_until, 0, sizeof legal->pbmte_until);
    legal->pmp_now = 0;
    forget_registers(legal);
}

const struct legal_stats *legal_stats(const struct legal *legal) {
    return &legal->stats;
}

static uint8_t privilege(const struct mmu_csr *csr, enum mmu_port port) {
    return port == MMU_PORT_DATA && csr->mprv ? csr->mpp : csr->priv;
}

void legal_drop(struct legal_queue *queue, unsigned index) {
    struct legal_flight *flight = &queue->flight[index];
    queue->count--;
    memmove(flight, flight + 1, (queue->count - index) * sizeof *flight);
}

// Returns the index of the request that the answer is for, count if there is none.
static unsigned find(const struct legal *legal, const struct legal_queue *queue,
                     const struct mmu_answer *answer) {
    unsigned i = 0;
    while (legal->config.tags && i < queue->count && queue->flight[i].request.tag != answer->tag)
        i++;
    return i;
}

void legal_request(struct legal *legal, uint64_t now, enum mmu_port port,
                   const struct mmu_request *request, const struct mmu_csr *csr) {
    struct legal_queue *queue = &legal->queue[port];
    if (queue->count == LEGAL_QUEUE) {  // a unit that takes requests and never answers
        legal_drop(queue, 0);
        legal->stats.forgotten++;
    }
    legal_note_registers(legal, legal_stamp(legal, now), csr);
    const struct mmu_arch *arch = &legal->config.arch;
    struct legal_flight *flight = &queue->flight[queue->count++];
    flight->request = *request;
    flight->request.va = arch->xlen == 32 ? request->va & UINT32_MAX : request->va;
    flight->csr = *csr;
    flight->accepted = now;
    flight->priv = privilege(csr, port);
    flight->mode = flight->priv == MMU_PRIV_M ? NULL : legal_mode_of(arch, csr->satp);
    flight->root = legal_root_of(arch, csr->satp);
    flight->asid = legal_asid_of(arch, csr->satp);
    flight->has_view = false;
    flight->dirtied = 0;
}

void legal_error(struct legal *legal, uint64_t now, uint64_t pa) {
    legal_stamp(legal, now);
    legal->error[legal->errors % LEGAL_ERRORS] = (struct legal_error_note){pa, now};
    legal->errors++;
    if (legal->errors == 2 * LEGAL_ERRORS) {
        legal->errors = LEGAL_ERRORS;
    }
}

static void count_stale(struct legal *legal, const struct legal_search *search,
                        const struct mmu_answer *answer) {
    if (search->stale == 0) {
        return;
    }
    legal->stats.stale_answers++;
    for (unsigned i = 0; i < search->uses; i++) {
        legal->stats.stale_by_level[search->use[i].level] += search->use_past[i];
    }
    unsigned last = search->uses - 1u;
    if (search->uses > 0 && answer->fault && search->use_past[last] &&
        !(search->use[last].value & MMU_PTE_V)) {
        legal->stats.spurious_faults++;
    }
}

static void tell_uses(const struct legal_search *search, struct legal_verdict *verdict) {
    verdict->uses = (uint8_t)search->uses;
    verdict->stale = (uint8_t)search->stale;
    memcpy(verdict->use, search->use, search->uses * sizeof search->use[0]);
}

static void judge(struct legal *legal, const struct legal_flight *flight,
                  const struct mmu_answer *answer, struct legal_verdict *verdict) {
    struct legal_view view = flight->view;
    if (!flight->has_view) {
        legal_make_view(legal, flight, &view);
    }
    struct legal_search search = {
        .legal = legal, .flight = flight, .view = &view, .answer = answer};
    legal->stats.searched++;
    if (legal_search_run(&search)) {
        verdict->judged = !search.doubtful;
        tell_uses(&search, verdict);
        count_stale(legal, &search, answer);
    } else if (search.unsure) {
        verdict->judged = false;
    } else {
        verdict->legal = false;
        legal->stats.illegal++;
        legal_explain(legal, flight, &view, answer, verdict);
    }
}

static struct legal_verdict unasked(struct legal *legal) {
    struct legal_verdict verdict = {.judged = true};
    snprintf(verdict.reason, sizeof verdict.reason, "a response without a request");
    legal->stats.judged++;
    legal->stats.illegal++;
    return verdict;
}

struct legal_verdict legal_answer(struct legal *legal, uint64_t now, enum mmu_port port,
                                  const struct mmu_answer *answer) {
    legal_stamp(legal, now);
    struct legal_queue *queue = &legal->queue[port];
    unsigned index = find(legal, queue, answer);
    if (index == queue->count) {
        return unasked(legal);
    }
    const struct legal_flight *flight = &queue->flight[index];
    struct legal_verdict verdict;
    verdict.legal = verdict.judged = true;
    verdict.stale = verdict.uses = 0;
    verdict.reason[0] = '\0';
    bool update;
    verdict.present = legal_present(legal, flight, &update);
    if (!legal_same(&verdict.present, answer) || (update && !answer->fault)) {
        judge(legal, flight, answer, &verdict);
    }
    if (verdict.judged) {
        legal->stats.judged++;
    } else {
        legal->stats.unjudged++;
    }
    if (answer->source == MMU_SOURCE_WALK) {
        legal_walk_answered(legal, queue, flight->accepted);
    }
    legal_drop(queue, index);
    return verdict;
}
