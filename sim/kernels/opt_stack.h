// SPDX-License-Identifier: Apache-2.0
// OPT's stack (Mattson et al. 1970): the first c pages of the stack are what OPT holds in c
// frames. A reference puts its page on top; on the way down from there to the page's old place,
// of each page met and the page that is carried, the one with the nearer next use stays and the
// other one is carried on.
//
// The stack holds next uses, not pages: the page that is referenced now is the one whose next
// use is now, and no two pages are due at once. KERNEL_NEVER stands for pages that do not come
// again and for places that are still empty, which is the same to everybody.
#ifndef KERNELS_OPT_STACK_H
#define KERNELS_OPT_STACK_H

#include <stdint.h>

// Carry `carried` (the next use of the page that was on top) down from place 1 of
// stack[0 .. length - 1], to the place of the page due `now`. Returns that place, `length` if it
// is not there; the caller writes stack[0].
static inline uint32_t opt_stack_sink(int64_t *stack, uint32_t at, uint32_t length, int64_t now,
                                      int64_t *carried) {
    int64_t held = *carried;
    for (; at < length; at++) {
        int64_t here = stack[at];
        if (here == now) {
            stack[at] = held;
            return at;
        }
        stack[at] = here > held ? held : here;
        held = here > held ? here : held;
    }
    *carried = held;
    return at;
}

#endif
