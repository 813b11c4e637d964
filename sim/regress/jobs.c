// SPDX-License-Identifier: Apache-2.0
#include "jobs.h"

#include <stdlib.h>
#include <string.h>

#include "sim/random.h"

// --- seeds -------------------------------------------------------------------------------

// FNV-1a of the names: a suite that is added changes the seeds of no other.
static uint64_t hash_names(const struct suite *suite) {
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    const char *names[] = {suite->configuration, "/", suite->test};
    for (unsigned i = 0; i < 3; i++)
        for (const char *c = names[i]; *c; c++)
            hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001B3);
    return hash;
}

// A permutation of 32-bit numbers (the finalizer of MurmurHash3): different k, different seeds.
static uint32_t permute(uint32_t x) {
    x = (x ^ (x >> 16)) * UINT32_C(0x85EBCA6B);
    x = (x ^ (x >> 13)) * UINT32_C(0xC2B2AE35);
    return x ^ (x >> 16);
}

uint64_t jobs_new_seed(const struct suite *suite, uint64_t plan_seed, uint32_t k) {
    uint64_t start = sim_mix(sim_mix(plan_seed + 1) ^ hash_names(suite));
    return permute((uint32_t)(start >> 32) ^ permute(k + (uint32_t)start));
}

static uint64_t listed_seed(const struct plan_seeds *seeds, uint64_t k) {
    const struct plan_range *range = seeds->ranges;
    for (; k > range->last - range->first; range++) k -= range->last - range->first + 1;
    return range->first + k;
}

// --- a set of jobs -----------------------------------------------------------------------

static int by_identity(const void *a, const void *b) {
    const struct job *x = a, *y = b;
    if (x->suite != y->suite) return x->suite < y->suite ? -1 : 1;
    return x->seed < y->seed ? -1 : x->seed > y->seed;
}

// --- order -------------------------------------------------------------------------------

// Job number `turn` of a suite stands where its share says.
struct place {
    double at;
    struct job job;
    uint32_t turn;
};

static int by_place(const void *a, const void *b) {
    const struct place *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    if (x->job.suite != y->job.suite) return x->job.suite < y->job.suite ? -1 : 1;
    return x->turn < y->turn ? -1 : x->turn > y->turn;
}

static uint64_t count_new(const struct suites *suites) {
    uint64_t count = 0;
    for (unsigned s = 0; s < suites->count && count <= PLAN_MOST_JOBS; s++)
        count += plan_seed_count(&suites->suite[s].from->seeds);
    return count;
}

static size_t lay_out(const struct suites *suites, const struct jobs_options *options,
                      const struct job *again, struct place *places) {
    size_t used = 0;
    for (uint32_t s = 0; s < suites->count; s++) {
        const struct suite *suite = &suites->suite[s];
        const struct plan_seeds *seeds = &suite->from->seeds;
        uint64_t count = plan_seed_count(seeds);
        for (uint32_t k = 0; k < count; k++) {
            struct job job = {.suite = s};
            job.seed =
                seeds->range_count ? listed_seed(seeds, k) : jobs_new_seed(suite, options->seed, k);
            if (options->again_count &&
                bsearch(&job, again, options->again_count, sizeof job, by_identity))
                continue;
            places[used++] = (struct place){(k + 1.0) / suite->weight, job, k};
        }
    }
    qsort(places, used, sizeof *places, by_place);
    return used;
}

// Those of last time in the order of suites and seeds, each once.
static size_t take_again(const struct jobs_options *options, struct job *out) {
    size_t used = 0;
    if (!options->again_count) return 0;
    memcpy(out, options->again, options->again_count * sizeof *out);
    qsort(out, options->again_count, sizeof *out, by_identity);
    for (size_t i = 0; i < options->again_count; i++) {
        if (used && !by_identity(&out[used - 1], &out[i])) continue;
        out[used] = out[i];
        out[used++].again = true;
    }
    return used;
}

enum sim_status jobs_create(const struct suites *suites, const struct jobs_options *options,
                            struct jobs *jobs, struct sim_error *error) {
    uint64_t new_count = options->only_again ? 0 : count_new(suites);
    if (new_count > PLAN_MOST_JOBS)
        return sim_fail(error, SIM_ERROR_USAGE, "this plan has more than %d jobs", PLAN_MOST_JOBS);
    struct place *places = calloc(new_count + 1, sizeof *places);
    struct job *job = calloc(new_count + options->again_count + 1, sizeof *job);
    if (!places || !job) {
        free(places);
        free(job);
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    struct jobs_options unique = *options;
    *jobs = (struct jobs){.job = job};
    jobs->count = unique.again_count = take_again(options, job);
    size_t used = options->only_again ? 0 : lay_out(suites, &unique, job, places);
    for (size_t i = 0; i < used; i++) job[jobs->count++] = places[i].job;
    if (options->most && jobs->count > options->most) jobs->count = options->most;
    free(places);
    return SIM_OK;
}
