// SPDX-License-Identifier: Apache-2.0
// The shrinker's parts: shrink.c (attempts and their order), shrink_ops.c (operations and their
// times), shrink_state.c (memory, registers, memory timing), shrink_values.c (requests, addresses).
#ifndef SHRINK_INTERNAL_H
#define SHRINK_INTERNAL_H

#include "scenario_internal.h"
#include "verif/shrink.h"

struct shrink {
    const struct scenario_unit *unit;
    const struct shrink_limits *limits;
    struct scenario best;
    struct scenario_word *final;  // best's words at the end of its play
    struct scenario_failure target;
    uint64_t tries, kept;
    bool over;  // a limit was met, or there is no memory
};

// A copy of the best one, to be changed and attempted. False: it is over.
bool shrink_begin(struct shrink *s, struct scenario *candidate);
// Play the candidate, which is taken over; true: it is the best one now. `alias`: words that are
// not listed are those at this other address (pa ^ alias), so that an address's bit can be cleared
// in what points there and in what is there at once; 0: none.
bool shrink_attempt(struct shrink *s, struct scenario *candidate, uint64_t alias);

// Passes. Each returns whether it helped.
bool shrink_kinds(struct shrink *s);
bool shrink_operations(struct shrink *s, bool keep_time);
bool shrink_waiting(struct shrink *s);
bool shrink_folding(struct shrink *s);
bool shrink_shifts(struct shrink *s);
bool shrink_moments(struct shrink *s);
bool shrink_checks(struct shrink *s);
bool shrink_least_timing(struct shrink *s);
bool shrink_timing(struct shrink *s);
bool shrink_words(struct shrink *s);
bool shrink_word_bits(struct shrink *s);
bool shrink_registers(struct shrink *s);
bool shrink_requests(struct shrink *s);
bool shrink_addresses(struct shrink *s);

#endif
