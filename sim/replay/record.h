// SPDX-License-Identifier: Apache-2.0
// What is taken of a run under way for keeping and for replaying it: digests, the failure, the
// scenario, the DUT's file.
#ifndef REPLAY_RECORD_H
#define REPLAY_RECORD_H

#include "play.h"
#include "world.h"

struct replay_record {
    bool want_scenario;
    struct scenario_recorder *recorder;
    char dut_path[RUN_PATH_BYTES];    // of the DUT that was loaded
    struct scenario_failure failure;  // the first one
    char *page, *html;                // of it
    struct scenario scenario;         // as recorded, once failed
    bool has_scenario, whole;         // whole: it begins with the run
    struct shrink_result shrunk;
    char *shrunk_page, *shrunk_html, *shrunk_test;
    bool late;          // shrinking met its limit of time
    uint64_t *digests;  // owned
    size_t digest_count;
    double seconds;  // for scenario and shrinking
    bool no_memory;
};

// Make report look on for the record. `seed` is the run's.
void replay_record_attach(struct replay_record *record, struct run_report *report);
void replay_record_clear(struct replay_record *record);

#endif
