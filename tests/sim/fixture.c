// SPDX-License-Identifier: Apache-2.0
// Seeds, the storage that fails on demand, the small machine.
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

uint64_t sim_test_seed(void) {
    const char *text = getenv("TANDEM_SEED");
    uint64_t seed = text && *text ? strtoull(text, NULL, 0) : 1;
    printf("TANDEM_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

uint64_t sim_test_random(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static ssize_t sim_test_read(void *user, int fd, void *data, size_t bytes, uint64_t offset) {
    const struct sim_test_storage *storage = user;
    if (storage->short_counts && bytes > 100) bytes = 100;
    ssize_t got = pread(fd, data, bytes, (off_t)offset);
    if (got > 0 && storage->flip_bit >= 0) {
        ((unsigned char *)data)[storage->flip_bit / 8] ^=
            (unsigned char)(1 << storage->flip_bit % 8);
    }
    return got;
}

static ssize_t sim_test_write(void *user, int fd, const void *data, size_t bytes, uint64_t offset) {
    struct sim_test_storage *storage = user;
    enum sim_test_write mode = storage->next_write;
    size_t torn = storage->tear_bytes;
    const char *from = data;
    storage->next_write = STORAGE_SOUND;
    if (mode == STORAGE_FULL) {
        errno = ENOSPC;
        return -1;
    }
    if (mode == STORAGE_LOSES) return (ssize_t)bytes;
    if (mode == STORAGE_TEARS) {
        return pwrite(fd, from, torn, (off_t)offset) < 0 ? -1 : (ssize_t)bytes;
    }
    if (mode == STORAGE_TEARS_FRONT) {
        ssize_t put = pwrite(fd, from + torn, bytes - torn, (off_t)(offset + torn));
        return put < 0 ? -1 : (ssize_t)bytes;
    }
    if (mode == STORAGE_MISDIRECTS) offset += (uint64_t)storage->misdirect_bytes;
    if (storage->short_counts && bytes > 100) bytes = 100;
    return pwrite(fd, from, bytes, (off_t)offset);
}

const struct data_file_ops sim_test_storage_ops = {sim_test_read, sim_test_write};

void sim_test_machine_open(struct sim_test_machine *machine, struct pager_config config) {
    *machine = (struct sim_test_machine){.storage.flip_bit = -1};
    struct sim_error *error = &machine->error;
    config.asid_bits = 16;
    assert_int_equal(sim_memory_create(SIM_TEST_BASE, 64 << 20, &machine->memory, error), SIM_OK);
    assert_int_equal(pager_create_with(&config, machine->memory, &sim_test_storage_ops,
                                       &machine->storage, &machine->pager, error),
                     SIM_OK);
    assert_int_equal(pager_space_create(machine->pager, &machine->space, error), SIM_OK);
}

void sim_test_machine_close(struct sim_test_machine *machine) {
    pager_destroy(machine->pager);
    sim_memory_destroy(machine->memory);
}

enum sim_status sim_test_begin(struct sim_test_machine *machine, uint32_t space, uint64_t vpn,
                               uint8_t cause, struct pager_work *work) {
    struct mmu_fault fault = {
        .tval = vpn << MMU_PAGE_BITS, .asid = (uint16_t)(space + 1), .cause = cause};
    return pager_fault_begin(machine->pager, space, &fault, work, &machine->error);
}

bool sim_test_reference(struct sim_test_machine *machine, uint32_t space, uint64_t vpn,
                        bool write) {
    bool major = false;
    enum sim_status status = pager_reference(machine->pager, space, vpn << MMU_PAGE_BITS, write,
                                             UINT64_MAX, &major, &machine->error);
    if (status != SIM_OK) fail_msg("%s", machine->error.text);
    return major;
}

uint64_t sim_test_pte(const struct sim_test_machine *machine, uint32_t space, uint64_t vpn) {
    uint64_t pte_pa;
    return pager_pte_read(machine->pager, space, vpn, &pte_pa);
}

void sim_test_pte_set(struct sim_test_machine *machine, uint32_t space, uint64_t vpn,
                      uint64_t pte) {
    uint64_t pte_pa;
    pager_pte_read(machine->pager, space, vpn, &pte_pa);
    assert_true(sim_memory_write(machine->memory, pte_pa, 8, pte));
}

void sim_test_begins(const struct sim_error *error, const char *text) {
    if (strncmp(error->text, text, strlen(text)) != 0) {
        fail_msg("expected \"%s...\", found \"%s\"", text, error->text);
    }
}

void sim_test_contains(const struct sim_error *error, const char *text) {
    if (!strstr(error->text, text)) fail_msg("expected \"%s\" in \"%s\"", text, error->text);
}

static bool sim_test_clear(void *user, uint32_t frame) {
    (void)user;
    (void)frame;
    return false;
}

static uint64_t sim_test_time(void *user, uint32_t frame) {
    (void)user;
    (void)frame;
    return 0;
}

struct policy *sim_test_policy(unsigned kind, uint32_t frames, uint64_t seed) {
    static const struct policy_view view = {sim_test_clear, sim_test_clear, sim_test_clear,
                                            sim_test_time};
    struct policy *policy = policy_find(kind)->create(&(struct policy_setup){
        .frames = frames, .seed = seed, .parameters = policy_parameters_default(), .view = &view});
    assert_non_null(policy);
    return policy;
}
