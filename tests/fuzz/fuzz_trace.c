// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as a trace: first as they are, then with every checksum made right, so
// that the checks behind the checksums are reached.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#include "format.h"

enum { BATCH = 1000, PATH_BYTES = 64, SEEKS = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Every number that a study would use as an index stays in its range.
static void read_pages(struct trace_reader *reader) {
    struct trace_pages pages;
    struct sim_error error;
    if (trace_reader_seek(reader, 0, &error) != SIM_OK) abort();
    while (trace_reader_next_pages(reader, &pages, &error) == SIM_OK) {
        uint64_t refs = 0;
        for (uint32_t i = 0; i < pages.runs; i++) {
            uint32_t page = pages.low[i];
            if (pages.high) page |= (uint32_t)pages.high[i] << 8;
            if (pages.top) page |= (uint32_t)pages.top[i] << 16;
            if (page >= pages.pages) abort();
            refs += (pages.weight[i] >> 2) + 1u;
        }
        for (uint32_t i = 1; i < pages.pages; i++) {
            if (pages.vpn[i] <= pages.vpn[i - 1]) abort();
        }
        if (refs != pages.refs || refs == 0) abort();
    }
}

static void read_all(struct trace_reader *reader) {
    struct trace_ref refs[BATCH];
    struct sim_error error;
    size_t count = 0;
    enum sim_status status = SIM_OK;
    while (status == SIM_OK) {
        status = trace_reader_next(reader, refs, BATCH, &count, &error);
        if (status == SIM_OK && (count == 0 || count > BATCH)) abort();
        for (size_t i = 0; status == SIM_OK && i < count; i++) {
            if (refs[i].kind > TRACE_MODIFY || refs[i].size > 63) abort();
        }
    }
    uint64_t total = trace_reader_info(reader)->refs;
    for (uint64_t i = 0; i < SEEKS; i++) {
        if (trace_reader_seek(reader, total / SEEKS * i, &error) != SIM_OK) abort();
        trace_reader_next(reader, refs, BATCH, &count, &error);
    }
    if (total != UINT64_MAX && trace_reader_seek(reader, total + 1, &error) != SIM_ERROR_USAGE) {
        abort();
    }
}

static void try_bytes(const uint8_t *bytes, size_t size) {
    int fd = memfd_create("trace", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size) abort();
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct trace_reader *reader = NULL;
    struct sim_error error = {""};
    enum sim_status status = trace_reader_open(path, &reader, &error);
    if (status == SIM_OK) {
        read_all(reader);
        read_pages(reader);
        trace_reader_close(reader);
    } else if (!error.text[0]) {
        abort();  // a failure without a sentence
    }
    close(fd);
}

// The blocks one after the other, as far as their lengths stay inside the file.
static void seal_blocks(uint8_t *bytes, uint64_t end, uint32_t version) {
    uint64_t offset = TRACE_HEADER_BYTES, header_bytes = trace_block_header_bytes(version);
    while (offset < end && end - offset > header_bytes) {
        struct trace_block block = trace_block_get(bytes + offset, version);
        uint64_t room = end - offset - header_bytes;
        if (trace_block_frame_bytes(&block) > room) return;
        trace_block_put(bytes + offset, &block, version);
        offset += header_bytes + trace_block_frame_bytes(&block);
    }
}

static void seal(uint8_t *bytes, size_t size) {
    struct trace_header header = trace_header_get(bytes);
    trace_header_put(bytes, &header);
    uint8_t *tail = bytes + size - TRACE_FOOTER_BYTES;
    struct trace_footer footer = trace_footer_get(tail);
    uint64_t end = size - TRACE_FOOTER_BYTES;
    if (footer.index_offset <= end && footer.index_offset >= TRACE_HEADER_BYTES) {
        seal_blocks(bytes, footer.index_offset, header.version);
        footer.index_checksum =
            XXH3_64bits(bytes + footer.index_offset, (size_t)(end - footer.index_offset));
    }
    footer.header_checksum = trace_header_checksum(bytes);
    trace_footer_put(tail, &footer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    try_bytes(data, size);
    if (size < TRACE_HEADER_BYTES + TRACE_FOOTER_BYTES) return 0;
    uint8_t *bytes = malloc(size);
    if (!bytes) return 0;
    memcpy(bytes, data, size);
    seal(bytes, size);
    try_bytes(bytes, size);
    free(bytes);
    return 0;
}
