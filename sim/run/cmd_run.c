// SPDX-License-Identifier: Apache-2.0
// tandem run
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command_line.h"
#include "commands.h"
#include "dut_loader.h"
#include "coverage_set.h"
#include "keep.h"
#include "result.h"
#include "run_arguments.h"

static void on_signal(int signal) {
    (void)signal;
    run_interrupt();
}

// The waveform's writer maps its files: where they cannot grow, it meets this signal.
static void on_bus_error(int signal) {
    static const char sentence[] =
        "tandem run: the waveform cannot grow: the disk is full, or a file-size limit is met\n";
    (void)signal;
    if (write(STDERR_FILENO, sentence, sizeof sentence - 1) < 0) _exit(2);
    _exit(2);
}

static void catch_signals(bool wave) {
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction bus_error = {.sa_handler = on_bus_error};
    if (wave) sigaction(SIGBUS, &bus_error, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void print_page(void *user, const char *page) {
    (void)user;
    printf("\n%s", page);
    fflush(stdout);
}

// Of the first mismatch.
struct pages {
    char *body, *html;
};

static void take_page(void *user, const struct run_page *page) {
    struct pages *pages = user;
    if (!pages->body) pages->body = strdup(page->body);
    if (!pages->html) pages->html = strdup(page->html);
}

static enum sim_status write_page(const struct run_arguments *arguments, const struct pages *pages,
                                  struct sim_error *error) {
    if (!arguments->explain || !pages->html) return SIM_OK;
    if (!pages->html[0]) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    return result_write_text(arguments->explain, pages->html, error);
}

static int failed(const struct sim_error *error) {
    fflush(stdout);
    fprintf(stderr, "tandem run: %s\n", error->text);
    return 2;
}

static void print_compile(const char *folder) {
    char home[RUN_PATH_BYTES];
    if (!tandem_home(home)) snprintf(home, sizeof home, "$TANDEM_HOME");
    printf(
        "          cd %s && cc -std=c17 -I %s/verif/include -I %s/model/include shrunk.c ./dut.so "
        "-o test && ./test\n",
        folder, home, home);
}

// What was kept is said before the verdict, which stands last.
static enum sim_status keep(struct run_arguments *arguments, const struct run_result *result,
                            const struct replay_record *record) {
    if (!arguments->keep || result->verdict == RUN_PASSED) return SIM_OK;
    enum sim_status status =
        keep_write(arguments->keep, &arguments->run, result, record, &arguments->error);
    if (status) return status;
    printf("\nKept      %s (tandem replay %s)\n", arguments->keep, arguments->keep);
    if (record->shrunk.ok)
        printf("          %zu operations, shrunk to %zu in %.1f s\n",
               scenario_operations(&record->scenario),
               scenario_operations(&record->shrunk.scenario), record->seconds);
    if (record->shrunk_test) print_compile(arguments->keep);
    return SIM_OK;
}

static enum sim_status write_coverage(struct run_arguments *arguments,
                                      const struct run_result *result) {
    struct coverage_set set = coverage_set_empty();
    uint64_t answers = result->stats.answers[0] + result->stats.answers[1];
    if (!arguments->coverage) return SIM_OK;
    enum sim_status status = coverage_set_add_run(&set, arguments->run.coverage, answers,
                                                  result->stats.cycles, &arguments->error);
    if (!status) status = coverage_set_save(&set, arguments->coverage, &arguments->error);
    coverage_set_free(&set);
    return status;
}

static int run_recorded(struct run_arguments *arguments, struct run_report *report,
                        struct replay_record *record) {
    struct run_options *options = &arguments->run;
    const struct pages *pages = report->user;
    struct run_result result;
    if (run_once(options, report, &result, &arguments->error)) return failed(&arguments->error);
    result.page = pages->body;
    if (keep(arguments, &result, record)) return failed(&arguments->error);
    result_print(options, &result, stdout);
    if (options->wave_path && !result_reached_wave(options, &result)) {
        fflush(stdout);
        fprintf(stderr, "tandem run: %s: not written, the run ended before the window began\n",
                options->wave_path);
    }
    if (arguments->json && result_write_json(options, &result, arguments->json, &arguments->error))
        return failed(&arguments->error);
    if (write_page(arguments, pages, &arguments->error)) return failed(&arguments->error);
    if (write_coverage(arguments, &result)) return failed(&arguments->error);
    if (fflush(stdout) || ferror(stdout)) {
        fprintf(stderr, "tandem run: standard output cannot be written\n");
        return 2;
    }
    return result.verdict == RUN_PASSED ? 0 : 1;
}

static int run(struct run_arguments *arguments) {
    struct pages pages = {0};
    struct run_report report = {.user = &pages, .mismatch = print_page, .explained = take_page};
    struct replay_record record = {0};
    if (arguments->keep) replay_record_attach(&record, &report);
    struct coverage_config config = world_coverage_config(&arguments->run.config);
    if (arguments->coverage && !(arguments->run.coverage = coverage_create(&config))) {
        sim_fail(&arguments->error, SIM_ERROR_MEMORY, "out of memory");
        return failed(&arguments->error);
    }
    int code = run_recorded(arguments, &report, &record);
    coverage_destroy(arguments->run.coverage);
    replay_record_clear(&record);
    free(pages.body);
    free(pages.html);
    return code;
}

int tandem_run(int argc, char **argv) {
    struct run_arguments arguments;
    if (run_arguments_read(argc, argv, &arguments)) return failed(&arguments.error);
    command_line_write(&arguments.run);
    arguments.run.progress = isatty(STDERR_FILENO);
    catch_signals(arguments.run.wave_path != NULL);
    if (!arguments.quiet) {
        printf("Configuration\n\n");
        config_print(&arguments.run.config, stdout);
        fflush(stdout);
    }
    return run(&arguments);
}
