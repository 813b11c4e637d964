// SPDX-License-Identifier: Apache-2.0
// tandem record: a program's references, or somebody else's recording, into a trace.
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "import.h"
#include "recorder.h"
#include "sim/commands_trace.h"
#include "sim/files.h"
#include "writer.h"

enum { EXIT_USAGE = 2, TEXT_BYTES = 256 };

struct record_options {
    const char *output, *import, *text;
    uint64_t max_refs;
    int level;  // 0: not asked
    enum recorder_tool tool;
    enum trace_format format;
    char **program;  // with its arguments, NULL at the end
};

// As enum recorder_tool.
static const char *const tool_words[] = {"auto", "qemu", "lackey", NULL};

static uint64_t parse_number(struct argp_state *state, const char *name, const char *text,
                             uint64_t least, uint64_t most) {
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || value < least || value > most) {
        argp_error(state, "%s: \"%s\" is not a number of at least %" PRIu64 " and at most %" PRIu64,
                   name, text, least, most);
    }
    return value;
}

// The place of the word in the list, which ends with NULL; a usage error otherwise.
static int parse_word(struct argp_state *state, const char *name, const char *const *words,
                      const char *text) {
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0) return i;
    }
    argp_error(state, "%s: there is no \"%s\"", name, text);
    return 0;
}

static void check_options(struct argp_state *state, const struct record_options *options) {
    if (!options->output) argp_error(state, "-o FILE is missing");
    if (!options->program && !options->import) {
        argp_error(state, "neither a program nor --import INPUT is given");
    }
    if (options->format != TRACE_FORMAT_AUTO && !options->import) {
        argp_error(state, "--format belongs to --import INPUT");
    }
    if (options->program && options->import) {
        argp_error(state, "a program and --import INPUT exclude each other");
    }
}

static error_t parse_option(int key, char *argument, struct argp_state *state) {
    struct record_options *options = state->input;
    switch (key) {
        case 'o':
            options->output = argument;
            return 0;
        case 'i':
            options->import = argument;
            return 0;
        case 'p':
            options->text = argument;
            return 0;
        case 'n':
            options->max_refs = parse_number(state, "-n", argument, 1, UINT64_MAX);
            return 0;
        case 'l':
            options->level = (int)parse_number(state, "-l", argument, 1, TRACE_LEVEL_MAX);
            return 0;
        case 'r':
            options->tool =
                (enum recorder_tool)parse_word(state, "--recorder", tool_words, argument);
            return 0;
        case 'f':
            options->format =
                (enum trace_format)parse_word(state, "--format", trace_format_names, argument);
            return 0;
        case ARGP_KEY_ARG:
            // The first word that is no option begins the program; the rest is its own.
            options->program = state->argv + state->next - 1;
            state->next = state->argc;
            return 0;
        case ARGP_KEY_END:
            check_options(state, options);
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

// The program's words with spaces between them, as many as fit.
static void join_words(char **words, char text[TEXT_BYTES]) {
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; words[i] && length < TEXT_BYTES - 1; i++) {
        int more = snprintf(text + length, TEXT_BYTES - length, "%s%s", i ? " " : "", words[i]);
        length += more > 0 ? (size_t)more : 0;
    }
}

static void report_end(const char *name, const struct recorder_options *options,
                       const struct recorder_outcome *outcome) {
    if (outcome->limited) return;
    if (WIFSIGNALED(outcome->wait_status)) {
        fprintf(stderr, "%s: %s was ended by signal %d; the trace is kept\n", name,
                options->argv[0], WTERMSIG(outcome->wait_status));
    } else if (WEXITSTATUS(outcome->wait_status)) {
        fprintf(stderr, "%s: %s ended with exit status %d; the trace is kept\n", name,
                options->argv[0], WEXITSTATUS(outcome->wait_status));
    }
}

static enum sim_status record_refs(const struct record_options *options, const char *name,
                                   struct trace_signals *signals, struct trace_writer *writer,
                                   struct sim_error *error) {
    if (options->import) {
        return trace_import_file(options->import, options->format, writer, options->max_refs,
                                 trace_signals_wait, signals, error);
    }
    struct recorder_options recorder = {options->program, options->max_refs,
                                        isatty(STDERR_FILENO) == 1, options->tool};
    struct recorder_outcome outcome;
    enum sim_status status = recorder_run(&recorder, signals, writer, &outcome, error);
    if (status == SIM_OK) report_end(name, &recorder, &outcome);
    return status;
}

// A name without a slash is searched for elsewhere: no file of the current folder is meant.
static enum sim_status check_output(const struct record_options *options, struct sim_error *error) {
    const char *import = options->import, *program = options->program ? *options->program : NULL;
    if (import && !strcmp(import, "-")) import = "/dev/stdin";
    if ((import && sim_same_file(import, options->output)) ||
        (program && strchr(program, '/') && sim_same_file(program, options->output)))
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%s: is given as %s and as the trace to write: it would be replaced",
                        options->output, import ? "--import" : "the program");
    return SIM_OK;
}

static enum sim_status record(const struct record_options *options, const char *name,
                              struct trace_signals *signals, struct sim_error *error) {
    char words[TEXT_BYTES] = "";
    if (options->program) join_words(options->program, words);
    struct trace_writer *writer = NULL;
    enum sim_status status = check_output(options, error);
    if (status == SIM_OK)
        status = trace_writer_create(options->output, options->text ? options->text : words,
                                     &writer, error);
    if (status != SIM_OK) return status;
    int unasked = options->program ? TRACE_LEVEL_RECORDING : TRACE_LEVEL_DEFAULT;
    status = trace_writer_set_level(writer, options->level ? options->level : unasked, error);
    if (status == SIM_OK) status = record_refs(options, name, signals, writer, error);
    if (status != SIM_OK) {
        trace_writer_abandon(writer);
        return status;
    }
    uint64_t refs = trace_writer_refs(writer);
    status = trace_writer_commit(writer, error);
    // Not on standard output: that is the program's.
    if (status == SIM_OK) {
        fprintf(stderr, "%s: %" PRIu64 " references are in %s\n", name, refs, options->output);
    }
    return status;
}

static const struct argp_option known_options[] = {
    {"output", 'o', "FILE", 0, "The trace to write; an existing trace is replaced", 0},
    {"max-refs", 'n', "REFS", 0, "End after so many references", 0},
    {"level", 'l', "LEVEL", 0,
     "zstd's level, 1 to 19; if not given, 1 for a program, 9 for an import", 0},
    {"program-text", 'p', "TEXT", 0,
     "What the trace says was recorded; else the program's "
     "words",
     0},
    {"recorder", 'r', "auto|qemu|lackey", 0,
     "What runs the program; auto, if not given: QEMU for the program's architecture (x86-64, "
     "RV64, RV32), else Valgrind's lackey",
     0},
    {"import", 'i', "INPUT", 0,
     "Read somebody else's recording, plain or packed with zstd, gzip or xz; \"-\" = standard "
     "input",
     0},
    {"format", 'f', "FORMAT", 0,
     "The recording's format: lackey, course, din, xdin, csv, champsim, raw64, ref8; auto, if "
     "not given, knows the first five by their lines",
     0},
    {0}};

int tandem_record(int argc, char **argv) {
    static const struct argp argp = {
        known_options,
        parse_option,
        "-- PROGRAM [ARGUMENT...]\n--import INPUT",
        "Record the memory references of a program with QEMU or Valgrind, or import a recording.\v"
        "Exit status: 0 the trace is written, however the program ended; 2 usage, environment or "
        "an "
        "interrupt; an older trace is then left as it was.",
        NULL,
        NULL,
        NULL};
    struct record_options options = {.max_refs = UINT64_MAX};
    argp_err_exit_status = EXIT_USAGE;
    if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &options) != 0) return EXIT_USAGE;
    signal(SIGXFSZ, SIG_IGN);  // a file that grows too large is an error with a sentence
    struct sim_error error;
    struct trace_signals signals;
    enum sim_status status = trace_signals_begin(&signals, &error);
    if (status == SIM_OK) {
        status = record(&options, argv[0], &signals, &error);
        trace_signals_end(&signals);
    }
    if (status == SIM_OK) return 0;
    fprintf(stderr, "%s: %s\n", argv[0], error.text);
    return EXIT_USAGE;
}
