// SPDX-License-Identifier: Apache-2.0
// Recording: what is done to a bench, as operations in a ring; and capturing a window of it.
//
//   ring   | o o o o o o o o o o o o |      base: registers and PMP before the oldest event
//          ^                 ^       ^
//          base              window  failure; memory is undone from here by the writes' old values
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_internal.h"

// Hardware's writes are events, for undoing them, but no operations.
enum { HARDWARE_WRITE = SCENARIO_KINDS };

struct event {
    struct scenario_op op;
    uint64_t cycle;    // in which it is presented
    uint64_t ordinal;  // of the next transaction then
    uint64_t before;   // of a write
};

// The registers that a unit has where events begin.
struct state {
    struct mmu_csr csr;
    struct mmu_pmp pmp;
};

struct scenario_recorder {
    struct bench *bench;
    struct bench_tap tap;
    struct event *events;  // ring
    size_t most, first, count;
    bool lost;          // events were overwritten
    struct state base;  // before the oldest event
    // What was presented in the cycle before.
    struct bench_inputs held;
    uint64_t cycle;  // of that
    bool begun;
    uint64_t same_cycle;  // of the last comparison for invariance
    uint64_t digest;
    uint64_t accesses;  // digested
    uint64_t *digests;
    size_t digest_count, digest_capacity;
};

static struct event *event_at(const struct scenario_recorder *r, size_t index) {
    return &r->events[(r->first + index) % r->most];
}

static void apply(struct state *state, const struct mmu_arch *arch, const struct event *event) {
    if (event->op.kind == SCENARIO_CSR) state->csr = event->op.u.csr;
    if (event->op.kind == SCENARIO_PMP_WRITE) mmu_pmp_write(&state->pmp, &event->op.u.pmp_write);
    if (event->op.kind == SCENARIO_RESET) state->pmp = mmu_pmp_reset(arch);
}

static struct event *add(struct scenario_recorder *r, const struct bench *bench, unsigned kind) {
    if (r->count == r->most) {
        apply(&r->base, &bench->config.mmu.arch, event_at(r, 0));
        r->first = (r->first + 1) % r->most;
        r->count--;
        r->lost = true;
    }
    struct event *event = event_at(r, r->count++);
    *event = (struct event){
        .op.kind = (uint8_t)kind, .cycle = bench->now, .ordinal = bench_transactions(bench)};
    return event;
}

// --- digests ---------------------------------------------------------------------------------

static void mix(struct scenario_recorder *r, uint64_t value) {
    r->digest = bench_mix(r->digest ^ value);
}

static void keep_digest(struct scenario_recorder *r, const struct bench *bench) {
    mix(r, bench->stats.digest);
    mix(r, bench->stats.fingerprint);
    if (r->digest_count == r->digest_capacity) {
        size_t capacity = r->digest_capacity ? 2 * r->digest_capacity : 1024;
        uint64_t *digests = realloc(r->digests, capacity * sizeof *digests);
        if (!digests) return;  // a digest less is found when they are compared
        r->digests = digests;
        r->digest_capacity = capacity;
    }
    r->digests[r->digest_count++] = r->digest;
}

// What the stats do not hold: addresses and values of transactions.
static void digest_accesses(struct scenario_recorder *r, const struct bench *bench) {
    for (; r->accesses < bench->access_count; r->accesses++) {
        const struct bench_access *access = &bench->accesses[r->accesses % BENCH_ACCESS_LOG];
        mix(r, access->pa << 1 | access->write);
        mix(r, access->value);
    }
}

// --- looking on ------------------------------------------------------------------------------

static bool same_request(const struct mmu_request *a, const struct mmu_request *b) {
    return a->va == b->va && a->access == b->access && a->size == b->size && a->tag == b->tag;
}

static bool same_csr(const struct mmu_csr *a, const struct mmu_csr *b) {
    return a->satp == b->satp && a->priv == b->priv && a->mpp == b->mpp && a->mprv == b->mprv &&
           a->sum == b->sum && a->mxr == b->mxr && a->adue == b->adue && a->pbmte == b->pbmte;
}

// Whether the request presented in the cycle before was accepted then.
static bool was_accepted(const struct scenario_recorder *r, const struct bench *bench,
                         unsigned port) {
    const struct port_state *state = &bench->ports[port];
    return state->accepted &&
           state->asked[r->held.request[port].tag % MMU_TAGS].accept_cycle == r->cycle;
}

static void look_at_port(struct scenario_recorder *r, const struct bench *bench, unsigned port,
                         const struct bench_inputs *in) {
    const struct mmu_request *request = &in->request[port];
    if (!in->request_valid[port]) return;
    if (r->held.request_valid[port] && !was_accepted(r, bench, port) &&
        same_request(&r->held.request[port], request))
        return;
    struct event *event = add(r, bench, SCENARIO_REQUEST);
    event->op.port = (uint8_t)port;
    event->op.u.request = *request;
}

static void look_at_fence(struct scenario_recorder *r, const struct bench *bench,
                          const struct bench_inputs *in) {
    const struct bench_fence_record *last = bench_fence_log(bench, 0);
    bool accepted = last && last->cycle == r->cycle;
    if (!in->fence_valid || (r->held.fence_valid && !accepted)) return;
    add(r, bench, SCENARIO_FENCE)->op.u.fence = in->fence;
}

static bool pmp_was_written(const struct scenario_recorder *r, const struct bench *bench) {
    uint64_t count = bench->event_count;
    for (uint64_t k = 1; k <= count && k <= BENCH_EVENT_LOG; k++) {
        const struct bench_event *event = &bench->events[(count - k) % BENCH_EVENT_LOG];
        if (event->cycle != r->cycle) return false;
        if (event->kind == EVENT_PMP_WRITE) return true;
    }
    return false;
}

static void look_at_pmp(struct scenario_recorder *r, const struct bench *bench,
                        const struct bench_inputs *in) {
    if (!in->pmp_write_valid || (r->held.pmp_write_valid && !pmp_was_written(r, bench))) return;
    add(r, bench, SCENARIO_PMP_WRITE)->op.u.pmp_write = in->pmp_write;
}

static void look(void *user, const struct bench *bench, const struct bench_inputs *in) {
    enum { ALL = DUT_TAKE_DATA | DUT_TAKE_FETCH | DUT_TAKE_FAULT };
    struct scenario_recorder *r = user;
    digest_accesses(r, bench);
    if (bench->now % SCENARIO_DIGEST_CYCLES == 0 && bench->now) keep_digest(r, bench);
    if (!r->begun || !same_csr(&r->held.csr, &in->csr))
        add(r, bench, SCENARIO_CSR)->op.u.csr = in->csr;
    for (unsigned p = 0; p < MMU_PORTS; p++) look_at_port(r, bench, p, in);
    look_at_fence(r, bench, in);
    look_at_pmp(r, bench, in);
    if (in->kill) add(r, bench, SCENARIO_KILL)->op.u.mask = in->kill;
    if (in->poison) add(r, bench, SCENARIO_POISON);
    unsigned stalled = ~in->take & ALL;
    if (stalled) add(r, bench, SCENARIO_STALL)->op.u.mask = stalled;
    r->held = *in;
    r->cycle = bench->now;
    r->begun = true;
}

static void look_at_write(void *user, const struct bench *bench, const struct bench_write *write) {
    bool software = write->writer == BENCH_WRITER_SOFTWARE;
    struct event *event = add(user, bench, software ? SCENARIO_WRITE : HARDWARE_WRITE);
    event->op.u.write = (struct scenario_word){.pa = write->pa, .value = write->after};
    event->before = write->before;
}

static void look_at_reset(void *user, const struct bench *bench) {
    struct scenario_recorder *r = user;
    add(r, bench, SCENARIO_RESET);
    r->held.request_valid[0] = r->held.request_valid[1] = false;
    r->held.fence_valid = r->held.pmp_write_valid = false;
}

static void look_at_same(void *user, const struct bench *bench, unsigned port) {
    struct scenario_recorder *r = user;
    if (r->same_cycle == bench->now) return;
    r->same_cycle = bench->now;
    add(r, bench, SCENARIO_SAME)->op.port = (uint8_t)port;
}

// --- life ------------------------------------------------------------------------------------

struct scenario_recorder *scenario_recorder_create(struct bench *bench, size_t most_events) {
    assert(most_events > 0 && bench->now == 0);
    struct scenario_recorder *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->events = calloc(most_events, sizeof *r->events);
    if (!r->events) {
        free(r);
        return NULL;
    }
    r->bench = bench;
    r->most = most_events;
    r->same_cycle = MMU_NEVER;
    r->base.csr = (struct mmu_csr){.priv = MMU_PRIV_M};
    r->base.pmp = mmu_pmp_reset(&bench->config.mmu.arch);
    r->tap = (struct bench_tap){.user = r,
                                .cycle = look,
                                .write = look_at_write,
                                .reset = look_at_reset,
                                .same = look_at_same};
    bench_set_tap(bench, &r->tap);
    return r;
}

void scenario_recorder_destroy(struct scenario_recorder *recorder) {
    if (!recorder) return;
    bench_set_tap(recorder->bench, NULL);
    free(recorder->events);
    free(recorder->digests);
    free(recorder);
}

void scenario_recorder_write(struct scenario_recorder *recorder, uint64_t pa, uint64_t before,
                             uint64_t after) {
    struct event *event = add(recorder, recorder->bench, SCENARIO_WRITE);
    event->op.u.write = (struct scenario_word){.pa = pa, .value = after};
    event->before = before;
}

void scenario_recorder_finish(struct scenario_recorder *recorder) {
    digest_accesses(recorder, recorder->bench);
    keep_digest(recorder, recorder->bench);
}

const uint64_t *scenario_recorder_digests(const struct scenario_recorder *recorder, size_t *count) {
    *count = recorder->digest_count;
    return recorder->digests;
}

size_t scenario_recorder_events(const struct scenario_recorder *recorder, bool *all) {
    *all = !recorder->lost;
    return recorder->count;
}

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
        const struct event *event = event_at(r, i - 1);
        if (event->op.kind != SCENARIO_WRITE && event->op.kind != HARDWARE_WRITE) continue;
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
        const struct scenario_op *op = &event_at(r, i - 1)->op;
        bool write = op->kind == SCENARIO_WRITE || op->kind == HARDWARE_WRITE;
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
    uint64_t cycle = from < r->count ? event_at(r, from)->cycle : 0;
    if (from == 0 && !r->lost) cycle = 0;
    scenario->ops = malloc((r->count - from + 1) * sizeof *scenario->ops);
    if (!scenario->ops) return false;
    for (size_t i = from; i < r->count; i++) {
        const struct event *event = event_at(r, i);
        if (event->op.kind == HARDWARE_WRITE) continue;
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
    uint64_t ordinal = from < r->count ? event_at(r, from)->ordinal : 0;
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
    struct state state = r->base;
    for (size_t i = 0; i < from; i++) apply(&state, &config->mmu.arch, event_at(r, i));
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

// What the play read becomes the scenario's memory; it shows the same failure, or it is none.
static bool close_over(struct scenario *scenario, const struct scenario_unit *unit,
                       struct past *past, const struct scenario_failure *failure) {
    struct scenario_play play = {.unit = unit, .source = past_value, .source_user = past};
    struct scenario_result result = scenario_play(scenario, &play);
    bool same = result.ok && scenario_same_failure(&result.failure, failure);
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

bool scenario_capture(const struct scenario_recorder *r, const struct scenario_unit *unit,
                      size_t events, struct scenario *scenario) {
    const struct scenario_failure failure = scenario_failure_of(bench_mismatch(r->bench));
    size_t from = events < r->count ? r->count - events : 0;
    struct past past = {.memory = &r->bench->config.memory, .bytes = bench_pte_bytes(r->bench)};
    *scenario = scenario_empty();
    bool ok = undo(r, from, &past) && begin(r, from, &past, scenario) &&
              undone_words(&past, scenario) && close_over(scenario, unit, &past, &failure);
    scenario_memory_clear(&past.undone);
    if (!ok) scenario_clear(scenario);
    return ok;
}

bool scenario_capture_shortest(const struct scenario_recorder *r, const struct scenario_unit *unit,
                               struct scenario *scenario) {
    enum { FIRST = 64 };
    for (size_t events = FIRST; events < r->count; events *= 2)
        if (scenario_capture(r, unit, events, scenario)) return true;
    return scenario_capture(r, unit, r->count, scenario);
}
