// SPDX-License-Identifier: Apache-2.0
// Reading the line of an operation, and what operations share with other lines.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_fields.h"
#include "scenario_words.h"

// --- lists that grow -------------------------------------------------------------------------

void *scenario_grow(struct scenario_parser *p, void *list, size_t count, size_t *capacity,
                    size_t bytes) {
    if (count < *capacity) return list;
    if (count >= SCENARIO_MOST_OPS) {
        scenario_wrong(p, "there are more than %u of these", SCENARIO_MOST_OPS);
        return NULL;
    }
    size_t larger = *capacity ? 2 * *capacity : 64;
    void *grown = realloc(list, larger * bytes);
    if (!grown) p->no_memory = true;
    if (!grown) scenario_wrong(p, "out of memory");
    if (grown) *capacity = larger;
    return grown;
}

// --- words, registers ------------------------------------------------------------------------

struct scenario_word scenario_parse_word(struct scenario_parser *p, uint64_t most) {
    unsigned bytes = p->scenario->mmu.arch.xlen / 8u;
    struct scenario_word word = {scenario_number(p, "pa", (UINT64_C(1) << MMU_PA_BITS) - 1),
                                 scenario_number(p, "value", most)};
    if (word.pa % bytes) scenario_wrong(p, "pa must be a multiple of %u", bytes);
    return word;
}

struct mmu_csr scenario_parse_csr(struct scenario_parser *p) {
    bool narrow = p->scenario->mmu.arch.xlen == 32;
    struct mmu_csr csr = {
        .satp = scenario_optional(p, "satp", UINT64_MAX, 0),
        .priv = (uint8_t)scenario_choice(p, "priv", scenario_privileges, 4, MMU_PRIV_M),
        .mpp = (uint8_t)scenario_choice(p, "mpp", scenario_privileges, 4, MMU_PRIV_U),
        .mprv = scenario_optional(p, "mprv", 1, 0) != 0,
        .sum = scenario_optional(p, "sum", 1, 0) != 0,
        .mxr = scenario_optional(p, "mxr", 1, 0) != 0,
        .adue = scenario_optional(p, "adue", 1, 0) != 0,
        .pbmte = scenario_optional(p, "pbmte", 1, 0) != 0};
    if (narrow && csr.pbmte) scenario_wrong(p, "pbmte needs xlen=64");
    return csr;
}

// --- operations ------------------------------------------------------------------------------

static void parse_request(struct scenario_parser *p, struct scenario_op *op, unsigned access) {
    uint64_t bytes = scenario_optional(p, "bytes", 8, 1);
    op->kind = SCENARIO_REQUEST;
    op->port = access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
    op->u.request =
        (struct mmu_request){.va = scenario_number(p, "va", UINT64_MAX),
                             .access = (uint8_t)access,
                             .tag = (uint8_t)scenario_optional(p, "tag", MMU_TAGS - 1, 0)};
    while (op->u.request.size < 3 && (1u << op->u.request.size) < bytes) op->u.request.size++;
    if (bytes != 1u << op->u.request.size)
        scenario_wrong(p, "bytes must be 1, 2, 4 or 8");
    else if (op->u.request.va % bytes)
        scenario_wrong(p, "va must be a multiple of bytes");
}

// An operand, or what stands on its pins although it is none.
static uint64_t operand(struct scenario_parser *p, const char *key, const char *unused,
                        uint64_t most, bool *has) {
    *has = scenario_find(p, key) != NULL;
    if (*has && scenario_find(p, unused)) scenario_wrong(p, "either %s or %s", key, unused);
    return scenario_optional(p, *has ? key : unused, most, 0);
}

static void parse_fence(struct scenario_parser *p, struct scenario_op *op) {
    struct mmu_fence *fence = &op->u.fence;
    fence->op = (uint8_t)scenario_choice(p, "op", scenario_fences, 4, 0);
    fence->va = operand(p, "va", "unused-va", UINT64_MAX, &fence->has_va);
    fence->asid = (uint16_t)operand(p, "asid", "unused-asid", UINT16_MAX, &fence->has_asid);
}

// The unit ignores a write of an entry that it does not have.
static void parse_pmp_write(struct scenario_parser *p, struct scenario_op *op) {
    const uint64_t most = (UINT64_C(1) << 54) - 1;
    struct mmu_pmp_write *write = &op->u.pmp_write;
    write->index = (uint8_t)scenario_number(p, "entry", MMU_PMP_ENTRIES - 1);
    write->cfg = (uint8_t)operand(p, "cfg", "unused-cfg", UINT8_MAX, &write->write_cfg);
    write->addr = operand(p, "addr", "unused-addr", most, &write->write_addr);
}

static void parse_operands(struct scenario_parser *p, struct scenario_op *op) {
    switch ((enum scenario_kind)op->kind) {
        case SCENARIO_FENCE:
            parse_fence(p, op);
            break;
        case SCENARIO_PMP_WRITE:
            parse_pmp_write(p, op);
            break;
        case SCENARIO_CSR:
            op->u.csr = scenario_parse_csr(p);
            break;
        case SCENARIO_WRITE:
            op->u.write = scenario_parse_word(p, UINT64_MAX);
            break;
        case SCENARIO_KILL:
            op->u.mask = (unsigned)scenario_number(p, "ports", 3);
            break;
        case SCENARIO_STALL:
            op->u.mask = (unsigned)scenario_number(p, "channels", 7);
            break;
        case SCENARIO_SAME:
            op->port = (uint8_t)scenario_choice(p, "port", scenario_ports, MMU_PORTS, 0);
            break;
        case SCENARIO_REQUEST:
        case SCENARIO_POISON:
        case SCENARIO_RESET:
        case SCENARIO_KINDS:
            break;
    }
}

void scenario_parse_operation(struct scenario_parser *p, const char *time, char *rest) {
    struct scenario *s = p->scenario;
    struct scenario_op op = {0};
    uint64_t delay = 0;
    const char *plus = strchr(time, '+');
    op.quiet = plus - time == 5 && !strncmp(time, "quiet", 5);
    if ((!op.quiet && plus != time) || !scenario_parse_number(plus + 1, &delay) ||
        delay > SCENARIO_MOST_DELAY) {
        scenario_wrong(p, "an operation begins with +CYCLES or quiet+CYCLES, not '%.40s'", time);
        return;
    }
    op.delay = (uint32_t)delay;
    scenario_take_time(p, delay);
    rest += strspn(rest, " \t");
    char *word = rest;
    size_t length = strcspn(rest, " \t");
    rest += length + (rest[length] != '\0');
    word[length] = '\0';
    if (!scenario_split(p, rest)) return;
    unsigned kind = SCENARIO_FENCE;
    while (kind < SCENARIO_KINDS && strcmp(word, scenario_kind_key((enum scenario_kind)kind)))
        kind++;
    int access = scenario_choice_of(word, scenario_accesses, 4);
    op.kind = (uint8_t)(kind % SCENARIO_KINDS);
    if (access >= 0)
        parse_request(p, &op, (unsigned)access);
    else if (kind == SCENARIO_KINDS)
        scenario_wrong(p, "there is no operation '%.40s'", word);
    else
        parse_operands(p, &op);
    void *list = scenario_grow(p, s->ops, s->op_count, &p->op_capacity, sizeof *s->ops);
    if (!list) return;
    s->ops = list;
    s->ops[s->op_count++] = op;
}
