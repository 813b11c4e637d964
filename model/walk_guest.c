// SPDX-License-Identifier: Apache-2.0
// Two-stage translation: which registers govern an access when the hypervisor extension is
// there, and what a fault reports ("Hypervisor Extension"). The walk itself is walk.c's.
#include <assert.h>
#include <stddef.h>

#include "mmu/walk.h"
#include "walk_internal.h"

// hgatp.PPN names a 16 KiB table: its two low bits read as 0.
#define ROOT_ALIGNMENT 3u

// Pseudoinstructions for mtinst / htinst: an implicit read or write of 32 or 64 bits.
#define PSEUDO_READ_32 0x2000u
#define PSEUDO_READ_64 0x3000u
#define PSEUDO_WRITE 0x20u

// Sv32x4 .. Sv57x4: the first-stage modes, two bits wider at the root.
static const struct mmu_mode *guest_mode_of(const struct mmu_arch *arch, uint64_t hgatp) {
    static const struct mmu_mode sv32x4 = {2, 10, 4, 34, .wide_root = 2};
    static const struct mmu_mode sv39x4 = {3, 9, 8, 41, .wide_root = 2};
    static const struct mmu_mode sv48x4 = {4, 9, 8, 50, .wide_root = 2};
    static const struct mmu_mode sv57x4 = {5, 9, 8, 59, .wide_root = 2};
    unsigned mode = mmu_satp_mode(arch, hgatp);
    if (arch->xlen == 32) return mode == MMU_SATP_MODE_SV32 ? &sv32x4 : NULL;
    if (mode == MMU_SATP_MODE_SV39) return &sv39x4;
    if (mode == MMU_SATP_MODE_SV48) return &sv48x4;
    return mode == MMU_SATP_MODE_SV57 ? &sv57x4 : NULL;
}

// How one access is made: MPRV, MPV and the virtual-machine loads and stores resolved.
struct effective {
    bool virtual;
    uint8_t priv;
};

static struct effective effective_mode(const struct mmu_csr *csr, const struct mmu_guest_csr *guest,
                                       enum mmu_guest_kind kind, uint8_t access) {
    if (kind != MMU_GUEST_ORDINARY)
        return (struct effective){true, guest->spvp ? MMU_PRIV_S : MMU_PRIV_U};
    bool use_mpp = access != MMU_FETCH && csr->mprv;
    if (!use_mpp) return (struct effective){guest->v, csr->priv};
    return (struct effective){guest->mpv && csr->mpp != MMU_PRIV_M, csr->mpp};
}

// The VS stage. HS-level MXR works on both stages, vsstatus.MXR on this one alone. What menvcfg
// has off is off in henvcfg.
static struct mmu_context vs_context(const struct mmu_arch *arch, const struct mmu_csr *csr,
                                     const struct mmu_guest_csr *guest, uint8_t priv) {
    return (struct mmu_context){
        .mode = mmu_mode_of(arch, mmu_satp_mode(arch, guest->vsatp)),
        .root_ppn = mmu_satp_ppn(arch, guest->vsatp),
        .asid = mmu_satp_asid(arch, guest->vsatp),
        .priv = priv,
        .sum = guest->vs_sum,
        .mxr = guest->vs_mxr || csr->mxr,
        .adue = guest->vs_adue && csr->adue,
        .pbmte = guest->vs_pbmte && csr->pbmte,
    };
}

// The G stage takes every access for a user's. MXR is for explicit loads only.
static struct mmu_context g_context(const struct mmu_arch *arch, const struct mmu_csr *csr,
                                    const struct mmu_guest_csr *guest, bool implicit) {
    return (struct mmu_context){
        .mode = guest_mode_of(arch, guest->hgatp),
        .root_ppn = mmu_satp_ppn(arch, guest->hgatp) & ~(uint64_t)ROOT_ALIGNMENT,
        .priv = MMU_PRIV_U,
        .mxr = csr->mxr && !implicit,
        .adue = csr->adue,
        .pbmte = csr->pbmte,
    };
}

static uint8_t guest_page_fault(uint8_t access) {
    if (is_store(access)) return MMU_CAUSE_STORE_GUEST_PAGE;
    return access == MMU_FETCH ? MMU_CAUSE_FETCH_GUEST_PAGE : MMU_CAUSE_LOAD_GUEST_PAGE;
}

static struct mmu_guest_answer guest_fault(const struct walk *walk, uint8_t access) {
    struct mmu_guest_answer answer = {.fault = true, .cause = guest_page_fault(access)};
    if (walk->arch->gpa_in_tval2) answer.htval = walk->fault_gpa >> 2;
    if (walk->fault_access.implicit) {
        answer.htinst = walk->arch->xlen == 32 ? PSEUDO_READ_32 : PSEUDO_READ_64;
        if (is_store(walk->fault_access.access)) answer.htinst |= PSEUDO_WRITE;
    }
    return answer;
}

// V = 0: satp's translation alone.
static struct mmu_guest_answer answer_without_guest(const struct mmu_arch *arch,
                                                    const struct mmu_csr *csr, uint8_t access,
                                                    const struct mmu_answer *answer) {
    struct mmu_guest_answer result = {
        .pa = answer->pa, .fault = answer->fault, .cause = answer->cause};
    if (answer->fault || answer->level == MMU_LEVEL_NONE) return result;
    enum mmu_port port = access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
    struct mmu_context context = mmu_context_capture(arch, csr, port);
    result.page_bits[0] = (uint8_t)leaf_page_bits(context.mode, answer->level, answer->napot);
    result.pbmt[0] = answer->pbmt;
    return result;
}

static struct mmu_guest_answer walk_virtual(struct walk *walk, const struct mmu_context *context,
                                            const struct mmu_request *request, uint8_t access) {
    const struct walk_access explicit = {.access = access,
                                         .bytes = (uint8_t)(1u << request->size),
                                         .kinds = (uint8_t)pmp_kinds_of(access),
                                         .priv = context->priv};
    uint64_t va = va_of_xlen(walk->arch, request->va);
    struct walk_leaf leaf = {.page_bits = 0};
    enum walk_end end = walk_two_stages(walk, context, va, &explicit, &leaf);
    walk_trace_final(walk->trace, end, leaf.address);
    if (end == WALK_GUEST_FAULT) return guest_fault(walk, access);
    if (end == WALK_PAGE_FAULT)
        return (struct mmu_guest_answer){.fault = true, .cause = mmu_page_fault(access)};
    if (end != WALK_OK)
        return (struct mmu_guest_answer){.fault = true, .cause = mmu_access_fault(access)};
    return (struct mmu_guest_answer){.pa = leaf.address,
                                     .page_bits = {leaf.page_bits, walk->guest_leaf.page_bits},
                                     .pbmt = {leaf.pbmt, walk->guest_leaf.pbmt}};
}

struct mmu_guest_answer mmu_walk_guest(const struct mmu_arch *arch, const struct mmu_csr *csr,
                                       const struct mmu_guest_csr *guest, enum mmu_guest_kind kind,
                                       const struct mmu_pmp *pmp, const struct mmu_memory *memory,
                                       const struct mmu_request *request,
                                       struct mmu_walk_trace *trace) {
    assert(request->access <= MMU_AMO && request->size <= 3);
    assert(kind != MMU_GUEST_HLV || request->access == MMU_LOAD || request->access == MMU_STORE);
    assert(kind != MMU_GUEST_HLVX || request->access == MMU_LOAD);
    struct effective effective = effective_mode(csr, guest, kind, request->access);
    if (!effective.virtual) {
        struct mmu_context context = mmu_context_capture(
            arch, csr, request->access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA);
        struct mmu_answer answer = mmu_walk(arch, &context, pmp, memory, request, trace);
        return answer_without_guest(arch, csr, request->access, &answer);
    }
    assert(effective.priv != MMU_PRIV_M);
    struct walk walk = {
        .arch = arch,
        .pmp = pmp->entries == 0 ? NULL : pmp,
        .memory = memory,
        .trace = trace,
        .guest = {g_context(arch, csr, guest, false), g_context(arch, csr, guest, true)}};
    struct mmu_context context = vs_context(arch, csr, guest, effective.priv);
    uint8_t access = kind == MMU_GUEST_HLVX ? MMU_LOAD_EXECUTABLE : request->access;
    walk_trace_reset(trace);
    return walk_virtual(&walk, &context, request, access);
}
