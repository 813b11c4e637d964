// SPDX-License-Identifier: Apache-2.0
// The latency of single accesses, whatever the model says of it.
#include <stdio.h>

#include "compare.h"
#include "sim/memory.h"

static const uint64_t table_base = 0x80000000u;
static const uint32_t grants[] = {1, 3}, datas[] = {1, 8};

// 0 is the hit; then n, g and L.
static void probe_of(unsigned index, unsigned *reads, uint32_t *grant, uint32_t *data) {
    unsigned k = index ? index - 1 : 0;
    *reads = 1 + k / 4;
    *grant = grants[k / 2 % 2];
    *data = datas[k % 2];
}

void compare_probe_name(unsigned index, char name[64]) {
    unsigned reads;
    uint32_t grant, data;
    probe_of(index, &reads, &grant, &data);
    if (index == 0)
        snprintf(name, 64, "hit after a walk");
    else
        snprintf(name, 64, "walk, n = %u, g = %u, L = %u", reads, grant, data);
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
static uint64_t one_access(struct bench *bench, struct bench_inputs *inputs) {
    struct bench_outputs outputs;
    uint64_t accepted = 0;
    bool ok = true;
    inputs->request_valid[MMU_PORT_DATA] = true;
    do {
        uint64_t cycle = bench_now(bench);
        ok = bench_cycle(bench, inputs, &outputs);
        if (outputs.answered[MMU_PORT_DATA])
            return outputs.answer[MMU_PORT_DATA].fault ? 0 : cycle - accepted;
        if (outputs.accepted[MMU_PORT_DATA]) accepted = cycle;
        if (outputs.accepted[MMU_PORT_DATA]) inputs->request_valid[MMU_PORT_DATA] = false;
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

static uint64_t probe(const struct loaded_dut *dut, struct sim_memory *memory, unsigned index) {
    const struct mmu_config *mmu = &dut->ops->profile()->config;
    bool wide = mmu->arch.xlen == 64;
    const struct mmu_mode *mode = wide ? mmu_mode_sv39() : mmu_mode_sv32();
    unsigned reads;
    uint32_t grant, data;
    probe_of(index, &reads, &grant, &data);
    if (reads > mode->levels) return 0;
    struct bench_config config = {
        .mode = BENCH_DUT_ONLY,
        .mmu = *mmu,
        .ops = dut->ops,
        .dut = dut->dut,
        .memory = {.user = memory, .read = read_memory, .write = write_memory},
        .timing = {.grant_min = grant, .grant_max = grant, .data_min = data, .data_max = data},
        .watchdog_cycles = 10000,
        .wave_from = 1};
    struct bench_inputs inputs = {
        .csr = {.satp = (uint64_t)(wide ? MMU_SATP_MODE_SV39 : MMU_SATP_MODE_SV32)
                            << (wide ? 60 : 31) |
                        table_base >> MMU_PAGE_BITS},
        .request[MMU_PORT_DATA] = {.va = UINT64_C(1)
                                         << (12 + mode->vpn_bits * (mode->levels - reads)),
                                   .access = MMU_LOAD},
        .take = DUT_TAKE_DATA | DUT_TAKE_FETCH | DUT_TAKE_FAULT};
    struct bench *bench = bench_create(&config);
    if (!bench) return 0;
    write_page_tables(memory, mode);
    uint64_t cycles = 0;
    if (!mmu->arch.pmp_entries || open_pmp(bench, &inputs, mmu->arch.xlen))
        cycles = one_access(bench, &inputs);
    if (cycles && index == 0) cycles = one_access(bench, &inputs);
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
    for (unsigned k = 0; k < COMPARE_PROBES && !status; k++)
        probes->cycles[k] = probe(&loaded, memory, k);
    sim_memory_destroy(memory);
    dut_unload(&loaded);
    return status;
}
