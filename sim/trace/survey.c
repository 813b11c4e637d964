// SPDX-License-Identifier: Apache-2.0
// A hash set with open addressing, and the pass that fills it.
#include "survey.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 1024, BATCH = 4096 };

static struct trace_set_entry *find(const struct trace_set *set, uint64_t key) {
    size_t mask = set->capacity - 1;
    size_t at = (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & mask;
    while (set->entries[at].number && set->entries[at].key != key) at = (at + 1) & mask;
    return &set->entries[at];
}

static bool grow(struct trace_set *set) {
    struct trace_set grown = {.capacity = set->capacity ? 2 * set->capacity : FIRST_CAPACITY,
                              .count = set->count};
    grown.entries = calloc(grown.capacity, sizeof *grown.entries);
    if (!grown.entries) return false;
    for (size_t i = 0; i < set->capacity; i++) {
        if (set->entries[i].number) *find(&grown, set->entries[i].key) = set->entries[i];
    }
    free(set->entries);
    *set = grown;
    return true;
}

struct trace_set_entry *trace_set_add(struct trace_set *set, uint64_t key) {
    if (2 * set->count >= set->capacity && !grow(set)) return NULL;
    struct trace_set_entry *entry = find(set, key);
    if (!entry->number) *entry = (struct trace_set_entry){key, ++set->count, false};
    return entry;
}

void trace_set_destroy(struct trace_set *set) {
    free(set->entries);
}

static bool count_ref(struct trace_survey *survey, const struct trace_ref *ref) {
    survey->refs++;
    survey->kinds[ref->kind]++;
    struct trace_set_entry *page = trace_set_add(&survey->pages, ref->va >> TRACE_PAGE_BITS);
    if (!page || !trace_set_add(&survey->regions, ref->va >> TRACE_REGION_BITS)) return false;
    if (ref->kind >= TRACE_STORE && !page->marked) {
        page->marked = true;
        survey->pages_written++;
    }
    return true;
}

// One block's references against its page column.
static bool same_pages(const struct trace_pages *pages, const struct trace_ref *refs) {
    uint32_t ref = 0;
    for (uint32_t i = 0; i < pages->runs; i++) {
        uint32_t page = pages->low[i];
        if (pages->high) page |= (uint32_t)pages->high[i] << 8;
        if (pages->top) page |= (uint32_t)pages->top[i] << 16;
        for (uint32_t end = ref + (pages->weight[i] >> 2) + 1; ref < end; ref++) {
            if (refs[ref].va >> TRACE_PAGE_SHIFT != pages->vpn[page] ||
                refs[ref].kind != (pages->weight[i] & 3)) {
                return false;
            }
        }
    }
    return true;
}

static enum sim_status compare_pages(struct trace_reader *reader, const char *path,
                                     struct sim_error *error) {
    const struct trace_info *info = trace_reader_info(reader);
    struct trace_ref *refs = malloc(((size_t)info->block_refs + 1) * sizeof *refs);
    if (!refs) return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
    enum sim_status status = SIM_OK;
    for (uint64_t first = 0; first < info->refs && status == SIM_OK; first += info->block_refs) {
        struct trace_pages pages;
        size_t done = 0, count = 0;
        status = trace_reader_seek(reader, first, error);
        if (status == SIM_OK) status = trace_reader_next_pages(reader, &pages, error);
        if (status == SIM_OK) status = trace_reader_seek(reader, first, error);
        for (; status == SIM_OK && done < pages.refs; done += count) {
            status = trace_reader_next(reader, refs + done, pages.refs - done, &count, error);
        }
        if (status == SIM_OK && !same_pages(&pages, refs)) {
            status =
                sim_fail(error, SIM_ERROR_FORMAT,
                         "%s: block %" PRIu64 ": its page column is not that of its references",
                         path, first / info->block_refs);
        }
    }
    free(refs);
    return status;
}

enum sim_status trace_survey_run(struct trace_reader *reader, const char *path,
                                 struct trace_survey *survey, struct sim_error *error) {
    struct trace_ref refs[BATCH];
    size_t count = 0;
    memset(survey, 0, sizeof *survey);
    enum sim_status status = trace_reader_seek(reader, 0, error);
    while (status == SIM_OK) {
        status = trace_reader_next(reader, refs, BATCH, &count, error);
        for (size_t i = 0; status == SIM_OK && i < count; i++) {
            if (!count_ref(survey, &refs[i])) {
                return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory for its pages", path);
            }
        }
    }
    if (status != SIM_END) return status;
    const struct trace_info *info = trace_reader_info(reader);
    if (memcmp(survey->kinds, info->kinds, sizeof info->kinds) != 0) {
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "%s: footer: the references by kind are not those in the blocks", path);
    }
    return compare_pages(reader, path, error);
}

void trace_survey_destroy(struct trace_survey *survey) {
    trace_set_destroy(&survey->pages);
    trace_set_destroy(&survey->regions);
}
