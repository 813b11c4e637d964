// SPDX-License-Identifier: Apache-2.0
// Next uses by two passes over one temporary file. Pass 1 writes the page's number at each
// position; finish goes through the file backward, block by block, and puts in its place where that
// page was met last on the way: its next use.
#include "sim/future.h"

#include <stdlib.h>

#include "data_file.h"
#include "page_map.h"

#define FUTURE_BLOCK 32768u  // references in a block of 256 KiB

struct future {
    struct data_file file;
    uint64_t references;
    uint64_t pages;
    uint64_t position;
    uint64_t block[FUTURE_BLOCK];
};

// The builder becomes the future: they share file and block.
struct future_builder {
    struct future *future;
    struct page_map pages;
};

void future_destroy(struct future *future) {
    if (!future) return;
    data_file_close(&future->file);
    free(future);
}

void future_builder_abandon(struct future_builder *builder) {
    if (!builder) return;
    future_destroy(builder->future);
    page_map_release(&builder->pages);
    free(builder);
}

enum sim_status future_builder_create(struct future_builder **builder, struct sim_error *error) {
    struct future_builder *made = calloc(1, sizeof *made);
    struct future *future = calloc(1, sizeof *future);
    if (!made || !future) {
        free(made);
        free(future);
        return sim_fail(error, SIM_ERROR_MEMORY, "no memory for the next uses of pages");
    }
    made->future = future;
    enum sim_status status = data_file_temporary(&future->file, "future", error);
    if (status != SIM_OK) {
        future_builder_abandon(made);
        return status;
    }
    *builder = made;
    return SIM_OK;
}

static enum sim_status future_block_write(struct future *future, uint64_t first, uint64_t count,
                                          struct sim_error *error) {
    return data_file_write(&future->file, future->block, (size_t)count * 8, first * 8, error);
}

static enum sim_status future_block_read(struct future *future, uint64_t first,
                                         struct sim_error *error) {
    uint64_t left = future->references - first;
    uint64_t count = left < FUTURE_BLOCK ? left : FUTURE_BLOCK;
    return data_file_read(&future->file, future->block, (size_t)count * 8, first * 8, error);
}

enum sim_status future_builder_add(struct future_builder *builder, uint32_t space, uint64_t vpn,
                                   struct sim_error *error) {
    struct future *future = builder->future;
    uint32_t page;
    if (!page_map_number(&builder->pages, space, vpn, &page)) {
        return sim_fail(error, SIM_ERROR_MEMORY, "no memory for the next uses of %lu pages",
                        (unsigned long)builder->pages.count + 1);
    }
    future->block[future->references++ % FUTURE_BLOCK] = page;
    if (future->references % FUTURE_BLOCK != 0) return SIM_OK;
    return future_block_write(future, future->references - FUTURE_BLOCK, FUTURE_BLOCK, error);
}

// Replace the page numbers of one block by next uses; met[page]: where it was met last.
static void future_block_turn(struct future *future, uint64_t first, uint64_t count,
                              uint64_t *met) {
    for (uint64_t i = count; i-- > 0;) {
        uint64_t page = future->block[i];
        future->block[i] = met[page];
        met[page] = first + i;
    }
}

static enum sim_status future_turn(struct future *future, uint64_t *met, struct sim_error *error) {
    uint64_t count = future->references % FUTURE_BLOCK;  // the last block is in memory yet
    uint64_t first = future->references - count;
    enum sim_status status = SIM_OK;
    for (uint64_t page = 0; page < future->pages; page++) met[page] = FUTURE_NEVER;
    for (;;) {
        future_block_turn(future, first, count, met);
        if (count) status = future_block_write(future, first, count, error);
        if (status != SIM_OK || first == 0) return status;
        count = FUTURE_BLOCK;
        first -= count;
        status = future_block_read(future, first, error);
        if (status != SIM_OK) return status;
    }
}

enum sim_status future_builder_finish(struct future_builder *builder, struct future **future,
                                      struct sim_error *error) {
    struct future *made = builder->future;
    made->pages = builder->pages.count;
    uint64_t *met = malloc((size_t)(made->pages + 1) * sizeof *met);
    enum sim_status status =
        met ? future_turn(made, met, error)
            : sim_fail(error, SIM_ERROR_MEMORY, "no memory for the next uses of %llu pages",
                       (unsigned long long)made->pages);
    free(met);
    if (status == SIM_OK) {
        *future = made;
        builder->future = NULL;
    }
    future_builder_abandon(builder);
    return status;
}

enum sim_status future_next(struct future *future, uint64_t *next_use, struct sim_error *error) {
    if (future->position == future->references) return SIM_END;
    uint64_t at = future->position % FUTURE_BLOCK;
    if (at == 0) {
        enum sim_status status = future_block_read(future, future->position, error);
        if (status != SIM_OK) return status;
    }
    future->position++;
    *next_use = future->block[at];
    return SIM_OK;
}

void future_rewind(struct future *future) {
    future->position = 0;
}

uint64_t future_references(const struct future *future) {
    return future->references;
}

uint64_t future_pages(const struct future *future) {
    return future->pages;
}
