// SPDX-License-Identifier: Apache-2.0
// Simulation top: tandem_mmu with its inputs registered on the falling clock edge. It
// adds no latency: one cycle of the adapter (dut_verilator.cpp) is
//
//   set pins; clk_i = 0; evaluate   the registers take the pins, all wires settle
//   sample the outputs
//   clk_i = 1; evaluate             the design's flip-flops update
//
// Why registers: without them a simulator evaluates everything that depends on an input
// at both edges. The rising edge also clears the registered valids of requests, PMP writes,
// fence and memory answer, so that nothing is looked up a second time while the clock is
// high; the design has taken them at that edge, and nobody samples before the next falling
// one.
// cnt_sel_i goes straight through: counters can be read without a clock edge.
//
// With TANDEM_NETLIST the instance is a synthesized netlist, which has no parameters any
// more; those given here then only have to be the same ones. With TANDEM_MUTANTS as well, that
// netlist has an input that chooses one of the mutants planted in it.

module tandem_tb_top #(
    // As in tandem_mmu.
    parameter int unsigned Xlen = 64,
    parameter int unsigned AsidBits = 16,
    parameter int unsigned PaBits = 56,
    parameter int unsigned PmpEntries = 0,
    parameter int unsigned Svnapot = 1,
    parameter int unsigned UpdateFirst = 1,
    parameter int unsigned DtlbEntries = 16,
    parameter int unsigned ItlbEntries = 16,
    parameter int unsigned DtlbWays = 16,
    parameter int unsigned ItlbWays = 16,
    parameter int unsigned DtlbPolicy = 0,
    parameter int unsigned ItlbPolicy = 0,
    parameter int unsigned L2Entries = 0,
    parameter int unsigned L2Ways = 4,
    parameter int unsigned L2Policy = 1,
    parameter int unsigned PwcEntries = 0,
    parameter int unsigned Walks = 1,
    parameter int unsigned Prefetch = 0
) (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic [63:0] satp_i,
    input  logic [ 1:0] priv_i,
    input  logic [ 1:0] mpp_i,
    input  logic        mprv_i,
    input  logic        sum_i,
    input  logic        mxr_i,
    input  logic        adue_i,
    input  logic        pbmte_i,
    input  logic        pmp_valid_i,
    output logic        pmp_ready_o,
    input  logic [ 3:0] pmp_index_i,
    input  logic        pmp_write_cfg_i,
    input  logic        pmp_write_addr_i,
    input  logic [ 7:0] pmp_cfg_i,
    input  logic [53:0] pmp_addr_i,
    input  logic        d_req_valid_i,
    output logic        d_req_ready_o,
    input  logic [63:0] d_req_va_i,
    input  logic [ 1:0] d_req_access_i,
    input  logic [ 1:0] d_req_size_i,
    input  logic [ 3:0] d_req_tag_i,
    input  logic        d_kill_i,
    output logic        d_rsp_valid_o,
    input  logic        d_rsp_ready_i,
    output logic [ 3:0] d_rsp_tag_o,
    output logic        d_rsp_fault_o,
    output logic [ 3:0] d_rsp_cause_o,
    output logic [55:0] d_rsp_pa_o,
    output logic [ 2:0] d_rsp_level_o,
    output logic        d_rsp_napot_o,
    output logic [ 1:0] d_rsp_pbmt_o,
    output logic [ 1:0] d_rsp_source_o,
    output logic [ 7:0] d_rsp_perm_o,
    input  logic        f_req_valid_i,
    output logic        f_req_ready_o,
    input  logic [63:0] f_req_va_i,
    input  logic [ 1:0] f_req_size_i,
    input  logic [ 3:0] f_req_tag_i,
    input  logic        f_kill_i,
    output logic        f_rsp_valid_o,
    input  logic        f_rsp_ready_i,
    output logic [ 3:0] f_rsp_tag_o,
    output logic        f_rsp_fault_o,
    output logic [ 3:0] f_rsp_cause_o,
    output logic [55:0] f_rsp_pa_o,
    output logic [ 2:0] f_rsp_level_o,
    output logic        f_rsp_napot_o,
    output logic [ 1:0] f_rsp_pbmt_o,
    output logic [ 1:0] f_rsp_source_o,
    output logic [ 7:0] f_rsp_perm_o,
    input  logic        fence_valid_i,
    output logic        fence_ready_o,
    input  logic [ 1:0] fence_op_i,
    input  logic        fence_has_va_i,
    input  logic        fence_has_asid_i,
    input  logic [63:0] fence_va_i,
    input  logic [15:0] fence_asid_i,
    output logic        fault_valid_o,
    input  logic        fault_ready_i,
    output logic        fault_port_o,
    output logic [ 1:0] fault_access_o,
    output logic [ 3:0] fault_tag_o,
    output logic [ 3:0] fault_cause_o,
    output logic [63:0] fault_tval_o,
    output logic [15:0] fault_asid_o,
    output logic        mem_req_valid_o,
    input  logic        mem_req_ready_i,
    output logic [ 2:0] mem_req_id_o,
    output logic        mem_req_write_o,
    output logic [55:0] mem_req_addr_o,
    output logic [63:0] mem_req_expected_o,
    output logic [63:0] mem_req_data_o,
    input  logic        mem_rsp_valid_i,
    input  logic [ 2:0] mem_rsp_id_i,
    input  logic [63:0] mem_rsp_data_i,
    input  logic        mem_rsp_error_i,
    output logic        d_fill_valid_o,
    output logic [ 6:0] d_fill_set_o,
    output logic [ 6:0] d_fill_way_o,
    output logic        d_fill_evict_o,
    output logic        f_fill_valid_o,
    output logic [ 6:0] f_fill_set_o,
    output logic [ 6:0] f_fill_way_o,
    output logic        f_fill_evict_o,
    output logic        l2_fill_valid_o,
    output logic [11:0] l2_fill_set_o,
    output logic [ 3:0] l2_fill_way_o,
    output logic        l2_fill_evict_o,
    input  logic        l2_poison_i,
`ifdef TANDEM_MUTANTS
    input  logic [ 9:0] mutsel_i,
`endif
    input  logic [ 5:0] cnt_sel_i,
    output logic [63:0] cnt_value_o
);

  // Valids: taken at the falling edge, cleared at the rising one.
  logic d_req_valid_q, f_req_valid_q, pmp_valid_q, fence_valid_q, mem_rsp_valid_q;

  always_ff @(posedge clk_i or negedge clk_i) begin
    d_req_valid_q   <= !clk_i && d_req_valid_i;
    f_req_valid_q   <= !clk_i && f_req_valid_i;
    pmp_valid_q     <= !clk_i && pmp_valid_i;
    fence_valid_q   <= !clk_i && fence_valid_i;
    mem_rsp_valid_q <= !clk_i && mem_rsp_valid_i;
  end

  // Everything else.
  logic [63:0] satp_q, d_req_va_q, f_req_va_q, fence_va_q, mem_rsp_data_q;
  logic [53:0] pmp_addr_q;
  logic [15:0] fence_asid_q;
  logic [7:0] pmp_cfg_q;
  logic [3:0] pmp_index_q, d_req_tag_q, f_req_tag_q;
  logic [2:0] mem_rsp_id_q;
  logic [1:0] priv_q, mpp_q, d_req_access_q, d_req_size_q, f_req_size_q, fence_op_q;
  logic mprv_q, sum_q, mxr_q, adue_q, pbmte_q, d_kill_q, f_kill_q;
  logic pmp_write_cfg_q, pmp_write_addr_q;
  logic d_rsp_ready_q, f_rsp_ready_q, fault_ready_q, mem_req_ready_q, mem_rsp_error_q;
  logic fence_has_va_q, fence_has_asid_q, l2_poison_q;

  always_ff @(negedge clk_i) begin
    satp_q           <= satp_i;
    priv_q           <= priv_i;
    mpp_q            <= mpp_i;
    mprv_q           <= mprv_i;
    sum_q            <= sum_i;
    mxr_q            <= mxr_i;
    adue_q           <= adue_i;
    pbmte_q          <= pbmte_i;
    pmp_index_q      <= pmp_index_i;
    pmp_write_cfg_q  <= pmp_write_cfg_i;
    pmp_write_addr_q <= pmp_write_addr_i;
    pmp_cfg_q        <= pmp_cfg_i;
    pmp_addr_q       <= pmp_addr_i;
    d_req_va_q       <= d_req_va_i;
    d_req_access_q   <= d_req_access_i;
    d_req_size_q     <= d_req_size_i;
    d_req_tag_q      <= d_req_tag_i;
    d_kill_q         <= d_kill_i;
    d_rsp_ready_q    <= d_rsp_ready_i;
    f_req_va_q       <= f_req_va_i;
    f_req_size_q     <= f_req_size_i;
    f_req_tag_q      <= f_req_tag_i;
    f_kill_q         <= f_kill_i;
    f_rsp_ready_q    <= f_rsp_ready_i;
    fence_op_q       <= fence_op_i;
    fence_has_va_q   <= fence_has_va_i;
    fence_has_asid_q <= fence_has_asid_i;
    fence_va_q       <= fence_va_i;
    fence_asid_q     <= fence_asid_i;
    fault_ready_q    <= fault_ready_i;
    mem_req_ready_q  <= mem_req_ready_i;
    mem_rsp_id_q     <= mem_rsp_id_i;
    mem_rsp_data_q   <= mem_rsp_data_i;
    l2_poison_q      <= l2_poison_i;
    mem_rsp_error_q  <= mem_rsp_error_i;
  end

`ifdef TANDEM_MUTANTS
  logic [9:0] mutsel_q;
  always_ff @(negedge clk_i) mutsel_q <= mutsel_i;
`endif

`ifdef TANDEM_NETLIST
  tandem_mmu u_mmu (
`else
  tandem_mmu #(
      .Xlen       (Xlen),
      .AsidBits   (AsidBits),
      .PaBits     (PaBits),
      .PmpEntries (PmpEntries),
      .Svnapot    (Svnapot),
      .UpdateFirst(UpdateFirst),
      .DtlbEntries(DtlbEntries),
      .ItlbEntries(ItlbEntries),
      .DtlbWays   (DtlbWays),
      .ItlbWays   (ItlbWays),
      .DtlbPolicy (DtlbPolicy),
      .ItlbPolicy (ItlbPolicy),
      .L2Entries  (L2Entries),
      .L2Ways     (L2Ways),
      .L2Policy   (L2Policy),
      .PwcEntries (PwcEntries),
      .Walks      (Walks),
      .Prefetch   (Prefetch)
  ) u_mmu (
`endif
`ifdef TANDEM_MUTANTS
      .mutsel          (mutsel_q),
`endif
      .clk_i           (clk_i),
      .rst_ni          (rst_ni),
      .satp_i          (satp_q),
      .priv_i          (priv_q),
      .mpp_i           (mpp_q),
      .mprv_i          (mprv_q),
      .sum_i           (sum_q),
      .mxr_i           (mxr_q),
      .adue_i          (adue_q),
      .pbmte_i         (pbmte_q),
      .pmp_valid_i     (pmp_valid_q),
      .pmp_ready_o     (pmp_ready_o),
      .pmp_index_i     (pmp_index_q),
      .pmp_write_cfg_i (pmp_write_cfg_q),
      .pmp_write_addr_i(pmp_write_addr_q),
      .pmp_cfg_i       (pmp_cfg_q),
      .pmp_addr_i      (pmp_addr_q),
      .d_req_valid_i   (d_req_valid_q),
      .d_req_ready_o   (d_req_ready_o),
      .d_req_va_i      (d_req_va_q),
      .d_req_access_i  (d_req_access_q),
      .d_req_size_i    (d_req_size_q),
      .d_req_tag_i     (d_req_tag_q),
      .d_kill_i        (d_kill_q),
      .d_rsp_valid_o   (d_rsp_valid_o),
      .d_rsp_ready_i   (d_rsp_ready_q),
      .d_rsp_tag_o     (d_rsp_tag_o),
      .d_rsp_fault_o   (d_rsp_fault_o),
      .d_rsp_cause_o   (d_rsp_cause_o),
      .d_rsp_pa_o      (d_rsp_pa_o),
      .d_rsp_level_o   (d_rsp_level_o),
      .d_rsp_napot_o   (d_rsp_napot_o),
      .d_rsp_pbmt_o    (d_rsp_pbmt_o),
      .d_rsp_source_o  (d_rsp_source_o),
      .d_rsp_perm_o    (d_rsp_perm_o),
      .f_req_valid_i   (f_req_valid_q),
      .f_req_ready_o   (f_req_ready_o),
      .f_req_va_i      (f_req_va_q),
      .f_req_size_i    (f_req_size_q),
      .f_req_tag_i     (f_req_tag_q),
      .f_kill_i        (f_kill_q),
      .f_rsp_valid_o   (f_rsp_valid_o),
      .f_rsp_ready_i   (f_rsp_ready_q),
      .f_rsp_tag_o     (f_rsp_tag_o),
      .f_rsp_fault_o   (f_rsp_fault_o),
      .f_rsp_cause_o   (f_rsp_cause_o),
      .f_rsp_pa_o      (f_rsp_pa_o),
      .f_rsp_level_o   (f_rsp_level_o),
      .f_rsp_napot_o   (f_rsp_napot_o),
      .f_rsp_pbmt_o    (f_rsp_pbmt_o),
      .f_rsp_source_o  (f_rsp_source_o),
      .f_rsp_perm_o    (f_rsp_perm_o),
      .fence_valid_i   (fence_valid_q),
      .fence_ready_o   (fence_ready_o),
      .fence_op_i      (fence_op_q),
      .fence_has_va_i  (fence_has_va_q),
      .fence_has_asid_i(fence_has_asid_q),
      .fence_va_i      (fence_va_q),
      .fence_asid_i    (fence_asid_q),
      .fault_valid_o   (fault_valid_o),
      .fault_ready_i   (fault_ready_q),
      .fault_port_o    (fault_port_o),
      .fault_access_o  (fault_access_o),
      .fault_tag_o     (fault_tag_o),
      .fault_cause_o   (fault_cause_o),
      .fault_tval_o    (fault_tval_o),
      .fault_asid_o    (fault_asid_o),
      .mem_req_valid_o (mem_req_valid_o),
      .mem_req_ready_i (mem_req_ready_q),
      .mem_req_id_o    (mem_req_id_o),
      .mem_req_write_o (mem_req_write_o),
      .mem_req_addr_o  (mem_req_addr_o),
      .mem_req_expected_o(mem_req_expected_o),
      .mem_req_data_o  (mem_req_data_o),
      .mem_rsp_valid_i (mem_rsp_valid_q),
      .mem_rsp_id_i    (mem_rsp_id_q),
      .mem_rsp_data_i  (mem_rsp_data_q),
      .mem_rsp_error_i (mem_rsp_error_q),
      .d_fill_valid_o  (d_fill_valid_o),
      .d_fill_set_o    (d_fill_set_o),
      .d_fill_way_o    (d_fill_way_o),
      .d_fill_evict_o  (d_fill_evict_o),
      .f_fill_valid_o  (f_fill_valid_o),
      .f_fill_set_o    (f_fill_set_o),
      .f_fill_way_o    (f_fill_way_o),
      .f_fill_evict_o  (f_fill_evict_o),
      .l2_fill_valid_o (l2_fill_valid_o),
      .l2_fill_set_o   (l2_fill_set_o),
      .l2_fill_way_o   (l2_fill_way_o),
      .l2_fill_evict_o (l2_fill_evict_o),
      .l2_poison_i     (l2_poison_q),
      .cnt_sel_i       (cnt_sel_i),
      .cnt_value_o     (cnt_value_o)
  );

endmodule
