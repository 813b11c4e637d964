// SPDX-License-Identifier: Apache-2.0
// The legal-set oracle in the bench: told of all that happens, asked about each answer and each A/D
// update. Alone, it also stands for the handshake that the model would know: an answer belongs to
// a request, stands unchanged until taken, and a fault record repeats it.
#include <stdio.h>
#include <string.h>

#include "bench_internal.h"

static bool present_read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    const struct bench_memory *memory = &((const struct bench *)user)->config.memory;
    return memory->read(memory->user, pa, bytes, value);
}

bool bench_legal_create(struct bench *bench) {
    struct legal_config config = {.arch = bench->config.mmu.arch,
                                  .memory = {.user = bench, .read = present_read},
                                  .tags = bench->has_tags,
                                  .kills_at_the_wires = bench->has_tags};
    bench->legal = legal_create(&config);
    return bench->legal;
}

// The first violation of a cycle counts.
static void fail(struct bench *bench, enum bench_check check, unsigned port, const char *what,
                 uint64_t expected, uint64_t observed) {
    if (bench->illegal) return;
    bench->illegal = true;
    bench_fail(bench, check, port, what, expected, observed);
}

// --- answers -----------------------------------------------------------------------------

static struct legal_verdict ask(struct bench *bench, unsigned port,
                                const struct mmu_answer *answer) {
    struct legal_verdict verdict =
        legal_answer(bench->legal, bench->now, (enum mmu_port)port, answer);
    bench->stats.compared[CHECK_LEGAL]++;
    bench->stats.legal = *legal_stats(bench->legal);
    return verdict;
}

void bench_legal_opinion(struct bench *bench, unsigned port, const struct mmu_answer *answer) {
    struct mismatch *m = &bench->mismatch;
    if (!bench->legal || bench->ports[port].standing || m->has_verdict) return;
    if (answer->tag >= MMU_TAGS || !(bench->ports[port].pending >> answer->tag & 1)) return;
    m->verdict = ask(bench, port, answer);
    m->has_verdict = true;
}

static void judge(struct bench *bench, unsigned port, const struct mmu_answer *answer) {
    struct legal_verdict verdict = ask(bench, port, answer);
    if (verdict.legal || bench->illegal) return;
    struct mismatch *m = &bench->mismatch;
    bench_clear_mismatch(bench);
    m->has_answer = m->has_verdict = true;
    m->expected_answer = verdict.present;
    m->observed_answer = *answer;
    m->verdict = verdict;
    m->observed_response_cycle = bench->now;
    fail(bench, CHECK_LEGAL, port, verdict.reason, 0, 1);
}

static void fail_signal(struct bench *bench, unsigned port, const char *signal, uint64_t expected,
                        uint64_t observed) {
    char what[48];
    snprintf(what, sizeof what, "%s_%s", port == MMU_PORT_DATA ? "d" : "f", signal);
    if (!bench->illegal) bench_clear_mismatch(bench);
    fail(bench, CHECK_LEGAL, port, what, expected, observed);
}

// A record may be shown from the answer's own cycle on. Where none are told, none is waited for.
static void expect_record(struct bench *bench, struct port_state *state) {
    if (bench->shadow || state->records_due == BENCH_RECORDS_DUE) return;
    if (state->records_due == 0) state->due_since = bench->now;
    const struct asked *asked = &state->asked[state->answer.tag];
    state->due[state->records_due++] = (struct record_due){
        .request = asked->request, .csr = asked->csr, .cause = state->answer.cause};
}

void bench_legal_response(struct bench *bench, unsigned port, const struct mmu_answer *answer) {
    struct port_state *state = &bench->ports[port];
    bool asked = answer->tag < MMU_TAGS && (state->pending >> answer->tag & 1);
    if (!state->standing && asked) {
        state->about = answer->tag;
        judge(bench, port, answer);
        state->answer = *answer;
        if (answer->fault) expect_record(bench, state);
    } else if (bench->shadow) {
        return;
    } else if (!state->standing) {
        fail_signal(bench, port, "rsp_valid without a request", 0, 1);
    } else if (!bench_same_answer(&state->answer, answer)) {
        fail_signal(bench, port, "rsp changed while it stood", state->answer.pa, answer->pa);
    }
}

void bench_legal_no_response(struct bench *bench, unsigned port) {
    if (!bench->shadow && bench->ports[port].standing)
        fail_signal(bench, port, "rsp_valid withdrawn", 1, 0);
}

// --- fault records -----------------------------------------------------------------------

void bench_legal_record(struct bench *bench, const struct mmu_fault *observed) {
    if (bench->shadow || bench->illegal) return;
    const struct mmu_arch *arch = &bench->config.mmu.arch;
    unsigned port = observed->port & 1u;
    struct port_state *state = &bench->ports[port];
    bench->stats.compared[CHECK_FAULT_RECORD]++;
    bench_clear_mismatch(bench);
    if (state->records_due == 0) {
        fail(bench, CHECK_FAULT_RECORD, port, "fault_valid", 0, 1);
        return;
    }
    struct record_due due = state->due[0];
    uint64_t va = due.request.va;
    struct mmu_fault seen = *observed;
    if (!bench->has_tags) seen.tag = due.request.tag;  // whatever stands there
    struct mmu_fault expected = {.tag = due.request.tag,
                                 .tval = arch->xlen == 32 ? va & UINT32_MAX : va,
                                 .asid = mmu_satp_asid(arch, due.csr.satp),
                                 .port = (uint8_t)port,
                                 .access = due.request.access,
                                 .cause = due.cause};
    bench->illegal = !bench_compare_record(bench, &expected, &seen);
    memmove(state->due, state->due + 1, --state->records_due * sizeof state->due[0]);
}

// One that is shown and not taken holds up the others.
void bench_legal_await_records(struct bench *bench, bool shown) {
    if (bench->shadow || !bench->config.ops->profile()->has_fault_records) return;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        struct port_state *state = &bench->ports[p];
        if (shown) state->due_since = bench->now;
        uint64_t waited = state->records_due ? bench->now - state->due_since : 0;
        if (waited <= bench->config.watchdog_cycles || bench->illegal) continue;
        bench_clear_mismatch(bench);
        fail(bench, CHECK_FAULT_RECORD, p, "fault_valid never comes", 1, 0);
    }
}

// --- what happens ------------------------------------------------------------------------

// A walk slot has one transaction at a time.
static bool judge_id(struct bench *bench, const struct mmu_memory_request *request) {
    const struct memory_port *port = &bench->port;
    bool twice = request->id >= MMU_WALKS;
    for (unsigned k = 0; k < port->outstanding; k++)
        twice = twice || port->transaction[k].answer.id == request->id;
    if (!twice || bench->illegal) return !twice;
    bench_clear_mismatch(bench);
    bench->mismatch.observed_request = *request;
    bench->mismatch.observed_request_valid = true;
    fail(bench, CHECK_PTE_ACCESS, MMU_PORT_DATA, "mem_req_id of a transaction without an answer", 0,
         request->id);
    return false;
}

static void judge_update(struct bench *bench, const struct mmu_memory_request *request) {
    struct legal_verdict verdict =
        legal_update(bench->legal, bench->now, request->pa, bench_pte_bytes(bench),
                     request->expected, request->data);
    bench->stats.compared[CHECK_LEGAL]++;
    bench->stats.legal = *legal_stats(bench->legal);
    if (verdict.legal || bench->illegal) return;
    struct mismatch *m = &bench->mismatch;
    bench_clear_mismatch(bench);
    m->observed_request = *request;
    m->observed_request_valid = m->has_verdict = true;
    m->verdict = verdict;
    fail(bench, CHECK_LEGAL, bench_walking_port(bench, request->id), verdict.reason, 0, 1);
}

void bench_legal_transaction(struct bench *bench, const struct mmu_memory_request *request,
                             bool error) {
    if (bench->probing || (!bench->shadow && !judge_id(bench, request))) return;
    if (error)
        legal_error(bench->legal, bench->now, request->pa);
    else if (request->write)
        judge_update(bench, request);
    legal_transaction(bench->legal, bench->now);
}

void bench_legal_write(struct bench *bench, const struct bench_write *write) {
    if (bench->probing) return;
    legal_write(bench->legal, write->cycle, write->pa, bench_pte_bytes(bench), write->before,
                write->after, write->writer == BENCH_WRITER_HARDWARE);
}
