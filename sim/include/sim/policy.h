// SPDX-License-Identifier: Apache-2.0
// Page replacement: which of the resident frames goes. Every policy has the same functions in the
// same order; each takes O(1) or O(log frames) but for the scans that a policy is made of, and none
// allocates after create. Sources, rules and parameters: docs/replacement.md.
//
//   a reference that hits      touch
//   one that misses            [victim, evict if no frame is free,] insert, touch
//   the timer                  scan
#ifndef SIM_POLICY_H
#define SIM_POLICY_H

#include <stdbool.h>
#include <stdint.h>

enum policy_kind {
    POLICY_FIFO,
    POLICY_LRU,
    POLICY_OPT,
    POLICY_CLOCK,
    POLICY_RANDOM,
    POLICY_2Q,
    POLICY_ARC,
    POLICY_LIRS,
    POLICY_S3FIFO,
    POLICY_SIEVE,
    POLICY_CLOCK_BITS,
    POLICY_AGING,
    POLICY_WSCLOCK,
    POLICIES
};

// What a policy must be told, each including those before it. A kernel can know the first two: its
// own faults, and the A and D bits of PTEs at the times when it looks. The other two are a
// simulator's.
enum policy_knows {
    POLICY_KNOWS_FAULTS,
    POLICY_KNOWS_BITS,        // A and D, through struct policy_view
    POLICY_KNOWS_REFERENCES,  // touch is called
    POLICY_KNOWS_FUTURE       // touch is told the next use
};

// Parameters of the policies, the defaults those of the papers. Percentages are of the frames,
// rounded down.
struct policy_parameters {
    uint32_t two_q_in;        // 2Q: A1in is served first beyond so many percent (Kin, 25)
    uint32_t two_q_out;       // 2Q: percent of page numbers that A1out remembers (Kout, 50)
    uint32_t lirs_hir;        // LIRS: percent of frames for HIR pages, one at least (1)
    uint32_t lirs_ghosts;     // LIRS: percent of non-resident pages in the stack, at most (200)
    uint32_t s3_small;        // S3-FIFO: percent of the small queue, one frame at least (10)
    uint32_t s3_ghosts;       // S3-FIFO: percent of page numbers remembered (90)
    uint32_t s3_threshold;    // S3-FIFO: hits that move a page to the main queue, 1 .. 3 (2)
    uint32_t aging_bits;      // aging: bits of each shift register, 1 .. 16 (8)
    uint32_t wsclock_writes;  // WSClock: write-backs that one search may begin (8)
    uint64_t wsclock_window;  // WSClock: references after which a page is old (theta, 100000)
};

// What a kernel sees of a resident frame's PTE. Needed by POLICY_KNOWS_BITS, else unused.
struct policy_view {
    // Returns A, and clears it.
    bool (*test_accessed)(void *user, uint32_t frame);
    // Returns D.
    bool (*dirty)(void *user, uint32_t frame);
    // Write the page back now and clear D. Returns false if there is no room for it.
    bool (*clean)(void *user, uint32_t frame);
    // Returns the virtual time of the frame's owner: references of its process up to now.
    uint64_t (*time)(void *user, uint32_t frame);
};

struct policy_setup {
    uint32_t frames;  // numbers 0 .. frames-1, >= 1; none resident at first
    uint64_t seed;    // of RANDOM
    struct policy_parameters parameters;
    const struct policy_view *view;  // NULL: only for policies that do not look
    void *user;                      // of view
};

struct policy;

struct policy_ops {
    const char *name;   // in configuration and messages ("lru")
    const char *title;  // "least recently used"
    enum policy_knows knows;
    // Returns the policy, owned by the caller. NULL: no memory.
    struct policy *(*create)(const struct policy_setup *setup);
    // `page` came into the frame (any number that means this page alone, policy_page). The
    // reference that brought it in is told by touch.
    void (*insert)(struct policy *policy, uint32_t frame, uint64_t page);
    // A reference to a resident frame; next_use: number of the page's next reference, UINT64_MAX if
    // there is none. The first touch after insert is that of the reference that missed. Need not be
    // called below POLICY_KNOWS_REFERENCES.
    void (*touch)(struct policy *policy, uint32_t frame, uint64_t next_use);
    // Returns the frame that must go for `page`. At least one is resident. Asked again for the same
    // page with nothing in between, the answer is the same.
    uint32_t (*victim)(struct policy *policy, uint64_t page);
    // The page in victim's frame is replaced by `page`, as victim was asked; insert follows.
    void (*evict)(struct policy *policy, uint32_t frame, uint64_t page);
    // The frame is given up for another reason (its space ended).
    void (*remove)(struct policy *policy, uint32_t frame);
    // The timer ticked: look at the bits of all resident frames.
    void (*scan)(struct policy *policy);
    void (*destroy)(struct policy *policy);
};

// Returns the functions of an enum policy_kind, NULL past the last.
const struct policy_ops *policy_find(unsigned kind);

// Returns the policy's name in configuration and messages ("lru"), NULL past the last.
const char *policy_name(unsigned kind);

// Returns the kind of that name, POLICIES if there is none.
unsigned policy_named(const char *name);

// Returns "faults", "bits", "references" or "future".
const char *policy_knows_name(enum policy_knows knows);

// Whether a kernel can run it: it looks at nothing but its own faults, A and D.
static inline bool policy_is_kernels(const struct policy_ops *ops) {
    return ops->knows <= POLICY_KNOWS_BITS;
}

// Whether the timer's scan means anything to the policy.
bool policy_scans(unsigned kind);

struct policy_parameters policy_parameters_default(void);

// Returns a sentence about the first parameter that is out of range, NULL if all are good.
const char *policy_parameters_check(const struct policy_parameters *parameters);

// The number of page vpn of a space: pages of different spaces differ.
static inline uint64_t policy_page(uint32_t space, uint64_t vpn) {
    return (uint64_t)space << 46 | vpn;
}

#endif
