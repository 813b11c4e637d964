// SPDX-License-Identifier: Apache-2.0
#define _DEFAULT_SOURCE
#include "plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "metric_hierarchy.h"

void study_plan_init(struct study_plan *plan) {
    *plan = (struct study_plan){.name = "sweep", .base = study_config_default()};
}

void study_plan_destroy(struct study_plan *plan) {
    for (unsigned i = 0; i < plan->trace_count; i++) free(plan->traces[i]);
    plan->trace_count = 0;
}

enum sim_status study_plan_add_trace(struct study_plan *plan, const char *place, const char *path,
                                     struct sim_error *error) {
    if (plan->trace_count == STUDY_MOST_TRACES)
        return sim_fail(error, SIM_ERROR_USAGE, "%s: more than %d traces", place,
                        STUDY_MOST_TRACES);
    if (!path[0]) return sim_fail(error, SIM_ERROR_USAGE, "%s: a trace without a name", place);
    char *copy = strdup(path);
    if (!copy) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    plan->traces[plan->trace_count++] = copy;
    return SIM_OK;
}

static enum sim_status find(const char *place, const char *path, const struct config_key **key,
                            struct sim_error *error) {
    *key = study_key_find(path);
    if (*key) return SIM_OK;
    return sim_fail(error, SIM_ERROR_USAGE, "%s: there is no key '%.80s'", place, path);
}

enum sim_status study_plan_set(struct study_plan *plan, const char *place, const char *path,
                               const char *text, struct sim_error *error) {
    const struct config_key *key;
    uint64_t value;
    enum sim_status status = find(place, path, &key, error);
    if (!status) status = study_key_read(place, key, text, &value, error);
    if (!status) study_key_set(&plan->base, key, value);
    return status;
}

// --- values of an axis -------------------------------------------------------------------

static enum sim_status add_value(const char *place, struct study_axis *axis, uint64_t value,
                                 struct sim_error *error) {
    for (unsigned i = 0; i < axis->count; i++)
        if (axis->values[i] == value) {
            char text[24];
            study_key_print(axis->keys[0], value, text);
            return sim_fail(error, SIM_ERROR_USAGE, "%s: %s takes the value %s twice", place,
                            axis->keys[0]->path, text);
        }
    if (axis->count == STUDY_MOST_VALUES)
        return sim_fail(error, SIM_ERROR_USAGE, "%s: more than %d values of %s", place,
                        STUDY_MOST_VALUES, axis->keys[0]->path);
    axis->values[axis->count++] = value;
    return SIM_OK;
}

// "16..1024*2": first, last, and how one value follows from the one before.
static enum sim_status add_range(const char *place, struct study_axis *axis, char *text, char *dots,
                                 struct sim_error *error) {
    uint64_t first, last, step = 1;
    size_t length = strcspn(dots + 2, "*+");
    char mark = dots[2 + length], *by = dots + 2 + length + 1;
    *dots = dots[2 + length] = '\0';
    enum sim_status status = study_key_read(place, axis->keys[0], text, &first, error);
    if (!status) status = study_key_read(place, axis->keys[0], dots + 2, &last, error);
    if (status) return status;
    bool wrong = axis->keys[0]->kind != CONFIG_NUMBER || first == STUDY_FULL || last == STUDY_FULL;
    if (mark && (!config_number(by, &step) || step == 0)) wrong = true;
    if (mark == '*' && (step < 2 || first == 0)) wrong = true;
    if (wrong || first > last)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%s: a range of %s is FIRST..LAST, FIRST..LAST+STEP or FIRST..LAST*FACTOR "
                        "with FIRST at most LAST",
                        place, axis->keys[0]->path);
    for (uint64_t value = first; !status;) {
        status = add_value(place, axis, value, error);
        if (mark == '*' ? value > last / step : step > last - value) break;
        value = mark == '*' ? value * step : value + step;
    }
    return status;
}

static enum sim_status add_values(const char *place, struct study_axis *axis, const char *values,
                                  struct sim_error *error) {
    enum sim_status status = SIM_OK;
    char *copy = strdup(values);
    if (!copy) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    for (char *next = copy, *text; !status && (text = strsep(&next, ",")) != NULL;) {
        uint64_t value;
        text += strspn(text, " ");
        text[strcspn(text, " ")] = '\0';
        char *dots = strstr(text, "..");
        if (dots) {
            status = add_range(place, axis, text, dots, error);
            continue;
        }
        status = study_key_read(place, axis->keys[0], text, &value, error);
        if (!status) status = add_value(place, axis, value, error);
    }
    free(copy);
    return status;
}

// Keys of one axis share their values: what one of them cannot be, none is.
static enum sim_status check_shared(const char *place, const struct study_axis *axis,
                                    struct sim_error *error) {
    for (unsigned k = 1; k < axis->key_count; k++) {
        const struct config_key *key = axis->keys[k];
        if (key->kind != axis->keys[0]->kind || key->choices != axis->keys[0]->choices)
            return sim_fail(error, SIM_ERROR_USAGE, "%s: %s and %s do not take the same values",
                            place, axis->keys[0]->path, key->path);
        for (unsigned i = 0; key->kind == CONFIG_NUMBER && i < axis->count; i++) {
            char text[24];
            uint64_t value;
            study_key_print(axis->keys[0], axis->values[i], text);
            enum sim_status status = study_key_read(place, key, text, &value, error);
            if (status) return status;
        }
    }
    return SIM_OK;
}

static enum sim_status add_keys(const char *place, struct study_axis *axis, const char *keys,
                                struct sim_error *error) {
    enum sim_status status = SIM_OK;
    char *copy = strdup(keys);
    if (!copy) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    for (char *next = copy, *text; !status && (text = strsep(&next, ",")) != NULL;) {
        text += strspn(text, " ");
        text[strcspn(text, " ")] = '\0';
        if (axis->key_count == STUDY_MOST_KEYS)
            status = sim_fail(error, SIM_ERROR_USAGE, "%s: more than %d keys swept together", place,
                              STUDY_MOST_KEYS);
        else
            status = find(place, text, &axis->keys[axis->key_count++], error);
    }
    free(copy);
    return status;
}

// A later sweep of a key takes the place of an earlier one.
static struct study_axis *axis_for(struct study_plan *plan, const struct config_key *key) {
    for (unsigned a = 0; a < plan->axis_count; a++)
        if (plan->axes[a].keys[0] == key) return &plan->axes[a];
    return plan->axis_count == STUDY_MOST_AXES ? NULL : &plan->axes[plan->axis_count];
}

enum sim_status study_plan_sweep(struct study_plan *plan, const char *place, const char *keys,
                                 const char *values, struct sim_error *error) {
    struct study_axis *axis = malloc(sizeof *axis);
    if (!axis) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    axis->key_count = axis->count = 0;
    enum sim_status status = add_keys(place, axis, keys, error);
    if (!status) status = add_values(place, axis, values, error);
    if (!status) status = check_shared(place, axis, error);
    struct study_axis *at = status ? NULL : axis_for(plan, axis->keys[0]);
    if (!status && !at)
        status =
            sim_fail(error, SIM_ERROR_USAGE, "%s: more than %d sweeps", place, STUDY_MOST_AXES);
    if (!status) {
        *at = *axis;
        if (at == &plan->axes[plan->axis_count]) plan->axis_count++;
    }
    free(axis);
    return status;
}

static const char *const measure_names[] = {
#define X(id, name, text) name,
    STUDY_MEASURE_LIST(X)
#undef X
};

enum sim_status study_plan_measure(struct study_plan *plan, const char *place, const char *text,
                                   struct sim_error *error) {
    unsigned measures = 0;
    while (true) {
        size_t length = strcspn(text, ", ");
        unsigned m = 0;
        while (m < STUDY_MEASURES &&
               (strncmp(measure_names[m], text, length) || strlen(measure_names[m]) != length))
            m++;
        if (m == STUDY_MEASURES)
            return sim_fail(error, SIM_ERROR_USAGE,
                            "%s: there is no measure '%.*s'; there are misses, classes, faults, "
                            "cycles, hierarchy, working-set, pages",
                            place, (int)(length < 40 ? length : 40), text);
        measures |= 1u << m;
        text += length;
        text += strspn(text, ", ");
        if (!*text) break;
    }
    plan->measures = measures;
    return SIM_OK;
}

// --- points ------------------------------------------------------------------------------

bool study_plan_sweeps(const struct study_plan *plan, const char *path) {
    for (unsigned a = 0; a < plan->axis_count; a++)
        for (unsigned k = 0; k < plan->axes[a].key_count; k++)
            if (!strcmp(plan->axes[a].keys[k]->path, path)) return true;
    return false;
}

uint64_t study_plan_combinations(const struct study_plan *plan) {
    uint64_t count = plan->mix ? 1 : plan->trace_count;
    for (unsigned a = 0; a < plan->axis_count; a++) {
        if (count > STUDY_MOST_POINTS) return count;  // enough to be refused
        count *= plan->axes[a].count;
    }
    return count;
}

enum sim_status study_plan_point(const struct study_plan *plan, uint64_t number,
                                 struct study_point *point, struct sim_error *error) {
    *point = (struct study_point){.config = plan->base};
    for (unsigned a = plan->axis_count; a-- > 0;) {
        const struct study_axis *axis = &plan->axes[a];
        point->value[a] = (unsigned)(number % axis->count);
        number /= axis->count;
        for (unsigned k = 0; k < axis->key_count; k++)
            study_key_set(&point->config, axis->keys[k], axis->values[point->value[a]]);
    }
    point->trace = (unsigned)number;
    uint64_t traces = plan->mix ? plan->trace_count : 1;
    if (point->config.run.processes < traces) point->config.run.processes = traces;
    return study_config_finish(&point->config, error);
}

// Without a word about it: what the swept keys change.
static unsigned choose_measures(const struct study_plan *plan) {
    bool misses = false, faults = false, hierarchy = false, other = false;
    for (unsigned a = 0; a < plan->axis_count; a++)
        for (unsigned k = 0; k < plan->axes[a].key_count; k++) {
            const char *path = plan->axes[a].keys[k]->path;
            if (!strncmp(path, "tlb.data.", 9) || !strncmp(path, "tlb.fetch.", 10) ||
                !strcmp(path, "study.page_bytes"))
                misses = true;
            else if (!strcmp(path, "os.frames") || !strcmp(path, "os.policy"))
                faults = true;
            else if (study_key_of_hierarchy(path))
                hierarchy = true;
            else
                other = true;
        }
    if (hierarchy) return STUDY_MISSES | STUDY_TIMED;
    if (other) return STUDY_MISSES | STUDY_CYCLES;
    return (misses || !faults ? STUDY_MISSES : 0) | (faults ? STUDY_FAULTS : 0);
}

static bool sets(const struct study_axis *axis, const struct config_key *key) {
    for (unsigned k = 0; k < axis->key_count; k++)
        if (axis->keys[k] == key) return true;
    return false;
}

// No key may be swept twice, or the later value would win unseen.
static enum sim_status check_keys(const struct study_plan *plan, struct sim_error *error) {
    for (unsigned a = 0; a < plan->axis_count; a++)
        for (unsigned k = 0; k < plan->axes[a].key_count; k++) {
            const struct config_key *key = plan->axes[a].keys[k];
            bool twice = false;
            for (unsigned j = 0; j < k; j++) twice |= plan->axes[a].keys[j] == key;
            for (unsigned b = 0; b < a; b++) twice |= sets(&plan->axes[b], key);
            if (twice) return sim_fail(error, SIM_ERROR_USAGE, "%s is swept twice", key->path);
        }
    return SIM_OK;
}

static void choose_title(struct study_plan *plan) {
    size_t used = 0;
    if (plan->title[0]) return;
    for (unsigned a = 0; a < plan->axis_count && used < sizeof plan->title; a++)
        used += (size_t)snprintf(plan->title + used, sizeof plan->title - used, "%s%s",
                                 a ? ", " : "Sweep of ", plan->axes[a].keys[0]->path);
    if (!plan->title[0]) snprintf(plan->title, sizeof plan->title, "One point");
}

static int compare_values(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

// Curves run along ascending values, `full` last, in whatever order they were given.
static void sort_values(struct study_axis *axis) {
    if (axis->keys[0]->kind == CONFIG_NUMBER)
        qsort(axis->values, axis->count, sizeof *axis->values, compare_values);
}

enum sim_status study_plan_finish(struct study_plan *plan, struct sim_error *error) {
    if (plan->trace_count == 0)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "a study needs programs: give --trace FILE, or traces in the plan");
    if (study_plan_combinations(plan) > STUDY_MOST_POINTS)
        return sim_fail(error, SIM_ERROR_USAGE, "the sweeps have more than %d combinations",
                        STUDY_MOST_POINTS);
    for (unsigned a = 0; a < plan->axis_count; a++) sort_values(&plan->axes[a]);
    if (plan->measures == 0) plan->measures = choose_measures(plan);
    choose_title(plan);
    return check_keys(plan, error);
}
