// SPDX-License-Identifier: Apache-2.0
// A text format shows in its first lines: each is tried on them.
#include <string.h>

#include "import_private.h"

enum { LOOK_LINES = 16 };

static bool is_text(const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        bool space = bytes[i] == '\n' || bytes[i] == '\r' || bytes[i] == '\t';
        if (!space && (bytes[i] < ' ' || bytes[i] == 0x7F)) return false;
    }
    return true;
}

struct score {
    unsigned references;  // among the first lines, before one that the format does not have
    unsigned others;      // messages, headers
};

static struct score try_format(const struct import_lines *lines, const uint8_t *bytes,
                               size_t size) {
    struct score score = {0};
    struct csv csv = {0};
    const uint8_t *at = bytes, *end = bytes + size;
    for (unsigned line = 0; line < LOOK_LINES && at < end; line++) {
        const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
        const uint8_t *stop = newline ? newline : end;
        struct trace_ref ref;
        const char *why = NULL;
        enum text_line kind = lines->parse(&csv, (const char *)at, (size_t)(stop - at), &ref, &why);
        if (kind == TEXT_BAD) break;
        if (kind == TEXT_REF) score.references++;
        if (kind == TEXT_NOTHING && stop > at) score.others++;
        at = stop + 1;
    }
    return score;
}

static enum sim_status ask(const char *name, const char *why, struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_FORMAT,
                    "%s: %s; name the format with --format (lackey, course, din, xdin, csv, "
                    "champsim, raw64, ref8)",
                    name, why);
}

enum sim_status import_detect(const uint8_t *bytes, size_t size, const char *name,
                              enum trace_format *format, struct sim_error *error) {
    if (size >= 4 && memcmp(bytes, "\x89TDT", 4) == 0) {
        return sim_fail(error, SIM_ERROR_FORMAT, "%s: it is a trace already", name);
    }
    if (!is_text(bytes, size)) return ask(name, "binary formats do not show what they are", error);
    unsigned most = 0, others = 0, winners = 0;
    for (int i = TRACE_FORMAT_LACKEY; i < TRACE_FORMATS; i++) {
        const struct import_lines *lines = import_lines_of((enum trace_format)i);
        if (!lines) continue;
        struct score score = try_format(lines, bytes, size);
        if (i == TRACE_FORMAT_LACKEY) others = score.others;
        if (score.references < most) continue;
        winners = score.references == most ? winners + 1 : 1;
        most = score.references;
        *format = (enum trace_format)i;
    }
    if (most && winners == 1) return SIM_OK;
    if (most) return ask(name, "its first lines fit several formats", error);
    // Valgrind's messages may be many before the first reference.
    *format = TRACE_FORMAT_LACKEY;
    return others ? SIM_OK : ask(name, "its first lines fit no format", error);
}
