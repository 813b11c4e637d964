// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "play.h"

#include <limits.h>
#include <stdlib.h>

#include "folder.h"
#include "world.h"

enum { MOST_TEXT = 1 << 28 };

enum sim_status play_read(const char *path, struct scenario *scenario, struct sim_error *error) {
    char *text, sentence[SCENARIO_SENTENCE_BYTES];
    size_t bytes;
    *scenario = scenario_empty();
    enum sim_status status = folder_read(path, MOST_TEXT, &text, &bytes, error);
    if (status) return status;
    unsigned line = scenario_parse(text, bytes, scenario, sentence);
    free(text);
    if (line == 0) return SIM_OK;
    if (line == UINT_MAX) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    return sim_fail(error, SIM_ERROR_FORMAT, "%.250s:%u: %s", path, line, sentence);
}

static struct dut *create(void *user) {
    struct play_unit *unit = user;
    char sentence[256];
    return unit->scenario.ops->create(&unit->options, sentence, sizeof sentence);
}

void play_unit_of(struct play_unit *unit, const struct loaded_dut *loaded, uint64_t seed) {
    *unit = (struct play_unit){.options = {.seed = seed}};
    unit->scenario = (struct scenario_unit){.user = unit, .ops = loaded->ops, .create = create};
}

enum sim_status play_unit_load(struct play_unit *unit, const struct scenario *scenario,
                               const char *path, const char *wave, struct sim_error *error) {
    enum { SEED = 1 };
    struct loaded_dut loaded;
    enum sim_status status =
        dut_load(&scenario->mmu, path, SEED, scenario->properties, wave, &loaded, error);
    if (status) return status;
    // One at a time: the wave's file is one.
    loaded.ops->destroy(loaded.dut);
    loaded.dut = NULL;
    play_unit_of(unit, &loaded, SEED);
    unit->loaded = loaded;
    unit->options.wave_path = wave;
    return SIM_OK;
}

void play_unit_unload(struct play_unit *unit) {
    dut_unload(&unit->loaded);
}

// Processor time: a busy machine shrinks no less.
static bool over(void *user) {
    struct play_limits *limits = user;
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    limits->late = now.tv_sec > limits->end.tv_sec ||
                   (now.tv_sec == limits->end.tv_sec && now.tv_nsec >= limits->end.tv_nsec);
    return limits->late || run_interrupted();
}

void play_limits_begin(struct play_limits *limits, uint64_t tries, uint64_t seconds) {
    *limits = (struct play_limits){.shrink = {.most_tries = tries, .stop = over, .user = limits}};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &limits->end);
    limits->end.tv_sec += (time_t)seconds;
}
