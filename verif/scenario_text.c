// SPDX-License-Identifier: Apache-2.0
// A scenario as text (docs/replay.md).
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_test.h"
#include "scenario_words.h"

static bool reserve(struct scenario_text *t, size_t bytes) {
    if (t->failed || t->capacity - t->used > bytes) return !t->failed;
    size_t capacity = 2 * (t->capacity + bytes) + 1024;
    char *larger = realloc(t->bytes, capacity);
    if (!larger) {
        t->failed = true;
        return false;
    }
    t->bytes = larger;
    t->capacity = capacity;
    return true;
}

void scenario_add_text(struct scenario_text *t, const char *bytes, size_t count) {
    if (!count || !reserve(t, count + 1)) return;
    memcpy(t->bytes + t->used, bytes, count);
    t->used += count;
    t->bytes[t->used] = '\0';
}

void scenario_add(struct scenario_text *t, const char *format, ...) {
    char line[640];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (n < 0 || (size_t)n >= sizeof line)
        t->failed = true;
    else
        scenario_add_text(t, line, (size_t)n);
}

// --- head ------------------------------------------------------------------------------------

static void add_tlb(struct scenario_text *t, const char *name, unsigned entries, unsigned ways,
                    unsigned policy) {
    if (entries)
        scenario_add(t, " %s=%ux%ux%s", name, entries, ways, scenario_policies[policy & 3]);
    else
        scenario_add(t, " %s=none", name);
}

static void add_unit(struct scenario_text *t, const struct mmu_config *mmu) {
    const struct mmu_arch *a = &mmu->arch;
    scenario_add(t, "unit xlen=%u pa_bits=%u asid_bits=%u pmp=%u svnapot=%u update_first=%u",
                 a->xlen, a->pa_bits, a->asid_bits, a->pmp_entries, a->svnapot, a->update_first);
    add_tlb(t, "dtlb", mmu->tlb[0].entries, mmu->tlb[0].ways, mmu->tlb[0].policy);
    add_tlb(t, "itlb", mmu->tlb[1].entries, mmu->tlb[1].ways, mmu->tlb[1].policy);
    add_tlb(t, "l2", mmu->l2.entries, mmu->l2.ways, mmu->l2.policy);
    scenario_add(t, " pwc=%u walks=%u prefetch=%u\n", mmu->pwc_entries, mmu->walks, mmu->prefetch);
}

static void add_csr(struct scenario_text *t, const struct mmu_csr *csr) {
    scenario_add(t,
                 "csr satp=0x%" PRIx64 " priv=%s mpp=%s mprv=%u sum=%u mxr=%u adue=%u pbmte=%u\n",
                 csr->satp, scenario_privileges[csr->priv & 3], scenario_privileges[csr->mpp & 3],
                 csr->mprv, csr->sum, csr->mxr, csr->adue, csr->pbmte);
}

static void add_head(struct scenario_text *t, const struct scenario *s) {
    scenario_add(t, "tandem-scenario 1\n");
    add_unit(t, &s->mmu);
    scenario_add(
        t, "check mode=%s oracle=%s watchdog=%" PRIu64 " counters=%" PRIu64 " properties=%u\n",
        s->mode == BENCH_DUT_ONLY ? "dut-only" : "lockstep", scenario_oracles[s->oracle & 3],
        s->watchdog_cycles, s->counter_interval, s->properties);
    scenario_add(t, "memory base=0x%" PRIx64 " bytes=0x%" PRIx64 "\n", s->memory_base,
                 s->memory_bytes);
    for (size_t i = 0; i < s->word_count; i++)
        if (s->words[i].value)
            scenario_add(t, "word pa=0x%" PRIx64 " value=0x%" PRIx64 "\n", s->words[i].pa,
                         s->words[i].value);
    for (unsigned i = 0; i < s->pmp.entries; i++)
        if (!scenario_pmp_entry_is_off(s, i))
            scenario_add(t, "pmp entry=%u cfg=0x%x addr=0x%" PRIx64 "\n", i, s->pmp.cfg[i],
                         s->pmp.addr[i]);
    add_csr(t, &s->csr);
    for (size_t i = 0; i < s->timing_count; i++) {
        const struct bench_transaction_timing *timing = &s->timings[i];
        if (timing->grant_cycles != 1 || timing->data_cycles != 1 || timing->error)
            scenario_add(t, "timing at=%zu g=%u L=%u error=%u\n", i, timing->grant_cycles,
                         timing->data_cycles, timing->error);
    }
}

// --- operations ------------------------------------------------------------------------------

static void add_fence(struct scenario_text *t, const struct mmu_fence *fence) {
    scenario_add(t, "fence op=%s", scenario_fences[fence->op & 3]);
    if (fence->has_va) scenario_add(t, " va=0x%" PRIx64, fence->va);
    if (fence->has_asid) scenario_add(t, " asid=%u", fence->asid);
    if (!fence->has_va && fence->va) scenario_add(t, " unused-va=0x%" PRIx64, fence->va);
    if (!fence->has_asid && fence->asid) scenario_add(t, " unused-asid=%u", fence->asid);
    scenario_add(t, "\n");
}

static void add_pmp_write(struct scenario_text *t, const struct mmu_pmp_write *write) {
    scenario_add(t, "pmp-write entry=%u", write->index);
    if (write->write_cfg) scenario_add(t, " cfg=0x%x", write->cfg);
    if (write->write_addr) scenario_add(t, " addr=0x%" PRIx64, write->addr);
    if (!write->write_cfg && write->cfg) scenario_add(t, " unused-cfg=0x%x", write->cfg);
    if (!write->write_addr && write->addr) scenario_add(t, " unused-addr=0x%" PRIx64, write->addr);
    scenario_add(t, "\n");
}

static void add_operation(struct scenario_text *t, const struct scenario_op *op) {
    scenario_add(t, "%s+%" PRIu32 " ", op->quiet ? "quiet" : "", op->delay);
    switch ((enum scenario_kind)op->kind) {
        case SCENARIO_REQUEST:
            scenario_add(t, "%s va=0x%" PRIx64 " bytes=%u tag=%u\n",
                         scenario_accesses[op->u.request.access & 3], op->u.request.va,
                         1u << (op->u.request.size & 3), op->u.request.tag);
            break;
        case SCENARIO_FENCE:
            add_fence(t, &op->u.fence);
            break;
        case SCENARIO_PMP_WRITE:
            add_pmp_write(t, &op->u.pmp_write);
            break;
        case SCENARIO_CSR:
            add_csr(t, &op->u.csr);
            break;
        case SCENARIO_WRITE:
            scenario_add(t, "write pa=0x%" PRIx64 " value=0x%" PRIx64 "\n", op->u.write.pa,
                         op->u.write.value);
            break;
        case SCENARIO_KILL:
            scenario_add(t, "kill ports=%u\n", op->u.mask);
            break;
        case SCENARIO_STALL:
            scenario_add(t, "stall channels=%u\n", op->u.mask);
            break;
        case SCENARIO_SAME:
            scenario_add(t, "same port=%s\n", op->port == MMU_PORT_DATA ? "data" : "fetch");
            break;
        case SCENARIO_POISON:
        case SCENARIO_RESET:
        case SCENARIO_KINDS:
            scenario_add(t, "%s\n", scenario_kind_key((enum scenario_kind)op->kind));
            break;
    }
}

// `what` stands last: it may hold spaces.
static void add_failure(struct scenario_text *t, const struct scenario_failure *failure) {
    if (!failure->failed) return;
    scenario_add(t, "expect check=%s port=%s causes=%u:%u late=%d cycle=%" PRIu64 " what=%s\n",
                 bench_check_key((enum bench_check)failure->check),
                 failure->port == MMU_PORT_DATA ? "data" : "fetch", failure->cause[0],
                 failure->cause[1], failure->late, failure->cycle, failure->what);
}

char *scenario_write(const struct scenario *scenario) {
    struct scenario_text t = {0};
    add_head(&t, scenario);
    for (size_t i = 0; i < scenario->op_count; i++) add_operation(&t, &scenario->ops[i]);
    add_failure(&t, &scenario->expect);
    if (!t.failed) return t.bytes;
    free(t.bytes);
    return NULL;
}
