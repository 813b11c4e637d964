// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "result_line.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

char *result_line_write(const char *run, size_t number, const struct result *result) {
    json_t *object =
        json_pack("{s:s, s:I, s:s, s:i, s:i, s:f, s:I, s:s, s:s, s:s, s:s?}", "run", run, "number",
                  (json_int_t)number, "outcome", outcome_name(result->outcome), "status",
                  result->status, "attempts", (int)result->attempts, "seconds", result->seconds,
                  "cycles", (json_int_t)result->cycles, "signature", result->signature, "sentence",
                  result->sentence, "node", result->node, "output", result->output);
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    size_t length = text ? strlen(text) : 0;
    char *line = text ? realloc(text, length + 2) : NULL;
    json_decref(object);
    if (!line) {
        free(text);
        return NULL;
    }
    memcpy(line + length, "\n", 2);
    return line;
}

static void copy(const json_t *object, const char *key, char *out, size_t capacity) {
    const char *text = json_string_value(json_object_get(object, key));
    snprintf(out, capacity, "%s", text ? text : "");
}

bool result_line_read(const char *line, const char *run, size_t *number, struct result *result) {
    json_error_t error;
    json_t *object = json_loads(line, 0, &error);
    const json_t *n = json_object_get(object, "number");
    const char *name = json_string_value(json_object_get(object, "outcome"));
    const char *of = json_string_value(json_object_get(object, "run"));
    enum outcome outcome = name ? outcome_find(name) : OUTCOME_NONE;
    if (outcome == OUTCOME_NONE || !of || strcmp(of, run) != 0 || !json_is_integer(n) ||
        json_integer_value(n) < 0) {
        json_decref(object);
        return false;
    }
    const char *output = json_string_value(json_object_get(object, "output"));
    *number = (size_t)json_integer_value(n);
    *result = (struct result){
        .outcome = outcome,
        .status = (int)json_integer_value(json_object_get(object, "status")),
        .attempts = (unsigned)json_integer_value(json_object_get(object, "attempts")),
        .seconds = json_number_value(json_object_get(object, "seconds")),
        .cycles = (uint64_t)json_integer_value(json_object_get(object, "cycles")),
        .output = output ? strdup(output) : NULL};
    copy(object, "signature", result->signature, sizeof result->signature);
    copy(object, "sentence", result->sentence, sizeof result->sentence);
    copy(object, "node", result->node, sizeof result->node);
    json_decref(object);
    return true;
}

void result_line_each(const char *path, const char *run, uint64_t *offset, result_line_fn *take,
                      void *user) {
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    if (!file) return;
    if (fseeko(file, (off_t)*offset, SEEK_SET)) {
        fclose(file);
        return;
    }
    while ((length = getline(&line, &capacity, file)) > 0 && line[length - 1] == '\n') {
        struct result result;
        size_t number;
        *offset += (uint64_t)length;
        if (result_line_read(line, run, &number, &result)) take(user, number, &result);
    }
    free(line);
    fclose(file);
}
