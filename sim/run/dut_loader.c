// SPDX-License-Identifier: Apache-2.0
// The program stands in build/<preset>/bin; the source tree, with tb/build_dut.sh, is found from
// there, or from the environment variable TANDEM_HOME.
#define _GNU_SOURCE
#include "dut_loader.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "outputs.h"

static bool home_of(const char *start, char home[RUN_PATH_BYTES]) {
    char path[RUN_PATH_BYTES], script[RUN_PATH_BYTES + 32];
    snprintf(path, sizeof path, "%s", start);
    for (char *slash; (slash = strrchr(path, '/')) && slash != path;) {
        *slash = '\0';
        snprintf(script, sizeof script, "%s/tb/build_dut.sh", path);
        if (!access(script, X_OK)) {
            snprintf(home, RUN_PATH_BYTES, "%s", path);
            return true;
        }
    }
    return false;
}

bool tandem_home(char home[RUN_PATH_BYTES]) {
    char self[RUN_PATH_BYTES], script[RUN_PATH_BYTES + 32];
    const char *given = getenv("TANDEM_HOME");
    if (given) {
        snprintf(script, sizeof script, "%.4000s/tb/build_dut.sh", given);
        snprintf(home, RUN_PATH_BYTES, "%s", given);
        return !access(script, X_OK);
    }
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) return false;
    self[n] = '\0';
    return home_of(self, home);
}

static const char *const policies[] = {"lru", "plru", "fifo", "random"};

static void describe(const struct mmu_tlb_config *tlb, char out[48]) {
    snprintf(out, 48, "%ux%ux%s", tlb->entries, tlb->ways, policies[tlb->policy & 3]);
}

static void describe_l2(const struct mmu_l2_config *l2, char out[48]) {
    snprintf(out, 48, l2->entries ? "%ux%ux%s" : "none", l2->entries, l2->ways,
             policies[l2->policy & 3]);
}

static enum sim_status find_script(char script[RUN_PATH_BYTES + 32], struct sim_error *error) {
    char home[RUN_PATH_BYTES];
    const char *given = getenv("TANDEM_HOME");
    if (tandem_home(home)) {
        snprintf(script, RUN_PATH_BYTES + 32, "%s/tb/build_dut.sh", home);
        return SIM_OK;
    }
    if (given)
        return sim_fail(error, SIM_ERROR_TOOL,
                        "%.300s: holds no tb/build_dut.sh; set TANDEM_HOME to the source tree, or "
                        "give --dut FILE",
                        given);
    return sim_fail(error, SIM_ERROR_TOOL,
                    "tb/build_dut.sh was not found above this program; set TANDEM_HOME to the "
                    "source tree, or give --dut FILE");
}

// As tb/build_dut.sh takes them; what has the script's default is left out.
static void build_options(const struct mmu_config *config, bool properties, char *out,
                          size_t capacity) {
    const struct mmu_arch *arch = &config->arch;
    const struct mmu_arch standard = mmu_arch_default();
    char data[48], fetch[48], l2[48];
    describe(&config->tlb[MMU_PORT_DATA], data);
    describe(&config->tlb[MMU_PORT_FETCH], fetch);
    const struct {
        const char *name;
        unsigned value, standard;
    } options[] = {{"xlen", arch->xlen, standard.xlen},
                   {"asid_bits", arch->asid_bits, standard.asid_bits},
                   {"pa_bits", arch->pa_bits, standard.pa_bits},
                   {"pmp", arch->pmp_entries, standard.pmp_entries},
                   {"svnapot", arch->svnapot, standard.svnapot},
                   {"update_first", arch->update_first, standard.update_first},
                   {"pwc", config->pwc_entries, 0},
                   {"walks", config->walks, 1},
                   {"prefetch", config->prefetch, 0}};
    size_t used = (size_t)snprintf(out, capacity, "%sdtlb=%s itlb=%s",
                                   properties ? "" : "--no-properties ", data, fetch);
    describe_l2(&config->l2, l2);
    if (config->l2.entries) used += (size_t)snprintf(out + used, capacity - used, " l2=%s", l2);
    for (unsigned i = 0; i < sizeof options / sizeof options[0]; i++)
        if (options[i].value != options[i].standard && used < capacity)
            used += (size_t)snprintf(out + used, capacity - used, " %s=%u", options[i].name,
                                     options[i].value);
}

void dut_unit_options(const struct mmu_config *config, char *out, size_t capacity) {
    build_options(config, true, out, capacity);
}

// Run the build script; its one line of output is the path.
static enum sim_status build(const struct mmu_config *config, bool properties,
                             char path[RUN_PATH_BYTES], struct sim_error *error) {
    char script[RUN_PATH_BYTES + 32], options[256], command[320];
    enum sim_status status = find_script(script, error);
    if (status) return status;
    build_options(config, properties, options, sizeof options);
    // Through the environment: the path may hold anything that a shell would not leave alone.
    snprintf(command, sizeof command, "exec \"$TANDEM_BUILD_DUT\" %s", options);
    if (setenv("TANDEM_BUILD_DUT", script, 1))
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    FILE *pipe = popen(command, "r");
    if (!pipe) return sim_fail(error, SIM_ERROR_TOOL, "tb/build_dut.sh cannot be started");
    bool line = fgets(path, RUN_PATH_BYTES, pipe) != NULL;
    int ended = pclose(pipe);
    if (run_interrupted())
        return sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted while the DUT was built");
    if (!line || ended)
        return sim_fail(error, SIM_ERROR_TOOL,
                        "tb/build_dut.sh %s failed; its own sentence stands above", options);
    path[strcspn(path, "\n")] = '\0';
    return SIM_OK;
}

static bool same_tlb(const struct mmu_tlb_config *a, const struct mmu_tlb_config *b) {
    return a->entries == b->entries && a->ways == b->ways && a->policy == b->policy;
}

static enum sim_status check_arch(const struct mmu_arch *wanted, const struct mmu_arch *built,
                                  const char *path, struct sim_error *error) {
    const struct {
        const char *name;
        unsigned wanted, built;
    } rows[] = {{"XLEN", wanted->xlen, built->xlen},
                {"number of physical address bits", wanted->pa_bits, built->pa_bits},
                {"number of ASID bits", wanted->asid_bits, built->asid_bits},
                {"number of PMP entries", wanted->pmp_entries, built->pmp_entries},
                {"Svnapot", wanted->svnapot, built->svnapot},
                {"order of A/D update and final check (update_first)", wanted->update_first,
                 built->update_first}};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].wanted != rows[i].built)
            return sim_fail(error, SIM_ERROR_USAGE,
                            "%s: its %s is %u, the configuration asks for %u", path, rows[i].name,
                            rows[i].built, rows[i].wanted);
    return SIM_OK;
}

static enum sim_status check_hierarchy(const struct mmu_config *wanted,
                                       const struct mmu_config *built, const char *path,
                                       struct sim_error *error) {
    char has[48], asked[48];
    const struct {
        const char *name;
        unsigned wanted, built;
    } rows[] = {{"number of page-walk cache entries", wanted->pwc_entries, built->pwc_entries},
                {"number of walks", wanted->walks, built->walks},
                {"prefetch", wanted->prefetch, built->prefetch}};
    describe_l2(&built->l2, has);
    describe_l2(&wanted->l2, asked);
    if (strcmp(has, asked))
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%s: its second-level TLB is %s, the configuration asks for %s", path, has,
                        asked);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].wanted != rows[i].built)
            return sim_fail(error, SIM_ERROR_USAGE,
                            "%s: its %s is %u, the configuration asks for %u", path, rows[i].name,
                            rows[i].built, rows[i].wanted);
    return SIM_OK;
}

static enum sim_status check_profile(const struct mmu_config *config, const char *path,
                                     const struct dut_ops *ops, struct sim_error *error) {
    if (ops->abi != DUT_ABI)
        return sim_fail(error, SIM_ERROR_TOOL, "%s: interface version %u, this program needs %u",
                        path, ops->abi, DUT_ABI);
    const struct dut_profile *profile = ops->profile();
    enum sim_status status = check_arch(&config->arch, &profile->config.arch, path, error);
    if (status) return status;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        char built[48], wanted[48];
        if (same_tlb(&profile->config.tlb[p], &config->tlb[p])) continue;
        describe(&profile->config.tlb[p], built);
        describe(&config->tlb[p], wanted);
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%s: its %s TLB is %s, the configuration asks for %s", path,
                        p == MMU_PORT_DATA ? "data" : "fetch", built, wanted);
    }
    return check_hierarchy(config, &profile->config, path, error);
}

// Of the RTL's random initial values. They must not matter: TANDEM_X_SEED shows it.
static enum sim_status initial_seed(uint64_t *seed, struct sim_error *error) {
    const char *given = getenv("TANDEM_X_SEED");
    if (!given || config_number(given, seed)) return SIM_OK;
    return sim_fail(error, SIM_ERROR_USAGE, "TANDEM_X_SEED must be a whole number, not '%.40s'",
                    given);
}

static enum sim_status open_library(const char *path, struct loaded_dut *loaded,
                                    struct sim_error *error) {
    char real[PATH_MAX];
    dut_entry_fn *entry;
    // A name without a slash would be searched for among the system's libraries.
    if (!realpath(path, real))
        return sim_fail(error, SIM_ERROR_TOOL, "%s: cannot be opened: %s", path, strerror(errno));
    loaded->library = dlopen(real, RTLD_NOW | RTLD_LOCAL);
    if (!loaded->library)
        return sim_fail(error, SIM_ERROR_TOOL, "%s: is not a DUT: %s", path, dlerror());
    *(void **)&entry = dlsym(loaded->library, DUT_ENTRY);
    if (!entry)
        return sim_fail(error, SIM_ERROR_TOOL, "%s: is not a DUT: it has no symbol " DUT_ENTRY,
                        path);
    loaded->ops = entry();
    return SIM_OK;
}

enum sim_status dut_load(const struct mmu_config *config, const char *path, uint64_t seed,
                         bool properties, const char *wave_path, struct loaded_dut *loaded,
                         struct sim_error *error) {
    char built[RUN_PATH_BYTES], sentence[256] = "";
    *loaded = (struct loaded_dut){0};
    enum sim_status status =
        wave_path ? outputs_check_place(wave_path, "a waveform", error) : SIM_OK;
    for (unsigned p = 0; !path && p < MMU_PORTS && !status; p++)
        if (config->tlb[p].entries > 128)
            status = sim_fail(error, SIM_ERROR_USAGE,
                              "the RTL has at most 128 entries per TLB; larger ones run with "
                              "--model-only");
    if (!path && !status) status = build(config, properties, built, error);
    if (!status) status = open_library(path ? path : built, loaded, error);
    if (!status) status = check_profile(config, path ? path : built, loaded->ops, error);
    if (!status) status = initial_seed(&seed, error);
    struct dut_options options = {.seed = seed, .wave_path = wave_path};
    if (!status && !(loaded->dut = loaded->ops->create(&options, sentence, sizeof sentence)))
        status = sim_fail(error, SIM_ERROR_TOOL, "%s", sentence);
    if (status) dut_unload(loaded);
    return status;
}

void dut_unload(struct loaded_dut *loaded) {
    if (loaded->dut) loaded->ops->destroy(loaded->dut);
    if (loaded->library) dlclose(loaded->library);
    *loaded = (struct loaded_dut){0};
}
