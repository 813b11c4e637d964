// SPDX-License-Identifier: Apache-2.0
#include "metric.h"

#include <stdio.h>
#include <string.h>

#include "metric_hierarchy.h"
#include "mmu/engine.h"
#include "query_private.h"

static bool has(const struct study_row *row, enum study_ask ask) {
    return row->query[ask] != QUERY_NONE;
}

uint64_t study_row_misses(const struct study_work *work, const struct study_row *row,
                          unsigned port) {
    enum study_ask ask = port == MMU_PORT_DATA ? ASK_DATA : ASK_FETCH;
    if (has(row, ask)) return study_row_value(work, row, ask, VALUE_MISSES);
    return study_row_value(work, row, ASK_CYCLES,
                           port == MMU_PORT_DATA ? VALUE_DATA_MISSES : VALUE_FETCH_MISSES);
}

uint64_t study_row_references(const struct study_work *work, const struct study_row *row,
                              unsigned port) {
    enum study_ask ask = port == MMU_PORT_DATA ? ASK_DATA : ASK_FETCH;
    if (has(row, ask)) return study_row_value(work, row, ask, VALUE_REFERENCES);
    return study_row_value(work, row, ASK_CYCLES,
                           port == MMU_PORT_DATA ? VALUE_DATA_REFERENCES : VALUE_FETCH_REFERENCES);
}

static double ratio(uint64_t part, uint64_t whole) {
    return whole ? (double)part / (double)whole : 0.0;
}

static bool has_data(const struct study_row *row) {
    return has(row, ASK_DATA) || has(row, ASK_CYCLES);
}

static double data_miss_ratio(const struct study_work *work, const struct study_row *row) {
    return ratio(study_row_misses(work, row, MMU_PORT_DATA),
                 study_row_references(work, row, MMU_PORT_DATA));
}

static bool has_fetch(const struct study_row *row) {
    return has(row, ASK_FETCH) || has(row, ASK_CYCLES);
}

static double fetch_miss_ratio(const struct study_work *work, const struct study_row *row) {
    return ratio(study_row_misses(work, row, MMU_PORT_FETCH),
                 study_row_references(work, row, MMU_PORT_FETCH));
}

static bool has_cycles(const struct study_row *row) {
    return has(row, ASK_CYCLES);
}

static uint64_t latency(const struct study_work *work, const struct study_row *row) {
    return study_row_value(work, row, ASK_CYCLES, VALUE_DATA_LATENCY) +
           study_row_value(work, row, ASK_CYCLES, VALUE_FETCH_LATENCY);
}

static double translation_cycles(const struct study_work *work, const struct study_row *row) {
    return ratio(latency(work, row), study_row_value(work, row, ASK_CYCLES, VALUE_REFERENCES));
}

// As result_effective_access_cycles of a run.
static double access_cycles(const struct study_work *work, const struct study_row *row) {
    uint64_t cycles = latency(work, row) +
                      study_row_value(work, row, ASK_CYCLES, VALUE_FAULT_CYCLES) +
                      study_row_value(work, row, ASK_CYCLES, VALUE_SWITCH_CYCLES) +
                      study_row_value(work, row, ASK_CYCLES, VALUE_SCAN_CYCLES);
    return ratio(cycles, study_row_value(work, row, ASK_CYCLES, VALUE_REFERENCES)) +
           (double)row->point.config.run.access_cycles;
}

static bool has_faults(const struct study_row *row) {
    return has(row, ASK_FRAMES) ||
           (has(row, ASK_CYCLES) && row->point.config.paging == STUDY_DEMAND);
}

static double fault_ratio(const struct study_work *work, const struct study_row *row) {
    enum study_ask ask = has(row, ASK_FRAMES) ? ASK_FRAMES : ASK_CYCLES;
    return ratio(study_row_value(work, row, ask, VALUE_FAULTS),
                 study_row_value(work, row, ask, VALUE_REFERENCES));
}

// Of a sample.
static double fault_error(const struct study_work *work, const struct study_row *row) {
    return ratio(study_row_value(work, row, ASK_FRAMES, VALUE_FAULTS_ERROR),
                 study_row_value(work, row, ASK_FRAMES, VALUE_REFERENCES));
}

static bool has_scans(const struct study_row *row) {
    return has(row, ASK_FRAMES) &&
           policy_find((unsigned)row->point.config.run.policy)->knows == POLICY_KNOWS_BITS;
}

static double scan_access_cycles(const struct study_work *work, const struct study_row *row) {
    return ratio(study_row_value(work, row, ASK_FRAMES, VALUE_ACCESS_CYCLES),
                 study_row_value(work, row, ASK_FRAMES, VALUE_REFERENCES));
}

static double hidden_ratio(const struct study_work *work, const struct study_row *row) {
    return ratio(study_row_value(work, row, ASK_FRAMES, VALUE_HIDDEN),
                 study_row_value(work, row, ASK_FRAMES, VALUE_REFERENCES));
}

static bool has_working_set(const struct study_row *row) {
    return has(row, ASK_WORKING_SET);
}

static double working_set(const struct study_work *work, const struct study_row *row) {
    return ratio(study_row_value(work, row, ASK_WORKING_SET, VALUE_WINDOW_PAGES),
                 study_row_value(work, row, ASK_WORKING_SET, VALUE_REFERENCES));
}

static bool has_pages(const struct study_row *row) {
    return has(row, ASK_PAGES);
}

static double fragmentation(const struct study_work *work, const struct study_row *row) {
    double bytes = (double)study_row_value(work, row, ASK_PAGES, VALUE_DISTINCT) *
                   (double)row->point.config.page_bytes;
    double used = (double)study_row_value(work, row, ASK_PAGES, VALUE_USED_BYTES);
    return bytes > 0 ? 1.0 - used / bytes : 0.0;
}

static double reach(const struct study_work *work, const struct study_row *row) {
    (void)work;
    return (double)row->point.config.run.data_entries * (double)row->point.config.page_bytes /
           1024.0;
}

static double memory(const struct study_work *work, const struct study_row *row) {
    return (double)study_row_value(work, row, ASK_PAGES, VALUE_DISTINCT) *
           (double)row->point.config.page_bytes / 1024.0;
}

// --- who is asked ------------------------------------------------------------------------

static enum study_ask ask_data(const struct study_row *row) {
    return has(row, ASK_DATA) ? ASK_DATA : ASK_CYCLES;
}

static enum study_ask ask_fetch(const struct study_row *row) {
    return has(row, ASK_FETCH) ? ASK_FETCH : ASK_CYCLES;
}

static enum study_ask ask_cycles(const struct study_row *row) {
    (void)row;
    return ASK_CYCLES;
}

static enum study_ask ask_faults(const struct study_row *row) {
    return has(row, ASK_FRAMES) ? ASK_FRAMES : ASK_CYCLES;
}

static enum study_ask ask_window(const struct study_row *row) {
    (void)row;
    return ASK_WORKING_SET;
}

static enum study_ask ask_pages(const struct study_row *row) {
    (void)row;
    return ASK_PAGES;
}

const struct study_metric study_metrics[] = {
    {"data-miss-ratio", "Miss ratio of the data TLB", "miss ratio", "misses per reference", "log10",
     "misses of the data TLB", true, has_data, data_miss_ratio, ask_data, NULL, NULL},
    {"fetch-miss-ratio", "Miss ratio of the fetch TLB", "miss ratio", "misses per reference",
     "log10", "misses of the fetch TLB", true, has_fetch, fetch_miss_ratio, ask_fetch, NULL, NULL},
    {"translation-cycles", "Average translation", "translation", "cycles per reference", "linear",
     "cycles of a translation", true, has_cycles, translation_cycles, ask_cycles, NULL, NULL},
    {"effective-access", "Effective access time", "effective access", "cycles per reference",
     "linear", "cycles of an access", true, has_cycles, access_cycles, ask_cycles, NULL, NULL},
    {"l2-miss-ratio", "Miss ratio of the second-level TLB", "miss ratio", "misses per lookup",
     "log10", "misses of the second-level TLB", true, study_has_second_level,
     study_second_level_miss_ratio, ask_cycles, NULL, NULL},
    {"l2-misses-per-kilo-reference", "Misses per kilo-reference of the second-level TLB",
     "misses per kilo-reference", "per 1000 references", NULL, "misses of the second-level TLB",
     true, study_has_second_level, study_second_level_misses_per_kilo, ask_cycles, NULL, NULL},
    {"misses-per-kilo-reference", "Misses per kilo-reference of the first level",
     "misses per kilo-reference", "per 1000 references", "linear", "misses of the first level",
     true, study_has_hierarchy, study_misses_per_kilo, ask_cycles, NULL, NULL},
    {"walks", "Walks", "walks", "per reference", "log10", "walks", true, study_has_hierarchy,
     study_walks_per_reference, ask_cycles, NULL, NULL},
    {"pte-reads", "PTE reads", "PTE reads", "per reference", "log10", "PTE reads", true,
     study_has_hierarchy, study_pte_reads_per_reference, ask_cycles, NULL, NULL},
    // Columns of the table alone.
    {"l2-hits", "Hits of the second level", "hits", "per reference", NULL, "", false,
     study_has_second_level, study_second_level_hits, ask_cycles, NULL, NULL},
    {"pwc-hits", "Hits of the page-walk caches", "hits", "per reference", NULL, "", false,
     study_has_hierarchy, study_walk_cache_hits, ask_cycles, NULL, NULL},
    {"merges", "Merges", "merges", "per reference", NULL, "", false, study_has_hierarchy,
     study_merges, ask_cycles, NULL, NULL},
    {"prefetches", "Prefetches", "prefetches", "per reference", NULL, "", false,
     study_has_hierarchy, study_prefetches, ask_cycles, NULL, NULL},
    {"fault-ratio", "Page faults", "fault rate", "faults per reference", "log10", "page faults",
     true, has_faults, fault_ratio, ask_faults, NULL, fault_error},
    {"scan-access", "Effective access with scans of the A bits", "effective access",
     "cycles per reference", "log10", "cycles of an access", true, has_scans, scan_access_cycles,
     ask_faults, NULL, NULL},
    {"hidden-accesses", "References that no scan can see", "hidden", "per reference", "linear",
     "hidden references", true, has_scans, hidden_ratio, ask_faults, NULL, NULL},
    {"working-set", "Average working set", "working set", "pages", "linear",
     "pages of the working set", true, has_working_set, working_set, ask_window, NULL, NULL},
    {"fragmentation", "Internal fragmentation", "unused part of the pages", "ratio", "linear",
     "unused bytes", false, has_pages, fragmentation, ask_pages, NULL, NULL},
    {"memory", "Memory in pages", "memory", "KiB", "log2", "memory", false, has_pages, memory,
     ask_pages, NULL, NULL},
    {"reach", "Reach of the data TLB", "reach", "KiB", "log2", "reach of the data TLB", false,
     has_pages, reach, ask_pages, "tlb.data.entries", NULL},
};
const unsigned study_metric_count = sizeof study_metrics / sizeof study_metrics[0];

bool study_metric_depends(const struct study_work *work, const struct study_metric *metric,
                          unsigned axis) {
    const struct study_axis *keys = &work->plan->axes[axis];
    for (unsigned k = 0; k < keys->key_count; k++)
        if (metric->direct && !strcmp(keys->keys[k]->path, metric->direct)) return true;
    for (unsigned r = 0; r < work->row_count; r++) {
        const struct study_row *row = &work->rows[r];
        if (!metric->has(row)) continue;
        const struct study_query *query = &work->queries[row->query[metric->ask(row)]];
        for (unsigned k = 0; k < keys->key_count; k++)
            if (study_query_keeps(query, keys->keys[k])) return true;
    }
    return false;
}

bool study_metric_varies(const struct study_work *work, const struct study_metric *metric) {
    for (unsigned a = 0; a < work->plan->axis_count; a++)
        if (study_metric_depends(work, metric, a)) return true;
    return false;
}

// --- names of programs -------------------------------------------------------------------

// What is shown is UTF-8; a file's name need not be.
static char shown(char c) {
    return (unsigned char)c >= 128 || (unsigned char)c < 32 ? '?' : c;
}

// Returns where the last `parts` parts of the path begin, and how long they are without ".tdt".
static const char *tail_of(const char *path, unsigned parts, size_t *length) {
    size_t end = strlen(path), at = end;
    for (; at > 0; at--)
        if (path[at - 1] == '/' && at < end && --parts == 0) break;
    *length = end - at;
    if (*length > 4 && !strcmp(path + end - 4, ".tdt")) *length -= 4;
    return path + at;
}

static bool same_tail(const char *a, const char *b, unsigned parts) {
    size_t length, other;
    a = tail_of(a, parts, &length);
    b = tail_of(b, parts, &other);
    bool same = length == other;
    for (size_t i = 0; same && i < length; i++) same = shown(a[i]) == shown(b[i]);
    return same;
}

static bool is_shared(const struct study_plan *plan, unsigned trace, unsigned parts) {
    for (unsigned t = 0; t < plan->trace_count; t++)
        if (t != trace && same_tail(plan->traces[t], plan->traces[trace], parts)) return true;
    return false;
}

const char *study_trace_name(const struct study_plan *plan, unsigned trace, char out[64]) {
    enum { MOST_PARTS = 8, MOST_NAME = 63, MOST_NUMBERED = 56 };
    const char *path = plan->traces[trace];
    unsigned parts = 1;
    size_t length;
    while (parts < MOST_PARTS && is_shared(plan, trace, parts)) parts++;
    bool numbered = is_shared(plan, trace, parts);
    const char *name = tail_of(path, parts, &length);
    if (numbered || length > MOST_NAME) {
        // Nothing tells them apart that is short enough.
        name = tail_of(path, 1, &length);
        snprintf(out, 64, "%.*s (%u)", (int)(length < MOST_NUMBERED ? length : MOST_NUMBERED), name,
                 trace + 1);
    } else {
        snprintf(out, 64, "%.*s", (int)length, name);
    }
    for (char *c = out; *c; c++) *c = shown(*c);
    return out;
}

const char *study_program_name(const struct study_plan *plan, unsigned trace, char out[64]) {
    if (!plan->mix) return study_trace_name(plan, trace, out);
    snprintf(out, 64, "mix");
    return out;
}
