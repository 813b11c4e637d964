// SPDX-License-Identifier: Apache-2.0
// The architectural walk: the loop over levels. pte.h has the meaning of one PTE;
// docs/microarchitecture.md sections 6 and 7 give the order of every check.
//
// The loop is the same for every stage; `stage` says what its addresses are:
//
//   SINGLE, G   physical: checked against pa_bits and the PMP, then accessed
//   VS          guest physical: each is translated by a G walk first
#include "mmu/walk.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "pte.h"
#include "walk_internal.h"

// --- trace --------------------------------------------------------------------------------------

void walk_trace_reset(struct mmu_walk_trace *trace) {
    if (trace == NULL) return;
    trace->steps = 0;
    trace->reads = 0;
    trace->final_checked = false;
    trace->final_denied = false;
    trace->final_pa = 0;
}

void walk_trace_final(struct mmu_walk_trace *trace, enum walk_end end, uint64_t pa) {
    if (trace == NULL || (end != WALK_OK && end != WALK_DENIED)) return;
    trace->final_checked = true;
    trace->final_denied = end == WALK_DENIED;
    trace->final_pa = pa;
}

static void trace_step(struct mmu_walk_trace *trace, const struct mmu_walk_step *step) {
    if (!step->write && !step->denied) ++trace->reads;
    if (trace->steps < MMU_WALK_STEPS) trace->step[trace->steps] = *step;
    ++trace->steps;
}

// --- memory -------------------------------------------------------------------------------------

MMU_INLINE uint64_t load_pte(const uint8_t *at, unsigned bytes) {
    uint64_t wide;
    uint32_t narrow;
    if (bytes == 8) {
        memcpy(&wide, at, 8);
        return wide;
    }
    memcpy(&narrow, at, 4);
    return narrow;
}

MMU_INLINE bool read_pte(const struct mmu_memory *memory, uint64_t pa, unsigned bytes,
                         uint64_t *pte) {
    uint64_t offset = pa - memory->window_base;
    if (memory->window == NULL || offset >= memory->window_bytes ||
        memory->window_bytes - offset < bytes) {
        uint64_t value = 0;  // not *pte: what a callback can reach does not stay in a register
        bool present = memory->read(memory->user, pa, bytes, &value);
        *pte = value;
        return present;
    }
    *pte = load_pte(memory->window + offset, bytes);
    return true;
}

// Returns how many addresses from window_base on hold a PTE, of either size, that may be read
// without a check: without PMP, if the whole window is below 2^pa_bits.
MMU_INLINE uint64_t unchecked_window(const struct mmu_arch *arch, const struct mmu_memory *memory) {
    if (memory->window == NULL || memory->window_bytes < 8) return 0;
    uint64_t last = memory->window_base + (memory->window_bytes - 1);
    if (last < memory->window_base || last >> arch->pa_bits != 0) return 0;
    return memory->window_bytes - 7;
}

// One PTE of a walk: where it is, and the stage's way there.
struct pte_place {
    uint64_t address;  // as the stage knows it
    uint64_t pa;
    uint8_t stage, level, bytes;
};

static enum walk_end guest_reach(struct walk *walk, uint64_t gpa, const struct walk_access *access,
                                 uint64_t *pa);

// Go to the physical address that `address` of this stage stands for, and judge the access there.
// *pa is set if the end is OK or DENIED.
MMU_INLINE enum walk_end reach(struct walk *walk, enum mmu_stage stage, uint64_t address,
                               const struct walk_access *access, uint64_t *pa) {
    if (stage == MMU_STAGE_VS && walk->guest[0].mode != NULL)
        return guest_reach(walk, address, access, pa);
    *pa = address;
    bool allowed = physical_allowed(walk->arch, walk->pmp, address, access->bytes, access->kinds,
                                    access->priv);
    return allowed ? WALK_OK : WALK_DENIED;
}

// Step 2, READ: read the PTE at the place.
MMU_INLINE enum walk_end fetch_pte(struct walk *walk, struct pte_place *place, uint64_t *pte) {
    uint64_t offset = place->address - walk->window_base;
    if (place->stage == MMU_STAGE_SINGLE && offset < walk->unchecked) {
        place->pa = place->address;
        *pte = load_pte(walk->window + offset, place->bytes);
        return WALK_OK;
    }
    const struct walk_access access = {MMU_LOAD, place->bytes, MMU_PMP_READ, MMU_PRIV_S,
                                       .implicit = true};
    enum walk_end end =
        reach(walk, (enum mmu_stage)place->stage, place->address, &access, &place->pa);
    if (end != WALK_OK && end != WALK_DENIED) return end;
    bool denied = end == WALK_DENIED;
    *pte = 0;
    bool present = !denied && read_pte(walk->memory, place->pa, place->bytes, pte);
    if (walk->trace != NULL) {
        trace_step(walk->trace, &(struct mmu_walk_step){.pa = place->pa,
                                                        .gpa = place->address,
                                                        .value = *pte,
                                                        .stage = place->stage,
                                                        .level = place->level,
                                                        .denied = denied,
                                                        .error = !denied && !present});
    }
    return present ? WALK_OK : WALK_ACCESS_FAULT;
}

// Step 7, UPDATE: compare-and-write the PTE. *old gets the value before.
MMU_INLINE enum walk_end update_pte(struct walk *walk, struct pte_place *place, uint64_t expected,
                                    uint64_t desired, uint64_t *old) {
    const struct walk_access access = {MMU_STORE, place->bytes, MMU_PMP_WRITE, MMU_PRIV_S,
                                       .implicit = true};
    enum walk_end end =
        reach(walk, (enum mmu_stage)place->stage, place->address, &access, &place->pa);
    if (end != WALK_OK && end != WALK_DENIED) return end;
    bool denied = end == WALK_DENIED;
    const struct mmu_memory *memory = walk->memory;
    bool present = !denied && memory->compare_and_write(memory->user, place->pa, place->bytes,
                                                        expected, desired, old);
    if (walk->trace != NULL) {
        trace_step(walk->trace, &(struct mmu_walk_step){.pa = place->pa,
                                                        .gpa = place->address,
                                                        .value = desired,
                                                        .stage = place->stage,
                                                        .level = place->level,
                                                        .write = true,
                                                        .denied = denied,
                                                        .error = !denied && !present});
    }
    return present ? WALK_OK : WALK_ACCESS_FAULT;
}

// --- the loop -----------------------------------------------------------------------------------

// How far a walk has come.
struct walk_position {
    uint64_t table;  // address of the table to look into
    unsigned level;
    uint8_t global;  // MMU_PTE_G if a pointer on the path had it
};

// Step 4: a pointer leads one level down. G makes everything below global.
MMU_INLINE void step_down(const struct mmu_mode *mode, uint64_t pte, struct walk_position *at) {
    at->global |= (uint8_t)pte & MMU_PTE_G;
    at->table = pte_table(mode, pte);
    --at->level;
}

// Steps 2 to 4 for the pointers that lie in the unchecked window, in as few instructions as can
// be. Leaves everything else, the PTE that is no pointer included, to the loop.
MMU_INLINE void follow_pointers(const struct walk *walk, const struct mmu_mode *mode, uint64_t va,
                                struct walk_position *at) {
    while (at->level > 0) {
        uint64_t offset = pte_address(mode, at->table, va, at->level) - walk->window_base;
        if (offset >= walk->unchecked) return;
        uint64_t pte = load_pte(walk->window + offset, mode->pte_bytes);
        if (!pte_is_pointer(pte)) return;
        step_down(mode, pte, at);
    }
}

MMU_INLINE void fill_leaf(const struct mmu_mode *mode, uint64_t pte, uint64_t va,
                          const struct walk_position *at, struct walk_leaf *leaf) {
    leaf->level = (uint8_t)at->level;
    leaf->napot = pte_is_napot(mode, pte);
    leaf->page_bits = (uint8_t)leaf_page_bits(mode, at->level, leaf->napot);
    leaf->pbmt = pte_pbmt(mode, pte);
    leaf->perm = (uint8_t)pte | at->global;
    leaf->address = leaf_pa(pte_ppn(mode, pte), va, leaf->page_bits);
}

// Translate va by one stage. With WALK_OK and WALK_DENIED the leaf is filled, and its address is
// the physical one. mode: the context's.
MMU_INLINE enum walk_end walk_levels(struct walk *walk, enum mmu_stage stage,
                                     const struct mmu_mode *mode, const struct mmu_context *context,
                                     uint64_t va, const struct walk_access *access,
                                     struct walk_leaf *leaf) {
    // The choice of update_first concerns the stage that knows the final physical address.
    bool leads_to_memory = stage != MMU_STAGE_VS || walk->guest[0].mode == NULL;
    bool check_first = !walk->arch->update_first && leads_to_memory;
    // Step 1: begin at the root.
    struct walk_position at = {.table = context->root_ppn << MMU_PAGE_BITS,
                               .level = mode->levels - 1u};
    if (stage == MMU_STAGE_SINGLE) follow_pointers(walk, mode, va, &at);
    for (;;) {
        // Step 2: read the PTE.
        struct pte_place place = {.address = pte_address(mode, at.table, va, at.level),
                                  .stage = (uint8_t)stage,
                                  .level = (uint8_t)at.level,
                                  .bytes = mode->pte_bytes};
        uint64_t pte;
        enum walk_end end = fetch_pte(walk, &place, &pte);
        if (end != WALK_OK) return end;
        // Steps 3 to 7: judge it.
        struct mmu_step_result result =
            pte_step(walk->arch, mode, pte, at.level, access->access, context);
        if (result.step == MMU_STEP_PAGE_FAULT) return WALK_PAGE_FAULT;
        // Step 4, a pointer: one level down. G makes everything below global.
        if (result.step == MMU_STEP_POINTER) {
            step_down(mode, pte, &at);
            continue;
        }
        // Step 7, A/D update: if the PTE has changed meanwhile, back to step 2.
        if (result.step == MMU_STEP_UPDATE) {
            fill_leaf(mode, result.pte_update, va, &at, leaf);
            if (check_first) {
                end = reach(walk, stage, leaf->address, access, &leaf->address);
                if (end != WALK_OK) return end;
            }
            uint64_t old = 0;
            end = update_pte(walk, &place, pte, result.pte_update, &old);
            if (end != WALK_OK) return end;
            if (old != pte) continue;
            pte = result.pte_update;
        }
        // Step 8: the translation, and whether the access may be made there.
        fill_leaf(mode, pte, va, &at, leaf);
        return reach(walk, stage, leaf->address, access, &leaf->address);
    }
}

// The same; the two shapes of a PTE are constants, for a loop of its own each.
MMU_INLINE enum walk_end walk_stage(struct walk *walk, enum mmu_stage stage,
                                    const struct mmu_context *context, uint64_t va,
                                    const struct walk_access *access, struct walk_leaf *leaf) {
    const struct mmu_mode *mode = context->mode;
    uint8_t wide_root = stage == MMU_STAGE_G ? mode->wide_root : 0;
    if (mode->pte_bytes == 8) {
        const struct mmu_mode wide = {mode->levels, 9, 8, mode->va_bits, wide_root};
        return walk_levels(walk, stage, &wide, context, va, access, leaf);
    }
    const struct mmu_mode narrow = {2, 10, 4, mode->va_bits, wide_root};
    return walk_levels(walk, stage, &narrow, context, va, access, leaf);
}

static enum walk_end guest_reach(struct walk *walk, uint64_t gpa, const struct walk_access *access,
                                 uint64_t *pa) {
    const struct mmu_context *context = &walk->guest[access->implicit];
    struct walk_leaf leaf;
    enum walk_end end = WALK_PAGE_FAULT;
    if (is_canonical(context->mode, gpa))
        end = walk_stage(walk, MMU_STAGE_G, context, gpa, access, &leaf);
    if (end == WALK_PAGE_FAULT) {
        walk->fault_gpa = gpa;
        walk->fault_access = *access;
        return WALK_GUEST_FAULT;
    }
    if (end != WALK_OK && end != WALK_DENIED) return end;
    *pa = leaf.address;
    walk->guest_leaf = leaf;  // the explicit access comes last
    return end;
}

enum walk_end walk_two_stages(struct walk *walk, const struct mmu_context *context, uint64_t va,
                              const struct walk_access *access, struct walk_leaf *leaf) {
    if (context->mode == NULL) return reach(walk, MMU_STAGE_VS, va, access, &leaf->address);
    if (!is_canonical(context->mode, va)) return WALK_PAGE_FAULT;
    return walk_stage(walk, MMU_STAGE_VS, context, va, access, leaf);
}

MMU_INLINE struct mmu_answer walk_single(struct walk *walk, const struct mmu_context *context,
                                         const struct mmu_request *request) {
    const uint8_t access = request->access;
    const uint64_t va = va_of_xlen(walk->arch, request->va);
    const struct walk_access explicit = {.access = access,
                                         .bytes = (uint8_t)(1u << request->size),
                                         .kinds = (uint8_t)pmp_kinds_of(access),
                                         .priv = context->priv};
    struct walk_leaf leaf = {.address = va, .level = MMU_LEVEL_NONE};
    enum mmu_source source = MMU_SOURCE_NONE;
    enum walk_end end = WALK_PAGE_FAULT;
    if (context->mode == NULL) {
        end = reach(walk, MMU_STAGE_SINGLE, va, &explicit, &leaf.address);
    } else if (is_canonical(context->mode, va)) {
        source = MMU_SOURCE_WALK;
        end = walk_stage(walk, MMU_STAGE_SINGLE, context, va, &explicit, &leaf);
    }
    if (walk->trace != NULL) walk_trace_final(walk->trace, end, leaf.address);
    if (end == WALK_PAGE_FAULT) return answer_fault(mmu_page_fault(access), source);
    if (end != WALK_OK) return answer_fault(mmu_access_fault(access), source);
    return (struct mmu_answer){.pa = leaf.address,
                               .level = leaf.level,
                               .napot = leaf.napot,
                               .pbmt = leaf.pbmt,
                               .source = (uint8_t)source,
                               .perm = leaf.perm};
}

struct mmu_answer mmu_walk(const struct mmu_arch *arch, const struct mmu_context *context,
                           const struct mmu_pmp *pmp, const struct mmu_memory *memory,
                           const struct mmu_request *request, struct mmu_walk_trace *trace) {
    assert(request->access <= MMU_AMO && request->size <= 3);
    struct walk walk = {.arch = arch, .memory = memory};
    // Apart, so that what is not there costs nothing.
    if (trace == NULL && pmp->entries == 0) {
        walk.window = memory->window;
        walk.window_base = memory->window_base;
        walk.unchecked = unchecked_window(arch, memory);
        return walk_single(&walk, context, request);
    }
    walk.pmp = pmp;
    walk.trace = trace;
    walk_trace_reset(trace);
    return walk_single(&walk, context, request);
}
