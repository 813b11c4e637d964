// SPDX-License-Identifier: Apache-2.0
// Queries, outcomes and walks in words.
#ifndef VECTORS_WORDS_H
#define VECTORS_WORDS_H

#include <stdio.h>

#include "scenario.h"

// Each without a line's end.
void vectors_say_scenario(FILE *out, const struct vectors_scenario *scenario);
void vectors_say_query(FILE *out, const struct vectors_scenario *scenario,
                       const struct vectors_query *query);
void vectors_say_outcome(FILE *out, const struct vectors_outcome *outcome);
void vectors_say_differences(FILE *out, unsigned differences);

// One line for each PTE access, each begun with `indent`.
void vectors_say_walk(FILE *out, const struct vectors_scenario *scenario,
                      const struct mmu_walk_trace *trace, const char *indent);

#endif
