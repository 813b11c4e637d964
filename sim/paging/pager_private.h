// SPDX-License-Identifier: Apache-2.0
// What the pager's parts share. The PTE is the truth about a page:
//
//   0                      never written: reads as zero
//   V = 0, PPN field n+1   in swap slot n
//   V = 1                  in the frame of its PPN, R W X U
//
// A frame knows whose page it holds, in which version; its content begins with the same words, so
// that whoever translates can be proved right or wrong by looking.
#ifndef PAGING_PAGER_PRIVATE_H
#define PAGING_PAGER_PRIVATE_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "sim/pager.h"
#include "sim/policy.h"
#include "space.h"
#include "swap.h"

#define PAGER_SPACES_LIMIT 65535u
#define PAGER_NO_FRAME UINT32_MAX
#define PAGER_AD ((uint64_t)(MMU_PTE_A | MMU_PTE_D))

enum pager_frame_state {
    PAGER_FRAME_FREE,
    PAGER_FRAME_RESIDENT,
    PAGER_FRAME_LEAVING  // unmapped by begin; its content is the page's until finish
};

struct pager_frame {
    uint64_t vpn;
    uint32_t space;
    uint32_t state;     // enum pager_frame_state
    uint64_t version;   // 0: as zero-filled; each write makes the next
    uint64_t slot;      // of the page in swap, SWAP_NO_SLOT if none
    uint8_t *content;   // host's address of the frame; NULL: never used
    uint8_t *pte;       // host's address of the PTE
    uint64_t left_pte;  // the PTE as the handler left it; LEAVING: as it was before
    uint64_t pte_pa;
    bool unfenced;  // A was cleared without a fence: accesses without A are no surprise
};

// The beginning of a frame's content. The version stands at the end of the page as well, so that
// half a page is found.
#define PAGER_END_VERSION (MMU_PAGE_BYTES - sizeof(uint64_t))
struct pager_tag {
    uint64_t space;
    uint64_t vpn;
    uint64_t version;
};

// What begin decided and finish will do.
struct pager_pending {
    bool open;
    bool write;
    uint32_t space;
    uint64_t vpn;
    uint32_t frame;
    uint64_t pte_pa;
};

struct pager {
    struct sim_memory *memory;
    const struct space_shape *shape;  // of the page tables
    uint64_t vpn_limit;               // first page number beyond what programs have
    uint16_t asid_mask;
    const struct policy_ops *ops;
    struct policy *policy;
    enum pager_fence fence;
    struct pager_frame *frames;
    uint64_t frames_pa;
    uint32_t frame_count;
    bool adue;
    struct pager_counts counts;

    struct pager_pending pending;
    struct swap *swap;
    uint32_t *free_frames;  // stack
    uint32_t free_count;
    uint32_t reclaim_at;  // where the search for an outdated slot goes on
    struct space_pool *pool;
    struct space **spaces;  // NULL: ended
    uint32_t space_count;
    uint32_t space_capacity;
    uint64_t *space_time;    // by space: its references
    struct mmu_fence *owed;  // fences for A and D that the policy cleared, at most 2 per frame
    uint32_t owed_count;
    bool owed_all;
    enum sim_status scan_status;  // of the last write-back that the policy asked for
    struct sim_error scan_error;
    uint32_t *hints;  // page hash -> frame that held it
    uint32_t hint_mask;
    pager_watch_fn *watch;
    void *watch_user;
};

// The frame's PTE as it is in memory. Little-endian, as memory is.
static inline uint64_t pager_load(const struct pager *pager, const struct pager_frame *frame) {
    uint64_t value = 0;
    memcpy(&value, frame->pte, pager->shape->pte_bytes);
    return value;
}

static inline void pager_store(const struct pager *pager, const struct pager_frame *frame,
                               uint64_t value) {
    memcpy(frame->pte, &value, pager->shape->pte_bytes);
}

static inline struct pager_tag pager_tag_of(const struct pager_frame *frame) {
    struct pager_tag tag;
    memcpy(&tag, frame->content, sizeof tag);
    return tag;
}

static inline uint64_t pager_end_version(const struct pager_frame *frame) {
    uint64_t version;
    memcpy(&version, frame->content + PAGER_END_VERSION, sizeof version);
    return version;
}

static inline bool pager_tag_right(const struct pager_frame *frame) {
    struct pager_tag tag = pager_tag_of(frame);
    return tag.space == frame->space && tag.vpn == frame->vpn && tag.version == frame->version &&
           pager_end_version(frame) == frame->version;
}

static inline uint64_t pager_frame_pa(const struct pager *pager, uint32_t frame) {
    return pager->frames_pa + (uint64_t)frame * MMU_PAGE_BYTES;
}

// Returns the frame that a mapped PTE names, PAGER_NO_FRAME if it is none of ours.
static inline uint32_t pager_pte_frame(const struct pager *pager, uint64_t pte) {
    uint64_t pa = (pte & ((UINT64_C(1) << 54) - 1)) >> MMU_PTE_PPN_SHIFT << MMU_PAGE_BITS;
    uint64_t frame = (pa - pager->frames_pa) / MMU_PAGE_BYTES;
    return pa >= pager->frames_pa && frame < pager->frame_count ? (uint32_t)frame : PAGER_NO_FRAME;
}

static inline struct space *pager_space(const struct pager *pager, uint32_t space) {
    return space < pager->space_count ? pager->spaces[space] : NULL;
}

// The PTE of a page in memory: 0 if its path is missing.
uint64_t pager_pte_read(const struct pager *pager, uint32_t space, uint64_t vpn, uint64_t *pte_pa);
// Change a PTE as the handler does: the watcher hears of it.
void pager_pte_write(struct pager *pager, uint64_t pte_pa, uint64_t after);

// What a policy sees of PTEs; user is the pager.
extern const struct policy_view pager_view;
// What fences one page of a space.
struct mmu_fence pager_fence(const struct pager *pager, uint32_t space, uint64_t vpn);
// Write the frame's page to its slot, which it has. SIM_ERROR_FORMAT (the frame's content is not
// the page's), SIM_ERROR_IO.
enum sim_status pager_save(struct pager *pager, struct pager_frame *frame, struct sim_error *error);

// The sentence for a frame whose content does not begin with what it should.
enum sim_status pager_tag_wrong(const struct pager *pager, const struct pager_frame *frame,
                                struct sim_error *error);

// pager_create with system calls of the test's own for the swap file.
enum sim_status pager_create_with(const struct pager_config *config, struct sim_memory *memory,
                                  const struct data_file_ops *ops, void *user, struct pager **pager,
                                  struct sim_error *error);

#endif
