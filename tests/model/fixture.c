// SPDX-License-Identifier: Apache-2.0
// Shared parts of the model's tests.
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fixture_memory_init(struct fixture_memory *memory) {
    memset(memory, 0, sizeof *memory);
    memory->pages_used = 1;
    memory->grant_cycles = 1;
    memory->data_cycles = 1;
}

uint64_t *fixture_word(struct fixture_memory *memory, uint64_t pa) {
    uint64_t base = (uint64_t)FIXTURE_BASE_PPN * 4096;
    if (pa < base || pa >= base + FIXTURE_PAGES * 4096 || pa % 8 != 0) return NULL;
    return &memory->word[(pa - base) / 8];
}

static bool read_word(void *user, uint64_t pa, uint64_t *value) {
    struct fixture_memory *memory = user;
    const uint64_t *word = fixture_word(memory, pa);
    ++memory->reads;
    memory->last_pa = pa;
    if (word == NULL) return false;
    *value = *word;
    return true;
}

static bool compare_and_write(void *user, uint64_t pa, uint64_t expected, uint64_t desired,
                              uint64_t *old) {
    struct fixture_memory *memory = user;
    uint64_t *word = fixture_word(memory, pa);
    ++memory->writes;
    memory->last_pa = pa;
    if (word == NULL) return false;
    if (memory->conflicts > 0) {
        --memory->conflicts;
        *word ^= 1u << 8;
    }
    *old = *word;
    if (*word == expected) *word = desired;
    return true;
}

static void latency(void *user, uint64_t ordinal, uint32_t *grant_cycles, uint32_t *data_cycles) {
    struct fixture_memory *memory = user;
    if (ordinal != memory->latencies) abort();
    ++memory->latencies;
    *grant_cycles = memory->grant_cycles;
    *data_cycles = memory->data_cycles;
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

uint64_t *fixture_slot(struct fixture_memory *memory, uint64_t va, unsigned level) {
    uint64_t table = FIXTURE_BASE_PPN;
    for (unsigned at = 2;; --at) {
        uint64_t *slot = fixture_word(memory, table * 4096 + ((va >> (12 + 9 * at)) & 511) * 8);
        if (at == level) return slot;
        if (*slot == 0) {
            if (memory->pages_used == FIXTURE_PAGES) abort();
            *slot = fixture_pte(FIXTURE_BASE_PPN + memory->pages_used++, MMU_PTE_V);
        }
        table = (*slot >> 10) & 0xFFFFFFFFFFFu;
    }
}

void fixture_map(struct fixture_memory *memory, uint64_t va, unsigned level, uint64_t ppn,
                 uint64_t flags) {
    *fixture_slot(memory, va, level) = fixture_pte(ppn, flags);
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
