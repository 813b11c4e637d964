// SPDX-License-Identifier: Apache-2.0
// Units are built once, before the first job that needs them.
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dut_loader.h"
#include "regression.h"

enum { BUILD_SECONDS = 3600 };

// Which units have a job without a result.
static unsigned find_wanted(struct regression *regression) {
    unsigned wanted = 0;
    for (size_t n = 0; n < regression->jobs.count; n++) {
        int unit = regression->suites.suite[regression->jobs.job[n].suite].unit;
        if (regression->done[n] || unit < 0) continue;
        wanted += !regression->suites.units[unit].wanted;
        regression->suites.units[unit].wanted = true;
    }
    return wanted;
}

// The builder prints the path of what it has built, last.
static void finish(struct unit *unit, const struct pool_end *end) {
    const char *output = end->output ? end->output : "";
    char *copy = strdup(output);
    char *line = copy ? copy : NULL;
    for (char *c = line; c && (c = strchr(c, '\n')) && c[1]; line = ++c) continue;
    if (line) line[strcspn(line, "\n")] = '\0';
    if (end->timed_out)
        snprintf(unit->sentence, sizeof unit->sentence, "its unit was not built in an hour");
    else if (end->ended == 0 && line && line[0] == '/' && !access(line, R_OK))
        unit->path = strdup(line);
    else
        snprintf(unit->sentence, sizeof unit->sentence, "its unit (%.80s) was not built: %.120s",
                 unit->options, line && line[0] ? line : "tb/build_dut.sh failed");
    free(copy);
}

static enum sim_status start(struct pool *pool, const char *script, const struct unit *unit,
                             uint64_t tag, struct sim_error *error) {
    struct words words = {0};
    bool open;
    enum sim_status status = SIM_OK;
    if (!words_add(&words, script) || !words_split(&words, unit->options, &open))
        status = sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    struct pool_task task = {.argv = words.word, .seconds = BUILD_SECONDS, .tag = tag};
    if (!status) status = pool_start(pool, &task, error);
    words_destroy(&words);
    return status;
}

static void tell(const struct regression *regression, const struct unit *unit) {
    progress_clear(regression);
    if (unit->sentence[0])
        printf("error    %s\n", unit->sentence);
    else
        printf("built    %s\n", unit->options);
    fflush(stdout);
}

static enum sim_status build_all(struct regression *regression, struct pool *pool,
                                 const char *script, struct sim_error *error) {
    struct suites *suites = &regression->suites;
    unsigned next = 0;
    while (next < suites->unit_count || pool_busy(pool)) {
        struct pool_end end;
        while (next < suites->unit_count && !pool_is_full(pool)) {
            struct unit *unit = &suites->units[next++];
            if (!unit->wanted) continue;
            struct sim_error why = {""};
            if (start(pool, script, unit, next - 1, &why))
                snprintf(unit->sentence, sizeof unit->sentence, "%.250s", why.text);
        }
        if (run_interrupted())
            return sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted while units were built");
        if (!pool_busy(pool) || !pool_wait(pool, 200, &end)) continue;
        finish(&suites->units[end.tag], &end);
        tell(regression, &suites->units[end.tag]);
        free(end.output);
    }
    return SIM_OK;
}

static void fail_jobs(struct regression *regression) {
    for (size_t n = 0; n < regression->jobs.count; n++) {
        const struct suite *suite = &regression->suites.suite[regression->jobs.job[n].suite];
        struct result result;
        if (regression->done[n] || suite->unit < 0) continue;
        const struct unit *unit = &regression->suites.units[suite->unit];
        if (!unit->sentence[0]) continue;
        execute_fail(unit->sentence, &result);
        collect(regression, n, &result, NULL);
        regression->done[n] = true;
    }
}

enum sim_status build_units(struct regression *regression, struct sim_error *error) {
    char home[RUN_PATH_BYTES], script[RUN_PATH_BYTES + 32];
    if (!find_wanted(regression)) return SIM_OK;
    if (!tandem_home(home))
        return sim_fail(error, SIM_ERROR_TOOL,
                        "tb/build_dut.sh was not found above this program; set TANDEM_HOME to the "
                        "source tree");
    snprintf(script, sizeof script, "%s/tb/build_dut.sh", home);
    struct pool *pool = pool_create(regression->options->here);
    if (!pool) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    enum sim_status status = build_all(regression, pool, script, error);
    pool_destroy(pool);
    if (status) return status;
    for (unsigned s = 0; s < regression->suites.count; s++) {
        int unit = regression->suites.suite[s].unit;
        if (unit >= 0) regression->executions[s].dut = regression->suites.units[unit].path;
    }
    fail_jobs(regression);
    return SIM_OK;
}
