// SPDX-License-Identifier: Apache-2.0
#include "bench_latency.h"

#include "sim/memory.h"
#include "verif/bench.h"

static const uint64_t table_base = 0x80000000u;

static bool read_memory(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    return sim_memory_read(user, pa, bytes, value);
}

static bool write_memory(void *user, uint64_t pa, unsigned bytes, uint64_t value) {
    return sim_memory_write(user, pa, bytes, value);
}

// A table at each level; index 1 of each maps a page of that level's size, index 0 points on.
static void write_page_tables(struct sim_memory *memory) {
    const uint64_t leaf =
        MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_X | MMU_PTE_U | MMU_PTE_A | MMU_PTE_D;
    for (unsigned k = 0; k < 3; k++) {
        uint64_t table = table_base + k * MMU_PAGE_BYTES;
        uint64_t next = (table + MMU_PAGE_BYTES) >> MMU_PAGE_BITS;
        if (k < 2) sim_memory_write(memory, table, 8, next << MMU_PTE_PPN_SHIFT | MMU_PTE_V);
        sim_memory_write(memory, table + 8, 8, leaf);
    }
}

static uint64_t one_walk(struct bench *bench, unsigned reads) {
    struct bench_inputs inputs = {
        .csr = {.satp = (uint64_t)MMU_SATP_MODE_SV39 << 60 | table_base >> MMU_PAGE_BITS},
        .request[MMU_PORT_DATA] = {.va = UINT64_C(1) << (39 - 9 * reads), .access = MMU_LOAD},
        .request_valid[MMU_PORT_DATA] = true,
        .take = DUT_TAKE_DATA | DUT_TAKE_FETCH | DUT_TAKE_FAULT};
    struct bench_outputs outputs;
    while (bench_cycle(bench, &inputs, &outputs) && !outputs.answered[MMU_PORT_DATA])
        if (outputs.accepted[MMU_PORT_DATA]) inputs.request_valid[MMU_PORT_DATA] = false;
    const struct bench_stats *stats = bench_stats(bench);
    bool walked = outputs.answered[MMU_PORT_DATA] && !outputs.answer[MMU_PORT_DATA].fault &&
                  stats->mismatches == 0 && bench_compare_counters(bench);
    return walked ? stats->latency_max[MMU_PORT_DATA] : 0;
}

uint64_t bench_walk_latency(const struct loaded_dut *dut, unsigned reads, uint32_t grant,
                            uint32_t data) {
    struct sim_memory *memory;
    if (sim_memory_create(table_base, 1 << 20, &memory, NULL)) return 0;
    write_page_tables(memory);
    struct bench_config config = {
        .mode = BENCH_LOCKSTEP,
        .oracle = BENCH_SHADOW,
        .mmu = dut->ops->profile()->config,
        .ops = dut->ops,
        .dut = dut->dut,
        .memory = {.user = memory, .read = read_memory, .write = write_memory},
        .timing = {.grant_min = grant, .grant_max = grant, .data_min = data, .data_max = data},
        .watchdog_cycles = 100000,
        .wave_from = 1};
    struct bench *bench = bench_create(&config);
    uint64_t latency = bench ? one_walk(bench, reads) : 0;
    if (bench) bench_destroy(bench);
    sim_memory_destroy(memory);
    return latency;
}
