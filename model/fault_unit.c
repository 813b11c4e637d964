// SPDX-License-Identifier: Apache-2.0
// Fault records: at most one per port, shown in the order in which they became valid.
#include <assert.h>

#include "engine_internal.h"

void fault_unit_record(struct mmu_engine *engine, unsigned port, const struct mmu_request *request,
                       uint16_t asid, uint8_t cause, uint64_t cycle) {
    struct port_state *p = &engine->port[port];
    assert(!p->fault_valid);
    p->fault = (struct mmu_fault){.tval = request->va,
                                  .asid = asid,
                                  .port = (uint8_t)port,
                                  .access = request->access,
                                  .cause = cause,
                                  .tag = request->tag};
    p->fault_valid = true;
    p->fault_cycle = cycle + 1;
    engine_count(engine, port, MMU_COUNT_FAULTS);
}

unsigned fault_unit_shown(const struct mmu_engine *engine) {
    const struct port_state *data = &engine->port[MMU_PORT_DATA];
    const struct port_state *fetch = &engine->port[MMU_PORT_FETCH];
    if (data->fault_valid && (!fetch->fault_valid || data->fault_cycle <= fetch->fault_cycle))
        return MMU_PORT_DATA;
    return fetch->fault_valid ? MMU_PORT_FETCH : MMU_PORTS;
}
