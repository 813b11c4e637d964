// SPDX-License-Identifier: Apache-2.0
// The closed loop: every config.steer cycles a bin that is missing becomes the aim, and the weights
// are set so that it becomes likely. Of the distance of two events the second, if it is the
// client's to give, is given exactly so many cycles after the first was seen. A third of the time
// is left to weights drawn as in an open loop: nobody knows what reaches a bin that was never
// reached.
#include <assert.h>
#include <stdlib.h>

#include "coverage_internal.h"
#include "stimulus_internal.h"

enum { PROBES = 64, CANDIDATES = 3, OPEN_LOOP = 333, SPONTANEOUS = 40 };

void stimulus_steer(struct stimulus *s, const struct coverage *coverage) {
    assert(s->config.steer > 0);
    s->steer.coverage = coverage;
    // Without memory each bin counts as tried as often as any other.
    s->steer.tries = calloc(coverage_bins(), 1);
}

static unsigned tries(const struct stimulus *s, unsigned bin) {
    return s->steer.tries ? s->steer.tries[bin] : 0;
}

static bool is_missing(const struct stimulus *s, unsigned bin) {
    return coverage_kinds(s->steer.coverage)[bin] == 0 &&
           coverage_counts(s->steer.coverage)[bin] == 0;
}

// Returns a bin that is missing, coverage_bins() if none is.
static unsigned find_missing(struct stimulus *s) {
    unsigned bins = coverage_bins(), bin = 0;
    for (unsigned k = 0; k < PROBES; k++) {
        bin = stimulus_below(s, bins);
        if (is_missing(s, bin)) return bin;
    }
    for (unsigned k = 0; k < bins; k++)
        if (is_missing(s, (bin + k) % bins)) return (bin + k) % bins;
    return bins;
}

// Of a few the one that was tried least.
static unsigned choose_bin(struct stimulus *s) {
    unsigned best = find_missing(s);
    for (unsigned k = 1; k < CANDIDATES && best < coverage_bins(); k++) {
        unsigned other = find_missing(s);
        if (tries(s, other) < tries(s, best)) best = other;
    }
    return best;
}

static uint32_t at_least(uint32_t rate, uint32_t least) {
    return rate < least ? least : rate;
}

// What makes an event frequent. 0 in the configuration means never, and stays so.
static void favour(struct stimulus *s, int event) {
    struct stimulus_rates *rates = &s->rates;
    const struct stimulus_config *c = &s->config;
    switch (event) {
        case EVENT_FENCE_DONE:
            if (c->fence) rates->fence = at_least(rates->fence, 60);
            break;
        case EVENT_KILL_DONE:
            if (c->kill) rates->kill = at_least(rates->kill, 80);
            break;
        case EVENT_SOFTWARE_WRITE:
        case EVENT_UPDATE_DONE:
            if (c->pte_write) rates->pte_write = at_least(rates->pte_write, 120);
            break;
        case EVENT_SATP:
            if (c->csr) rates->csr = at_least(rates->csr, 60);
            break;
        case EVENT_STALL:
            if (c->stall) rates->stall = at_least(rates->stall, 450);
            break;
        case EVENT_PMP:
            if (c->pmp) rates->pmp = at_least(rates->pmp, 120);
            break;
        case EVENT_DATA_MISS:
        case EVENT_FETCH_WALK:
        case EVENT_EVICTION:
            rates->idle /= 4;
            break;
        default:
            break;
    }
}

// Whether the client gives the event.
static bool is_given(const struct stimulus *s, int event) {
    const struct stimulus_config *c = &s->config;
    switch (event) {
        case EVENT_FENCE_DONE:
            return c->fence > 0;
        case EVENT_KILL_DONE:
            return c->kill > 0;
        case EVENT_SOFTWARE_WRITE:
            return c->pte_write > 0;
        case EVENT_SATP:
            return c->csr > 0;
        case EVENT_STALL:
            return c->stall > 0;
        case EVENT_PMP:
            return c->pmp > 0;
        default:
            return false;
    }
}

static void set_rates(struct stimulus *s, unsigned bin) {
    unsigned v[COVERAGE_MOST_DIMENSIONS];
    const struct coverage_item *item = coverage_coordinates(bin, v);
    struct stimulus_rates *rates = &s->rates;
    const struct stimulus_aim *aim = &s->steer.aim;
    stimulus_base_rates(s);
    rates->ask_twice = 0;
    rates->mode = aim->mode;
    if (aim->first >= 0) {
        favour(s, aim->first);
        favour(s, aim->second);
        return;
    }
    // Leaves as they are asked for have to be written first.
    bool leaves = aim->rwx >= 0 || aim->ad >= 0 || aim->napot >= 0 || aim->conflict > 0;
    if (leaves && s->config.pte_write) rates->pte_write = at_least(rates->pte_write, 40);
    if (item == coverage_item(COVERAGE_PMP) || item == coverage_item(COVERAGE_PTE_ACCESS) ||
        item == coverage_item(COVERAGE_FAULT))
        favour(s, EVENT_PMP);
    if (item == coverage_item(COVERAGE_FENCE) || (item == coverage_item(COVERAGE_WALK) && v[3]))
        favour(s, EVENT_FENCE_DONE);
    bool merged = (item == coverage_item(COVERAGE_TRANSLATION) && v[4] == FROM_MERGED) ||
                  (item == coverage_item(COVERAGE_FAULT) && v[3] == HOW_MERGED) ||
                  (item == coverage_item(COVERAGE_NAPOT) && v[2] == HOW_MERGED);
    if (merged) rates->again = at_least(rates->again, 500);
    if (stimulus_chance(s, 400)) rates->pages = 1 + s->config.pages / 8;
}

static void choose(struct stimulus *s) {
    s->steer.aim = stimulus_no_aim;
    s->steer.change = false;
    unsigned bin = stimulus_chance(s, OPEN_LOOP) ? coverage_bins() : choose_bin(s);
    if (bin == coverage_bins()) {
        stimulus_random_rates(s);
        return;
    }
    if (s->steer.tries && s->steer.tries[bin] < UINT8_MAX) s->steer.tries[bin]++;
    s->steer.aim = stimulus_aim_at(s, bin);
    set_rates(s, bin);
    s->steer.change = s->config.csr > 0 && s->steer.aim.second != EVENT_SATP;
}

// Events that are due: so many cycles after the first. Of two that are both the client's to give,
// the first is given now and then.
static unsigned due(struct stimulus *s, uint64_t now) {
    const struct stimulus_aim *aim = &s->steer.aim;
    unsigned force = 0;
    if (aim->first < 0) return 0;
    bool first = is_given(s, aim->first), second = is_given(s, aim->second);
    bool spontaneous = first && stimulus_chance(s, SPONTANEOUS);
    if (spontaneous) force |= 1u << aim->first;
    if (spontaneous && second && aim->cycles == 0) force |= 1u << aim->second;
    if (second && aim->cycles > 0 && now >= aim->cycles &&
        (coverage_events(s->steer.coverage, now - aim->cycles) >> aim->first & 1))
        force |= 1u << aim->second;
    return force;
}

void stimulus_steer_cycle(struct stimulus *s, uint64_t now) {
    if (now >= s->steer.until) {
        s->steer.until = now + s->config.steer;
        choose(s);
    }
    s->steer.force = stimulus_probing(s) ? 0 : due(s, now);
}

void stimulus_steer_events(struct stimulus *s, struct bench *bench) {
    if (s->steer.change || stimulus_forced(s, EVENT_SATP))
        stimulus_force_csr(s);
    else
        stimulus_change_csr(s);
    if (stimulus_forced(s, EVENT_SOFTWARE_WRITE))
        stimulus_force_rewrite(s, bench);
    else
        stimulus_rewrite_ptes(s, bench);
    if (stimulus_forced(s, EVENT_PMP))
        stimulus_force_pmp(s);
    else
        stimulus_change_pmp(s);
    if (stimulus_forced(s, EVENT_FENCE_DONE))
        stimulus_force_fence(s);
    else
        stimulus_new_fence(s);
}

static void pin(int aim, bool *bit) {
    if (aim >= 0) *bit = aim != 0;
}

void stimulus_pin_registers(struct stimulus *s) {
    const struct stimulus_aim *aim = &s->steer.aim;
    s->steer.change = false;
    if (aim->priv >= 0) s->csr.priv = (uint8_t)aim->priv;
    if (aim->mpp >= 0) s->csr.mpp = (uint8_t)aim->mpp;
    pin(aim->mprv, &s->csr.mprv);
    pin(aim->sum, &s->csr.sum);
    pin(aim->mxr, &s->csr.mxr);
    pin(aim->adue, &s->csr.adue);
}
