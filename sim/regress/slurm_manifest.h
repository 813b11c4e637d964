// SPDX-License-Identifier: Apache-2.0
// What the tasks of an array are to do: a file that the runner writes and each task reads.
#ifndef REGRESS_SLURM_MANIFEST_H
#define REGRESS_SLURM_MANIFEST_H

#include "execute.h"

struct manifest_job {
    size_t number;
    uint32_t suite;
    uint64_t seed;
};

struct manifest {
    char *id;       // of the run
    char *program;  // that runs jobs
    char *folder;   // of what is kept of failures
    struct execution *executions;
    struct words *words;  // of the executions
    char **names, **duts, **coverages;
    unsigned suite_count;
    struct manifest_job *jobs;  // by number
    size_t job_count, chunk;    // task i has jobs i * chunk ... of the list
};

// The file NAME.json beside which a task's lines go: NAME-TASK.lines. False: too long.
bool manifest_lines_path(const char *manifest, unsigned task, char *out, size_t capacity);
// The file whose being there ends its tasks after the job that runs: NAME.stop. False: too long.
bool manifest_stop_path(const char *manifest, char *out, size_t capacity);

// Write it. Names and DUTs are those of the executions. SIM_ERROR_IO, SIM_ERROR_MEMORY.
enum sim_status manifest_write(const struct manifest *manifest, const char *path,
                               struct sim_error *error);
// Read it; manifest_destroy on success only. SIM_ERROR_IO, SIM_ERROR_FORMAT, SIM_ERROR_MEMORY.
enum sim_status manifest_read(const char *path, struct manifest *manifest, struct sim_error *error);
void manifest_destroy(struct manifest *manifest);

#endif
