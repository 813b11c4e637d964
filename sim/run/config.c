// SPDX-License-Identifier: Apache-2.0
// The table of keys, and reading values into it.
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/engine.h"
#include "sim/pager.h"

static const char *const tlb_policies[] = {"lru", "plru", "fifo", "random", "opt", NULL};
static const char *const page_policies[POLICIES + 1] = {
    "fifo", "lru",     "opt",   "clock",      "random", "2q",      "arc",
    "lirs", "s3-fifo", "sieve", "clock-bits", "aging",  "wsclock", NULL};
static const char *const scan_fences[] = {"page", "all", "none", NULL};
static const char *const schemes[] = {"svade", "svadu", NULL};
static const char *const modes[] = {"sv39", "sv48", "sv57", "sv32", NULL};
static const char *const answers[] = {"no", "yes", NULL};
static const char *const oracles[] = {"shadow", "legal", "both", NULL};

// Numbers end at INT64_MAX, where those of the JSON library end.
#define FIELD(name) offsetof(struct run_config, name)
#define NUMBER(path, field, least, most, standard, text) \
    { path, FIELD(field), CONFIG_NUMBER, least, most, NULL, standard, text }
#define CHOICE(path, field, choices, standard, text) \
    { path, FIELD(field), CONFIG_CHOICE, 0, 0, choices, standard, text }

const struct config_key config_keys[] = {
    NUMBER("seed", seed, 0, INT64_MAX, 1, "of everything random; 0 is a seed"),
    NUMBER("mmu.xlen", xlen, 32, 64, 64, "32 or 64"),
    CHOICE("mmu.mode", mode, modes, CONFIG_SV39, "of the page tables of traces"),
    NUMBER("mmu.pa_bits", pa_bits, 32, 56, 56, "bits of physical addresses (XLEN = 32: 34)"),
    NUMBER("mmu.asid_bits", asid_bits, 0, 16, 16, "ASIDLEN (XLEN = 32: 9)"),
    NUMBER("mmu.pmp_entries", pmp_entries, 0, 16, 0, "0, 8 or 16; 0: no PMP"),
    CHOICE("mmu.svnapot", svnapot, answers, 1, "64 KiB pages (XLEN = 32: no)"),
    CHOICE("mmu.update_first", update_first, answers, 1,
           "A/D update before the check of the final address"),
    NUMBER("mmu.walks", walks, 1, MMU_WALKS, 1, "page-table walks under way at a time"),
    NUMBER("mmu.pwc_entries", pwc_entries, 0, MMU_PWC_ENTRIES, 0,
           "entries of each level's page-walk cache; 0: there is none"),
    CHOICE("mmu.prefetch", prefetch, answers, 0,
           "next-page prefetch into the second-level TLB; needs one"),
    NUMBER("tlb.data.entries", data_entries, 1, 4096, 16, "entries (up to 128 with RTL)"),
    NUMBER("tlb.data.ways", data_ways, 1, 128, 16, "ways; = entries: fully associative"),
    CHOICE("tlb.data.policy", data_policy, tlb_policies, MMU_LRU,
           "replacement; opt: in studies of misses alone"),
    NUMBER("tlb.fetch.entries", fetch_entries, 1, 4096, 16, "as tlb.data.entries"),
    NUMBER("tlb.fetch.ways", fetch_ways, 1, 128, 16, "as tlb.data.ways"),
    CHOICE("tlb.fetch.policy", fetch_policy, tlb_policies, MMU_LRU, "as tlb.data.policy"),
    NUMBER("tlb.l2.entries", l2_entries, 0, 4096, 0, "of the second-level TLB; 0: there is none"),
    NUMBER("tlb.l2.ways", l2_ways, 1, 16, 4, "ways; 1: direct mapped"),
    CHOICE("tlb.l2.policy", l2_policy, tlb_policies, MMU_PLRU, "replacement"),
    NUMBER("memory.grant.least", grant_min, 1, 65535, 1, "g: cycles to a PTE request's grant"),
    NUMBER("memory.grant.most", grant_max, 1, 65535, 1, "drawn between least and most"),
    NUMBER("memory.data.least", data_min, 1, 65535, 8, "L: cycles from grant to data"),
    NUMBER("memory.data.most", data_max, 1, 65535, 8, "drawn between least and most"),
    NUMBER("os.processes", processes, 1, 1024, 1, "each replays a trace; at least one per trace"),
    NUMBER("os.quantum", quantum, 1, INT64_MAX, 20000, "references until the next process"),
    NUMBER("os.references", references, 0, INT64_MAX, 0, "per process; 0: the whole trace"),
    NUMBER("os.frames", frames, 1, 1u << 22, 256, "page frames for all processes"),
    CHOICE("os.policy", policy, page_policies, POLICY_LRU, "page replacement"),
    NUMBER("os.swap_mib", swap_mib, 0, 1u << 20, 256, "size of swap in MiB"),
    CHOICE("os.ad", adue, schemes, 1, "A and D bits: by faults (svade) or by hardware (svadu)"),
    NUMBER("replacement.scan_interval", scan_interval, 0, INT64_MAX, 2000,
           "references between two ticks of the timer (aging); 0: no timer"),
    CHOICE("replacement.scan_fence", scan_fence, scan_fences, PAGER_FENCE_PAGE,
           "when A was cleared: fence each page, all at once, or not at all"),
    NUMBER("replacement.two_q_in", two_q_in, 0, 100, 25, "2Q: Kin, percent of the frames"),
    NUMBER("replacement.two_q_out", two_q_out, 0, 1000, 50, "2Q: Kout, percent of the frames"),
    NUMBER("replacement.lirs_hir", lirs_hir, 0, 100, 1, "LIRS: percent of frames for HIR pages"),
    NUMBER("replacement.lirs_ghosts", lirs_ghosts, 0, 1000, 200,
           "LIRS: non-resident pages remembered, percent of the frames"),
    NUMBER("replacement.s3_small", s3_small, 0, 100, 10, "S3-FIFO: small queue, percent"),
    NUMBER("replacement.s3_ghosts", s3_ghosts, 0, 1000, 90, "S3-FIFO: pages remembered, percent"),
    NUMBER("replacement.s3_threshold", s3_threshold, 1, 3, 2, "S3-FIFO: hits to the main queue"),
    NUMBER("replacement.aging_bits", aging_bits, 1, 16, 8, "aging: bits of a shift register"),
    NUMBER("replacement.wsclock_window", wsclock_window, 0, INT64_MAX, 100000,
           "WSClock: working-set window in references of the process"),
    NUMBER("replacement.wsclock_writes", wsclock_writes, 0, 1u << 20, 8,
           "WSClock: write-backs that one search may begin"),
    NUMBER("cost.trap", trap_cycles, 0, 1u << 30, 100, "cycles: fault to handler and back"),
    NUMBER("cost.handler", handler_cycles, 0, 1u << 30, 1000, "cycles: handler per fault"),
    NUMBER("cost.swap_read", swap_read_cycles, 0, 1u << 30, 100000, "cycles: page in from swap"),
    NUMBER("cost.swap_write", swap_write_cycles, 0, 1u << 30, 100000, "cycles: page out to swap"),
    NUMBER("cost.scan", scan_cycles, 0, 1u << 20, 10, "cycles: per PTE that the policy looks at"),
    NUMBER("cost.context_switch", switch_cycles, 0, 1u << 30, 1000, "cycles: to another process"),
    NUMBER("cost.access", access_cycles, 0, 1u << 20, 4,
           "cycles: the access itself, once translated"),
    NUMBER("driver.outstanding", outstanding, 0, 8, 4,
           "a program's references on a port without an answer, at most (the one accepted a cycle "
           "before aside); 0: one at a time"),
    NUMBER("stimulus.idle", idle, 0, 999, 0,
           "per 1000 cycles: a port waits although it could issue"),
    NUMBER("stimulus.stall", stall, 0, 999, 0, "per 1000 cycles: an answer is not taken"),
#define X(field, least, most, standard, text) \
    NUMBER("random." #field, random_##field, least, most, standard, text),
    STIMULUS_WEIGHT_LIST(X)
#undef X
        NUMBER("random.error", random_error, 0, 1000, 2,
               "per 1000 PTE requests: memory answers with an error"),
    NUMBER("check.watchdog", watchdog_cycles, 1, INT64_MAX, 1000000, "cycles without an answer"),
    NUMBER("check.counters", counter_interval, 0, INT64_MAX, 100000,
           "compare the counters every so many cycles; 0: at the end"),
    CHOICE("check.oracle", oracle, oracles, CONFIG_SHADOW,
           "shadow: the model, exactly; legal: what the specification allows"),
    CHOICE("check.properties", properties, answers, 1,
           "check the properties of verif/sva in the RTL; no: a faster simulation"),
};
const unsigned config_key_count = sizeof config_keys / sizeof config_keys[0];

static uint64_t *field(struct run_config *config, const struct config_key *key) {
    return (uint64_t *)(void *)((char *)config + key->offset);
}

uint64_t config_value(const struct run_config *config, const struct config_key *key) {
    uint64_t value;
    memcpy(&value, (const char *)config + key->offset, sizeof value);
    return value;
}

struct run_config config_default(void) {
    struct run_config config;
    for (unsigned i = 0; i < config_key_count; i++)
        *field(&config, &config_keys[i]) = config_keys[i].standard;
    return config;
}

static const struct config_key *find(const char *path) {
    for (unsigned i = 0; i < config_key_count; i++)
        if (!strcmp(config_keys[i].path, path)) return &config_keys[i];
    return NULL;
}

// A leading 0 means nothing, as in YAML 1.2.
bool config_number(const char *text, uint64_t *value) {
    char *end;
    if (text[0] < '0' || text[0] > '9') return false;
    errno = 0;
    *value = strtoull(text, &end, text[0] == '0' && (text[1] | 32) == 'x' ? 16 : 10);
    return errno == 0 && *end == '\0';
}

static enum sim_status assign_choice(const char *place, const struct config_key *key,
                                     const char *text, uint64_t *value, struct sim_error *error) {
    char names[128] = "";
    for (uint64_t i = 0; key->choices[i]; i++) {
        if (!strcmp(key->choices[i], text)) {
            *value = i;
            return SIM_OK;
        }
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", key->choices[i]);
    }
    return sim_fail(error, SIM_ERROR_USAGE, "%s: %s must be one of %s, not '%.40s'", place,
                    key->path, names, text);
}

enum sim_status config_assign(const char *place, const char *path, const char *text,
                              struct run_config *config, struct sim_error *error) {
    const struct config_key *key = find(path);
    uint64_t value;
    if (!key) return sim_fail(error, SIM_ERROR_USAGE, "%s: there is no key '%.80s'", place, path);
    if (key->kind == CONFIG_CHOICE)
        return assign_choice(place, key, text, field(config, key), error);
    if (!config_number(text, &value) || value < key->least || value > key->most)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%s: %s must be a whole number from %" PRIu64 " to %" PRIu64
                        ", not '%.40s'",
                        place, path, key->least, key->most, text);
    *field(config, key) = value;
    return SIM_OK;
}

enum sim_status config_set(const char *assignment, struct run_config *config,
                           struct sim_error *error) {
    char path[96];
    const char *equals = strchr(assignment, '=');
    if (!equals || (size_t)(equals - assignment) >= sizeof path)
        return sim_fail(error, SIM_ERROR_USAGE, "--set takes KEY=VALUE, not '%.80s'", assignment);
    memcpy(path, assignment, (size_t)(equals - assignment));
    path[equals - assignment] = '\0';
    return config_assign("--set", path, equals + 1, config, error);
}

static void print_value(const struct config_key *key, uint64_t value, char out[24]) {
    if (key->kind == CONFIG_CHOICE)
        snprintf(out, 24, "%s", key->choices[value]);
    else
        snprintf(out, 24, "%" PRIu64, value);
}

// Nested YAML: a new heading for each part of the path that the previous key did not share.
void config_print(const struct run_config *config, FILE *out) {
    const char *previous = "";
    for (unsigned i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        const char *part = key->path;
        char value[24];
        int depth = 0;
        for (const char *dot; (dot = strchr(part, '.')); part = dot + 1, depth++) {
            size_t prefix = (size_t)(dot + 1 - key->path);
            if (strncmp(previous, key->path, prefix))
                fprintf(out, "%*s%.*s:\n", 2 * depth, "", (int)(dot - part), part);
        }
        print_value(key, config_value(config, key), value);
        fprintf(out, "%*s%s: %-*s # %s\n", 2 * depth, "", part,
                (int)(26 - 2 * (size_t)depth - strlen(part)), value, key->text);
        previous = key->path;
    }
}

void config_arguments(const struct run_config *config, char *out, size_t capacity) {
    size_t used = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        char value[24];
        if (config_value(config, key) == key->standard || !strcmp(key->path, "seed")) continue;
        print_value(key, config_value(config, key), value);
        int n = snprintf(out + used, capacity - used, " --set %s=%s", key->path, value);
        if (n < 0 || (size_t)n >= capacity - used) {
            out[used] = '\0';  // no part of a setting
            break;
        }
        used += (size_t)n;
    }
}
