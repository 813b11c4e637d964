// SPDX-License-Identifier: Apache-2.0
// A window of what was recorded, as a scenario that shows the same failure from a reset.
#include <stdlib.h>
#include <string.h>

#include "scenario_recorder.h"

// --- a window --------------------------------------------------------------------------------

// Memory as it was where the window begins: what was written since is undone.
struct past {
    const struct bench_memory *memory;
    unsigned bytes;
    struct scenario_memory undone;
};

static bool undo(const struct scenario_recorder *r, size_t from, struct past *past) {
    bool ok = true;
    for (size_t i = r->count; ok && i > from; i--) {
        const struct scenario_event *event = scenario_event_at(r, i - 1);
        if (event->op.kind != SCENARIO_WRITE && event->op.kind != SCENARIO_HARDWARE_WRITE) continue;
        ok = scenario_memory_put(&past->undone, event->op.u.write.pa, event->before);
    }
    return ok;
}

static bool past_value(void *user, uint64_t pa, uint64_t *value) {
    const struct past *past = user;
    return past->memory->read(past->memory->user, pa, past->bytes, value);
}

// Whether the memory of the run exists at this page: the scenario's is one range.
static bool exists(const struct past *past, uint64_t pa) {
    uint64_t value;
    return past->memory->read(past->memory->user, pa, past->bytes, &value);
}

enum { PAGE = MMU_PAGE_BYTES };

// The range of memory that holds the addresses accessed, at most 2^40 bytes each way.
static void find_range(const struct past *past, uint64_t inside, struct scenario *scenario) {
    uint64_t low = inside / PAGE * PAGE, high = low;
    for (uint64_t step = UINT64_C(1) << 40; step >= PAGE; step /= 2)
        while (low >= step && exists(past, low - step)) low -= step;
    for (uint64_t step = UINT64_C(1) << 40; step >= PAGE; step /= 2)
        while (exists(past, high + step)) high += step;
    scenario->memory_base = low;
    scenario->memory_bytes = high + PAGE - low;
}

// Some address that exists: of a transaction, of a write, of a root.
static bool find_inside(const struct scenario_recorder *r, const struct past *past, uint64_t *pa) {
    const struct mmu_arch *arch = &r->bench->config.mmu.arch;
    for (unsigned i = 0; i < BENCH_ACCESS_LOG; i++) {
        const struct bench_access *access = bench_access_log(r->bench, i);
        if (access && exists(past, *pa = access->pa)) return true;
    }
    for (size_t i = r->count; i > 0; i--) {
        const struct scenario_op *op = &scenario_event_at(r, i - 1)->op;
        bool write = op->kind == SCENARIO_WRITE || op->kind == SCENARIO_HARDWARE_WRITE;
        if (write && exists(past, *pa = op->u.write.pa)) return true;
        if (op->kind != SCENARIO_CSR) continue;
        if (exists(past, *pa = mmu_satp_ppn(arch, op->u.csr.satp) << MMU_PAGE_BITS)) return true;
    }
    return false;
}

// Where nothing that exists was named, nothing need exist.
static void range_of(const struct scenario_recorder *r, const struct past *past,
                     struct scenario *scenario) {
    uint64_t inside = 0;
    scenario->memory_bytes = PAGE;
    if (find_inside(r, past, &inside)) find_range(past, inside, scenario);
}

static bool copy_operations(const struct scenario_recorder *r, size_t from,
                            struct scenario *scenario) {
    uint64_t cycle = from < r->count ? scenario_event_at(r, from)->cycle : 0;
    if (from == 0 && !r->lost) cycle = 0;
    scenario->ops = malloc((r->count - from + 1) * sizeof *scenario->ops);
    if (!scenario->ops) return false;
    for (size_t i = from; i < r->count; i++) {
        const struct scenario_event *event = scenario_event_at(r, i);
        if (event->op.kind == SCENARIO_HARDWARE_WRITE) continue;
        struct scenario_op *op = &scenario->ops[scenario->op_count++];
        *op = event->op;
        op->delay = (uint32_t)(event->cycle - cycle);
        cycle = event->cycle;
    }
    return true;
}

// Those of the window, and some more: a play's transactions need not be as many.
static bool copy_timings(const struct scenario_recorder *r, size_t from,
                         struct scenario *scenario) {
    enum { MORE = 64 };
    const struct bench *bench = r->bench;
    uint64_t ordinal = from < r->count ? scenario_event_at(r, from)->ordinal : 0;
    if (from == 0 && !r->lost) ordinal = 0;
    size_t count = (size_t)(bench_transactions(bench) - ordinal) + MORE;
    scenario->timings = malloc(count * sizeof *scenario->timings);
    if (!scenario->timings) return false;
    for (size_t i = 0; i < count; i++) {
        struct bench_transaction_timing *timing = &scenario->timings[i];
        bench_latency(&bench->config.timing, ordinal + i, &timing->grant_cycles,
                      &timing->data_cycles);
        timing->error = bench_error(&bench->config.timing, ordinal + i);
    }
    scenario->timing_count = count;
    return true;
}

static bool begin(const struct scenario_recorder *r, size_t from, const struct past *past,
                  struct scenario *scenario) {
    const struct bench_config *config = &r->bench->config;
    struct scenario_state state = r->base;
    for (size_t i = 0; i < from; i++)
        scenario_event_apply(&state, &config->mmu.arch, scenario_event_at(r, i));
    *scenario = scenario_empty();
    scenario->mode = config->mode;
    scenario->oracle = config->oracle;
    scenario->mmu = config->mmu;
    scenario->watchdog_cycles = config->watchdog_cycles;
    scenario->counter_interval = config->counter_interval;
    scenario->csr = state.csr;
    scenario->pmp = state.pmp;
    range_of(r, past, scenario);
    return copy_operations(r, from, scenario) && copy_timings(r, from, scenario);
}

// As text it must not be refused (scenario_parse.c).
static bool is_readable(const struct scenario *scenario) {
    uint64_t time = 0, longest = 0;
    for (size_t i = 0; i < scenario->op_count; i++) {
        time += scenario->ops[i].delay;
        if (scenario->ops[i].delay > longest) longest = scenario->ops[i].delay;
    }
    for (size_t i = 0; i < scenario->timing_count; i++)
        time += (uint64_t)scenario->timings[i].grant_cycles + scenario->timings[i].data_cycles;
    return time <= SCENARIO_MOST_TIME && longest <= SCENARIO_MOST_DELAY;
}

// What the play read becomes the scenario's memory; it shows the same failure, or it is none.
static bool close_over(struct scenario *scenario, const struct scenario_unit *unit,
                       struct past *past, const struct scenario_failure *failure) {
    struct scenario_play play = {.unit = unit, .source = past_value, .source_user = past};
    struct scenario_result result = scenario_play(scenario, &play);
    bool same =
        result.ok && is_readable(scenario) && scenario_same_failure(&result.failure, failure);
    if (same) {
        free(scenario->words);
        scenario->words = result.words;
        scenario->word_count = result.word_count;
        result.words = NULL;
        scenario->expect = result.failure;
        if (scenario->timing_count > result.transactions + 1)
            scenario->timing_count = result.transactions + 1;
    }
    scenario_result_clear(&result);
    return same;
}

static bool undone_words(const struct past *past, struct scenario *scenario) {
    size_t n = 0;
    scenario->words = malloc((past->undone.count + 1) * sizeof *scenario->words);
    if (!scenario->words) return false;
    for (size_t i = 0; i < past->undone.capacity; i++)
        if (past->undone.cells[i].used)
            scenario->words[n++] =
                (struct scenario_word){past->undone.cells[i].pa, past->undone.cells[i].first};
    scenario->word_count = n;
    return true;
}

// So many transactions of the fastest memory, then those that were there.
static bool prepend_timings(struct scenario *scenario, size_t count) {
    size_t all = scenario->timing_count + count;
    struct bench_transaction_timing *timings = malloc((all + 1) * sizeof *timings);
    if (!timings) return false;
    for (size_t i = 0; i < count; i++)
        timings[i] = (struct bench_transaction_timing){.grant_cycles = 1, .data_cycles = 1};
    for (size_t i = 0; i < scenario->timing_count; i++) timings[count + i] = scenario->timings[i];
    free(scenario->timings);
    scenario->timings = timings;
    scenario->timing_count = all;
    return true;
}

static bool prepend_operations(struct scenario *scenario, const struct scenario *prefix) {
    size_t all = prefix->op_count + scenario->op_count;
    struct scenario_op *ops = all <= SCENARIO_MOST_OPS ? malloc(all * sizeof *ops) : NULL;
    if (!ops) return false;
    memcpy(ops, prefix->ops, prefix->op_count * sizeof *ops);
    memcpy(ops + prefix->op_count, scenario->ops, scenario->op_count * sizeof *ops);
    free(scenario->ops);
    scenario->ops = ops;
    scenario->op_count = all;
    return true;
}

// Let the scenario begin with the latest requests for `most` pages that left the ring. How many
// transactions these take, so that the window's keep their timings, is found by playing them.
static bool begin_warm(const struct scenario_recorder *r, size_t most,
                       const struct scenario_unit *unit, struct past *past,
                       struct scenario *scenario) {
    struct scenario prefix = *scenario;
    struct scenario_play play = {.unit = unit, .source = past_value, .source_user = past};
    prefix.timings = NULL;
    prefix.timing_count = 0;
    bool ok = scenario_warm_up(r, most, &prefix);
    struct scenario_result result = {0};
    if (ok) result = scenario_play(&prefix, &play);
    ok = ok && result.ok && prepend_timings(scenario, (size_t)result.transactions) &&
         prepend_operations(scenario, &prefix);
    scenario_result_clear(&result);
    free(prefix.ops);
    return ok;
}

// warm: pages, at most, of which the latest requests come first; 0: the window alone.
static bool capture(const struct scenario_recorder *r, const struct scenario_unit *unit,
                    size_t events, size_t warm, struct scenario *scenario) {
    const struct scenario_failure failure = scenario_failure_of(bench_mismatch(r->bench));
    size_t from = events < r->count ? r->count - events : 0;
    struct past past = {.memory = &r->bench->config.memory, .bytes = bench_pte_bytes(r->bench)};
    *scenario = scenario_empty();
    bool ok = undo(r, from, &past) && begin(r, from, &past, scenario) &&
              undone_words(&past, scenario) &&
              (!warm || begin_warm(r, warm, unit, &past, scenario)) &&
              close_over(scenario, unit, &past, &failure);
    scenario_memory_clear(&past.undone);
    if (!ok) scenario_clear(scenario);
    return ok;
}

bool scenario_capture(const struct scenario_recorder *r, const struct scenario_unit *unit,
                      size_t events, struct scenario *scenario) {
    return capture(r, unit, events, 0, scenario);
}

// Where no window does, what it needs was installed before the oldest event: few pages first, as an
// entry may have to be a certain number of others old.
static bool capture_warm(const struct scenario_recorder *r, const struct scenario_unit *unit,
                         struct scenario *scenario) {
    enum { FIRST = 64, STEP = 8 };
    if (!r->lost) return false;
    for (size_t events = FIRST;; events *= STEP) {
        if (events > r->count) events = r->count;
        for (size_t pages = FIRST / 4; pages <= 4096; pages *= 16)
            if (capture(r, unit, events, pages, scenario)) return true;
        if (events == r->count) return false;
    }
}

// A window a little longer begins in the middle of something else: where a failure needs that many
// things come together, one of many windows shows it, and each of these costs little.
bool scenario_capture_shortest(const struct scenario_recorder *r, const struct scenario_unit *unit,
                               struct scenario *scenario) {
    enum { FIRST = 32, SHORT = 1 << 13, STEPS = 16 };
    for (size_t events = FIRST; events < r->count;) {
        if (scenario_capture(r, unit, events, scenario)) return true;
        events += events < SHORT ? events / STEPS : events;
    }
    return scenario_capture(r, unit, r->count, scenario) || capture_warm(r, unit, scenario);
}
