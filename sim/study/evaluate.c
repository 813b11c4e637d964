// SPDX-License-Identifier: Apache-2.0
#include "evaluate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cycles.h"
#include "sim/kernels/tlb.h"

static void take(struct study_query *query, const struct run_result *result) {
    const uint64_t *c = result->counters;
    const struct bench_stats *stats = &result->stats;
    uint64_t *value = query->value;
    value[VALUE_REFERENCES] = result->counts.references;
    value[VALUE_CYCLES] = stats->cycles;
    value[VALUE_FAULTS] = result->paging.major_faults;
    value[VALUE_WRITES] = result->paging.swap_writes;
    value[VALUE_DATA_REFERENCES] = c[MMU_COUNT_REQUESTS];
    value[VALUE_FETCH_REFERENCES] = c[8 + MMU_COUNT_REQUESTS];
    value[VALUE_DATA_MISSES] = c[MMU_COUNT_MISSES];
    value[VALUE_FETCH_MISSES] = c[8 + MMU_COUNT_MISSES];
    value[VALUE_DATA_LATENCY] = stats->latency_sum[MMU_PORT_DATA];
    value[VALUE_FETCH_LATENCY] = stats->latency_sum[MMU_PORT_FETCH];
    value[VALUE_WALKS] = c[MMU_COUNT_WALKS];
    value[VALUE_PTE_READS] = c[MMU_COUNT_PTE_READS];
    value[VALUE_L2_HITS] = c[MMU_COUNT_L2_HITS] + c[8 + MMU_COUNT_L2_HITS];
    value[VALUE_L2_MISSES] = c[MMU_COUNT_L2_MISSES] + c[8 + MMU_COUNT_L2_MISSES];
    value[VALUE_PWC_HITS] = 0;
    for (unsigned level = 0; level < 4; level++)
        value[VALUE_PWC_HITS] += c[MMU_COUNT_PWC_HITS + level];
    value[VALUE_MERGES] = c[MMU_COUNT_MERGES] + c[8 + MMU_COUNT_MERGES];
    value[VALUE_PREFETCHES] = c[MMU_COUNT_PREFETCHES];
    value[VALUE_FENCES] = c[MMU_COUNT_FENCES];
    value[VALUE_FAULT_CYCLES] = result->counts.fault_cycles;
    value[VALUE_SWITCHES] = result->counts.switches;
    value[VALUE_SWITCH_CYCLES] = result->counts.switch_cycles;
    value[VALUE_SCAN_CYCLES] = result->counts.scan_cycles;
    if (query->kind != QUERY_TLB) return;
    bool data = query->port == MMU_PORT_DATA;
    memset(value, 0, sizeof query->value);
    value[VALUE_REFERENCES] = c[(data ? 0 : 8) + MMU_COUNT_REQUESTS];
    value[VALUE_MISSES] = c[(data ? 0 : 8) + MMU_COUNT_MISSES];
}

// --- misses by cause, beside the timed model ---------------------------------------------

struct watch {
    unsigned port;
    struct kernel_causes *causes;
};

// Pages of different processes are different.
static enum sim_status watch_retired(void *user, const struct slot *slot, unsigned process,
                                     struct sim_error *error) {
    enum { PROCESS_SHIFT = 46 };
    struct watch *watch = user;
    uint64_t page = slot->request.va >> MMU_PAGE_BITS;
    if (slot->port != watch->port) return SIM_OK;
    return kernel_causes_add(watch->causes, page ^ (uint64_t)process << PROCESS_SHIFT,
                             slot->answer.source != MMU_SOURCE_TLB, error);
}

static enum sim_status run_watched(const struct study_query *query, struct run_result *result,
                                   struct kernel_three_c_counts *counts, struct sim_error *error) {
    const struct run_config *run = &query->input.config.run;
    struct watch watch = {.port = query->port};
    const struct run_observer observer = {&watch, watch_retired};
    struct study_input input = query->input;
    uint64_t entries = query->port == MMU_PORT_DATA ? run->data_entries : run->fetch_entries;
    enum sim_status status = kernel_causes_create((uint32_t)entries, &watch.causes, error);
    if (status) return status;
    input.observer = &observer;
    status = study_cycles_point(&input, NULL, result, error);
    *counts = kernel_causes_counts(watch.causes);
    kernel_causes_destroy(watch.causes);
    return status;
}

static void take_causes(struct study_query *query, const struct kernel_three_c_counts *counts) {
    query->value[VALUE_DISTINCT] = counts->compulsory;
    query->value[VALUE_CAPACITY] = counts->capacity;
    query->value[VALUE_CONFLICT] = counts->conflict;
    query->value[VALUE_SPARED] = counts->spared;
}

static enum sim_status by_model(struct study_query *query, struct sim_error *error) {
    struct run_result result;
    struct kernel_three_c_counts counts = {0};
    bool watched = study_query_tells_causes(query);
    enum sim_status status = watched ? run_watched(query, &result, &counts, error)
                                     : study_cycles_point(&query->input, NULL, &result, error);
    if (status) return status;
    // The model alone fails where the operating system's part does: the swap oracle, no progress.
    if (result.verdict != RUN_PASSED)
        return sim_fail(error, SIM_ERROR_FORMAT, "the timed model failed: %.400s",
                        result.failure.text[0] ? result.failure.text : "no reason is known");
    take(query, &result);
    if (!watched) return SIM_OK;
    // What retired is what was asked: nothing faults, so that nothing is asked twice.
    if (counts.tlb.misses != query->value[VALUE_MISSES])
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "the timed model counts %" PRIu64 " misses, but %" PRIu64
                        " of its answers came from beyond the TLB",
                        query->value[VALUE_MISSES], counts.tlb.misses);
    take_causes(query, &counts);
    return SIM_OK;
}

enum sim_status study_evaluate_query(struct study_query *query, struct sim_error *error) {
    return query->kernel ? study_evaluate_kernels(&query, 1, error) : by_model(query, error);
}

enum sim_status study_evaluate(const struct study_work *work, const struct study_task *task,
                               struct sim_error *error) {
    struct study_query **queries = calloc(task->count, sizeof *queries);
    enum sim_status status = SIM_OK;
    if (!queries) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    for (unsigned i = 0; i < task->count; i++)
        queries[i] = &work->queries[work->order[task->first + i]];
    if (queries[0]->kernel)
        status = study_evaluate_kernels(queries, task->count, error);
    else
        for (unsigned i = 0; i < task->count && !status; i++) status = by_model(queries[i], error);
    free(queries);
    return status;
}
