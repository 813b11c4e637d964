// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "regression.h"

enum { BAR = 30 };

static void time_left(double seconds, char *out, size_t capacity) {
    if (seconds < 100)
        snprintf(out, capacity, "%.0f s left", seconds);
    else if (seconds < 6000)
        snprintf(out, capacity, "%.0f min left", seconds / 60);
    else
        snprintf(out, capacity, "%.1f h left", seconds / 3600);
}

void progress_draw(struct regression *regression) {
    char bar[BAR + 1], left[32] = "";
    double now = pool_clock(), seconds = now - regression->start;
    size_t all = regression->jobs.count, done = regression->finished;
    size_t here = done - regression->finished_at_start;
    if (!regression->options->progress || now - regression->drawn < 0.2) return;
    regression->drawn = now;
    double part = all ? (double)done / (double)all : 1;
    for (unsigned i = 0; i < BAR; i++) bar[i] = (double)i < part * BAR ? '#' : '.';
    bar[BAR] = '\0';
    if (here > 0 && seconds > 0.5)
        time_left(seconds / (double)here * (double)(all - done), left, sizeof left);
    fprintf(stderr, "\r[%s] %5.1f %%  %zu of %zu jobs, %zu not passed  %s\033[K", bar, 100 * part,
            done, all, done - regression->counts[OUTCOME_PASSED], left);
}

void progress_clear(const struct regression *regression) {
    if (regression->options->progress) fprintf(stderr, "\r\033[K");
}
