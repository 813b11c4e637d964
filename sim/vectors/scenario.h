// SPDX-License-Identifier: Apache-2.0
// What a vector file says (docs/vectors.md), as values: scenarios and their queries.
#ifndef VECTORS_SCENARIO_H
#define VECTORS_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/walk.h"

enum {
    VECTORS_LINE_BYTES = 128,  // with the line's end
    VECTORS_NAME_BYTES = 64,
    VECTORS_REGIONS = 3,
    VECTORS_UPDATES = 64,          // PTEs that one query may change
    VECTORS_WORDS_MOST = 1 << 20,  // words of a scenario's memory image
};

struct vectors_region {
    uint64_t base, bytes;
};

struct vectors_pmp_entry {
    uint8_t cfg;
    uint64_t addr;
};

struct vectors_scenario {
    char name[VECTORS_NAME_BYTES];
    uint64_t line;  // of its S
    uint8_t xlen;
    bool keep;                  // updates stay, and so do TLBs ("seq 1")
    bool svnapot, pbmte, adue;  // Svnapot; menvcfg.PBMTE, ADUE
    bool guest;                 // has an H line: two stages
    bool vs_pbmte, vs_adue;     // henvcfg.PBMTE, ADUE
    uint64_t satp, vsatp, hgatp;
    unsigned regions, pmp_entries;  // pmp_entries 0: PMP not implemented
    struct vectors_region region[VECTORS_REGIONS];
    struct vectors_pmp_entry pmp[MMU_PMP_ENTRIES];
};

// `count` words of memory from pa hold this value.
struct vectors_words {
    uint64_t pa, value, count;
};

struct vectors_update {
    uint64_t pa, value;
};

enum vectors_where {
    VECTORS_NOWHERE = 0,           // no fault, or not observable
    VECTORS_IN_WALK = 'w',         // in the page-table walk
    VECTORS_IN_PROTECTION = 'p',   // PMP denies the final access
    VECTORS_IN_EMPTY_SPACE = 'm',  // no memory at the final address
};

// What a query gives: as the file says, or as somebody answered.
struct vectors_outcome {
    bool fault;
    uint8_t cause;
    uint8_t where;  // enum vectors_where
    uint64_t pa;    // without fault; with one of the final access: the translated address
    uint8_t page_bits[2], pbmt[2];  // index 0: VS stage or satp's, 1: G stage
    uint64_t tval, htval, htinst;
    bool more_updates;  // more than VECTORS_UPDATES
    unsigned updates;
    struct vectors_update update[VECTORS_UPDATES];  // in the order of first touch
};

struct vectors_query {
    uint64_t line;
    char type;  // r w x, and with two stages l (HLV) s (HSV) h (HLVX)
    uint8_t priv, bytes;
    bool v;
    uint64_t mstatus, vsstatus, hstatus, va;
    struct vectors_outcome expected;
};

#define VECTORS_MSTATUS_MPP_SHIFT 11
#define VECTORS_STATUS_MPRV (UINT64_C(1) << 17)
#define VECTORS_STATUS_SUM (UINT64_C(1) << 18)
#define VECTORS_STATUS_MXR (UINT64_C(1) << 19)
#define VECTORS_STATUS_MPV (UINT64_C(1) << 39)
#define VECTORS_HSTATUS_SPVP (UINT64_C(1) << 8)

static inline uint8_t vectors_mpp(const struct vectors_query *query) {
    return (uint8_t)(query->mstatus >> VECTORS_MSTATUS_MPP_SHIFT & 3);
}
static inline unsigned vectors_word_bytes(const struct vectors_scenario *scenario) {
    return scenario->xlen / 8;
}

// Bytes [pa, pa + bytes) lie in one piece of the scenario's memory.
bool vectors_has_memory(const struct vectors_scenario *scenario, uint64_t pa, uint64_t bytes);

// Where the privileged specification leaves the choice: what the file's author chose.
struct vectors_choices {
    bool update_first;    // struct mmu_arch
    bool gpa_in_tval2;    // struct mmu_arch
    bool no_memory_zero;  // an address without memory reads as 0 instead of an access fault
};

// Returns the choices of the vectors in tests/vectors.
struct vectors_choices vectors_choices_default(void);

// The hart of the scenario, without PMP.
struct mmu_arch vectors_arch(const struct vectors_scenario *scenario,
                             const struct vectors_choices *choices);
struct mmu_csr vectors_csr(const struct vectors_scenario *scenario,
                           const struct vectors_query *query);
struct mmu_guest_csr vectors_guest_csr(const struct vectors_scenario *scenario,
                                       const struct vectors_query *query);
struct mmu_request vectors_request(const struct vectors_query *query);
enum mmu_port vectors_port(const struct vectors_query *query);

#endif
