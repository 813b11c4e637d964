// SPDX-License-Identifier: Apache-2.0
// The bytes of a trace file outside its streams: header, block headers, index entries,
// footer. Every number is little-endian. docs/trace-format.md has the same as tables.
#ifndef TRACE_FORMAT_H
#define TRACE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec.h"
#include "page_runs.h"

enum {
    TRACE_VERSION = 3,      // written
    TRACE_VERSION_MIN = 2,  // still read; its blocks have no page column
    TRACE_PROGRAM_BYTES = 256,
    TRACE_HEADER_BYTES = 8 + 4 + 4 + TRACE_PROGRAM_BYTES + 8,
    TRACE_BLOCK_HEADER_BYTES_V2 = 8 + 4 + 4 + 4 * TRACE_STREAMS + 8,
    TRACE_BLOCK_HEADER_BYTES = TRACE_BLOCK_HEADER_BYTES_V2 + 4 * 4,
    TRACE_INDEX_ENTRY_BYTES = 16,
    TRACE_FOOTER_BYTES = 8 + 8 + 4 * 8 + 8 + 8 + 8 + 8 + 8,
};

#define TRACE_HEADER_MAGIC "\x89TDT\r\n\x1a\n"
#define TRACE_FOOTER_MAGIC "TDTINDEX"

struct trace_header {
    uint32_t version;
    uint32_t block_refs;
    char program[TRACE_PROGRAM_BYTES];
    uint64_t checksum;
};

struct trace_block {
    uint64_t first_ref;
    uint32_t refs;
    uint32_t packed_bytes;                 // of the zstd frame of the references
    uint32_t stream_bytes[TRACE_STREAMS];  // of its unpacked streams
    uint32_t page_packed_bytes;            // of the page column's zstd frame; version 2: 0
    struct trace_page_sizes page;          // of the unpacked column
    uint64_t checksum;                     // of the fields above and the frames
};

struct trace_index_entry {
    uint64_t offset;
    uint64_t first_ref;
};

struct trace_footer {
    uint64_t refs;
    uint64_t kinds[4];
    uint64_t blocks;
    uint64_t index_offset;
    uint64_t index_checksum;
    uint64_t header_checksum;  // the header's, so that the two ends belong together
    uint64_t checksum;
};

void trace_header_put(uint8_t bytes[TRACE_HEADER_BYTES], const struct trace_header *header);
// The checksum is computed by _put and left for the caller to compare by _get.
struct trace_header trace_header_get(const uint8_t bytes[TRACE_HEADER_BYTES]);
bool trace_header_magic(const uint8_t bytes[TRACE_HEADER_BYTES]);
uint64_t trace_header_checksum(const uint8_t bytes[TRACE_HEADER_BYTES]);

// Header bytes of a block, by the file's version.
size_t trace_block_header_bytes(uint32_t version);
// Bytes of the frames behind a block's header.
uint64_t trace_block_frame_bytes(const struct trace_block *block);
// `bytes` is the block header with its frames behind it.
void trace_block_put(uint8_t *bytes, const struct trace_block *block, uint32_t version);
struct trace_block trace_block_get(const uint8_t *bytes, uint32_t version);
uint64_t trace_block_checksum(const uint8_t *bytes, uint64_t frame_bytes, uint32_t version);

void trace_index_entry_put(uint8_t *bytes, const struct trace_index_entry *entry);
struct trace_index_entry trace_index_entry_get(const uint8_t *bytes);

void trace_footer_put(uint8_t bytes[TRACE_FOOTER_BYTES], const struct trace_footer *footer);
struct trace_footer trace_footer_get(const uint8_t bytes[TRACE_FOOTER_BYTES]);
bool trace_footer_magic(const uint8_t bytes[TRACE_FOOTER_BYTES]);
uint64_t trace_footer_checksum(const uint8_t bytes[TRACE_FOOTER_BYTES]);

#endif
