// SPDX-License-Identifier: Apache-2.0
// Shrinking: from a scenario that fails to the smallest one found that shows the same failure
// (docs/replay.md, "Shrinking").
#ifndef VERIF_SHRINK_H
#define VERIF_SHRINK_H

#include "verif/scenario.h"

struct shrink_limits {
    uint64_t most_tries;       // plays
    bool (*stop)(void *user);  // asked before each play: true ends it; NULL: nobody
    void *user;
};

struct shrink_result {
    bool ok;  // false: the scenario does not fail when it is played, or there is no memory
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
