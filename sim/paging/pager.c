// SPDX-License-Identifier: Apache-2.0
// The pager's life, its address spaces, and references with the translation taken away.
#include <assert.h>
#include <stdlib.h>

#include "pager_private.h"

static enum sim_status pager_no_memory(struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_MEMORY, "no memory for the pager");
}

static const struct space_shape *pager_shape(const struct pager_config *config) {
    return space_shape_of(config->mode ? config->mode : MMU_SATP_MODE_SV39);
}

static enum sim_status pager_check_mode(const struct pager_config *config,
                                        struct sim_error *error) {
    const struct space_shape *shape = pager_shape(config);
    if (!shape)
        return sim_fail(error, SIM_ERROR_USAGE, "there are no page tables of mode %u",
                        config->mode);
    unsigned most = shape->mode == MMU_SATP_MODE_SV32 ? 9 : 16;
    if (config->asid_bits > most)
        return sim_fail(error, SIM_ERROR_USAGE, "%u ASID bits: %u are possible", config->asid_bits,
                        most);
    // A PTE with V = 0 names the slot of its page.
    if (config->swap_slots >> shape->ppn_bits)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%llu pages of swap: a PTE can name no more than %llu",
                        (unsigned long long)config->swap_slots,
                        (unsigned long long)(UINT64_C(1) << shape->ppn_bits) - 1);
    return SIM_OK;
}

static enum sim_status pager_check(const struct pager_config *config,
                                   const struct sim_memory *memory, struct sim_error *error) {
    enum sim_status status = pager_check_mode(config, error);
    if (status != SIM_OK) return status;
    uint64_t pages = sim_memory_bytes(memory) / MMU_PAGE_BYTES;
    if (config->frames == 0) return sim_fail(error, SIM_ERROR_USAGE, "0 page frames: 1 is needed");
    if (config->frames + (uint64_t)pager_shape(config)->levels > pages) {
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%lu page frames and page tables do not fit in %llu pages of memory",
                        (unsigned long)config->frames, (unsigned long long)pages);
    }
    if (!policy_find(config->policy)) {
        return sim_fail(error, SIM_ERROR_USAGE, "there is no replacement policy %u",
                        config->policy);
    }
    if (config->fence >= PAGER_FENCES) {
        return sim_fail(error, SIM_ERROR_USAGE, "there is no kind of fence %u", config->fence);
    }
    const char *wrong = config->parameters ? policy_parameters_check(config->parameters) : NULL;
    return wrong ? sim_fail(error, SIM_ERROR_USAGE, "%s", wrong) : SIM_OK;
}

static struct policy *pager_policy(struct pager *pager, const struct pager_config *config) {
    struct policy_setup setup = {
        .frames = config->frames, .seed = config->seed, .view = &pager_view, .user = pager};
    setup.parameters = config->parameters ? *config->parameters : policy_parameters_default();
    return pager->ops->create(&setup);
}

static bool pager_allocate(struct pager *pager, const struct pager_config *config) {
    uint32_t frames = config->frames;
    uint64_t tables = sim_memory_bytes(pager->memory) / MMU_PAGE_BYTES - frames;
    uint64_t hints = 1024;
    while (hints < 4 * (uint64_t)frames && hints < UINT64_C(1) << 31) hints *= 2;
    pager->hint_mask = (uint32_t)(hints - 1);
    pager->frame_count = frames;
    pager->frames_pa = sim_memory_base(pager->memory) + tables * MMU_PAGE_BYTES;
    pager->adue = config->adue;
    pager->shape = pager_shape(config);
    pager->vpn_limit = UINT64_C(1) << (pager->shape->user_bits - MMU_PAGE_BITS);
    pager->asid_mask = (uint16_t)((1u << config->asid_bits) - 1);
    pager->ops = policy_find(config->policy);
    pager->policy = pager_policy(pager, config);
    pager->fence = config->fence;
    pager->owed = calloc(2 * (size_t)frames, sizeof *pager->owed);
    pager->frames = calloc(frames, sizeof *pager->frames);
    pager->free_frames = calloc(frames, sizeof *pager->free_frames);
    pager->hints = calloc(hints, sizeof *pager->hints);
    pager->pool =
        space_pool_create(pager->memory, pager->shape, sim_memory_base(pager->memory), tables);
    if (!pager->policy || !pager->frames || !pager->free_frames || !pager->hints || !pager->pool ||
        !pager->owed) {
        return false;
    }
    for (uint32_t i = frames; i-- > 0;) pager->free_frames[pager->free_count++] = i;
    return true;
}

enum sim_status pager_create_with(const struct pager_config *config, struct sim_memory *memory,
                                  const struct data_file_ops *ops, void *user, struct pager **pager,
                                  struct sim_error *error) {
    enum sim_status status = pager_check(config, memory, error);
    if (status != SIM_OK) return status;
    struct pager *made = calloc(1, sizeof *made);
    if (!made) return pager_no_memory(error);
    made->memory = memory;
    struct swap_config swap = {
        .slots = config->swap_slots, .path = config->swap_path, .ops = ops, .user = user};
    status = pager_allocate(made, config) ? swap_create(&swap, &made->swap, error)
                                          : pager_no_memory(error);
    if (status != SIM_OK) {
        pager_destroy(made);
        return status;
    }
    *pager = made;
    return SIM_OK;
}

enum sim_status pager_create(const struct pager_config *config, struct sim_memory *memory,
                             struct pager **pager, struct sim_error *error) {
    return pager_create_with(config, memory, NULL, NULL, pager, error);
}

void pager_destroy(struct pager *pager) {
    if (!pager) return;
    for (uint32_t i = 0; i < pager->space_count; i++) space_destroy(pager->spaces[i]);
    free(pager->spaces);
    space_pool_destroy(pager->pool);
    swap_destroy(pager->swap);
    if (pager->policy) pager->ops->destroy(pager->policy);
    free(pager->hints);
    free(pager->owed);
    free(pager->space_time);
    free(pager->free_frames);
    free(pager->frames);
    free(pager);
}

static bool pager_spaces_room(struct pager *pager) {
    if (pager->space_count < pager->space_capacity) return true;
    uint32_t capacity = pager->space_capacity ? pager->space_capacity * 2 : 16;
    struct space **spaces = realloc(pager->spaces, capacity * sizeof *spaces);
    if (!spaces) return false;
    pager->spaces = spaces;
    uint64_t *time = realloc(pager->space_time, capacity * sizeof *time);
    if (!time) return false;
    pager->space_time = time;
    pager->space_capacity = capacity;
    return true;
}

enum sim_status pager_space_create(struct pager *pager, uint32_t *space, struct sim_error *error) {
    if (pager->space_count == PAGER_SPACES_LIMIT) {
        return sim_fail(error, SIM_ERROR_USAGE, "all %lu address spaces were used",
                        (unsigned long)PAGER_SPACES_LIMIT);
    }
    if (!pager_spaces_room(pager)) return pager_no_memory(error);
    struct space *made;
    enum space_status status = space_create(pager->pool, &made);
    if (status == SPACE_NO_TABLES) {
        return sim_fail(error, SIM_ERROR_MEMORY,
                        "no page of simulated memory is left for the page table of space %lu",
                        (unsigned long)pager->space_count);
    }
    if (status != SPACE_OK) return pager_no_memory(error);
    *space = pager->space_count++;
    pager->space_time[*space] = 0;
    pager->spaces[*space] = made;
    return SIM_OK;
}

static void pager_forget_page(void *user, uint64_t vpn, uint64_t pte_pa, uint64_t pte) {
    struct pager *pager = user;
    (void)vpn;
    (void)pte;
    pager_pte_write(pager, pte_pa, 0);
}

// Frames and slots are found by who owns them, not by PTEs: those may be damaged.
void pager_space_end(struct pager *pager, uint32_t space) {
    assert(!pager->pending.open && pager_space(pager, space));
    for (uint32_t i = 0; i < pager->frame_count; i++) {
        struct pager_frame *frame = &pager->frames[i];
        if (frame->state == PAGER_FRAME_FREE || frame->space != space) continue;
        pager->ops->remove(pager->policy, i);
        frame->state = PAGER_FRAME_FREE;
        pager->free_frames[pager->free_count++] = i;
    }
    swap_release_space(pager->swap, space);
    space_walk(pager->spaces[space], pager_forget_page, pager);
    space_destroy(pager->spaces[space]);
    pager->spaces[space] = NULL;
}

uint64_t pager_space_satp(const struct pager *pager, uint32_t space) {
    assert(pager_space(pager, space));
    uint64_t mode = pager->shape->mode, asid = pager_space_asid(pager, space);
    uint64_t root = space_root(pager->spaces[space]) >> MMU_PAGE_BITS;
    if (mode == MMU_SATP_MODE_SV32) return mode << 31 | asid << 22 | root;
    return mode << 60 | asid << 44 | root;
}

uint16_t pager_space_asid(const struct pager *pager, uint32_t space) {
    return (uint16_t)((space + 1) & pager->asid_mask);
}

uint32_t pager_asids(const struct pager *pager) {
    return pager->asid_mask + 1u;
}

unsigned pager_mode_user_bits(unsigned mode) {
    const struct space_shape *shape = space_shape_of(mode);
    return shape ? shape->user_bits : 0;
}

void pager_watch_ptes(struct pager *pager, pager_watch_fn *watch, void *user) {
    pager->watch = watch;
    pager->watch_user = user;
}

void pager_watch_tables(struct pager *pager, pager_watch_fn *watch, void *user) {
    space_pool_watch(pager->pool, watch, user);
}

const struct pager_counts *pager_counts(const struct pager *pager) {
    return &pager->counts;
}

uint64_t pager_pte_read(const struct pager *pager, uint32_t space, uint64_t vpn, uint64_t *pte_pa) {
    const struct space *tables = pager_space(pager, space);
    uint64_t pte = 0;
    *pte_pa = tables ? space_pte_find(tables, vpn) : SPACE_NO_PTE;
    if (*pte_pa != SPACE_NO_PTE)
        sim_memory_read(pager->memory, *pte_pa, pager->shape->pte_bytes, &pte);
    return pte;
}

void pager_pte_write(struct pager *pager, uint64_t pte_pa, uint64_t after) {
    uint64_t before = 0;
    sim_memory_read(pager->memory, pte_pa, pager->shape->pte_bytes, &before);
    sim_memory_write(pager->memory, pte_pa, pager->shape->pte_bytes, after);
    if (pager->watch) pager->watch(pager->watch_user, pte_pa, before, after);
}

// Find the frame that the page's PTE names. The hint saves the walk, and is proved by the PTE.
static uint32_t pager_locate(struct pager *pager, uint32_t space, uint64_t vpn) {
    uint64_t hash = (vpn ^ (uint64_t)space << 32) * UINT64_C(0x9E3779B97F4A7C15) >> 32;
    uint32_t *hint = &pager->hints[hash & pager->hint_mask];
    const struct pager_frame *frame = &pager->frames[*hint];
    if (frame->vpn == vpn && frame->space == space && frame->state == PAGER_FRAME_RESIDENT) {
        uint64_t pte = pager_load(pager, frame);
        if ((pte & MMU_PTE_V) && pager_pte_frame(pager, pte) == *hint) return *hint;
    }
    uint64_t pte_pa;
    uint64_t pte = pager_pte_read(pager, space, vpn, &pte_pa);
    uint32_t found = pte & MMU_PTE_V ? pager_pte_frame(pager, pte) : PAGER_NO_FRAME;
    if (found != PAGER_NO_FRAME) *hint = found;
    return found;
}

static enum sim_status pager_serve(struct pager *pager, uint32_t space, uint64_t va, bool write,
                                   struct pager_work *work, struct sim_error *error) {
    struct mmu_fault fault = {.tval = va,
                              .asid = pager_space_asid(pager, space),
                              .access = write ? MMU_STORE : MMU_LOAD,
                              .cause = write ? MMU_CAUSE_STORE_PAGE : MMU_CAUSE_LOAD_PAGE};
    enum sim_status status = pager_fault_begin(pager, space, &fault, work, error);
    pager->owed_count = 0;  // there is no TLB to fence
    pager->owed_all = false;
    if (status != SIM_OK) return status;
    if (work->outcome == PAGER_MAPPED) return pager_fault_finish(pager, work, error);
    if (work->outcome != PAGER_OUT_OF_MEMORY) return SIM_OK;
    return sim_fail(error, SIM_ERROR_MEMORY,
                    "space %lu page 0x%llx: swap or the memory for page tables is full",
                    (unsigned long)space, (unsigned long long)(va >> MMU_PAGE_BITS));
}

// Set A, and D for a write, as hardware (ADUE) or the handler (minor fault) would.
static enum sim_status pager_access(struct pager *pager, uint32_t space, uint64_t va, bool write,
                                    uint32_t frame, struct sim_error *error) {
    struct pager_frame *at = &pager->frames[frame];
    uint64_t need = write ? PAGER_AD : MMU_PTE_A;
    // Not this page's frame: pager_touch will say what it found.
    if (at->state != PAGER_FRAME_RESIDENT || at->space != space || at->vpn != va >> MMU_PAGE_BITS) {
        return SIM_OK;
    }
    uint64_t pte = pager_load(pager, at);
    if ((pte & need) == need) return SIM_OK;
    if (pager->adue) {
        pager_store(pager, at, pte | need);
        return SIM_OK;
    }
    struct pager_work work;
    return pager_serve(pager, space, va, write, &work, error);
}

enum sim_status pager_reference(struct pager *pager, uint32_t space, uint64_t va, bool write,
                                uint64_t next_use, bool *major, struct sim_error *error) {
    uint64_t vpn = va >> MMU_PAGE_BITS;
    if (vpn >= pager->vpn_limit || !pager_space(pager, space)) {
        return sim_fail(error, SIM_ERROR_USAGE,
                        "space %lu address 0x%llx: not an address of a user's page",
                        (unsigned long)space, (unsigned long long)va);
    }
    uint32_t frame = pager_locate(pager, space, vpn);
    *major = frame == PAGER_NO_FRAME;
    enum sim_status status = SIM_OK;
    if (*major) {
        struct pager_work work;
        status = pager_serve(pager, space, va, write, &work, error);
        if (status != SIM_OK) return status;
        frame = work.frame;
    }
    status = pager_access(pager, space, va, write, frame, error);
    if (status != SIM_OK) return status;
    uint64_t pa = pager_frame_pa(pager, frame) + va % MMU_PAGE_BYTES;
    return pager_touch(pager, space, va, pa, write, next_use, error);
}
