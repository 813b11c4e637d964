// SPDX-License-Identifier: Apache-2.0
// tandem replay
#define _GNU_SOURCE
#include <argp.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "folder.h"
#include "keep.h"
#include "wave.h"

enum { OPTION_SCENARIO = 's', OPTION_ANY = 256, OPTION_NO_WAVE };
enum { BEFORE = 2000, AFTER = 20, LATER = 1000 };  // cycles

static const struct argp_option options_help[] = {
    {"scenario", OPTION_SCENARIO, 0, 0,
     "play the recorded scenario and the shrunk one instead, with waveforms in failure.fst and "
     "shrunk.fst: the time of the window, not of the run",
     0},
    {"any-program", OPTION_ANY, 0, 0, "go on though this is another program than the run's", 0},
    {"no-wave", OPTION_NO_WAVE, 0, 0, "write no waveform", 0},
    {0}};

static const char doc[] =
    "Repeat the failed run whose folder `tandem run --keep DIR` left, with the DUT in it: the same "
    "failure must come in the same cycle, and the digest of every thousand cycles must be the "
    "same. "
    "Writes DIR/failure.fst, the waveform before the failure.\v"
    "Exit status: 0 the same failure; 1 not the same; 2 usage, environment, or a program, DUT or "
    "trace that is not the run's.";

struct arguments {
    const char *folder;
    bool scenario, any_program, no_wave;
};

static error_t parse(int key, char *text, struct argp_state *state) {
    struct arguments *arguments = state->input;
    switch (key) {
        case OPTION_SCENARIO:
            arguments->scenario = true;
            break;
        case OPTION_ANY:
            arguments->any_program = true;
            break;
        case OPTION_NO_WAVE:
            arguments->no_wave = true;
            break;
        case ARGP_KEY_ARG:
            if (arguments->folder) argp_error(state, "one folder at a time");
            arguments->folder = text;
            break;
        case ARGP_KEY_NO_ARGS:
            argp_error(state, "give the folder that tandem run --keep left");
            break;
        default:
            return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {options_help, parse, "DIR", doc, 0, 0, 0};

static int failed(const struct sim_error *error) {
    fflush(stdout);
    fprintf(stderr, "tandem replay: %s\n", error->text);
    return 2;
}

static int verdict(bool same) {
    printf("\n%s\n", same ? "PASSED: the same failure" : "FAILED: not the same");
    if (!fflush(stdout) && !ferror(stdout)) return same ? 0 : 1;
    fprintf(stderr, "tandem replay: standard output cannot be written\n");
    return 2;
}

// --- the run ---------------------------------------------------------------------------------

static void quiet_page(void *user, const char *page) {
    (void)user;
    (void)page;
}

static void print_failure(const char *title, const struct scenario_failure *f) {
    if (f->failed)
        printf("  %-11s %s (%s), %s port, cycle %" PRIu64 "\n", title,
               bench_check_key((enum bench_check)f->check), f->what,
               f->port == MMU_PORT_DATA ? "data" : "fetch", f->cycle);
    else
        printf("  %-11s nothing\n", title);
}

static bool same_digests(const struct kept *kept, const struct replay_record *record) {
    size_t n =
        kept->digest_count < record->digest_count ? kept->digest_count : record->digest_count;
    size_t k = 0;
    while (k < n && kept->digests[k] == record->digests[k]) k++;
    if (k == kept->digest_count && k == record->digest_count) {
        printf("  digests     %zu of %zu thousands of cycles agree\n", k, k);
        return true;
    }
    printf("  digests     the first that differs: cycles %zu .. %zu (%zu were kept, %zu are now)\n",
           k * SCENARIO_DIGEST_CYCLES, (k + 1) * SCENARIO_DIGEST_CYCLES - 1, kept->digest_count,
           record->digest_count);
    return false;
}

static bool same_failure(const struct kept *kept, const struct run_result *result,
                         const struct replay_record *record) {
    const struct scenario_failure *then = &kept->failure, *now = &record->failure;
    bool same = !then->failed && !now->failed;
    if (then->failed) same = scenario_same_failure(then, now) && then->cycle == now->cycle;
    same = same && !strcmp(kept->sentence, result->failure.text) &&
           kept->cycles == result->stats.cycles && result->verdict == RUN_FAILED;
    if (then->failed || now->failed) {
        print_failure(same ? "failure" : "kept", then);
        if (!same) print_failure("now", now);
    }
    if (kept->sentence[0] || result->failure.text[0]) {
        printf("  failure     %s\n", kept->sentence);
        if (strcmp(kept->sentence, result->failure.text))
            printf("  now         %s\n", result->failure.text);
    }
    if (kept->cycles != result->stats.cycles)
        printf("  cycles      %" PRIu64 " were simulated, now %" PRIu64 "\n", kept->cycles,
               result->stats.cycles);
    return same;
}

static void wave_window(struct kept *kept, const char *path) {
    struct run_options *options = &kept->options;
    uint64_t cycle = kept->failure.failed ? kept->failure.cycle : kept->cycles;
    options->wave_path = path;
    options->wave_from = cycle > BEFORE ? cycle - BEFORE : 0;
    options->wave_to = cycle + AFTER;
}

static int replay_run(const struct arguments *arguments, struct kept *kept) {
    char wave[RUN_PATH_BYTES];
    struct sim_error error = {""};
    struct replay_record record;
    struct run_result result;
    struct run_report report = {.mismatch = quiet_page};
    if (!folder_path(wave, arguments->folder, "failure.fst")) return 2;
    if (!arguments->no_wave) wave_window(kept, wave);
    if (kept->x_seed[0] ? setenv("TANDEM_X_SEED", kept->x_seed, 1) : unsetenv("TANDEM_X_SEED"))
        return 2;
    replay_record_attach(&record, &report);
    record.want_scenario = false;
    printf("Replaying %s\n  %s\n", arguments->folder, kept->options.command);
    fflush(stdout);
    if (run_once(&kept->options, &report, &result, &error)) return failed(&error);
    bool same = same_failure(kept, &result, &record);
    same &= same_digests(kept, &record);
    if (!arguments->no_wave)
        printf("  waveform    %s, cycles %" PRIu64 " .. %" PRIu64 "\n", wave,
               kept->options.wave_from, kept->options.wave_to);
    replay_record_clear(&record);
    return verdict(same);
}

// --- the scenario ----------------------------------------------------------------------------

// The play of one scenario, and what it must show: the kept failure, in the cycle that the text
// says, which is the run's if the scenario is the whole run.
struct scenario_replay {
    const struct kept *kept;
    const char *folder, *name, *wave;  // wave: NULL, none
    bool whole_run;
};

static bool shows_the_kept(const struct scenario_replay *replay,
                           const struct scenario_failure *expected,
                           const struct scenario_failure *now) {
    const struct scenario_failure *then = &replay->kept->failure;
    bool same = scenario_same_failure(then, expected) && scenario_same_failure(then, now) &&
                expected->cycle == now->cycle;
    if (replay->whole_run && then->cycle != now->cycle) same = false;
    if (!same) print_failure("kept", then);
    print_failure(same ? "failure" : "expected", expected);
    if (!same) print_failure("now", now);
    return same;
}

static enum sim_status play(const struct scenario_replay *replay, const struct scenario *scenario,
                            bool *same, struct sim_error *error) {
    struct play_unit unit;
    uint64_t cycle = scenario->expect.cycle;
    enum sim_status status =
        play_unit_load(&unit, scenario, replay->kept->dut, replay->wave, error);
    if (status) return status;
    // The failure comes in this cycle, or it is another one: no play is much longer.
    struct scenario_play play = {.unit = &unit.scenario,
                                 .most_cycles = cycle < UINT64_MAX - LATER ? cycle + LATER : cycle,
                                 .wave = replay->wave != NULL,
                                 .wave_from = cycle > BEFORE ? cycle - BEFORE : 0};
    struct scenario_result result = scenario_play(scenario, &play);
    if (result.ok)
        *same = shows_the_kept(replay, &scenario->expect, &result.failure);
    else
        status = sim_fail(error, SIM_ERROR_MEMORY, "%.250s/%s: out of memory, or no DUT",
                          replay->folder, replay->name);
    scenario_result_clear(&result);
    play_unit_unload(&unit);
    return status;
}

static enum sim_status play_one(const struct scenario_replay *replay, bool *same,
                                struct sim_error *error) {
    char path[RUN_PATH_BYTES];
    struct scenario scenario;
    if (!folder_path(path, replay->folder, replay->name))
        return sim_fail(error, SIM_ERROR_USAGE, "%.200s: the name is too long", replay->folder);
    enum sim_status status = play_read(path, &scenario, error);
    if (status) return status;
    printf("%s: %zu operations\n", path, scenario_operations(&scenario));
    status = play(replay, &scenario, same, error);
    scenario_clear(&scenario);
    if (!status && replay->wave) status = wave_check(replay->wave, error);
    if (!status && replay->wave) printf("  waveform    %s\n", replay->wave);
    return status;
}

static int replay_scenario(const struct arguments *arguments, const struct kept *kept) {
    struct sim_error error = {""};
    char wave[RUN_PATH_BYTES], shrunk_wave[RUN_PATH_BYTES];
    bool same = false, shrunk = true, waves = !arguments->no_wave;
    struct scenario_replay replay = {.kept = kept,
                                     .folder = arguments->folder,
                                     .name = "scenario.txt",
                                     .wave = waves ? wave : NULL,
                                     .whole_run = kept->whole_run};
    if (!kept->has_scenario) {
        sim_fail(&error, SIM_ERROR_USAGE, "%.300s: holds no scenario; run.json says why",
                 arguments->folder);
        return failed(&error);
    }
    if (!folder_path(wave, arguments->folder, "failure.fst") ||
        !folder_path(shrunk_wave, arguments->folder, "shrunk.fst"))
        return 2;
    enum sim_status status = play_one(&replay, &same, &error);
    replay.name = "shrunk.txt";
    replay.wave = waves ? shrunk_wave : NULL;
    replay.whole_run = false;
    if (!status && kept->has_shrunk) status = play_one(&replay, &shrunk, &error);
    return status ? failed(&error) : verdict(same && shrunk);
}

int tandem_replay(int argc, char **argv) {
    struct arguments arguments = {0};
    struct sim_error error = {""};
    struct kept kept;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (keep_read(arguments.folder, arguments.any_program, &kept, &error)) return failed(&error);
    int code =
        arguments.scenario ? replay_scenario(&arguments, &kept) : replay_run(&arguments, &kept);
    keep_clear(&kept);
    return code;
}
