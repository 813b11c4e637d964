// SPDX-License-Identifier: Apache-2.0
// Parts of the reference: the steps of walks, and who is taken by a slot (section 7).
#ifndef TANDEM_TESTS_MODEL_REFERENCE_STEPS_H
#define TANDEM_TESTS_MODEL_REFERENCE_STEPS_H

#include "reference.h"

bool ref_final_check(const struct ref *ref, const struct ref_request *request, uint64_t pa);
// What the slot puts on the wires next: its address, from a page-walk cache if it is the first.
void ref_make_request(struct ref *ref, struct ref_slot *slot);
bool ref_pte_access_allowed(const struct ref *ref, const struct ref_slot *slot);
// What the answer that arrives in this cycle means, unless it is ignored.
void ref_judge(struct ref *ref, struct ref_slot *slot);
// Grants, answers, denials, kills and fences in all slots.
void ref_walks(struct ref *ref);
// The slot is free in this cycle.
void ref_free_slot(struct ref *ref, unsigned number);
// Merging, and the candidate that is taken.
void ref_start(struct ref *ref);

#endif
