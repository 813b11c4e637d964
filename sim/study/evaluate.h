// SPDX-License-Identifier: Apache-2.0
// Answering a task's queries.
#ifndef STUDY_EVALUATE_H
#define STUDY_EVALUATE_H

#include "query.h"

// Answer the queries of the task: fills their values. SIM_ERROR_INTERRUPTED after a signal; as
// trace_reader_next, study_cycles_point and the kernels.
enum sim_status study_evaluate(const struct study_work *work, const struct study_task *task,
                               struct sim_error *error);

// The same for one query alone.
enum sim_status study_evaluate_query(struct study_query *query, struct sim_error *error);

// The part of it that kernels answer: `count` queries of one kind over one stream.
enum sim_status study_evaluate_kernels(struct study_query *const *queries, unsigned count,
                                       struct sim_error *error);

#endif
