// SPDX-License-Identifier: Apache-2.0
// The page is made by Python (tandem_report.py); this starts it and hands on what it says.
#define _GNU_SOURCE
#include "sim/report.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "python_script.h"

enum { MOST_SAID = 4096, OPTION_BYTES = PATH_MAX + 16 };

// All it says, of which the last line stays: an exception's is the one that tells.
static void listen_to(int reading, char said[MOST_SAID]) {
    FILE *stream = fdopen(reading, "r");
    char line[MOST_SAID];
    said[0] = '\0';
    if (!stream) {
        close(reading);
        return;
    }
    while (fgets(line, sizeof line, stream)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0]) memcpy(said, line, sizeof line);
    }
    fclose(stream);
}

// json_path NULL: nothing is written, the rest is looked at.
static enum sim_status make_page(const char *json_path, const char *cost_path,
                                 const char *html_path, struct sim_error *error) {
    char output[OPTION_BYTES], cost[OPTION_BYTES], said[MOST_SAID];
    struct python_script script;
    const char *arguments[6] = {output};
    unsigned count = 1;
    // One word each, so that a name that begins with a minus stays a name.
    snprintf(output, sizeof output, "--output=%s", html_path);
    if (cost_path) {
        snprintf(cost, sizeof cost, "--cost=%s", cost_path);
        arguments[count++] = cost;
    }
    arguments[count++] = json_path ? "--" : "--check";
    arguments[count] = json_path;
    enum sim_status status = python_script_start("sim/report/tandem_report.py", arguments,
                                                 STDERR_FILENO, &script, error);
    if (status) return status;
    listen_to(script.pipe, said);
    int ended = python_script_wait(&script);
    if (ended == 0) return SIM_OK;
    if (ended == 2 && said[0]) return sim_fail(error, SIM_ERROR_USAGE, "%.500s", said);
    return sim_fail(error, SIM_ERROR_TOOL, "%.200s: the page cannot be made%s%.200s",
                    json_path ? json_path : html_path, said[0] ? ": " : "", said);
}

enum sim_status report_write_with(const char *json_path, const char *cost_path,
                                  const char *html_path, struct sim_error *error) {
    return make_page(json_path, cost_path, html_path, error);
}

enum sim_status report_check(const char *cost_path, const char *html_path,
                             struct sim_error *error) {
    return make_page(NULL, cost_path, html_path, error);
}

enum sim_status report_write(const char *json_path, const char *html_path,
                             struct sim_error *error) {
    return report_write_with(json_path, NULL, html_path, error);
}
