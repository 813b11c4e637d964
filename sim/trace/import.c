// SPDX-License-Identifier: Apache-2.0
// References out of a foreign recording into a trace.
#include "import.h"

#include <stdlib.h>

#include "import_private.h"

enum { LOOK_BYTES = 4096, BATCH = 4096 };

const char *const trace_format_names[TRACE_FORMATS + 1] = {
    [TRACE_FORMAT_AUTO] = "auto",         [TRACE_FORMAT_LACKEY] = "lackey",
    [TRACE_FORMAT_COURSE] = "course",     [TRACE_FORMAT_DIN] = "din",
    [TRACE_FORMAT_XDIN] = "xdin",         [TRACE_FORMAT_CSV] = "csv",
    [TRACE_FORMAT_CHAMPSIM] = "champsim", [TRACE_FORMAT_RAW64] = "raw64",
    [TRACE_FORMAT_REF8] = "ref8",         [TRACE_FORMATS] = NULL};

static enum sim_status look(struct trace_input *input, enum trace_format *format,
                            struct sim_error *error) {
    const uint8_t *bytes = NULL;
    size_t size = 0;
    // lackey's pipe is not to be waited for.
    if (*format == TRACE_FORMAT_LACKEY) return SIM_OK;
    enum sim_status status = trace_input_peek(input, LOOK_BYTES, &bytes, &size, error);
    if (status != SIM_OK) return status;
    if (size == 0) {
        return sim_fail(error, SIM_ERROR_FORMAT, "%s: it is empty: no references to import",
                        trace_input_name(input));
    }
    if (*format != TRACE_FORMAT_AUTO) return SIM_OK;
    return import_detect(bytes, size < LOOK_BYTES ? size : LOOK_BYTES, trace_input_name(input),
                         format, error);
}

enum sim_status trace_import_open(struct trace_input *input, enum trace_format format,
                                  struct trace_import **import, struct sim_error *error) {
    enum sim_status status = look(input, &format, error);
    struct trace_import *opened = status == SIM_OK ? calloc(1, sizeof *opened) : NULL;
    if (status == SIM_OK && !opened) {
        status = sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", trace_input_name(input));
    }
    if (status != SIM_OK) {
        trace_input_close(input);
        return status;
    }
    opened->input = input;
    opened->lines = import_lines_of(format);
    opened->records = import_records_of(format);
    *import = opened;
    return SIM_OK;
}

void trace_import_close(struct trace_import *import) {
    if (!import) return;
    trace_input_close(import->input);
    free(import);
}

enum sim_status trace_import_next(struct trace_import *import, struct trace_ref *refs,
                                  size_t capacity, size_t *count, struct sim_error *error) {
    *count = 0;
    return import->lines ? import_next_lines(import, refs, capacity, count, error)
                         : import_next_records(import, refs, capacity, count, error);
}

static enum sim_status copy_refs(struct trace_import *import, struct trace_writer *writer,
                                 uint64_t max_refs, uint64_t *copied, struct sim_error *error) {
    struct trace_ref refs[BATCH];
    while (*copied < max_refs) {
        uint64_t left = max_refs - *copied;
        size_t count = 0;
        enum sim_status status =
            trace_import_next(import, refs, left < BATCH ? (size_t)left : BATCH, &count, error);
        if (status == SIM_END) return SIM_OK;
        if (status == SIM_OK) status = trace_writer_add(writer, refs, count, error);
        if (status != SIM_OK) return status;
        *copied += count;
    }
    return SIM_OK;
}

enum sim_status trace_import_file(const char *path, enum trace_format format,
                                  struct trace_writer *writer, uint64_t max_refs,
                                  trace_input_wait wait, void *context, struct sim_error *error) {
    struct trace_input *input = NULL;
    struct trace_import *import = NULL;
    uint64_t copied = 0;
    enum sim_status status = trace_input_open(path, wait, context, &input, error);
    if (status == SIM_OK) status = trace_import_open(input, format, &import, error);
    if (status == SIM_OK) status = copy_refs(import, writer, max_refs, &copied, error);
    if (status == SIM_OK && copied == 0) {
        status = sim_fail(error, SIM_ERROR_FORMAT, "%s: no references to import",
                          trace_input_name(import->input));
    }
    trace_import_close(import);
    return status;
}
