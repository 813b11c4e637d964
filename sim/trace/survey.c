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
    return SIM_OK;
}

void trace_survey_destroy(struct trace_survey *survey) {
    trace_set_destroy(&survey->pages);
    trace_set_destroy(&survey->regions);
}
