// SPDX-License-Identifier: Apache-2.0
#include "predict.h"

#include <assert.h>
#include <string.h>

#define PTE_RESERVED (UINT64_C(0x7f) << 54)
#define PTE_PBMT (UINT64_C(3) << MMU_PTE_PBMT_SHIFT)

#define MRET 0x30200073u
#define CAUSE_ILLEGAL 2u

// One prediction under way.
struct run {
    struct predict *predict;
    unsigned deviations;
    struct outcome *outcome;
    struct outcome_change undo[OUTCOME_CHANGES];
    unsigned undos;
    bool no_memory;    // a PTE was read where nothing is
    bool napot_wrong;  // the leaf's NAPOT encoding is reserved, and was shown as an ordinary leaf
};

static bool exists(uint64_t pa, unsigned bytes) {
    return pa >= LAYOUT_ARENA && pa - LAYOUT_ARENA <= LAYOUT_BYTES - bytes;
}

static uint64_t load(const struct predict *predict, uint64_t pa, unsigned bytes) {
    uint64_t value = 0;
    memcpy(&value, predict->memory + (pa - LAYOUT_ARENA), bytes);  // little-endian host
    return value;
}

static void store(struct run *run, uint64_t pa, unsigned bytes, uint64_t value) {
    unsigned word = run->predict->arch.xlen / 8u;
    uint64_t at = pa / word * word;
    assert(run->undos < OUTCOME_CHANGES);
    run->undo[run->undos++] = (struct outcome_change){at, load(run->predict, at, word)};
    memcpy(run->predict->memory + (pa - LAYOUT_ARENA), &value, bytes);
}

static bool has(const struct run *run, unsigned deviation) {
    return (run->deviations & deviation) != 0;
}

// The PTE as the walk shall see it, so that it does what QEMU does with the one in memory.
static uint64_t shown_pte(struct run *run, uint64_t pte) {
    bool leaf = (pte & (MMU_PTE_R | MMU_PTE_W | MMU_PTE_X)) != 0;
    if (run->predict->arch.xlen == 32 || run->deviations == 0) return pte;
    if (has(run, DEVIATION_BIT(RESERVED_BITS_ACCEPTED))) pte &= ~PTE_RESERVED;
    bool pbmte = run->predict->scenario->pbmte;
    bool pbmt_3 = pbmte && (pte & PTE_PBMT) == PTE_PBMT;
    if (has(run, DEVIATION_BIT(PBMT_3_ACCEPTED)) && leaf && pbmt_3) pte &= ~PTE_PBMT;
    if (has(run, DEVIATION_BIT(PBMT_ACCEPTED_WITHOUT_PBMTE)) && leaf && !pbmte) pte &= ~PTE_PBMT;
    if (has(run, DEVIATION_BIT(NAPOT_CHECKED_AFTER_UPDATE)) && leaf && (pte & MMU_PTE_N)) {
        run->napot_wrong = true;
        pte &= ~MMU_PTE_N;
    }
    return pte;
}

static bool pte_allowed(const struct run *run, uint64_t pa, unsigned bytes,
                        enum mmu_pmp_kind kind) {
    return run->deviations == 0 ||  // then the walk itself checks
           mmu_pmp_allows(&run->predict->pmp, pa, bytes, kind, MMU_PRIV_S);
}

static bool memory_read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    struct run *run = user;
    if (!pte_allowed(run, pa, bytes, MMU_PMP_READ)) return false;
    run->no_memory = !exists(pa, bytes);
    if (run->no_memory) return false;
    *value = shown_pte(run, load(run->predict, pa, bytes));
    return true;
}

static bool memory_compare_and_write(void *user, uint64_t pa, unsigned bytes, uint64_t expected,
                                     uint64_t desired, uint64_t *old) {
    struct run *run = user;
    bool checked = !has(run, DEVIATION_BIT(PTE_UPDATE_IGNORES_PMP));
    if (!exists(pa, bytes) || (checked && !pte_allowed(run, pa, bytes, MMU_PMP_WRITE)))
        return false;
    uint64_t pte = load(run->predict, pa, bytes);
    *old = shown_pte(run, pte);
    if (*old == expected) store(run, pa, bytes, desired ^ *old ^ pte);
    return true;
}

static struct mmu_csr csr_of(const struct predict *predict, const struct scenario_probe *probe) {
    bool fetch = probe->access == MMU_FETCH;
    return (struct mmu_csr){
        .satp = predict->scenario->satp,
        .priv = fetch ? probe->mpp : MMU_PRIV_M,
        .mpp = probe->mpp,
        .mprv = probe->mprv,
        .sum = probe->sum,
        .mxr = probe->mxr,
        .adue = true,
        .pbmte = predict->scenario->pbmte,
    };
}

static void fault(struct outcome *outcome, const struct scenario_probe *probe, uint8_t cause) {
    outcome->fault = true;
    outcome->cause = cause;
    outcome->tval = probe->va;
}

// The access itself, at a physical address that translation and PMP let through.
static void access(struct run *run, const struct scenario_probe *probe, uint64_t pa) {
    unsigned bytes = 1u << probe->size;
    bool amo = probe->access == MMU_AMO;
    if (!exists(pa, bytes)) {
        bool as_load = amo && has(run, DEVIATION_BIT(AMO_WITHOUT_MEMORY_IS_LOAD_FAULT));
        fault(run->outcome, probe, mmu_access_fault(as_load ? MMU_LOAD : probe->access));
        return;
    }
    if (probe->access != MMU_STORE) run->outcome->datum = load(run->predict, pa, bytes);
    if (probe->access == MMU_STORE || amo) store(run, pa, bytes, LAYOUT_STORED);
}

// Tell which words differ from the start, by increasing address, and put them back.
static void settle(struct run *run) {
    struct outcome *outcome = run->outcome;
    unsigned word = run->predict->arch.xlen / 8u;
    while (run->undos != 0) {
        struct outcome_change before = run->undo[--run->undos];
        uint64_t value = load(run->predict, before.pa, word);
        memcpy(run->predict->memory + (before.pa - LAYOUT_ARENA), &before.value, word);
        if (value == before.value) continue;
        unsigned at = outcome->changes++;
        for (; at > 0 && outcome->change[at - 1].pa > before.pa; at--)
            outcome->change[at] = outcome->change[at - 1];
        outcome->change[at] = (struct outcome_change){before.pa, value};
    }
}

static bool pmp_allows(const struct run *run, const struct scenario_probe *probe, uint64_t pa,
                       uint8_t priv) {
    static const uint8_t kinds[] = {[MMU_FETCH] = MMU_PMP_EXECUTE,
                                    [MMU_LOAD] = MMU_PMP_READ,
                                    [MMU_STORE] = MMU_PMP_WRITE,
                                    [MMU_AMO] = MMU_PMP_READ | MMU_PMP_WRITE};
    enum mmu_pmp_kind kind = (enum mmu_pmp_kind)kinds[probe->access & 3];
    return mmu_pmp_allows(&run->predict->pmp, pa, 1u << probe->size, kind, priv);
}

// The model's walk with QEMU's rules: the PMP is checked here, and the walk has none.
static void deviating_walk(struct run *run, const struct mmu_context *context,
                           const struct mmu_memory *memory, const struct scenario_probe *probe) {
    struct mmu_arch arch = run->predict->arch;
    arch.pmp_entries = 0;
    struct mmu_pmp open = mmu_pmp_reset(&arch);
    struct mmu_request request = {.va = probe->va, .access = probe->access, .size = probe->size};
    struct mmu_walk_trace trace;
    struct mmu_answer answer = mmu_walk(&arch, context, &open, memory, &request, &trace);
    bool translated = !answer.fault || trace.final_denied;  // denied: 2^pa_bits or more
    uint64_t pa = trace.final_pa;
    if (arch.xlen == 32 && has(run, DEVIATION_BIT(PA_TRUNCATED_TO_32_BITS))) pa &= UINT32_MAX;
    bool as_page_fault =
        run->no_memory && has(run, DEVIATION_BIT(PTE_WITHOUT_MEMORY_IS_PAGE_FAULT));
    if (as_page_fault || (translated && run->napot_wrong))
        fault(run->outcome, probe, mmu_page_fault(probe->access));
    else if (!translated)
        fault(run->outcome, probe, answer.cause);
    else if (!pmp_allows(run, probe, pa, context->priv))
        fault(run->outcome, probe, mmu_access_fault(probe->access));
    else
        access(run, probe, pa);
}

// A fetch below M-mode begins with mret, which QEMU refuses if no PMP entry is on.
static bool mret_illegal(const struct run *run, const struct scenario_probe *probe) {
    return probe->access == MMU_FETCH && probe->mpp != MMU_PRIV_M && run->predict->pmp.active == 0;
}

struct outcome predict_probe(struct predict *predict, const struct scenario_probe *probe,
                             unsigned deviations, struct mmu_walk_trace *trace) {
    struct outcome outcome = {0};
    struct run run = {.predict = predict, .deviations = deviations, .outcome = &outcome};
    struct mmu_csr csr = csr_of(predict, probe);
    enum mmu_port port = probe->access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
    struct mmu_context context = mmu_context_capture(&predict->arch, &csr, port);
    struct mmu_memory memory = {
        .user = &run, .read = memory_read, .compare_and_write = memory_compare_and_write};
    struct mmu_request request = {.va = probe->va, .access = probe->access, .size = probe->size};
    if (deviations == 0) {
        struct mmu_answer answer =
            mmu_walk(&predict->arch, &context, &predict->pmp, &memory, &request, trace);
        if (answer.fault)
            fault(&outcome, probe, answer.cause);
        else
            access(&run, probe, answer.pa);
    } else if (has(&run, DEVIATION_BIT(MRET_ILLEGAL_WITHOUT_PMP_ENTRY)) &&
               mret_illegal(&run, probe)) {
        outcome = (struct outcome){
            .fault = true, .elsewhere = true, .cause = CAUSE_ILLEGAL, .tval = MRET};
    } else {
        deviating_walk(&run, &context, &memory, probe);
    }
    settle(&run);
    return outcome;
}

static void fill(struct predict *predict) {
    const struct scenario *s = predict->scenario;
    for (unsigned at = 0; at < LAYOUT_BYTES; at += 2) {
        uint32_t tag = at < s->tables * LAYOUT_PAGE ? 0 : layout_tag(LAYOUT_ARENA + at);
        predict->memory[at] = (uint8_t)tag;
        predict->memory[at + 1] = (uint8_t)(tag >> 8);
    }
    for (unsigned k = 0; k < s->words; k++) {
        assert(exists(s->word[k].pa, 8));
        memcpy(predict->memory + (s->word[k].pa - LAYOUT_ARENA), &s->word[k].value,
               predict->arch.xlen / 8u);
    }
}

void predict_start(struct predict *predict, const struct scenario_set *set,
                   const struct scenario *scenario) {
    predict->scenario = scenario;
    predict->arch = mmu_arch_default();
    predict->arch.xlen = (uint8_t)set->xlen;
    predict->arch.pa_bits = set->xlen == 32 ? 34 : 56;
    predict->arch.asid_bits = set->xlen == 32 ? 9 : 16;
    predict->arch.svnapot = set->svnapot;
    predict->arch.pmp_entries = LAYOUT_PMP;
    predict->arch.update_first = true;
    predict->pmp = mmu_pmp_reset(&predict->arch);
    for (unsigned k = 0; k < LAYOUT_PMP; k++) {
        struct mmu_pmp_write write = {.index = (uint8_t)k, .write_cfg = true, .write_addr = true};
        write.cfg = scenario->cfg[k];
        write.addr = scenario->addr[k];
        mmu_pmp_write(&predict->pmp, &write);
    }
    fill(predict);
}

bool outcome_equal(const struct outcome *a, const struct outcome *b) {
    if (a->fault != b->fault || a->elsewhere != b->elsewhere) return false;
    if (a->cause != b->cause || a->tval != b->tval) return false;
    if (a->datum != b->datum || a->changes != b->changes) return false;
    for (unsigned k = 0; k < a->changes && k < OUTCOME_CHANGES; k++)
        if (a->change[k].pa != b->change[k].pa || a->change[k].value != b->change[k].value)
            return false;
    return true;
}
