// SPDX-License-Identifier: Apache-2.0
// Coordinates of the items' bins, and the state of a run's coverage, shared by coverage.c (items,
// bins), coverage_sample.c (answers), coverage_why.c (the rule that a fault comes from),
// coverage_events.c (distances), coverage_rules*.c (what cannot be reached).
#ifndef COVERAGE_INTERNAL_H
#define COVERAGE_INTERNAL_H

#include "verif/coverage.h"

// Values of the dimensions, in the order of their names in coverage.c.
enum mode_value { MODE_SV32, MODE_SV39, MODE_SV48, MODE_SV57, MODE_BARE };
enum page_value { PAGE_4K, PAGE_64K, PAGE_LEVEL_1, PAGE_LEVEL_2, PAGE_LEVEL_3, PAGE_LEVEL_4 };
enum privilege_value { PRIVILEGE_U, PRIVILEGE_S, PRIVILEGE_M };
// Residency in detail, and in short.
enum from_value {
    FROM_FIRST,
    FROM_SECOND,
    FROM_WALK,
    FROM_PWC_1,
    FROM_PWC_2,
    FROM_PWC_3,
    FROM_PWC_4,
    FROM_MERGED
};
enum how_value { HOW_FIRST, HOW_SECOND, HOW_WALK, HOW_MERGED, HOW_AT_ONCE };
enum result_value { RESULT_TRANSLATED, RESULT_PAGE_FAULT, RESULT_ACCESS_FAULT };
enum rwx_value { RWX_R, RWX_RW, RWX_X, RWX_RX, RWX_RWX };
enum update_value {
    UPDATE_NOTHING,
    UPDATE_DONE,
    UPDATE_CONFLICT,
    UPDATE_FAULT,
    UPDATE_DENIED,
    UPDATE_ERROR
};
enum match_value { MATCH_NONE, MATCH_TOR, MATCH_NA4, MATCH_NAPOT };
enum judged_value { JUDGED_ALLOWED, JUDGED_DENIED, JUDGED_PARTIAL };
enum pte_value { PTE_DONE, PTE_PMP, PTE_BEYOND, PTE_ERROR, PTE_IGNORED };
enum owner_value { OWNER_SAME, OWNER_GLOBAL_SAME, OWNER_GLOBAL_OTHER, OWNER_OTHER };

// Which rule a fault comes from. In the order of the walk's steps.
enum why_value {
    WHY_NOT_CANONICAL,
    WHY_READ_PMP,
    WHY_READ_BEYOND,
    WHY_READ_ERROR,
    WHY_INVALID,
    WHY_W_WITHOUT_R,
    WHY_RESERVED_BITS,
    WHY_N_OFF,
    WHY_PBMT_OFF,
    WHY_PBMT_3,
    WHY_POINTER_BITS,
    WHY_POINTER_AT_0,
    WHY_NAPOT_ENCODING,
    WHY_PERMISSION,
    WHY_MISALIGNED,
    WHY_A,
    WHY_D,
    WHY_UPDATE_PMP,
    WHY_UPDATE_ERROR,
    WHY_FINAL_PMP,
    WHY_FINAL_BEYOND,
    WHYS,
    WHY_UNKNOWN = WHYS,  // not told: not counted
    WHY_NONE             // no fault
};

// The cycles of which nothing is lost: the one that is open, and the one after it. Those that are
// closed are kept in a ring, by the cycle's number: a power of two, at least COVERAGE_DISTANCES.
enum { OPEN_CYCLES = 2, RING = 16 };

struct coverage {
    struct coverage_config config;
    struct mmu_arch arch;
    // Masks of events by cycle: those that may still grow, and the last ones closed.
    uint64_t open_from;
    unsigned open[OPEN_CYCLES];
    unsigned closed[RING];
    uint64_t *count;
    uint64_t *distance;  // in count: [first event][second event][cycles]
    uint8_t *kind;
};

// What an answer says, in terms of the dimensions.
struct coverage_facts {
    const struct coverage_sample *sample;
    struct mmu_context context;
    bool translated;  // a mode was in force: bare and machine mode are not
    unsigned mode, how, from, why;
    bool has_leaf;   // the leaf PTE's low byte is known
    uint8_t leaf;    // ... as it was read (of the first level: as it is kept)
    bool has_final;  // the final address is known, and was checked
    uint64_t final_pa;
};

// Returns the walk's last transaction; NULL: it made none.
const struct mmu_walk_access *coverage_last_access(const struct mmu_history *history);
// Returns which rule the faulting answer comes from. facts: but for why.
enum why_value coverage_why(const struct coverage *coverage, const struct coverage_facts *facts);

static inline unsigned coverage_page(unsigned level, bool napot) {
    return napot ? PAGE_64K : level == 0 ? PAGE_4K : PAGE_LEVEL_1 + level - 1;
}
static inline unsigned coverage_levels(unsigned mode) {
    return mode == MODE_BARE ? 0 : mode + 2;
}
static inline bool coverage_is_store(unsigned access) {
    return access == MMU_STORE || access == MMU_AMO;
}
// Of this XLEN, the bits of the widest physical address.
static inline unsigned coverage_widest_pa(unsigned xlen) {
    return xlen == 32 ? 34 : 56;
}

static inline void coverage_count(struct coverage *coverage, unsigned item, const unsigned *value) {
    ++coverage->count[coverage_bin(item, value)];
}

#endif
