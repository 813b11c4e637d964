// SPDX-License-Identifier: Apache-2.0
#include "capture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verif/character.h"

void capture_reset(struct capture *capture) {
    capture->seen = 0;
}

void capture_add(struct capture *capture, const char *bytes, size_t count) {
    if (capture->seen < POOL_HEAD_BYTES) {
        size_t room = POOL_HEAD_BYTES - (size_t)capture->seen;
        size_t part = count < room ? count : room;
        memcpy(capture->head + capture->seen, bytes, part);
        capture->seen += part;
        bytes += part;
        count -= part;
    }
    for (; count; count--, bytes++)
        capture->tail[(capture->seen++ - POOL_HEAD_BYTES) % POOL_TAIL_BYTES] = *bytes;
}

static size_t append(char *out, size_t used, const char *bytes, size_t count) {
    for (size_t i = 0; i < count;) {
        size_t length = verif_character(bytes + i, count - i);
        if (length)
            memcpy(out + used, bytes + i, length);
        else
            out[used] = '?';
        used += length ? length : 1;
        i += length ? length : 1;
    }
    return used;
}

char *capture_text(const struct capture *capture) {
    uint64_t beyond = capture->seen > POOL_HEAD_BYTES ? capture->seen - POOL_HEAD_BYTES : 0;
    size_t head = (size_t)(capture->seen - beyond);
    size_t tail = beyond < POOL_TAIL_BYTES ? (size_t)beyond : POOL_TAIL_BYTES;
    char *raw = malloc(POOL_HEAD_BYTES + POOL_TAIL_BYTES + 128),
         *out = raw ? malloc(POOL_HEAD_BYTES + POOL_TAIL_BYTES + 129) : NULL;
    if (!out) {
        free(raw);
        return NULL;
    }
    memcpy(raw, capture->head, head);
    size_t used = head;
    if (beyond > tail)
        used +=
            (size_t)sprintf(raw + used, "\n... %" PRIu64 " bytes left out ...\n", beyond - tail);
    for (uint64_t i = beyond - tail; i < beyond; i++)
        raw[used++] = capture->tail[i % POOL_TAIL_BYTES];
    out[append(out, 0, raw, used)] = '\0';
    free(raw);
    return out;
}
