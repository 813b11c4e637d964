// SPDX-License-Identifier: Apache-2.0
// Text that grows, and what is the same in every C test of a scenario.
#ifndef SCENARIO_TEST_H
#define SCENARIO_TEST_H

#include <stdbool.h>
#include <stddef.h>

// A string that grows. All zero is empty.
struct scenario_text {
    char *bytes;
    size_t used, capacity;
    bool failed;
};

void scenario_add(struct scenario_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void scenario_add_text(struct scenario_text *text, const char *bytes, size_t count);

extern const char scenario_test_head[], scenario_test_memory[], scenario_test_ports[],
    scenario_test_main[];

#endif
