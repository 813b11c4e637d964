// SPDX-License-Identifier: Apache-2.0
// Two revisions of the RTL under the same jobs: what is run, measured and judged.
#ifndef COMPARE_COMPARE_H
#define COMPARE_COMPARE_H

#include "dut_loader.h"
#include "result.h"

enum { COMPARE_UNITS = 16, COMPARE_TRACES = 16, COMPARE_SEEDS = 64, COMPARE_PROBES = 28 };
enum { COMPARE_ROWS = 48, COMPARE_BINS = 256, COMPARE_NAME_BYTES = 96 };

// Ordered: the verdict of all is the largest.
enum compare_verdict {
    COMPARE_SAME,
    COMPARE_FASTER,
    COMPARE_CHANGED,
    COMPARE_SLOWER,
    COMPARE_WRONG
};
// "same", "faster", ... (static).
const char *compare_verdict_name(enum compare_verdict verdict);

// A revision: a folder with rtl.f, in a temporary folder if it came from git.
struct compare_side {
    const char *given;               // as the user said it
    char rtl[RUN_PATH_BYTES];        // the folder with rtl.f
    char temporary[RUN_PATH_BYTES];  // absolute; "": nothing to remove
    char dut[COMPARE_UNITS][RUN_PATH_BYTES];
};

// Find the RTL of a folder or revision. SIM_ERROR_USAGE: neither; SIM_ERROR_TOOL: git, tar.
enum sim_status compare_side_open(struct compare_side *side, const char *given,
                                  struct sim_error *error);
void compare_side_close(struct compare_side *side);
// Build its unit of these parameters; its path goes to `path`. SIM_ERROR_TOOL.
enum sim_status compare_side_build(const struct compare_side *side, const struct mmu_config *mmu,
                                   char path[RUN_PATH_BYTES], struct sim_error *error);

struct compare_options {
    const char *base, *head;
    struct {
        char name[COMPARE_NAME_BYTES];
        const char *file;  // NULL: one of the built-in ones
        struct run_config config;
    } unit[COMPARE_UNITS];
    unsigned units;
    const char *trace[COMPARE_TRACES];
    unsigned traces;
    uint64_t random, references, seeds, seed;
    const char *json, *markdown;
    bool standard_trace;  // the one that is taken if none is given
    bool cost, strict, quiet;
};

enum compare_kind { COMPARE_PROBE, COMPARE_RANDOM, COMPARE_TRACE };

// Of the first difference from the model: a time, late or early; walks that overlap change places;
// a counter of cycles of waiting or work, which time may move before any answer; anything else, as
// another counter, a victim or a PTE access.
enum compare_difference { COMPARE_TIME, COMPARE_ORDER, COMPARE_CYCLES, COMPARE_FUNCTION };

// One run on one side.
struct compare_sample {
    bool exact;              // agreed with the model, to the cycle
    bool right;              // translations are what the specification allows
    enum bench_check check;  // of the first difference, if not exact, as are the next three
    char what[64];           // its signal or counter
    enum compare_difference difference;
    int direction;             // +1 late, -1 early, 0 neither
    char why[160];             // what is wrong, or differs first
    struct run_result result;  // exact: under both oracles; else under the legal one
};

// One value of both sides.
struct compare_row {
    char name[64];
    double base, head;
    bool whole;  // a whole number
};

// Answers of one latency, where both sides have different numbers.
struct compare_bin {
    uint8_t port, source;  // enum mmu_port, mmu_source
    uint16_t latency;      // BENCH_LATENCIES - 1: that or more
    uint64_t base, head;
};

struct compare_job {
    enum compare_kind kind;
    unsigned unit;
    char name[2 * COMPARE_NAME_BYTES];
    bool retimed;  // single accesses of this unit take another time
    enum compare_verdict verdict;
    bool undirected;                       // random, and the first difference is an order of walks
    char why[400];                         // a sentence
    struct compare_row row[COMPARE_ROWS];  // those that differ; of probes all
    unsigned rows;
    struct compare_bin bin[COMPARE_BINS];  // of histograms; by port, source, latency
    unsigned bins, bins_left_out;
};
// "data, walk" of a port and a source.
void compare_histogram_name(unsigned port, unsigned source, char name[40]);

// The cycles of single accesses, of the data port, then of the fetch port: a hit, walks, a hit in
// the second level. 0: no answer.
struct compare_probes {
    uint64_t cycles[COMPARE_PROBES];
    bool asked[COMPARE_PROBES];  // the unit has levels and second level for it
};
// Returns whether there is an answer to any.
bool compare_probes_answered(const struct compare_probes *probes);
void compare_probe_name(unsigned index, char name[64]);
enum sim_status compare_probe(const struct mmu_config *mmu, const char *dut,
                              struct compare_probes *probes, struct sim_error *error);

// Run a job on one side. `legal_only`: as for a side that is not exact.
enum sim_status compare_measure(const struct run_options *options, const char *dut, bool legal_only,
                                struct compare_sample *sample, struct sim_error *error);

// Sort the first difference from the model of a unit with so many walks at a time.
void compare_classify(struct compare_sample *sample, const struct mismatch *first, uint64_t walks);

// Judge; fill verdict, why and rows.
void compare_judge_probes(struct compare_job *job, const struct compare_probes *base,
                          const struct compare_probes *head);
void compare_judge(struct compare_job *job, const struct compare_sample *base,
                   const struct compare_sample *head);

struct compare_result {
    struct compare_job *job;  // owned
    unsigned jobs;
    enum compare_verdict
        verdict;      // the largest; of undirected jobs only if all others are the same
    bool undirected;  // there is such a job
    struct compare_row cost[8];
    unsigned costs;
};

// LUTs, flip-flops and RAMs of a unit on both sides. SIM_ERROR_TOOL.
enum sim_status compare_cost(const struct run_config *config, const struct compare_side side[2],
                             struct compare_result *result, struct sim_error *error);

// Everything; unless `quiet`, with a line for each job on stdout.
enum sim_status compare_run(const struct compare_options *options, struct compare_result *result,
                            struct sim_error *error);

// Owned by the caller; NULL: no memory. The summary is for a pull request's reviewer: verdict, what
// differs by job with its unit, histograms, cost, and the command that repeats it.
char *compare_markdown(const struct compare_options *options, const struct compare_result *result);
char *compare_json(const struct compare_options *options, const struct compare_result *result);
void compare_print(const struct compare_job *job);

#endif
