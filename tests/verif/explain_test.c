// SPDX-License-Identifier: Apache-2.0
// The page about a mismatch: the lines that somebody who debugs relies on, word by word.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "checker.h"

#define COMMAND "tandem fuzz --seed 7"

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

// Every one of these lines, in this order, each as a whole line but for blanks at its end.
static void expect_lines(const char *page, const char *const *lines, unsigned count) {
    const char *from = page;
    for (unsigned k = 0; k < count; k++) {
        size_t length = strlen(lines[k]);
        const char *found = from;
        for (;; found++) {
            found = strstr(found, lines[k]);
            if (!found) fail_msg("no line\n%s\nin\n%s", lines[k], page);
            const char *after = found + length + strspn(found + length, " ");
            if ((found == page || found[-1] == '\n') && *after == '\n') break;
        }
        from = found + length;
    }
}

#define EXPECT_LINES(page, ...)                                  \
    do {                                                         \
        const char *const lines[] = {__VA_ARGS__};               \
        expect_lines(page, lines, sizeof lines / sizeof *lines); \
    } while (0)

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

// --- rows of the checker -------------------------------------------------------------------------

static const struct checker_row *row_of(enum fake_fault fault) {
    for (unsigned k = 0; k < checker_wide_row_count; k++)
        if (checker_wide_rows[k].fault == fault) return &checker_wide_rows[k];
    for (unsigned k = 0; k < checker_row_count; k++)
        if (checker_rows[k].fault == fault) return &checker_rows[k];
    fail_msg("fault %u has no row", fault);
    return NULL;
}

// The page of the checker's first scene for this fault.
static char *page_of_row(enum fake_fault fault, unsigned oracle) {
    struct scene *s = checker_play(row_of(fault), fault, oracle);
    assert_true(s->failed);
    char *page = bench_explain(s->bench, COMMAND);
    assert_non_null(page);
    scene_destroy(s);
    return page;
}

static char *page_of_mode(struct scene_mode mode, enum fake_fault fault) {
    struct scene *s = scene_create();
    scene_set_mode(s, mode);
    checker_map(s);
    scene_begin(s, fault);
    scene_load(s, PAGE_A);
    assert_true(s->failed);
    char *page = bench_explain(s->bench, COMMAND);
    assert_non_null(page);
    scene_destroy(s);
    return page;
}

// --- tests -------------------------------------------------------------------------------------

static void page_says_what_was_asked_and_shows_both_answers(void **state) {
    (void)state;
    char *page = page_of(FAKE_PA_BIT, load_a);
    EXPECT_LINES(
        page, "--- MISMATCH: physical_address (d_rsp_pa) in cycle 10 ---",
        "          compared: translated physical address",
        "Asked     data port, load of 1 byte, va 0x0000000000001010 = vpn 0 | 0 | 1, offset 0x010",
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
    EXPECT_LINES(page, "Walk      memory transactions: model 3, DUT 3",
                 "          level 2 PTE at 0x00000080000000 = 0x0000000020000401 -------V  request "
                 "1, data 3",
                 "            level 1 PTE at 0x00000080001000 = 0x0000000020000801 -------V  "
                 "request 4, data 6",
                 "              level 0 PTE at 0x00000080002008 = 0x00000000048d14cf DA--XWRV  "
                 "request 7, data 9",
                 "Latency   lookup and answer 1 + wait for the walker 0 + level 2 (g 1 + L 2) + "
                 "level 1 (g 1 + L 2) + level 0 (g 1 + L 2) = 10 cycles; observed 10: +0",
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
        "Asked     data port, store of 1 byte, va 0xfffffffffffff123 = vpn 511 | 511 | 511, offset "
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
                 "Latency   lookup and answer 1 + wait for the walker 0 + level 2 (g 1 + L 2) + "
                 "level 1 (g 1 + L 2) + level 0 (g 1 + L 2) = 10 cycles; observed 11: +1",
                 "          first term that differs: d_rsp_valid, +1",
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
                 "Walk      memory transactions: model 2, DUT 1",
                 "            level 1 PTE at 0x00000080001000  request 4",
                 "            ^ the DUT has not made this one",
                 "          first term that differs: mem_req_valid, +1");
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
                 "Walk      memory transactions: model 3, DUT 4",
                 "          the DUT alone: read 0x00000080002008 = 0x00000000048d14cf in cycle 10");
    free(page);
}

static void missing_update_is_noted_in_the_walk(void **state) {
    (void)state;
    char *page = page_of(FAKE_UPDATE_MISSING, load_clean);
    EXPECT_LINES(page, "Walk      memory transactions: model 4, DUT 3",
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
        "Walk      none by the model", "Latency   lookup and answer 1 = 1 cycles; observed 1: +0",
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

// --- the wider architecture
// ------------------------------------------------------------------------

static void sv32_is_shown_with_its_own_widths(void **state) {
    (void)state;
    char *page = page_of_mode(scene_sv32, FAKE_PA_BIT);
    EXPECT_LINES(
        page, "Asked     data port, load of 1 byte, va 0x00001000 = vpn 0 | 1, offset 0x000",
        "          accepted in cycle 0; Sv32, asid 1, root 0x80000000; privilege S, SUM 0, "
        "MXR 0, Svadu",
        "          level 1 PTE at 0x00000080000000 = 0x20000401 -------V  request 1, data 3",
        "            level 0 PTE at 0x00000080001004 = 0x048d14cf DA--XWRV  request 4, data "
        "6");
    free(page);
}

static void sv57_is_shown_with_five_levels(void **state) {
    (void)state;
    char *page = page_of_mode(scene_sv57, FAKE_PA_BIT);
    EXPECT_LINES(
        page,
        "Asked     data port, load of 1 byte, va 0x0000000000001000 = vpn 0 | 0 | 0 | 0 | 1, "
        "offset "
        "0x000",
        "          level 4 PTE at 0x00000080000000 = 0x0000000020000401 -------V  request 1, data "
        "3",
        "                  level 0 PTE at 0x00000080004008 = 0x00000000048d14cf DA--XWRV  request "
        "13, data 15");
    free(page);
}

static void napot_and_memory_type_are_named(void **state) {
    (void)state;
    char *page = page_of_row(FAKE_NAPOT_UNTOLD, BENCH_SHADOW);
    EXPECT_LINES(
        page, "          page size          64 KiB (NAPOT)       4 KiB                <-- differs",
        "              level 0 PTE at 0x00000080002110 = 0x80000000140020cf DA--XWRV N  "
        "request 7, data 9");
    free(page);
    page = page_of_row(FAKE_PBMT_DROPPED, BENCH_SHADOW);
    EXPECT_LINES(
        page, "          memory type        NC                   PMA                  <-- differs",
        "              level 0 PTE at 0x00000080002008 = 0x20000000048d14cf DA--XWRV NC  "
        "request 7, data 9");
    free(page);
}

static void denial_of_the_final_access_names_the_pmp_entry(void **state) {
    (void)state;
    char *page = page_of_row(FAKE_PMP_FINAL, BENCH_SHADOW);
    EXPECT_LINES(
        page, "          outcome            fault, cause 5       no fault             <-- differs",
        "Final     1 byte at 0x00000012345000: denied by PMP entry 0 (NAPOT 0x12345000-0x12345fff "
        "---)",
        "Events    fences, kills and PMP writes, the latest last",
        "          cycle 0        PMP entry 7: cfg 0x1f addr 0x3fffffffffffff",
        "          cycle 1        PMP entry 0: cfg 0x18 addr 0x48d15ff",
        "          cycle 2        SFENCE.VMA all addresses, all asids");
    free(page);
    page = page_of_row(FAKE_PMP_SIZE, BENCH_SHADOW);
    EXPECT_LINES(page,
                 "Final     8 bytes at 0x00000012345000: denied by PMP entry 0 (NA4 "
                 "0x12345000-0x12345003 rwx), which holds it in part");
    free(page);
}

static void denial_of_a_pte_read_names_the_pmp_entry(void **state) {
    (void)state;
    char *page = page_of_row(FAKE_PMP_PTE, BENCH_SHADOW);
    EXPECT_LINES(page,
                 "          memory request     none                 PTE read             "
                 "<-- differs",
                 "Walk      memory transactions: model 2, DUT 2",
                 "              level 0 PTE at 0x00000080002008  cycle 10: denied by PMP entry 0 "
                 "(NAPOT 0x80002000-0x80002fff ---)");
    free(page);
}

static void kill_and_fence_near_a_mismatch_are_listed(void **state) {
    (void)state;
    char *page = page_of_row(FAKE_KILL_FILLS, BENCH_SHADOW);
    EXPECT_LINES(page, "--- MISMATCH: victim (evt_fill_valid) in cycle 10 ---",
                 "          cycle 8        kill of data");
    free(page);
    page = page_of_row(FAKE_KILL_RESTARTS, BENCH_SHADOW);
    EXPECT_LINES(page, "          cycle 2        kill of data",
                 "          cycle 2        SFENCE.VMA all addresses, all asids");
    free(page);
}

static void property_that_failed_is_named(void **state) {
    (void)state;
    char *page = page_of_row(FAKE_ASSERTION, BENCH_SHADOW);
    EXPECT_LINES(page, "--- MISMATCH: assertion (fake.walks_do_not_end) in cycle 10 ---",
                 "          property fake.walks_do_not_end failed",
                 "Suspect   the DUT: a property that it states of itself does not hold.");
    free(page);
}

// --- the legal-set oracle
// ----------------------------------------------------------------------------

static void illegal_outcome_is_shown_beside_memory_as_it_is(void **state) {
    (void)state;
    char *page = page_of_row(FAKE_PA_BIT, BENCH_LEGAL);
    EXPECT_LINES(
        page, "          compared: outcome that the privileged specification allows",
        "Asked     data port, load of 1 byte, va 0x0000000000001000 = vpn 0 | 0 | 1, offset 0x000",
        "                             by memory as it is   observed (DUT)",
        "          physical address   0x12345000           0x12344000           <-- differs from "
        "bit 12 on",
        "Walk      in memory as it is now",
        "          level 2 PTE at 0x00000080000000 = 0x0000000020000401 -------V",
        "            level 1 PTE at 0x00000080001000 = 0x0000000020000801 -------V",
        "              level 0 PTE at 0x00000080002008 = 0x00000000048d14cf DA--XWRV",
        "Suspect   the DUT, or a write to memory that the bench was not told of.",
        "Repeat    " COMMAND);
    assert_non_null(strstr(page, "\nLegal     no: "));
    assert_null(strstr(page, "answered by"));
    free(page);
}

static void stale_answer_after_a_fence_is_shown_with_its_versions(void **state) {
    (void)state;
    struct scene *s = scene_create();
    s->config.oracle = BENCH_LEGAL;
    checker_map(s);
    scene_begin(s, FAKE_FENCE_NOTHING);
    remap_and_fence(s);
    char *page = bench_explain(s->bench, COMMAND);
    assert_true(s->failed);
    assert_non_null(strstr(page, "\nLegal     no: PTE 0x80002008"));
    EXPECT_LINES(page, "          The outcome could come from:",
                 "          level 0 PTE 0x00000080002008 = 0x00000000048d14cf DA--XWRV  from the "
                 "beginning, replaced in cycle 11",
                 "          cycle 11       SFENCE.VMA va 0x1000, asid 1",
                 "History   last fence that covers this page: cycle 11 (one address, one asid)");
    free(page);
    scene_destroy(s);
}

// An entry that the fill should have replaced gives what no fence has ended.
static void stale_but_legal_answer_passes_legal_and_fails_shadow(void **state) {
    (void)state;
    const struct checker_row *row = row_of(FAKE_OVERLAP_MISSING);
    struct scene *legal = checker_play(row, FAKE_OVERLAP_MISSING, BENCH_LEGAL);
    assert_false(legal->failed);
    assert_int_equal(bench_stats(legal->bench)->legal.stale_answers, 1);
    assert_int_equal(legal->answer[MMU_PORT_DATA].pa, (uint64_t)PPN_OTHER << 12);
    scene_destroy(legal);
    char *page = page_of_row(FAKE_OVERLAP_MISSING, BENCH_SHADOW | BENCH_LEGAL);
    EXPECT_LINES(page, "--- MISMATCH: physical_address (d_rsp_pa) in cycle 20 ---");
    assert_non_null(strstr(page, "\nLegal     yes, with 1 of the past, which no fence has ended:"));
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
        cmocka_unit_test(sv32_is_shown_with_its_own_widths),
        cmocka_unit_test(sv57_is_shown_with_five_levels),
        cmocka_unit_test(napot_and_memory_type_are_named),
        cmocka_unit_test(denial_of_the_final_access_names_the_pmp_entry),
        cmocka_unit_test(denial_of_a_pte_read_names_the_pmp_entry),
        cmocka_unit_test(kill_and_fence_near_a_mismatch_are_listed),
        cmocka_unit_test(property_that_failed_is_named),
        cmocka_unit_test(illegal_outcome_is_shown_beside_memory_as_it_is),
        cmocka_unit_test(stale_answer_after_a_fence_is_shown_with_its_versions),
        cmocka_unit_test(stale_but_legal_answer_passes_legal_and_fails_shadow),
        cmocka_unit_test(watchdog_without_the_model_shows_limit_and_wait),
    };
    return cmocka_run_group_tests_name("unit.explain", tests, NULL, NULL) == 0 ? 0 : 1;
}
