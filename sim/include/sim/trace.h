// SPDX-License-Identifier: Apache-2.0
// Recorded programs: our compact format, read and written as a stream. Memory does not
// grow with the trace. The format is described in docs/trace-format.md.
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/error.h"

enum trace_kind { TRACE_FETCH = 0, TRACE_LOAD = 1, TRACE_STORE = 2, TRACE_MODIFY = 3 };

// One memory reference; va is the program's own address of the first byte.
struct trace_ref {
    uint64_t va;
    uint8_t kind;  // enum trace_kind; MODIFY is one reference that reads and writes
    uint8_t size;  // bytes, 0 .. 63 (larger ones are recorded as 63)
};

struct trace_info {
    uint64_t refs;        // in the whole file
    uint64_t kinds[4];    // by enum trace_kind
    uint64_t block_refs;  // references per full block
    uint64_t blocks;
    char program[256];  // command line that was recorded, "" if unknown
};

struct trace_reader;

// Open a trace and check its header, index and their checksums. On success *reader is
// owned by the caller. SIM_ERROR_IO, SIM_ERROR_FORMAT, SIM_ERROR_MEMORY.
enum sim_status trace_reader_open(const char *path, struct trace_reader **reader,
                                  struct sim_error *error);
void trace_reader_close(struct trace_reader *reader);
const struct trace_info *trace_reader_info(const struct trace_reader *reader);

// Read up to `capacity` references, *count of them on success (at least 1).
// SIM_END at the end; SIM_ERROR_FORMAT (damaged block: file, block, byte offset), SIM_ERROR_IO.
enum sim_status trace_reader_next(struct trace_reader *reader, struct trace_ref *refs,
                                  size_t capacity, size_t *count, struct sim_error *error);

// The next reference read will be number `ref` (0 = first); ref = refs is the end. Past the end:
// SIM_ERROR_USAGE.
enum sim_status trace_reader_seek(struct trace_reader *reader, uint64_t ref,
                                  struct sim_error *error);

// The pages of one block as runs: `refs` references in a row to one 4 KiB page and of one
// kind. Run i is on page `low[i] | high[i] << 8 | top[i] << 16` of the block's table `vpn` and
// has weight[i] = (refs - 1) << 2 | kind, that is 1 to 64 references. high and top are NULL
// where the table is too short to need them. What the pointers show belongs to the reader.
struct trace_pages {
    uint64_t first_ref;   // number of the block's first reference
    uint32_t refs;        // of the block
    uint32_t pages;       // in the table, 1 .. refs
    uint32_t runs;        // 1 .. refs
    const uint64_t *vpn;  // address >> TRACE_PAGE_SHIFT, ascending
    const uint8_t *low, *high, *top, *weight;
};

enum { TRACE_PAGE_SHIFT = 12 };

// Read the next whole block's pages without its addresses, an order of magnitude faster than
// trace_reader_next; the next reference read will be the one behind the block. Traces of version
// 2 hold no pages: they are made from the references then. SIM_END at the end;
// SIM_ERROR_USAGE between two blocks' beginnings; SIM_ERROR_FORMAT, SIM_ERROR_IO,
// SIM_ERROR_MEMORY. Valid until the next call with this reader.
enum sim_status trace_reader_next_pages(struct trace_reader *reader, struct trace_pages *pages,
                                        struct sim_error *error);

struct trace_writer;

// Create a trace under a temporary name beside `path`; nothing stands at `path` before
// trace_writer_commit. program may be "".
enum sim_status trace_writer_create(const char *path, const char *program,
                                    struct trace_writer **writer, struct sim_error *error);
enum sim_status trace_writer_add(struct trace_writer *writer, const struct trace_ref *refs,
                                 size_t count, struct sim_error *error);
// Write index and footer, sync, rename to path. The writer is destroyed either way; on
// failure nothing is left behind.
enum sim_status trace_writer_commit(struct trace_writer *writer, struct sim_error *error);
// Destroy the writer and its temporary file.
void trace_writer_abandon(struct trace_writer *writer);

// Addresses of a foreign program in the 2^user_bits bytes that a mode gives to programs (Sv39: 38,
// 256 regions of 1 GiB; Sv32: 32, 4 regions). The region number (va >> 30) is mapped, the 30 bits
// below are kept: pages stay distinct, offsets and the lower VPN fields intact. In order of first
// appearance: a region that lies in the range keeps its number if still free; any other takes the
// highest free one.
struct trace_vamap;
// user_bits: 32 .. 56.
enum sim_status trace_vamap_create(unsigned user_bits, struct trace_vamap **map,
                                   struct sim_error *error);
void trace_vamap_destroy(struct trace_vamap *map);
// Translate va into *mapped. SIM_ERROR_USAGE with a sentence if there are more regions than
// numbers.
enum sim_status trace_vamap_apply(struct trace_vamap *map, uint64_t va, uint64_t *mapped,
                                  struct sim_error *error);

#endif
