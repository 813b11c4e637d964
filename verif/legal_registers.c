// SPDX-License-Identifier: Apache-2.0
// The past of registers: the roots that each ASID named (spans), menvcfg's PBMTE and ADUE, the PMP.
// SUM, MXR, privilege, Bare and satp's ASID take effect at once: a request's own values are used.
#include <assert.h>
#include <stddef.h>

#include "legal_internal.h"

static bool same_space(const struct legal_span *span, const struct legal_mode *mode, uint64_t ppn,
                       uint16_t asid) {
    return span->mode == mode && span->ppn == ppn && span->asid == asid;
}

static bool span_older(const struct legal_span *a, const struct legal_span *b) {
    return a->hi < b->hi || (a->hi == b->hi && a->opened < b->opened);
}

// Room for one more: an era that nobody can use any more, a new one, or the oldest.
static struct legal_span *new_span(struct legal *legal) {
    uint64_t horizon = legal_horizon(legal);
    struct legal_span *named = &legal->span[legal->named % LEGAL_SPANS], *oldest = NULL;
    for (struct legal_span *span = legal->span; span < legal->span + legal->spans; span++) {
        if (legal_root_until(span) <= horizon) {
            return span;
        }
        bool keep = legal->named != LEGAL_SPANS && span == named;
        if (!keep && (!oldest || span_older(span, oldest))) {
            oldest = span;
        }
    }
    if (legal->spans < LEGAL_SPANS) {
        return &legal->span[legal->spans++];
    }
    uint64_t lost = oldest->hi == LEGAL_NEVER ? legal_latest(legal) : oldest->hi;
    uint64_t *own = &legal->asid_spans_lost[oldest->asid];
    legal->spans_lost = legal_later(legal->spans_lost, lost);
    *own = legal_later(*own, lost);
    legal->stats.forgotten++;
    return oldest;
}

// satp is active if fetches or data accesses use it; then walks may begin from its root.
static bool satp_active(const struct mmu_csr *csr) {
    return csr->priv != MMU_PRIV_M || (csr->mprv && csr->mpp != MMU_PRIV_M);
}

// satp's registers changed: the root that it named before, and the one that it names now.
static void name_span(struct legal *legal, uint64_t stamp) {
    const struct mmu_arch *arch = &legal->config.arch;
    const struct legal_mode *mode = legal_mode_of(arch, legal->csr.satp);
    uint64_t ppn = legal_root_of(arch, legal->csr.satp);
    uint16_t asid = legal_asid_of(arch, legal->csr.satp);
    if (legal->named != LEGAL_SPANS) {
        legal->span[legal->named].named_until = stamp;
        legal->named = LEGAL_SPANS;
    }
    if (!mode || !satp_active(&legal->csr)) {
        return;
    }
    struct legal_span *span = legal->span;
    while (span < legal->span + legal->spans &&
           !(span->hi == LEGAL_NEVER && same_space(span, mode, ppn, asid))) {
        span++;
    }
    if (span == legal->span + legal->spans) {
        uint64_t lo = legal_later(legal->all, legal->asid_fence[asid]);
        span = new_span(legal);
        *span = (struct legal_span){.mode = mode,
                                    .ppn = ppn,
                                    .lo = lo,
                                    .hi = LEGAL_NEVER,
                                    .opened = stamp,
                                    .closed = LEGAL_NEVER,
                                    .asid = asid};
    }
    span->named_until = LEGAL_NEVER;
    legal->named = (uint32_t)(span - legal->span);
}

// A fence of one ASID, or of every one, comes into force at `force`; it covers what was before
// `stamp`. Eras end at `force`: until then what was cached could be used. One goes on from `stamp`
// if satp has named its root since.
void legal_close_spans(struct legal *legal, uint64_t stamp, uint64_t force, bool every,
                       uint16_t asid) {
    uint32_t count = legal->spans;
    for (uint32_t i = 0; i < count; i++) {
        struct legal_span *span = &legal->span[i];
        if (span->hi != LEGAL_NEVER || span->lo >= stamp || !(every || span->asid == asid)) {
            continue;
        }
        struct legal_span past = *span;
        past.hi = past.closed = force;
        if (span->named_until <= stamp) {
            *span = past;
            continue;
        }
        span->lo = stamp;
        span->opened = legal_later(span->opened, stamp);
        if (past.opened <= force) {
            *new_span(legal) = past;
        }
    }
}

static void switch_value(uint64_t until[2], bool before, bool after, uint64_t stamp) {
    if (before != after) {
        until[before] = stamp;
        until[after] = LEGAL_NEVER;
    }
}

static bool same_registers(const struct mmu_csr *a, const struct mmu_csr *b) {
    return a->satp == b->satp && a->adue == b->adue && a->pbmte == b->pbmte && a->priv == b->priv &&
           a->mpp == b->mpp && a->mprv == b->mprv;
}

void legal_note_registers(struct legal *legal, uint64_t stamp, const struct mmu_csr *csr) {
    if (legal->has_csr && same_registers(csr, &legal->csr)) {
        legal->csr = *csr;
        return;
    }
    if (legal->has_csr) {
        switch_value(legal->adue_until, legal->csr.adue, csr->adue, stamp);
        switch_value(legal->pbmte_until, legal->csr.pbmte, csr->pbmte, stamp);
    } else {
        legal->adue_until[csr->adue] = LEGAL_NEVER;
        legal->pbmte_until[csr->pbmte] = LEGAL_NEVER;
    }
    legal->csr = *csr;
    legal->has_csr = true;
    name_span(legal, stamp);
}

void legal_registers(struct legal *legal, uint64_t now, const struct mmu_csr *csr) {
    legal_note_registers(legal, legal_stamp(legal, now), csr);
}

static bool same_pmp(const struct legal *legal, const struct legal_pmp_version *a,
                     const struct legal_pmp_version *b) {
    for (unsigned i = 0; i < legal->config.arch.pmp_entries; i++) {
        const struct legal_range *x = &a->range[i], *y = &b->range[i];
        if (x->first != y->first || x->last != y->last || x->cfg != y->cfg) {
            return false;
        }
    }
    return true;
}

void legal_pmp(struct legal *legal, uint64_t now, const struct mmu_pmp *pmp) {
    uint64_t stamp = legal_stamp(legal, now);
    struct legal_pmp_version version = {.until = LEGAL_NEVER};
    for (unsigned i = 0; i < legal->config.arch.pmp_entries; i++) {
        if (legal_pmp_range(pmp, i, &version.range[i])) {
            version.active = i + 1;
        } else {
            version.range[i].cfg = 0;  // all that hold nothing are alike
        }
    }
    struct legal_pmp_version *present = &legal->pmp[legal->pmp_now];
    if (same_pmp(legal, present, &version)) {
        return;
    }
    present->until = stamp;
    legal->pmp_now = (legal->pmp_now + 1) % LEGAL_PMP_VERSIONS;
    if (legal->pmp_count < LEGAL_PMP_VERSIONS) {
        legal->pmp_count++;
    } else if (legal->pmp[legal->pmp_now].until > legal_horizon(legal)) {
        legal->pmp_lost = legal->pmp[legal->pmp_now].until;
        legal->stats.forgotten++;
    }
    legal->pmp[legal->pmp_now] = version;
}
