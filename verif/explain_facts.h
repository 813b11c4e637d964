// SPDX-License-Identifier: Apache-2.0
// What the page about one mismatch says, before it is text or HTML. Gathered once of the bench:
// explain.c (which parts, whom to suspect), explain_answer.c (what was asked, expected beside
// observed), explain_walk.c (walks, what protection denied), explain_latency.c (terms),
// explain_history.c (events, PTEs). Written by explain_text.c, and by explain_html.c with
// explain_svg.c (the walk) and explain_bar.c (the latency). Cycles are those of the run, but for
// the terms of a latency, which are amounts.
#ifndef EXPLAIN_FACTS_H
#define EXPLAIN_FACTS_H

#include "bench_internal.h"
#include "mmu/walk.h"
#include "text.h"

enum {
    EXPLAIN_MOST_ROWS = 16,
    EXPLAIN_MOST_STEPS = MMU_WALK_LOG + BENCH_ACCESS_LOG,
    EXPLAIN_MOST_EVENTS = 12,
    EXPLAIN_MOST_WRITES = 16,
    EXPLAIN_WORDS = 160
};

struct explain_asked {
    bool shown;
    uint8_t port, tag, size, access;  // size: log2 of bytes
    uint64_t va, root, accepted;
    unsigned va_digits;
    unsigned levels;  // 0: Bare
    uint16_t vpn[5];  // by level
    const char *mode;
    uint16_t asid;
    struct mmu_csr csr;
};

// A line of expected beside observed.
struct explain_row {
    const char *name;
    char expected[40], observed[40];
    bool differs;
    char note[48];       // how; "": nothing more is to be said
    bool alone;          // there is nothing beside it: `expected` is a remark
    bool numbers;        // the two are these:
    uint64_t values[2];  // expected, observed
};

struct explain_compared {
    bool shown;
    const char *property;  // not NULL: this one failed, and there are no rows
    const char *titles[2];
    const char *remark;  // what is left out, and why; NULL: nothing
    unsigned count;
    struct explain_row row[EXPLAIN_MOST_ROWS];
};

// How the DUT's transaction differs from the model's.
enum explain_difference {
    EXPLAIN_SAME,
    EXPLAIN_MISSING,   // it has not made this one
    EXPLAIN_OTHER,     // another address, or a write for a read
    EXPLAIN_TIME,      // requested in another cycle
    EXPLAIN_DUT_ALONE  // only the DUT has made this one
};

// An access to a PTE.
struct explain_step {
    uint8_t level, depth;  // depth: below the root
    bool write, denied, error, ignored;
    bool has_value, has_data, timed;  // timed: request, and with has_data data, are known
    uint64_t pa, value, request, data;
    char denial[EXPLAIN_WORDS];
    enum explain_difference difference;
    bool dut_write;  // with OTHER and TIME
    uint64_t dut_pa, dut_request;
};

enum explain_walk_kind { EXPLAIN_NO_WALK, EXPLAIN_MODEL_WALK, EXPLAIN_PRESENT_WALK };
struct explain_walk {
    enum explain_walk_kind kind;
    bool shown, merged, pwc_hit;
    uint8_t slot, pwc_level;
    uint32_t model, dut;  // memory transactions
    unsigned count;
    struct explain_step step[EXPLAIN_MOST_STEPS];
};

// One memory transaction's part of a latency, in cycles.
struct explain_transaction {
    uint8_t level;
    bool write, denied, pending, ignored;
    uint64_t wire, grant, memory;  // pending: the latter two are not known
};

struct explain_latency {
    bool shown;
    uint64_t lookup, l2, wait, resolve, restart, completion;
    bool summed;  // too many transactions: these are the sums
    uint64_t wire, grant, memory;
    unsigned count;
    struct explain_transaction transaction[MMU_WALK_LOG];
    bool has_total, has_observed;  // the latter only with the former
    uint64_t total, observed;
    const char *late;      // the first term that differs; NULL: none does
    int late_transaction;  // whose it is, -1: no transaction's
    uint8_t late_level;
    bool late_write;
    int64_t late_cycles;
};

struct explain_event {
    uint64_t cycle;
    char words[EXPLAIN_WORDS];
};

struct explain_history {
    bool shown, has_fence, one_address, one_asid;
    uint64_t fence_cycle;
    unsigned count;
    struct explain_write {
        uint64_t pa, cycle, before, after;
        bool software, unfenced;
    } write[EXPLAIN_MOST_WRITES];
};

struct explain_facts {
    enum bench_check check;
    uint64_t cycle;
    const char *what;
    unsigned pte_digits;  // hexadecimal, of a PTE
    bool limited;         // a watchdog without the model
    uint64_t limit, waited;
    struct explain_asked asked;
    struct explain_compared compared;
    bool has_answer;              // of the model (or of memory as it is), and of the DUT
    struct mmu_answer answer[2];  // expected, observed
    struct explain_walk walk, present;
    unsigned final_bytes;  // of the access that protection denies; 0: none
    uint64_t final_pa;
    char final_denial[EXPLAIN_WORDS];
    struct explain_latency latency;
    unsigned event_count;
    struct explain_event event[EXPLAIN_MOST_EVENTS];
    struct explain_history history;
    const struct legal_verdict *verdict;  // NULL: none
    char suspect[320];                    // "": nobody; lines are separated by '\n'
    const char *command;                  // NULL: none
};

// The architectural walk over memory and PMP as they are now: a third opinion, though of the
// model's code.
struct third_opinion {
    const struct mmu_mode *mode;  // NULL: not translated
    struct mmu_answer answer;
    struct mmu_walk_trace trace;
};

// Returns what is known of the bench's mismatch, freed by the caller; NULL: no memory. The bench
// and command must outlive it.
struct explain_facts *explain_gather(const struct bench *bench, const char *command);

// The PMP as it is now.
const struct mmu_pmp *explain_pmp(const struct bench *bench);

// Fill a part.
void explain_asked(const struct bench *bench, const struct mismatch *m, struct explain_facts *f);
void explain_compared(const struct bench *bench, const struct mismatch *m, struct explain_facts *f);
void explain_walk(const struct bench *bench, const struct mismatch *m, struct explain_walk *walk);
// The walk in memory as it is now.
void explain_present_walk(const struct bench *bench, const struct third_opinion *third,
                          struct explain_walk *walk);
// The check of the final physical address, if memory as it is now leads to one that is denied.
void explain_final_check(const struct bench *bench, const struct mismatch *m,
                         const struct third_opinion *third, struct explain_facts *f);
void explain_latency(const struct bench *bench, const struct mismatch *m,
                     struct explain_latency *latency);
// Fences, kills and PMP writes: those of the request's time, at least the latest few.
void explain_events(const struct bench *bench, const struct mismatch *m, struct explain_facts *f);
void explain_history(const struct bench *bench, const struct mismatch *m,
                     const struct third_opinion *third, struct explain_history *history);

// Words that both writers use.
const char *explain_access_name(unsigned access);
const char *explain_priv_name(unsigned priv);
const char *explain_source_name(unsigned source);
const char *explain_type_name(unsigned pbmt);
// A PTE's low byte as "DAGUXWRV", '-' for what is 0.
void explain_flags(uint64_t pte, char out[9]);
// What a PTE of that many hexadecimal digits has beyond its low byte: "N", "NC", "IO".
void explain_extensions(uint64_t pte, unsigned digits, char out[16]);

// The page as text / as one HTML file that is well-formed XML, too.
void explain_write_text(struct verif_text *text, const struct explain_facts *facts);
void explain_write_html(struct verif_text *text, const struct explain_facts *facts);
// The walk and where it leads to, as an SVG element (explain_svg.c).
void explain_write_svg(struct verif_text *text, const struct explain_facts *facts,
                       const struct explain_walk *walk);
// The latency's section (explain_bar.c).
void explain_write_bar(struct verif_text *text, const struct explain_latency *latency);

#endif
