// SPDX-License-Identifier: Apache-2.0
// Page numbers (vpn) to dense numbers from 0, in the order of first appearance.
#ifndef KERNELS_NUMBERING_H
#define KERNELS_NUMBERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUMBERING_NONE UINT32_MAX

struct numbering {
    uint32_t *slots;  // hash table of numbers, NUMBERING_NONE = free
    size_t capacity;  // of slots; 0 or a power of two
    uint64_t *vpn;    // by number
    uint32_t count, vpn_capacity;
};

// All zeros is an empty numbering.
void numbering_release(struct numbering *numbering);
// The number of `vpn`, a new one if it has none; NUMBERING_NONE if memory or numbers are out.
uint32_t numbering_of(struct numbering *numbering, uint64_t vpn);
// The number of `vpn`, NUMBERING_NONE if it has none.
uint32_t numbering_known(const struct numbering *numbering, uint64_t vpn);
// Begin to load what a look-up of `vpn` needs: first its slot, some time later the key there.
void numbering_prefetch_slot(const struct numbering *numbering, uint64_t vpn);
void numbering_prefetch_key(const struct numbering *numbering, uint64_t vpn);

#endif
