// SPDX-License-Identifier: Apache-2.0
// The order of the lines: V (S [H] R+ P* M* (Q|G U*)* E)*.
#include "reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "lines.h"
#include "records.h"

enum state { BEFORE_VERSION, BETWEEN, IN_WORDS, IN_QUERIES };

struct vectors_reader {
    struct trace_input *input;
    struct vectors_lines lines;
    enum state state;
    struct vectors_scenario scenario;
    uint64_t words;  // of its memory image so far
};

static enum sim_status reader_of(struct trace_input *input, struct vectors_reader **reader,
                                 struct sim_error *error) {
    struct vectors_reader *opened = calloc(1, sizeof *opened);
    if (!opened) {
        trace_input_close(input);
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    opened->input = opened->lines.input = input;
    *reader = opened;
    return SIM_OK;
}

enum sim_status vectors_reader_open(const char *path, struct vectors_reader **reader,
                                    struct sim_error *error) {
    struct trace_input *input;
    enum sim_status status = trace_input_open(path, NULL, NULL, &input, error);
    return status ? status : reader_of(input, reader, error);
}

enum sim_status vectors_reader_open_fd(int fd, const char *name, struct vectors_reader **reader,
                                       struct sim_error *error) {
    struct trace_input *input;
    enum sim_status status = trace_input_open_fd(fd, name, NULL, NULL, &input, error);
    return status ? status : reader_of(input, reader, error);
}

void vectors_reader_close(struct vectors_reader *reader) {
    if (!reader) return;
    trace_input_close(reader->input);
    free(reader);
}

const char *vectors_reader_name(const struct vectors_reader *reader) {
    return trace_input_name(reader->input);
}

// Done with a line: pass the failure on, or go to the next.
static enum sim_status finish_line(struct vectors_reader *reader,
                                   const struct vectors_fields *fields, struct sim_error *error) {
    if (!fields->status) return vectors_lines_next(&reader->lines, error);
    if (error) *error = fields->error;
    return fields->status;
}

static enum sim_status unexpected(const struct vectors_reader *reader, const char *wanted,
                                  struct sim_error *error) {
    const struct vectors_lines *lines = &reader->lines;
    const char *name = vectors_reader_name(reader);
    if (lines->at_end)
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "%.200s:%" PRIu64 ": the file ends where %s must stand", name,
                        lines->number, wanted);
    return sim_fail(error, SIM_ERROR_FORMAT, "%.200s:%" PRIu64 ": %s must stand here, not '%.20s'",
                    name, lines->number, wanted, lines->text);
}

static enum sim_status read_version(struct vectors_reader *reader, struct sim_error *error) {
    enum sim_status status = vectors_lines_next(&reader->lines, error);
    if (status) return status;
    if (strcmp(reader->lines.text, "V 1")) return unexpected(reader, "'V 1'", error);
    reader->state = BETWEEN;
    return vectors_lines_next(&reader->lines, error);
}

typedef void head_record(struct vectors_fields *fields, struct vectors_scenario *scenario);

// Lines of one letter.
static enum sim_status read_head_lines(struct vectors_reader *reader, char letter, unsigned most,
                                       head_record *record, struct sim_error *error) {
    enum sim_status status = SIM_OK;
    for (unsigned i = 0; i < most && !status && vectors_lines_letter(&reader->lines) == letter;
         i++) {
        struct vectors_fields fields = vectors_lines_fields(&reader->lines);
        record(&fields, &reader->scenario);
        status = finish_line(reader, &fields, error);
    }
    return status;
}

static enum sim_status read_head(struct vectors_reader *reader, struct vectors_item *item,
                                 struct sim_error *error) {
    static const struct {
        char letter;
        unsigned most;
        head_record *record;
    } lines[] = {{'S', 1, vectors_record_scenario},
                 {'H', 1, vectors_record_guest},
                 {'R', VECTORS_REGIONS + 1, vectors_record_region},
                 {'P', MMU_PMP_ENTRIES + 1, vectors_record_pmp}};
    if (reader->lines.at_end) return SIM_END;
    if (vectors_lines_letter(&reader->lines) != 'S')
        return unexpected(reader, "a scenario's S", error);
    enum sim_status status = SIM_OK;
    for (unsigned i = 0; i < sizeof lines / sizeof lines[0] && !status; i++)
        status = read_head_lines(reader, lines[i].letter, lines[i].most, lines[i].record, error);
    if (!status && reader->scenario.regions == 0) status = unexpected(reader, "an R line", error);
    reader->state = IN_WORDS;
    reader->words = 0;
    item->kind = VECTORS_SCENARIO;
    return status;
}

static enum sim_status read_words(struct vectors_reader *reader, struct vectors_item *item,
                                  struct sim_error *error) {
    struct vectors_fields fields = vectors_lines_fields(&reader->lines);
    item->kind = VECTORS_WORDS;
    vectors_record_words(&fields, &reader->scenario, &item->words);
    reader->words += item->words.count;
    if (reader->words > VECTORS_WORDS_MOST)
        vectors_fields_fail(&fields, "the scenario has more than %d words of memory",
                            VECTORS_WORDS_MOST);
    return finish_line(reader, &fields, error);
}

static enum sim_status read_query(struct vectors_reader *reader, struct vectors_item *item,
                                  struct sim_error *error) {
    struct vectors_fields fields = vectors_lines_fields(&reader->lines);
    reader->state = IN_QUERIES;
    item->kind = VECTORS_QUERY;
    vectors_record_query(&fields, &reader->scenario, &item->query);
    enum sim_status status = finish_line(reader, &fields, error);
    while (!status && vectors_lines_letter(&reader->lines) == 'U') {
        fields = vectors_lines_fields(&reader->lines);
        vectors_record_update(&fields, &reader->scenario, &item->query);
        status = finish_line(reader, &fields, error);
    }
    return status;
}

static enum sim_status read_end(struct vectors_reader *reader, struct vectors_item *item,
                                struct sim_error *error) {
    struct vectors_fields fields = vectors_lines_fields(&reader->lines);
    reader->state = BETWEEN;
    item->kind = VECTORS_END_OF_SCENARIO;
    vectors_fields_end(&fields);
    return finish_line(reader, &fields, error);
}

enum sim_status vectors_reader_next(struct vectors_reader *reader, struct vectors_item *item,
                                    struct sim_error *error) {
    enum sim_status status = SIM_OK;
    item->scenario = &reader->scenario;
    if (reader->state == BEFORE_VERSION) status = read_version(reader, error);
    if (status) return status;
    if (reader->state == BETWEEN) return read_head(reader, item, error);
    char letter = vectors_lines_letter(&reader->lines), query = reader->scenario.guest ? 'G' : 'Q';
    if (letter == 'M' && reader->state == IN_WORDS) return read_words(reader, item, error);
    if (letter == query) return read_query(reader, item, error);
    if (letter == 'E') return read_end(reader, item, error);
    bool words = reader->state == IN_WORDS, guest = reader->scenario.guest;
    return unexpected(reader,
                      words   ? guest ? "M, G or E" : "M, Q or E"
                      : guest ? "G, U or E"
                              : "Q, U or E",
                      error);
}
