// SPDX-License-Identifier: Apache-2.0
// Shared parts of the model's tests.
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fixture_memory_init(struct fixture_memory *memory) {
    memset(memory, 0, sizeof *memory);
    memory->mode = mmu_mode_sv39();
    memory->pages_used = 1;
    memory->grant_cycles = 1;
    memory->data_cycles = 1;
}

void fixture_memory_again(struct fixture_memory *memory, const struct mmu_mode *mode) {
    memset(memory->word, 0, memory->pages_used * 4096);
    memory->mode = mode;
    memory->pages_used = 1;
    memory->reads = 0;
    memory->writes = 0;
    memory->conflicts = 0;
}

#define NO_MEMORY SIZE_MAX

// Returns the index of the unit of `bytes` at pa, or NO_MEMORY.
static size_t unit_at(uint64_t pa, unsigned bytes) {
    uint64_t base = (uint64_t)FIXTURE_BASE_PPN * 4096;
    if (pa < base || pa >= base + FIXTURE_PAGES * 4096 || pa % bytes != 0) return NO_MEMORY;
    return (pa - base) / bytes;
}

static uint64_t load(const struct fixture_memory *memory, size_t unit, unsigned bytes) {
    return bytes == 4 ? memory->half[unit] : memory->word[unit];
}

static void store(struct fixture_memory *memory, size_t unit, unsigned bytes, uint64_t value) {
    if (bytes == 4) {
        memory->half[unit] = (uint32_t)value;
    } else {
        memory->word[unit] = value;
    }
}

uint64_t *fixture_word(struct fixture_memory *memory, uint64_t pa) {
    size_t unit = unit_at(pa, 8);
    return unit == NO_MEMORY ? NULL : &memory->word[unit];
}

static bool read_word(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    struct fixture_memory *memory = user;
    size_t unit = unit_at(pa, bytes);
    ++memory->reads;
    memory->last_pa = pa;
    if (unit == NO_MEMORY) return false;
    *value = load(memory, unit, bytes);
    return true;
}

static bool compare_and_write(void *user, uint64_t pa, unsigned bytes, uint64_t expected,
                              uint64_t desired, uint64_t *old) {
    struct fixture_memory *memory = user;
    size_t unit = unit_at(pa, bytes);
    ++memory->writes;
    memory->last_pa = pa;
    if (unit == NO_MEMORY) return false;
    *old = load(memory, unit, bytes);
    if (memory->conflicts > 0) {
        --memory->conflicts;
        *old ^= 1u << 8;
        store(memory, unit, bytes, *old);
    }
    if (*old == expected) store(memory, unit, bytes, desired);
    return true;
}

static void latency(void *user, uint64_t ordinal, uint32_t *grant_cycles, uint32_t *data_cycles) {
    struct fixture_memory *memory = user;
    if (ordinal != memory->latencies) abort();
    ++memory->latencies;
    *grant_cycles = memory->grant_cycles;
    *data_cycles = memory->data_cycles;
    if (ordinal < 8 && memory->data_of[ordinal] != 0) *data_cycles = memory->data_of[ordinal];
    if (memory->latency_seed != 0) {
        uint64_t state = memory->latency_seed + ordinal;
        uint64_t random = fixture_random(&state);
        *grant_cycles = 1 + (uint32_t)(random % 4);
        *data_cycles = 1 + (uint32_t)(random / 4 % 4);
    }
}

struct mmu_memory fixture_memory_port(struct fixture_memory *memory) {
    return (struct mmu_memory){
        .user = memory, .read = read_word, .compare_and_write = compare_and_write};
}

struct mmu_bus fixture_bus(struct fixture_memory *memory) {
    return (struct mmu_bus){.memory = fixture_memory_port(memory), .latency = latency};
}

uint64_t fixture_pte(uint64_t ppn, uint64_t flags) {
    return (ppn << 10) | flags;
}

uint64_t fixture_slot_pa(struct fixture_memory *memory, uint64_t va, unsigned level) {
    const struct mmu_mode *mode = memory->mode;
    uint64_t table = FIXTURE_BASE_PPN;
    for (unsigned at = mode->levels - 1u;; --at) {
        uint64_t index = (va >> (12 + mode->vpn_bits * at)) & ((1u << mode->vpn_bits) - 1);
        uint64_t pa = table * 4096 + index * mode->pte_bytes;
        if (at == level) return pa;
        size_t unit = unit_at(pa, mode->pte_bytes);
        if (load(memory, unit, mode->pte_bytes) == 0) {
            if (memory->pages_used == FIXTURE_PAGES) abort();
            uint64_t pointer = fixture_pte(FIXTURE_BASE_PPN + memory->pages_used++, MMU_PTE_V);
            store(memory, unit, mode->pte_bytes, pointer);
        }
        table = (load(memory, unit, mode->pte_bytes) >> 10) & 0xFFFFFFFFFFFu;
    }
}

uint64_t *fixture_slot(struct fixture_memory *memory, uint64_t va, unsigned level) {
    if (memory->mode->pte_bytes != 8) abort();
    return fixture_word(memory, fixture_slot_pa(memory, va, level));
}

uint64_t fixture_get(struct fixture_memory *memory, uint64_t va, unsigned level) {
    unsigned bytes = memory->mode->pte_bytes;
    return load(memory, unit_at(fixture_slot_pa(memory, va, level), bytes), bytes);
}

void fixture_set(struct fixture_memory *memory, uint64_t va, unsigned level, uint64_t pte) {
    unsigned bytes = memory->mode->pte_bytes;
    store(memory, unit_at(fixture_slot_pa(memory, va, level), bytes), bytes, pte);
}

void fixture_map(struct fixture_memory *memory, uint64_t va, unsigned level, uint64_t ppn,
                 uint64_t flags) {
    fixture_set(memory, va, level, fixture_pte(ppn, flags));
}

struct mmu_arch fixture_arch(const struct mmu_mode *mode, uint8_t pmp_entries) {
    struct mmu_arch arch = mmu_arch_default();
    arch.pmp_entries = pmp_entries;
    if (mode->pte_bytes == 4) {
        arch.xlen = 32;
        arch.pa_bits = 34;
        arch.asid_bits = 9;
        arch.svnapot = false;
    }
    return arch;
}

uint64_t fixture_satp(const struct mmu_mode *mode, uint16_t asid) {
    if (mode == NULL) return FIXTURE_BASE_PPN;
    if (mode->pte_bytes == 4) return UINT64_C(1) << 31 | (uint64_t)asid << 22 | FIXTURE_BASE_PPN;
    uint64_t number = mode->levels + UINT64_C(5);  // Sv39, Sv48, Sv57: 8, 9, 10
    return number << 60 | (uint64_t)asid << 44 | FIXTURE_BASE_PPN;
}

struct mmu_pmp_write fixture_pmp_entry(uint8_t index, uint8_t cfg, uint64_t addr) {
    return (struct mmu_pmp_write){
        .index = index, .write_cfg = true, .write_addr = true, .cfg = cfg, .addr = addr};
}

struct mmu_pmp fixture_open_pmp(const struct mmu_arch *arch) {
    struct mmu_pmp pmp = mmu_pmp_reset(arch);
    struct mmu_pmp_write all = fixture_pmp_entry(0, 0x1F, UINT64_MAX);  // NAPOT, RWX
    mmu_pmp_write(&pmp, &all);
    return pmp;
}

uint64_t fixture_random(uint64_t *state) {
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t fixture_seed(void) {
    const char *text = getenv("TANDEM_SEED");
    uint64_t seed = text != NULL && *text != '\0' ? strtoull(text, NULL, 0) : 1;
    printf("TANDEM_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}
