// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "wave.h"

#include <stdint.h>
#include <stdio.h>

enum { BLOCK_TYPES = 255 };

enum sim_status wave_check(const char *path, struct sim_error *error) {
    FILE *file = fopen(path, "rb");
    uint8_t head[9];
    uint64_t place = 0, size = 0;
    if (!file || fseeko(file, 0, SEEK_END)) {
        if (file) fclose(file);
        return sim_fail(error, SIM_ERROR_IO, "%s: the waveform was not written", path);
    }
    size = (uint64_t)ftello(file);
    while (place < size && !fseeko(file, (off_t)place, SEEK_SET) &&
           fread(head, 1, sizeof head, file) == sizeof head && head[0] < BLOCK_TYPES) {
        uint64_t length = 0;
        for (unsigned i = 1; i < sizeof head; i++) length = length << 8 | head[i];
        if (length < 8 || length > size - place - 1) break;
        place += 1 + length;
    }
    fclose(file);
    if (place == size && size > 0) return SIM_OK;
    return sim_fail(error, SIM_ERROR_IO,
                    "%s: the waveform was cut short at byte %llu (is the disk full?)", path,
                    (unsigned long long)place);
}
