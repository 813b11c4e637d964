// SPDX-License-Identifier: Apache-2.0
// The explain page of a job, from what is kept of it: FOLDER/SUITE.SEED/result.json and page.html.
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kept.h"
#include "report.h"

// FOLDER/SUITE.SEED/NAME; the caller's to free; NULL: not known, or no memory.
static char *path_of(const struct report *report, size_t number, const char *name) {
    const struct report_job *job = &report->jobs[number];
    const struct report_suite *suite = &report->suites[job->suite];
    char *path;
    if (!report->folder || asprintf(&path, "%s/%s.%s.%" PRIu64 "/%s", report->folder,
                                    suite->configuration, suite->test, job->seed, name) < 0)
        return NULL;
    return path;
}

char *regress_report_page(const struct report *report, size_t number) {
    char *path = path_of(report, number, "result.json"), *page = NULL;
    if (!path) return NULL;
    json_t *root = kept_json(path);
    const char *text =
        json_string_value(json_object_get(json_object_get(root, "mismatch"), "page"));
    if (text && text[0]) page = strdup(text);
    json_decref(root);
    free(path);
    return page;
}

// --- links -------------------------------------------------------------------------------

// The way from one absolute folder to a file: "../../x/y".
static void write_way(const char *from, const char *to, FILE *out) {
    size_t common = 0;
    for (size_t i = 0; from[i] && from[i] == to[i]; i++)
        if (from[i] == '/') common = i;
    // The whole of `from` may be a folder above.
    size_t length = strlen(from);
    if (!strncmp(from, to, length) && to[length] == '/') common = length;
    for (const char *c = from + common; *c; c++)
        if (*c == '/' && c[1]) fputs("../", out);
    for (const unsigned char *c = (const unsigned char *)to + common + 1; *c; c++)
        fprintf(out,
                strchr("/-._~", *c) || (*c < 128 && (*c | 32) >= 'a' && (*c | 32) <= 'z') ||
                        (*c >= '0' && *c <= '9')
                    ? "%c"
                    : "%%%02X",
                *c);
}

char *regress_report_link(const struct report *report, size_t number) {
    char *path = report->place ? path_of(report, number, "page.html") : NULL;
    char *file = path ? realpath(path, NULL) : NULL, *link = NULL;
    size_t size = 0;
    FILE *out = file ? open_memstream(&link, &size) : NULL;
    if (out) {
        write_way(report->place, file, out);
        if (fclose(out)) {
            free(link);
            link = NULL;
        }
    }
    free(path);
    free(file);
    return link;
}
