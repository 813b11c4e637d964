// SPDX-License-Identifier: Apache-2.0
// Lines of a query: Q G.
#include <string.h>

#include "records.h"

#define MPP_MASK (UINT64_C(3) << VECTORS_MSTATUS_MPP_SHIFT)

// A register of which only some bits may be set.
static uint64_t read_bits(struct vectors_fields *fields, const char *name, uint64_t bits) {
    uint64_t value = vectors_hex(fields, name, UINT64_MAX);
    if (value & ~bits) vectors_fields_fail(fields, "%s has bits that a query cannot set", name);
    return value;
}

static void read_status(struct vectors_fields *fields, const struct vectors_scenario *scenario,
                        struct vectors_query *query) {
    uint64_t sum_mxr = VECTORS_STATUS_SUM | VECTORS_STATUS_MXR;
    uint64_t bits = MPP_MASK | VECTORS_STATUS_MPRV | sum_mxr;
    if (scenario->guest) bits |= VECTORS_STATUS_MPV;
    query->mstatus = read_bits(fields, "mstatus", bits);
    if (vectors_mpp(query) == 2) vectors_fields_fail(fields, "mstatus.MPP is 2");
    if ((query->mstatus & VECTORS_STATUS_MPRV) && query->priv != MMU_PRIV_M)
        vectors_fields_fail(fields, "mstatus.MPRV is set and prv is not 3");
    if (!scenario->guest) return;
    query->vsstatus = read_bits(fields, "vsstatus", sum_mxr);
    query->hstatus = read_bits(fields, "hstatus", VECTORS_HSTATUS_SPVP);
}

static void read_access(struct vectors_fields *fields, const struct vectors_scenario *scenario,
                        struct vectors_query *query) {
    query->bytes = (uint8_t)vectors_decimal(fields, "len", scenario->xlen / 8);
    if (query->bytes == 0 || (query->bytes & (query->bytes - 1)))
        vectors_fields_fail(fields, "len must be 1, 2, 4 or 8");
    else if (query->type == 'x' && query->bytes != 2)
        vectors_fields_fail(fields, "the len of a fetch must be 2");
    query->va = vectors_hex(fields, "va", scenario->xlen == 32 ? UINT32_MAX : UINT64_MAX);
    if (!fields->status && query->va % query->bytes)
        vectors_fields_fail(fields, "va is no multiple of len");
}

static uint8_t read_page_bits(struct vectors_fields *fields, const char *name,
                              const struct vectors_scenario *scenario) {
    static const char of_32[] = {0, 12, 22}, of_64[] = {0, 12, 16, 21, 30, 39, 48};
    uint64_t bits = vectors_decimal(fields, name, 48);
    const void *found = scenario->xlen == 32 ? memchr(of_32, (int)bits, sizeof of_32)
                                             : memchr(of_64, (int)bits, sizeof of_64);
    if (!found) vectors_fields_fail(fields, "%s is no page size of this XLEN", name);
    return (uint8_t)bits;
}

static void read_allowed(struct vectors_fields *fields, const struct vectors_scenario *scenario,
                         struct vectors_outcome *expected) {
    expected->pa = vectors_hex(fields, "pa", (UINT64_C(1) << MMU_PA_BITS) - 1);
    expected->page_bits[0] = read_page_bits(fields, scenario->guest ? "lg1" : "lg", scenario);
    if (scenario->guest) expected->page_bits[1] = read_page_bits(fields, "lg2", scenario);
    expected->pbmt[0] = (uint8_t)vectors_decimal(fields, scenario->guest ? "pbmt1" : "pbmt", 2);
    if (scenario->guest) expected->pbmt[1] = (uint8_t)vectors_decimal(fields, "pbmt2", 2);
    for (unsigned i = 0; i < 2; i++)
        if (expected->pbmt[i] && !(expected->page_bits[i] && scenario->pbmte))
            vectors_fields_fail(fields, "pbmt is set where there is none");
}

// Returns 'g', 'p' or 'a' for a guest-page, page or access fault of this type, 0 for others.
static char cause_class(char type, uint8_t cause, bool guest) {
    unsigned kind = strchr("rlh", type) ? 1 : type == 'x' ? 0 : 3;
    if (cause == 20 + kind && guest) return 'g';
    if (cause == 12 + kind) return 'p';
    return cause == (kind == 0 ? 1 : 4 + kind) ? 'a' : 0;
}

static void read_fault(struct vectors_fields *fields, const struct vectors_scenario *scenario,
                       struct vectors_query *query) {
    struct vectors_outcome *expected = &query->expected;
    expected->fault = true;
    expected->tval = query->va;
    expected->cause = (uint8_t)vectors_decimal(fields, "cause", 23);
    char class = cause_class(query->type, expected->cause, scenario->guest);
    if (!class) vectors_fields_fail(fields, "cause is none of this type of access");
    expected->where = (uint8_t)vectors_letter(fields, "where", "wpm");
    expected->pa = vectors_hex(fields, "pa", UINT64_MAX);
    if (expected->where == VECTORS_IN_WALK ? expected->pa != 0 : class != 'a')
        vectors_fields_fail(fields, "where does not fit cause and pa");
    if (!scenario->guest) return;
    expected->htval = vectors_hex(fields, "htval", UINT64_MAX);
    expected->htinst = vectors_hex(fields, "htinst", UINT32_MAX);
    if (class != 'g' && (expected->htval || expected->htinst))
        vectors_fields_fail(fields, "htval and htinst belong to guest-page faults");
}

void vectors_record_query(struct vectors_fields *fields, const struct vectors_scenario *scenario,
                          struct vectors_query *query) {
    *query = (struct vectors_query){.line = fields->line};
    query->type = vectors_letter(fields, "type", scenario->guest ? "rwxlsh" : "rwx");
    query->priv = (uint8_t)vectors_decimal(fields, "prv", 3);
    if (query->priv == 2) vectors_fields_fail(fields, "prv must be 0, 1 or 3");
    if (scenario->guest) query->v = vectors_decimal(fields, "v", 1) == 1;
    if (query->v && query->priv == MMU_PRIV_M) vectors_fields_fail(fields, "v is 1 in M-mode");
    if (strchr("lsh", query->type) && (query->v || query->priv == MMU_PRIV_U))
        vectors_fields_fail(fields, "HLV, HSV and HLVX are for HS- and M-mode");
    read_status(fields, scenario, query);
    read_access(fields, scenario, query);
    if (vectors_letter(fields, "the result", "=!") == '=')
        read_allowed(fields, scenario, &query->expected);
    else
        read_fault(fields, scenario, query);
    vectors_fields_end(fields);
}
