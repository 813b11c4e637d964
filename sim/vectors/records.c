// SPDX-License-Identifier: Apache-2.0
// Lines of a scenario's head: S H R P M.
#include "records.h"

#include <inttypes.h>

static uint64_t word_most(const struct vectors_scenario *scenario) {
    return scenario->xlen == 32 ? UINT32_MAX : UINT64_MAX;
}

static uint64_t pa_most(const struct vectors_scenario *scenario) {
    return (UINT64_C(1) << (scenario->xlen == 32 ? 34 : MMU_PA_BITS)) - 1;
}

// satp, vsatp or hgatp: the registers are WARL, so only values that they can hold.
static uint64_t read_atp(struct vectors_fields *fields, const struct vectors_scenario *scenario,
                         const char *name) {
    uint64_t value = vectors_hex(fields, name, word_most(scenario));
    if (scenario->xlen == 32) return value;
    uint64_t mode = value >> 60;
    if (mode != MMU_SATP_MODE_BARE && (mode < MMU_SATP_MODE_SV39 || mode > MMU_SATP_MODE_SV57))
        vectors_fields_fail(fields, "%s has the mode %" PRIu64 ", which is not defined", name,
                            mode);
    return value;
}

void vectors_record_scenario(struct vectors_fields *fields, struct vectors_scenario *scenario) {
    *scenario = (struct vectors_scenario){.line = fields->line};
    vectors_word(fields, "the name", scenario->name, sizeof scenario->name);
    uint64_t xlen = vectors_decimal(fields, "xlen", 64);
    if (xlen != 32 && xlen != 64) vectors_fields_fail(fields, "xlen must be 32 or 64");
    scenario->xlen = xlen == 32 ? 32 : 64;
    scenario->satp = read_atp(fields, scenario, "satp");
    unsigned flags = vectors_flags(fields, "flags", scenario->xlen == 32 ? "d" : "dnb");
    scenario->adue = flags & 1;
    scenario->svnapot = flags & 2;
    scenario->pbmte = flags & 4;
    scenario->keep = vectors_decimal(fields, "seq", 1) == 1;
    vectors_fields_end(fields);
}

void vectors_record_guest(struct vectors_fields *fields, struct vectors_scenario *scenario) {
    scenario->guest = true;
    scenario->vsatp = read_atp(fields, scenario, "vsatp");
    scenario->hgatp = read_atp(fields, scenario, "hgatp");
    // The root of a G-stage table is 16 KiB: the register's low two PPN bits read 0.
    if (scenario->hgatp & 3) vectors_fields_fail(fields, "hgatp's root is not 16 KiB aligned");
    unsigned flags = vectors_flags(fields, "flags", scenario->xlen == 32 ? "d" : "db");
    scenario->vs_adue = flags & 1;
    scenario->vs_pbmte = flags & 2;
    if ((scenario->vs_adue && !scenario->adue) || (scenario->vs_pbmte && !scenario->pbmte))
        vectors_fields_fail(fields, "henvcfg has a bit that menvcfg has not");
    vectors_fields_end(fields);
}

static bool overlaps(const struct vectors_region *a, const struct vectors_region *b) {
    return a->base < b->base + b->bytes && b->base < a->base + a->bytes;
}

void vectors_record_region(struct vectors_fields *fields, struct vectors_scenario *scenario) {
    struct vectors_region region = {.base = vectors_hex(fields, "base", pa_most(scenario))};
    region.bytes = vectors_hex(fields, "size", pa_most(scenario) + 1);
    vectors_fields_end(fields);
    if (region.base % MMU_PAGE_BYTES || region.bytes % MMU_PAGE_BYTES || !region.bytes)
        vectors_fields_fail(fields, "memory must be one page or more, page aligned");
    if (region.bytes > pa_most(scenario) + 1 - region.base)
        vectors_fields_fail(fields, "memory ends above physical address %" PRIx64,
                            pa_most(scenario));
    for (unsigned i = 0; i < scenario->regions; i++)
        if (overlaps(&region, &scenario->region[i]))
            vectors_fields_fail(fields, "two pieces of memory overlap");
    if (scenario->regions == VECTORS_REGIONS)
        vectors_fields_fail(fields, "more than %d pieces of memory", VECTORS_REGIONS);
    else
        scenario->region[scenario->regions++] = region;
}

void vectors_record_pmp(struct vectors_fields *fields, struct vectors_scenario *scenario) {
    struct vectors_pmp_entry entry = {.cfg = (uint8_t)vectors_hex(fields, "cfg", 0x1F)};
    // pmpaddr is pa >> 2: 54 bits, and with XLEN = 32 exactly the register's 32.
    entry.addr = vectors_hex(fields, "addr", pa_most(scenario) >> 2);
    vectors_fields_end(fields);
    if (scenario->pmp_entries == MMU_PMP_ENTRIES)
        vectors_fields_fail(fields, "more than %u PMP entries", MMU_PMP_ENTRIES);
    else
        scenario->pmp[scenario->pmp_entries++] = entry;
}

static uint64_t read_word_address(struct vectors_fields *fields,
                                  const struct vectors_scenario *scenario) {
    uint64_t pa = vectors_hex(fields, "addr", pa_most(scenario));
    if (pa % vectors_word_bytes(scenario))
        vectors_fields_fail(fields, "addr is no multiple of %u", vectors_word_bytes(scenario));
    return pa;
}

void vectors_record_words(struct vectors_fields *fields, const struct vectors_scenario *scenario,
                          struct vectors_words *words) {
    words->pa = read_word_address(fields, scenario);
    words->value = vectors_hex(fields, "value", word_most(scenario));
    words->count = vectors_more(fields) ? vectors_hex(fields, "count", VECTORS_WORDS_MOST) : 1;
    vectors_fields_end(fields);
    if (words->count == 0) vectors_fields_fail(fields, "count must be at least 1");
    if (!vectors_has_memory(scenario, words->pa, words->count * vectors_word_bytes(scenario)))
        vectors_fields_fail(fields, "there is no memory at %" PRIx64, words->pa);
}

void vectors_record_update(struct vectors_fields *fields, const struct vectors_scenario *scenario,
                           struct vectors_query *query) {
    struct vectors_outcome *expected = &query->expected;
    struct vectors_update update = {.pa = read_word_address(fields, scenario)};
    update.value = vectors_hex(fields, "value", word_most(scenario));
    vectors_fields_end(fields);
    if (!vectors_has_memory(scenario, update.pa, vectors_word_bytes(scenario)))
        vectors_fields_fail(fields, "there is no memory at %" PRIx64, update.pa);
    for (unsigned i = 0; i < expected->updates; i++)
        if (expected->update[i].pa == update.pa)
            vectors_fields_fail(fields, "the query updates %" PRIx64 " twice", update.pa);
    if (expected->updates == VECTORS_UPDATES)
        vectors_fields_fail(fields, "more than %d updates by one query", VECTORS_UPDATES);
    else
        expected->update[expected->updates++] = update;
}
