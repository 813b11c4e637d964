// SPDX-License-Identifier: Apache-2.0
// Playing a scenario: each operation is presented when its time has come and its channel is free,
// and held until it is accepted.
#include <stdlib.h>
#include <string.h>

#include "scenario_internal.h"

enum { ALL = DUT_TAKE_DATA | DUT_TAKE_FETCH | DUT_TAKE_FAULT, AFTER = 64 };

// A mutated unit may never be quiet again: then time goes on all the same.
enum { PATIENCE = 4000 };

struct player {
    const struct scenario *scenario;
    const struct scenario_play *play;
    struct bench *bench;
    struct bench_inputs inputs;
    struct bench_outputs outputs;
    size_t next;       // operation to be presented
    uint64_t since;    // cycle from which on its delay counts
    uint64_t waiting;  // cycle since which it waits for quiet; MMU_NEVER: it does not
    unsigned pmp_next;
    uint64_t presented_cycle;     // of the last operation that was presented
    uint16_t pending[MMU_PORTS];  // tags
    int records_due;              // faulting answers - fault records
    struct scenario_same same;
    uint64_t transactions;  // whose errors are known to `same`
    bool failed, stopped;
};

// The ranges are those of the list: the latency contract's bounds follow from them.
static struct bench_timing timing_of(const struct scenario *scenario) {
    static const struct bench_transaction_timing none = {1, 1, false};
    struct bench_timing timing = {.grant_min = 1,
                                  .grant_max = 1,
                                  .data_min = 1,
                                  .data_max = 1,
                                  .list = scenario->timing_count ? scenario->timings : &none,
                                  .listed = scenario->timing_count};
    for (size_t i = 0; i < scenario->timing_count; i++) {
        const struct bench_transaction_timing *t = &scenario->timings[i];
        if (t->grant_cycles > timing.grant_max) timing.grant_max = t->grant_cycles;
        if (t->data_cycles > timing.data_max) timing.data_max = t->data_cycles;
    }
    return timing;
}

struct bench_config scenario_bench(const struct scenario *scenario, struct scenario_memory *memory,
                                   const struct dut_ops *ops, struct dut *dut) {
    return (struct bench_config){.mode = scenario->mode,
                                 .oracle = scenario->oracle,
                                 .mmu = scenario->mmu,
                                 .ops = ops,
                                 .dut = dut,
                                 .memory = scenario_memory_port(memory),
                                 .timing = timing_of(scenario),
                                 .watchdog_cycles = scenario->watchdog_cycles,
                                 .counter_interval = scenario->counter_interval,
                                 .wave_from = 1};
}

// --- what happened ---------------------------------------------------------------------------

static void settle_port(struct player *player, unsigned port) {
    const struct bench_outputs *out = &player->outputs;
    if (out->answered[port]) {
        const struct mmu_answer *answer = &out->answer[port];
        scenario_same_answered(&player->same, port, answer);
        player->pending[port] &= (uint16_t) ~(1u << (answer->tag % MMU_TAGS));
        if (answer->fault) player->records_due++;
    }
    player->pending[port] &= (uint16_t)~out->killed[port];
    if (!out->accepted[port]) return;
    scenario_same_accepted(&player->same, port, &player->inputs.request[port]);
    player->pending[port] |= (uint16_t)(1u << player->inputs.request[port].tag);
    player->inputs.request_valid[port] = false;
}

// Where an error of memory was injected, an access need not come out as it did without.
static void look_for_errors(struct player *player) {
    const struct scenario *scenario = player->scenario;
    uint64_t now = bench_transactions(player->bench);
    for (; player->transactions < now; player->transactions++)
        if (player->transactions < scenario->timing_count &&
            scenario->timings[player->transactions].error)
            scenario_same_changed(&player->same);
}

static void settle(struct player *player) {
    const struct bench_inputs *in = &player->inputs;
    look_for_errors(player);
    for (unsigned p = 0; p < MMU_PORTS; p++) settle_port(player, p);
    for (unsigned p = 0; p < MMU_PORTS && player->outputs.fence_accepted; p++)
        scenario_same_fenced(&player->same, p, &in->fence,
                             !in->request_valid[p] && !player->pending[p]);
    if (player->outputs.pmp_write_accepted) scenario_same_changed(&player->same);
    if (player->outputs.fence_accepted) player->inputs.fence_valid = false;
    if (player->outputs.pmp_write_accepted) player->inputs.pmp_write_valid = false;
    if (player->outputs.fault_taken) player->records_due--;
    player->inputs.kill = 0;
    player->inputs.poison = false;
    player->inputs.take = ALL;
}

static bool quiet(const struct player *player) {
    const struct bench_inputs *in = &player->inputs;
    return !in->request_valid[0] && !in->request_valid[1] && !in->fence_valid &&
           !in->pmp_write_valid && !player->pending[0] && !player->pending[1] &&
           player->records_due <= 0;
}

// --- what is presented -----------------------------------------------------------------------

static bool request(struct player *player, const struct scenario_op *op) {
    struct bench_inputs *in = &player->inputs;
    bool busy = player->pending[op->port] >> op->u.request.tag & 1;
    bool tags = bench_tags(player->bench);
    if (in->request_valid[op->port] || (tags && busy)) return false;
    in->request[op->port] = op->u.request;
    return in->request_valid[op->port] = true;
}

static void reset(struct player *player) {
    struct bench_inputs *in = &player->inputs;
    bench_resynchronise(player->bench);
    in->request_valid[0] = in->request_valid[1] = in->fence_valid = in->pmp_write_valid = false;
    player->pending[0] = player->pending[1] = 0;
    player->records_due = 0;
}

static void software_write(struct player *player, const struct scenario_word *word) {
    const struct bench_memory *memory = &bench_configuration(player->bench)->memory;
    unsigned bytes = bench_pte_bytes(player->bench);
    uint64_t before = 0;
    memory->read(memory->user, word->pa, bytes, &before);
    if (memory->write(memory->user, word->pa, bytes, word->value))
        bench_note_write(player->bench, word->pa, before, word->value);
}

// What the outcome of an access may depend on.
static bool changes(const struct scenario_op *op) {
    return op->kind == SCENARIO_CSR || op->kind == SCENARIO_WRITE ||
           op->kind == SCENARIO_PMP_WRITE || op->kind == SCENARIO_KILL ||
           op->kind == SCENARIO_RESET;
}

// False: its channel is occupied.
static bool present(struct player *player, const struct scenario_op *op) {
    struct bench_inputs *in = &player->inputs;
    if (changes(op)) scenario_same_changed(&player->same);
    switch ((enum scenario_kind)op->kind) {
        case SCENARIO_REQUEST:
            return request(player, op);
        case SCENARIO_FENCE:
            if (in->fence_valid) return false;
            in->fence = op->u.fence;
            return in->fence_valid = true;
        case SCENARIO_PMP_WRITE:
            if (in->pmp_write_valid) return false;
            in->pmp_write = op->u.pmp_write;
            return in->pmp_write_valid = true;
        case SCENARIO_CSR:
            in->csr = op->u.csr;
            return true;
        case SCENARIO_WRITE:
            software_write(player, &op->u.write);
            return true;
        case SCENARIO_KILL:
            in->kill |= op->u.mask;
            return true;
        case SCENARIO_STALL:
            in->take &= ~op->u.mask;
            return true;
        case SCENARIO_POISON:
            return in->poison = true;
        case SCENARIO_RESET:
            reset(player);
            return true;
        case SCENARIO_SAME:
            player->failed = !scenario_same_holds(&player->same, op->port, player->bench);
            return true;
        case SCENARIO_KINDS:
            break;
    }
    return true;
}

// Whether the next operation's time has come.
static bool due(struct player *player, const struct scenario_op *op) {
    uint64_t now = bench_now(player->bench);
    if (op->quiet && player->waiting != MMU_NEVER) {
        if (!quiet(player) && now - player->waiting < PATIENCE) return false;
        player->since = now;
        player->waiting = MMU_NEVER;
    }
    return now >= player->since + op->delay;
}

static void next_operation(struct player *player) {
    const struct scenario *scenario = player->scenario;
    uint64_t now = bench_now(player->bench);
    player->since = player->waiting = player->presented_cycle = now;
    player->next++;
    if (player->next < scenario->op_count && !scenario->ops[player->next].quiet)
        player->waiting = MMU_NEVER;
}

static void present_all(struct player *player) {
    const struct scenario *scenario = player->scenario;
    while (player->next < scenario->op_count && !player->failed) {
        const struct scenario_op *op = &scenario->ops[player->next];
        if (!due(player, op) || !present(player, op)) return;
        next_operation(player);
    }
}

// --- the registers before the first operation ------------------------------------------------

// The next entry that is not off; its lock comes with it, after all before it.
static bool initial_pmp(struct player *player) {
    const struct scenario *scenario = player->scenario;
    unsigned i = player->pmp_next;
    while (i < scenario->pmp.entries && scenario_pmp_entry_is_off(scenario, i)) i++;
    player->pmp_next = i + 1;
    if (i >= scenario->pmp.entries) return false;
    player->inputs.pmp_write = (struct mmu_pmp_write){.index = (uint8_t)i,
                                                      .write_cfg = true,
                                                      .write_addr = true,
                                                      .cfg = scenario->pmp.cfg[i],
                                                      .addr = scenario->pmp.addr[i]};
    return player->inputs.pmp_write_valid = true;
}

static bool cycle(struct player *player) {
    if (player->play->look)
        player->play->look(player->play->look_user, player->bench, &player->inputs);
    if (!bench_cycle(player->bench, &player->inputs, &player->outputs)) {
        player->failed = true;
        return false;
    }
    settle(player);
    return true;
}

static bool stops(struct player *player, uint64_t now) {
    const struct scenario_play *play = player->play;
    if (now == 0 || now % SCENARIO_STOP_CYCLES || !play->stop) return false;
    return player->stopped = play->stop(play->stop_user);
}

// What is presented and never accepted, or accepted and never answered, is the watchdog's; a fault
// record that never comes is nobody's.
static bool out_of_time(struct player *player) {
    uint64_t most = player->play->most_cycles, now = bench_now(player->bench);
    uint64_t patience = player->scenario->watchdog_cycles + SCENARIO_MOST_DELAY + PATIENCE;
    bool waits = player->next < player->scenario->op_count;
    if (!waits) patience -= SCENARIO_MOST_DELAY;
    return player->stopped || stops(player, now) || (most && now >= most) ||
           now - player->presented_cycle > patience;
}

static void run(struct player *player) {
    uint64_t ended = MMU_NEVER;
    while (!player->failed && initial_pmp(player))
        while (player->inputs.pmp_write_valid && !out_of_time(player) && cycle(player)) continue;
    scenario_same_begin(&player->same);
    player->since = player->waiting = bench_now(player->bench);
    if (player->scenario->op_count && !player->scenario->ops[0].quiet) player->waiting = MMU_NEVER;
    while (!player->failed && !out_of_time(player)) {
        present_all(player);
        if (player->failed) return;
        if (player->next < player->scenario->op_count || !quiet(player))
            ended = MMU_NEVER;
        else if (ended == MMU_NEVER)
            ended = bench_now(player->bench) + AFTER;
        if (bench_now(player->bench) >= ended) break;
        if (!cycle(player)) return;
    }
    if (!player->failed && !player->stopped)
        player->failed = !bench_compare_counters(player->bench);
}

// --- from nothing to a result ----------------------------------------------------------------

static void collect(const struct player *player, struct scenario_memory *memory,
                    struct scenario_result *result) {
    const struct bench *bench = player->bench;
    if (player->failed) result->failure = scenario_failure_of(bench_mismatch(bench));
    result->cycles = bench_now(bench);
    result->transactions = bench_transactions(bench);
    result->digest = bench_stats(bench)->digest ^ bench_stats(bench)->fingerprint;
    result->presented = player->next;
    result->stopped = player->stopped;
    for (unsigned c = 0; player->play->counters && c < MMU_COUNTERS; c++)
        player->play->counters[c] = bench_counter(bench, c);
    if (player->failed && player->play->command) {
        result->page = bench_explain(bench, player->play->command);
        result->html = bench_explain_html(bench, player->play->command);
    }
    result->ok =
        scenario_memory_read_words(memory, &result->words, &result->final, &result->word_count) &&
        !memory->exhausted;
}

static void play_on(const struct scenario *scenario, const struct scenario_play *play,
                    struct dut *dut, struct scenario_memory *memory,
                    struct scenario_result *result) {
    const struct dut_ops *ops = play->unit ? play->unit->ops : NULL;
    struct bench_config config = scenario_bench(scenario, memory, ops, dut);
    if (!dut) config.mode = BENCH_MODEL_ONLY;
    if (play->wave) config.wave_from = play->wave_from;
    if (play->wave) config.wave_to = MMU_NEVER;
    struct player player = {.scenario = scenario,
                            .play = play,
                            .bench = bench_create(&config),
                            .inputs = {.csr = scenario->csr, .take = ALL}};
    if (!player.bench) return;
    run(&player);
    collect(&player, memory, result);
    bench_destroy(player.bench);
}

struct scenario_result scenario_play(const struct scenario *scenario,
                                     const struct scenario_play *play) {
    struct scenario_result result = {0};
    struct scenario_memory memory = {.source = play->source, .source_user = play->source_user};
    struct dut *dut = play->unit ? play->unit->create(play->unit->user) : NULL;
    if ((dut || !play->unit) && scenario_memory_fill(&memory, scenario))
        play_on(scenario, play, dut, &memory, &result);
    if (dut) play->unit->ops->destroy(dut);
    scenario_memory_clear(&memory);
    return result;
}

void scenario_result_clear(struct scenario_result *result) {
    free(result->words);
    free(result->final);
    free(result->page);
    free(result->html);
    *result = (struct scenario_result){0};
}
