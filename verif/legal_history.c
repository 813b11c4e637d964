// SPDX-License-Identifier: Apache-2.0
// The past of PTEs: time stamps, and a set-associative table of PTEs with a ring of versions each.
// What must be dropped leaves a mark (`lost`) that makes verdicts lenient.
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "legal_internal.h"

// Fences are applied when time moves on, so that requests of a fence's own cycle come before it.
uint64_t legal_stamp(struct legal *legal, uint64_t now) {
    assert(now >= legal->cycle);
    if (now > legal->cycle) {
        legal_apply_pending(legal);
        legal->cycle = now;
        legal->order = 0;
    }
    if (legal->order < 0xFFFF) {
        legal->order++;
    }
    return now << 16 | legal->order;
}

static uint64_t reach_back(const struct legal_flight *flight, uint64_t horizon) {
    return flight->has_view && flight->view.all < horizon ? flight->view.all : horizon;
}

uint64_t legal_horizon(const struct legal *legal) {
    uint64_t horizon = legal->all;
    for (unsigned port = 0; port < MMU_PORTS; port++) {
        const struct legal_queue *queue = &legal->queue[port];
        for (unsigned i = 0; i < queue->count; i++) {
            horizon = reach_back(&queue->flight[i], horizon);
        }
        for (unsigned i = 0; i < queue->killed_count; i++) {
            horizon = reach_back(&queue->killed[i].flight, horizon);
        }
    }
    return horizon;
}

bool legal_read(const struct legal *legal, uint64_t pa, uint64_t *value) {
    const struct mmu_memory *memory = &legal->config.memory;
    unsigned bytes = legal->pte_bytes;
    if (!memory->window || pa < memory->window_base ||
        pa - memory->window_base > memory->window_bytes - bytes) {
        return memory->read(memory->user, pa, bytes, value);
    }
    const uint8_t *byte = memory->window + (pa - memory->window_base);
    uint32_t narrow;
    if (bytes == 8) {
        memcpy(value, byte, sizeof *value);
        return true;
    }
    memcpy(&narrow, byte, sizeof narrow);
    *value = narrow;
    return true;
}

static uint32_t set_of(const struct legal *legal, uint64_t pa) {
    uint64_t hash = pa / legal->pte_bytes * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(hash >> 32) & (legal->sets - 1);
}

static bool slot_empty(const struct legal_slot *slot) {
    return slot->count == 0;
}

const struct legal_slot *legal_find(const struct legal *legal, uint64_t pa,
                                    struct legal_lost *lost) {
    uint32_t set = set_of(legal, pa);
    const struct legal_slot *slot = &legal->slot[set * LEGAL_WAYS];
    for (unsigned way = 0; way < LEGAL_WAYS; way++, slot++) {
        if (slot->pa == pa && !slot_empty(slot)) {
            *lost = slot->lost;
            return slot;
        }
    }
    *lost = legal->set_lost[set];
    return NULL;
}

const struct legal_version *legal_version_at(const struct legal *legal,
                                             const struct legal_slot *slot, unsigned index) {
    assert(index < slot->count);
    size_t base = (size_t)(slot - legal->slot) * legal->versions;
    return &legal->version[base + (slot->newest + legal->versions - index) % legal->versions];
}

// When the slot's PTE changed last: up to there its past reaches.
static uint64_t last_change(const struct legal_slot *slot) {
    return slot->present_since;
}

static void lose(struct legal_lost *lost, const struct legal_version *version) {
    uint64_t global = MMU_PTE_V | MMU_PTE_G;
    lost->any = legal_later(lost->any, version->replaced);
    if ((version->value & global) == global) {
        lost->global = legal_later(lost->global, version->replaced);
    }
}

static void lose_slot(const struct legal *legal, const struct legal_slot *slot,
                      struct legal_lost *lost) {
    lost->any = legal_later(lost->any, slot->lost.any);
    lost->global = legal_later(lost->global, slot->lost.global);
    for (unsigned i = 0; i < slot->count; i++) {
        lose(lost, legal_version_at(legal, slot, i));
    }
}

// Returns the PTE's slot, an empty one, or the one whose PTE has been quiet for longest, emptied.
static struct legal_slot *take_slot(struct legal *legal, uint64_t pa) {
    uint32_t set = set_of(legal, pa);
    struct legal_slot *first = &legal->slot[set * LEGAL_WAYS], *oldest = first;
    for (struct legal_slot *slot = first; slot < first + LEGAL_WAYS; slot++) {
        if (slot->pa == pa && !slot_empty(slot)) {
            return slot;
        }
        if (last_change(slot) < last_change(oldest)) {
            oldest = slot;
        }
    }
    if (last_change(oldest) > legal_horizon(legal)) {
        lose_slot(legal, oldest, &legal->set_lost[set]);
        legal->stats.forgotten += oldest->count;
    }
    *oldest = (struct legal_slot){.pa = pa, .lost = legal->set_lost[set]};
    return oldest;
}

// A cached PTE that compares equal is updated and goes on, even if memory lost and regained its
// value since it was read: the first version of that value counts. (Whether a fence has covered
// that one is not asked: lenient.)
static uint64_t updated_base(const struct legal *legal, const struct legal_slot *slot,
                             uint64_t before) {
    uint64_t base = slot->present_base;
    for (unsigned i = 0; i < slot->count; i++) {
        const struct legal_version *version = legal_version_at(legal, slot, i);
        if (version->value == before && version->base < base) {
            base = version->base;
        }
    }
    return base;
}

static void push_version(struct legal *legal, uint64_t pa, uint64_t before, uint64_t stamp,
                         bool hardware) {
    struct legal_slot *slot = take_slot(legal, pa);
    uint64_t present_base = hardware ? updated_base(legal, slot, before) : stamp;
    size_t base = (size_t)(slot - legal->slot) * legal->versions;
    uint32_t next = slot->count == 0 ? 0 : (slot->newest + 1) % legal->versions;
    struct legal_version *version = &legal->version[base + next];
    if (slot->count == legal->versions) {
        if (version->replaced > legal_horizon(legal)) {
            lose(&slot->lost, version);
            legal->stats.forgotten++;
        }
    } else {
        slot->count++;
    }
    *version = (struct legal_version){before, slot->present_since, stamp, slot->present_base};
    slot->newest = next;
    legal->napot_past = legal->napot_past || before >> 63 != 0;
    slot->present_since = stamp;
    slot->present_base = present_base;
}

static uint64_t low_bytes(uint64_t value, unsigned bytes) {
    return bytes == 8 ? value : value & ((UINT64_C(1) << (8 * bytes)) - 1);
}

// A write narrower than the PTE: the PTE's other bytes are those that memory has.
static void write_part(struct legal *legal, uint64_t pa, unsigned bytes, uint64_t before,
                       uint64_t stamp, bool hardware) {
    uint64_t pte_pa = pa - pa % legal->pte_bytes, value;
    unsigned shift = (unsigned)(pa - pte_pa) * 8;
    if (legal_read(legal, pte_pa, &value)) {
        uint64_t mask = low_bytes(UINT64_MAX, bytes) << shift;
        push_version(legal, pte_pa, (value & ~mask) | (before << shift & mask), stamp, hardware);
    }
}

void legal_write(struct legal *legal, uint64_t now, uint64_t pa, unsigned bytes, uint64_t before,
                 uint64_t after, bool hardware) {
    assert(bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8);
    assert(pa % bytes == 0);
    uint64_t stamp = legal_stamp(legal, now);
    legal->software_wrote = hardware ? legal->software_wrote : stamp;
    unsigned step = legal->pte_bytes;
    if (bytes < step) {
        if (low_bytes(before ^ after, bytes) != 0) {
            write_part(legal, pa, bytes, before, stamp, hardware);
        }
        return;
    }
    for (unsigned at = 0; at < bytes; at += step) {
        uint64_t was = low_bytes(before >> (8 * at), step);
        if (was != low_bytes(after >> (8 * at), step)) {
            push_version(legal, pa + at, was, stamp, hardware);
        }
    }
}
