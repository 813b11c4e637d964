// SPDX-License-Identifier: Apache-2.0
// What every kernel is fed with: the pages of a recorded program, in order, as runs.
//
// A reference counts once, by the page of its first byte. References that follow each other
// on one page are one run, which no kernel can tell from its parts (LRU, FIFO, OPT: the second
// one hits and changes nothing; CLOCK asks whether there was a second one). Pages are numbered
// from 0 in the order of their first appearance, so that kernels index arrays instead of
// hashing.
//
//   page_source_open
//   while ((status = page_source_next(source, &chunk, &error)) == SIM_OK)
//       kernel_x_feed(x, &chunk, &error) ...      any number of kernels
//   page_source_close                             status is SIM_END if all went well
#ifndef SIM_KERNELS_PAGES_H
#define SIM_KERNELS_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include "sim/error.h"

enum {
    PAGE_BITS_MIN = 12,  // pages of 4 KiB
    PAGE_BITS_MAX = 30,  // pages of 1 GiB
    PAGE_CHUNK_RUNS = 16384,
};

// Which references are studied; bits, so that PAGE_ALL is both.
enum page_filter { PAGE_FETCHES = 1, PAGE_DATA = 2, PAGE_ALL = 3 };

// `refs` references in a row to one page, at least one of them a write if `written`.
struct page_run {
    uint32_t page;
    uint32_t weight;  // refs << 1 | written
};

static inline uint32_t page_run_refs(struct page_run run) {
    return run.weight >> 1;
}

static inline uint32_t page_run_written(struct page_run run) {
    return run.weight & 1;
}

// A piece of the program. Two runs in a row may have the same page: kernels do not rely on
// runs being as long as possible. Every chunk but the last has PAGE_CHUNK_RUNS runs.
struct page_chunk {
    const struct page_run *runs;
    size_t count;
    uint64_t refs;        // sum of the runs' refs
    const uint64_t *vpn;  // by page: its page number, the address >> page_bits
    uint32_t pages;       // distinct pages from the beginning up to the end of this chunk
};

// ---- Pages of a trace file

struct page_source;

// Open the trace at `path` with pages of 2^page_bits bytes (PAGE_BITS_MIN .. _MAX) and the
// references of `filter`. Memory: proportional to the number of distinct pages. On success
// *source is owned by the caller. SIM_ERROR_USAGE (page_bits, filter), SIM_ERROR_IO,
// SIM_ERROR_FORMAT, SIM_ERROR_MEMORY.
enum sim_status page_source_open(const char *path, unsigned page_bits, unsigned filter,
                                 struct page_source **source, struct sim_error *error);
void page_source_close(struct page_source *source);

// The next piece; what *chunk points to stays valid until the next call. SIM_END at the end;
// SIM_ERROR_FORMAT (damaged block: file, block, byte offset), SIM_ERROR_IO, SIM_ERROR_MEMORY.
enum sim_status page_source_next(struct page_source *source, struct page_chunk *chunk,
                                 struct sim_error *error);

// References of the file, of any kind, up to the end of the block that is being read.
uint64_t page_source_position(const struct page_source *source);

// Begin again: the same chunks with the same page numbers will follow. A kernel may be fed with a
// trace twice; the second time is simply more of the same program.
void page_source_rewind(struct page_source *source);

// ---- Pages of any other stream of references

struct page_builder;

// An empty stream. SIM_ERROR_MEMORY.
enum sim_status page_builder_create(struct page_builder **builder, struct sim_error *error);
void page_builder_destroy(struct page_builder *builder);

// Add one reference to page number `vpn`. *full becomes 1 if a chunk is complete: take it by
// page_builder_take before the next call. SIM_ERROR_MEMORY (also at 2^32 - 1 distinct pages).
enum sim_status page_builder_add(struct page_builder *builder, uint64_t vpn, int written, int *full,
                                 struct sim_error *error);

// The chunk collected so far (count 0 if there is nothing), valid until the next call; the
// builder goes on behind it. At the end of the stream this gives the last, shorter chunk.
void page_builder_take(struct page_builder *builder, struct page_chunk *chunk);

// Begin a second pass over the same stream: the numbers of the pages stay.
void page_builder_rewind(struct page_builder *builder);

#endif
