// SPDX-License-Identifier: Apache-2.0
// What a missing bin asks for: registers, accesses, page tables and events that make it likely.
// What is left open is drawn as ever.
#include "coverage_internal.h"
#include "stimulus_internal.h"

const struct stimulus_aim stimulus_no_aim = {-1, -1, -1, -1, -1, -1, -1, -1, -1,
                                             -1, -1, -1, -1, -1, -1, -1, -1, 0};

// Modes of XLEN = 32: Sv32 alone.
static int mode_of(const struct stimulus *s, unsigned mode) {
    if (mode == MODE_BARE) return -1;
    return s->pte_bytes == 4 ? 0 : (int)mode - MODE_SV39;
}

static int privilege_of(unsigned privilege) {
    return privilege == PRIVILEGE_M ? MMU_PRIV_M : (int)privilege;
}

// The effective privilege, by the current one.
static void run_as(struct stimulus_aim *aim, unsigned privilege) {
    aim->priv = privilege_of(privilege);
    aim->mprv = 0;
}

static void aim_at_translation(const struct stimulus *s, const unsigned *v,
                               struct stimulus_aim *aim) {
    aim->mode = mode_of(s, v[0]);
    if (v[1] == PAGE_64K) aim->napot = 1;
    aim->access = (int)v[2];
    run_as(aim, v[3]);
    aim->ad = 3;
}

static void aim_at_fault(const struct stimulus *s, const unsigned *v, struct stimulus_aim *aim) {
    aim->mode = mode_of(s, v[0]);
    aim->access = (int)v[1];
    if (v[0] == MODE_BARE) run_as(aim, PRIVILEGE_M);
    if (v[2] == WHY_A || v[2] == WHY_D) aim->adue = 0;
    if (v[2] == WHY_A) aim->ad = 0;
    if (v[2] == WHY_D) aim->ad = 1;
    if (v[2] == WHY_NAPOT_ENCODING) aim->napot = 1;
    if (v[2] == WHY_UPDATE_PMP || v[2] == WHY_UPDATE_ERROR) {
        aim->adue = 1;
        aim->ad = coverage_is_store(v[1]) ? 1 : 0;
    }
}

static void aim_at_permission(const unsigned *v, struct stimulus_aim *aim) {
    aim->access = (int)v[0];
    run_as(aim, v[1]);
    aim->user_page = v[2] != 0;
    aim->sum = v[3] != 0;
    aim->mxr = v[4] != 0;
    aim->rwx = (int)v[5];
    aim->ad = 3;
}

static void aim_at_privilege(const unsigned *v, struct stimulus_aim *aim) {
    aim->access = (int)v[0];
    aim->priv = privilege_of(v[1]);
    aim->mprv = v[2] != 0;
    aim->mpp = privilege_of(v[3]);
    aim->sum = v[4] != 0;
    aim->mxr = v[5] != 0;
}

static void aim_at_update(const struct stimulus *s, const unsigned *v, struct stimulus_aim *aim) {
    aim->mode = mode_of(s, v[0]);
    aim->access = (int)v[1];
    aim->adue = v[2] != 0;
    aim->ad = (int)v[3];
    aim->conflict = v[4] == UPDATE_CONFLICT;
}

static void aim_at_pmp(const unsigned *v, struct stimulus_aim *aim) {
    static const int access[] = {MMU_FETCH, MMU_LOAD, MMU_STORE};
    static const int mode[] = {-1, 1, 2, 3};  // A: TOR, NA4, NAPOT
    aim->access = access[v[0]];
    run_as(aim, v[1]);
    aim->pmp_mode = mode[v[2]];
    aim->pmp_lock = v[3] != 0;
}

static void aim_at_distance(const unsigned *v, struct stimulus_aim *aim) {
    aim->first = (int)v[0];
    aim->second = (int)v[1];
    aim->cycles = v[2];
    if (v[0] == EVENT_UPDATE_DONE || v[1] == EVENT_UPDATE_DONE) {
        aim->adue = 1;
        aim->ad = 0;
        aim->priv = MMU_PRIV_U;
    }
}

struct stimulus_aim stimulus_aim_at(const struct stimulus *s, unsigned bin) {
    struct stimulus_aim aim = stimulus_no_aim;
    unsigned v[COVERAGE_MOST_DIMENSIONS];
    const struct coverage_item *item = coverage_coordinates(bin, v);
    switch ((enum coverage_item_id)(item - coverage_item(0))) {
        case COVERAGE_TRANSLATION:
            aim_at_translation(s, v, &aim);
            break;
        case COVERAGE_FAULT:
            aim_at_fault(s, v, &aim);
            break;
        case COVERAGE_PERMISSION:
            aim_at_permission(v, &aim);
            break;
        case COVERAGE_PRIVILEGE:
            aim_at_privilege(v, &aim);
            break;
        case COVERAGE_UPDATE:
            aim_at_update(s, v, &aim);
            break;
        case COVERAGE_PMP:
            aim_at_pmp(v, &aim);
            break;
        case COVERAGE_PTE_ACCESS:
        case COVERAGE_WALK:
            aim.mode = mode_of(s, v[0]);
            break;
        case COVERAGE_NAPOT:
            aim.access = (int)v[1];
            aim.napot = 1;
            break;
        case COVERAGE_DISTANCE:
            aim_at_distance(v, &aim);
            break;
        default:
            break;
    }
    return aim;
}
