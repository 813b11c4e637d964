// SPDX-License-Identifier: Apache-2.0
#include "verify.h"

#include <stdlib.h>
#include <string.h>

#include "cycles.h"
#include "evaluate.h"
#include "sim/random.h"

enum { MOST_RTL_ENTRIES = 128 };

struct verify {
    const struct study_work *work;
    uint64_t references;  // 0: as many as the study
    const struct study_rtl *rtl;
    struct study_verdict *verdict;
};

static bool asks(const struct study_row *row, enum study_ask ask) {
    return row->query[ask] != QUERY_NONE;
}

// Policies that look at A bits see them as a TLB's refills set them: the simulator of frames has
// one TLB, the machine has two, so that their faults may differ. A sample's are an estimate.
static bool frames_comparable(const struct study_work *work, const struct study_row *row) {
    return asks(row, ASK_FRAMES) && !study_row_sampled(work, row) &&
           policy_find((unsigned)row->point.config.run.policy)->knows != POLICY_KNOWS_BITS;
}

static bool comparable(const struct study_work *work, const struct study_row *row) {
    const struct study_config *config = &row->point.config;
    if (config->run.data_entries > MOST_RTL_ENTRIES || config->run.fetch_entries > MOST_RTL_ENTRIES)
        return false;
    if (config->run.data_policy == CONFIG_OPT || config->run.fetch_policy == CONFIG_OPT)
        return false;
    if (asks(row, ASK_CYCLES)) return true;  // a client that cannot do it was refused
    return config->page_bytes == 4096 &&
           (asks(row, ASK_DATA) || asks(row, ASK_FETCH) || frames_comparable(work, row));
}

// What the study says of the query, over the references that are verified.
static enum sim_status count_again(const struct verify *verify, uint32_t number,
                                   struct study_query *query, struct sim_error *error) {
    *query = verify->work->queries[number];
    uint64_t *limit = &query->input.config.run.references;
    if (verify->references == 0 || (*limit && *limit <= verify->references)) return SIM_OK;
    *limit = verify->references;
    memset(query->value, 0, sizeof query->value);
    return study_evaluate_query(query, error);
}

static enum sim_status run_rtl(const struct verify *verify, const struct study_row *row,
                               enum study_paging paging, struct run_result *result,
                               struct sim_error *error) {
    struct study_input input = {
        .plan = verify->work->plan, .trace = row->point.trace, .config = row->point.config};
    struct run_config *run = &input.config.run;
    input.config.paging = paging;
    if (verify->references && (run->references == 0 || run->references > verify->references))
        run->references = verify->references;
    return study_cycles_point(&input, verify->rtl, result, error);
}

static void compare(const struct verify *verify, const struct study_row *row, const char *what,
                    uint64_t study, uint64_t rtl, const struct run_result *result) {
    struct study_verdict *verdict = verify->verdict;
    struct study_check *check = &verdict->checks[verdict->check_count++];
    *check = (struct study_check){.row = (unsigned)(row - verify->work->rows),
                                  .what = what,
                                  .study = study,
                                  .rtl = rtl,
                                  .references = result->counts.references,
                                  .lockstep = result->verdict == RUN_PASSED};
    check->agree = check->lockstep && study == rtl;
    if (!check->agree) verdict->passed = false;
}

// Misses of a TLB by itself: one request of a port at a time, every page mapped.
static enum sim_status check_misses(const struct verify *verify, const struct study_row *row,
                                    struct sim_error *error) {
    struct run_result result;
    struct study_query query;
    struct study_row alone = *row;
    alone.point.config.run.outstanding = 0;
    alone.point.config.client = STUDY_PROGRAM;
    enum sim_status status = run_rtl(verify, &alone, STUDY_RESIDENT, &result, error);
    for (unsigned port = 0; port < MMU_PORTS && !status; port++) {
        bool data = port == MMU_PORT_DATA;
        enum study_ask ask = data ? ASK_DATA : ASK_FETCH;
        if (!asks(row, ask)) continue;
        status = count_again(verify, row->query[ask], &query, error);
        if (!status)
            compare(verify, row, data ? "data_misses" : "fetch_misses", query.value[VALUE_MISSES],
                    result.counters[8 * port + MMU_COUNT_MISSES], &result);
    }
    return status;
}

static void compare_hierarchy(const struct verify *verify, const struct study_row *row,
                              const struct study_query *query, const struct run_result *result) {
    const uint64_t *counters = result->counters;
    compare(verify, row, "walks", query->value[VALUE_WALKS], counters[MMU_COUNT_WALKS], result);
    compare(verify, row, "pte_reads", query->value[VALUE_PTE_READS], counters[MMU_COUNT_PTE_READS],
            result);
    compare(verify, row, "l2_misses", query->value[VALUE_L2_MISSES],
            counters[MMU_COUNT_L2_MISSES] + counters[8 + MMU_COUNT_L2_MISSES], result);
}

static enum sim_status check_cycles(const struct verify *verify, const struct study_row *row,
                                    struct sim_error *error) {
    struct run_result result;
    struct study_query query;
    enum sim_status status =
        run_rtl(verify, row, (enum study_paging)row->point.config.paging, &result, error);
    if (!status) status = count_again(verify, row->query[ASK_CYCLES], &query, error);
    if (status) return status;
    compare(verify, row, "data_misses", query.value[VALUE_DATA_MISSES],
            result.counters[MMU_COUNT_MISSES], &result);
    compare(verify, row, "fetch_misses", query.value[VALUE_FETCH_MISSES],
            result.counters[8 + MMU_COUNT_MISSES], &result);
    compare(verify, row, "cycles", query.value[VALUE_CYCLES], result.counters[MMU_COUNT_CYCLES],
            &result);
    if (row->hierarchy) compare_hierarchy(verify, row, &query, &result);
    return SIM_OK;
}

static enum sim_status check_faults(const struct verify *verify, const struct study_row *row,
                                    struct sim_error *error) {
    struct run_result result;
    struct study_query query;
    enum sim_status status = run_rtl(verify, row, STUDY_DEMAND, &result, error);
    if (!status) status = count_again(verify, row->query[ASK_FRAMES], &query, error);
    if (!status)
        compare(verify, row, "page_faults", query.value[VALUE_FAULTS], result.paging.major_faults,
                &result);
    return status;
}

static enum sim_status check_row(const struct verify *verify, const struct study_row *row,
                                 struct sim_error *error) {
    enum sim_status status = SIM_OK;
    bool pages = row->point.config.page_bytes == 4096;
    if (pages && (asks(row, ASK_DATA) || asks(row, ASK_FETCH)))
        status = check_misses(verify, row, error);
    if (!status && asks(row, ASK_CYCLES)) status = check_cycles(verify, row, error);
    if (!status && frames_comparable(verify->work, row)) status = check_faults(verify, row, error);
    return status;
}

enum sim_status study_verify(const struct study_work *work, unsigned count, uint64_t references,
                             const struct study_rtl *rtl, struct study_verdict *verdict,
                             struct sim_error *error) {
    struct verify verify = {work, references, rtl, verdict};
    unsigned *candidates = malloc(work->row_count * sizeof *candidates), most = 0;
    enum sim_status status = SIM_OK;
    *verdict = (struct study_verdict){.seed = work->plan->base.run.seed, .passed = true};
    if (!candidates) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    for (unsigned r = 0; r < work->row_count; r++)
        if (comparable(work, &work->rows[r])) candidates[most++] = r;
    if (most == 0)
        status = sim_fail(
            error, SIM_ERROR_USAGE,
            "--verify: no point of this study can be run by the RTL: it has at most "
            "%d TLB entries, pages of 4 KiB, no OPT, and no counts of a simulated TLB or of a "
            "sample (study.sample)",
            MOST_RTL_ENTRIES);
    uint64_t state = verdict->seed;
    for (unsigned i = 0; i < count && i < most && !status; i++) {
        unsigned at = i + (unsigned)(sim_random(&state) % (most - i)), row = candidates[at];
        candidates[at] = candidates[i];
        verdict->points++;
        status = check_row(&verify, &work->rows[row], error);
    }
    free(candidates);
    return status;
}
