// SPDX-License-Identifier: Apache-2.0
// Recording: what is done to a bench, as operations in a ring; scenario_capture.c takes a window of
// it.
//
//   ring   | o o o o o o o o o o o o |      base: registers and PMP before the oldest event
//          ^                 ^       ^
//          base              window  failure; memory is undone from here by the writes' old values
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_recorder.h"

struct scenario_event *scenario_event_at(const struct scenario_recorder *r, size_t index) {
    return &r->events[(r->first + index) % r->most];
}

void scenario_event_apply(struct scenario_state *state, const struct mmu_arch *arch,
                          const struct scenario_event *event) {
    if (event->op.kind == SCENARIO_CSR) state->csr = event->op.u.csr;
    if (event->op.kind == SCENARIO_PMP_WRITE) mmu_pmp_write(&state->pmp, &event->op.u.pmp_write);
    if (event->op.kind == SCENARIO_RESET) state->pmp = mmu_pmp_reset(arch);
}

static struct scenario_event *add(struct scenario_recorder *r, const struct bench *bench,
                                  unsigned kind) {
    if (r->count == r->most) {
        scenario_warm_note(r, scenario_event_at(r, 0));
        scenario_event_apply(&r->base, &bench->config.mmu.arch, scenario_event_at(r, 0));
        r->first = (r->first + 1) % r->most;
        r->count--;
        r->lost = true;
    }
    struct scenario_event *event = scenario_event_at(r, r->count++);
    *event = (struct scenario_event){
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
    struct scenario_event *event = add(r, bench, SCENARIO_REQUEST);
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
    struct scenario_event *event =
        add(user, bench, software ? SCENARIO_WRITE : SCENARIO_HARDWARE_WRITE);
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
    r->warm = scenario_warm_create();
    if (!r->events || !r->warm) {
        free(r->events);
        free(r->warm);
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
    free(recorder->warm);
    free(recorder->digests);
    free(recorder);
}

void scenario_recorder_write(struct scenario_recorder *recorder, uint64_t pa, uint64_t before,
                             uint64_t after) {
    struct scenario_event *event = add(recorder, recorder->bench, SCENARIO_WRITE);
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
