// SPDX-License-Identifier: Apache-2.0
// Page tables in simulated memory: paths, the pool, damage.
#include "fixture.h"

#define POOL_PAGES 8u
#define MOST_POOL_PAGES 9u  // two paths of Sv57

struct tables {
    struct sim_memory *memory;
    struct space_pool *pool;
    struct space *space;
    uint64_t pages;  // of the pool
};

static void tables_open_mode(struct tables *tables, unsigned mode, uint64_t pages) {
    struct sim_error error;
    const struct space_shape *shape = space_shape_of(mode);
    assert_non_null(shape);
    assert_int_equal(sim_memory_create(SIM_TEST_BASE, 1 << 20, &tables->memory, &error), SIM_OK);
    tables->pool = space_pool_create(tables->memory, shape, SIM_TEST_BASE, pages);
    tables->pages = pages;
    assert_int_equal(space_create(tables->pool, &tables->space), SPACE_OK);
}

static void tables_open(struct tables *tables) {
    tables_open_mode(tables, MMU_SATP_MODE_SV39, POOL_PAGES);
}

static void tables_close(struct tables *tables) {
    space_destroy(tables->space);
    assert_int_equal(space_pool_free(tables->pool), tables->pages);
    space_pool_destroy(tables->pool);
    assert_int_equal(sim_memory_resident_bytes(tables->memory), 0);
    sim_memory_destroy(tables->memory);
}

// The walk of the specification, done by hand.
static uint64_t walked(const struct tables *tables, unsigned levels, unsigned vpn_bits,
                       unsigned bytes, uint64_t vpn) {
    uint64_t table = space_root(tables->space);
    for (unsigned level = levels - 1;; level--) {
        uint64_t pa = table + (vpn >> vpn_bits * level & ((1u << vpn_bits) - 1)) * bytes;
        uint64_t pte;
        if (level == 0) return pa;
        assert_true(sim_memory_read(tables->memory, pa, bytes, &pte));
        assert_int_equal(pte & 0x3FF, MMU_PTE_V);
        table = pte >> 10 << 12;
    }
}

static void space_pte_lies_where_the_walk_of_sv39_ends(void **state) {
    (void)state;
    struct tables tables;
    tables_open(&tables);
    const uint64_t vpns[] = {0, 511, 512, (1 << 18) - 1, (1 << 26) - 1};
    for (unsigned i = 0; i < 5; i++) {
        uint64_t pte_pa;
        assert_int_equal(space_pte_make(tables.space, vpns[i], &pte_pa), SPACE_OK);
        assert_int_equal(pte_pa, walked(&tables, 3, 9, 8, vpns[i]));
        assert_int_equal(space_pte_find(tables.space, vpns[i]), pte_pa);
    }
    // root; two of level 1; level 0 for {0, 511}, 512, 2^18 - 1, 2^26 - 1
    assert_int_equal(space_pool_free(tables.pool), POOL_PAGES - 7);
    tables_close(&tables);
}

static void space_pte_lies_where_the_walk_of_every_mode_ends(void **state) {
    (void)state;
    static const struct {
        unsigned mode, levels, vpn_bits, bytes;
    } modes[] = {{MMU_SATP_MODE_SV32, 2, 10, 4},
                 {MMU_SATP_MODE_SV39, 3, 9, 8},
                 {MMU_SATP_MODE_SV48, 4, 9, 8},
                 {MMU_SATP_MODE_SV57, 5, 9, 8}};
    for (unsigned m = 0; m < 4; m++) {
        struct tables tables;
        tables_open_mode(&tables, modes[m].mode, MOST_POOL_PAGES);
        uint64_t pages = UINT64_C(1) << (space_shape_of(modes[m].mode)->user_bits - 12);
        const uint64_t vpns[] = {0, pages - 1, 1};
        for (unsigned i = 0; i < 3; i++) {
            uint64_t pte_pa;
            assert_int_equal(space_pte_make(tables.space, vpns[i], &pte_pa), SPACE_OK);
            assert_int_equal(pte_pa, walked(&tables, modes[m].levels, modes[m].vpn_bits,
                                            modes[m].bytes, vpns[i]));
            assert_int_equal(space_pte_find(tables.space, vpns[i]), pte_pa);
            assert_true(sim_memory_write(tables.memory, pte_pa, modes[m].bytes, 7));
        }
        tables_close(&tables);
    }
    assert_null(space_shape_of(MMU_SATP_MODE_BARE));
    assert_null(space_shape_of(7));
}

static void space_path_that_is_missing_is_not_found(void **state) {
    (void)state;
    struct tables tables;
    tables_open(&tables);
    uint64_t pte_pa;
    assert_int_equal(space_pte_find(tables.space, 5), SPACE_NO_PTE);
    assert_int_equal(space_pte_make(tables.space, 5, &pte_pa), SPACE_OK);
    assert_int_equal(space_pte_find(tables.space, 6), pte_pa + 8);
    assert_int_equal(space_pte_find(tables.space, 512), SPACE_NO_PTE);
    assert_int_equal(space_pte_find(tables.space, 1 << 18), SPACE_NO_PTE);
    tables_close(&tables);
}

static void space_takes_all_tables_of_a_path_or_none(void **state) {
    (void)state;
    struct tables tables;
    tables_open(&tables);
    uint64_t pte_pa;
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(space_pte_make(tables.space, i << 18, &pte_pa),
                         SPACE_OK);  // two tables each
    }
    assert_int_equal(space_pool_free(tables.pool), 1);
    assert_int_equal(space_pte_make(tables.space, 3 << 18, &pte_pa), SPACE_NO_TABLES);
    assert_int_equal(space_pool_free(tables.pool), 1);
    assert_int_equal(space_pte_find(tables.space, 3 << 18), SPACE_NO_PTE);
    assert_int_equal(space_pte_make(tables.space, 512, &pte_pa), SPACE_OK);  // one is enough
    struct space *second;
    assert_int_equal(space_create(tables.pool, &second), SPACE_NO_TABLES);
    tables_close(&tables);
}

static void space_that_ends_gives_its_tables_to_the_next_one_zeroed(void **state) {
    (void)state;
    struct tables tables;
    tables_open(&tables);
    for (unsigned round = 0; round < 100; round++) {
        struct space *space;
        uint64_t pte_pa, pte;
        assert_int_equal(space_create(tables.pool, &space), SPACE_OK);
        assert_int_equal(space_pte_make(space, round, &pte_pa), SPACE_OK);
        assert_true(sim_memory_read(tables.memory, pte_pa, 8, &pte));
        assert_int_equal(pte, 0);
        for (uint64_t at = pte_pa & ~UINT64_C(4095); at % 4096 || at < pte_pa; at += 8) {
            assert_true(sim_memory_write(tables.memory, at, 8, UINT64_MAX));
        }
        assert_true(sim_memory_write(tables.memory, pte_pa, 8, UINT64_MAX));
        space_destroy(space);
        assert_int_equal(space_pool_free(tables.pool), POOL_PAGES - 1);
    }
    tables_close(&tables);
}

static void space_with_a_damaged_pointer_says_so_and_is_freed_whole(void **state) {
    (void)state;
    const uint64_t damages[] = {
        UINT64_MAX,                                               // reserved bits
        (SIM_TEST_BASE >> 12 << 10) | 0xF,                        // a leaf
        (SIM_TEST_BASE + (UINT64_C(100) << 12)) >> 12 << 10 | 1,  // outside the pool
        (SIM_TEST_BASE >> 12 << 10) | MMU_PTE_V | MMU_PTE_A};
    for (unsigned i = 0; i < 4; i++) {
        struct tables tables;
        uint64_t pte_pa;
        tables_open(&tables);
        assert_int_equal(space_pte_make(tables.space, 3, &pte_pa), SPACE_OK);
        assert_true(sim_memory_write(tables.memory, space_root(tables.space), 8, damages[i]));
        assert_int_equal(space_pte_find(tables.space, 3), SPACE_NO_PTE);
        assert_int_equal(space_pte_make(tables.space, 3, &pte_pa), SPACE_DAMAGED);
        tables_close(&tables);
    }
}

static void space_root_is_zero_whatever_lay_in_memory(void **state) {
    (void)state;
    struct tables tables;
    struct space *space;
    tables_open(&tables);
    assert_true(sim_memory_write(tables.memory, SIM_TEST_BASE + 4096, 8, UINT64_MAX));
    assert_int_equal(space_create(tables.pool, &space), SPACE_OK);
    uint64_t pte;
    assert_int_equal(space_root(space), SIM_TEST_BASE + 4096);
    assert_true(sim_memory_read(tables.memory, SIM_TEST_BASE + 4096, 8, &pte));
    assert_int_equal(pte, 0);
    space_destroy(space);
    tables_close(&tables);
}

static void space_count(void *user, uint64_t vpn, uint64_t pte_pa, uint64_t pte) {
    uint64_t *sum = user;
    (void)pte_pa;
    assert_int_equal(pte, vpn + 1);
    *sum += vpn;
}

static void space_walk_meets_every_pte_once(void **state) {
    (void)state;
    struct tables tables;
    tables_open(&tables);
    const uint64_t vpns[] = {1, 700, (1 << 26) - 1};
    uint64_t sum = 0;
    for (unsigned i = 0; i < 3; i++) {
        uint64_t pte_pa;
        assert_int_equal(space_pte_make(tables.space, vpns[i], &pte_pa), SPACE_OK);
        assert_true(sim_memory_write(tables.memory, pte_pa, 8, vpns[i] + 1));
    }
    space_walk(tables.space, space_count, &sum);
    assert_int_equal(sum, vpns[0] + vpns[1] + vpns[2]);
    tables_close(&tables);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(space_pte_lies_where_the_walk_of_sv39_ends),
        cmocka_unit_test(space_pte_lies_where_the_walk_of_every_mode_ends),
        cmocka_unit_test(space_path_that_is_missing_is_not_found),
        cmocka_unit_test(space_takes_all_tables_of_a_path_or_none),
        cmocka_unit_test(space_that_ends_gives_its_tables_to_the_next_one_zeroed),
        cmocka_unit_test(space_with_a_damaged_pointer_says_so_and_is_freed_whole),
        cmocka_unit_test(space_root_is_zero_whatever_lay_in_memory),
        cmocka_unit_test(space_walk_meets_every_pte_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
