// SPDX-License-Identifier: Apache-2.0
// What the bench knows: names, the mismatch, statistics, counters, logs.
#include "bench_internal.h"

static const char *const check_keys[] = {
#define X(id, key, text) key,
    BENCH_CHECK_LIST(X)
#undef X
};
static const char *const check_texts[] = {
#define X(id, key, text) text,
    BENCH_CHECK_LIST(X)
#undef X
};

static const char *const counter_names[] = {"data_requests",
                                            "data_hits",
                                            "data_misses",
                                            "data_faults",
                                            "data_fills",
                                            "data_evictions",
                                            "data_untranslated",
                                            "data_wait_cycles",
                                            "fetch_requests",
                                            "fetch_hits",
                                            "fetch_misses",
                                            "fetch_faults",
                                            "fetch_fills",
                                            "fetch_evictions",
                                            "fetch_untranslated",
                                            "fetch_wait_cycles",
                                            "walks",
                                            "pte_reads",
                                            "pte_writes",
                                            "pte_write_conflicts",
                                            "walk_restarts",
                                            "fences",
                                            "walker_busy_cycles",
                                            "cycles",
                                            "kills",
                                            "slot_cycles",
                                            "completion_wait_cycles",
                                            "wire_wait_cycles",
                                            [32] = "data_l2_hits",
                                            "data_l2_misses",
                                            "data_merges",
                                            [40] = "fetch_l2_hits",
                                            "fetch_l2_misses",
                                            "fetch_merges",
                                            [48] = "l2_fills",
                                            "l2_evictions",
                                            "l2_parity_errors",
                                            "prefetches",
                                            "prefetch_fills",
                                            [56] = "pwc_hits_level_1",
                                            "pwc_hits_level_2",
                                            "pwc_hits_level_3",
                                            "pwc_hits_level_4",
                                            "pwc_fills_level_1",
                                            "pwc_fills_level_2",
                                            "pwc_fills_level_3",
                                            "pwc_fills_level_4"};
_Static_assert(sizeof counter_names / sizeof *counter_names == MMU_COUNTERS,
               "a name or none for each counter");

const char *bench_counter_name(unsigned counter) {
    return counter < MMU_COUNTERS ? counter_names[counter] : NULL;
}

const char *bench_check_key(enum bench_check check) {
    return check_keys[check];
}
const char *bench_check_text(enum bench_check check) {
    return check_texts[check];
}

uint64_t bench_transactions(const struct bench *bench) {
    return bench->ordinal_base + bench->port.ordinal;
}

const struct bench_config *bench_configuration(const struct bench *bench) {
    return &bench->config;
}

uint64_t bench_now(const struct bench *bench) {
    return bench->now;
}
bool bench_tags(const struct bench *bench) {
    return bench->has_tags;
}
const struct mismatch *bench_mismatch(const struct bench *bench) {
    return &bench->mismatch;
}
const struct bench_stats *bench_stats(const struct bench *bench) {
    return &bench->stats;
}
const struct mmu_engine *bench_engine(const struct bench *bench) {
    return bench->engine;
}

uint64_t bench_counter(const struct bench *bench, unsigned counter) {
    if (!bench->engine) return bench_dut_counter(bench, counter);
    return bench->counter_base[counter] + mmu_engine_counter(bench->engine, counter);
}

uint64_t bench_dut_counter(const struct bench *bench, unsigned counter) {
    const struct dut_ops *ops = bench->config.ops;
    if (!bench_has_dut(bench) || !ops->counter) return 0;
    return bench->dut_counter_base[counter] + ops->counter(bench->config.dut, counter);
}

const struct bench_access *bench_access_log(const struct bench *bench, unsigned index) {
    if (index >= bench->access_count || index >= BENCH_ACCESS_LOG) return NULL;
    return &bench->accesses[(bench->access_count - 1 - index) % BENCH_ACCESS_LOG];
}

const struct bench_write *bench_write_log(const struct bench *bench, unsigned index) {
    if (index >= bench->write_count || index >= BENCH_WRITE_LOG) return NULL;
    return &bench->writes[(bench->write_count - 1 - index) % BENCH_WRITE_LOG];
}

const struct bench_fence_record *bench_fence_log(const struct bench *bench, unsigned index) {
    if (index >= bench->fence_count || index >= BENCH_FENCE_LOG) return NULL;
    return &bench->fences[(bench->fence_count - 1 - index) % BENCH_FENCE_LOG];
}
