// SPDX-License-Identifier: Apache-2.0
// Between query.c (what a query depends on) and work.c (laying a plan out).
#ifndef STUDY_QUERY_PRIVATE_H
#define STUDY_QUERY_PRIVATE_H

#include "query.h"

// Returns the query's configuration with every key that cannot change its answer at its default.
struct study_config study_query_canonical(const struct study_query *query);

// Returns whether the key can change the query's answer.
bool study_query_keeps(const struct study_query *query, const struct config_key *key);

// Returns whether a kernel answers: with exactly what the RTL would count, but for samples.
bool study_query_kernel(const struct study_query *query);

// Returns what queries that one pass answers have in common; at most *batch of them may share it.
struct study_config study_query_group(const struct study_query *query, unsigned *batch);

#endif
