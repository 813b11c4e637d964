// SPDX-License-Identifier: Apache-2.0
// From the words of a vector file to the model's.
#include "scenario.h"

bool vectors_has_memory(const struct vectors_scenario *scenario, uint64_t pa, uint64_t bytes) {
    for (unsigned i = 0; i < scenario->regions; i++) {
        const struct vectors_region *region = &scenario->region[i];
        if (pa >= region->base && pa - region->base < region->bytes)
            return bytes <= region->bytes - (pa - region->base);
    }
    return false;
}

struct vectors_choices vectors_choices_default(void) {
    return (struct vectors_choices){.update_first = true, .gpa_in_tval2 = true};
}

struct mmu_arch vectors_arch(const struct vectors_scenario *scenario,
                             const struct vectors_choices *choices) {
    struct mmu_arch arch = mmu_arch_default();
    if (scenario->xlen == 32) {
        arch.xlen = 32;
        arch.pa_bits = 34;
        arch.asid_bits = 9;
    }
    arch.pmp_entries = 0;
    arch.svnapot = scenario->svnapot;
    arch.update_first = choices->update_first;
    arch.gpa_in_tval2 = choices->gpa_in_tval2;
    return arch;
}

struct mmu_csr vectors_csr(const struct vectors_scenario *scenario,
                           const struct vectors_query *query) {
    return (struct mmu_csr){.satp = scenario->satp,
                            .priv = query->priv,
                            .mpp = vectors_mpp(query),
                            .mprv = query->mstatus & VECTORS_STATUS_MPRV,
                            .sum = query->mstatus & VECTORS_STATUS_SUM,
                            .mxr = query->mstatus & VECTORS_STATUS_MXR,
                            .adue = scenario->adue,
                            .pbmte = scenario->pbmte};
}

struct mmu_guest_csr vectors_guest_csr(const struct vectors_scenario *scenario,
                                       const struct vectors_query *query) {
    return (struct mmu_guest_csr){.vsatp = scenario->vsatp,
                                  .hgatp = scenario->hgatp,
                                  .v = query->v,
                                  .mpv = query->mstatus & VECTORS_STATUS_MPV,
                                  .vs_sum = query->vsstatus & VECTORS_STATUS_SUM,
                                  .vs_mxr = query->vsstatus & VECTORS_STATUS_MXR,
                                  .spvp = query->hstatus & VECTORS_HSTATUS_SPVP,
                                  .vs_pbmte = scenario->vs_pbmte,
                                  .vs_adue = scenario->vs_adue};
}

struct mmu_request vectors_request(const struct vectors_query *query) {
    struct mmu_request request = {.va = query->va, .access = MMU_LOAD};
    if (query->type == 'x') request.access = MMU_FETCH;
    if (query->type == 'w' || query->type == 's') request.access = MMU_STORE;
    while (1u << request.size < query->bytes) request.size++;
    return request;
}

enum mmu_port vectors_port(const struct vectors_query *query) {
    return query->type == 'x' ? MMU_PORT_FETCH : MMU_PORT_DATA;
}
