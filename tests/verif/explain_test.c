// SPDX-License-Identifier: Apache-2.0
// The page about a mismatch: the lines that somebody who debugs relies on, word by word.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "page.h"

static char *page_of(enum fake_fault fault, void (*play)(struct scene *)) {
    struct scene *s = scene_create();
    checker_map(s);
    scene_begin(s, fault);
    play(s);
    scene_counters(s);
    assert_true(s->failed);
    char *page = bench_explain(s->bench, COMMAND);
    assert_non_null(page);
    scene_destroy(s);
    return page;
}

// --- scenes ------------------------------------------------------------------------------------

static void load_a(struct scene *s) {
    scene_load(s, PAGE_A | 0x10);
    scene_idle(s, 3);
}

static void store_with_mprv(struct scene *s) {
    s->in.csr = (struct mmu_csr){
        .satp = scene_satp(0x8001), .priv = MMU_PRIV_M, .mprv = true, .sum = true, .mxr = true};
    scene_ask(s, MMU_PORT_DATA, UINT64_C(0xFFFFFFFFFFFFF123), MMU_STORE);
}

static void load_clean(struct scene *s) {
    scene_load(s, PAGE_CLEAN);
}

static void remap_without_fence(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_rewrite(s, PAGE_A, 0, leaf_pte(PPN_OTHER, LEAF_S));
    scene_load(s, PAGE_A);
}

static void remap_and_fence(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_rewrite(s, PAGE_A, 0, leaf_pte(PPN_OTHER, LEAF_S));
    scene_fence(s, PAGE_A, 1);
    scene_load(s, PAGE_A);
}

static void wait_too_long(struct scene *s) {
    s->config.mode = BENCH_DUT_ONLY;
    s->config.watchdog_cycles = 20;
    bench_destroy(s->bench);
    s->bench = bench_create(&s->config);
    scene_load(s, PAGE_A);
}

// --- tests -------------------------------------------------------------------------------------

static void page_says_what_was_asked_and_shows_both_answers(void **state) {
    (void)state;
    char *page = page_of(FAKE_PA_BIT, load_a);
    EXPECT_LINES(
        page, "--- MISMATCH: physical_address (d_rsp_pa) in cycle 10 ---",
        "          compared: translated physical address",
        "Asked     data port, tag 0, load of 1 byte, va 0x0000000000001010 = vpn 0 | 0 | 1, offset "
        "0x010",
        "          accepted in cycle 0; Sv39, asid 1, root 0x80000000; privilege S, SUM 0, "
        "MXR 0, Svadu",
        "                             expected (model)     observed (DUT)",
        "          physical address   0x12345010           0x12344010           <-- differs from "
        "bit 12 on",
        "          outcome            no fault             no fault",
        "          page size          4 KiB                4 KiB",
        "          permissions        DA--XWRV             DA--XWRV",
        "          answered by        walk                 walk");
    free(page);
}

static void page_shows_the_walk_as_a_tree_with_times(void **state) {
    (void)state;
    char *page = page_of(FAKE_PA_BIT, load_a);
    EXPECT_LINES(page, "Walk      slot 0, memory transactions: model 3, DUT 3",
                 "          level 2 PTE at 0x00000080000000 = 0x0000000020000401 -------V  request "
                 "1, data 3",
                 "            level 1 PTE at 0x00000080001000 = 0x0000000020000801 -------V  "
                 "request 4, data 6",
                 "              level 0 PTE at 0x00000080002008 = 0x00000000048d14cf DA--XWRV  "
                 "request 7, data 9",
                 "Latency   lookup 1", "            + level 2 (wire 0 + grant 1 + memory 2)",
                 "            + level 1 (wire 0 + grant 1 + memory 2)",
                 "            + level 0 (wire 0 + grant 1 + memory 2) = 10 cycles; observed 10: +0",
                 "History   no fence that covers this page among the last 64",
                 "Suspect   the DUT: a walk of memory as it is now (by the model's code) gives the "
                 "model's answer.",
                 "Repeat    " COMMAND);
    free(page);
}

static void page_names_mprv_and_the_registers(void **state) {
    (void)state;
    char *page = page_of(FAKE_RECORD_TVAL, store_with_mprv);
    EXPECT_LINES(
        page, "--- MISMATCH: fault_record (fault_tval) in cycle 4 ---",
        "Asked     data port, tag 0, store of 1 byte, va 0xfffffffffffff123 = vpn 511 | 511 | 511, "
        "offset "
        "0x123",
        "          accepted in cycle 0; Sv39, asid 32769, root 0x80000000; privilege M, "
        "MPRV "
        "with MPP U, SUM 1, MXR 1, Svade",
        "          fault_tval         0xfffffffffffff123   0xfffffffffffff000   <-- differs from "
        "bit 0 on");
    free(page);
}

static void late_answer_is_shown_with_its_term(void **state) {
    (void)state;
    char *page = page_of(FAKE_ANSWER_LATE, load_a);
    EXPECT_LINES(page, "--- MISMATCH: latency (d_rsp_valid) in cycle 10 ---",
                 "          d_rsp_valid        cycle 10             cycle 11             <-- +1",
                 "Latency   lookup 1", "            + level 2 (wire 0 + grant 1 + memory 2)",
                 "            + level 1 (wire 0 + grant 1 + memory 2)",
                 "            + level 0 (wire 0 + grant 1 + memory 2) = 10 cycles; observed 11: +1",
                 "          first term that differs: completion, +1",
                 "Suspect   the DUT's timing: what it says is right, the cycle is not; the memory "
                 "kept its g and L.");
    free(page);
}

static void late_pte_request_is_shown_with_its_term(void **state) {
    (void)state;
    char *page = page_of(FAKE_REQUEST_LATE, load_a);
    EXPECT_LINES(page, "          memory request     PTE read             PTE read",
                 "          PTE address        0x80001000           0x80001000",
                 "          mem_req_valid      cycle 4              cycle 5              <-- +1",
                 "Walk      slot 0, memory transactions: model 2, DUT 1",
                 "            level 1 PTE at 0x00000080001000  request 4",
                 "            ^ the DUT has not made this one",
                 "          first term that differs: wire of level 1, +1");
    free(page);
}

static void answer_that_never_comes_is_shown_as_never(void **state) {
    (void)state;
    char *page = page_of(FAKE_ANSWER_NEVER, load_a);
    EXPECT_LINES(page, "          d_rsp_valid never comes cycle 10             never",
                 "Suspect   the DUT hangs, or the driver waits for something that nobody sends.");
    free(page);
}

static void extra_pte_read_is_listed_and_shown_in_cycles(void **state) {
    (void)state;
    char *page = page_of(FAKE_PTE_EXTRA, load_a);
    EXPECT_LINES(page,
                 "          PTE accesses on the way to the answer cycle 10             cycle 13   "
                 "          <-- +3",
                 "Walk      slot 0, memory transactions: model 3, DUT 4",
                 "          the DUT alone: read 0x00000080002008 = 0x00000000048d14cf in cycle 10");
    free(page);
}

static void missing_update_is_noted_in_the_walk(void **state) {
    (void)state;
    char *page = page_of(FAKE_UPDATE_MISSING, load_clean);
    EXPECT_LINES(page, "Walk      slot 0, memory transactions: model 4, DUT 3",
                 "              level 0 update 0x00000080002098  request 10",
                 "            ^ the DUT has not made this one");
    free(page);
}

static void wrong_update_is_shown_with_both_values(void **state) {
    (void)state;
    char *page = page_of(FAKE_UPDATE_DATA, load_clean);
    EXPECT_LINES(
        page, "          memory request     A/D update           A/D update",
        "          PTE address        0x80002098           0x80002098",
        "          expected PTE       0xc000c0f            0xc000c0f",
        "          new PTE            0xc000c4f            0xc000ccf            <-- differs "
        "from bit 7 on");
    free(page);
}

static void pte_changed_without_a_fence_is_pointed_at(void **state) {
    (void)state;
    char *page = page_of(FAKE_HIT_AS_WALK, remap_without_fence);
    EXPECT_LINES(
        page, "          answered by        TLB                  walk                 <-- differs",
        "Walk      none by the model", "Latency   lookup 1 = 1 cycles; observed 1: +0",
        "History   no fence that covers this page among the last 64",
        "          PTE 0x00000080002008: written in cycle 11 by software, 0x48d14cf -> "
        "0x150c84cf  <-- no fence since",
        "Suspect   the test or the handler: a walk of memory as it is now gives neither "
        "answer (a PTE",
        "          or the PMP was changed after the request, or memory answered with an error).");
    free(page);
}

static void fence_after_the_change_puts_the_blame_on_the_dut(void **state) {
    (void)state;
    char *page = page_of(FAKE_FENCE_NOTHING, remap_and_fence);
    EXPECT_LINES(
        page, "          answered by        walk                 TLB                  <-- differs",
        "History   last fence that covers this page: cycle 11 (one address, one asid)",
        "          PTE 0x00000080002008: written in cycle 11 by software, 0x48d14cf -> "
        "0x150c84cf",
        "Suspect   the DUT: a walk of memory as it is now (by the model's code) gives the "
        "model's answer.");
    assert_null(strstr(page, "no fence since"));
    free(page);
}

static void counter_is_shown_without_a_request(void **state) {
    (void)state;
    char *page = page_of((enum fake_fault)(FAKE_COUNTER + MMU_COUNT_PTE_READS), load_a);
    EXPECT_LINES(
        page, "--- MISMATCH: counter (counter pte_reads) in cycle 14 ---",
        "          counter pte_reads  0x3                  0x0                  <-- differs "
        "from bit 0 on",
        "Suspect   the DUT's counter, or an event between the ports: every output agreed "
        "until now.",
        "Repeat    " COMMAND);
    assert_null(strstr(page, "Asked"));
    free(page);
}

static void watchdog_without_the_model_shows_limit_and_wait(void **state) {
    (void)state;
    char *page = page_of(FAKE_ANSWER_NEVER, wait_too_long);
    EXPECT_LINES(page,
                 "--- MISMATCH: watchdog (no response to an accepted request within the limit) in "
                 "cycle 21 ---",
                 "          limit 20 cycles, waited 21", "Repeat    " COMMAND);
    free(page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_says_what_was_asked_and_shows_both_answers),
        cmocka_unit_test(page_shows_the_walk_as_a_tree_with_times),
        cmocka_unit_test(page_names_mprv_and_the_registers),
        cmocka_unit_test(late_answer_is_shown_with_its_term),
        cmocka_unit_test(late_pte_request_is_shown_with_its_term),
        cmocka_unit_test(answer_that_never_comes_is_shown_as_never),
        cmocka_unit_test(extra_pte_read_is_listed_and_shown_in_cycles),
        cmocka_unit_test(missing_update_is_noted_in_the_walk),
        cmocka_unit_test(wrong_update_is_shown_with_both_values),
        cmocka_unit_test(pte_changed_without_a_fence_is_pointed_at),
        cmocka_unit_test(fence_after_the_change_puts_the_blame_on_the_dut),
        cmocka_unit_test(counter_is_shown_without_a_request),
        cmocka_unit_test(watchdog_without_the_model_shows_limit_and_wait),
    };
    return cmocka_run_group_tests_name("unit.explain", tests, NULL, NULL) == 0 ? 0 : 1;
}
