// SPDX-License-Identifier: Apache-2.0
// What each line of a vector file says, by its letter. `fields` begins after the letter; a failure
// is kept there.
#ifndef VECTORS_RECORDS_H
#define VECTORS_RECORDS_H

#include "fields.h"
#include "scenario.h"

// S: replaces *scenario. H, R, P: add to it.
void vectors_record_scenario(struct vectors_fields *fields, struct vectors_scenario *scenario);
void vectors_record_guest(struct vectors_fields *fields, struct vectors_scenario *scenario);
void vectors_record_region(struct vectors_fields *fields, struct vectors_scenario *scenario);
void vectors_record_pmp(struct vectors_fields *fields, struct vectors_scenario *scenario);
// M
void vectors_record_words(struct vectors_fields *fields, const struct vectors_scenario *scenario,
                          struct vectors_words *words);
// Q, and with two stages G: replaces *query.
void vectors_record_query(struct vectors_fields *fields, const struct vectors_scenario *scenario,
                          struct vectors_query *query);
// U: adds to the query.
void vectors_record_update(struct vectors_fields *fields, const struct vectors_scenario *scenario,
                           struct vectors_query *query);

#endif
