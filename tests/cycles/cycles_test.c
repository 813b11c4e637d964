// SPDX-License-Identifier: Apache-2.0
// The cycle model's client: what a handful of references costs, by docs/microarchitecture.md, and
// that runs of hits taken at once count as the same cycles one by one through the bench.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/cycles.h"
#include "fake_dut.h"
#include "sim/cycles_lockstep.h"

static uint64_t seed(void) {
    const char *text = getenv("TANDEM_SEED");
    return text ? strtoull(text, NULL, 0) : 1;
}

static uint64_t draw(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static struct cycles *create(const struct cycles_config *config, bool bench) {
    struct cycles *cycles = NULL;
    struct sim_error error;
    enum sim_status status = bench ? cycles_create_lockstep(config, NULL, NULL, &cycles, &error)
                                   : cycles_create(config, &cycles, &error);
    assert_int_equal(status, SIM_OK);
    return cycles;
}

static struct cycles_counts run(const struct cycles_config *config, bool bench, bool mapped,
                                const struct mmu_request *requests, size_t count) {
    struct cycles *cycles = create(config, bench);
    struct cycles_counts counts;
    struct sim_error error;
    for (size_t k = 0; mapped && k < count; k++)
        assert_int_equal(cycles_map(cycles, requests[k].va, &error), SIM_OK);
    assert_int_equal(cycles_feed(cycles, requests, count, &error), SIM_OK);
    assert_int_equal(cycles_drain(cycles, &error), SIM_OK);
    cycles_read(cycles, &counts);
    cycles_destroy(cycles);
    return counts;
}

static const struct mmu_request same_page[] = {{.va = 0x1000, .access = MMU_LOAD},
                                               {.va = 0x1008, .access = MMU_STORE},
                                               {.va = 0x1010, .access = MMU_LOAD}};

// One walk of three reads, 3(1 + 20) + 1 cycles; the two behind it wait for it: one in the port's
// miss register, answered in RESOLVE, then one as a hit.
static void a_first_touch_costs_one_walk_and_its_neighbours_wait(void **state) {
    (void)state;
    struct cycles_config config = cycles_config_default();
    struct cycles_counts counts = run(&config, false, true, same_page, 1);
    assert_int_equal(counts.latency_sum[MMU_PORT_DATA], 3 * (1 + 20) + 1);
    assert_int_equal(counts.counters[MMU_COUNT_WALKS], 1);
    counts = run(&config, false, true, same_page, 3);
    assert_int_equal(counts.references, 3);
    assert_int_equal(counts.counters[MMU_COUNT_WALKS], 1);
    assert_int_equal(counts.counters[MMU_COUNT_MERGES], 1);
    assert_int_equal(counts.counters[MMU_COUNT_HITS], 1);
}

// The root's PTE of an empty table is read, then the page fault; the page is mapped, the walk made.
static void a_page_that_is_not_mapped_faults_once(void **state) {
    (void)state;
    struct cycles_config config = cycles_config_default();
    config.fault_cycles = 5000;
    struct cycles_counts counts = run(&config, false, false, same_page, 1);
    assert_int_equal(counts.faults, 1);
    assert_int_equal(counts.fault_cycles, 5000);
    assert_int_equal(counts.references, 1);
    assert_int_equal(counts.counters[MMU_COUNT_PTE_READS], 1 + 3);
    assert_int_equal(counts.latency_sum[MMU_PORT_DATA], 3 * (1 + 20) + 1);
}

static void superpages_and_napot_pages_are_mapped_as_such(void **state) {
    (void)state;
    static const unsigned bits[] = {12, 16, 21, 30}, reads[] = {3, 3, 2, 1};
    for (unsigned k = 0; k < 4; k++) {
        struct cycles_config config = cycles_config_default();
        struct mmu_request two[] = {{.va = 0, .access = MMU_LOAD}, {.access = MMU_LOAD}};
        config.page_bits = bits[k];
        two[1].va = (UINT64_C(1) << bits[k]) - 8;  // the page's end
        struct cycles_counts counts = run(&config, false, true, two, 2);
        assert_int_equal(counts.faults, 0);
        assert_true(counts.counters[MMU_COUNT_PTE_READS] >= reads[k]);
        two[1].va += 8;  // the next page
        counts = run(&config, false, true, two, 2);
        assert_int_equal(counts.counters[MMU_COUNT_PTE_READS], 2 * reads[k]);
    }
}

// References that stay on a page for a while, on few pages for longer, and sometimes go far.
static void make_stream(struct mmu_request *requests, size_t count, uint64_t *random) {
    uint64_t recent[8] = {0};
    for (size_t k = 0; k < count; k++) {
        uint64_t r = draw(random), slot = r >> 8 & 7;
        if (r % 32 == 0) recent[slot] = (r >> 16) % 64;
        if (r % 512 == 1) recent[slot] = (r >> 16) % 4096;
        requests[k] = (struct mmu_request){.va = recent[slot] << 12 | (r >> 40 & 0xFF8),
                                           .access = r >> 60 < 9    ? MMU_FETCH
                                                     : r >> 60 < 13 ? MMU_LOAD
                                                                    : MMU_STORE,
                                           .size = 3};
    }
}

static struct cycles_config draw_config(uint64_t *random) {
    struct cycles_config config = cycles_config_default();
    uint64_t r = draw(random);
    struct mmu_tlb_config tlb = {1u << (r & 5), 1, (uint8_t)(r >> 4 & 3)};
    tlb.ways = tlb.entries;
    config.mmu.tlb[0] = config.mmu.tlb[1] = tlb;
    if (r >> 8 & 1) config.mmu.l2 = (struct mmu_l2_config){64, 4, (uint8_t)(r >> 9 & 3)};
    config.mmu.prefetch = (r >> 8 & 1) && (r >> 12 & 1);
    config.mmu.pwc_entries = (uint32_t)(r >> 16 & 3);
    config.mmu.walks = 1 + (uint32_t)(r >> 20 & 7);
    config.outstanding = 1 + (unsigned)(r >> 24 & 7);
    config.grant = 1 + (uint32_t)(r >> 28 & 1);
    config.data = 1 + (uint32_t)(r >> 32 & 15);
    config.page_bits = r >> 40 & 1 ? 12 : 21;
    return config;
}

static void assert_same(const struct cycles_counts *a, const struct cycles_counts *b) {
    assert_int_equal(a->references, b->references);
    assert_int_equal(a->cycles, b->cycles);
    assert_int_equal(a->faults, b->faults);
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        assert_int_equal(a->latency_sum[p], b->latency_sum[p]);
        assert_int_equal(a->answers[p], b->answers[p]);
    }
    for (unsigned c = 0; c < MMU_COUNTERS; c++) assert_int_equal(a->counters[c], b->counters[c]);
}

static void runs_of_hits_count_as_the_same_cycles_one_by_one(void **state) {
    (void)state;
    enum { COUNT = 6000, ROUNDS = 40 };
    static struct mmu_request requests[COUNT];
    uint64_t random = seed();
    print_message("seed %llu\n", (unsigned long long)random);
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct cycles_config config = draw_config(&random);
        bool mapped = draw(&random) & 1;
        make_stream(requests, COUNT, &random);
        struct cycles_counts fast = run(&config, false, mapped, requests, COUNT);
        struct cycles_counts slow = run(&config, true, mapped, requests, COUNT);
        assert_same(&fast, &slow);
        assert_int_equal(fast.references, COUNT);
    }
}

// As the fake can be: without a second level, one walk.
static struct cycles *before_a_unit(enum fake_fault fault, struct dut **dut) {
    struct cycles_config config = cycles_config_default();
    struct cycles *cycles = NULL;
    struct sim_error error;
    *dut = fake_dut_create(&config.mmu, fault);
    assert_non_null(*dut);
    assert_int_equal(cycles_create_lockstep(&config, fake_dut_ops(), *dut, &cycles, &error),
                     SIM_OK);
    for (size_t k = 0; k < sizeof same_page / sizeof *same_page; k++)
        assert_int_equal(cycles_map(cycles, same_page[k].va, &error), SIM_OK);
    assert_int_equal(cycles_feed(cycles, same_page, 3, &error), SIM_OK);
    return cycles;
}

// In no more cycles than a walk takes; what is read is what the unit counted.
static void wrong_counter_is_found_when_all_is_answered(void **state) {
    (void)state;
    static const struct {
        unsigned counter;
        const char *name;
        uint64_t right;
    } rows[] = {{MMU_COUNT_MISSES, "counter data_misses", 2},
                {MMU_COUNT_PTE_READS, "counter pte_reads", 3}};
    for (unsigned k = 0; k < 2; k++)
        for (unsigned wrong = 0; wrong < 2; wrong++) {
            struct dut *dut;
            struct cycles *cycles = before_a_unit(
                wrong ? (enum fake_fault)(FAKE_COUNTER + rows[k].counter) : FAKE_RIGHT, &dut);
            struct cycles_counts counts;
            struct sim_error error = {""};
            enum sim_status status = cycles_drain(cycles, &error);
            cycles_read(cycles, &counts);
            assert_int_equal(status, wrong ? SIM_ERROR_FORMAT : SIM_OK);
            assert_true(!wrong || strstr(error.text, rows[k].name));
            assert_int_equal(counts.counters[rows[k].counter], wrong ? 0 : rows[k].right);
            cycles_destroy(cycles);
            fake_dut_ops()->destroy(dut);
        }
}

static void illegal_configurations_are_refused_with_a_sentence(void **state) {
    (void)state;
    struct cycles_config config = cycles_config_default();
    config.page_bits = 13;
    assert_non_null(cycles_config_check(&config));
    config = cycles_config_default();
    config.outstanding = 0;
    assert_non_null(cycles_config_check(&config));
    config = cycles_config_default();
    config.satp_mode = MMU_SATP_MODE_BARE;
    assert_non_null(cycles_config_check(&config));
    config = cycles_config_default();
    config.mmu.prefetch = true;  // needs a second level
    assert_non_null(cycles_config_check(&config));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_touch_costs_one_walk_and_its_neighbours_wait),
        cmocka_unit_test(a_page_that_is_not_mapped_faults_once),
        cmocka_unit_test(superpages_and_napot_pages_are_mapped_as_such),
        cmocka_unit_test(runs_of_hits_count_as_the_same_cycles_one_by_one),
        cmocka_unit_test(wrong_counter_is_found_when_all_is_answered),
        cmocka_unit_test(illegal_configurations_are_refused_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
