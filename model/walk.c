// SPDX-License-Identifier: Apache-2.0
// The architectural walk: permissions, the meaning of one PTE, and the loop over levels.
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

#include "walk_internal.h"

#define SV32_PPN_MASK 0x3FFFFFu
#define PPN_MASK 0xFFFFFFFFFFFu              // 44 bits
#define PTE_RESERVED (UINT64_C(0x7F) << 54)  // 60:54
#define PTE_PBMT (UINT64_C(3) << MMU_PTE_PBMT_SHIFT)
#define NAPOT_MASK ((1u << MMU_NAPOT_SHIFT) - 1)
#define NAPOT_64K 8u  // the low bits of ppn that say 64 KiB, the only size

uint8_t mmu_page_fault(uint8_t access) {
    if (mmu_is_store(access)) return MMU_CAUSE_STORE_PAGE;
    return access == MMU_FETCH ? MMU_CAUSE_FETCH_PAGE : MMU_CAUSE_LOAD_PAGE;
}

uint8_t mmu_access_fault(uint8_t access) {
    if (mmu_is_store(access)) return MMU_CAUSE_STORE_ACCESS;
    return access == MMU_FETCH ? MMU_CAUSE_FETCH_ACCESS : MMU_CAUSE_LOAD_ACCESS;
}

bool mmu_permitted(uint8_t perm, uint8_t access, const struct mmu_context *context) {
    bool user = perm & MMU_PTE_U;
    bool from_user = context->priv == MMU_PRIV_U;
    if (access == MMU_FETCH) {
        // SUM and MXR have no influence on fetches.
        return (perm & MMU_PTE_X) && user == from_user;
    }
    bool page_allowed = from_user ? user : (!user || context->sum);
    if (mmu_is_store(access)) return (perm & MMU_PTE_W) && page_allowed;
    if (access == MMU_LOAD_EXECUTABLE) return (perm & MMU_PTE_X) && page_allowed;
    bool readable = (perm & MMU_PTE_R) || (context->mxr && (perm & MMU_PTE_X));
    return readable && page_allowed;
}

uint64_t mmu_pte_ppn(const struct mmu_mode *mode, uint64_t pte) {
    return (pte >> MMU_PTE_PPN_SHIFT) & (mode->pte_bytes == 4 ? SV32_PPN_MASK : PPN_MASK);
}

struct mmu_step_result mmu_pte_step(const struct mmu_arch *arch, const struct mmu_mode *mode,
                                    uint64_t pte, unsigned level, uint8_t access,
                                    const struct mmu_context *context) {
    const struct mmu_step_result page_fault = {.step = MMU_STEP_PAGE_FAULT};
    uint8_t perm = (uint8_t)pte;

    // Step 3: invalid, the reserved combination W without R, reserved bits and encodings.
    if (!(perm & MMU_PTE_V)) return page_fault;
    if (!(perm & MMU_PTE_R) && (perm & MMU_PTE_W)) return page_fault;
    bool napot = mmu_pte_is_napot(mode, pte);
    if (mode->pte_bytes == 8) {
        if (pte & PTE_RESERVED) return page_fault;
        if (napot && !arch->svnapot) return page_fault;
        if ((pte & PTE_PBMT) && !context->pbmte) return page_fault;
        if ((pte & PTE_PBMT) == PTE_PBMT) return page_fault;
    }
    // Step 4: a pointer; what it may not hold, and below level 0 there is no table.
    if (!(perm & (MMU_PTE_R | MMU_PTE_X))) {
        if (perm & (MMU_PTE_D | MMU_PTE_A | MMU_PTE_U)) return page_fault;
        if (napot || mmu_pte_pbmt(mode, pte) != 0) return page_fault;
        if (level == 0) return page_fault;
        return (struct mmu_step_result){.step = MMU_STEP_POINTER};
    }
    // A leaf. Svnapot: only 64 KiB at level 0 is defined.
    uint64_t ppn = mmu_pte_ppn(mode, pte);
    if (napot && (level > 0 || (ppn & NAPOT_MASK) != NAPOT_64K)) return page_fault;
    // Step 5: is this access allowed?
    if (!mmu_permitted(perm, access, context)) return page_fault;
    // Step 6: a superpage begins at a multiple of its size.
    uint64_t page_in_superpage = (UINT64_C(1) << (level * mode->vpn_bits)) - 1;
    if (ppn & page_in_superpage) return page_fault;
    // Step 7: accessed and dirty.
    uint64_t needed = mmu_is_store(access) ? MMU_PTE_A | MMU_PTE_D : MMU_PTE_A;
    if ((pte & needed) != needed) {
        if (!context->adue) return page_fault;
        return (struct mmu_step_result){.step = MMU_STEP_UPDATE, .pte_update = pte | needed};
    }
    return (struct mmu_step_result){.step = MMU_STEP_LEAF};
}

uint64_t mmu_pte_address(const struct mmu_mode *mode, uint64_t table_ppn, uint64_t va,
                         unsigned level) {
    assert(level < mode->levels);
    unsigned bits = mode->vpn_bits + (level + 1u == mode->levels ? mode->wide_root : 0u);
    uint64_t index = (va >> (MMU_PAGE_BITS + level * mode->vpn_bits)) & ((UINT64_C(1) << bits) - 1);
    return (table_ppn << MMU_PAGE_BITS) + index * mode->pte_bytes;
}

unsigned mmu_page_bits(const struct mmu_mode *mode, unsigned level, bool napot) {
    return MMU_PAGE_BITS + (napot ? MMU_NAPOT_SHIFT : level * mode->vpn_bits);
}

uint64_t mmu_leaf_pa(uint64_t ppn, uint64_t va, unsigned page_bits) {
    uint64_t offset_mask = (UINT64_C(1) << page_bits) - 1;
    return ((ppn << MMU_PAGE_BITS) & ~offset_mask) | (va & offset_mask);
}

bool mmu_final_allowed(const struct mmu_arch *arch, const struct mmu_pmp *pmp, uint64_t pa,
                       const struct mmu_request *request, uint8_t priv) {
    return mmu_physical_allowed(arch, pmp, pa, 1u << request->size,
                                mmu_pmp_kinds_of(request->access), priv);
}

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

static inline bool read_pte(const struct mmu_memory *memory, uint64_t pa, unsigned bytes,
                            uint64_t *pte) {
    uint64_t offset = pa - memory->window_base;
    if (memory->window == NULL || offset >= memory->window_bytes ||
        memory->window_bytes - offset < bytes)
        return memory->read(memory->user, pa, bytes, pte);
    if (bytes == 8) {
        memcpy(pte, memory->window + offset, 8);
    } else {
        uint32_t word;
        memcpy(&word, memory->window + offset, 4);
        *pte = word;
    }
    return true;
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
static inline enum walk_end reach(struct walk *walk, enum mmu_stage stage, uint64_t address,
                                  const struct walk_access *access, uint64_t *pa) {
    if (stage == MMU_STAGE_VS && walk->guest[0].mode != NULL)
        return guest_reach(walk, address, access, pa);
    *pa = address;
    bool allowed = mmu_physical_allowed(walk->arch, walk->pmp, address, access->bytes,
                                        access->kinds, access->priv);
    return allowed ? WALK_OK : WALK_DENIED;
}

// Step 2, READ: read the PTE at the place.
static inline enum walk_end fetch_pte(struct walk *walk, struct pte_place *place, uint64_t *pte) {
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
static enum walk_end update_pte(struct walk *walk, struct pte_place *place, uint64_t expected,
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

static inline void fill_leaf(const struct mmu_mode *mode, uint64_t pte, uint64_t va, unsigned level,
                             uint8_t global, struct walk_leaf *leaf) {
    leaf->level = (uint8_t)level;
    leaf->napot = mmu_pte_is_napot(mode, pte);
    leaf->page_bits = (uint8_t)mmu_page_bits(mode, level, leaf->napot);
    leaf->pbmt = mmu_pte_pbmt(mode, pte);
    leaf->perm = (uint8_t)pte | global;
    leaf->address = mmu_leaf_pa(mmu_pte_ppn(mode, pte), va, leaf->page_bits);
}

// Translate va by one stage. With WALK_OK and WALK_DENIED the leaf is filled, and its address is
// the physical one.
static inline enum walk_end walk_stage(struct walk *walk, enum mmu_stage stage,
                                       const struct mmu_context *context, uint64_t va,
                                       const struct walk_access *access, struct walk_leaf *leaf) {
    const struct mmu_mode *mode = context->mode;
    // The choice of update_first concerns the stage that knows the final physical address.
    bool leads_to_memory = stage != MMU_STAGE_VS || walk->guest[0].mode == NULL;
    bool check_first = !walk->arch->update_first && leads_to_memory;
    // Step 1: begin at the root.
    unsigned level = mode->levels - 1u;
    uint64_t table_ppn = context->root_ppn;
    uint8_t global = 0;
    for (;;) {
        // Step 2: read the PTE.
        struct pte_place place = {.address = mmu_pte_address(mode, table_ppn, va, level),
                                  .stage = (uint8_t)stage,
                                  .level = (uint8_t)level,
                                  .bytes = mode->pte_bytes};
        uint64_t pte;
        enum walk_end end = fetch_pte(walk, &place, &pte);
        if (end != WALK_OK) return end;
        // Steps 3 to 7: judge it.
        struct mmu_step_result result =
            mmu_pte_step(walk->arch, mode, pte, level, access->access, context);
        if (result.step == MMU_STEP_PAGE_FAULT) return WALK_PAGE_FAULT;
        // Step 4, a pointer: one level down. G makes everything below global.
        if (result.step == MMU_STEP_POINTER) {
            global |= (uint8_t)pte & MMU_PTE_G;
            table_ppn = mmu_pte_ppn(mode, pte);
            --level;
            continue;
        }
        // Step 7, A/D update: if the PTE has changed meanwhile, back to step 2.
        if (result.step == MMU_STEP_UPDATE) {
            fill_leaf(mode, result.pte_update, va, level, global, leaf);
            if (check_first) {
                end = reach(walk, stage, leaf->address, access, &leaf->address);
                if (end != WALK_OK) return end;
            }
            uint64_t old = 0;
            end = update_pte(walk, &place, pte, result.pte_update, &old);
            if (end != WALK_OK) return end;
            if (old != pte) continue;
            if (check_first) return WALK_OK;
            pte = result.pte_update;
        }
        // Step 8: the translation, and whether the access may be made there.
        fill_leaf(mode, pte, va, level, global, leaf);
        return reach(walk, stage, leaf->address, access, &leaf->address);
    }
}

static enum walk_end guest_reach(struct walk *walk, uint64_t gpa, const struct walk_access *access,
                                 uint64_t *pa) {
    const struct mmu_context *context = &walk->guest[access->implicit];
    struct walk_leaf leaf;
    enum walk_end end = WALK_PAGE_FAULT;
    if (mmu_is_canonical(context->mode, gpa))
        end = walk_stage(walk, MMU_STAGE_G, context, gpa, access, &leaf);
    if (end == WALK_PAGE_FAULT) {
        walk->fault_gpa = gpa;
        walk->fault_access = *access;
        return WALK_GUEST_FAULT;
    }
    if (end != WALK_OK && end != WALK_DENIED) return end;
    *pa = leaf.address;
    if (!access->implicit) walk->guest_leaf = leaf;
    return end;
}

enum walk_end walk_two_stages(struct walk *walk, const struct mmu_context *context, uint64_t va,
                              const struct walk_access *access, struct walk_leaf *leaf) {
    if (context->mode == NULL) return reach(walk, MMU_STAGE_VS, va, access, &leaf->address);
    if (!mmu_is_canonical(context->mode, va)) return WALK_PAGE_FAULT;
    return walk_stage(walk, MMU_STAGE_VS, context, va, access, leaf);
}

static inline struct mmu_answer walk_single(struct walk *walk, const struct mmu_context *context,
                                            const struct mmu_request *request) {
    const uint8_t access = request->access;
    const uint64_t va = mmu_va_of_xlen(walk->arch, request->va);
    const struct walk_access explicit = {.access = access,
                                         .bytes = (uint8_t)(1u << request->size),
                                         .kinds = (uint8_t)mmu_pmp_kinds_of(access),
                                         .priv = context->priv};
    struct walk_leaf leaf = {.address = va, .level = MMU_LEVEL_NONE};
    enum mmu_source source = MMU_SOURCE_NONE;
    enum walk_end end = WALK_PAGE_FAULT;
    if (context->mode == NULL) {
        end = reach(walk, MMU_STAGE_SINGLE, va, &explicit, &leaf.address);
    } else if (mmu_is_canonical(context->mode, va)) {
        source = MMU_SOURCE_WALK;
        end = walk_stage(walk, MMU_STAGE_SINGLE, context, va, &explicit, &leaf);
    }
    if (walk->trace != NULL) walk_trace_final(walk->trace, end, leaf.address);
    if (end == WALK_PAGE_FAULT) return mmu_answer_fault(mmu_page_fault(access), source);
    if (end != WALK_OK) return mmu_answer_fault(mmu_access_fault(access), source);
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
    if (trace == NULL && pmp->entries == 0) return walk_single(&walk, context, request);
    walk.pmp = pmp;
    walk.trace = trace;
    walk_trace_reset(trace);
    return walk_single(&walk, context, request);
}
