// SPDX-License-Identifier: Apache-2.0
// Random small histories: the oracle's verdicts are those of the trivially right one; with tables
// too small it never rejects what is legal, and what it is sure of is right.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "brute.h"
#include "scene.h"

#define EVENTS 26u
#define ANSWERS 8u
#define TRIALS 300u

struct trial {
    uint64_t random;
    struct scene exact, bounded;
    struct brute brute;
    bool narrow;
    bool wide_fences, svinval;  // what this history has more of
    unsigned held;              // leaf values that a PTE ever had, and their levels
    uint64_t value[128];
    unsigned level[128];
    unsigned compared, rejected, unjudged;
};

static uint64_t any(struct trial *t, uint64_t below) {
    t->random ^= t->random << 13;
    t->random ^= t->random >> 7;
    t->random ^= t->random << 17;
    return (t->random >> 11) % below;
}

static unsigned pte_bytes(const struct trial *t) {
    return t->narrow ? 4 : 8;
}

static uint64_t any_flags(struct trial *t) {
    uint64_t flags = MMU_PTE_V | MMU_PTE_R | MMU_PTE_A;
    flags |= any(t, 3) == 0 ? MMU_PTE_G : 0;
    flags ^= any(t, 8) == 0 ? MMU_PTE_A : 0;
    flags ^= any(t, 8) == 0 ? MMU_PTE_U : 0;
    return flags ^ (any(t, 12) == 0 ? MMU_PTE_V : 0);
}

// A PTE for this level; a few are invalid or reserved.
static uint64_t any_pte(struct trial *t, unsigned level) {
    uint64_t table = (any(t, 2) ? ROOT_A : ROOT_B) + 3 - level;
    if (any(t, 6) == 0) {
        return 0;
    }
    if (level > 0 && any(t, 4) != 0) {
        return pointer(table) | (any(t, 4) == 0 ? MMU_PTE_G : 0);
    }
    uint64_t napot = !t->narrow && level == 0 && any(t, 3) == 0 ? MMU_PTE_N : 0;
    uint64_t ppn = level == 0 ? (napot ? 0x48 : 0x40 + any(t, 3)) : any(t, 2) << (9 * level + 1);
    uint64_t pte = leaf(ppn, any_flags(t)) | napot;
    t->value[t->held % 128] = pte;
    t->level[t->held++ % 128] = level;
    return pte;
}

static const unsigned indexes[] = {3, 4};

static uint64_t cell_at(struct trial *t, unsigned space, unsigned level, unsigned which) {
    uint64_t table = (space ? ROOT_B : ROOT_A) + 2 - level;
    return table * 4096 + (level == 0 ? indexes[which] : 0) * pte_bytes(t);
}

static unsigned levels(const struct trial *t) {
    return t->narrow ? 2 : 3;
}

static uint64_t any_satp(struct trial *t) {
    uint64_t root = any(t, 2) ? ROOT_A : ROOT_B;
    uint16_t asid = (uint16_t)(1 + any(t, 2));
    if (t->narrow) {
        return satp_of(MMU_SATP_MODE_SV32, asid, root + 1);
    }
    return any(t, 6) == 0 ? satp_of(MMU_SATP_MODE_SV48, asid, 10)
                          : satp_of(MMU_SATP_MODE_SV39, asid, root);
}

static void tell_csr(struct trial *t, const struct mmu_csr *csr) {
    t->exact.csr = t->bounded.csr = *csr;
    set_csr(&t->exact);
    set_csr(&t->bounded);
}

static void plant_cell(struct trial *t, uint64_t pa, uint64_t value) {
    plant(&t->exact, pa, value);
    plant(&t->bounded, pa, value);
    brute_cell(&t->brute, pa, value);
}

static void begin(struct trial *t, uint64_t seed) {
    memset(t, 0, sizeof *t);
    t->random = seed * UINT64_C(0x9E3779B97F4A7C15) | 1;
    any(t, 2);
    t->narrow = any(t, 3) == 0;
    t->wide_fences = any(t, 2) != 0;
    t->svinval = any(t, 3) == 0;
    struct mmu_arch arch = scene_arch();
    arch.asid_bits = 2;
    if (t->narrow) {
        arch = (struct mmu_arch){.xlen = 32, .pa_bits = 34, .asid_bits = 2, .update_first = true};
    }
    scene_begin_bounded(&t->exact, &arch, 64, 40);
    scene_begin_bounded(&t->bounded, &arch, 4, 2);
    legal_reset(t->exact.legal, t->exact.now);
    legal_reset(t->bounded.legal, t->bounded.now);
    struct mmu_csr csr = {.satp = any_satp(t), .priv = MMU_PRIV_S, .adue = any(t, 2) != 0};
    brute_begin(&t->brute, &arch, &csr);
    for (unsigned space = 0; space < 2; space++) {
        for (unsigned level = 0; level < levels(t); level++) {
            for (unsigned which = 0; which < (level == 0 ? 2u : 1u); which++) {
                plant_cell(t, cell_at(t, space, level, which), any_pte(t, level));
            }
        }
    }
    if (!t->narrow) {
        plant_cell(t, pte_at(10, 0), pointer(any(t, 2) ? ROOT_A : ROOT_B));
        plant_cell(t, pte_at(10, 1), pointer(any(t, 2) ? ROOT_A : ROOT_B));
    }
    tell_csr(t, &csr);
}

static void random_write(struct trial *t) {
    unsigned level = any(t, 2) ? 0 : (unsigned)any(t, levels(t));
    uint64_t pa = cell_at(t, (unsigned)any(t, 2), level, (unsigned)any(t, 2));
    if (level > 0) {
        pa = cell_at(t, (unsigned)any(t, 2), level, 0);
    }
    uint64_t value = any_pte(t, level);
    poke(&t->exact, pa, value);
    poke(&t->bounded, pa, value);
    brute_write(&t->brute, pa, value);
}

static void random_csr(struct trial *t) {
    struct mmu_csr csr = t->exact.csr;
    switch (any(t, 6)) {
        case 0:
            csr.adue = !csr.adue;
            break;
        case 1:
            csr.sum = !csr.sum;
            break;
        default:
            csr.satp = any_satp(t);
            break;
    }
    tell_csr(t, &csr);
    brute_csr(&t->brute, &csr);
}

static void random_fence(struct trial *t) {
    struct mmu_fence fence = {.op = (uint8_t)(any(t, t->svinval ? 8 : 2) == 1 ? 0 : any(t, 4)),
                              .has_va = (any(t, 4) != 0) != t->wide_fences,
                              .has_asid = any(t, t->wide_fences ? 8 : 2) != 0,
                              .va = any(t, 8) == 0 ? 0x203000 : 0x3000 + any(t, 2) * 0x1000,
                              .asid = (uint16_t)(1 + any(t, 2) + 4 * any(t, 2))};
    scene_fence(&t->exact, &fence);
    scene_fence(&t->bounded, &fence);
    brute_fence(&t->brute, &fence);
}

static void random_event(struct trial *t) {
    uint64_t kind = any(t, 10);
    if (kind < 5) {
        random_write(t);
    } else if (kind < 7) {
        random_csr(t);
    } else {
        random_fence(t);
    }
}

static struct mmu_answer any_answer(struct trial *t, uint64_t va) {
    if (any(t, 5) == 0 || t->held == 0) {
        return (struct mmu_answer){.fault = true, .cause = MMU_CAUSE_LOAD_PAGE};
    }
    unsigned i = (unsigned)any(t, t->held < 128 ? t->held : 128);
    uint64_t pte = t->value[i] | (any(t, 3) == 0 ? MMU_PTE_G : 0);
    if (!t->narrow) {
        return gives(va, pte, t->level[i]);
    }
    uint64_t page = UINT64_C(1) << (12 + 10 * t->level[i]);
    return (struct mmu_answer){.pa = (pte >> 10 << 12) / page * page + va % page,
                               .level = (uint8_t)t->level[i],
                               .perm = (uint8_t)pte};
}

static void request_all(struct scene *scene, uint64_t va) {
    struct mmu_request request = {.va = va, .access = MMU_LOAD, .size = 2};
    for (unsigned i = 0; i < ANSWERS; i++) {
        legal_request(scene->legal, scene->now, MMU_PORT_DATA, &request, &scene->csr);
    }
    scene->now++;
}

static void compare(struct trial *t, uint64_t seed, unsigned accepted, uint64_t va) {
    struct mmu_answer answer = any_answer(t, va);
    struct legal_verdict exact = legal_answer(t->exact.legal, t->exact.now, MMU_PORT_DATA, &answer);
    struct legal_verdict bounded =
        legal_answer(t->bounded.legal, t->bounded.now, MMU_PORT_DATA, &answer);
    bool truth = brute_legal(&t->brute, accepted, va, &answer);
    bool right = exact.judged && exact.legal == truth && (bounded.legal || !truth) &&
                 (!bounded.judged || bounded.legal == truth);
    if (!right) {
        print_error(
            "seed %llu, event %u, va 0x%llx, pa 0x%llx level %u perm 0x%x fault %d: truth "
            "%d, oracle %d (judged %d) %s, bounded %d (judged %d)\n",
            (unsigned long long)seed, t->brute.now, (unsigned long long)va,
            (unsigned long long)answer.pa, answer.level, answer.perm, answer.fault, truth,
            exact.legal, exact.judged, exact.reason, bounded.legal, bounded.judged);
    }
    assert_true(right);
    t->compared++;
    t->rejected += !truth;
    t->unjudged += !bounded.judged;
}

static void one_history(struct trial *t, uint64_t seed) {
    begin(t, seed);
    while (t->brute.now < EVENTS) {
        random_event(t);
        if (any(t, 3) != 0) {
            continue;
        }
        uint64_t va = any(t, 2) ? 0x3000 : 0x4000;
        va |= !t->narrow && any(t, 6) == 0 ? UINT64_C(1) << 39 : 0;  // for Sv48 alone
        request_all(&t->exact, va);
        request_all(&t->bounded, va);
        unsigned accepted = brute_accept(&t->brute);
        for (uint64_t more = any(t, 3); more > 0; more--) {
            random_event(t);
        }
        for (unsigned i = 0; i < ANSWERS; i++) {
            compare(t, seed, accepted, va);
        }
        t->exact.now++;
        t->bounded.now++;
    }
    scene_end(&t->exact);
    scene_end(&t->bounded);
}

static void verdicts_are_those_of_the_trivially_right_oracle(void **state) {
    (void)state;
    const char *text = getenv("TANDEM_SEED"), *many = getenv("TANDEM_TRIALS");
    uint64_t first = text ? strtoull(text, NULL, 0) : 1;
    uint64_t trials = many ? strtoull(many, NULL, 0) : TRIALS;
    unsigned compared = 0, rejected = 0, unjudged = 0;
    struct trial *t = malloc(sizeof *t);
    assert_non_null(t);
    for (uint64_t seed = first; seed < first + trials; seed++) {
        one_history(t, seed);
        compared += t->compared;
        rejected += t->rejected;
        unjudged += t->unjudged;
    }
    free(t);
    print_message("seeds %llu.. : %u verdicts, %u illegal, %u unjudged by the bounded one\n",
                  (unsigned long long)first, compared, rejected, unjudged);
    assert_in_range(rejected, compared / 10, compared * 9 / 10);
    assert_in_range(unjudged, 1, compared / 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_are_those_of_the_trivially_right_oracle),
    };
    return cmocka_run_group_tests_name("legal.random", tests, NULL, NULL);
}
