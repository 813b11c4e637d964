// SPDX-License-Identifier: Apache-2.0
// The TLB against a trivially right one: every entry is looked at for every operation, and
// the policies are written as lists of ways, oldest first.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fixture.h"
#include "mmu/tlb.h"

#define MAX_ENTRIES 4096
#define NOT_CANONICAL (UINT64_C(1) << 57)

// --- the trivially right TLB ---------------------------------------------------------------

struct list_tlb {
    struct mmu_tlb_config config;
    struct mmu_arch arch;
    uint32_t sets;
    struct mmu_tlb_entry entry[MAX_ENTRIES];  // set * ways + way
    uint32_t age[MAX_ENTRIES];                // per set: its ways, oldest use (or fill) first
    bool right[MAX_ENTRIES];  // PLRU, per set: node whose halves meet at way m points right
    uint32_t random;
};

static void list_reset(struct list_tlb *list, const struct mmu_tlb_config *config,
                       const struct mmu_arch *arch) {
    memset(list, 0, sizeof *list);
    list->config = *config;
    list->arch = *arch;
    list->sets = config->entries / config->ways;
    for (uint32_t k = 0; k < config->entries; ++k) list->age[k] = k % config->ways;
    list->random = 0xACE1;
}

static bool is_global(const struct mmu_tlb_entry *entry) {
    return entry->perm & MMU_PTE_G;
}

static bool same_page(uint64_t vpn, uint64_t other, unsigned page_bits) {
    return vpn >> (page_bits - 12) == other >> (page_bits - 12);
}

static uint64_t vpn_of(const struct mmu_arch *arch, uint64_t va) {
    return arch->xlen == 32 ? va % (UINT64_C(1) << 32) / 4096 : va % (UINT64_C(1) << 57) / 4096;
}

static uint16_t asid_of(const struct mmu_arch *arch, uint16_t asid) {
    return (uint16_t)(asid % (1u << arch->asid_bits));
}

static int list_lookup(const struct list_tlb *list, uint64_t va, uint16_t asid) {
    int found = -1;
    for (uint32_t k = 0; k < list->config.entries; ++k) {
        const struct mmu_tlb_entry *entry = &list->entry[k];
        uint64_t vpn = vpn_of(&list->arch, va);
        if (!entry->valid || !same_page(vpn, entry->vpn, entry->page_bits)) continue;
        if (!is_global(entry) && entry->asid != asid_of(&list->arch, asid)) continue;
        assert_int_equal(found, -1);  // at most one entry ever matches
        found = (int)k;
    }
    return found;
}

static void list_touch(struct list_tlb *list, uint32_t index, bool fill) {
    uint32_t ways = list->config.ways, base = index / ways * ways, way = index - base;
    if (list->config.policy == MMU_LRU || (list->config.policy == MMU_FIFO && fill)) {
        uint32_t *age = &list->age[base], at = 0;
        while (age[at] != way) ++at;
        for (; at + 1 < ways; ++at) age[at] = age[at + 1];
        age[ways - 1] = way;
    }
    for (uint32_t low = 0, high = ways; list->config.policy == MMU_PLRU && high - low > 1;) {
        uint32_t middle = (low + high) / 2;
        list->right[base + middle] = way < middle;
        *(way < middle ? &high : &low) = middle;
    }
}

static uint32_t list_victim(struct list_tlb *list, uint32_t set) {
    uint32_t ways = list->config.ways, base = set * ways;
    uint32_t low = 0, high = ways, random = list->random;
    switch (list->config.policy) {
        case MMU_PLRU:
            while (high - low > 1) {
                uint32_t middle = (low + high) / 2;
                *(list->right[base + middle] ? &low : &high) = middle;
            }
            return low;
        case MMU_RANDOM:
            list->random = random / 2 ^ (random % 2 * 0xB400);
            return random * ways / 65536;
        default:
            return list->age[base];
    }
}

static struct mmu_tlb_fill list_fill(struct list_tlb *list, const struct mmu_tlb_entry *new) {
    for (uint32_t k = 0; k < list->config.entries; ++k) {
        struct mmu_tlb_entry *old = &list->entry[k];
        unsigned bits = old->page_bits > new->page_bits ? old->page_bits : new->page_bits;
        bool asids_meet = is_global(old) || is_global(new) || old->asid == new->asid;
        if (old->valid && same_page(old->vpn, new->vpn, bits) && asids_meet) old->valid = false;
    }
    uint32_t ways = list->config.ways;
    uint64_t page = new->vpn >> (new->page_bits - 12);
    struct mmu_tlb_fill fill = {.set = (uint32_t)(page % list->sets)};
    while (fill.way < ways && list->entry[fill.set * ways + fill.way].valid) ++fill.way;
    if (fill.way == ways) {
        fill.evict = true;
        fill.way = list_victim(list, fill.set);
        fill.victim = list->entry[fill.set * ways + fill.way];
    }
    list->entry[fill.set * ways + fill.way] = *new;
    list_touch(list, fill.set * ways + fill.way, true);
    return fill;
}

static void list_fence(struct list_tlb *list, const struct mmu_fence *fence) {
    uint64_t upper = fence->va >> 56, vpn = vpn_of(&list->arch, fence->va);
    uint16_t asid = asid_of(&list->arch, fence->asid);
    if (fence->op > MMU_SINVAL_VMA) return;
    if (list->arch.xlen == 64 && fence->has_va && upper != 0 && upper != 0xFF) return;
    for (uint32_t k = 0; k < list->config.entries; ++k) {
        struct mmu_tlb_entry *entry = &list->entry[k];
        if (!entry->valid) continue;
        bool va_covers = !fence->has_va || same_page(entry->vpn, vpn, entry->page_bits);
        bool asid_covers = !fence->has_asid || (!is_global(entry) && entry->asid == asid);
        if (va_covers && asid_covers) entry->valid = false;
    }
}

// --- random operations -------------------------------------------------------------------

struct shape {
    uint32_t entries, ways;
};

static const struct shape shapes[] = {{1, 1},  {2, 2}, {16, 16},   {8, 1},   {64, 8},   {48, 12},
                                      {12, 3}, {3, 3}, {128, 128}, {128, 1}, {1024, 1}, {4096, 4}};

static struct list_tlb list;

static void assert_same_entry(const struct mmu_tlb_entry *a, const struct mmu_tlb_entry *b) {
    assert_int_equal(a->valid, b->valid);
    if (!a->valid) return;
    assert_true(a->vpn == b->vpn && a->ppn == b->ppn);
    assert_int_equal(a->asid, b->asid);
    assert_int_equal(a->level, b->level);
    assert_int_equal(a->page_bits, b->page_bits);
    assert_int_equal(a->pbmt, b->pbmt);
    assert_int_equal(a->perm, b->perm);
}

static void assert_same_state(const struct mmu_tlb *tlb) {
    uint32_t ways = list.config.ways;
    for (uint32_t k = 0; k < list.config.entries; ++k)
        assert_same_entry(mmu_tlb_at(tlb, k / ways, k % ways), &list.entry[k]);
}

// Addresses crowd: few pages of each size, about twice as many 4 KiB pages as entries.
static uint64_t random_va(uint64_t *rng) {
    static const uint64_t uppers[] = {0,
                                      UINT64_C(1) << 30,
                                      UINT64_C(1) << 39,
                                      UINT64_C(3) << 48,
                                      UINT64_C(0xFF) << 56 | UINT64_C(0x1FF) << 30,
                                      ~UINT64_C(0) << 30};
    uint64_t r = fixture_random(rng);
    uint64_t page = (r >> 8) % (2u * list.config.entries + 4);
    return uppers[r % 6] | page << 12 | (r >> 40 & 0xFFF);
}

static uint16_t random_asid(uint64_t *rng) {
    static const uint16_t asids[] = {0, 1, 0x8001, 0xFFFF};
    return asids[fixture_random(rng) % 4];
}

static unsigned page_bits_of(const struct mmu_arch *arch, unsigned level, bool napot) {
    return napot ? 16 : 12 + level * (arch->xlen == 32 ? 10 : 9);
}

static struct mmu_tlb_entry random_entry(uint64_t *rng) {
    uint64_t r = fixture_random(rng);
    static const uint8_t levels[16] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4};
    uint8_t level = levels[r % 16];
    if (list.arch.xlen == 32) level = level != 0 && level % 2 == 0;
    bool napot = level == 0 && list.arch.svnapot && r / 16 % 4 == 0;
    unsigned page_bits = page_bits_of(&list.arch, level, napot);
    uint8_t perm = (uint8_t)(r >> 8) | MMU_PTE_V | MMU_PTE_A;
    if ((r >> 16) % 4 != 0) perm &= (uint8_t)~MMU_PTE_G;
    uint64_t page = vpn_of(&list.arch, random_va(rng)) >> (page_bits - 12);
    return (struct mmu_tlb_entry){.vpn = page << (page_bits - 12),
                                  .ppn = r >> 20,
                                  .asid = asid_of(&list.arch, random_asid(rng)),
                                  .level = level,
                                  .page_bits = (uint8_t)page_bits,
                                  .pbmt = r >> 18 & 3,
                                  .perm = perm,
                                  .valid = true};
}

static void random_lookup(struct mmu_tlb *tlb, uint64_t *rng) {
    uint64_t va = random_va(rng);
    uint16_t asid = random_asid(rng);
    const struct mmu_tlb_entry *found = mmu_tlb_lookup(tlb, va, asid);
    int expected = list_lookup(&list, va, asid);
    assert_int_equal(found != NULL, expected >= 0);
    if (found == NULL) return;
    assert_same_entry(found, &list.entry[expected]);
    if (fixture_random(rng) % 4 == 0) return;  // a lookup alone touches nothing
    mmu_tlb_touch(tlb, found);
    list_touch(&list, (uint32_t)expected, false);
}

static void random_fill(struct mmu_tlb *tlb, uint64_t *rng) {
    struct mmu_tlb_entry entry = random_entry(rng);
    struct mmu_tlb_fill fill = mmu_tlb_fill(tlb, &entry);
    struct mmu_tlb_fill expected = list_fill(&list, &entry);
    assert_int_equal(fill.set, expected.set);
    assert_int_equal(fill.way, expected.way);
    assert_int_equal(fill.evict, expected.evict);
    if (fill.evict) assert_same_entry(&fill.victim, &expected.victim);
}

static void random_fence(struct mmu_tlb *tlb, uint64_t *rng) {
    uint64_t r = fixture_random(rng);
    struct mmu_fence fence = {.op = r >> 60 & 3,
                              .has_va = r % 16 != 0,
                              .has_asid = r / 16 % 2,
                              .va = random_va(rng) ^ (r / 32 % 4 == 0 ? NOT_CANONICAL : 0),
                              .asid = random_asid(rng)};
    // One that covers everything leaves nothing to test: rarely.
    if (!fence.has_va && !fence.has_asid && r / 1024 % 16 != 0) return;
    mmu_tlb_fence(tlb, &fence);
    list_fence(&list, &fence);
}

static void run_random(const struct mmu_tlb_config *config, const struct mmu_arch *arch,
                       uint64_t seed) {
    uint64_t rng = seed * 1000003 + config->entries * 1009 + config->ways * 7 + config->policy;
    struct mmu_tlb *tlb = mmu_tlb_create(config, arch);
    assert_non_null(tlb);
    list_reset(&list, config, arch);
    unsigned operations = config->entries > 128 ? 12000 : 6000;
    unsigned look_every = config->entries > 128 ? 256 : 1;
    for (unsigned k = 0; k < operations; ++k) {
        uint64_t kind = fixture_random(&rng) % 16;
        if (kind < 8) {
            random_lookup(tlb, &rng);
        } else if (kind < 15) {
            random_fill(tlb, &rng);
        } else {
            random_fence(tlb, &rng);
        }
        if (k % look_every == 0) assert_same_state(tlb);
    }
    assert_same_state(tlb);
    mmu_tlb_destroy(tlb);
}

static void run_policy(uint8_t policy) {
    uint64_t seed = fixture_seed();
    struct mmu_arch narrow = fixture_arch(mmu_mode_sv32(), 0), wide = mmu_arch_default();
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; ++k) {
        struct mmu_tlb_config config = {shapes[k].entries, shapes[k].ways, policy};
        if (mmu_tlb_config_check(&config) != NULL) continue;
        run_random(&config, &wide, seed);
        run_random(&config, &narrow, seed + 1);
    }
    struct mmu_tlb_config config = {16, 16, policy};
    for (uint8_t bits = 0; bits < 16; ++bits) {  // of the ASID
        wide.asid_bits = bits;
        run_random(&config, &wide, seed + bits);
    }
}

static void lru_behaves_as_the_list_of_entries(void **state) {
    (void)state;
    run_policy(MMU_LRU);
}

static void plru_behaves_as_the_list_of_entries(void **state) {
    (void)state;
    run_policy(MMU_PLRU);
}

static void fifo_behaves_as_the_list_of_entries(void **state) {
    (void)state;
    run_policy(MMU_FIFO);
}

static void random_behaves_as_the_list_of_entries(void **state) {
    (void)state;
    run_policy(MMU_RANDOM);
}

// --- directed ----------------------------------------------------------------------------

static struct mmu_tlb_entry page(uint64_t vpn, uint8_t level, uint16_t asid, bool global) {
    return (struct mmu_tlb_entry){.vpn = vpn,
                                  .ppn = vpn + 0x1000,
                                  .asid = asid,
                                  .level = level,
                                  .page_bits = (uint8_t)(12 + 9 * level),
                                  .perm = global ? RWX_AD_S | MMU_PTE_G : RWX_AD_S,
                                  .valid = true};
}

static struct mmu_tlb *tlb_of(uint32_t entries, uint32_t ways, uint8_t policy) {
    struct mmu_tlb_config config = {entries, ways, policy};
    struct mmu_arch arch = mmu_arch_default();
    struct mmu_tlb *tlb = mmu_tlb_create(&config, &arch);
    assert_non_null(tlb);
    return tlb;
}

static uint32_t fill_page(struct mmu_tlb *tlb, uint64_t vpn) {
    struct mmu_tlb_entry entry = page(vpn, 0, 1, false);
    return mmu_tlb_fill(tlb, &entry).way;
}

static void touch_page(struct mmu_tlb *tlb, uint64_t vpn) {
    const struct mmu_tlb_entry *entry = mmu_tlb_lookup(tlb, vpn << 12, 1);
    assert_non_null(entry);
    mmu_tlb_touch(tlb, entry);
}

// Four ways. Filled 0 1 2 3: node 1 points left (3 was last, on the right), node 2 left,
// node 3 left.
static void plru_victims_follow_the_tree(void **state) {
    (void)state;
    struct mmu_tlb *tlb = tlb_of(4, 4, MMU_PLRU);
    for (uint32_t way = 0; way < 4; ++way) assert_int_equal(fill_page(tlb, way), way);
    touch_page(tlb, 0);                       // root right, node 2 right
    assert_int_equal(fill_page(tlb, 10), 2);  // root right, node 3 left; then root left, 3 right
    assert_int_equal(fill_page(tlb, 11), 1);  // root left, node 2 right; then root right, 2 left
    assert_int_equal(fill_page(tlb, 12), 3);  // root right, node 3 right; then root left, 3 left
    assert_int_equal(fill_page(tlb, 13), 0);  // root left, node 2 left
    mmu_tlb_destroy(tlb);
}

static void plru_tree_survives_a_fence(void **state) {
    (void)state;
    struct mmu_tlb *tlb = tlb_of(2, 2, MMU_PLRU);
    fill_page(tlb, 0);
    fill_page(tlb, 1);
    touch_page(tlb, 0);  // root points right: victim 1
    mmu_tlb_fence(tlb, &(struct mmu_fence){.has_va = true, .va = 0});
    assert_int_equal(fill_page(tlb, 2), 0);  // the invalid way; root right again
    assert_int_equal(fill_page(tlb, 3), 1);
    mmu_tlb_destroy(tlb);
}

static void lru_evicts_the_way_used_longest_ago_and_fifo_the_way_filled_longest_ago(void **state) {
    (void)state;
    for (uint8_t policy = MMU_LRU; policy <= MMU_FIFO; policy = (uint8_t)(policy + 2)) {
        struct mmu_tlb *tlb = tlb_of(3, 3, policy);
        for (uint32_t way = 0; way < 3; ++way) fill_page(tlb, way);
        touch_page(tlb, 0);
        assert_int_equal(fill_page(tlb, 9), policy == MMU_LRU ? 1 : 0);
        mmu_tlb_destroy(tlb);
    }
}

// x = 0xACE1: 0xACE1 * 16 >> 16 = 10; next x = 0x5670 ^ 0xB400 = 0xE270: 14;
// next x = 0x7138: 7; next x = 0x389C: 3.
static void random_victims_are_those_of_the_galois_register(void **state) {
    (void)state;
    struct mmu_tlb *tlb = tlb_of(16, 16, MMU_RANDOM);
    for (uint32_t way = 0; way < 16; ++way) assert_int_equal(fill_page(tlb, way), way);
    const uint32_t victims[] = {10, 14, 7, 3};
    for (uint32_t k = 0; k < 4; ++k) assert_int_equal(fill_page(tlb, 100 + k), victims[k]);
    mmu_tlb_reset(tlb);
    for (uint32_t way = 0; way < 16; ++way) assert_int_equal(fill_page(tlb, way), way);
    assert_int_equal(fill_page(tlb, 200), 10);
    mmu_tlb_destroy(tlb);
}

static void fill_takes_the_lowest_invalid_way(void **state) {
    (void)state;
    struct mmu_tlb *tlb = tlb_of(8, 8, MMU_LRU);
    for (uint32_t way = 0; way < 8; ++way) fill_page(tlb, way);
    mmu_tlb_fence(tlb, &(struct mmu_fence){.has_va = true, .va = 6 << 12});
    mmu_tlb_fence(tlb, &(struct mmu_fence){.has_va = true, .va = 3 << 12});
    assert_int_equal(fill_page(tlb, 20), 3);
    assert_int_equal(fill_page(tlb, 21), 6);
    mmu_tlb_destroy(tlb);
}

static void fill_of_a_superpage_removes_the_small_pages_inside_in_all_sets(void **state) {
    (void)state;
    struct mmu_tlb *tlb = tlb_of(16, 1, MMU_LRU);
    for (uint64_t vpn = 0x200; vpn < 0x210; ++vpn) fill_page(tlb, vpn);
    struct mmu_tlb_entry superpage = page(0x200, 1, 1, false);  // set 1
    struct mmu_tlb_fill fill = mmu_tlb_fill(tlb, &superpage);
    assert_int_equal(fill.set, 1);
    assert_false(fill.evict);  // what stood there overlapped and was invalidated before
    for (uint32_t set = 0; set < 16; ++set)
        assert_int_equal(mmu_tlb_at(tlb, set, 0)->valid, set == 1);
    mmu_tlb_destroy(tlb);
}

static void fill_of_a_small_page_removes_the_superpage_around_it(void **state) {
    (void)state;
    struct mmu_tlb *tlb = tlb_of(16, 4, MMU_LRU);
    struct mmu_tlb_entry gigapage = page(0x40000, 2, 1, false);
    mmu_tlb_fill(tlb, &gigapage);
    fill_page(tlb, 0x40007);
    assert_null(mmu_tlb_lookup(tlb, UINT64_C(0x40008) << 12, 1));
    assert_non_null(mmu_tlb_lookup(tlb, UINT64_C(0x40007) << 12, 1));
    mmu_tlb_destroy(tlb);
}

static void overlap_needs_an_equal_asid_or_a_global_page(void **state) {
    (void)state;
    for (unsigned globals = 0; globals < 4; ++globals) {  // bit 0: old, bit 1: new
        struct mmu_tlb *tlb = tlb_of(4, 4, MMU_LRU);
        struct mmu_tlb_entry old = page(5, 0, 1, globals & 1), new = page(5, 0, 2, globals & 2);
        mmu_tlb_fill(tlb, &old);
        // Where the old one was removed, its way is free again.
        assert_int_equal(mmu_tlb_fill(tlb, &new).way, globals == 0 ? 1 : 0);
        mmu_tlb_destroy(tlb);
    }
}

static void napot_page_answers_for_its_sixteen_pages_from_one_set(void **state) {
    (void)state;
    struct mmu_tlb *tlb = tlb_of(16, 1, MMU_LRU);
    struct mmu_tlb_entry entry = page(0x35670, 0, 1, false);
    entry.page_bits = 16;
    struct mmu_tlb_fill fill = mmu_tlb_fill(tlb, &entry);
    assert_int_equal(fill.set, 7);  // 0x35670 >> 4 = 0x3567
    for (uint64_t vpn = 0x35660; vpn < 0x35690; ++vpn)
        assert_int_equal(mmu_tlb_lookup(tlb, vpn << 12, 1) != NULL, vpn >> 4 == 0x3567);
    fill_page(tlb, 0x35675);  // overlaps it, in another set
    assert_null(mmu_tlb_lookup(tlb, UINT64_C(0x35674) << 12, 1));
    assert_non_null(mmu_tlb_lookup(tlb, UINT64_C(0x35675) << 12, 1));
    mmu_tlb_fill(tlb, &entry);  // and is removed by it
    assert_false(mmu_tlb_at(tlb, 5, 0)->valid);
    mmu_tlb_destroy(tlb);
}

static void fence_of_an_address_reaches_pages_of_every_size(void **state) {
    (void)state;
    struct mmu_tlb *tlb = tlb_of(16, 4, MMU_LRU);
    const uint64_t va = UINT64_C(0x00A5A5A5A5A5A000);
    for (unsigned k = 0; k < 6; ++k) {  // the levels, and NAPOT
        unsigned page_bits = k == 5 ? 16 : 12 + 9 * k;
        struct mmu_tlb_entry entry = page(va >> page_bits << (page_bits - 12), 0, 1, k % 2);
        entry.level = k == 5 ? 0 : (uint8_t)k;
        entry.page_bits = (uint8_t)page_bits;
        mmu_tlb_fill(tlb, &entry);
        uint64_t last = va | ((UINT64_C(1) << page_bits) - 1);
        struct mmu_fence fence = {.has_va = true, .va = last + 1};
        mmu_tlb_fence(tlb, &fence);  // the page after it
        assert_non_null(mmu_tlb_lookup(tlb, va, 1));
        fence = (struct mmu_fence){.op = MMU_SINVAL_VMA, .has_va = true, .va = last};
        mmu_tlb_fence(tlb, &fence);
        assert_null(mmu_tlb_lookup(tlb, va, 1));
    }
    mmu_tlb_destroy(tlb);
}

static void fence_of_svinval_that_orders_stores_invalidates_nothing(void **state) {
    (void)state;
    struct mmu_tlb *tlb = tlb_of(4, 4, MMU_LRU);
    fill_page(tlb, 5);
    for (uint8_t op = MMU_SFENCE_W_INVAL; op <= MMU_SFENCE_INVAL_IR; ++op)
        mmu_tlb_fence(tlb, &(struct mmu_fence){.op = op});
    assert_non_null(mmu_tlb_lookup(tlb, 5 << 12, 1));
    mmu_tlb_fence(tlb, &(struct mmu_fence){.op = MMU_SINVAL_VMA});
    assert_null(mmu_tlb_lookup(tlb, 5 << 12, 1));
    mmu_tlb_destroy(tlb);
}

// fence_va[63:57] must equal bit 56; below that every address exists, whatever the mode.
static void fence_of_an_address_that_no_mode_has_has_no_effect(void **state) {
    (void)state;
    struct mmu_tlb *tlb = tlb_of(4, 4, MMU_LRU);
    for (unsigned bit = 12; bit < 64; ++bit) {
        uint64_t va = UINT64_C(1) << bit;
        fill_page(tlb, vpn_of(&(struct mmu_arch){.xlen = 64}, va));
        mmu_tlb_fence(tlb, &(struct mmu_fence){.has_va = true, .va = va});
        bool exists = bit < 56;
        assert_int_equal(mmu_tlb_lookup(tlb, va, 1) == NULL, exists);
    }
    uint64_t top = UINT64_C(0xFF) << 56;  // bit 56 and all above it
    fill_page(tlb, UINT64_C(1) << 44);
    mmu_tlb_fence(tlb, &(struct mmu_fence){.has_va = true, .va = top});
    assert_null(mmu_tlb_lookup(tlb, top, 1));
    mmu_tlb_destroy(tlb);
}

static void reset_forgets_all_entries(void **state) {
    (void)state;
    struct mmu_tlb *tlb = tlb_of(4, 4, MMU_LRU);
    fill_page(tlb, 5);
    mmu_tlb_reset(tlb);
    assert_null(mmu_tlb_lookup(tlb, 5 << 12, 1));
    mmu_tlb_destroy(tlb);
}

static void config_out_of_range_is_refused_with_a_sentence(void **state) {
    (void)state;
    const struct mmu_tlb_config wrong[] = {{0, 1, 0},     {4097, 1, 0}, {8, 0, 0},
                                           {256, 129, 0}, {10, 4, 0},   {12, 4, 0},
                                           {16, 16, 4},   {12, 12, 1},  {129, 129, 0}};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; ++k)
        assert_non_null(mmu_tlb_config_check(&wrong[k]));
    const struct mmu_tlb_config right[] = {{1, 1, 1},     {4096, 1, 0}, {4096, 128, 1},
                                           {128, 128, 3}, {48, 12, 0},  {48, 12, 3}};
    for (size_t k = 0; k < sizeof right / sizeof *right; ++k)
        assert_null(mmu_tlb_config_check(&right[k]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lru_behaves_as_the_list_of_entries),
        cmocka_unit_test(plru_behaves_as_the_list_of_entries),
        cmocka_unit_test(fifo_behaves_as_the_list_of_entries),
        cmocka_unit_test(random_behaves_as_the_list_of_entries),
        cmocka_unit_test(plru_victims_follow_the_tree),
        cmocka_unit_test(plru_tree_survives_a_fence),
        cmocka_unit_test(lru_evicts_the_way_used_longest_ago_and_fifo_the_way_filled_longest_ago),
        cmocka_unit_test(random_victims_are_those_of_the_galois_register),
        cmocka_unit_test(fill_takes_the_lowest_invalid_way),
        cmocka_unit_test(fill_of_a_superpage_removes_the_small_pages_inside_in_all_sets),
        cmocka_unit_test(fill_of_a_small_page_removes_the_superpage_around_it),
        cmocka_unit_test(overlap_needs_an_equal_asid_or_a_global_page),
        cmocka_unit_test(napot_page_answers_for_its_sixteen_pages_from_one_set),
        cmocka_unit_test(fence_of_an_address_reaches_pages_of_every_size),
        cmocka_unit_test(fence_of_svinval_that_orders_stores_invalidates_nothing),
        cmocka_unit_test(fence_of_an_address_that_no_mode_has_has_no_effect),
        cmocka_unit_test(reset_forgets_all_entries),
        cmocka_unit_test(config_out_of_range_is_refused_with_a_sentence),
    };
    return cmocka_run_group_tests_name("unit.tlb", tests, NULL, NULL) == 0 ? 0 : 1;
}
