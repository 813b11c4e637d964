// SPDX-License-Identifier: Apache-2.0
// Swap slots: allocation, records, and the verdict on what a read finds.
#include "swap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define SWAP_RECORD_MAGIC UINT64_C(0x31544f4c53504d54)  // "TMPSLOT1"
static const char swap_file_magic[SWAP_FILE_HEADER_BYTES] = "tandem swap file, version 1\n";

struct swap_record {
    uint64_t magic;
    uint64_t slot;
    uint64_t space;
    uint64_t vpn;
    uint64_t version;
    uint64_t generation;
    uint8_t data[SWAP_PAGE_BYTES];
    uint64_t checksum;  // of all that stands before it
    uint64_t generation_end;
};
static_assert(sizeof(struct swap_record) == SWAP_RECORD_BYTES, "a record has no holes");

struct swap_slot {
    struct swap_page page;
    uint64_t generation;  // of the last write, 0: none since the slot was taken
    uint64_t next_free;
    bool taken;
};

struct swap {
    struct data_file file;
    uint64_t slots;
    uint64_t fresh;  // slots below this number were taken at least once
    uint64_t freed;  // first of a list
    uint64_t free_count;
    uint64_t generation;  // of the last write of all
    struct swap_slot *slot;
    struct swap_record record;
};

static enum sim_status swap_open(struct swap *swap, const struct swap_config *config,
                                 struct sim_error *error) {
    swap->slots = swap->free_count = config->slots;
    swap->freed = SWAP_NO_SLOT;
    swap->slot = calloc(config->slots + 1, sizeof *swap->slot);
    if (!swap->slot) {
        return sim_fail(error, SIM_ERROR_MEMORY, "no memory for %llu swap slots",
                        (unsigned long long)config->slots);
    }
    enum sim_status status = config->path
                                 ? data_file_claim(&swap->file, config->path, "a swap file",
                                                   swap_file_magic, sizeof swap_file_magic, error)
                                 : data_file_temporary(&swap->file, "swap", error);
    if (status == SIM_OK) data_file_use(&swap->file, config->ops, config->user);
    return status;
}

enum sim_status swap_create(const struct swap_config *config, struct swap **swap,
                            struct sim_error *error) {
    if (config->slots >= SWAP_SLOTS_LIMIT) {
        return sim_fail(error, SIM_ERROR_USAGE, "swap of %llu slots: there can be at most 2^40 - 1",
                        (unsigned long long)config->slots);
    }
    struct swap *made = calloc(1, sizeof *made);
    if (!made) return sim_fail(error, SIM_ERROR_MEMORY, "no memory for swap");
    made->file.fd = -1;
    enum sim_status status = swap_open(made, config, error);
    if (status != SIM_OK) {
        swap_destroy(made);
        return status;
    }
    *swap = made;
    return SIM_OK;
}

void swap_destroy(struct swap *swap) {
    if (!swap) return;
    data_file_close(&swap->file);
    free(swap->slot);
    free(swap);
}

uint64_t swap_free_slots(const struct swap *swap) {
    return swap->free_count;
}

uint64_t swap_take(struct swap *swap, uint32_t space) {
    if (swap->free_count == 0) return SWAP_NO_SLOT;
    uint64_t slot = swap->freed;
    if (slot != SWAP_NO_SLOT) {
        swap->freed = swap->slot[slot].next_free;
    } else {
        slot = swap->fresh++;
    }
    swap->free_count--;
    swap->slot[slot] = (struct swap_slot){.page.space = space, .taken = true};
    return slot;
}

void swap_release(struct swap *swap, uint64_t slot) {
    assert(slot < swap->slots && swap->slot[slot].taken);
    swap->slot[slot] = (struct swap_slot){.next_free = swap->freed};
    swap->freed = slot;
    swap->free_count++;
}

void swap_release_space(struct swap *swap, uint32_t space) {
    for (uint64_t slot = 0; slot < swap->fresh; slot++) {
        const struct swap_slot *at = &swap->slot[slot];
        if (at->taken && at->page.space == space) swap_release(swap, slot);
    }
}

const struct swap_page *swap_holds(const struct swap *swap, uint64_t slot) {
    if (slot >= swap->slots || swap->slot[slot].generation == 0) return NULL;
    return &swap->slot[slot].page;
}

static uint64_t swap_offset(uint64_t slot) {
    return SWAP_FILE_HEADER_BYTES + slot * SWAP_RECORD_BYTES;
}

static uint64_t swap_checksum(const struct swap_record *record) {
    return XXH3_64bits(record, offsetof(struct swap_record, checksum));
}

enum sim_status swap_write(struct swap *swap, uint64_t slot, const struct swap_page *page,
                           const uint8_t *data, struct sim_error *error) {
    assert(slot < swap->slots && swap->slot[slot].taken &&
           swap->slot[slot].page.space == page->space);
    struct swap_record *record = &swap->record;
    *record = (struct swap_record){.magic = SWAP_RECORD_MAGIC,
                                   .slot = slot,
                                   .space = page->space,
                                   .vpn = page->vpn,
                                   .version = page->version,
                                   .generation = ++swap->generation};
    memcpy(record->data, data, sizeof record->data);
    record->checksum = swap_checksum(record);
    record->generation_end = record->generation;
    swap->slot[slot].page = *page;
    swap->slot[slot].generation = record->generation;
    return data_file_write(&swap->file, record, sizeof *record, swap_offset(slot), error);
}

static bool swap_is_empty(const struct swap_record *record) {
    static const struct swap_record empty;
    return memcmp(record, &empty, sizeof empty) == 0;
}

// Whether the record is whole but for the generations at its ends.
static bool swap_only_generation_differs(struct swap_record *record, uint64_t expected) {
    uint64_t found = record->generation;
    record->generation = expected;
    bool same = swap_checksum(record) == record->checksum;
    record->generation = found;
    return same;
}

// Returns NULL if the record is what slot must hold, else the name of what happened to it. The
// order matters: which write a record stems from can be asked only of a whole one.
static const char *swap_verdict(struct swap_record *record, uint64_t slot,
                                const struct swap_slot *expected) {
    if (swap_is_empty(record)) return "lost write";
    if (record->generation != record->generation_end) {
        // Halves of two writes; one flipped bit in a generation leaves the rest whole.
        bool torn = record->generation == expected->generation ||
                    record->generation_end == expected->generation;
        if (swap_only_generation_differs(record, expected->generation)) torn = false;
        return torn ? "torn write" : "damaged slot";
    }
    if (record->magic != SWAP_RECORD_MAGIC || swap_checksum(record) != record->checksum) {
        return "damaged slot";
    }
    if (record->slot != slot) return "misdirected write";
    if (record->generation < expected->generation) return "lost write";
    bool same = record->generation == expected->generation &&
                record->space == expected->page.space && record->vpn == expected->page.vpn &&
                record->version == expected->page.version;
    return same ? NULL : "damaged slot";
}

static enum sim_status swap_report(const struct swap *swap, const char *verdict, uint64_t slot,
                                   struct sim_error *error) {
    const struct swap_slot *expected = &swap->slot[slot];
    const struct swap_record *found = &swap->record;
    int name_limit = SIM_ERROR_BYTES / 4;
    if (swap_is_empty(found)) {
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "%s: %.*s slot %llu, space %lu page 0x%llx: expected version %llu "
                        "generation %llu, found nothing written",
                        verdict, name_limit, swap->file.name, (unsigned long long)slot,
                        (unsigned long)expected->page.space, (unsigned long long)expected->page.vpn,
                        (unsigned long long)expected->page.version,
                        (unsigned long long)expected->generation);
    }
    return sim_fail(error, SIM_ERROR_FORMAT,
                    "%s: %.*s slot %llu, space %lu page 0x%llx: expected version %llu generation "
                    "%llu, found slot %llu space %llu page 0x%llx version %llu generation "
                    "%llu/%llu, checksum %s",
                    verdict, name_limit, swap->file.name, (unsigned long long)slot,
                    (unsigned long)expected->page.space, (unsigned long long)expected->page.vpn,
                    (unsigned long long)expected->page.version,
                    (unsigned long long)expected->generation, (unsigned long long)found->slot,
                    (unsigned long long)found->space, (unsigned long long)found->vpn,
                    (unsigned long long)found->version, (unsigned long long)found->generation,
                    (unsigned long long)found->generation_end,
                    swap_checksum(found) == found->checksum ? "right" : "wrong");
}

enum sim_status swap_read(struct swap *swap, uint64_t slot, uint8_t *data,
                          struct sim_error *error) {
    assert(swap_holds(swap, slot));
    struct swap_record *record = &swap->record;
    enum sim_status status =
        data_file_read(&swap->file, record, sizeof *record, swap_offset(slot), error);
    if (status != SIM_OK) return status;
    const char *verdict = swap_verdict(record, slot, &swap->slot[slot]);
    if (verdict) return swap_report(swap, verdict, slot, error);
    memcpy(data, record->data, sizeof record->data);
    return SIM_OK;
}
