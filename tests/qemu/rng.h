// SPDX-License-Identifier: Apache-2.0
// splitmix64: the generator's only source of chance.
#ifndef QEMU_RNG_H
#define QEMU_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};

static inline uint64_t rng_next(struct rng *rng) {
    uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

// Returns 0 .. n-1.
static inline uint64_t rng_below(struct rng *rng, uint64_t n) {
    return rng_next(rng) % n;
}

static inline bool rng_percent(struct rng *rng, unsigned percent) {
    return rng_below(rng, 100) < percent;
}

#endif
