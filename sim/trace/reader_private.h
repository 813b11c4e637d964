// SPDX-License-Identifier: Apache-2.0
// What opening a trace and reading its blocks share.
#ifndef TRACE_READER_PRIVATE_H
#define TRACE_READER_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>
#include <zstd.h>

#include "codec.h"
#include "format.h"
#include "sim/trace.h"

struct trace_reader {
    int fd;
    char *path;
    struct trace_info info;
    uint32_t version;
    size_t block_header_bytes;
    uint64_t file_bytes;
    uint64_t index_offset;
    uint64_t position;      // number of the next reference
    uint64_t loaded;        // block in the decoder; UINT64_MAX = none
    uint64_t decoded;       // number of the next reference that the decoder gives
    uint64_t block_end;     // number behind the block's last reference
    uint64_t block_offset;  // for messages
    struct trace_decoder decoder;
    ZSTD_DCtx *zstd;
    uint8_t *packed, *raw;  // grown to what the largest block so far needed; bounded
    size_t packed_capacity, raw_capacity;
    uint8_t *page_raw;  // the page column, unpacked
    size_t page_raw_capacity;
    uint64_t *page_table;            // its page numbers, TRACE_BLOCK_REFS
    struct trace_ref *made_refs;     // version 2: the block that pages are made from
    struct trace_page_encoder made;  // version 2: what makes them
};

// Failures: one sentence each, with the file and the place.
enum sim_status trace_reader_bad_file(const struct trace_reader *reader, const char *place,
                                      uint64_t offset, const char *what, struct sim_error *error);
enum sim_status trace_reader_bad_block(const struct trace_reader *reader, uint64_t block,
                                       uint64_t offset, const char *what, struct sim_error *error);
enum sim_status trace_reader_no_memory(const struct trace_reader *reader, struct sim_error *error);
// Make `*bytes` at least `needed` bytes long. Returns false if memory is out.
bool trace_reader_reserve(uint8_t **bytes, size_t *capacity, size_t needed);
// Read block `number` into reader->packed: header, frames, checksum and the numbers in the
// header are right then. *offset is where it lies in the file.
enum sim_status trace_reader_fetch(struct trace_reader *reader, uint64_t number,
                                   struct trace_block *block, uint64_t *offset,
                                   struct sim_error *error);
// Exactly `size` bytes at `offset`.
enum sim_status trace_reader_read(const struct trace_reader *reader, void *bytes, size_t size,
                                  uint64_t offset, struct sim_error *error);

#endif
