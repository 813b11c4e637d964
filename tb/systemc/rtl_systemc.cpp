// SPDX-License-Identifier: Apache-2.0
// The design as Verilator's SystemC module, behind verif/dut.h: create belongs into elaboration,
// everything else into one SC_THREAD. A cycle is one wait: inputs are written right after a rising
// edge, outputs read at the next, where they still stand.
//
// The build gives these macros: TANDEM_REVISION (a string), and TANDEM_x for each parameter x of
// tandem_mmu, which are the profile.
#include "rtl_systemc.h"

#include <cstdio>
#include <memory>

#include "Vtandem_mmu.h"
#include "verilated.h"

extern "C" {
#include "verif/dut.h"
}

struct dut {
    sc_core::sc_clock clk_i{"clk_i", tandem::rtl_clock_period()};
    tandem::rtl_signals pin;
    std::unique_ptr<Vtandem_mmu> top;

    // What stood on the wires in the last tick.
    bool fence_ready = false;
    struct mmu_answer answer[MMU_PORTS] = {};
    struct mmu_fault fault = {};
    struct mmu_memory_request memory = {};
    struct dut_event event[DUT_ARRAYS] = {};
};

namespace {

constexpr unsigned kResetClocks = 4;

const struct dut_profile kProfile = {
    "tandem_mmu (SystemC)",
    TANDEM_REVISION,
    {{TANDEM_Xlen, TANDEM_PaBits, TANDEM_AsidBits, TANDEM_PmpEntries, TANDEM_Svnapot != 0,
      TANDEM_UpdateFirst != 0, true},
     {{TANDEM_DtlbEntries, TANDEM_DtlbWays, TANDEM_DtlbPolicy},
      {TANDEM_ItlbEntries, TANDEM_ItlbWays, TANDEM_ItlbPolicy}},
     {TANDEM_L2Entries, TANDEM_L2Ways, TANDEM_L2Policy},
     TANDEM_PwcEntries,
     TANDEM_Walks,
     TANDEM_Prefetch != 0},
    true,  // has_kill
    true,  // has_fault_records
    true,  // has_tags
};

const struct dut_profile *Profile() {
    return &kProfile;
}

struct dut *Create(const struct dut_options *options, char *error, size_t error_bytes) {
    if (options->wave_path != nullptr || sc_core::sc_is_running()) {
        snprintf(error, error_bytes, "%s",
                 sc_core::sc_is_running() ? "a SystemC module is made during elaboration"
                                          : "the SystemC module has no waveform of its own");
        return nullptr;
    }
    Verilated::randReset(2);
    Verilated::randSeed(static_cast<int>(options->seed % 0x7FFFFFFF) + 1);
    std::unique_ptr<struct dut> dut(new struct dut);
    dut->top.reset(new Vtandem_mmu("tandem_mmu"));
    dut->top->clk_i(dut->clk_i);
    dut->pin.bind(*dut->top);
    return dut.release();
}

void Destroy(struct dut *dut) {
    if (dut == nullptr) return;
    dut->top->final();
    delete dut;
}

void Clock(struct dut *dut) {
    sc_core::wait(dut->clk_i.posedge_event());
}

void Reset(struct dut *dut) {
    tandem::rtl_signals &pin = dut->pin;
    pin.d_req_valid_i = pin.f_req_valid_i = pin.d_kill_i = pin.f_kill_i = false;
    pin.pmp_valid_i = pin.fence_valid_i = false;
    pin.d_rsp_ready_i = pin.f_rsp_ready_i = pin.fault_ready_i = false;
    pin.mem_req_ready_i = pin.mem_rsp_valid_i = pin.l2_poison_i = false;
    pin.rst_ni = false;
    for (unsigned clock = 0; clock < kResetClocks; ++clock) Clock(dut);
    pin.rst_ni = true;
}

// --- stage -----------------------------------------------------------------------------------

void SetCsr(struct dut *dut, const struct mmu_csr *csr) {
    tandem::rtl_signals &pin = dut->pin;
    pin.satp_i = csr->satp;
    pin.priv_i = csr->priv;
    pin.mpp_i = csr->mpp;
    pin.mprv_i = csr->mprv;
    pin.sum_i = csr->sum;
    pin.mxr_i = csr->mxr;
    pin.adue_i = csr->adue;
    pin.pbmte_i = csr->pbmte;
}

void Request(struct dut *dut, enum mmu_port port, const struct mmu_request *request) {
    tandem::rtl_signals &pin = dut->pin;
    const bool data = port == MMU_PORT_DATA;
    (data ? pin.d_req_valid_i : pin.f_req_valid_i) = request != nullptr;
    if (request == nullptr) return;
    (data ? pin.d_req_va_i : pin.f_req_va_i) = request->va;
    (data ? pin.d_req_size_i : pin.f_req_size_i) = request->size;
    (data ? pin.d_req_tag_i : pin.f_req_tag_i) = request->tag;
    if (data) pin.d_req_access_i = request->access;
}

void Kill(struct dut *dut, unsigned port_mask) {
    dut->pin.d_kill_i = ((port_mask >> MMU_PORT_DATA) & 1) != 0;
    dut->pin.f_kill_i = ((port_mask >> MMU_PORT_FETCH) & 1) != 0;
}

void PmpWrite(struct dut *dut, const struct mmu_pmp_write *write) {
    tandem::rtl_signals &pin = dut->pin;
    pin.pmp_valid_i = write != nullptr;
    if (write == nullptr) return;
    pin.pmp_index_i = write->index;
    pin.pmp_write_cfg_i = write->write_cfg;
    pin.pmp_write_addr_i = write->write_addr;
    pin.pmp_cfg_i = write->cfg;
    pin.pmp_addr_i = write->addr & ((UINT64_C(1) << 54) - 1);
}

void Fence(struct dut *dut, const struct mmu_fence *fence) {
    tandem::rtl_signals &pin = dut->pin;
    pin.fence_valid_i = fence != nullptr;
    if (fence == nullptr) return;
    pin.fence_op_i = fence->op;
    pin.fence_has_va_i = fence->has_va;
    pin.fence_has_asid_i = fence->has_asid;
    pin.fence_va_i = fence->va;
    pin.fence_asid_i = fence->asid;
}

void Take(struct dut *dut, unsigned take_mask) {
    dut->pin.d_rsp_ready_i = (take_mask & DUT_TAKE_DATA) != 0;
    dut->pin.f_rsp_ready_i = (take_mask & DUT_TAKE_FETCH) != 0;
    dut->pin.fault_ready_i = (take_mask & DUT_TAKE_FAULT) != 0;
}

void Poison(struct dut *dut, bool poison) {
    dut->pin.l2_poison_i = poison;
}

void MemoryResponse(struct dut *dut, bool grant, const struct dut_memory_response *answer) {
    tandem::rtl_signals &pin = dut->pin;
    pin.mem_req_ready_i = grant;
    pin.mem_rsp_valid_i = answer != nullptr;
    if (answer == nullptr) return;
    pin.mem_rsp_id_i = answer->id;
    pin.mem_rsp_data_i = answer->data;
    pin.mem_rsp_error_i = answer->error;
}

// --- one cycle ---------------------------------------------------------------------------------

#define SAMPLE_ANSWER(p)                                                                  \
    {                                                                                     \
        pin.p##_rsp_pa_o.read(), pin.p##_rsp_fault_o.read(),                              \
            static_cast<uint8_t>(pin.p##_rsp_cause_o.read()),                             \
            static_cast<uint8_t>(pin.p##_rsp_level_o.read()), pin.p##_rsp_napot_o.read(), \
            static_cast<uint8_t>(pin.p##_rsp_pbmt_o.read()),                              \
            static_cast<uint8_t>(pin.p##_rsp_source_o.read()),                            \
            static_cast<uint8_t>(pin.p##_rsp_perm_o.read()),                              \
            static_cast<uint8_t>(pin.p##_rsp_tag_o.read())                                \
    }

#define SAMPLE_FILL(p)                                                                    \
    {                                                                                     \
        static_cast<uint16_t>(pin.p##_fill_set_o.read()),                                 \
            static_cast<uint16_t>(pin.p##_fill_way_o.read()), pin.p##_fill_evict_o.read() \
    }

void SamplePayloads(struct dut *dut, unsigned bits) {
    const tandem::rtl_signals &pin = dut->pin;
    if (bits & DUT_RESPONSE_DATA) dut->answer[MMU_PORT_DATA] = SAMPLE_ANSWER(d);
    if (bits & DUT_RESPONSE_FETCH) dut->answer[MMU_PORT_FETCH] = SAMPLE_ANSWER(f);
    if (bits & DUT_FAULT)
        dut->fault = {pin.fault_tval_o.read(),
                      static_cast<uint16_t>(pin.fault_asid_o.read()),
                      static_cast<uint8_t>(pin.fault_port_o.read()),
                      static_cast<uint8_t>(pin.fault_access_o.read()),
                      static_cast<uint8_t>(pin.fault_cause_o.read()),
                      static_cast<uint8_t>(pin.fault_tag_o.read())};
    if (bits & DUT_MEMORY_REQUEST)
        dut->memory = {pin.mem_req_addr_o.read(), pin.mem_req_expected_o.read(),
                       pin.mem_req_data_o.read(), pin.mem_req_write_o.read(),
                       static_cast<uint8_t>(pin.mem_req_id_o.read())};
    if (bits & DUT_FILL_DATA) dut->event[DUT_ARRAY_DATA] = SAMPLE_FILL(d);
    if (bits & DUT_FILL_FETCH) dut->event[DUT_ARRAY_FETCH] = SAMPLE_FILL(f);
    if (bits & DUT_FILL_L2) dut->event[DUT_ARRAY_L2] = SAMPLE_FILL(l2);
}

unsigned Tick(struct dut *dut) {
    const tandem::rtl_signals &pin = dut->pin;
    const struct {
        const sc_core::sc_signal<bool> &wire;
        unsigned bit;
    } wires[] = {{pin.d_req_ready_o, DUT_READY_DATA},    {pin.f_req_ready_o, DUT_READY_FETCH},
                 {pin.fence_ready_o, DUT_READY_FENCE},   {pin.pmp_ready_o, DUT_READY_PMP},
                 {pin.d_rsp_valid_o, DUT_RESPONSE_DATA}, {pin.f_rsp_valid_o, DUT_RESPONSE_FETCH},
                 {pin.fault_valid_o, DUT_FAULT},         {pin.mem_req_valid_o, DUT_MEMORY_REQUEST},
                 {pin.d_fill_valid_o, DUT_FILL_DATA},    {pin.f_fill_valid_o, DUT_FILL_FETCH},
                 {pin.l2_fill_valid_o, DUT_FILL_L2}};
    Clock(dut);
    unsigned bits = 0;
    for (const auto &each : wires) bits |= each.wire.read() ? each.bit : 0u;
    dut->fence_ready = (bits & DUT_READY_FENCE) != 0;
    SamplePayloads(dut, bits);
    return bits;
}

// --- read --------------------------------------------------------------------------------------

bool FenceBusy(struct dut *dut) {
    return !dut->fence_ready;
}

void Response(struct dut *dut, enum mmu_port port, struct mmu_answer *answer) {
    *answer = dut->answer[port];
}

void Fault(struct dut *dut, struct mmu_fault *fault) {
    *fault = dut->fault;
}

void MemoryRequest(struct dut *dut, struct mmu_memory_request *request) {
    *request = dut->memory;
}

void Event(struct dut *dut, enum dut_array array, struct dut_event *event) {
    *event = dut->event[array];
}

const char *Assertion(struct dut *) {
    return "";
}

// The edge, the selection and the value need an evaluation each.
uint64_t Counter(struct dut *dut, unsigned counter) {
    dut->pin.cnt_sel_i = counter & 0x3F;
    for (unsigned delta = 0; delta < 4; ++delta) sc_core::wait(sc_core::SC_ZERO_TIME);
    return dut->pin.cnt_value_o.read();
}

bool Knob(struct dut *, const char *, uint64_t) {
    return false;
}

const struct dut_ops kOps = {
    DUT_ABI,  Profile,       Create, Destroy,   Reset,          SetCsr, Request,   Kill,
    PmpWrite, Fence,         Take,   Poison,    MemoryResponse, Tick,   FenceBusy, Response,
    Fault,    MemoryRequest, Event,  Assertion, Counter,        Knob,
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const struct dut_ops *tandem_dut(void);

const struct dut_ops *tandem_dut(void) {
    return &kOps;
}
