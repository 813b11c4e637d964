// SPDX-License-Identifier: Apache-2.0
// The latency contract: its rows, and what breaks them. Histories are made by hand from section 12.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "verif/contract.h"

static const struct contract_memory memory = {.grant_max = 3, .data_max = 10, .walks = 2};

// A walk of two reads: g 2 and L 10, then after a cycle's wait for the wires g 1 and L 4; it waited
// 3 cycles for a slot, and 2 to complete. Accepted in cycle 100.
static struct mmu_history walk(void) {
    struct mmu_history h = {.accept_cycle = 100, .start_cycle = 104, .accesses = 2};
    h.access[0] = (struct mmu_walk_access){
        .ready_cycle = 105, .request_cycle = 105, .grant_cycle = 106, .data_cycle = 116};
    h.access[1] = (struct mmu_walk_access){
        .ready_cycle = 117, .request_cycle = 118, .grant_cycle = 118, .data_cycle = 122};
    h.terms = (struct mmu_terms){
        .lookup = 1, .l2 = 1, .wait = 3, .wire = 1, .grant = 3, .memory = 14, .completion = 2};
    h.response_cycle = 125;
    return h;
}

static const struct mmu_answer by_walk = {.source = MMU_SOURCE_WALK};

static void expect_kept(const struct mmu_history *h, const struct mmu_answer *answer,
                        uint64_t latency) {
    uint64_t expected, observed;
    const char *term =
        contract_violated(h, answer, &memory, true, true, latency, &expected, &observed);
    if (term) fail_msg("%s", term);
}

static void expect_broken(const struct mmu_history *h, const struct mmu_answer *answer,
                          uint64_t latency, const char *name, uint64_t wanted, uint64_t was) {
    uint64_t expected, observed;
    const char *term =
        contract_violated(h, answer, &memory, true, true, latency, &expected, &observed);
    assert_non_null(term);
    assert_string_equal(term, name);
    assert_int_equal(expected, wanted);
    assert_int_equal(observed, was);
}

static void walk_is_the_sum_of_its_terms(void **state) {
    (void)state;
    struct mmu_history h = walk();
    assert_int_equal(contract_sum(&h.terms), 25);
    expect_kept(&h, &by_walk, 25);
    expect_broken(&h, &by_walk, 26, "sum", 25, 26);
}

static void terms_of_transactions_are_sums_over_them(void **state) {
    (void)state;
    struct mmu_history h = walk();
    h.terms.grant--;
    h.terms.memory++;
    expect_broken(&h, &by_walk, 25, "grant", 3, 2);
    h = walk();
    h.terms.wire--;
    h.terms.wait++;
    expect_broken(&h, &by_walk, 25, "wire", 1, 0);
}

static void hit_takes_one_cycle_and_has_one_term(void **state) {
    (void)state;
    const struct mmu_answer hit = {.source = MMU_SOURCE_TLB}, none = {.source = MMU_SOURCE_NONE};
    struct mmu_history h = {.terms = {.lookup = 1}, .response_cycle = 1};
    expect_kept(&h, &hit, 1);
    expect_kept(&h, &none, 1);
    h.terms.wait = 1;
    expect_broken(&h, &hit, 2, "wait", 0, 1);
}

static void second_level_takes_two_cycles_or_three(void **state) {
    (void)state;
    const struct mmu_answer answer = {.source = MMU_SOURCE_L2};
    struct mmu_history h = {.terms = {.lookup = 1, .l2 = 1}};
    uint64_t expected, observed;
    expect_kept(&h, &answer, 2);
    h.terms.l2 = 2;
    expect_kept(&h, &answer, 3);
    h.terms.l2 = 3;
    expect_broken(&h, &answer, 4, "l2", 2, 3);
    h.terms.l2 = 1;
    // Where there is no second level nothing waits for it.
    assert_string_equal(
        contract_violated(&h, &answer, &memory, false, true, 2, &expected, &observed), "l2");
}

static void denied_walk_has_one_cycle_more(void **state) {
    (void)state;
    struct mmu_history h = walk();
    h.accesses = 3;
    h.access[2] =
        (struct mmu_walk_access){.ready_cycle = 123, .request_cycle = 123, .denied = true};
    h.terms.denied = 1;
    h.response_cycle = 126;
    assert_int_equal(contract_outcome_of(&h, &by_walk), CONTRACT_DENIED);
    expect_kept(&h, &by_walk, 26);
    h.terms.denied = 2;
    expect_broken(&h, &by_walk, 27, "denied", 1, 2);
}

static void merged_answer_has_no_transactions(void **state) {
    (void)state;
    struct mmu_history h = {.merged = true, .terms = {.lookup = 1, .wait = 8, .resolve = 1}};
    expect_kept(&h, &by_walk, 10);
    h.terms.memory = 1;
    expect_broken(&h, &by_walk, 11, "memory", 0, 1);
    h.terms.memory = h.terms.resolve = 0;
    expect_broken(&h, &by_walk, 9, "resolve", 1, 0);
}

// k (N G + M + N) + 2 N + 2, M with a cycle for each other slot's answer.
static void walk_slower_than_fairness_allows_is_noticed(void **state) {
    (void)state;
    uint64_t bound = 2 * (2 * 3 + (10 + 1) + 2) + 2 * 2 + 2, late;
    assert_int_equal(contract_walk_bound(&memory, 2), bound);
    struct mmu_history h = walk();
    late = bound + 1 - (h.response_cycle - h.start_cycle);
    h.terms.completion += late;
    h.response_cycle += late;
    expect_broken(&h, &by_walk, 25 + late, "fairness", bound, bound + 1);
    uint64_t expected, observed;
    assert_null(
        contract_violated(&h, &by_walk, &memory, true, false, 25 + late, &expected, &observed));
}

// Three walks, each as long as fairness lets it, and 8; a prefetch can be a fourth.
static void wait_is_for_three_walks_at_most(void **state) {
    (void)state;
    uint64_t walk = 4 * (2 * 3 + (10 + 1) + 2) + 2 * 2 + 2;
    assert_int_equal(contract_wait_bound(&memory, 4, false), 3 * walk + 8);
    assert_int_equal(contract_wait_bound(&memory, 4, true), 4 * walk + 8);
}

static void terms_add_up_by_name(void **state) {
    (void)state;
    struct mmu_terms sum = {0}, terms = walk().terms;
    terms.update_grant = 2;
    contract_add(&sum, &terms);
    contract_add(&sum, &terms);
    assert_int_equal(contract_sum(&sum), 2 * contract_sum(&terms));
    assert_int_equal(sum.update_grant, 4);
    for (unsigned t = 0; t < CONTRACT_TERMS; t++) {
        assert_int_equal(contract_term_value(&sum, (enum contract_term)t),
                         2 * contract_term_value(&terms, (enum contract_term)t));
        assert_true(strlen(contract_term_key((enum contract_term)t)) > 0);
        assert_true(strlen(contract_term_text((enum contract_term)t)) > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walk_is_the_sum_of_its_terms),
        cmocka_unit_test(terms_of_transactions_are_sums_over_them),
        cmocka_unit_test(hit_takes_one_cycle_and_has_one_term),
        cmocka_unit_test(second_level_takes_two_cycles_or_three),
        cmocka_unit_test(denied_walk_has_one_cycle_more),
        cmocka_unit_test(merged_answer_has_no_transactions),
        cmocka_unit_test(walk_slower_than_fairness_allows_is_noticed),
        cmocka_unit_test(wait_is_for_three_walks_at_most),
        cmocka_unit_test(terms_add_up_by_name),
    };
    return cmocka_run_group_tests_name("unit.contract", tests, NULL, NULL) == 0 ? 0 : 1;
}
