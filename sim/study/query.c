// SPDX-License-Identifier: Apache-2.0
// Points to queries, queries to tasks.
#include "query_private.h"

#include <limits.h>
#include <string.h>

#include "mmu/engine.h"
#include "sim/kernels/lru_sets.h"

const char *study_value_name(enum study_value value) {
    static const char *const names[] = {
#define X(id, name) name,
        STUDY_VALUE_LIST(X)
#undef X
    };
    return names[value];
}

// --- which keys matter -------------------------------------------------------------------

static bool begins(const char *path, const char *prefix) {
    return !strncmp(path, prefix, strlen(prefix));
}

static bool one_of(const char *path, const char *const *list) {
    for (; *list; list++)
        if ((*list)[strlen(*list) - 1] == '.' ? begins(path, *list) : !strcmp(path, *list))
            return true;
    return false;
}

// Keys of the stimulus and the checks are of no account to any study; those of the machine are, by
// default: a key that is new here is taken to matter until somebody says otherwise.
static const char *const never[] = {"random.", "check.", NULL};
static const char *const not_of_misses[] = {
    "seed",         "driver.",      "memory.",      "cost.",        "stimulus.",
    "os.frames",    "os.policy",    "os.swap_mib",  "replacement.", "os.ad",
    "study.paging", "study.client", "study.window", "study.sample", NULL};
static const char *const of_stream[] = {"mmu.mode",   "mmu.xlen",      "os.processes",
                                        "os.quantum", "os.references", "study.page_bytes",
                                        NULL};
static const char *const of_cycles[] = {"study.paging", "study.client", NULL};
static const char *const of_frames[] = {"os.frames", "os.policy", NULL};
// Of policies that look at A and D bits, which a TLB's refills set.
static const char *const of_bits[] = {"tlb.data.entries", "tlb.data.ways", "cost.",
                                      "memory.",          "replacement.",  NULL};
// Keys that a TLB kernel does know, or that cannot change what it counts.
static const char *const known_to_kernel[] = {"mmu.mode",         "mmu.xlen",
                                              "mmu.pa_bits",      "mmu.asid_bits",
                                              "mmu.pmp_entries",  "mmu.svnapot",
                                              "mmu.update_first", "tlb.data.",
                                              "tlb.fetch.",       "os.processes",
                                              "os.quantum",       "os.references",
                                              "driver.",          NULL};

static bool keeps_for_frames(const struct study_config *config, const char *path) {
    const struct run_config *run = &config->run;
    const struct policy_ops *ops = policy_find((unsigned)run->policy);
    if (one_of(path, of_stream) || one_of(path, of_frames)) return true;
    // A sample is drawn by the seed.
    if (run->policy == POLICY_LRU)
        return !strcmp(path, "study.sample") || (config->sample > 1 && !strcmp(path, "seed"));
    if (run->policy == POLICY_RANDOM) return !strcmp(path, "seed");
    if (ops->knows == POLICY_KNOWS_BITS) return one_of(path, of_bits);
    return run->policy > POLICY_RANDOM && begins(path, "replacement.");
}

bool study_query_keeps(const struct study_query *query, const struct config_key *key) {
    static const char *const of_paging[] = {"os.frames",    "os.policy", "os.swap_mib",
                                            "replacement.", "os.ad",     NULL};
    const struct study_config *config = &query->input.config;
    const char *path = key->path;
    switch (query->kind) {
        case QUERY_TLB:
            return !one_of(path, not_of_misses) && !one_of(path, never) &&
                   !begins(path, query->port == MMU_PORT_DATA ? "tlb.fetch." : "tlb.data.");
        case QUERY_FRAMES:
            return keeps_for_frames(config, path);
        case QUERY_CYCLES:
            if (config->paging == STUDY_RESIDENT && one_of(path, of_paging)) return false;
            if (config->client == STUDY_STREAM && !strcmp(path, "study.page_bytes")) return true;
            return !one_of(path, never) && (!begins(path, "study.") || one_of(path, of_cycles));
        case QUERY_WORKING_SET:
            return one_of(path, of_stream) || !strcmp(path, "study.window");
        case QUERY_PAGES:
            return one_of(path, of_stream);
    }
    return true;
}

struct study_config study_query_canonical(const struct study_query *query) {
    struct study_config config = study_config_default();
    for (unsigned i = 0; i < config_key_count + study_key_count; i++) {
        const struct config_key *key =
            i < config_key_count ? &config_keys[i] : &study_keys[i - config_key_count];
        if (study_query_keeps(query, key))
            study_key_set(&config, key, study_key_value(&query->input.config, key));
    }
    if (query->kind == QUERY_FRAMES) config.paging = STUDY_DEMAND;
    // Misses are a TLB's own: a second request for a page under way would be another.
    if (query->kind == QUERY_TLB) config.run.outstanding = 0;
    return config;
}

// --- what a kernel answers exactly -------------------------------------------------------

static bool power_of_two(uint64_t value) {
    return value && !(value & (value - 1));
}

static bool only_known_keys(const struct study_config *config) {
    const struct study_config standard = study_config_default();
    for (unsigned i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        if (study_key_value(config, key) != study_key_value(&standard, key) &&
            !one_of(key->path, known_to_kernel))
            return false;
    }
    return true;
}

// All power-of-two numbers of sets in one pass, or one set of any size.
static bool in_opt_sets(uint64_t entries, uint64_t ways) {
    uint64_t sets = entries / ways;
    return sets == 1 || (power_of_two(sets) && sets <= UINT64_C(1) << KERNEL_SETS_BITS_MAX &&
                         ways <= KERNEL_WAYS_MAX);
}

// Kernels know no fences: spaces must have ASIDs of their own. They draw other random victims than
// the hardware. Pages of different spaces share a set as their page numbers do.
bool study_query_kernel(const struct study_query *query) {
    const struct run_config *run = &query->input.config.run;
    if (query->kind == QUERY_CYCLES) return false;
    if (query->kind != QUERY_TLB) return true;
    bool data = query->port == MMU_PORT_DATA;
    uint64_t entries = data ? run->data_entries : run->fetch_entries;
    uint64_t ways = data ? run->data_ways : run->fetch_ways;
    uint64_t policy = data ? run->data_policy : run->fetch_policy;
    if (policy == MMU_PLRU && ways > 64) return false;
    if (policy == CONFIG_OPT && (query->classes || !in_opt_sets(entries, ways))) return false;
    if (policy == MMU_RANDOM || !only_known_keys(&query->input.config)) return false;
    if (run->processes == 1) return true;
    return run->processes <= UINT64_C(1) << run->asid_bits && power_of_two(entries / ways);
}

bool study_query_tells_causes(const struct study_query *query) {
    const struct run_config *run = &query->input.config.run;
    return query->kind == QUERY_TLB && query->classes &&
           (query->kernel || run->processes <= UINT64_C(1) << run->asid_bits);
}

bool study_query_opt(const struct study_query *query) {
    const struct run_config *run = &query->input.config.run;
    if (query->kind == QUERY_FRAMES) return run->policy == POLICY_OPT;
    return query->kind == QUERY_TLB &&
           (query->port == MMU_PORT_DATA ? run->data_policy : run->fetch_policy) == CONFIG_OPT;
}

bool study_query_sampled(const struct study_query *query) {
    return query->kind == QUERY_FRAMES && query->input.config.run.policy == POLICY_LRU &&
           query->input.config.sample > 1;
}

// Queries that differ only in what one pass answers at once are one group; `batch` bounds how
// many, so that there is work for every core.
struct study_config study_query_group(const struct study_query *query, unsigned *batch) {
    struct study_config config = query->input.config;
    *batch = UINT_MAX;
    if (!query->kernel) {
        *batch = 1;
    } else if (query->kind == QUERY_TLB) {
        uint64_t policy =
            query->port == MMU_PORT_DATA ? config.run.data_policy : config.run.fetch_policy;
        // All sizes and ways of LRU, and of OPT, in one pass; others share the reading of the
        // trace.
        bool one_pass = policy == MMU_LRU || policy == CONFIG_OPT;
        if (!one_pass || query->classes) *batch = 8;
        config.run.data_entries = config.run.data_ways = 0;
        config.run.fetch_entries = config.run.fetch_ways = 0;
        if (!one_pass) config.run.data_policy = config.run.fetch_policy = MMU_PLRU;
    } else if (query->kind == QUERY_FRAMES) {
        if (config.run.policy == POLICY_FIFO) {
            *batch = 32;
        } else if (config.run.policy != POLICY_LRU && config.run.policy != POLICY_OPT) {
            *batch = 4;
            config.run.policy = POLICY_CLOCK;  // one simulator for all of them
        }
        config.run.frames = 0;
    } else if (query->kind == QUERY_WORKING_SET) {
        config.window = 0;
    }
    return config;
}
