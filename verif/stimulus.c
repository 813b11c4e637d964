// SPDX-License-Identifier: Apache-2.0
// The cycle of the stimulus: what happened is settled, everybody is asked, inputs are presented.
#include "verif/stimulus.h"

#include <assert.h>
#include <stdlib.h>

#include "stimulus_internal.h"

static const struct stimulus_mode modes_32[] = {{MMU_SATP_MODE_SV32, 2, 10, 32}};
static const struct stimulus_mode modes_64[] = {
    {MMU_SATP_MODE_SV39, 3, 9, 39}, {MMU_SATP_MODE_SV48, 4, 9, 48}, {MMU_SATP_MODE_SV57, 5, 9, 57}};

struct stimulus_config stimulus_default(void) {
    return (struct stimulus_config){.seed = 1,
                                    .arch = mmu_arch_default(),
                                    .table_base = 0x80000000u,
#define X(field, least, most, standard, text) .field = standard,
                                    STIMULUS_WEIGHT_LIST(X)
#undef X
    };
}

static void assert_legal(const struct stimulus_config *config) {
#define X(field, least, most, standard, text) \
    assert((uint64_t)config->field + 1 > least && config->field <= most);
    STIMULUS_WEIGHT_LIST(X)
#undef X
    assert(!mmu_arch_check(&config->arch));
    assert(config->table_base % MMU_PAGE_BYTES == 0 && config->table_base > 0);
    (void)config;
}

struct stimulus *stimulus_create(const struct stimulus_config *config,
                                 const struct bench_memory *memory) {
    assert_legal(config);
    struct stimulus *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    bool narrow = config->arch.xlen == 32;
    s->config = *config;
    s->memory = *memory;
    s->modes = narrow ? modes_32 : modes_64;
    s->mode_count = narrow ? 1 : 3;
    s->pte_bytes = narrow ? 4 : 8;
    s->ppn_bits = narrow ? 22 : 44;
    s->pmp = mmu_pmp_reset(&config->arch);
    s->steer.aim = stimulus_no_aim;
    // Any seed, 0 included, gives a state that is not 0.
    s->random = (config->seed + 1) * 0x9E3779B97F4A7C15u;
    if (s->random == 0) s->random = 0x2545F4914F6CDD1Du;
    for (unsigned i = 0; i < 8; i++) (void)stimulus_random(s);
    stimulus_phase(s, 0);
    stimulus_make_hot(s);
    stimulus_write_tables(s);
    stimulus_first_csr(s);
    stimulus_first_addresses(s);
    return s;
}

void stimulus_destroy(struct stimulus *stimulus) {
    if (stimulus) free(stimulus->steer.tries);
    free(stimulus);
}

// --- what happened in the cycle before ----------------------------------------------------------

static void settle_port(struct stimulus *s, unsigned port, const struct bench_outputs *last) {
    const struct mmu_answer *answer = &last->answer[port];
    if (last->answered[port] && answer->tag < MMU_TAGS) {
        const struct stimulus_flight *flight = &s->flight[port][answer->tag];
        stimulus_note_answer(s, port, flight, answer);
        stimulus_remember(s, flight, answer);
        if (answer->fault) stimulus_address_faulted(s, &flight->place);
        s->active[port] &= (uint16_t) ~(1u << answer->tag);
        if (answer->source == MMU_SOURCE_WALK) s->fences = 0;
    }
    for (unsigned killed = last->killed[port]; killed; killed &= killed - 1)
        stimulus_count(s, port == MMU_PORT_DATA ? STIMULUS_KILL_DATA : STIMULUS_KILL_FETCH);
    if (last->killed[port]) {
        if (last->killed[port] & (last->killed[port] - 1)) stimulus_count(s, STIMULUS_KILL_SEVERAL);
        s->active[port] &= (uint16_t)~last->killed[port];
    }
    if (!last->accepted[port]) return;
    unsigned tag = s->presented[port].tag;
    s->presenting[port] = false;
    s->active[port] |= (uint16_t)(1u << tag);
    s->flight[port][tag] = (struct stimulus_flight){
        .request = s->presented[port], .csr = s->csr, .place = s->place[port]};
}

static void settle(struct stimulus *s, const struct bench_outputs *last) {
    if (last->fence_accepted) {
        stimulus_note_fence(s);
        s->fencing = false;
        s->fences++;
    }
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if ((s->kill >> p & 1) && !last->killed[p]) stimulus_count(s, STIMULUS_KILL_IDLE);
        settle_port(s, p, last);
    }
    if (!stimulus_active(s)) s->fences = 0;
    if (last->pmp_write_accepted) stimulus_pmp_accepted(s);
    if (stimulus_probing(s)) stimulus_probe_settle(s, last);
}

// The unit was reset: nothing is under way, PMP denies.
static void forget(struct stimulus *s) {
    s->presenting[0] = s->presenting[1] = s->fencing = s->pmp_writing = false;
    s->active[0] = s->active[1] = 0;
    s->fences = s->sequence = 0;
    s->pmp = mmu_pmp_reset(&s->config.arch);
    s->background_open = false;
    if (stimulus_probing(s)) stimulus_probe_give_up(s);
}

// --- what is asked ----------------------------------------------------------------------------

// What was counted until then is lost, so it is compared first: false as bench_cycle.
static bool reset_now_and_then(struct stimulus *s, struct bench *bench) {
    if (!stimulus_rare(s, s->config.reset)) return true;
    if (!bench_compare_counters(bench)) return false;
    bench_resynchronise(bench);
    forget(s);
    stimulus_count(s, STIMULUS_RESET);
    return true;
}

static unsigned unanswered(const struct stimulus *s, unsigned port) {
    unsigned count = 0;
    for (unsigned active = s->active[port]; active; active &= active - 1) count++;
    return count;
}

// Without tags a unit refuses a request while one of its port is unanswered, but may take it in the
// cycle of the answer.
static bool may_ask(const struct stimulus *s, const struct bench *bench, unsigned port) {
    return unanswered(s, port) < (bench_tags(bench) ? s->rates.outstanding : 2);
}

static void new_requests(struct stimulus *s, const struct bench *bench) {
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (s->presenting[p] || stimulus_chance(s, s->rates.idle) || !may_ask(s, bench, p))
            continue;
        // An invariance check has its port for itself, and begins when nothing is under way.
        if (stimulus_probing(s) && (s->probe.port == p || s->probe.stage == PROBE_DRAIN)) continue;
        s->presented[p] = stimulus_new_request(s, p);
        s->presenting[p] = true;
    }
}

static bool new_events(struct stimulus *s, struct bench *bench) {
    stimulus_phase(s, bench_now(bench));
    if (!reset_now_and_then(s, bench)) return false;
    if (stimulus_probing(s)) return true;
    stimulus_change_csr(s);
    stimulus_rewrite_ptes(s, bench);
    stimulus_change_pmp(s);
    stimulus_new_fence(s);
    return true;
}

// The same, but what is due is not left to chance.
static bool steered_events(struct stimulus *s, struct bench *bench) {
    stimulus_steer_cycle(s, bench_now(bench));
    if (!reset_now_and_then(s, bench)) return false;
    if (stimulus_probing(s)) return true;
    stimulus_steer_events(s, bench);
    return true;
}

static unsigned take_mask(struct stimulus *s) {
    unsigned mask = DUT_TAKE_DATA | DUT_TAKE_FETCH | DUT_TAKE_FAULT;
    if (s->draining) return mask;
    for (unsigned bit = 0; bit < 3; bit++)
        if (stimulus_chance(s, s->rates.stall)) mask &= ~(1u << bit);
    return mask;
}

static void present(struct stimulus *s, struct bench_inputs *inputs) {
    inputs->csr = s->csr;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        inputs->request[p] = s->presented[p];
        inputs->request_valid[p] = s->presenting[p];
    }
    inputs->fence = s->fence;
    inputs->fence_valid = s->fencing;
    inputs->pmp_write = s->pmp_write;
    inputs->pmp_write_valid = s->pmp_writing;
}

static void disturb(struct stimulus *s, struct bench_inputs *inputs) {
    s->kill = s->draining || stimulus_probing(s) ? 0 : stimulus_kills(s);
    inputs->kill = s->kill;
    inputs->poison = !s->draining && stimulus_chance(s, s->rates.poison);
    inputs->take = take_mask(s);
}

static void steered_disturb(struct stimulus *s, struct bench_inputs *inputs) {
    bool kill = stimulus_forced(s, EVENT_KILL_DONE), stall = stimulus_forced(s, EVENT_STALL);
    s->kill = 0;
    if (!s->draining && !stimulus_probing(s))
        s->kill = kill ? stimulus_force_kills(s) : stimulus_kills(s);
    inputs->kill = s->kill;
    inputs->poison = !s->draining && stimulus_chance(s, s->rates.poison);
    inputs->take = stall && !s->draining ? 0 : take_mask(s);
}

bool stimulus_next(struct stimulus *s, struct bench *bench, const struct bench_outputs *last,
                   struct bench_inputs *inputs) {
    bool agreed = true, steered = s->steer.coverage != NULL;
    if (last)
        settle(s, last);
    else
        forget(s);
    if (s->draining) {
        if (stimulus_probing(s)) stimulus_probe_give_up(s);
    } else {
        agreed =
            (steered ? steered_events(s, bench) : new_events(s, bench)) && stimulus_probe(s, bench);
        new_requests(s, bench);
    }
    present(s, inputs);
    if (steered)
        steered_disturb(s, inputs);
    else
        disturb(s, inputs);
    return agreed;
}

void stimulus_drain(struct stimulus *stimulus) {
    stimulus->draining = true;
}

bool stimulus_quiet(const struct stimulus *s) {
    return !s->presenting[0] && !s->presenting[1] && !s->fencing && !s->pmp_writing &&
           !stimulus_active(s);
}

const struct stimulus_stats *stimulus_stats(const struct stimulus *stimulus) {
    return &stimulus->stats;
}
