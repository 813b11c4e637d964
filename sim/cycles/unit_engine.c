// SPDX-License-Identifier: Apache-2.0
// The timed model alone.
#include <stdlib.h>

#include "internal.h"

struct alone {
    struct mmu_engine *engine;
    struct sim_memory *memory;
    uint32_t grant, data;
};

static bool read_pte(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    return sim_memory_read(((struct alone *)user)->memory, pa, bytes, value);
}

static bool update_pte(void *user, uint64_t pa, unsigned bytes, uint64_t expected, uint64_t desired,
                       uint64_t *old) {
    struct alone *alone = user;
    if (!sim_memory_read(alone->memory, pa, bytes, old)) return false;
    return *old != expected || sim_memory_write(alone->memory, pa, bytes, desired);
}

static void latency(void *user, uint64_t ordinal, uint32_t *grant_cycles, uint32_t *data_cycles) {
    const struct alone *alone = user;
    (void)ordinal;
    *grant_cycles = alone->grant;
    *data_cycles = alone->data;
}

static void see_answers(const struct mmu_engine *engine, struct cycles_seen *seen) {
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        const struct mmu_answer *answer = mmu_engine_response(engine, (enum mmu_port)p);
        seen->answered[p] = answer != NULL;
        if (answer) seen->answer[p] = *answer;
    }
}

static enum sim_status cycle(void *unit, const struct mmu_csr *csr,
                             const struct mmu_request *request, struct cycles_seen *seen,
                             struct sim_error *error) {
    struct mmu_engine *engine = ((struct alone *)unit)->engine;
    (void)error;
    see_answers(engine, seen);
    enum mmu_port port = request && request->access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
    seen->accepted = request && mmu_engine_ready(engine, port, true);
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (seen->answered[p]) mmu_engine_take_response(engine, (enum mmu_port)p);
    if (mmu_engine_fault(engine)) mmu_engine_take_fault(engine);
    mmu_engine_set_csr(engine, csr);
    if (seen->accepted) mmu_engine_accept(engine, port, request, csr);
    mmu_engine_advance(engine, mmu_engine_cycle(engine));
    return SIM_OK;
}

static void skip(void *unit, const struct mmu_csr *csr) {
    struct mmu_engine *engine = ((struct alone *)unit)->engine;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (mmu_engine_response(engine, (enum mmu_port)p)) return;
    if (mmu_engine_fault(engine)) return;
    mmu_engine_set_csr(engine, csr);
    uint64_t next = mmu_engine_next_event(engine);
    if (next != MMU_NEVER && next > mmu_engine_cycle(engine)) mmu_engine_advance(engine, next - 1);
}

static uint32_t run_hits(void *unit, const struct mmu_csr *csr, const struct mmu_request *requests,
                         uint32_t count, const struct mmu_request *awaited,
                         struct cycles_seen *seen) {
    struct mmu_engine *engine = ((struct alone *)unit)->engine;
    see_answers(engine, seen);
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (seen->answered[p] && seen->answer[p].fault) return 0;
    unsigned port = awaited && awaited->access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
    if (awaited && !(seen->answered[port] && seen->answer[port].tag == awaited->tag)) count = 1;
    return mmu_engine_run_hits(engine, requests, count, csr, NULL);
}

static uint64_t now(const void *unit) {
    return mmu_engine_cycle(((const struct alone *)unit)->engine);
}

static uint64_t counter(const void *unit, unsigned number) {
    return mmu_engine_counter(((const struct alone *)unit)->engine, number);
}

static void destroy(void *unit) {
    struct alone *alone = unit;
    if (alone->engine) mmu_engine_destroy(alone->engine);
    free(alone);
}

static const struct cycles_unit ops = {cycle, skip, run_hits, NULL, now, counter, destroy};

enum sim_status cycles_create(const struct cycles_config *config, struct cycles **cycles,
                              struct sim_error *error) {
    struct alone *alone = calloc(1, sizeof *alone);
    if (!alone) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    enum sim_status status = cycles_new(config, cycles, error);
    if (status) {
        free(alone);
        return status;
    }
    alone->memory = (*cycles)->tables.memory;
    alone->grant = config->grant;
    alone->data = config->data;
    (*cycles)->ops = &ops;
    (*cycles)->unit = alone;
    struct mmu_bus bus = {
        .memory = {.user = alone, .read = read_pte, .compare_and_write = update_pte},
        .latency = latency};
    alone->engine = mmu_engine_create(&config->mmu, &bus);
    if (alone->engine) return SIM_OK;
    cycles_destroy(*cycles);
    *cycles = NULL;
    return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}
