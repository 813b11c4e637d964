// SPDX-License-Identifier: Apache-2.0
// Next uses against the trivially right search.
#define _POSIX_C_SOURCE 200809L  // setenv
#include "sim/future.h"

#include <stdlib.h>

#include "fixture.h"

static struct future *future_of(const uint64_t *pages, size_t count) {
    struct future_builder *builder;
    struct future *future;
    struct sim_error error;
    assert_int_equal(future_builder_create(&builder, &error), SIM_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(
            future_builder_add(builder, (uint32_t)(pages[i] & 3), pages[i] >> 2, &error), SIM_OK);
    }
    assert_int_equal(future_builder_finish(builder, &future, &error), SIM_OK);
    return future;
}

static void future_is(struct future *future, const uint64_t *expected, size_t count) {
    struct sim_error error;
    uint64_t next_use;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(future_next(future, &next_use, &error), SIM_OK);
        assert_int_equal(next_use, expected[i]);
    }
    assert_int_equal(future_next(future, &next_use, &error), SIM_END);
    assert_int_equal(future_next(future, &next_use, &error), SIM_END);
}

static void future_of_a_short_string_is_the_next_position_of_the_same_page(void **state) {
    (void)state;
    const uint64_t pages[] = {4, 8, 4, 5, 8, 4};  // 4 and 5: the same vpn in two spaces
    const uint64_t expected[] = {2, 4, 5, FUTURE_NEVER, FUTURE_NEVER, FUTURE_NEVER};
    struct future *future = future_of(pages, 6);
    assert_int_equal(future_references(future), 6);
    assert_int_equal(future_pages(future), 3);
    future_is(future, expected, 6);
    future_rewind(future);
    future_is(future, expected, 6);
    future_destroy(future);
}

static void future_of_nothing_ends_at_once(void **state) {
    (void)state;
    struct future *future = future_of(NULL, 0);
    future_is(future, NULL, 0);
    assert_int_equal(future_pages(future), 0);
    future_destroy(future);
}

static void future_of_any_length_equals_the_search_backward(void **state) {
    (void)state;
    enum { PAGES = 5000, MOST = 3 * 32768 + 17 };
    const size_t counts[] = {1, 32767, 32768, 32769, 65536, MOST};
    uint64_t random = sim_test_seed();
    uint64_t *pages = malloc(MOST * sizeof *pages);
    uint64_t *expected = malloc(MOST * sizeof *expected);
    for (unsigned c = 0; c < 6; c++) {
        uint64_t last[PAGES];
        for (unsigned i = 0; i < PAGES; i++) last[i] = FUTURE_NEVER;
        for (size_t i = 0; i < counts[c]; i++) pages[i] = sim_test_random(&random) % PAGES;
        for (size_t i = counts[c]; i-- > 0;) {
            expected[i] = last[pages[i]];
            last[pages[i]] = i;
        }
        struct future *future = future_of(pages, counts[c]);
        future_is(future, expected, counts[c]);
        future_destroy(future);
    }
    free(pages);
    free(expected);
}

static void future_builder_can_be_abandoned(void **state) {
    (void)state;
    struct future_builder *builder;
    struct sim_error error;
    assert_int_equal(future_builder_create(&builder, &error), SIM_OK);
    assert_int_equal(future_builder_add(builder, 0, 1, &error), SIM_OK);
    future_builder_abandon(builder);
}

static void future_without_a_folder_for_its_file_is_a_sentence(void **state) {
    (void)state;
    struct future_builder *builder;
    struct sim_error error;
    char before[256];
    const char *folder = getenv("TMPDIR");
    snprintf(before, sizeof before, "%s", folder ? folder : "");
    setenv("TMPDIR", "/nonexistent", 1);
    enum sim_status status = future_builder_create(&builder, &error);
    folder ? setenv("TMPDIR", before, 1) : unsetenv("TMPDIR");
    assert_int_equal(status, SIM_ERROR_IO);
    sim_test_contains(&error, "cannot create the temporary file");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(future_of_a_short_string_is_the_next_position_of_the_same_page),
        cmocka_unit_test(future_of_nothing_ends_at_once),
        cmocka_unit_test(future_of_any_length_equals_the_search_backward),
        cmocka_unit_test(future_builder_can_be_abandoned),
        cmocka_unit_test(future_without_a_folder_for_its_file_is_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
