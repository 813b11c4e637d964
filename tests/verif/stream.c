// SPDX-License-Identifier: Apache-2.0
#include "stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static uint64_t next(struct stream *s) {
    // xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators")
    s->random ^= s->random >> 12;
    s->random ^= s->random << 25;
    s->random ^= s->random >> 27;
    return s->random * 0x2545F4914F6CDD1Du;
}

static unsigned below(struct stream *s, unsigned bound) {
    return (unsigned)((next(s) >> 33) % bound);
}

static bool one_in(struct stream *s, unsigned n) {
    return below(s, n) == 0;
}

// --- page tables -------------------------------------------------------------------------------

// Eight tables of each level below the root, then a root for each number of levels.
enum { OF_LEVEL = 8, ROOTS = 4 * OF_LEVEL, TABLES = ROOTS + 6, DATA_PAGES = 32 };

static unsigned some_table(struct stream *s, unsigned level) {
    if (level + 1 == s->scene->mode.levels) return ROOTS + level + 1;
    return level * OF_LEVEL + below(s, OF_LEVEL);
}

static bool is_64(const struct stream *s) {
    return s->scene->config.mmu.arch.xlen == 64;
}

// A page of data or, seldom, what is no memory, or no physical address.
static uint64_t some_ppn(struct stream *s, unsigned level) {
    const struct scene_mode *mode = &s->scene->mode;
    uint64_t ppn = ROOT_PPN + TABLES + below(s, DATA_PAGES);
    if (one_in(s, 40)) ppn = next(s);
    if (level > 0 && !one_in(s, 12)) ppn &= ~((UINT64_C(1) << (mode->vpn_bits * level)) - 1);
    return ppn & (is_64(s) ? 0xFFFFFFFFFFF : 0x3FFFFF);
}

static uint64_t reserved_bit(struct stream *s) {
    return is_64(s) ? UINT64_C(1) << (54 + below(s, 10)) : 0;
}

static uint64_t some_leaf(struct stream *s, unsigned level) {
    static const uint8_t rights[] = {0x2, 0x6, 0x8, 0xE, 0xE, 0xE, 0xE, 0xE};
    uint64_t ppn = some_ppn(s, level);
    uint64_t pte = MMU_PTE_V | rights[below(s, 8)];
    if (one_in(s, 3)) pte |= MMU_PTE_U;
    if (one_in(s, 8)) pte |= MMU_PTE_G;
    if (!one_in(s, 3)) pte |= MMU_PTE_A;
    if (!one_in(s, 2)) pte |= MMU_PTE_D;
    if (is_64(s) && one_in(s, 4))
        pte |= (uint64_t)below(s, one_in(s, 9) ? 4 : 3) << MMU_PTE_PBMT_SHIFT;
    if (is_64(s) && one_in(s, level ? 60 : 3)) {
        pte |= MMU_PTE_N;
        if (!one_in(s, 12)) ppn = (ppn & ~UINT64_C(15)) | 8;
    }
    if (one_in(s, 60)) pte |= reserved_bit(s);
    if (one_in(s, 60)) pte = (pte & ~UINT64_C(0xF)) | below(s, 16);
    return pte | ppn << 10;
}

static uint64_t some_pointer(struct stream *s, unsigned level) {
    uint64_t pte = MMU_PTE_V | (ROOT_PPN + some_table(s, level - 1)) << 10;
    if (one_in(s, 20)) pte |= MMU_PTE_G;
    if (one_in(s, 100)) pte |= MMU_PTE_A << below(s, 2);
    if (one_in(s, 100)) pte |= reserved_bit(s);
    return pte;
}

// Some PTE on the way to a page of ours.
static void write_pte(struct stream *s) {
    struct scene *scene = s->scene;
    const struct scene_mode *mode = &scene->mode;
    unsigned level = below(s, mode->levels);
    uint64_t va = s->va[below(s, STREAM_PAGES)];
    uint64_t index = va >> (12 + mode->vpn_bits * level) & ((1u << mode->vpn_bits) - 1);
    uint64_t pa = MEMORY_BASE + 4096 * some_table(s, level) + mode->pte_bytes * index;
    bool leaf = level == 0 || one_in(s, 8);
    uint64_t pte = leaf ? some_leaf(s, level) : some_pointer(s, level), before = 0;
    struct bench_memory memory = scene->config.memory;
    assert_true(memory.read(memory.user, pa, mode->pte_bytes, &before));
    assert_true(memory.write(memory.user, pa, mode->pte_bytes, pte));
    if (scene->bench) bench_note_write(scene->bench, pa, before, pte);
}

// The PTE that was accessed last changes under the walk's eyes.
static void touch_pte(struct stream *s) {
    struct bench_memory memory = s->scene->config.memory;
    const struct bench_access *last = bench_access_log(s->scene->bench, 0);
    unsigned bytes = s->scene->mode.pte_bytes;
    uint64_t before;
    if (!last || !memory.read(memory.user, last->pa, bytes, &before)) return;
    uint64_t after = before ^ UINT64_C(1) << (6 + below(s, 4));
    assert_true(memory.write(memory.user, last->pa, bytes, after));
    bench_note_write(s->scene->bench, last->pa, before, after);
}

// --- inputs ------------------------------------------------------------------------------------

static void choose_mode(struct stream *s) {
    const struct scene_mode modes[] = {scene_sv39, scene_sv48, scene_sv57};
    s->scene->mode = is_64(s) ? modes[below(s, 3)] : scene_sv32;
}

static void change_registers(struct stream *s) {
    struct mmu_csr *csr = &s->scene->in.csr;
    static const uint8_t privileges[] = {MMU_PRIV_U, MMU_PRIV_U, MMU_PRIV_S, MMU_PRIV_S,
                                         MMU_PRIV_S, MMU_PRIV_S, MMU_PRIV_S, MMU_PRIV_M};
    choose_mode(s);
    uint16_t asid = (uint16_t)(one_in(s, 6) ? next(s) : below(s, 3));
    csr->satp = scene_satp_of(s->scene->mode, is_64(s) ? asid : asid & 0x1FF);
    csr->satp += ROOTS + s->scene->mode.levels;
    if (one_in(s, 20)) csr->satp &= is_64(s) ? UINT64_MAX >> 4 : INT32_MAX;
    csr->priv = privileges[below(s, 8)];
    csr->mpp = privileges[below(s, 8)];
    csr->mprv = one_in(s, 4);
    csr->sum = one_in(s, 2);
    csr->mxr = one_in(s, 2);
    csr->adue = one_in(s, 2);
    csr->pbmte = is_64(s) && !one_in(s, 4);
}

static void request(struct stream *s, unsigned port) {
    struct bench_inputs *in = &s->scene->in;
    uint8_t size = (uint8_t)below(s, 4);
    uint64_t va = s->va[below(s, STREAM_PAGES)] + 4096 * below(s, one_in(s, 6) ? 16 : 1);
    // Near the middle and the end of a page, where ranges of the PMP end.
    va |= (one_in(s, 2) ? 0x7F8 + below(s, 16) : below(s, 4096)) & ~((1u << size) - 1);
    if (one_in(s, 20)) va = MEMORY_BASE + (va & 0x3FFFF);
    if (is_64(s) && one_in(s, 30)) va ^= UINT64_C(1) << (38 + below(s, 26));
    unsigned tag = below(s, MMU_TAGS);
    while (s->busy[port] >> tag & 1) tag = (tag + 1) % MMU_TAGS;
    in->request[port] = (struct mmu_request){
        .va = is_64(s) ? va : va & UINT32_MAX, .size = size, .tag = (uint8_t)tag};
    if (port == MMU_PORT_DATA) in->request[port].access = (uint8_t)(MMU_LOAD + below(s, 3));
    in->request_valid[port] = true;
}

// The client's duty: a walk that a fence restarts goes on with the satp that it has captured, so a
// fence that is to end an address space does not come while that one's requests are under way.
static bool may_fence(const struct stream *s) {
    for (unsigned p = 0; p < MMU_PORTS; p++)
        for (unsigned tag = 0; tag < MMU_TAGS; tag++)
            if ((s->busy[p] >> tag & 1) && s->satp[p][tag] != s->scene->in.csr.satp) return false;
    return true;
}

static void fence(struct stream *s) {
    struct mmu_fence *fence = &s->scene->in.fence;
    uint64_t va = s->va[below(s, STREAM_PAGES)];
    if (is_64(s) && one_in(s, 10)) va ^= UINT64_C(1) << (57 + below(s, 7));
    *fence = (struct mmu_fence){.op = (uint8_t)(one_in(s, 2) ? MMU_SFENCE_VMA : below(s, 4)),
                                .has_va = one_in(s, 2),
                                .has_asid = one_in(s, 2),
                                .va = va,
                                .asid = (uint16_t)(one_in(s, 6) ? next(s) : below(s, 3))};
    s->scene->in.fence_valid = true;
}

// Ranges over tables and data pages, their ends inside pages; locks are rare, they last.
static void pmp_write(struct stream *s) {
    struct mmu_pmp_write *write = &s->scene->in.pmp_write;
    uint64_t word = (MEMORY_BASE + 4096 * below(s, TABLES + DATA_PAGES) + 4 * below(s, 3)) >> 2;
    if (one_in(s, 2)) word = (MEMORY_BASE + 4096 * below(s, 96) + 0x800) >> 2;
    uint8_t kind = (uint8_t)below(s, 4);
    if (kind == 3) word |= (UINT64_C(1) << below(s, 13)) - 1;
    unsigned entries = s->scene->config.mmu.arch.pmp_entries;
    *write = (struct mmu_pmp_write){.index = (uint8_t)below(s, entries ? entries : 16),
                                    .write_cfg = !one_in(s, 4),
                                    .write_addr = !one_in(s, 4),
                                    .cfg = (uint8_t)(kind << 3 | 7),
                                    .addr = word};
    if (one_in(s, 4)) write->cfg = (uint8_t)(write->cfg & ~below(s, 8));
    if (one_in(s, 400)) write->cfg |= 0x80;
    // The last entry opens the rest.
    if (entries && (write->index + 1u == entries || one_in(s, 4)))
        *write = s->scene->in.pmp_write = (struct mmu_pmp_write){.index = (uint8_t)(entries - 1),
                                                                 .write_cfg = true,
                                                                 .write_addr = true,
                                                                 .cfg = 0x1F,
                                                                 .addr = UINT64_MAX};
    s->scene->in.pmp_write_valid = true;
}

static void inputs(struct stream *s) {
    struct bench_inputs *in = &s->scene->in;
    if (one_in(s, 120) && !in->fence_valid) change_registers(s);
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (!in->request_valid[p] && !one_in(s, 3) && s->busy[p] != UINT16_MAX) request(s, p);
    if (!in->fence_valid && one_in(s, 120) && may_fence(s)) fence(s);
    if (!in->pmp_write_valid && one_in(s, 40)) pmp_write(s);
    in->kill = one_in(s, 40) ? 1 + below(s, 3) : 0;
    in->take = one_in(s, 4) ? below(s, 8) : 7;
    if (one_in(s, 30)) write_pte(s);
    if (one_in(s, 30)) touch_pte(s);
}

// --- run ---------------------------------------------------------------------------------------

struct stream stream_create(const struct mmu_arch *arch, uint64_t seed) {
    struct stream s = {.scene = scene_create(), .random = seed * 0x9E3779B97F4A7C15u + 1};
    s.scene->config.mmu.arch = *arch;
    s.scene->config.timing = (struct bench_timing){
        .grant_min = 1, .grant_max = 3, .data_min = 1, .data_max = 4, .seed = seed};
    s.scene->config.counter_interval = 256;
    for (unsigned k = 0; k < STREAM_PAGES; k++) {
        uint64_t va = (uint64_t)below(&s, 3) << 12 | (uint64_t)below(&s, 3) << 21 |
                      (uint64_t)below(&s, 2) << 30;
        if (one_in(&s, 4)) va |= UINT64_MAX << 38;
        if (one_in(&s, 6)) va |= UINT64_C(1) << 39;
        s.va[k] = arch->xlen == 64 ? va & ~UINT64_C(0xFFF) : va & 0xFFFFF000;
    }
    change_registers(&s);
    for (unsigned k = 0; k < 6000; k++) {
        choose_mode(&s);
        write_pte(&s);
    }
    return s;
}

void stream_destroy(struct stream *stream) {
    scene_destroy(stream->scene);
}

static void note(struct stream *s) {
    const struct bench_outputs *out = &s->scene->out;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        const struct mmu_answer *a = &out->answer[p];
        unsigned asked = s->scene->in.request[p].tag;
        s->kills += out->killed[p] != 0;
        s->busy[p] &= (uint16_t)~out->killed[p];
        if (out->answered[p]) s->busy[p] &= (uint16_t) ~(1u << a->tag);
        if (out->accepted[p]) {
            s->busy[p] |= (uint16_t)(1u << asked);
            s->satp[p][asked] = s->scene->in.csr.satp;
        }
        if (!out->answered[p]) continue;
        s->causes[a->cause & 15]++;
        if (!a->fault) s->levels[a->level & 7]++;
        s->napot += a->napot;
        s->pbmt += a->pbmt != 0;
    }
    s->fences[s->scene->in.fence.op & 3] += out->fence_accepted;
    s->pmp_writes += out->pmp_write_accepted;
}

void stream_run(struct stream *stream, unsigned cycles) {
    for (unsigned c = 0; c < cycles && !stream->scene->failed; c++) {
        inputs(stream);
        scene_cycle(stream->scene);
        note(stream);
    }
    if (!stream->scene->failed) scene_counters(stream->scene);
}
