// SPDX-License-Identifier: Apache-2.0
// What the tests of demand paging share: seeds, a storage that fails on demand, a small machine.
#ifndef TESTS_SIM_FIXTURE_H
#define TESTS_SIM_FIXTURE_H

// cmocka.h needs the four before it.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "pager_private.h"
#include "sim/policy.h"

#define SIM_TEST_BASE UINT64_C(0x80000000)

// $TANDEM_SEED, 1 if it is not set; printed the first time.
uint64_t sim_test_seed(void);
uint64_t sim_test_random(uint64_t *state);

// What becomes of the next write.
enum sim_test_write {
    STORAGE_SOUND,
    STORAGE_LOSES,
    STORAGE_TEARS,
    STORAGE_TEARS_FRONT,
    STORAGE_MISDIRECTS,
    STORAGE_FULL
};

// A file that treats one write, or every read, wrongly.
struct sim_test_storage {
    enum sim_test_write next_write;
    size_t tear_bytes;        // that arrive (TEARS) or are missing (TEARS_FRONT)
    int64_t misdirect_bytes;  // added to the offset
    bool short_counts;        // a few bytes per call
    int64_t flip_bit;         // of every read, -1: none
};
extern const struct data_file_ops sim_test_storage_ops;

// 64 MiB of memory, a pager, space 0.
struct sim_test_machine {
    struct sim_memory *memory;
    struct pager *pager;
    struct sim_test_storage storage;
    struct sim_error error;
    uint32_t space;
};
void sim_test_machine_open(struct sim_test_machine *machine, struct pager_config config);
void sim_test_machine_close(struct sim_test_machine *machine);

// A page fault of `cause` at page vpn.
enum sim_status sim_test_begin(struct sim_test_machine *machine, uint32_t space, uint64_t vpn,
                               uint8_t cause, struct pager_work *work);
// pager_reference, which must succeed. Returns whether it missed.
bool sim_test_reference(struct sim_test_machine *machine, uint32_t space, uint64_t vpn, bool write);
uint64_t sim_test_pte(const struct sim_test_machine *machine, uint32_t space, uint64_t vpn);
void sim_test_pte_set(struct sim_test_machine *machine, uint32_t space, uint64_t vpn, uint64_t pte);

// The sentence must begin with (contain) text.
void sim_test_begins(const struct sim_error *error, const char *text);
void sim_test_contains(const struct sim_error *error, const char *text);

// A policy with the standard parameters, which finds A and D of every page clear and the time 0.
struct policy *sim_test_policy(unsigned kind, uint32_t frames, uint64_t seed);

#endif
