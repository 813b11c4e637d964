// SPDX-License-Identifier: Apache-2.0
// How many translations a second the architectural walk makes, warm, on one core:
//
//   tandem_walk_bench [seconds per mode]
//
// 4096 pages in one page table that lies in memory given as a window; pages are asked for in
// a shuffled order. Every physical address goes into a sum that must equal the expected one.
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mmu/walk.h"

#define PAGES 4096u
#define BASE UINT64_C(0x80000000)
#define TABLE_BYTES (64u * MMU_PAGE_BYTES)
#define ROUNDS 64u  // over all pages, between two looks at the clock

static const uint64_t leaf_flags = MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_A | MMU_PTE_D;

struct tables {
    const struct mmu_mode *mode;
    uint8_t *bytes;
    uint64_t used;  // bytes
};

static uint64_t load(const struct tables *tables, uint64_t pa) {
    uint64_t value = 0;
    memcpy(&value, tables->bytes + (pa - BASE), tables->mode->pte_bytes);
    return value;
}

static void store(struct tables *tables, uint64_t pa, uint64_t value) {
    memcpy(tables->bytes + (pa - BASE), &value, tables->mode->pte_bytes);
}

static void map(struct tables *tables, uint64_t va, uint64_t ppn) {
    uint64_t table = BASE >> MMU_PAGE_BITS;
    for (unsigned level = tables->mode->levels - 1u; level > 0; --level) {
        uint64_t pa = mmu_pte_address(tables->mode, table, va, level);
        if (load(tables, pa) == 0) {
            uint64_t next = (BASE + tables->used) >> MMU_PAGE_BITS;
            tables->used += MMU_PAGE_BYTES;
            store(tables, pa, next << MMU_PTE_PPN_SHIFT | MMU_PTE_V);
        }
        table = mmu_pte_ppn(tables->mode, load(tables, pa));
    }
    store(tables, mmu_pte_address(tables->mode, table, va, 0),
          ppn << MMU_PTE_PPN_SHIFT | leaf_flags);
}

// Memory is all in the window: these are never called.
static bool no_read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    (void)user, (void)pa, (void)bytes, (void)value;
    return false;
}

static bool no_write(void *user, uint64_t pa, unsigned bytes, uint64_t expected, uint64_t desired,
                     uint64_t *old) {
    (void)user, (void)pa, (void)bytes, (void)expected, (void)desired, (void)old;
    return false;
}

// Processor time, so that other programs of the machine count little.
static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

struct workload {
    struct mmu_arch arch;
    struct mmu_context context;
    struct mmu_pmp pmp;
    struct mmu_memory memory;
    struct mmu_request request[PAGES];
    uint64_t expected_sum;  // of the physical addresses of one round
};

static void prepare(struct workload *work, struct tables *tables) {
    uint64_t state = 88172645463325252u;
    work->expected_sum = 0;
    for (unsigned k = 0; k < PAGES; ++k) {
        uint64_t va = UINT64_C(0x40000000) + (uint64_t)k * MMU_PAGE_BYTES;
        uint64_t ppn = next_random(&state) & 0x3FFFFF;  // what Sv32 can hold
        uint64_t offset = next_random(&state) & 0xFF8;
        map(tables, va, ppn);
        work->request[k] = (struct mmu_request){.va = va + offset, .access = MMU_LOAD, .size = 3};
        work->expected_sum += (ppn << MMU_PAGE_BITS) + offset;
    }
    for (unsigned k = PAGES - 1; k > 0; --k) {
        unsigned other = (unsigned)(next_random(&state) % (k + 1));
        struct mmu_request swapped = work->request[k];
        work->request[k] = work->request[other];
        work->request[other] = swapped;
    }
}

static uint64_t run_rounds(const struct workload *work) {
    uint64_t sum = 0;
    for (unsigned round = 0; round < ROUNDS; ++round) {
        for (unsigned k = 0; k < PAGES; ++k) {
            struct mmu_answer answer = mmu_walk(&work->arch, &work->context, &work->pmp,
                                                &work->memory, &work->request[k], NULL);
            sum += answer.fault ? 1 : answer.pa;
        }
    }
    return sum;
}

// Returns walks per second, 0 if an address was wrong.
static double measure(const struct workload *work, double seconds) {
    uint64_t walks = 0;
    bool right = run_rounds(work) == ROUNDS * work->expected_sum;  // warm-up
    double begin = now(), end = begin;
    while (right && end - begin < seconds) {
        right = run_rounds(work) == ROUNDS * work->expected_sum;
        walks += (uint64_t)ROUNDS * PAGES;
        end = now();
    }
    return right ? (double)walks / (end - begin) : 0;
}

static bool bench(const char *name, const struct mmu_mode *mode, unsigned satp_mode,
                  struct workload *work, uint8_t *bytes, double seconds) {
    memset(bytes, 0, TABLE_BYTES);
    struct tables tables = {.mode = mode, .bytes = bytes, .used = MMU_PAGE_BYTES};
    work->arch = mmu_arch_default();
    if (mode->pte_bytes == 4) {
        work->arch.xlen = 32;
        work->arch.pa_bits = 34;
        work->arch.asid_bits = 9;
        work->arch.svnapot = false;
    }
    prepare(work, &tables);
    struct mmu_csr csr = {.satp = BASE >> MMU_PAGE_BITS, .priv = MMU_PRIV_S};
    csr.satp |= (uint64_t)satp_mode << (mode->pte_bytes == 4 ? 31 : 60);
    work->context = mmu_context_capture(&work->arch, &csr, MMU_PORT_DATA);
    work->pmp = mmu_pmp_reset(&work->arch);
    work->memory = (struct mmu_memory){.read = no_read,
                                       .compare_and_write = no_write,
                                       .window = bytes,
                                       .window_base = BASE,
                                       .window_bytes = TABLE_BYTES};
    double rate = measure(work, seconds);
    if (rate > 0) {
        printf("%s  %u pages  %6.1f million walks per second of processor time\n", name, PAGES,
               rate / 1e6);
    } else {
        fprintf(stderr, "%s: a physical address was wrong\n", name);
    }
    return rate > 0;
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 1.0;
    struct workload *work = malloc(sizeof *work);
    uint8_t *bytes = malloc(TABLE_BYTES);
    if (!(seconds > 0) || work == NULL || bytes == NULL) {
        fputs(seconds > 0 ? "no memory\n" : "seconds per mode must be positive\n", stderr);
        free(work);
        free(bytes);
        return 2;
    }
    bool right = bench("Sv32", mmu_mode_sv32(), MMU_SATP_MODE_SV32, work, bytes, seconds);
    right = bench("Sv39", mmu_mode_sv39(), MMU_SATP_MODE_SV39, work, bytes, seconds) && right;
    right = bench("Sv48", mmu_mode_sv48(), MMU_SATP_MODE_SV48, work, bytes, seconds) && right;
    right = bench("Sv57", mmu_mode_sv57(), MMU_SATP_MODE_SV57, work, bytes, seconds) && right;
    free(work);
    free(bytes);
    return right ? 0 : 1;
}
