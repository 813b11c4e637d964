// SPDX-License-Identifier: Apache-2.0
// A sample for the curve, and its eight parts for the error: each part is a sample of its own at
// an eighth of the rate, and the spread of their curves tells how far chance moves one.
#include <math.h>
#include <stdlib.h>

#include "sim/random.h"
#include "sampler.h"
#include "sim/kernels/stack.h"

enum { SIZE_MIN = 64 };

struct kernel_shards {
    struct sampler whole;
    struct sampler group[KERNEL_SHARDS_GROUPS];
    uint32_t *in_whole, *in_group;      // by page: sampler.number; a page has one group at most
    uint32_t whole_pages, group_pages;  // elements of them
    uint32_t known;                     // pages that were looked at
    uint64_t seed;
    uint64_t refs;
};

static enum sim_status create_samplers(struct kernel_shards *shards,
                                       const struct kernel_shards_config *config,
                                       struct sim_error *error) {
    enum sim_status status =
        sampler_create(&shards->whole, config->rate, 1, config->max_pages, error);
    for (int i = 0; i < KERNEL_SHARDS_GROUPS && status == SIM_OK; i++) {
        status = sampler_create(&shards->group[i], config->rate, 1.0 / KERNEL_SHARDS_GROUPS,
                                config->max_pages / KERNEL_SHARDS_GROUPS, error);
    }
    return status;
}

enum sim_status kernel_shards_create(const struct kernel_shards_config *config,
                                     struct kernel_shards **shards, struct sim_error *error) {
    if (!(config->rate > 0 && config->rate <= 1)) {
        return sim_fail(error, SIM_ERROR_USAGE, "the sampling rate %g is not above 0 and at most 1",
                        config->rate);
    }
    if (config->max_pages && config->max_pages < SIZE_MIN) {
        return sim_fail(error, SIM_ERROR_USAGE, "a sample of %u pages: at least %d are needed",
                        config->max_pages, SIZE_MIN);
    }
    struct kernel_shards *s = calloc(1, sizeof *s);
    if (!s) return kernel_no_memory(error);
    s->seed = sim_mix(config->seed + UINT64_C(0x9E3779B97F4A7C15));
    enum sim_status status = create_samplers(s, config, error);
    if (status != SIM_OK) {
        kernel_shards_destroy(s);
        return status;
    }
    *shards = s;
    return SIM_OK;
}

void kernel_shards_destroy(struct kernel_shards *shards) {
    if (!shards) return;
    sampler_release(&shards->whole);
    for (int i = 0; i < KERNEL_SHARDS_GROUPS; i++) sampler_release(&shards->group[i]);
    free(shards->in_whole);
    free(shards->in_group);
    free(shards);
}

static uint64_t hash_of(const struct kernel_shards *shards, uint64_t vpn) {
    return sim_mix(vpn ^ shards->seed);
}

// The threshold is compared with the hash's upper bits; its lower ones choose the group.
static struct sampler *group_of(struct kernel_shards *shards, uint64_t hash) {
    return &shards->group[hash % KERNEL_SHARDS_GROUPS];
}

static enum sim_status meet_pages(struct kernel_shards *s, const struct page_chunk *chunk,
                                  uint32_t end, struct sim_error *error) {
    enum sim_status status = SIM_OK;
    for (; s->known < end && status == SIM_OK; s->known++) {
        uint64_t hash = hash_of(s, chunk->vpn[s->known]);
        status = sampler_add(&s->whole, s->known, hash, error);
        if (status == SIM_OK) status = sampler_add(group_of(s, hash), s->known, hash, error);
    }
    return status;
}

static enum sim_status reserve(struct kernel_shards *s, uint32_t pages, struct sim_error *error) {
    enum sim_status status =
        kernel_grow(&s->in_whole, &s->whole_pages, pages, sizeof *s->in_whole, error);
    if (status != SIM_OK) return status;
    status = kernel_grow(&s->in_group, &s->group_pages, pages, sizeof *s->in_group, error);
    if (status != SIM_OK) return status;
    s->whole.number = s->in_whole;
    for (int i = 0; i < KERNEL_SHARDS_GROUPS; i++) s->group[i].number = s->in_group;
    return SIM_OK;
}

enum sim_status kernel_shards_feed(struct kernel_shards *shards, const struct page_chunk *chunk,
                                   struct sim_error *error) {
    struct kernel_shards *s = shards;
    enum sim_status status = reserve(s, chunk->pages, error);
    for (size_t i = 0; i < chunk->count && status == SIM_OK; i++) {
        uint32_t page = chunk->runs[i].page, refs = page_run_refs(chunk->runs[i]);
        if (page >= s->known) status = meet_pages(s, chunk, page + 1, error);
        if (s->in_whole[page]) sampler_touch(&s->whole, page, refs);
        if (s->in_group[page]) {
            sampler_touch(group_of(s, hash_of(s, chunk->vpn[page])), page, refs);
        }
    }
    s->refs += chunk->refs;
    return status;
}

double kernel_shards_rate(const struct kernel_shards *shards) {
    return sampler_rate(&shards->whole);
}

uint32_t kernel_shards_pages(const struct kernel_shards *shards) {
    return shards->whole.count;
}

uint64_t kernel_shards_sampled_refs(const struct kernel_shards *shards) {
    return shards->whole.refs;
}

struct kernel_shards_point kernel_shards_at(const struct kernel_shards *shards, uint32_t entries) {
    if (entries == 0) return (struct kernel_shards_point){1, 0};
    double ratio[KERNEL_SHARDS_GROUPS], mean = 0, squares = 0;
    for (int i = 0; i < KERNEL_SHARDS_GROUPS; i++) {
        ratio[i] = sampler_miss_ratio(&shards->group[i], entries, shards->refs);
        mean += ratio[i] / KERNEL_SHARDS_GROUPS;
    }
    for (int i = 0; i < KERNEL_SHARDS_GROUPS; i++) squares += (ratio[i] - mean) * (ratio[i] - mean);
    // Variance of the mean of n independent parts: their variance over n.
    double variance = squares / (KERNEL_SHARDS_GROUPS - 1) / KERNEL_SHARDS_GROUPS;
    return (struct kernel_shards_point){
        .miss_ratio = sampler_miss_ratio(&shards->whole, entries, shards->refs),
        .error = sqrt(variance),
    };
}
