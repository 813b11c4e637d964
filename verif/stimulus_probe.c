// SPDX-License-Identifier: Apache-2.0
// The invariance check: one access, three times.
//
//   full fence, ask (by a walk), ask (resident, if it succeeded), full fence, ask (by a walk)
//
// Registers, PTEs and PMP stand still meanwhile, nothing is killed. The other port goes on with
// accesses that set no D. A PTE that exists and is refused by the memory spoils the check.
#include "stimulus_internal.h"

enum { TIMES = 3 };

static void begin(struct stimulus *s) {
    unsigned port = stimulus_below(s, MMU_PORTS);
    s->probe = (struct stimulus_probe){
        .stage = PROBE_DRAIN, .port = port, .request = stimulus_new_request(s, port)};
}

static void ask_fence(struct stimulus *s) {
    s->fence = (struct mmu_fence){.op = MMU_SFENCE_VMA};
    s->fencing = true;
    s->probe.stage = PROBE_FENCE;
}

static void present(struct stimulus *s) {
    s->presented[s->probe.port] =
        s->probe.request;  // its tag is free: nothing of the port is asked
    s->presenting[s->probe.port] = true;
    s->probe.stage = PROBE_AWAIT;
}

void stimulus_probe_give_up(struct stimulus *s) {
    s->probe.stage = PROBE_NONE;
    stimulus_count(s, STIMULUS_ASKED_IN_VAIN);
}

static bool judge(struct stimulus *s, struct bench *bench) {
    const struct stimulus_probe *probe = &s->probe;
    if (probe->disturbed) {
        stimulus_probe_give_up(s);
        return true;
    }
    s->probe.stage = PROBE_NONE;
    stimulus_count(s, STIMULUS_ASKED);
    if (probe->answer[0].fault) stimulus_count(s, STIMULUS_ASKED_FAULT);
    if (probe->answer[1].source == MMU_SOURCE_TLB) stimulus_count(s, STIMULUS_ASKED_HIT);
    return bench_check_invariance(bench, probe->port, &probe->answer[0], &probe->answer[1]) &&
           bench_check_invariance(bench, probe->port, &probe->answer[1], &probe->answer[2]);
}

static void look_for_errors(struct stimulus *s, const struct bench *bench) {
    const struct bench_access *access = bench_access_log(bench, 0);
    uint64_t value;
    if (access && access->error && access->grant_cycle + 1 == bench_now(bench) &&
        s->memory.read(s->memory.user, access->pa, s->pte_bytes, &value))
        s->probe.disturbed = true;
}

void stimulus_probe_settle(struct stimulus *s, const struct bench_outputs *last) {
    struct stimulus_probe *probe = &s->probe;
    if (probe->stage != PROBE_AWAIT || !last->answered[probe->port]) return;
    probe->answer[probe->asked++] = last->answer[probe->port];
    probe->stage = PROBE_PRESENT;
}

bool stimulus_probe(struct stimulus *s, struct bench *bench) {
    switch (s->probe.stage) {
        case PROBE_NONE:
            if (stimulus_rare(s, s->rates.ask_twice)) begin(s);
            return true;
        case PROBE_DRAIN:
            if (stimulus_quiet(s)) ask_fence(s);
            return true;
        case PROBE_FENCE:
            if (!s->fencing) present(s);
            break;
        case PROBE_PRESENT:
            look_for_errors(s, bench);
            if (s->probe.asked == TIMES) return judge(s, bench);
            if (s->probe.asked == TIMES - 1)
                ask_fence(s);
            else
                present(s);
            return true;
        case PROBE_AWAIT:
            break;
    }
    look_for_errors(s, bench);
    return true;
}
