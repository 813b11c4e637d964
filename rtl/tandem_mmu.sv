// SPDX-License-Identifier: Apache-2.0
// RISC-V Sv39 memory-management unit: a data and a fetch port with a TLB each, one
// page-table walker, one fault channel, one fence port, counters.
//
//   request ->  u_data  (TLB) <-+-> u_walker <-> memory
//   request ->  u_fetch (TLB) <-+
//                  |               fences reach both TLBs and the walker
//                  v
//             u_fault_unit -> fault channel
//
// Latency: 1 cycle for what the TLB can answer; a walk alone takes n(g + L) + 1 with n
// memory transactions. Back-pressure: every channel but the memory's answer is
// valid/ready; a fence waits only while a compare-and-write is on the memory request
// wires. It does not see access sizes, PMP or which addresses have memory.
// docs/microarchitecture.md specifies every cycle.

module tandem_mmu #(
    // Entries of the data / fetch TLB, 1 .. 128. Cost: see tandem_mmu_tlb.
    parameter int unsigned DtlbEntries = 16,
    parameter int unsigned ItlbEntries = 16,
    // Ways per set, 1 .. 128, divides the entries, entries / ways a power of two;
    // = entries: fully associative, 1: direct mapped. Fewer ways: fewer comparators.
    parameter int unsigned DtlbWays = 16,
    parameter int unsigned ItlbWays = 16,
    // 0 LRU, 1 PLRU (ways a power of two), 2 FIFO, 3 RANDOM. LRU and FIFO cost
    // entries * clog2(ways) flip-flops, PLRU about entries, RANDOM 16.
    parameter int unsigned DtlbPolicy = 0,
    parameter int unsigned ItlbPolicy = 0
) (
    input  logic        clk_i,
    input  logic        rst_ni,
    // CSRs
    input  logic [63:0] satp_i,
    input  logic [ 1:0] priv_i,
    input  logic [ 1:0] mpp_i,
    input  logic        mprv_i,
    input  logic        sum_i,
    input  logic        mxr_i,
    input  logic        adue_i,
    // Data port
    input  logic        d_req_valid_i,
    output logic        d_req_ready_o,
    input  logic [63:0] d_req_va_i,
    input  logic [ 1:0] d_req_access_i,
    output logic        d_rsp_valid_o,
    input  logic        d_rsp_ready_i,
    output logic        d_rsp_fault_o,
    output logic [ 3:0] d_rsp_cause_o,
    output logic [55:0] d_rsp_pa_o,
    output logic [ 1:0] d_rsp_level_o,
    output logic [ 1:0] d_rsp_source_o,
    output logic [ 7:0] d_rsp_perm_o,
    // Fetch port
    input  logic        f_req_valid_i,
    output logic        f_req_ready_o,
    input  logic [63:0] f_req_va_i,
    output logic        f_rsp_valid_o,
    input  logic        f_rsp_ready_i,
    output logic        f_rsp_fault_o,
    output logic [ 3:0] f_rsp_cause_o,
    output logic [55:0] f_rsp_pa_o,
    output logic [ 1:0] f_rsp_level_o,
    output logic [ 1:0] f_rsp_source_o,
    output logic [ 7:0] f_rsp_perm_o,
    // Fences
    input  logic        fence_valid_i,
    output logic        fence_ready_o,
    input  logic        fence_has_va_i,
    input  logic        fence_has_asid_i,
    input  logic [63:0] fence_va_i,
    input  logic [15:0] fence_asid_i,
    // Fault channel
    output logic        fault_valid_o,
    input  logic        fault_ready_i,
    output logic        fault_port_o,
    output logic [ 1:0] fault_access_o,
    output logic [ 3:0] fault_cause_o,
    output logic [63:0] fault_tval_o,
    output logic [15:0] fault_asid_o,
    // Memory
    output logic        mem_req_valid_o,
    input  logic        mem_req_ready_i,
    output logic        mem_req_write_o,
    output logic [55:0] mem_req_addr_o,
    output logic [63:0] mem_req_expected_o,
    output logic [63:0] mem_req_data_o,
    input  logic        mem_rsp_valid_i,
    input  logic [63:0] mem_rsp_data_i,
    input  logic        mem_rsp_error_i,
    // Fill event
    output logic        evt_fill_valid_o,
    output logic        evt_fill_port_o,
    output logic [ 6:0] evt_fill_set_o,
    output logic [ 6:0] evt_fill_way_o,
    output logic        evt_fill_evict_o,
    // Counters
    input  logic [ 4:0] cnt_sel_i,
    output logic [63:0] cnt_value_o
);

  // Ports: bit 0 data, bit 1 fetch
  logic [1:0] walk_request, walk_taken, walk_done, fault_set, fault_pending;
  logic walk_fault, walk_port;
  logic [3:0] walk_cause;
  tandem_mmu_pkg::leaf_t walk_leaf;
  logic [7:0] d_count, f_count;
  logic [5:0] walk_count;

  // Context of each port's last request
  logic [63:0] d_ctx_va, f_ctx_va;
  logic [59:0] d_ctx_satp, f_ctx_satp;
  logic [1:0] d_ctx_access, f_ctx_access, d_ctx_priv, f_ctx_priv;
  logic d_ctx_sum, f_ctx_sum, d_ctx_mxr, f_ctx_mxr, d_ctx_adue, f_ctx_adue;

  // Fences. One with an address that is not canonical invalidates nothing, but restarts
  // a walk like any other.
  logic fence_accept, fence_tlb;
  assign fence_ready_o = !(mem_req_valid_o && mem_req_write_o);
  assign fence_accept  = fence_valid_i && fence_ready_o;
  assign fence_tlb     = fence_accept &&
                         (!fence_has_va_i || tandem_mmu_pkg::canonical(fence_va_i[63:38]));

  logic d_fill_valid, f_fill_valid, d_fill_evict, f_fill_evict;
  logic [6:0] d_fill_set, f_fill_set, d_fill_way, f_fill_way;

  tandem_mmu_port #(
      .Entries(DtlbEntries),
      .Ways   (DtlbWays),
      .Policy (DtlbPolicy)
  ) u_data (
      .clk_i,
      .rst_ni,
      .req_valid_i    (d_req_valid_i),
      .req_ready_o    (d_req_ready_o),
      .req_va_i       (d_req_va_i),
      .req_access_i   (d_req_access_i),
      .satp_i,
      .priv_i         (mprv_i ? mpp_i : priv_i),
      .sum_i,
      .mxr_i,
      .adue_i,
      .rsp_valid_o    (d_rsp_valid_o),
      .rsp_ready_i    (d_rsp_ready_i),
      .rsp_fault_o    (d_rsp_fault_o),
      .rsp_cause_o    (d_rsp_cause_o),
      .rsp_pa_o       (d_rsp_pa_o),
      .rsp_level_o    (d_rsp_level_o),
      .rsp_source_o   (d_rsp_source_o),
      .rsp_perm_o     (d_rsp_perm_o),
      .fence_valid_i  (fence_tlb),
      .fence_has_va_i,
      .fence_has_asid_i,
      .fence_vpn_i    (fence_va_i[38:12]),
      .fence_asid_i,
      .fault_set_o    (fault_set[0]),
      .fault_pending_i(fault_pending[0]),
      .walk_request_o (walk_request[0]),
      .walk_taken_i   (walk_taken[0]),
      .walk_done_i    (walk_done[0]),
      .walk_fault_i   (walk_fault),
      .walk_cause_i   (walk_cause),
      .walk_leaf_i    (walk_leaf),
      .ctx_va_o       (d_ctx_va),
      .ctx_access_o   (d_ctx_access),
      .ctx_priv_o     (d_ctx_priv),
      .ctx_sum_o      (d_ctx_sum),
      .ctx_mxr_o      (d_ctx_mxr),
      .ctx_adue_o     (d_ctx_adue),
      .ctx_satp_o     (d_ctx_satp),
      .fill_valid_o   (d_fill_valid),
      .fill_set_o     (d_fill_set),
      .fill_way_o     (d_fill_way),
      .fill_evict_o   (d_fill_evict),
      .count_o        (d_count)
  );

  tandem_mmu_port #(
      .Entries(ItlbEntries),
      .Ways   (ItlbWays),
      .Policy (ItlbPolicy)
  ) u_fetch (
      .clk_i,
      .rst_ni,
      .req_valid_i    (f_req_valid_i),
      .req_ready_o    (f_req_ready_o),
      .req_va_i       (f_req_va_i),
      .req_access_i   (tandem_mmu_pkg::AccessFetch),
      .satp_i,
      .priv_i,
      .sum_i,
      .mxr_i,
      .adue_i,
      .rsp_valid_o    (f_rsp_valid_o),
      .rsp_ready_i    (f_rsp_ready_i),
      .rsp_fault_o    (f_rsp_fault_o),
      .rsp_cause_o    (f_rsp_cause_o),
      .rsp_pa_o       (f_rsp_pa_o),
      .rsp_level_o    (f_rsp_level_o),
      .rsp_source_o   (f_rsp_source_o),
      .rsp_perm_o     (f_rsp_perm_o),
      .fence_valid_i  (fence_tlb),
      .fence_has_va_i,
      .fence_has_asid_i,
      .fence_vpn_i    (fence_va_i[38:12]),
      .fence_asid_i,
      .fault_set_o    (fault_set[1]),
      .fault_pending_i(fault_pending[1]),
      .walk_request_o (walk_request[1]),
      .walk_taken_i   (walk_taken[1]),
      .walk_done_i    (walk_done[1]),
      .walk_fault_i   (walk_fault),
      .walk_cause_i   (walk_cause),
      .walk_leaf_i    (walk_leaf),
      .ctx_va_o       (f_ctx_va),
      .ctx_access_o   (f_ctx_access),
      .ctx_priv_o     (f_ctx_priv),
      .ctx_sum_o      (f_ctx_sum),
      .ctx_mxr_o      (f_ctx_mxr),
      .ctx_adue_o     (f_ctx_adue),
      .ctx_satp_o     (f_ctx_satp),
      .fill_valid_o   (f_fill_valid),
      .fill_set_o     (f_fill_set),
      .fill_way_o     (f_fill_way),
      .fill_evict_o   (f_fill_evict),
      .count_o        (f_count)
  );

  tandem_mmu_walker u_walker (
      .clk_i,
      .rst_ni,
      .request_i   (walk_request),
      .taken_o     (walk_taken),
      .done_o      (walk_done),
      .fault_o     (walk_fault),
      .cause_o     (walk_cause),
      .leaf_o      (walk_leaf),
      .port_o      (walk_port),
      .ctx_vpn_i   (walk_port ? f_ctx_va[38:12] : d_ctx_va[38:12]),
      .ctx_access_i(walk_port ? f_ctx_access : d_ctx_access),
      .ctx_priv_i  (walk_port ? f_ctx_priv : d_ctx_priv),
      .ctx_sum_i   (walk_port ? f_ctx_sum : d_ctx_sum),
      .ctx_mxr_i   (walk_port ? f_ctx_mxr : d_ctx_mxr),
      .ctx_adue_i  (walk_port ? f_ctx_adue : d_ctx_adue),
      .ctx_root_i  (walk_port ? f_ctx_satp[43:0] : d_ctx_satp[43:0]),
      .fence_i     (fence_accept),
      .mem_req_valid_o,
      .mem_req_ready_i,
      .mem_req_write_o,
      .mem_req_addr_o,
      .mem_req_expected_o,
      .mem_req_data_o,
      .mem_rsp_valid_i,
      .mem_rsp_data_i,
      .mem_rsp_error_i,
      .count_o     (walk_count)
  );

  tandem_mmu_fault_unit u_fault_unit (
      .clk_i,
      .rst_ni,
      .set_i        (fault_set),
      .pending_o    (fault_pending),
      .data_access_i(d_ctx_access),
      .data_cause_i (d_rsp_cause_o),
      .data_tval_i  (d_ctx_va),
      .data_asid_i  (d_ctx_satp[59:44]),
      .fetch_cause_i(f_rsp_cause_o),
      .fetch_tval_i (f_ctx_va),
      .fetch_asid_i (f_ctx_satp[59:44]),
      .fault_valid_o,
      .fault_ready_i,
      .fault_port_o,
      .fault_access_o,
      .fault_cause_o,
      .fault_tval_o,
      .fault_asid_o
  );

  tandem_mmu_counters u_counters (
      .clk_i,
      .rst_ni,
      .data_i  (d_count),
      .fetch_i (f_count),
      .walker_i({walk_count[5], fence_accept, walk_count[4:0]}),
      .sel_i   (cnt_sel_i),
      .value_o (cnt_value_o)
  );

  // Fill event: at most one port fills in a cycle.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      evt_fill_valid_o <= 1'b0;
    end else begin
      evt_fill_valid_o <= d_fill_valid || f_fill_valid;
    end
  end

  always_ff @(posedge clk_i) begin
    if (d_fill_valid || f_fill_valid) begin
      evt_fill_port_o  <= f_fill_valid;
      evt_fill_set_o   <= f_fill_valid ? f_fill_set : d_fill_set;
      evt_fill_way_o   <= f_fill_valid ? f_fill_way : d_fill_way;
      evt_fill_evict_o <= f_fill_valid ? f_fill_evict : d_fill_evict;
    end
  end

  logic unused_fence_va;
  assign unused_fence_va = ^fence_va_i[11:0];

endmodule
