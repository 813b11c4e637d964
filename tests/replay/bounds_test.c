// SPDX-License-Identifier: Apache-2.0
// What bounds a play, a text, a shrink and a C test; what is told where there is nothing to shrink;
// names in a C test.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fake_dut.h"
#include "verif/shrink.h"

#define HEAD "tandem-scenario 1\nmemory base=0x80000000 bytes=0x1000\n"
// No cycle of it fails: a delay of 20 times STOP cycles and some, in M-mode, with nothing to do.
#define IDLE HEAD "+0 load va=0x80000000\n+82000 poison\n"
enum { IDLE_CYCLES = 82000 };

static struct mmu_config mmu;

static struct dut *create(void *user) {
    return fake_dut_create(&mmu, *(const enum fake_fault *)user);
}

static struct dut *create_none(void *user) {
    (void)user;
    return NULL;
}

static struct scenario read_text(const char *text) {
    struct scenario scenario;
    char sentence[SCENARIO_SENTENCE_BYTES];
    unsigned line = scenario_parse(text, strlen(text), &scenario, sentence);
    if (line) fail_msg("line %u: %s", line, sentence);
    mmu = scenario.mmu;
    return scenario;
}

struct asked {
    unsigned times, most;
};

static bool stop_after(void *user) {
    struct asked *asked = user;
    return ++asked->times >= asked->most;
}

static struct scenario_result play(const struct scenario *scenario, enum fake_fault fault,
                                   struct asked *asked) {
    struct scenario_unit unit = {&fault, fake_dut_ops(), create};
    struct scenario_play play = {.unit = &unit, .stop = stop_after, .stop_user = asked};
    struct scenario_result result = scenario_play(scenario, &play);
    assert_true(result.ok);
    assert_false(result.failure.failed);
    return result;
}

static void play_asks_every_4096_cycles_whether_to_stop(void **state) {
    (void)state;
    struct scenario scenario = read_text(IDLE);
    struct asked asked = {.most = UINT32_MAX};
    struct scenario_result whole = play(&scenario, FAKE_RIGHT, &asked);
    assert_false(whole.stopped);
    assert_true(whole.cycles > IDLE_CYCLES);
    assert_int_equal(asked.times, whole.cycles / SCENARIO_STOP_CYCLES);
    scenario_result_clear(&whole);
    asked = (struct asked){.most = 3};
    struct scenario_result part = play(&scenario, FAKE_RIGHT, &asked);
    assert_true(part.stopped);
    assert_int_equal(part.cycles, 3 * SCENARIO_STOP_CYCLES);
    scenario_result_clear(&part);
    scenario_clear(&scenario);
}

// A wrong counter fails where the scenario ends: of a play that was stopped nothing is known.
static void stopped_play_compares_no_counters(void **state) {
    (void)state;
    struct scenario scenario = read_text(IDLE);
    struct asked asked = {.most = 1};
    enum fake_fault fault = (enum fake_fault)(FAKE_COUNTER + MMU_COUNT_HITS);
    struct scenario_result part = play(&scenario, fault, &asked);
    assert_true(part.stopped);
    scenario_result_clear(&part);
    scenario_clear(&scenario);
}

static void expect_begun(const struct scenario_unit *unit, struct asked *asked,
                         enum shrink_begun begun) {
    struct scenario scenario = read_text(IDLE);
    struct shrink_limits limits = {.most_tries = 10, .stop = stop_after, .user = asked};
    struct shrink_result result = shrink(&scenario, unit, &limits);
    assert_int_equal(result.begun, begun);
    assert_int_equal(result.ok, begun == SHRINK_BEGUN);
    scenario_clear(&result.scenario);
    scenario_clear(&scenario);
}

static void why_nothing_is_shrunk_is_told_apart(void **state) {
    (void)state;
    enum fake_fault right = FAKE_RIGHT;
    struct scenario_unit unit = {&right, fake_dut_ops(), create},
                         none = {NULL, fake_dut_ops(), create_none};
    struct asked patient = {.most = UINT32_MAX}, hasty = {.most = 2};
    expect_begun(&unit, &patient, SHRINK_NOTHING_FAILS);
    expect_begun(&unit, &hasty, SHRINK_STOPPED);
    assert_int_equal(hasty.times, 2);
    expect_begun(&none, &patient, SHRINK_NOT_PLAYED);
}

static unsigned line_of(const char *text) {
    struct scenario scenario;
    char sentence[SCENARIO_SENTENCE_BYTES] = "";
    unsigned line = scenario_parse(text, strlen(text), &scenario, sentence);
    if (line && !strstr(sentence, "too long")) fail_msg("%s", sentence);
    scenario_clear(&scenario);
    return line;
}

// 2^26 cycles and no more: four of the longest delays, or so many cycles of memory.
static void text_that_would_take_too_long_is_refused_with_its_line(void **state) {
    (void)state;
#define LONGEST "+16777216 poison\n"
    assert_int_equal(line_of(HEAD LONGEST LONGEST LONGEST LONGEST), 0);
    assert_int_equal(line_of(HEAD LONGEST LONGEST LONGEST LONGEST "quiet+1 poison\n"), 7);
    assert_int_equal(line_of(HEAD "timing at=0 g=1 L=1\n" LONGEST LONGEST LONGEST LONGEST), 7);
    char text[1 << 15] = HEAD;
    for (unsigned k = 0; k < 513; k++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "timing at=%u g=65536 L=65536\n", k);
    }
    assert_int_equal(line_of(text), 2 + 513);
}

static void every_operation_counts(void **state) {
    (void)state;
    struct scenario scenario = read_text(
        HEAD
        "+0 load va=0\n+0 stall channels=1\n+0 fence op=sfence.vma\n+0 csr satp=0\n"
        "+0 write pa=0x80000000 value=0\n+0 kill ports=1\n+0 poison\n+0 reset\n+0 same\n");
    assert_int_equal(scenario_operations(&scenario), 9);
    scenario_clear(&scenario);
}

// --- the C test ------------------------------------------------------------------------------

#define EXPECT "expect check=ready what=ready\t\x1b cycle=3\n"

static void c_test_has_room_for_every_word(void **state) {
    (void)state;
    enum { MANY = 5000 };
    size_t bytes = MANY * 64, used = 0;
    char *text = malloc(bytes);
    assert_non_null(text);
    used += (size_t)snprintf(text, bytes, "tandem-scenario 1\nmemory base=0 bytes=0x10000\n");
    for (unsigned k = 0; k < MANY; k++)
        used += (size_t)snprintf(text + used, bytes - used, "word pa=%u value=1\n", 8 * k);
    snprintf(text + used, bytes - used, "+0 write pa=0xfff8 value=1\n+0 load va=0\n" EXPECT);
    struct scenario scenario = read_text(text);
    char *test = scenario_write_test(&scenario, "t.c", "dut.so");
    assert_non_null(test);
    const char *place = strstr(test, "WORDS = ");
    assert_non_null(place);
    assert_true(strtoul(place + 8, NULL, 10) > MANY);
    free(test);
    free(text);
    scenario_clear(&scenario);
}

// Whatever the names and the failure hold: comments up to the first line that is none, which is
// the first #include; the second comment is the command.
static void expect_command(const char *name, const char *library, const char *words) {
    struct scenario scenario = read_text(HEAD "+0 load va=0\n" EXPECT);
    char *test = scenario_write_test(&scenario, name, library);
    assert_non_null(test);
    const char *code = test, *command = strchr(test, '\n') + 1;
    while (!strncmp(code, "//", 2)) code = strchr(code, '\n') + 1;
    if (strncmp(code, "#include", 8)) fail_msg("not a comment: %.80s", code);
    for (const char *c = test; c < code; c++)
        if (*c != '\n') assert_in_range(*c, ' ', '~');
    char wanted[200];
    snprintf(wanted, sizeof wanted, "/model/include %s -o test && ./test\n", words);
    const char *found = strstr(command, wanted);
    if (!found || found > strchr(command, '\n')) fail_msg("not '%s': %.300s", words, command);
    free(test);
    scenario_clear(&scenario);
}

static void c_tests_command_holds_names_as_words_of_a_shell(void **state) {
    (void)state;
    expect_command("t.c", "dut.so", "t.c ./dut.so");
    expect_command("a/t.c", "/b/dut.so", "a/t.c /b/dut.so");
    expect_command("t t.c", "d u.so", "'t t.c' ./'d u.so'");
    expect_command("it's.c", "x/$HOME;.so", "'it'\\''s.c' 'x/$HOME;.so'");
    expect_command("-t.c", "-d.so", "./-t.c ./-d.so");
    expect_command("a\nint x;\n.c", "'b\\\n.so", "$'a\\012int x;\\012.c' ./$'\\047b\\134\\012.so'");
    expect_command("\xc3\xa4.c", "d\r.so", "$'\\303\\244.c' ./$'d\\015.so'");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(play_asks_every_4096_cycles_whether_to_stop),
        cmocka_unit_test(stopped_play_compares_no_counters),
        cmocka_unit_test(why_nothing_is_shrunk_is_told_apart),
        cmocka_unit_test(text_that_would_take_too_long_is_refused_with_its_line),
        cmocka_unit_test(every_operation_counts),
        cmocka_unit_test(c_test_has_room_for_every_word),
        cmocka_unit_test(c_tests_command_holds_names_as_words_of_a_shell),
    };
    return cmocka_run_group_tests_name("unit.replay_bounds", tests, NULL, NULL) == 0 ? 0 : 1;
}
