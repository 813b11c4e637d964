// SPDX-License-Identifier: Apache-2.0
// Configurations: every key's bounds, and every way in which a file can be wrong, with the
// sentence that the user reads.
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config_test.h"

uint64_t config_test_seed;

static enum sim_status parse_bytes(const char *bytes, size_t size, struct run_config *config,
                                   struct sim_error *error) {
    return config_parse("f.yaml", (const unsigned char *)bytes, size, config, error);
}

// A configuration in which no key has its default, to see that none was touched.
static struct run_config marked(void) {
    struct run_config config;
    memset(&config, 0x5C, sizeof config);
    return config;
}

static void assert_refused_bytes(const char *bytes, size_t size, const char *sentence) {
    struct run_config config = marked(), before = config;
    struct sim_error error = {""};
    assert_int_equal(parse_bytes(bytes, size, &config, &error), SIM_ERROR_USAGE);
    assert_string_equal(error.text, sentence);
    assert_memory_equal(&config, &before, sizeof config);
}

static void assert_refused(const char *yaml, const char *sentence) {
    assert_refused_bytes(yaml, strlen(yaml), sentence);
}

static struct run_config accept(const char *yaml) {
    struct run_config config = config_default();
    struct sim_error error;
    if (parse_bytes(yaml, strlen(yaml), &config, &error)) fail_msg("%s, in: %s", error.text, yaml);
    return config;
}

// "a.b.c", "7" -> "\n\na:\n b:\n  c: 7\n": the value stands in line 5 (3 and one per dot).
static unsigned nest(const char *path, const char *value, char *out, size_t capacity) {
    size_t used = (size_t)snprintf(out, capacity, "\n\n");
    unsigned depth = 0;
    for (const char *dot; (dot = strchr(path, '.')); path = dot + 1, depth++)
        used += (size_t)snprintf(out + used, capacity - used, "%*s%.*s:\n", (int)depth, "",
                                 (int)(dot - path), path);
    snprintf(out + used, capacity - used, "%*s%s: %s\n", (int)depth, "", path, value);
    return 3 + depth;
}

static void assert_key_takes(const struct config_key *key, uint64_t number) {
    char value[32], yaml[256];
    snprintf(value, sizeof value, "%" PRIu64, number);
    nest(key->path, value, yaml, sizeof yaml);
    struct run_config config = accept(yaml);
    assert_int_equal(config_value(&config, key), number);
}

static void assert_key_refuses(const struct config_key *key, const char *value) {
    char yaml[256], sentence[256];
    unsigned line = nest(key->path, value, yaml, sizeof yaml);
    snprintf(sentence, sizeof sentence,
             "f.yaml:%u: %s must be a whole number from %" PRIu64 " to %" PRIu64 ", not '%s'", line,
             key->path, key->least, key->most, value);
    assert_refused(yaml, sentence);
}

static void every_number_takes_its_bounds_and_nothing_beyond(void **state) {
    (void)state;
    for (unsigned i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        char value[32];
        if (key->kind != CONFIG_NUMBER) continue;
        assert_key_takes(key, key->least);
        assert_key_takes(key, key->most);
        snprintf(value, sizeof value, "%" PRIu64, key->most + 1);
        assert_key_refuses(key, value);
        if (key->least) {
            snprintf(value, sizeof value, "%" PRIu64, key->least - 1);
            assert_key_refuses(key, value);
        }
    }
}

static void every_number_refuses_what_is_no_whole_number(void **state) {
    (void)state;
    static const char *const wrong[] = {"-1",
                                        "+1",
                                        "1.5",
                                        "1e3",
                                        "0x",
                                        "0xG",
                                        "many",
                                        "~",
                                        "true",
                                        "1 2",
                                        "12kB",
                                        "1_000",
                                        "0o17",
                                        "0b1",
                                        "18446744073709551616",
                                        "99999999999999999999999999999999"};
    for (unsigned i = 0; i < config_key_count; i++)
        for (size_t w = 0; config_keys[i].kind == CONFIG_NUMBER && w < sizeof wrong / sizeof *wrong;
             w++)
            assert_key_refuses(&config_keys[i], wrong[w]);
}

static void every_number_refuses_an_empty_value(void **state) {
    (void)state;
    assert_refused("os:\n  frames:\n",
                   "f.yaml:2: os.frames must be a whole number from 1 to 4194304, not ''");
    assert_refused("seed: ''\n",
                   "f.yaml:1: seed must be a whole number from 0 to 9223372036854775807, not ''");
}

static void every_choice_takes_its_names_and_nothing_else(void **state) {
    (void)state;
    static const char *const wrong[] = {"LRU", "0", "''", "lr", "lruu"};
    for (unsigned i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        char yaml[256], names[128] = "", sentence[320];
        if (key->kind != CONFIG_CHOICE) continue;
        for (uint64_t c = 0; key->choices[c]; c++) {
            size_t used = strlen(names);
            nest(key->path, key->choices[c], yaml, sizeof yaml);
            struct run_config config = accept(yaml);
            assert_int_equal(config_value(&config, key), c);
            snprintf(names + used, sizeof names - used, "%s%s", c ? ", " : "", key->choices[c]);
        }
        for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
            unsigned line = nest(key->path, wrong[w], yaml, sizeof yaml);
            snprintf(sentence, sizeof sentence, "f.yaml:%u: %s must be one of %s, not '%s'", line,
                     key->path, names, strcmp(wrong[w], "''") ? wrong[w] : "");
            assert_refused(yaml, sentence);
        }
    }
}

static void numbers_may_be_hexadecimal_and_have_leading_zeros(void **state) {
    (void)state;
    assert_int_equal(accept("seed: 0x1F\n").seed, 31);
    assert_int_equal(accept("seed: 0X1f\n").seed, 31);
    assert_int_equal(accept("seed: 010\n").seed, 10);
    assert_int_equal(accept("seed: \"7\"\n").seed, 7);
    assert_int_equal(accept("seed: 0\n").seed, 0);
}

static void defaults_are_legal(void **state) {
    (void)state;
    struct run_config config = config_default();
    struct sim_error error;
    for (unsigned i = 0; i < config_key_count; i++)
        assert_int_equal(config_value(&config, &config_keys[i]), config_keys[i].standard);
    assert_int_equal(config_check(&config, &error), SIM_OK);
}

static void keys_that_are_not_given_stay(void **state) {
    (void)state;
    struct run_config expected = config_default();
    expected.frames = 7;
    struct run_config found = accept("os: {frames: 7}\n");
    assert_memory_equal(&found, &expected, sizeof found);
}

static void empty_files_change_nothing(void **state) {
    (void)state;
    static const char *const empty[] = {"",           "\n",   "# a comment\n",
                                        "---\n...\n", "{}\n", "os: {}\n"};
    struct run_config expected = config_default();
    for (size_t i = 0; i < 3; i++) {
        struct run_config found = accept(empty[i]);
        assert_memory_equal(&found, &expected, sizeof found);
    }
    for (size_t i = 4; i < sizeof empty / sizeof *empty; i++) {
        struct run_config found = accept(empty[i]);
        assert_memory_equal(&found, &expected, sizeof found);
    }
    // An explicit document holds a null, and a null is no mapping.
    assert_refused(empty[3], "f.yaml:2: expected a mapping of keys to values");
}

static void unknown_keys_are_named_with_their_line(void **state) {
    (void)state;
    assert_refused("seed: 1\nos:\n  frame: 3\n", "f.yaml:3: there is no key 'os.frame'");
    assert_refused("sed: 1\n", "f.yaml:1: there is no key 'sed'");
    assert_refused("tlb: {data: {entry: 1}}\n", "f.yaml:1: there is no key 'tlb.data.entry'");
    assert_refused("'': 1\n", "f.yaml:1: there is no key ''");
    assert_refused("os: 3\n", "f.yaml:1: there is no key 'os'");
    assert_refused("seed: {a: 3}\n", "f.yaml:1: there is no key 'seed.a'");
}

static void wrong_shapes_are_refused(void **state) {
    (void)state;
    assert_refused("7\n", "f.yaml:1: expected a mapping of keys to values");
    assert_refused("just words\n", "f.yaml:1: expected a mapping of keys to values");
    assert_refused("- seed\n- 1\n", "f.yaml:1: expected a mapping of keys to values");
    assert_refused("os:\n  frames: [1, 2]\n", "f.yaml:2: expected a mapping of keys to values");
    assert_refused("{[1]: 2}\n", "f.yaml:1: a key must be a plain word");
    assert_refused("? {a: b}\n: 2\n", "f.yaml:1: a key must be a plain word");
}

static void a_key_given_twice_is_refused(void **state) {
    (void)state;
    assert_refused("seed: 1\n\nseed: 1\n", "f.yaml:3: seed was already given in line 1");
    assert_refused("os:\n  frames: 3\nos:\n  frames: 4\n",
                   "f.yaml:4: os.frames was already given in line 2");
    assert_refused("os.frames: 3\nos: {frames: 4}\n",
                   "f.yaml:2: os.frames was already given in line 1");
}

static void a_prefix_may_stand_twice_or_be_dotted(void **state) {
    (void)state;
    struct run_config config = accept("os: {frames: 3}\nos: {quantum: 4}\nos.swap_mib: 5\n");
    assert_int_equal(config.frames, 3);
    assert_int_equal(config.quantum, 4);
    assert_int_equal(config.swap_mib, 5);
}

static void what_is_not_yaml_is_refused_with_its_line(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "os: {frames: 3\n",       "os: [\n", "\tos: 3\n", "a: b: c\n", "\"open\n", "os: *missing\n",
        "%YAML 9.9\n---\na: 1\n", "os: @3\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct run_config config = marked(), before = config;
        struct sim_error error = {""};
        assert_int_equal(parse_bytes(wrong[i], strlen(wrong[i]), &config, &error), SIM_ERROR_USAGE);
        if (strncmp(error.text, "f.yaml:", 7) || !strstr(error.text, ": this is not YAML: "))
            fail_msg("'%s' for: %s", error.text, wrong[i]);
        assert_memory_equal(&config, &before, sizeof config);
    }
}

static void bytes_that_are_no_text_are_refused_with_their_line(void **state) {
    (void)state;
    assert_refused("seed: 1\nos: \xFF\n",
                   "f.yaml:2: this is not YAML: invalid leading UTF-8 octet");
    assert_refused_bytes("seed: 1\n\n\0\n", 11,
                         "f.yaml:3: this is not YAML: control characters are not allowed");
}

static void a_nul_hides_nothing(void **state) {
    (void)state;
    assert_refused("seed: \"1\\0 2\"\n", "f.yaml:1: a value must not hold a NUL character");
    assert_refused("\"seed\\0x\": 1\n", "f.yaml:1: a key must be a plain word");
}

static void a_second_document_is_refused(void **state) {
    (void)state;
    assert_refused("seed: 1\n---\nseed: 2\n",
                   "f.yaml:2: a second document begins; one file is one configuration");
}

static void deep_nesting_is_refused_at_once(void **state) {
    (void)state;
    enum { DEEP = 20000 };
    static char brackets[DEEP + 1];
    for (size_t kind = 0; kind < 2; kind++) {
        memset(brackets, "[{"[kind], DEEP);
        assert_refused(brackets, "f.yaml:1: mappings are nested too deeply");
    }
    assert_refused("a:\n b:\n  c:\n   d:\n    e: 1\n", "f.yaml:5: mappings are nested too deeply");
}

static void an_alias_bomb_is_refused(void **state) {
    (void)state;
    // Four levels of depth would allow 400^3 visits.
    static char yaml[16384];
    size_t used = (size_t)snprintf(yaml, sizeof yaml, "a: &a {}\n");
    for (char level = 'b'; level <= 'd'; level++) {
        used += (size_t)snprintf(yaml + used, sizeof yaml - used, "%c: &%c {", level, level);
        for (unsigned i = 0; i < 400; i++)
            used += (size_t)snprintf(yaml + used, sizeof yaml - used, "k: *%c,", level - 1);
        used += (size_t)snprintf(yaml + used, sizeof yaml - used, "}\n");
    }
    assert_refused(yaml, "f.yaml:1: too many keys");
}

static void an_alias_to_itself_ends(void **state) {
    (void)state;
    assert_refused("os: &a\n  os: *a\n", "f.yaml:1: mappings are nested too deeply");
}

static void aliases_may_repeat_a_value(void **state) {
    (void)state;
    struct run_config config =
        accept("tlb: {data: &t {entries: 8, ways: 4, policy: plru}, fetch: *t}\n");
    assert_int_equal(config.fetch_entries, 8);
    assert_int_equal(config.fetch_ways, 4);
    assert_int_equal(config.fetch_policy, config.data_policy);
}

static void long_keys_and_values_are_cut_in_sentences(void **state) {
    (void)state;
    char yaml[512], expected[256];
    snprintf(yaml, sizeof yaml, "%0*d: 1\n", 200, 7);
    assert_refused(yaml, "f.yaml:1: this key is too long");
    snprintf(yaml, sizeof yaml, "seed: a%0*d\n", 200, 7);
    snprintf(expected, sizeof expected,
             "f.yaml:1: seed must be a whole number from 0 to 9223372036854775807, not 'a%039d'",
             0);
    assert_refused(yaml, expected);
}

static void a_huge_file_is_refused(void **state) {
    (void)state;
    enum { SIZE = 65537 };
    static char yaml[SIZE];
    memset(yaml, '#', SIZE);
    assert_refused_bytes(yaml, SIZE, "f.yaml: larger than 64 KiB, not a configuration");
    struct run_config config = config_default();
    struct sim_error error;
    assert_int_equal(parse_bytes(yaml, SIZE - 1, &config, &error), SIM_OK);
}

static void a_late_error_leaves_the_earlier_keys_untouched(void **state) {
    (void)state;
    assert_refused("seed: 77\nos: {frames: 3, policy: clock}\ncost: {trap: x}\n",
                   "f.yaml:3: cost.trap must be a whole number from 0 to 1073741824, not 'x'");
}

static void missing_files_are_named(void **state) {
    (void)state;
    struct run_config config = marked(), before = config;
    struct sim_error error;
    assert_int_equal(config_load("/nonexistent/c.yaml", &config, &error), SIM_ERROR_IO);
    assert_string_equal(error.text,
                        "/nonexistent/c.yaml: cannot be opened: No such file or directory");
    assert_int_equal(config_load("/tmp", &config, &error), SIM_ERROR_IO);
    assert_string_equal(error.text, "/tmp: cannot be read: Is a directory");
    assert_memory_equal(&config, &before, sizeof config);
}

static void a_file_is_read_like_bytes_in_memory(void **state) {
    (void)state;
    char path[] = "/tmp/tandem-config-XXXXXX";
    struct run_config config = config_default();
    struct sim_error error;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    bool written = write(fd, "os: {frames: 12}\n", 17) == 17 && !close(fd);
    enum sim_status status = config_load(path, &config, &error);
    unlink(path);
    assert_true(written);
    assert_int_equal(status, SIM_OK);
    assert_int_equal(config.frames, 12);
}

static void set_takes_what_a_file_takes(void **state) {
    (void)state;
    struct run_config config = config_default();
    struct sim_error error;
    assert_int_equal(config_set("os.frames=12", &config, &error), SIM_OK);
    assert_int_equal(config.frames, 12);
    assert_int_equal(config_set("os.policy=opt", &config, &error), SIM_OK);
    assert_int_equal(config_set("seed=0x10", &config, &error), SIM_OK);
    assert_int_equal(config.seed, 16);
}

static void set_refuses_with_a_sentence(void **state) {
    (void)state;
    static const struct {
        const char *assignment, *sentence;
    } wrong[] = {
        {"os.frames", "--set takes KEY=VALUE, not 'os.frames'"},
        {"", "--set takes KEY=VALUE, not ''"},
        {"=3", "--set: there is no key ''"},
        {"os.frame=3", "--set: there is no key 'os.frame'"},
        {"os=3", "--set: there is no key 'os'"},
        {"os.frames=", "--set: os.frames must be a whole number from 1 to 4194304, not ''"},
        {"os.frames=3=4", "--set: os.frames must be a whole number from 1 to 4194304, not '3=4'"},
        {"os.frames= 3", "--set: os.frames must be a whole number from 1 to 4194304, not ' 3'"},
        {"os.policy=best",
         "--set: os.policy must be one of fifo, lru, opt, clock, random, 2q, arc, lirs, s3-fifo, "
         "sieve, clock-bits, aging, wsclock, not 'best'"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct run_config config = marked(), before = config;
        struct sim_error error = {""};
        assert_int_equal(config_set(wrong[i].assignment, &config, &error), SIM_ERROR_USAGE);
        assert_string_equal(error.text, wrong[i].sentence);
        assert_memory_equal(&config, &before, sizeof config);
    }
}

static void assert_rule(const char *yaml, const char *part) {
    struct run_config config = accept(yaml);
    struct sim_error error = {""};
    assert_int_equal(config_check(&config, &error), SIM_ERROR_USAGE);
    if (!strstr(error.text, part)) fail_msg("'%s' does not say '%s'", error.text, part);
}

static void rules_between_keys_are_checked(void **state) {
    (void)state;
    assert_rule("memory: {grant: {least: 3, most: 2}}",
                "memory.grant.least (3) exceeds memory.grant.most (2)");
    assert_rule("memory: {data: {least: 9, most: 8}}",
                "memory.data.least (9) exceeds memory.data.most (8)");
    assert_rule("tlb: {data: {entries: 10, ways: 4}}", "tlb.data (10 entries, 4 ways, lru): ");
    assert_rule("tlb: {fetch: {entries: 4, ways: 8}}", "tlb.fetch (4 entries, 8 ways, lru): ");
    assert_rule("tlb: {fetch: {entries: 6, ways: 3, policy: plru}}",
                "tlb.fetch (6 entries, 3 ways, plru): ");
}

static void every_key_says_what_it_means(void **state) {
    (void)state;
    for (unsigned i = 0; i < config_key_count; i++) {
        assert_true(strlen(config_keys[i].text) > 5);
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(config_keys[i].path, config_keys[j].path);
    }
}

int main(void) {
    const char *seed = getenv("TANDEM_SEED");
    if (!getenv("TANDEM")) {
        fprintf(stderr, "config_test: TANDEM is not set; run it through ctest\n");
        return 2;
    }
    config_test_seed = seed ? strtoull(seed, NULL, 0) : 1;
    printf("TANDEM_SEED=%" PRIu64 "\n", config_test_seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_takes_its_bounds_and_nothing_beyond),
        cmocka_unit_test(every_number_refuses_what_is_no_whole_number),
        cmocka_unit_test(every_number_refuses_an_empty_value),
        cmocka_unit_test(every_choice_takes_its_names_and_nothing_else),
        cmocka_unit_test(numbers_may_be_hexadecimal_and_have_leading_zeros),
        cmocka_unit_test(defaults_are_legal),
        cmocka_unit_test(keys_that_are_not_given_stay),
        cmocka_unit_test(empty_files_change_nothing),
        cmocka_unit_test(unknown_keys_are_named_with_their_line),
        cmocka_unit_test(wrong_shapes_are_refused),
        cmocka_unit_test(a_key_given_twice_is_refused),
        cmocka_unit_test(a_prefix_may_stand_twice_or_be_dotted),
        cmocka_unit_test(what_is_not_yaml_is_refused_with_its_line),
        cmocka_unit_test(bytes_that_are_no_text_are_refused_with_their_line),
        cmocka_unit_test(a_nul_hides_nothing),
        cmocka_unit_test(a_second_document_is_refused),
        cmocka_unit_test(deep_nesting_is_refused_at_once),
        cmocka_unit_test(an_alias_bomb_is_refused),
        cmocka_unit_test(an_alias_to_itself_ends),
        cmocka_unit_test(aliases_may_repeat_a_value),
        cmocka_unit_test(long_keys_and_values_are_cut_in_sentences),
        cmocka_unit_test(a_huge_file_is_refused),
        cmocka_unit_test(a_late_error_leaves_the_earlier_keys_untouched),
        cmocka_unit_test(missing_files_are_named),
        cmocka_unit_test(a_file_is_read_like_bytes_in_memory),
        cmocka_unit_test(set_takes_what_a_file_takes),
        cmocka_unit_test(set_refuses_with_a_sentence),
        cmocka_unit_test(rules_between_keys_are_checked),
        cmocka_unit_test(every_key_says_what_it_means),
        cmocka_unit_test(printed_configuration_reads_back_the_same),
        cmocka_unit_test(arguments_reproduce_the_configuration),
        cmocka_unit_test(arguments_of_the_default_are_none),
        cmocka_unit_test(arguments_end_at_a_whole_setting_if_they_do_not_fit),
        cmocka_unit_test(rules_of_the_architecture_are_checked),
        cmocka_unit_test(xlen_32_brings_its_own_defaults),
        cmocka_unit_test(settling_twice_changes_nothing),
        cmocka_unit_test(architecture_of_a_configuration_is_what_the_keys_say),
        cmocka_unit_test(hierarchy_of_a_configuration_is_what_the_keys_say),
        cmocka_unit_test(weights_reach_the_stimulus),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL) ? 1 : 0;
}
