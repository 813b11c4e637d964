// SPDX-License-Identifier: Apache-2.0
// A valid that comes in another cycle than predicted: let the later side run on alone, to say
// how late or early it is and what it then says.
#include "bench_internal.h"

// How long to wait for the later side: many times the slowest walk.
static uint64_t patience(const struct bench *bench) {
    const struct bench_timing *timing = &bench->config.timing;
    return 512 + 16 * ((uint64_t)timing->grant_max + timing->data_max);
}

// Let the DUT alone run on until it shows `bit`. Returns the cycle, MMU_NEVER if it does not.
static uint64_t probe_dut(struct bench *bench, unsigned sample, unsigned bit) {
    uint64_t now = bench->now, last = now + patience(bench), seen = MMU_NEVER;
    bench->probing = true;
    bench_memory_serve(bench, sample);
    for (uint64_t cycle = now + 1; cycle <= last; cycle++) {
        unsigned later = bench_probe_cycle(bench, cycle);
        if (later & bit) {
            seen = cycle;
            break;
        }
        bench_memory_serve(bench, later);
    }
    bench->now = now;
    bench->probing = false;
    return seen;
}

// Let the model alone run on until it answers on the port. Returns the cycle or MMU_NEVER.
static uint64_t probe_model(struct bench *bench, unsigned port) {
    uint64_t first = bench->now - bench->base, last = first + patience(bench);
    for (uint64_t cycle = first; cycle < last; cycle++) {
        if (mmu_engine_response(bench->engine, (enum mmu_port)port)) return bench->base + cycle;
        mmu_engine_advance(bench->engine, cycle);
    }
    return MMU_NEVER;
}

unsigned bench_dut_accesses(const struct bench *bench, const struct mmu_history *history,
                            uint64_t until, const struct bench_access *list[BENCH_ACCESS_LOG]) {
    uint64_t since = bench->base + history->start_cycle;
    unsigned seen = 0, n = 0;
    if (history->accesses == 0 && bench->many) return 0;  // no slot of its own is known
    while (seen < BENCH_ACCESS_LOG) {
        const struct bench_access *access = bench_access_log(bench, seen);
        if (!access || access->request_cycle <= since) break;
        seen++;
    }
    while (seen-- > 0) {
        const struct bench_access *access = bench_access_log(bench, seen);
        if (access->id == history->slot && access->request_cycle < until) list[n++] = access;
    }
    return n;
}

uint32_t bench_denied(const struct mmu_history *history) {
    uint32_t denied = 0;
    for (uint32_t k = 0; k < history->accesses && k < MMU_WALK_LOG; k++)
        denied += history->access[k].denied;
    return denied;
}

// Whether both sides have read the same PTEs on the way to the same answer.
static bool same_walk(const struct bench *bench, unsigned port, unsigned tag, uint64_t until) {
    const struct mmu_history *h = mmu_engine_history(bench->engine, (enum mmu_port)port, tag);
    const struct bench_access *observed[BENCH_ACCESS_LOG];
    unsigned n = bench_dut_accesses(bench, h, until, observed), k = 0;
    if (h->accesses == 0 || h->accesses > MMU_WALK_LOG) return true;
    for (uint32_t i = 0; i < h->accesses; i++) {
        if (h->access[i].denied) continue;
        if (k == n || h->access[i].pa != observed[k]->pa ||
            h->access[i].write != observed[k]->write)
            return false;
        k++;
    }
    return k == n;
}

static bool judge_time(struct bench *bench, unsigned port, uint64_t expected, uint64_t observed,
                       const struct mmu_answer *expected_answer,
                       const struct mmu_answer *observed_answer) {
    if (!bench_compare_answer(bench, port, expected_answer, observed_answer)) return false;
    bench->mismatch.has_answer = true;
    bench->mismatch.expected_answer = *expected_answer;
    bench->mismatch.observed_answer = *observed_answer;
    bench->ports[port].about = expected_answer->tag;
    if (!same_walk(bench, port, expected_answer->tag, observed))
        return bench_fail(bench, CHECK_PTE_ACCESS, port, "PTE accesses on the way to the answer",
                          expected, observed);
    return bench_fail_port(bench, CHECK_LATENCY, port, "rsp_valid", expected, observed);
}

static bool response_late(struct bench *bench, unsigned port, unsigned sample) {
    bench->ports[port].about = bench->expected.response[port]->tag;
    if (bench->ports[port].standing)
        return bench_fail_port(bench, CHECK_LATENCY, port, "rsp_valid withdrawn", 1, 0);
    struct mmu_answer expected = *bench->expected.response[port], observed;
    uint64_t seen = probe_dut(bench, sample, (unsigned)DUT_RESPONSE_DATA << port);
    bench->mismatch.observed_response_cycle = seen;
    if (seen == MMU_NEVER)
        return bench_fail_port(bench, CHECK_WATCHDOG, port, "rsp_valid never comes", bench->now,
                               MMU_NEVER);
    bench->config.ops->response(bench->config.dut, (enum mmu_port)port, &observed);
    return judge_time(bench, port, bench->now, seen, &expected, &observed);
}

static bool response_early(struct bench *bench, unsigned port) {
    struct mmu_answer observed;
    bench->config.ops->response(bench->config.dut, (enum mmu_port)port, &observed);
    bench->mismatch.observed_response_cycle = bench->now;
    uint64_t expected = bench->ports[port].pending ? probe_model(bench, port) : MMU_NEVER;
    if (expected == MMU_NEVER)
        return bench_fail_port(bench, CHECK_LATENCY, port, "rsp_valid without a request", MMU_NEVER,
                               bench->now);
    struct mmu_answer answer = *mmu_engine_response(bench->engine, (enum mmu_port)port);
    return judge_time(bench, port, expected, bench->now, &answer, &observed);
}

bool bench_response_time(struct bench *bench, unsigned port, unsigned sample, bool expected_now) {
    return expected_now ? response_late(bench, port, sample) : response_early(bench, port);
}

bool bench_ready_time(struct bench *bench, unsigned port, unsigned sample) {
    unsigned bit = (unsigned)DUT_RESPONSE_DATA << port;
    const struct port_state *state = &bench->ports[port];
    if (!state->pending || state->standing || (sample & bit)) return true;
    uint64_t expected = probe_model(bench, port);
    if (expected == MMU_NEVER) return true;
    struct mmu_answer answer = *mmu_engine_response(bench->engine, (enum mmu_port)port), observed;
    uint64_t seen = probe_dut(bench, sample, bit);
    if (seen == MMU_NEVER || seen == expected) return true;
    bench->mismatch.observed_response_cycle = seen;
    bench->config.ops->response(bench->config.dut, (enum mmu_port)port, &observed);
    return judge_time(bench, port, expected, seen, &answer, &observed);
}

// --- requests of the walker --------------------------------------------------------------------

static bool same_request(const struct mmu_memory_request *a, const struct mmu_memory_request *b) {
    return a->pa == b->pa && a->write == b->write && a->expected == b->expected &&
           a->data == b->data && a->id == b->id;
}

static enum bench_check kind_of(const struct mmu_memory_request *request) {
    return request->write ? CHECK_PTE_WRITE : CHECK_PTE_ACCESS;
}

// Expected now and not there: late (the same one comes later), missing, or withdrawn.
static bool request_late(struct bench *bench, unsigned sample) {
    struct mismatch *m = &bench->mismatch;
    unsigned port = bench_walking_port(bench, bench->expected.memory_request->id);
    uint64_t now = bench->now;
    m->expected_request = *bench->expected.memory_request;
    m->expected_request_valid = true;
    if (bench->port.waited > 0)
        return bench_fail(bench, kind_of(&m->expected_request), port, "mem_req_valid withdrawn", 1,
                          0);
    uint64_t seen = probe_dut(bench, sample, DUT_MEMORY_REQUEST);
    if (seen != MMU_NEVER) {
        bench->config.ops->memory_request(bench->config.dut, &m->observed_request);
        m->observed_request_valid = true;
        if (same_request(&m->expected_request, &m->observed_request))
            return bench_fail(bench, CHECK_LATENCY, port, "mem_req_valid", now, seen);
    }
    return bench_fail(bench, kind_of(&m->expected_request), port, "mem_req_valid missing", 1, 0);
}

// There and not expected now: early, if the model wants the same one later; extra otherwise.
static bool request_early(struct bench *bench) {
    struct mismatch *m = &bench->mismatch;
    uint64_t first = bench->now - bench->base, last = first + patience(bench);
    bench->config.ops->memory_request(bench->config.dut, &m->observed_request);
    m->observed_request_valid = true;
    unsigned port = bench_walking_port(bench, m->observed_request.id);
    for (uint64_t cycle = first; cycle < last; cycle++) {
        const struct mmu_memory_request *expected = mmu_engine_memory_request(bench->engine);
        if (expected && same_request(expected, &m->observed_request)) {
            m->expected_request = *expected;
            m->expected_request_valid = true;
            return bench_fail(bench, CHECK_LATENCY, port, "mem_req_valid", bench->base + cycle,
                              bench->now);
        }
        if (expected) break;
        mmu_engine_advance(bench->engine, cycle);
    }
    return bench_fail(bench, kind_of(&m->observed_request), port, "mem_req_valid extra", 0, 1);
}

bool bench_request_time(struct bench *bench, unsigned sample, bool expected_now) {
    return expected_now ? request_late(bench, sample) : request_early(bench);
}
