// SPDX-License-Identifier: Apache-2.0
#include "units.h"

#include <assert.h>

static bool same_arch(const struct mmu_arch *a, const struct mmu_arch *b) {
    return a->xlen == b->xlen && a->pmp_entries == b->pmp_entries && a->svnapot == b->svnapot;
}

// Second-level TLB, page-walk caches, several walks, prefetch: outcomes are the same.
static void deepen(struct mmu_config *config) {
    config->l2 = (struct mmu_l2_config){.entries = 64, .ways = 4, .policy = MMU_PLRU};
    config->pwc_entries = 4;
    config->walks = 4;
    config->prefetch = true;
}

static enum sim_status make(struct vectors_units *units, struct vectors_units_entry *entry,
                            struct sim_error *error) {
    struct mmu_config config = mmu_config_default();
    enum sim_status status = SIM_OK;
    config.arch = entry->arch;
    if (units->hierarchy) deepen(&config);
    if (units->dut)
        status = dut_load(&config, units->dut_path, units->seed, true, NULL, &entry->dut, error);
    if (status == SIM_ERROR_USAGE && units->dut_path) {
        units->misfit = *error;
        return SIM_OK;
    }
    if (status) return status;
    entry->unit =
        vectors_unit_create(&config, entry->dut.ops, entry->dut.dut, units->memory, units->seed);
    if (entry->unit) return SIM_OK;
    dut_unload(&entry->dut);
    return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}

enum sim_status vectors_units_find(struct vectors_units *units, const struct vectors_hart *hart,
                                   struct vectors_unit **unit, struct sim_error *error) {
    struct mmu_arch arch = hart->arch;
    if (units->dut) arch.pmp_entries = MMU_PMP_ENTRIES;
    for (unsigned i = 0; i < units->count; i++) {
        *unit = units->entry[i].unit;
        if (same_arch(&units->entry[i].arch, &arch)) return SIM_OK;
    }
    assert(units->count < MOST_UNITS);
    struct vectors_units_entry *entry = &units->entry[units->count];
    *entry = (struct vectors_units_entry){.arch = arch};
    enum sim_status status = make(units, entry, error);
    if (status) return status;
    units->count++;
    *unit = entry->unit;
    return SIM_OK;
}

void vectors_units_destroy(struct vectors_units *units) {
    for (unsigned i = 0; i < units->count; i++) {
        vectors_unit_destroy(units->entry[i].unit);
        dut_unload(&units->entry[i].dut);
    }
    units->count = 0;
}
