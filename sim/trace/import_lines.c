// SPDX-License-Identifier: Apache-2.0
// Lines out of the input; the formats that are text.
#include <inttypes.h>
#include <string.h>

#include "import_private.h"
#include "lackey.h"

static enum text_line parse_lackey(void *context, const char *line, size_t length,
                                   struct trace_ref *ref, const char **why) {
    (void)context;
    return lackey_parse_line(line, length, ref, why);
}

static enum text_line parse_course(void *context, const char *line, size_t length,
                                   struct trace_ref *ref, const char **why) {
    (void)context;
    return text_parse_course(line, length, ref, why);
}

static enum text_line parse_din(void *context, const char *line, size_t length,
                                struct trace_ref *ref, const char **why) {
    (void)context;
    return text_parse_din(line, length, ref, why);
}

static enum text_line parse_xdin(void *context, const char *line, size_t length,
                                 struct trace_ref *ref, const char **why) {
    (void)context;
    return text_parse_xdin(line, length, ref, why);
}

static enum text_line parse_csv(void *context, const char *line, size_t length,
                                struct trace_ref *ref, const char **why) {
    return csv_parse_line(context, line, length, ref, why);
}

const struct import_lines *import_lines_of(enum trace_format format) {
    static const struct import_lines formats[TRACE_FORMATS] = {
        [TRACE_FORMAT_LACKEY] = {"lackey's", parse_lackey, lackey_parse_many},
        [TRACE_FORMAT_COURSE] = {"a course trace's", parse_course, NULL},
        [TRACE_FORMAT_DIN] = {"din's", parse_din, NULL},
        [TRACE_FORMAT_XDIN] = {"xdin's", parse_xdin, NULL},
        [TRACE_FORMAT_CSV] = {"a reference's", parse_csv, NULL},
    };
    return formats[format].parse ? &formats[format] : NULL;
}

static enum sim_status bad_line(const struct trace_import *import, const char *why,
                                struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_FORMAT, "%s: line %" PRIu64 " is not %s: %s",
                    trace_input_name(import->input), import->place, import->lines->whose, why);
}

static enum text_line parse(struct trace_import *import, const uint8_t *line, size_t length,
                            struct trace_ref *ref, const char **why) {
    return import->lines->parse(&import->csv, (const char *)line, length, ref, why);
}

// A line without its end in the buffer: the last one, or longer than any that is legal.
static enum sim_status partial_line(struct trace_import *import, const uint8_t *bytes, size_t size,
                                    bool ended, struct trace_ref *ref, size_t *count,
                                    struct sim_error *error) {
    const char *why = NULL;
    if (import->in_message) {
        trace_input_skip(import->input, size);
        return SIM_OK;
    }
    import->place++;
    enum text_line kind = parse(import, bytes, size, ref, &why);
    if (!ended && kind != TEXT_NOTHING) return bad_line(import, "it is too long", error);
    if (kind == TEXT_BAD) return bad_line(import, why, error);
    if (kind == TEXT_REF) ++*count;
    import->in_message = !ended;
    trace_input_skip(import->input, size);
    return SIM_OK;
}

// The whole lines among the bytes; *used of them.
static enum sim_status whole_lines(struct trace_import *import, const uint8_t *bytes, size_t size,
                                   struct trace_ref *refs, size_t capacity, size_t *count,
                                   size_t *used, struct sim_error *error) {
    const uint8_t *at = bytes, *end = bytes + size, *newline;
    while (*count < capacity) {
        if (import->lines->parse_many && !import->in_message) {
            const char *text = (const char *)at;
            size_t more = import->lines->parse_many(&text, (const char *)end, refs + *count,
                                                    capacity - *count);
            at = (const uint8_t *)text;
            import->place += more;
            *count += more;
            if (*count == capacity) break;
        }
        newline = memchr(at, '\n', (size_t)(end - at));
        if (!newline) break;
        const char *why = NULL;
        if (import->in_message) {
            import->in_message = false;
        } else {
            import->place++;
            enum text_line kind = parse(import, at, (size_t)(newline - at), &refs[*count], &why);
            if (kind == TEXT_BAD) return bad_line(import, why, error);
            if (kind == TEXT_REF) ++*count;
        }
        at = newline + 1;
    }
    *used = (size_t)(at - bytes);
    return SIM_OK;
}

enum sim_status import_next_lines(struct trace_import *import, struct trace_ref *refs,
                                  size_t capacity, size_t *count, struct sim_error *error) {
    size_t wanted = 1;
    while (*count == 0) {
        const uint8_t *bytes = NULL;
        size_t size = 0, used = 0;
        enum sim_status status = trace_input_peek(import->input, wanted, &bytes, &size, error);
        if (status != SIM_OK) return status;
        if (size == 0) return SIM_END;
        status = whole_lines(import, bytes, size, refs, capacity, count, &used, error);
        if (status != SIM_OK) return status;
        trace_input_skip(import->input, used);
        if (used == 0 && (size < wanted || size >= TRACE_INPUT_BYTES)) {
            status = partial_line(import, bytes, size, size < wanted, refs, count, error);
            if (status != SIM_OK) return status;
        }
        // No line in these bytes: ask for more than these.
        wanted = used ? 1 : size < TRACE_INPUT_BYTES ? size + 1 : 1;
    }
    return SIM_OK;
}
