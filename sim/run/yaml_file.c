// SPDX-License-Identifier: Apache-2.0
#include "yaml_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = YAML_FILE_MOST_KIB << 10 };

// The reader of characters knows an offset only, and counts no lines.
static size_t problem_line(const yaml_parser_t *parser, const unsigned char *bytes, size_t size) {
    size_t line = 1;
    if (parser->error != YAML_READER_ERROR) return parser->problem_mark.line + 1;
    for (size_t i = 0; i < size && i < parser->problem_offset; i++) line += bytes[i] == '\n';
    return line;
}

static enum sim_status fail_yaml(const char *name, const yaml_parser_t *parser,
                                 const unsigned char *bytes, size_t size, struct sim_error *error) {
    if (parser->error == YAML_MEMORY_ERROR)
        return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", name);
    return sim_fail(error, SIM_ERROR_USAGE, "%s:%zu: this is not YAML: %s", name,
                    problem_line(parser, bytes, size),
                    parser->problem ? parser->problem : "unknown problem");
}

struct seen {
    unsigned documents, depth;
};

static enum sim_status look_at(const char *name, const yaml_event_t *event,
                               const struct yaml_file_kind *kind, struct seen *seen,
                               struct sim_error *error) {
    bool opens =
        event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT;
    bool closes = event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT;
    size_t line = event->start_mark.line + 1;
    if (event->type == YAML_DOCUMENT_START_EVENT && ++seen->documents > 1)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%s:%zu: a second document begins; one file is one %s", name, line,
                        kind->noun);
    if (opens && ++seen->depth > kind->most_depth)
        return sim_fail(error, SIM_ERROR_USAGE, "%s:%zu: mappings are nested too deeply", name,
                        line);
    if (closes) --seen->depth;
    return SIM_OK;
}

static enum sim_status look_at_events(const char *name, const unsigned char *bytes, size_t size,
                                      const struct yaml_file_kind *kind, struct sim_error *error) {
    yaml_parser_t parser;
    enum sim_status status = SIM_OK;
    struct seen seen = {0};
    bool at_end = false;
    if (!yaml_parser_initialize(&parser))
        return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", name);
    yaml_parser_set_input_string(&parser, bytes, size);
    while (!status && !at_end) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            status = fail_yaml(name, &parser, bytes, size, error);
            break;
        }
        status = look_at(name, &event, kind, &seen, error);
        at_end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return status;
}

enum sim_status yaml_file_document(const char *name, const unsigned char *bytes, size_t size,
                                   const struct yaml_file_kind *kind, yaml_document_t *document,
                                   struct sim_error *error) {
    yaml_parser_t parser;
    if (size > MOST_BYTES)
        return sim_fail(error, SIM_ERROR_USAGE, "%s: larger than %d KiB, not a %s", name,
                        YAML_FILE_MOST_KIB, kind->noun);
    enum sim_status status = look_at_events(name, bytes, size, kind, error);
    if (status) return status;
    if (!yaml_parser_initialize(&parser))
        return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", name);
    yaml_parser_set_input_string(&parser, bytes, size);
    if (!yaml_parser_load(&parser, document)) status = fail_yaml(name, &parser, bytes, size, error);
    yaml_parser_delete(&parser);
    return status;
}

enum sim_status yaml_file_read(const char *path, unsigned char **bytes, size_t *size,
                               struct sim_error *error) {
    FILE *file = fopen(path, "rb");
    enum sim_status status = SIM_OK;
    if (!file)
        return sim_fail(error, SIM_ERROR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    *bytes = malloc(MOST_BYTES + 1);
    *size = *bytes ? fread(*bytes, 1, MOST_BYTES + 1, file) : 0;
    if (!*bytes)
        status = sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
    else if (ferror(file))
        status = sim_fail(error, SIM_ERROR_IO, "%s: cannot be read: %s", path, strerror(errno));
    if (status) free(*bytes);
    fclose(file);
    return status;
}
