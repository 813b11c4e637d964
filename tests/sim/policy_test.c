// SPDX-License-Identifier: Apache-2.0
// Every policy against a trivially right list, one step at a time.
#include "cache.h"

#define REFERENCES 20000u

// A cache as a list, oldest first, moved by hand.
struct naive {
    unsigned kind;
    uint32_t frames, count;
    uint32_t page[CACHE_FRAMES_MOST];
    bool used[CACHE_FRAMES_MOST];
    uint64_t misses;
};

static uint32_t naive_remove(struct naive *naive, uint32_t at) {
    uint32_t page = naive->page[at];
    for (uint32_t i = at + 1; i < naive->count; i++) {
        naive->page[i - 1] = naive->page[i];
        naive->used[i - 1] = naive->used[i];
    }
    naive->count--;
    return page;
}

static void naive_append(struct naive *naive, uint32_t page) {
    naive->page[naive->count] = page;
    naive->used[naive->count++] = false;
}

static uint32_t naive_reference(struct naive *naive, uint32_t page) {
    for (uint32_t i = 0; i < naive->count; i++) {
        if (naive->page[i] != page) continue;
        naive->used[i] = true;
        if (naive->kind == POLICY_LRU) naive_append(naive, naive_remove(naive, i));
        return UINT32_MAX;
    }
    uint32_t gone = UINT32_MAX;
    naive->misses++;
    if (naive->count == naive->frames) {
        while (naive->kind == POLICY_CLOCK && naive->used[0]) {
            naive_append(naive, naive_remove(naive, 0));
        }
        gone = naive_remove(naive, 0);
    }
    naive_append(naive, page);
    return gone;
}

static void policy_equals_list(unsigned kind) {
    static uint8_t pages[REFERENCES];
    uint64_t random = sim_test_seed();
    cache_references_make(pages, REFERENCES, &random);
    for (uint32_t frames = 1; frames <= CACHE_FRAMES_MOST; frames++) {
        struct cache cache;
        struct naive naive = {.kind = kind, .frames = frames};
        cache_open(&cache, kind, frames, 0, NULL);
        for (unsigned i = 0; i < REFERENCES; i++) {
            uint32_t expected = naive_reference(&naive, pages[i]);
            assert_int_equal(cache_reference(&cache, pages[i], false, UINT64_MAX), expected);
        }
        cache_close(&cache);
    }
}

static void policy_fifo_equals_a_list(void **state) {
    (void)state;
    policy_equals_list(POLICY_FIFO);
}

static void policy_lru_equals_a_list(void **state) {
    (void)state;
    policy_equals_list(POLICY_LRU);
}

static void policy_clock_equals_a_list(void **state) {
    (void)state;
    policy_equals_list(POLICY_CLOCK);
}

static void policy_opt_takes_a_page_whose_next_use_is_farthest(void **state) {
    (void)state;
    static uint8_t pages[REFERENCES];
    static uint64_t next_use[REFERENCES];
    uint64_t random = sim_test_seed();
    cache_references_make(pages, REFERENCES, &random);
    cache_next_uses_make(pages, next_use, REFERENCES);
    for (uint32_t frames = 1; frames <= CACHE_FRAMES_MOST; frames++) {
        struct cache cache;
        uint64_t now[CACHE_PAGES] = {0};
        cache_open(&cache, POLICY_OPT, frames, 0, NULL);
        for (unsigned i = 0; i < REFERENCES; i++) {
            uint64_t farthest = 0;
            for (uint32_t f = 0; f < cache.count; f++) {
                if (now[cache.page_of[f]] > farthest) farthest = now[cache.page_of[f]];
            }
            uint32_t gone = cache_reference(&cache, pages[i], false, next_use[i]);
            if (gone != UINT32_MAX) assert_true(now[gone] == farthest);
            now[pages[i]] = next_use[i];
        }
        cache_close(&cache);
    }
}

static uint64_t policy_misses(unsigned kind, uint32_t frames, const uint8_t *pages,
                              const uint64_t *next_use, unsigned count) {
    struct cache cache;
    cache_open(&cache, kind, frames, sim_test_seed(), NULL);
    for (unsigned i = 0; i < count; i++) cache_reference(&cache, pages[i], false, next_use[i]);
    cache_close(&cache);
    return cache.misses;
}

static void policy_opt_is_never_worse_than_another(void **state) {
    (void)state;
    static uint8_t pages[REFERENCES];
    static uint64_t next_use[REFERENCES];
    uint64_t random = sim_test_seed();
    cache_references_make(pages, REFERENCES, &random);
    cache_next_uses_make(pages, next_use, REFERENCES);
    for (uint32_t frames = 1; frames <= CACHE_FRAMES_MOST; frames++) {
        uint64_t best = policy_misses(POLICY_OPT, frames, pages, next_use, REFERENCES);
        for (unsigned kind = 0; kind < POLICIES; kind++) {
            assert_true(best <= policy_misses(kind, frames, pages, next_use, REFERENCES));
        }
    }
}

// Belady, Nelson and Shedler 1969: 9 faults with 3 frames, 10 with 4.
static void policy_fifo_shows_beladys_anomaly_and_lru_does_not(void **state) {
    (void)state;
    const uint8_t pages[] = {1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5};
    uint64_t next_use[12];
    cache_next_uses_make(pages, next_use, 12);
    assert_int_equal(policy_misses(POLICY_FIFO, 3, pages, next_use, 12), 9);
    assert_int_equal(policy_misses(POLICY_FIFO, 4, pages, next_use, 12), 10);
    assert_int_equal(policy_misses(POLICY_LRU, 3, pages, next_use, 12), 10);
    assert_int_equal(policy_misses(POLICY_LRU, 4, pages, next_use, 12), 8);
    assert_int_equal(policy_misses(POLICY_OPT, 3, pages, next_use, 12), 7);
    assert_int_equal(policy_misses(POLICY_OPT, 4, pages, next_use, 12), 6);
}

static void policy_clock_inserts_with_the_bit_clear(void **state) {
    (void)state;
    struct cache cache;
    cache_open(&cache, POLICY_CLOCK, 2, 0, NULL);
    cache_reference(&cache, 1, false, 0);
    cache_reference(&cache, 2, false, 0);
    cache_reference(&cache, 1, false, 0);  // a hit: 1 is spared once
    assert_int_equal(cache_reference(&cache, 3, false, 0), 2);
    assert_int_equal(cache_reference(&cache, 4, false, 0), 1);
    cache_close(&cache);
}

static void policy_random_takes_every_frame_equally_often_and_repeats_by_seed(void **state) {
    (void)state;
    enum { FRAMES = 8, DRAWS = 80000 };
    uint64_t seed = sim_test_seed();
    unsigned taken[FRAMES] = {0};
    const struct policy_ops *ops = policy_find(POLICY_RANDOM);
    struct policy *policy = sim_test_policy(POLICY_RANDOM, FRAMES, seed);
    struct policy *twin = sim_test_policy(POLICY_RANDOM, FRAMES, seed);
    for (uint32_t i = 0; i < FRAMES; i++) {
        ops->insert(policy, i, i);
        ops->insert(twin, i, i);
    }
    for (unsigned i = 0; i < DRAWS; i++) {
        uint32_t frame = ops->victim(policy, i);
        assert_int_equal(ops->victim(twin, i), frame);
        taken[frame]++;
        ops->evict(policy, frame, i);
        ops->evict(twin, frame, i);
        ops->insert(policy, frame, i);
        ops->insert(twin, frame, i);
    }
    // Standard deviation is below 94.
    for (unsigned i = 0; i < FRAMES; i++) assert_in_range(taken[i], 9500, 10500);
    ops->destroy(policy);
    ops->destroy(twin);
}

static void policy_never_names_a_frame_that_was_removed(void **state) {
    (void)state;
    uint64_t random = sim_test_seed();
    for (unsigned kind = 0; kind < POLICIES; kind++) {
        const struct policy_ops *ops = policy_find(kind);
        struct policy *policy = sim_test_policy(kind, CACHE_FRAMES_MOST, 3);
        bool resident[CACHE_FRAMES_MOST] = {false};
        unsigned count = 0;
        for (unsigned i = 0; i < 20000; i++) {
            uint32_t frame = (uint32_t)(sim_test_random(&random) % CACHE_FRAMES_MOST);
            if (!resident[frame]) {
                ops->insert(policy, frame, i);
            } else if (sim_test_random(&random) % 2) {
                ops->touch(policy, frame, sim_test_random(&random) % 1000);
                continue;
            } else {
                ops->remove(policy, frame);
            }
            resident[frame] = !resident[frame];
            count += resident[frame] ? 1u : UINT32_MAX;
            if (count > 0) assert_true(resident[ops->victim(policy, i)]);
        }
        ops->destroy(policy);
    }
}

static void policy_opt_still_takes_the_farthest_after_removals(void **state) {
    (void)state;
    const struct policy_ops *ops = policy_find(POLICY_OPT);
    struct policy *policy = sim_test_policy(POLICY_OPT, CACHE_FRAMES_MOST, 0);
    uint64_t random = sim_test_seed(), next_use[CACHE_FRAMES_MOST];
    bool resident[CACHE_FRAMES_MOST] = {false};
    for (unsigned i = 0; i < 50000; i++) {
        uint32_t frame = (uint32_t)(sim_test_random(&random) % CACHE_FRAMES_MOST);
        if (resident[frame] && sim_test_random(&random) % 3 == 0) {
            ops->remove(policy, frame);
            resident[frame] = false;
        } else {
            if (!resident[frame]) ops->insert(policy, frame, i);
            resident[frame] = true;
            next_use[frame] = sim_test_random(&random) % 1000;
            ops->touch(policy, frame, next_use[frame]);
        }
        uint64_t farthest = 0;
        bool any = false;
        for (uint32_t f = 0; f < CACHE_FRAMES_MOST; f++) {
            any = any || resident[f];
            if (resident[f] && next_use[f] > farthest) farthest = next_use[f];
        }
        if (any) assert_int_equal(next_use[ops->victim(policy, i)], farthest);
    }
    ops->destroy(policy);
}

static void policy_names_are_those_of_the_configuration(void **state) {
    (void)state;
    const char *const names[] = {"fifo",       "lru",   "opt",    "clock",   "random",
                                 "2q",         "arc",   "lirs",   "s3-fifo", "sieve",
                                 "clock-bits", "aging", "wsclock"};
    for (unsigned i = 0; i < POLICIES; i++) {
        assert_string_equal(policy_name(i), names[i]);
        assert_int_equal(policy_named(names[i]), i);
    }
    assert_null(policy_name(POLICIES));
    assert_int_equal(policy_named("mru"), POLICIES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_fifo_equals_a_list),
        cmocka_unit_test(policy_lru_equals_a_list),
        cmocka_unit_test(policy_clock_equals_a_list),
        cmocka_unit_test(policy_opt_takes_a_page_whose_next_use_is_farthest),
        cmocka_unit_test(policy_opt_is_never_worse_than_another),
        cmocka_unit_test(policy_fifo_shows_beladys_anomaly_and_lru_does_not),
        cmocka_unit_test(policy_clock_inserts_with_the_bit_clear),
        cmocka_unit_test(policy_random_takes_every_frame_equally_often_and_repeats_by_seed),
        cmocka_unit_test(policy_never_names_a_frame_that_was_removed),
        cmocka_unit_test(policy_opt_still_takes_the_farthest_after_removals),
        cmocka_unit_test(policy_names_are_those_of_the_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
