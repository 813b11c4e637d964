// SPDX-License-Identifier: Apache-2.0
// Single answers: the bins that each reaches, by name, as the privileged specification and
// docs/coverage.md have them.
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <stdio.h>
#include <string.h>

#include "verif/coverage.h"

#define SATP_SV39 (UINT64_C(8) << 60 | UINT64_C(5) << 44 | 0x80000)

struct setting {
    struct coverage *coverage;
    struct mmu_history history;
    struct mmu_answer answer;
    struct mmu_tlb_entry entry;
    struct mmu_pmp pmp;
};

static struct setting begin(unsigned pmp_entries) {
    struct mmu_config mmu = mmu_config_default();
    mmu.arch.pmp_entries = (uint8_t)pmp_entries;
    mmu.l2.entries = 64;
    struct coverage_config config = coverage_config_of(&mmu, 1, 1);
    struct setting set = {.coverage = coverage_create(&config), .pmp = mmu_pmp_reset(&mmu.arch)};
    assert_non_null(set.coverage);
    set.history.csr = (struct mmu_csr){.satp = SATP_SV39, .priv = MMU_PRIV_U, .mpp = MMU_PRIV_U};
    return set;
}

// Sample, and compare what is reached with the list, which ends with NULL.
static void expect(struct setting *set, enum mmu_port port, bool entry,
                   const char *const *expected) {
    char name[256];
    unsigned reached = 0, listed = 0;
    const struct coverage_sample sample = {.port = port,
                                           .history = &set->history,
                                           .answer = &set->answer,
                                           .entry = entry ? &set->entry : NULL,
                                           .pmp = &set->pmp};
    coverage_answer(set->coverage, &sample);
    for (unsigned bin = 0; bin < coverage_bins(); bin++) {
        if (coverage_counts(set->coverage)[bin] == 0) continue;
        coverage_name(bin, name, sizeof name);
        reached++;
        bool found = false;
        for (unsigned k = 0; expected[k]; k++) found |= !strcmp(expected[k], name);
        if (!found) fail_msg("reached, but not expected: %s", name);
    }
    while (expected[listed]) listed++;
    if (reached != listed) fail_msg("%u bins reached, %u expected", reached, listed);
    assert_int_equal(coverage_contradiction(set->coverage), coverage_bins());
    coverage_destroy(set->coverage);
}

static void hit_of_a_load_in_the_first_level(void **state) {
    (void)state;
    struct setting set = begin(0);
    set.history.request = (struct mmu_request){.va = 0x4007, .access = MMU_LOAD};
    set.entry = (struct mmu_tlb_entry){
        .vpn = 4, .ppn = 0x80123, .asid = 5, .page_bits = 12, .valid = true, .perm = 0xD7};
    set.answer = (struct mmu_answer){.pa = 0x80123007, .source = MMU_SOURCE_TLB, .perm = 0xD7};
    expect(&set, MMU_PORT_DATA, true,
           (const char *const[]){
               "translation: mode=sv39 page=4KiB access=load privilege=u from=first",
               "permission: access=load privilege=u page_u=1 sum=0 mxr=0 rwx=rw verdict=allowed "
               "from=first",
               "privilege: access=load privilege=u mprv=0 mpp=u sum=0 mxr=0 result=translated",
               "pmp: kind=r privilege=u match=none locked=0 verdict=allowed",
               "memory_type: pbmt=pma page=4KiB from=first",
               "sharing: port=data page=4KiB entry=same_asid", NULL});
}

// Sv39, a store with ADUE: root 0x80000, pointer to 0x80001, leaf of level 1 (2 MiB), A = D = 0.
// MPRV makes the supervisor a user.
static void walk_of_a_store_that_sets_a_and_d(void **state) {
    (void)state;
    struct setting set = begin(0);
    uint64_t leaf = UINT64_C(0x80200) << 10 | 0x17;  // U W R V
    set.history.csr.priv = MMU_PRIV_S;
    set.history.csr.mprv = set.history.csr.adue = true;
    set.history.request = (struct mmu_request){.va = 0x1234, .access = MMU_STORE};
    set.history.accesses = 3;
    set.history.access[0] =
        (struct mmu_walk_access){.pa = 0x80000000, .value = 0x20000401, .level = 2};
    set.history.access[1] = (struct mmu_walk_access){.pa = 0x80001000, .value = leaf, .level = 1};
    set.history.access[2] =
        (struct mmu_walk_access){.pa = 0x80001000, .value = leaf, .level = 1, .write = true};
    set.answer =
        (struct mmu_answer){.pa = 0x80201234, .level = 1, .source = MMU_SOURCE_WALK, .perm = 0xD7};
    expect(&set, MMU_PORT_DATA, false,
           (const char *const[]){
               "translation: mode=sv39 page=level1 access=store privilege=u from=walk",
               "permission: access=store privilege=u page_u=1 sum=0 mxr=0 rwx=rw verdict=allowed "
               "from=walk",
               "privilege: access=store privilege=s mprv=1 mpp=u sum=0 mxr=0 result=translated",
               "update: mode=sv39 access=store adue=1 ad=none update=done",
               "pmp: kind=w privilege=u match=none locked=0 verdict=allowed",
               "pte_access: mode=sv39 level=2 transaction=read result=done",
               "pte_access: mode=sv39 level=1 transaction=read result=done",
               "pte_access: mode=sv39 level=1 transaction=update result=done",
               "walk: mode=sv39 start=root end=1 restarted=0 result=translated",
               "memory_type: pbmt=pma page=level1 from=walk", NULL});
}

// Svade: a fetch of a page with A = 0, after a restart by a fence, from a walk cache's pointer.
static void walk_of_a_fetch_that_finds_a_clear(void **state) {
    (void)state;
    struct setting set = begin(0);
    set.history.request = (struct mmu_request){.va = 0x1000, .access = MMU_FETCH};
    set.history.pwc_hit = true;
    set.history.pwc_level = 1;
    set.history.accesses = 2;
    set.history.access[0] = (struct mmu_walk_access){.pa = 0x80001008, .ignored = true};
    set.history.access[1] =
        (struct mmu_walk_access){.pa = 0x80001008, .value = UINT64_C(0x80300) << 10 | 0x19};
    set.answer = (struct mmu_answer){
        .fault = true, .cause = MMU_CAUSE_FETCH_PAGE, .source = MMU_SOURCE_WALK};
    struct mmu_config mmu = mmu_config_default();
    mmu.pwc_entries = 4;
    struct coverage_config config = coverage_config_of(&mmu, 1, 1);
    coverage_destroy(set.coverage);
    set.coverage = coverage_create(&config);
    expect(&set, MMU_PORT_FETCH, false,
           (const char *const[]){
               "fault: mode=sv39 access=fetch why=a_clear from=walk",
               "permission: access=fetch privilege=u page_u=1 sum=0 mxr=0 rwx=x verdict=allowed "
               "from=walk",
               "privilege: access=fetch privilege=u mprv=0 mpp=u sum=0 mxr=0 result=page_fault",
               "update: mode=sv39 access=fetch adue=0 ad=none update=fault",
               "pte_access: mode=sv39 level=0 transaction=read result=ignored",
               "pte_access: mode=sv39 level=0 transaction=read result=done",
               "walk: mode=sv39 start=pwc1 end=0 restarted=1 result=page_fault", NULL});
}

// Machine mode, entry 2 locked, NA4 at 0x80000010, without rights: an 8-byte load of which it holds
// half is denied.
static void machine_mode_meets_half_a_locked_entry(void **state) {
    (void)state;
    struct setting set = begin(8);
    const struct mmu_pmp_write write = {
        .index = 2, .write_cfg = true, .write_addr = true, .cfg = 0x90, .addr = 0x80000010 >> 2};
    mmu_pmp_write(&set.pmp, &write);
    set.history.csr.priv = MMU_PRIV_M;
    set.history.request = (struct mmu_request){.va = 0x80000010, .access = MMU_LOAD, .size = 3};
    set.answer = (struct mmu_answer){.fault = true, .cause = MMU_CAUSE_LOAD_ACCESS};
    expect(&set, MMU_PORT_DATA, false,
           (const char *const[]){
               "fault: mode=bare access=load why=final_pmp from=at_once",
               "privilege: access=load privilege=m mprv=0 mpp=u sum=0 mxr=0 result=access_fault",
               "pmp: kind=r privilege=m match=na4 locked=1 verdict=partial", NULL});
}

static void address_that_is_not_canonical(void **state) {
    (void)state;
    struct setting set = begin(0);
    set.history.request =
        (struct mmu_request){.va = UINT64_C(1) << 38, .access = MMU_AMO, .size = 3};
    set.answer = (struct mmu_answer){.fault = true, .cause = MMU_CAUSE_STORE_PAGE};
    expect(
        &set, MMU_PORT_DATA, false,
        (const char *const[]){
            "fault: mode=sv39 access=amo why=not_canonical from=at_once",
            "privilege: access=amo privilege=u mprv=0 mpp=u sum=0 mxr=0 result=page_fault", NULL});
}

// A global page of another address space; the fifth 4 KiB of a 64 KiB page, from the second level.
static void napot_page_of_the_second_level(void **state) {
    (void)state;
    struct setting set = begin(0);
    set.history.request = (struct mmu_request){.va = 0x5000, .access = MMU_FETCH};
    set.answer = (struct mmu_answer){
        .pa = 0x80105000, .napot = true, .pbmt = 1, .source = MMU_SOURCE_L2, .perm = 0xF9};
    expect(&set, MMU_PORT_FETCH, false,
           (const char *const[]){
               "translation: mode=sv39 page=64KiB access=fetch privilege=u from=second",
               "privilege: access=fetch privilege=u mprv=0 mpp=u sum=0 mxr=0 result=translated",
               "pmp: kind=x privilege=u match=none locked=0 verdict=allowed",
               "napot: member=5 access=fetch from=second",
               "memory_type: pbmt=nc page=64KiB from=second", NULL});
}

// A verdict against the specification is what no unit can give: a user's load of a supervisor's
// page.
static void wrong_verdict_is_a_contradiction(void **state) {
    (void)state;
    struct setting set = begin(0);
    char name[256];
    set.history.request = (struct mmu_request){.va = 0x4000, .access = MMU_LOAD};
    set.entry = (struct mmu_tlb_entry){
        .vpn = 4, .ppn = 0x80123, .asid = 5, .page_bits = 12, .valid = true, .perm = 0xC7};
    set.answer = (struct mmu_answer){.pa = 0x80123000, .source = MMU_SOURCE_TLB, .perm = 0xC7};
    const struct coverage_sample sample = {.port = MMU_PORT_DATA,
                                           .history = &set.history,
                                           .answer = &set.answer,
                                           .entry = &set.entry,
                                           .pmp = &set.pmp};
    coverage_answer(set.coverage, &sample);
    unsigned bin = coverage_contradiction(set.coverage);
    assert_true(bin < coverage_bins());
    coverage_name(bin, name, sizeof name);
    assert_string_equal(name,
                        "permission: access=load privilege=u page_u=0 sum=0 mxr=0 rwx=rw "
                        "verdict=allowed from=first");
    coverage_destroy(set.coverage);
}

static void fence_of_an_address_with_two_walks(void **state) {
    (void)state;
    struct setting set = begin(0);
    char name[256];
    const struct mmu_fence fence = {.op = MMU_SINVAL_VMA, .has_va = true, .va = UINT64_C(1) << 57};
    coverage_fence(set.coverage, &fence, 1);
    unsigned bin = coverage_item(COVERAGE_FENCE)->first;
    while (coverage_counts(set.coverage)[bin] == 0) bin++;
    coverage_name(bin, name, sizeof name);
    assert_string_equal(name, "fence: op=sinval_vma va=1 asid=0 canonical=no walks=1");
    coverage_destroy(set.coverage);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hit_of_a_load_in_the_first_level),
        cmocka_unit_test(walk_of_a_store_that_sets_a_and_d),
        cmocka_unit_test(walk_of_a_fetch_that_finds_a_clear),
        cmocka_unit_test(machine_mode_meets_half_a_locked_entry),
        cmocka_unit_test(address_that_is_not_canonical),
        cmocka_unit_test(napot_page_of_the_second_level),
        cmocka_unit_test(wrong_verdict_is_a_contradiction),
        cmocka_unit_test(fence_of_an_address_with_two_walks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
