// SPDX-License-Identifier: Apache-2.0
// One point by the cycle model (sim/cycles.h), or its client in front of the RTL.
#ifndef STUDY_STREAM_CLIENT_H
#define STUDY_STREAM_CLIENT_H

#include "cycles.h"

// As study_cycles_point, for study.client = stream. Fills result's counts.references, stats
// (cycles, answers, latency_sum), counters, verdict and failure.
enum sim_status study_stream_client(const struct study_input *input, const struct study_rtl *rtl,
                                    struct run_result *result, struct sim_error *error);

// SIM_ERROR_USAGE with a sentence if this client cannot honour the configuration.
enum sim_status study_stream_client_check(const struct study_config *config,
                                          struct sim_error *error);

#endif
