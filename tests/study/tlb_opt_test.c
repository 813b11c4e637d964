// SPDX-License-Identifier: Apache-2.0
// OPT of TLBs: a TLB that looks ahead at each victim misses as often; nothing misses less; all
// shapes are one task; whatever would have to be a machine refuses it.
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate.h"

enum { REFERENCES = 4000, MOST_ENTRIES = 64 };

// The program's pages of one port, in order.
struct pages {
    uint64_t *page;
    size_t count;
};

static struct pages pages_of(const struct program *program, unsigned port, unsigned bits) {
    struct pages pages = {.page = calloc(program->count, sizeof *pages.page)};
    assert_non_null(pages.page);
    for (size_t i = 0; i < program->count; i++)
        if ((program->refs[i].kind == TRACE_FETCH) == (port == MMU_PORT_FETCH))
            pages.page[pages.count++] = program->refs[i].va >> bits;
    return pages;
}

static size_t next_use(const struct pages *pages, size_t from, uint64_t page) {
    while (from < pages->count && pages->page[from] != page) from++;
    return from;
}

// A victim is looked for in a set that is full: the page that comes again last, if at all.
static uint64_t slow_opt_misses(const struct pages *pages, unsigned sets, unsigned ways) {
    static uint64_t held[MOST_ENTRIES];
    static unsigned used[MOST_ENTRIES];
    uint64_t misses = 0;
    memset(used, 0, sizeof used);
    for (size_t i = 0; i < pages->count; i++) {
        unsigned set = (unsigned)(pages->page[i] % sets), way = 0, victim = 0;
        uint64_t *entries = held + set * ways;
        while (way < used[set] && entries[way] != pages->page[i]) way++;
        if (way < used[set]) continue;
        misses++;
        if (used[set] < ways) {
            entries[used[set]++] = pages->page[i];
            continue;
        }
        for (way = 1; way < ways; way++)
            if (next_use(pages, i, entries[way]) > next_use(pages, i, entries[victim]))
                victim = way;
        entries[victim] = pages->page[i];
    }
    return misses;
}

static uint64_t policy_of(const struct study_row *row, unsigned port) {
    const struct run_config *run = &row->point.config.run;
    return port == MMU_PORT_DATA ? run->data_policy : run->fetch_policy;
}

static uint64_t misses_of(const struct study_work *work, const struct study_row *row,
                          unsigned port) {
    return study_row_value(work, row, port == MMU_PORT_DATA ? ASK_DATA : ASK_FETCH, VALUE_MISSES);
}

static void check_row(const struct study_work *work, const struct study_row *row,
                      const struct pages *pages, unsigned port) {
    const struct run_config *run = &row->point.config.run;
    unsigned entries = (unsigned)(port == MMU_PORT_DATA ? run->data_entries : run->fetch_entries);
    unsigned ways = (unsigned)(port == MMU_PORT_DATA ? run->data_ways : run->fetch_ways);
    uint64_t opt = slow_opt_misses(pages, entries / ways, ways),
             misses = misses_of(work, row, port);
    assert_true(policy_of(row, port) == CONFIG_OPT ? misses == opt : misses >= opt);
    assert_int_equal(
        study_row_value(work, row, port == MMU_PORT_DATA ? ASK_DATA : ASK_FETCH, VALUE_REFERENCES),
        pages->count);
}

static void opt_is_that_which_looks_ahead_and_nothing_misses_less(void **state) {
    (void)state;
    static const char *const lines[2][6] = {
        {"measure misses", "sweep tlb.data.entries=4,8,16,32", "sweep tlb.data.ways=1,2,4,full",
         "sweep tlb.data.policy=opt,lru,plru,fifo,random", NULL},
        {"measure misses", "sweep tlb.fetch.entries=8,32", "sweep tlb.fetch.ways=2,full",
         "sweep tlb.fetch.policy=opt,lru,fifo", "set study.page_bytes=16384", NULL}};
    struct program program = program_create(FIXTURE_SEED, REFERENCES, 90);
    for (unsigned port = 0; port < MMU_PORTS; port++) {
        struct study_plan *plan = plan_create(&program, 1, lines[port]);
        struct pages pages = pages_of(&program, port, port == MMU_PORT_DATA ? 12 : 14);
        struct study_work work;
        unsigned compared = 0, task = UINT32_MAX;
        work_create(&work, plan);
        for (unsigned t = 0; t < work.task_count; t++) {
            struct sim_error error = {""};
            if (study_evaluate(&work, &work.tasks[t], &error)) fail_msg("%s", error.text);
        }
        for (unsigned r = 0; r < work.row_count; r++) {
            const struct study_row *row = &work.rows[r];
            check_row(&work, row, &pages, port);
            if (policy_of(row, port) != CONFIG_OPT) continue;
            unsigned own =
                work.queries[row->query[port == MMU_PORT_DATA ? ASK_DATA : ASK_FETCH]].task;
            assert_true(task == UINT32_MAX || task == own);
            task = own;
            compared++;
        }
        assert_true(compared >= 4);
        free(pages.page);
        study_work_destroy(&work);
        plan_destroy(plan);
    }
    program_destroy(&program);
}

static void refuse(const char *const *lines, const char *words) {
    struct program program = program_create(FIXTURE_SEED, 50, 6);
    struct study_plan *plan = plan_create(&program, 1, lines);
    struct study_work work;
    struct sim_error error = {""};
    uint64_t references[] = {50};
    assert_int_equal(study_work_create(plan, references, &work, &error), SIM_ERROR_USAGE);
    if (!strstr(error.text, words)) fail_msg("%s", error.text);
    study_work_destroy(&work);
    plan_destroy(plan);
    program_destroy(&program);
}

static void where_a_machine_would_have_to_do_it_it_is_refused(void **state) {
    (void)state;
    static const char *const by_time[] = {"set tlb.data.policy=opt", "measure cycles", NULL};
    static const char *const l2[] = {"set tlb.l2.policy=opt", "measure misses", NULL};
    static const char *const causes[] = {"set tlb.data.policy=opt", "measure classes", NULL};
    static const char *const fences[] = {"set tlb.data.policy=opt", "measure misses",
                                         "set os.processes=2", "set mmu.asid_bits=0", NULL};
    refuse(by_time, "tlb.data.policy = opt needs the future");
    refuse(l2, "tlb.l2.policy = opt needs the future");
    refuse(causes, "tlb.data.policy = opt: its misses are counted by themselves");
    refuse(fences, "tlb.data.policy = opt: its misses are counted by themselves");
    struct run_config config = config_default();
    struct sim_error error = {""};
    assert_int_equal(config_set("tlb.fetch.policy=opt", &config, &error), SIM_OK);
    assert_int_equal(config_check(&config, &error), SIM_ERROR_USAGE);
    assert_non_null(strstr(error.text, "tlb.fetch.policy = opt needs the future"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opt_is_that_which_looks_ahead_and_nothing_misses_less),
        cmocka_unit_test(where_a_machine_would_have_to_do_it_it_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
