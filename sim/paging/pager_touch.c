// SPDX-License-Identifier: Apache-2.0
// The proof of a translation: the frame that the access reached is the page that its address names,
// in the version that was written last, through a PTE that says so.
#include "pager_private.h"

#define PAGER_WHERE_BYTES 160

enum sim_status pager_tag_wrong(const struct pager *pager, const struct pager_frame *frame,
                                struct sim_error *error) {
    struct pager_tag tag = pager_tag_of(frame);
    unsigned long index = (unsigned long)(frame - pager->frames);
    if (tag.space != frame->space || tag.vpn != frame->vpn) {
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "frame with two owners: frame %lu belongs to space %lu page 0x%llx, its "
                        "content to space %llu page 0x%llx version %llu",
                        index, (unsigned long)frame->space, (unsigned long long)frame->vpn,
                        (unsigned long long)tag.space, (unsigned long long)tag.vpn,
                        (unsigned long long)tag.version);
    }
    if (tag.version == frame->version) {
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "torn page: space %lu page 0x%llx: frame %lu begins with version %llu and "
                        "ends with %llu",
                        (unsigned long)frame->space, (unsigned long long)frame->vpn, index,
                        (unsigned long long)tag.version,
                        (unsigned long long)pager_end_version(frame));
    }
    return sim_fail(error, SIM_ERROR_FORMAT,
                    "%s: space %lu page 0x%llx: frame %lu holds version %llu, expected %llu",
                    tag.version < frame->version ? "lost update" : "wrong version",
                    (unsigned long)frame->space, (unsigned long long)frame->vpn, index,
                    (unsigned long long)tag.version, (unsigned long long)frame->version);
}

static enum sim_status pager_wrong_translation(const struct pager *pager, uint32_t space,
                                               uint64_t va, uint64_t pa, struct sim_error *error) {
    uint64_t end = pager_frame_pa(pager, 0) + (uint64_t)pager->frame_count * MMU_PAGE_BYTES;
    const char *why = pa < pager->frames_pa || pa >= end ? "which lies in no page frame"
                                                         : "whose offset in the page differs";
    return sim_fail(
        error, SIM_ERROR_FORMAT,
        "wrong translation: space %lu address 0x%llx: found physical address 0x%llx, %s",
        (unsigned long)space, (unsigned long long)va, (unsigned long long)pa, why);
}

// Where the page is, by its PTE, in words.
static void pager_where(const struct pager *pager, uint32_t space, uint64_t vpn,
                        char text[PAGER_WHERE_BYTES]) {
    uint64_t pte_pa;
    uint64_t pte = pager_pte_read(pager, space, vpn, &pte_pa);
    uint32_t frame = pte & MMU_PTE_V ? pager_pte_frame(pager, pte) : PAGER_NO_FRAME;
    if (pte == 0) {
        snprintf(text, PAGER_WHERE_BYTES, "not in memory");
    } else if (!(pte & MMU_PTE_V)) {
        snprintf(text, PAGER_WHERE_BYTES, "in swap slot %llu",
                 (unsigned long long)(pte >> MMU_PTE_PPN_SHIFT) - 1);
    } else if (frame != PAGER_NO_FRAME) {
        snprintf(text, PAGER_WHERE_BYTES, "in frame %lu", (unsigned long)frame);
    } else {
        snprintf(text, PAGER_WHERE_BYTES, "where PTE 0x%llx says", (unsigned long long)pte);
    }
}

static enum sim_status pager_stale(const struct pager *pager, uint32_t space, uint64_t vpn,
                                   uint32_t index, struct sim_error *error) {
    const struct pager_frame *frame = &pager->frames[index];
    char expected[PAGER_WHERE_BYTES];
    char owner[PAGER_WHERE_BYTES] = "is free";
    pager_where(pager, space, vpn, expected);
    if (frame->state != PAGER_FRAME_FREE) {
        snprintf(owner, sizeof owner, "belongs to space %lu page 0x%llx",
                 (unsigned long)frame->space, (unsigned long long)frame->vpn);
    }
    return sim_fail(error, SIM_ERROR_FORMAT,
                    "stale translation: space %lu page 0x%llx: expected %s, found frame %lu, which "
                    "%s",
                    (unsigned long)space, (unsigned long long)vpn, expected, (unsigned long)index,
                    owner);
}

static enum sim_status pager_pte_wrong(const struct pager_frame *frame, uint64_t pte, bool write,
                                       struct sim_error *error) {
    unsigned long space = frame->space;
    unsigned long long vpn = frame->vpn;
    if ((pte ^ frame->left_pte) & ~PAGER_AD) {
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "damaged page table: space %lu page 0x%llx: PTE 0x%llx, expected 0x%llx "
                        "but for A and D",
                        space, vpn, (unsigned long long)pte, (unsigned long long)frame->left_pte);
    }
    bool store = write && (frame->unfenced || (pte & MMU_PTE_A));
    return sim_fail(error, SIM_ERROR_FORMAT,
                    "%s: space %lu page 0x%llx: the access was translated, its PTE is 0x%llx",
                    store ? "store without D" : "access without A", space, vpn,
                    (unsigned long long)pte);
}

enum sim_status pager_touch(struct pager *pager, uint32_t space, uint64_t va, uint64_t pa,
                            bool write, uint64_t next_use, struct sim_error *error) {
    uint64_t index = (pa - pager->frames_pa) >> MMU_PAGE_BITS;
    if (pa < pager->frames_pa || index >= pager->frame_count || (pa ^ va) % MMU_PAGE_BYTES) {
        return pager_wrong_translation(pager, space, va, pa, error);
    }
    struct pager_frame *frame = &pager->frames[index];
    if (frame->vpn != va >> MMU_PAGE_BITS || frame->space != space ||
        frame->state == PAGER_FRAME_FREE) {
        return pager_stale(pager, space, va >> MMU_PAGE_BITS, (uint32_t)index, error);
    }
    if (!pager_tag_right(frame)) return pager_tag_wrong(pager, frame, error);
    // Until finish, what the victim's PTE said before is still in force.
    bool resident = frame->state == PAGER_FRAME_RESIDENT;
    uint64_t pte = resident ? pager_load(pager, frame) : frame->left_pte;
    uint64_t need = write ? PAGER_AD : MMU_PTE_A;
    if (frame->unfenced) need &= ~(uint64_t)MMU_PTE_A;
    if (((pte ^ frame->left_pte) & ~PAGER_AD) || (pte & need) != need) {
        return pager_pte_wrong(frame, pte, write, error);
    }
    if (write) {
        frame->version++;
        memcpy(frame->content + offsetof(struct pager_tag, version), &frame->version,
               sizeof frame->version);
        memcpy(frame->content + PAGER_END_VERSION, &frame->version, sizeof frame->version);
    }
    pager->counts.references++;
    pager->space_time[space]++;
    if (resident && pager->ops->knows >= POLICY_KNOWS_REFERENCES) {
        pager->ops->touch(pager->policy, (uint32_t)index, next_use);
    }
    return SIM_OK;
}
