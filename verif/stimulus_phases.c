// SPDX-License-Identifier: Apache-2.0
// Weights that change: what never happens together at constant rates does in some phase - a busy
// TLB without a fence for thousands of cycles, fences or kills in every walk, one mode alone.
#include "stimulus_internal.h"

enum { BUSIEST = 900 };

static uint32_t scaled(struct stimulus *s, uint32_t rate) {
    static const uint8_t quarters[] = {0, 0, 1, 2, 4, 4, 4, 8, 24};
    uint32_t result = rate * quarters[stimulus_below(s, 9)] / 4;
    return result > BUSIEST ? BUSIEST : result;
}

void stimulus_base_rates(struct stimulus *s) {
    const struct stimulus_config *c = &s->config;
    s->rates = (struct stimulus_rates){.idle = c->idle,
                                       .stall = c->stall,
                                       .fence = c->fence,
                                       .csr = c->csr,
                                       .pte_write = c->pte_write,
                                       .pmp = c->pmp,
                                       .kill = c->kill,
                                       .poison = c->poison,
                                       .ask_twice = c->ask_twice,
                                       .outstanding = c->outstanding,
                                       .again = c->again,
                                       .pages = c->pages,
                                       .store = 450,
                                       .mode = -1};
}

void stimulus_random_rates(struct stimulus *s) {
    static const uint16_t stores[] = {0, 450, 450, 1000};
    struct stimulus_rates *rates = &s->rates;
    stimulus_base_rates(s);
    rates->idle = scaled(s, rates->idle);
    rates->stall = scaled(s, rates->stall);
    rates->fence = scaled(s, rates->fence);
    rates->csr = scaled(s, rates->csr);
    rates->pte_write = scaled(s, rates->pte_write);
    rates->pmp = scaled(s, rates->pmp);
    rates->kill = scaled(s, rates->kill);
    rates->poison = scaled(s, rates->poison);
    rates->ask_twice = scaled(s, rates->ask_twice);
    rates->store = stores[stimulus_below(s, 4)];
    if (stimulus_chance(s, 300)) rates->pages = 1 + stimulus_below(s, s->config.pages);
    if (stimulus_chance(s, 300)) rates->outstanding = 1 + stimulus_below(s, s->config.outstanding);
    if (stimulus_chance(s, 500)) rates->mode = (int)stimulus_below(s, s->mode_count);
}

void stimulus_phase(struct stimulus *s, uint64_t now) {
    if (s->phase_end == 0 || s->config.phase == 0) {
        stimulus_base_rates(s);
    } else if (now < s->phase_end) {
        return;
    } else {
        stimulus_random_rates(s);
    }
    uint64_t mean = s->config.phase;
    s->phase_end = mean ? now + 1 + mean / 4 + stimulus_below(s, (uint32_t)(mean * 3 / 2)) : 1;
}
