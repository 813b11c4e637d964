// SPDX-License-Identifier: Apache-2.0
#include "walk.h"

#include <string.h>

struct vectors_hart vectors_hart_of(const struct vectors_scenario *scenario,
                                    const struct vectors_choices *choices,
                                    struct vectors_memory *memory) {
    struct vectors_hart hart = {.scenario = *scenario,
                                .choices = *choices,
                                .arch = vectors_arch(scenario, choices),
                                .memory = memory};
    hart.arch.pmp_entries = scenario->pmp_entries ? MMU_PMP_ENTRIES : 0;
    hart.pmp = mmu_pmp_reset(&hart.arch);
    for (unsigned i = 0; i < scenario->pmp_entries; i++) {
        struct mmu_pmp_write write = {.index = (uint8_t)i,
                                      .write_cfg = true,
                                      .write_addr = true,
                                      .cfg = scenario->pmp[i].cfg,
                                      .addr = scenario->pmp[i].addr};
        mmu_pmp_write(&hart.pmp, &write);
    }
    return hart;
}

static uint8_t effective_priv(const struct vectors_query *query) {
    bool supervisor = query->hstatus & VECTORS_HSTATUS_SPVP;
    if (strchr("lsh", query->type)) return supervisor ? MMU_PRIV_S : MMU_PRIV_U;
    bool mprv = query->type != 'x' && (query->mstatus & VECTORS_STATUS_MPRV);
    return mprv ? vectors_mpp(query) : query->priv;
}

// Below 2^pa_bits only PMP denies. Beyond, no memory exists, and PMP goes first.
enum vectors_where vectors_where_denied(const struct vectors_hart *hart,
                                        const struct vectors_query *query, uint64_t pa) {
    enum mmu_pmp_kind kind = query->type == 'x'                         ? MMU_PMP_EXECUTE
                             : query->type == 'w' || query->type == 's' ? MMU_PMP_WRITE
                                                                        : MMU_PMP_READ;
    if (pa >> hart->arch.pa_bits == 0) return VECTORS_IN_PROTECTION;
    bool allowed = mmu_pmp_allows(&hart->pmp, pa, query->bytes, kind, effective_priv(query));
    return allowed ? VECTORS_IN_EMPTY_SPACE : VECTORS_IN_PROTECTION;
}

void vectors_final_memory(const struct vectors_hart *hart, const struct vectors_query *query,
                          struct vectors_outcome *outcome) {
    struct mmu_request request = vectors_request(query);
    if (outcome->fault || hart->choices.no_memory_zero) return;
    if (vectors_has_memory(&hart->scenario, outcome->pa, query->bytes)) return;
    outcome->fault = true;
    outcome->cause = mmu_access_fault(request.access);
    outcome->where = VECTORS_IN_EMPTY_SPACE;
    outcome->tval = query->va;
    memset(outcome->page_bits, 0, sizeof outcome->page_bits);
    memset(outcome->pbmt, 0, sizeof outcome->pbmt);
}

static void walk_one_stage(const struct vectors_hart *hart, const struct vectors_query *query,
                           const struct mmu_memory *memory, struct mmu_walk_trace *trace,
                           struct vectors_outcome *outcome) {
    struct mmu_csr csr = vectors_csr(&hart->scenario, query);
    struct mmu_context context = mmu_context_capture(&hart->arch, &csr, vectors_port(query));
    struct mmu_request request = vectors_request(query);
    struct mmu_answer answer = mmu_walk(&hart->arch, &context, &hart->pmp, memory, &request, trace);
    outcome->fault = answer.fault;
    outcome->cause = answer.cause;
    outcome->pa = answer.pa;
    outcome->pbmt[0] = answer.pbmt;
    if (!answer.fault && answer.level != MMU_LEVEL_NONE)
        outcome->page_bits[0] = (uint8_t)mmu_page_bits(context.mode, answer.level, answer.napot);
}

static void walk_two_stages(const struct vectors_hart *hart, const struct vectors_query *query,
                            const struct mmu_memory *memory, struct mmu_walk_trace *trace,
                            struct vectors_outcome *outcome) {
    struct mmu_csr csr = vectors_csr(&hart->scenario, query);
    struct mmu_guest_csr guest = vectors_guest_csr(&hart->scenario, query);
    struct mmu_request request = vectors_request(query);
    enum mmu_guest_kind kind = query->type == 'h'                         ? MMU_GUEST_HLVX
                               : query->type == 'l' || query->type == 's' ? MMU_GUEST_HLV
                                                                          : MMU_GUEST_ORDINARY;
    struct mmu_guest_answer answer =
        mmu_walk_guest(&hart->arch, &csr, &guest, kind, &hart->pmp, memory, &request, trace);
    outcome->fault = answer.fault;
    outcome->cause = answer.cause;
    outcome->pa = answer.pa;
    memcpy(outcome->page_bits, answer.page_bits, sizeof outcome->page_bits);
    memcpy(outcome->pbmt, answer.pbmt, sizeof outcome->pbmt);
    outcome->htval = answer.htval;
    outcome->htinst = answer.htinst;
}

void vectors_walk(const struct vectors_hart *hart, const struct vectors_query *query,
                  struct mmu_walk_trace *trace, struct vectors_outcome *outcome) {
    const struct mmu_memory memory = {.user = hart->memory,
                                      .read = vectors_memory_read,
                                      .compare_and_write = vectors_memory_compare_and_write};
    *outcome = (struct vectors_outcome){0};
    if (hart->scenario.guest)
        walk_two_stages(hart, query, &memory, trace, outcome);
    else
        walk_one_stage(hart, query, &memory, trace, outcome);
    if (outcome->fault) {
        outcome->tval = query->va;
        outcome->where = VECTORS_IN_WALK;
        if (trace->final_checked && trace->final_denied) {
            outcome->where = (uint8_t)vectors_where_denied(hart, query, trace->final_pa);
            outcome->pa = trace->final_pa;
        }
    }
    vectors_final_memory(hart, query, outcome);
    vectors_memory_updates(hart->memory, outcome);
}
