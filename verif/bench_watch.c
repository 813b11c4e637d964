// SPDX-License-Identifier: Apache-2.0
// The watchdog: what was asked and is neither answered nor accepted within the limit.
#include "bench_internal.h"

static bool fail(struct bench *bench, unsigned port, const char *what, uint64_t waited) {
    bench_clear_mismatch(bench);
    return bench_fail(bench, CHECK_WATCHDOG, port, what, bench->config.watchdog_cycles, waited);
}

// Waiting counts from the last thing that may have caused it: acceptance, a fence (which
// restarts a walk), an answer or a kill of the other port (which held the walker).
static uint64_t waiting_since(const struct bench *bench, unsigned port) {
    uint64_t accepted = bench->ports[port].accept_cycle;
    return accepted > bench->progress_cycle ? accepted : bench->progress_cycle;
}

static bool watch_port(struct bench *bench, unsigned port, bool refused) {
    uint64_t limit = bench->config.watchdog_cycles;
    uint64_t waited = bench->now - waiting_since(bench, port);
    bench->request_wait[port] = refused ? bench->request_wait[port] + 1 : 0;
    if (bench->ports[port].pending && waited > limit)
        return fail(bench, port, "no response to an accepted request within the limit", waited);
    // A presented request waits for the one before it, which has the limit of its own.
    if (!bench->ports[port].pending && bench->request_wait[port] > limit)
        return fail(bench, port, "request not accepted within the limit",
                    bench->request_wait[port]);
    return true;
}

bool bench_watchdog(struct bench *bench, const struct bench_inputs *inputs,
                    const struct bench_outputs *outputs) {
    uint64_t limit = bench->config.watchdog_cycles;
    if (bench->config.mode == BENCH_LOCKSTEP) bench->stats.compared[CHECK_WATCHDOG]++;
    if (outputs->fence_accepted || outputs->answered[0] || outputs->answered[1] ||
        outputs->killed[0] || outputs->killed[1])
        bench->progress_cycle = bench->now;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (!watch_port(bench, p, inputs->request_valid[p] && !outputs->accepted[p])) return false;
    bench->fence_wait = inputs->fence_valid && !outputs->fence_accepted ? bench->fence_wait + 1 : 0;
    if (bench->fence_wait > limit)
        return fail(bench, 0, "fence not accepted within the limit", bench->fence_wait);
    bench->pmp_wait =
        inputs->pmp_write_valid && !outputs->pmp_write_accepted ? bench->pmp_wait + 1 : 0;
    if (bench->pmp_wait > limit)
        return fail(bench, 0, "PMP write not accepted within the limit", bench->pmp_wait);
    return true;
}
