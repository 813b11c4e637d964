// SPDX-License-Identifier: Apache-2.0
// Could a walk of any address, speculative ones included, come to this PTE? All tables that roots
// and pointers name, or named since the last fence of everything, are looked through, level by
// level.
#include <stddef.h>

#include "legal_internal.h"

#define TABLES 256u

struct reach {
    const struct legal *legal;
    uint64_t since;  // what was replaced before cannot be used any more
    uint64_t pa, value;
    struct {
        uint64_t ppn;
        unsigned level;
    } table[TABLES];
    unsigned tables;
    bool cut;  // something was forgotten, or there are more tables
};

static void add(struct reach *reach, uint64_t ppn, unsigned level) {
    for (unsigned i = 0; i < reach->tables; i++) {
        if (reach->table[i].ppn == ppn && reach->table[i].level == level) {
            return;
        }
    }
    if (reach->tables == TABLES) {
        reach->cut = true;
        return;
    }
    reach->table[reach->tables].ppn = ppn;
    reach->table[reach->tables++].level = level;
}

static void add_pointer(struct reach *reach, const struct legal_mode *mode, uint64_t pte,
                        unsigned level) {
    if (legal_shape_of(&reach->legal->config.arch, mode, pte, level) == LEGAL_POINTER) {
        add(reach, legal_ppn(mode, pte), level - 1);
    }
}

// One PTE, as it is and as it was.
static void add_below(struct reach *reach, const struct legal_mode *mode, uint64_t pa,
                      unsigned level) {
    const struct legal *legal = reach->legal;
    struct legal_lost lost;
    uint64_t present;
    if (!legal_read(legal, pa, &present)) {
        return;
    }
    add_pointer(reach, mode, present, level);
    const struct legal_slot *slot = legal_find(legal, pa, &lost);
    reach->cut = reach->cut || lost.any > reach->since;
    for (unsigned i = 0; slot && i < slot->count; i++) {
        const struct legal_version *version = legal_version_at(legal, slot, i);
        if (version->replaced > reach->since) {
            add_pointer(reach, mode, version->value, level);
        }
    }
}

static bool holds(const struct reach *reach, const struct legal_mode *mode, unsigned i) {
    return reach->pa >> 12 == reach->table[i].ppn &&
           legal_shape_of(&reach->legal->config.arch, mode, reach->value, reach->table[i].level) ==
               LEGAL_LEAF;
}

static void add_roots(struct reach *reach) {
    const struct legal *legal = reach->legal;
    for (unsigned i = 0; i < legal->spans; i++) {
        const struct legal_span *span = &legal->span[i];
        if (legal_root_until(span) > reach->since) {
            add(reach, span->ppn, span->mode->levels - 1u);
        }
    }
    reach->cut = legal->spans_lost > reach->since;
}

bool legal_reaches(const struct legal *legal, uint64_t pa, uint64_t value, bool *unsure) {
    const struct legal_mode *mode = legal_widest(legal);
    struct reach reach = {.legal = legal, .since = legal_horizon(legal), .pa = pa, .value = value};
    add_roots(&reach);
    for (unsigned i = 0; i < reach.tables; i++) {
        if (holds(&reach, mode, i)) {
            return true;
        }
        uint64_t base = reach.table[i].ppn << 12;
        for (unsigned at = 0; at < MMU_PAGE_BYTES && reach.table[i].level > 0;
             at += mode->pte_bytes) {
            add_below(&reach, mode, base + at, reach.table[i].level);
        }
    }
    *unsure = *unsure || reach.cut;
    return false;
}
