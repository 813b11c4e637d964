// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <stdlib.h>

enum {
    WATCHDOG_CYCLES = 10000,
    COUNTER_INTERVAL = 101,
    MOST_CYCLES = 1 << 20,  // of one query: whatever takes longer is not going to end
    PMP_ALLOW_ALL = 0x1F    // NAPOT, X W R
};

struct vectors_unit {
    struct bench *bench;
    struct mmu_config config;
    struct vectors_memory *memory;
    struct bench_inputs inputs;
    struct bench_outputs outputs;
    uint64_t cycles;  // of this query
};

struct vectors_unit *vectors_unit_create(const struct mmu_config *config, const struct dut_ops *ops,
                                         struct dut *dut, struct vectors_memory *memory,
                                         uint64_t seed) {
    struct bench_config bench = {
        .mode = dut ? BENCH_LOCKSTEP : BENCH_MODEL_ONLY,
        .oracle = BENCH_SHADOW | BENCH_LEGAL,
        .mmu = *config,
        .ops = ops,
        .dut = dut,
        .memory = {.user = memory, .read = vectors_memory_read, .write = vectors_memory_write},
        .timing = {.grant_min = 1, .grant_max = 3, .data_min = 1, .data_max = 4, .seed = seed},
        .watchdog_cycles = WATCHDOG_CYCLES,
        .counter_interval = COUNTER_INTERVAL,
        .wave_from = 1};
    struct vectors_unit *unit = calloc(1, sizeof *unit);
    if (!unit) return NULL;
    unit->config = *config;
    unit->memory = memory;
    unit->inputs.take = DUT_TAKE_DATA | DUT_TAKE_FETCH | DUT_TAKE_FAULT;
    unit->bench = bench_create(&bench);
    if (unit->bench) return unit;
    free(unit);
    return NULL;
}

void vectors_unit_destroy(struct vectors_unit *unit) {
    if (!unit) return;
    bench_destroy(unit->bench);
    free(unit);
}

static bool cycle(struct vectors_unit *unit) {
    return unit->cycles++ < MOST_CYCLES && bench_cycle(unit->bench, &unit->inputs, &unit->outputs);
}

static bool write_pmp(struct vectors_unit *unit, unsigned index, uint8_t cfg, uint64_t addr) {
    bool agreed;
    unit->inputs.pmp_write = (struct mmu_pmp_write){
        .index = (uint8_t)index, .write_cfg = true, .write_addr = true, .cfg = cfg, .addr = addr};
    unit->inputs.pmp_write_valid = true;
    do agreed = cycle(unit);
    while (agreed && !unit->outputs.pmp_write_accepted);
    unit->inputs.pmp_write_valid = false;
    return agreed;
}

bool vectors_unit_begin(struct vectors_unit *unit, const struct vectors_hart *hart) {
    const struct vectors_scenario *scenario = &hart->scenario;
    struct vectors_query first = {.priv = MMU_PRIV_M};
    bool agreed = true;
    bench_resynchronise(unit->bench);
    unit->inputs.csr = vectors_csr(scenario, &first);
    unit->cycles = 0;
    for (unsigned i = 0; i < scenario->pmp_entries && agreed; i++)
        agreed = write_pmp(unit, i, scenario->pmp[i].cfg, scenario->pmp[i].addr);
    if (scenario->pmp_entries == 0 && unit->config.arch.pmp_entries)
        agreed = write_pmp(unit, 0, PMP_ALLOW_ALL,
                           scenario->xlen == 32 ? UINT32_MAX : (UINT64_C(1) << 54) - 1);
    return agreed;
}

static bool fence(struct vectors_unit *unit) {
    bool agreed;
    unit->inputs.fence = (struct mmu_fence){.op = MMU_SFENCE_VMA};
    unit->inputs.fence_valid = true;
    do agreed = cycle(unit);
    while (agreed && !unit->outputs.fence_accepted);
    unit->inputs.fence_valid = false;
    return agreed;
}

// Present the request, wait for the answer and, with a fault, for its record. The record may be
// taken in the response's cycle already.
static bool ask(struct vectors_unit *unit, enum mmu_port port, struct mmu_answer *answer,
                struct mmu_fault *record) {
    bool answered = false, recorded = false;
    unit->inputs.request_valid[port] = true;
    while (!answered || (answer->fault && !recorded)) {
        bool agreed = cycle(unit);
        if (unit->outputs.accepted[port]) unit->inputs.request_valid[port] = false;
        if (!agreed) break;
        if (unit->outputs.answered[port]) {
            *answer = unit->outputs.answer[port];
            answered = true;
        }
        if (unit->outputs.fault_taken) {
            *record = unit->outputs.fault;
            recorded = true;
        }
        bench_skip_idle(unit->bench, &unit->inputs);
    }
    unit->inputs.request_valid[port] = false;
    return answered && (!answer->fault || recorded);
}

// A unit's answer tells an access fault's cause, not its place. The model knows, and a DUT that
// agreed with it in each cycle made the same PTE accesses: the last one failed, or none did.
static enum vectors_where where_of(const struct vectors_unit *unit, const struct vectors_hart *hart,
                                   const struct vectors_query *query) {
    const struct mmu_history *history =
        mmu_engine_history(bench_engine(unit->bench), vectors_port(query), 0);
    struct mmu_context context =
        mmu_context_capture(&hart->arch, &history->csr, vectors_port(query));
    const struct mmu_walk_access *last = &history->access[(history->accesses - 1) % MMU_WALK_LOG];
    if (history->accesses && (last->denied || last->error)) return VECTORS_IN_WALK;
    // Not translated, the final address is known: it may lie beyond pa_bits.
    if (!context.mode) return vectors_where_denied(hart, query, query->va);
    return VECTORS_IN_PROTECTION;
}

static bool is_access_fault(uint8_t cause) {
    return cause == MMU_CAUSE_FETCH_ACCESS || cause == MMU_CAUSE_LOAD_ACCESS ||
           cause == MMU_CAUSE_STORE_ACCESS;
}

static void fault_outcome(const struct vectors_unit *unit, const struct vectors_hart *hart,
                          const struct vectors_query *query, const struct mmu_answer *answer,
                          const struct mmu_fault *record, struct vectors_outcome *outcome) {
    // Answer and record must both have the cause: whichever has not is shown.
    bool record_wrong = record->cause != query->expected.cause;
    outcome->cause = record_wrong ? record->cause : answer->cause;
    outcome->tval = record->tval;
    outcome->where = VECTORS_IN_WALK;
    if (!is_access_fault(outcome->cause)) return;
    outcome->where = (uint8_t)where_of(unit, hart, query);
    if (outcome->where == VECTORS_IN_EMPTY_SPACE) outcome->pa = query->va;
}

bool vectors_unit_query(struct vectors_unit *unit, const struct vectors_hart *hart,
                        const struct vectors_query *query, struct vectors_outcome *outcome) {
    enum mmu_port port = vectors_port(query);
    struct mmu_answer answer = {0};
    struct mmu_fault record = {0};
    *outcome = (struct vectors_outcome){0};
    unit->cycles = 0;
    unit->inputs.csr = vectors_csr(&hart->scenario, query);
    unit->inputs.request[port] = vectors_request(query);
    bool agreed = (hart->scenario.keep || fence(unit)) && ask(unit, port, &answer, &record) &&
                  bench_compare_counters(unit->bench);
    struct mmu_context context = mmu_context_capture(&hart->arch, &unit->inputs.csr, port);
    outcome->fault = answer.fault;
    outcome->pa = answer.pa;
    outcome->pbmt[0] = answer.pbmt;
    if (answer.fault)
        fault_outcome(unit, hart, query, &answer, &record, outcome);
    else if (answer.level != MMU_LEVEL_NONE && context.mode)
        outcome->page_bits[0] = (uint8_t)mmu_page_bits(context.mode, answer.level, answer.napot);
    if (agreed) vectors_final_memory(hart, query, outcome);
    vectors_memory_updates(unit->memory, outcome);
    return agreed;
}

void vectors_unit_undoing(struct vectors_unit *unit) {
    const struct vectors_change *changes;
    unsigned count = vectors_memory_changes(unit->memory, &changes);
    for (unsigned i = 0; i < count; i++) {
        uint64_t after = 0;
        vectors_memory_read(unit->memory, changes[i].pa, unit->config.arch.xlen / 8, &after);
        bench_note_write(unit->bench, changes[i].pa, after, changes[i].before);
    }
}

char *vectors_unit_page(const struct vectors_unit *unit, const char *command) {
    return bench_explain(unit->bench, command);
}

const struct bench_stats *vectors_unit_stats(const struct vectors_unit *unit) {
    return bench_stats(unit->bench);
}
