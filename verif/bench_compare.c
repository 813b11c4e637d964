// SPDX-License-Identifier: Apache-2.0
// Expected beside observed: every output of every cycle.
#include <stdio.h>
#include <string.h>

#include "bench_internal.h"

// Without the model only what was asked is known.
static struct mmu_history history_of(const struct bench *bench, unsigned port) {
    const struct port_state *state = &bench->ports[port];
    const struct asked *asked = &state->asked[state->about];
    if (bench->engine) return *mmu_engine_history(bench->engine, (enum mmu_port)port, state->about);
    return (struct mmu_history){.request = asked->request,
                                .csr = asked->csr,
                                .accept_cycle = asked->accept_cycle - bench->base,
                                .start_cycle = asked->accept_cycle - bench->base,
                                .response_cycle = MMU_NEVER};
}

bool bench_fail(struct bench *bench, enum bench_check check, unsigned port, const char *what,
                uint64_t expected, uint64_t observed) {
    struct mismatch *m = &bench->mismatch;
    m->check = check;
    m->cycle = bench->now;
    m->port = (uint8_t)port;
    m->expected = expected;
    m->observed = observed;
    m->base = bench->base;
    snprintf(m->what, sizeof m->what, "%s", what);
    m->history = history_of(bench, port);
    bench->stats.mismatches++;
    return false;
}

bool bench_fail_port(struct bench *bench, enum bench_check check, unsigned port, const char *signal,
                     uint64_t expected, uint64_t observed) {
    char what[sizeof bench->mismatch.what];
    snprintf(what, sizeof what, "%s_%s", port == MMU_PORT_DATA ? "d" : "f", signal);
    return bench_fail(bench, check, port, what, expected, observed);
}

// --- answers -----------------------------------------------------------------------------

bool bench_same_answer(const struct mmu_answer *a, const struct mmu_answer *b) {
    return a->pa == b->pa && a->fault == b->fault && a->cause == b->cause && a->level == b->level &&
           a->napot == b->napot && a->pbmt == b->pbmt && a->source == b->source &&
           a->perm == b->perm && a->tag == b->tag;
}

// The architectural outcome first.
bool bench_compare_answer(struct bench *bench, unsigned port, const struct mmu_answer *expected,
                          const struct mmu_answer *observed) {
    if (bench_same_answer(expected, observed)) return true;
    const struct {
        enum bench_check check;
        const char *signal;
        uint64_t expected, observed;
    } fields[] = {{CHECK_TAG, "rsp_tag", expected->tag, observed->tag},
                  {CHECK_FAULT, "rsp_fault", expected->fault, observed->fault},
                  {CHECK_FAULT, "rsp_cause", expected->cause, observed->cause},
                  {CHECK_PA, "rsp_pa", expected->pa, observed->pa},
                  {CHECK_LEVEL, "rsp_level", expected->level, observed->level},
                  {CHECK_LEVEL, "rsp_napot", expected->napot, observed->napot},
                  {CHECK_MEMORY_TYPE, "rsp_pbmt", expected->pbmt, observed->pbmt},
                  {CHECK_PERM, "rsp_perm", expected->perm, observed->perm},
                  {CHECK_SOURCE, "rsp_source", expected->source, observed->source}};
    unsigned i = 0;
    while (fields[i].expected == fields[i].observed) i++;
    bench->mismatch.has_answer = true;
    bench->mismatch.expected_answer = *expected;
    bench->mismatch.observed_answer = *observed;
    bench->ports[port].about = expected->tag;
    bench_legal_opinion(bench, port, observed);
    return bench_fail_port(bench, fields[i].check, port, fields[i].signal, fields[i].expected,
                           fields[i].observed);
}

static void count_answer(struct bench *bench) {
    uint64_t *compared = bench->stats.compared;
    compared[CHECK_FAULT]++;
    compared[CHECK_PA]++;
    compared[CHECK_LEVEL]++;
    compared[CHECK_MEMORY_TYPE]++;
    compared[CHECK_PERM]++;
    compared[CHECK_SOURCE]++;
    compared[CHECK_TAG]++;
    compared[CHECK_LATENCY]++;
}

// A response of which the time is right: compare what it says, in its first cycle and, since
// it must not change until taken, in every other.
static bool compare_response(struct bench *bench, unsigned port) {
    struct mmu_answer *observed = &bench->observed[port];
    bench->config.ops->response(bench->config.dut, (enum mmu_port)port, observed);
    if (!bench->ports[port].standing) {
        count_answer(bench);
        bench->ports[port].response_cycle = bench->now;
    }
    if (bench_compare_answer(bench, port, bench->expected.response[port], observed)) return true;
    bench->mismatch.observed_response_cycle = bench->ports[port].response_cycle;
    return false;
}

// --- the other channels ------------------------------------------------------------------

bool bench_compare_record(struct bench *bench, const struct mmu_fault *expected,
                          const struct mmu_fault *observed) {
    const struct {
        const char *what;
        uint64_t expected, observed;
    } fields[] = {{"fault_port", expected->port, observed->port},
                  {"fault_tag", expected->tag, observed->tag},
                  {"fault_cause", expected->cause, observed->cause},
                  {"fault_tval", expected->tval, observed->tval},
                  {"fault_access", expected->access, observed->access},
                  {"fault_asid", expected->asid, observed->asid}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (fields[i].expected == fields[i].observed) continue;
        bench->ports[expected->port].about = expected->tag;
        return bench_fail(bench, CHECK_FAULT_RECORD, expected->port, fields[i].what,
                          fields[i].expected, fields[i].observed);
    }
    return true;
}

static bool compare_fault(struct bench *bench, const struct mmu_fault *expected) {
    struct mmu_fault observed;
    bench->config.ops->fault(bench->config.dut, &observed);
    return bench_compare_record(bench, expected, &observed);
}

// Whether the request's walk is in this slot.
static bool walks_in(const struct bench *bench, unsigned port, unsigned tag, unsigned slot) {
    const struct mmu_history *history = mmu_engine_history(bench->engine, (enum mmu_port)port, tag);
    return history->accesses > 0 && history->response_cycle == MMU_NEVER && history->slot == slot;
}

// A killed request's walk goes on until its answer has come.
static bool find_walk(struct bench *bench, bool killed, unsigned slot, unsigned *port) {
    for (*port = 0; bench->engine && *port < MMU_PORTS; ++*port) {
        struct port_state *state = &bench->ports[*port];
        unsigned tags = killed ? state->killed : state->pending;
        for (unsigned tag = 0; tag < MMU_TAGS; tag++) {
            if (!(tags >> tag & 1) || !walks_in(bench, *port, tag, slot)) continue;
            state->about = (uint8_t)tag;
            return true;
        }
    }
    return false;
}

unsigned bench_walking_port(struct bench *bench, unsigned slot) {
    unsigned port;
    if (find_walk(bench, false, slot, &port) || find_walk(bench, true, slot, &port)) return port;
    return bench->ports[MMU_PORT_FETCH].pending && !bench->ports[MMU_PORT_DATA].pending
               ? MMU_PORT_FETCH
               : MMU_PORT_DATA;
}

static bool compare_memory_request(struct bench *bench, const struct mmu_memory_request *expected) {
    struct mmu_memory_request observed;
    bench->config.ops->memory_request(bench->config.dut, &observed);
    if (bench_memory_granting(bench)) {
        bench->stats.compared[CHECK_PTE_ACCESS]++;
        if (expected->write) bench->stats.compared[CHECK_PTE_WRITE]++;
    }
    const struct {
        const char *what;
        uint64_t expected, observed;
    } fields[] = {{"mem_req_id", expected->id, observed.id},
                  {"mem_req_write", expected->write, observed.write},
                  {"mem_req_addr", expected->pa, observed.pa},
                  {"mem_req_expected", expected->expected, observed.expected},
                  {"mem_req_data", expected->data, observed.data}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (fields[i].expected == fields[i].observed) continue;
        bench->mismatch.expected_request = *expected;
        bench->mismatch.observed_request = observed;
        bench->mismatch.expected_request_valid = bench->mismatch.observed_request_valid = true;
        return bench_fail(bench,
                          expected->write || observed.write ? CHECK_PTE_WRITE : CHECK_PTE_ACCESS,
                          bench_walking_port(bench, expected->id), fields[i].what,
                          fields[i].expected, fields[i].observed);
    }
    return true;
}

static bool fail_fill(struct bench *bench, unsigned array, const char *signal, uint64_t expected,
                      uint64_t observed) {
    static const char *const names[] = {"d", "f", "l2"};
    char what[32];
    snprintf(what, sizeof what, "%s_fill_%s", names[array], signal);
    return bench_fail(bench, CHECK_VICTIM,
                      array == DUT_ARRAY_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA, what, expected,
                      observed);
}

static bool compare_fill(struct bench *bench, unsigned array) {
    const struct dut_event *expected = &bench->expected.fill[array];
    struct dut_event observed;
    bench->config.ops->event(bench->config.dut, (enum dut_array)array, &observed);
    bench->stats.compared[CHECK_VICTIM]++;
    const struct {
        const char *what;
        uint64_t expected, observed;
    } fields[] = {{"set", expected->set, observed.set},
                  {"way", expected->way, observed.way},
                  {"evict", expected->evict, observed.evict}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].expected != fields[i].observed)
            return fail_fill(bench, array, fields[i].what, fields[i].expected, fields[i].observed);
    return true;
}

// --- a valid or ready bit that differs -----------------------------------------------------

static unsigned fault_port(struct bench *bench, unsigned sample) {
    struct mmu_fault observed;
    if (bench->expected.fault) return bench->expected.fault->port;
    if (!(sample & DUT_FAULT)) return MMU_PORT_DATA;
    bench->config.ops->fault(bench->config.dut, &observed);
    return observed.port & 1u;
}

static bool ready_mismatch(struct bench *bench, unsigned sample, unsigned diff) {
    unsigned expected = bench->expected.sample;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (diff & (1u << p))
            return bench_ready_time(bench, p, sample) &&
                   bench_fail_port(bench, CHECK_READY, p, "req_ready", (expected >> p) & 1,
                                   (sample >> p) & 1);
    if (diff & DUT_READY_FENCE)
        return bench_fail(bench, CHECK_FENCE, 0, "fence_ready", !!(expected & DUT_READY_FENCE),
                          !!(sample & DUT_READY_FENCE));
    return bench_fail(bench, CHECK_READY, 0, "pmp_ready", !!(expected & DUT_READY_PMP),
                      !!(sample & DUT_READY_PMP));
}

// The most telling one is judged: an answer says more than what stands beside it.
static bool sample_mismatch(struct bench *bench, unsigned sample) {
    unsigned expected = bench->expected.sample, diff = sample ^ expected;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        unsigned bit = (unsigned)DUT_RESPONSE_DATA << p;
        if (diff & bit) return bench_response_time(bench, p, sample, (expected & bit) != 0);
    }
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (bench->expected.response[p] && !compare_response(bench, p)) return false;
    const struct mmu_memory_request *request = bench->expected.memory_request;
    if (!(diff & DUT_MEMORY_REQUEST) && request && !compare_memory_request(bench, request))
        return false;
    if (diff & DUT_MEMORY_REQUEST)
        return bench_request_time(bench, sample, (expected & DUT_MEMORY_REQUEST) != 0);
    if (diff & DUT_FAULT)
        return bench_fail(bench, CHECK_FAULT_RECORD, fault_port(bench, sample), "fault_valid",
                          !!(expected & DUT_FAULT), !!(sample & DUT_FAULT));
    for (unsigned array = 0; array < DUT_ARRAYS; array++) {
        unsigned bit = (unsigned)DUT_FILL_DATA << array;
        if (diff & bit)
            return fail_fill(bench, array, "valid", !!(expected & bit), !!(sample & bit));
    }
    return ready_mismatch(bench, sample, diff);
}

enum { ALL_READY = DUT_READY_DATA | DUT_READY_FETCH | DUT_READY_FENCE | DUT_READY_PMP };

bool bench_compare(struct bench *bench, unsigned sample) {
    const struct expected *e = &bench->expected;
    bench->stats.compared[CHECK_READY] += 3;
    bench->stats.compared[CHECK_FENCE]++;
    if (sample != e->sample) return sample_mismatch(bench, sample);
    if (!(sample & ~(unsigned)ALL_READY)) return true;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (e->response[p] && !compare_response(bench, p)) return false;
    if (e->fault && !compare_fault(bench, e->fault)) return false;
    if (e->memory_request && !compare_memory_request(bench, e->memory_request)) return false;
    for (unsigned array = 0; array < DUT_ARRAYS; array++)
        if ((sample & ((unsigned)DUT_FILL_DATA << array)) && !compare_fill(bench, array))
            return false;
    return true;
}

bool bench_compare_counters(struct bench *bench) {
    if (!bench->shadow) return true;
    for (unsigned c = 0; c < MMU_COUNTERS; c++) {
        uint64_t expected = mmu_engine_counter(bench->engine, c);
        uint64_t observed = bench->config.ops->counter(bench->config.dut, c);
        bench->stats.compared[CHECK_COUNTER]++;
        if (expected == observed) continue;
        char what[96];
        const char *name = bench_counter_name(c);
        if (name)
            snprintf(what, sizeof what, "counter %s", name);
        else
            snprintf(what, sizeof what, "counter %u", c);
        bench_clear_mismatch(bench);
        return bench_fail(bench, CHECK_COUNTER, c / 8 == 1 || c / 8 == 5, what, expected, observed);
    }
    return true;
}
