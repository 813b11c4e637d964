// SPDX-License-Identifier: Apache-2.0
// The memory port: timing of PTE transactions, the DUT's transactions, the model's view.
#include "bench_internal.h"

static uint32_t draw(uint32_t least, uint32_t most, uint32_t random) {
    return least + (uint32_t)(((uint64_t)random * ((uint64_t)most - least + 1)) >> 32);
}

static uint64_t random_of_phase(const struct bench_timing *timing, uint64_t ordinal) {
    return bench_mix(timing->seed ^ 0x5DEECE66Du) ^ ordinal / timing->phase;
}

// All fast, all slow, or one of the two; every other phase has the whole ranges.
static void narrow(struct bench_timing *timing, uint64_t random) {
    if (random & 1) return;
    if (random & 2)
        timing->grant_max = timing->grant_min;
    else
        timing->grant_min += (timing->grant_max - timing->grant_min) / 2;
    if (random & 4)
        timing->data_max = timing->data_min;
    else
        timing->data_min += (timing->data_max - timing->data_min) / 2;
}

void bench_latency(const struct bench_timing *timing, uint64_t ordinal, uint32_t *grant_cycles,
                   uint32_t *data_cycles) {
    if (timing->list) {
        bool listed = ordinal < timing->listed;
        *grant_cycles = listed ? timing->list[ordinal].grant_cycles : 1;
        *data_cycles = listed ? timing->list[ordinal].data_cycles : 1;
        return;
    }
    *grant_cycles = timing->grant_min;
    *data_cycles = timing->data_min;
    if (timing->grant_min == timing->grant_max && timing->data_min == timing->data_max) return;
    uint64_t random = bench_mix(bench_mix(timing->seed) ^ ordinal);
    struct bench_timing now = *timing;
    if (timing->phase) narrow(&now, bench_mix(random_of_phase(timing, ordinal)));
    *grant_cycles = draw(now.grant_min, now.grant_max, (uint32_t)random);
    *data_cycles = draw(now.data_min, now.data_max, (uint32_t)(random >> 32));
}

bool bench_error(const struct bench_timing *timing, uint64_t ordinal) {
    if (timing->list) return ordinal < timing->listed && timing->list[ordinal].error;
    if (timing->error_permille == 0) return false;
    uint64_t random = bench_mix(bench_mix(~timing->seed) ^ ordinal);
    return draw(0, 999, (uint32_t)random) < timing->error_permille;
}

// A transaction happens, on the side that memory serves.
static void apply_timing(struct bench *bench, uint64_t ordinal, bool error) {
    uint32_t g, l;
    bench_latency(&bench->config.timing, ordinal, &g, &l);
    bench_applied(bench, APPLIED_TRANSACTION, ordinal, (uint64_t)g << 32 | l, error, 0);
}

static void log_write(struct bench *bench, uint64_t pa, uint64_t before, uint64_t after,
                      enum bench_writer writer) {
    struct bench_write *write = &bench->writes[bench->write_count++ % BENCH_WRITE_LOG];
    *write = (struct bench_write){
        .pa = pa, .before = before, .after = after, .cycle = bench->now, .writer = writer};
    if (bench->legal) bench_legal_write(bench, write);
    if (bench->tap) bench->tap->write(bench->tap->user, bench, write);
    if (bench->config.coverage && !bench->probing) bench_cover_write(bench, writer);
}

void bench_note_write(struct bench *bench, uint64_t pa, uint64_t before, uint64_t after) {
    bench_applied(bench, APPLIED_PTE_WRITE, bench->now, pa, after, 0);
    log_write(bench, pa, before, after, BENCH_WRITER_SOFTWARE);
}

static void log_access(struct bench *bench, const struct bench_access *access) {
    bench->accesses[bench->access_count++ % BENCH_ACCESS_LOG] = *access;
}

// --- the model's side ------------------------------------------------------------------

// Alone, the model's transactions are the ones that happen.
static void log_model_access(struct bench *bench, uint64_t pa, uint64_t value, bool write,
                             bool error) {
    if (bench->config.mode != BENCH_MODEL_ONLY) return;
    log_access(bench, &(struct bench_access){.pa = pa,
                                             .value = value,
                                             .request_cycle = bench->now,
                                             .grant_cycle = bench->now,
                                             .data_cycle = MMU_NEVER,
                                             .write = write,
                                             .error = error});
}

// The model's next transaction: whether the memory refuses it whatever its address. They come in
// the order of their ordinals.
static bool model_error(struct bench *bench) {
    uint64_t ordinal = bench->ordinal_base + bench->port.model_ordinal++;
    bool error = bench_error(&bench->config.timing, ordinal);
    if (bench->config.mode == BENCH_MODEL_ONLY) {
        apply_timing(bench, ordinal, error);
        bench->port.ordinal = bench->port.model_ordinal;
    }
    return error;
}

static bool model_read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    struct bench *bench = user;
    const struct bench_memory *memory = &bench->config.memory;
    bool exists = !model_error(bench) && memory->read(memory->user, pa, bytes, value);
    log_model_access(bench, pa, exists ? *value : 0, false, !exists);
    return exists;
}

static bool model_compare_and_write(void *user, uint64_t pa, unsigned bytes, uint64_t expected,
                                    uint64_t desired, uint64_t *old) {
    struct bench *bench = user;
    const struct bench_memory *memory = &bench->config.memory;
    bool exists = !model_error(bench) && memory->read(memory->user, pa, bytes, old);
    log_model_access(bench, pa, exists ? *old : 0, true, !exists);
    if (!exists) return false;
    if (*old != expected || bench->config.mode != BENCH_MODEL_ONLY) return true;
    log_write(bench, pa, expected, desired, BENCH_WRITER_HARDWARE);
    return memory->write(memory->user, pa, bytes, desired);
}

static void model_latency(void *user, uint64_t ordinal, uint32_t *grant_cycles,
                          uint32_t *data_cycles) {
    struct bench *bench = user;
    bench_latency(&bench->config.timing, bench->ordinal_base + ordinal, grant_cycles, data_cycles);
}

struct mmu_bus bench_model_bus(struct bench *bench) {
    return (struct mmu_bus){
        .memory = {.user = bench, .read = model_read, .compare_and_write = model_compare_and_write},
        .latency = model_latency};
}

// --- the DUT's side ----------------------------------------------------------------------

// A unit with one walk has one transaction at a time.
static bool full(const struct bench *bench) {
    return bench->port.outstanding >= (bench->many ? MMU_WALKS : 1u);
}

bool bench_memory_granting(const struct bench *bench) {
    const struct memory_port *port = &bench->port;
    return !full(bench) && port->waited + 1 >= port->grant_cycles;
}

// Index of the transaction that is answered in this cycle, port->outstanding if none is.
static unsigned answered_now(const struct bench *bench) {
    const struct memory_port *port = &bench->port;
    unsigned k = 0;
    while (k < port->outstanding && port->transaction[k].answer_cycle != bench->now) k++;
    return k;
}

// g counts the cycle of the grant, so a request that has waited g-1 cycles is granted now.
void bench_memory_stage(struct bench *bench) {
    struct memory_port *port = &bench->port;
    if (port->grant_cycles == 0)
        bench_latency(&bench->config.timing, bench->ordinal_base + port->ordinal,
                      &port->grant_cycles, &port->data_cycles);
    bool grant = bench_memory_granting(bench);
    unsigned k = answered_now(bench);
    bench->config.ops->memory_response(bench->config.dut, grant,
                                       k < port->outstanding ? &port->transaction[k].answer : NULL);
}

static void retire(struct memory_port *port, unsigned k) {
    for (port->outstanding--; k < port->outstanding; k++)
        port->transaction[k] = port->transaction[k + 1];
}

// "Memory port": an answer gives way to those of transactions granted before.
static uint64_t answer_cycle(const struct memory_port *port, uint64_t cycle) {
    for (unsigned k = 0; k < port->outstanding; k++)
        if (port->transaction[k].answer_cycle == cycle) return answer_cycle(port, cycle + 1);
    return cycle;
}

// Only a PTE's bytes are compared and written.
static uint64_t pte_bits(const struct bench *bench, uint64_t value) {
    return bench_pte_bytes(bench) == 4 ? value & UINT32_MAX : value;
}

static struct dut_memory_response operate(struct bench *bench,
                                          const struct mmu_memory_request *request, bool error) {
    const struct bench_memory *memory = &bench->config.memory;
    unsigned bytes = bench_pte_bytes(bench);
    uint64_t value = 0;
    if (error || !memory->read(memory->user, request->pa, bytes, &value))
        return (struct dut_memory_response){.error = true};
    if (request->write && value == pte_bits(bench, request->expected)) {
        uint64_t desired = pte_bits(bench, request->data);
        error = !memory->write(memory->user, request->pa, bytes, desired);
        log_write(bench, request->pa, value, desired, BENCH_WRITER_HARDWARE);
    }
    return (struct dut_memory_response){.data = value, .error = error};
}

static void transact(struct bench *bench, const struct mmu_memory_request *request) {
    struct memory_port *port = &bench->port;
    uint64_t ordinal = bench->ordinal_base + port->ordinal++;
    bool error = bench_error(&bench->config.timing, ordinal);
    apply_timing(bench, ordinal, error);
    if (bench->legal) bench_legal_transaction(bench, request, error);
    struct transaction made = {.answer = operate(bench, request, error),
                               .answer_cycle = answer_cycle(port, bench->now + port->data_cycles)};
    made.answer.id = request->id;
    port->transaction[port->outstanding++] = made;
    if (port->outstanding > bench->stats.most_transactions)
        bench->stats.most_transactions = port->outstanding;
    log_access(bench, &(struct bench_access){.pa = request->pa,
                                             .value = made.answer.data,
                                             .request_cycle = bench->now - port->waited,
                                             .grant_cycle = bench->now,
                                             .data_cycle = made.answer_cycle,
                                             .write = request->write,
                                             .error = made.answer.error,
                                             .id = request->id});
    port->waited = 0;
    port->grant_cycles = 0;
}

void bench_memory_serve(struct bench *bench, unsigned sample) {
    struct memory_port *port = &bench->port;
    unsigned k = answered_now(bench);
    bool granted = bench_memory_granting(bench), was_full = full(bench);
    if (k < port->outstanding) retire(port, k);
    if (!(sample & DUT_MEMORY_REQUEST)) return;
    if (!granted) {
        if (!was_full) port->waited++;
        return;
    }
    struct mmu_memory_request request;
    bench->config.ops->memory_request(bench->config.dut, &request);
    transact(bench, &request);
}
