// SPDX-License-Identifier: Apache-2.0
// Fault -> handler -> victim -> swap -> PTE -> fence -> retry, through the unit's own fault
// channel and fence port. What the handler costs is added to the run's time, not simulated.
#include "progress.h"
#include "world.h"

enum sim_status trap_fence(struct world *world, const struct run_report *report,
                           const struct mmu_fence *wanted, enum run_verdict *verdict,
                           struct sim_error *error) {
    bool lost = false, accepted = false;
    enum sim_status status = SIM_OK;
    world->inputs.fence = *wanted;
    world->inputs.fence_valid = true;
    while (!accepted && !status) {
        if (!world_cycle(world, report, &lost)) {
            *verdict = RUN_FAILED;
            break;
        }
        // A resynchronised unit holds no translation: as good as fenced.
        accepted = world->outputs.fence_accepted || lost;
        if (!accepted) status = run_progress_check(world, error);
    }
    world->inputs.fence_valid = false;
    return status;
}

enum sim_status trap_open_pmp(struct world *world, const struct run_report *report,
                              enum run_verdict *verdict, struct sim_error *error) {
    const uint8_t napot = 3 << 3, rwx = MMU_PMP_READ | MMU_PMP_WRITE | MMU_PMP_EXECUTE;
    enum sim_status status = SIM_OK;
    if (world->options->config.pmp_entries == 0) world->pmp_open = true;
    world->inputs.pmp_write = (struct mmu_pmp_write){
        .write_cfg = true, .write_addr = true, .cfg = napot | rwx, .addr = UINT64_MAX >> 10};
    while (!world->pmp_open && !status) {
        bool lost = false;
        world->inputs.pmp_write_valid = true;
        if (!world_cycle(world, report, &lost)) {
            *verdict = RUN_FAILED;
            break;
        }
        world->pmp_open = world->outputs.pmp_write_accepted && !lost;
        if (!world->pmp_open) status = run_progress_check(world, error);
    }
    world->inputs.pmp_write_valid = false;
    return status;
}

// The running process ends: its memory is freed, its ASID fenced, its references passed over.
static enum sim_status end_process(struct world *world, const struct run_report *report,
                                   enum run_verdict *verdict, struct sim_error *error) {
    struct process *process = &world->schedule.processes[world->running];
    struct mmu_fence all = {.has_asid = true,
                            .asid = pager_space_asid(world->pager, process->space)};
    pager_space_end(world->pager, process->space);
    process->killed = true;
    world->retired += world->count;
    world->count = 0;
    world->faults_in_a_row = 0;
    // What was looked at already is passed over only if it is this process'.
    if (world->upcoming.process == world->running) world->upcoming.valid = false;
    return trap_fence(world, report, &all, verdict, error);
}

// What the swap oracle finds is a failed check, not a failed environment.
static enum sim_status judge(enum sim_status status, enum run_verdict *verdict) {
    if (status != SIM_ERROR_FORMAT) return status;
    *verdict = RUN_FAILED;
    return SIM_OK;
}

static enum sim_status map_page(struct world *world, const struct run_report *report,
                                struct pager_work *work, enum run_verdict *verdict,
                                struct sim_error *error) {
    const struct run_config *config = &world->options->config;
    enum sim_status status = SIM_OK;
    if (work->evicts) status = trap_fence(world, report, &work->fence, verdict, error);
    if (status || *verdict != RUN_PASSED) return status;
    status = judge(pager_fault_finish(world->pager, work, error), verdict);
    if (status || *verdict != RUN_PASSED) return status;
    if (work->written_back) world->counts.fault_cycles += config->swap_write_cycles;
    if (work->from_swap) world->counts.fault_cycles += config->swap_read_cycles;
    return trap_fence(world, report, &work->fence, verdict, error);
}

// What the policy did with PTEs since `before`: returns the cycles that it costs.
static uint64_t policy_cycles(const struct world *world, const struct pager_counts *before) {
    const struct run_config *config = &world->options->config;
    const struct pager_counts *now = pager_counts(world->pager);
    return (now->ptes_scanned - before->ptes_scanned) * config->scan_cycles +
           (now->cleaned - before->cleaned) * config->swap_write_cycles;
}

// The fences for A and D bits that the policy has cleared.
static enum sim_status fence_owed(struct world *world, const struct run_report *report,
                                  enum run_verdict *verdict, struct sim_error *error) {
    struct mmu_fence fence;
    enum sim_status status = SIM_OK;
    while (!status && *verdict == RUN_PASSED && pager_next_fence(world->pager, &fence))
        status = trap_fence(world, report, &fence, verdict, error);
    return status;
}

enum sim_status trap_tick(struct world *world, const struct run_report *report,
                          enum run_verdict *verdict, struct sim_error *error) {
    struct pager_counts before = *pager_counts(world->pager);
    world->next_tick += world->options->config.scan_interval;
    pager_scan(world->pager);
    world->counts.scan_cycles += policy_cycles(world, &before);
    return fence_owed(world, report, verdict, error);
}

enum sim_status trap_serve(struct world *world, const struct run_report *report,
                           const struct mmu_fault *fault, enum run_verdict *verdict,
                           struct sim_error *error) {
    const struct run_config *config = &world->options->config;
    uint32_t space = world->schedule.processes[world->running].space;
    struct pager_work work;
    struct pager_counts before = *pager_counts(world->pager);
    enum sim_status status =
        judge(pager_fault_begin(world->pager, space, fault, &work, error), verdict);
    if (status || *verdict != RUN_PASSED) return status;
    world->counts.fault_cycles +=
        config->trap_cycles + config->handler_cycles + policy_cycles(world, &before);
    status = fence_owed(world, report, verdict, error);
    if (status || *verdict != RUN_PASSED) return status;
    switch (work.outcome) {
        case PAGER_MAPPED:
            return map_page(world, report, &work, verdict, error);
        case PAGER_ACCESSED:
            return trap_fence(world, report, &work.fence, verdict, error);
        case PAGER_SPURIOUS:
            return SIM_OK;
        case PAGER_OUT_OF_MEMORY:
            world->counts.killed++;
            return end_process(world, report, verdict, error);
        case PAGER_VIOLATION:
            world->counts.violations++;
            return end_process(world, report, verdict, error);
    }
    return SIM_OK;
}
