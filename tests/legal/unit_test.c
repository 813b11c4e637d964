// SPDX-License-Identifier: Apache-2.0
// Simulated units: one that uses all the freedom that the specification gives is never rejected;
// each that breaks one rule is caught.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define LEGAL_STEPS 150000u
#define MUTANT_STEPS 150000u

static struct mmu_pmp pmp_of(bool open) {
    return (struct mmu_pmp){.entries = 8,
                            .xlen = 64,
                            .cfg = {3 << 3 | 7, (uint8_t)(3 << 3 | (open ? 7 : 4))},
                            .addr = {0x3FFF, (UINT64_C(1) << 54) - 1}};
}

// Two address spaces that share the va range; a few tables that change.
static uint64_t any_pte(struct unit *u, unsigned level) {
    uint64_t table = (unit_any(u, 2) ? ROOT_A : ROOT_B) + 3 - level;
    if (unit_any(u, 8) == 0) {
        return 0;
    }
    if (level > 0 && unit_any(u, 5) != 0) {
        return pointer(table) | (unit_any(u, 8) == 0 ? MMU_PTE_G : 0);
    }
    uint64_t pte = FULL ^ (unit_any(u, 4) == 0 ? MMU_PTE_A : 0);
    pte ^= unit_any(u, 4) == 0 ? MMU_PTE_D : 0;
    pte ^= unit_any(u, 4) == 0 ? MMU_PTE_W : 0;
    pte |= unit_any(u, 3) == 0 ? MMU_PTE_U : 0;
    pte |= unit_any(u, 4) == 0 ? MMU_PTE_G : 0;
    pte |= unit_any(u, 6) == 0 ? UINT64_C(1) << (61 + unit_any(u, 2)) : 0;
    pte |= unit_any(u, 12) == 0 ? UINT64_C(1) << 57 : 0;
    if (level == 0 && unit_any(u, 3) == 0) {
        return leaf(0x48 + 16 * unit_any(u, 2), pte) | MMU_PTE_N;
    }
    return leaf(level == 0 ? 0x40 + unit_any(u, 4) : unit_any(u, 4) << (9 * level), pte);
}

static uint64_t any_va(struct unit *u) {
    static const uint64_t vas[] = {0x3000, 0x4000, 0x13000, 0x203000};
    return vas[unit_any(u, 4)] + 8 * unit_any(u, 4);
}

static void random_write(struct unit *u) {
    static const unsigned index0[] = {3, 4, 0x13};
    uint64_t root = unit_any(u, 2) ? ROOT_A : ROOT_B;
    unsigned level = unit_any(u, 3) ? 0 : 1 + (unsigned)unit_any(u, 2);
    unsigned index = level == 0   ? index0[unit_any(u, 3)]
                     : level == 1 ? (unsigned)unit_any(u, 2)
                                  : 0;
    poke(u->scene, pte_at(root + 2 - level, index), any_pte(u, level));
}

static void random_registers(struct unit *u) {
    struct scene *s = u->scene;
    switch (unit_any(u, 12)) {
        case 0:
            s->csr.adue = !s->csr.adue;
            break;
        case 1:
            s->csr.pbmte = !s->csr.pbmte;
            break;
        case 2:
            s->csr.sum = !s->csr.sum;
            break;
        case 3:
            s->csr.priv = s->csr.priv == MMU_PRIV_S ? MMU_PRIV_U : MMU_PRIV_S;
            break;
        case 4:
            u->pmp_now = pmp_of(unit_any(u, 3) != 0);
            legal_pmp(s->legal, s->now++, &u->pmp_now);
            break;
        default:
            s->csr.satp = satp_of(MMU_SATP_MODE_SV39, (uint16_t)(1 + unit_any(u, 2)),
                                  unit_any(u, 2) ? ROOT_A : ROOT_B);
            break;
    }
    set_csr(s);
    unit_registers(u);
}

static void random_fence(struct unit *u) {
    static const uint8_t ops[] = {MMU_SFENCE_VMA,     MMU_SFENCE_VMA, MMU_SFENCE_VMA,
                                  MMU_SFENCE_W_INVAL, MMU_SINVAL_VMA, MMU_SFENCE_INVAL_IR};
    struct mmu_fence fence = {.op = ops[unit_any(u, 6)],
                              .has_va = unit_any(u, 3) != 0,
                              .has_asid = unit_any(u, 3) != 0,
                              .va = any_va(u),
                              .asid = (uint16_t)(1 + unit_any(u, 2) + 4 * unit_any(u, 2))};
    scene_fence(u->scene, &fence);
    unit_fence(u, &fence);
}

static void random_event(struct unit *u) {
    uint64_t kind = unit_any(u, 8);
    if (kind < 4) {
        random_write(u);
    } else if (kind < 6) {
        random_registers(u);
    } else {
        random_fence(u);
    }
    if (unit_any(u, 4) == 0) {
        unit_translate(u, any_va(u), MMU_LOAD, &u->scene->csr, true);
    }
}

// One request: answered from what the unit has when it is accepted, or when it answers. Between the
// two, a walk from before a fence must not fill.
static bool one_request(struct unit *u) {
    struct scene *s = u->scene;
    struct mmu_request request = {.va = any_va(u), .size = 3};
    request.access = (uint8_t)(MMU_LOAD + unit_any(u, 3));
    struct mmu_csr csr = s->csr;
    u->late.valid = false;
    legal_request(s->legal, s->now++, MMU_PORT_DATA, &request, &csr);
    bool early = unit_any(u, 2) != 0;
    struct mmu_answer answer = {0};
    if (early) {
        answer = unit_translate(u, request.va, request.access, &csr, false);
    }
    struct unit_entry late = u->late;
    if (unit_any(u, 4) == 0) {
        random_fence(u);
        if (u->mutant == UNIT_FILL_AFTER_FENCE && late.valid) {
            u->entry[unit_any(u, UNIT_ENTRIES)] = late;
        }
    }
    if (!early) {
        answer = unit_translate(u, request.va, request.access, &csr, false);
    }
    s->verdict = legal_answer(s->legal, s->now++, MMU_PORT_DATA, &answer);
    if (!s->verdict.legal) {
        memcpy(u->reason, s->verdict.reason, sizeof u->reason);
    }
    return s->verdict.legal && !u->bad_update;
}

// Returns the step that was rejected, or steps.
static unsigned run(struct unit *u, struct scene *s, enum unit_mutant mutant, uint64_t seed,
                    unsigned steps, struct legal_stats *stats) {
    struct mmu_arch arch = scene_arch();
    arch.asid_bits = 2;
    arch.pmp_entries = 8;
    scene_begin_bounded(s, &arch, 64, 16);
    unit_begin(u, s, mutant, seed);
    u->pmp = u->pmp_now = pmp_of(true);
    legal_pmp(s->legal, s->now++, &u->pmp);
    s->csr.satp = satp_of(MMU_SATP_MODE_SV39, 1, ROOT_A);
    set_csr(s);
    struct mmu_fence all = {.op = MMU_SFENCE_VMA};
    scene_fence(s, &all);
    unit_fence(u, &all);
    unsigned step = 0;
    while (step < steps && one_request(u)) {
        for (uint64_t events = unit_any(u, 3); events > 0; events--) {
            random_event(u);
        }
        step++;
    }
    *stats = *legal_stats(s->legal);
    scene_end(s);
    return step;
}

static uint64_t seed_of_environment(void) {
    const char *text = getenv("TANDEM_SEED");
    return text ? strtoull(text, NULL, 0) : 1;
}

static void a_legal_unit_is_never_rejected(void **state) {
    (void)state;
    struct scene *s = malloc(sizeof *s);
    assert_non_null(s);
    struct unit u;
    struct legal_stats stats;
    uint64_t seed = seed_of_environment();
    for (uint64_t i = seed; i < seed + 4; i++) {
        unsigned step = run(&u, s, UNIT_NONE, i, LEGAL_STEPS / 4, &stats);
        if (step != LEGAL_STEPS / 4) {
            print_error("seed %llu step %u: %s\n", (unsigned long long)i, step, u.reason);
        }
        assert_int_equal(step, LEGAL_STEPS / 4);
        print_message("seed %llu: %llu judged, %llu not, %llu stale, %llu spurious faults\n",
                      (unsigned long long)i, (unsigned long long)stats.judged,
                      (unsigned long long)stats.unjudged, (unsigned long long)stats.stale_answers,
                      (unsigned long long)stats.spurious_faults);
        assert_true(stats.stale_answers > stats.judged / 20);
        assert_true(stats.unjudged < stats.judged / 50);
    }
    free(s);
}

static void every_mutant_is_caught(void **state) {
    (void)state;
    struct scene *s = malloc(sizeof *s);
    assert_non_null(s);
    struct unit u;
    struct legal_stats stats;
    uint64_t seed = seed_of_environment();
    unsigned missed = 0;
    for (int mutant = UNIT_NONE + 1; mutant < UNIT_MUTANT_COUNT; mutant++) {
        unsigned step = run(&u, s, (enum unit_mutant)mutant, seed, MUTANT_STEPS, &stats);
        print_message("%-50s step %6u: %s\n", unit_mutant_text((enum unit_mutant)mutant), step,
                      step < MUTANT_STEPS ? u.reason : "MISSED");
        missed += step == MUTANT_STEPS;
    }
    free(s);
    assert_int_equal(missed, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_legal_unit_is_never_rejected),
        cmocka_unit_test(every_mutant_is_caught),
    };
    return cmocka_run_group_tests_name("legal.unit", tests, NULL, NULL);
}
