// SPDX-License-Identifier: Apache-2.0
// One run of one revision: with the model if it keeps the model's time, else by what the
// specification allows.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"

static void no_page(void *user, const char *page) {
    (void)user;
    (void)page;
}

// Whether a difference is one of value, not of time or place.
static bool of_value(enum bench_check check) {
    switch (check) {
        case CHECK_PA:
        case CHECK_FAULT:
        case CHECK_LEVEL:
        case CHECK_MEMORY_TYPE:
        case CHECK_PERM:
        case CHECK_TAG:
        case CHECK_FAULT_RECORD:
        case CHECK_LEGAL:
        case CHECK_INVARIANCE:
        case CHECK_WATCHDOG:
            return true;
        default:
            return false;
    }
}

// A time that both sides have: not an answer that nobody asked for, nor one taken back.
static int direction_of(const struct mismatch *m) {
    if (m->check == CHECK_LATENCY) {
        if (strstr(m->what, "withdrawn") || m->expected == MMU_NEVER || m->observed == MMU_NEVER)
            return 0;
        return m->observed > m->expected ? 1 : m->observed < m->expected ? -1 : 0;
    }
    // A ready that does not come, or comes before its time.
    if (m->check == CHECK_READY || m->check == CHECK_FENCE)
        return m->observed < m->expected ? 1 : -1;
    return 0;
}

// Of walks that overlap another's access stands where the model has this one's; the bench tells an
// access that comes before its turn as one too many. One walk at a time keeps its order.
static bool of_order(const struct mismatch *m, uint64_t walks) {
    if (walks < 2 || (m->check != CHECK_PTE_ACCESS && m->check != CHECK_PTE_WRITE)) return false;
    if (m->expected_request_valid && m->observed_request_valid)
        return m->expected_request.id != m->observed_request.id;
    return m->check == CHECK_PTE_ACCESS && !strcmp(m->what, "mem_req_valid extra");
}

// wait_cycles, walker_busy_cycles and their like; not the cycles themselves.
static bool of_cycles(const struct mismatch *m) {
    static const char ending[] = "_cycles";
    size_t length = strlen(m->what), end = sizeof ending - 1;
    return m->check == CHECK_COUNTER && length > end && !strcmp(m->what + length - end, ending);
}

void compare_classify(struct compare_sample *sample, const struct mismatch *first, uint64_t walks) {
    sample->check = first->check;
    snprintf(sample->what, sizeof sample->what, "%.60s", first->what);
    sample->direction = direction_of(first);
    sample->difference = sample->direction        ? COMPARE_TIME
                         : of_order(first, walks) ? COMPARE_ORDER
                         : of_cycles(first)       ? COMPARE_CYCLES
                                                  : COMPARE_FUNCTION;
}

static void tell(struct compare_sample *sample, const struct run_result *result) {
    if (result->stats.mismatches)
        snprintf(sample->why, sizeof sample->why, "%s (%.60s) in cycle %llu",
                 bench_check_key(result->first.check), result->first.what,
                 (unsigned long long)result->first.cycle);
    else
        snprintf(sample->why, sizeof sample->why, "%.150s", result->failure.text);
}

static enum sim_status run(const struct run_options *options, const char *dut, uint64_t oracle,
                           struct run_result *result, struct sim_error *error) {
    struct run_options *mine = malloc(sizeof *mine);
    if (!mine) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    const struct run_report report = {.mismatch = no_page};
    *mine = *options;
    mine->dut_path = dut;
    mine->config.oracle = oracle;
    enum sim_status status = run_once(mine, &report, result, error);
    free(mine);
    return status;
}

enum sim_status compare_measure(const struct run_options *options, const char *dut, bool legal_only,
                                struct compare_sample *sample, struct sim_error *error) {
    struct run_result *result = &sample->result;
    enum sim_status status = SIM_OK;
    if (!legal_only) {
        *sample = (struct compare_sample){0};
        status = run(options, dut, CONFIG_BOTH, result, error);
        sample->exact = sample->right = result->verdict == RUN_PASSED;
        if (status || sample->exact) return status;
        tell(sample, result);
        // A check of the run itself (a wrong page, a swap that lies) has no mismatch.
        if (!result->stats.mismatches || of_value(result->first.check)) return SIM_OK;
        compare_classify(sample, &result->first, options->config.walks);
    }
    status = run(options, dut, CONFIG_LEGAL, result, error);
    sample->right = result->verdict == RUN_PASSED;
    if (!status && !sample->right) tell(sample, result);
    return status;
}
