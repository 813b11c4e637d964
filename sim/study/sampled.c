// SPDX-License-Identifier: Apache-2.0
// Page faults of LRU from a sample of the pages: for programs of so many pages that an exact pass
// takes too long.
#include <inttypes.h>
#include <math.h>

#include "feed.h"
#include "sim/kernels/stack.h"

static void take(struct study_query *query, const struct kernel_shards *shards, uint64_t refs,
                 uint32_t pages) {
    struct kernel_shards_point point =
        kernel_shards_at(shards, (uint32_t)query->input.config.run.frames);
    uint64_t *value = query->value;
    value[VALUE_REFERENCES] = refs;
    value[VALUE_DISTINCT] = pages;  // every page is seen, though few are followed
    value[VALUE_SAMPLED] = kernel_shards_pages(shards);
    uint64_t faults = (uint64_t)(point.miss_ratio * (double)refs + 0.5);
    // Each page faults once at least; no reference faults twice.
    value[VALUE_FAULTS] = faults < pages ? pages : faults > refs ? refs : faults;
    value[VALUE_FAULTS_ERROR] = (uint64_t)ceil(point.error * (double)refs);
}

static enum sim_status check_sample(const struct kernel_shards *shards, uint32_t pages,
                                    const struct study_config *config, struct sim_error *error) {
    if (kernel_shards_pages(shards) > 0 || pages == 0) return SIM_OK;
    return sim_fail(error, SIM_ERROR_USAGE,
                    "study.sample = %" PRIu64
                    ": none of %u pages is in the sample that seed %" PRIu64
                    " draws, which estimates nothing: sample more of them",
                    config->sample, pages, config->run.seed);
}

enum sim_status study_sample_lru(struct study_query *const *queries, unsigned count,
                                 struct study_feed *feed, struct sim_error *error) {
    const struct study_config *config = &queries[0]->input.config;
    struct kernel_shards_config sample = {.rate = 1.0 / (double)config->sample,
                                          .seed = config->run.seed};
    struct kernel_shards *shards = NULL;
    struct page_chunk chunk;
    uint64_t refs = 0;
    uint32_t pages = 0;
    enum sim_status status = kernel_shards_create(&sample, &shards, error);
    while (!status && !(status = study_feed_next(feed, &chunk, error))) {
        refs += chunk.refs;
        pages = chunk.pages;
        status = kernel_shards_feed(shards, &chunk, error);
    }
    if (status == SIM_END && check_sample(shards, pages, config, error)) status = SIM_ERROR_USAGE;
    for (unsigned i = 0; i < count && status == SIM_END; i++) take(queries[i], shards, refs, pages);
    kernel_shards_destroy(shards);
    return status == SIM_END ? SIM_OK : status;
}
