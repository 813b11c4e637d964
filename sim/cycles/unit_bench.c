// SPDX-License-Identifier: Apache-2.0
// The bench: an RTL in lockstep with the model, or the model alone, one cycle at a time.
#include <inttypes.h>
#include <stdlib.h>

#include "internal.h"
#include "sim/cycles_lockstep.h"

enum { WATCHDOG_CYCLES = 1000000, COUNTER_INTERVAL = 10000 };

struct benched {
    struct bench *bench;
    struct sim_memory *memory;
    struct bench_inputs inputs;
};

static bool read_pte(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    return sim_memory_read(((struct benched *)user)->memory, pa, bytes, value);
}

static bool write_pte(void *user, uint64_t pa, unsigned bytes, uint64_t value) {
    return sim_memory_write(((struct benched *)user)->memory, pa, bytes, value);
}

static enum sim_status disagreement(const struct bench *bench, struct sim_error *error) {
    const struct mismatch *mismatch = bench_mismatch(bench);
    return sim_fail(error, SIM_ERROR_FORMAT,
                    "model and RTL disagree in cycle %" PRIu64 " (%s: %s): expected 0x%" PRIx64
                    ", observed 0x%" PRIx64,
                    mismatch->cycle, bench_check_key(mismatch->check), mismatch->what,
                    mismatch->expected, mismatch->observed);
}

static enum sim_status cycle(void *unit, const struct mmu_csr *csr,
                             const struct mmu_request *request, struct cycles_seen *seen,
                             struct sim_error *error) {
    struct benched *benched = unit;
    struct bench_inputs *inputs = &benched->inputs;
    struct bench_outputs outputs;
    enum mmu_port port = request && request->access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
    inputs->csr = *csr;
    inputs->request_valid[0] = inputs->request_valid[1] = false;
    inputs->take = DUT_TAKE_DATA | DUT_TAKE_FETCH | DUT_TAKE_FAULT;
    if (request) {
        inputs->request[port] = *request;
        inputs->request_valid[port] = true;
    }
    if (!bench_cycle(benched->bench, inputs, &outputs)) return disagreement(benched->bench, error);
    seen->accepted = outputs.accepted[0] || outputs.accepted[1];
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        seen->answered[p] = outputs.answered[p];
        if (outputs.answered[p]) seen->answer[p] = outputs.answer[p];
    }
    return SIM_OK;
}

static void skip(void *unit, const struct mmu_csr *csr) {
    (void)unit, (void)csr;
}

static uint64_t now(const void *unit) {
    return bench_now(((const struct benched *)unit)->bench);
}

static enum sim_status settled(void *unit, struct sim_error *error) {
    struct bench *bench = ((struct benched *)unit)->bench;
    return bench_compare_counters(bench) ? SIM_OK : disagreement(bench, error);
}

static uint64_t model_counter(const void *unit, unsigned number) {
    return bench_counter(((const struct benched *)unit)->bench, number);
}

static uint64_t dut_counter(const void *unit, unsigned number) {
    return bench_dut_counter(((const struct benched *)unit)->bench, number);
}

static void destroy(void *unit) {
    struct benched *benched = unit;
    if (benched->bench) bench_destroy(benched->bench);
    free(benched);
}

static const struct cycles_unit model_ops = {cycle, skip,          NULL,   settled,
                                             now,   model_counter, destroy};
static const struct cycles_unit dut_ops = {cycle, skip, NULL, settled, now, dut_counter, destroy};

enum sim_status cycles_create_lockstep(const struct cycles_config *config,
                                       const struct dut_ops *ops, struct dut *dut,
                                       struct cycles **cycles, struct sim_error *error) {
    struct benched *benched = calloc(1, sizeof *benched);
    if (!benched) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    enum sim_status status = cycles_new(config, cycles, error);
    if (status) {
        free(benched);
        return status;
    }
    benched->memory = (*cycles)->tables.memory;
    (*cycles)->ops = ops ? &dut_ops : &model_ops;
    (*cycles)->unit = benched;
    struct bench_config bench = {.mode = ops ? BENCH_LOCKSTEP : BENCH_MODEL_ONLY,
                                 .oracle = BENCH_SHADOW | BENCH_LEGAL,
                                 .mmu = config->mmu,
                                 .ops = ops,
                                 .dut = dut,
                                 .memory = {benched, read_pte, write_pte},
                                 .timing = {.grant_min = config->grant,
                                            .grant_max = config->grant,
                                            .data_min = config->data,
                                            .data_max = config->data},
                                 .watchdog_cycles = WATCHDOG_CYCLES,
                                 .counter_interval = COUNTER_INTERVAL,
                                 .wave_from = 1};
    benched->bench = bench_create(&bench);
    if (benched->bench) return SIM_OK;
    cycles_destroy(*cycles);
    *cycles = NULL;
    return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}
