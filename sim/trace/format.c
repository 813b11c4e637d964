// SPDX-License-Identifier: Apache-2.0
// Little-endian fields and their checksums (XXH3, 64 bits).
#include "format.h"

#include <string.h>
#include <xxhash.h>

enum { MAGIC_BYTES = 8, CHECKSUM_BYTES = 8 };

static uint8_t *put_u64(uint8_t *at, uint64_t value) {
    for (int i = 0; i < 8; i++) at[i] = (uint8_t)(value >> 8 * i);
    return at + 8;
}

static uint8_t *put_u32(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> 8 * i);
    return at + 4;
}

static uint64_t take_u64(const uint8_t **at) {
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) value |= (uint64_t)(*at)[i] << 8 * i;
    *at += 8;
    return value;
}

static uint32_t take_u32(const uint8_t **at) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) value |= (uint32_t)(*at)[i] << 8 * i;
    *at += 4;
    return value;
}

void trace_header_put(uint8_t bytes[TRACE_HEADER_BYTES], const struct trace_header *header) {
    memcpy(bytes, TRACE_HEADER_MAGIC, MAGIC_BYTES);
    uint8_t *at = put_u32(bytes + MAGIC_BYTES, header->version);
    at = put_u32(at, header->block_refs);
    memcpy(at, header->program, TRACE_PROGRAM_BYTES);
    put_u64(at + TRACE_PROGRAM_BYTES, trace_header_checksum(bytes));
}

struct trace_header trace_header_get(const uint8_t bytes[TRACE_HEADER_BYTES]) {
    struct trace_header header;
    const uint8_t *at = bytes + MAGIC_BYTES;
    header.version = take_u32(&at);
    header.block_refs = take_u32(&at);
    memcpy(header.program, at, TRACE_PROGRAM_BYTES);
    at += TRACE_PROGRAM_BYTES;
    header.checksum = take_u64(&at);
    return header;
}

bool trace_header_magic(const uint8_t bytes[TRACE_HEADER_BYTES]) {
    return memcmp(bytes, TRACE_HEADER_MAGIC, MAGIC_BYTES) == 0;
}

uint64_t trace_header_checksum(const uint8_t bytes[TRACE_HEADER_BYTES]) {
    return XXH3_64bits(bytes, TRACE_HEADER_BYTES - CHECKSUM_BYTES);
}

size_t trace_block_header_bytes(uint32_t version) {
    return version == 2 ? TRACE_BLOCK_HEADER_BYTES_V2 : TRACE_BLOCK_HEADER_BYTES;
}

uint64_t trace_block_frame_bytes(const struct trace_block *block) {
    return (uint64_t)block->packed_bytes + block->page_packed_bytes;
}

void trace_block_put(uint8_t *bytes, const struct trace_block *block, uint32_t version) {
    uint8_t *at = put_u64(bytes, block->first_ref);
    at = put_u32(at, block->refs);
    at = put_u32(at, block->packed_bytes);
    for (int i = 0; i < TRACE_STREAMS; i++) at = put_u32(at, block->stream_bytes[i]);
    if (version > 2) {
        at = put_u32(at, block->page_packed_bytes);
        at = put_u32(at, block->page.runs);
        at = put_u32(at, block->page.pages);
        at = put_u32(at, block->page.table_bytes);
    }
    put_u64(at, trace_block_checksum(bytes, trace_block_frame_bytes(block), version));
}

struct trace_block trace_block_get(const uint8_t *bytes, uint32_t version) {
    struct trace_block block = {0};
    const uint8_t *at = bytes;
    block.first_ref = take_u64(&at);
    block.refs = take_u32(&at);
    block.packed_bytes = take_u32(&at);
    for (int i = 0; i < TRACE_STREAMS; i++) block.stream_bytes[i] = take_u32(&at);
    if (version > 2) {
        block.page_packed_bytes = take_u32(&at);
        block.page.runs = take_u32(&at);
        block.page.pages = take_u32(&at);
        block.page.table_bytes = take_u32(&at);
    }
    block.checksum = take_u64(&at);
    return block;
}

uint64_t trace_block_checksum(const uint8_t *bytes, uint64_t frame_bytes, uint32_t version) {
    // The frames first; their checksum is the seed for the fields.
    size_t header_bytes = trace_block_header_bytes(version);
    uint64_t frames = XXH3_64bits(bytes + header_bytes, (size_t)frame_bytes);
    return XXH3_64bits_withSeed(bytes, header_bytes - CHECKSUM_BYTES, frames);
}

void trace_index_entry_put(uint8_t *bytes, const struct trace_index_entry *entry) {
    put_u64(put_u64(bytes, entry->offset), entry->first_ref);
}

struct trace_index_entry trace_index_entry_get(const uint8_t *bytes) {
    struct trace_index_entry entry;
    entry.offset = take_u64(&bytes);
    entry.first_ref = take_u64(&bytes);
    return entry;
}

void trace_footer_put(uint8_t bytes[TRACE_FOOTER_BYTES], const struct trace_footer *footer) {
    memcpy(bytes, TRACE_FOOTER_MAGIC, MAGIC_BYTES);
    uint8_t *at = put_u64(bytes + MAGIC_BYTES, footer->refs);
    for (int kind = 0; kind < 4; kind++) at = put_u64(at, footer->kinds[kind]);
    at = put_u64(at, footer->blocks);
    at = put_u64(at, footer->index_offset);
    at = put_u64(at, footer->index_checksum);
    at = put_u64(at, footer->header_checksum);
    put_u64(at, trace_footer_checksum(bytes));
}

struct trace_footer trace_footer_get(const uint8_t bytes[TRACE_FOOTER_BYTES]) {
    struct trace_footer footer;
    const uint8_t *at = bytes + MAGIC_BYTES;
    footer.refs = take_u64(&at);
    for (int kind = 0; kind < 4; kind++) footer.kinds[kind] = take_u64(&at);
    footer.blocks = take_u64(&at);
    footer.index_offset = take_u64(&at);
    footer.index_checksum = take_u64(&at);
    footer.header_checksum = take_u64(&at);
    footer.checksum = take_u64(&at);
    return footer;
}

bool trace_footer_magic(const uint8_t bytes[TRACE_FOOTER_BYTES]) {
    return memcmp(bytes, TRACE_FOOTER_MAGIC, MAGIC_BYTES) == 0;
}

uint64_t trace_footer_checksum(const uint8_t bytes[TRACE_FOOTER_BYTES]) {
    return XXH3_64bits(bytes, TRACE_FOOTER_BYTES - CHECKSUM_BYTES);
}
