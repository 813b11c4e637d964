// SPDX-License-Identifier: Apache-2.0
// The page of a study's result (docs/report.md), and the commands that make it.
#ifndef SIM_REPORT_H
#define SIM_REPORT_H

#include "sim/error.h"

// Make the HTML page of the result in json_path (what `tandem study --json` writes) and put it,
// whole or not at all, at html_path. Starts Python; nothing else is needed to read the page.
// SIM_ERROR_USAGE: the result or the place is not good, with a sentence that names the file and the
// place. SIM_ERROR_TOOL: Python, its modules or the source tree are missing.
enum sim_status report_write(const char *json_path, const char *html_path, struct sim_error *error);

// The same with the hardware's cost beside it: cost_path is what `tandem cost --json` wrote, or
// NULL.
enum sim_status report_write_with(const char *json_path, const char *cost_path,
                                  const char *html_path, struct sim_error *error);

// Whether report_write_with will find what it needs, before there is a result: the place, the
// costs, Python and its modules. Errors as report_write.
enum sim_status report_check(const char *cost_path, const char *html_path, struct sim_error *error);

// tandem report STUDY.json -o PAGE.html [--cost COST.json]; argv[0] is "tandem report". Returns the
// exit status: 0 written, 2 usage or environment.
int tandem_report(int argc, char **argv);

#endif
