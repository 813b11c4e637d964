// SPDX-License-Identifier: Apache-2.0
// Distances that the unit cannot show, derived from docs/microarchitecture.md. g and L are the
// least that the memory draws: a read put on the wires in p is granted in p + g - 1 at the
// earliest, and answered in p + g - 1 + L.
#include "coverage_internal.h"
#include "coverage_rules.h"

// Each: how many distances, from 0 on, cannot be.
typedef uint64_t least_fn(const struct coverage_config *c);

static uint64_t same_cycle(const struct coverage_config *c) {
    (void)c;
    return 1;
}

// Fence in f: reads that it lets count are put from f+1 on. The fill is in the cycle of the answer.
static uint64_t fence_to_refill(const struct coverage_config *c) {
    return c->l2 ? 1 : (uint64_t)c->grant_least + c->data_least;
}

// ... and its update is put a cycle after that at the earliest.
static uint64_t fence_to_update(const struct coverage_config *c) {
    return 2 * (uint64_t)c->grant_least + c->data_least;
}

// One walk slot: a fetch's first read in p, answered in p + g - 1 + L; its update is put a cycle
// later. With more slots another's update comes in the cycle after the read's grant, which is p at
// the earliest: the wires carry one request at a time.
static uint64_t walk_to_update(const struct coverage_config *c) {
    uint64_t g = c->grant_least;
    return c->walks == 1 ? 2 * g + c->data_least - 1 : 2 * g - 1;
}

// The answer comes L after the grant; the slot is free in that cycle, taken at its end, and reads
// from the next one on.
static uint64_t update_to_walk(const struct coverage_config *c) {
    return c->walks == 1 ? (uint64_t)c->data_least + 1 : 1;
}

// The next walk's read, and then its update.
static uint64_t update_to_update(const struct coverage_config *c) {
    uint64_t g = c->grant_least, l = c->data_least;
    return c->walks == 1 ? l + 1 + (g - 1) + l + 1 + (g - 1) : g;
}

// The first read of one walk, and that of the next.
static uint64_t walk_to_walk(const struct coverage_config *c) {
    uint64_t g = c->grant_least;
    return c->walks == 1 ? g + c->data_least : g;
}

// The second level is compared in the cycle after a miss: the port is not ready in it.
static uint64_t miss_to_miss(const struct coverage_config *c) {
    return c->l2 ? 2 : 1;
}

struct row {
    enum coverage_event first, second;
    least_fn *unreachable;
    struct coverage_rule rule;
};

#define ROW(first, second, least, reason, property)                         \
    {                                                                       \
        first, second, least, {                                             \
            COVERAGE_DISTANCE, COVERAGE_UNREACHABLE, NULL, reason, property \
        }                                                                   \
    }

static const char wires[] = "the wires carry one request at a time";
static const char fence_first[] = "no entry is written in a fence's cycle, and a walk begins again";

static const struct row rows[] = {
    ROW(EVENT_FENCE_DONE, EVENT_REFILL, fence_to_refill, fence_first,
        "sva_walker.fence_completes_nothing"),
    ROW(EVENT_FENCE_DONE, EVENT_EVICTION, fence_to_refill, fence_first,
        "sva_walker.fence_completes_nothing"),
    ROW(EVENT_FENCE_DONE, EVENT_UPDATE_DONE, fence_to_update,
        "no update is granted on the strength of a PTE read before the fence",
        "sva_mmu.no_update_granted_after_fence"),
    ROW(EVENT_UPDATE_DONE, EVENT_FENCE_DONE, same_cycle,
        "a fence waits while an update is on the wires", "sva_mmu.fence_ready_as_specified"),
    ROW(EVENT_FETCH_WALK, EVENT_UPDATE_DONE, walk_to_update, wires, "sva_channel.payload_held"),
    ROW(EVENT_UPDATE_DONE, EVENT_FETCH_WALK, update_to_walk, wires, "sva_channel.payload_held"),
    ROW(EVENT_UPDATE_DONE, EVENT_UPDATE_DONE, update_to_update,
        "a walk reads before it updates, and a slot has one transaction at a time",
        "sva_walker.slot_does_one_thing"),
    ROW(EVENT_FETCH_WALK, EVENT_FETCH_WALK, walk_to_walk, wires, "sva_channel.payload_held"),
    ROW(EVENT_DATA_MISS, EVENT_DATA_MISS, miss_to_miss,
        "the miss register is in LOOKUP: the port is not ready", "sva_port.ready_is_free"),
    ROW(EVENT_PMP, EVENT_UPDATE_DONE, same_cycle, "a PMP write waits while the wires are in use",
        "sva_mmu.pmp_ready_as_specified"),
    ROW(EVENT_UPDATE_DONE, EVENT_PMP, same_cycle, "a PMP write waits while the wires are in use",
        "sva_mmu.pmp_ready_as_specified"),
    ROW(EVENT_PMP, EVENT_FETCH_WALK, same_cycle, "a PMP write waits while the wires are in use",
        "sva_mmu.pmp_ready_as_specified"),
    ROW(EVENT_FETCH_WALK, EVENT_PMP, same_cycle, "a PMP write waits while the wires are in use",
        "sva_mmu.pmp_ready_as_specified"),
};

static const struct coverage_rule mirror = {COVERAGE_DISTANCE, COVERAGE_NO_BIN, NULL,
                                            "in one cycle each pair is counted once", NULL};
static const struct coverage_rule no_pmp = {COVERAGE_DISTANCE, COVERAGE_UNREACHABLE, NULL,
                                            "PMP is not implemented", NULL};

const struct coverage_rule *coverage_distance_row(unsigned k, enum coverage_event *first,
                                                  enum coverage_event *second) {
    if (k >= sizeof rows / sizeof *rows) return NULL;
    *first = rows[k].first;
    *second = rows[k].second;
    return &rows[k].rule;
}

static const struct coverage_rule *find(unsigned first, unsigned second, unsigned cycles,
                                        const struct coverage_config *config) {
    for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++)
        if (rows[k].first == first && rows[k].second == second &&
            cycles < rows[k].unreachable(config))
            return &rows[k].rule;
    return NULL;
}

const struct coverage_rule *coverage_distance_rule(const unsigned *value,
                                                   const struct coverage_config *config) {
    unsigned first = value[0], second = value[1], cycles = value[2];
    if (cycles == 0 && first >= second) return &mirror;
    bool pmp = first == EVENT_PMP || second == EVENT_PMP;
    if (pmp && config->pmp_entries == 0) return &no_pmp;
    const struct coverage_rule *rule = find(first, second, cycles, config);
    return rule || cycles > 0 ? rule : find(second, first, 0, config);
}
