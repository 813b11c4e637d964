// SPDX-License-Identifier: Apache-2.0
// The histogram of stack distances is the whole miss curve of LRU.
#include <assert.h>
#include <stdlib.h>

#include "recency.h"
#include "sim/kernels/stack.h"

struct kernel_stack {
    struct recency recency;
    uint64_t *hits;  // by distance
    uint32_t distances;
    uint32_t pages;
    uint64_t refs;
};

enum sim_status kernel_stack_create(struct kernel_stack **stack, struct sim_error *error) {
    *stack = calloc(1, sizeof **stack);
    return *stack ? SIM_OK : kernel_no_memory(error);
}

void kernel_stack_destroy(struct kernel_stack *stack) {
    if (!stack) return;
    recency_release(&stack->recency);
    free(stack->hits);
    free(stack);
}

enum sim_status kernel_stack_feed(struct kernel_stack *stack, const struct page_chunk *chunk,
                                  struct sim_error *error) {
    enum sim_status status = recency_reserve(&stack->recency, chunk->pages, error);
    if (status != SIM_OK) return status;
    status =
        kernel_grow(&stack->hits, &stack->distances, chunk->pages + 1, sizeof *stack->hits, error);
    if (status != SIM_OK) return status;
    // The references of a run behind its first one have distance 0.
    stack->hits[0] += chunk->refs - chunk->count;
    for (size_t i = 0; i < chunk->count; i++) {
        uint32_t distance = recency_touch(&stack->recency, chunk->runs[i].page);
        if (distance != RECENCY_NEVER) stack->hits[distance]++;
    }
    stack->refs += chunk->refs;
    if (chunk->pages > stack->pages) stack->pages = chunk->pages;
    return SIM_OK;
}

uint64_t kernel_stack_refs(const struct kernel_stack *stack) {
    return stack->refs;
}

uint32_t kernel_stack_pages(const struct kernel_stack *stack) {
    return stack->pages;
}

void kernel_stack_misses(const struct kernel_stack *stack, uint32_t max, uint64_t *misses) {
    uint64_t left = stack->refs;
    for (uint64_t entries = 0; entries <= max; entries++) {
        misses[entries] = left;
        if (entries < stack->pages) left -= stack->hits[entries];
    }
}
