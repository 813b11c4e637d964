// SPDX-License-Identifier: Apache-2.0
// Issues a program's references to the two ports, in order, and retires them in order.
//
// A window of a few references stands between issue and retirement, so that fetches and
// loads overlap, both ports are busy at once, hits flow one per cycle, and several walks of a port
// are under way (driver.outstanding). Answers come in any order. Rules of a precise machine: a
// store is issued only when everything before it has retired (its D update must not be
// speculative); when the oldest reference faults, all younger ones are squashed - those
// without an answer are killed (no store is among them), answers that are there are checked like
// any other, then dropped - and issued again after the handler.
#include <inttypes.h>

#include "dut_loader.h"
#include "progress.h"
#include "world.h"

// A reference that faults so often without retiring will never retire.
enum { MOST_FAULTS_IN_A_ROW = 64 };

static struct slot *slot_at(struct world *world, unsigned index) {
    return &world->window[(world->head + index) % WINDOW];
}

static bool chance(struct world *world, uint64_t permille) {
    if (permille == 0) return false;
    world->random ^= world->random >> 12;
    world->random ^= world->random << 25;
    world->random ^= world->random >> 27;
    uint64_t r = (world->random * 0x2545F4914F6CDD1Du) >> 32;
    return (r * 1000) >> 32 < permille;
}

static bool is_write(const struct slot *slot) {
    return slot->request.access >= MMU_STORE;
}

// Requests of the port without an answer. What was accepted in the cycle before may be answered in
// the coming one: it does not count.
static unsigned unanswered(struct world *world, unsigned port) {
    bool latest = world->last_accept[port] + 1 == bench_now(world->bench);
    if (world->options->config.outstanding == 0) return world->accepted[port];
    return world->accepted[port] - (latest && world->accepted[port] > 0);
}

static unsigned most_unanswered(const struct world *world) {
    uint64_t outstanding = world->options->config.outstanding;
    return bench_tags(world->bench) && outstanding > 0 ? (unsigned)outstanding : 1;
}

// Returns the index of the reference that the port would issue next, count if it is to wait.
static unsigned next_to_issue(struct world *world, unsigned port) {
    uint64_t end = world->retired + world->count, *issue = &world->issue[port];
    if (world->presenting[port] || unanswered(world, port) >= most_unanswered(world))
        return world->count;
    if (*issue < world->retired) *issue = world->retired;
    while (*issue < end && slot_at(world, (unsigned)(*issue - world->retired))->port != port)
        ++*issue;
    unsigned k = (unsigned)(*issue - world->retired);
    return k > 0 && k < world->count && is_write(slot_at(world, k)) ? world->count : k;
}

// Put requests on free ports, per port in program order.
static void present(struct world *world) {
    for (unsigned port = 0; port < MMU_PORTS; port++) {
        unsigned k = next_to_issue(world, port);
        if (k == world->count || chance(world, world->options->config.idle)) continue;
        struct slot *slot = slot_at(world, k);
        slot->state = SLOT_PRESENTED;
        world->issue[port]++;
        world->presenting[port] = true;
        world->presented_slot[port] = (world->head + k) % WINDOW;
        world->inputs.request[port] = slot->request;
        world->unanswered++;
    }
    world->inputs.request_valid[0] = world->presenting[0];
    world->inputs.request_valid[1] = world->presenting[1];
}

static void answered(struct world *world, unsigned port) {
    const struct mmu_answer *answer = &world->outputs.answer[port];
    struct slot *slot = &world->window[answer->tag % WINDOW];
    // An answer that nobody asked for is the bench's to find.
    if (slot->port != port || slot->state != SLOT_ACCEPTED) return;
    slot->state = SLOT_ANSWERED;
    slot->answer = *answer;
    world->accepted[port]--;
    world->unanswered--;
    if (answer->fault && !slot->has_record) world->records_due++;
}

// Everything in flight is gone (squash or resynchronisation): issue it again.
static void restart_window(struct world *world) {
    for (unsigned k = 0; k < world->count; k++) {
        slot_at(world, k)->state = SLOT_WAITING;
        slot_at(world, k)->has_record = false;
    }
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        world->presenting[p] = world->inputs.request_valid[p] = false;
        world->issue[p] = world->retired;
        world->accepted[p] = 0;
    }
    world->unanswered = world->records_due = 0;
}

static void killed(struct world *world, unsigned port) {
    uint16_t tags = world->outputs.killed[port];
    for (unsigned tag = 0; tag < WINDOW && tags; tag++) {
        struct slot *slot = &world->window[tag];
        if (!(tags >> tag & 1) || slot->port != port || slot->state != SLOT_ACCEPTED) continue;
        slot->state = SLOT_WAITING;
        world->accepted[port]--;
        world->unanswered--;
    }
}

// Without tags fault records come in the order of the port's faulting answers; one may be taken
// before the answer itself is, if that is stalled.
static void record_taken(struct world *world) {
    const struct mmu_fault *record = &world->outputs.fault;
    bool tags = bench_tags(world->bench);
    for (unsigned k = 0; k < world->count; k++) {
        struct slot *slot = slot_at(world, k);
        bool answered_with_fault = slot->state == SLOT_ANSWERED && slot->answer.fault;
        if (slot->port != record->port || slot->has_record ||
            (tags && slot->request.tag != record->tag) ||
            !(answered_with_fault || slot->state == SLOT_ACCEPTED))
            continue;
        slot->record = *record;
        slot->has_record = true;
        if (answered_with_fault) world->records_due--;
        return;
    }
}

static void settle(struct world *world) {
    const struct bench_outputs *out = &world->outputs;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (out->answered[p]) answered(world, p);
        if (out->killed[p]) killed(world, p);
        if (!out->accepted[p]) continue;
        world->window[world->presented_slot[p]].state = SLOT_ACCEPTED;
        world->accepted[p]++;
        world->last_accept[p] = bench_now(world->bench) - 1;
        world->presenting[p] = false;
    }
    if (out->fault_taken) record_taken(world);
}

static bool step(struct world *world, const struct run_report *report) {
    bool lost = false;
    unsigned take = DUT_TAKE_DATA | DUT_TAKE_FETCH | DUT_TAKE_FAULT;
    uint64_t stall = world->options->config.stall;
    for (unsigned bit = 0; stall && bit < 3; bit++)
        if (chance(world, stall)) take &= ~(1u << bit);
    world->inputs.take = take;
    if (!world_cycle(world, report, &lost)) return false;
    if (lost)
        restart_window(world);
    else
        settle(world);
    return true;
}

// Ports whose unanswered requests are to be dropped: where the unit can.
static unsigned squash_mask(const struct world *world) {
    bool can = !world->dut || world->dut->ops->profile()->has_kill;
    return !can ? 0 : (unsigned)(world->accepted[0] > 0) | (unsigned)(world->accepted[1] > 0) << 1;
}

// Drop or finish what is presented or accepted, and take the fault records, with nothing new.
static enum sim_status drain(struct world *world, const struct run_report *report,
                             enum run_verdict *verdict, struct sim_error *error) {
    enum sim_status status = SIM_OK;
    uint64_t limit = world->options->config.watchdog_cycles, start = bench_now(world->bench);
    while (!status && (world->unanswered || world->records_due)) {
        world->inputs.request_valid[0] = world->presenting[0];
        world->inputs.request_valid[1] = world->presenting[1];
        world->inputs.kill = squash_mask(world);
        if (!step(world, report)) *verdict = RUN_FAILED;
        world->inputs.kill = 0;
        if (*verdict == RUN_PASSED && bench_now(world->bench) - start > limit) {
            *verdict = RUN_FAILED;
            sim_fail(error, SIM_OK,
                     "a faulting answer has no record on the fault channel after %" PRIu64
                     " cycles",
                     limit);
        }
        if (*verdict != RUN_PASSED) return SIM_OK;
        status = run_progress_check(world, error);
    }
    world->inputs.request_valid[0] = world->inputs.request_valid[1] = false;
    return status;
}

static enum sim_status check_fault(struct world *world, const struct slot *slot,
                                   enum run_verdict *verdict, struct sim_error *error) {
    const struct mmu_fault *fault = &slot->record;
    if (fault->tval != slot->request.va || fault->cause != slot->answer.cause) {
        *verdict = RUN_FAILED;
        return sim_fail(error, SIM_OK,
                        "the fault record (cause %u, tval 0x%" PRIx64
                        ") is not that of the faulting request (cause %u, va 0x%" PRIx64 ")",
                        fault->cause, fault->tval, slot->answer.cause, slot->request.va);
    }
    if (++world->faults_in_a_row <= MOST_FAULTS_IN_A_ROW) return SIM_OK;
    *verdict = RUN_FAILED;
    return sim_fail(error, SIM_OK,
                    "livelock: the access to va 0x%" PRIx64
                    " of process %u faulted %u times in a "
                    "row (cause %u): the handler does not remove the reason",
                    slot->request.va, world->running, world->faults_in_a_row, fault->cause);
}

// The oldest reference faulted: squash, serve, issue again.
static enum sim_status trap(struct world *world, const struct run_report *report,
                            enum run_verdict *verdict, struct sim_error *error) {
    enum sim_status status = drain(world, report, verdict, error);
    if (status || *verdict != RUN_PASSED) return status;
    struct slot faulting = *slot_at(world, 0);
    restart_window(world);
    // After a resynchronisation the fault was lost with everything else: simply retry.
    if (!faulting.has_record) return SIM_OK;
    status = check_fault(world, &faulting, verdict, error);
    if (status || *verdict != RUN_PASSED) return status;
    return trap_serve(world, report, &faulting.record, verdict, error);
}

// The access takes place: first the run's own books, then the handler's.
static enum sim_status access_page(struct world *world, const struct slot *slot,
                                   enum run_verdict *verdict, struct sim_error *error) {
    uint32_t space = world->schedule.processes[world->running].space;
    bool write = is_write(slot);
    uint64_t va = slot->request.va, pa = slot->answer.pa;
    enum sim_status status =
        oracle_check(world->oracle, world->memory, space, va, pa, write, error);
    struct sim_error better;
    // The handler knows more about a wrong page than its number: let it speak if it will.
    enum sim_status handler =
        pager_touch(world->pager, space, va, pa, write, slot->next_use, status ? &better : error);
    if (status == SIM_ERROR_FORMAT && handler == SIM_ERROR_FORMAT) *error = better;
    if (!status) status = handler;
    if (!status) return SIM_OK;
    *verdict = RUN_FAILED;
    return status == SIM_ERROR_FORMAT ? SIM_OK : status;
}

static enum sim_status retire(struct world *world, const struct run_report *report,
                              enum run_verdict *verdict, struct sim_error *error) {
    while (world->count > 0 && *verdict == RUN_PASSED) {
        struct slot *slot = slot_at(world, 0);
        if (slot->state != SLOT_ANSWERED) break;
        if (slot->answer.fault) return trap(world, report, verdict, error);
        enum sim_status status = access_page(world, slot, verdict, error);
        const struct run_observer *observer = world->options->observer;
        if (!status && *verdict == RUN_PASSED && observer)
            status = observer->retired(observer->user, slot, world->running, error);
        if (status || *verdict != RUN_PASSED) return status;
        world->faults_in_a_row = 0;
        world->counts.references++;
        world->counts.writes += is_write(slot);
        world->head = (world->head + 1) % WINDOW;
        world->retired++;
        world->count--;
    }
    return SIM_OK;
}

// --- from the schedule into the window -------------------------------------------------

static enum sim_status peek(struct world *world, struct sim_error *error) {
    struct upcoming *next = &world->upcoming;
    while (!next->valid && !next->at_end) {
        enum sim_status status = schedule_next(&world->schedule, &next->ref, &next->process, error);
        if (status == SIM_END) {
            next->at_end = true;
            return SIM_OK;
        }
        if (status) return status;
        next->next_use = UINT64_MAX;
        if (world->future) {
            status = future_next(world->future, &next->next_use, error);
            if (status) return status;
        }
        if (run_interrupted()) return run_progress_check(world, error);
        // References of a process that was ended are passed over.
        next->valid = !world->schedule.processes[next->process].killed;
    }
    return SIM_OK;
}

// Processes that are more than there are ASIDs share them: each finds its ASID fenced.
static enum sim_status switch_to(struct world *world, const struct run_report *report,
                                 unsigned process, enum run_verdict *verdict,
                                 struct sim_error *error) {
    uint32_t space = world->schedule.processes[process].space;
    bool first = world->inputs.csr.satp == 0;
    world->running = process;
    world->inputs.csr.satp = pager_space_satp(world->pager, space);
    if (first) return SIM_OK;
    world->counts.switches++;
    world->counts.switch_cycles += world->options->config.switch_cycles;
    if (world->schedule.count <= pager_asids(world->pager)) return SIM_OK;
    struct mmu_fence fence = {.has_asid = true, .asid = pager_space_asid(world->pager, space)};
    return trap_fence(world, report, &fence, verdict, error);
}

// The first naturally aligned part of the access; the rest of a misaligned one is the client's.
static uint8_t size_of(const struct world *world, const struct trace_ref *ref) {
    unsigned bytes = ref->size ? ref->size : (unsigned)world->options->config.xlen / 8;
    uint8_t size = 0;
    while (size < 3 && (2u << size) <= bytes && ref->va % (2u << size) == 0) size++;
    return size;
}

static void enter(struct world *world) {
    static const uint8_t access[] = {MMU_FETCH, MMU_LOAD, MMU_STORE, MMU_AMO};
    const struct trace_ref *ref = &world->upcoming.ref;
    unsigned tag = (world->head + world->count++) % WINDOW;
    struct slot *slot = &world->window[tag];
    slot->request = (struct mmu_request){.va = ref->va,
                                         .access = access[ref->kind & 3],
                                         .size = size_of(world, ref),
                                         .tag = (uint8_t)tag};
    slot->next_use = world->upcoming.next_use;
    slot->port = ref->kind == TRACE_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
    slot->state = SLOT_WAITING;
    slot->has_record = false;
    world->upcoming.valid = false;
}

static enum sim_status fill(struct world *world, const struct run_report *report,
                            enum run_verdict *verdict, struct sim_error *error) {
    while (world->count < WINDOW && *verdict == RUN_PASSED) {
        enum sim_status status = peek(world, error);
        if (status || !world->upcoming.valid) return status;
        if (world->counts.references + world->count >= world->next_tick) {
            if (world->count > 0) return SIM_OK;  // the timer finds nothing in flight
            status = trap_tick(world, report, verdict, error);
            if (status || *verdict != RUN_PASSED) return status;
        }
        if (world->upcoming.process != world->running || world->inputs.csr.satp == 0) {
            if (world->count > 0) return SIM_OK;  // the window belongs to one process
            status = switch_to(world, report, world->upcoming.process, verdict, error);
            if (status) return status;
        }
        enter(world);
    }
    return SIM_OK;
}

// With the model alone, jump over the cycles of walks in which nothing can be issued or accepted.
static void skip(struct world *world) {
    const struct run_config *config = &world->options->config;
    if (config->idle || config->stall || slot_at(world, 0)->state == SLOT_ANSWERED) return;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (next_to_issue(world, p) < world->count) return;
        world->inputs.request_valid[p] = world->presenting[p];
    }
    bench_skip_idle(world->bench, &world->inputs);
}

enum sim_status driver_run(struct world *world, const struct run_report *report,
                           enum run_verdict *verdict, struct sim_error *error) {
    enum sim_status status = SIM_OK;
    while (!status && *verdict == RUN_PASSED) {
        if (!world->pmp_open) status = trap_open_pmp(world, report, verdict, error);
        if (!status) status = fill(world, report, verdict, error);
        if (status || *verdict != RUN_PASSED || world->count == 0) break;
        if (!world->pmp_open) continue;
        present(world);
        if (!step(world, report)) {
            *verdict = RUN_FAILED;
            break;
        }
        skip(world);
        status = retire(world, report, verdict, error);
        if (!status) status = run_progress_check(world, error);
    }
    return status;
}
