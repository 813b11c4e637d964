// SPDX-License-Identifier: Apache-2.0
// How many references a second the cycle model makes of a recorded program, from the trace file to
// the counts, page faults included, on one core:
//
//   tandem_cycles_bench [TRACE [REPEATS]]
//
// CPU time, median.
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/cycles.h"
#include "sim/trace.h"

enum { CHUNK = 4096, MOST_REPEATS = 15, GOAL = 20 };

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static enum sim_status feed(struct cycles *cycles, struct trace_vamap *map,
                            const struct trace_ref *refs, size_t count, struct sim_error *error) {
    static const uint8_t access[] = {MMU_FETCH, MMU_LOAD, MMU_STORE, MMU_AMO};
    struct mmu_request requests[CHUNK];
    for (size_t k = 0; k < count; k++) {
        requests[k] = (struct mmu_request){.access = access[refs[k].kind & 3]};
        enum sim_status status = trace_vamap_apply(map, refs[k].va, &requests[k].va, error);
        if (status) return status;
    }
    return cycles_feed(cycles, requests, count, error);
}

static enum sim_status run(const struct cycles_config *config, const char *path,
                           struct cycles_counts *counts, struct sim_error *error) {
    struct trace_reader *reader = NULL;
    struct trace_vamap *map = NULL;
    struct cycles *cycles = NULL;
    struct trace_ref refs[CHUNK];
    size_t count;
    enum sim_status status = trace_reader_open(path, &reader, error);
    if (!status) status = trace_vamap_create(38, &map, error);
    if (!status) status = cycles_create(config, &cycles, error);
    while (!status && !(status = trace_reader_next(reader, refs, CHUNK, &count, error)))
        status = feed(cycles, map, refs, count, error);
    if (status == SIM_END) status = cycles_drain(cycles, error);
    if (!status) cycles_read(cycles, counts);
    cycles_destroy(cycles);
    if (map) trace_vamap_destroy(map);
    if (reader) trace_reader_close(reader);
    return status;
}

static int measure(const char *name, const struct cycles_config *config, const char *path,
                   unsigned repeats) {
    double seconds[MOST_REPEATS];
    struct cycles_counts counts;
    struct sim_error error;
    for (unsigned k = 0; k < repeats; k++) {
        double begin = cpu_seconds();
        if (run(config, path, &counts, &error)) {
            fprintf(stderr, "tandem_cycles_bench: %s\n", error.text);
            return 2;
        }
        seconds[k] = cpu_seconds() - begin;
    }
    qsort(seconds, repeats, sizeof *seconds, by_value);
    double references = (double)counts.references;
    printf("  %-44s %6.1f M references/s   %.3f translation cycles a reference, %llu faults\n",
           name, 1e-6 * references / seconds[repeats / 2],
           (double)(counts.latency_sum[0] + counts.latency_sum[1]) / references,
           (unsigned long long)counts.faults);
    return 0;
}

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "traces/cc1.tdt";
    unsigned long repeats = argc > 2 ? strtoul(argv[2], NULL, 10) : 5;
    struct cycles_config config = cycles_config_default();
    if (repeats < 1 || repeats > MOST_REPEATS) repeats = 5;
    printf("Cycle model, %s, median of %lu (goal: %d)\n", path, repeats, GOAL);
    config.mmu.tlb[0] = config.mmu.tlb[1] = (struct mmu_tlb_config){64, 4, MMU_PLRU};
    if (measure("64 + 64 entries, one walk", &config, path, (unsigned)repeats)) return 2;
    config.mmu.l2 = (struct mmu_l2_config){1024, 8, MMU_PLRU};
    config.mmu.pwc_entries = 16;
    config.mmu.walks = 4;
    if (measure("and 1024 x 8, walk caches of 16, 4 walks", &config, path, (unsigned)repeats))
        return 2;
    config.mmu.prefetch = true;
    return measure("and next-page prefetch", &config, path, (unsigned)repeats);
}
