// SPDX-License-Identifier: Apache-2.0
// How many references a second the timed engine makes as a cycle model, warm, on one core:
//
//   tandem_engine_bench [seconds]
//
// A stream of references like a program's: fetches and data accesses, most of them to pages used
// a moment ago, some to a hot set, few to a large one, a few to pages that are not there. It is
// kept in memory and run over and over: one reference a cycle, answers taken at once, requests
// held while their port is not ready. Processor time, best of several slices, since machines are
// shared.
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mmu/engine.h"

#define REFERENCES (1u << 18)
#define PAGES 4096u    // mapped; as many again are not
#define PAGES_HOT 48u  // of each kind of access
#define BASE UINT64_C(0x80000000)
#define TABLES (2 * PAGES / 512 + 2)

struct reference {
    uint64_t va;
    uint8_t access;
};

static uint64_t tables[TABLES * 512];
static struct reference stream[REFERENCES];

static uint64_t next_random(uint64_t *state) {
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

// --- memory: Sv39, pages 0 .. PAGES-1 mapped -----------------------------------------------------

static void make_tables(void) {
    const uint64_t leaf = MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_X | MMU_PTE_A | MMU_PTE_D;
    uint64_t ppn = BASE >> MMU_PAGE_BITS;
    tables[0] = (ppn + 1) << MMU_PTE_PPN_SHIFT | MMU_PTE_V;
    for (uint64_t k = 0; k < TABLES - 2; ++k)
        tables[512 + k] = (ppn + 2 + k) << MMU_PTE_PPN_SHIFT | MMU_PTE_V;
    for (uint64_t page = 0; page < PAGES; ++page)
        tables[1024 + page] = (0x10000 + page) << MMU_PTE_PPN_SHIFT | leaf;
}

static bool read_pte(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    (void)user, (void)bytes;
    if (pa < BASE || pa - BASE >= sizeof tables) return false;
    *value = tables[(pa - BASE) / 8];
    return true;
}

static bool write_pte(void *user, uint64_t pa, unsigned bytes, uint64_t expected, uint64_t desired,
                      uint64_t *old) {
    if (!read_pte(user, pa, bytes, old)) return false;
    if (*old == expected) tables[(pa - BASE) / 8] = desired;
    return true;
}

static void latency(void *user, uint64_t ordinal, uint32_t *grant_cycles, uint32_t *data_cycles) {
    (void)user, (void)ordinal;
    *grant_cycles = 1;
    *data_cycles = 20;
}

// --- the stream
// -------------------------------------------------------------------------------------

// Returns the next page of this kind of access.
static uint64_t next_page(uint64_t recent[4], uint64_t first, uint64_t *rng) {
    uint64_t r = next_random(rng), page = first + (r >> 16) % PAGES_HOT;
    if (r % 1000 < 950) return recent[r >> 10 & 3];
    if (r % 1000 >= 998) page = (r >> 16) % PAGES;
    if (r % 20000 == 19999) page += PAGES;  // a fault
    recent[r >> 10 & 3] = page;
    return page;
}

static void make_stream(void) {
    uint64_t rng = 1, recent[2][4] = {{0}};
    for (uint32_t k = 0; k < REFERENCES; ++k) {
        uint64_t r = next_random(&rng);
        bool fetch = r % 8 < 5;
        uint64_t page = next_page(recent[fetch], fetch ? 1000 : 2000, &rng);
        stream[k].access = fetch ? MMU_FETCH : r % 8 < 7 ? MMU_LOAD : MMU_STORE;
        stream[k].va = page << MMU_PAGE_BITS | (r >> 52 & ~UINT64_C(7));
    }
}

// --- the client
// -------------------------------------------------------------------------------------

static void take(struct mmu_engine *engine, uint64_t *sum) {
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        const struct mmu_answer *answer = mmu_engine_response(engine, port);
        if (answer == NULL) continue;
        *sum += answer->pa;
        mmu_engine_take_response(engine, port);
    }
    if (mmu_engine_fault(engine) != NULL) mmu_engine_take_fault(engine);
}

static struct mmu_request request_of(uint32_t k) {
    return (struct mmu_request){
        .va = stream[k].va, .access = stream[k].access, .size = 3, .tag = k % MMU_TAGS};
}

// One cycle, or as many as nothing happens in. Returns whether the request was accepted.
static bool step(struct mmu_engine *engine, const struct mmu_request *request,
                 const struct mmu_csr *csr, uint64_t *sum) {
    enum mmu_port port = request->access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
    take(engine, sum);
    // A tag comes round again long after its request was answered, or else waits.
    bool accepted = mmu_engine_ready(engine, port, true) &&
                    !(mmu_engine_unanswered(engine, port) >> request->tag & 1u);
    if (accepted) mmu_engine_accept(engine, port, request, csr);
    uint64_t now = mmu_engine_cycle(engine);
    mmu_engine_advance(engine, accepted ? now : mmu_engine_next_event(engine) - 1);
    return accepted;
}

static const struct mmu_csr csr = {.satp = UINT64_C(8) << 60 | BASE >> MMU_PAGE_BITS,
                                   .priv = MMU_PRIV_S};

// Returns a sum of the answers, so that nothing is left out.
static uint64_t run_single(struct mmu_engine *engine) {
    uint64_t sum = 0;
    for (uint32_t k = 0; k < REFERENCES;) {
        struct mmu_request request = request_of(k);
        k += step(engine, &request, &csr, &sum);
    }
    return sum;
}

// The same with runs of hits where there are any.
static uint64_t run_bulk(struct mmu_engine *engine) {
    struct mmu_request requests[256];
    uint64_t sum = 0;
    for (uint32_t first = 0; first < REFERENCES; first += 256) {
        for (uint32_t k = 0; k < 256; ++k) requests[k] = request_of(first + k);
        for (uint32_t k = 0; k < 256;) {
            k += mmu_engine_run_hits(engine, &requests[k], 256 - k, &csr, NULL);
            if (k < 256) k += step(engine, &requests[k], &csr, &sum);
        }
    }
    return sum;
}

static double processor_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void measure(const char *name, const struct mmu_config *config, double seconds,
                    uint64_t (*run)(struct mmu_engine *)) {
    struct mmu_bus bus = {.memory = {.read = read_pte, .compare_and_write = write_pte},
                          .latency = latency};
    struct mmu_engine *engine = mmu_engine_create(config, &bus);
    if (engine == NULL) return;
    uint64_t sum = run(engine), hits = 0, requests = 0;
    uint64_t cycles = mmu_engine_cycle(engine);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        hits += mmu_engine_counter(engine, 8 * port + MMU_COUNT_HITS);
        requests += mmu_engine_counter(engine, 8 * port + MMU_COUNT_REQUESTS);
    }
    double best = 0, end = processor_seconds() + seconds;
    do {
        double begin = processor_seconds();
        sum += run(engine);
        double rate = REFERENCES / (processor_seconds() - begin) / 1e6;
        if (rate > best) best = rate;
    } while (processor_seconds() < end);
    printf("%-22s %6.1f M references/s  first-level hits %.2f %%  %.2f cycles each  (%" PRIx64
           ")\n",
           name, best, 100.0 * (double)hits / (double)requests, (double)cycles / REFERENCES,
           sum & 0xFFFF);
    mmu_engine_destroy(engine);
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 1.0;
    make_tables();
    make_stream();
    struct mmu_config config = mmu_config_default();
    config.tlb[0] = config.tlb[1] = (struct mmu_tlb_config){64, 4, MMU_PLRU};
    measure("one level, one walk", &config, seconds, run_single);
    config.l2 = (struct mmu_l2_config){1024, 8, MMU_PLRU};
    config.pwc_entries = 16;
    config.walks = 4;
    measure("two levels, four walks", &config, seconds, run_single);
    measure("... runs of hits", &config, seconds, run_bulk);
    config.prefetch = true;
    measure("with prefetch", &config, seconds, run_single);
    return 0;
}
