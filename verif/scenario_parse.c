// SPDX-License-Identifier: Apache-2.0
// Reading a scenario's text. Nothing that it lets through may make a play assert: legal parameters,
// aligned addresses, values that fit.
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_fields.h"
#include "scenario_words.h"

// --- lines -----------------------------------------------------------------------------------

static void parse_tlb(struct scenario_parser *p, const char *key, uint32_t *entries, uint32_t *ways,
                      uint8_t *policy) {
    const struct scenario_field *field = scenario_find(p, key);
    char name[16] = "";
    unsigned e = 0, w = 0;
    int used = 0;
    if (!field || !strcmp(field->value, "none")) {
        if (field) *entries = 0;
        return;
    }
    int n = sscanf(field->value, "%5ux%5ux%15[a-z]%n", &e, &w, name, &used);
    int kind = scenario_choice_of(name, scenario_policies, 4);
    if (n != 3 || field->value[used] || kind < 0) {
        scenario_wrong(p, "%s must be ENTRIESxWAYSxPOLICY, not '%.40s'", key, field->value);
        return;
    }
    *entries = e;
    *ways = w;
    *policy = (uint8_t)kind;
}

static void parse_unit(struct scenario_parser *p) {
    struct mmu_config *mmu = &p->scenario->mmu;
    struct mmu_arch *a = &mmu->arch;
    a->xlen = (uint8_t)scenario_optional(p, "xlen", 64, 64);
    bool narrow = a->xlen == 32;
    a->pa_bits = (uint8_t)scenario_optional(p, "pa_bits", 64, narrow ? 34 : MMU_PA_BITS);
    a->asid_bits = (uint8_t)scenario_optional(p, "asid_bits", 16, narrow ? 9 : 16);
    a->pmp_entries = (uint8_t)scenario_optional(p, "pmp", MMU_PMP_ENTRIES, 0);
    a->svnapot = scenario_optional(p, "svnapot", 1, !narrow) != 0;
    a->update_first = scenario_optional(p, "update_first", 1, 1) != 0;
    for (unsigned i = 0; i < MMU_PORTS; i++) {
        struct mmu_tlb_config *tlb = &mmu->tlb[i];
        parse_tlb(p, i ? "itlb" : "dtlb", &tlb->entries, &tlb->ways, &tlb->policy);
    }
    parse_tlb(p, "l2", &mmu->l2.entries, &mmu->l2.ways, &mmu->l2.policy);
    mmu->pwc_entries = (uint32_t)scenario_optional(p, "pwc", MMU_PWC_ENTRIES, 0);
    mmu->walks = (uint32_t)scenario_optional(p, "walks", MMU_WALKS, 1);
    mmu->prefetch = scenario_optional(p, "prefetch", 1, 0) != 0;
    const char *complaint = mmu_config_check(mmu);
    if (complaint) scenario_wrong(p, "%s", complaint);
    if (!p->sentence[0]) p->scenario->pmp = mmu_pmp_reset(a);
}

static void parse_check(struct scenario_parser *p) {
    static const char *const modes[] = {"lockstep", "dut-only"};
    struct scenario *s = p->scenario;
    s->mode = scenario_choice(p, "mode", modes, 2, 0) ? BENCH_DUT_ONLY : BENCH_LOCKSTEP;
    s->oracle = scenario_choice(p, "oracle", scenario_oracles, 4, BENCH_SHADOW);
    s->watchdog_cycles = scenario_optional(p, "watchdog", UINT32_MAX, s->watchdog_cycles);
    s->counter_interval = scenario_optional(p, "counters", UINT32_MAX, 0);
    s->properties = scenario_optional(p, "properties", 1, 1) != 0;
    if (s->watchdog_cycles == 0) scenario_wrong(p, "watchdog must be at least 1");
}

static void parse_memory(struct scenario_parser *p) {
    struct scenario *s = p->scenario;
    const uint64_t most = UINT64_C(1) << MMU_PA_BITS;
    s->memory_base = scenario_number(p, "base", most - 1);
    s->memory_bytes = scenario_number(p, "bytes", most);
    if (s->memory_base % MMU_PAGE_BYTES || s->memory_bytes % MMU_PAGE_BYTES || !s->memory_bytes ||
        s->memory_bytes > most - s->memory_base)
        scenario_wrong(p, "memory must be whole pages below 2^%u", MMU_PA_BITS);
}

static void parse_word(struct scenario_parser *p) {
    struct scenario *s = p->scenario;
    bool narrow = s->mmu.arch.xlen == 32;
    struct scenario_word word = scenario_parse_word(p, narrow ? UINT32_MAX : UINT64_MAX);
    if (word.pa < s->memory_base || word.pa - s->memory_base >= s->memory_bytes)
        scenario_wrong(p, "there is no memory at 0x%" PRIx64, word.pa);
    if (s->word_count && s->words[s->word_count - 1].pa >= word.pa)
        scenario_wrong(p, "words must stand in ascending order, each once");
    void *list = scenario_grow(p, s->words, s->word_count, &p->word_capacity, sizeof *s->words);
    if (!list) return;
    s->words = list;
    s->words[s->word_count++] = word;
}

static void parse_pmp(struct scenario_parser *p) {
    struct scenario *s = p->scenario;
    struct mmu_pmp_write write = {
        .index = (uint8_t)scenario_number(p, "entry", MMU_PMP_ENTRIES - 1),
        .write_cfg = true,
        .write_addr = true,
        .cfg = (uint8_t)scenario_number(p, "cfg", UINT8_MAX),
        .addr = scenario_number(p, "addr", (UINT64_C(1) << 54) - 1)};
    if (write.index >= s->pmp.entries)
        scenario_wrong(p, "there is no such PMP entry");
    else
        mmu_pmp_write(&s->pmp, &write);
}

// Ordinals that are left out have g = L = 1.
static void parse_timing(struct scenario_parser *p) {
    struct scenario *s = p->scenario;
    uint64_t at = scenario_number(p, "at", SCENARIO_MOST_OPS - 1);
    struct bench_transaction_timing timing = {
        .grant_cycles = (uint32_t)scenario_optional(p, "g", SCENARIO_MOST_GRANT, 1),
        .data_cycles = (uint32_t)scenario_optional(p, "L", SCENARIO_MOST_GRANT, 1),
        .error = scenario_optional(p, "error", 1, 0) != 0};
    if (timing.grant_cycles == 0 || timing.data_cycles == 0)
        scenario_wrong(p, "g and L are 1 at least");
    scenario_take_time(p, (uint64_t)timing.grant_cycles + timing.data_cycles);
    if (at < s->timing_count) scenario_wrong(p, "timings must stand in ascending order, each once");
    while (!p->sentence[0] && s->timing_count <= at) {
        void *list =
            scenario_grow(p, s->timings, s->timing_count, &p->timing_capacity, sizeof *s->timings);
        if (!list) return;
        s->timings = list;
        bool last = s->timing_count == at;
        s->timings[s->timing_count] =
            last ? timing : (struct bench_transaction_timing){1, 1, false};
        s->timing_count++;
    }
}

static void parse_expect(struct scenario_parser *p) {
    struct scenario_failure *failure = &p->scenario->expect;
    const struct scenario_field *check = scenario_find(p, "check"),
                                *what = scenario_find(p, "what"),
                                *cause = scenario_find(p, "causes"),
                                *late = scenario_find(p, "late");
    unsigned expected = 0, observed = 0;
    int used = 0;
    *failure = (struct scenario_failure){.failed = true};
    unsigned c = 0;
    while (check && c < BENCH_CHECKS && strcmp(check->value, bench_check_key((enum bench_check)c)))
        c++;
    if (!check || c == BENCH_CHECKS || !what)
        scenario_wrong(p, "check or what is missing or unknown");
    failure->check = (uint8_t)(c % BENCH_CHECKS);
    failure->port = (uint8_t)scenario_choice(p, "port", scenario_ports, MMU_PORTS, 0);
    failure->cycle = scenario_optional(p, "cycle", UINT64_MAX, 0);
    if (cause && (sscanf(cause->value, "%3u:%3u%n", &expected, &observed, &used) != 2 ||
                  cause->value[used] || expected > 63 || observed > 63))
        scenario_wrong(p, "causes must be EXPECTED:OBSERVED");
    failure->cause[0] = (uint8_t)expected;
    failure->cause[1] = (uint8_t)observed;
    const char *const delays[] = {"-1", "0", "1", "2"};
    int lateness = late ? scenario_choice_of(late->value, delays, 4) : 1;
    if (lateness < 0) scenario_wrong(p, "late must be -1, 0, 1 or 2");
    failure->late = (int8_t)(lateness - 1);
    if (what && strlen(what->value) >= sizeof failure->what) scenario_wrong(p, "what is too long");
    if (what)
        snprintf(failure->what, sizeof failure->what, "%.*s", (int)sizeof failure->what - 1,
                 what->value);
}

// --- the whole -------------------------------------------------------------------------------

static void parse_csr(struct scenario_parser *p) {
    p->scenario->csr = scenario_parse_csr(p);
}

// Lines stand in this order; `many`: more than one of them may.
static const struct line {
    const char *key;
    void (*parse)(struct scenario_parser *p);
    bool many;
} lines[] = {{"unit", parse_unit, false},     {"check", parse_check, false},
             {"memory", parse_memory, false}, {"word", parse_word, true},
             {"pmp", parse_pmp, true},        {"csr", parse_csr, false},
             {"timing", parse_timing, true},  {"", NULL, true},  // operations
             {"expect", parse_expect, false}};
enum { LINES = sizeof lines / sizeof lines[0], OPERATIONS = LINES - 2, MEMORY = 2 };

static bool in_order(struct scenario_parser *p, unsigned k, const char *word) {
    unsigned stage = p->stage;
    bool again = k + 1 == stage && lines[k].many;
    if (k + 1 <= stage && !again)
        return scenario_wrong(p, "'%.40s' stands too late, or twice", word);
    if (k > MEMORY && stage <= MEMORY)
        return scenario_wrong(p, "'%.40s' stands before 'memory'", word);
    p->stage = k + 1;
    return true;
}

static void parse_line(struct scenario_parser *p, char *text) {
    text += strspn(text, " \t");
    size_t length = strcspn(text, " \t");
    char *rest = text + length + (text[length] != '\0');
    text[length] = '\0';
    if (strchr(text, '+')) {
        if (in_order(p, OPERATIONS, text)) scenario_parse_operation(p, text, rest);
    } else {
        unsigned k = 0;
        while (k < LINES && strcmp(text, lines[k].key)) k++;
        if (k == LINES)
            scenario_wrong(p, "there is no line '%.40s'", text);
        else if (in_order(p, k, text) && scenario_split(p, rest))
            lines[k].parse(p);
    }
    for (unsigned i = 0; i < p->field_count && !p->sentence[0]; i++)
        if (!p->fields[i].asked) scenario_wrong(p, "'%.40s' is not known here", p->fields[i].key);
}

// Copy the line without its comment; false: it holds nothing. Only `what` may hold a '#'.
static bool take_line(struct scenario_parser *p, const char *text, size_t length,
                      char line[SCENARIO_LINE]) {
    if (length >= SCENARIO_LINE) return scenario_wrong(p, "the line is too long");
    if (memchr(text, '\0', length)) return scenario_wrong(p, "the line holds a zero byte");
    memcpy(line, text, length);
    line[length] = '\0';
    if (length && line[length - 1] == '\r') line[length - 1] = '\0';
    if (strncmp(line, "expect ", 7)) line[strcspn(line, "#")] = '\0';
    return line[strspn(line, " \t")] != '\0';
}

static bool parse_first(struct scenario_parser *p, const char *line) {
    if (!strcmp(line, "tandem-scenario 1")) return true;
    return scenario_wrong(p, "it does not begin with 'tandem-scenario 1'");
}

static unsigned parse_all(struct scenario_parser *p, const char *text, size_t bytes) {
    char line[SCENARIO_LINE];
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
    scenario_wrong(p, begun ? "it ends before 'memory'" : "it is empty");
    return number ? number : 1;
}

unsigned scenario_parse(const char *text, size_t bytes, struct scenario *scenario,
                        char sentence[SCENARIO_SENTENCE_BYTES]) {
    struct scenario_parser parser = {.scenario = scenario, .sentence = sentence};
    sentence[0] = '\0';
    *scenario = scenario_empty();
    unsigned line = parse_all(&parser, text, bytes);
    if (line) scenario_clear(scenario);
    return parser.no_memory ? UINT_MAX : line;
}
