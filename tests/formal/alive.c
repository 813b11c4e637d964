// SPDX-License-Identifier: Apache-2.0
// Drives a verilated unit with random legal inputs until one of its properties fails: shows
// that the properties are alive in a simulation, and tells no design right or wrong by
// itself. The memory answers each address with a PTE that is a function of the address
// alone, written over by compare-and-writes.
//
//   alive OBJECT SEED CYCLES
//
// Prints the property that failed first and its cycle, or how much happened. Exit 0: none
// failed; 1: one failed; 2: usage or environment.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verif/dut.h"

#define WRITTEN 4096u  // PTEs kept after a compare-and-write, by hash

struct bench {
    const struct dut_ops *ops;
    struct dut *dut;
    const struct mmu_arch *arch;
    uint64_t random;
    bool outstanding, request_staged[MMU_PORTS], fence_staged, pmp_staged;
    struct dut_memory_response answer;
    uint64_t written_at[WRITTEN], written[WRITTEN];
    uint16_t open[MMU_PORTS];  // tags of requests that may be unanswered
    uint8_t tag[MMU_PORTS];
    uint64_t responses, faults, fills;
};

static uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static uint64_t next(struct bench *bench) {
    bench->random += UINT64_C(0x9E3779B97F4A7C15);
    return mix(bench->random);
}

static bool one_in(struct bench *bench, unsigned n) {
    return next(bench) % n == 0;
}

// Few addresses, so that they come again; some not canonical.
static uint64_t random_va(struct bench *bench) {
    uint64_t r = next(bench);
    uint64_t va = (r & 3) << 12 | (r >> 2 & 1) << 16 | (r >> 3 & 3) << 21 | (r >> 5 & 1) << 30 |
                  (r >> 6 & 7 & ((r >> 9 & 1) ? 7u : 0u)) << 39;
    if ((r >> 10 & 15) == 0) va |= UINT64_C(0xFFFF) << 47;
    if (bench->arch->xlen == 32) va &= UINT64_C(0xFFFFFFFF);
    return va;
}

// Pointers and leaves in about equal parts, seldom a reserved encoding.
static uint64_t pte_at(struct bench *bench, uint64_t pa) {
    unsigned slot = (unsigned)(mix(pa) % WRITTEN);
    if (bench->written_at[slot] == pa + 1) return bench->written[slot];
    uint64_t r = mix(pa + 77), ppn = (r >> 8 & 15) | (r >> 12 & 1) << 9;
    uint64_t pte = ppn << 10 | MMU_PTE_V;
    if (r & 1) {
        static const uint8_t kinds[8] = {0x0E, 0x0E, 0x0F, 0x06, 0x02, 0x08, 0x0A, 0x0E};
        pte |= kinds[r >> 1 & 7] | (r >> 16 & 0xF0) | ((r >> 24 & 3) ? MMU_PTE_A : 0);
        if (r >> 26 & 1) pte &= ~(UINT64_C(0x3FFFF) << 10);  // aligned as a superpage
        if (bench->arch->xlen == 64 && (r >> 28 & 7) == 0) {
            pte = (pte & ~(UINT64_C(15) << 10)) | UINT64_C(8) << 10 | MMU_PTE_N;
        }
    } else if ((r >> 32 & 3) == 0) {
        pte |= MMU_PTE_G;
    }
    if ((r >> 40 & 31) == 0) pte ^= UINT64_C(1) << (r >> 48 & 63);
    return bench->arch->xlen == 32 ? pte & UINT64_C(0xFFFFFFFF) : pte;
}

static void stage_csr(struct bench *bench) {
    static const uint8_t modes[4] = {MMU_SATP_MODE_BARE, MMU_SATP_MODE_SV39, MMU_SATP_MODE_SV48,
                                     MMU_SATP_MODE_SV57};
    static const uint8_t privs[8] = {0, 1, 1, 0, 1, 0, 1, 3};
    uint64_t r = next(bench);
    struct mmu_csr csr = {.priv = privs[r & 7],
                          .mpp = privs[r >> 3 & 7],
                          .mprv = (r >> 6 & 7) == 0,
                          .sum = r >> 9 & 1,
                          .mxr = r >> 10 & 1,
                          .adue = r >> 11 & 1};
    if (bench->arch->xlen == 32) {
        csr.satp = (uint64_t)((r >> 12 & 15) != 0) << 31 | (r >> 16 & 1) << 22 | (r >> 17 & 1);
    } else {
        csr.satp = (uint64_t)modes[(r >> 12 & 15) == 0 ? 0 : 1 + (r >> 18 & 1) + (r >> 19 & 1)]
                       << 60 |
                   (r >> 16 & 1) << 44 | (r >> 17 & 1);
        csr.pbmte = r >> 20 & 1;
    }
    bench->ops->set_csr(bench->dut, &csr);
}

static void stage_request(struct bench *bench, enum mmu_port port, unsigned sampled) {
    if (bench->request_staged[port] && !(sampled & (unsigned)DUT_READY_DATA << port)) return;
    unsigned tag = 0;
    while (tag < 16 && (bench->open[port] >> tag & 1)) ++tag;
    bench->request_staged[port] = tag < 16 && !one_in(bench, 4);
    bench->tag[port] = (uint8_t)(tag & 15);
    struct mmu_request request = {.va = random_va(bench), .tag = bench->tag[port]};
    uint64_t r = next(bench);
    request.access = port == MMU_PORT_FETCH ? MMU_FETCH : (uint8_t)(1 + r % 3);
    request.size = (uint8_t)(r >> 8 & 3);
    bench->ops->request(bench->dut, port, bench->request_staged[port] ? &request : NULL);
}

static void stage_fence(struct bench *bench, unsigned sampled) {
    if (bench->fence_staged && !(sampled & DUT_READY_FENCE)) return;
    uint64_t r = next(bench);
    struct mmu_fence fence = {.op = (r >> 8 & 3) ? 0 : (uint8_t)(r >> 10 & 3),
                              .has_va = r >> 12 & 1,
                              .has_asid = r >> 13 & 1,
                              .va = random_va(bench),
                              .asid = r >> 14 & 1};
    bench->fence_staged = one_in(bench, 24);
    bench->ops->fence(bench->dut, bench->fence_staged ? &fence : NULL);
}

static void stage_pmp(struct bench *bench, uint64_t cycle, unsigned sampled) {
    if (bench->arch->pmp_entries == 0) return;
    if (bench->pmp_staged && !(sampled & DUT_READY_PMP)) return;
    uint64_t r = next(bench);
    struct mmu_pmp_write write = {
        .index = (uint8_t)(r & 7),
        .write_cfg = r >> 4 & 1,
        .write_addr = r >> 5 & 1,
        .cfg = (uint8_t)((r >> 8 & 0x1F) | ((r >> 16 & 63) == 0 ? 0x80 : 0)),
        .addr = (r >> 24 & 0xFFFF) | ((r >> 41 & 1) ? 0xFF : 0)};
    // The last entry opens all that the others leave, from the beginning on.
    if (cycle == 0) {
        write = (struct mmu_pmp_write){7, true, true, 0x1F, ~UINT64_C(0) >> 10};
        bench->pmp_staged = true;
    } else {
        write.index = (uint8_t)(write.index % 7);
        bench->pmp_staged = one_in(bench, 64);
    }
    bench->ops->pmp_write(bench->dut, bench->pmp_staged ? &write : NULL);
}

// Grant with one chance in two; answer a grant with one chance in two a cycle.
static void stage_memory(struct bench *bench, bool *grant) {
    bool answers = bench->outstanding && one_in(bench, 2);
    *grant = one_in(bench, 2);
    bench->ops->memory_response(bench->dut, *grant, answers ? &bench->answer : NULL);
    if (answers) bench->outstanding = false;
}

static void take_grant(struct bench *bench) {
    struct mmu_memory_request request;
    bench->ops->memory_request(bench->dut, &request);
    uint64_t before = pte_at(bench, request.pa);
    if (request.write && one_in(bench, 4)) before ^= UINT64_C(1) << 8;  // another writer
    if (request.write && before == request.expected) {
        unsigned slot = (unsigned)(mix(request.pa) % WRITTEN);
        bench->written_at[slot] = request.pa + 1;
        bench->written[slot] = request.data;
    }
    bench->answer =
        (struct dut_memory_response){.data = before, .error = one_in(bench, 40), .id = request.id};
    bench->outstanding = true;
}

// Which tags are in use after a cycle in which `taken` and `killed` held, a bit a port.
static void follow_tags(struct bench *bench, unsigned sampled, unsigned taken, unsigned killed) {
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (sampled & taken & (unsigned)DUT_RESPONSE_DATA << port) {
            struct mmu_answer answer;
            bench->ops->response(bench->dut, (enum mmu_port)port, &answer);
            bench->open[port] &= (uint16_t) ~(1u << answer.tag);
        }
        if (killed >> port & 1) bench->open[port] = 0;
        if (bench->request_staged[port] && (sampled & (unsigned)DUT_READY_DATA << port)) {
            bench->open[port] |= (uint16_t)(1u << bench->tag[port]);
        }
    }
}

// Returns whether a property failed.
static bool run(struct bench *bench, uint64_t cycles, uint64_t *cycle) {
    unsigned sampled = ~0u;
    for (*cycle = 0; *cycle < cycles; ++*cycle) {
        bool grant;
        if (*cycle % 32 == 0) stage_csr(bench);
        stage_request(bench, MMU_PORT_DATA, sampled);
        stage_request(bench, MMU_PORT_FETCH, sampled);
        stage_fence(bench, sampled);
        stage_pmp(bench, *cycle, sampled);
        stage_memory(bench, &grant);
        unsigned taken = (unsigned)next(bench) & 7;
        unsigned killed = one_in(bench, 16) ? (unsigned)next(bench) & 3 : 0;
        bench->ops->take(bench->dut, taken);
        bench->ops->kill(bench->dut, killed);
        sampled = bench->ops->tick(bench->dut);
        if (sampled & DUT_ASSERTION) return true;
        follow_tags(bench, sampled, (taken & 3) * (unsigned)DUT_RESPONSE_DATA, killed);
        if (grant && (sampled & DUT_MEMORY_REQUEST)) take_grant(bench);
        bench->responses += (sampled & (DUT_RESPONSE_DATA | DUT_RESPONSE_FETCH)) != 0;
        bench->faults += (sampled & DUT_FAULT) != 0;
        bench->fills += (sampled & (DUT_FILL_DATA | DUT_FILL_FETCH)) != 0;
        (void)bench->ops->counter(bench->dut, (unsigned)(*cycle / 64 % 32));
    }
    return false;
}

int main(int argc, char **argv) {
    char error[512] = "";
    if (argc != 4) {
        fprintf(stderr, "usage: alive OBJECT SEED CYCLES\n");
        return 2;
    }
    void *object = dlopen(argv[1], RTLD_NOW);
    void *symbol = object == NULL ? NULL : dlsym(object, DUT_ENTRY);
    if (symbol == NULL) {
        fprintf(stderr, "alive: %s\n", dlerror());
        return 2;
    }
    dut_entry_fn *entry;
    memcpy(&entry, &symbol, sizeof entry);
    struct bench *bench = calloc(1, sizeof *bench);
    if (bench == NULL) return 2;
    bench->ops = entry();
    bench->arch = &bench->ops->profile()->config.arch;
    bench->random = strtoull(argv[2], NULL, 0);
    bench->dut =
        bench->ops->create(&(struct dut_options){.seed = bench->random}, error, sizeof error);
    if (bench->dut == NULL) {
        fprintf(stderr, "alive: %s\n", error);
        return 2;
    }
    bench->ops->reset(bench->dut);
    uint64_t cycle;
    bool failed = run(bench, strtoull(argv[3], NULL, 0), &cycle);
    if (failed) {
        printf("%s in cycle %llu\n", bench->ops->assertion(bench->dut), (unsigned long long)cycle);
    } else {
        printf("no property failed: %llu cycles with a response, %llu with a fault, %llu fills\n",
               (unsigned long long)bench->responses, (unsigned long long)bench->faults,
               (unsigned long long)bench->fills);
    }
    bench->ops->destroy(bench->dut);
    free(bench);
    return failed ? 1 : 0;
}
