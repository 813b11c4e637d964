// SPDX-License-Identifier: Apache-2.0
// The watchdog: what was asked and is neither answered nor accepted within the limit. What waits is
// looked at only when something can have waited for so long.
#include "bench_internal.h"

void bench_watch_nothing_presented(struct bench *bench) {
    struct watch *watch = &bench->watch;
    watch->request_since[0] = watch->request_since[1] = bench->now;
    watch->fence_since = watch->pmp_since = bench->now;
}

void bench_watch_reset(struct bench *bench) {
    bench_watch_nothing_presented(bench);
    bench->watch.progress_cycle = bench->watch.restart_cycle = bench->watch.due = bench->now;
}

static bool fail(struct bench *bench, unsigned port, const char *what, uint64_t waited) {
    bench_clear_mismatch(bench);
    return bench_fail(bench, CHECK_WATCHDOG, port, what, bench->config.watchdog_cycles, waited);
}

// Whether what has waited so long may wait on; when not to, `due` is no later.
static bool patient(struct bench *bench, uint64_t waited) {
    uint64_t limit = bench->config.watchdog_cycles;
    if (waited > limit) return false;
    uint64_t due = bench->now + (limit - waited) + 1;
    if (due < bench->watch.due) bench->watch.due = due;
    return true;
}

static uint64_t later(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

// While others get their answers a request may wait for its turn: so many limits.
enum { TURNS = 4 * MMU_WALKS };

// Waiting counts from the last thing that may have caused it: acceptance, a fence (which
// restarts walks), a kill, an answer of the second level or of a walk (which held what this one
// needs). Answers of the first level are no progress of a walk.
static bool look_at_request(struct bench *bench, unsigned port) {
    struct port_state *state = &bench->ports[port];
    const struct watch *watch = &bench->watch;
    unsigned oldest = bench_oldest(state);
    uint64_t since = later(state->asked[oldest].accept_cycle, watch->restart_cycle);
    uint64_t waited = bench->now - later(since, watch->progress_cycle);
    bool starved = (bench->now - since) / TURNS > bench->config.watchdog_cycles;
    if (patient(bench, waited) && !starved) return true;
    state->about = (uint8_t)oldest;
    return fail(bench, port, "no response to an accepted request within the limit",
                starved ? bench->now - since : waited);
}

// A presented request waits for those before it, which have the limit of their own.
static bool look_at_port(struct bench *bench, unsigned port) {
    if (bench->ports[port].pending) return look_at_request(bench, port);
    uint64_t refused = bench->now + 1 - bench->watch.request_since[port];
    return patient(bench, refused) ||
           fail(bench, port, "request not accepted within the limit", refused);
}

// What begins to wait after this look is not late before the whole limit has passed.
static bool look(struct bench *bench) {
    struct watch *watch = &bench->watch;
    watch->due = bench->now + 1 + bench->config.watchdog_cycles;
    if (watch->due <= bench->now) watch->due = MMU_NEVER;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (!look_at_port(bench, p)) return false;
    uint64_t fence = bench->now + 1 - watch->fence_since, pmp = bench->now + 1 - watch->pmp_since;
    if (!patient(bench, fence)) return fail(bench, 0, "fence not accepted within the limit", fence);
    return patient(bench, pmp) || fail(bench, 0, "PMP write not accepted within the limit", pmp);
}

bool bench_watchdog(struct bench *bench, const struct bench_inputs *inputs,
                    const struct bench_outputs *outputs) {
    struct watch *watch = &bench->watch;
    uint64_t next = bench->now + 1;
    if (bench->config.mode == BENCH_LOCKSTEP) bench->stats.compared[CHECK_WATCHDOG]++;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (!inputs->request_valid[p] || outputs->accepted[p]) watch->request_since[p] = next;
    if (!inputs->fence_valid || outputs->fence_accepted) watch->fence_since = next;
    if (!inputs->pmp_write_valid || outputs->pmp_write_accepted) watch->pmp_since = next;
    return bench->now < watch->due || look(bench);
}
