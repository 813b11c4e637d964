// SPDX-License-Identifier: Apache-2.0
// The steps of a scene, and the memory under it.
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

const struct scene_mode scene_sv32 = {1, 2, 10, 4}, scene_sv39 = {8, 3, 9, 8},
                        scene_sv48 = {9, 4, 9, 8}, scene_sv57 = {10, 5, 9, 8};

static bool inside(uint64_t pa, unsigned bytes) {
    return pa >= MEMORY_BASE && pa < MEMORY_BASE + MEMORY_BYTES && pa % bytes == 0;
}

static bool memory_read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    const struct memory *memory = user;
    if (!inside(pa, bytes)) return false;
    uint64_t word = memory->word[(pa - MEMORY_BASE) / 8];
    *value = bytes == 8 ? word : word >> (pa & 4 ? 32 : 0) & UINT32_MAX;
    return true;
}

static bool memory_write(void *user, uint64_t pa, unsigned bytes, uint64_t value) {
    struct memory *memory = user;
    if (!inside(pa, bytes)) return false;
    uint64_t *word = &memory->word[(pa - MEMORY_BASE) / 8];
    if (bytes == 8)
        *word = value;
    else if (pa & 4)
        *word = (*word & UINT32_MAX) | value << 32;
    else
        *word = (*word & ~(uint64_t)UINT32_MAX) | (value & UINT32_MAX);
    return true;
}

struct bench_memory memory_port(struct memory *memory) {
    return (struct bench_memory){.user = memory, .read = memory_read, .write = memory_write};
}

struct mmu_config scene_shape(uint32_t entries, uint32_t ways, enum mmu_policy policy) {
    struct mmu_tlb_config tlb = {.entries = entries, .ways = ways, .policy = (uint8_t)policy};
    struct mmu_config config = mmu_config_default();
    config.tlb[0] = config.tlb[1] = tlb;
    return config;
}

bool scene_counts(unsigned counter) {
    return counter <= MMU_COUNT_WIRE_WAIT_CYCLES || counter == MMU_COUNT_MERGES ||
           counter == MMU_COUNT_MERGES + 8;
}

struct scene *scene_create(void) {
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    scene->tables = 1;
    scene->mode = scene_sv39;
    scene->config = (struct bench_config){
        .mode = BENCH_LOCKSTEP,
        .oracle = BENCH_SHADOW,
        .mmu = scene_shape(16, 16, MMU_LRU),
        .ops = fake_dut_ops(),
        .memory = memory_port(&scene->memory),
        .timing = {.grant_min = 1, .grant_max = 1, .data_min = 2, .data_max = 2, .seed = 1},
        .watchdog_cycles = 1000,
        .wave_from = 1};
    scene->in.csr = (struct mmu_csr){.satp = scene_satp(1), .priv = MMU_PRIV_S, .adue = true};
    scene->in.take = DUT_TAKE_DATA | DUT_TAKE_FETCH | DUT_TAKE_FAULT;
    return scene;
}

void scene_begin(struct scene *scene, enum fake_fault fault) {
    scene->config.dut = fake_dut_create(&scene->config.mmu, fault);
    assert_non_null(scene->config.dut);
    scene->bench = bench_create(&scene->config);
    assert_non_null(scene->bench);
}

void scene_destroy(struct scene *scene) {
    bench_destroy(scene->bench);
    fake_dut_ops()->destroy(scene->config.dut);
    free(scene);
}

// --- page tables -------------------------------------------------------------------------------

uint64_t scene_satp_of(struct scene_mode mode, uint16_t asid) {
    if (mode.pte_bytes == 4) return UINT64_C(1) << 31 | (uint64_t)asid << 22 | ROOT_PPN;
    return (uint64_t)mode.satp_mode << 60 | (uint64_t)asid << 44 | ROOT_PPN;
}

uint64_t scene_satp(uint16_t asid) {
    return scene_satp_of(scene_sv39, asid);
}

void scene_set_mode(struct scene *scene, struct scene_mode mode) {
    struct mmu_arch *arch = &scene->config.mmu.arch;
    scene->mode = mode;
    scene->in.csr.satp = scene_satp_of(mode, 1);
    if (mode.pte_bytes == 8) return;
    arch->xlen = 32;
    arch->pa_bits = 34;
    arch->asid_bits = 9;
    arch->svnapot = false;
}

uint64_t leaf_pte(uint64_t ppn, uint64_t flags) {
    return ppn << 10 | flags;
}

uint64_t scene_read(const struct scene *scene, uint64_t pa) {
    return scene->memory.word[(pa - MEMORY_BASE) / 8];
}

static uint64_t pte_at(struct scene *scene, uint64_t pa) {
    uint64_t pte = 0;
    assert_true(memory_read(&scene->memory, pa, scene->mode.pte_bytes, &pte));
    return pte;
}

uint64_t scene_pte_pa(struct scene *scene, uint64_t va, unsigned level) {
    const struct scene_mode *mode = &scene->mode;
    uint64_t table = ROOT_PPN;
    for (unsigned k = mode->levels - 1;; k--) {
        uint64_t index = va >> (12 + mode->vpn_bits * k) & ((1u << mode->vpn_bits) - 1);
        uint64_t pa = (table << 12) + mode->pte_bytes * index;
        if (k == level) return pa;
        if (pte_at(scene, pa) == 0)
            memory_write(&scene->memory, pa, mode->pte_bytes,
                         leaf_pte(ROOT_PPN + scene->tables++, MMU_PTE_V));
        table = pte_at(scene, pa) >> 10;
    }
}

void scene_map(struct scene *scene, uint64_t va, unsigned level, uint64_t pte) {
    uint64_t pa = scene_pte_pa(scene, va, level);
    memory_write(&scene->memory, pa, scene->mode.pte_bytes, pte);
}

void scene_rewrite(struct scene *scene, uint64_t va, unsigned level, uint64_t pte) {
    uint64_t pa = scene_pte_pa(scene, va, level), before = pte_at(scene, pa);
    memory_write(&scene->memory, pa, scene->mode.pte_bytes, pte);
    bench_note_write(scene->bench, pa, before, pte);
}

// --- steps -------------------------------------------------------------------------------------

void scene_cycle(struct scene *scene) {
    if (scene->failed) return;
    scene->failed = !bench_cycle(scene->bench, &scene->in, &scene->out);
    if (scene->out.fence_accepted) scene->in.fence_valid = false;
    if (scene->out.pmp_write_accepted) scene->in.pmp_write_valid = false;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (scene->out.accepted[p]) scene->in.request_valid[p] = false;
        if (scene->out.accepted[p]) scene->tag[p] = (scene->tag[p] + 1) % MMU_TAGS;
        if (scene->out.answered[p]) scene->answer[p] = scene->out.answer[p];
    }
}

void scene_idle(struct scene *scene, unsigned cycles) {
    while (cycles-- > 0) scene_cycle(scene);
}

void scene_present(struct scene *scene, enum mmu_port port, uint64_t va, enum mmu_access access) {
    scene->in.request[port] =
        (struct mmu_request){.va = va, .access = (uint8_t)access, .tag = (uint8_t)scene->tag[port]};
    scene->in.request_valid[port] = true;
}

void scene_await(struct scene *scene, enum mmu_port port) {
    for (unsigned c = 0; c < 300 && !scene->failed; c++) {
        scene_cycle(scene);
        if (scene->out.answered[port]) return;
    }
}

void scene_ask(struct scene *scene, enum mmu_port port, uint64_t va, enum mmu_access access) {
    scene_present(scene, port, va, access);
    scene_await(scene, port);
}

void scene_load(struct scene *scene, uint64_t va) {
    scene_ask(scene, MMU_PORT_DATA, va, MMU_LOAD);
}

void scene_fence_op(struct scene *scene, enum mmu_fence_op op, uint64_t va, uint64_t asid) {
    scene->in.fence = (struct mmu_fence){.op = (uint8_t)op,
                                         .has_va = va != SCENE_ALL,
                                         .has_asid = asid != SCENE_ALL,
                                         .va = va,
                                         .asid = (uint16_t)asid};
    scene->in.fence_valid = true;
    for (unsigned c = 0; c < 300 && scene->in.fence_valid && !scene->failed; c++)
        scene_cycle(scene);
}

void scene_fence(struct scene *scene, uint64_t va, uint64_t asid) {
    scene_fence_op(scene, MMU_SFENCE_VMA, va, asid);
}

void scene_pmp(struct scene *scene, unsigned index, uint8_t cfg, uint64_t addr) {
    scene->in.pmp_write = (struct mmu_pmp_write){
        .index = (uint8_t)index, .write_cfg = true, .write_addr = true, .cfg = cfg, .addr = addr};
    scene->in.pmp_write_valid = true;
    for (unsigned c = 0; c < 300 && scene->in.pmp_write_valid && !scene->failed; c++)
        scene_cycle(scene);
}

void scene_pmp_open(struct scene *scene) {
    scene_pmp(scene, 7, 0x1F, UINT64_MAX >> 10);
}

void scene_kill(struct scene *scene, unsigned mask) {
    scene->in.kill = mask;
    scene_cycle(scene);
    scene->in.kill = 0;
}

void scene_counters(struct scene *scene) {
    if (!scene->failed) scene->failed = !bench_compare_counters(scene->bench);
}
