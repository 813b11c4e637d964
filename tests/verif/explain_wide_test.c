// SPDX-License-Identifier: Apache-2.0
// The page about a mismatch: every mode, NAPOT, memory types, PMP denials, kills, and what the
// legal-set oracle says.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "page.h"

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

static void remap_and_fence(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_rewrite(s, PAGE_A, 0, leaf_pte(PPN_OTHER, LEAF_S));
    scene_fence(s, PAGE_A, 1);
    scene_load(s, PAGE_A);
}

// --- the wider architecture
// ------------------------------------------------------------------------

static void sv32_is_shown_with_its_own_widths(void **state) {
    (void)state;
    char *page = page_of_mode(scene_sv32, FAKE_PA_BIT);
    EXPECT_LINES(
        page, "Asked     data port, tag 0, load of 1 byte, va 0x00001000 = vpn 0 | 1, offset 0x000",
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
        "Asked     data port, tag 0, load of 1 byte, va 0x0000000000001000 = vpn 0 | 0 | 0 | 0 | "
        "1, "
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
                 "Walk      slot 0, memory transactions: model 2, DUT 2",
                 "              level 0 PTE at 0x00000080002008  cycle 10: denied by PMP entry 0 "
                 "(NAPOT 0x80002000-0x80002fff ---)");
    free(page);
}

static void kill_and_fence_near_a_mismatch_are_listed(void **state) {
    (void)state;
    char *page = page_of_row(FAKE_KILL_FILLS, BENCH_SHADOW);
    EXPECT_LINES(page, "--- MISMATCH: victim (d_fill_valid) in cycle 10 ---",
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
        "Asked     data port, tag 0, load of 1 byte, va 0x0000000000001000 = vpn 0 | 0 | 1, offset "
        "0x000",
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
    };
    return cmocka_run_group_tests_name("unit.explain_wide", tests, NULL, NULL) == 0 ? 0 : 1;
}
