// SPDX-License-Identifier: Apache-2.0
// The one interface between the harness and any RTL MMU. An adapter owns pins only;
// the harness owns memory, time, tags and expectations. Pull style, no callbacks:
//
//   stage inputs (request, fence, take, set_csr, memory_response, ...)
//   tick      = drive the staged inputs, settle, sample the outputs, clock edge
//   read what was sampled (response, memory_request, event, ...)
//
// All staged inputs are levels: they stay as staged until staged again.
// Cycle numbers: the first tick after reset is cycle 0. Signal meanings:
// docs/microarchitecture.md section 3.
#ifndef VERIF_DUT_H
#define VERIF_DUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/engine.h"
#include "mmu/types.h"

#define DUT_ABI 4u

// Bits of tick's result: what stood on the wires in that cycle.
enum dut_sample {
    DUT_READY_DATA = 1u << 0,  // d_req_ready (bit = 1 << port)
    DUT_READY_FETCH = 1u << 1,
    DUT_READY_FENCE = 1u << 2,
    DUT_RESPONSE_DATA = 1u << 3,  // d_rsp_valid (bit = 8 << port)
    DUT_RESPONSE_FETCH = 1u << 4,
    DUT_FAULT = 1u << 5,           // fault_valid
    DUT_MEMORY_REQUEST = 1u << 6,  // mem_req_valid
    DUT_READY_PMP = 1u << 7,       // pmp_ready
    DUT_ASSERTION = 1u << 8,       // a property of the RTL failed: see assertion
    DUT_FILL_DATA = 1u << 9,       // d_fill_valid (bit = 512 << enum dut_array)
    DUT_FILL_FETCH = 1u << 10,
    DUT_FILL_L2 = 1u << 11
};

// Outgoing channels that the harness takes (their ready inputs), for `take`.
enum dut_take {
    DUT_TAKE_DATA = 1u << 0,  // d_rsp_ready (bit = 1 << port)
    DUT_TAKE_FETCH = 1u << 1,
    DUT_TAKE_FAULT = 1u << 2  // fault_ready
};

// Which TLB a fill event is of.
enum dut_array { DUT_ARRAY_DATA = 0, DUT_ARRAY_FETCH = 1, DUT_ARRAY_L2 = 2, DUT_ARRAYS = 3 };

// Who checks what, and what the unit is: data that the harness reads, never code.
struct dut_profile {
    const char *name;          // "tandem_mmu"
    const char *revision;      // of the RTL: free text
    struct mmu_config config;  // the parameters that it was built with
    bool has_kill;             // requests can be dropped
    bool has_fault_records;    // each answer with a fault makes a record on the fault channel
    bool has_tags;  // answers carry their request's tag; without: one unanswered request a port
};

struct dut_options {
    uint64_t seed;          // of the simulator's random initial values (x-initial unique)
    const char *wave_path;  // FST file, or NULL: none
};

struct dut_memory_response {
    uint64_t data;
    bool error;
    uint8_t id;  // of the request that it answers
};

struct dut_event {
    uint16_t set, way;
    bool evict;
};

struct dut;

// Every adapter exports one symbol of this name and type.
#define DUT_ENTRY "tandem_dut"
typedef const struct dut_ops *dut_entry_fn(void);

struct dut_ops {
    uint32_t abi;  // DUT_ABI

    // Static facts; valid as long as the adapter is loaded.
    const struct dut_profile *(*profile)(void);

    // Returns a unit that has not been reset, or NULL with a sentence in error. One unit per
    // thread; several may exist.
    struct dut *(*create)(const struct dut_options *options, char *error, size_t error_bytes);
    void (*destroy)(struct dut *dut);

    // Hold reset for a few clocks, all inputs idle, then release: the next tick is cycle 0.
    void (*reset)(struct dut *dut);

    // Stage inputs. NULL = that channel's valid is 0.
    void (*set_csr)(struct dut *dut, const struct mmu_csr *csr);
    void (*request)(struct dut *dut, enum mmu_port port, const struct mmu_request *request);
    void (*kill)(struct dut *dut, unsigned port_mask);  // bit = 1 << port; only if has_kill
    void (*pmp_write)(struct dut *dut, const struct mmu_pmp_write *write);
    void (*fence)(struct dut *dut, const struct mmu_fence *fence);
    void (*take)(struct dut *dut, unsigned take_mask);
    void (*poison)(struct dut *dut, bool poison);  // l2_poison; NULL: the unit has none
    void (*memory_response)(struct dut *dut, bool grant, const struct dut_memory_response *answer);

    // One cycle. Returns enum dut_sample bits.
    unsigned (*tick)(struct dut *dut);

    // Read what the last tick sampled. Only meaningful if its bit was set.
    bool (*fence_busy)(struct dut *dut);
    void (*response)(struct dut *dut, enum mmu_port port, struct mmu_answer *answer);
    void (*fault)(struct dut *dut, struct mmu_fault *fault);
    void (*memory_request)(struct dut *dut, struct mmu_memory_request *request);
    void (*event)(struct dut *dut, enum dut_array array, struct dut_event *event);
    // Returns the name of the property that failed first since reset
    // ("sva_walker.no_orphan_response"), valid until the next reset.
    const char *(*assertion)(struct dut *dut);
    // Value as it would be read in the coming cycle (after the last tick's clock edge).
    uint64_t (*counter)(struct dut *dut, unsigned counter);

    // Adapter-specific switches by name; returns false if unknown. Known to all adapters
    // with waveforms: "trace" 0/1 = stop/start dumping from the next tick. A unit created
    // with a wave_path does not dump before trace is set to 1.
    bool (*knob)(struct dut *dut, const char *name, uint64_t value);
};

#endif
