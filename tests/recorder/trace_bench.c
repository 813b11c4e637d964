// SPDX-License-Identifier: Apache-2.0
// How fast programs are recorded and lackey's text is read: millions of references a second,
// the best of several runs, since other programs share the machine.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "import.h"
#include "recorder.h"
#include "writer.h"

enum { RUNS = 3, TEXT_REFS = 2000000, LACKEY_REFS = 1000000, BATCH = 4096, PATH_BYTES = 512 };

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int stop(const struct sim_error *error) {
    fprintf(stderr, "tandem_trace_bench: %s\n", error->text);
    return 2;
}

static double cpu_seconds(int who) {
    struct rusage usage;
    getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static enum sim_status record(enum recorder_tool tool, char **argv, const char *out, int level,
                              uint64_t *refs, struct sim_error *error) {
    struct trace_signals signals;
    struct trace_writer *writer = NULL;
    // lackey takes a second for half a million.
    uint64_t most = tool == RECORDER_LACKEY ? LACKEY_REFS : UINT64_MAX;
    struct recorder_options options = {.argv = argv, .max_refs = most, .tool = tool};
    struct recorder_outcome outcome;
    enum sim_status status = trace_signals_begin(&signals, error);
    if (status != SIM_OK) return status;
    status = trace_writer_create(out, "", &writer, error);
    if (status == SIM_OK) status = trace_writer_set_level(writer, level, error);
    if (status == SIM_OK) {
        status = recorder_run(&options, &signals, writer, &outcome, error);
        *refs = outcome.refs;
        trace_writer_abandon(writer);
    }
    trace_signals_end(&signals);
    return status;
}

static int bench_record(const char *name, enum recorder_tool tool, const char *program,
                        const char *amount, const char *out, int level) {
    char file[PATH_BYTES], count[32];
    snprintf(file, sizeof file, "%s/%s", PROGRAMS, program);
    snprintf(count, sizeof count, "%s", amount);
    if (access(file, X_OK) != 0) {
        printf("%-40s passed over: the program was not built\n", name);
        return 0;
    }
    double best = 0, ours = 0, programs = 0;
    uint64_t refs = 0;
    for (int run = 0; run < (tool == RECORDER_LACKEY ? 1 : RUNS); run++) {
        char *argv[] = {file, count, NULL};
        struct sim_error error;
        double begin = seconds(CLOCK_MONOTONIC);
        double self = cpu_seconds(RUSAGE_SELF), child = cpu_seconds(RUSAGE_CHILDREN);
        if (record(tool, argv, out, level, &refs, &error) != SIM_OK) return stop(&error);
        double speed = (double)refs / (seconds(CLOCK_MONOTONIC) - begin) / 1e6;
        if (speed > best) best = speed;
        self = (double)refs / (cpu_seconds(RUSAGE_SELF) - self) / 1e6;
        child = (double)refs / (cpu_seconds(RUSAGE_CHILDREN) - child) / 1e6;
        if (self > ours) ours = self;
        if (child > programs) programs = child;
    }
    printf("%-40s %6.1f M references/s; by CPU time: %.1f the program's side, %.1f ours\n", name,
           best, programs, ours);
    return 0;
}

// A recorded program as lackey would have printed it.
static int write_text(const char *path, const char *trace) {
    static const char *const prefixes[] = {"I  ", " L ", " S ", " M "};
    struct trace_reader *reader = NULL;
    struct sim_error error;
    FILE *file = fopen(path, "w");
    if (!file) return 2;
    if (trace_reader_open(trace, &reader, &error) != SIM_OK) {
        fclose(file);
        return stop(&error);
    }
    struct trace_ref refs[BATCH];
    size_t count = 0;
    for (size_t total = 0; total < TEXT_REFS; total += count) {
        if (trace_reader_next(reader, refs, BATCH, &count, &error) != SIM_OK) break;
        for (size_t i = 0; i < count; i++) {
            fprintf(file, "%s%08" PRIx64 ",%u\n", prefixes[refs[i].kind], refs[i].va, refs[i].size);
        }
    }
    trace_reader_close(reader);
    return fclose(file) == 0 ? 0 : 2;
}

static int bench_text(const char *path) {
    double best = 0;
    uint64_t refs = 0;
    for (int run = 0; run < 2 * RUNS; run++) {
        struct trace_input *input = NULL;
        struct trace_import *import = NULL;
        struct trace_ref batch[BATCH];
        struct sim_error error;
        size_t count = 0;
        double begin = seconds(CLOCK_PROCESS_CPUTIME_ID);
        enum sim_status status = trace_input_open(path, NULL, NULL, &input, &error);
        if (status == SIM_OK) status = trace_import_open(input, TRACE_FORMAT_AUTO, &import, &error);
        for (refs = 0; status == SIM_OK; refs += count) {
            count = 0;
            status = trace_import_next(import, batch, BATCH, &count, &error);
        }
        trace_import_close(import);
        if (status != SIM_END) return stop(&error);
        double speed = (double)refs / (seconds(CLOCK_PROCESS_CPUTIME_ID) - begin) / 1e6;
        if (speed > best) best = speed;
    }
    printf("%-40s %6.1f M lines/s (%" PRIu64 " lines)\n",
           "lackey's text, read and parsed, one core", best, refs);
    return 0;
}

int main(int argc, char **argv) {
    char out[PATH_BYTES], text[PATH_BYTES + 8];
    const char *trace = argc > 1 ? argv[1] : "traces/cc1.tdt", *folder = getenv("TMPDIR");
    snprintf(out, sizeof out, "%s/tandem-bench-%ld.tdt", folder ? folder : "/tmp", (long)getpid());
    snprintf(text, sizeof text, "%s.txt", out);
    int failed = bench_record("recording by QEMU, x86-64", RECORDER_QEMU, "work", "6", out,
                              TRACE_LEVEL_RECORDING);
    failed |= bench_record("recording by QEMU, x86-64, zstd level 9", RECORDER_QEMU, "work", "6",
                           out, TRACE_LEVEL_DEFAULT);
    failed |= bench_record("recording by QEMU, RV64", RECORDER_QEMU, "work_riscv64", "6", out,
                           TRACE_LEVEL_RECORDING);
    failed |= bench_record("recording by lackey, x86-64", RECORDER_LACKEY, "work", "6", out,
                           TRACE_LEVEL_RECORDING);
    failed |= write_text(text, trace);
    if (!failed) failed = bench_text(text);
    unlink(text);
    return failed ? 2 : 0;
}
