// SPDX-License-Identifier: Apache-2.0
// Queries that kernels answer: one pass over the stream (two for OPT) feeds them all.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate.h"
#include "feed.h"
#include "mmu/engine.h"
#include "sim/kernels/frames.h"
#include "sim/kernels/lru_sets.h"
#include "sim/kernels/stack.h"
#include "sim/kernels/tlb.h"
#include "sim/kernels/working_set.h"

// --- TLBs --------------------------------------------------------------------------------

struct study_shape study_shape_of(const struct study_query *query) {
    const struct run_config *run = &query->input.config.run;
    if (query->port == MMU_PORT_DATA)
        return (struct study_shape){(uint32_t)run->data_entries, (uint32_t)run->data_ways,
                                    run->data_policy};
    return (struct study_shape){(uint32_t)run->fetch_entries, (uint32_t)run->fetch_ways,
                                run->fetch_policy};
}

static unsigned bits_of(uint64_t value) {
    unsigned bits = 0;
    while (UINT64_C(1) << bits < value) bits++;
    return bits;
}

static bool in_lru_sets(struct study_shape shape) {
    uint32_t sets = shape.entries / shape.ways;
    return (sets & (sets - 1)) == 0 && bits_of(sets) <= KERNEL_SETS_BITS_MAX &&
           shape.ways <= KERNEL_WAYS_MAX;
}

// The LRU queries of a task: fully associative ones by stack distances, others by the forest of
// sets, what neither covers one by one.
struct lru_pass {
    struct kernel_stack *stack;
    struct kernel_lru_sets *sets;
    struct kernel_tlb **one;  // by query; NULL: another kernel's
};

static void lru_destroy(struct lru_pass *pass, unsigned count) {
    kernel_stack_destroy(pass->stack);
    kernel_lru_sets_destroy(pass->sets);
    for (unsigned i = 0; pass->one && i < count; i++) kernel_tlb_destroy(pass->one[i]);
    free(pass->one);
}

static enum sim_status lru_create(struct study_query *const *queries, unsigned count,
                                  struct lru_pass *pass, struct sim_error *error) {
    unsigned set_bits = 0, ways = 0;
    enum sim_status status = SIM_OK;
    pass->one = calloc(count, sizeof(struct kernel_tlb *));
    if (!pass->one) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    for (unsigned i = 0; i < count && !status; i++) {
        struct study_shape shape = study_shape_of(queries[i]);
        uint32_t sets = shape.entries / shape.ways;
        if (sets == 1) continue;
        if (in_lru_sets(shape)) {
            if (bits_of(sets) > set_bits) set_bits = bits_of(sets);
            if (shape.ways > ways) ways = shape.ways;
            continue;
        }
        struct kernel_tlb_config config = {sets, shape.ways, KERNEL_LRU, 0};
        status = kernel_tlb_create(&config, &pass->one[i], error);
    }
    // It also tells the distinct pages, whatever else is asked.
    if (!status) status = kernel_stack_create(&pass->stack, error);
    if (!status && ways) status = kernel_lru_sets_create(set_bits, ways, &pass->sets, error);
    return status;
}

static enum sim_status lru_collect(struct study_query *const *queries, unsigned count,
                                   const struct lru_pass *pass, struct sim_error *error) {
    uint32_t most = 1;
    for (unsigned i = 0; i < count; i++)
        if (study_shape_of(queries[i]).entries > most) most = study_shape_of(queries[i]).entries;
    uint64_t *misses = calloc((size_t)most + 1, sizeof *misses);
    if (!misses) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    kernel_stack_misses(pass->stack, most, misses);
    for (unsigned i = 0; i < count; i++) {
        struct study_shape shape = study_shape_of(queries[i]);
        uint32_t sets = shape.entries / shape.ways;
        uint64_t *value = queries[i]->value;
        value[VALUE_REFERENCES] = kernel_stack_refs(pass->stack);
        value[VALUE_DISTINCT] = kernel_stack_pages(pass->stack);
        if (pass->one[i])
            value[VALUE_MISSES] = kernel_tlb_counts(pass->one[i]).misses;
        else if (sets == 1)
            value[VALUE_MISSES] = misses[shape.entries];
        else
            value[VALUE_MISSES] = kernel_lru_sets_misses(pass->sets, bits_of(sets), shape.ways);
    }
    free(misses);
    return SIM_OK;
}

static enum sim_status lru_tlbs(struct study_query *const *queries, unsigned count,
                                struct study_feed *feed, struct sim_error *error) {
    struct lru_pass pass = {0};
    struct page_chunk chunk;
    enum sim_status status = lru_create(queries, count, &pass, error);
    while (!status && !(status = study_feed_next(feed, &chunk, error))) {
        status = kernel_stack_feed(pass.stack, &chunk, error);
        if (!status && pass.sets) status = kernel_lru_sets_feed(pass.sets, &chunk, error);
        for (unsigned i = 0; i < count && !status; i++)
            if (pass.one[i]) status = kernel_tlb_feed(pass.one[i], &chunk, error);
    }
    if (status == SIM_END) status = lru_collect(queries, count, &pass, error);
    lru_destroy(&pass, count);
    return status;
}

static struct kernel_tlb_config tlb_config(const struct study_query *query) {
    static const uint8_t policies[] = {[MMU_LRU] = KERNEL_LRU,
                                       [MMU_PLRU] = KERNEL_PLRU,
                                       [MMU_FIFO] = KERNEL_FIFO,
                                       [MMU_RANDOM] = KERNEL_RANDOM};
    struct study_shape shape = study_shape_of(query);
    assert(shape.policy != MMU_RANDOM);  // the kernel's victims are not the hardware's
    return (struct kernel_tlb_config){shape.entries / shape.ways, shape.ways,
                                      policies[shape.policy & 3], 0};
}

// Misses, and the causes of each where they are asked for, of any policy.
static enum sim_status tlbs(struct study_query *const *queries, unsigned count,
                            struct study_feed *feed, struct sim_error *error) {
    struct kernel_three_c **kernels = calloc(count, sizeof(struct kernel_three_c *));
    struct page_chunk chunk;
    enum sim_status status = kernels ? SIM_OK : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    for (unsigned i = 0; i < count && !status; i++) {
        struct kernel_tlb_config config = tlb_config(queries[i]);
        status = kernel_three_c_create(&config, &kernels[i], error);
    }
    while (!status && !(status = study_feed_next(feed, &chunk, error)))
        for (unsigned i = 0; i < count && !status; i++)
            status = kernel_three_c_feed(kernels[i], &chunk, error);
    for (unsigned i = 0; i < count && status == SIM_END; i++) {
        struct kernel_three_c_counts counts = kernel_three_c_counts(kernels[i]);
        uint64_t *value = queries[i]->value;
        value[VALUE_REFERENCES] = counts.tlb.refs;
        value[VALUE_MISSES] = counts.tlb.misses;
        value[VALUE_DISTINCT] = counts.tlb.cold_misses;
        if (!queries[i]->classes) continue;
        value[VALUE_CAPACITY] = counts.capacity;
        value[VALUE_CONFLICT] = counts.conflict;
        value[VALUE_SPARED] = counts.spared;
    }
    for (unsigned i = 0; kernels && i < count; i++) kernel_three_c_destroy(kernels[i]);
    free(kernels);
    return status == SIM_END ? SIM_OK : status;
}

// --- page frames -------------------------------------------------------------------------

static uint32_t most_frames(struct study_query *const *queries, unsigned count) {
    uint32_t most = 1;
    for (unsigned i = 0; i < count; i++)
        if (queries[i]->input.config.run.frames > most)
            most = (uint32_t)queries[i]->input.config.run.frames;
    return most;
}

static enum sim_status take_curve(struct study_query *const *queries, unsigned count,
                                  uint64_t *misses, uint64_t refs, uint64_t pages) {
    for (unsigned i = 0; i < count; i++) {
        uint64_t *value = queries[i]->value;
        value[VALUE_REFERENCES] = refs;
        value[VALUE_FAULTS] = misses[queries[i]->input.config.run.frames];
        value[VALUE_DISTINCT] = pages;
    }
    free(misses);
    return SIM_OK;
}

static enum sim_status lru_frames(struct study_query *const *queries, unsigned count,
                                  struct study_feed *feed, struct sim_error *error) {
    struct kernel_stack *stack = NULL;
    struct page_chunk chunk;
    uint32_t most = most_frames(queries, count);
    uint64_t *misses = calloc((size_t)most + 1, sizeof *misses);
    enum sim_status status = misses ? kernel_stack_create(&stack, error)
                                    : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    while (!status && !(status = study_feed_next(feed, &chunk, error)))
        status = kernel_stack_feed(stack, &chunk, error);
    if (status == SIM_END) {
        kernel_stack_misses(stack, most, misses);
        status =
            take_curve(queries, count, misses, kernel_stack_refs(stack), kernel_stack_pages(stack));
    } else {
        free(misses);
    }
    kernel_stack_destroy(stack);
    return status;
}

static enum sim_status fifo_frames(struct study_query *const *queries, unsigned count,
                                   struct study_feed *feed, struct sim_error *error) {
    struct kernel_frames **frames = calloc(count, sizeof(struct kernel_frames *));
    struct page_chunk chunk;
    enum sim_status status = frames ? SIM_OK : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    for (unsigned i = 0; i < count && !status; i++) {
        struct kernel_frames_config config = {
            .frames = (uint32_t)queries[i]->input.config.run.frames, .policy = KERNEL_FIFO};
        status = kernel_frames_create(&config, &frames[i], error);
    }
    while (!status && !(status = study_feed_next(feed, &chunk, error)))
        for (unsigned i = 0; i < count && !status; i++)
            status = kernel_frames_feed(frames[i], &chunk, error);
    for (unsigned i = 0; frames && i < count; i++) {
        if (status == SIM_END) {
            struct kernel_frames_counts counts = kernel_frames_counts(frames[i]);
            queries[i]->value[VALUE_REFERENCES] = counts.refs;
            queries[i]->value[VALUE_FAULTS] = counts.misses;
            queries[i]->value[VALUE_DISTINCT] = counts.cold_misses;
            queries[i]->value[VALUE_WRITES] = counts.dirty_evictions;
        }
        kernel_frames_destroy(frames[i]);
    }
    free(frames);
    return status == SIM_END ? SIM_OK : status;
}

// --- working sets ------------------------------------------------------------------------

static unsigned window_index(uint64_t window) {
    unsigned index = 0;
    while (kernel_working_set_window(index) < window) index++;
    assert(kernel_working_set_window(index) == window);  // study_config_finish has checked
    return index;
}

static enum sim_status working_sets(struct study_query *const *queries, unsigned count,
                                    struct study_feed *feed, struct sim_error *error) {
    struct kernel_working_set *kernel = NULL;
    struct page_chunk chunk;
    enum sim_status status = kernel_working_set_create(&kernel, error);
    while (!status && !(status = study_feed_next(feed, &chunk, error)))
        status = kernel_working_set_feed(kernel, &chunk, error);
    for (unsigned i = 0; i < count && status == SIM_END; i++) {
        struct kernel_working_set_point point =
            kernel_working_set_at(kernel, window_index(queries[i]->input.config.window));
        uint64_t *value = queries[i]->value;
        value[VALUE_REFERENCES] = kernel_working_set_refs(kernel);
        value[VALUE_WINDOW_PAGES] =
            (uint64_t)(point.mean_pages * (double)value[VALUE_REFERENCES] + 0.5);
        value[VALUE_FAULTS] = point.faults;
    }
    kernel_working_set_destroy(kernel);
    return status == SIM_END ? SIM_OK : status;
}

// --- which -------------------------------------------------------------------------------

enum sim_status study_evaluate_kernels(struct study_query *const *queries, unsigned count,
                                       struct sim_error *error) {
    const struct study_query *first = queries[0];
    uint64_t policy = first->input.config.run.policy;
    if (first->kind == QUERY_PAGES) return study_count_pages(queries, count, error);
    if (first->kind == QUERY_FRAMES && policy != POLICY_LRU && policy != POLICY_OPT &&
        policy != POLICY_FIFO)
        return study_simulate_frames(queries, count, error);
    unsigned filter = first->kind != QUERY_TLB       ? PAGE_ALL
                      : first->port == MMU_PORT_DATA ? PAGE_DATA
                                                     : PAGE_FETCHES;
    struct study_feed *feed = NULL;
    enum sim_status status = study_feed_open(&first->input, filter, &feed, error);
    if (!status && first->kind == QUERY_TLB && study_query_opt(first))
        status = study_opt_tlbs(queries, count, feed, error);
    else if (!status && first->kind == QUERY_TLB)
        status = study_shape_of(first).policy == MMU_LRU && !first->classes
                     ? lru_tlbs(queries, count, feed, error)
                     : tlbs(queries, count, feed, error);
    else if (!status && first->kind == QUERY_WORKING_SET)
        status = working_sets(queries, count, feed, error);
    else if (!status)
        status = (study_query_sampled(first) ? study_sample_lru
                  : policy == POLICY_LRU     ? lru_frames
                  : policy == POLICY_OPT     ? study_opt_frames
                                             : fifo_frames)(queries, count, feed, error);
    study_feed_close(feed);
    return status;
}
