// SPDX-License-Identifier: Apache-2.0
// OPT. Page faults: all sizes by its stack, or few large ones one by one. The stack is searched
// from its top: 0.25 ns for each place, which programs with locality seldom pay; one of a million
// pages without locality would never come to an end. Misses of TLBs: all shapes at once.
#include <stdio.h>
#include <stdlib.h>

#include "feed.h"
#include "sim/kernels/opt.h"

enum {
    DEEP_STACK = 1 << 14,    // pages from which on a search counts: 4 us
    PLACES_FOR_A_SIZE = 256  // one size costs a reference about as much as so many places
};
static const uint64_t MOST_BYTES = UINT64_C(1) << 30;  // of all sizes together

// What both passes know.
struct opt_pass {
    struct study_query *const *queries;
    unsigned count;
    struct study_feed *feed;
    struct kernel_next_use *uses;
    uint32_t pages;  // distinct
};

static uint32_t frames_of(const struct study_query *query) {
    return (uint32_t)query->input.config.run.frames;
}

// Frames beyond the distinct pages change nothing, and OPT's stack need not be deeper.
static uint32_t depth_of(const struct opt_pass *pass) {
    uint32_t most = 1;
    for (unsigned i = 0; i < pass->count; i++)
        if (frames_of(pass->queries[i]) > most) most = frames_of(pass->queries[i]);
    return pass->pages && pass->pages < most ? pass->pages : most;
}

static void take(struct study_query *query, uint64_t refs, uint64_t faults, uint64_t pages) {
    query->value[VALUE_REFERENCES] = refs;
    query->value[VALUE_FAULTS] = faults;
    query->value[VALUE_DISTINCT] = pages;
}

// --- all sizes ---------------------------------------------------------------------------

static enum sim_status collect_curve(const struct opt_pass *pass, uint32_t deep,
                                     const struct kernel_opt_curve *curve,
                                     struct sim_error *error) {
    uint64_t *misses = calloc((size_t)deep + 1, sizeof *misses);
    if (!misses) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    kernel_opt_curve_misses(curve, deep, misses);
    for (unsigned i = 0; i < pass->count; i++) {
        uint32_t frames = frames_of(pass->queries[i]);
        take(pass->queries[i], kernel_opt_curve_refs(curve),
             frames <= deep ? misses[frames] : pass->pages, pass->pages);
    }
    free(misses);
    return SIM_OK;
}

static enum sim_status all_sizes(const struct opt_pass *pass, int64_t *next,
                                 struct sim_error *error) {
    uint32_t deep = depth_of(pass);
    struct kernel_opt_curve *curve = NULL;
    struct page_chunk chunk;
    if (deep >= DEEP_STACK)
        fprintf(stderr,
                "tandem study: OPT of %u sizes up to %u frames: a reference may search a stack of "
                "%u pages (%.0f us); if that takes too long ask for at most %u sizes, which are "
                "simulated one by one\n",
                pass->count, deep, deep, deep * 0.25e-3, deep / PLACES_FOR_A_SIZE);
    enum sim_status status = kernel_opt_curve_create(deep, &curve, error);
    while (!status && !(status = study_feed_next(pass->feed, &chunk, error))) {
        status = kernel_next_use_get(pass->uses, &chunk, next, error);
        if (!status) status = kernel_opt_curve_feed(curve, &chunk, next, error);
    }
    if (status == SIM_END) status = collect_curve(pass, deep, curve, error);
    kernel_opt_curve_destroy(curve);
    return status;
}

// --- one by one --------------------------------------------------------------------------

static bool are_few(const struct opt_pass *pass) {
    uint32_t deep = depth_of(pass);
    uint64_t bytes = 0;
    for (unsigned i = 0; i < pass->count; i++) {
        uint64_t frames = frames_of(pass->queries[i]);
        bytes += 12 * (frames < pass->pages ? frames : pass->pages) + UINT64_C(4) * pass->pages;
    }
    return deep >= DEEP_STACK && pass->count <= deep / PLACES_FOR_A_SIZE && bytes <= MOST_BYTES;
}

static enum sim_status feed_sizes(const struct opt_pass *pass, struct kernel_opt_frames **opt,
                                  int64_t *next, struct sim_error *error) {
    struct page_chunk chunk;
    enum sim_status status = SIM_OK;
    while (!status && !(status = study_feed_next(pass->feed, &chunk, error))) {
        status = kernel_next_use_get(pass->uses, &chunk, next, error);
        for (unsigned i = 0; i < pass->count && !status; i++)
            status = kernel_opt_frames_feed(opt[i], &chunk, next, error);
    }
    return status == SIM_END ? SIM_OK : status;
}

static enum sim_status one_by_one(const struct opt_pass *pass, int64_t *next,
                                  struct sim_error *error) {
    struct kernel_opt_frames **opt = calloc(pass->count, sizeof(struct kernel_opt_frames *));
    enum sim_status status = opt ? SIM_OK : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    for (unsigned i = 0; i < pass->count && !status; i++) {
        uint32_t frames = frames_of(pass->queries[i]);
        status =
            kernel_opt_frames_create(frames < pass->pages ? frames : pass->pages, &opt[i], error);
    }
    if (!status) status = feed_sizes(pass, opt, next, error);
    for (unsigned i = 0; opt && i < pass->count; i++) {
        if (!status) {
            struct kernel_frames_counts counts = kernel_opt_frames_counts(opt[i]);
            take(pass->queries[i], counts.refs, counts.misses, pass->pages);
        }
        kernel_opt_frames_destroy(opt[i]);
    }
    free(opt);
    return status;
}

static enum sim_status frame_sizes(const struct opt_pass *pass, int64_t *next,
                                   struct sim_error *error) {
    return (are_few(pass) ? one_by_one : all_sizes)(pass, next, error);
}

// --- TLBs --------------------------------------------------------------------------------

// One set by OPT's stack of page frames, several by a stack for each.
struct tlb_pass {
    struct kernel_opt_curve *full;
    struct kernel_opt_sets *sets;  // NULL: not asked for
    uint32_t most;                 // entries of one set
    unsigned set_bits, ways;       // the largest
};

static unsigned log2_of(uint32_t sets) {
    unsigned bits = 0;
    while (1u << bits < sets) bits++;
    return bits;
}

static enum sim_status tlbs_create(const struct opt_pass *pass, struct tlb_pass *tlbs,
                                   struct sim_error *error) {
    *tlbs = (struct tlb_pass){.most = 1};
    for (unsigned i = 0; i < pass->count; i++) {
        struct study_shape shape = study_shape_of(pass->queries[i]);
        unsigned bits = log2_of(shape.entries / shape.ways);
        if (bits == 0) {
            if (shape.ways > tlbs->most) tlbs->most = shape.ways;
            continue;
        }
        if (bits > tlbs->set_bits) tlbs->set_bits = bits;
        if (shape.ways > tlbs->ways) tlbs->ways = shape.ways;
    }
    enum sim_status status = kernel_opt_curve_create(tlbs->most, &tlbs->full, error);
    if (!status && tlbs->ways)
        status = kernel_opt_sets_create(tlbs->set_bits, tlbs->ways, &tlbs->sets, error);
    return status;
}

static enum sim_status tlbs_collect(const struct opt_pass *pass, const struct tlb_pass *tlbs,
                                    struct sim_error *error) {
    uint64_t *misses = calloc((size_t)tlbs->most + 1, sizeof *misses);
    if (!misses) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    kernel_opt_curve_misses(tlbs->full, tlbs->most, misses);
    for (unsigned i = 0; i < pass->count; i++) {
        struct study_shape shape = study_shape_of(pass->queries[i]);
        unsigned bits = log2_of(shape.entries / shape.ways);
        uint64_t *value = pass->queries[i]->value;
        value[VALUE_REFERENCES] = kernel_opt_curve_refs(tlbs->full);
        value[VALUE_DISTINCT] = pass->pages;
        value[VALUE_MISSES] =
            bits ? kernel_opt_sets_misses(tlbs->sets, bits, shape.ways) : misses[shape.ways];
    }
    free(misses);
    return SIM_OK;
}

static enum sim_status tlb_shapes(const struct opt_pass *pass, int64_t *next,
                                  struct sim_error *error) {
    struct tlb_pass tlbs;
    struct page_chunk chunk;
    enum sim_status status = tlbs_create(pass, &tlbs, error);
    while (!status && !(status = study_feed_next(pass->feed, &chunk, error))) {
        status = kernel_next_use_get(pass->uses, &chunk, next, error);
        if (!status) status = kernel_opt_curve_feed(tlbs.full, &chunk, next, error);
        if (!status && tlbs.sets) status = kernel_opt_sets_feed(tlbs.sets, &chunk, next, error);
    }
    if (status == SIM_END) status = tlbs_collect(pass, &tlbs, error);
    kernel_opt_curve_destroy(tlbs.full);
    kernel_opt_sets_destroy(tlbs.sets);
    return status;
}

// --- both passes -------------------------------------------------------------------------

typedef enum sim_status second_pass_fn(const struct opt_pass *pass, int64_t *next,
                                       struct sim_error *error);

static enum sim_status both_passes(struct study_query *const *queries, unsigned count,
                                   struct study_feed *feed, second_pass_fn *second,
                                   struct sim_error *error) {
    struct opt_pass pass = {.queries = queries, .count = count, .feed = feed};
    int64_t *next = malloc(PAGE_CHUNK_RUNS * sizeof *next);
    struct page_chunk chunk;
    enum sim_status status = next ? kernel_next_use_create(&pass.uses, error)
                                  : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    while (!status && !(status = study_feed_next(feed, &chunk, error))) {
        pass.pages = chunk.pages;
        status = kernel_next_use_add(pass.uses, &chunk, error);
    }
    if (status == SIM_END) status = kernel_next_use_finish(pass.uses, error);
    if (!status) status = study_feed_rewind(feed, error);
    if (!status) status = second(&pass, next, error);
    kernel_next_use_destroy(pass.uses);
    free(next);
    return status;
}

enum sim_status study_opt_frames(struct study_query *const *queries, unsigned count,
                                 struct study_feed *feed, struct sim_error *error) {
    return both_passes(queries, count, feed, frame_sizes, error);
}

enum sim_status study_opt_tlbs(struct study_query *const *queries, unsigned count,
                               struct study_feed *feed, struct sim_error *error) {
    return both_passes(queries, count, feed, tlb_shapes, error);
}
