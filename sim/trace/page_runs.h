// SPDX-License-Identifier: Apache-2.0
// One block's page column: which 4 KiB pages its references are on, as runs. Studies of TLBs
// and paging unpack it alone. docs/trace-format.md, "Page column", has the rules.
#ifndef TRACE_PAGE_RUNS_H
#define TRACE_PAGE_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec.h"

enum {
    TRACE_RUN_REFS = 64,  // longer runs are several
    TRACE_PAGE_VARINT_BYTES = 8,
};

// What the block header says of the column; its unpacked bytes are the table's, then one byte
// per run for each of low, high (pages > 256), top (pages > 65536), weight.
struct trace_page_sizes {
    uint32_t runs;
    uint32_t pages;
    uint32_t table_bytes;
};

// Unpacked bytes of a column. 64 bits: the numbers may be hostile.
uint64_t trace_page_bytes(const struct trace_page_sizes *sizes);
// The most of them that a block of `refs` references takes.
size_t trace_page_limit(size_t refs);

// Returns NULL if the numbers are possible for a block of `refs` references, else what is wrong.
const char *trace_page_sizes_fault(const struct trace_page_sizes *sizes, uint32_t refs);

// Point `pages` at the parts of the column `raw`; vpn (`sizes->pages` numbers) takes the table.
// Returns false unless every byte is used and right for a block of pages->refs references.
bool trace_pages_decode(const uint8_t *raw, const struct trace_page_sizes *sizes, uint64_t *vpn,
                        struct trace_pages *pages);

struct trace_page_encoder {
    uint64_t *vpn;      // of each run; then the table
    uint32_t *number;   // of each run's page, in order of first appearance
    uint32_t *order;    // numbers by vpn; then the place of each number
    uint64_t *keys;     // hash table: vpn + 1, 0 = free
    uint32_t *numbers;  // of the keys
    uint64_t *found;    // vpn by number
    uint8_t *raw;       // the column
    uint8_t *weights;
};

bool trace_page_encoder_create(struct trace_page_encoder *encoder);
void trace_page_encoder_destroy(struct trace_page_encoder *encoder);
// Encode 1 <= count <= TRACE_BLOCK_REFS references into encoder->raw; returns its sizes.
struct trace_page_sizes trace_page_encode(struct trace_page_encoder *encoder,
                                          const struct trace_ref *refs, size_t count);

#endif
