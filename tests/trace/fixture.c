// SPDX-License-Identifier: Apache-2.0
// Files are removed one by one, by absolute name, and only if fixture_path named them.
#include "fixture.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 64, PATH_BYTES = 512 };

static struct {
    char folder[PATH_BYTES / 2];
    char paths[FILES][PATH_BYTES];
    size_t count;
} fixture;

uint64_t fixture_seed(void) {
    static uint64_t seed;
    static bool known;
    if (!known) {
        const char *text = getenv("TANDEM_SEED");
        seed = text ? strtoull(text, NULL, 10) : 1;
        known = true;
        printf("TANDEM_SEED=%" PRIu64 "\n", seed);
    }
    return seed;
}

uint64_t fixture_random(uint64_t *state) {
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

int fixture_folder_create(void **state) {
    (void)state;
    const char *parent = getenv("TMPDIR");
    snprintf(fixture.folder, sizeof fixture.folder, "%s/tandem-trace-XXXXXX",
             parent && *parent == '/' ? parent : "/tmp");
    fixture_seed();
    return mkdtemp(fixture.folder) ? 0 : -1;
}

int fixture_folder_remove(void **state) {
    (void)state;
    for (size_t i = 0; i < fixture.count; i++) unlink(fixture.paths[i]);
    return rmdir(fixture.folder);
}

const char *fixture_path(const char *name) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", fixture.folder, name);
    for (size_t i = 0; i < fixture.count; i++) {
        if (strcmp(fixture.paths[i], path) == 0) return fixture.paths[i];
    }
    assert_true(fixture.count < FILES);
    return strcpy(fixture.paths[fixture.count++], path);
}

unsigned fixture_folder_entries(void) {
    DIR *folder = opendir(fixture.folder);
    assert_non_null(folder);
    unsigned count = 0;
    while (readdir(folder)) count++;
    closedir(folder);
    return count - 2;  // "." and ".."
}

void fixture_write_file(const char *path, const void *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

uint8_t *fixture_read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

struct trace_ref *fixture_refs(uint64_t seed, size_t count) {
    struct trace_ref *refs = malloc((count + 1) * sizeof *refs);
    assert_non_null(refs);
    uint64_t state = seed, pc = 0x401000, stack = 0x1FFF000800;
    for (size_t i = 0; i < count; i++) {
        uint64_t dice = fixture_random(&state), more = fixture_random(&state);
        struct trace_ref ref = {pc, TRACE_FETCH, (uint8_t)(1 + (pc >> 3) % 15)};
        if (dice % 100 == 0) {
            ref = (struct trace_ref){more, (uint8_t)(dice >> 8 & 3), (uint8_t)(dice >> 10 & 63)};
        } else if (dice % 100 < 30) {
            ref.va = dice & 1024 ? stack + (more & 0xFF8) : 0x5000000 + (more & 0xFFFFF);
            ref.kind = (uint8_t)(1 + (pc & 0xFF) % 3);
            ref.size = 8;
        } else {
            pc = (dice >> 8) % 20 ? pc + ref.size : 0x401000 + (more & 0x3FF);
        }
        refs[i] = ref;
    }
    return refs;
}

void fixture_write_trace(const char *path, const struct trace_ref *refs, size_t count) {
    struct trace_writer *writer = NULL;
    struct sim_error error;
    assert_int_equal(trace_writer_create(path, "test", &writer, &error), SIM_OK);
    assert_int_equal(trace_writer_add(writer, refs, count, &error), SIM_OK);
    assert_int_equal(trace_writer_commit(writer, &error), SIM_OK);
}

enum sim_status fixture_read_all(const char *path, struct sim_error *error) {
    struct trace_reader *reader = NULL;
    struct trace_ref refs[256];
    size_t count = 0;
    enum sim_status status = trace_reader_open(path, &reader, error);
    while (status == SIM_OK) status = trace_reader_next(reader, refs, 256, &count, error);
    if (status == SIM_END) status = trace_reader_seek(reader, 0, error);
    struct trace_pages pages;
    while (status == SIM_OK) status = trace_reader_next_pages(reader, &pages, error);
    trace_reader_close(reader);
    return status;
}

void fixture_assert_contains(const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("\"%s\" does not contain \"%s\"", text, part);
}
