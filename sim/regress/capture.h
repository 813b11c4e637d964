// SPDX-License-Identifier: Apache-2.0
// The beginning and the end of a stream, in bounded memory.
#ifndef REGRESS_CAPTURE_H
#define REGRESS_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

#include "pool.h"

struct capture {
    uint64_t seen;  // bytes, in all
    char head[POOL_HEAD_BYTES];
    char tail[POOL_TAIL_BYTES];  // ring: byte i of the stream behind the head at i % its size
};

void capture_reset(struct capture *capture);
void capture_add(struct capture *capture, const char *bytes, size_t count);

// Returns what is known of the stream as UTF-8 text without control characters but tab and newline,
// others as '?', owned by the caller; NULL: no memory.
char *capture_text(const struct capture *capture);

#endif
