// SPDX-License-Identifier: Apache-2.0
// The latency of single accesses, whatever the model says of it.
#include <stdio.h>

#include "compare.h"
#include "sim/memory.h"

static const uint64_t table_base = 0x80000000u;
static const uint32_t grants[] = {1, 3}, datas[] = {1, 8};

enum { OF_A_PORT = COMPARE_PROBES / MMU_PORTS, FIRST_LEVEL = 0, SECOND_LEVEL = OF_A_PORT - 1 };

// One access to a page under a root of so many levels.
struct access {
    enum mmu_port port;
    unsigned kind;   // FIRST_LEVEL, SECOND_LEVEL, others: a walk
    unsigned reads;  // PTEs of the walk; of hits 0: as many as there are levels
    uint32_t grant, data;
};

static struct access access_of(unsigned index) {
    struct access access = {.port = (enum mmu_port)(index / OF_A_PORT),
                            .kind = index % OF_A_PORT,
                            .grant = 1,
                            .data = 1};
    if (access.kind == FIRST_LEVEL || access.kind == SECOND_LEVEL) return access;
    unsigned k = access.kind - 1;
    access.reads = 1 + k / 4;
    access.grant = grants[k / 2 % 2];
    access.data = datas[k % 2];
    return access;
}

void compare_probe_name(unsigned index, char name[64]) {
    struct access access = access_of(index);
    const char *port = access.port == MMU_PORT_FETCH ? "fetch: " : "";
    if (access.kind == FIRST_LEVEL)
        snprintf(name, 64, "%shit after a walk", port);
    else if (access.kind == SECOND_LEVEL)
        snprintf(name, 64, "%shit in the second level", port);
    else
        snprintf(name, 64, "%swalk, n = %u, g = %u, L = %u", port, access.reads, access.grant,
                 access.data);
}

static const struct mmu_mode *mode_of(const struct mmu_config *mmu) {
    return mmu->arch.xlen == 64 ? mmu_mode_sv39() : mmu_mode_sv32();
}

static bool applies(const struct mmu_config *mmu, struct access access) {
    if (access.kind == SECOND_LEVEL) return mmu->l2.entries > 0;
    return access.reads <= mode_of(mmu)->levels;
}

static bool read_memory(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    return sim_memory_read(user, pa, bytes, value);
}

static bool write_memory(void *user, uint64_t pa, unsigned bytes, uint64_t value) {
    return sim_memory_write(user, pa, bytes, value);
}

// A table at each level; index 1 of each maps a page of that level's size, index 0 points on.
static void write_page_tables(struct sim_memory *memory, const struct mmu_mode *mode) {
    const uint64_t leaf =
        MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_X | MMU_PTE_U | MMU_PTE_A | MMU_PTE_D;
    for (unsigned k = 0; k < mode->levels; k++) {
        uint64_t table = table_base + k * MMU_PAGE_BYTES;
        uint64_t next = (table + MMU_PAGE_BYTES) >> MMU_PAGE_BITS;
        if (k + 1u < mode->levels)
            sim_memory_write(memory, table, mode->pte_bytes, next << MMU_PTE_PPN_SHIFT | MMU_PTE_V);
        sim_memory_write(memory, table + mode->pte_bytes, mode->pte_bytes, leaf);
    }
}

// Returns the cycles from acceptance to answer; 0: none, or a fault.
static uint64_t one_access(struct bench *bench, struct bench_inputs *inputs, enum mmu_port port) {
    struct bench_outputs outputs;
    uint64_t accepted = 0;
    bool ok = true;
    inputs->request_valid[port] = true;
    do {
        uint64_t cycle = bench_now(bench);
        ok = bench_cycle(bench, inputs, &outputs);
        if (outputs.answered[port]) return outputs.answer[port].fault ? 0 : cycle - accepted;
        if (outputs.accepted[port]) accepted = cycle;
        if (outputs.accepted[port]) inputs->request_valid[port] = false;
    } while (ok);
    return 0;
}

static bool open_pmp(struct bench *bench, struct bench_inputs *inputs, unsigned xlen) {
    struct bench_outputs outputs = {0};
    inputs->pmp_write =
        (struct mmu_pmp_write){.write_cfg = true,
                               .write_addr = true,
                               .cfg = 0x1F,
                               .addr = xlen == 32 ? UINT32_MAX : (UINT64_C(1) << 54) - 1};
    inputs->pmp_write_valid = true;
    while (!outputs.pmp_write_accepted)
        if (!bench_cycle(bench, inputs, &outputs)) return false;
    inputs->pmp_write_valid = false;
    return true;
}

// A page that the port has in its first level, or, by a walk of the other port, in the second one.
static uint64_t prepare_and_access(struct bench *bench, struct bench_inputs *inputs,
                                   struct access access) {
    enum mmu_port other = access.port == MMU_PORT_DATA ? MMU_PORT_FETCH : MMU_PORT_DATA;
    if (access.kind == FIRST_LEVEL && !one_access(bench, inputs, access.port)) return 0;
    if (access.kind == SECOND_LEVEL && !one_access(bench, inputs, other)) return 0;
    return one_access(bench, inputs, access.port);
}

static uint64_t probe(const struct loaded_dut *dut, struct sim_memory *memory,
                      struct access access) {
    const struct mmu_config *mmu = &dut->ops->profile()->config;
    bool wide = mmu->arch.xlen == 64;
    const struct mmu_mode *mode = mode_of(mmu);
    unsigned below = access.reads ? mode->levels - access.reads : 0;
    uint64_t va = UINT64_C(1) << (12 + mode->vpn_bits * below);
    struct bench_config config = {.mode = BENCH_DUT_ONLY,
                                  .mmu = *mmu,
                                  .ops = dut->ops,
                                  .dut = dut->dut,
                                  .memory = {memory, read_memory, write_memory},
                                  .timing = {.grant_min = access.grant,
                                             .grant_max = access.grant,
                                             .data_min = access.data,
                                             .data_max = access.data},
                                  .watchdog_cycles = 10000,
                                  .wave_from = 1};
    struct bench_inputs inputs = {
        .csr = {.satp = (uint64_t)(wide ? MMU_SATP_MODE_SV39 : MMU_SATP_MODE_SV32)
                            << (wide ? 60 : 31) |
                        table_base >> MMU_PAGE_BITS},
        .request = {{.va = va, .access = MMU_LOAD}, {.va = va, .access = MMU_FETCH}},
        .take = DUT_TAKE_DATA | DUT_TAKE_FETCH | DUT_TAKE_FAULT};
    struct bench *bench = bench_create(&config);
    if (!bench) return 0;
    write_page_tables(memory, mode);
    uint64_t cycles = 0;
    if (!mmu->arch.pmp_entries || open_pmp(bench, &inputs, mmu->arch.xlen))
        cycles = prepare_and_access(bench, &inputs, access);
    bench_destroy(bench);
    return cycles;
}

enum sim_status compare_probe(const struct mmu_config *mmu, const char *dut,
                              struct compare_probes *probes, struct sim_error *error) {
    struct loaded_dut loaded;
    struct sim_memory *memory = NULL;
    enum sim_status status = dut_load(mmu, dut, 1, false, NULL, &loaded, error);
    if (status) return status;
    status = sim_memory_create(table_base, 1 << 20, &memory, error);
    for (unsigned k = 0; k < COMPARE_PROBES && !status; k++) {
        struct access access = access_of(k);
        probes->asked[k] = applies(mmu, access);
        if (probes->asked[k]) probes->cycles[k] = probe(&loaded, memory, access);
    }
    sim_memory_destroy(memory);
    dut_unload(&loaded);
    return status;
}
