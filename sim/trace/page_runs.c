// SPDX-License-Identifier: Apache-2.0
// The page column in both directions. Every run takes the same few bytes, each in a plane of
// its own: unpacking has no branches, and zstd finds equal bytes side by side.
#include "page_runs.h"

#include <stdlib.h>
#include <string.h>

enum {
    HASH_BITS = 18,  // twice the references of a block
    HASH_SLOTS = 1 << HASH_BITS,
    VPN_BITS = 64 - TRACE_PAGE_SHIFT,
    LOW_PAGES = 1 << 8,
    HIGH_PAGES = 1 << 16,
};

static unsigned planes(uint32_t pages) {
    return 2u + (pages > LOW_PAGES) + (pages > HIGH_PAGES);
}

uint64_t trace_page_bytes(const struct trace_page_sizes *sizes) {
    return (uint64_t)sizes->table_bytes + (uint64_t)sizes->runs * planes(sizes->pages);
}

size_t trace_page_limit(size_t refs) {
    return refs * (TRACE_PAGE_VARINT_BYTES + 4);
}

const char *trace_page_sizes_fault(const struct trace_page_sizes *sizes, uint32_t refs) {
    if (sizes->runs == 0 || sizes->runs > refs) return "its page runs are more than possible";
    if (sizes->pages == 0 || sizes->pages > sizes->runs) return "its pages are more than possible";
    if (sizes->table_bytes < sizes->pages ||
        sizes->table_bytes > (uint64_t)sizes->pages * TRACE_PAGE_VARINT_BYTES) {
        return "its table of pages is longer or shorter than possible";
    }
    return NULL;
}

// --- decoding

// Ascending page numbers: the first, then the distance of each from the one before, less one.
static bool decode_table(const uint8_t *at, const uint8_t *end, uint64_t *vpn, uint32_t pages) {
    uint64_t next = 0;
    for (uint32_t i = 0; i < pages; i++) {
        uint64_t gap = 0;
        unsigned shift = 0;
        do {
            if (at == end || shift == 7 * TRACE_PAGE_VARINT_BYTES) return false;
            gap |= (uint64_t)(*at & 0x7F) << shift;
            shift += 7;
        } while (*at++ & 0x80);
        if (gap >> VPN_BITS || (next + gap) >> VPN_BITS) return false;
        vpn[i] = next + gap;
        next = vpn[i] + 1;
    }
    return at == end;
}

static bool weights_fit(const uint8_t *weight, uint32_t runs, uint32_t refs) {
    uint32_t sum = runs;
    for (uint32_t i = 0; i < runs; i++) sum += weight[i] >> 2;
    return sum == refs;
}

// The branch stays outside the loops, so that they are vector code.
static bool pages_fit(const struct trace_pages *p) {
    uint32_t most = 0;
    if (p->top) {
        for (uint32_t i = 0; i < p->runs; i++) {
            uint32_t page = p->low[i] | (uint32_t)p->high[i] << 8 | (uint32_t)p->top[i] << 16;
            most = page > most ? page : most;
        }
    } else if (p->high) {
        for (uint32_t i = 0; i < p->runs; i++) {
            uint32_t page = p->low[i] | (uint32_t)p->high[i] << 8;
            most = page > most ? page : most;
        }
    } else {
        uint8_t low = 0;
        for (uint32_t i = 0; i < p->runs; i++) low = p->low[i] > low ? p->low[i] : low;
        most = low;
    }
    return most < p->pages;
}

bool trace_pages_decode(const uint8_t *raw, const struct trace_page_sizes *sizes, uint64_t *vpn,
                        struct trace_pages *pages) {
    if (!decode_table(raw, raw + sizes->table_bytes, vpn, sizes->pages)) return false;
    const uint8_t *plane = raw + sizes->table_bytes;
    pages->pages = sizes->pages;
    pages->runs = sizes->runs;
    pages->vpn = vpn;
    pages->low = plane;
    pages->high = sizes->pages > LOW_PAGES ? plane += sizes->runs : NULL;
    pages->top = sizes->pages > HIGH_PAGES ? plane += sizes->runs : NULL;
    pages->weight = plane + sizes->runs;
    return pages_fit(pages) && weights_fit(pages->weight, sizes->runs, pages->refs);
}

// --- encoding

bool trace_page_encoder_create(struct trace_page_encoder *e) {
    *e = (struct trace_page_encoder){
        .vpn = malloc(TRACE_BLOCK_REFS * sizeof *e->vpn),
        .number = malloc(TRACE_BLOCK_REFS * sizeof *e->number),
        .order = malloc(TRACE_BLOCK_REFS * sizeof *e->order),
        .keys = malloc(HASH_SLOTS * sizeof *e->keys),
        .numbers = malloc(HASH_SLOTS * sizeof *e->numbers),
        .found = malloc(TRACE_BLOCK_REFS * sizeof *e->found),
        .raw = malloc(trace_page_limit(TRACE_BLOCK_REFS)),
        .weights = malloc(TRACE_BLOCK_REFS),
    };
    return e->vpn && e->number && e->order && e->keys && e->numbers && e->found && e->raw &&
           e->weights;
}

void trace_page_encoder_destroy(struct trace_page_encoder *e) {
    free(e->vpn);
    free(e->number);
    free(e->order);
    free(e->keys);
    free(e->numbers);
    free(e->found);
    free(e->raw);
    free(e->weights);
}

static uint32_t cut_into_runs(struct trace_page_encoder *e, const struct trace_ref *refs,
                              size_t count) {
    uint32_t runs = 0, length = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t vpn = refs[i].va >> TRACE_PAGE_SHIFT;
        bool same = i && vpn == e->vpn[runs - 1] && refs[i].kind == refs[i - 1].kind &&
                    length < TRACE_RUN_REFS;
        length = same ? length + 1 : 1;
        runs += !same;
        e->vpn[runs - 1] = vpn;
        e->weights[runs - 1] = (uint8_t)((length - 1) << 2 | refs[i].kind);
    }
    return runs;
}

static uint32_t number_page(struct trace_page_encoder *e, uint64_t vpn, uint32_t *pages) {
    size_t at = (size_t)((vpn * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - HASH_BITS));
    while (e->keys[at] && e->keys[at] != vpn + 1) at = (at + 1) % HASH_SLOTS;
    if (!e->keys[at]) {
        e->keys[at] = vpn + 1;
        e->found[*pages] = vpn;
        e->numbers[at] = (*pages)++;
    }
    return e->numbers[at];
}

static int compare_vpn(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static uint32_t place_of(const uint64_t *table, uint32_t pages, uint64_t vpn) {
    uint32_t first = 0;
    for (uint32_t left = pages; left > 1;) {
        uint32_t half = left / 2;
        if (table[first + half] <= vpn) first += half;
        left -= half;
    }
    return first;
}

static uint32_t put_table(const uint64_t *table, uint32_t pages, uint8_t *raw) {
    uint8_t *at = raw;
    uint64_t next = 0;
    for (uint32_t i = 0; i < pages; i++) {
        uint64_t gap = table[i] - next;
        for (; gap >= 0x80; gap >>= 7) *at++ = (uint8_t)(gap | 0x80);
        *at++ = (uint8_t)gap;
        next = table[i] + 1;
    }
    return (uint32_t)(at - raw);
}

struct trace_page_sizes trace_page_encode(struct trace_page_encoder *e,
                                          const struct trace_ref *refs, size_t count) {
    struct trace_page_sizes sizes = {.runs = cut_into_runs(e, refs, count)};
    memset(e->keys, 0, HASH_SLOTS * sizeof *e->keys);
    for (uint32_t i = 0; i < sizes.runs; i++) {
        e->number[i] = number_page(e, e->vpn[i], &sizes.pages);
    }
    // The runs' own page numbers are not needed any more: the sorted table takes their place.
    memcpy(e->vpn, e->found, sizes.pages * sizeof *e->vpn);
    qsort(e->vpn, sizes.pages, sizeof *e->vpn, compare_vpn);
    for (uint32_t i = 0; i < sizes.pages; i++) {
        e->order[i] = place_of(e->vpn, sizes.pages, e->found[i]);
    }
    sizes.table_bytes = put_table(e->vpn, sizes.pages, e->raw);
    uint8_t *plane = e->raw + sizes.table_bytes;
    for (unsigned shift = 0; shift < 8 * (planes(sizes.pages) - 1); shift += 8) {
        for (uint32_t i = 0; i < sizes.runs; i++) {
            *plane++ = (uint8_t)(e->order[e->number[i]] >> shift);
        }
    }
    memcpy(plane, e->weights, sizes.runs);
    return sizes;
}
