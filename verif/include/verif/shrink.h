// SPDX-License-Identifier: Apache-2.0
// Shrinking: from a scenario that fails to the smallest one found that shows the same failure
// (docs/replay.md, "Shrinking").
#ifndef VERIF_SHRINK_H
#define VERIF_SHRINK_H

#include "verif/scenario.h"

struct shrink_limits {
    uint64_t most_tries;  // plays
    // Asked before each play but the first, and in a play every SCENARIO_STOP_CYCLES: true ends it;
    // NULL: nobody.
    bool (*stop)(void *user);
    void *user;
};

// What the first play, of the scenario as it is, came to.
enum shrink_begun {
    SHRINK_BEGUN,          // it fails: there is something to shrink
    SHRINK_NOTHING_FAILS,  // played to its end
    SHRINK_STOPPED,        // `stop` ended it before anything failed
    SHRINK_NOT_PLAYED      // no memory, or no DUT could be made
};

struct shrink_result {
    bool ok;  // begun == SHRINK_BEGUN
    enum shrink_begun begun;
    struct scenario scenario;
    uint64_t tries, kept;
    bool complete;  // no pass helps any more: no limit was met
};

// Shrink. The failure is the one that a play of the scenario shows. result.scenario is owned by the
// caller; it is empty if not ok. A function of the scenario, the unit and most_tries, unless stop
// said so.
struct shrink_result shrink(const struct scenario *scenario, const struct scenario_unit *unit,
                            const struct shrink_limits *limits);

#endif
