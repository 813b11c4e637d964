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
void arguments_end_at_a_whole_setting_if_they_do_not_fit(void **state);

#endif
