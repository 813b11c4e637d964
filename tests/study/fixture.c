// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evaluate.h"
#include "figures.h"
#include "mmu/engine.h"
#include "presets.h"

static uint64_t draw(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545F4914F6CDD1D);
}

static void fill(struct program *program, uint64_t seed, uint64_t pages) {
    uint64_t state = seed | 1, page = 0;
    for (size_t i = 0; i < program->count; i++) {
        uint64_t r = draw(&state);
        if (r % 16 == 0)
            page = (r >> 8) % pages;
        else if (r % 16 < 8)
            page = (page + (r >> 8) % 5) % pages;
        program->refs[i] = (struct trace_ref){.va = 0x10000000 + (page << 12) + (r >> 40 & 0xFF8),
                                              .kind = (uint8_t)(r >> 32 & 3),
                                              .size = 8};
    }
}

struct program program_create(uint64_t seed, size_t count, uint64_t pages) {
    struct program program = {.path = "/tmp/tandem-study-XXXXXX", .count = count};
    struct trace_writer *writer;
    struct sim_error error = {""};
    program.refs = calloc(count ? count : 1, sizeof *program.refs);
    assert_non_null(program.refs);
    fill(&program, seed, pages);
    int fd = mkstemp(program.path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(trace_writer_create(program.path, "", &writer, &error), SIM_OK);
    if (count) assert_int_equal(trace_writer_add(writer, program.refs, count, &error), SIM_OK);
    assert_int_equal(trace_writer_commit(writer, &error), SIM_OK);
    return program;
}

void program_destroy(struct program *program) {
    unlink(program->path);
    free(program->refs);
}

static enum sim_status tell(struct study_plan *plan, const char *line, struct sim_error *error) {
    char key[128] = "";
    const char *space = strchr(line, ' '), *equals = strchr(line, '=');
    if (!strcmp(line, "mix")) {
        plan->mix = true;
        return SIM_OK;
    }
    if (!strncmp(line, "measure ", 8)) return study_plan_measure(plan, "test", line + 8, error);
    if (!strncmp(line, "study ", 6)) return study_preset_apply(plan, "test", line + 6, error);
    snprintf(key, sizeof key, "%.*s", (int)(equals - space - 1), space + 1);
    return line[1] == 'e' ? study_plan_set(plan, "test", key, equals + 1, error)
                          : study_plan_sweep(plan, "test", key, equals + 1, error);
}

struct study_plan *plan_create(const struct program *programs, unsigned count,
                               const char *const *lines) {
    struct study_plan *plan = malloc(sizeof *plan);
    struct sim_error error = {""};
    assert_non_null(plan);
    study_plan_init(plan);
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(study_plan_add_trace(plan, "test", programs[i].path, &error), SIM_OK);
    for (; *lines; lines++)
        if (tell(plan, *lines, &error)) fail_msg("%s: %s", *lines, error.text);
    if (study_plan_finish(plan, &error)) fail_msg("%s", error.text);
    return plan;
}

void plan_destroy(struct study_plan *plan) {
    study_plan_destroy(plan);
    free(plan);
}

void work_create(struct study_work *work, const struct study_plan *plan) {
    uint64_t references[STUDY_MOST_TRACES];
    struct sim_error error = {""};
    for (unsigned t = 0; t < STUDY_MOST_TRACES; t++) references[t] = 1000;
    if (study_work_create(plan, references, work, &error)) fail_msg("%s", error.text);
}

void made_create(struct made *made, const struct program *programs, unsigned count,
                 const char *const *lines) {
    struct sim_error error = {""};
    made->plan = plan_create(programs, count, lines);
    work_create(&made->work, made->plan);
    for (unsigned t = 0; t < made->work.task_count; t++)
        if (study_evaluate(&made->work, &made->work.tasks[t], &error)) fail_msg("%s", error.text);
    assert_int_equal(study_report_make(&made->work, &made->report, &error), SIM_OK);
}

void made_destroy(struct made *made) {
    report_destroy(&made->report);
    study_work_destroy(&made->work);
    plan_destroy(made->plan);
}

const struct report_figure *made_figure(const struct made *made, const char *id) {
    for (unsigned f = 0; f < made->report.figure_count; f++)
        if (!strcmp(made->report.figures[f].id, id)) return &made->report.figures[f];
    return NULL;
}

unsigned made_says(const struct made *made, const char *text) {
    unsigned count = 0;
    for (unsigned i = 0; i < made->report.summary_count; i++)
        count += strstr(made->report.summary[i], text) != NULL;
    return count;
}

// Returns whether page was in the list (at most `most` long), and moves it to the front.
static bool touch(uint64_t *list, size_t *length, uint64_t most, uint64_t page) {
    size_t at = 0;
    while (at < *length && list[at] != page) at++;
    bool hit = at < *length;
    if (!hit && *length < most) ++*length;
    if (!hit) at = *length - 1;
    memmove(list + 1, list, at * sizeof *list);
    list[0] = page;
    return hit;
}

uint64_t slow_lru_misses(const struct program *program, unsigned port, uint64_t sets, uint64_t ways,
                         unsigned page_bits) {
    uint64_t *lists = calloc(sets * ways, sizeof *lists), misses = 0;
    size_t *lengths = calloc(sets, sizeof *lengths);
    assert_true(lists && lengths);
    for (size_t i = 0; i < program->count; i++) {
        const struct trace_ref *ref = &program->refs[i];
        uint64_t page = ref->va >> page_bits, set = page % sets;
        if ((ref->kind == TRACE_FETCH) != (port == MMU_PORT_FETCH)) continue;
        misses += !touch(lists + set * ways, &lengths[set], ways, page);
    }
    free(lists);
    free(lengths);
    return misses;
}

static size_t find(const uint64_t *pages, size_t count, uint64_t page) {
    size_t at = 0;
    while (at < count && pages[at] != page) at++;
    return at;
}

uint64_t slow_fifo_faults(const struct program *program, uint64_t frames) {
    uint64_t *pages = calloc(frames, sizeof *pages), faults = 0;
    size_t count = 0;
    for (size_t i = 0; i < program->count; i++) {
        uint64_t page = program->refs[i].va >> 12;
        if (find(pages, count, page) < count) continue;
        faults++;
        if (count == frames) memmove(pages, pages + 1, --count * sizeof *pages);
        pages[count++] = page;
    }
    free(pages);
    return faults;
}

// Returns the place of the page that is needed last.
static size_t farthest(const struct program *program, size_t now, const uint64_t *pages,
                       size_t count) {
    size_t victim = 0, latest = 0;
    for (size_t p = 0; p < count; p++) {
        size_t next = now;
        while (next < program->count && program->refs[next].va >> 12 != pages[p]) next++;
        if (next > latest) {
            latest = next;
            victim = p;
        }
    }
    return victim;
}

uint64_t slow_opt_faults(const struct program *program, uint64_t frames) {
    uint64_t *pages = calloc(frames, sizeof *pages), faults = 0;
    size_t count = 0;
    for (size_t i = 0; i < program->count; i++) {
        uint64_t page = program->refs[i].va >> 12;
        if (find(pages, count, page) < count) continue;
        faults++;
        pages[count < frames ? count++ : farthest(program, i, pages, count)] = page;
    }
    free(pages);
    return faults;
}
