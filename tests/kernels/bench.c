// SPDX-License-Identifier: Apache-2.0
// References per second of every kernel on one core, beside the goal: from a trace file, end to
// end, and from a large random footprint. CPU time, median of several runs.
#include "bench.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "sim/kernels/frames.h"
#include "sim/kernels/opt.h"
#include "sim/trace.h"

enum { REPEATS = 5, LARGE_PAGES = 1 << 20, LARGE_REFS = 5000000, EXIT_USAGE = 2 };

double bench_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void bench_fail(const char *text) {
    fprintf(stderr, "tandem_kernel_bench: %s\n", text);
    exit(EXIT_USAGE);
}

static void *allocate(size_t bytes) {
    void *memory = malloc(bytes);
    if (!memory) bench_fail("out of memory");
    return memory;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const struct bench_case *bench, const struct bench_input *input) {
    double rate[REPEATS];
    for (int i = 0; i < REPEATS; i++) {
        double begin = bench_seconds();
        uint64_t refs = bench->run(input, bench->argument);
        rate[i] = (double)refs / (bench_seconds() - begin) / 1e6;
    }
    qsort(rate, REPEATS, sizeof rate[0], compare);
    printf("  %-42s %7.1f", bench->name, rate[REPEATS / 2]);
    if (bench->goal > 0) {
        printf("   goal %5.0f   %s", bench->goal,
               rate[REPEATS / 2] >= bench->goal ? "reached" : "MISSED");
    }
    putchar('\n');
    fflush(stdout);
}

// --- a large footprint

static uint64_t random64(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

// Zipf with exponent 0.9 by its cumulated distribution; page numbers are scattered.
static uint64_t zipf_page(const double *cumulated, uint64_t *state) {
    double at = (double)(random64(state) >> 11) * 0x1p-53 * cumulated[LARGE_PAGES - 1];
    uint32_t first = 0;
    for (uint32_t left = LARGE_PAGES; left > 1; left -= left / 2) {
        if (cumulated[first + left / 2 - 1] <= at) first += left / 2;
    }
    return first * UINT64_C(0x9E3779B1) % LARGE_PAGES;
}

static void add_large_chunk(struct bench_input *input, struct page_builder *builder,
                            struct page_chunk *chunks) {
    struct page_chunk chunk;
    page_builder_take(builder, &chunk);
    if (chunk.count == 0) return;
    struct page_run *runs = allocate(chunk.count * sizeof *runs);
    memcpy(runs, chunk.runs, chunk.count * sizeof *runs);
    chunk.runs = runs;
    chunks[input->count++] = chunk;
}

static struct bench_input make_large(uint64_t seed) {
    struct bench_input input = {0};
    double *cumulated = allocate(LARGE_PAGES * sizeof *cumulated), sum = 0;
    struct page_chunk *chunks = allocate((LARGE_REFS / PAGE_CHUNK_RUNS + 1) * sizeof *chunks);
    struct page_builder *builder;
    struct sim_error error;
    for (uint32_t i = 0; i < LARGE_PAGES; i++) {
        cumulated[i] = sum += pow((double)i + 1, -0.9);
    }
    if (page_builder_create(&builder, &error) != SIM_OK) bench_fail(error.text);
    int full = 0;
    for (uint32_t i = 0; i < LARGE_REFS; i++) {
        uint64_t page = zipf_page(cumulated, &seed);
        int written = (seed >> 20) % 4 == 0;
        if (page_builder_add(builder, page, written, &full, &error) != SIM_OK) {
            bench_fail(error.text);
        }
        if (full) add_large_chunk(&input, builder, chunks);
    }
    add_large_chunk(&input, builder, chunks);
    // The page numbers have their final place now; the builder stays for the process's life.
    page_builder_take(builder, &(struct page_chunk){0});
    struct page_chunk last;
    page_builder_take(builder, &last);
    for (size_t i = 0; i < input.count; i++) chunks[i].vpn = last.vpn;
    input.chunks = chunks;
    free(cumulated);
    return input;
}

// The same references as a trace, so that they are read end to end, too.
static void write_large(const struct bench_input *input, const char *path) {
    struct trace_writer *writer;
    struct sim_error error;
    if (trace_writer_create(path, "zipf 0.9", &writer, &error) != SIM_OK) bench_fail(error.text);
    for (size_t c = 0; c < input->count; c++) {
        const struct page_chunk *chunk = &input->chunks[c];
        for (size_t i = 0; i < chunk->count; i++) {
            struct trace_ref ref = {chunk->vpn[chunk->runs[i].page] << 12,
                                    page_run_written(chunk->runs[i]) ? TRACE_STORE : TRACE_LOAD, 8};
            for (uint32_t n = page_run_refs(chunk->runs[i]); n; n--) {
                if (trace_writer_add(writer, &ref, 1, &error) != SIM_OK) bench_fail(error.text);
            }
        }
    }
    if (trace_writer_commit(writer, &error) != SIM_OK) bench_fail(error.text);
}

static void bench_of_large(void) {
    struct bench_input input = make_large(1);
    printf(
        "zipf 0.9 over 2^20 pages, %d references, numbered pages in memory: million "
        "references/s\n",
        LARGE_REFS);
    for (const struct bench_case *bench = bench_large; bench->name; bench++) {
        measure(bench, &input);
    }
    const char *folder = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/tandem-zipf-XXXXXX", folder && *folder ? folder : "/tmp");
    int fd = mkstemp(path);
    if (fd < 0) bench_fail(strerror(errno));
    close(fd);
    write_large(&input, path);
    printf("the same, end to end from a trace\n");
    struct bench_input file = {.path = path};
    for (const struct bench_case *bench = bench_large; bench->name; bench++) {
        measure(bench, &file);
    }
    unlink(path);
}

// --- memory

// Loop over the trace until `wanted` references have gone through LRU and, in two passes, OPT.
static void bench_of_memory(const char *path, uint64_t wanted) {
    int64_t *next = allocate(PAGE_CHUNK_RUNS * sizeof *next);
    struct page_source *source;
    struct page_chunk chunk;
    struct sim_error error;
    struct kernel_frames *lru;
    struct kernel_opt_frames *opt;
    struct kernel_next_use *uses;
    struct kernel_frames_config config = {512, KERNEL_LRU, 0};
    if (page_source_open(path, 12, PAGE_ALL, &source, &error) != SIM_OK ||
        kernel_frames_create(&config, &lru, &error) != SIM_OK ||
        kernel_opt_frames_create(512, &opt, &error) != SIM_OK ||
        kernel_next_use_create(&uses, &error) != SIM_OK) {
        bench_fail(error.text);
    }
    double begin = bench_seconds();
    for (int pass = 1; pass <= 2; pass++) {
        for (uint64_t refs = 0; refs < wanted; refs += chunk.refs) {
            enum sim_status status = page_source_next(source, &chunk, &error);
            if (status == SIM_END) {
                page_source_rewind(source);
                status = page_source_next(source, &chunk, &error);
            }
            if (status == SIM_OK && pass == 1) {
                status = kernel_frames_feed(lru, &chunk, &error);
                if (status == SIM_OK) status = kernel_next_use_add(uses, &chunk, &error);
            } else if (status == SIM_OK) {
                status = kernel_next_use_get(uses, &chunk, next, &error);
                if (status == SIM_OK) status = kernel_opt_frames_feed(opt, &chunk, next, &error);
            }
            if (status != SIM_OK) bench_fail(error.text);
        }
        page_source_rewind(source);
        if (pass == 1 && kernel_next_use_finish(uses, &error) != SIM_OK) bench_fail(error.text);
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    struct kernel_frames_counts counts = kernel_opt_frames_counts(opt);
    printf("LRU and OPT, 512 frames, %.3g references: %.1f MB at most in memory, %.1f s\n",
           (double)counts.refs, (double)usage.ru_maxrss / 1024, bench_seconds() - begin);
    kernel_frames_destroy(lru);
    kernel_opt_frames_destroy(opt);
    kernel_next_use_destroy(uses);
    page_source_close(source);
    free(next);
}

int main(int argc, char **argv) {
    const char *path = "traces/cc1.tdt";
    if (argc == 3 && strcmp(argv[1], "--memory") == 0) {
        char *end = NULL;
        double wanted = strtod(argv[2], &end);
        if (*end || !(wanted >= 1 && wanted <= 1e12)) bench_fail("--memory: 1 to 1e12 references");
        bench_of_memory(path, (uint64_t)wanted);
        return 0;
    }
    if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
        bench_fail("usage: tandem_kernel_bench [TRACE | --memory REFERENCES]");
    }
    if (argc == 2) path = argv[1];
    struct bench_input input = {.path = path};
    printf("%s, pages of 4 KiB, end to end: million references/s\n", path);
    for (const struct bench_case *bench = bench_program; bench->name; bench++) {
        measure(bench, &input);
    }
    bench_of_large();
    return 0;
}
