// SPDX-License-Identifier: Apache-2.0
// Runs of numbered pages from single references.
#include <stdbool.h>
#include <stdlib.h>

#include "grow.h"
#include "numbering.h"
#include "sim/kernels/pages.h"

enum { RUN_REFS_MAX = 1 << 30 };

struct page_builder {
    struct numbering numbers;
    uint32_t appeared;
    size_t count;
    uint64_t refs;
    struct page_run runs[PAGE_CHUNK_RUNS];
};

enum sim_status page_builder_create(struct page_builder **builder, struct sim_error *error) {
    *builder = calloc(1, sizeof **builder);
    return *builder ? SIM_OK : kernel_no_memory(error);
}

void page_builder_destroy(struct page_builder *builder) {
    if (!builder) return;
    numbering_release(&builder->numbers);
    free(builder);
}

enum sim_status page_builder_add(struct page_builder *builder, uint64_t vpn, int written, int *full,
                                 struct sim_error *error) {
    struct page_builder *b = builder;
    uint32_t page = numbering_of(&b->numbers, vpn), more = 2u | (written ? 1u : 0u);
    if (page == NUMBERING_NONE) return kernel_no_memory(error);
    struct page_run *last = b->count ? &b->runs[b->count - 1] : NULL;
    if (last && last->page == page && last->weight < RUN_REFS_MAX) {
        last->weight = (last->weight + 2) | (more & 1);
    } else {
        b->runs[b->count++] = (struct page_run){page, more};
    }
    b->refs++;
    if (page >= b->appeared) b->appeared = page + 1;
    *full = b->count == PAGE_CHUNK_RUNS;
    return SIM_OK;
}

void page_builder_take(struct page_builder *builder, struct page_chunk *chunk) {
    *chunk = (struct page_chunk){.runs = builder->runs,
                                 .count = builder->count,
                                 .refs = builder->refs,
                                 .vpn = builder->numbers.vpn,
                                 .pages = builder->appeared};
    builder->count = 0;
    builder->refs = 0;
}

void page_builder_rewind(struct page_builder *builder) {
    builder->appeared = 0;
    builder->count = 0;
    builder->refs = 0;
}
