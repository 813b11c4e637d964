// SPDX-License-Identifier: Apache-2.0
// The verilated tandem_mmu behind verif/dut.h. It owns pins, nothing else.
//
// A cycle is two evaluations (see tandem_tb_top.sv): at clk_i = 0 the staged pins reach the
// design and its outputs settle; they are copied here, because the rising edge changes
// them. Payloads are copied only where their valid is 1.
//
// A property that fails is a message of the simulator's runtime (verilated_runtime.cpp): the
// name is taken out of it.
//
// The build gives these macros: TANDEM_REVISION (a string), TANDEM_XLEN, _ASID_BITS,
// _PA_BITS, _PMP, _SVNAPOT, _UPDATE_FIRST, _PWC, _WALKS, _PREFETCH, and for DTLB, ITLB and L2
// TANDEM_x_ENTRIES, _WAYS and _POLICY: the parameters of the verilated design. With
// TANDEM_MUTANTS it is a netlist with mutants: the environment's TANDEM_MUTANT chooses one for a
// unit that is created, 0 none.
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "Vtandem.h"
#include "verilated.h"
#include "verilated_fst_c.h"
#if VM_COVERAGE
#include "verilated_cov.h"
#endif

extern "C" {
#include "verif/dut.h"
}

namespace {
constexpr unsigned kResetClocks = 4;
constexpr int kTraceLevels = 99;
#ifdef TANDEM_MUTANTS
constexpr unsigned kMutants = 1024;  // mutsel_i has 10 bits
#endif
// Time units of a cycle in the wave; the clock falls at its begin and rises in its middle.
constexpr uint64_t kWaveCycle = 10;

// Whether any unit's property ever failed, and the first one that failed in this thread and
// has not been collected: by the unit that evaluated last, before another one evaluates.
std::atomic<bool> any_failure{false};
thread_local std::string uncollected_failure;
}  // namespace

// The simulator's messages. Properties' names are hierarchical, and without the top's.
int TandemPrint(const char *format, ...) {
    static const char kFailed[] = "Assertion failed in ", kTop[] = "tandem_tb_top.";
    char text[2000];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *name = strstr(text, kFailed);
    if (name == nullptr) {
        fputs(text, stderr);
        return length;
    }
    name += sizeof kFailed - 1;
    const char *const inside = strstr(name, kTop);
    if (inside != nullptr) name = inside + sizeof kTop - 1;
    if (uncollected_failure.empty()) uncollected_failure.assign(name, strcspn(name, ":"));
    any_failure.store(true, std::memory_order_relaxed);
    return length;
}

// The runtime's stop, which follows the message of a failed property: the run goes on.
void vl_stop(const char *, int, const char *) {}

// Members are destroyed from the last to the first: the wave before the model that it
// reads, the model before its context.
struct dut {
    VerilatedContext context;
    std::unique_ptr<Vtandem> top;
    std::unique_ptr<VerilatedFstC> wave;
    std::string wave_path;
    bool tracing = false;
    uint64_t cycle = 0;  // ticks since creation, and the clocks of a dumped reset: the wave's time
    std::string failed;  // the property that failed first since reset

    // What stood on the wires in the last tick.
    bool fence_ready = false;
    struct mmu_answer answer[MMU_PORTS] = {};
    struct mmu_fault fault = {};
    struct mmu_memory_request memory = {};
    struct dut_event event[DUT_ARRAYS] = {};
};

namespace {

const struct dut_profile kProfile = {
    "tandem_mmu",
    TANDEM_REVISION,
    {{TANDEM_XLEN, TANDEM_PA_BITS, TANDEM_ASID_BITS, TANDEM_PMP, TANDEM_SVNAPOT != 0,
      TANDEM_UPDATE_FIRST != 0, true},
     {{TANDEM_DTLB_ENTRIES, TANDEM_DTLB_WAYS, TANDEM_DTLB_POLICY},
      {TANDEM_ITLB_ENTRIES, TANDEM_ITLB_WAYS, TANDEM_ITLB_POLICY}},
     {TANDEM_L2_ENTRIES, TANDEM_L2_WAYS, TANDEM_L2_POLICY},
     TANDEM_PWC,
     TANDEM_WALKS,
     TANDEM_PREFETCH != 0},
    true,  // has_kill
    true,  // has_fault_records
    true,  // has_tags
};

const struct dut_profile *Profile() {
    return &kProfile;
}

// --- life --------------------------------------------------------------------------------

// The simulator's seeds are 31 bits, and its 0 means "choose one": mix ours into 1 .. 2^31 - 1.
int SimulatorSeed(uint64_t seed) {
    uint64_t mixed = seed + UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    mixed = (mixed ^ (mixed >> 31)) & 0x7FFFFFFF;
    return mixed == 0 ? 1 : static_cast<int>(mixed);
}

// Says in `error` why no wave can be written to `path`, and returns false, or returns true.
// Opening for append, not for writing: what is there stays until dumping begins.
bool WaveFileUsable(const char *path, char *error, size_t error_bytes) {
    struct stat status;
    const bool exists = stat(path, &status) == 0;
    if (exists && !S_ISREG(status.st_mode)) {
        snprintf(error, error_bytes, "%s: not a regular file, no wave is written there.", path);
        return false;
    }
    const int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) {
        snprintf(error, error_bytes, "%s: the wave cannot be written: %s.", path, strerror(errno));
        return false;
    }
    close(file);
    if (!exists) unlink(path);
    return true;
}

void SetIdle(Vtandem *top) {
    top->d_req_valid_i = 0;
    top->f_req_valid_i = 0;
    top->d_kill_i = 0;
    top->f_kill_i = 0;
    top->pmp_valid_i = 0;
    top->fence_valid_i = 0;
    top->d_rsp_ready_i = 0;
    top->f_rsp_ready_i = 0;
    top->fault_ready_i = 0;
    top->mem_req_ready_i = 0;
    top->mem_rsp_valid_i = 0;
    top->mem_rsp_error_i = 0;
    top->l2_poison_i = 0;
}

// All pins, once: from here on the random initial values are in the design only.
void SetAllPins(Vtandem *top) {
    SetIdle(top);
    top->satp_i = 0;
    top->priv_i = MMU_PRIV_M;
    top->mpp_i = 0;
    top->mprv_i = 0;
    top->sum_i = 0;
    top->mxr_i = 0;
    top->adue_i = 0;
    top->pbmte_i = 0;
    top->pmp_index_i = 0;
    top->pmp_write_cfg_i = 0;
    top->pmp_write_addr_i = 0;
    top->pmp_cfg_i = 0;
    top->pmp_addr_i = 0;
    top->d_req_va_i = 0;
    top->d_req_access_i = MMU_LOAD;
    top->d_req_size_i = 0;
    top->d_req_tag_i = 0;
    top->f_req_va_i = 0;
    top->f_req_size_i = 0;
    top->f_req_tag_i = 0;
    top->fence_op_i = MMU_SFENCE_VMA;
    top->fence_has_va_i = 0;
    top->fence_has_asid_i = 0;
    top->fence_va_i = 0;
    top->fence_asid_i = 0;
    top->mem_rsp_id_i = 0;
    top->mem_rsp_data_i = 0;
    top->cnt_sel_i = 0;
    top->rst_ni = 1;
    top->clk_i = 1;
}

// Chooses the mutant that the environment names. Returns false with a sentence if it names none.
bool ChooseMutant(Vtandem *top, char *error, size_t error_bytes) {
#ifdef TANDEM_MUTANTS
    const char *const text = getenv("TANDEM_MUTANT");
    char *end = nullptr;
    const unsigned long mutant = text == nullptr ? 0 : strtoul(text, &end, 10);
    if (text != nullptr && (end == text || *end != '\0' || mutant >= kMutants)) {
        snprintf(error, error_bytes, "TANDEM_MUTANT=%s is not a number below %u.", text, kMutants);
        return false;
    }
    top->mutsel_i = static_cast<SData>(mutant);
#else
    (void)top, (void)error, (void)error_bytes;
#endif
    return true;
}

struct dut *Create(const struct dut_options *options, char *error, size_t error_bytes) {
    if (options->wave_path != nullptr && !WaveFileUsable(options->wave_path, error, error_bytes)) {
        return nullptr;
    }
    // A seed set in another thread would restart this one's random numbers half-way.
    static std::mutex seeding;
    const std::lock_guard<std::mutex> lock(seeding);
    std::unique_ptr<struct dut> dut(new struct dut);
    if (options->wave_path != nullptr) {
        dut->wave_path = options->wave_path;
        dut->context.traceEverOn(true);
    }
    dut->context.randReset(2);
    dut->context.randSeed(SimulatorSeed(options->seed));
    dut->top.reset(new Vtandem(&dut->context, "tandem"));
    SetAllPins(dut->top.get());
    if (!ChooseMutant(dut->top.get(), error, error_bytes)) return nullptr;
    dut->top->eval();
    return dut.release();
}

// Lines, toggles and covers (tb/build_dut.sh --coverage), to the file that the environment names.
void WriteCoverage(struct dut *dut) {
#if VM_COVERAGE
    const char *const path = getenv("TANDEM_RTL_COVERAGE");
    if (path != nullptr && *path != '\0') dut->context.coveragep()->write(path);
#else
    (void)dut;
#endif
}

void Destroy(struct dut *dut) {
    if (dut == nullptr) return;
    WriteCoverage(dut);
    if (dut->wave) dut->wave->close();
    // The runtime works on the context that its thread used last, here and when a property
    // fails: that must never be one that is gone.
    Verilated::threadContextp(&dut->context);
    dut->top->final();
    delete dut;
    Verilated::threadContextp(Verilated::defaultContextp());
}

// One half of a clock.
void Edge(struct dut *dut, unsigned clk) {
    dut->top->clk_i = clk & 1;
    dut->top->eval();
    if (dut->tracing) dut->wave->dump(kWaveCycle * dut->cycle + clk * (kWaveCycle / 2));
    dut->cycle += clk;
}

void Reset(struct dut *dut) {
    Vtandem *const top = dut->top.get();
    Verilated::threadContextp(&dut->context);
    SetIdle(top);
    top->rst_ni = 0;
    const uint64_t cycle = dut->cycle;
    for (unsigned clock = 0; clock < kResetClocks; ++clock) {
        Edge(dut, 0);
        Edge(dut, 1);
    }
    if (!dut->tracing) dut->cycle = cycle;  // so that a wave's times are the first run's cycles
    top->rst_ni = 1;
    top->eval();
    uncollected_failure.clear();
    dut->failed.clear();
}

// --- stage -------------------------------------------------------------------------------

void SetCsr(struct dut *dut, const struct mmu_csr *csr) {
    Vtandem *const top = dut->top.get();
    top->satp_i = csr->satp;
    top->priv_i = csr->priv;
    top->mpp_i = csr->mpp;
    top->mprv_i = csr->mprv;
    top->sum_i = csr->sum;
    top->mxr_i = csr->mxr;
    top->adue_i = csr->adue;
    top->pbmte_i = csr->pbmte;
}

void Request(struct dut *dut, enum mmu_port port, const struct mmu_request *request) {
    Vtandem *const top = dut->top.get();
    const bool valid = request != nullptr;
    if (port == MMU_PORT_DATA) {
        top->d_req_valid_i = valid;
        if (!valid) return;
        top->d_req_va_i = request->va;
        top->d_req_access_i = request->access;
        top->d_req_size_i = request->size;
        top->d_req_tag_i = request->tag;
    } else {
        top->f_req_valid_i = valid;
        if (!valid) return;
        top->f_req_va_i = request->va;
        top->f_req_size_i = request->size;
        top->f_req_tag_i = request->tag;
    }
}

void Kill(struct dut *dut, unsigned port_mask) {
    dut->top->d_kill_i = (port_mask >> MMU_PORT_DATA) & 1;
    dut->top->f_kill_i = (port_mask >> MMU_PORT_FETCH) & 1;
}

void PmpWrite(struct dut *dut, const struct mmu_pmp_write *write) {
    Vtandem *const top = dut->top.get();
    top->pmp_valid_i = write != nullptr;
    if (write == nullptr) return;
    top->pmp_index_i = write->index;
    top->pmp_write_cfg_i = write->write_cfg;
    top->pmp_write_addr_i = write->write_addr;
    top->pmp_cfg_i = write->cfg;
    top->pmp_addr_i = write->addr & ((UINT64_C(1) << 54) - 1);
}

void Fence(struct dut *dut, const struct mmu_fence *fence) {
    Vtandem *const top = dut->top.get();
    top->fence_valid_i = fence != nullptr;
    if (fence == nullptr) return;
    top->fence_op_i = fence->op;
    top->fence_has_va_i = fence->has_va;
    top->fence_has_asid_i = fence->has_asid;
    top->fence_va_i = fence->va;
    top->fence_asid_i = fence->asid;
}

void Take(struct dut *dut, unsigned take_mask) {
    Vtandem *const top = dut->top.get();
    top->d_rsp_ready_i = (take_mask & DUT_TAKE_DATA) != 0;
    top->f_rsp_ready_i = (take_mask & DUT_TAKE_FETCH) != 0;
    top->fault_ready_i = (take_mask & DUT_TAKE_FAULT) != 0;
}

void Poison(struct dut *dut, bool poison) {
    dut->top->l2_poison_i = poison;
}

void MemoryResponse(struct dut *dut, bool grant, const struct dut_memory_response *answer) {
    Vtandem *const top = dut->top.get();
    top->mem_req_ready_i = grant;
    top->mem_rsp_valid_i = answer != nullptr;
    if (answer == nullptr) return;
    top->mem_rsp_id_i = answer->id;
    top->mem_rsp_data_i = answer->data;
    top->mem_rsp_error_i = answer->error;
}

// --- one cycle ---------------------------------------------------------------------------

void SampleResponses(struct dut *dut, unsigned bits) {
    const Vtandem *const top = dut->top.get();
    if (bits & DUT_RESPONSE_DATA) {
        dut->answer[MMU_PORT_DATA] = {
            top->d_rsp_pa_o,     top->d_rsp_fault_o != 0, top->d_rsp_cause_o,
            top->d_rsp_level_o,  top->d_rsp_napot_o != 0, top->d_rsp_pbmt_o,
            top->d_rsp_source_o, top->d_rsp_perm_o,       top->d_rsp_tag_o};
    }
    if (bits & DUT_RESPONSE_FETCH) {
        dut->answer[MMU_PORT_FETCH] = {
            top->f_rsp_pa_o,     top->f_rsp_fault_o != 0, top->f_rsp_cause_o,
            top->f_rsp_level_o,  top->f_rsp_napot_o != 0, top->f_rsp_pbmt_o,
            top->f_rsp_source_o, top->f_rsp_perm_o,       top->f_rsp_tag_o};
    }
}

void SampleRest(struct dut *dut, unsigned bits) {
    const Vtandem *const top = dut->top.get();
    if (bits & DUT_FAULT) {
        dut->fault = {top->fault_tval_o,   top->fault_asid_o,  top->fault_port_o,
                      top->fault_access_o, top->fault_cause_o, top->fault_tag_o};
    }
    if (bits & DUT_MEMORY_REQUEST) {
        dut->memory = {top->mem_req_addr_o, top->mem_req_expected_o, top->mem_req_data_o,
                       top->mem_req_write_o != 0, top->mem_req_id_o};
    }
    if (bits & DUT_FILL_DATA) {
        dut->event[DUT_ARRAY_DATA] = {top->d_fill_set_o, top->d_fill_way_o,
                                      top->d_fill_evict_o != 0};
    }
    if (bits & DUT_FILL_FETCH) {
        dut->event[DUT_ARRAY_FETCH] = {top->f_fill_set_o, top->f_fill_way_o,
                                       top->f_fill_evict_o != 0};
    }
    if (bits & DUT_FILL_L2) {
        dut->event[DUT_ARRAY_L2] = {top->l2_fill_set_o, top->l2_fill_way_o,
                                    top->l2_fill_evict_o != 0};
    }
}

constexpr unsigned kRare =
    DUT_FAULT | DUT_MEMORY_REQUEST | DUT_FILL_DATA | DUT_FILL_FETCH | DUT_FILL_L2;

unsigned Sample(struct dut *dut) {
    const Vtandem *const top = dut->top.get();
    const unsigned bits = (unsigned)top->d_req_ready_o * DUT_READY_DATA |
                          (unsigned)top->f_req_ready_o * DUT_READY_FETCH |
                          (unsigned)top->fence_ready_o * DUT_READY_FENCE |
                          (unsigned)top->d_rsp_valid_o * DUT_RESPONSE_DATA |
                          (unsigned)top->f_rsp_valid_o * DUT_RESPONSE_FETCH |
                          (unsigned)top->fault_valid_o * DUT_FAULT |
                          (unsigned)top->mem_req_valid_o * DUT_MEMORY_REQUEST |
                          (unsigned)top->d_fill_valid_o * DUT_FILL_DATA |
                          (unsigned)top->f_fill_valid_o * DUT_FILL_FETCH |
                          (unsigned)top->l2_fill_valid_o * DUT_FILL_L2 |
                          (unsigned)top->pmp_ready_o * DUT_READY_PMP;
    dut->fence_ready = top->fence_ready_o != 0;
    SampleResponses(dut, bits);
    if (bits & kRare) SampleRest(dut, bits);
    return bits;
}

unsigned Tick(struct dut *dut) {
    Edge(dut, 0);
    const unsigned bits = Sample(dut);
    Edge(dut, 1);  // properties are judged at this edge, so only now is it known
    if (!any_failure.load(std::memory_order_relaxed)) return bits;
    if (dut->failed.empty()) dut->failed = uncollected_failure;
    uncollected_failure.clear();
    return dut->failed.empty() ? bits : bits | DUT_ASSERTION;
}

// --- read --------------------------------------------------------------------------------

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

const char *Assertion(struct dut *dut) {
    return dut->failed.c_str();
}

uint64_t Counter(struct dut *dut, unsigned counter) {
    Vtandem *const top = dut->top.get();
    top->cnt_sel_i = counter & 0x3F;
    top->eval();
    return top->cnt_value_o;
}

// Only now: a wave that was asked for but never switched on leaves no file.
bool OpenWave(struct dut *dut) {
    dut->wave.reset(new VerilatedFstC);
    dut->top->trace(dut->wave.get(), kTraceLevels);
    dut->wave->open(dut->wave_path.c_str());
    return dut->wave->isOpen();
}

bool Knob(struct dut *dut, const char *name, uint64_t value) {
    if (strcmp(name, "trace") != 0) return false;
    const bool wanted = value != 0 && !dut->wave_path.empty();
    if (wanted && !dut->wave && !OpenWave(dut)) return false;
    dut->tracing = wanted && dut->wave->isOpen();
    return true;
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

// The harness looks for this name.
static_assert(sizeof(DUT_ENTRY) == sizeof("tandem_dut"), "DUT_ENTRY names another symbol");
