// SPDX-License-Identifier: Apache-2.0
// Memory of a play: words by address, and which of them were read.
#include <stdlib.h>

#include "scenario_internal.h"

enum { FIRST_CAPACITY = 256 };

void scenario_memory_clear(struct scenario_memory *memory) {
    free(memory->cells);
    memory->cells = NULL;
    memory->capacity = memory->count = 0;
}

// The cell of this address, or the free one where it would stand.
static struct scenario_cell *cell_of(const struct scenario_memory *memory, uint64_t pa) {
    size_t mask = memory->capacity - 1;
    size_t i = (size_t)bench_mix(pa) & mask;
    while (memory->cells[i].used && memory->cells[i].pa != pa) i = (i + 1) & mask;
    return &memory->cells[i];
}

static bool grow(struct scenario_memory *memory) {
    struct scenario_memory larger = *memory;
    larger.capacity = memory->capacity ? 2 * memory->capacity : FIRST_CAPACITY;
    larger.cells = calloc(larger.capacity, sizeof *larger.cells);
    if (!larger.cells) return false;
    for (size_t i = 0; i < memory->capacity; i++)
        if (memory->cells[i].used) *cell_of(&larger, memory->cells[i].pa) = memory->cells[i];
    free(memory->cells);
    memory->cells = larger.cells;
    memory->capacity = larger.capacity;
    return true;
}

// A cell for this address, made if there is none; *made tells. NULL: no memory.
static struct scenario_cell *ask(struct scenario_memory *memory, uint64_t pa, bool *made) {
    if (4 * memory->count >= 3 * memory->capacity && !grow(memory)) {
        memory->exhausted = true;
        return NULL;
    }
    struct scenario_cell *cell = cell_of(memory, pa);
    *made = !cell->used;
    if (*made) memory->count++;
    cell->used = true;
    cell->pa = pa;
    return cell;
}

bool scenario_memory_put(struct scenario_memory *memory, uint64_t pa, uint64_t value) {
    bool made;
    struct scenario_cell *cell = ask(memory, pa, &made);
    if (cell) cell->first = cell->now = value;
    return cell != NULL;
}

bool scenario_memory_fill(struct scenario_memory *memory, const struct scenario *scenario) {
    bool ok = true;
    memory->base = scenario->memory_base;
    memory->bytes = scenario->memory_bytes;
    for (size_t i = 0; ok && i < scenario->word_count; i++)
        ok = scenario_memory_put(memory, scenario->words[i].pa, scenario->words[i].value);
    return ok;
}

// What is not listed comes from the source, or is 0.
static struct scenario_cell *find(struct scenario_memory *memory, uint64_t pa, unsigned bytes) {
    bool made;
    if (pa < memory->base || pa - memory->base > memory->bytes - bytes) return NULL;
    struct scenario_cell *cell = ask(memory, pa, &made);
    if (!cell || !made) return cell;
    if (memory->source && !memory->source(memory->source_user, pa, &cell->first)) cell->first = 0;
    cell->now = cell->first;
    return cell;
}

static bool read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    struct scenario_cell *cell = find(user, pa, bytes);
    if (!cell) return false;
    if (!cell->touched) cell->read = true;
    cell->touched = true;
    *value = cell->now;
    return true;
}

static bool write(void *user, uint64_t pa, unsigned bytes, uint64_t value) {
    struct scenario_cell *cell = find(user, pa, bytes);
    if (!cell) return false;
    cell->touched = true;
    cell->now = bytes == 4 ? value & UINT32_MAX : value;
    return true;
}

struct bench_memory scenario_memory_port(struct scenario_memory *memory) {
    return (struct bench_memory){.user = memory, .read = read, .write = write};
}

static int by_address(const void *a, const void *b) {
    const struct scenario_cell *x = a, *y = b;
    return (x->pa > y->pa) - (x->pa < y->pa);
}

bool scenario_memory_read_words(const struct scenario_memory *memory, struct scenario_word **first,
                                struct scenario_word **final, size_t *count) {
    size_t bytes = memory->count ? memory->count : 1, n = 0;
    struct scenario_cell *sorted = malloc(bytes * sizeof *sorted);
    *first = malloc(bytes * sizeof **first);
    *final = malloc(bytes * sizeof **final);
    *count = 0;
    if (sorted && *first && *final) {
        for (size_t i = 0; i < memory->capacity; i++)
            if (memory->cells[i].used && memory->cells[i].read) sorted[n++] = memory->cells[i];
        qsort(sorted, n, sizeof *sorted, by_address);
        for (size_t i = 0; i < n; i++) {
            (*first)[i] = (struct scenario_word){sorted[i].pa, sorted[i].first};
            (*final)[i] = (struct scenario_word){sorted[i].pa, sorted[i].now};
        }
        *count = n;
        free(sorted);
        return true;
    }
    free(sorted);
    free(*first);
    free(*final);
    *first = *final = NULL;
    return false;
}
