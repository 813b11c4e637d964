// SPDX-License-Identifier: Apache-2.0
// Demand paging with the page tables of each mode, and with fewer ASIDs than spaces.
#include "fixture.h"

struct mode {
    uint8_t mode;
    unsigned user_bits, bytes;
};

static const struct mode modes[] = {{MMU_SATP_MODE_SV32, 32, 4},
                                    {MMU_SATP_MODE_SV39, 38, 8},
                                    {MMU_SATP_MODE_SV48, 47, 8},
                                    {MMU_SATP_MODE_SV57, 56, 8}};
enum { MODES = sizeof modes / sizeof *modes, REFERENCES = 20000, PAGES = 40 };

static struct pager *create(const struct pager_config *config, struct sim_memory *memory) {
    struct pager *pager = NULL;
    struct sim_error error;
    if (pager_create(config, memory, &pager, &error)) fail_msg("%s", error.text);
    return pager;
}

static struct sim_memory *create_memory(void) {
    struct sim_memory *memory = NULL;
    struct sim_error error;
    assert_int_equal(sim_memory_create(SIM_TEST_BASE, 64 << 20, &memory, &error), SIM_OK);
    return memory;
}

static uint32_t create_space(struct pager *pager) {
    uint32_t space = 0;
    struct sim_error error;
    assert_int_equal(pager_space_create(pager, &space, &error), SIM_OK);
    return space;
}

static void reference(struct pager *pager, uint32_t space, uint64_t va, bool write) {
    bool major;
    struct sim_error error;
    if (pager_reference(pager, space, va, write, UINT64_MAX, &major, &error))
        fail_msg("%s", error.text);
}

// pager_touch proves each access: right frame, right version, right PTE.
static void pager_survives_random_references_in_every_mode(void **state) {
    (void)state;
    for (unsigned m = 0; m < MODES; m++) {
        uint64_t random = sim_test_seed() + m;
        struct sim_memory *memory = create_memory();
        struct pager_config config = {.frames = 16,
                                      .swap_slots = 4 * PAGES,
                                      .adue = m % 2,
                                      .mode = modes[m].mode,
                                      .asid_bits = 9};
        struct pager *pager = create(&config, memory);
        uint32_t spaces[2] = {create_space(pager), create_space(pager)};
        for (unsigned i = 0; i < REFERENCES; i++) {
            uint64_t page = sim_test_random(&random) % PAGES;
            // The first and the last pages of the range, and some in between.
            uint64_t va = page % 3 == 0   ? page << 12
                          : page % 3 == 1 ? (UINT64_C(1) << modes[m].user_bits) - ((page + 1) << 12)
                                          : page * 0x9E3779B97F4A7C15u >> (64 - modes[m].user_bits);
            reference(pager, spaces[i % 2], va & ~UINT64_C(7), sim_test_random(&random) % 2);
        }
        assert_true(pager_counts(pager)->swap_reads > 1000);
        pager_destroy(pager);
        sim_memory_destroy(memory);
    }
}

static void pager_refuses_addresses_beyond_the_mode_s_range(void **state) {
    (void)state;
    for (unsigned m = 0; m < MODES; m++) {
        struct sim_memory *memory = create_memory();
        struct pager_config config = {.frames = 4, .swap_slots = 4, .mode = modes[m].mode};
        struct pager *pager = create(&config, memory);
        uint32_t space = create_space(pager);
        uint64_t end = UINT64_C(1) << modes[m].user_bits;
        struct sim_error error;
        bool major;
        assert_int_equal(pager_mode_user_bits(modes[m].mode), modes[m].user_bits);
        reference(pager, space, end - 8, true);
        assert_int_equal(pager_reference(pager, space, end, true, 0, &major, &error),
                         SIM_ERROR_USAGE);
        pager_destroy(pager);
        sim_memory_destroy(memory);
    }
}

static void pager_satp_has_mode_asid_and_root_of_its_xlen(void **state) {
    (void)state;
    for (unsigned m = 0; m < MODES; m++) {
        struct sim_memory *memory = create_memory();
        struct pager_config config = {
            .frames = 4, .swap_slots = 4, .mode = modes[m].mode, .asid_bits = 2};
        struct pager *pager = create(&config, memory);
        for (uint32_t k = 0; k < 6; k++) {
            uint32_t space = create_space(pager);
            uint64_t asid = (space + 1) % 4, satp = pager_space_satp(pager, space);
            uint64_t root = (SIM_TEST_BASE >> 12) + space;
            assert_int_equal(pager_space_asid(pager, space), asid);
            if (modes[m].bytes == 4) {
                assert_int_equal(satp, UINT64_C(1) << 31 | asid << 22 | root);
            } else {
                assert_int_equal(satp, (uint64_t)modes[m].mode << 60 | asid << 44 | root);
            }
        }
        assert_int_equal(pager_asids(pager), 4);
        pager_destroy(pager);
        sim_memory_destroy(memory);
    }
}

static void pager_refuses_what_the_mode_cannot_hold(void **state) {
    (void)state;
    static const struct pager_config wrong[] = {
        {.frames = 4, .mode = 7},
        {.frames = 4, .mode = MMU_SATP_MODE_SV32, .asid_bits = 10},
        {.frames = 4, .mode = MMU_SATP_MODE_SV39, .asid_bits = 17},
        {.frames = 4, .mode = MMU_SATP_MODE_SV32, .swap_slots = 1 << 22}};
    struct sim_memory *memory = create_memory();
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct pager *pager = NULL;
        struct sim_error error = {""};
        assert_int_equal(pager_create(&wrong[i], memory, &pager, &error), SIM_ERROR_USAGE);
        assert_true(error.text[0] != '\0');
    }
    sim_memory_destroy(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pager_survives_random_references_in_every_mode),
        cmocka_unit_test(pager_refuses_addresses_beyond_the_mode_s_range),
        cmocka_unit_test(pager_satp_has_mode_asid_and_root_of_its_xlen),
        cmocka_unit_test(pager_refuses_what_the_mode_cannot_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
