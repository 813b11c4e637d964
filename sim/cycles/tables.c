// SPDX-License-Identifier: Apache-2.0
// Page tables that map each page to a frame of its own, A and D set.
#include <inttypes.h>

#include "internal.h"

// Tables lie here; data pages behind, where nothing ever reads memory.
#define TABLES_BASE UINT64_C(0x80000000)
#define TABLES_BYTES (UINT64_C(1) << 30)

enum sim_status cycles_tables_create(const struct cycles_config *config,
                                     struct cycles_tables *tables, struct sim_error *error) {
    const struct mmu_arch *arch = &config->mmu.arch;
    *tables = (struct cycles_tables){.mode = mmu_mode_of(arch, config->satp_mode),
                                     .page_bits = config->page_bits,
                                     .root_ppn = TABLES_BASE >> MMU_PAGE_BITS,
                                     .tables = 1};
    tables->pte_bytes = tables->mode->pte_bytes;
    uint64_t first = (TABLES_BASE + TABLES_BYTES) >> config->page_bits;
    tables->frames = first + 1;
    tables->frame_limit = (UINT64_C(1) << arch->pa_bits) >> config->page_bits;
    return sim_memory_create(TABLES_BASE, TABLES_BYTES, &tables->memory, error);
}

void cycles_tables_destroy(struct cycles_tables *tables) {
    if (tables->memory) sim_memory_destroy(tables->memory);
}

static enum sim_status write_pte(struct cycles_tables *tables, uint64_t pa, uint64_t value,
                                 struct sim_error *error) {
    if (sim_memory_write(tables->memory, pa, tables->pte_bytes, value)) return SIM_OK;
    return sim_fail(error, SIM_ERROR_MEMORY, "out of memory for page tables");
}

static uint64_t leaf_of(const struct cycles_tables *tables) {
    uint64_t ppn = tables->frames << (tables->page_bits - MMU_PAGE_BITS);
    uint64_t pte = MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_X | MMU_PTE_A | MMU_PTE_D;
    if (tables->page_bits == MMU_PAGE_BITS + MMU_NAPOT_SHIFT) {
        ppn |= 8;  // the encoding of 64 KiB
        pte |= MMU_PTE_N;
    }
    return pte | ppn << MMU_PTE_PPN_SHIFT;
}

// A NAPOT page has its PTE sixteen times.
static enum sim_status write_leaf(struct cycles_tables *tables, uint64_t pa,
                                  struct sim_error *error) {
    bool napot = tables->page_bits == MMU_PAGE_BITS + MMU_NAPOT_SHIFT;
    unsigned copies = napot ? 1u << MMU_NAPOT_SHIFT : 1u;
    uint64_t pte = leaf_of(tables);
    enum sim_status status = SIM_OK;
    if (napot) pa &= ~(((uint64_t)copies * tables->pte_bytes) - 1);
    if (tables->frames >= tables->frame_limit)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "the program touches more pages than there are physical addresses");
    for (unsigned k = 0; k < copies && !status; k++)
        status = write_pte(tables, pa + (uint64_t)k * tables->pte_bytes, pte, error);
    if (!status) tables->frames++;
    return status;
}

static enum sim_status new_table(struct cycles_tables *tables, uint64_t pa, uint64_t *pte,
                                 struct sim_error *error) {
    if (tables->tables == TABLES_BYTES / MMU_PAGE_BYTES)
        return sim_fail(error, SIM_ERROR_USAGE, "the program's page tables exceed 1 GiB");
    *pte = (tables->root_ppn + tables->tables) << MMU_PTE_PPN_SHIFT | MMU_PTE_V;
    tables->tables++;
    return write_pte(tables, pa, *pte, error);
}

enum sim_status cycles_tables_map(struct cycles_tables *tables, uint64_t va,
                                  struct sim_error *error) {
    const struct mmu_mode *mode = tables->mode;
    unsigned leaf_level = (tables->page_bits - MMU_PAGE_BITS) / mode->vpn_bits;
    uint64_t ppn = tables->root_ppn;
    for (unsigned level = mode->levels - 1u;; level--) {
        uint64_t pa = mmu_pte_address(mode, ppn, va, level), pte = 0;
        if (!sim_memory_read(tables->memory, pa, tables->pte_bytes, &pte))
            return sim_fail(error, SIM_ERROR_MEMORY, "out of memory for page tables");
        if (level == leaf_level) return pte ? SIM_OK : write_leaf(tables, pa, error);
        enum sim_status status = pte ? SIM_OK : new_table(tables, pa, &pte, error);
        if (status) return status;
        ppn = mmu_pte_ppn(mode, pte);
    }
}
