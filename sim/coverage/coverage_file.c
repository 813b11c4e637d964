// SPDX-License-Identifier: Apache-2.0
// The file of a set: docs/coverage.md, "The file". Numbers are little-endian.
//
//   magic 8 | layout 8 | sections 4 | section ... | XXH64 of all before 8
//   section: configuration, 4 bytes a field | runs 8 | answers 8 | cycles 8 | reached 4 | bins
//   bins: for each reached one, in ascending order, (bin - the one before - 1) and its count, as
//   varints: 7 bits a byte, the lowest first, bit 7 set on all but the last
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "coverage_set.h"

enum { MAGIC_BYTES = 8, SUM_BYTES = 8, HEAD_BYTES = 20, PATH_BYTES = 4096, VARINT_BYTES = 10 };
static const uint8_t magic[MAGIC_BYTES] = {'T', 'D', 'M', 'C', 'O', 'V', '1', '\n'};
#define MOST_BYTES (UINT64_C(256) << 20)

// What the bins mean: a file of other items is another's.
static uint64_t layout(void) {
    XXH64_state_t *state = XXH64_createState();
    if (!state) return 0;
    XXH64_reset(state, 0);
    for (unsigned i = 0; i < COVERAGE_ITEMS; i++) {
        const struct coverage_item *item = coverage_item(i);
        XXH64_update(state, item->key, strlen(item->key) + 1);
        for (unsigned d = 0; d < item->dimensions; d++) {
            const struct coverage_dimension *dimension = item->dimension[d];
            XXH64_update(state, dimension->key, strlen(dimension->key) + 1);
            for (unsigned k = 0; k < dimension->count; k++)
                XXH64_update(state, dimension->values[k], strlen(dimension->values[k]) + 1);
        }
    }
    uint64_t hash = XXH64_digest(state);
    XXH64_freeState(state);
    return hash;
}

// --- writing -------------------------------------------------------------------------------------

static uint8_t *put(uint8_t *at, uint64_t value, unsigned bytes) {
    for (unsigned k = 0; k < bytes; k++) *at++ = (uint8_t)(value >> (8 * k));
    return at;
}

static uint8_t *put_varint(uint8_t *at, uint64_t value) {
    for (; value > 0x7F; value >>= 7) *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)value;
    return at;
}

static unsigned reached(const struct coverage_section *section) {
    unsigned count = 0;
    for (unsigned bin = 0; bin < coverage_bins(); bin++) count += section->count[bin] > 0;
    return count;
}

static uint8_t *put_section(uint8_t *at, const struct coverage_section *section) {
#define X(field, least, most) at = put(at, section->config.field, 4);
    COVERAGE_CONFIG_LIST(X)
#undef X
    at = put(at, section->runs, 8);
    at = put(at, section->answers, 8);
    at = put(at, section->cycles, 8);
    at = put(at, reached(section), 4);
    unsigned next = 0;
    for (unsigned bin = 0; bin < coverage_bins(); bin++) {
        if (section->count[bin] == 0) continue;
        at = put_varint(at, bin - next);
        at = put_varint(at, section->count[bin]);
        next = bin + 1;
    }
    return at;
}

uint8_t *coverage_set_bytes(const struct coverage_set *set, size_t *size) {
    size_t most = HEAD_BYTES + SUM_BYTES;
    for (unsigned k = 0; k < set->sections; k++)
        most +=
            COVERAGE_CONFIG_FIELDS * 4u + 28 + (size_t)reached(&set->section[k]) * 2 * VARINT_BYTES;
    uint8_t *bytes = malloc(most), *at = bytes;
    if (!bytes) return NULL;
    memcpy(at, magic, MAGIC_BYTES);
    at = put(at + MAGIC_BYTES, layout(), 8);
    at = put(at, set->sections, 4);
    for (unsigned k = 0; k < set->sections; k++) at = put_section(at, &set->section[k]);
    at = put(at, XXH64(bytes, (size_t)(at - bytes), 0), 8);
    *size = (size_t)(at - bytes);
    return bytes;
}

enum sim_status coverage_write_file(const char *path, const void *bytes, size_t size,
                                    const char *content, struct sim_error *error) {
    char temporary[PATH_BYTES];
    struct stat there;
    if (!lstat(path, &there) && !S_ISREG(there.st_mode))
        return sim_fail(error, SIM_ERROR_USAGE, "%s: not a regular file, so it cannot hold %s",
                        path, content);
    int n = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (n < 0 || (size_t)n >= sizeof temporary)
        return sim_fail(error, SIM_ERROR_USAGE, "%.200s: the name is too long", path);
    int fd = mkstemp(temporary);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (fd < 0)
        return sim_fail(error, SIM_ERROR_IO, "%s: cannot be created: %s", path, strerror(errno));
    bool ok = file && fwrite(bytes, 1, size, file) == size && !fflush(file) && !fchmod(fd, 0644) &&
              !fsync(fd);
    int why = errno;
    if (file ? fclose(file) : close(fd)) ok = false;
    if (ok && !rename(temporary, path)) return SIM_OK;
    if (ok) why = errno;
    unlink(temporary);
    return sim_fail(error, SIM_ERROR_IO, "%s: cannot be written: %s", path, strerror(why));
}

enum sim_status coverage_set_save(const struct coverage_set *set, const char *path,
                                  struct sim_error *error) {
    size_t size;
    uint8_t *bytes = coverage_set_bytes(set, &size);
    enum sim_status status = bytes ? coverage_write_file(path, bytes, size, "coverage", error)
                                   : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    free(bytes);
    return status;
}

// --- reading -------------------------------------------------------------------------------------

struct reader {
    const char *name;
    const uint8_t *begin, *at, *end;
    struct sim_error *error;
};

static enum sim_status damaged(const struct reader *reader, const char *what) {
    return sim_fail(reader->error, SIM_ERROR_FORMAT, "%s: byte %zu: %s", reader->name,
                    (size_t)(reader->at - reader->begin), what);
}

static bool get(struct reader *reader, unsigned bytes, uint64_t *value) {
    *value = 0;
    if ((size_t)(reader->end - reader->at) < bytes) return false;
    for (unsigned k = 0; k < bytes; k++) *value |= (uint64_t)*reader->at++ << (8 * k);
    return true;
}

// Only the shortest form is one: a set has one file.
static bool get_varint(struct reader *reader, uint64_t *value) {
    *value = 0;
    for (unsigned k = 0; k < VARINT_BYTES && reader->at < reader->end; k++) {
        uint8_t byte = *reader->at++;
        if (k == VARINT_BYTES - 1 && byte > 1) return false;
        *value |= (uint64_t)(byte & 0x7F) << (7 * k);
        if (!(byte & 0x80)) return byte != 0 || k == 0;
    }
    return false;
}

static enum sim_status get_bins(struct reader *reader, uint64_t *count, uint64_t listed) {
    uint64_t next = 0, gap, value;
    if (listed > coverage_bins()) return damaged(reader, "more bins than there are");
    for (uint64_t k = 0; k < listed; k++) {
        if (!get_varint(reader, &gap) || !get_varint(reader, &value) || value == 0 ||
            gap >= coverage_bins() - next)
            return damaged(reader, "a bin is damaged");
        next += gap;
        count[next++] = value;
    }
    return SIM_OK;
}

static enum sim_status get_config(struct reader *reader, struct coverage_config *config) {
    uint64_t value;
    bool whole = true;
#define X(field, least, most)                \
    whole = whole && get(reader, 4, &value); \
    config->field = (uint32_t)(whole ? value : 0);
    COVERAGE_CONFIG_LIST(X)
#undef X
    if (!whole) return damaged(reader, "the file ends in a configuration");
    if (!coverage_config_legal(config)) return damaged(reader, "a configuration that no unit has");
    return SIM_OK;
}

static enum sim_status get_section(struct reader *reader, struct coverage_section *section) {
    uint64_t listed = 0;
    memset(section->count, 0, coverage_bins() * sizeof *section->count);
    enum sim_status status = get_config(reader, &section->config);
    if (status) return status;
    if (!get(reader, 8, &section->runs) || !get(reader, 8, &section->answers) ||
        !get(reader, 8, &section->cycles) || !get(reader, 4, &listed))
        return damaged(reader, "the file ends in a section");
    if (section->runs == 0) return damaged(reader, "a section of no run");
    return get_bins(reader, section->count, listed);
}

static enum sim_status get_sections(struct reader *reader, uint64_t sections,
                                    struct coverage_set *set) {
    struct coverage_section section = {.count = calloc(coverage_bins(), sizeof(uint64_t))};
    enum sim_status status =
        section.count ? SIM_OK : sim_fail(reader->error, SIM_ERROR_MEMORY, "out of memory");
    for (uint64_t k = 0; k < sections && !status; k++) {
        status = get_section(reader, &section);
        if (!status) status = coverage_set_add(set, &section, reader->error);
    }
    free(section.count);
    if (!status && reader->at != reader->end)
        status = damaged(reader, "there is something after the last section");
    return status;
}

enum sim_status coverage_set_parse(struct coverage_set *set, const char *name, const uint8_t *bytes,
                                   size_t size, struct sim_error *error) {
    struct reader reader = {.name = name, .begin = bytes, .at = bytes, .error = error};
    uint64_t sections = 0, meant = 0, sum = 0;
    if (size < HEAD_BYTES + SUM_BYTES || memcmp(bytes, magic, MAGIC_BYTES) != 0)
        return sim_fail(error, SIM_ERROR_FORMAT, "%s: not a coverage file, or cut short", name);
    reader.at = bytes + size - SUM_BYTES;
    reader.end = bytes + size;
    (void)get(&reader, 8, &sum);
    if (sum != XXH64(bytes, size - SUM_BYTES, 0))
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "%s: the checksum at its end is not that of its content", name);
    reader.at = bytes + MAGIC_BYTES;
    reader.end = bytes + size - SUM_BYTES;
    (void)get(&reader, 8, &meant);
    (void)get(&reader, 4, &sections);
    if (meant != layout())
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "%s: written by a tandem with other coverage items than this one", name);
    if (sections == 0) return damaged(&reader, "it holds no run");
    if (sections > COVERAGE_MOST_SECTIONS) return damaged(&reader, "too many sections");
    return get_sections(&reader, sections, set);
}

static enum sim_status load(FILE *file, const char *path, struct coverage_set *set,
                            struct sim_error *error) {
    struct stat status;
    if (fstat(fileno(file), &status) || !S_ISREG(status.st_mode))
        return sim_fail(error, SIM_ERROR_IO, "%s: not a regular file", path);
    if ((uint64_t)status.st_size > MOST_BYTES)
        return sim_fail(error, SIM_ERROR_FORMAT, "%s: more than 256 MiB: not a coverage file",
                        path);
    size_t size = (size_t)status.st_size;
    uint8_t *bytes = malloc(size + 1);
    if (!bytes) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    enum sim_status result =
        fread(bytes, 1, size, file) == size
            ? coverage_set_parse(set, path, bytes, size, error)
            : sim_fail(error, SIM_ERROR_IO, "%s: cannot be read: %s", path, strerror(errno));
    free(bytes);
    return result;
}

enum sim_status coverage_set_load(struct coverage_set *set, const char *path,
                                  struct sim_error *error) {
    // A pipe that nobody writes to would hold the opening for ever.
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");
    if (!file) {
        int why = errno;
        if (fd >= 0) close(fd);
        return sim_fail(error, SIM_ERROR_IO, "%s: cannot be opened: %s", path, strerror(why));
    }
    enum sim_status status = load(file, path, set, error);
    fclose(file);
    return status;
}
