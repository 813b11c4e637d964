// SPDX-License-Identifier: Apache-2.0
// Swap: slots of one page each in a real file. What each slot must hold is remembered in memory
// too, so that a write that the storage lost, tore or misdirected, and every flipped bit, is found
// when the slot is read, and called by its name.
//
//   one record:  magic slot space vpn version generation | 4096 bytes | checksum generation
//                '------------ 48 bytes -------------'                '---- 16 bytes ----'
#ifndef PAGING_SWAP_H
#define PAGING_SWAP_H

#include <stdbool.h>
#include <stdint.h>

#include "data_file.h"

#define SWAP_PAGE_BYTES 4096u
#define SWAP_RECORD_BYTES (48u + SWAP_PAGE_BYTES + 16u)
#define SWAP_FILE_HEADER_BYTES 32u
#define SWAP_NO_SLOT UINT64_MAX
#define SWAP_SLOTS_LIMIT (UINT64_C(1) << 40)

struct swap;

struct swap_config {
    uint64_t slots;                   // below SWAP_SLOTS_LIMIT
    const char *path;                 // NULL: an unlinked temporary file
    const struct data_file_ops *ops;  // NULL: the system's
    void *user;                       // of ops
};

// The page that a slot holds.
struct swap_page {
    uint32_t space;
    uint64_t vpn;
    uint64_t version;
};

// SIM_ERROR_USAGE (too many slots; path is there and is no swap file, or in use), _IO, _MEMORY.
enum sim_status swap_create(const struct swap_config *config, struct swap **swap,
                            struct sim_error *error);
void swap_destroy(struct swap *swap);

// Returns how many slots are free.
uint64_t swap_free_slots(const struct swap *swap);
// Returns a slot, now the space's and empty, SWAP_NO_SLOT if all are taken.
uint64_t swap_take(struct swap *swap, uint32_t space);
void swap_release(struct swap *swap, uint64_t slot);
// Release every slot of the space.
void swap_release_space(struct swap *swap, uint32_t space);

// Returns what the slot was last told to hold, NULL if it is free, was never written, or is none.
const struct swap_page *swap_holds(const struct swap *swap, uint64_t slot);

// Write 4096 bytes into a slot of page->space. SIM_ERROR_IO.
enum sim_status swap_write(struct swap *swap, uint64_t slot, const struct swap_page *page,
                           const uint8_t *data, struct sim_error *error);
// Read what was written last. SIM_ERROR_FORMAT with "lost write: ...", "torn write: ...",
// "misdirected write: ..." or "damaged slot: ..."; data is untouched then. SIM_ERROR_IO.
enum sim_status swap_read(struct swap *swap, uint64_t slot, uint8_t *data, struct sim_error *error);

#endif
