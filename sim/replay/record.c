// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "record.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 20000, SECONDS = 60 };

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void note_table(void *user, uint64_t pa, uint64_t before, uint64_t after) {
    scenario_recorder_write(user, pa, before, after);
}

static void begun(void *user, struct world *world) {
    struct replay_record *record = user;
    Dl_info info;
    // A function of the DUT tells its file, whoever found that.
    void *place;
    memcpy(&place, &world->dut->ops->tick, sizeof place);
    if (dladdr(place, &info) && info.dli_fname)
        snprintf(record->dut_path, sizeof record->dut_path, "%s", info.dli_fname);
    record->recorder = scenario_recorder_create(world->bench, SCENARIO_EVENTS);
    record->no_memory = !record->recorder;
    if (record->recorder && world->pager)
        pager_watch_tables(world->pager, note_table, record->recorder);
}

static void shrink_it(struct replay_record *record, const struct scenario_unit *unit) {
    struct play_limits limits;
    play_limits_begin(&limits, TRIES, SECONDS);
    record->shrunk = shrink(&record->scenario, unit, &limits.shrink);
    record->late = limits.late;
    if (!record->shrunk.ok) return;
    struct scenario_play play = {.unit = unit, .command = "tandem replay --scenario DIR"};
    struct scenario_result result = scenario_play(&record->shrunk.scenario, &play);
    record->shrunk_page = result.page;
    record->shrunk_html = result.html;
    result.page = result.html = NULL;
    scenario_result_clear(&result);
    record->shrunk_test = scenario_write_test(&record->shrunk.scenario, "shrunk.c", "dut.so");
}

static void failed(void *user, struct world *world, const struct run_page *page) {
    struct replay_record *record = user;
    if (record->failure.failed || !record->recorder) return;
    double start = seconds_now();
    bool all;
    record->failure = scenario_failure_of(bench_mismatch(world->bench));
    record->page = strdup(page->text);
    record->html = strdup(page->html);
    if (!record->want_scenario) return;
    struct play_unit unit;
    play_unit_of(&unit, world->dut, world->options->config.seed);
    record->has_scenario =
        scenario_capture_shortest(record->recorder, &unit.scenario, &record->scenario);
    scenario_recorder_events(record->recorder, &all);
    record->whole =
        record->has_scenario && all && record->scenario.expect.cycle == record->failure.cycle;
    record->scenario.properties = world->options->config.properties != 0;
    if (record->has_scenario) shrink_it(record, &unit.scenario);
    record->seconds = seconds_now() - start;
}

static void ended(void *user, struct world *world) {
    struct replay_record *record = user;
    if (!record->recorder) return;
    size_t count;
    scenario_recorder_finish(record->recorder);
    const uint64_t *digests = scenario_recorder_digests(record->recorder, &count);
    record->digests = malloc((count + 1) * sizeof *digests);
    if (record->digests) {
        if (count) memcpy(record->digests, digests, count * sizeof *digests);
        record->digest_count = count;
    } else {
        record->no_memory = true;
    }
    if (world->pager) pager_watch_tables(world->pager, NULL, NULL);
    scenario_recorder_destroy(record->recorder);
    record->recorder = NULL;
}

void replay_record_attach(struct replay_record *record, struct run_report *report) {
    *record = (struct replay_record){.want_scenario = true, .scenario = scenario_empty()};
    report->record = record;
    report->begun = begun;
    report->failed = failed;
    report->ended = ended;
}

void replay_record_clear(struct replay_record *record) {
    free(record->page);
    free(record->html);
    free(record->digests);
    free(record->shrunk_page);
    free(record->shrunk_html);
    free(record->shrunk_test);
    scenario_clear(&record->scenario);
    scenario_clear(&record->shrunk.scenario);
    *record = (struct replay_record){0};
}
