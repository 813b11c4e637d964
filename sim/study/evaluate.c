// SPDX-License-Identifier: Apache-2.0
#include "evaluate.h"

#include <stdlib.h>
#include <string.h>

#include "cycles.h"

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
    value[VALUE_FENCES] = c[MMU_COUNT_FENCES];
    value[VALUE_FAULT_CYCLES] = result->counts.fault_cycles;
    value[VALUE_SWITCHES] = result->counts.switches;
    value[VALUE_SWITCH_CYCLES] = result->counts.switch_cycles;
    if (query->kind != QUERY_TLB) return;
    bool data = query->port == MMU_PORT_DATA;
    memset(value, 0, sizeof query->value);
    value[VALUE_REFERENCES] = c[(data ? 0 : 8) + MMU_COUNT_REQUESTS];
    value[VALUE_MISSES] = c[(data ? 0 : 8) + MMU_COUNT_MISSES];
}

static enum sim_status by_model(struct study_query *query, struct sim_error *error) {
    struct run_result result;
    enum sim_status status = study_cycles_point(&query->input, NULL, &result, error);
    if (status) return status;
    // The model alone fails where the operating system's part does: the swap oracle, no progress.
    if (result.verdict != RUN_PASSED)
        return sim_fail(error, SIM_ERROR_FORMAT, "the timed model failed: %.400s",
                        result.failure.text[0] ? result.failure.text : "no reason is known");
    take(query, &result);
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
