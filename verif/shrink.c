// SPDX-License-Identifier: Apache-2.0
// Attempts, and the order of the passes.
#include "shrink_internal.h"

#include <stdlib.h>
#include <string.h>

bool shrink_begin(struct shrink *s, struct scenario *candidate) {
    if (s->tries >= s->limits->most_tries) s->over = true;
    if (!s->over && s->limits->stop && s->limits->stop(s->limits->user)) s->over = true;
    if (!s->over && !scenario_copy(candidate, &s->best)) s->over = true;
    return !s->over;
}

struct alias {
    const struct scenario *scenario;
    uint64_t mask;
};

static int by_address(const void *key, const void *word) {
    uint64_t pa = *(const uint64_t *)key, other = ((const struct scenario_word *)word)->pa;
    return (pa > other) - (pa < other);
}

static bool aliased(void *user, uint64_t pa, uint64_t *value) {
    const struct alias *alias = user;
    const struct scenario *scenario = alias->scenario;
    uint64_t other = pa ^ alias->mask;
    const struct scenario_word *word = scenario->word_count
                                           ? bsearch(&other, scenario->words, scenario->word_count,
                                                     sizeof *scenario->words, by_address)
                                           : NULL;
    if (word) *value = word->value;
    return word != NULL;
}

// What was not read, not presented and not reached is gone at once.
static void take(struct shrink *s, struct scenario *candidate, struct scenario_result *result) {
    free(candidate->words);
    candidate->words = result->words;
    candidate->word_count = result->word_count;
    result->words = NULL;
    candidate->op_count = result->presented;
    if (candidate->timing_count > result->transactions)
        candidate->timing_count = (size_t)result->transactions;
    candidate->expect = result->failure;
    scenario_clear(&s->best);
    s->best = *candidate;
    free(s->final);
    s->final = result->final;
    result->final = NULL;
    s->kept++;
}

bool shrink_attempt(struct shrink *s, struct scenario *candidate, uint64_t alias) {
    enum { SLACK = 1000 };
    struct alias source = {.scenario = candidate, .mask = alias};
    uint64_t most = 2 * s->target.cycle + candidate->watchdog_cycles + SLACK;
    struct scenario_play play = {.unit = s->unit,
                                 .most_cycles = most,
                                 .stop = s->limits->stop,
                                 .stop_user = s->limits->user,
                                 .source = alias ? aliased : NULL,
                                 .source_user = &source};
    struct scenario_result result = scenario_play(candidate, &play);
    s->tries++;
    bool same = result.ok && scenario_same_failure(&result.failure, &s->target);
    if (!result.ok || result.stopped) s->over = true;
    if (same)
        take(s, candidate, &result);
    else
        scenario_clear(candidate);
    scenario_result_clear(&result);
    return same;
}

// Operations first: they cost the most, and all else becomes less with them.
static bool round_of_passes(struct shrink *s) {
    bool helped = shrink_least_timing(s);
    helped |= shrink_kinds(s);
    helped |= shrink_operations(s, true);
    helped |= shrink_timing(s);
    helped |= shrink_waiting(s);
    helped |= shrink_folding(s);
    helped |= shrink_operations(s, false);
    helped |= shrink_words(s);
    helped |= shrink_registers(s);
    helped |= shrink_requests(s);
    return helped;
}

static bool round_of_bits(struct shrink *s) {
    bool helped = shrink_addresses(s);
    helped |= shrink_word_bits(s);
    return helped;
}

// The scenario as it is: which failure it is about, and what it needs.
static enum shrink_begun first_play(struct shrink *s, const struct scenario *scenario) {
    struct scenario copy;
    struct scenario_play play = {
        .unit = s->unit, .stop = s->limits->stop, .stop_user = s->limits->user};
    struct scenario_result result = scenario_play(scenario, &play);
    enum shrink_begun begun = SHRINK_NOT_PLAYED;
    s->tries++;
    if (result.ok && !result.failure.failed) {
        begun = result.stopped ? SHRINK_STOPPED : SHRINK_NOTHING_FAILS;
    } else if (result.ok && scenario_copy(&copy, scenario)) {
        begun = SHRINK_BEGUN;
        s->target = result.failure;
        take(s, &copy, &result);
    }
    scenario_result_clear(&result);
    return begun;
}

struct shrink_result shrink(const struct scenario *scenario, const struct scenario_unit *unit,
                            const struct shrink_limits *limits) {
    struct shrink s = {.unit = unit, .limits = limits, .best = scenario_empty()};
    struct shrink_result result = {.begun = first_play(&s, scenario)};
    bool helped = result.ok = result.begun == SHRINK_BEGUN;
    if (helped) shrink_checks(&s);
    while (helped && !s.over) {
        helped = round_of_passes(&s);
        if (!helped) helped = round_of_bits(&s);
        if (!helped) helped = shrink_shifts(&s);
        if (!helped) helped = shrink_moments(&s);
    }
    result.scenario = s.best;
    result.tries = s.tries;
    result.kept = s.kept;
    result.complete = result.ok && !s.over;
    free(s.final);
    return result;
}
