// SPDX-License-Identifier: Apache-2.0
// The fake's walk slots: who is on the wires, who completes, who is taken (section 7).
#include "fake_internal.h"

static unsigned slots(const struct dut *dut) {
    return dut->config.walks;
}

// --- what stands -------------------------------------------------------------------------------

int fake_slot_answered(const struct dut *dut) {
    if (!dut->in.answer_valid) return -1;
    for (unsigned k = 0; k < slots(dut); k++) {
        bool meant = dut->fault == FAKE_SLOT_OF_ANSWER || dut->in.answer.id == k ||
                     (dut->fault == FAKE_SLOT_ID && (dut->in.answer.id ^ 1u) == k);
        if (meant && dut->walk[k].phase == FAKE_WAIT) return (int)k;
    }
    return -1;
}

bool fake_slot_finished(const struct dut *dut, unsigned slot) {
    struct fake_walk walk = dut->walk[slot];
    if (walk.killed) return false;
    if (walk.phase == FAKE_FINISHED || (dut->out.denied == (int)slot && !walk.ignoring))
        return true;
    return fake_slot_answered(dut) == (int)slot && !walk.ignoring &&
           fake_walk_answer(dut, &walk, &dut->in.answer).ends;
}

// Circular: from `first` on.
static int choose(const struct dut *dut, unsigned first, enum fake_phase phase) {
    for (unsigned k = 0; k < slots(dut); k++) {
        unsigned slot = (first + k) % slots(dut);
        const struct fake_walk *walk = &dut->walk[slot];
        if (walk->phase == phase && !(walk->killed && phase == FAKE_REQUEST)) return (int)slot;
    }
    return -1;
}

// An answer's request that would follow in the same cycle (FAKE_REQUEST_EARLY).
static bool show_early(struct dut *dut) {
    int slot = fake_slot_answered(dut);
    if (dut->fault != FAKE_REQUEST_EARLY || slot < 0) return false;
    struct fake_walk walk = dut->walk[slot];
    if (fake_walk_answer(dut, &walk, &dut->in.answer).ends) return false;
    dut->out.memory_request = fake_walk_request(&walk, dut->fault);
    dut->out.memory_request.id = (uint8_t)slot;
    dut->out.wires = slot;
    return true;
}

void fake_slots_show(struct dut *dut) {
    unsigned first = dut->fault == FAKE_WIRES_IN_ORDER ? 0 : dut->next_wires;
    dut->out.denied = -1;
    dut->out.wires = dut->wires >= 0 ? dut->wires : choose(dut, first, FAKE_REQUEST);
    int slot = dut->out.wires;
    if (slot < 0) {
        (void)show_early(dut);
        return;
    }
    const struct fake_walk *walk = &dut->walk[slot];
    if (dut->wires < 0 && fake_walk_denied(dut, walk)) {
        dut->out.denied = slot;
        dut->out.wires = -1;
        return;
    }
    dut->out.memory_request = fake_walk_request(walk, dut->fault);
    dut->out.memory_request.id = (uint8_t)(dut->fault == FAKE_SLOT_ID ? slot ^ 1 : slot);
}

// --- memory ------------------------------------------------------------------------------------

static void free_slot(struct dut *dut, struct fake_walk *walk) {
    walk->phase = FAKE_IDLE;
    walk->killed = false;
    fake_count(dut, MMU_COUNT_WALKS, 1);
    dut->idle_request = dut->fault == FAKE_REQUEST_IDLE;
    dut->property_failed = dut->fault == FAKE_ASSERTION;
}

static void conclude(struct dut *dut, struct fake_walk *walk, const struct fake_outcome *outcome) {
    fake_count(dut, MMU_COUNT_PTE_WRITE_CONFLICTS, outcome->conflict);
    fake_count(dut, MMU_COUNT_WALK_RESTARTS, outcome->restarts);
    if (!outcome->ends) return;
    if (walk->killed) {
        if (dut->fault == FAKE_KILL_FILLS && !outcome->fault) {
            struct fake_entry entry = fake_walk_entry(dut, walk);
            fake_fill_port(dut, walk->port, &entry);
        }
        free_slot(dut, walk);
        return;
    }
    walk->phase = FAKE_FINISHED;
    walk->outcome = *outcome;
}

static void answered(struct dut *dut, struct fake_walk *walk, bool ignored,
                     const struct dut_memory_response *answer) {
    unsigned level = walk->level;
    uint64_t pa = fake_walk_request(walk, FAKE_RIGHT).pa;
    if (ignored) walk->ignoring = true;
    if (level == 0 && !walk->writing) {
        dut->leaf_pa = pa;
        dut->leaf_value = answer->data;
    }
    struct fake_outcome outcome = fake_walk_answer(dut, walk, answer);
    conclude(dut, walk, &outcome);
    if (!outcome.ends && dut->fault == FAKE_PTE_MISSING && walk->level == 0 && !walk->writing &&
        fake_walk_request(walk, FAKE_RIGHT).pa == dut->leaf_pa && pa != dut->leaf_pa) {
        struct dut_memory_response remembered = {.data = dut->leaf_value};
        answered(dut, walk, false, &remembered);
    }
}

static void denied(struct dut *dut, struct fake_walk *walk) {
    struct fake_outcome outcome = {
        .ends = true, .fault = true, .cause = fake_access_fault(walk->request.access)};
    conclude(dut, walk, &outcome);
}

// A fence finds the walk with nothing awaited after it: it begins again in the next cycle.
static void begin_again(struct dut *dut, struct fake_walk *walk) {
    fake_walk_begin(dut, walk);
    fake_count(dut, MMU_COUNT_WALK_RESTARTS, 1);
}

static void put_on_wires(struct dut *dut) {
    int slot = dut->out.wires >= 0 ? dut->out.wires : dut->out.denied;
    if (slot >= 0 && dut->wires < 0) dut->next_wires = ((unsigned)slot + 1) % slots(dut);
    dut->wires = -1;
    if (dut->out.wires < 0) return;
    struct fake_walk *walk = &dut->walk[slot];
    walk->waited++;
    if (!dut->in.grant) {
        dut->wires = slot;
        return;
    }
    fake_count(dut, walk->writing ? MMU_COUNT_PTE_WRITES : MMU_COUNT_PTE_READS, 1);
    walk->phase = FAKE_WAIT;
}

// --- fences and kills --------------------------------------------------------------------------

static void restart(struct dut *dut, unsigned slot) {
    struct fake_walk *walk = &dut->walk[slot];
    if (walk->phase == FAKE_IDLE || dut->fault == FAKE_FENCE_NO_RESTART) return;
    if (dut->fault == FAKE_FENCE_ONE && slot > 0) return;
    if (walk->killed && dut->fault != FAKE_KILL_RESTARTS) return;
    walk->killed = false;
    bool busy = walk->phase == FAKE_WAIT || dut->wires == (int)slot;
    if (busy)
        walk->ignoring = true;
    else
        begin_again(dut, walk);
}

// Nothing of it is on the wires or outstanding after this cycle: the slot is free.
void fake_slots_kill(struct dut *dut, unsigned port) {
    for (unsigned k = 0; k < slots(dut); k++) {
        struct fake_walk *walk = &dut->walk[k];
        if (walk->phase == FAKE_IDLE || walk->port != port || walk->killed) continue;
        fake_count(dut, MMU_COUNT_KILLS, 1);
        walk->killed = true;
        bool answers = fake_slot_answered(dut) == (int)k;
        bool busy = walk->phase == FAKE_WAIT || dut->out.wires == (int)k;
        if (!busy || (answers && dut->fault != FAKE_KILL_FILLS)) free_slot(dut, walk);
        if (dut->fault == FAKE_KILL_ONE) return;
    }
}

// --- completion --------------------------------------------------------------------------------

void fake_fill_port(struct dut *dut, unsigned port, const struct fake_entry *entry) {
    dut->fill[port] = fake_tlb_fill(&dut->tlb[port], entry);
    fake_count(dut, MMU_COUNT_FILLS + 8u * port, 1);
    fake_count(dut, MMU_COUNT_EVICTIONS + 8u * port, dut->fill[port].evict);
}

// The outcome is settled with the PMP of this cycle.
static struct fake_outcome settled(const struct dut *dut, const struct fake_walk *walk) {
    struct fake_outcome outcome = walk->outcome;
    if (outcome.fault || fake_walk_final_allowed(dut, walk)) return outcome;
    outcome.fault = true;
    outcome.cause = fake_access_fault(walk->request.access);
    return outcome;
}

static bool can_complete(const struct dut *dut, const struct fake_walk *walk) {
    const struct fake_port *port = &dut->port[walk->port];
    if (walk->phase != FAKE_FINISHED || port->miss == FAKE_MISS_RESOLVE) return false;
    if (!fake_register_free(dut, walk->port)) return false;
    return !settled(dut, walk).fault || !fake_has_record(dut, walk->port);
}

static int completing(const struct dut *dut, bool fence) {
    unsigned first = dut->fault == FAKE_COMPLETE_IN_ORDER ? 0 : dut->next_completion;
    for (unsigned k = 0; k < slots(dut) && !fence; k++) {
        unsigned slot = (first + k) % slots(dut);
        if (can_complete(dut, &dut->walk[slot])) return (int)slot;
    }
    return -1;
}

static void complete(struct dut *dut, unsigned slot, const struct fake_outcome *outcome) {
    struct fake_walk *walk = &dut->walk[slot];
    struct fake_port *port = &dut->port[walk->port];
    struct fake_entry entry = fake_walk_entry(dut, walk);
    dut->next_completion = (slot + 1) % slots(dut);
    port->stalled = dut->fault == FAKE_READY_LATE;
    port->coming =
        (struct fake_delivery){.valid = true, .request = walk->request, .csr = walk->csr};
    if (outcome->fault) {
        port->coming.answer = fake_fault_answer(dut, outcome->cause, MMU_SOURCE_WALK);
        dut->fill[walk->port].valid = dut->fault == FAKE_FILL_UNASKED;
        return;
    }
    port->coming.answer = fake_answer(dut, walk->request.va, &entry, MMU_SOURCE_WALK);
    fake_fill_port(dut, walk->port, &entry);
}

// --- start, merging ----------------------------------------------------------------------------

static bool same_space(const struct dut *dut, uint64_t a, uint64_t b) {
    const struct mmu_arch *arch = &dut->config.arch;
    return fake_mode_of(arch, a).levels == fake_mode_of(arch, b).levels &&
           fake_asid(arch, a) == fake_asid(arch, b) && fake_root(arch, a) == fake_root(arch, b);
}

static uint64_t page_of(const struct dut *dut, uint64_t va) {
    return dut->config.arch.xlen == 32 ? (va & UINT32_MAX) >> 12 : va >> 12;
}

// Lowest slot that walks the page of the port's miss, -1: none.
static int walked_by(const struct dut *dut, unsigned p) {
    const struct fake_port *port = &dut->port[p];
    for (unsigned k = 0; k < slots(dut) && dut->fault != FAKE_MERGE_MISSING; k++) {
        const struct fake_walk *walk = &dut->walk[k];
        if (walk->phase == FAKE_IDLE || walk->killed ||
            page_of(dut, walk->request.va) != page_of(dut, port->request.va))
            continue;
        if (dut->fault == FAKE_MERGE_SATP || same_space(dut, walk->csr.satp, port->csr.satp))
            return (int)k;
    }
    return -1;
}

// Takes over the translation that `ended` (the completing slot, with success) gives.
static void take_over(struct dut *dut, unsigned p, int walker, int ended) {
    struct fake_port *port = &dut->port[p];
    if (walker < 0 || walker != ended) return;
    port->miss = FAKE_MISS_RESOLVE;
    port->entry = fake_walk_entry(dut, &dut->walk[walker]);
    port->entry_own = dut->walk[walker].port == p;
    fake_count(dut, MMU_COUNT_MERGES + 8 * p, 1);
}

static void take_slot(struct dut *dut, unsigned p) {
    struct fake_port *port = &dut->port[p];
    bool last = dut->fault == FAKE_SLOT_HIGHEST;
    for (unsigned k = 0; k < slots(dut); k++) {
        unsigned slot = last ? slots(dut) - 1 - k : k;
        struct fake_walk *walk = &dut->walk[slot];
        if (walk->phase != FAKE_IDLE) continue;
        *walk = (struct fake_walk){.port = (uint8_t)p, .request = port->request, .csr = port->csr};
        fake_walk_begin(dut, walk);
        port->miss = FAKE_MISS_NONE;
        dut->last_port = (int)p;
        return;
    }
}

static void start(struct dut *dut, const bool candidate[MMU_PORTS]) {
    unsigned first = dut->last_port == MMU_PORT_DATA ? MMU_PORT_FETCH : MMU_PORT_DATA;
    if (dut->fault == FAKE_FETCH_FIRST) first = MMU_PORT_FETCH;
    if (candidate[first])
        take_slot(dut, first);
    else if (candidate[1 - first])
        take_slot(dut, 1 - first);
}

static bool is_candidate(const struct dut *dut, unsigned p, int walker) {
    return dut->port[p].miss == FAKE_MISS_WAIT && walker < 0;
}

// --- clock -------------------------------------------------------------------------------------

static void count(struct dut *dut, int completes, bool fence) {
    for (unsigned k = 0; k < slots(dut); k++)
        fake_count(dut, MMU_COUNT_COMPLETION_WAIT_CYCLES,
                   dut->walk[k].phase == FAKE_FINISHED && (int)k != completes && !fence);
}

// The request that stands in the cycle of the answer before it (FAKE_REQUEST_EARLY).
static bool stands_early(const struct dut *dut, int answers) {
    return answers >= 0 && dut->out.wires == answers && dut->fault == FAKE_REQUEST_EARLY;
}

static void progress(struct dut *dut, int answers, bool fence) {
    bool early = stands_early(dut, answers);
    if (!early) put_on_wires(dut);
    for (unsigned k = 0; k < slots(dut); k++) {
        struct fake_walk *walk = &dut->walk[k];
        if (walk->phase == FAKE_PAUSE && dut->fault == FAKE_REQUEST_LATE) {
            walk->phase = FAKE_REQUEST;
        } else if ((int)k == dut->out.denied && walk->phase == FAKE_REQUEST && !fence) {
            denied(dut, walk);
        } else if ((int)k == answers && walk->phase == FAKE_WAIT) {
            bool ends_alone = fence && (dut->fault != FAKE_FENCE_ONE || k == 0) &&
                              dut->fault != FAKE_FENCE_NO_RESTART;
            answered(dut, walk, ends_alone && !walk->killed, &dut->in.answer);
        } else if (fence) {
            restart(dut, k);
        }
    }
    if (early) put_on_wires(dut);
}

void fake_slots_clock(struct dut *dut, bool fence) {
    struct fake_outcome outcome = {0};
    bool candidate[MMU_PORTS];
    int answers = fake_slot_answered(dut), walker[MMU_PORTS];
    progress(dut, answers, fence);
    int completes = completing(dut, fence);
    count(dut, completes, fence);
    if (completes >= 0) outcome = settled(dut, &dut->walk[completes]);
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        walker[p] = walked_by(dut, p);
        candidate[p] = is_candidate(dut, p, walker[p]);
    }
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (dut->port[p].miss == FAKE_MISS_WAIT && completes >= 0 && !outcome.fault)
            take_over(dut, p, walker[p], completes);
    if (completes >= 0) complete(dut, (unsigned)completes, &outcome);
    if (completes >= 0) free_slot(dut, &dut->walk[completes]);
    start(dut, candidate);
}
