// SPDX-License-Identifier: Apache-2.0
// Random page tables and acts.
#include "stimulus.h"

#include <string.h>

const struct mmu_mode *random_mode(unsigned k) {
    switch (k % 4) {
        case 0:
            return mmu_mode_sv39();
        case 1:
            return mmu_mode_sv48();
        case 2:
            return mmu_mode_sv57();
        default:
            return mmu_mode_sv32();
    }
}

static uint64_t page_va(const struct mmu_mode *mode, uint64_t root, uint64_t middle,
                        uint64_t page) {
    unsigned top = 12u + mode->vpn_bits * (mode->levels - 1u);
    if (mode->levels == 2) return (root * 8 + middle) << top | page << 12;
    return root << top | middle << 21 | page << 12;
}

// The last page of a table among them: no prefetch goes beyond it.
static uint64_t index_of(const struct mmu_mode *mode, uint64_t k) {
    return k % 16 == 15 ? (UINT64_C(1) << mode->vpn_bits) - 1 : k % 16;
}

// A crowd of pages of every size, some invalid, some not yet accessed or dirty.
void random_tables(struct fixture_memory *memory, const struct mmu_mode *mode, uint64_t seed) {
    uint64_t rng = seed;
    bool wide = mode->pte_bytes == 8;
    fixture_memory_init(memory);
    memory->mode = mode;
    memory->latency_seed = seed | 1;
    for (unsigned k = 0; k < 40; ++k) {
        uint64_t r = fixture_random(&rng);
        uint64_t flags = r % 4 == 0 ? RWX_AD_U : RWX_AD_S;
        if (r / 4 % 2 == 0) flags &= ~(UINT64_C(1) << (r / 8 % 8));  // one bit less
        if (r / 64 % 4 == 0) flags |= MMU_PTE_G;
        if (wide && r / 256 % 4 == 0) flags |= (r / 1024 % 4) << 61;
        uint64_t ppn = r >> (wide ? 40 : 42);
        fixture_map(memory, page_va(mode, 1 + k / 16, k % 3, index_of(mode, k)), 0, ppn, flags);
        if ((r >> 32 & 1) && k % 16 != 15)  // for the prefetcher
            fixture_map(memory, page_va(mode, 1 + k / 16, k % 3, index_of(mode, k) + 1), 0, ppn + 1,
                        flags);
    }
    for (uint64_t k = 0; k < 16 && wide; ++k)
        fixture_map(memory, page_va(mode, 2, 5, k), 0, 0x12348, RWX_AD_S | MMU_PTE_N);
    unsigned top = mode->levels - 1u, bits = mode->vpn_bits;
    fixture_map(memory, page_va(mode, 6, 0, 0), top, UINT64_C(1) << (bits * top), RWX_AD_S);
    fixture_map(memory, page_va(mode, 1, 7, 0), 1, UINT64_C(1) << bits, RWX_AD_U & ~MMU_PTE_D);
}

uint64_t random_va(const struct mmu_mode *mode, uint64_t *rng) {
    uint64_t r = fixture_random(rng), offset = r >> 52 & ~UINT64_C(7);
    uint64_t k = r >> 40 & 1 ? r % 40 : r % 5;  // a few are wanted often
    uint64_t va = page_va(mode, 1 + k / 16, k % 3, index_of(mode, k)) | offset;
    switch (r / 64 % 16) {
        case 0:
            return va | UINT64_C(1) << mode->va_bits;
        case 1:
            return va | UINT64_C(1) << 60;
        case 2:
            return page_va(mode, 6, 0, r >> 56) | offset;
        case 3:
            return page_va(mode, 1, 7, r >> 56) | offset;
        case 4:
        case 5:
            return page_va(mode, 2, 5, r >> 60) | offset;
        default:
            return va;
    }
}

struct mmu_csr random_csr(const struct mmu_mode *mode, uint64_t *rng) {
    uint64_t r = fixture_random(rng);
    static const uint8_t privs[4] = {MMU_PRIV_U, MMU_PRIV_S, MMU_PRIV_S, MMU_PRIV_M};
    return (struct mmu_csr){.satp = fixture_satp(r % 16 == 0 ? NULL : mode, (uint16_t)(r / 16 % 3)),
                            .priv = privs[r / 64 % 4],
                            .mpp = privs[r / 256 % 4],
                            .mprv = r / 1024 % 4 == 0,
                            .sum = r / 4096 % 2,
                            .mxr = r / 8192 % 2,
                            .adue = r / 16384 % 2,
                            .pbmte = mode->pte_bytes == 8 && r / 32768 % 4 != 0};
}

struct mmu_request random_request(const struct mmu_mode *mode, enum mmu_port port, uint64_t *rng) {
    uint64_t r = fixture_random(rng);
    return (struct mmu_request){.va = random_va(mode, rng),
                                .access = port ? MMU_FETCH : (uint8_t)(1 + r % 3),
                                .size = (uint8_t)(r / 4 % (mode->pte_bytes == 8 ? 4u : 3u))};
}

// Entry 7 stays open, so that most accesses are allowed. Few entries are locked.
struct mmu_pmp_write random_pmp_write(uint64_t *rng) {
    uint64_t r = fixture_random(rng), where = (uint64_t)FIXTURE_BASE_PPN << 10;
    if (r % 8 == 0) where = 0x12340u << 10;
    uint8_t cfg = r / 8 % 4 == 0 ? (uint8_t)(r >> 8 & 0x1F) : 0;
    if (r / 32 % 64 == 0) cfg |= 0x80;
    struct mmu_pmp_write write =
        fixture_pmp_entry((uint8_t)(r >> 16) % 7, cfg, where + (r >> 24) % (40 << 10));
    write.write_cfg = r / 2048 % 8 != 0;
    write.write_addr = r / 16384 % 2;
    return write;
}

struct mmu_fence random_fence(const struct mmu_mode *mode, uint64_t *rng) {
    uint64_t r = fixture_random(rng);
    return (struct mmu_fence){.op = (uint8_t)(r >> 62),
                              .has_va = r % 4 != 0,
                              .has_asid = r / 4 % 2,
                              .va = random_va(mode, rng),
                              .asid = (uint16_t)(r / 8 % 3)};
}

uint8_t random_tag(uint16_t used, uint64_t *rng) {
    uint8_t tag = (uint8_t)(fixture_random(rng) % MMU_TAGS);
    while (used >> tag & 1u) tag = (uint8_t)((tag + 1u) % MMU_TAGS);
    return tag;
}

static struct mmu_tlb_config random_tlb(uint64_t r) {
    static const struct mmu_tlb_config geometry[8] = {{1, 1, 0}, {2, 2, 0}, {4, 2, 0}, {4, 4, 0},
                                                      {8, 8, 0}, {8, 2, 0}, {6, 3, 0}, {16, 4, 0}};
    struct mmu_tlb_config tlb = geometry[r % 8];
    tlb.policy = (uint8_t)(r / 8 % 4);
    if (tlb.ways == 3 && tlb.policy == MMU_PLRU) tlb.policy = MMU_LRU;
    return tlb;
}

struct mmu_config random_config(const struct mmu_mode *mode, uint64_t *rng) {
    static const struct mmu_l2_config second[8] = {{0, 0, 0},  {0, 4, 1},  {4, 4, 0},   {8, 1, 0},
                                                   {16, 2, 0}, {32, 4, 0}, {64, 16, 0}, {24, 3, 0}};
    static const uint32_t caches[4] = {0, 1, 3, 16};
    uint64_t r = fixture_random(rng);
    struct mmu_config config = {.arch = fixture_arch(mode, r % 2 ? 8 : 0)};
    config.tlb[0] = random_tlb(r >> 8);
    config.tlb[1] = random_tlb(r >> 16);
    config.arch.update_first = r / 2 % 2;
    if (r / 4 % 4 == 0) config.arch.pa_bits = 33;
    if (r / 16 % 4 == 0) config.arch.asid_bits = 1;
    config.l2 = second[r >> 24 & 7];
    config.l2.policy = (uint8_t)(r >> 28 & 3);
    if (config.l2.ways == 3 && config.l2.policy == MMU_PLRU) config.l2.policy = MMU_FIFO;
    config.pwc_entries = caches[r >> 32 & 3];
    config.walks = 1 + (uint32_t)(r >> 36) % 8;
    config.prefetch = config.l2.entries > 0 && (r >> 40 & 1);
    return config;
}

// --- views --------------------------------------------------------------------------------------

struct view view_of(const struct mmu_engine *engine) {
    struct view view;
    memset(&view, 0, sizeof view);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        const struct mmu_answer *answer = mmu_engine_response(engine, port);
        const struct mmu_tlb_fill *fill = mmu_engine_fill(engine, port);
        view.response_valid[port] = answer != NULL;
        if (answer != NULL) view.answer[port] = *answer;
        view.ready[port][0] = mmu_engine_ready(engine, port, false);
        view.ready[port][1] = mmu_engine_ready(engine, port, true);
        view.fill_valid[port] = fill != NULL;
        if (fill != NULL) view.fill[port] = *fill;
    }
    const struct mmu_fault *fault = mmu_engine_fault(engine);
    view.fault_valid = fault != NULL;
    if (fault != NULL) view.fault = *fault;
    const struct mmu_memory_request *request = mmu_engine_memory_request(engine);
    view.request_valid = request != NULL;
    if (request != NULL) view.request = *request;
    const struct mmu_l2_fill *l2_fill = mmu_engine_l2_fill(engine);
    view.l2_fill_valid = l2_fill != NULL;
    if (l2_fill != NULL) view.l2_fill = *l2_fill;
    view.fence_ready = mmu_engine_fence_ready(engine);
    view.pmp_ready = mmu_engine_pmp_ready(engine);
    return view;
}

static bool same_answer(const struct mmu_answer *a, const struct mmu_answer *b) {
    return a->pa == b->pa && a->fault == b->fault && a->cause == b->cause && a->level == b->level &&
           a->napot == b->napot && a->pbmt == b->pbmt && a->source == b->source &&
           a->perm == b->perm && a->tag == b->tag;
}

static bool same_fault(const struct mmu_fault *a, const struct mmu_fault *b) {
    return a->tval == b->tval && a->asid == b->asid && a->port == b->port &&
           a->access == b->access && a->cause == b->cause && a->tag == b->tag;
}

static bool same_request(const struct mmu_memory_request *a, const struct mmu_memory_request *b) {
    return a->pa == b->pa && a->expected == b->expected && a->data == b->data &&
           a->write == b->write && a->id == b->id;
}

static bool same_place(uint32_t set, uint32_t way, bool evict, uint32_t other_set,
                       uint32_t other_way, bool other_evict) {
    return set == other_set && way == other_way && evict == other_evict;
}

static const char *port_difference(const struct view *a, const struct view *b, unsigned port) {
    const struct mmu_tlb_fill *f = &a->fill[port], *g = &b->fill[port];
    if (a->ready[port][0] != b->ready[port][0]) return "ready without rsp_ready";
    if (a->ready[port][1] != b->ready[port][1]) return "ready with rsp_ready";
    if (a->response_valid[port] != b->response_valid[port]) return "response valid";
    if (a->response_valid[port] && !same_answer(&a->answer[port], &b->answer[port]))
        return "response";
    if (a->fill_valid[port] != b->fill_valid[port]) return "fill valid";
    if (a->fill_valid[port] && !same_place(f->set, f->way, f->evict, g->set, g->way, g->evict))
        return "fill";
    return NULL;
}

const char *view_difference(const struct view *a, const struct view *b) {
    const struct mmu_l2_fill *f = &a->l2_fill, *g = &b->l2_fill;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        const char *name = port_difference(a, b, port);
        if (name != NULL) return name;
    }
    if (a->fault_valid != b->fault_valid) return "fault valid";
    if (a->fault_valid && !same_fault(&a->fault, &b->fault)) return "fault record";
    if (a->request_valid != b->request_valid) return "memory request valid";
    if (a->request_valid && !same_request(&a->request, &b->request)) return "memory request";
    if (a->l2_fill_valid != b->l2_fill_valid) return "second-level fill valid";
    if (a->l2_fill_valid && !same_place(f->set, f->way, f->evict, g->set, g->way, g->evict))
        return "second-level fill";
    if (a->fence_ready != b->fence_ready) return "fence ready";
    return a->pmp_ready != b->pmp_ready ? "PMP ready" : NULL;
}
