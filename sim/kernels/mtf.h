// SPDX-License-Identifier: Apache-2.0
// A short list in order of recency: find an element, move it to the front.
#ifndef KERNELS_MTF_H
#define KERNELS_MTF_H

#include <stdint.h>

// Move `page` to the front of `list`, `length` elements that differ. Returns its position before,
// or `length` if it was not there: the last element is lost then.
static inline uint32_t mtf_touch(uint32_t *list, uint32_t length, uint32_t page) {
    uint32_t carried = page;
    for (uint32_t at = 0; at < length; at++) {
        uint32_t here = list[at];
        list[at] = carried;
        if (here == page) return at;
        carried = here;
    }
    return length;
}

#endif
