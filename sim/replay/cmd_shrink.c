// SPDX-License-Identifier: Apache-2.0
// tandem shrink
#define _GNU_SOURCE
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "config.h"
#include "outputs.h"
#include "play.h"
#include "result.h"

enum { OPTION_OUTPUT = 'o', OPTION_DUT = 256, OPTION_TRIES, OPTION_SECONDS, OPTION_TEST };

static const struct argp_option options_help[] = {
    {"output", OPTION_OUTPUT, "FILE", 0, "write the smallest scenario there (else: print it)", 0},
    {"test", OPTION_TEST, "FILE", 0, "write it as a C test, too", 0},
    {"dut", OPTION_DUT, "FILE", 0, "this DUT instead of the one built for its parameters", 0},
    {"tries", OPTION_TRIES, "N", 0, "at most N plays (20000)", 0},
    {"seconds", OPTION_SECONDS, "N", 0, "at most N seconds of processor time (60)", 0},
    {0}};

static const char doc[] =
    "Make a scenario that fails smaller, keeping the same failure (docs/replay.md).\v"
    "Exit status: 0 a scenario that still fails was written; 1 the scenario does not fail, so "
    "there "
    "is nothing to shrink; 2 usage or environment.\n\n"
    "Example:\n"
    "  tandem shrink failure/scenario.txt --dut failure/dut.so -o small.txt --test small.c\n";

struct arguments {
    const char *input, *output, *test, *dut;
    uint64_t tries, seconds;
};

static void number(struct argp_state *state, const char *name, const char *text, uint64_t *value) {
    if (!config_number(text, value) || *value > INT32_MAX || *value == 0)
        argp_error(state, "--%s takes a whole number of at least 1, not '%s'", name, text);
}

static error_t parse(int key, char *text, struct argp_state *state) {
    struct arguments *arguments = state->input;
    switch (key) {
        case OPTION_OUTPUT:
            arguments->output = text;
            break;
        case OPTION_TEST:
            arguments->test = text;
            break;
        case OPTION_DUT:
            arguments->dut = text;
            break;
        case OPTION_TRIES:
            number(state, "tries", text, &arguments->tries);
            break;
        case OPTION_SECONDS:
            number(state, "seconds", text, &arguments->seconds);
            break;
        case ARGP_KEY_ARG:
            if (arguments->input) argp_error(state, "one scenario at a time");
            arguments->input = text;
            break;
        case ARGP_KEY_NO_ARGS:
            argp_error(state, "give the file of a scenario");
            break;
        default:
            return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {options_help, parse, "SCENARIO", doc, 0, 0, 0};

static int failed(const struct sim_error *error) {
    fflush(stdout);
    fprintf(stderr, "tandem shrink: %s\n", error->text);
    return 2;
}

// Nothing is shrunk. 1: nothing fails; 2: that is not known.
static int not_begun(const struct arguments *arguments, enum shrink_begun begun) {
    static const char *const why[] = {
        [SHRINK_NOTHING_FAILS] = "nothing fails when it is played",
        [SHRINK_STOPPED] = "the time was over before anything failed; give more with --seconds",
        [SHRINK_NOT_PLAYED] = "it cannot be played: out of memory, or no DUT could be made"};
    fprintf(stderr, "tandem shrink: %s: %s\n", arguments->input, why[begun]);
    return begun == SHRINK_NOTHING_FAILS ? 1 : 2;
}

static enum sim_status print(const char *text, struct sim_error *error) {
    if (fputs(text, stdout) >= 0 && !fflush(stdout) && !ferror(stdout)) return SIM_OK;
    return sim_fail(error, SIM_ERROR_IO, "standard output cannot be written");
}

static enum sim_status put(const char *path, char *text, struct sim_error *error) {
    if (!text) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    if (!path) return print(text, error);
    size_t bytes = strlen(text);
    if (bytes && text[bytes - 1] == '\n') text[bytes - 1] = '\0';  // it is added
    return result_write_text(path, text, error);
}

static enum sim_status write_test(const struct arguments *arguments,
                                  const struct scenario *smallest, struct sim_error *error) {
    const char *library = arguments->dut ? arguments->dut : "DUT.so";
    char *test = scenario_write_test(smallest, arguments->test, library);
    enum sim_status status =
        test ? put(arguments->test, test, error)
             : sim_fail(error, SIM_ERROR_TOOL,
                        "%s: this failure (%s) cannot be shown by a test of the ports alone",
                        arguments->test, bench_check_key((enum bench_check)smallest->expect.check));
    free(test);
    return status;
}

static void tell(const struct scenario *from, const struct shrink_result *result, bool late) {
    const struct scenario_failure *failure = &result->scenario.expect;
    fprintf(stderr,
            "%zu operations of %zu, %s (%s) in cycle %" PRIu64 ", after %" PRIu64 " plays%s\n",
            scenario_operations(&result->scenario), scenario_operations(from),
            bench_check_key((enum bench_check)failure->check), failure->what, failure->cycle,
            result->tries,
            result->complete ? ""
            : late           ? "; the time was over before it was done"
                             : "; a limit was met before it was done");
}

static int run(const struct arguments *arguments, const struct scenario *scenario,
               struct play_unit *unit, struct sim_error *error) {
    struct play_limits limits;
    play_limits_begin(&limits, arguments->tries, arguments->seconds);
    struct shrink_result result = shrink(scenario, &unit->scenario, &limits.shrink);
    if (!result.ok) return not_begun(arguments, result.begun);
    char *text = scenario_write(&result.scenario);
    enum sim_status status = put(arguments->output, text, error);
    if (!status && arguments->test) status = write_test(arguments, &result.scenario, error);
    if (!status) tell(scenario, &result, limits.late);
    free(text);
    scenario_clear(&result.scenario);
    return status ? failed(error) : 0;
}

int tandem_shrink(int argc, char **argv) {
    struct arguments arguments = {.tries = 20000, .seconds = 60};
    struct sim_error error = {""};
    struct scenario scenario;
    struct play_unit unit;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    enum sim_status status = SIM_OK;
    if (arguments.output) status = result_check_json(arguments.output, &error);
    if (!status && arguments.test) status = result_check_json(arguments.test, &error);
    if (!status) status = play_read(arguments.input, &scenario, &error);
    if (status) return failed(&error);
    status = play_unit_load(&unit, &scenario, arguments.dut, NULL, &error);
    int code = status ? failed(&error) : run(&arguments, &scenario, &unit, &error);
    if (!status) play_unit_unload(&unit);
    scenario_clear(&scenario);
    return code;
}
