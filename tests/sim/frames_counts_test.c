// SPDX-License-Identifier: Apache-2.0
// Faults of a recorded program in the simulator of page frames: to the last one those of
// libCacheSim and of a second simulator, fully associative, pages of 4 KiB.
#include <stdlib.h>

#include "fixture.h"
#include "program.h"
#include "sim/frames.h"

#define BATCH 4096u

static const uint32_t sizes[4] = {64, 256, 512, 1024};

static void batch_make(struct program *program, size_t first, size_t count,
                       struct frames_reference *references, uint64_t *next_use) {
    struct sim_error error;
    for (size_t i = 0; i < count; i++) {
        uint32_t reference = program->references[first + i];
        references[i] = (struct frames_reference){.vpn = reference >> 1, .write = reference & 1};
        assert_int_equal(future_next(program->future, &next_use[i], &error), SIM_OK);
    }
}

static struct frames_counts program_counts(struct program *program, unsigned policy,
                                           uint32_t count) {
    struct frames *frames;
    struct sim_error error;
    struct frames_reference references[BATCH];
    uint64_t next_use[BATCH];
    struct frames_config config = frames_config_default();
    config.policy = policy;
    config.frames = count;
    assert_int_equal(frames_create(&config, &frames, &error), SIM_OK);
    future_rewind(program->future);
    for (size_t done = 0; done < PROGRAM_REFERENCES; done += BATCH) {
        size_t left = PROGRAM_REFERENCES - done, batch = left < BATCH ? left : BATCH;
        batch_make(program, done, batch, references, next_use);
        if (frames_feed(frames, references, next_use, batch, &error)) fail_msg("%s", error.text);
    }
    struct frames_counts counts = *frames_counts(frames);
    frames_destroy(frames);
    return counts;
}

static void faults_are(void **state, unsigned policy, const uint64_t expected[4]) {
    for (unsigned i = 0; i < 4; i++) {
        struct frames_counts counts = program_counts(*state, policy, sizes[i]);
        printf("%s, %u frames: %llu faults\n", policy_name(policy), sizes[i],
               (unsigned long long)counts.faults);
        assert_int_equal(counts.references, PROGRAM_REFERENCES);
        assert_int_equal(counts.cold_faults, PROGRAM_PAGES);
        assert_int_equal(counts.faults, expected[i]);
        uint64_t held = counts.faults - counts.evictions;
        assert_int_equal(held, sizes[i] < PROGRAM_PAGES ? sizes[i] : PROGRAM_PAGES);
    }
}

static void frames_lru_faults_equal_the_table(void **state) {
    faults_are(state, POLICY_LRU, (const uint64_t[]){28866, 2193, 1711, 1460});
}

static void frames_fifo_faults_equal_the_table(void **state) {
    faults_are(state, POLICY_FIFO, (const uint64_t[]){41400, 2813, 1943, 1568});
}

static void frames_clock_faults_equal_the_table(void **state) {
    faults_are(state, POLICY_CLOCK, (const uint64_t[]){29727, 2290, 1728, 1473});
}

static void frames_opt_faults_equal_the_table(void **state) {
    faults_are(state, POLICY_OPT, (const uint64_t[]){11477, 1611, 1452, 1452});
}

static void frames_arc_faults_equal_the_table(void **state) {
    faults_are(state, POLICY_ARC, (const uint64_t[]){28956, 2205, 1723, 1471});
}

static void frames_sieve_faults_equal_the_table(void **state) {
    faults_are(state, POLICY_SIEVE, (const uint64_t[]){26156, 2270, 1731, 1476});
}

static void frames_s3fifo_faults_equal_the_table(void **state) {
    faults_are(state, POLICY_S3FIFO, (const uint64_t[]){22472, 2353, 1752, 1487});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_lru_faults_equal_the_table),
        cmocka_unit_test(frames_fifo_faults_equal_the_table),
        cmocka_unit_test(frames_clock_faults_equal_the_table),
        cmocka_unit_test(frames_opt_faults_equal_the_table),
        cmocka_unit_test(frames_arc_faults_equal_the_table),
        cmocka_unit_test(frames_sieve_faults_equal_the_table),
        cmocka_unit_test(frames_s3fifo_faults_equal_the_table),
    };
    return cmocka_run_group_tests(tests, program_open, program_close) ? 1 : 0;
}
