// SPDX-License-Identifier: Apache-2.0
// A unit that answers queries right and counts wrong is found by each query, however short.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_dut.h"
#include "unit.h"

// Satp is Bare: an address is its own translation.
static bool ask(enum fake_fault fault, char **page) {
    struct vectors_choices choices = vectors_choices_default();
    struct vectors_scenario scenario = {
        .xlen = 64, .regions = 1, .region = {{0x80000000, 0x10000}}};
    struct vectors_query query = {.type = 'r', .priv = MMU_PRIV_S, .bytes = 8, .va = 0x80000008};
    struct vectors_memory *memory = vectors_memory_create();
    struct mmu_config config = mmu_config_default();
    struct vectors_outcome outcome;
    assert_non_null(memory);
    vectors_memory_begin(memory, &scenario, false);
    struct vectors_hart hart = vectors_hart_of(&scenario, &choices, memory);
    config.arch = hart.arch;
    struct dut *dut = fake_dut_create(&config, fault);
    struct vectors_unit *unit = vectors_unit_create(&config, fake_dut_ops(), dut, memory, 1);
    assert_true(dut && unit);
    assert_true(vectors_unit_begin(unit, &hart));
    bool agreed = vectors_unit_query(unit, &hart, &query, &outcome);
    assert_false(outcome.fault);
    assert_int_equal(outcome.pa, query.va);
    *page = agreed ? NULL : vectors_unit_page(unit, "");
    vectors_unit_destroy(unit);
    fake_dut_ops()->destroy(dut);
    vectors_memory_destroy(memory);
    return agreed;
}

static void wrong_counter_is_found_by_one_query(void **state) {
    (void)state;
    char *page;
    assert_true(ask(FAKE_RIGHT, &page));
    assert_false(ask((enum fake_fault)(FAKE_COUNTER + MMU_COUNT_UNTRANSLATED), &page));
    assert_non_null(page);
    assert_non_null(strstr(page, "data_untranslated"));
    free(page);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(wrong_counter_is_found_by_one_query)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
