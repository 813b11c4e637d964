// SPDX-License-Identifier: Apache-2.0
// What follows from keys, and the rules between them.
#include <inttypes.h>

#include "config.h"
#include "mmu/engine.h"
#include "sim/pager.h"

// Page tables have so many bytes at most, and so many at least.
#define MOST_TABLES (UINT64_C(4) << 30)
#define LEAST_TABLES (UINT64_C(16) << 20)

static const uint8_t satp_modes[] = {MMU_SATP_MODE_SV39, MMU_SATP_MODE_SV48, MMU_SATP_MODE_SV57,
                                     MMU_SATP_MODE_SV32};

unsigned config_satp_mode(const struct run_config *config) {
    return satp_modes[config->mode & 3];
}

unsigned config_user_bits(const struct run_config *config) {
    return pager_mode_user_bits(config_satp_mode(config));
}

static struct mmu_tlb_config tlb(uint64_t entries, uint64_t ways, uint64_t policy) {
    return (struct mmu_tlb_config){
        .entries = (uint32_t)entries, .ways = (uint32_t)ways, .policy = (uint8_t)policy};
}

struct mmu_config config_mmu(const struct run_config *config) {
    struct mmu_config mmu = mmu_config_default();
    mmu.arch.xlen = (uint8_t)config->xlen;
    mmu.arch.pa_bits = (uint8_t)config->pa_bits;
    mmu.arch.asid_bits = (uint8_t)config->asid_bits;
    mmu.arch.pmp_entries = (uint8_t)config->pmp_entries;
    mmu.arch.svnapot = config->svnapot != 0;
    mmu.arch.update_first = config->update_first != 0;
    mmu.tlb[MMU_PORT_DATA] = tlb(config->data_entries, config->data_ways, config->data_policy);
    mmu.tlb[MMU_PORT_FETCH] = tlb(config->fetch_entries, config->fetch_ways, config->fetch_policy);
    mmu.l2 = (struct mmu_l2_config){.entries = (uint32_t)config->l2_entries,
                                    .ways = (uint32_t)config->l2_ways,
                                    .policy = (uint8_t)config->l2_policy};
    mmu.pwc_entries = (uint32_t)config->pwc_entries;
    mmu.walks = (uint32_t)config->walks;
    mmu.prefetch = config->prefetch != 0;
    return mmu;
}

struct policy_parameters config_policy_parameters(const struct run_config *config) {
    return (struct policy_parameters){.two_q_in = (uint32_t)config->two_q_in,
                                      .two_q_out = (uint32_t)config->two_q_out,
                                      .lirs_hir = (uint32_t)config->lirs_hir,
                                      .lirs_ghosts = (uint32_t)config->lirs_ghosts,
                                      .s3_small = (uint32_t)config->s3_small,
                                      .s3_ghosts = (uint32_t)config->s3_ghosts,
                                      .s3_threshold = (uint32_t)config->s3_threshold,
                                      .aging_bits = (uint32_t)config->aging_bits,
                                      .wsclock_writes = (uint32_t)config->wsclock_writes,
                                      .wsclock_window = config->wsclock_window};
}

void config_settle(struct run_config *config) {
    const struct run_config standard = config_default();
    if (config->mode == CONFIG_SV32) config->xlen = 32;
    if (config->xlen != 32) return;
    if (config->mode == standard.mode) config->mode = CONFIG_SV32;
    if (config->pa_bits == standard.pa_bits) config->pa_bits = 34;
    if (config->asid_bits == standard.asid_bits) config->asid_bits = 9;
    if (config->svnapot == standard.svnapot) config->svnapot = 0;
}

uint64_t config_memory_bytes(const struct run_config *config) {
    uint64_t room = (UINT64_C(1) << config->pa_bits) - CONFIG_MEMORY_BASE;
    uint64_t bytes = MOST_TABLES + config->frames * MMU_PAGE_BYTES;
    return bytes < room ? bytes : room;
}

static enum sim_status check_range(const char *name, uint64_t least, uint64_t most,
                                   struct sim_error *error) {
    if (least <= most) return SIM_OK;
    return sim_fail(error, SIM_ERROR_USAGE, "%s.least (%" PRIu64 ") exceeds %s.most (%" PRIu64 ")",
                    name, least, name, most);
}

static const char *const policies[] = {"lru", "plru", "fifo", "random"};

// No hardware looks into the future, nor does the model of one.
static enum sim_status check_policies(const struct run_config *config, struct sim_error *error) {
    const struct {
        const char *path;
        uint64_t policy;
    } rows[] = {{"tlb.data.policy", config->data_policy},
                {"tlb.fetch.policy", config->fetch_policy},
                {"tlb.l2.policy", config->l2_policy}};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].policy == CONFIG_OPT)
            return sim_fail(error, SIM_ERROR_USAGE,
                            "%s = opt needs the future: it is there in studies of the misses of "
                            "the first level alone, neither in the model nor in the RTL",
                            rows[i].path);
    return SIM_OK;
}

static enum sim_status check_tlb(const struct run_config *config, enum mmu_port port,
                                 struct sim_error *error) {
    struct mmu_tlb_config shape = config_mmu(config).tlb[port];
    const char *wrong = mmu_tlb_config_check(&shape);
    if (!wrong) return SIM_OK;
    return sim_fail(error, SIM_ERROR_USAGE, "tlb.%s (%u entries, %u ways, %s): %s",
                    port == MMU_PORT_DATA ? "data" : "fetch", shape.entries, shape.ways,
                    policies[shape.policy & 3], wrong);
}

static enum sim_status check_arch(const struct run_config *config, struct sim_error *error) {
    struct mmu_arch arch = config_mmu(config).arch;
    const char *wrong = mmu_arch_check(&arch);
    if (wrong) return sim_fail(error, SIM_ERROR_USAGE, "mmu: %s", wrong);
    if ((config->mode == CONFIG_SV32) != (config->xlen == 32))
        return sim_fail(error, SIM_ERROR_USAGE,
                        "mmu.mode: Sv32 is the mode of XLEN = 32, the others are those of 64");
    return SIM_OK;
}

static enum sim_status check_memory(const struct run_config *config, struct sim_error *error) {
    uint64_t frames = config->frames * MMU_PAGE_BYTES, bytes = config_memory_bytes(config);
    if (bytes < frames + LEAST_TABLES)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "os.frames (%" PRIu64 ") and page tables do not fit in %" PRIu64
                        " bits of physical address (mmu.pa_bits)",
                        config->frames, config->pa_bits);
    if (config->mode == CONFIG_SV32 && config->swap_mib > UINT64_C(16383))
        return sim_fail(error, SIM_ERROR_USAGE,
                        "os.swap_mib (%" PRIu64 "): a PTE of Sv32 names at most 16383 MiB of swap",
                        config->swap_mib);
    return SIM_OK;
}

// What is wrong with the whole, if its parts are right, is wrong with what stands behind the TLBs.
static enum sim_status check_hierarchy(const struct run_config *config, struct sim_error *error) {
    struct mmu_config mmu = config_mmu(config);
    const char *wrong = mmu_config_check(&mmu);
    if (!wrong) return SIM_OK;
    return sim_fail(
        error, SIM_ERROR_USAGE,
        "tlb.l2 (%u entries, %u ways, %s), mmu.walks, mmu.pwc_entries, mmu.prefetch: %s",
        mmu.l2.entries, mmu.l2.ways, policies[mmu.l2.policy & 3], wrong);
}

enum sim_status config_check(const struct run_config *config, struct sim_error *error) {
    enum sim_status status = check_arch(config, error);
    if (!status) status = check_policies(config, error);
    if (!status) status = check_tlb(config, MMU_PORT_DATA, error);
    if (!status) status = check_tlb(config, MMU_PORT_FETCH, error);
    if (!status) status = check_hierarchy(config, error);
    if (!status) status = check_memory(config, error);
    if (!status && config->random_overtake && config->oracle != CONFIG_SHADOW)
        status = sim_fail(error, SIM_ERROR_USAGE,
                          "random.overtake breaks a client's duty that check.oracle = legal and "
                          "both rely on: only with shadow");
    if (!status) status = check_range("memory.grant", config->grant_min, config->grant_max, error);
    if (!status) status = check_range("memory.data", config->data_min, config->data_max, error);
    return status;
}
