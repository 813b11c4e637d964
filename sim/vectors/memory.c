// SPDX-License-Identifier: Apache-2.0
// Words in a hash table with linear probing. A word of an older generation is free, so that a new
// scenario begins without clearing.
#include "memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 4096, MOST_TOUCHES = 256, TOUCH_BYTES = 8 };

struct word {
    uint64_t pa, value;
    uint64_t generation;
};

struct vectors_memory {
    struct vectors_scenario scenario;
    bool no_memory_zero;
    struct word *words;
    size_t capacity, used;
    uint64_t generation;
    unsigned changes;
    struct vectors_change change[VECTORS_UPDATES];
    bool more_changes;  // than fit: these were not made
    // Where queries read or wrote since, each once, in order; what does not fit is left out.
    unsigned touches;
    uint64_t touch[MOST_TOUCHES];
};

struct vectors_memory *vectors_memory_create(void) {
    struct vectors_memory *memory = calloc(1, sizeof *memory);
    if (!memory) return NULL;
    memory->capacity = FIRST_CAPACITY;
    memory->words = calloc(memory->capacity, sizeof *memory->words);
    if (memory->words) return memory;
    free(memory);
    return NULL;
}

void vectors_memory_destroy(struct vectors_memory *memory) {
    if (!memory) return;
    free(memory->words);
    free(memory);
}

void vectors_memory_begin(struct vectors_memory *memory, const struct vectors_scenario *scenario,
                          bool no_memory_zero) {
    memory->scenario = *scenario;
    memory->no_memory_zero = no_memory_zero;
    memory->generation++;
    memory->used = 0;
    vectors_memory_keep(memory);
}

// The word's place, or the free one that it would take.
static struct word *find(const struct vectors_memory *memory, uint64_t pa) {
    size_t mask = memory->capacity - 1;
    size_t i = (size_t)((pa >> 2) * UINT64_C(0x9E3779B97F4A7C15) >> 32) & mask;
    while (memory->words[i].generation == memory->generation && memory->words[i].pa != pa)
        i = (i + 1) & mask;
    return &memory->words[i];
}

static bool grow(struct vectors_memory *memory) {
    struct word *old = memory->words;
    size_t count = memory->capacity;
    struct word *words = calloc(2 * count, sizeof *words);
    if (!words) return false;
    memory->words = words;
    memory->capacity = 2 * count;
    for (size_t i = 0; i < count; i++)
        if (old[i].generation == memory->generation) *find(memory, old[i].pa) = old[i];
    free(old);
    return true;
}

static bool set(struct vectors_memory *memory, uint64_t pa, uint64_t value) {
    struct word *word = find(memory, pa);
    if (word->generation != memory->generation) {
        if (2 * memory->used >= memory->capacity) {
            if (!grow(memory)) return false;
            word = find(memory, pa);
        }
        memory->used++;
    }
    *word = (struct word){pa, value, memory->generation};
    return true;
}

enum sim_status vectors_memory_fill(struct vectors_memory *memory,
                                    const struct vectors_words *words, struct sim_error *error) {
    unsigned bytes = vectors_word_bytes(&memory->scenario);
    for (uint64_t i = 0; i < words->count; i++)
        if (!set(memory, words->pa + i * bytes, words->value))
            return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    return SIM_OK;
}

// Returns the place in the order of first touches.
static unsigned touched(const struct vectors_memory *memory, uint64_t pa) {
    unsigned i = 0;
    while (i < memory->touches && memory->touch[i] != pa / TOUCH_BYTES) i++;
    return i;
}

static void touch(struct vectors_memory *memory, uint64_t pa) {
    unsigned i = touched(memory, pa);
    if (i < memory->touches || i == MOST_TOUCHES) return;
    memory->touch[memory->touches++] = pa / TOUCH_BYTES;
}

bool vectors_memory_read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    struct vectors_memory *memory = user;
    assert(bytes == vectors_word_bytes(&memory->scenario) && pa % bytes == 0);
    *value = 0;
    if (!vectors_has_memory(&memory->scenario, pa, bytes)) return memory->no_memory_zero;
    touch(memory, pa);
    const struct word *word = find(memory, pa);
    if (word->generation == memory->generation) *value = word->value;
    return true;
}

static bool remember(struct vectors_memory *memory, uint64_t pa, uint64_t before) {
    for (unsigned i = 0; i < memory->changes; i++)
        if (memory->change[i].pa == pa) return true;
    memory->more_changes |= memory->changes == VECTORS_UPDATES;
    if (memory->more_changes) return false;
    memory->change[memory->changes++] = (struct vectors_change){pa, before};
    return true;
}

bool vectors_memory_write(void *user, uint64_t pa, unsigned bytes, uint64_t value) {
    struct vectors_memory *memory = user;
    uint64_t before;
    if (!vectors_memory_read(memory, pa, bytes, &before)) return false;
    if (!vectors_has_memory(&memory->scenario, pa, bytes)) return true;  // nothing keeps it
    return remember(memory, pa, before) && set(memory, pa, value);
}

bool vectors_memory_compare_and_write(void *user, uint64_t pa, unsigned bytes, uint64_t expected,
                                      uint64_t desired, uint64_t *old) {
    if (!vectors_memory_read(user, pa, bytes, old)) return false;
    return *old != expected || vectors_memory_write(user, pa, bytes, desired);
}

void vectors_memory_updates(const struct vectors_memory *memory, struct vectors_outcome *outcome) {
    unsigned order[VECTORS_UPDATES];
    outcome->updates = memory->changes;
    outcome->more_updates = memory->more_changes;
    for (unsigned i = 0; i < memory->changes; i++) {
        uint64_t pa = memory->change[i].pa;
        unsigned place = touched(memory, pa), k = i;
        for (; k > 0 && order[k - 1] > place; k--) {
            order[k] = order[k - 1];
            outcome->update[k] = outcome->update[k - 1];
        }
        order[k] = place;
        outcome->update[k] = (struct vectors_update){pa, find(memory, pa)->value};
    }
}

unsigned vectors_memory_changes(const struct vectors_memory *memory,
                                const struct vectors_change **changes) {
    *changes = memory->change;
    return memory->changes;
}

void vectors_memory_keep(struct vectors_memory *memory) {
    memory->changes = memory->touches = 0;
    memory->more_changes = false;
}

void vectors_memory_undo(struct vectors_memory *memory) {
    for (unsigned i = 0; i < memory->changes; i++)
        find(memory, memory->change[i].pa)->value = memory->change[i].before;
    vectors_memory_keep(memory);
}
