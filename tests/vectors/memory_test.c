// SPDX-License-Identifier: Apache-2.0
// A scenario's memory: image, changes, their order, undo.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "memory.h"

static const struct vectors_scenario scenario = {
    .xlen = 64, .regions = 2, .region = {{0x80000000, 0x1000000}, {0xfffffffffff000, 0x1000}}};

static int set_up(void **state) {
    *state = vectors_memory_create();
    if (!*state) return -1;
    vectors_memory_begin(*state, &scenario, false);
    return 0;
}

static int tear_down(void **state) {
    vectors_memory_destroy(*state);
    return 0;
}

static void expect_word(void *memory, uint64_t pa, uint64_t expected) {
    uint64_t value = ~expected;
    assert_true(vectors_memory_read(memory, pa, 8, &value));
    assert_int_equal(value, expected);
}

static void memory_is_zero_where_the_image_says_nothing(void **state) {
    struct vectors_words words = {.pa = 0x80000ff8, .value = 7, .count = 3};
    assert_int_equal(vectors_memory_fill(*state, &words, NULL), SIM_OK);
    expect_word(*state, 0x80000ff0, 0);
    expect_word(*state, 0x80000ff8, 7);
    expect_word(*state, 0x80001008, 7);
    expect_word(*state, 0x80001010, 0);
    expect_word(*state, 0xfffffffffffff8, 0);
}

static void memory_is_absent_between_its_pieces(void **state) {
    uint64_t value;
    assert_false(vectors_memory_read(*state, 0x7ffffff8, 8, &value));
    assert_false(vectors_memory_read(*state, 0x81000000, 8, &value));
    assert_false(vectors_memory_write(*state, 0x81000000, 8, 1));
    assert_false(vectors_memory_compare_and_write(*state, 0x81000000, 8, 0, 1, &value));
}

static void memory_without_absence_reads_zero_and_keeps_nothing(void **state) {
    struct vectors_outcome outcome;
    vectors_memory_begin(*state, &scenario, true);
    expect_word(*state, 0x81000000, 0);
    assert_true(vectors_memory_write(*state, 0x81000000, 8, 1));
    expect_word(*state, 0x81000000, 0);
    vectors_memory_updates(*state, &outcome);
    assert_int_equal(outcome.updates, 0);
}

static void memory_compares_before_it_writes(void **state) {
    uint64_t old;
    assert_true(vectors_memory_write(*state, 0x80000000, 8, 5));
    assert_true(vectors_memory_compare_and_write(*state, 0x80000000, 8, 4, 6, &old));
    assert_int_equal(old, 5);
    expect_word(*state, 0x80000000, 5);
    assert_true(vectors_memory_compare_and_write(*state, 0x80000000, 8, 5, 6, &old));
    expect_word(*state, 0x80000000, 6);
}

static void memory_undo_brings_the_first_values_back(void **state) {
    struct vectors_words words = {.pa = 0x80000000, .value = 7, .count = 1};
    struct vectors_outcome outcome;
    assert_int_equal(vectors_memory_fill(*state, &words, NULL), SIM_OK);
    for (uint64_t value = 1; value <= 3; value++)
        assert_true(vectors_memory_write(*state, 0x80000000, 8, value));
    assert_true(vectors_memory_write(*state, 0x80000008, 8, 4));
    vectors_memory_updates(*state, &outcome);
    assert_int_equal(outcome.updates, 2);
    assert_int_equal(outcome.update[0].value, 3);
    vectors_memory_undo(*state);
    expect_word(*state, 0x80000000, 7);
    expect_word(*state, 0x80000008, 0);
    vectors_memory_updates(*state, &outcome);
    assert_int_equal(outcome.updates, 0);
}

static void memory_keep_makes_changes_the_image(void **state) {
    assert_true(vectors_memory_write(*state, 0x80000000, 8, 1));
    vectors_memory_keep(*state);
    assert_true(vectors_memory_write(*state, 0x80000000, 8, 2));
    vectors_memory_undo(*state);
    expect_word(*state, 0x80000000, 1);
}

static void memory_updates_come_in_the_order_of_first_touch(void **state) {
    struct vectors_outcome outcome;
    expect_word(*state, 0x80000020, 0);
    expect_word(*state, 0x80000010, 0);
    for (uint64_t pa = 0x80000000; pa <= 0x80000020; pa += 0x10)
        assert_true(vectors_memory_write(*state, pa, 8, pa));
    vectors_memory_updates(*state, &outcome);
    assert_int_equal(outcome.updates, 3);
    assert_int_equal(outcome.update[0].pa, 0x80000020);
    assert_int_equal(outcome.update[1].pa, 0x80000010);
    assert_int_equal(outcome.update[2].pa, 0x80000000);
}

// Two PTEs of Sv32 lie in one aligned word of 8 bytes, which the first read touches.
static void memory_touches_whole_words_with_xlen_32(void **state) {
    struct vectors_scenario narrow = {.xlen = 32, .regions = 1, .region = {{0x80000000, 0x1000}}};
    struct vectors_outcome outcome;
    uint64_t value;
    vectors_memory_begin(*state, &narrow, false);
    assert_true(vectors_memory_read(*state, 0x80000004, 4, &value));
    assert_true(vectors_memory_write(*state, 0x80000100, 4, 1));
    assert_true(vectors_memory_write(*state, 0x80000000, 4, 2));
    vectors_memory_updates(*state, &outcome);
    assert_int_equal(outcome.update[0].pa, 0x80000000);
    assert_int_equal(outcome.update[1].pa, 0x80000100);
    assert_true(vectors_memory_read(*state, 0x80000004, 4, &value));
    assert_int_equal(value, 0);
}

static void memory_tells_of_more_changes_than_fit(void **state) {
    struct vectors_outcome outcome;
    for (uint64_t i = 0; i < VECTORS_UPDATES; i++)
        assert_true(vectors_memory_write(*state, 0x80000000 + 8 * i, 8, i + 1));
    vectors_memory_updates(*state, &outcome);
    assert_int_equal(outcome.updates, VECTORS_UPDATES);
    assert_false(outcome.more_updates);
    assert_false(vectors_memory_write(*state, 0x80000000 + 8 * VECTORS_UPDATES, 8, 1));
    vectors_memory_updates(*state, &outcome);
    assert_true(outcome.more_updates);
    vectors_memory_undo(*state);
    vectors_memory_updates(*state, &outcome);
    assert_false(outcome.more_updates);
}

static void memory_grows_and_a_new_scenario_forgets(void **state) {
    struct vectors_words words = {.pa = 0x80000000, .value = 0, .count = 1};
    for (uint64_t i = 0; i < 100000; i++) {
        words.pa = 0x80000000 + 8 * i;
        words.value = i + 1;
        assert_int_equal(vectors_memory_fill(*state, &words, NULL), SIM_OK);
    }
    for (uint64_t i = 0; i < 100000; i += 999) expect_word(*state, 0x80000000 + 8 * i, i + 1);
    vectors_memory_begin(*state, &scenario, false);
    for (uint64_t i = 0; i < 100000; i += 999) expect_word(*state, 0x80000000 + 8 * i, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(memory_is_zero_where_the_image_says_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(memory_is_absent_between_its_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_without_absence_reads_zero_and_keeps_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(memory_compares_before_it_writes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_undo_brings_the_first_values_back, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(memory_keep_makes_changes_the_image, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_updates_come_in_the_order_of_first_touch, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(memory_touches_whole_words_with_xlen_32, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_tells_of_more_changes_than_fit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_grows_and_a_new_scenario_forgets, set_up,
                                        tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
