// SPDX-License-Identifier: Apache-2.0
// What a kernel can run: CLOCK, aging and WSClock on A and D bits, against second implementations
// that search lists, and against what they promise.
#include "cache.h"

#include <string.h>

#define REFERENCES 20000u
#define ROUNDS 6u

// Pages with their bits; the hand stands at the list's beginning.
struct kernel {
    uint32_t frames;
    struct policy_parameters parameters;
    struct list list;
    bool accessed[CACHE_PAGES], dirty[CACHE_PAGES];
    uint32_t shift[CACHE_PAGES];    // aging
    uint64_t entered[CACHE_PAGES];  // aging: number of the change that gave `shift`
    uint32_t frame[CACHE_PAGES];    // aging: the order of a tick
    uint64_t last_use[CACHE_PAGES], time, changes, cleaned;
};

typedef uint32_t kernel_victim(struct kernel *kernel);  // removes the page from the list

static void kernel_pass(struct kernel *kernel) {
    list_append(&kernel->list, list_remove_at(&kernel->list, 0));
}

static uint32_t kernel_clock(struct kernel *kernel) {
    while (kernel->accessed[kernel->list.page[0]]) {
        kernel->accessed[kernel->list.page[0]] = false;
        kernel_pass(kernel);
    }
    return list_remove_at(&kernel->list, 0);
}

static uint32_t kernel_aging(struct kernel *kernel) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < kernel->list.count; i++) {
        uint32_t page = kernel->list.page[i], other = kernel->list.page[best];
        bool less = kernel->shift[page] < kernel->shift[other];
        bool same = kernel->shift[page] == kernel->shift[other];
        if (less || (same && kernel->entered[page] < kernel->entered[other])) best = i;
    }
    return list_remove_at(&kernel->list, best);
}

static uint32_t kernel_by_frame(const struct kernel *kernel, uint32_t frame) {
    for (uint32_t i = 0; i < kernel->list.count; i++) {
        if (kernel->frame[kernel->list.page[i]] == frame) return kernel->list.page[i];
    }
    return CACHE_NO_PAGE;
}

static void kernel_tick(struct kernel *kernel) {
    for (uint32_t frame = 0; frame < kernel->frames; frame++) {
        uint32_t page = kernel_by_frame(kernel, frame);
        if (page == CACHE_NO_PAGE) continue;
        uint32_t before = kernel->shift[page];
        kernel->shift[page] >>= 1;
        if (kernel->accessed[page]) {
            kernel->shift[page] |= 1u << (kernel->parameters.aging_bits - 1);
        }
        kernel->accessed[page] = false;
        if (kernel->shift[page] != before) kernel->entered[page] = kernel->changes++;
    }
}

static uint32_t kernel_wsclock(struct kernel *kernel) {
    uint32_t writes = 0, count = kernel->list.count;
    for (uint32_t i = 0; i < 2 * count; i++) {
        uint32_t page = kernel->list.page[0];
        if (i == count && writes == 0) break;
        bool old = !kernel->accessed[page] &&
                   kernel->time - kernel->last_use[page] > kernel->parameters.wsclock_window;
        if (kernel->accessed[page]) kernel->last_use[page] = kernel->time;
        kernel->accessed[page] = false;
        if (old && !kernel->dirty[page]) return list_remove_at(&kernel->list, 0);
        if (old && writes < kernel->parameters.wsclock_writes) {
            kernel->dirty[page] = false;
            writes++;
            kernel->cleaned++;
        }
        kernel_pass(kernel);
    }
    uint32_t best = 0;  // age first, then clean before dirty, then the order of the hand
    for (uint32_t i = 1; i < count; i++) {
        uint32_t page = kernel->list.page[i], other = kernel->list.page[best];
        uint64_t use = kernel->last_use[page], least = kernel->last_use[other];
        if (use < least || (use == least && !kernel->dirty[page] && kernel->dirty[other])) best = i;
    }
    return list_remove_at(&kernel->list, best);
}

static uint32_t kernel_reference(struct kernel *kernel, kernel_victim *victim, uint32_t page,
                                 bool write) {
    uint32_t gone = CACHE_NO_PAGE;
    if (!list_has(&kernel->list, page)) {
        kernel->frame[page] = kernel->list.count;
        if (kernel->list.count == kernel->frames) {
            gone = victim(kernel);
            kernel->frame[page] = kernel->frame[gone];
        }
        list_append(&kernel->list, page);
        kernel->dirty[page] = false;
        kernel->shift[page] = 1u << (kernel->parameters.aging_bits - 1);
        kernel->entered[page] = kernel->changes++;
        kernel->last_use[page] = kernel->time;
    }
    kernel->accessed[page] = true;
    kernel->dirty[page] |= write;
    kernel->time++;
    return gone;
}

static void compare(unsigned kind, kernel_victim *victim, uint32_t frames,
                    const struct policy_parameters *parameters, unsigned interval,
                    const uint8_t *pages) {
    struct cache cache;
    struct kernel kernel = {.frames = frames, .parameters = *parameters};
    cache_open(&cache, kind, frames, 0, parameters);
    for (unsigned i = 0; i < REFERENCES; i++) {
        bool write = pages[i] % 3 == 0 && i % 2;
        if (i % interval == 0) {
            cache.ops->scan(cache.policy);
            if (kind == POLICY_AGING) kernel_tick(&kernel);
        }
        uint32_t expected = kernel_reference(&kernel, victim, pages[i], write);
        uint32_t found = cache_reference(&cache, pages[i], write, UINT64_MAX);
        if (found != expected || cache.cleaned != kernel.cleaned) {
            fail_msg("%u frames, reference %u: page %u went, expected %u", frames, i, found,
                     expected);
        }
    }
    cache_close(&cache);
}

static void policy_equals(unsigned kind, kernel_victim *victim) {
    static uint8_t pages[REFERENCES];
    uint64_t random = sim_test_seed();
    struct policy_parameters parameters = policy_parameters_default();
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned interval = 1 + (unsigned)(sim_test_random(&random) % 40);
        cache_references_make(pages, REFERENCES, &random);
        for (uint32_t frames = 1; frames <= CACHE_FRAMES_MOST; frames++) {
            compare(kind, victim, frames, &parameters, interval, pages);
        }
        parameters.aging_bits = 1 + (uint32_t)(sim_test_random(&random) % 16);
        parameters.wsclock_window = sim_test_random(&random) % 60;
        parameters.wsclock_writes = (uint32_t)(sim_test_random(&random) % 5);
    }
}

static void policy_clock_bits_equals_a_list(void **state) {
    (void)state;
    policy_equals(POLICY_CLOCK_BITS, kernel_clock);
}

static void policy_aging_equals_registers_that_are_searched(void **state) {
    (void)state;
    policy_equals(POLICY_AGING, kernel_aging);
}

static void policy_wsclock_equals_a_list(void **state) {
    (void)state;
    policy_equals(POLICY_WSCLOCK, kernel_wsclock);
}

// The textbook's table of aging: the page that was referenced in none of the last ticks goes, of
// two the one whose last reference is farther back.
static void policy_aging_orders_pages_by_the_ticks_of_their_references(void **state) {
    (void)state;
    struct cache cache;
    cache_open(&cache, POLICY_AGING, 4, 0, NULL);
    for (uint32_t page = 0; page < 4; page++) cache_reference(&cache, page, false, 0);
    cache.ops->scan(cache.policy);
    const uint32_t ticks[4][3] = {{1, 2, 3}, {0, 1, 3}, {0, 3, 3}, {2, 2, 2}};
    for (unsigned tick = 0; tick < 4; tick++) {
        for (unsigned i = 0; i < 3; i++) cache_reference(&cache, ticks[tick][i], false, 0);
        cache.ops->scan(cache.policy);
    }
    // By the last ticks, newest first: 2: 1001, 3: 0111, 0: 0110, 1: 0011.
    assert_int_equal(cache_reference(&cache, 10, false, 0), 1);
    assert_int_equal(cache_reference(&cache, 11, false, 0), 0);
    assert_int_equal(cache_reference(&cache, 12, false, 0), 3);
    cache_close(&cache);
}

static void policy_wsclock_takes_no_page_of_the_working_set_while_another_is_old(void **state) {
    (void)state;
    struct policy_parameters parameters = policy_parameters_default();
    struct cache cache;
    parameters.wsclock_window = 20;
    cache_open(&cache, POLICY_WSCLOCK, 8, 0, &parameters);
    for (uint32_t page = 0; page < 8; page++) cache_reference(&cache, page, false, 0);
    for (unsigned i = 0; i < 100; i++) {  // 0, 1 and 2 work; every A has been looked at since
        cache_reference(&cache, i % 3, false, 0);
        if (i == 30) cache_reference(&cache, 20, false, 0);
    }
    for (uint32_t page = 30; page < 34; page++) cache_reference(&cache, page, false, 0);
    for (uint32_t page = 0; page < 3; page++) assert_true(cache_holds(&cache, page));
    cache_close(&cache);
}

static void policy_wsclock_writes_back_what_is_old_and_dirty_and_takes_what_is_clean(void **state) {
    (void)state;
    struct policy_parameters parameters = policy_parameters_default();
    struct cache cache;
    parameters.wsclock_window = 0;
    cache_open(&cache, POLICY_WSCLOCK, 3, 0, &parameters);
    cache_reference(&cache, 1, true, 0);
    cache_reference(&cache, 2, false, 0);
    cache_reference(&cache, 3, true, 0);
    memset(cache.accessed, 0, sizeof cache.accessed);
    cache.time += 10;
    assert_int_equal(cache_reference(&cache, 4, false, 0), 2);  // 1 is written meanwhile
    assert_int_equal(cache.cleaned, 1);
    assert_false(cache.dirty[0]);
    cache_close(&cache);
}

// In the order of enum policy_knows, and never the other way.
static void policies_of_kernels_are_those_that_need_no_reference(void **state) {
    (void)state;
    const char *const kernels[] = {"fifo", "random", "clock-bits", "aging", "wsclock"};
    unsigned found = 0;
    for (unsigned kind = 0; kind < POLICIES; kind++) {
        bool listed = false;
        for (unsigned i = 0; i < 5; i++) listed |= strcmp(policy_name(kind), kernels[i]) == 0;
        assert_int_equal(policy_is_kernels(policy_find(kind)), listed);
        found += listed;
        assert_int_equal(policy_scans(kind), kind == POLICY_AGING);
    }
    assert_int_equal(found, 5);
    assert_string_equal(policy_knows_name(policy_find(POLICY_OPT)->knows), "future");
    assert_string_equal(policy_knows_name(policy_find(POLICY_ARC)->knows), "references");
}

// A touch tells a kernel's policy nothing: without any, the same pages go.
static void policies_of_kernels_do_not_hear_of_references(void **state) {
    (void)state;
    for (unsigned kind = 0; kind < POLICIES; kind++) {
        if (!policy_is_kernels(policy_find(kind))) continue;
        struct policy *told = sim_test_policy(kind, 8, 5), *untold = sim_test_policy(kind, 8, 5);
        uint64_t random = sim_test_seed();
        for (uint32_t i = 0; i < 8; i++) policy_find(kind)->insert(told, i, i);
        for (uint32_t i = 0; i < 8; i++) policy_find(kind)->insert(untold, i, i);
        for (uint64_t page = 8; page < 1000; page++) {
            uint32_t frame = (uint32_t)(sim_test_random(&random) % 8);
            policy_find(kind)->touch(told, frame, page);
            frame = policy_find(kind)->victim(told, page);
            assert_int_equal(policy_find(kind)->victim(untold, page), frame);
            policy_find(kind)->evict(told, frame, page);
            policy_find(kind)->evict(untold, frame, page);
            policy_find(kind)->insert(told, frame, page);
            policy_find(kind)->insert(untold, frame, page);
        }
        policy_find(kind)->destroy(told);
        policy_find(kind)->destroy(untold);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_clock_bits_equals_a_list),
        cmocka_unit_test(policy_aging_equals_registers_that_are_searched),
        cmocka_unit_test(policy_wsclock_equals_a_list),
        cmocka_unit_test(policy_aging_orders_pages_by_the_ticks_of_their_references),
        cmocka_unit_test(policy_wsclock_takes_no_page_of_the_working_set_while_another_is_old),
        cmocka_unit_test(policy_wsclock_writes_back_what_is_old_and_dirty_and_takes_what_is_clean),
        cmocka_unit_test(policies_of_kernels_are_those_that_need_no_reference),
        cmocka_unit_test(policies_of_kernels_do_not_hear_of_references),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
