// SPDX-License-Identifier: Apache-2.0
// 2Q, ARC, LIRS, S3-FIFO and SIEVE against second implementations that search lists, and against
// what their papers promise.
#include "naive.h"

#define REFERENCES 20000u
#define ROUNDS 6u

static struct policy_parameters parameters_draw(uint64_t *random) {
    struct policy_parameters p = policy_parameters_default();
    p.two_q_in = (uint32_t)(sim_test_random(random) % 101);
    p.two_q_out = (uint32_t)(sim_test_random(random) % 301);
    p.lirs_hir = (uint32_t)(sim_test_random(random) % 101);
    p.lirs_ghosts = (uint32_t)(sim_test_random(random) % 301);
    p.s3_small = (uint32_t)(sim_test_random(random) % 101);
    p.s3_ghosts = (uint32_t)(sim_test_random(random) % 301);
    p.s3_threshold = 1 + (uint32_t)(sim_test_random(random) % 3);
    return p;
}

static void compare(unsigned kind, naive_reference *reference, uint32_t frames,
                    const struct policy_parameters *parameters, const uint8_t *pages) {
    struct cache cache;
    struct naive naive = {.frames = frames, .parameters = *parameters, .hand = CACHE_NO_PAGE};
    cache_open(&cache, kind, frames, 0, parameters);
    for (unsigned i = 0; i < REFERENCES; i++) {
        uint32_t expected = reference(&naive, pages[i]);
        uint32_t found = cache_reference(&cache, pages[i], false, UINT64_MAX);
        if (found != expected) {
            fail_msg("%u frames, reference %u: page %u went, expected %u", frames, i, found,
                     expected);
        }
    }
    cache_close(&cache);
}

// Round 0 with the papers' parameters, the others with random ones.
static void policy_equals(unsigned kind, naive_reference *reference) {
    static uint8_t pages[REFERENCES];
    uint64_t random = sim_test_seed();
    struct policy_parameters parameters = policy_parameters_default();
    for (unsigned round = 0; round < ROUNDS; round++) {
        cache_references_make(pages, REFERENCES, &random);
        for (uint32_t frames = 1; frames <= CACHE_FRAMES_MOST; frames++) {
            compare(kind, reference, frames, &parameters, pages);
        }
        parameters = parameters_draw(&random);
    }
}

static void policy_2q_equals_the_papers_lists(void **state) {
    (void)state;
    policy_equals(POLICY_2Q, naive_2q);
}

static void policy_arc_equals_the_papers_figure_and_keeps_its_invariants(void **state) {
    (void)state;
    policy_equals(POLICY_ARC, naive_arc);
}

static void policy_lirs_equals_the_papers_stack_and_queue(void **state) {
    (void)state;
    policy_equals(POLICY_LIRS, naive_lirs);
}

static void policy_s3fifo_equals_the_papers_algorithm(void **state) {
    (void)state;
    policy_equals(POLICY_S3FIFO, naive_s3fifo);
}

static void policy_sieve_equals_the_papers_algorithm(void **state) {
    (void)state;
    policy_equals(POLICY_SIEVE, naive_sieve);
}

// LRU is a stack algorithm (Mattson et al. 1970): more frames hold all that fewer hold.
static void policy_lru_holds_with_more_frames_what_it_holds_with_fewer(void **state) {
    (void)state;
    static uint8_t pages[REFERENCES];
    uint64_t random = sim_test_seed();
    cache_references_make(pages, REFERENCES, &random);
    for (uint32_t frames = 1; frames < CACHE_FRAMES_MOST; frames++) {
        struct cache few, more;
        cache_open(&few, POLICY_LRU, frames, 0, NULL);
        cache_open(&more, POLICY_LRU, frames + 1, 0, NULL);
        for (unsigned i = 0; i < REFERENCES; i++) {
            cache_reference(&few, pages[i], false, 0);
            cache_reference(&more, pages[i], false, 0);
            for (uint32_t f = 0; f < few.count; f++) {
                assert_true(cache_holds(&more, few.page_of[f]));
            }
        }
        cache_close(&few);
        cache_close(&more);
    }
}

static uint64_t loop_misses(unsigned kind, uint32_t frames, uint32_t loop, unsigned rounds) {
    struct cache cache;
    cache_open(&cache, kind, frames, 0, NULL);
    for (unsigned i = 0; i < rounds * loop; i++) cache_reference(&cache, i % loop, false, 0);
    uint64_t misses = cache.misses;
    cache_close(&cache);
    return misses;
}

// The LIRS paper's first example: a loop that is a little larger than memory. LRU always misses;
// LIRS keeps its LIR pages, of which there are all frames but one, and misses the others only.
static void policy_lirs_keeps_its_lir_pages_in_a_loop_where_lru_always_misses(void **state) {
    (void)state;
    enum { FRAMES = 10, LOOP = 12, ROUNDS_OF_LOOP = 50 };
    assert_int_equal(loop_misses(POLICY_LRU, FRAMES, LOOP, ROUNDS_OF_LOOP), LOOP * ROUNDS_OF_LOOP);
    assert_int_equal(loop_misses(POLICY_LIRS, FRAMES, LOOP, ROUNDS_OF_LOOP),
                     LOOP + (ROUNDS_OF_LOOP - 1) * (LOOP - (FRAMES - 1)));
}

// Pages that were made hot stay when many others are referenced once: what LRU does not do.
static void hot_pages_survive_a_scan(unsigned kind, bool survive) {
    enum { FRAMES = 16, HOT = 4 };
    struct cache cache;
    cache_open(&cache, kind, FRAMES, 0, NULL);
    // Often enough, and with others between, for every policy's idea of hot.
    for (unsigned round = 0; round < 12; round++) {
        for (uint32_t page = 0; page < HOT; page++) cache_reference(&cache, page, false, 0);
        for (uint32_t page = HOT; page < FRAMES + 8; page++) {
            cache_reference(&cache, page, false, 0);
            for (uint32_t hot = 0; hot < HOT; hot++) cache_reference(&cache, hot, false, 0);
        }
    }
    for (uint32_t page = 32; page < CACHE_PAGES - 1; page++) {
        cache_reference(&cache, page, false, 0);
    }
    for (uint32_t hot = 0; hot < HOT; hot++) assert_int_equal(cache_holds(&cache, hot), survive);
    cache_close(&cache);
}

static void policies_that_resist_scans_keep_hot_pages_and_lru_does_not(void **state) {
    (void)state;
    hot_pages_survive_a_scan(POLICY_LRU, false);
    hot_pages_survive_a_scan(POLICY_FIFO, false);
    hot_pages_survive_a_scan(POLICY_2Q, true);
    hot_pages_survive_a_scan(POLICY_ARC, true);
    hot_pages_survive_a_scan(POLICY_LIRS, true);
    hot_pages_survive_a_scan(POLICY_S3FIFO, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_2q_equals_the_papers_lists),
        cmocka_unit_test(policy_arc_equals_the_papers_figure_and_keeps_its_invariants),
        cmocka_unit_test(policy_lirs_equals_the_papers_stack_and_queue),
        cmocka_unit_test(policy_s3fifo_equals_the_papers_algorithm),
        cmocka_unit_test(policy_sieve_equals_the_papers_algorithm),
        cmocka_unit_test(policy_lru_holds_with_more_frames_what_it_holds_with_fewer),
        cmocka_unit_test(policy_lirs_keeps_its_lir_pages_in_a_loop_where_lru_always_misses),
        cmocka_unit_test(policies_that_resist_scans_keep_hot_pages_and_lru_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
