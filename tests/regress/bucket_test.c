// SPDX-License-Identifier: Apache-2.0
// Signatures of failures, as docs/regress.md defines them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bucket.h"
#include "capture.h"

static void expect_mismatch(const char *check, const char *what, const char *level,
                            uint64_t expected, uint64_t observed, const char *signature) {
    char text[1024];
    struct result result = {0};
    snprintf(text, sizeof text,
             "{\"mismatch\": {\"check\": \"%s\", \"what\": \"%s\", \"port\": \"fetch\", \"level\": "
             "\"%s\", \"cycle\": 12345, \"expected\": \"%016llx\", \"observed\": \"%016llx\"}}",
             check, what, level, (unsigned long long)expected, (unsigned long long)observed);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    bucket_of_failure(root, "", &result);
    json_decref(root);
    assert_string_equal(result.signature, signature);
    assert_non_null(strstr(result.sentence, "in cycle 12345"));
}

static void mismatches_are_told_apart_by_check_signal_port_level_and_class(void **state) {
    const uint64_t never = UINT64_MAX;
    (void)state;
    expect_mismatch("latency", "mem_req_valid", "1", 33, 34, "latency/mem_req_valid/fetch/1/late");
    expect_mismatch("latency", "f_rsp_valid", "", 33, 30, "latency/rsp_valid/fetch/-/early");
    expect_mismatch("latency", "f_rsp_valid", "", 33, never, "latency/rsp_valid/fetch/-/never");
    expect_mismatch("latency", "f_rsp_valid", "", never, 3, "latency/rsp_valid/fetch/-/unasked");
    expect_mismatch("latency", "d_rsp_valid withdrawn", "0", 1, 0,
                    "latency/rsp_valid withdrawn/fetch/0/1>0");
    expect_mismatch("fault", "f_rsp_cause", "2", 12, 1, "fault/rsp_cause/fetch/2/12>1");
    expect_mismatch("fault", "f_rsp_fault", "2", 0, 1, "fault/rsp_fault/fetch/2/0>1");
    expect_mismatch("physical_address", "f_rsp_pa", "0", 0x81234010, 0x81235010,
                    "physical_address/rsp_pa/fetch/0/page");
    expect_mismatch("physical_address", "f_rsp_pa", "0", 0x81234010, 0x81234018,
                    "physical_address/rsp_pa/fetch/0/offset");
    expect_mismatch("counter", "counter pte_reads", "", 7, 9,
                    "counter/counter pte_reads/fetch/-/more");
    expect_mismatch("tag", "f_rsp_tag", "", 7, 11, "tag/rsp_tag/fetch/-/differ");
    expect_mismatch("victim", "l2_set 14", "", 7, 11, "victim/l#_set #/fetch/-/differ");
}

static void other_seeds_of_one_cause_have_one_signature(void **state) {
    struct result a = {0}, b = {0};
    json_t *one = json_loads(
        "{\"mismatch\": {\"check\": \"\"}, \"failure\": \"stale translation: "
        "page 0x1f of space 3, cycle 991\"}",
        0, NULL);
    json_t *two = json_loads(
        "{\"failure\": \"stale translation: page 0xabc0 of space 12, cycle 7\"}", 0, NULL);
    (void)state;
    bucket_of_failure(one, "", &a);
    bucket_of_failure(two, "", &b);
    assert_string_equal(a.signature, b.signature);
    assert_string_equal(a.signature, "failure/stale translation: page # of space #, cycle #");
    json_decref(one);
    json_decref(two);
}

static void what_is_no_check_has_a_kind_of_its_own(void **state) {
    struct result result = {0};
    (void)state;
    bucket_of_error("noise\ntandem run: t17.tdt: cannot be opened\n\n", &result);
    assert_string_equal(result.signature, "error/tandem run: t#.tdt: cannot be opened");
    bucket_of_signal(SIGSEGV, "", &result);
    assert_string_equal(result.signature, "signal/SIGSEGV");
    bucket_of_timeout("a.b", 9, &result);
    assert_string_equal(result.signature, "timeout/a.b");
    json_t *root = json_loads(
        "{\"failures\": [{\"file\": \"x.vec\", \"line\": 9, \"who\": \"rtl\","
        " \"query\": \"q\", \"differ\": \"fault or cause\"}]}",
        0, NULL);
    bucket_of_failure(root, "", &result);
    assert_string_equal(result.signature, "vectors/rtl/fault or cause");
    json_decref(root);
    bucket_of_failure(NULL, "first\nlast 5 words", &result);
    assert_string_equal(result.signature, "failure/last # words");
}

static void expect_signal(int signal, const char *output, const char *signature) {
    struct result result = {0};
    bucket_of_signal(signal, output, &result);
    assert_string_equal(result.signature, signature);
}

static void crashes_are_told_apart_by_where_the_program_says_it_was(void **state) {
    (void)state;
    expect_signal(SIGABRT, "x\ntandem: walk.c:17: step: Assertion `level < 3' failed.\n",
                  "signal/SIGABRT/tandem: walk.c:#: step: Assertion `level < #' failed.");
    expect_signal(SIGABRT, "tandem: walk.c:99: step: Assertion `pte' failed.\n",
                  "signal/SIGABRT/tandem: walk.c:#: step: Assertion `pte' failed.");
    expect_signal(SIGABRT, "%Error: tlb.sv:40: Verilog $stop\nAborting...\n",
                  "signal/SIGABRT/%Error: tlb.sv:#: Verilog $stop");
    expect_signal(SIGABRT, "==7==ERROR: A: x\nSUMMARY: A: x a.c:3 in f\n==7==ABORTING\n",
                  "signal/SIGABRT/SUMMARY: A: x a.c:# in f");
    // These come from outside, at whichever line.
    expect_signal(SIGKILL, "3 of 9 lines done", "signal/SIGKILL");
    expect_signal(SIGTERM, "3 of 9 lines done", "signal/SIGTERM");
}

static void expect_error(const char *output, const char *signature) {
    struct result result = {0};
    bucket_of_error(output, &result);
    assert_string_equal(result.signature, signature);
}

static void ends_of_sanitizers_are_told_apart_by_their_summary(void **state) {
    (void)state;
    expect_error(
        "=====\n==41==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010\n"
        "    #0 0x55 in f a.c:1\n\n"
        "SUMMARY: AddressSanitizer: heap-use-after-free a.c:12 in f\nlegend\n==41==ABORTING\n",
        "error/SUMMARY: AddressSanitizer: heap-use-after-free a.c:# in f");
    expect_error("SUMMARY: AddressSanitizer: heap-use-after-free b.c:7 in g\n==42==ABORTING",
                 "error/SUMMARY: AddressSanitizer: heap-use-after-free b.c:# in g");
    expect_error("==8==ERROR: LeakSanitizer: failed to x\nhint\n==8==ABORTING\n",
                 "error/==#==ERROR: LeakSanitizer: failed to x");
    expect_error("first\n==9==ABORTING\n", "error/==#==ABORTING");
    expect_error("Aborting...\n", "error/Aborting...");
}

// Whatever an output holds, what is kept is bounded and UTF-8 that XML can hold.
static void output_is_bounded_and_made_text(void **state) {
    static struct capture capture;
    static const char odd[] = "ok \xc3\xa9 \xff \x01 \xed\xa0\x80 \xef\xbf\xbf \t\n";
    (void)state;
    capture_reset(&capture);
    capture_add(&capture, odd, sizeof odd - 1);
    char *text = capture_text(&capture);
    assert_string_equal(text, "ok \xc3\xa9 ? ? ??? ??? \t\n");
    free(text);
    capture_reset(&capture);
    for (unsigned i = 0; i < 100000; i++) {
        char digit = (char)('a' + i % 26);
        capture_add(&capture, &digit, 1);
    }
    text = capture_text(&capture);
    assert_memory_equal(text, "abcdef", 6);
    assert_non_null(strstr(text, "\n... 67232 bytes left out ...\n"));
    assert_int_equal(text[strlen(text) - 1], 'a' + 99999 % 26);
    assert_true(strlen(text) < POOL_HEAD_BYTES + POOL_TAIL_BYTES + 100);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mismatches_are_told_apart_by_check_signal_port_level_and_class),
        cmocka_unit_test(other_seeds_of_one_cause_have_one_signature),
        cmocka_unit_test(what_is_no_check_has_a_kind_of_its_own),
        cmocka_unit_test(crashes_are_told_apart_by_where_the_program_says_it_was),
        cmocka_unit_test(ends_of_sanitizers_are_told_apart_by_their_summary),
        cmocka_unit_test(output_is_bounded_and_made_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
