// SPDX-License-Identifier: Apache-2.0
// The scripted driver of the smoke test.
#define _POSIX_C_SOURCE 200809L  // popen
#include "smoke_bench.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

const struct dut_ops *smoke_load(const char *options) {
    char command[256], path[4096] = "";
    snprintf(command, sizeof command, "tb/build_dut.sh %s", options);
    FILE *build = popen(command, "r");
    if (build == NULL || fgets(path, sizeof path, build) == NULL) path[0] = '\0';
    if (build == NULL || pclose(build) != 0) return NULL;
    path[strcspn(path, "\n")] = '\0';
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (object == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return NULL;
    }
    dut_entry_fn *entry;
    *(void **)&entry = dlsym(object, DUT_ENTRY);
    const struct dut_ops *ops = entry != NULL ? entry() : NULL;
    return ops != NULL && ops->abi == DUT_ABI ? ops : NULL;
}

void smoke_init(struct smoke *smoke, const struct dut_ops *ops, uint64_t seed,
                uint32_t grant_cycles, uint32_t data_cycles) {
    memset(smoke, 0, sizeof *smoke);
    smoke->ops = ops;
    smoke->csr = (struct mmu_csr){.priv = MMU_PRIV_S};
    smoke_mode(smoke, MMU_SATP_MODE_SV39);
    smoke->pages_used = 1;
    smoke->grant_cycles = grant_cycles;
    smoke->data_cycles = data_cycles;
    const struct dut_options options = {.seed = seed, .wave_path = NULL};
    char error[200] = "";
    smoke->dut = ops->create(&options, error, sizeof error);
    assert_non_null(smoke->dut);
    smoke_reset(smoke);
}

void smoke_free(struct smoke *smoke) {
    if (smoke->dut != NULL) smoke->ops->destroy(smoke->dut);
    smoke->dut = NULL;
}

void smoke_reset(struct smoke *smoke) {
    smoke->ops->set_csr(smoke->dut, &smoke->csr);
    smoke->ops->reset(smoke->dut);
    smoke->cycle = 0;
    smoke->waited = 0;
    for (unsigned id = 0; id < MMU_WALKS; ++id) smoke->slot[id].waits = false;
}

void smoke_mode(struct smoke *smoke, unsigned mode) {
    const bool sv32 = mode == MMU_SATP_MODE_SV32;
    smoke->csr.satp = sv32 ? SMOKE_SATP_SV32 : SMOKE_SATP(mode);
    smoke->levels = sv32 ? 2 : mode - MMU_SATP_MODE_SV39 + 3;
    smoke->vpn_bits = sv32 ? 10 : 9;
    smoke->pte_bytes = sv32 ? 4 : 8;
}

// --- memory -------------------------------------------------------------------------------

static uint8_t *byte_at(struct smoke *smoke, uint64_t pa) {
    const uint64_t offset = pa - SMOKE_BASE_PPN * MMU_PAGE_BYTES;
    assert_true(pa >= SMOKE_BASE_PPN * MMU_PAGE_BYTES && offset < sizeof smoke->memory);
    return &smoke->memory[offset];
}

static uint64_t read_pte(struct smoke *smoke, uint64_t pa) {
    uint64_t pte = 0;
    memcpy(&pte, byte_at(smoke, pa), smoke->pte_bytes);
    return pte;
}

static void write_pte(struct smoke *smoke, uint64_t pa, uint64_t pte) {
    memcpy(byte_at(smoke, pa), &pte, smoke->pte_bytes);
}

uint64_t smoke_slot(struct smoke *smoke, uint64_t va, unsigned level) {
    uint64_t table = SMOKE_BASE_PPN;
    for (unsigned at = smoke->levels - 1;; --at) {
        const uint64_t entries = UINT64_C(1) << smoke->vpn_bits;
        const uint64_t index = va >> (MMU_PAGE_BITS + smoke->vpn_bits * at) & (entries - 1);
        const uint64_t slot = table * MMU_PAGE_BYTES + index * smoke->pte_bytes;
        if (at == level) return slot;
        if (read_pte(smoke, slot) == 0) {
            const uint64_t page = SMOKE_BASE_PPN + smoke->pages_used++;
            write_pte(smoke, slot, page << MMU_PTE_PPN_SHIFT | MMU_PTE_V);
        }
        table = read_pte(smoke, slot) >> MMU_PTE_PPN_SHIFT;
    }
}

uint64_t smoke_pte(struct smoke *smoke, uint64_t va, unsigned level) {
    return read_pte(smoke, smoke_slot(smoke, va, level));
}

void smoke_set(struct smoke *smoke, uint64_t va, unsigned level, uint64_t pte) {
    write_pte(smoke, smoke_slot(smoke, va, level), pte);
}

void smoke_map(struct smoke *smoke, uint64_t va, unsigned level, uint64_t ppn, uint64_t flags) {
    smoke_set(smoke, va, level, ppn << MMU_PTE_PPN_SHIFT | flags);
}

// What a narrow PTE leaves of the data means nothing: it is not 0 here.
static uint64_t transact(struct smoke *smoke, const struct mmu_memory_request *request) {
    uint64_t found = read_pte(smoke, request->pa);
    if (request->write && smoke->conflicts > 0) {
        --smoke->conflicts;
        found ^= UINT64_C(1) << 8;
        write_pte(smoke, request->pa, found);
    }
    if (request->write && found == request->expected) {
        write_pte(smoke, request->pa, request->data);
    }
    return smoke->pte_bytes == 4 ? found | UINT64_C(0xDEADBEEF) << 32 : found;
}

static void grant(struct smoke *smoke, const struct mmu_memory_request *request) {
    struct smoke_memory *slot = &smoke->slot[request->id];
    assert_true(request->id < MMU_WALKS && !slot->waits);
    smoke->waited = 0;
    slot->waits = true;
    slot->cycle = smoke->cycle + smoke->data_cycles;
    slot->answer.id = request->id;
    slot->answer.error = smoke->errors > 0;
    if (smoke->errors > 0) --smoke->errors;
    slot->answer.data = slot->answer.error ? 0 : transact(smoke, request);
}

// One latency for all: two answers never meet in a cycle.
static const struct dut_memory_response *answer_now(struct smoke *smoke) {
    for (unsigned id = 0; id < MMU_WALKS; ++id) {
        if (!smoke->slot[id].waits || smoke->slot[id].cycle != smoke->cycle) continue;
        smoke->slot[id].waits = false;
        return &smoke->slot[id].answer;
    }
    return NULL;
}

// --- script -------------------------------------------------------------------------------

static void add(struct smoke *smoke, unsigned source, struct smoke_offer offer) {
    assert_true(smoke->offers[source] < SMOKE_OFFERS);
    smoke->offer[source][smoke->offers[source]++] = offer;
}

void smoke_offer_size(struct smoke *smoke, enum mmu_port port, uint64_t cycle, uint64_t va,
                      enum mmu_access access, unsigned size) {
    const uint8_t tag = (uint8_t)(smoke->offers[port] % MMU_TAGS);
    const struct mmu_request request = {va, (uint8_t)access, (uint8_t)size, tag};
    add(smoke, port, (struct smoke_offer){.cycle = cycle, .request = request});
}

void smoke_offer(struct smoke *smoke, enum mmu_port port, uint64_t cycle, uint64_t va,
                 enum mmu_access access) {
    smoke_offer_size(smoke, port, cycle, va, access, 0);
}

void smoke_fence(struct smoke *smoke, uint64_t cycle, struct mmu_fence fence) {
    add(smoke, SOURCE_FENCE, (struct smoke_offer){.cycle = cycle, .fence = fence});
}

void smoke_pmp_part(struct smoke *smoke, uint64_t cycle, struct mmu_pmp_write write) {
    add(smoke, SOURCE_PMP, (struct smoke_offer){.cycle = cycle, .pmp = write});
}

void smoke_pmp(struct smoke *smoke, uint64_t cycle, unsigned index, unsigned cfg, uint64_t addr) {
    smoke_pmp_part(smoke, cycle,
                   (struct mmu_pmp_write){(uint8_t)index, true, true, (uint8_t)cfg, addr});
}

void smoke_kill(struct smoke *smoke, uint64_t cycle, unsigned port_mask) {
    assert_true(cycle < SMOKE_CYCLES);
    smoke->kill[cycle] = (uint8_t)port_mask;
}

static const struct smoke_offer *current(const struct smoke *smoke, unsigned source) {
    const struct smoke_offer *offer = &smoke->offer[source][smoke->offers_done[source]];
    bool valid = smoke->offers_done[source] < smoke->offers[source] && offer->cycle <= smoke->cycle;
    return valid ? offer : NULL;
}

static bool stage(struct smoke *smoke) {
    smoke->ops->set_csr(smoke->dut, &smoke->csr);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        const struct smoke_offer *offer = current(smoke, port);
        smoke->ops->request(smoke->dut, port, offer != NULL ? &offer->request : NULL);
    }
    const struct smoke_offer *fence = current(smoke, SOURCE_FENCE);
    smoke->ops->fence(smoke->dut, fence != NULL ? &fence->fence : NULL);
    const struct smoke_offer *pmp = current(smoke, SOURCE_PMP);
    smoke->ops->pmp_write(smoke->dut, pmp != NULL ? &pmp->pmp : NULL);
    smoke->ops->kill(smoke->dut, smoke->kill[smoke->cycle]);
    unsigned mask = 0;
    for (unsigned channel = 0; channel < SMOKE_CHANNELS; ++channel) {
        if (smoke->cycle >= smoke->take_from[channel]) mask |= 1u << channel;
    }
    smoke->ops->take(smoke->dut, mask);
    const bool granting = smoke->waited + 1 >= smoke->grant_cycles;
    smoke->ops->memory_response(smoke->dut, granting, answer_now(smoke));
    smoke->ops->poison(smoke->dut, smoke->poison);
    return granting;
}

static void record(struct smoke *smoke, unsigned sample) {
    const struct dut_ops *ops = smoke->ops;
    const uint64_t c = smoke->cycle;
    for (unsigned wire = D_READY; wire <= L2_FILL; ++wire) {
        smoke->wire[wire][c] = (sample >> wire & 1u) != 0;
    }
    smoke->wire[FILL][c] = smoke->wire[D_FILL][c] || smoke->wire[F_FILL][c];
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        memset(&smoke->answer[port][c], 0, sizeof smoke->answer[port][c]);
        if (smoke->wire[D_RSP + port][c]) ops->response(smoke->dut, port, &smoke->answer[port][c]);
    }
    if (smoke->wire[FAULT][c]) ops->fault(smoke->dut, &smoke->fault[c]);
    for (unsigned array = 0; array < DUT_ARRAYS; ++array) {
        if (!smoke->wire[D_FILL + array][c]) continue;
        ops->event(smoke->dut, array, &smoke->event[array][c]);
    }
    struct mmu_memory_request *request = &smoke->memory_request[c];
    memset(request, 0, sizeof *request);
    if (smoke->wire[MEM_REQ][c]) ops->memory_request(smoke->dut, request);
    smoke->wire[MEM_WRITE][c] = request->write;
    if (smoke->wire[ASSERTION][c] && !smoke->assertions_expected) {
        fail_msg("%s failed in cycle %u", ops->assertion(smoke->dut), (unsigned)c);
    }
    assert_true(ops->fence_busy(smoke->dut) == !smoke->wire[FENCE_READY][c]);
}

void smoke_run(struct smoke *smoke, uint64_t until) {
    assert_true(until <= SMOKE_CYCLES);
    for (; smoke->cycle < until; ++smoke->cycle) {
        const bool granting = stage(smoke);
        record(smoke, smoke->ops->tick(smoke->dut));
        for (unsigned source = 0; source < SMOKE_SOURCES; ++source) {
            const unsigned ready = source == SOURCE_PMP ? PMP_READY : D_READY + source;
            bool accepted = current(smoke, source) != NULL && smoke->wire[ready][smoke->cycle];
            if (accepted) ++smoke->offers_done[source];
        }
        if (!smoke->wire[MEM_REQ][smoke->cycle]) continue;
        if (granting) {
            grant(smoke, &smoke->memory_request[smoke->cycle]);
        } else {
            ++smoke->waited;
        }
    }
}

// --- look ---------------------------------------------------------------------------------

void smoke_expect(const struct smoke *smoke, enum smoke_wire wire, uint64_t cycle,
                  const char *wave) {
    for (uint64_t c = cycle; *wave != '\0'; ++wave, ++c) {
        assert_true(c < smoke->cycle);
        if (smoke->wire[wire][c] == (*wave == '1')) continue;
        fail_msg("wire %u is %d in cycle %u", (unsigned)wire, smoke->wire[wire][c], (unsigned)c);
    }
}

uint64_t smoke_first(const struct smoke *smoke, enum smoke_wire wire, uint64_t from) {
    for (uint64_t c = from; c < smoke->cycle; ++c) {
        if (smoke->wire[wire][c]) return c;
    }
    fail_msg("wire %u stays 0 from cycle %u on", (unsigned)wire, (unsigned)from);
    return 0;
}

void smoke_expect_fault(const struct mmu_answer *answer, unsigned cause, unsigned source) {
    assert_true(answer->fault);
    assert_int_equal(answer->cause, cause);
    assert_int_equal(answer->source, source);
    assert_true(answer->pa == 0 && answer->level == 0 && answer->perm == 0);
    assert_true(!answer->napot && answer->pbmt == 0);
}

bool smoke_same_answer(const struct mmu_answer *a, const struct mmu_answer *b) {
    return a->pa == b->pa && a->fault == b->fault && a->cause == b->cause && a->level == b->level &&
           a->napot == b->napot && a->pbmt == b->pbmt && a->source == b->source &&
           a->perm == b->perm && a->tag == b->tag;
}

bool smoke_same_request(const struct mmu_memory_request *a, const struct mmu_memory_request *b) {
    return a->pa == b->pa && a->expected == b->expected && a->data == b->data &&
           a->write == b->write && a->id == b->id;
}

static bool same_fault(const struct mmu_fault *a, const struct mmu_fault *b) {
    return a->tval == b->tval && a->asid == b->asid && a->port == b->port &&
           a->access == b->access && a->cause == b->cause && a->tag == b->tag;
}

static bool same_event(const struct dut_event *a, const struct dut_event *b) {
    return a->set == b->set && a->way == b->way && a->evict == b->evict;
}

bool smoke_same_cycle(const struct smoke *a, const struct smoke *b, uint64_t c) {
    bool same = true;
    for (unsigned wire = 0; wire < SMOKE_WIRES; ++wire) {
        same = same && a->wire[wire][c] == b->wire[wire][c];
    }
    for (unsigned array = 0; array < DUT_ARRAYS; ++array) {
        same = same && same_event(&a->event[array][c], &b->event[array][c]);
    }
    return same && smoke_same_answer(&a->answer[0][c], &b->answer[0][c]) &&
           smoke_same_answer(&a->answer[1][c], &b->answer[1][c]) &&
           same_fault(&a->fault[c], &b->fault[c]) &&
           smoke_same_request(&a->memory_request[c], &b->memory_request[c]);
}

uint64_t smoke_counter(struct smoke *smoke, unsigned counter) {
    return smoke->ops->counter(smoke->dut, counter);
}
