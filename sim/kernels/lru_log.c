// SPDX-License-Identifier: Apache-2.0
#include "lru_log.h"

#include <stdlib.h>

enum {
    LOG_MIN = 4096,
    LOG_FACTOR = 4,  // log entries per frame: three of four appends are free of compaction
    PREFETCH = 12,
};

enum sim_status lru_log_create(struct lru_log *lru, uint32_t frames, struct sim_error *error) {
    *lru = (struct lru_log){.frames = frames};
    lru->capacity = LOG_FACTOR * frames > LOG_MIN ? LOG_FACTOR * frames : LOG_MIN;
    lru->log = malloc(lru->capacity * sizeof *lru->log);
    return lru->log ? SIM_OK : kernel_no_memory(error);
}

void lru_log_release(struct lru_log *lru) {
    free(lru->log);
    free(lru->where);
}

static void compact(struct lru_log *lru) {
    uint32_t *log = lru->log, *where = lru->where, kept = 0;
    for (uint32_t i = lru->tail; i < lru->head; i++) {
        uint32_t ahead = i + PREFETCH < lru->head ? i + PREFETCH : i;
        __builtin_prefetch(&where[log[ahead]]);
        uint32_t page = log[i], at = where[page];
        if (at >> 1 != i + 1) continue;
        log[kept] = page;
        where[page] = (++kept) << 1 | (at & 1);
    }
    lru->tail = 0;
    lru->head = kept;
}

static void evict(struct lru_log *lru) {
    uint32_t tail = lru->tail;
    while (lru->where[lru->log[tail]] >> 1 != tail + 1) tail++;
    uint32_t *victim = &lru->where[lru->log[tail]];
    __builtin_prefetch(&lru->where[lru->log[tail + PREFETCH < lru->head ? tail + PREFETCH : tail]]);
    lru->counts.evictions++;
    lru->counts.dirty_evictions += *victim & 1;
    *victim = 0;
    lru->tail = tail + 1;
}

static void miss(struct lru_log *lru) {
    lru->counts.misses++;
    if (lru->resident == lru->frames) {
        evict(lru);
    } else {
        lru->resident++;
    }
}

enum sim_status lru_log_feed(struct lru_log *lru, const struct page_chunk *chunk, uint8_t *missed,
                             struct sim_error *error) {
    enum sim_status status =
        kernel_grow(&lru->where, &lru->pages, chunk->pages, sizeof *lru->where, error);
    if (status != SIM_OK) return status;
    const struct page_run *runs = chunk->runs;
    uint32_t *where = lru->where, *log = lru->log, head = lru->head;
    for (size_t i = 0; i < chunk->count; i++) {
        __builtin_prefetch(&where[runs[i + PREFETCH < chunk->count ? i + PREFETCH : i].page], 1);
        uint32_t page = runs[i].page, at = where[page];
        if (__builtin_expect(at == 0, 0)) {
            lru->head = head;
            miss(lru);
            if (missed) missed[i] = 1;
        }
        log[head++] = page;
        where[page] = head << 1 | (at & 1) | page_run_written(runs[i]);
        if (head == lru->capacity) {
            lru->head = head;
            compact(lru);
            head = lru->head;
        }
    }
    lru->head = head;
    lru->counts.refs += chunk->refs;
    if (chunk->pages > lru->counts.cold_misses) lru->counts.cold_misses = chunk->pages;
    return SIM_OK;
}
