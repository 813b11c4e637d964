// SPDX-License-Identifier: Apache-2.0
// The two tables of rules, to each other.
#ifndef COVERAGE_RULES_H
#define COVERAGE_RULES_H

#include "verif/coverage.h"

// Returns the rule that holds for (first, second, cycles), NULL: it is an aim.
const struct coverage_rule *coverage_distance_rule(const unsigned *value,
                                                   const struct coverage_config *config);

#endif
