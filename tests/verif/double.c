// SPDX-License-Identifier: Apache-2.0
// The fake DUT behind the interface of DUTs that are loaded, with the fault DOUBLE_FAULT (enum
// fake_fault): one that answers as it should and never counts the data TLB's misses, for instance.
#include <stdio.h>

#include "fake_dut.h"

const struct dut_ops *tandem_dut(void);

// The unit of `tandem run` without further configuration.
static const struct dut_profile profile = {.name = "double",
                                           .revision = "in C",
                                           .config = {.arch = {.xlen = 64,
                                                               .pa_bits = 56,
                                                               .asid_bits = 16,
                                                               .svnapot = true,
                                                               .update_first = true},
                                                      .tlb = {{16, 16, MMU_LRU}, {16, 16, MMU_LRU}},
                                                      .l2 = {.ways = 4, .policy = MMU_PLRU},
                                                      .walks = 1},
                                           .has_kill = true,
                                           .has_fault_records = true,
                                           .has_tags = true};

static const struct dut_profile *profile_of(void) {
    return &profile;
}

static struct dut *create(const struct dut_options *options, char *error, size_t error_bytes) {
    (void)options;
    struct dut *dut = fake_dut_create(&profile.config, (enum fake_fault)(DOUBLE_FAULT));
    if (!dut) snprintf(error, error_bytes, "no memory");
    return dut;
}

static struct dut_ops ops_of(void) {
    struct dut_ops ops = *fake_dut_ops();
    ops.profile = profile_of;
    ops.create = create;
    return ops;
}

const struct dut_ops *tandem_dut(void) {
    static struct dut_ops ops;
    ops = ops_of();
    return &ops;
}
