// SPDX-License-Identifier: Apache-2.0
// Reads a vector file (docs/vectors.md), plain or zstd, piece by piece: memory does not grow with
// the file. Strict: what the format does not allow is refused with file and line.
#ifndef VECTORS_READER_H
#define VECTORS_READER_H

#include "scenario.h"
#include "sim/error.h"

enum vectors_item_kind {
    VECTORS_SCENARIO,        // a block begins: everything before its memory words
    VECTORS_WORDS,           // words of its memory image
    VECTORS_QUERY,           // one query with its updates
    VECTORS_END_OF_SCENARIO  // the block's E
};

// What kind tells is meaningful; scenario also with the others, the one they belong to.
struct vectors_item {
    enum vectors_item_kind kind;
    const struct vectors_scenario *scenario;  // valid until the next VECTORS_SCENARIO
    struct vectors_words words;
    struct vectors_query query;
};

struct vectors_reader;

// "-" is standard input. SIM_ERROR_IO, SIM_ERROR_FORMAT, SIM_ERROR_MEMORY.
enum sim_status vectors_reader_open(const char *path, struct vectors_reader **reader,
                                    struct sim_error *error);
// The same for an open descriptor, which is taken, on failure too; `name` is for sentences.
enum sim_status vectors_reader_open_fd(int fd, const char *name, struct vectors_reader **reader,
                                       struct sim_error *error);
void vectors_reader_close(struct vectors_reader *reader);
// The path, or "standard input".
const char *vectors_reader_name(const struct vectors_reader *reader);

// Read on. SIM_END after the last block; SIM_ERROR_FORMAT with "FILE:LINE: " and a sentence,
// SIM_ERROR_IO. After either, not to be called again.
enum sim_status vectors_reader_next(struct vectors_reader *reader, struct vectors_item *item,
                                    struct sim_error *error);

#endif
