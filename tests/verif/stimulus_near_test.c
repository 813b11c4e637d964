// SPDX-License-Identifier: Apache-2.0
// Near misses of the random stimulus: every bit of what an address, an address space and a PMP
// range are compared by differs alone from something in use, and all readings of the specification
// still agree.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "stimulus_bench.h"

enum { HISTORY = 32, CYCLES = 200000, CYCLES_OF_LOCKSTEP = 16000 };

static uint64_t first_seed;

// Bits in which a value differed alone from one of those before it.
struct differences {
    uint64_t before[HISTORY];
    uint64_t count, bits;
};

struct seen {
    struct differences vpn, asid, pmp, root;
    unsigned canonical, all;
};

static void note(struct differences *d, uint64_t value, uint64_t care) {
    for (unsigned k = 0; k < HISTORY && k < d->count; k++) {
        uint64_t difference = (d->before[k] ^ value) & care;
        if ((difference & (difference - 1)) == 0) d->bits |= difference;
    }
}

static void use(struct differences *d, uint64_t value) {
    d->before[d->count++ % HISTORY] = value;
}

static void compare(struct differences *d, uint64_t value) {
    note(d, value, UINT64_MAX);
    use(d, value);
}

// A NAPOT range does not compare the bits below its size, nor the 0 that says it.
static void compare_range(struct differences *d, const struct mmu_pmp_write *write) {
    bool napot = (write->cfg >> 3 & 3) == 3;
    if (write->write_cfg && write->write_addr)
        note(d, write->addr, napot ? ~(write->addr ^ (write->addr + 1)) : UINT64_MAX);
}

static void see_wide(void *user, const struct bench_inputs *in, const struct bench_outputs *out) {
    struct seen *seen = user;
    compare(&seen->asid, in->csr.satp >> 44 & 0xFFFF);
    compare(&seen->root, in->csr.satp & ((UINT64_C(1) << 44) - 1));
    if (in->pmp_write_valid) compare_range(&seen->pmp, &in->pmp_write);
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (out->answered[p] && !out->answer[p].fault) use(&seen->pmp, out->answer[p].pa >> 2);
        if (!in->request_valid[p]) continue;
        uint64_t va = in->request[p].va, top = va >> 56;
        compare(&seen->vpn, va >> MMU_PAGE_BITS & ((UINT64_C(1) << 45) - 1));
        seen->canonical += top == 0 || top == UINT64_MAX >> 56;
        seen->all++;
    }
}

static struct seen see(uint32_t near_misses) {
    struct mmu_arch arch = random_arch(64, 8);
    struct random_run run = random_run_of(&arch, first_seed, CYCLES);
    struct seen seen = {0};
    run.mode = BENCH_MODEL_ONLY;
    run.stimulus.near_misses = near_misses;
    run.stimulus.pmp = run.stimulus.csr = 50;
    // Untranslated addresses are drawn with single bits of their own.
    run.stimulus.bare = run.stimulus.machine = 0;
    run.see = see_wide;
    run.user = &seen;
    assert_true(random_run_do(&run).ok);
    return seen;
}

static void near_misses_differ_alone_in_every_bit(void **state) {
    (void)state;
    struct seen seen = see(300);
    assert_int_equal(seen.vpn.bits, (UINT64_C(1) << 45) - 1);
    assert_int_equal(seen.asid.bits, 0xFFFF);
    assert_int_equal(seen.root.bits, (UINT64_C(1) << 44) - 1);
    assert_int_equal(seen.pmp.bits, (UINT64_C(1) << 54) - 1);
    // The same share of addresses is not canonical as ever: one bit off does not mean that.
    assert_true(seen.canonical > seen.all * 9 / 10);
}

// The indices in use are 0, 1, 8, 255 .. 257, 510, 511: no two of them differ in bit 5 alone.
static void without_them_the_middle_bits_of_an_index_never_do(void **state) {
    (void)state;
    struct seen seen = see(0);
    const uint64_t middle = UINT64_C(1) << 5 | UINT64_C(1) << 14 | UINT64_C(1) << 23;
    assert_int_equal(seen.vpn.bits & middle, 0);
    assert_true(seen.vpn.bits != 0);
}

static void near_misses_are_judged_alike_by_all(void **state) {
    (void)state;
    for (unsigned k = 0; k < 6; k++) {
        struct mmu_arch arch = random_arch(k % 2 ? 32 : 64, k / 2 * 8);
        if (k == 4) arch.pa_bits = 40;
        struct random_run run = random_run_of(&arch, first_seed + k, CYCLES_OF_LOCKSTEP);
        run.stimulus.near_misses = 300;
        run.stimulus.pmp = 30;
        struct random_result result = random_run_do(&run);
        if (!result.ok) fail_msg("seed %llu", (unsigned long long)run.seed);
        assert_true(result.quiet);
        assert_true(result.reached.count[STIMULUS_NEAR_MISS] > 100);
    }
}

int main(void) {
    const char *seed = getenv("TANDEM_SEED");
    first_seed = seed ? strtoull(seed, NULL, 0) : 1;
    print_message("seed %llu (TANDEM_SEED)\n", (unsigned long long)first_seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_misses_differ_alone_in_every_bit),
        cmocka_unit_test(without_them_the_middle_bits_of_an_index_never_do),
        cmocka_unit_test(near_misses_are_judged_alike_by_all),
    };
    return cmocka_run_group_tests_name("unit.stimulus_near", tests, NULL, NULL) == 0 ? 0 : 1;
}
