// SPDX-License-Identifier: Apache-2.0
// A unit in plain C behind the interface of a DUT, stepped cycle by cycle as
// docs/microarchitecture.md says. On demand it is wrong in exactly one way, for the tests of
// the checker.
#ifndef TANDEM_TESTS_VERIF_FAKE_DUT_H
#define TANDEM_TESTS_VERIF_FAKE_DUT_H

#include "verif/dut.h"

enum fake_fault {
    FAKE_RIGHT = 0,
    // answers
    FAKE_PA_BIT,         // pa bit 12 flipped
    FAKE_CAUSE,          // load page fault told as store page fault
    FAKE_FAULT_MISSING,  // permissions never fail
    FAKE_FAULT_ADDED,    // loads are never permitted
    FAKE_LEVEL,
    FAKE_PERM_BIT,      // G inverted
    FAKE_HIT_AS_WALK,   // source 2 for a hit
    FAKE_ANSWER_LATE,   // a walk's answer one cycle late
    FAKE_ANSWER_EARLY,  // in the cycle of the last PTE's arrival
    FAKE_ANSWER_NEVER,  // a walk's answer is lost
    FAKE_ANSWER_WITHDRAWN,
    FAKE_ANSWER_UNASKED,  // stays for a cycle after it was taken
    FAKE_ANSWER_CHANGES,  // pa bit 0 flips while not taken
    FAKE_TAG,             // tag bit 0 flipped
    // walker
    FAKE_REQUEST_LATE,       // a bubble before the second request
    FAKE_REQUEST_EARLY,      // the next request in the cycle of the pointer's arrival
    FAKE_REQUEST_NEVER,      // no second request
    FAKE_REQUEST_WITHDRAWN,  // valid falls before the grant
    FAKE_REQUEST_IDLE,       // one more read after the walk has ended
    FAKE_PTE_ADDRESS,        // the neighbour's PTE of level 0
    FAKE_PTE_EXTRA,          // the leaf is read twice
    FAKE_PTE_MISSING,        // the last leaf is remembered and not read again
    FAKE_UPDATE_MISSING,     // A and D are not maintained
    FAKE_UPDATE_DATA,        // D is always set
    FAKE_UPDATE_EXPECTED,    // bit 8 of expected flipped
    FAKE_UPDATE_ADDRESS,     // bit 3 of the address flipped
    FAKE_LIVE_CSR,           // the leaf is judged with the registers of now
    FAKE_FETCH_FIRST,
    // several walks
    FAKE_SLOT_ID,            // bit 0 of a request's id flipped
    FAKE_SLOT_OF_ANSWER,     // an answer goes to the lowest slot that awaits one
    FAKE_SLOT_HIGHEST,       // the highest slot that is idle is taken
    FAKE_WIRES_IN_ORDER,     // the lowest slot that has a request goes first
    FAKE_COMPLETE_IN_ORDER,  // the lowest finished slot completes first
    FAKE_FENCE_ONE,          // a fence restarts one walk
    FAKE_KILL_ONE,           // a kill drops one walk
    FAKE_BLOCKING,           // a port with a walk under way is not ready
    FAKE_MERGE_MISSING,      // each request has its own walk
    FAKE_MERGE_SATP,         // walks of other address spaces are taken over
    FAKE_MERGE_PERMISSION,   // what is taken over is not judged
    FAKE_MERGE_CLEAN,        // a store takes over a translation with D = 0
    FAKE_MERGE_UNFILLED,     // what another port's walk gave is not installed
    // fault records
    FAKE_RECORD_MISSING,
    FAKE_RECORD_EXTRA,  // for an answer without fault too
    FAKE_RECORD_TVAL,   // of the page
    FAKE_RECORD_CAUSE,
    FAKE_RECORD_PORT,
    FAKE_RECORD_ASID,  // that of now
    FAKE_RECORD_ACCESS,
    FAKE_RECORD_TAG,
    FAKE_RECORD_ORDER,  // fetch first
    // fills
    FAKE_FILL_WAY,  // told, not done
    FAKE_FILL_SET,
    FAKE_FILL_PORT,  // the other TLB's event
    FAKE_FILL_EVICT,
    FAKE_FILL_SILENT,
    FAKE_FILL_UNASKED,  // told for a walk that ends with a fault
    // ready
    FAKE_READY_LATE,   // after a walk
    FAKE_READY_BUSY,   // though a walk of the port is finished
    FAKE_READY_FULL,   // though the miss register is full
    FAKE_FENCE_READY,  // low for reads too
    FAKE_FENCE_NEVER,  // always low
    // TLB
    FAKE_FENCE_NOTHING,
    FAKE_FENCE_G,          // one asid: global entries go too
    FAKE_FENCE_ASID,       // one asid: taken as all asids, global entries spared
    FAKE_FENCE_VA,         // one address: taken as all
    FAKE_FENCE_SUPERPAGE,  // superpages compared as if of 4 KiB
    FAKE_FENCE_NO_RESTART,
    FAKE_SINVAL_NOTHING,
    FAKE_INVAL_IR_REMOVES,  // fences of op 2 and 3 do what the others do
    FAKE_ASID_IGNORED,
    FAKE_OVERLAP_MISSING,
    FAKE_MXR_OF_FILL,  // a hit is judged with the MXR of its walk
    FAKE_SUM_OF_FILL,
    FAKE_LRU_UNTOUCHED,
    FAKE_PLRU,  // bits point towards the way touched
    FAKE_LFSR,  // no feedback
    // modes and page sizes
    FAKE_CANONICAL_39,    // as in Sv39, whatever the mode
    FAKE_NAPOT_UNTOLD,    // napot of an answer is 0
    FAKE_NAPOT_PA,        // the low bits of ppn are the PTE's
    FAKE_NAPOT_SHIFT,     // an entry matches 4 KiB alone
    FAKE_NAPOT_RESERVED,  // ppn[3:0] is not checked
    FAKE_PBMT_DROPPED,    // pbmt of an answer is 0
    FAKE_PBMT_OF_WALKS,   // only of one by the TLB
    FAKE_PA_WIDTH,        // physical addresses have no limit
    FAKE_UPDATE_ORDER,    // update_first the other way round
    // kills
    FAKE_KILL_IGNORED,
    FAKE_KILL_FILLS,     // a killed walk goes on and installs
    FAKE_KILL_RESTARTS,  // a fence brings a killed walk back to life
    // protection: only seen with PMP entries
    FAKE_PMP_FINAL,   // ignored for the final address of a walk
    FAKE_PMP_HIT,     // ... of a hit
    FAKE_PMP_PTE,     // for PTE reads
    FAKE_PMP_UPDATE,  // for A/D updates
    FAKE_PMP_SIZE,    // 8 bytes judged by their first 4
    FAKE_PMP_TOR,     // a TOR range ends a word later
    FAKE_PMP_LOCK,    // locked registers are written
    FAKE_PMP_READY,   // always
    // properties of itself
    FAKE_ASSERTION,  // "fake.walks_do_not_end" fails
    // counters: + number of the counter that never counts
    FAKE_COUNTER,
    FAKE_FAULTS = FAKE_COUNTER + MMU_COUNTERS
};

// Whether the fault is only seen in a configuration with PMP entries.
static inline bool fake_fault_of_pmp(enum fake_fault fault) {
    return fault >= FAKE_PMP_FINAL && fault <= FAKE_PMP_LOCK;
}

// It has the first level and up to MMU_WALKS walks, no second level, no page-walk caches, no
// prefetch. The interface; its create gives 16 fully associative LRU entries. Knob "fault": enum
// fake_fault.
const struct dut_ops *fake_dut_ops(void);

// The same unit as one without tags: its profile says so, and what it tells of tags and ids means
// nothing. With FAKE_BLOCKING and one walk it has one unanswered request a port.
const struct dut_ops *fake_untagged_ops(void);

// Returns a unit of this configuration, owned by the caller (ops->destroy); NULL without memory.
// At most 128 entries a TLB.
struct dut *fake_dut_create(const struct mmu_config *config, enum fake_fault fault);

#endif
