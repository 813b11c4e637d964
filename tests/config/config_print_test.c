// SPDX-License-Identifier: Apache-2.0
// What is printed reads back the same, for random configurations within the bounds.
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config_test.h"

enum { ROUNDS = 300, MOST_ARGUMENTS = 8192 };

// splitmix64
static uint64_t draw(uint64_t *state) {
    uint64_t x = *state += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static uint64_t choice_count(const struct config_key *key) {
    uint64_t count = 0;
    while (key->choices[count]) count++;
    return count;
}

// Bounds and defaults more often than chance has them.
static uint64_t draw_value(uint64_t *state, const struct config_key *key) {
    uint64_t least = key->kind == CONFIG_CHOICE ? 0 : key->least;
    uint64_t most = key->kind == CONFIG_CHOICE ? choice_count(key) - 1 : key->most;
    switch (draw(state) % 8) {
        case 0:
            return least;
        case 1:
            return most;
        case 2:
        case 3:
            return key->standard;
        default:
            return least + draw(state) % (most - least + 1);
    }
}

static struct run_config draw_config(uint64_t *state) {
    struct run_config config = config_default();
    for (unsigned i = 0; i < config_key_count; i++) {
        uint64_t value = draw_value(state, &config_keys[i]);
        memcpy((char *)&config + config_keys[i].offset, &value, sizeof value);
    }
    return config;
}

static void assert_same(const struct run_config *expected, const struct run_config *found) {
    for (unsigned i = 0; i < config_key_count; i++) {
        uint64_t a = config_value(expected, &config_keys[i]);
        uint64_t b = config_value(found, &config_keys[i]);
        if (a != b)
            fail_msg("%s: %llu became %llu (TANDEM_SEED=%llu)", config_keys[i].path,
                     (unsigned long long)a, (unsigned long long)b,
                     (unsigned long long)config_test_seed);
    }
}

void printed_configuration_reads_back_the_same(void **unused) {
    (void)unused;
    uint64_t state = config_test_seed;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct run_config written = draw_config(&state), read = config_default();
        struct sim_error error;
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        assert_non_null(out);
        config_print(&written, out);
        assert_int_equal(fclose(out), 0);
        if (config_parse("printed", (const unsigned char *)text, size, &read, &error))
            fail_msg("%s, in:\n%s", error.text, text);
        assert_same(&written, &read);
        free(text);
    }
}

// The words between " --set ", applied to the default.
static void apply(char *arguments, struct run_config *config) {
    struct sim_error error;
    char *rest = NULL;
    for (char *word = strtok_r(arguments, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        assert_string_equal(word, "--set");
        word = strtok_r(NULL, " ", &rest);
        assert_non_null(word);
        if (config_set(word, config, &error)) fail_msg("%s", error.text);
    }
}

void arguments_reproduce_the_configuration(void **unused) {
    (void)unused;
    uint64_t state = config_test_seed ^ 0xA5A5;
    for (unsigned round = 0; round < ROUNDS; round++) {
        char arguments[MOST_ARGUMENTS];
        struct run_config config = draw_config(&state), repeated = config_default();
        repeated.seed = config.seed;  // has an option of its own
        config_arguments(&config, arguments, sizeof arguments);
        apply(arguments, &repeated);
        assert_same(&config, &repeated);
    }
}

void arguments_of_the_default_are_none(void **unused) {
    (void)unused;
    char arguments[64] = "old";
    struct run_config config = config_default();
    config.seed = 99;
    config_arguments(&config, arguments, sizeof arguments);
    assert_string_equal(arguments, "");
}

void arguments_end_at_a_whole_setting_if_they_do_not_fit(void **unused) {
    (void)unused;
    uint64_t state = config_test_seed ^ 0x5A5A;
    struct run_config config = draw_config(&state);
    char whole[MOST_ARGUMENTS];
    config_arguments(&config, whole, sizeof whole);
    for (size_t capacity = 1; capacity <= strlen(whole) + 1; capacity++) {
        struct run_config repeated = config_default();
        char *part = malloc(capacity);  // for the sanitizers to guard its end
        assert_non_null(part);
        config_arguments(&config, part, capacity);
        assert_true(strlen(part) < capacity);
        assert_memory_equal(part, whole, strlen(part));
        assert_true(whole[strlen(part)] == ' ' || whole[strlen(part)] == '\0');
        apply(part, &repeated);
        free(part);
    }
}
