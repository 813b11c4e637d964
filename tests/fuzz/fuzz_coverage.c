// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as a coverage file, its layout and checksum put right, so that what lies behind
// them is reached. What is accepted is written back as what was read, whatever the order of its
// sections, and reports of it can be made.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "coverage_set.h"
#include "coverage_summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 16, SUM = 8 };

static void put_right(uint8_t *bytes, size_t size) {
    size_t head_size;
    struct coverage_set none = coverage_set_empty();
    uint8_t *head = coverage_set_bytes(&none, &head_size);
    if (!head) abort();
    memcpy(bytes, head, HEAD);
    uint64_t sum = XXH64(bytes, size - SUM, 0);
    for (unsigned k = 0; k < SUM; k++) bytes[size - SUM + k] = (uint8_t)(sum >> (8 * k));
    free(head);
}

static void check_twice(const struct coverage_set *set) {
    struct coverage_set again = coverage_set_empty();
    struct sim_error error = {""};
    size_t size, same;
    uint8_t *bytes = coverage_set_bytes(set, &size);
    if (!bytes || coverage_set_parse(&again, "written", bytes, size, &error)) abort();
    uint8_t *back = coverage_set_bytes(&again, &same);
    if (!back || same != size || memcmp(bytes, back, size) != 0) abort();
    free(bytes);
    free(back);
    coverage_set_free(&again);
}

static void check_reports(const struct coverage_set *set) {
    struct coverage_summary summary;
    struct sim_error error = {""};
    if (coverage_summarize(set, &summary, &error)) abort();
    free(coverage_json(set, &summary));
    free(coverage_html(set, &summary));
    coverage_summary_free(&summary);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct coverage_set set = coverage_set_empty();
    struct sim_error error = {""};
    uint8_t *bytes = malloc(size + 1);
    if (!bytes) return 0;
    memcpy(bytes, data, size);
    if (size >= HEAD + SUM && data[0] != 'X') put_right(bytes, size);
    if (coverage_set_parse(&set, "input", bytes, size, &error) == SIM_OK) {
        check_twice(&set);
        if (set.sections < 4) check_reports(&set);
    } else if (!error.text[0]) {
        abort();
    }
    coverage_set_free(&set);
    free(bytes);
    return 0;
}
