// SPDX-License-Identifier: Apache-2.0
#include "lt_side.h"

namespace tandem {

using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;

lt_side::lt_side(sc_core::sc_module_name name, mmu_tlm &mmu, const sc_time &period)
    : sc_core::sc_module(name),
      data("data"),
      fetch("fetch"),
      mmu_(mmu),
      period_(period),
      arch_(mmu.configuration().mmu.arch) {
    data.bind(mmu.data);
    fetch.bind(mmu.fetch);
}

uint64_t lt_side::cycles(const sc_time &delay) const {
    sc_assert(delay.value() % period_.value() == 0);
    return delay.value() / period_.value();
}

void lt_side::change_registers(random_tables &tables, random_numbers &random) {
    csr_.satp = tables.satp();
    csr_.priv = uint8_t(random.chance(50)    ? MMU_PRIV_M
                        : random.chance(250) ? MMU_PRIV_S
                                             : MMU_PRIV_U);
    csr_.mpp = uint8_t(random.below(2));
    csr_.mprv = random.chance(100);
    csr_.sum = random.chance(500);
    csr_.mxr = random.chance(300);
    csr_.adue = random.chance(850);
    csr_.pbmte = arch_.xlen == 64 && random.chance(300);
}

lt_side::item lt_side::access(sc_time &delay, random_tables &tables, random_numbers &random) {
    item item;
    item.port = random.chance(350) ? MMU_PORT_FETCH : MMU_PORT_DATA;
    item.request.access = uint8_t(item.port == MMU_PORT_FETCH ? 0 : MMU_LOAD + random.below(3));
    item.request.size = uint8_t(random.below(4));
    item.request.va = tables.address(item.request.size);
    item.csr = item.info.csr = csr_;
    item.info.access = item.request.access;
    item.info.translate_only = true;
    tlm::tlm_generic_payload trans;
    trans.set_command(tlm::TLM_IGNORE_COMMAND);
    trans.set_address(item.request.va);
    trans.set_data_length(1u << item.request.size);
    trans.set_streaming_width(1u << item.request.size);
    trans.set_extension(&item.info);
    (item.port == MMU_PORT_DATA ? data : fetch)->b_transport(trans, delay);
    trans.clear_extension(&item.info);
    return item;
}

lt_side::item lt_side::fence_some(sc_time &delay, random_tables &tables, random_numbers &random) {
    item item;
    item.kind = FENCE;
    item.csr = csr_;
    item.fence.op = uint8_t(random.below(4));
    item.fence.has_va = random.chance(500);
    item.fence.has_asid = random.chance(500);
    item.fence.va = tables.address(0);
    item.fence.asid = uint16_t(random.below(3));
    mmu_.set_csr(csr_, delay);
    mmu_.fence(item.fence, delay);
    return item;
}

// Without an access: satp and privilege as a context switch or a trap leaves them. The space of
// the accesses to come may stay what it was.
lt_side::item lt_side::write_registers(const sc_time &delay, random_tables &tables,
                                       random_numbers &random) {
    item item;
    item.kind = REGISTERS;
    if (random.chance(500))
        change_registers(tables, random);
    else
        csr_.priv = uint8_t(csr_.priv == MMU_PRIV_M ? MMU_PRIV_U : MMU_PRIV_M);
    item.csr = csr_;
    if (!omit_csr) mmu_.set_csr(csr_, delay);
    return item;
}

lt_side::item lt_side::draw(sc_time &delay, random_tables &tables, random_numbers &random) {
    if (random.chance(60)) return fence_some(delay, tables, random);
    if (random.chance(150)) return write_registers(delay, tables, random);
    return access(delay, tables, random);
}

// The first entry allows everything, everywhere.
std::vector<lt_side::item> lt_side::begin(uint64_t cycle, random_tables &tables,
                                          random_numbers &random) {
    std::vector<item> items;
    change_registers(tables, random);
    if (arch_.pmp_entries == 0) return items;
    item item;
    sc_time delay = SC_ZERO_TIME;
    item.kind = PMP_WRITE;
    item.csr = csr_;
    item.pmp_write.write_cfg = item.pmp_write.write_addr = true;
    item.pmp_write.cfg = 0x1F;  // NAPOT, X, W, R
    item.pmp_write.addr = arch_.xlen == 32 ? UINT32_MAX : (UINT64_C(1) << 54) - 1;
    item.start = cycle;
    mmu_.set_csr(csr_, delay);
    mmu_.pmp_write(item.pmp_write, delay);
    item.end = cycle + cycles(delay);
    items.push_back(item);
    return items;
}

std::vector<lt_side::item> lt_side::run_ahead(uint64_t cycle, unsigned count, random_tables &tables,
                                              random_numbers &random) {
    std::vector<item> items;
    sc_time delay = SC_ZERO_TIME;
    while (items.size() < count) {
        if (random.chance(400)) delay += period_ * double(random.below(12));
        if (random.chance(40)) change_registers(tables, random);
        const uint64_t start = cycle + cycles(delay);
        items.push_back(draw(delay, tables, random));
        items.back().start = start;
        items.back().end = cycle + cycles(delay);
    }
    return items;
}

}  // namespace tandem
