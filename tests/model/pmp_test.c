// SPDX-License-Identifier: Apache-2.0
// Physical memory protection against the specification: a trivially right one that asks of
// every word and every entry, and directed cases.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "fixture.h"
#include "mmu/pmp.h"

#define L 0x80u
#define OFF 0x00u
#define TOR 0x08u
#define NA4 0x10u
#define NAPOT 0x18u
#define R 1u
#define W 2u
#define X 4u

static const uint8_t kinds[3] = {MMU_PMP_READ, MMU_PMP_WRITE, MMU_PMP_EXECUTE};
static const uint8_t privs[3] = {MMU_PRIV_U, MMU_PRIV_S, MMU_PRIV_M};

static struct mmu_pmp pmp_of(uint8_t entries) {
    struct mmu_arch arch = mmu_arch_default();
    arch.pmp_entries = entries;
    return mmu_pmp_reset(&arch);
}

static void set(struct mmu_pmp *pmp, uint8_t index, uint8_t cfg, uint64_t addr) {
    struct mmu_pmp_write write = fixture_pmp_entry(index, cfg, addr);
    mmu_pmp_write(pmp, &write);
}

// --- the trivially right one ---------------------------------------------------------------

static bool entry_holds(const struct mmu_pmp *pmp, unsigned k, uint64_t word) {
    uint64_t addr = pmp->addr[k], low = 1;
    switch (pmp->cfg[k] >> 3 & 3) {
        case 0:
            return false;
        case 1:
            return word < addr && (k == 0 || word >= pmp->addr[k - 1]);
        case 2:
            return word == addr;
        default:
            while (addr % 2 == 1) {  // each trailing one doubles the range of 2 words
                addr /= 2;
                low *= 2;
            }
            return word / (2 * low) == pmp->addr[k] / (2 * low);
    }
}

static bool truly_allows(const struct mmu_pmp *pmp, uint64_t pa, unsigned bytes, uint8_t kind,
                         uint8_t priv) {
    uint64_t words[2] = {pa / 4, (pa + bytes - 1) / 4};
    for (unsigned k = 0; k < pmp->entries; ++k) {
        bool first = entry_holds(pmp, k, words[0]), second = entry_holds(pmp, k, words[1]);
        if (!first && !second) continue;
        if (!first || !second) return false;
        return (priv == MMU_PRIV_M && !(pmp->cfg[k] & L)) || (pmp->cfg[k] & kind);
    }
    return priv == MMU_PRIV_M || pmp->entries == 0;
}

static void assert_as_true(const struct mmu_pmp *pmp, uint64_t pa, unsigned bytes) {
    for (unsigned k = 0; k < 9; ++k) {
        bool allowed =
            mmu_pmp_allows(pmp, pa, bytes, (enum mmu_pmp_kind)kinds[k / 3], privs[k % 3]);
        assert_int_equal(allowed, truly_allows(pmp, pa, bytes, kinds[k / 3], privs[k % 3]));
    }
}

static void pmp_of_random_entries_decides_as_the_specification_word_by_word(void **state) {
    (void)state;
    uint64_t rng = fixture_seed() * 77 + 3, allowed = 0, decided = 0;
    for (unsigned round = 0; round < 3000; ++round) {
        struct mmu_pmp pmp = pmp_of(round % 2 ? 8 : 16);
        for (unsigned k = 0; k < 10; ++k) {  // a crowd: within 64 words, some ranges wide
            uint64_t r = fixture_random(&rng);
            uint64_t addr = r / 65536 % 64;
            if (r % 8 == 0) addr |= (UINT64_C(1) << (r >> 32) % 55) - 1;
            set(&pmp, (uint8_t)(r / 8 % 16), (uint8_t)(r / 256) & 0x1F, addr);
        }
        for (uint64_t pa = 0; pa < 300; pa += 4) {
            assert_as_true(&pmp, pa, 4);
            if (pa % 8 == 0) assert_as_true(&pmp, pa, 8);
            assert_as_true(&pmp, pa + 2, 2);
            assert_as_true(&pmp, pa + 3, 1);
            allowed += mmu_pmp_allows(&pmp, pa, 4, MMU_PMP_READ, MMU_PRIV_U);
            ++decided;
        }
        uint64_t r = fixture_random(&rng) >> (8 + round % 50);
        assert_as_true(&pmp, r & ~UINT64_C(7), 8);
    }
    assert_true(allowed > decided / 20 && allowed < decided / 20 * 19);
}

// --- address modes, with boundaries inside a page ---------------------------------------------

// Asserts that exactly the words [first, end) around a page are readable.
static void assert_readable(const struct mmu_pmp *pmp, uint64_t first, uint64_t end) {
    for (uint64_t word = 0x400 - 8; word < 0x800 + 8; ++word) {
        bool inside = word >= first && word < end;
        assert_int_equal(mmu_pmp_allows(pmp, word * 4, 4, MMU_PMP_READ, MMU_PRIV_S), inside);
    }
}

static void tor_begins_at_the_address_below_whatever_that_entry_is(void **state) {
    (void)state;
    for (uint8_t below = OFF; below <= NAPOT; below = (uint8_t)(below + TOR)) {
        struct mmu_pmp pmp = pmp_of(8);
        set(&pmp, 1, below, 0x412);  // NA4: word 0x412; NAPOT: 0x412, 0x413; without R
        set(&pmp, 2, TOR | R, 0x5A7);
        uint64_t first = below == NA4 ? 0x413 : below == NAPOT ? 0x414 : 0x412;
        assert_readable(&pmp, first, 0x5A7);
    }
    struct mmu_pmp pmp = pmp_of(8);
    set(&pmp, 0, TOR | R, 0x433);  // from 0
    assert_readable(&pmp, 0, 0x433);
}

static void tor_that_ends_before_it_begins_matches_nothing(void **state) {
    (void)state;
    for (uint64_t end = 0x500; end <= 0x501; ++end) {
        struct mmu_pmp pmp = pmp_of(8);
        set(&pmp, 0, OFF, 0x501);
        set(&pmp, 1, TOR, end);
        set(&pmp, 2, NAPOT | R, UINT64_MAX);
        assert_readable(&pmp, 0, UINT64_MAX);
        assert_true(mmu_pmp_allows(&pmp, 0, 8, MMU_PMP_READ, MMU_PRIV_S));
    }
}

static void tor_follows_a_later_write_of_the_address_below(void **state) {
    (void)state;
    struct mmu_pmp pmp = pmp_of(8);
    set(&pmp, 4, TOR | R, 0x600);
    assert_readable(&pmp, 0, 0x600);
    set(&pmp, 3, OFF, 0x480);
    assert_readable(&pmp, 0x480, 0x600);
}

static void na4_is_one_word(void **state) {
    (void)state;
    struct mmu_pmp pmp = pmp_of(8);
    set(&pmp, 7, NA4 | R, 0x47F);
    assert_readable(&pmp, 0x47F, 0x480);
}

static void napot_doubles_with_each_trailing_one(void **state) {
    (void)state;
    for (unsigned ones = 0; ones < 54; ++ones) {
        struct mmu_pmp pmp = pmp_of(8);
        uint64_t bytes = UINT64_C(8) << ones;
        uint64_t base = ones < 50 ? 5 * bytes : ones < 53 ? bytes : 0;  // within 56 bits
        set(&pmp, 0, NAPOT | X, base / 4 | (bytes / 8 - 1));
        assert_true(mmu_pmp_allows(&pmp, base, 4, MMU_PMP_EXECUTE, MMU_PRIV_U));
        assert_true(mmu_pmp_allows(&pmp, base + bytes - 8, 8, MMU_PMP_EXECUTE, MMU_PRIV_U));
        assert_false(mmu_pmp_allows(&pmp, base + bytes, 4, MMU_PMP_EXECUTE, MMU_PRIV_U));
        if (base > 0) assert_false(mmu_pmp_allows(&pmp, base - 4, 4, MMU_PMP_EXECUTE, MMU_PRIV_U));
    }
    struct mmu_pmp pmp = pmp_of(8);
    set(&pmp, 0, NAPOT | X, UINT64_MAX);  // 54 ones: everything
    assert_true(mmu_pmp_allows(&pmp, (UINT64_C(1) << 56) - 8, 8, MMU_PMP_EXECUTE, MMU_PRIV_U));
}

static void access_of_8_bytes_over_a_boundary_is_denied_even_if_both_sides_allow(void **state) {
    (void)state;
    struct mmu_pmp pmp = pmp_of(8);
    set(&pmp, 0, NA4 | R | W | X, 0x101);
    set(&pmp, 1, NAPOT | R | W | X, UINT64_MAX);
    for (unsigned k = 0; k < 9; ++k) {
        enum mmu_pmp_kind kind = (enum mmu_pmp_kind)kinds[k / 3];
        assert_false(mmu_pmp_allows(&pmp, 0x400, 8, kind, privs[k % 3]));  // M-mode too
        assert_true(mmu_pmp_allows(&pmp, 0x400, 4, kind, privs[k % 3]));
        assert_true(mmu_pmp_allows(&pmp, 0x404, 4, kind, privs[k % 3]));
        assert_true(mmu_pmp_allows(&pmp, 0x408, 8, kind, privs[k % 3]));
    }
}

static void lowest_numbered_entry_decides(void **state) {
    (void)state;
    struct mmu_pmp pmp = pmp_of(16);
    set(&pmp, 15, NAPOT | R, UINT64_MAX);
    assert_true(mmu_pmp_allows(&pmp, 0x1000, 8, MMU_PMP_READ, MMU_PRIV_U));
    assert_false(mmu_pmp_allows(&pmp, 0x1000, 8, MMU_PMP_WRITE, MMU_PRIV_U));
    set(&pmp, 3, NAPOT | X, UINT64_MAX);
    assert_false(mmu_pmp_allows(&pmp, 0x1000, 8, MMU_PMP_READ, MMU_PRIV_U));
    assert_true(mmu_pmp_allows(&pmp, 0x1000, 2, MMU_PMP_EXECUTE, MMU_PRIV_U));
}

static void without_a_match_m_mode_alone_is_allowed(void **state) {
    (void)state;
    struct mmu_pmp none = pmp_of(0), off = pmp_of(8);
    for (unsigned k = 0; k < 9; ++k) {
        enum mmu_pmp_kind kind = (enum mmu_pmp_kind)kinds[k / 3];
        assert_true(mmu_pmp_allows(&none, 0x1000, 8, kind, privs[k % 3]));
        assert_int_equal(mmu_pmp_allows(&off, 0x1000, 8, kind, privs[k % 3]), k % 3 == 2);
    }
}

static void m_mode_obeys_locked_entries_only(void **state) {
    (void)state;
    for (unsigned word = 0; word < 16; ++word) {
        uint8_t rights = word % 8, lock = word < 8 ? 0 : L;
        if (rights == 2 || rights == 6) continue;  // W without R
        struct mmu_pmp pmp = pmp_of(8);
        set(&pmp, 0, (uint8_t)(lock | NAPOT | rights), UINT64_MAX);
        for (unsigned k = 0; k < 3; ++k) {
            bool granted = rights & kinds[k];
            assert_int_equal(mmu_pmp_allows(&pmp, 0, 4, (enum mmu_pmp_kind)kinds[k], MMU_PRIV_S),
                             granted);
            assert_int_equal(mmu_pmp_allows(&pmp, 0, 4, (enum mmu_pmp_kind)kinds[k], MMU_PRIV_M),
                             lock == 0 || granted);
        }
    }
}

// --- writes ------------------------------------------------------------------------------

static void write_keeps_the_bits_that_exist(void **state) {
    (void)state;
    for (unsigned cfg = 0; cfg < 256; ++cfg) {
        struct mmu_pmp pmp = pmp_of(8);
        set(&pmp, 2, (uint8_t)cfg, 0);
        bool reserved = (cfg & W) && !(cfg & R);
        assert_int_equal(pmp.cfg[2], (cfg & 0x9F) & ~(reserved ? W : 0u));
    }
    struct mmu_pmp wide = pmp_of(8);
    set(&wide, 0, 0, UINT64_MAX);
    assert_true(wide.addr[0] == (UINT64_C(1) << 54) - 1);
    struct mmu_arch arch = fixture_arch(mmu_mode_sv32(), 8);
    struct mmu_pmp narrow = mmu_pmp_reset(&arch);
    set(&narrow, 0, 0, UINT64_MAX);
    assert_true(narrow.addr[0] == UINT32_MAX);
}

static void write_of_one_register_leaves_the_other(void **state) {
    (void)state;
    struct mmu_pmp pmp = pmp_of(8);
    set(&pmp, 1, NA4 | R, 0x111);
    struct mmu_pmp_write write = {.index = 1, .write_cfg = true, .cfg = NA4 | X, .addr = 0x222};
    mmu_pmp_write(&pmp, &write);
    assert_true(pmp.cfg[1] == (NA4 | X) && pmp.addr[1] == 0x111);
    write = (struct mmu_pmp_write){.index = 1, .write_addr = true, .cfg = 0, .addr = 0x222};
    mmu_pmp_write(&pmp, &write);
    assert_true(pmp.cfg[1] == (NA4 | X) && pmp.addr[1] == 0x222);
    write = (struct mmu_pmp_write){.index = 1, .cfg = 0, .addr = 0x333};
    mmu_pmp_write(&pmp, &write);
    assert_true(pmp.cfg[1] == (NA4 | X) && pmp.addr[1] == 0x222);
}

static void write_beyond_the_last_entry_has_no_effect(void **state) {
    (void)state;
    static const uint8_t counts[3] = {0, 8, 16};
    for (unsigned k = 0; k < 3; ++k) {
        struct mmu_pmp pmp = pmp_of(counts[k]), before = pmp;
        for (uint8_t index = counts[k]; index < 16; ++index) set(&pmp, index, 0x9F, 0x1234);
        assert_memory_equal(&pmp, &before, sizeof pmp);
    }
}

static void locked_entry_keeps_both_registers(void **state) {
    (void)state;
    for (uint8_t mode = OFF; mode <= NAPOT; mode = (uint8_t)(mode + TOR)) {
        struct mmu_pmp pmp = pmp_of(8);
        set(&pmp, 4, (uint8_t)(L | mode | R), 0x777);
        set(&pmp, 4, NAPOT | X, 0x888);
        assert_int_equal(pmp.cfg[4], L | mode | R);
        assert_true(pmp.addr[4] == 0x777);
        set(&pmp, 5, NA4, 0x999);  // its neighbour above is free
        assert_true(pmp.cfg[5] == NA4 && pmp.addr[5] == 0x999);
    }
}

static void locked_tor_entry_locks_the_address_below_but_not_its_cfg(void **state) {
    (void)state;
    for (uint8_t mode = OFF; mode <= NAPOT; mode = (uint8_t)(mode + TOR)) {
        for (uint8_t lock = 0; lock <= 1; ++lock) {
            struct mmu_pmp pmp = pmp_of(8);
            set(&pmp, 3, OFF, 0x400);
            set(&pmp, 4, (uint8_t)((lock ? L : 0) | mode | R), 0x777);
            set(&pmp, 3, NA4 | X, 0x500);
            bool locked = lock && mode == TOR;
            assert_int_equal(pmp.cfg[3], NA4 | X);
            assert_true(pmp.addr[3] == (locked ? 0x400 : 0x500));
        }
    }
    struct mmu_pmp pmp = pmp_of(8);  // the last entry has none above it
    set(&pmp, 7, NA4, 0x123);
    assert_true(pmp.addr[7] == 0x123);
}

static void reset_clears_locks(void **state) {
    (void)state;
    struct mmu_pmp pmp = pmp_of(8);
    set(&pmp, 0, L | NAPOT, UINT64_MAX);
    assert_false(mmu_pmp_allows(&pmp, 0, 4, MMU_PMP_READ, MMU_PRIV_M));
    pmp = pmp_of(8);
    for (unsigned k = 0; k < MMU_PMP_ENTRIES; ++k) assert_true(pmp.cfg[k] == 0 && pmp.addr[k] == 0);
    assert_true(mmu_pmp_allows(&pmp, 0, 4, MMU_PMP_READ, MMU_PRIV_M));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pmp_of_random_entries_decides_as_the_specification_word_by_word),
        cmocka_unit_test(tor_begins_at_the_address_below_whatever_that_entry_is),
        cmocka_unit_test(tor_that_ends_before_it_begins_matches_nothing),
        cmocka_unit_test(tor_follows_a_later_write_of_the_address_below),
        cmocka_unit_test(na4_is_one_word),
        cmocka_unit_test(napot_doubles_with_each_trailing_one),
        cmocka_unit_test(access_of_8_bytes_over_a_boundary_is_denied_even_if_both_sides_allow),
        cmocka_unit_test(lowest_numbered_entry_decides),
        cmocka_unit_test(without_a_match_m_mode_alone_is_allowed),
        cmocka_unit_test(m_mode_obeys_locked_entries_only),
        cmocka_unit_test(write_keeps_the_bits_that_exist),
        cmocka_unit_test(write_of_one_register_leaves_the_other),
        cmocka_unit_test(write_beyond_the_last_entry_has_no_effect),
        cmocka_unit_test(locked_entry_keeps_both_registers),
        cmocka_unit_test(locked_tor_entry_locks_the_address_below_but_not_its_cfg),
        cmocka_unit_test(reset_clears_locks),
    };
    return cmocka_run_group_tests_name("unit.pmp", tests, NULL, NULL) == 0 ? 0 : 1;
}
