// SPDX-License-Identifier: Apache-2.0
// Constrained random stimulus: page tables of every valid and reserved shape in all modes, requests
// on both ports, several of each unanswered, register changes, PMP writes, fences, Svinval
// sequences, kills, resets, PTE writes under way, idle cycles and back-pressure, in phases of
// changing weights. A function of its seed, its configuration and of what the bench answers;
// nothing else.
//
// An invariance check needs no model: an access is asked after a full fence, again at once
// (resident, if it succeeded) and again after a full fence, with all that could change the outcome
// paused; address, page, memory type, permissions and fault must agree.
#ifndef VERIF_STIMULUS_H
#define VERIF_STIMULUS_H

#include "verif/bench.h"

#define STIMULUS_MOST_PAGES 512u

// field, least, most, default, meaning. The weights of struct stimulus_config; per 1000 cycles
// unless said otherwise.
#define STIMULUS_WEIGHT_LIST(X)                                                              \
    X(pages, 1, STIMULUS_MOST_PAGES, 64, "addresses asked for at a time, per mode and half") \
    X(idle, 0, 999, 250, "per 1000 cycles, a port stays idle")                               \
    X(stall, 0, 999, 150, "per 1000 cycles, an answer is not taken")                         \
    X(fence, 0, 1000, 4, "per 1000 cycles, a fence is requested")                            \
    X(csr, 0, 1000, 5, "per 1000 cycles, registers change")                                  \
    X(pte_write, 0, 1000, 6, "per 1000 cycles, software rewrites a PTE")                     \
    X(pmp, 0, 1000, 4, "per 1000 cycles, a PMP entry is written")                            \
    X(kill, 0, 1000, 4, "per 1000 cycles, a port's request is killed")                       \
    X(poison, 0, 1000, 20, "per 1000 cycles, entries of the second level get wrong parity")  \
    X(outstanding, 1, MMU_TAGS, 6, "requests of a port without an answer, at most")          \
    X(again, 0, 1000, 120, "per 1000 requests: a page that is being asked for already")      \
    X(sequential, 0, 1000, 120, "per 1000 requests: the page after the port's last one")     \
    X(kill_stores, 0, 1000, 0, "per 1000 kills of a store that may set D: not spared")       \
    X(ask_twice, 0, 1000000, 300, "per million cycles, an invariance check begins")          \
    X(reset, 0, 1000000, 30, "per million cycles, the unit is reset")                        \
    X(phase, 0, 1000000000, 3000, "cycles on average until the weights change; 0: never")    \
    X(steer, 0, 1000000, 0, "cycles until coverage chooses the weights anew; 0: never")      \
    X(svinval, 0, 1000, 200, "per 1000 fences: a sequence of Svinval's")                     \
    X(overtake, 0, 1000, 0, "per 1000 fences: may overtake requests of older registers")     \
    X(lock, 0, 1000, 10, "per 1000 PMP writes: the entry is locked")                         \
    X(boundary, 0, 1000, 500, "per 1000 requests: offsets where PMP boundaries are")         \
    X(bare, 0, 1000, 50, "per 1000 register changes: satp.MODE = Bare")                      \
    X(machine, 0, 1000, 80, "per 1000 register changes: machine mode")                       \
    X(reserved, 0, 1000, 40, "per 1000 PTEs: a reserved or invalid encoding")                \
    X(napot, 0, 1000, 150, "per 1000 PTEs of 4 KiB pages: N set (Svnapot)")                  \
    X(pbmt, 0, 1000, 120, "per 1000 leaf PTEs: PBMT not 0 (Svpbmt)")                         \
    X(global, 0, 1000, 120, "per 1000 PTEs: G set")                                          \
    X(unset, 0, 1000, 350, "per 1000 leaf PTEs: A or D clear")                               \
    X(outside, 0, 1000, 15, "per 1000 PTEs: what it points to does not exist")               \
    X(near_misses, 0, 1000, 0, "per 1000 requests, fences: one bit off what is in use")

// overtake: a client's duty is not to give a fence while requests of an older satp are under way
// (docs/microarchitecture.md section 9). The model predicts what becomes of them, but the
// specification's legal outcomes do not hold: not for BENCH_LEGAL.
//
// near_misses: of requests and fences so many are for an address or ASID that equals one in use but
// for one bit, any bit that takes part in translation, and a quarter as many PTEs that point to
// something, satp's ASIDs and root tables, and ranges of PMP entries. What a bit more leads to is
// mapped as well where tables have room for it, nowhere otherwise.
struct stimulus_config {
    uint64_t seed;
    struct mmu_arch arch;
    uint64_t table_base;  // physical address of the page tables, page aligned
#define X(field, least, most, standard, text) uint32_t field;
    STIMULUS_WEIGHT_LIST(X)
#undef X
};

// Page tables need this many bytes from table_base. Nothing else is written or read.
#define STIMULUS_TABLE_BYTES (128u * 4096u)

// Returns the weights of the list, seed 1, mmu_arch_default and tables at 0x80000000.
struct stimulus_config stimulus_default(void);

// --- what was reached ------------------------------------------------------------------------

// Outcomes of each mode that translates. key's end, meaning
#define STIMULUS_MODE_COUNTS(X, MODE, mode)                                                        \
    X(STIMULUS_##MODE##_HIT, #mode "_hits", "translated by the TLB")                               \
    X(STIMULUS_##MODE##_WALK, #mode "_walks", "translated by a walk")                              \
    X(STIMULUS_##MODE##_NOT_CANONICAL, #mode "_not_canonical", "not canonical")                    \
    X(STIMULUS_##MODE##_HIT_PAGE_FAULT, #mode "_hit_page_faults",                                  \
      "page faults of a resident page")                                                            \
    X(STIMULUS_##MODE##_HIT_ACCESS_FAULT, #mode "_hit_access_faults",                              \
      "access faults of a resident page")                                                          \
    X(STIMULUS_##MODE##_WALK_PAGE_FAULT, #mode "_walk_page_faults", "page faults found by a walk") \
    X(STIMULUS_##MODE##_WALK_ACCESS_FAULT, #mode "_walk_access_faults",                            \
      "access faults found by a walk")
#define STIMULUS_COUNTS_PER_MODE 7u

// The reason of a fault that a walk found is looked for afterwards, in memory as it is then.
// id, key, meaning
#define STIMULUS_COUNT_LIST(X)                                                                   \
    STIMULUS_MODE_COUNTS(X, SV32, sv32)                                                          \
    STIMULUS_MODE_COUNTS(X, SV39, sv39)                                                          \
    STIMULUS_MODE_COUNTS(X, SV48, sv48)                                                          \
    STIMULUS_MODE_COUNTS(X, SV57, sv57)                                                          \
    X(STIMULUS_UNTRANSLATED, "untranslated", "not translated")                                   \
    X(STIMULUS_UNTRANSLATED_FAULT, "untranslated_faults", "not translated, access fault")        \
    X(STIMULUS_FETCH, "fetches", "answers to fetches")                                           \
    X(STIMULUS_LOAD, "loads", "answers to loads")                                                \
    X(STIMULUS_STORE, "stores", "answers to stores")                                             \
    X(STIMULUS_AMO, "amos", "answers to atomics")                                                \
    X(STIMULUS_SIZE_1, "size_1", "answers to accesses of 1 byte")                                \
    X(STIMULUS_SIZE_2, "size_2", "answers to accesses of 2 bytes")                               \
    X(STIMULUS_SIZE_4, "size_4", "answers to accesses of 4 bytes")                               \
    X(STIMULUS_SIZE_8, "size_8", "answers to accesses of 8 bytes")                               \
    X(STIMULUS_PRIV_U, "privilege_u", "answers to accesses with effective privilege U")          \
    X(STIMULUS_PRIV_S, "privilege_s", "answers to accesses with effective privilege S")          \
    X(STIMULUS_PRIV_M, "privilege_m", "answers to accesses with effective privilege M")          \
    X(STIMULUS_MPRV, "mprv", "answers to accesses whose privilege MPRV changed")                 \
    X(STIMULUS_LEVEL_0, "level_0", "translated by a leaf of level 0")                            \
    X(STIMULUS_LEVEL_1, "level_1", "translated by a leaf of level 1")                            \
    X(STIMULUS_LEVEL_2, "level_2", "translated by a leaf of level 2")                            \
    X(STIMULUS_LEVEL_3, "level_3", "translated by a leaf of level 3")                            \
    X(STIMULUS_LEVEL_4, "level_4", "translated by a leaf of level 4")                            \
    X(STIMULUS_SUPERPAGE_HIT, "superpage_hits", "TLB hits of superpages")                        \
    X(STIMULUS_NAPOT_HIT, "napot_hits", "TLB hits of NAPOT pages")                               \
    X(STIMULUS_NAPOT_WALK, "napot_walks", "walks to NAPOT pages")                                \
    X(STIMULUS_PBMT_NC, "pbmt_nc", "translated with PBMT = 1")                                   \
    X(STIMULUS_PBMT_IO, "pbmt_io", "translated with PBMT = 2")                                   \
    X(STIMULUS_GLOBAL_HIT, "global_hits", "TLB hits of global pages")                            \
    X(STIMULUS_FETCH_ACCESS_FAULT, "fetch_access_faults", "cause 1")                             \
    X(STIMULUS_LOAD_ACCESS_FAULT, "load_access_faults", "cause 5")                               \
    X(STIMULUS_STORE_ACCESS_FAULT, "store_access_faults", "cause 7")                             \
    X(STIMULUS_FETCH_PAGE_FAULT, "fetch_page_faults", "cause 12")                                \
    X(STIMULUS_LOAD_PAGE_FAULT, "load_page_faults", "cause 13")                                  \
    X(STIMULUS_STORE_PAGE_FAULT, "store_page_faults", "cause 15")                                \
    X(STIMULUS_WHY_INVALID, "why_invalid", "walks that met V = 0")                               \
    X(STIMULUS_WHY_W_WITHOUT_R, "why_w_without_r", "walks that met W = 1, R = 0")                \
    X(STIMULUS_WHY_RESERVED_BITS, "why_reserved_bits", "walks that met bits 60:54")              \
    X(STIMULUS_WHY_N_OFF, "why_n_without_svnapot", "walks that met N without Svnapot")           \
    X(STIMULUS_WHY_PBMT_OFF, "why_pbmt_without_pbmte", "walks that met PBMT with PBMTE = 0")     \
    X(STIMULUS_WHY_PBMT_3, "why_pbmt_3", "walks that met PBMT = 3")                              \
    X(STIMULUS_WHY_POINTER_BITS, "why_pointer_bits", "pointers with D, A, U, N or PBMT")         \
    X(STIMULUS_WHY_POINTER_AT_0, "why_pointer_at_level_0", "pointers at level 0")                \
    X(STIMULUS_WHY_NAPOT_ENCODING, "why_napot_encoding", "reserved encodings of N")              \
    X(STIMULUS_WHY_PERMISSION, "why_permission", "permission checks that failed in a walk")      \
    X(STIMULUS_WHY_MISALIGNED, "why_misaligned", "misaligned superpages")                        \
    X(STIMULUS_WHY_A, "why_a_clear", "A = 0 with ADUE = 0")                                      \
    X(STIMULUS_WHY_D, "why_d_clear", "stores with A = 1, D = 0, ADUE = 0")                       \
    X(STIMULUS_WHY_READ_PMP, "why_pte_read_pmp", "PTE reads that PMP denies")                    \
    X(STIMULUS_WHY_READ_BEYOND, "why_pte_read_beyond", "PTE reads beyond pa_bits")               \
    X(STIMULUS_WHY_READ_ERROR, "why_pte_read_error", "PTE reads where no memory is")             \
    X(STIMULUS_WHY_UPDATE_PMP, "why_update_pmp", "A/D updates that PMP denies")                  \
    X(STIMULUS_WHY_FINAL_PMP, "why_final_pmp", "final addresses that PMP denies")                \
    X(STIMULUS_WHY_FINAL_BEYOND, "why_final_beyond", "final addresses beyond pa_bits")           \
    X(STIMULUS_WHY_OTHER, "why_other", "explained by none of these: memory's error, or changed") \
    X(STIMULUS_SFENCE_ALL, "sfence_all", "SFENCE.VMA x0, x0")                                    \
    X(STIMULUS_SFENCE_VA, "sfence_va", "SFENCE.VMA with address")                                \
    X(STIMULUS_SFENCE_ASID, "sfence_asid", "SFENCE.VMA with ASID")                               \
    X(STIMULUS_SFENCE_VA_ASID, "sfence_va_asid", "SFENCE.VMA with both")                         \
    X(STIMULUS_SINVAL_ALL, "sinval_all", "SINVAL.VMA x0, x0")                                    \
    X(STIMULUS_SINVAL_VA, "sinval_va", "SINVAL.VMA with address")                                \
    X(STIMULUS_SINVAL_ASID, "sinval_asid", "SINVAL.VMA with ASID")                               \
    X(STIMULUS_SINVAL_VA_ASID, "sinval_va_asid", "SINVAL.VMA with both")                         \
    X(STIMULUS_SFENCE_W_INVAL, "sfence_w_inval", "SFENCE.W.INVAL")                               \
    X(STIMULUS_SFENCE_INVAL_IR, "sfence_inval_ir", "SFENCE.INVAL.IR")                            \
    X(STIMULUS_FENCE_NOT_CANONICAL, "fences_not_canonical", "fences of invalid addresses")       \
    X(STIMULUS_FENCE_UNDER_WAY, "fences_under_way", "fences while a request is unanswered")      \
    X(STIMULUS_KILL_DATA, "kills_data", "requests of the data port dropped")                     \
    X(STIMULUS_KILL_FETCH, "kills_fetch", "requests of the fetch port dropped")                  \
    X(STIMULUS_KILL_SEVERAL, "kills_several", "kills that dropped two requests or more")         \
    X(STIMULUS_AGAIN, "asked_again", "requests for a page that is being asked for")              \
    X(STIMULUS_SEQUENTIAL, "sequential", "requests for the page after the last one")             \
    X(STIMULUS_KILL_IDLE, "kills_without_effect", "kills that found nothing to drop")            \
    X(STIMULUS_NEAR_MISS, "near_misses", "requests one bit off an address in use")               \
    X(STIMULUS_PMP_OFF, "pmp_off", "PMP writes with A = OFF")                                    \
    X(STIMULUS_PMP_TOR, "pmp_tor", "PMP writes with A = TOR")                                    \
    X(STIMULUS_PMP_NA4, "pmp_na4", "PMP writes with A = NA4")                                    \
    X(STIMULUS_PMP_NAPOT, "pmp_napot", "PMP writes with A = NAPOT")                              \
    X(STIMULUS_PMP_LOCK, "pmp_locks", "PMP writes with L")                                       \
    X(STIMULUS_PMP_REFUSED, "pmp_refused", "PMP writes that a lock refuses")                     \
    X(STIMULUS_RESET, "resets", "resets of the unit")                                            \
    X(STIMULUS_CSR, "register_changes", "register changes")                                      \
    X(STIMULUS_MODE_SWITCH, "mode_switches", "register changes to another satp.MODE")            \
    X(STIMULUS_PTE_WRITE, "pte_writes", "PTEs that software rewrote")                            \
    X(STIMULUS_PTE_RACE, "pte_races", "of these, leaves that hardware was about to update")      \
    X(STIMULUS_NAPOT_GROUP, "napot_groups", "groups of 16 equal NAPOT PTEs written")             \
    X(STIMULUS_ASKED, "invariance_checks", "invariance checks completed")                        \
    X(STIMULUS_ASKED_HIT, "invariance_hits", "of these, with a TLB hit in the middle")           \
    X(STIMULUS_ASKED_FAULT, "invariance_faults", "of these, with a fault")                       \
    X(STIMULUS_ASKED_IN_VAIN, "invariance_given_up", "given up: memory's error, reset")

enum stimulus_count {
#define X(id, key, text) id,
    STIMULUS_COUNT_LIST(X)
#undef X
        STIMULUS_COUNTS
};

struct stimulus_stats {
    uint64_t count[STIMULUS_COUNTS];
};

// Returns the count's key / meaning (static).
const char *stimulus_count_key(enum stimulus_count count);
const char *stimulus_count_text(enum stimulus_count count);

// Returns whether a long run with this configuration must make the count grow.
bool stimulus_reaches(const struct stimulus_config *config, enum stimulus_count count);

// --- driving ---------------------------------------------------------------------------------

struct stimulus;

// Returns a stimulus with its page tables written through memory, owned by the caller; NULL
// without memory. memory must cover [table_base, + STIMULUS_TABLE_BYTES). Asserts a legal arch.
struct stimulus *stimulus_create(const struct stimulus_config *config,
                                 const struct bench_memory *memory);
void stimulus_destroy(struct stimulus *stimulus);

// Steer towards what is missing in `coverage`, which the bench samples and the stimulus borrows:
// every config.steer cycles a missing bin is chosen, and the weights are set so that it becomes
// likely. The stimulus is then a function of its seed, its configuration and that coverage. Asserts
// steer > 0.
void stimulus_steer(struct stimulus *stimulus, const struct coverage *coverage);

// Prepare the inputs of the coming cycle; `last` = outputs of the previous one, NULL for the first
// or after a resynchronisation. May write PTEs, telling the bench, and resynchronise the bench.
// Returns false if an invariance check failed: bench_mismatch tells how.
bool stimulus_next(struct stimulus *stimulus, struct bench *bench, const struct bench_outputs *last,
                   struct bench_inputs *inputs);

// Stop issuing: no new requests, fences, writes; everything is taken. For draining at the end.
void stimulus_drain(struct stimulus *stimulus);
// Returns whether nothing of the stimulus is presented or unanswered any more.
bool stimulus_quiet(const struct stimulus *stimulus);

const struct stimulus_stats *stimulus_stats(const struct stimulus *stimulus);

#endif
