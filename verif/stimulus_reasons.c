// SPDX-License-Identifier: Apache-2.0
// Why a walk faulted: the walk is made again, in memory and with the PMP as they are by now. For
// statistics alone; where something changed in between, the reason is another one.
#include "stimulus_internal.h"

static bool read_pte(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    const struct bench_memory *memory = user;
    return memory->read(memory->user, pa, bytes, value);
}

// Nothing is written: the update counts as done.
static bool pretend(void *user, uint64_t pa, unsigned bytes, uint64_t expected, uint64_t desired,
                    uint64_t *old) {
    (void)user, (void)pa, (void)bytes, (void)desired;
    *old = expected;
    return true;
}

static bool beyond(const struct stimulus *s, uint64_t pa) {
    return pa >> s->config.arch.pa_bits != 0;
}

static enum stimulus_count access_fault(const struct stimulus *s,
                                        const struct mmu_walk_trace *trace) {
    const struct mmu_walk_step *last = &trace->step[trace->steps - 1];
    if (last->denied && last->write) return STIMULUS_WHY_UPDATE_PMP;
    if (last->denied) return beyond(s, last->pa) ? STIMULUS_WHY_READ_BEYOND : STIMULUS_WHY_READ_PMP;
    if (last->error) return STIMULUS_WHY_READ_ERROR;
    if (!trace->final_denied) return STIMULUS_WHY_OTHER;
    return beyond(s, trace->final_pa) ? STIMULUS_WHY_FINAL_BEYOND : STIMULUS_WHY_FINAL_PMP;
}

// What is reserved with XLEN = 64 alone (steps 2 and 4 of a READ).
static enum stimulus_count reserved_64(const struct stimulus *s, uint64_t pte, bool pbmte) {
    unsigned pbmt = (unsigned)(pte >> MMU_PTE_PBMT_SHIFT) & 3;
    if (pte >> 54 & 0x7F) return STIMULUS_WHY_RESERVED_BITS;
    if ((pte & MMU_PTE_N) && !s->config.arch.svnapot) return STIMULUS_WHY_N_OFF;
    if (pbmt && !pbmte) return STIMULUS_WHY_PBMT_OFF;
    return pbmt == 3 ? STIMULUS_WHY_PBMT_3 : STIMULUS_WHY_OTHER;
}

static bool reserved_in_pointer(uint64_t pte) {
    return (pte & (MMU_PTE_D | MMU_PTE_A | MMU_PTE_U | MMU_PTE_N)) ||
           (pte >> MMU_PTE_PBMT_SHIFT & 3);
}

// In the order of the specification's steps.
static enum stimulus_count page_fault(const struct stimulus *s, const struct mmu_walk_step *last,
                                      const struct mmu_context *context,
                                      const struct mmu_request *request) {
    uint64_t pte = last->value, ppn = mmu_pte_ppn(context->mode, pte);
    bool store = request->access >= MMU_STORE;
    if (!(pte & MMU_PTE_V)) return STIMULUS_WHY_INVALID;
    if ((pte & MMU_PTE_W) && !(pte & MMU_PTE_R)) return STIMULUS_WHY_W_WITHOUT_R;
    enum stimulus_count reserved =
        s->pte_bytes == 8 ? reserved_64(s, pte, context->pbmte) : STIMULUS_WHY_OTHER;
    if (reserved != STIMULUS_WHY_OTHER) return reserved;
    if (!(pte & (MMU_PTE_R | MMU_PTE_X)))
        return reserved_in_pointer(pte) ? STIMULUS_WHY_POINTER_BITS : STIMULUS_WHY_POINTER_AT_0;
    if ((pte & MMU_PTE_N) && (last->level > 0 || (ppn & 15) != 8))
        return STIMULUS_WHY_NAPOT_ENCODING;
    if (!mmu_permitted((uint8_t)pte, request->access, context)) return STIMULUS_WHY_PERMISSION;
    if (ppn & ((UINT64_C(1) << context->mode->vpn_bits * last->level) - 1))
        return STIMULUS_WHY_MISALIGNED;
    if (!(pte & MMU_PTE_A)) return STIMULUS_WHY_A;
    return store && !(pte & MMU_PTE_D) ? STIMULUS_WHY_D : STIMULUS_WHY_OTHER;
}

enum stimulus_count stimulus_reason(struct stimulus *s, unsigned port,
                                    const struct stimulus_flight *flight,
                                    const struct mmu_answer *answer) {
    const struct mmu_arch *arch = &s->config.arch;
    struct mmu_context context = mmu_context_capture(arch, &flight->csr, (enum mmu_port)port);
    struct mmu_memory memory = {.user = &s->memory, .read = read_pte, .compare_and_write = pretend};
    struct mmu_walk_trace trace;
    struct mmu_answer now = mmu_walk(arch, &context, &s->pmp, &memory, &flight->request, &trace);
    if (!context.mode || !now.fault || now.cause != answer->cause || trace.steps == 0 ||
        trace.steps > MMU_WALK_STEPS)
        return STIMULUS_WHY_OTHER;
    if (answer->cause < MMU_CAUSE_FETCH_PAGE) return access_fault(s, &trace);
    return page_fault(s, &trace.step[trace.steps - 1], &context, &flight->request);
}
