// SPDX-License-Identifier: Apache-2.0
// splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stdint.h>

static inline uint64_t sim_mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline uint64_t sim_random(uint64_t *state) {
    return sim_mix(*state += UINT64_C(0x9E3779B97F4A7C15));
}

// A number below `limit`, from the upper half of the next random number.
static inline uint32_t sim_random_below(uint64_t *state, uint32_t limit) {
    return (uint32_t)((sim_random(state) >> 32) * limit >> 32);
}

#endif
