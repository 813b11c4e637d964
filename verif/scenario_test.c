// SPDX-License-Identifier: Apache-2.0
// A scenario as a C program: the pins cycle by cycle, the memory port, and what the model expects
// to stand on the ports. The model is played alone; the program needs none.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_internal.h"
#include "scenario_test.h"
#include "scenario_words.h"

enum { MOST_CYCLES = 20000 };

struct writer {
    const struct scenario *scenario;
    struct scenario_text inputs, expected, samples;
    struct bench_inputs before;
    uint64_t cycles;  // of the test
    uint64_t write_count, reset_base;
};

static const char *truth(bool value) {
    return value ? "true" : "false";
}

// --- pins ------------------------------------------------------------------------------------

static void put_csr(struct scenario_text *t, const struct mmu_csr *csr) {
    scenario_add(t,
                 "            ops->set_csr(dut, &(struct mmu_csr){.satp = UINT64_C(0x%" PRIx64
                 "), .priv = %u, .mpp = %u, .mprv = %s,\n"
                 "                .sum = %s, .mxr = %s, .adue = %s, .pbmte = %s});\n",
                 csr->satp, csr->priv, csr->mpp, truth(csr->mprv), truth(csr->sum), truth(csr->mxr),
                 truth(csr->adue), truth(csr->pbmte));
}

static const char *port_name(unsigned port) {
    return port == MMU_PORT_DATA ? "MMU_PORT_DATA" : "MMU_PORT_FETCH";
}

static void put_request(struct scenario_text *t, unsigned port, const struct mmu_request *request) {
    if (!request) {
        scenario_add(t, "            ops->request(dut, %s, NULL);\n", port_name(port));
        return;
    }
    scenario_add(t,
                 "            ops->request(dut, %s, &(struct mmu_request){.va = UINT64_C(0x%" PRIx64
                 "), .access = %u, .size = %u, .tag = %u});  // %s\n",
                 port_name(port), request->va, request->access, request->size, request->tag,
                 scenario_accesses[request->access & 3]);
}

static void put_fence(struct scenario_text *t, const struct bench_inputs *in) {
    const struct mmu_fence *fence = &in->fence;
    if (!in->fence_valid) {
        scenario_add(t, "            ops->fence(dut, NULL);\n");
        return;
    }
    scenario_add(
        t,
        "            ops->fence(dut, &(struct mmu_fence){.op = %u, .has_va = %s, .has_asid "
        "= %s, .va = UINT64_C(0x%" PRIx64 "), .asid = %u});  // %s\n",
        fence->op, truth(fence->has_va), truth(fence->has_asid), fence->va, fence->asid,
        scenario_fences[fence->op & 3]);
}

static void put_pmp_write(struct scenario_text *t, const struct bench_inputs *in) {
    const struct mmu_pmp_write *write = &in->pmp_write;
    if (!in->pmp_write_valid) {
        scenario_add(t, "            ops->pmp_write(dut, NULL);\n");
        return;
    }
    scenario_add(
        t,
        "            ops->pmp_write(dut, &(struct mmu_pmp_write){.index = %u, .write_cfg = "
        "%s, .write_addr = %s, .cfg = 0x%x, .addr = UINT64_C(0x%" PRIx64 ")});\n",
        write->index, truth(write->write_cfg), truth(write->write_addr), write->cfg, write->addr);
}

static bool same_csr(const struct mmu_csr *a, const struct mmu_csr *b) {
    return a->satp == b->satp && a->priv == b->priv && a->mpp == b->mpp && a->mprv == b->mprv &&
           a->sum == b->sum && a->mxr == b->mxr && a->adue == b->adue && a->pbmte == b->pbmte;
}

static bool same_request(const struct mmu_request *a, const struct mmu_request *b) {
    return a->va == b->va && a->access == b->access && a->size == b->size && a->tag == b->tag;
}

// What is staged stays: only changes.
static void put_pins(struct scenario_text *t, const struct bench_inputs *in,
                     const struct bench_inputs *before, bool first) {
    if (first || !same_csr(&in->csr, &before->csr)) put_csr(t, &in->csr);
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (in->request_valid[p] != before->request_valid[p] ||
            (in->request_valid[p] && !same_request(&in->request[p], &before->request[p])))
            put_request(t, p, in->request_valid[p] ? &in->request[p] : NULL);
    if (in->fence_valid || before->fence_valid) put_fence(t, in);
    if (in->pmp_write_valid || before->pmp_write_valid) put_pmp_write(t, in);
    if (in->kill != before->kill) scenario_add(t, "            ops->kill(dut, %u);\n", in->kill);
    if (in->poison != before->poison)
        scenario_add(t, "            ops->poison(dut, %s);\n", truth(in->poison));
    if (first || in->take != before->take)
        scenario_add(t, "            ops->take(dut, %u);\n", in->take);
}

// Software's writes and resets since the cycle before come first.
static void put_events(struct writer *w, const struct bench *bench) {
    struct scenario_text *t = &w->inputs;
    if (bench->base != w->reset_base && bench->base == bench->now) {
        static const struct bench_inputs none;
        uint64_t satp_changes = ~w->before.csr.satp;
        scenario_add(t, "            reset(dut);\n");
        w->before = none;
        w->before.csr.satp = satp_changes;  // registers and takes are staged again
    }
    w->reset_base = bench->base;
    for (; w->write_count < bench->write_count; w->write_count++) {
        const struct bench_write *write = &bench->writes[w->write_count % BENCH_WRITE_LOG];
        if (write->writer == BENCH_WRITER_SOFTWARE)
            scenario_add(t,
                         "            *word_at(UINT64_C(0x%" PRIx64 ")) = UINT64_C(0x%" PRIx64
                         ");  // software\n",
                         write->pa, write->after);
    }
}

// --- what is expected ------------------------------------------------------------------------

static void put_answer(struct scenario_text *t, unsigned port, const struct mmu_answer *a) {
    scenario_add(
        t,
        "            answer(dut, %s, &(struct mmu_answer){.pa = UINT64_C(0x%" PRIx64
        "), .fault = %s, .cause = %u, .level = %u,\n"
        "                .napot = %s, .pbmt = %u, .source = %u, .perm = 0x%x, .tag = %u});\n",
        port_name(port), a->pa, truth(a->fault), a->cause, a->level, truth(a->napot), a->pbmt,
        a->source, a->perm, a->tag);
}

static void put_transaction(struct scenario_text *t, const struct mmu_memory_request *r) {
    scenario_add(
        t,
        "            transaction(dut, &(struct mmu_memory_request){.pa = UINT64_C(0x%" PRIx64
        "), .expected = UINT64_C(0x%" PRIx64
        "),\n"
        "                .data = UINT64_C(0x%" PRIx64 "), .write = %s, .id = %u});\n",
        r->pa, r->expected, r->data, truth(r->write), r->id);
}

static void put_record(struct scenario_text *t, const struct mmu_fault *f) {
    scenario_add(t,
                 "            record(dut, &(struct mmu_fault){.tval = UINT64_C(0x%" PRIx64
                 "), .asid = %u, .port = %u, .access = %u,\n"
                 "                .cause = %u, .tag = %u});\n",
                 f->tval, f->asid, f->port, f->access, f->cause, f->tag);
}

static unsigned put_fill(struct scenario_text *t, unsigned array, uint32_t set, uint32_t way,
                         bool evict) {
    scenario_add(t,
                 "            fill(dut, %u, &(struct dut_event){.set = %u, .way = %u, .evict = "
                 "%s});\n",
                 array, set, way, truth(evict));
    return (unsigned)DUT_FILL_DATA << array;
}

// Returns the sample bits that the model expects; payloads are put where their bit is set.
static unsigned put_expected(struct scenario_text *t, const struct mmu_engine *engine,
                             unsigned take) {
    unsigned sample = 0;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        enum mmu_port port = (enum mmu_port)p;
        const struct mmu_answer *answer = mmu_engine_response(engine, port);
        const struct mmu_tlb_fill *fill = mmu_engine_fill(engine, port);
        if (mmu_engine_ready(engine, port, take >> p & 1)) sample |= 1u << p;
        if (answer) sample |= (unsigned)DUT_RESPONSE_DATA << p;
        if (answer) put_answer(t, p, answer);
        if (fill) sample |= put_fill(t, p, fill->set, fill->way, fill->evict);
    }
    const struct mmu_l2_fill *fill = mmu_engine_l2_fill(engine);
    const struct mmu_fault *fault = mmu_engine_fault(engine);
    const struct mmu_memory_request *request = mmu_engine_memory_request(engine);
    if (fill) sample |= put_fill(t, DUT_ARRAY_L2, fill->set, fill->way, fill->evict);
    if (fault) put_record(t, fault);
    if (request) put_transaction(t, request);
    return sample | (fault ? DUT_FAULT : 0u) | (request ? DUT_MEMORY_REQUEST : 0u) |
           (mmu_engine_fence_ready(engine) ? DUT_READY_FENCE : 0u) |
           (mmu_engine_pmp_ready(engine) ? DUT_READY_PMP : 0u);
}

// A case of a switch, if anything is in it.
static void put_case(struct scenario_text *t, uint64_t cycle, const struct scenario_text *body) {
    if (body->used) scenario_add(t, "        case %" PRIu64 ":\n", cycle);
    if (body->used) scenario_add_text(t, body->bytes, body->used);
    if (body->used) scenario_add(t, "            break;\n");
}

static void look(void *user, const struct bench *bench, const struct bench_inputs *in) {
    struct writer *w = user;
    uint64_t cycle = bench->now;
    if (cycle > w->scenario->expect.cycle || cycle >= MOST_CYCLES) return;
    struct scenario_text all = w->inputs, body = {0};
    w->inputs = (struct scenario_text){0};
    put_events(w, bench);
    put_pins(&w->inputs, in, &w->before, cycle == 0);
    put_case(&all, cycle, &w->inputs);
    free(w->inputs.bytes);
    w->inputs = all;
    unsigned sample = put_expected(&body, bench->engine, in->take);
    put_case(&w->expected, cycle, &body);
    free(body.bytes);
    scenario_add(&w->samples, "%s0x%03x,", cycle % 12 ? " " : "\n    ", sample);
    w->before = *in;
    w->cycles = cycle + 1;
}

// --- the file --------------------------------------------------------------------------------

// In a comment: no line may end before it does.
static bool is_printable(char c) {
    return c >= ' ' && c <= '~';
}

static void put_quoted(struct scenario_text *t, const char *word) {
    scenario_add(t, "'");
    for (; *word; word++) {
        if (*word == '\'')
            scenario_add(t, "'\\''");
        else
            scenario_add_text(t, word, 1);
    }
    scenario_add(t, "'");
}

// $'...': control characters, and those that are not ASCII, by their number.
static void put_escaped(struct scenario_text *t, const char *word) {
    scenario_add(t, "$'");
    for (; *word; word++) {
        if (!is_printable(*word) || *word == '\'' || *word == '\\')
            scenario_add(t, "\\%03o", (unsigned char)*word);
        else
            scenario_add_text(t, word, 1);
    }
    scenario_add(t, "'");
}

// A file's name as a word of a shell command.
static void put_name(struct scenario_text *t, const char *name) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:=@%";
    const char *c = name;
    while (is_printable(*c)) c++;
    if (*name == '-') scenario_add(t, "./");
    if (*c)
        put_escaped(t, name);
    else if (!*name || name[strspn(name, plain)])
        put_quoted(t, name);
    else
        scenario_add_text(t, name, strlen(name));
}

static void put_head(struct scenario_text *t, const struct scenario *s, const char *name,
                     const char *library) {
    // Without a folder, the loader would look for the library elsewhere.
    bool here = !strchr(library, '/') && *library != '-';
    scenario_add(t,
                 "// SPDX-License-Identifier: Apache-2.0\n// cc -std=c17 -I "
                 "\"$TANDEM_HOME\"/verif/include -I \"$TANDEM_HOME\"/model/include ");
    put_name(t, name);
    scenario_add(t, here ? " ./" : " ");
    put_name(t, library);
    scenario_add(t, " -o test && ./test\n//\n// Shows: %s (",
                 bench_check_key((enum bench_check)s->expect.check));
    for (const char *c = s->expect.what; *c; c++)
        scenario_add_text(t, is_printable(*c) ? c : "?", 1);
    scenario_add(t,
                 ") in cycle %" PRIu64
                 ". Exit status 1 and one line if the DUT does so, 0 if it does\n// what the "
                 "reference model expects.\n",
                 s->expect.cycle);
    scenario_add_text(t, scenario_test_head, strlen(scenario_test_head));
}

// Words that there may be: those listed, one for each transaction and each write of software, and
// one for each transaction at a time that the DUT may make before it is found wrong.
static size_t most_words(const struct scenario *s, size_t listed, uint64_t transactions) {
    size_t count = listed + (size_t)transactions + MMU_WALKS;
    for (size_t i = 0; i < s->op_count; i++) count += s->ops[i].kind == SCENARIO_WRITE;
    return count;
}

static void put_memory(struct scenario_text *t, const struct scenario *s, uint64_t transactions) {
    size_t listed = 0;
    for (size_t i = 0; i < s->word_count; i++) listed += s->words[i].value != 0;
    scenario_add(t,
                 "\nenum { PTE_BYTES = %u, AT_A_TIME = %u, WORDS = %zu };\n"
                 "static const uint64_t memory_base = UINT64_C(0x%" PRIx64
                 "), memory_bytes = UINT64_C(0x%" PRIx64 ");\n",
                 s->mmu.arch.xlen / 8u, s->mmu.walks > 1 ? MMU_WALKS : 1u,
                 most_words(s, listed, transactions), s->memory_base, s->memory_bytes);
    scenario_add(t, "static struct word {\n    uint64_t pa, value;\n} words[WORDS] = {\n");
    for (size_t i = 0; i < s->word_count; i++)
        if (s->words[i].value)
            scenario_add(t, "    {UINT64_C(0x%" PRIx64 "), UINT64_C(0x%" PRIx64 ")},\n",
                         s->words[i].pa, s->words[i].value);
    scenario_add(t, "%s};\nstatic unsigned word_count = %zu;\n", listed ? "" : "    {0, 0}\n",
                 listed);
    scenario_add(t,
                 "// g, L and error of each transaction; g = L = 1 for those that follow\n"
                 "static const struct timing {\n    unsigned g, l;\n    bool error;\n} "
                 "timings[] = {\n");
    for (size_t i = 0; i < s->timing_count; i++)
        scenario_add(t, "    {%u, %u, %s},\n", s->timings[i].grant_cycles,
                     s->timings[i].data_cycles, truth(s->timings[i].error));
    scenario_add(t, "    {1, 1, false}};\n");
}

static void put_counters(struct scenario_text *t, const struct scenario *s,
                         const uint64_t counters[MMU_COUNTERS]) {
    scenario_add(t, "\nstatic void check_counters(struct dut *dut) {\n");
    if (s->expect.check == CHECK_COUNTER)
        for (unsigned c = 0; c < MMU_COUNTERS; c++) {
            const char *name = bench_counter_name(c);
            if (name)
                scenario_add(t, "    expect(\"counter %s\", %" PRIu64 ", ops->counter(dut, %u));\n",
                             name, counters[c], c);
        }
    scenario_add(t, "    (void)dut;\n}\n");
}

static char *put_all(struct writer *w, const char *name, const char *library, uint64_t transactions,
                     const uint64_t counters[MMU_COUNTERS]) {
    struct scenario_text t = {0};
    put_head(&t, w->scenario, name, library);
    put_memory(&t, w->scenario, transactions);
    scenario_add_text(&t, scenario_test_memory, strlen(scenario_test_memory));
    scenario_add_text(&t, scenario_test_ports, strlen(scenario_test_ports));
    scenario_add(&t,
                 "\nstatic void stage(struct dut *dut, unsigned cycle) {\n    switch (cycle) {\n");
    scenario_add_text(&t, w->inputs.bytes, w->inputs.used);
    scenario_add(&t, "        default:\n            break;\n    }\n}\n");
    scenario_add(&t,
                 "\nstatic void check(struct dut *dut, unsigned cycle) {\n    switch (cycle) {\n");
    scenario_add_text(&t, w->expected.bytes, w->expected.used);
    scenario_add(&t, "        default:\n            (void)dut;\n            break;\n    }\n}\n");
    put_counters(&t, w->scenario, counters);
    scenario_add(&t,
                 "\n// What is valid and ready in each cycle (enum dut_sample).\n"
                 "static const unsigned samples[] = {");
    scenario_add_text(&t, w->samples.bytes, w->samples.used);
    scenario_add(&t, "};\n");
    scenario_add_text(&t, scenario_test_main, strlen(scenario_test_main));
    if (!t.failed && !w->inputs.failed && !w->expected.failed && !w->samples.failed) return t.bytes;
    free(t.bytes);
    return NULL;
}

// What the model's comparison alone finds stands on the ports; the rest does not.
static bool on_the_ports(const struct scenario *scenario) {
    unsigned check = scenario->expect.check;
    bool found_otherwise =
        check == CHECK_LEGAL || check == CHECK_INVARIANCE || check == CHECK_TERMS;
    return scenario->expect.failed && !found_otherwise && scenario->expect.cycle < MOST_CYCLES;
}

char *scenario_write_test(const struct scenario *scenario, const char *name, const char *library) {
    struct writer w = {.scenario = scenario};
    uint64_t counters[MMU_COUNTERS];
    struct scenario_play play = {.look = look, .look_user = &w, .counters = counters};
    if (!on_the_ports(scenario)) return NULL;
    struct scenario_result result = scenario_play(scenario, &play);
    char *text = NULL;
    // The failure came with the counters: they are read when everything has happened.
    if (result.ok && w.cycles) text = put_all(&w, name, library, result.transactions, counters);
    scenario_result_clear(&result);
    free(w.inputs.bytes);
    free(w.expected.bytes);
    free(w.samples.bytes);
    return text;
}
