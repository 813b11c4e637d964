// SPDX-License-Identifier: Apache-2.0
// Demand paging: address spaces, page frames, swap, replacement and the fault handler.
// The pager is the operating system's part; who translates (RTL, model, nobody) is the
// caller's business.
//
// A major fault, step by step (the caller owns the clock and the fence port):
//
//   pager_fault_begin    find out what the fault is; choose frame or victim; clear the
//                        victim's PTE                    -> work.fence (victim), if work.evicts
//   pager_next_fence ... [caller fences]   for A and D bits that the policy has cleared
//   [caller fences]      after this no translation of the victim is left
//   pager_fault_finish   victim to swap if dirty; page in or zero; write the PTE
//                                                        -> work.fence (new page)
//   [caller fences, retries the access]
#ifndef SIM_PAGER_H
#define SIM_PAGER_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/types.h"
#include "sim/error.h"
#include "sim/memory.h"
#include "sim/policy.h"

// The fences that a kernel's policy owes when it has cleared A: without them, what the TLB still
// holds is referenced unseen. (D is never cleared without.)
enum pager_fence { PAGER_FENCE_PAGE, PAGER_FENCE_ALL, PAGER_FENCE_NONE, PAGER_FENCES };

struct pager_config {
    uint32_t frames;  // page frames for programs' pages (page tables not counted), >= 1
    uint8_t policy;   // enum policy_kind
    uint8_t fence;    // enum pager_fence
    uint64_t seed;    // of RANDOM
    const struct policy_parameters *parameters;  // NULL: the defaults
    uint64_t swap_slots;                         // pages that fit in swap
    const char *swap_path;                       // NULL: an unlinked temporary file
    bool adue;          // hardware sets A and D; otherwise the handler does, on faults
    uint8_t mode;       // satp.MODE of the page tables (MMU_SATP_MODE_SV39 ...); 0: Sv39
    uint8_t asid_bits;  // ASIDLEN, 0 .. 16 (Sv32: .. 9)
};

enum pager_outcome {
    PAGER_MAPPED,         // page brought in (major fault): work.from_swap, work.zero_filled
    PAGER_ACCESSED,       // A or D set by the handler (minor fault, Svade)
    PAGER_SPURIOUS,       // nothing to do: retry
    PAGER_OUT_OF_MEMORY,  // swap is full: the process must end (pager_space_end)
    PAGER_VIOLATION       // an access that no mapping can serve (access fault, not user range)
};

struct pager_work {
    enum pager_outcome outcome;
    uint32_t space;
    uint64_t vpn;
    bool evicts;                  // a victim's PTE was cleared: fence before finish
    bool written_back;            // set by finish: the victim was dirty
    bool from_swap, zero_filled;  // set by finish
    uint32_t frame;               // frame taken
    uint32_t victim_space;        // meaningful if evicts
    uint64_t victim_vpn;
    struct mmu_fence fence;  // begin: for the victim (if evicts), for the page itself (minor
                             // faults); finish: for the new page
};

struct pager_counts {
    uint64_t references, major_faults, minor_faults, spurious_faults, zero_fills;
    uint64_t swap_reads, swap_writes, evictions, out_of_memory;
    uint64_t scans;         // ticks of the timer at which the policy looked
    uint64_t ptes_scanned;  // PTEs that it looked at, at ticks and faults
    uint64_t scan_fences;   // fences owed for A and D cleared by it
    uint64_t cleaned;       // of swap_writes: of pages that stayed
};

struct pager;

// Page tables and frames are taken from `memory` (borrowed): tables from its beginning, frames are
// its last frames * 4096 bytes. SIM_ERROR_USAGE, _IO, _MEMORY.
enum sim_status pager_create(const struct pager_config *config, struct sim_memory *memory,
                             struct pager **pager, struct sim_error *error);
void pager_destroy(struct pager *pager);

// A new, empty address space (all pages user, readable, writable, executable; numbers 0, 1, ...).
// Its ASID is the low asid_bits of space + 1: pager_asids tells how many spaces have one of their
// own. When there are more, who runs a space fences its ASID first.
enum sim_status pager_space_create(struct pager *pager, uint32_t *space, struct sim_error *error);
// Free its frames, slots and tables. The caller must fence the ASID afterwards.
void pager_space_end(struct pager *pager, uint32_t space);
uint64_t pager_space_satp(const struct pager *pager, uint32_t space);
uint16_t pager_space_asid(const struct pager *pager, uint32_t space);
uint32_t pager_asids(const struct pager *pager);
// Addresses that a mode gives to programs have so many bits; 0: not a mode.
unsigned pager_mode_user_bits(unsigned mode);

// Called with each change of a page's PTE by the handler (not by hardware).
typedef void pager_watch_fn(void *user, uint64_t pa, uint64_t before, uint64_t after);
void pager_watch_ptes(struct pager *pager, pager_watch_fn *watch, void *user);
// The same for what page tables are made of: pointers to tables, and tables that are given back.
void pager_watch_tables(struct pager *pager, pager_watch_fn *watch, void *user);

// Handle a fault of `space`. What the swap oracle finds (lost, torn, misdirected page) is
// SIM_ERROR_FORMAT with a sentence that names slot, space and page; what the operating
// system refuses is SIM_ERROR_IO. Only PAGER_MAPPED needs finish; a fault must be finished before
// the next begins.
enum sim_status pager_fault_begin(struct pager *pager, uint32_t space,
                                  const struct mmu_fault *fault, struct pager_work *work,
                                  struct sim_error *error);
enum sim_status pager_fault_finish(struct pager *pager, struct pager_work *work,
                                   struct sim_error *error);

// The timer ticks: a policy that scans looks at the A bits of all resident pages.
// Nothing may be in flight, as at a fault.
void pager_scan(struct pager *pager);

// After pager_fault_begin, whatever its outcome, and after pager_scan: the fences that the handler
// owes for A and D bits that it cleared. Call until it returns false.
bool pager_next_fence(struct pager *pager, struct mmu_fence *fence);

// A completed reference: the access of `space` to va was translated to pa. Tells the
// policy, and proves through the tags in the frame that pa is the page that va names, in
// its latest version; a write makes a new version. next_use = number of the next reference to this
// page (OPT), UINT64_MAX if none or not known.
// SIM_ERROR_FORMAT with a sentence ("stale translation ...", "lost update ...", "frame with
// two owners ...").
enum sim_status pager_touch(struct pager *pager, uint32_t space, uint64_t va, uint64_t pa,
                            bool write, uint64_t next_use, struct sim_error *error);

// The same with the translation taken away: find the page's frame or serve the fault,
// then touch. *major tells whether it was a miss. Swap full is SIM_ERROR_MEMORY here; an
// address outside the user half SIM_ERROR_USAGE.
enum sim_status pager_reference(struct pager *pager, uint32_t space, uint64_t va, bool write,
                                uint64_t next_use, bool *major, struct sim_error *error);

const struct pager_counts *pager_counts(const struct pager *pager);

#endif
