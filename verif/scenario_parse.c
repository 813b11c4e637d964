// SPDX-License-Identifier: Apache-2.0
// Reading a scenario's text. Nothing that it lets through may make a play assert: legal parameters,
// aligned addresses, values that fit.
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_words.h"

enum { LINE = 512, MOST_FIELDS = 16 };

struct field {
    char *key, *value;
    bool asked;
};

struct parser {
    struct scenario *scenario;
    char *sentence;  // "" until something is wrong
    bool no_memory;
    unsigned stage;  // how far in the order of lines
    size_t word_capacity, timing_capacity, op_capacity;
    struct field fields[MOST_FIELDS];
    unsigned field_count;
};

static bool wrong(struct parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Always false; the first sentence stays.
static bool wrong(struct parser *p, const char *format, ...) {
    va_list arguments;
    if (p->sentence[0]) return false;
    va_start(arguments, format);
    vsnprintf(p->sentence, SCENARIO_SENTENCE_BYTES, format, arguments);
    va_end(arguments);
    return false;
}

// --- words of a line -------------------------------------------------------------------------

static bool split(struct parser *p, char *rest) {
    p->field_count = 0;
    while (rest && *(rest += strspn(rest, " \t"))) {
        if (p->field_count == MOST_FIELDS) return wrong(p, "more words than a line can have");
        struct field *field = &p->fields[p->field_count++];
        *field = (struct field){.key = rest};
        bool last = !strncmp(rest, "what=", 5);
        char *end = last ? NULL : rest + strcspn(rest, " \t");
        rest = end && *end ? end + 1 : NULL;
        if (end) *end = '\0';
        char *equals = strchr(field->key, '=');
        if (!equals) return wrong(p, "'%.40s' is not key=value", field->key);
        *equals = '\0';
        field->value = equals + 1;
    }
    for (unsigned i = 0; i < p->field_count; i++)
        for (unsigned j = 0; j < i; j++)
            if (!strcmp(p->fields[i].key, p->fields[j].key))
                return wrong(p, "'%.40s' is given twice", p->fields[i].key);
    return true;
}

static struct field *find(struct parser *p, const char *key) {
    for (unsigned i = 0; i < p->field_count; i++)
        if (!strcmp(p->fields[i].key, key)) {
            p->fields[i].asked = true;
            return &p->fields[i];
        }
    return NULL;
}

static bool parse_number(const char *text, uint64_t *value) {
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hexadecimal ? text + 2 : text;
    uint64_t base = hexadecimal ? 16 : 10, v = 0;
    if (!*digits) return false;
    for (; *digits; digits++) {
        char c = *digits;
        uint64_t digit = c >= '0' && c <= '9'   ? (uint64_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint64_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint64_t)(c - 'A') + 10
                                                : 99;
        if (digit >= base || v > (UINT64_MAX - digit) / base) return false;
        v = v * base + digit;
    }
    *value = v;
    return true;
}

// Returns the number, `missing` if there is none; wrong if it exceeds `most`.
static uint64_t optional(struct parser *p, const char *key, uint64_t most, uint64_t missing) {
    const struct field *field = find(p, key);
    uint64_t value = 0;
    if (!field) return missing;
    if (!parse_number(field->value, &value))
        wrong(p, "%s must be a whole number, not '%.40s'", key, field->value);
    else if (value > most)
        wrong(p, "%s must be at most 0x%" PRIx64 ", not %.40s", key, most, field->value);
    return value > most ? 0 : value;
}

static uint64_t number(struct parser *p, const char *key, uint64_t most) {
    if (!find(p, key)) wrong(p, "%s is missing", key);
    return optional(p, key, most, 0);
}

static int choice_of(const char *text, const char *const *names, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        if (*names[i] && !strcmp(names[i], text)) return (int)i;
    return -1;
}

// Returns the index of the name; the first one if something is wrong.
static unsigned choice(struct parser *p, const char *key, const char *const *names, unsigned count,
                       unsigned missing) {
    const struct field *field = find(p, key);
    if (!field) return missing;
    int index = choice_of(field->value, names, count);
    if (index < 0) wrong(p, "%s cannot be '%.40s'", key, field->value);
    return index < 0 ? missing : (unsigned)index;
}

// --- lists that grow -------------------------------------------------------------------------

static void *grow(struct parser *p, void *list, size_t count, size_t *capacity, size_t bytes) {
    if (count < *capacity) return list;
    if (count >= SCENARIO_MOST_OPS) {
        wrong(p, "there are more than %u of these", SCENARIO_MOST_OPS);
        return NULL;
    }
    size_t larger = *capacity ? 2 * *capacity : 64;
    void *grown = realloc(list, larger * bytes);
    if (!grown) p->no_memory = true;
    if (!grown) wrong(p, "out of memory");
    if (grown) *capacity = larger;
    return grown;
}

// --- lines -----------------------------------------------------------------------------------

static void parse_tlb(struct parser *p, const char *key, uint32_t *entries, uint32_t *ways,
                      uint8_t *policy) {
    const struct field *field = find(p, key);
    char name[16] = "";
    unsigned e = 0, w = 0;
    int used = 0;
    if (!field || !strcmp(field->value, "none")) {
        if (field) *entries = 0;
        return;
    }
    int n = sscanf(field->value, "%5ux%5ux%15[a-z]%n", &e, &w, name, &used);
    int kind = choice_of(name, scenario_policies, 4);
    if (n != 3 || field->value[used] || kind < 0) {
        wrong(p, "%s must be ENTRIESxWAYSxPOLICY, not '%.40s'", key, field->value);
        return;
    }
    *entries = e;
    *ways = w;
    *policy = (uint8_t)kind;
}

static void parse_unit(struct parser *p) {
    struct mmu_config *mmu = &p->scenario->mmu;
    struct mmu_arch *a = &mmu->arch;
    a->xlen = (uint8_t)optional(p, "xlen", 64, 64);
    bool narrow = a->xlen == 32;
    a->pa_bits = (uint8_t)optional(p, "pa_bits", 64, narrow ? 34 : MMU_PA_BITS);
    a->asid_bits = (uint8_t)optional(p, "asid_bits", 16, narrow ? 9 : 16);
    a->pmp_entries = (uint8_t)optional(p, "pmp", MMU_PMP_ENTRIES, 0);
    a->svnapot = optional(p, "svnapot", 1, !narrow) != 0;
    a->update_first = optional(p, "update_first", 1, 1) != 0;
    for (unsigned i = 0; i < MMU_PORTS; i++) {
        struct mmu_tlb_config *tlb = &mmu->tlb[i];
        parse_tlb(p, i ? "itlb" : "dtlb", &tlb->entries, &tlb->ways, &tlb->policy);
    }
    parse_tlb(p, "l2", &mmu->l2.entries, &mmu->l2.ways, &mmu->l2.policy);
    mmu->pwc_entries = (uint32_t)optional(p, "pwc", MMU_PWC_ENTRIES, 0);
    mmu->walks = (uint32_t)optional(p, "walks", MMU_WALKS, 1);
    mmu->prefetch = optional(p, "prefetch", 1, 0) != 0;
    const char *complaint = mmu_config_check(mmu);
    if (complaint) wrong(p, "%s", complaint);
    if (!p->sentence[0]) p->scenario->pmp = mmu_pmp_reset(a);
}

static void parse_check(struct parser *p) {
    static const char *const modes[] = {"lockstep", "dut-only"};
    struct scenario *s = p->scenario;
    s->mode = choice(p, "mode", modes, 2, 0) ? BENCH_DUT_ONLY : BENCH_LOCKSTEP;
    s->oracle = choice(p, "oracle", scenario_oracles, 4, BENCH_SHADOW);
    s->watchdog_cycles = optional(p, "watchdog", UINT32_MAX, s->watchdog_cycles);
    s->counter_interval = optional(p, "counters", UINT32_MAX, 0);
    s->properties = optional(p, "properties", 1, 1) != 0;
    if (s->watchdog_cycles == 0) wrong(p, "watchdog must be at least 1");
}

static void parse_memory(struct parser *p) {
    struct scenario *s = p->scenario;
    const uint64_t most = UINT64_C(1) << MMU_PA_BITS;
    s->memory_base = number(p, "base", most - 1);
    s->memory_bytes = number(p, "bytes", most);
    if (s->memory_base % MMU_PAGE_BYTES || s->memory_bytes % MMU_PAGE_BYTES || !s->memory_bytes ||
        s->memory_bytes > most - s->memory_base)
        wrong(p, "memory must be whole pages below 2^%u", MMU_PA_BITS);
}

// Software may write more than memory keeps of it.
static struct scenario_word parse_word_fields(struct parser *p, uint64_t most) {
    unsigned bytes = p->scenario->mmu.arch.xlen / 8u;
    struct scenario_word word = {number(p, "pa", (UINT64_C(1) << MMU_PA_BITS) - 1),
                                 number(p, "value", most)};
    if (word.pa % bytes) wrong(p, "pa must be a multiple of %u", bytes);
    return word;
}

static void parse_word(struct parser *p) {
    struct scenario *s = p->scenario;
    bool narrow = s->mmu.arch.xlen == 32;
    struct scenario_word word = parse_word_fields(p, narrow ? UINT32_MAX : UINT64_MAX);
    if (word.pa < s->memory_base || word.pa - s->memory_base >= s->memory_bytes)
        wrong(p, "there is no memory at 0x%" PRIx64, word.pa);
    if (s->word_count && s->words[s->word_count - 1].pa >= word.pa)
        wrong(p, "words must stand in ascending order, each once");
    void *list = grow(p, s->words, s->word_count, &p->word_capacity, sizeof *s->words);
    if (!list) return;
    s->words = list;
    s->words[s->word_count++] = word;
}

static void parse_pmp(struct parser *p) {
    struct scenario *s = p->scenario;
    struct mmu_pmp_write write = {.index = (uint8_t)number(p, "entry", MMU_PMP_ENTRIES - 1),
                                  .write_cfg = true,
                                  .write_addr = true,
                                  .cfg = (uint8_t)number(p, "cfg", UINT8_MAX),
                                  .addr = number(p, "addr", (UINT64_C(1) << 54) - 1)};
    if (write.index >= s->pmp.entries)
        wrong(p, "there is no such PMP entry");
    else
        mmu_pmp_write(&s->pmp, &write);
}

static struct mmu_csr parse_csr_fields(struct parser *p) {
    bool narrow = p->scenario->mmu.arch.xlen == 32;
    struct mmu_csr csr = {.satp = optional(p, "satp", UINT64_MAX, 0),
                          .priv = (uint8_t)choice(p, "priv", scenario_privileges, 4, MMU_PRIV_M),
                          .mpp = (uint8_t)choice(p, "mpp", scenario_privileges, 4, MMU_PRIV_U),
                          .mprv = optional(p, "mprv", 1, 0) != 0,
                          .sum = optional(p, "sum", 1, 0) != 0,
                          .mxr = optional(p, "mxr", 1, 0) != 0,
                          .adue = optional(p, "adue", 1, 0) != 0,
                          .pbmte = optional(p, "pbmte", 1, 0) != 0};
    if (narrow && csr.pbmte) wrong(p, "pbmte needs xlen=64");
    return csr;
}

// Ordinals that are left out have g = L = 1.
static void parse_timing(struct parser *p) {
    struct scenario *s = p->scenario;
    uint64_t at = number(p, "at", SCENARIO_MOST_OPS - 1);
    struct bench_transaction_timing timing = {
        .grant_cycles = (uint32_t)optional(p, "g", SCENARIO_MOST_GRANT, 1),
        .data_cycles = (uint32_t)optional(p, "L", SCENARIO_MOST_GRANT, 1),
        .error = optional(p, "error", 1, 0) != 0};
    if (timing.grant_cycles == 0 || timing.data_cycles == 0) wrong(p, "g and L are 1 at least");
    if (at < s->timing_count) wrong(p, "timings must stand in ascending order, each once");
    while (!p->sentence[0] && s->timing_count <= at) {
        void *list = grow(p, s->timings, s->timing_count, &p->timing_capacity, sizeof *s->timings);
        if (!list) return;
        s->timings = list;
        bool last = s->timing_count == at;
        s->timings[s->timing_count] =
            last ? timing : (struct bench_transaction_timing){1, 1, false};
        s->timing_count++;
    }
}

static void parse_expect(struct parser *p) {
    struct scenario_failure *failure = &p->scenario->expect;
    const struct field *check = find(p, "check"), *what = find(p, "what"),
                       *cause = find(p, "causes"), *late = find(p, "late");
    unsigned expected = 0, observed = 0;
    int used = 0;
    *failure = (struct scenario_failure){.failed = true};
    unsigned c = 0;
    while (check && c < BENCH_CHECKS && strcmp(check->value, bench_check_key((enum bench_check)c)))
        c++;
    if (!check || c == BENCH_CHECKS || !what) wrong(p, "check or what is missing or unknown");
    failure->check = (uint8_t)(c % BENCH_CHECKS);
    failure->port = (uint8_t)choice(p, "port", scenario_ports, MMU_PORTS, 0);
    failure->cycle = optional(p, "cycle", UINT64_MAX, 0);
    if (cause && (sscanf(cause->value, "%3u:%3u%n", &expected, &observed, &used) != 2 ||
                  cause->value[used] || expected > 63 || observed > 63))
        wrong(p, "causes must be EXPECTED:OBSERVED");
    failure->cause[0] = (uint8_t)expected;
    failure->cause[1] = (uint8_t)observed;
    const char *const delays[] = {"-1", "0", "1", "2"};
    int lateness = late ? choice_of(late->value, delays, 4) : 1;
    if (lateness < 0) wrong(p, "late must be -1, 0, 1 or 2");
    failure->late = (int8_t)(lateness - 1);
    if (what && strlen(what->value) >= sizeof failure->what) wrong(p, "what is too long");
    if (what)
        snprintf(failure->what, sizeof failure->what, "%.*s", (int)sizeof failure->what - 1,
                 what->value);
}

// --- operations ------------------------------------------------------------------------------

static void parse_request(struct parser *p, struct scenario_op *op, unsigned access) {
    uint64_t bytes = optional(p, "bytes", 8, 1);
    op->kind = SCENARIO_REQUEST;
    op->port = access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
    op->u.request = (struct mmu_request){.va = number(p, "va", UINT64_MAX),
                                         .access = (uint8_t)access,
                                         .tag = (uint8_t)optional(p, "tag", MMU_TAGS - 1, 0)};
    while (op->u.request.size < 3 && (1u << op->u.request.size) < bytes) op->u.request.size++;
    if (bytes != 1u << op->u.request.size)
        wrong(p, "bytes must be 1, 2, 4 or 8");
    else if (op->u.request.va % bytes)
        wrong(p, "va must be a multiple of bytes");
}

// An operand, or what stands on its pins although it is none.
static uint64_t operand(struct parser *p, const char *key, const char *unused, uint64_t most,
                        bool *has) {
    *has = find(p, key) != NULL;
    if (*has && find(p, unused)) wrong(p, "either %s or %s", key, unused);
    return optional(p, *has ? key : unused, most, 0);
}

static void parse_fence(struct parser *p, struct scenario_op *op) {
    struct mmu_fence *fence = &op->u.fence;
    fence->op = (uint8_t)choice(p, "op", scenario_fences, 4, 0);
    fence->va = operand(p, "va", "unused-va", UINT64_MAX, &fence->has_va);
    fence->asid = (uint16_t)operand(p, "asid", "unused-asid", UINT16_MAX, &fence->has_asid);
}

// The unit ignores a write of an entry that it does not have.
static void parse_pmp_write(struct parser *p, struct scenario_op *op) {
    const uint64_t most = (UINT64_C(1) << 54) - 1;
    struct mmu_pmp_write *write = &op->u.pmp_write;
    write->index = (uint8_t)number(p, "entry", MMU_PMP_ENTRIES - 1);
    write->cfg = (uint8_t)operand(p, "cfg", "unused-cfg", UINT8_MAX, &write->write_cfg);
    write->addr = operand(p, "addr", "unused-addr", most, &write->write_addr);
}

static void parse_operands(struct parser *p, struct scenario_op *op) {
    switch ((enum scenario_kind)op->kind) {
        case SCENARIO_FENCE:
            parse_fence(p, op);
            break;
        case SCENARIO_PMP_WRITE:
            parse_pmp_write(p, op);
            break;
        case SCENARIO_CSR:
            op->u.csr = parse_csr_fields(p);
            break;
        case SCENARIO_WRITE:
            op->u.write = parse_word_fields(p, UINT64_MAX);
            break;
        case SCENARIO_KILL:
            op->u.mask = (unsigned)number(p, "ports", 3);
            break;
        case SCENARIO_STALL:
            op->u.mask = (unsigned)number(p, "channels", 7);
            break;
        case SCENARIO_SAME:
            op->port = (uint8_t)choice(p, "port", scenario_ports, MMU_PORTS, 0);
            break;
        case SCENARIO_REQUEST:
        case SCENARIO_POISON:
        case SCENARIO_RESET:
        case SCENARIO_KINDS:
            break;
    }
}

static void parse_operation(struct parser *p, const char *time, char *rest) {
    struct scenario *s = p->scenario;
    struct scenario_op op = {0};
    uint64_t delay = 0;
    const char *plus = strchr(time, '+');
    op.quiet = plus - time == 5 && !strncmp(time, "quiet", 5);
    if ((!op.quiet && plus != time) || !parse_number(plus + 1, &delay) ||
        delay > SCENARIO_MOST_DELAY) {
        wrong(p, "an operation begins with +CYCLES or quiet+CYCLES, not '%.40s'", time);
        return;
    }
    op.delay = (uint32_t)delay;
    rest += strspn(rest, " \t");
    char *word = rest;
    size_t length = strcspn(rest, " \t");
    rest += length + (rest[length] != '\0');
    word[length] = '\0';
    if (!split(p, rest)) return;
    unsigned kind = SCENARIO_FENCE;
    while (kind < SCENARIO_KINDS && strcmp(word, scenario_kind_key((enum scenario_kind)kind)))
        kind++;
    int access = choice_of(word, scenario_accesses, 4);
    op.kind = (uint8_t)(kind % SCENARIO_KINDS);
    if (access >= 0)
        parse_request(p, &op, (unsigned)access);
    else if (kind == SCENARIO_KINDS)
        wrong(p, "there is no operation '%.40s'", word);
    else
        parse_operands(p, &op);
    void *list = grow(p, s->ops, s->op_count, &p->op_capacity, sizeof *s->ops);
    if (!list) return;
    s->ops = list;
    s->ops[s->op_count++] = op;
}

// --- the whole -------------------------------------------------------------------------------

static void parse_csr(struct parser *p) {
    p->scenario->csr = parse_csr_fields(p);
}

// Lines stand in this order; `many`: more than one of them may.
static const struct line {
    const char *key;
    void (*parse)(struct parser *p);
    bool many;
} lines[] = {{"unit", parse_unit, false},     {"check", parse_check, false},
             {"memory", parse_memory, false}, {"word", parse_word, true},
             {"pmp", parse_pmp, true},        {"csr", parse_csr, false},
             {"timing", parse_timing, true},  {"", NULL, true},  // operations
             {"expect", parse_expect, false}};
enum { LINES = sizeof lines / sizeof lines[0], OPERATIONS = LINES - 2, MEMORY = 2 };

static bool in_order(struct parser *p, unsigned k, const char *word) {
    unsigned stage = p->stage;
    bool again = k + 1 == stage && lines[k].many;
    if (k + 1 <= stage && !again) return wrong(p, "'%.40s' stands too late, or twice", word);
    if (k > MEMORY && stage <= MEMORY) return wrong(p, "'%.40s' stands before 'memory'", word);
    p->stage = k + 1;
    return true;
}

static void parse_line(struct parser *p, char *text) {
    text += strspn(text, " \t");
    size_t length = strcspn(text, " \t");
    char *rest = text + length + (text[length] != '\0');
    text[length] = '\0';
    if (strchr(text, '+')) {
        if (in_order(p, OPERATIONS, text)) parse_operation(p, text, rest);
    } else {
        unsigned k = 0;
        while (k < LINES && strcmp(text, lines[k].key)) k++;
        if (k == LINES)
            wrong(p, "there is no line '%.40s'", text);
        else if (in_order(p, k, text) && split(p, rest))
            lines[k].parse(p);
    }
    for (unsigned i = 0; i < p->field_count && !p->sentence[0]; i++)
        if (!p->fields[i].asked) wrong(p, "'%.40s' is not known here", p->fields[i].key);
}

// Copy the line without its comment; false: it holds nothing. Only `what` may hold a '#'.
static bool take_line(struct parser *p, const char *text, size_t length, char line[LINE]) {
    if (length >= LINE) return wrong(p, "the line is too long");
    if (memchr(text, '\0', length)) return wrong(p, "the line holds a zero byte");
    memcpy(line, text, length);
    line[length] = '\0';
    if (length && line[length - 1] == '\r') line[length - 1] = '\0';
    if (strncmp(line, "expect ", 7)) line[strcspn(line, "#")] = '\0';
    return line[strspn(line, " \t")] != '\0';
}

static bool parse_first(struct parser *p, const char *line) {
    if (!strcmp(line, "tandem-scenario 1")) return true;
    return wrong(p, "it does not begin with 'tandem-scenario 1'");
}

static unsigned parse_all(struct parser *p, const char *text, size_t bytes) {
    char line[LINE];
    unsigned number = 0;
    bool begun = false;
    for (size_t at = 0; at < bytes; number++) {
        const char *end = memchr(text + at, '\n', bytes - at);
        size_t length = end ? (size_t)(end - text) - at : bytes - at;
        p->field_count = 0;
        if (take_line(p, text + at, length, line)) {
            if (begun)
                parse_line(p, line);
            else
                begun = parse_first(p, line);
        }
        if (p->sentence[0]) return number + 1;
        at += length + 1;
    }
    if (begun && p->stage > MEMORY) return 0;
    wrong(p, begun ? "it ends before 'memory'" : "it is empty");
    return number ? number : 1;
}

unsigned scenario_parse(const char *text, size_t bytes, struct scenario *scenario,
                        char sentence[SCENARIO_SENTENCE_BYTES]) {
    struct parser parser = {.scenario = scenario, .sentence = sentence};
    sentence[0] = '\0';
    *scenario = scenario_empty();
    unsigned line = parse_all(&parser, text, bytes);
    if (line) scenario_clear(scenario);
    return parser.no_memory ? UINT_MAX : line;
}
