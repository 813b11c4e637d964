// SPDX-License-Identifier: Apache-2.0
// The client: what it presents when, and what it does about faults.
#include <assert.h>
#include <stdlib.h>

#include "internal.h"

struct cycles_config cycles_config_default(void) {
    return (struct cycles_config){.mmu = mmu_config_default(),
                                  .satp_mode = MMU_SATP_MODE_SV39,
                                  .page_bits = MMU_PAGE_BITS,
                                  .outstanding = 4,
                                  .grant = 1,
                                  .data = 20};
}

static bool page_of_mode(const struct mmu_mode *mode, const struct mmu_arch *arch, unsigned bits) {
    if (bits == MMU_PAGE_BITS + MMU_NAPOT_SHIFT) return arch->svnapot;
    for (unsigned level = 0; level < mode->levels; level++)
        if (bits == mmu_page_bits(mode, level, false)) return true;
    return false;
}

const char *cycles_config_check(const struct cycles_config *config) {
    const char *text = mmu_config_check(&config->mmu);
    if (text) return text;
    const struct mmu_mode *mode = mmu_mode_of(&config->mmu.arch, config->satp_mode);
    if (!mode) return "the mode does not translate";
    if (!page_of_mode(mode, &config->mmu.arch, config->page_bits))
        return "the mode has no page of that size";
    if (config->mmu.arch.pmp_entries) return "the cycle model has no PMP";
    if (config->outstanding < 1 || config->outstanding > CYCLES_OUTSTANDING)
        return "outstanding must be 1 to 8";
    if (config->grant < 1 || config->data < 1) return "grant and data take at least one cycle";
    return NULL;
}

enum sim_status cycles_new(const struct cycles_config *config, struct cycles **cycles,
                           struct sim_error *error) {
    const char *text = cycles_config_check(config);
    *cycles = NULL;
    if (text) return sim_fail(error, SIM_ERROR_USAGE, "%s", text);
    struct cycles *c = calloc(1, sizeof *c);
    if (!c) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    c->config = *config;
    enum sim_status status = cycles_tables_create(config, &c->tables, error);
    if (status) {
        free(c);
        return status;
    }
    bool wide = config->mmu.arch.xlen == 64;
    c->csr = (struct mmu_csr){
        .satp = (uint64_t)config->satp_mode << (wide ? 60 : 31) | c->tables.root_ppn,
        .priv = MMU_PRIV_S};
    *cycles = c;
    return SIM_OK;
}

void cycles_destroy(struct cycles *cycles) {
    if (!cycles) return;
    if (cycles->unit) cycles->ops->destroy(cycles->unit);
    cycles_tables_destroy(&cycles->tables);
    free(cycles);
}

enum sim_status cycles_map(struct cycles *cycles, uint64_t va, struct sim_error *error) {
    return cycles_tables_map(&cycles->tables, va, error);
}

static unsigned port_of(const struct mmu_request *request) {
    return request->access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
}

// Two ports with at most CYCLES_OUTSTANDING + 1 unanswered requests together: one is always free.
static uint8_t free_tag(uint16_t unanswered) {
    return (uint8_t)__builtin_ctz(~(unsigned)unanswered);
}

// In the order of acceptance, so that faults are served in the program's order.
static void note_fault(struct cycles *c, const struct cycles_pending *pending) {
    unsigned k = c->fault_count++;
    for (; k > 0 && c->faulted_cycle[k - 1] > pending->accept_cycle; k--) {
        c->faulted[k] = c->faulted[k - 1];
        c->faulted_cycle[k] = c->faulted_cycle[k - 1];
    }
    c->faulted[k] = pending->request;
    c->faulted_cycle[k] = pending->accept_cycle;
}

static void answered(struct cycles *c, unsigned port, const struct mmu_answer *answer,
                     uint64_t cycle) {
    const struct cycles_pending *pending = &c->pending[port][answer->tag];
    assert(c->unanswered[port] >> answer->tag & 1);
    c->unanswered[port] &= (uint16_t) ~(1u << answer->tag);
    if (answer->fault) {
        c->counts.faults++;
        c->counts.fault_cycles += c->config.fault_cycles;
        note_fault(c, pending);
        return;
    }
    c->counts.references++;
    c->counts.answers[port]++;
    c->counts.latency_sum[port] += cycle - pending->accept_cycle;
}

static void take(struct cycles *c, const struct cycles_seen *seen, uint64_t cycle) {
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (seen->answered[p]) answered(c, p, &seen->answer[p], cycle);
}

static void accepted(struct cycles *c, const struct mmu_request *request, uint64_t cycle) {
    unsigned port = port_of(request);
    c->unanswered[port] |= (uint16_t)(1u << request->tag);
    c->last = *request;
    c->pending[port][request->tag] =
        (struct cycles_pending){.request = *request, .accept_cycle = cycle};
}

static unsigned unanswered(const struct cycles *c) {
    return (unsigned)__builtin_popcount(c->unanswered[0] | (unsigned)c->unanswered[1] << 16);
}

// One cycle with `request` presented, or nothing. *accepted_now may be NULL.
static enum sim_status step(struct cycles *c, const struct mmu_request *request, bool *taken,
                            struct sim_error *error) {
    struct cycles_seen seen;
    uint64_t cycle = c->ops->now(c->unit);
    enum sim_status status = c->ops->cycle(c->unit, &c->csr, request, &seen, error);
    if (status) return status;
    take(c, &seen, cycle);
    c->old = unanswered(c);
    c->young = seen.accepted;
    if (seen.accepted) accepted(c, request, cycle);
    *taken = seen.accepted;
    return SIM_OK;
}

// Nothing is presented until all is answered.
static enum sim_status settle(struct cycles *c, struct sim_error *error) {
    enum sim_status status = SIM_OK;
    bool taken;
    while (!status && unanswered(c)) {
        c->ops->skip(c->unit, &c->csr);
        status = step(c, NULL, &taken, error);
    }
    return status;
}

// Present one reference, alone, until it is answered.
static enum sim_status repeat(struct cycles *c, struct mmu_request request,
                              struct sim_error *error) {
    enum sim_status status = SIM_OK;
    bool taken = false;
    request.tag = 0;
    while (!status && !taken) status = step(c, &request, &taken, error);
    return status ? status : settle(c, error);
}

static enum sim_status serve_faults(struct cycles *c, struct sim_error *error) {
    enum sim_status status = settle(c, error);
    while (!status && c->fault_count) {
        struct mmu_request request = c->faulted[0];
        c->fault_count--;
        for (unsigned k = 0; k < c->fault_count; k++) {
            c->faulted[k] = c->faulted[k + 1];
            c->faulted_cycle[k] = c->faulted_cycle[k + 1];
        }
        status = cycles_map(c, request.va, error);
        if (!status) status = repeat(c, request, error);
    }
    return status;
}

// As many references as are answered at once, one a cycle. Returns how many.
static size_t run(struct cycles *c, const struct mmu_request *requests, size_t count) {
    struct mmu_request list[CYCLES_RUN];
    struct cycles_seen seen;
    if (c->ops->run_hits == NULL || c->old >= c->config.outstanding) return 0;
    uint32_t n = (uint32_t)(count < CYCLES_RUN ? count : CYCLES_RUN);
    uint8_t tag = free_tag(c->unanswered[0] | c->unanswered[1]);
    for (uint32_t k = 0; k < n; k++) {
        list[k] = requests[k];
        list[k].tag = tag;
    }
    uint64_t cycle = c->ops->now(c->unit);
    // From the second on, the request of the last cycle counts, if it is not a hit.
    bool counts = c->young && c->old + 1 >= c->config.outstanding;
    uint32_t made = c->ops->run_hits(c->unit, &c->csr, list, n, counts ? &c->last : NULL, &seen);
    if (made == 0) return 0;
    take(c, &seen, cycle);
    c->old = unanswered(c);
    c->young = 1;
    for (uint32_t k = 0; k + 1 < made; k++) {  // the last one's answer is still to be seen
        c->counts.references++;
        c->counts.answers[port_of(&list[k])]++;
        c->counts.latency_sum[port_of(&list[k])]++;
    }
    accepted(c, &list[made - 1], cycle + made - 1);
    return made;
}

static enum sim_status single(struct cycles *c, const struct mmu_request *next, size_t *made,
                              struct sim_error *error) {
    struct mmu_request request = *next;
    bool may = c->old < c->config.outstanding, taken = false;
    request.tag = free_tag(c->unanswered[port_of(next)]);
    if (!may && c->young == 0) c->ops->skip(c->unit, &c->csr);
    enum sim_status status = step(c, may ? &request : NULL, &taken, error);
    if (!status && c->fault_count) status = serve_faults(c, error);
    *made = taken;
    return status;
}

enum sim_status cycles_feed(struct cycles *cycles, const struct mmu_request *requests, size_t count,
                            struct sim_error *error) {
    enum sim_status status = SIM_OK;
    for (size_t k = 0; k < count && !status;) {
        size_t made = run(cycles, requests + k, count - k);
        if (made == 0) status = single(cycles, &requests[k], &made, error);
        k += made;
    }
    return status;
}

enum sim_status cycles_drain(struct cycles *cycles, struct sim_error *error) {
    enum sim_status status = serve_faults(cycles, error);
    if (!status && cycles->ops->settled) status = cycles->ops->settled(cycles->unit, error);
    return status;
}

void cycles_read(const struct cycles *cycles, struct cycles_counts *counts) {
    *counts = cycles->counts;
    counts->cycles = cycles->ops->now(cycles->unit);
    for (unsigned k = 0; k < MMU_COUNTERS; k++)
        counts->counters[k] = cycles->ops->counter(cycles->unit, k);
}
