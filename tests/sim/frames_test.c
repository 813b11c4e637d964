// SPDX-License-Identifier: Apache-2.0
// The simulator of page frames against a second one that searches: every count of it. What fences
// after clearing A change. What is refused.
#include "frames_naive.h"

#define FRAMES_MOST 16u
#define REFERENCES 8000u

static void references_make(struct frames_reference *references, unsigned count, uint64_t *random) {
    for (unsigned i = 0; i < count; i++) {
        uint64_t draw = sim_test_random(random);
        references[i] =
            (struct frames_reference){.vpn = draw / 64 % NAIVE_PAGES,
                                      .process = (uint32_t)(draw / 16 % NAIVE_PROCESSES),
                                      .write = draw / 8 % 4 == 0};
        if (i > 8 && draw % 4) {
            uint32_t write = references[i].write;
            references[i] = references[i - 1 - draw / 4096 % 8];
            references[i].write = write;
        }
    }
}

static void assert_same(const struct frames_counts *found, const struct frames_counts *expected) {
    assert_int_equal(found->references, expected->references);
    assert_int_equal(found->writes, expected->writes);
    assert_int_equal(found->faults, expected->faults);
    assert_int_equal(found->cold_faults, expected->cold_faults);
    assert_int_equal(found->evictions, expected->evictions);
    assert_int_equal(found->write_backs, expected->write_backs);
    assert_int_equal(found->swap_reads, expected->swap_reads);
    assert_int_equal(found->searches, expected->searches);
    assert_int_equal(found->ptes_scanned, expected->ptes_scanned);
    assert_int_equal(found->accessed_found, expected->accessed_found);
    assert_int_equal(found->scan_fences, expected->scan_fences);
    assert_int_equal(found->unmap_fences, expected->unmap_fences);
    assert_int_equal(found->tlb_misses, expected->tlb_misses);
    assert_int_equal(found->dirty_walks, expected->dirty_walks);
    assert_int_equal(found->hidden_accesses, expected->hidden_accesses);
    assert_memory_equal(found, expected, sizeof *found);
}

static struct frames *frames_open(const struct frames_config *config) {
    struct frames *frames;
    struct sim_error error;
    if (frames_create(config, &frames, &error)) fail_msg("%s", error.text);
    return frames;
}

static void compare(const struct frames_config *config, const struct frames_reference *references) {
    struct sim_error error;
    struct frames_naive naive = {.config = *config};
    struct frames *frames = frames_open(config);
    for (unsigned i = 0; i < REFERENCES; i++) frames_naive_reference(&naive, &references[i]);
    // In parts: where they end makes no difference.
    assert_int_equal(frames_feed(frames, references, NULL, 1, &error), SIM_OK);
    assert_int_equal(frames_feed(frames, references + 1, NULL, REFERENCES - 1, &error), SIM_OK);
    assert_same(frames_counts(frames), &naive.counts);
    frames_destroy(frames);
}

static void frames_counts_equal_those_of_a_simulator_that_searches(void **state) {
    (void)state;
    static struct frames_reference references[REFERENCES];
    const uint32_t tlbs[][2] = {{0, 1}, {1, 1}, {4, 4}, {8, 2}, {16, 1}, {64, 64}};
    uint64_t random = sim_test_seed();
    references_make(references, REFERENCES, &random);
    struct frames_config config = frames_config_default();
    for (unsigned run = 0; run < 2 * 3 * 6; run++) {
        config.policy = run % 2 ? POLICY_CLOCK_BITS : POLICY_FIFO;
        config.fence = run / 2 % 3;
        config.tlb_entries = tlbs[run / 6][0];
        config.tlb_ways = tlbs[run / 6][1];
        for (config.frames = 1; config.frames <= FRAMES_MOST; config.frames++) {
            compare(&config, references);
        }
    }
}

static struct frames_counts counts_of(unsigned policy, unsigned fence, uint32_t tlb,
                                      const struct frames_reference *references) {
    struct sim_error error;
    struct frames_config config = frames_config_default();
    config.policy = policy;
    config.frames = 12;
    config.tlb_entries = config.tlb_ways = tlb;
    config.scan_interval = 50;
    config.fence = fence;
    config.parameters.wsclock_window = 30;
    struct frames *frames = frames_open(&config);
    assert_int_equal(frames_feed(frames, references, NULL, REFERENCES, &error), SIM_OK);
    struct frames_counts counts = *frames_counts(frames);
    frames_destroy(frames);
    return counts;
}

// With fences a policy sees every page that was referenced since it looked: as if there were no
// TLB, whose misses are all that differs.
static void frames_with_fences_the_tlb_changes_no_fault(void **state) {
    (void)state;
    static struct frames_reference references[REFERENCES];
    const unsigned policies[] = {POLICY_CLOCK_BITS, POLICY_AGING, POLICY_WSCLOCK};
    uint64_t random = sim_test_seed();
    references_make(references, REFERENCES, &random);
    for (unsigned i = 0; i < 3; i++) {
        struct frames_counts bare = counts_of(policies[i], FRAMES_FENCE_PAGE, 0, references);
        for (unsigned fence = FRAMES_FENCE_PAGE; fence <= FRAMES_FENCE_ALL; fence++) {
            struct frames_counts counts = counts_of(policies[i], fence, 8, references);
            assert_int_equal(counts.faults, bare.faults);
            assert_int_equal(counts.write_backs, bare.write_backs);
            assert_int_equal(counts.ptes_scanned, bare.ptes_scanned);
            assert_int_equal(counts.accessed_found, bare.accessed_found);
            assert_int_equal(counts.hidden_accesses, 0);
            assert_true(counts.tlb_misses < bare.tlb_misses);
        }
    }
}

// A TLB as large as memory, no fences and no stores (which walk once for D): A is set when the page
// comes, and never again. CLOCK is FIFO then.
static void frames_clock_on_bits_is_fifo_when_the_tlb_hides_everything(void **state) {
    (void)state;
    static struct frames_reference references[REFERENCES];
    uint64_t random = sim_test_seed();
    references_make(references, REFERENCES, &random);
    for (unsigned i = 0; i < REFERENCES; i++) references[i].write = 0;
    struct frames_counts clock = counts_of(POLICY_CLOCK_BITS, FRAMES_FENCE_NONE, 12, references);
    struct frames_counts fifo = counts_of(POLICY_FIFO, FRAMES_FENCE_NONE, 12, references);
    assert_int_equal(clock.faults, fifo.faults);
    assert_int_equal(clock.tlb_misses, clock.faults);
    assert_true(clock.hidden_accesses > 0);
    struct frames_counts seen = counts_of(POLICY_CLOCK_BITS, FRAMES_FENCE_PAGE, 12, references);
    assert_true(seen.faults != fifo.faults);
}

// Two pages, in a TLB that holds both, are referenced again and again while the timer ticks.
static struct frames_counts ticks(unsigned fence) {
    struct sim_error error;
    struct frames_config config = frames_config_default();
    config.policy = POLICY_AGING;
    config.frames = 4;
    config.tlb_entries = config.tlb_ways = 4;
    config.scan_interval = 10;
    config.fence = fence;
    struct frames *frames = frames_open(&config);
    for (unsigned i = 0; i < 100; i++) {
        struct frames_reference reference = {.vpn = i % 2};
        assert_int_equal(frames_feed(frames, &reference, NULL, 1, &error), SIM_OK);
    }
    struct frames_counts counts = *frames_counts(frames);
    frames_destroy(frames);
    return counts;
}

static void frames_without_fences_a_page_in_the_tlb_is_never_seen_again(void **state) {
    (void)state;
    struct frames_counts counts = ticks(FRAMES_FENCE_NONE);
    assert_int_equal(counts.scans, 9);  // before references 10, 20, ... 90
    assert_int_equal(counts.ptes_scanned, 18);
    assert_int_equal(counts.accessed_found, 2);  // at the first tick
    assert_int_equal(counts.scan_fences, 0);
    assert_int_equal(counts.tlb_misses, 2);
    assert_int_equal(counts.hidden_accesses, 90);  // all since then
}

static void frames_with_a_fence_per_page_every_tick_sees_and_the_tlb_misses_again(void **state) {
    (void)state;
    struct frames_counts counts = ticks(FRAMES_FENCE_PAGE);
    assert_int_equal(counts.accessed_found, 18);
    assert_int_equal(counts.scan_fences, 18);
    assert_int_equal(counts.tlb_misses, 20);
    assert_int_equal(counts.hidden_accesses, 0);
}

static void frames_with_one_fence_per_tick_every_tick_sees_as_much(void **state) {
    (void)state;
    struct frames_counts counts = ticks(FRAMES_FENCE_ALL);
    assert_int_equal(counts.accessed_found, 18);
    assert_int_equal(counts.scan_fences, 9);
    assert_int_equal(counts.tlb_misses, 20);
    assert_int_equal(counts.hidden_accesses, 0);
}

static void frames_cleaned_page_is_dirty_again_after_the_next_store(void **state) {
    (void)state;
    struct sim_error error;
    struct frames_config config = frames_config_default();
    config.policy = POLICY_WSCLOCK;
    config.frames = 2;
    config.tlb_entries = config.tlb_ways = 4;
    config.parameters.wsclock_window = 2;
    struct frames *frames = frames_open(&config);
    // Page 0 is written, then 1 and 2 come and go: 0 grows old, is cleaned, and goes when found so.
    const struct frames_reference references[] = {{.vpn = 0, .write = 1},
                                                  {.vpn = 1},
                                                  {.vpn = 1},
                                                  {.vpn = 2},
                                                  {.vpn = 2},
                                                  {.vpn = 2},
                                                  {.vpn = 3},
                                                  {.vpn = 3},
                                                  {.vpn = 3},
                                                  {.vpn = 4},
                                                  {.vpn = 4},
                                                  {.vpn = 0, .write = 1}};
    for (unsigned i = 0; i < 12; i++) {
        assert_int_equal(frames_feed(frames, &references[i], NULL, 1, &error), SIM_OK);
    }
    const struct frames_counts *counts = frames_counts(frames);
    assert_int_equal(counts->write_backs, 1);
    assert_int_equal(counts->faults, 6);
    assert_int_equal(counts->cold_faults, 5);
    assert_int_equal(counts->swap_reads, 1);  // page 0, with what was written
    frames_destroy(frames);
}

static void frames_cycles_are_counts_times_costs(void **state) {
    (void)state;
    const struct frames_counts counts = {.references = 1000,
                                         .faults = 20,
                                         .write_backs = 3,
                                         .swap_reads = 5,
                                         .ptes_scanned = 40,
                                         .scan_fences = 6,
                                         .unmap_fences = 7,
                                         .tlb_misses = 100,
                                         .dirty_walks = 8};
    const struct frames_costs costs = {1, 10, 100, 1000, 2000, 2, 3};
    uint64_t cycles = 1000 + 108 * 10 + 20 * 100 + 5 * 1000 + 3 * 2000 + 40 * 2 + 13 * 3;
    assert_int_equal(frames_cycles(&counts, &costs), cycles);
    assert_true(frames_effective_access(&counts, &costs) == (double)cycles / 1000);
    assert_true(frames_effective_access(&(struct frames_counts){0}, &costs) == 0);
    assert_true(frames_distance(&counts, &(struct frames_counts){.faults = 16}) == 0.25);
    assert_true(frames_distance(&counts, &(struct frames_counts){0}) == 0);
}

static void refused(struct frames_config config, const char *text) {
    struct frames *frames;
    struct sim_error error = {""};
    assert_int_equal(frames_create(&config, &frames, &error), SIM_ERROR_USAGE);
    sim_test_contains(&error, text);
}

static void frames_configurations_that_mean_nothing_are_refused(void **state) {
    (void)state;
    struct frames_config config = frames_config_default();
    config.frames = 0;
    refused(config, "0 frames");
    config = frames_config_default();
    config.policy = POLICIES;
    refused(config, "no replacement policy");
    config = frames_config_default();
    config.tlb_entries = 10;
    config.tlb_ways = 4;
    refused(config, "10 entries cannot have 4 ways");
    config.tlb_ways = 0;
    refused(config, "10 entries cannot have 0 ways");
    config = frames_config_default();
    config.fence = FRAMES_FENCES;
    refused(config, "no kind of fence");
    config = frames_config_default();
    config.parameters.aging_bits = 17;
    refused(config, "aging has 1 to 16 bits");
}

static void frames_references_out_of_range_are_refused_and_not_counted(void **state) {
    (void)state;
    struct sim_error error = {""};
    struct frames_config config = frames_config_default();
    struct frames *frames = frames_open(&config);
    const struct frames_reference references[] = {
        {.vpn = 1}, {.vpn = UINT64_C(1) << 46}, {.vpn = 2, .process = 1u << 18}};
    assert_int_equal(frames_feed(frames, references, NULL, 2, &error), SIM_ERROR_USAGE);
    sim_test_contains(&error, "page 0x400000000000 is beyond");
    assert_int_equal(frames_feed(frames, references + 2, NULL, 1, &error), SIM_ERROR_USAGE);
    sim_test_contains(&error, "process 262144");
    assert_int_equal(frames_counts(frames)->references, 1);
    frames_destroy(frames);
    config.policy = POLICY_OPT;
    frames = frames_open(&config);
    assert_int_equal(frames_feed(frames, references, NULL, 1, &error), SIM_ERROR_USAGE);
    sim_test_contains(&error, "opt needs the next uses");
    frames_destroy(frames);
    frames_destroy(NULL);
}

static void frames_of_many_pages_and_processes_are_told_apart(void **state) {
    (void)state;
    enum { MANY = 30000 };
    struct sim_error error;
    struct frames_config config = frames_config_default();
    config.frames = 4 * MANY;
    struct frames *frames = frames_open(&config);
    for (unsigned round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 4 * MANY; i++) {
            struct frames_reference reference = {.vpn = (uint64_t)(i / 4) << 20,
                                                 .process = i % 4 * 65536};
            assert_int_equal(frames_feed(frames, &reference, NULL, 1, &error), SIM_OK);
        }
    }
    assert_int_equal(frames_counts(frames)->faults, 4 * MANY);
    assert_int_equal(frames_counts(frames)->cold_faults, 4 * MANY);
    assert_int_equal(frames_counts(frames)->references, 8 * MANY);
    frames_destroy(frames);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_counts_equal_those_of_a_simulator_that_searches),
        cmocka_unit_test(frames_with_fences_the_tlb_changes_no_fault),
        cmocka_unit_test(frames_clock_on_bits_is_fifo_when_the_tlb_hides_everything),
        cmocka_unit_test(frames_without_fences_a_page_in_the_tlb_is_never_seen_again),
        cmocka_unit_test(frames_with_a_fence_per_page_every_tick_sees_and_the_tlb_misses_again),
        cmocka_unit_test(frames_with_one_fence_per_tick_every_tick_sees_as_much),
        cmocka_unit_test(frames_cleaned_page_is_dirty_again_after_the_next_store),
        cmocka_unit_test(frames_cycles_are_counts_times_costs),
        cmocka_unit_test(frames_configurations_that_mean_nothing_are_refused),
        cmocka_unit_test(frames_references_out_of_range_are_refused_and_not_counted),
        cmocka_unit_test(frames_of_many_pages_and_processes_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
