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
    bench->watch.progress_cycle = bench->watch.due = bench->now;
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

// Waiting counts from the last thing that may have caused it: acceptance, a fence (which
// restarts a walk), an answer or a kill of the other port (which held the walker).
static uint64_t waiting_since(const struct bench *bench, unsigned port) {
    uint64_t accepted = bench->ports[port].accept_cycle, progress = bench->watch.progress_cycle;
    return accepted > progress ? accepted : progress;
}

// A presented request waits for the one before it, which has the limit of its own.
static bool look_at_port(struct bench *bench, unsigned port) {
    if (bench->ports[port].pending) {
        uint64_t waited = bench->now - waiting_since(bench, port);
        return patient(bench, waited) ||
               fail(bench, port, "no response to an accepted request within the limit", waited);
    }
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
