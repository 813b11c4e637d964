// SPDX-License-Identifier: Apache-2.0
// Whose reference is next: round robin, a quantum of references each. The order depends on
// nothing but the traces, so that OPT can look at it beforehand.
#include <stdlib.h>

#include "world.h"

static void process_close(struct process *process) {
    if (process->reader) trace_reader_close(process->reader);
    if (process->map) trace_vamap_destroy(process->map);
    free(process->chunk);
}

static enum sim_status process_open(struct process *process, const char *path, unsigned user_bits,
                                    struct sim_error *error) {
    enum sim_status status = trace_reader_open(path, &process->reader, error);
    if (!status) status = trace_vamap_create(user_bits, &process->map, error);
    if (status) return status;
    process->chunk = malloc(CHUNK * sizeof *process->chunk);
    return process->chunk ? SIM_OK : sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
}

enum sim_status schedule_create(const struct run_options *options, struct schedule *schedule,
                                struct sim_error *error) {
    unsigned count = (unsigned)options->config.processes;
    *schedule = (struct schedule){.processes = calloc(count, sizeof(struct process)),
                                  .count = count,
                                  .quantum = options->config.quantum,
                                  .left = options->config.quantum,
                                  .limit = options->config.references};
    if (!schedule->processes) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    unsigned user_bits = config_user_bits(&options->config);
    enum sim_status status = SIM_OK;
    for (unsigned i = 0; i < count && !status; i++)
        status = process_open(&schedule->processes[i], options->traces[i % options->trace_count],
                              user_bits, error);
    return status;
}

void schedule_destroy(struct schedule *schedule) {
    for (unsigned i = 0; schedule->processes && i < schedule->count; i++)
        process_close(&schedule->processes[i]);
    free(schedule->processes);
    schedule->processes = NULL;
}

// Returns SIM_END if the process has no further reference.
static enum sim_status process_next(struct schedule *schedule, struct process *process,
                                    struct trace_ref *ref, struct sim_error *error) {
    if (process->at_end || (schedule->limit && process->taken == schedule->limit)) return SIM_END;
    if (process->chunk_next == process->chunk_count) {
        enum sim_status status =
            trace_reader_next(process->reader, process->chunk, CHUNK, &process->chunk_count, error);
        process->chunk_next = 0;
        if (status) {
            process->at_end = status == SIM_END;
            process->chunk_count = 0;
            return status;
        }
    }
    *ref = process->chunk[process->chunk_next++];
    process->taken++;
    return trace_vamap_apply(process->map, ref->va, &ref->va, error);
}

enum sim_status schedule_next(struct schedule *schedule, struct trace_ref *ref, unsigned *process,
                              struct sim_error *error) {
    for (unsigned tried = 0; tried <= schedule->count; tried++) {
        if (schedule->left > 0) {
            enum sim_status status =
                process_next(schedule, &schedule->processes[schedule->current], ref, error);
            if (status != SIM_END) {
                schedule->left--;
                *process = schedule->current;
                return status;
            }
        }
        schedule->current = (schedule->current + 1) % schedule->count;
        schedule->left = schedule->quantum;
    }
    return SIM_END;
}
