// SPDX-License-Identifier: Apache-2.0
#include "scene.h"

#include <string.h>

static bool read_pte(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    struct scene *scene = user;
    *value = 0;
    if (pa + bytes > sizeof scene->memory) {
        return false;
    }
    memcpy(value, scene->memory + pa, bytes);
    return true;
}

struct mmu_arch scene_arch(void) {
    return (struct mmu_arch){
        .xlen = 64, .pa_bits = 56, .asid_bits = 8, .svnapot = true, .update_first = true};
}

static unsigned pte_bytes(const struct scene *scene) {
    return scene->config.arch.xlen == 32 ? 4 : 8;
}

uint64_t leaf(uint64_t ppn, uint64_t flags) {
    return ppn << MMU_PTE_PPN_SHIFT | flags;
}

uint64_t pointer(uint64_t ppn) {
    return leaf(ppn, MMU_PTE_V);
}

uint64_t pte_at(uint64_t table, unsigned index) {
    return table * MMU_PAGE_BYTES + index * 8u;
}

uint64_t peek(const struct scene *scene, uint64_t pa) {
    uint64_t value = 0;
    memcpy(&value, scene->memory + pa, pte_bytes(scene));
    return value;
}

void plant(struct scene *scene, uint64_t pa, uint64_t value) {
    memcpy(scene->memory + pa, &value, pte_bytes(scene));
}

void poke(struct scene *scene, uint64_t pa, uint64_t value) {
    uint64_t before = peek(scene, pa);
    plant(scene, pa, value);
    legal_write(scene->legal, scene->now++, pa, pte_bytes(scene), before, value, false);
}

uint64_t satp_of(unsigned mode, uint16_t asid, uint64_t root) {
    return mode == MMU_SATP_MODE_SV32 ? UINT64_C(1) << 31 | (uint64_t)asid << 22 | root
                                      : (uint64_t)mode << 60 | (uint64_t)asid << 44 | root;
}

void set_csr(struct scene *scene) {
    legal_registers(scene->legal, scene->now++, &scene->csr);
}

void set_satp(struct scene *scene, unsigned mode, uint16_t asid, uint64_t root) {
    scene->csr.satp = mode == MMU_SATP_MODE_BARE ? 0 : satp_of(mode, asid, root);
    set_csr(scene);
}

static void begin(struct scene *scene, const struct mmu_arch *arch,
                  const struct legal_config *config) {
    memset(scene, 0, sizeof *scene);
    scene->config = *config;
    scene->config.arch = *arch;
    scene->config.memory = (struct mmu_memory){.user = scene, .read = read_pte};
    scene->legal = legal_create(&scene->config);
    assert_non_null(scene->legal);
    scene->csr.priv = MMU_PRIV_S;
    scene->now = 10;
    for (unsigned i = 0; i < 2; i++) {
        plant(scene, pte_at(ROOT_A + i, 0), pointer(ROOT_A + i + 1));
        plant(scene, pte_at(ROOT_B + i, 0), pointer(ROOT_B + i + 1));
    }
    if (arch->xlen == 64) {
        set_satp(scene, MMU_SATP_MODE_SV39, 5, ROOT_A);
    } else {
        set_satp(scene, MMU_SATP_MODE_SV32, 5, ROOT_A + 1);
    }
}

void scene_begin_bounded(struct scene *scene, const struct mmu_arch *arch, uint32_t slots,
                         uint32_t versions) {
    begin(scene, arch, &(struct legal_config){.pte_slots = slots, .versions_per_pte = versions});
}

void scene_begin(struct scene *scene, const struct mmu_arch *arch) {
    scene_begin_bounded(scene, arch, 64, 8);
}

void scene_begin_walker(struct scene *scene, const struct mmu_arch *arch) {
    begin(scene, arch, &(struct legal_config){.kills_at_the_wires = true});
}

void scene_begin_tags(struct scene *scene, const struct mmu_arch *arch) {
    begin(scene, arch,
          &(struct legal_config){
              .pte_slots = 64, .versions_per_pte = 64, .tags = true, .kills_at_the_wires = true});
}

void scene_end(struct scene *scene) {
    legal_destroy(scene->legal);
}

void scene_fence(struct scene *scene, const struct mmu_fence *fence) {
    legal_fence(scene->legal, scene->now++, fence);
}

void fence_all(struct scene *scene) {
    scene_fence(scene, &(struct mmu_fence){.op = MMU_SFENCE_VMA});
}

void fence_asid(struct scene *scene, uint16_t asid) {
    scene_fence(scene, &(struct mmu_fence){.op = MMU_SFENCE_VMA, .has_asid = true, .asid = asid});
}

void fence_va(struct scene *scene, uint64_t va) {
    scene_fence(scene, &(struct mmu_fence){.op = MMU_SFENCE_VMA, .has_va = true, .va = va});
}

void fence_va_asid(struct scene *scene, uint64_t va, uint16_t asid) {
    scene_fence(
        scene, &(struct mmu_fence){
                   .op = MMU_SFENCE_VMA, .has_va = true, .va = va, .has_asid = true, .asid = asid});
}

static enum mmu_port port_of(enum mmu_access access) {
    return access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
}

void accept(struct scene *scene, enum mmu_access access, uint64_t va) {
    struct mmu_request request = {.va = va, .access = (uint8_t)access, .size = 2};
    legal_request(scene->legal, scene->now++, port_of(access), &request, &scene->csr);
}

bool give(struct scene *scene, enum mmu_access access, const struct mmu_answer *answer) {
    scene->verdict = legal_answer(scene->legal, scene->now++, port_of(access), answer);
    assert_true(scene->verdict.judged);
    assert_int_equal(scene->verdict.legal, scene->verdict.reason[0] == '\0');
    return scene->verdict.legal;
}

bool allowed(struct scene *scene, enum mmu_access access, uint64_t va,
             const struct mmu_answer *answer) {
    accept(scene, access, va);
    return give(scene, access, answer);
}

struct mmu_answer gives(uint64_t va, uint64_t pte, unsigned level) {
    bool napot = pte >> 63 != 0;
    uint64_t offset = (UINT64_C(1) << (napot ? 16 : 12 + 9 * level)) - 1;
    uint64_t base = pte << 10 >> 20 << 12;  // bits 53:10, as an address
    return (struct mmu_answer){.pa = (base & ~offset) | (va & offset),
                               .level = (uint8_t)level,
                               .napot = napot,
                               .pbmt = (uint8_t)(pte >> 61 & 3),
                               .perm = (uint8_t)pte};
}

bool load_gives_at(struct scene *scene, uint64_t va, uint64_t pte, unsigned level) {
    struct mmu_answer answer = gives(va, pte, level);
    return allowed(scene, MMU_LOAD, va, &answer);
}

bool load_gives(struct scene *scene, uint64_t va, uint64_t pte) {
    return load_gives_at(scene, va, pte, 0);
}

bool faults(struct scene *scene, enum mmu_access access, uint64_t va, uint8_t cause) {
    struct mmu_answer answer = {.fault = true, .cause = cause};
    return allowed(scene, access, va, &answer);
}
