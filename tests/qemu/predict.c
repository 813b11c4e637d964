// SPDX-License-Identifier: Apache-2.0
#include "predict.h"

#include <assert.h>
#include <string.h>

// One prediction under way.
struct run {
    struct predict *predict;
    unsigned deviations;
    struct outcome *outcome;
    struct outcome_change undo[OUTCOME_CHANGES];
    unsigned undos;
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

static bool memory_read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    struct run *run = user;
    if (!exists(pa, bytes)) return false;
    *value = load(run->predict, pa, bytes);
    return true;
}

static bool memory_compare_and_write(void *user, uint64_t pa, unsigned bytes, uint64_t expected,
                                     uint64_t desired, uint64_t *old) {
    struct run *run = user;
    if (!exists(pa, bytes)) return false;
    *old = load(run->predict, pa, bytes);
    if (*old == expected) store(run, pa, bytes, desired);
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
    if (!exists(pa, bytes)) {
        fault(run->outcome, probe, mmu_access_fault(probe->access));
        return;
    }
    if (probe->access != MMU_STORE) run->outcome->datum = load(run->predict, pa, bytes);
    if (probe->access == MMU_STORE || probe->access == MMU_AMO)
        store(run, pa, bytes, LAYOUT_STORED);
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
    struct mmu_answer answer =
        mmu_walk(&predict->arch, &context, &predict->pmp, &memory, &request, trace);
    if (answer.fault)
        fault(&outcome, probe, answer.cause);
    else
        access(&run, probe, answer.pa);
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
