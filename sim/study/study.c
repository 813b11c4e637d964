// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "study.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "dut_loader.h"
#include "figures.h"
#include "sim/report.h"
#include "sim/trace.h"

// --- the programs ------------------------------------------------------------------------

static enum sim_status checksum(const char *path, uint64_t *sum, struct sim_error *error) {
    enum { BYTES = 1 << 16 };
    FILE *file = fopen(path, "rb");
    if (!file)
        return sim_fail(error, SIM_ERROR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    XXH3_state_t *state = XXH3_createState();
    char *bytes = malloc(BYTES);
    enum sim_status status = SIM_OK;
    if (!state || !bytes) status = sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    if (!status) XXH3_64bits_reset(state);
    for (size_t n; !status && (n = fread(bytes, 1, BYTES, file)) > 0;)
        XXH3_64bits_update(state, bytes, n);
    if (!status && ferror(file))
        status = sim_fail(error, SIM_ERROR_IO, "%s: cannot be read: %s", path, strerror(errno));
    if (!status) *sum = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    free(bytes);
    fclose(file);
    return status;
}

// A program that cannot be read ends the study before anything is begun.
static enum sim_status look_at_traces(const struct study_plan *plan, uint64_t *references,
                                      uint64_t *checksums, struct sim_error *error) {
    enum sim_status status = SIM_OK;
    for (unsigned t = 0; t < plan->trace_count && !status; t++) {
        struct trace_reader *reader;
        status = trace_reader_open(plan->traces[t], &reader, error);
        if (status) break;
        references[t] = trace_reader_info(reader)->refs;
        trace_reader_close(reader);
        status = checksum(plan->traces[t], &checksums[t], error);
    }
    return status;
}

// --- the work ----------------------------------------------------------------------------

// What a journal belongs to: version, queries, programs.
static void identify(const struct study_work *work, const uint64_t *checksums, char out[96]) {
    uint64_t programs = XXH3_64bits(checksums, work->plan->trace_count * sizeof *checksums);
    snprintf(out, 96, "%s %016" PRIx64 " %016" PRIx64, TANDEM_VERSION, study_work_hash(work),
             programs);
}

static enum sim_status open_journal(const struct study_request *request, struct study_work *work,
                                    const uint64_t *checksums, struct study_journal **journal,
                                    struct sim_error *error) {
    char study[96];
    *journal = NULL;
    if (!request->journal) return SIM_OK;
    identify(work, checksums, study);
    return request->resume ? study_journal_resume(request->journal, study, work, journal, error)
                           : study_journal_create(request->journal, study, journal, error);
}

// An interrupted or failed study says how to go on; one that would fail again does not: a damaged
// program is another one when it is mended.
static enum sim_status add_hint(const struct study_request *request,
                                const struct study_journal *journal, enum sim_status status,
                                struct sim_error *error) {
    struct sim_error first = *error;
    bool again = status == SIM_ERROR_FORMAT || status == SIM_ERROR_USAGE;
    if (!status || again || !journal || access(request->journal, F_OK)) return status;
    return sim_fail(error, status, "%.400s; what is done is in %s: --resume goes on from there",
                    first.text, request->journal);
}

static enum sim_status evaluate(const struct study_request *request, struct study_work *work,
                                const uint64_t *checksums, struct study_journal **journal,
                                struct sim_error *error) {
    enum sim_status status = open_journal(request, work, checksums, journal, error);
    if (status) return status;
    struct study_workers workers = {
        .count = request->workers, .progress = isatty(STDERR_FILENO), .journal = *journal};
    status = study_workers_run(&workers, work, error);
    if (!status && study_work_references(work) == 0)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "nothing was evaluated: the programs have no references of the kind that "
                        "this study looks at");
    return status;
}

// --- outputs -----------------------------------------------------------------------------

// The page is made from the JSON; one that nobody asked for is written for it, and removed.
static enum sim_status write_page(const struct study_request *request,
                                  const struct study_outcome *outcome, struct sim_error *error) {
    char json[RUN_PATH_BYTES];
    if (request->json) return report_write_with(request->json, request->cost, request->html, error);
    int n = snprintf(json, sizeof json, "%s.json.XXXXXX", request->html);
    if (n < 0 || (size_t)n >= sizeof json)
        return sim_fail(error, SIM_ERROR_USAGE, "%.200s: the name is too long", request->html);
    int fd = mkstemp(json);
    if (fd < 0)
        return sim_fail(error, SIM_ERROR_IO, "%s: cannot be created: %s", json, strerror(errno));
    close(fd);
    enum sim_status status = study_write_json(outcome, json, error);
    if (!status) status = report_write_with(json, request->cost, request->html, error);
    unlink(json);
    return status;
}

static enum sim_status write_outputs(const struct study_request *request,
                                     const struct study_outcome *outcome, struct sim_error *error) {
    enum sim_status status = SIM_OK;
    if (request->json) status = study_write_json(outcome, request->json, error);
    if (!status && request->csv) status = study_write_csv(outcome, request->csv, error);
    if (!status && request->html) status = write_page(request, outcome, error);
    // What disagrees is said in any case.
    bool disagrees = outcome->verdict && !outcome->verdict->passed;
    if (!request->quiet || disagrees) study_print(outcome, isatty(STDOUT_FILENO), stdout);
    if (!status && (fflush(stdout) || ferror(stdout)))
        status = sim_fail(error, SIM_ERROR_IO, "standard output cannot be written");
    return status;
}

static void print_page(void *user, const char *page) {
    (void)user;
    printf("\n%s", page);
}

static enum sim_status report(const struct study_request *request, const struct study_work *work,
                              const uint64_t *checksums, bool *passed, struct sim_error *error) {
    struct study_report result;
    struct study_verdict *verdict = calloc(1, sizeof *verdict);
    const struct run_report pages = {.mismatch = print_page};
    const struct study_rtl rtl = {request->dut_path, request->command, &pages};
    enum sim_status status = study_report_make(work, &result, error);
    if (!status && !verdict) status = sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    if (!status && request->verify_points)
        status = study_verify(work, (unsigned)request->verify_points, request->verify_references,
                              &rtl, verdict, error);
    if (!status) {
        struct study_outcome outcome = {.work = work,
                                        .report = &result,
                                        .verdict = request->verify_points ? verdict : NULL,
                                        .command = request->command};
        memcpy(outcome.checksums, checksums, sizeof outcome.checksums);
        *passed = !request->verify_points || verdict->passed;
        status = write_outputs(request, &outcome, error);
    }
    report_destroy(&result);
    free(verdict);
    return status;
}

enum sim_status study_make(struct study_request *request, bool *passed, struct sim_error *error) {
    uint64_t references[STUDY_MOST_TRACES] = {0}, checksums[STUDY_MOST_TRACES] = {0};
    struct study_work work = {0};
    struct study_journal *journal = NULL;
    enum sim_status status = look_at_traces(&request->plan, references, checksums, error);
    if (!status) status = study_work_create(&request->plan, references, &work, error);
    if (!status) status = evaluate(request, &work, checksums, &journal, error);
    if (!status) status = report(request, &work, checksums, passed, error);
    status = add_hint(request, journal, status, error);
    // Of a failure of the programs themselves nothing can be resumed.
    study_journal_close(journal, status == SIM_OK || status == SIM_ERROR_FORMAT);
    study_work_destroy(&work);
    return status;
}
