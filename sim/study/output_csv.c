// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "output.h"

// In quotes where a comma, a quote or a line's end would be taken for more (RFC 4180).
static void put_text(FILE *out, const char *text) {
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) fprintf(out, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', out);
}

static void put_table(FILE *out, const struct report_table *table) {
    for (unsigned c = 0; c < table->column_count; c++) {
        if (c) fputc(',', out);
        put_text(out, table->columns[c].name);
    }
    for (unsigned i = 0; i < table->cell_count; i++) {
        const struct report_cell *cell = &table->cells[i];
        fputs(i % table->column_count ? "," : "\n", out);
        if (!strcmp(cell->text, REPORT_MISSING)) continue;
        if (cell->text[0])
            put_text(out, cell->text);
        else
            fprintf(out, cell->whole ? "%.0f" : "%.12g", cell->number);
    }
}

enum sim_status study_write_csv(const struct study_outcome *outcome, const char *path,
                                struct sim_error *error) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    put_table(out, &outcome->report->tables[0]);
    bool failed = ferror(out) != 0;
    failed |= fclose(out) != 0;
    enum sim_status status = failed ? sim_fail(error, SIM_ERROR_MEMORY, "out of memory")
                                    : result_write_text(path, text, error);
    free(text);
    return status;
}
