// SPDX-License-Identifier: Apache-2.0
// satp, privilege, mstatus and menvcfg.
#include "stimulus_internal.h"

uint16_t stimulus_asid(const struct stimulus *s, unsigned number) {
    static const uint16_t of_16_bits[STIMULUS_ROOTS] = {0x0000, 0x0001, 0x8001, 0x8101};
    static const uint16_t of_9_bits[STIMULUS_ROOTS] = {0x000, 0x001, 0x101, 0x181};
    return s->pte_bytes == 4 ? of_9_bits[number] : of_16_bits[number];
}

static uint64_t satp_of(const struct stimulus *s, uint64_t mode, uint64_t asid, uint64_t ppn) {
    return s->pte_bytes == 4 ? mode << 31 | asid << 22 | ppn : mode << 60 | asid << 44 | ppn;
}

static uint8_t privilege(struct stimulus *s) {
    if (stimulus_chance(s, s->config.machine)) return MMU_PRIV_M;
    return stimulus_chance(s, 500) ? MMU_PRIV_U : MMU_PRIV_S;
}

static void change_satp(struct stimulus *s) {
    unsigned number = stimulus_below(s, s->mode_count);
    unsigned root = stimulus_below(s, STIMULUS_ROOTS);
    if (s->rates.mode >= 0) number = (unsigned)s->rates.mode;
    s->root = root;
    const struct stimulus_mode *mode = &s->modes[number];
    // An address space keeps its ASID mostly; sometimes two share one.
    unsigned space = stimulus_chance(s, 850) ? root : stimulus_below(s, STIMULUS_ROOTS);
    uint64_t ppn = stimulus_root_ppn(s, mode->levels, root);
    if (stimulus_chance(s, s->config.outside / 2)) ppn = stimulus_nowhere_ppn(s);
    bool bare = stimulus_chance(s, s->config.bare);
    uint16_t asid = stimulus_near_asid(s, stimulus_asid(s, space));
    // Most bits lead away from memory, where each walk ends at once.
    if (stimulus_near_lasting(s)) ppn = stimulus_one_off(s, ppn, 0, s->ppn_bits);
    s->csr.satp = satp_of(s, bare ? MMU_SATP_MODE_BARE : mode->satp_mode, asid, ppn);
}

static void change_privilege(struct stimulus *s) {
    s->csr.priv = privilege(s);
    s->csr.mpp = privilege(s);
    s->csr.mprv = stimulus_chance(s, 150);
}

static void change_bits(struct stimulus *s) {
    s->csr.sum = stimulus_chance(s, 650);
    s->csr.mxr = stimulus_chance(s, 400);
    s->csr.adue = stimulus_chance(s, 600);
    s->csr.pbmte = s->pte_bytes == 8 && stimulus_chance(s, 750);
}

static void flip_one_bit(struct stimulus *s) {
    switch (stimulus_below(s, s->pte_bytes == 8 ? 5 : 4)) {
        case 0:
            s->csr.sum = !s->csr.sum;
            break;
        case 1:
            s->csr.mxr = !s->csr.mxr;
            break;
        case 2:
            s->csr.adue = !s->csr.adue;
            break;
        case 3:
            s->csr.mprv = !s->csr.mprv;
            break;
        default:
            s->csr.pbmte = !s->csr.pbmte;
            break;
    }
}

void stimulus_first_csr(struct stimulus *s) {
    change_satp(s);
    change_privilege(s);
    change_bits(s);
}

// Untranslated answers take a cycle each and would outnumber all others: such times are short.
static uint32_t rate_now(const struct stimulus *s) {
    uint32_t rate = s->rates.csr;
    bool translated = stimulus_mode_of(s, &s->csr) >= 0 && s->csr.priv != MMU_PRIV_M;
    if (translated || s->config.csr == 0) return rate;
    return rate > 100 ? rate : 100;
}

// A fence that waits would overtake the requests of now.
static bool may_change(const struct stimulus *s) {
    return !s->fencing || s->config.overtake > 0;
}

static void change(struct stimulus *s, unsigned kind) {
    int before = stimulus_mode_of(s, &s->csr);
    if (kind < 2) {
        flip_one_bit(s);
    } else if (kind < 4) {
        change_privilege(s);
    } else {
        stimulus_first_csr(s);
    }
    // Out of machine mode and Bare a bit is no way.
    if (kind < 2 && s->csr.priv == MMU_PRIV_M) change_privilege(s);
    if (kind < 4 && stimulus_mode_of(s, &s->csr) < 0) change_satp(s);
    if (s->steer.coverage) stimulus_pin_registers(s);
    stimulus_count(s, STIMULUS_CSR);
    if (stimulus_mode_of(s, &s->csr) != before) stimulus_count(s, STIMULUS_MODE_SWITCH);
}

void stimulus_change_csr(struct stimulus *s) {
    if (stimulus_chance(s, rate_now(s)) && may_change(s)) change(s, stimulus_below(s, 8));
}

void stimulus_force_csr(struct stimulus *s) {
    if (may_change(s)) change(s, 7);
}
