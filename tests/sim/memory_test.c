// SPDX-License-Identifier: Apache-2.0
// Simulated physical memory against a flat array and at its edges.
#include "fixture.h"

static struct sim_memory *made(uint64_t base, uint64_t bytes) {
    struct sim_memory *memory;
    struct sim_error error;
    assert_int_equal(sim_memory_create(base, bytes, &memory, &error), SIM_OK);
    return memory;
}

static void memory_of_64_gib_takes_host_memory_only_where_written(void **state) {
    (void)state;
    struct sim_memory *memory = made(SIM_TEST_BASE, UINT64_C(64) << 30);
    uint64_t last = SIM_TEST_BASE + (UINT64_C(64) << 30) - 8;
    uint64_t value = 1;
    assert_int_equal(sim_memory_resident_bytes(memory), 0);
    assert_true(sim_memory_read(memory, last, 8, &value));
    assert_int_equal(value, 0);
    assert_int_equal(sim_memory_resident_bytes(memory), 0);
    assert_true(sim_memory_write(memory, last, 8, 0x1122334455667788));
    assert_true(sim_memory_read(memory, last, 8, &value));
    assert_int_equal(value, 0x1122334455667788);
    assert_int_equal(sim_memory_page(memory, last - 4088)[4088], 0x88);
    assert_int_equal(sim_memory_resident_bytes(memory), 4096);
    assert_false(sim_memory_exhausted(memory));
    sim_memory_destroy(memory);
}

static void memory_outside_its_range_does_not_exist(void **state) {
    (void)state;
    struct sim_memory *memory = made(SIM_TEST_BASE, 8192);
    const uint64_t outside[] = {0, SIM_TEST_BASE - 8, SIM_TEST_BASE + 8192, UINT64_MAX - 7};
    for (unsigned i = 0; i < 4; i++) {
        uint64_t value = 7;
        assert_false(sim_memory_exists(memory, outside[i]));
        assert_false(sim_memory_read(memory, outside[i], 8, &value));
        assert_false(sim_memory_write(memory, outside[i], 8, 1));
        assert_null(sim_memory_page(memory, outside[i]));
        assert_null(sim_memory_page_writable(memory, outside[i]));
        sim_memory_page_discard(memory, outside[i]);
    }
    assert_true(sim_memory_exists(memory, SIM_TEST_BASE));
    assert_true(sim_memory_exists(memory, SIM_TEST_BASE + 8191));
    assert_int_equal(sim_memory_base(memory), SIM_TEST_BASE);
    assert_int_equal(sim_memory_bytes(memory), 8192);
    sim_memory_destroy(memory);
}

static void memory_of_illegal_size_or_place_is_refused(void **state) {
    (void)state;
    const uint64_t cases[][2] = {{1, 4096},
                                 {0, 4095},
                                 {0, 0},
                                 {UINT64_C(1) << 56, 4096},
                                 {(UINT64_C(1) << 56) - 4096, 8192}};
    for (unsigned i = 0; i < 5; i++) {
        struct sim_memory *memory;
        struct sim_error error;
        assert_int_equal(sim_memory_create(cases[i][0], cases[i][1], &memory, &error),
                         SIM_ERROR_USAGE);
        sim_test_begins(&error, "memory of ");
    }
}

static void memory_page_reads_as_zero_again_after_discard(void **state) {
    (void)state;
    struct sim_memory *memory = made(0, 1 << 20);
    uint8_t *page = sim_memory_page_writable(memory, 4096);
    assert_non_null(page);
    page[0] = 9;
    assert_ptr_equal(sim_memory_page(memory, 4096), page);
    sim_memory_page_discard(memory, 4096);
    assert_null(sim_memory_page(memory, 4096));
    uint64_t value = 1;
    assert_true(sim_memory_read(memory, 4096, 8, &value));
    assert_int_equal(value, 0);
    assert_int_equal(sim_memory_resident_bytes(memory), 0);
    sim_memory_destroy(memory);
}

static void memory_equals_a_flat_array_over_random_writes(void **state) {
    (void)state;
    enum { WORDS = 1 << 16 };
    static uint64_t flat[WORDS];
    uint64_t random = sim_test_seed();
    struct sim_memory *memory = made(SIM_TEST_BASE, WORDS * 8);
    for (unsigned i = 0; i < 200000; i++) {
        uint64_t at = sim_test_random(&random) % WORDS;
        uint64_t value;
        assert_true(sim_memory_read(memory, SIM_TEST_BASE + at * 8, 8, &value));
        assert_int_equal(value, flat[at]);
        flat[at] = sim_test_random(&random);
        assert_true(sim_memory_write(memory, SIM_TEST_BASE + at * 8, 8, flat[at]));
    }
    sim_memory_destroy(memory);
}

static void memory_of_4_bytes_leaves_its_neighbours_alone(void **state) {
    (void)state;
    struct sim_memory *memory = made(SIM_TEST_BASE, 4096);
    uint64_t value = 1;
    assert_true(sim_memory_write(memory, SIM_TEST_BASE + 8, 8, 0x1122334455667788));
    assert_true(sim_memory_read(memory, SIM_TEST_BASE + 8, 4, &value));
    assert_int_equal(value, 0x55667788);
    assert_true(sim_memory_read(memory, SIM_TEST_BASE + 12, 4, &value));
    assert_int_equal(value, 0x11223344);
    assert_true(sim_memory_write(memory, SIM_TEST_BASE + 12, 4, 0xAABBCCDDEEFF0011));
    assert_true(sim_memory_read(memory, SIM_TEST_BASE + 8, 8, &value));
    assert_int_equal(value, 0xEEFF001155667788);
    assert_true(sim_memory_read(memory, SIM_TEST_BASE + 16, 8, &value));
    assert_int_equal(value, 0);
    sim_memory_destroy(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_of_64_gib_takes_host_memory_only_where_written),
        cmocka_unit_test(memory_outside_its_range_does_not_exist),
        cmocka_unit_test(memory_of_illegal_size_or_place_is_refused),
        cmocka_unit_test(memory_page_reads_as_zero_again_after_discard),
        cmocka_unit_test(memory_of_4_bytes_leaves_its_neighbours_alone),
        cmocka_unit_test(memory_equals_a_flat_array_over_random_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
