// SPDX-License-Identifier: Apache-2.0
// Figures of docs/replacement.md, over ten million references of cc1: references per second of each
// policy, and what looking at A bits costs with fences and without. Start from the top of the tree.
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <time.h>

#include "fixture.h"
#include "program.h"
#include "sim/frames.h"

enum { SPEED_FRAMES = 256, SPEED_RUNS = 3, TLB_ENTRIES = 64 };

struct stream {
    struct frames_reference *references;
    uint64_t *next_use;
};

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void stream_make(struct stream *stream, struct program *program) {
    struct sim_error error;
    stream->references = calloc(PROGRAM_REFERENCES, sizeof *stream->references);
    stream->next_use = calloc(PROGRAM_REFERENCES, sizeof *stream->next_use);
    assert_true(stream->references && stream->next_use);
    for (size_t i = 0; i < PROGRAM_REFERENCES; i++) {
        stream->references[i].vpn = program->references[i] >> 1;
        stream->references[i].write = program->references[i] & 1;
        assert_int_equal(future_next(program->future, &stream->next_use[i], &error), SIM_OK);
    }
}

static struct frames_counts run(const struct stream *stream, const struct frames_config *config,
                                double *taken) {
    struct frames *frames;
    struct sim_error error;
    assert_int_equal(frames_create(config, &frames, &error), SIM_OK);
    double start = seconds();
    assert_int_equal(
        frames_feed(frames, stream->references, stream->next_use, PROGRAM_REFERENCES, &error),
        SIM_OK);
    *taken = seconds() - start;
    struct frames_counts counts = *frames_counts(frames);
    frames_destroy(frames);
    return counts;
}

static void print_speeds(const struct stream *stream) {
    struct frames_config config = frames_config_default();
    config.frames = SPEED_FRAMES;
    for (config.policy = 0; config.policy < POLICIES; config.policy++) {
        double best = 1e9, taken;
        for (unsigned i = 0; i < SPEED_RUNS; i++) {
            run(stream, &config, &taken);
            if (taken < best) best = taken;
        }
        printf("%-10s %7.1f million references/s\n", policy_name(config.policy),
               1e-6 * PROGRAM_REFERENCES / best);
    }
}

static void print_line(const struct frames_config *config, const struct frames_counts *counts,
                       const struct frames_counts *opt) {
    printf("%6u %-10s %-5s %7llu %8.2f %9llu %9llu %9llu %8llu %8.2f\n", config->frames,
           policy_name(config->policy),
           policy_find(config->policy)->knows == POLICY_KNOWS_BITS
               ? frames_fence_name(config->fence)
               : "-",
           (unsigned long long)counts->faults, frames_distance(counts, opt),
           (unsigned long long)counts->tlb_misses, (unsigned long long)counts->hidden_accesses,
           (unsigned long long)counts->ptes_scanned, (unsigned long long)counts->scan_fences,
           frames_effective_access(counts, &config->costs));
}

static void print_fences(const struct stream *stream, uint32_t frames) {
    const unsigned policies[] = {POLICY_FIFO, POLICY_LRU, POLICY_CLOCK_BITS, POLICY_AGING,
                                 POLICY_WSCLOCK};
    struct frames_config config = frames_config_default();
    double taken;
    config.frames = frames;
    config.policy = POLICY_OPT;
    config.tlb_entries = config.tlb_ways = TLB_ENTRIES;
    struct frames_counts opt = run(stream, &config, &taken);
    print_line(&config, &opt, &opt);
    for (unsigned i = 0; i < sizeof policies / sizeof *policies; i++) {
        config.policy = policies[i];
        bool looks = policy_find(config.policy)->knows == POLICY_KNOWS_BITS;
        for (config.fence = 0; config.fence < (looks ? FRAMES_FENCES : 1u); config.fence++) {
            struct frames_counts counts = run(stream, &config, &taken);
            print_line(&config, &counts, &opt);
        }
    }
}

int main(void) {
    void *state;
    struct stream stream;
    program_open(&state);
    stream_make(&stream, state);
    print_speeds(&stream);
    printf(
        "frames policy     fence  faults distance tlb_miss    hidden   scanned   fences  "
        "cycles\n");
    for (uint32_t frames = 64; frames <= 256; frames *= 2) print_fences(&stream, frames);
    free(stream.references);
    free(stream.next_use);
    return program_close(&state);
}
