// SPDX-License-Identifier: Apache-2.0
// What a study's points need to know, each thing once: queries. Queries that one pass over a trace
// answers together form a task; a task is what a worker takes.
#ifndef STUDY_QUERY_H
#define STUDY_QUERY_H

#include "plan.h"
#include "stream.h"

enum study_query_kind {
    QUERY_TLB,          // misses of one TLB, pages resident
    QUERY_FRAMES,       // page faults
    QUERY_CYCLES,       // everything that the timed model counts
    QUERY_WORKING_SET,  // average working set of a window
    QUERY_PAGES         // distinct pages, and the bytes that are used in them
};

// What comes out. Which kinds fill it; the others leave 0.
#define STUDY_VALUE_LIST(X)                                                                   \
    X(REFERENCES, "references")    /* all; TLB: of the port */                                \
    X(MISSES, "misses")            /* TLB */                                                  \
    X(DISTINCT, "distinct_pages")  /* TLB, FRAMES, PAGES */                                   \
    X(CAPACITY, "capacity_misses") /* TLB with classes */                                     \
    X(CONFLICT, "conflict_misses")                                                            \
    X(SPARED, "spared_misses")           /* hits where a full LRU TLB misses */               \
    X(FAULTS, "page_faults")             /* FRAMES, CYCLES: major */                          \
    X(FAULTS_ERROR, "page_faults_error") /* FRAMES of a sample: standard error, rounded up */ \
    X(SAMPLED, "sampled_pages")                                                               \
    X(WRITES, "page_writes")     /* FRAMES, CYCLES: dirty pages written out */                \
    X(SCAN_PTES, "ptes_scanned") /* FRAMES with scans */                                      \
    X(SCAN_FENCES, "scan_fences")                                                             \
    X(HIDDEN, "hidden_accesses")                                                              \
    X(ACCESS_CYCLES, "access_cycles") /* FRAMES with scans: sum of all costs */               \
    X(CYCLES, "cycles")               /* CYCLES, and all below */                             \
    X(DATA_REFERENCES, "data_references")                                                     \
    X(FETCH_REFERENCES, "fetch_references")                                                   \
    X(DATA_MISSES, "data_misses")                                                             \
    X(FETCH_MISSES, "fetch_misses")                                                           \
    X(DATA_LATENCY, "data_latency_cycles") /* sums */                                         \
    X(FETCH_LATENCY, "fetch_latency_cycles")                                                  \
    X(WALKS, "walks")                                                                         \
    X(PTE_READS, "pte_reads")                                                                 \
    X(L2_HITS, "l2_hits") /* of both ports, as MERGES */                                      \
    X(L2_MISSES, "l2_misses")                                                                 \
    X(PWC_HITS, "pwc_hits") /* of all levels */                                               \
    X(MERGES, "merges")                                                                       \
    X(PREFETCHES, "prefetches")                                                               \
    X(FAULT_CYCLES, "fault_service_cycles")                                                   \
    X(FENCES, "fences")                                                                       \
    X(SWITCHES, "context_switches")                                                           \
    X(SWITCH_CYCLES, "context_switch_cycles")                                                 \
    X(SCAN_CYCLES, "scan_cycles")   /* of the timer's scans of A and D bits */                \
    X(WINDOW_PAGES, "window_pages") /* WORKING_SET: sum over references */                    \
    X(USED_BYTES, "used_bytes")     /* PAGES */

enum study_value {
#define X(id, name) VALUE_##id,
    STUDY_VALUE_LIST(X)
#undef X
        STUDY_VALUES
};

struct study_query {
    enum study_query_kind kind;
    uint8_t port;              // QUERY_TLB: enum mmu_port
    bool alone;                // as input.alone
    bool classes;              // QUERY_TLB: misses by cause, too
    bool kernel;               // answered by a kernel, not by the timed model
    unsigned task;             // index of the task that answers it
    struct study_input input;  // keys that do not matter have their default
    uint64_t value[STUDY_VALUES];
};

struct study_task {
    unsigned first, count;  // in the order of study_work.order
    double references;      // to be looked at, in all passes
    double cost;            // the same, weighted
    bool done;
};

// What a point asks; QUERY_NONE where it does not.
#define QUERY_NONE UINT32_MAX
enum study_ask {
    ASK_DATA,   // data TLB's misses
    ASK_FETCH,  // fetch TLB's
    ASK_FRAMES,
    ASK_CYCLES,
    ASK_WORKING_SET,
    ASK_PAGES,
    STUDY_ASKS
};

// The windows of a working-set curve: 2^6 .. 2^23 references.
enum { STUDY_WINDOWS = 18, STUDY_FIRST_WINDOW_BITS = 6 };

struct study_row {
    struct study_point point;
    uint32_t query[STUDY_ASKS];  // by enum study_ask
    bool hierarchy;              // what stands behind the first level is shown
};

// A plan, laid out.
struct study_work {
    const struct study_plan *plan;  // borrowed
    struct study_row *rows;
    unsigned row_count, skipped;         // skipped: combinations that are not legal
    char skipped_text[SIM_ERROR_BYTES];  // why the first of them is not
    struct study_query *queries;
    unsigned query_count;
    unsigned *order;  // query numbers, by task
    struct study_task *tasks;
    unsigned task_count;
    uint32_t trace_query[STUDY_MOST_TRACES];  // QUERY_PAGES of each whole program
    // Working sets of each program (or the mix), window by window; QUERY_NONE: not asked for.
    uint32_t window_query[STUDY_MOST_TRACES][STUDY_WINDOWS];
};

// Lay the plan out. `references` gives the references of each of the plan's traces, for the cost.
// SIM_ERROR_USAGE if no combination is legal, SIM_ERROR_MEMORY. *work is the caller's to destroy,
// on failure too; the plan must outlive it.
enum sim_status study_work_create(const struct study_plan *plan, const uint64_t *references,
                                  struct study_work *work, struct sim_error *error);
void study_work_destroy(struct study_work *work);

// Returns whether misses by cause (with DISTINCT, CAPACITY, CONFLICT, SPARED) are among its values:
// where processes share ASIDs they are not, as a miss that a fence makes has none of the causes.
bool study_query_tells_causes(const struct study_query *query);

// Returns whether it asks for OPT, of a TLB or of page frames.
bool study_query_opt(const struct study_query *query);

// Returns whether the query's faults are estimated from a sample of the pages.
bool study_query_sampled(const struct study_query *query);

// The same of the row's page faults.
bool study_row_sampled(const struct study_work *work, const struct study_row *row);

// Returns a value of what the row asked; 0 if it did not ask.
uint64_t study_row_value(const struct study_work *work, const struct study_row *row,
                         enum study_ask ask, enum study_value value);

const char *study_value_name(enum study_value value);

// Returns the references that all answers to its rows together stand for: 0, nothing was studied.
uint64_t study_work_references(const struct study_work *work);

// Returns a number that stands for all of the work's queries, in their order.
uint64_t study_work_hash(const struct study_work *work);

#endif
