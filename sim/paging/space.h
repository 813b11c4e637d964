// SPDX-License-Identifier: Apache-2.0
// Page tables of one of the RISC-V modes inside simulated physical memory, their pages taken from
// a pool.
//
//   Sv39: root (level 2) --PPN--> table (level 1) --PPN--> table (level 0): 512 PTEs of pages
//
// What lies in memory is the truth for finding a PTE; which tables a space owns is kept beside it,
// so that even a damaged tree is freed whole.
#ifndef PAGING_SPACE_H
#define PAGING_SPACE_H

#include <stddef.h>
#include <stdint.h>

#include "mmu/types.h"
#include "sim/memory.h"

// "No PTE": no address of a PTE is odd.
#define SPACE_NO_PTE UINT64_MAX

enum space_status {
    SPACE_OK,
    SPACE_NO_TABLES,       // the pool is empty
    SPACE_NO_HOST_MEMORY,  // the host has no memory
    SPACE_DAMAGED          // a pointer on the path is not what was written
};

struct space_pool;
struct space;

// The shape of a mode's page tables ("Sv32/Sv39/Sv48/Sv57", Addressing and Memory Protection).
struct space_shape {
    uint8_t mode;    // satp.MODE
    uint8_t levels;  // of tables
    uint8_t vpn_bits;
    uint8_t pte_bytes;
    uint8_t ppn_bits;   // of a PTE
    uint8_t user_bits;  // of addresses that an operating system gives to programs: the lower half,
                        // in Sv32 all of it
};

// Returns the shape for a value of satp.MODE, NULL if it is no mode that translates.
const struct space_shape *space_shape_of(unsigned mode);

// A pool of `pages` table pages from physical address `base`; NULL: no memory. Borrows memory.
struct space_pool *space_pool_create(struct sim_memory *memory, const struct space_shape *shape,
                                     uint64_t base, uint64_t pages);
// Every space must have been destroyed.
void space_pool_destroy(struct space_pool *pool);
// Returns how many table pages are free.
uint64_t space_pool_free(const struct space_pool *pool);

// Called with each change of a PTE that a pool itself makes: pointers to tables, and what is wiped
// where a table is given back.
typedef void space_watch_fn(void *user, uint64_t pa, uint64_t before, uint64_t after);
void space_pool_watch(struct space_pool *pool, space_watch_fn *watch, void *user);

// A space without pages: takes its root table. On success *space is owned by the caller.
enum space_status space_create(struct space_pool *pool, struct space **space);
// Give all its tables back to the pool.
void space_destroy(struct space *space);
uint64_t space_root(const struct space *space);

// Returns the physical address of vpn's PTE, SPACE_NO_PTE if its path is missing or damaged.
uint64_t space_pte_find(const struct space *space, uint64_t vpn);
// The same, making what is missing: all of the path's tables are taken or none.
enum space_status space_pte_make(struct space *space, uint64_t vpn, uint64_t *pte_pa);

// Called for each PTE of a page that is not 0, in no order.
typedef void space_walk_fn(void *user, uint64_t vpn, uint64_t pte_pa, uint64_t pte);
void space_walk(const struct space *space, space_walk_fn *visit, void *user);

#endif
