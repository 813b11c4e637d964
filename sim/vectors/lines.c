// SPDX-License-Identifier: Apache-2.0
#include "lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "input.h"

static enum sim_status refuse(const struct vectors_lines *lines, const char *sentence,
                              struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_FORMAT, "%.200s:%" PRIu64 ": %s",
                    trace_input_name(lines->input), lines->number, sentence);
}

static bool printable(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~') return false;
    return true;
}

static enum sim_status read_line(struct vectors_lines *lines, struct sim_error *error) {
    const uint8_t *bytes;
    size_t size;
    lines->text[0] = '\0';
    enum sim_status status =
        trace_input_peek(lines->input, VECTORS_LINE_BYTES, &bytes, &size, error);
    if (status) return status;
    lines->number++;
    lines->at_end = size == 0;
    if (lines->at_end) return SIM_OK;
    size_t most = size < VECTORS_LINE_BYTES ? size : VECTORS_LINE_BYTES;
    const uint8_t *end = memchr(bytes, '\n', most);
    if (!end && size < VECTORS_LINE_BYTES)
        return refuse(lines, "the last line has no end; is the file cut off?", error);
    if (!end) return refuse(lines, "the line is longer than 127 characters", error);
    size_t length = (size_t)(end - bytes);
    memcpy(lines->text, bytes, length);
    lines->text[length] = '\0';
    trace_input_skip(lines->input, length + 1);
    if (!printable(lines->text, length))
        return refuse(lines, "the line has characters that are not printable ASCII", error);
    return SIM_OK;
}

enum sim_status vectors_lines_next(struct vectors_lines *lines, struct sim_error *error) {
    enum sim_status status;
    do status = read_line(lines, error);
    while (!status && lines->text[0] == '#');
    return status;
}

char vectors_lines_letter(const struct vectors_lines *lines) {
    if (lines->text[0] == '\0') return '\0';
    return lines->text[1] == '\0' || lines->text[1] == ' ' ? lines->text[0] : '\0';
}

struct vectors_fields vectors_lines_fields(const struct vectors_lines *lines) {
    const char *text = lines->text;
    struct vectors_fields fields = vectors_fields_of(trace_input_name(lines->input), lines->number,
                                                     text[0] && text[1] ? text + 2 : "");
    // "E " would otherwise look like "E".
    if (text[0] && text[1] && !text[2]) vectors_fields_fail(&fields, "a space too many");
    return fields;
}
