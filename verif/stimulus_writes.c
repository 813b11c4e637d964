// SPDX-License-Identifier: Apache-2.0
// Software that rewrites PTEs under way: anywhere, where the walker is, and where it is about to
// set A or D.
#include "stimulus_internal.h"

// An operating system's changes: a scan of A and D, another protection, another page.
static uint64_t changed(struct stimulus *s, uint64_t before, unsigned level, unsigned number) {
    static const uint8_t protections[] = {MMU_PTE_R, MMU_PTE_W, MMU_PTE_X,
                                          MMU_PTE_U, MMU_PTE_G, MMU_PTE_V};
    bool is_leaf = (before & MMU_PTE_V) && (before & (MMU_PTE_R | MMU_PTE_X));
    unsigned kind = stimulus_below(s, 10);
    if (is_leaf && kind < 5) {
        static const uint8_t cleared[] = {MMU_PTE_A, MMU_PTE_A | MMU_PTE_D, MMU_PTE_D, MMU_PTE_D};
        if (kind == 0) return before | MMU_PTE_A | MMU_PTE_D;
        return before & ~(uint64_t)cleared[stimulus_below(s, 4)];
    }
    if (kind == 5) return before ^ protections[stimulus_below(s, 6)];
    return stimulus_pte(s, level, number);
}

static void rewrite(struct stimulus *s, struct bench *bench, uint64_t pa, unsigned table) {
    unsigned level = stimulus_table_level(s, table);
    uint64_t before = 0;
    s->memory.read(s->memory.user, pa, s->pte_bytes, &before);
    // Which half of the address space it maps is seen from the table's half.
    unsigned upper = (pa % MMU_PAGE_BYTES) >= MMU_PAGE_BYTES / 2;
    unsigned number = stimulus_below(s, STIMULUS_INDICES / 2) + upper * STIMULUS_INDICES / 2;
    stimulus_write_pte(s, bench, pa, changed(s, before, level, number), level);
    stimulus_count(s, STIMULUS_PTE_WRITE);
}

// A leaf that was read just now and of which hardware may want to set A or D.
static bool awaits_update(const struct bench_access *access) {
    bool leaf = (access->value & MMU_PTE_V) && (access->value & (MMU_PTE_R | MMU_PTE_X));
    bool unset = (access->value & (MMU_PTE_A | MMU_PTE_D)) != (MMU_PTE_A | MMU_PTE_D);
    return leaf && unset && !access->write && !access->error;
}

// The PTE that the walker touched last is the most dangerous one to change.
static bool rewrite_touched(struct stimulus *s, struct bench *bench, bool due) {
    const struct bench_access *access = bench_access_log(bench, 0);
    uint64_t first = s->config.table_base;
    uint64_t end = first + (uint64_t)stimulus_tables(s) * MMU_PAGE_BYTES;
    if (!access || access->pa < first || access->pa >= end) return false;
    bool fresh = awaits_update(access) && access->grant_cycle + 1 == bench_now(bench);
    bool race = fresh && stimulus_chance(s, s->steer.aim.conflict > 0 ? 500 : 40);
    if (!race && !due && !stimulus_chance(s, s->rates.pte_write * 4 / 10)) return false;
    if (race) stimulus_count(s, STIMULUS_PTE_RACE);
    rewrite(s, bench, access->pa, (unsigned)((access->pa - first) >> MMU_PAGE_BITS));
    return true;
}

static void rewrite_any(struct stimulus *s, struct bench *bench) {
    unsigned table = stimulus_below(s, stimulus_tables(s));
    unsigned index = stimulus_index(s, stimulus_below(s, STIMULUS_INDICES));
    rewrite(s, bench, stimulus_pte_pa(s, table, index), table);
}

void stimulus_rewrite_ptes(struct stimulus *s, struct bench *bench) {
    if (s->rates.pte_write == 0 || rewrite_touched(s, bench, false)) return;
    if (stimulus_chance(s, s->rates.pte_write)) rewrite_any(s, bench);
}

void stimulus_force_rewrite(struct stimulus *s, struct bench *bench) {
    if (!rewrite_touched(s, bench, true)) rewrite_any(s, bench);
}
