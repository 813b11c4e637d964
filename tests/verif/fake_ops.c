// SPDX-License-Identifier: Apache-2.0
// The fake behind struct dut_ops: creation, staging of inputs, reading of what was sampled.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_internal.h"

static const struct dut_profile profile = {
    .name = "fake",
    .revision = "in C",
    .config = {.arch = {.xlen = 64,
                        .pa_bits = 56,
                        .asid_bits = 16,
                        .svnapot = true,
                        .update_first = true,
                        .gpa_in_tval2 = true},
               .tlb = {{16, 16, MMU_LRU}, {16, 16, MMU_LRU}},
               .l2 = {.entries = 0, .ways = 4, .policy = MMU_PLRU},
               .walks = MMU_WALKS},
    .has_kill = true,
    .has_fault_records = true,
    .has_tags = true};

static const struct dut_profile *fake_profile(void) {
    return &profile;
}

static void fake_set_fault(struct dut *dut, enum fake_fault fault) {
    dut->fault = dut->tlb[0].fault = dut->tlb[1].fault = dut->pmp.fault = fault;
}

static void fake_reset(struct dut *dut) {
    enum fake_fault fault = dut->fault;
    struct mmu_config config = dut->config;
    memset(dut, 0, sizeof *dut);
    dut->config = config;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        dut->tlb[p].config = config.tlb[p];
        dut->tlb[p].arch = config.arch;
        fake_tlb_reset(&dut->tlb[p]);
    }
    dut->wires = dut->last_port = -1;
    dut->pmp.entries = config.arch.pmp_entries;
    dut->pmp.xlen = config.arch.xlen;
    fake_set_fault(dut, fault);
}

struct dut *fake_dut_create(const struct mmu_config *config, enum fake_fault fault) {
    struct dut *dut = calloc(1, sizeof *dut);
    if (!dut) return NULL;
    dut->config = *config;
    dut->fault = fault;
    fake_reset(dut);
    return dut;
}

static struct dut *fake_create(const struct dut_options *options, char *error, size_t error_bytes) {
    (void)options;
    struct dut *dut = fake_dut_create(&profile.config, FAKE_RIGHT);
    if (!dut) snprintf(error, error_bytes, "no memory");
    return dut;
}

static void fake_destroy(struct dut *dut) {
    free(dut);
}

// --- inputs ------------------------------------------------------------------------------------

static void fake_set_csr(struct dut *dut, const struct mmu_csr *csr) {
    dut->in.csr = *csr;
}

static void fake_request(struct dut *dut, enum mmu_port port, const struct mmu_request *request) {
    dut->in.request_valid[port] = request != NULL;
    if (request) dut->in.request[port] = *request;
}

static void fake_kill(struct dut *dut, unsigned port_mask) {
    dut->in.kill = port_mask;
}

static void fake_pmp_write(struct dut *dut, const struct mmu_pmp_write *write) {
    dut->in.pmp_valid = write != NULL;
    if (write) dut->in.pmp = *write;
}

static void fake_fence(struct dut *dut, const struct mmu_fence *fence) {
    dut->in.fence_valid = fence != NULL;
    if (fence) dut->in.fence = *fence;
}

static void fake_take(struct dut *dut, unsigned take_mask) {
    dut->in.take = take_mask;
}

static void fake_memory_response(struct dut *dut, bool grant,
                                 const struct dut_memory_response *answer) {
    dut->in.grant = grant;
    dut->in.answer_valid = answer != NULL;
    if (answer) dut->in.answer = *answer;
}

// --- outputs -----------------------------------------------------------------------------------

static bool fake_fence_busy(struct dut *dut) {
    return !(dut->out.sample & DUT_READY_FENCE);
}

static void fake_response(struct dut *dut, enum mmu_port port, struct mmu_answer *answer) {
    *answer = dut->out.response[port];
}

static void fake_read_fault(struct dut *dut, struct mmu_fault *fault) {
    *fault = dut->out.fault;
}

static void fake_memory_request(struct dut *dut, struct mmu_memory_request *request) {
    *request = dut->out.memory_request;
}

static void fake_event(struct dut *dut, enum dut_array array, struct dut_event *event) {
    *event = dut->out.event[array & 1];
}

static const char *fake_assertion(struct dut *dut) {
    (void)dut;
    return "fake.walks_do_not_end";
}

static uint64_t fake_counter(struct dut *dut, unsigned counter) {
    return counter < MMU_COUNTERS ? dut->counter[counter] : 0;
}

static bool fake_knob(struct dut *dut, const char *name, uint64_t value) {
    if (strcmp(name, "fault") != 0) return strcmp(name, "trace") == 0;
    fake_set_fault(dut, (enum fake_fault)value);
    return true;
}

const struct dut_ops *fake_dut_ops(void) {
    static const struct dut_ops ops = {.abi = DUT_ABI,
                                       .profile = fake_profile,
                                       .create = fake_create,
                                       .destroy = fake_destroy,
                                       .reset = fake_reset,
                                       .set_csr = fake_set_csr,
                                       .request = fake_request,
                                       .kill = fake_kill,
                                       .pmp_write = fake_pmp_write,
                                       .fence = fake_fence,
                                       .take = fake_take,
                                       .memory_response = fake_memory_response,
                                       .tick = fake_tick,
                                       .fence_busy = fake_fence_busy,
                                       .response = fake_response,
                                       .fault = fake_read_fault,
                                       .memory_request = fake_memory_request,
                                       .event = fake_event,
                                       .assertion = fake_assertion,
                                       .counter = fake_counter,
                                       .knob = fake_knob};
    return &ops;
}

// --- without tags ------------------------------------------------------------------------------

static const struct dut_profile *untagged_profile(void) {
    static const struct dut_profile untagged = {
        .name = "fake, untagged",
        .revision = "in C",
        .config = {.arch = {.xlen = 64, .pa_bits = 56, .asid_bits = 16, .svnapot = true},
                   .tlb = {{16, 16, MMU_LRU}, {16, 16, MMU_LRU}},
                   .walks = 1},
        .has_kill = true,
        .has_fault_records = true};
    return &untagged;
}

static void untagged_response(struct dut *dut, enum mmu_port port, struct mmu_answer *answer) {
    fake_response(dut, port, answer);
    answer->tag = 0xA5;
}

static void untagged_fault(struct dut *dut, struct mmu_fault *fault) {
    fake_read_fault(dut, fault);
    fault->tag = 0xA5;
}

const struct dut_ops *fake_untagged_ops(void) {
    static const struct dut_ops ops = {.abi = DUT_ABI,
                                       .profile = untagged_profile,
                                       .create = fake_create,
                                       .destroy = fake_destroy,
                                       .reset = fake_reset,
                                       .set_csr = fake_set_csr,
                                       .request = fake_request,
                                       .kill = fake_kill,
                                       .pmp_write = fake_pmp_write,
                                       .fence = fake_fence,
                                       .take = fake_take,
                                       .memory_response = fake_memory_response,
                                       .tick = fake_tick,
                                       .fence_busy = fake_fence_busy,
                                       .response = untagged_response,
                                       .fault = untagged_fault,
                                       .memory_request = fake_memory_request,
                                       .event = fake_event,
                                       .assertion = fake_assertion,
                                       .counter = fake_counter,
                                       .knob = fake_knob};
    return &ops;
}
