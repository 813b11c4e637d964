// SPDX-License-Identifier: Apache-2.0
#include "grow.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_PAGES = 1024 };

enum sim_status kernel_no_memory(struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_MEMORY, "no memory for the pages of a program");
}

enum sim_status kernel_grow(void *array, uint32_t *capacity, uint32_t pages, size_t size,
                            struct sim_error *error) {
    if (pages <= *capacity) return SIM_OK;
    size_t wanted = *capacity ? *capacity : FIRST_PAGES;
    while (wanted < pages) wanted *= 2;
    if (wanted > UINT32_MAX) wanted = UINT32_MAX;
    // `array` points to a pointer of any type: copied as bytes, so that no type is punned.
    uint8_t *old = NULL;
    memcpy(&old, array, sizeof old);
    uint8_t *grown = realloc(old, wanted * size);
    if (!grown) return kernel_no_memory(error);
    memset(grown + *capacity * size, 0, (wanted - *capacity) * size);
    memcpy(array, &grown, sizeof grown);
    *capacity = (uint32_t)wanted;
    return SIM_OK;
}
