// SPDX-License-Identifier: Apache-2.0
#include "capture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

// Length of the legal UTF-8 character at `c`, of which `left` bytes are there; 0: none is.
static size_t character(const unsigned char *c, size_t left) {
    if (*c < 0x80) return *c >= ' ' ? *c != 127 : *c == '\n' || *c == '\t';
    size_t length = *c >= 0xC2 && *c < 0xE0 ? 2
                    : (*c & 0xF0) == 0xE0   ? 3
                    : (*c & 0xF8) == 0xF0   ? 4
                                            : 0;
    if (!length || length > left || *c > 0xF4) return 0;
    for (size_t i = 1; i < length; i++)
        if ((c[i] & 0xC0) != 0x80) return 0;
    // Overlong forms, surrogates, beyond U+10FFFF.
    if ((*c == 0xE0 && c[1] < 0xA0) || (*c == 0xED && c[1] >= 0xA0)) return 0;
    if ((*c == 0xF0 && c[1] < 0x90) || (*c == 0xF4 && c[1] >= 0x90)) return 0;
    // XML has no U+FFFE and U+FFFF.
    return *c == 0xEF && c[1] == 0xBF && c[2] >= 0xBE ? 0 : length;
}

static size_t append(char *out, size_t used, const char *bytes, size_t count) {
    for (size_t i = 0; i < count;) {
        size_t length = character((const unsigned char *)bytes + i, count - i);
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
