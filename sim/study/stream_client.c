// SPDX-License-Identifier: Apache-2.0
#include "stream_client.h"

#include <stdio.h>
#include <stdlib.h>

#include "dut_loader.h"
#include "sim/cycles_lockstep.h"

enum { STREAM_CHUNK = 4096 };

static struct cycles_config machine_of(const struct study_config *config) {
    static const unsigned modes[] = {[CONFIG_SV39] = MMU_SATP_MODE_SV39,
                                     [CONFIG_SV48] = MMU_SATP_MODE_SV48,
                                     [CONFIG_SV57] = MMU_SATP_MODE_SV57,
                                     [CONFIG_SV32] = MMU_SATP_MODE_SV32};
    const struct run_config *run = &config->run;
    return (struct cycles_config){.mmu = config_mmu(run),
                                  .satp_mode = modes[run->mode],
                                  .page_bits = study_page_bits(config),
                                  .outstanding = (unsigned)run->outstanding,
                                  .grant = (uint32_t)run->grant_min,
                                  .data = (uint32_t)run->data_min};
}

static enum sim_status refuse(struct sim_error *error, const char *text) {
    return sim_fail(error, SIM_ERROR_USAGE, "study.client = stream %s", text);
}

enum sim_status study_stream_client_check(const struct study_config *config,
                                          struct sim_error *error) {
    const struct run_config *run = &config->run;
    if (config->paging != STUDY_RESIDENT)
        return refuse(error, "has every page mapped: study.paging must be resident");
    if (run->processes != 1) return refuse(error, "runs one program: os.processes must be 1");
    if (run->grant_min != run->grant_max || run->data_min != run->data_max)
        return refuse(error, "has one memory latency: memory.*.least and .most must be equal");
    if (run->idle || run->stall)
        return refuse(error, "neither idles nor stalls: stimulus.idle and .stall must be 0");
    struct cycles_config machine = machine_of(config);
    const char *text = cycles_config_check(&machine);
    return text ? sim_fail(error, SIM_ERROR_USAGE, "study.client = stream: %s", text) : SIM_OK;
}

static enum sim_status map_all(const struct study_input *input, struct cycles *cycles,
                               struct sim_error *error) {
    struct study_pages pages = {0};
    enum sim_status status = study_pages_of(input, &pages, error);
    for (size_t i = 0; i < pages.count && !status; i++)
        status = cycles_map(cycles, pages.keys[i] >> 16 << MMU_PAGE_BITS, error);
    study_pages_destroy(&pages);
    return status;
}

// Up to STREAM_CHUNK references; *count 0 at the end.
static enum sim_status read_chunk(struct study_stream *stream, struct mmu_request *requests,
                                  size_t *count, struct sim_error *error) {
    static const uint8_t access[] = {MMU_FETCH, MMU_LOAD, MMU_STORE, MMU_AMO};
    struct study_ref ref;
    enum sim_status status = SIM_OK;
    for (*count = 0; *count < STREAM_CHUNK; (*count)++) {
        status = study_stream_next(stream, &ref, error);
        if (status) break;
        requests[*count] = (struct mmu_request){.va = ref.va, .access = access[ref.kind & 3]};
    }
    return status == SIM_END ? SIM_OK : status;
}

static enum sim_status feed_all(const struct study_input *input, struct cycles *cycles,
                                struct sim_error *error) {
    struct mmu_request *requests = malloc(STREAM_CHUNK * sizeof *requests);
    struct study_stream *stream = NULL;
    size_t count = 1;
    enum sim_status status = requests ? study_stream_open(input, &stream, error)
                                      : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    while (!status && count > 0) {
        if (run_interrupted())
            status = sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted");
        else
            status = read_chunk(stream, requests, &count, error);
        if (!status) status = cycles_feed(cycles, requests, count, error);
    }
    study_stream_close(stream);
    free(requests);
    return status ? status : cycles_drain(cycles, error);
}

static void collect(const struct cycles *cycles, struct run_result *result) {
    struct cycles_counts counts;
    cycles_read(cycles, &counts);
    result->counts.references = counts.references;
    result->stats.cycles = counts.cycles;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        result->stats.answers[p] = counts.answers[p];
        result->stats.latency_sum[p] = counts.latency_sum[p];
    }
    for (unsigned c = 0; c < MMU_COUNTERS; c++) result->counters[c] = counts.counters[c];
}

// A disagreement of model and RTL is a verdict, not a failure of the environment.
static enum sim_status settle(const struct study_rtl *rtl, enum sim_status status,
                              struct run_result *result, struct sim_error *error) {
    if (!rtl || status != SIM_ERROR_FORMAT) return status;
    result->verdict = RUN_FAILED;
    result->failure = *error;
    char line[SIM_ERROR_BYTES + 1];
    snprintf(line, sizeof line, "%s\n", error->text);
    rtl->report->mismatch(rtl->report->user, line);
    return SIM_OK;
}

enum sim_status study_stream_client(const struct study_input *input, const struct study_rtl *rtl,
                                    struct run_result *result, struct sim_error *error) {
    struct cycles_config machine = machine_of(&input->config);
    const struct run_config *run = &input->config.run;
    struct loaded_dut dut = {0};
    struct cycles *cycles = NULL;
    *result = (struct run_result){.verdict = RUN_PASSED};
    enum sim_status status = study_stream_client_check(&input->config, error);
    if (!status && rtl)
        status = dut_load(&machine.mmu, rtl->dut_path, run->seed, run->properties != 0, NULL, &dut,
                          error);
    if (!status)
        status = rtl ? cycles_create_lockstep(&machine, dut.ops, dut.dut, &cycles, error)
                     : cycles_create(&machine, &cycles, error);
    if (!status) status = map_all(input, cycles, error);
    if (!status) status = settle(rtl, feed_all(input, cycles, error), result, error);
    if (!status) collect(cycles, result);
    cycles_destroy(cycles);
    if (rtl) dut_unload(&dut);
    return status;
}
