// SPDX-License-Identifier: Apache-2.0
// Regions of 1 GiB in the addresses of programs.
#include "fixture.h"

#include <string.h>

enum { REGIONS = 256 };
#define GIB (UINT64_C(1) << 30)

static struct trace_vamap *create(void) {
    struct trace_vamap *map = NULL;
    struct sim_error error;
    assert_int_equal(trace_vamap_create(38, &map, &error), SIM_OK);
    return map;
}

static uint64_t apply(struct trace_vamap *map, uint64_t va) {
    uint64_t mapped = 0;
    struct sim_error error;
    if (trace_vamap_apply(map, va, &mapped, &error) != SIM_OK) fail_msg("%s", error.text);
    return mapped;
}

static void vamap_keeps_addresses_of_the_lower_half(void **state) {
    (void)state;
    struct trace_vamap *map = create();
    uint64_t seed = fixture_seed();
    for (int i = 0; i < 10000; i++) {
        uint64_t va = fixture_random(&seed) & (REGIONS * GIB - 1);
        assert_int_equal(apply(map, va), va);
    }
    trace_vamap_destroy(map);
}

static void vamap_gives_other_regions_the_highest_free_number(void **state) {
    (void)state;
    struct trace_vamap *map = create();
    assert_int_equal(apply(map, 255 * GIB + 1), 255 * GIB + 1);
    assert_int_equal(apply(map, UINT64_MAX), 255 * GIB - 1);      // 254
    assert_int_equal(apply(map, 256 * GIB + 5), 253 * GIB + 5);   // 253
    assert_int_equal(apply(map, 254 * GIB + 9), 252 * GIB + 9);   // 254 is taken
    assert_int_equal(apply(map, UINT64_MAX - 7), 255 * GIB - 8);  // as before
    assert_int_equal(apply(map, 0), 0);
    trace_vamap_destroy(map);
}

// A table in order of appearance, searched from its beginning.
struct list_map {
    uint64_t regions[REGIONS];
    int numbers[REGIONS];
    int count;
};

static int list_number(struct list_map *list, uint64_t region) {
    bool taken[REGIONS] = {false};
    for (int i = 0; i < list->count; i++) {
        if (list->regions[i] == region) return list->numbers[i];
        taken[list->numbers[i]] = true;
    }
    if (list->count == REGIONS) return -1;
    int number = REGIONS - 1;
    while (taken[number]) number--;
    if (region < REGIONS && !taken[region]) number = (int)region;
    list->regions[list->count] = region;
    list->numbers[list->count++] = number;
    return number;
}

static void vamap_agrees_with_a_list_until_the_257th_region(void **state) {
    (void)state;
    uint64_t seed = fixture_seed(), failures = 0;
    for (int run = 0; run < 20; run++) {
        struct trace_vamap *map = create();
        struct list_map list = {.count = 0};
        for (int i = 0; i < 3000; i++) {
            uint64_t va = fixture_random(&seed) >> (fixture_random(&seed) % 2 ? 0 : 25);
            if (i % 2 && list.count) {
                uint64_t known = list.regions[fixture_random(&seed) % (uint64_t)list.count];
                va = known << 30 | (va & (GIB - 1));
            }
            int number = list_number(&list, va >> 30);
            uint64_t mapped = 0;
            struct sim_error error;
            enum sim_status status = trace_vamap_apply(map, va, &mapped, &error);
            assert_int_equal(status, number < 0 ? SIM_ERROR_USAGE : SIM_OK);
            failures += number < 0;
            if (number >= 0) {
                assert_int_equal(mapped, (uint64_t)number * GIB + va % GIB);
            }
        }
        trace_vamap_destroy(map);
    }
    assert_true(failures > 0);
}

static void vamap_names_the_address_of_the_257th_region(void **state) {
    (void)state;
    struct trace_vamap *map = create();
    for (uint64_t region = 0; region < REGIONS; region++) apply(map, (1000 + region) * GIB);
    uint64_t mapped = 0;
    struct sim_error error;
    assert_int_equal(trace_vamap_apply(map, 0x12345, &mapped, &error), SIM_ERROR_USAGE);
    fixture_assert_contains(error.text, "more than 256 regions");
    fixture_assert_contains(error.text, "0x12345");
    assert_int_equal(apply(map, 1000 * GIB + 3), 255 * GIB + 3);
    trace_vamap_destroy(map);
}

static uint64_t apply_in(unsigned user_bits, uint64_t va) {
    struct trace_vamap *map = NULL;
    struct sim_error error;
    uint64_t mapped = 0;
    assert_int_equal(trace_vamap_create(user_bits, &map, &error), SIM_OK);
    if (trace_vamap_apply(map, va, &mapped, &error) != SIM_OK) fail_msg("%s", error.text);
    trace_vamap_destroy(map);
    return mapped;
}

static void vamap_takes_the_last_region_of_the_mode_s_range(void **state) {
    (void)state;
    static const unsigned ranges[] = {32, 38, 47, 56};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        uint64_t end = UINT64_C(1) << ranges[i];
        assert_int_equal(apply_in(ranges[i], end - 1), end - 1);
        assert_int_equal(apply_in(ranges[i], UINT64_MAX - 5), end - 6);
        assert_int_equal(apply_in(ranges[i], end + 7), end - GIB + 7);
    }
}

static void vamap_of_sv32_refuses_the_fifth_region(void **state) {
    (void)state;
    struct trace_vamap *map = NULL;
    struct sim_error error;
    uint64_t mapped = 0;
    assert_int_equal(trace_vamap_create(32, &map, &error), SIM_OK);
    for (uint64_t region = 0; region < 4; region++)
        assert_int_equal(apply(map, (10 + region) * GIB), (3 - region) * GIB);
    for (unsigned again = 0; again < 2; again++) {
        assert_int_equal(trace_vamap_apply(map, 99 * GIB, &mapped, &error), SIM_ERROR_USAGE);
        fixture_assert_contains(error.text, "more than 4 regions");
    }
    trace_vamap_destroy(map);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vamap_keeps_addresses_of_the_lower_half),
        cmocka_unit_test(vamap_gives_other_regions_the_highest_free_number),
        cmocka_unit_test(vamap_agrees_with_a_list_until_the_257th_region),
        cmocka_unit_test(vamap_names_the_address_of_the_257th_region),
        cmocka_unit_test(vamap_takes_the_last_region_of_the_mode_s_range),
        cmocka_unit_test(vamap_of_sv32_refuses_the_fifth_region),
    };
    return cmocka_run_group_tests_name("vamap", tests, fixture_folder_create,
                                       fixture_folder_remove) != 0;
}
