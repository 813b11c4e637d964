// SPDX-License-Identifier: Apache-2.0
// Several unanswered requests of a port: answers in any order, by tag; kills of several; a unit
// that has up to eight under way, answers from what one walk found for all that ask for its page,
// and prefetches.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { VA = 0x3000, OTHER = 0x4000, STEPS = 60000, MOST = 8 };

static const uint64_t leaf_of_va = UINT64_C(0x40) << 10 | FULL;
static const uint64_t leaf_of_other = UINT64_C(0x41) << 10 | FULL;

static void ask(struct scene *s, uint64_t va, enum mmu_access access, unsigned tag) {
    struct mmu_request request = {
        .va = va, .access = (uint8_t)access, .size = 2, .tag = (uint8_t)tag};
    legal_request(s->legal, s->now++, MMU_PORT_DATA, &request, &s->csr);
}

static bool answer(struct scene *s, uint64_t va, uint64_t pte, unsigned tag) {
    struct mmu_answer a = gives(va, pte, 0);
    a.tag = (uint8_t)tag;
    return legal_answer(s->legal, s->now++, MMU_PORT_DATA, &a).legal;
}

static void begin(struct scene *s) {
    struct mmu_arch arch = scene_arch();
    scene_begin_tags(s, &arch);
    plant(s, pte_at(ROOT_A + 2, 3), leaf_of_va);
    plant(s, pte_at(ROOT_A + 2, 4), leaf_of_other);
}

static void answers_come_in_any_order(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    ask(&s, VA, MMU_LOAD, 7);
    ask(&s, OTHER, MMU_LOAD, 2);
    ask(&s, VA, MMU_LOAD, 9);
    assert_true(answer(&s, OTHER, leaf_of_other, 2));
    assert_true(answer(&s, VA, leaf_of_va, 9));
    assert_true(answer(&s, VA, leaf_of_va, 7));
    scene_end(&s);
}

static void an_answer_under_anothers_tag_is_illegal(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    ask(&s, VA, MMU_LOAD, 0);
    ask(&s, OTHER, MMU_LOAD, 1);
    assert_false(answer(&s, VA, leaf_of_va, 1));
    assert_false(answer(&s, VA, leaf_of_va, 5));  // nobody's
    assert_true(answer(&s, VA, leaf_of_va, 0));
    assert_false(answer(&s, VA, leaf_of_va, 0));  // a second time
    scene_end(&s);
}

// Each by the fences before its own acceptance.
static void each_request_has_its_own_fences(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    ask(&s, VA, MMU_LOAD, 0);
    poke(&s, pte_at(ROOT_A + 2, 3), leaf_of_other);
    fence_va(&s, VA);
    ask(&s, VA, MMU_LOAD, 1);
    ask(&s, VA, MMU_LOAD, 2);
    assert_true(answer(&s, VA, leaf_of_other, 2));
    assert_false(
        answer(&s, VA, leaf_of_va, 1));  // by the walk of the first: begun before the fence
    assert_true(answer(&s, VA, leaf_of_va, 0));
    scene_end(&s);
}

static void a_kill_drops_all_that_were_accepted_before(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    ask(&s, VA, MMU_LOAD, 0);
    ask(&s, OTHER, MMU_LOAD, 1);
    legal_kill(s.legal, s.now, MMU_PORT_DATA);
    ask(&s, VA, MMU_LOAD, 2);  // in the kill's cycle
    assert_false(answer(&s, OTHER, leaf_of_other, 1));
    assert_true(answer(&s, VA, leaf_of_va, 2));
    scene_end(&s);
}

// Of several dropped stores one may wait for its grant; when that is given, no other does.
static void one_of_several_killed_stores_updates(void **state) {
    (void)state;
    const uint64_t clean = leaf_of_va & ~(uint64_t)MMU_PTE_D;
    for (unsigned first = 0; first < 2; first++) {
        struct scene s;
        begin(&s);
        s.csr.adue = true;
        set_csr(&s);
        uint64_t pa[2] = {pte_at(ROOT_A + 2, 3), pte_at(ROOT_A + 2, 4)};
        plant(&s, pa[0], clean);
        plant(&s, pa[1], clean);
        for (unsigned k = 0; k < MOST; k++) ask(&s, k % 2 ? OTHER : VA, MMU_STORE, k);
        legal_kill(s.legal, s.now++, MMU_PORT_DATA);
        assert_true(legal_update(s.legal, s.now, pa[first], 8, clean, leaf_of_va).legal);
        plant(&s, pa[first], leaf_of_va);
        legal_write(s.legal, s.now, pa[first], 8, clean, leaf_of_va, true);
        legal_transaction(s.legal, s.now++);
        assert_false(legal_update(s.legal, s.now, pa[1 - first], 8, clean, leaf_of_va).legal);
        scene_end(&s);
    }
}

// --- a unit with several under way ---------------------------------------------------------------

enum wrong { RIGHT, SWAPS_TAGS, MERGES_OVER_FENCES, ANSWERS_KILLED };

struct flight {
    bool active, answered;
    struct mmu_request request;
    struct mmu_csr csr;
    struct mmu_answer answer;
    unsigned fences;  // before its acceptance
};

struct several {
    struct unit unit;
    struct flight flight[MMU_TAGS];
    unsigned count, fences;
    enum wrong wrong;
    bool killed;  // a tag of a killed request is about to be answered
};

static uint64_t any_va(struct unit *u) {
    static const uint64_t vas[] = {0x3000, 0x4000, 0x13000};
    return vas[unit_any(u, 3)] + 8 * unit_any(u, 4);
}

static void write_some_pte(struct unit *u) {
    static const unsigned index[] = {3, 4, 0x13};
    uint64_t pte = FULL ^ (unit_any(u, 4) == 0 ? MMU_PTE_A : 0) ^
                   (unit_any(u, 3) == 0 ? MMU_PTE_D : 0) ^ (unit_any(u, 5) == 0 ? MMU_PTE_W : 0);
    pte |= unit_any(u, 5) == 0 ? MMU_PTE_G : 0;
    if (unit_any(u, 6) == 0) {
        poke(u->scene, pte_at(ROOT_A + 1, 0), pointer(unit_any(u, 2) ? ROOT_A + 2 : ROOT_B + 2));
    }
    uint64_t table = unit_any(u, 2) ? ROOT_A + 2 : ROOT_B + 2;
    poke(u->scene, pte_at(table, index[unit_any(u, 3)]), leaf(0x40 + unit_any(u, 4), pte));
}

static void some_fence(struct several *v) {
    struct unit *u = &v->unit;
    struct mmu_fence fence = {.op = MMU_SFENCE_VMA,
                              .has_va = unit_any(u, 3) != 0,
                              .has_asid = unit_any(u, 3) != 0,
                              .va = any_va(u),
                              .asid = 1};
    v->fences++;
    scene_fence(u->scene, &fence);
    unit_fence(u, &fence);
}

static void accept_one(struct several *v) {
    struct unit *u = &v->unit;
    unsigned tag = (unsigned)unit_any(u, MMU_TAGS);
    while (v->flight[tag].active) tag = (tag + 1) % MMU_TAGS;
    struct flight *f = &v->flight[tag];
    *f = (struct flight){.active = true, .csr = u->scene->csr, .fences = v->fences};
    f->request = (struct mmu_request){.va = any_va(u),
                                      .access = (uint8_t)(MMU_LOAD + unit_any(u, 2)),
                                      .size = 3,
                                      .tag = (uint8_t)tag};
    legal_request(u->scene->legal, u->scene->now++, MMU_PORT_DATA, &f->request, &f->csr);
    v->count++;
}

static bool same_page(const struct flight *a, const struct flight *b) {
    return a->request.va >> 12 == b->request.va >> 12 && a->request.access == b->request.access;
}

// The walk of one request is that of all that were there when it began; a wrong unit's also of
// those that were accepted after a fence since.
static void answer_page(struct several *v, struct flight *f) {
    struct unit *u = &v->unit;
    struct mmu_answer found = unit_translate(u, f->request.va, f->request.access, &f->csr, false);
    for (unsigned tag = 0; tag < MMU_TAGS; tag++) {
        struct flight *g = &v->flight[tag];
        if (!g->active || g->answered || !same_page(f, g)) continue;
        g->answered = true;
        g->answer = found;
        if (!found.fault) g->answer.pa = (found.pa & ~UINT64_C(0xFFF)) | (g->request.va & 0xFFF);
    }
}

static void merge_over_fences(struct several *v, struct flight *f) {
    for (unsigned tag = 0; tag < MMU_TAGS && v->wrong == MERGES_OVER_FENCES; tag++) {
        const struct flight *g = &v->flight[tag];
        if (!g->active || !g->answered || g == f || !same_page(f, g) || g->fences == f->fences)
            continue;
        f->answered = true;
        f->answer = g->answer;
        if (!f->answer.fault)
            f->answer.pa = (g->answer.pa & ~UINT64_C(0xFFF)) | (f->request.va & 0xFFF);
    }
}

static bool give_one(struct several *v) {
    struct scene *s = v->unit.scene;
    unsigned tag = (unsigned)unit_any(&v->unit, MMU_TAGS);
    while (!v->flight[tag].active) tag = (tag + 1) % MMU_TAGS;
    struct flight *f = &v->flight[tag];
    if (!f->answered) merge_over_fences(v, f);
    if (!f->answered) answer_page(v, f);
    struct mmu_answer a = f->answer;
    a.tag = (uint8_t)(v->wrong == SWAPS_TAGS ? tag ^ 1 : tag);
    f->active = false;
    v->count--;
    s->verdict = legal_answer(s->legal, s->now++, MMU_PORT_DATA, &a);
    if (!s->verdict.legal) memcpy(v->unit.reason, s->verdict.reason, sizeof v->unit.reason);
    return s->verdict.legal;
}

static void kill_all(struct several *v) {
    legal_kill(v->unit.scene->legal, v->unit.scene->now++, MMU_PORT_DATA);
    for (unsigned tag = 0; tag < MMU_TAGS; tag++) {
        bool spared = v->wrong == ANSWERS_KILLED && v->flight[tag].active && !v->killed;
        if (spared) {
            v->killed = true;
            continue;
        }
        v->flight[tag].active = false;
    }
    v->count = v->killed;
}

static bool step(struct several *v) {
    struct unit *u = &v->unit;
    uint64_t kind = unit_any(u, 16);
    if (kind < 6 && v->count < MOST) {
        accept_one(v);
    } else if (kind < 11 && v->count > 0) {
        return give_one(v) && !u->bad_update;
    } else if (kind < 13) {
        write_some_pte(u);
    } else if (kind < 14) {
        some_fence(v);
    } else if (kind < 15) {
        unit_translate(u, any_va(u), MMU_LOAD, &u->scene->csr, true);
    } else if (unit_any(u, 8) == 0) {
        kill_all(v);
    }
    return true;
}

static unsigned run(struct several *v, struct scene *s, enum wrong wrong, uint64_t seed,
                    struct legal_stats *stats) {
    struct mmu_arch arch = scene_arch();
    arch.asid_bits = 2;
    scene_begin_tags(s, &arch);
    memset(v, 0, sizeof *v);
    v->wrong = wrong;
    unit_begin(&v->unit, s, UNIT_NONE, seed);
    v->unit.pmp.cfg[0] = v->unit.pmp.cfg[1] = 7;
    v->unit.pmp_now = v->unit.pmp;
    v->unit.adue = s->csr.adue = true;
    s->csr.satp = satp_of(MMU_SATP_MODE_SV39, 1, ROOT_A);
    set_csr(s);
    fence_all(s);
    unsigned done = 0;
    while (done < STEPS && step(v)) done++;
    *stats = *legal_stats(s->legal);
    scene_end(s);
    return done;
}

static uint64_t first_seed(void) {
    const char *text = getenv("TANDEM_SEED");
    return text ? strtoull(text, NULL, 0) : 1;
}

static void a_legal_unit_with_several_under_way_is_never_rejected(void **state) {
    (void)state;
    struct scene *s = malloc(sizeof *s);
    struct several *v = malloc(sizeof *v);
    struct legal_stats stats;
    assert_non_null(s);
    assert_non_null(v);
    for (uint64_t seed = first_seed(); seed < first_seed() + 4; seed++) {
        unsigned done = run(v, s, RIGHT, seed, &stats);
        print_message("seed %llu: %llu judged, %llu not, %llu stale\n", (unsigned long long)seed,
                      (unsigned long long)stats.judged, (unsigned long long)stats.unjudged,
                      (unsigned long long)stats.stale_answers);
        if (done != STEPS) fail_msg("step %u: %s", done, v->unit.reason);
        assert_true(stats.judged > STEPS / 5 && stats.stale_answers > stats.judged / 20);
        assert_true(stats.unjudged < stats.judged / 50);
    }
    free(s);
    free(v);
}

static void wrong_units_with_several_under_way_are_caught(void **state) {
    (void)state;
    struct scene *s = malloc(sizeof *s);
    struct several *v = malloc(sizeof *v);
    struct legal_stats stats;
    assert_non_null(s);
    assert_non_null(v);
    for (int wrong = RIGHT + 1; wrong <= ANSWERS_KILLED; wrong++) {
        unsigned done = run(v, s, (enum wrong)wrong, first_seed(), &stats);
        print_message("wrong unit %d: step %u: %s\n", wrong, done, v->unit.reason);
        assert_true(done < STEPS);
    }
    free(s);
    free(v);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_come_in_any_order),
        cmocka_unit_test(an_answer_under_anothers_tag_is_illegal),
        cmocka_unit_test(each_request_has_its_own_fences),
        cmocka_unit_test(a_kill_drops_all_that_were_accepted_before),
        cmocka_unit_test(one_of_several_killed_stores_updates),
        cmocka_unit_test(a_legal_unit_with_several_under_way_is_never_rejected),
        cmocka_unit_test(wrong_units_with_several_under_way_are_caught),
    };
    return cmocka_run_group_tests_name("legal.tags", tests, NULL, NULL);
}
