// SPDX-License-Identifier: Apache-2.0
// Each sampled reference is weighted with 1 / rate of its time: the same as the paper's scaling
// of all counts whenever the rate sinks.
#include "sampler.h"

#include <assert.h>
#include <stdlib.h>

#define HASHES 0x1p64

enum sim_status sampler_create(struct sampler *sampler, double rate, double share,
                               uint32_t max_pages, struct sim_error *error) {
    sampler->threshold = rate >= 1 ? UINT64_MAX : (uint64_t)(rate * HASHES);
    sampler->share = share;
    sampler->max_pages = max_pages;
    if (max_pages == 0) return SIM_OK;
    sampler->heap = malloc(((size_t)max_pages + 1) * sizeof *sampler->heap);
    return sampler->heap ? SIM_OK : kernel_no_memory(error);
}

void sampler_release(struct sampler *sampler) {
    recency_release(&sampler->recency);
    free(sampler->heap);
}

double sampler_rate(const struct sampler *sampler) {
    return (double)sampler->threshold / HASHES * sampler->share;
}

// --- the heap of a sample of fixed size

static void sift_up(struct sampler *s, uint32_t at, struct sampler_page added) {
    for (; at && s->heap[(at - 1) / 2].hash < added.hash; at = (at - 1) / 2) {
        s->heap[at] = s->heap[(at - 1) / 2];
    }
    s->heap[at] = added;
}

static struct sampler_page take_largest(struct sampler *s) {
    struct sampler_page largest = s->heap[0], last = s->heap[--s->count];
    uint32_t at = 0;
    for (uint32_t child = 1; child < s->count; child = 2 * at + 1) {
        child += child + 1 < s->count && s->heap[child + 1].hash > s->heap[child].hash;
        if (s->heap[child].hash <= last.hash) break;
        s->heap[at] = s->heap[child];
        at = child;
    }
    s->heap[at] = last;
    return largest;
}

// Returns the number that became free.
static uint32_t drop_largest(struct sampler *s) {
    struct sampler_page gone = take_largest(s);
    s->threshold = gone.hash;
    s->number[gone.page] = 0;
    recency_remove(&s->recency, gone.number);
    return gone.number;
}

enum sim_status sampler_add(struct sampler *s, uint32_t page, uint64_t hash,
                            struct sim_error *error) {
    if (hash >= s->threshold) return SIM_OK;
    uint32_t number = s->count;
    enum sim_status status = recency_reserve(&s->recency, number + 1, error);
    if (status != SIM_OK) return status;
    if (s->max_pages) {
        if (s->count == s->max_pages) {
            // Either page may be the one that has to leave.
            if (hash >= s->heap[0].hash) {
                s->threshold = hash;
                return SIM_OK;
            }
            number = drop_largest(s);
        }
        sift_up(s, s->count, (struct sampler_page){hash, page, number});
    }
    s->count++;
    s->number[page] = number + 1;
    return SIM_OK;
}

// --- the histogram: 0 .. 63 one by one, then 64 steps an octave

static unsigned bucket_of(double distance) {
    uint64_t d = (uint64_t)distance;
    if (d < 64) return (unsigned)d;
    unsigned octave = 57 - (unsigned)__builtin_clzll(d);
    unsigned bucket = 64 * octave + (unsigned)(d >> octave);
    return bucket < SAMPLER_BUCKETS ? bucket : SAMPLER_BUCKETS - 1;
}

static double bucket_begin(unsigned bucket) {
    if (bucket < 64) return bucket;
    unsigned octave = bucket / 64 - 1;
    return (double)((uint64_t)(bucket % 64 + 64) << octave);
}

void sampler_touch(struct sampler *s, uint32_t page, uint32_t refs) {
    double weight = 1 / sampler_rate(s);
    uint32_t distance = recency_touch(&s->recency, s->number[page] - 1);
    s->refs += refs;
    s->refs_weight += refs * weight;
    if (distance == RECENCY_NEVER) {
        s->cold_weight += weight;
    } else {
        s->hits[bucket_of(distance * weight)] += weight;
    }
    s->hits[0] += (refs - 1) * weight;
}

// SHARDS-adj: references that the sample does not account for, or accounts for twice, are put
// down to distance 0, so that they count as hits everywhere.
double sampler_miss_ratio(const struct sampler *s, uint32_t entries, uint64_t refs) {
    double misses = s->cold_weight;
    for (unsigned i = SAMPLER_BUCKETS; i-- > 0;) {
        double begin = bucket_begin(i),
               end = i + 1 < SAMPLER_BUCKETS ? bucket_begin(i + 1) : HASHES;
        if (end <= entries) break;
        double part = begin >= entries ? 1 : (end - entries) / (end - begin);
        misses += part * s->hits[i];
    }
    double ratio = refs ? misses / (double)refs : 0;
    return ratio > 1 ? 1 : ratio;
}
