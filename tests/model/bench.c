// SPDX-License-Identifier: Apache-2.0
// The scripted driver of the timing tests.
#include "bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

void bench_init(struct bench *bench) {
    struct mmu_config config = mmu_config_default();
    bench_init_config(bench, &config);
}

void bench_init_config(struct bench *bench, const struct mmu_config *config) {
    memset(bench, 0, sizeof *bench);
    fixture_memory_init(&bench->memory);
    struct mmu_bus bus = fixture_bus(&bench->memory);
    bench->engine = mmu_engine_create(config, &bus);
    assert_non_null(bench->engine);
    bench->csr = (struct mmu_csr){.satp = FIXTURE_SATP_ASID(1), .priv = MMU_PRIV_S};
}

void bench_free(struct bench *bench) {
    mmu_engine_destroy(bench->engine);
}

void bench_offer(struct bench *bench, enum mmu_port port, uint64_t cycle, uint64_t va,
                 uint8_t access) {
    uint8_t tag = (uint8_t)bench->offers[port]++;
    assert_true(tag < BENCH_OFFERS);
    bench->offer[port][tag] =
        (struct bench_offer){.cycle = cycle, .request = {.va = va, .access = access, .tag = tag}};
}

void bench_kill(struct bench *bench, enum mmu_port port, uint64_t cycle) {
    bench->kill[port][cycle] = true;
}

void bench_registers(struct bench *bench, uint64_t cycle, struct mmu_csr csr) {
    bench->register_cycle[bench->register_changes] = cycle;
    bench->registers[bench->register_changes++] = csr;
}

void bench_pmp_write(struct bench *bench, uint64_t cycle, struct mmu_pmp_write write) {
    bench->pmp_cycle[bench->pmp_writes] = cycle;
    bench->pmp_write[bench->pmp_writes++] = write;
}

void bench_fence(struct bench *bench, uint64_t cycle) {
    bench->fence_cycle[bench->fences++] = cycle;
}

void bench_fence_of(struct bench *bench, uint64_t cycle, struct mmu_fence fence) {
    bench->fence[bench->fences] = fence;
    bench_fence(bench, cycle);
}

static void record(struct bench *bench, uint64_t c) {
    struct mmu_engine *engine = bench->engine;
    assert_true(mmu_engine_cycle(engine) == c);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        const struct mmu_answer *answer = mmu_engine_response(engine, port);
        bench->wire[D_READY + port][c] =
            mmu_engine_ready(engine, port, c >= bench->response_ready_from[port]);
        bench->wire[D_RSP + port][c] = answer != NULL;
        if (answer != NULL) bench->answer[port][c] = *answer;
    }
    const struct mmu_memory_request *request = mmu_engine_memory_request(engine);
    bench->wire[MEM_REQ][c] = request != NULL;
    bench->wire[MEM_WRITE][c] = request != NULL && request->write;
    if (request != NULL) bench->request[c] = *request;
    bench->wire[D_FILL][c] = mmu_engine_fill(engine, MMU_PORT_DATA) != NULL;
    bench->wire[F_FILL][c] = mmu_engine_fill(engine, MMU_PORT_FETCH) != NULL;
    const struct mmu_l2_fill *l2_fill = mmu_engine_l2_fill(engine);
    bench->wire[L2_FILL][c] = l2_fill != NULL;
    if (l2_fill != NULL) bench->l2_fill[c] = *l2_fill;
    bench->wire[FENCE_READY][c] = mmu_engine_fence_ready(engine);
    bench->wire[PMP_READY][c] = mmu_engine_pmp_ready(engine);
    const struct mmu_fault *fault = mmu_engine_fault(engine);
    bench->wire[FAULT][c] = fault != NULL;
    if (fault != NULL) bench->fault[c] = *fault;
    for (unsigned k = 0; k < MMU_COUNTERS; ++k)
        bench->counter[k][c] = mmu_engine_counter(engine, k);
}

static void act(struct bench *bench, uint64_t c) {
    struct mmu_engine *engine = bench->engine;
    for (unsigned k = 0; k < bench->register_changes; ++k)
        if (bench->register_cycle[k] == c) bench->csr = bench->registers[k];
    mmu_engine_set_csr(engine, &bench->csr);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (bench->wire[D_RSP + port][c] && c >= bench->response_ready_from[port])
            mmu_engine_take_response(engine, port);
        unsigned next = bench->offers_done[port];
        const struct bench_offer *offer = &bench->offer[port][next];
        if (next < bench->offers[port] && offer->cycle <= c && bench->wire[D_READY + port][c]) {
            mmu_engine_accept(engine, port, &offer->request, &bench->csr);
            ++bench->offers_done[port];
        }
        if (bench->kill[port][c])
            bench->killed[port] += (unsigned)__builtin_popcount(mmu_engine_kill(engine, port));
    }
    if (bench->wire[FAULT][c] && c >= bench->fault_ready_from) mmu_engine_take_fault(engine);
    if (bench->poison[c]) mmu_engine_poison(engine);
    unsigned next = bench->fences_done;
    if (next < bench->fences && bench->fence_cycle[next] <= c && bench->wire[FENCE_READY][c]) {
        mmu_engine_fence(engine, &bench->fence[next]);
        ++bench->fences_done;
    }
    next = bench->pmp_writes_done;
    if (next < bench->pmp_writes && bench->pmp_cycle[next] <= c && bench->wire[PMP_READY][c]) {
        mmu_engine_pmp_write(engine, &bench->pmp_write[next]);
        ++bench->pmp_writes_done;
    }
}

void bench_run(struct bench *bench, uint64_t cycles) {
    assert_true(cycles <= BENCH_CYCLES);
    for (uint64_t c = 0; c < cycles; ++c) {
        record(bench, c);
        act(bench, c);
        mmu_engine_advance(bench->engine, c);
    }
}

void bench_expect(const struct bench *bench, enum bench_wire wire, uint64_t cycle,
                  const char *wave) {
    for (; *wave != '\0'; ++wave) {
        if (*wave == ' ') continue;
        if (bench->wire[wire][cycle] != (*wave == '1'))
            fail_msg("wire %d is %d in cycle %u", (int)wire, bench->wire[wire][cycle],
                     (unsigned)cycle);
        ++cycle;
    }
}

void bench_expect_ids(const struct bench *bench, uint64_t cycle, const char *ids) {
    for (; *ids != '\0'; ++ids) {
        if (*ids == ' ') continue;
        bool valid = bench->wire[MEM_REQ][cycle];
        if (valid != (*ids != '_') || (valid && bench->request[cycle].id != *ids - '0'))
            fail_msg("cycle %u: request %d of slot %d", (unsigned)cycle, valid,
                     bench->request[cycle].id);
        ++cycle;
    }
}

const struct mmu_history *bench_history(const struct bench *bench, enum mmu_port port, unsigned k) {
    return mmu_engine_history(bench->engine, port, k);
}

uint64_t bench_counter(const struct bench *bench, unsigned counter) {
    return mmu_engine_counter(bench->engine, counter);
}

uint64_t bench_first(const struct bench *bench, enum bench_wire wire, uint64_t from) {
    for (uint64_t c = from; c < BENCH_CYCLES; ++c) {
        if (bench->wire[wire][c]) return c;
    }
    fail_msg("wire %d never rises after cycle %u", (int)wire, (unsigned)from);
    return MMU_NEVER;
}
