// SPDX-License-Identifier: Apache-2.0
#ifndef CONFIG_TEST_H
#define CONFIG_TEST_H

#include <stdint.h>

#include "config.h"

// Random configurations: config_print_test.c. The seed is printed by main.
extern uint64_t config_test_seed;

void printed_configuration_reads_back_the_same(void **state);
void arguments_reproduce_the_configuration(void **state);
void arguments_of_the_default_are_none(void **state);
// What the keys of the architecture mean: config_mmu_test.c.
void rules_of_the_architecture_are_checked(void **state);
void xlen_32_brings_its_own_defaults(void **state);
void settling_twice_changes_nothing(void **state);
void architecture_of_a_configuration_is_what_the_keys_say(void **state);
void hierarchy_of_a_configuration_is_what_the_keys_say(void **state);
void weights_reach_the_stimulus(void **state);

void arguments_end_at_a_whole_setting_if_they_do_not_fit(void **state);

#endif
