// SPDX-License-Identifier: Apache-2.0
// Arrays with one element per page, which grow as pages appear.
#ifndef KERNELS_GROW_H
#define KERNELS_GROW_H

#include <stddef.h>
#include <stdint.h>

#include "sim/error.h"

// Make *array (elements of `size` bytes, *capacity of them) hold `pages` elements; new ones are
// all zeros. SIM_ERROR_MEMORY.
enum sim_status kernel_grow(void *array, uint32_t *capacity, uint32_t pages, size_t size,
                            struct sim_error *error);

enum sim_status kernel_no_memory(struct sim_error *error);

#endif
