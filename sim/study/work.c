// SPDX-License-Identifier: Apache-2.0
// Laying a plan out: rows for its legal combinations, each query once, queries that share a pass
// in one task.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "mmu/engine.h"
#include "query_private.h"
#include "sim/kernels/lru_sets.h"
#include "stream_client.h"

// 128 bits of a query or a group stand for it: no collision is to be expected.
struct table {
    struct table_entry {
        XXH128_hash_t hash;
        uint32_t number;  // + 1; 0: free
    } * entries;
    size_t capacity, count;
};

static struct table_entry *table_at(struct table *table, XXH128_hash_t hash) {
    size_t at = (size_t)hash.low64 & (table->capacity - 1);
    while (table->entries[at].number && !XXH128_isEqual(table->entries[at].hash, hash))
        at = (at + 1) & (table->capacity - 1);
    return &table->entries[at];
}

static bool table_create(struct table *table, size_t most) {
    table->capacity = 64;
    while (table->capacity < 2 * most) table->capacity *= 2;
    table->entries = calloc(table->capacity, sizeof *table->entries);
    return table->entries != NULL;
}

static XXH128_hash_t hash_of(const struct study_query *query, const struct study_config *config) {
    uint64_t words[4] = {
        query->kind, query->port, query->input.trace,
        (uint64_t)query->alone << 2 | (uint64_t)query->classes << 1 | query->kernel};
    XXH128_hash_t first = XXH3_128bits(words, sizeof words);
    XXH128_hash_t second = XXH3_128bits_withSeed(config, sizeof *config, first.low64);
    second.high64 ^= first.high64;
    return second;
}

// --- rows --------------------------------------------------------------------------------

// The TLBs that a study of misses looks at: those whose keys are swept, or both.
static bool looks_at(const struct study_plan *plan, enum mmu_port port) {
    bool any = false, this_one = false;
    for (unsigned a = 0; a < plan->axis_count; a++)
        for (unsigned k = 0; k < plan->axes[a].key_count; k++) {
            const char *path = plan->axes[a].keys[k]->path;
            bool data = !strncmp(path, "tlb.data.", 9), fetch = !strncmp(path, "tlb.fetch.", 10);
            any |= data || fetch;
            this_one |= port == MMU_PORT_DATA ? data : fetch;
        }
    return this_one || !any;
}

// The timed model's pages, which it maps for study.client = program, are of 4 KiB.
static enum sim_status check_misses(const struct study_plan *plan, const struct study_point *point,
                                    struct sim_error *error) {
    bool classes = (plan->measures & STUDY_CLASSES) != 0;
    if (point->config.page_bytes == 4096) return SIM_OK;
    if (!classes && (!(plan->measures & STUDY_MISSES) || plan->measures & STUDY_TIMED))
        return SIM_OK;
    for (unsigned port = 0; port < MMU_PORTS; port++) {
        struct study_query query = {.kind = QUERY_TLB, .port = (uint8_t)port, .classes = classes};
        query.input.config = point->config;
        query.input.config = study_query_canonical(&query);
        if (!looks_at(plan, (enum mmu_port)port) || study_query_kernel(&query)) continue;
        return sim_fail(error, SIM_ERROR_USAGE,
                        "the misses of the %s TLB are the timed model's, which counts them with "
                        "pages of 4096 bytes only, not with study.page_bytes = %" PRIu64,
                        port == MMU_PORT_DATA ? "data" : "fetch", point->config.page_bytes);
    }
    return SIM_OK;
}

// Kernels alone look into the future.
static enum sim_status check_opt(const struct study_plan *plan, const struct study_point *point,
                                 struct sim_error *error) {
    bool classes = (plan->measures & STUDY_CLASSES) != 0;
    if (plan->measures & STUDY_TIMED) return config_check(&point->config.run, error);
    if (!classes && !(plan->measures & STUDY_MISSES)) return SIM_OK;
    for (unsigned port = 0; port < MMU_PORTS; port++) {
        struct study_query query = {.kind = QUERY_TLB, .port = (uint8_t)port, .classes = classes};
        query.input.config = point->config;
        query.input.config = study_query_canonical(&query);
        if (!looks_at(plan, (enum mmu_port)port) || !study_query_opt(&query) ||
            study_query_kernel(&query))
            continue;
        return sim_fail(
            error, SIM_ERROR_USAGE,
            "tlb.%s.policy = opt: its misses are counted by themselves, without causes, "
            "in a power of two of sets with at most %d ways or one set of any size, of "
            "processes with ASIDs of their own, where no other key than the TLB's "
            "decides them",
            port == MMU_PORT_DATA ? "data" : "fetch", KERNEL_WAYS_MAX);
    }
    return SIM_OK;
}

static enum sim_status check_point(const struct study_plan *plan, const struct study_point *point,
                                   struct sim_error *error) {
    enum sim_status status = check_opt(plan, point, error);
    if (!status) status = check_misses(plan, point, error);
    if (status || !(plan->measures & STUDY_TIMED)) return status;
    if (point->config.client == STUDY_STREAM)
        return study_stream_client_check(&point->config, error);
    if (point->config.page_bytes == 4096) return SIM_OK;
    return sim_fail(error, SIM_ERROR_USAGE,
                    "study.client = program has pages of 4096 bytes only, so that cycles cannot be "
                    "measured with study.page_bytes = %" PRIu64 " (study.client = stream can)",
                    point->config.page_bytes);
}

static enum sim_status create_rows(struct study_work *work, struct sim_error *error) {
    uint64_t combinations = study_plan_combinations(work->plan);
    work->rows = calloc(combinations ? (size_t)combinations : 1, sizeof *work->rows);
    if (!work->rows) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    for (uint64_t number = 0; number < combinations; number++) {
        struct study_row *row = &work->rows[work->row_count];
        struct sim_error why = {""};
        enum sim_status status = study_plan_point(work->plan, number, &row->point, &why);
        if (!status) status = check_point(work->plan, &row->point, &why);
        memset(row->query, 0xFF, sizeof row->query);
        if (!status) {
            work->row_count++;
        } else if (work->skipped++ == 0) {
            memcpy(work->skipped_text, why.text, sizeof why.text);
        }
    }
    if (work->row_count) return SIM_OK;
    return sim_fail(error, SIM_ERROR_USAGE, "no combination of the sweeps is legal: %.400s",
                    work->skipped_text);
}

// --- queries -----------------------------------------------------------------------------

static void ask(struct study_work *work, struct table *table, struct study_point *point,
                uint32_t *number, struct study_query query) {
    query.input = (struct study_input){
        .plan = work->plan, .trace = point->trace, .alone = query.alone, .config = point->config};
    query.input.config = study_query_canonical(&query);
    query.kernel = study_query_kernel(&query);
    XXH128_hash_t hash = hash_of(&query, &query.input.config);
    struct table_entry *entry = table_at(table, hash);
    if (!entry->number) {
        work->queries[work->query_count++] = query;
        *entry = (struct table_entry){hash, work->query_count};
    }
    *number = entry->number - 1;
}

static void ask_row(struct study_work *work, struct table *table, struct study_row *row) {
    unsigned measures = work->plan->measures;
    bool classes = (measures & STUDY_CLASSES) != 0;
    bool cycles = (measures & STUDY_TIMED) != 0;
    struct study_point *point = &row->point;
    uint32_t *query = row->query;
    row->hierarchy = (measures & STUDY_HIERARCHY) != 0;
    // The timed model counts misses, too.
    for (unsigned port = 0; port < MMU_PORTS; port++) {
        enum mmu_port p = (enum mmu_port)port;
        if ((classes || ((measures & STUDY_MISSES) && !cycles)) && looks_at(work->plan, p))
            ask(work, table, point, &query[p == MMU_PORT_DATA ? ASK_DATA : ASK_FETCH],
                (struct study_query){.kind = QUERY_TLB, .port = (uint8_t)p, .classes = classes});
    }
    if (cycles)
        ask(work, table, point, &query[ASK_CYCLES], (struct study_query){.kind = QUERY_CYCLES});
    if (measures & STUDY_FAULTS)
        ask(work, table, point, &query[ASK_FRAMES], (struct study_query){.kind = QUERY_FRAMES});
    if (measures & STUDY_WORKING_SET)
        ask(work, table, point, &query[ASK_WORKING_SET],
            (struct study_query){.kind = QUERY_WORKING_SET});
    if (measures & STUDY_PAGES)
        ask(work, table, point, &query[ASK_PAGES], (struct study_query){.kind = QUERY_PAGES});
}

// How many pages each program has, whatever is studied of it.
static void ask_traces(struct study_work *work, struct table *table) {
    for (unsigned t = 0; t < work->plan->trace_count; t++) {
        struct study_point point = {.trace = t, .config = study_config_default()};
        ask(work, table, &point, &work->trace_query[t],
            (struct study_query){.kind = QUERY_PAGES, .alone = true});
    }
}

// A curve over windows, unless the plan sweeps them itself.
static void ask_windows(struct study_work *work, struct table *table) {
    const struct study_plan *plan = work->plan;
    memset(work->window_query, 0xFF, sizeof work->window_query);
    if (!(plan->measures & STUDY_WORKING_SET) || study_plan_sweeps(plan, "study.window")) return;
    for (unsigned t = 0; t < (plan->mix ? 1 : plan->trace_count); t++)
        for (unsigned w = 0; w < STUDY_WINDOWS; w++) {
            struct study_point point = {.trace = t, .config = work->rows[0].point.config};
            point.config.window = UINT64_C(1) << (STUDY_FIRST_WINDOW_BITS + w);
            ask(work, table, &point, &work->window_query[t][w],
                (struct study_query){.kind = QUERY_WORKING_SET});
        }
}

static enum sim_status create_queries(struct study_work *work, struct sim_error *error) {
    size_t most =
        (size_t)work->row_count * STUDY_ASKS + work->plan->trace_count * (1 + STUDY_WINDOWS);
    struct table table = {0};
    work->queries = calloc(most, sizeof *work->queries);
    if (!work->queries || !table_create(&table, most))
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    for (unsigned r = 0; r < work->row_count; r++) ask_row(work, &table, &work->rows[r]);
    ask_traces(work, &table);
    ask_windows(work, &table);
    free(table.entries);
    return SIM_OK;
}

// --- tasks -------------------------------------------------------------------------------

// References that one query looks at: OPT twice, as kernel_next_use needs it.
static double references_of(const struct study_work *work, const struct study_query *query,
                            const uint64_t *references) {
    const struct run_config *run = &query->input.config.run;
    double sum = 0;
    unsigned traces = work->plan->mix ? work->plan->trace_count : 1;
    for (uint64_t p = 0; p < run->processes; p++) {
        uint64_t refs = references[work->plan->mix ? p % traces : query->input.trace];
        if (run->references && run->references < refs) refs = run->references;
        sum += (double)refs;
    }
    return study_query_opt(query) ? 2 * sum : sum;
}

// A reference costs the timed model as much as 20 of a kernel's.
static double weight_of(const struct study_query *query) {
    if (query->kind == QUERY_CYCLES || !query->kernel) return 20;
    if (study_query_opt(query)) return 2;
    return query->kind == QUERY_FRAMES ? 4 : 1;
}

static void assign_tasks(struct study_work *work, struct table *table, const uint64_t *references) {
    for (unsigned q = 0; q < work->query_count; q++) {
        struct study_query *query = &work->queries[q];
        unsigned batch;
        struct study_config config = study_query_group(query, &batch);
        XXH128_hash_t hash = hash_of(query, &config);
        struct table_entry *entry = table_at(table, hash);
        if (!entry->number || work->tasks[entry->number - 1].count == batch) {
            *entry = (struct table_entry){hash, ++work->task_count};
            struct study_task *task = &work->tasks[work->task_count - 1];
            task->references = references_of(work, query, references);
            task->cost = weight_of(query) * task->references;
        }
        query->task = entry->number - 1;
        struct study_task *task = &work->tasks[query->task];
        if (task->count++ == 0) continue;
        task->cost *= 1.1;
        if (query->kind == QUERY_PAGES) task->references += references_of(work, query, references);
    }
}

static enum sim_status create_tasks(struct study_work *work, const uint64_t *references,
                                    struct sim_error *error) {
    struct table table = {0};
    work->tasks = calloc(work->query_count + 1, sizeof *work->tasks);
    work->order = calloc(work->query_count + 1, sizeof *work->order);
    if (!work->tasks || !work->order || !table_create(&table, work->query_count))
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    assign_tasks(work, &table, references);
    free(table.entries);
    for (unsigned t = 0, next = 0; t < work->task_count; t++) {
        work->tasks[t].first = next;
        next += work->tasks[t].count;
        work->tasks[t].count = 0;
    }
    for (unsigned q = 0; q < work->query_count; q++) {
        struct study_task *task = &work->tasks[work->queries[q].task];
        work->order[task->first + task->count++] = q;
    }
    return SIM_OK;
}

enum sim_status study_work_create(const struct study_plan *plan, const uint64_t *references,
                                  struct study_work *work, struct sim_error *error) {
    *work = (struct study_work){.plan = plan};
    enum sim_status status = create_rows(work, error);
    if (!status) status = create_queries(work, error);
    if (!status) status = create_tasks(work, references, error);
    return status;
}

void study_work_destroy(struct study_work *work) {
    free(work->rows);
    free(work->queries);
    free(work->order);
    free(work->tasks);
    *work = (struct study_work){0};
}

uint64_t study_work_hash(const struct study_work *work) {
    uint64_t hash = 0;
    for (unsigned q = 0; q < work->query_count; q++) {
        XXH128_hash_t one = hash_of(&work->queries[q], &work->queries[q].input.config);
        uint64_t words[4] = {hash, one.low64, one.high64, work->queries[q].task};
        hash = XXH3_64bits(words, sizeof words);
    }
    return hash;
}

uint64_t study_work_references(const struct study_work *work) {
    uint64_t sum = 0;
    for (unsigned r = 0; r < work->row_count; r++)
        for (unsigned a = 0; a < STUDY_ASKS; a++)
            sum += study_row_value(work, &work->rows[r], (enum study_ask)a, VALUE_REFERENCES);
    for (unsigned t = 0; t < work->plan->trace_count; t++)
        if (work->window_query[t][0] != QUERY_NONE)
            sum += work->queries[work->window_query[t][0]].value[VALUE_REFERENCES];
    return sum;
}

bool study_row_sampled(const struct study_work *work, const struct study_row *row) {
    uint32_t query = row->query[ASK_FRAMES];
    return query != QUERY_NONE && study_query_sampled(&work->queries[query]);
}

uint64_t study_row_value(const struct study_work *work, const struct study_row *row,
                         enum study_ask ask, enum study_value value) {
    uint32_t query = row->query[ask];
    return query == QUERY_NONE ? 0 : work->queries[query].value[value];
}
