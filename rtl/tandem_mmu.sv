// SPDX-License-Identifier: Apache-2.0
// RISC-V memory-management unit: Bare, Sv39, Sv48 and Sv57, or Bare and Sv32. A data and a
// fetch port with a TLB each, one page-table walker, one fault channel, one fence port,
// physical memory protection (PMP), counters.
//
//   request ->  u_data  (TLB) <-+-> u_walker <-> memory
//   request ->  u_fetch (TLB) <-+
//                  |               fences reach both TLBs and the walker,
//                  v               PMP registers (u_pmp) the same three
//             u_fault_unit -> fault channel
//
// Latency: 1 cycle for what the TLB can answer; a walk alone takes n(g + L) + 1 with n
// memory transactions. Back-pressure: every channel but the memory's answer and kills is
// valid/ready; a fence waits only while a compare-and-write is on the memory request
// wires, a PMP write while anything is. It does not see which addresses have memory.
// docs/microarchitecture.md specifies every cycle.

module tandem_mmu #(
    // 32: Sv32; 64: Sv39, Sv48, Sv57.
    parameter int unsigned Xlen = 64,
    // ASIDs, 0 .. 16 bits (XLEN = 32: .. 9). Each costs a bit in every TLB entry.
    parameter int unsigned AsidBits = 16,
    // Physical addresses, 32 .. 56 bits (XLEN = 32: .. 34); larger ones do not exist.
    parameter int unsigned PaBits = 56,
    // 0: no PMP; 8, 16. Cost: see tandem_mmu_pmp, and three tandem_mmu_pmp_check.
    parameter int unsigned PmpEntries = 0,
    // 1: 64 KiB pages; must be 0 with XLEN = 32.
    parameter int unsigned Svnapot = 1,
    // 1: an A/D update comes before the check of the final physical address.
    parameter int unsigned UpdateFirst = 1,
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
    input  logic        pbmte_i,
    // PMP registers
    input  logic        pmp_valid_i,
    output logic        pmp_ready_o,
    input  logic [ 3:0] pmp_index_i,
    input  logic        pmp_write_cfg_i,
    input  logic        pmp_write_addr_i,
    input  logic [ 7:0] pmp_cfg_i,
    input  logic [53:0] pmp_addr_i,
    // Data port
    input  logic        d_req_valid_i,
    output logic        d_req_ready_o,
    input  logic [63:0] d_req_va_i,
    input  logic [ 1:0] d_req_access_i,
    input  logic [ 1:0] d_req_size_i,
    input  logic        d_kill_i,
    output logic        d_rsp_valid_o,
    input  logic        d_rsp_ready_i,
    output logic        d_rsp_fault_o,
    output logic [ 3:0] d_rsp_cause_o,
    output logic [55:0] d_rsp_pa_o,
    output logic [ 2:0] d_rsp_level_o,
    output logic        d_rsp_napot_o,
    output logic [ 1:0] d_rsp_pbmt_o,
    output logic [ 1:0] d_rsp_source_o,
    output logic [ 7:0] d_rsp_perm_o,
    // Fetch port
    input  logic        f_req_valid_i,
    output logic        f_req_ready_o,
    input  logic [63:0] f_req_va_i,
    input  logic [ 1:0] f_req_size_i,
    input  logic        f_kill_i,
    output logic        f_rsp_valid_o,
    input  logic        f_rsp_ready_i,
    output logic        f_rsp_fault_o,
    output logic [ 3:0] f_rsp_cause_o,
    output logic [55:0] f_rsp_pa_o,
    output logic [ 2:0] f_rsp_level_o,
    output logic        f_rsp_napot_o,
    output logic [ 1:0] f_rsp_pbmt_o,
    output logic [ 1:0] f_rsp_source_o,
    output logic [ 7:0] f_rsp_perm_o,
    // Fences
    input  logic        fence_valid_i,
    output logic        fence_ready_o,
    input  logic [ 1:0] fence_op_i,
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

  if (Xlen != 32 && Xlen != 64) begin : gen_illegal_xlen
    $error("Xlen must be 32 or 64.");
  end
  if (AsidBits > ((Xlen == 32) ? 9 : 16)) begin : gen_illegal_asid_bits
    $error("AsidBits must be 0 .. 16 (XLEN = 32: 0 .. 9).");
  end
  if (PaBits < 32 || PaBits > ((Xlen == 32) ? 34 : 56)) begin : gen_illegal_pa_bits
    $error("PaBits must be 32 .. 56 (XLEN = 32: 32 .. 34).");
  end
  if (PmpEntries != 0 && PmpEntries != 8 && PmpEntries != 16) begin : gen_illegal_pmp
    $error("PmpEntries must be 0, 8 or 16.");
  end
  if (Svnapot > ((Xlen == 32) ? 0 : 1)) begin : gen_illegal_svnapot
    $error("Svnapot must be 0 or 1 (XLEN = 32: 0).");
  end
  if (UpdateFirst > 1) begin : gen_illegal_update_first
    $error("UpdateFirst must be 0 or 1.");
  end
  // What is illegal has to reach its sentence, so no impossible width on the way.
  localparam int unsigned SafePaBits = (PaBits < 32 || PaBits > 56) ? 56 : PaBits;
  localparam int unsigned SafePmp = (PmpEntries > 16) ? 16 : PmpEntries;
  localparam int unsigned PmpBits = 64 * ((SafePmp == 0) ? 1 : SafePmp);

  // satp, fence operands and virtual addresses: bits that do not exist here are 0.
  localparam logic [15:0] AsidMask = 16'hffff >> (16 - AsidBits);
  logic [ 2:0] satp_root;
  logic [15:0] satp_asid, fence_asid;
  logic [43:0] satp_ppn;
  logic [63:0] d_va, f_va, fence_va;
  if (Xlen == 32) begin : gen_xlen_32
    assign satp_root = satp_i[31] ? tandem_mmu_pkg::RootSv32 : tandem_mmu_pkg::RootBare;
    assign satp_asid = {7'd0, satp_i[30:22]} & AsidMask;
    assign satp_ppn  = {22'd0, satp_i[21:0]};
    assign d_va      = {32'd0, d_req_va_i[31:0]};
    assign f_va      = {32'd0, f_req_va_i[31:0]};
    assign fence_va  = {32'd0, fence_va_i[31:0]};
    logic unused_upper;
    assign unused_upper =
        ^{satp_i[63:32], d_req_va_i[63:32], f_req_va_i[63:32], fence_va_i[63:32]};
  end else begin : gen_xlen_64
    assign satp_root = tandem_mmu_pkg::satp_root(satp_i[63:60]);
    assign satp_asid = satp_i[59:44] & AsidMask;
    assign satp_ppn  = satp_i[43:0];
    assign d_va      = d_req_va_i;
    assign f_va      = f_req_va_i;
    assign fence_va  = fence_va_i;
  end
  assign fence_asid = fence_asid_i & AsidMask;

  // Ports: bit 0 data, bit 1 fetch
  logic [1:0] walk_request, walk_taken, walk_kill, walk_done, fault_set, fault_pending;
  logic walk_fault, walk_port;
  logic [3:0] walk_cause;
  tandem_mmu_pkg::leaf_t walk_leaf;
  logic [44:0] walk_care;
  logic [43:0] walk_page;
  logic [8:0] d_count, f_count;
  logic [5:0] walk_count;

  // Context of each port's last request
  logic [63:0] d_ctx_va, f_ctx_va;
  logic [43:0] d_ctx_ppn, f_ctx_ppn;
  logic [15:0] d_ctx_asid, f_ctx_asid;
  logic [2:0] d_ctx_root, f_ctx_root;
  logic [1:0] d_ctx_access, f_ctx_access, d_ctx_priv, f_ctx_priv;
  logic d_ctx_sum, f_ctx_sum, d_ctx_mxr, f_ctx_mxr, d_ctx_adue, f_ctx_adue;
  logic d_ctx_pbmte, f_ctx_pbmte, d_ctx_double, f_ctx_double;

  // Fences. One with an address that is not canonical invalidates nothing, but restarts
  // a walk like any other. SFENCE.W.INVAL and SFENCE.INVAL.IR (op 2 and 3) do neither.
  logic fence_accept, fence_acts, fence_tlb;
  assign fence_ready_o = !(mem_req_valid_o && mem_req_write_o);
  assign fence_accept  = fence_valid_i && fence_ready_o;
  assign fence_acts    = fence_accept && !fence_op_i[1];
  assign fence_tlb     = fence_acts &&
                         (!fence_has_va_i || (fence_va[63:56] == '0) || (fence_va[63:56] == '1));

  // PMP. While a memory request is on the wires its permission stands still.
  logic [PmpBits-1:0] pmp_entry, pmp_mask;
  assign pmp_ready_o = !mem_req_valid_o;
  if (SafePmp == 0) begin : gen_no_pmp
    assign pmp_entry = '0;
    assign pmp_mask  = '0;
    logic unused_pmp;
    assign unused_pmp = ^{pmp_valid_i, pmp_index_i, pmp_write_cfg_i, pmp_write_addr_i,
                          pmp_cfg_i, pmp_addr_i};
  end else begin : gen_pmp
    tandem_mmu_pmp #(
        .Entries(SafePmp),
        .Xlen   (Xlen)
    ) u_pmp (
        .clk_i,
        .rst_ni,
        .write_i     (pmp_valid_i && pmp_ready_o),
        .index_i     (pmp_index_i),
        .write_cfg_i (pmp_write_cfg_i),
        .write_addr_i(pmp_write_addr_i),
        .cfg_i       (pmp_cfg_i),
        .addr_i      (pmp_addr_i),
        .entry_o     (pmp_entry),
        .mask_o      (pmp_mask)
    );
  end

  logic d_fill_valid, f_fill_valid, d_fill_evict, f_fill_evict;
  logic [6:0] d_fill_set, f_fill_set, d_fill_way, f_fill_way;

  tandem_mmu_port #(
      .Entries(DtlbEntries),
      .Ways   (DtlbWays),
      .Policy (DtlbPolicy),
      .Xlen      (Xlen),
      .PaBits    (SafePaBits),
      .PmpEntries(SafePmp),
      .Svnapot   (Svnapot)
  ) u_data (
      .clk_i,
      .rst_ni,
      .req_valid_i    (d_req_valid_i),
      .req_ready_o    (d_req_ready_o),
      .req_va_i       (d_va),
      .req_access_i   (d_req_access_i),
      .req_size_i     (d_req_size_i),
      .kill_i         (d_kill_i),
      .satp_root_i    (satp_root),
      .satp_asid_i    (satp_asid),
      .satp_ppn_i     (satp_ppn),
      .priv_i         (mprv_i ? mpp_i : priv_i),
      .sum_i,
      .mxr_i,
      .adue_i,
      .pbmte_i,
      .pmp_entry_i    (pmp_entry),
      .pmp_mask_i     (pmp_mask),
      .rsp_valid_o    (d_rsp_valid_o),
      .rsp_ready_i    (d_rsp_ready_i),
      .rsp_fault_o    (d_rsp_fault_o),
      .rsp_cause_o    (d_rsp_cause_o),
      .rsp_pa_o       (d_rsp_pa_o),
      .rsp_level_o    (d_rsp_level_o),
      .rsp_napot_o    (d_rsp_napot_o),
      .rsp_pbmt_o     (d_rsp_pbmt_o),
      .rsp_source_o   (d_rsp_source_o),
      .rsp_perm_o     (d_rsp_perm_o),
      .fence_valid_i  (fence_tlb),
      .fence_has_va_i,
      .fence_has_asid_i,
      .fence_vpn_i    (fence_va[56:12]),
      .fence_asid_i   (fence_asid),
      .fault_set_o    (fault_set[0]),
      .fault_pending_i(fault_pending[0]),
      .walk_request_o (walk_request[0]),
      .walk_taken_i   (walk_taken[0]),
      .walk_kill_o    (walk_kill[0]),
      .walk_done_i    (walk_done[0]),
      .walk_fault_i   (walk_fault),
      .walk_cause_i   (walk_cause),
      .walk_leaf_i    (walk_leaf),
      .walk_care_i    (walk_care),
      .walk_page_i    (walk_page),
      .ctx_va_o       (d_ctx_va),
      .ctx_access_o   (d_ctx_access),
      .ctx_double_o   (d_ctx_double),
      .ctx_priv_o     (d_ctx_priv),
      .ctx_sum_o      (d_ctx_sum),
      .ctx_mxr_o      (d_ctx_mxr),
      .ctx_adue_o     (d_ctx_adue),
      .ctx_pbmte_o    (d_ctx_pbmte),
      .ctx_root_o     (d_ctx_root),
      .ctx_asid_o     (d_ctx_asid),
      .ctx_ppn_o      (d_ctx_ppn),
      .fill_valid_o   (d_fill_valid),
      .fill_set_o     (d_fill_set),
      .fill_way_o     (d_fill_way),
      .fill_evict_o   (d_fill_evict),
      .count_o        (d_count)
  );

  tandem_mmu_port #(
      .Entries(ItlbEntries),
      .Ways   (ItlbWays),
      .Policy (ItlbPolicy),
      .Xlen      (Xlen),
      .PaBits    (SafePaBits),
      .PmpEntries(SafePmp),
      .Svnapot   (Svnapot)
  ) u_fetch (
      .clk_i,
      .rst_ni,
      .req_valid_i    (f_req_valid_i),
      .req_ready_o    (f_req_ready_o),
      .req_va_i       (f_va),
      .req_access_i   (tandem_mmu_pkg::AccessFetch),
      .req_size_i     (f_req_size_i),
      .kill_i         (f_kill_i),
      .satp_root_i    (satp_root),
      .satp_asid_i    (satp_asid),
      .satp_ppn_i     (satp_ppn),
      .priv_i,
      .sum_i,
      .mxr_i,
      .adue_i,
      .pbmte_i,
      .pmp_entry_i    (pmp_entry),
      .pmp_mask_i     (pmp_mask),
      .rsp_valid_o    (f_rsp_valid_o),
      .rsp_ready_i    (f_rsp_ready_i),
      .rsp_fault_o    (f_rsp_fault_o),
      .rsp_cause_o    (f_rsp_cause_o),
      .rsp_pa_o       (f_rsp_pa_o),
      .rsp_level_o    (f_rsp_level_o),
      .rsp_napot_o    (f_rsp_napot_o),
      .rsp_pbmt_o     (f_rsp_pbmt_o),
      .rsp_source_o   (f_rsp_source_o),
      .rsp_perm_o     (f_rsp_perm_o),
      .fence_valid_i  (fence_tlb),
      .fence_has_va_i,
      .fence_has_asid_i,
      .fence_vpn_i    (fence_va[56:12]),
      .fence_asid_i   (fence_asid),
      .fault_set_o    (fault_set[1]),
      .fault_pending_i(fault_pending[1]),
      .walk_request_o (walk_request[1]),
      .walk_taken_i   (walk_taken[1]),
      .walk_kill_o    (walk_kill[1]),
      .walk_done_i    (walk_done[1]),
      .walk_fault_i   (walk_fault),
      .walk_cause_i   (walk_cause),
      .walk_leaf_i    (walk_leaf),
      .walk_care_i    (walk_care),
      .walk_page_i    (walk_page),
      .ctx_va_o       (f_ctx_va),
      .ctx_access_o   (f_ctx_access),
      .ctx_double_o   (f_ctx_double),
      .ctx_priv_o     (f_ctx_priv),
      .ctx_sum_o      (f_ctx_sum),
      .ctx_mxr_o      (f_ctx_mxr),
      .ctx_adue_o     (f_ctx_adue),
      .ctx_pbmte_o    (f_ctx_pbmte),
      .ctx_root_o     (f_ctx_root),
      .ctx_asid_o     (f_ctx_asid),
      .ctx_ppn_o      (f_ctx_ppn),
      .fill_valid_o   (f_fill_valid),
      .fill_set_o     (f_fill_set),
      .fill_way_o     (f_fill_way),
      .fill_evict_o   (f_fill_evict),
      .count_o        (f_count)
  );

  tandem_mmu_walker #(
      .Xlen       (Xlen),
      .PaBits     (SafePaBits),
      .PmpEntries (SafePmp),
      .Svnapot    (Svnapot),
      .UpdateFirst(UpdateFirst)
  ) u_walker (
      .clk_i,
      .rst_ni,
      .request_i   (walk_request),
      .taken_o     (walk_taken),
      .done_o      (walk_done),
      .fault_o     (walk_fault),
      .cause_o     (walk_cause),
      .leaf_o      (walk_leaf),
      .care_o      (walk_care),
      .page_o      (walk_page),
      .kill_i      (walk_kill != 2'b00),
      .port_o      (walk_port),
      .ctx_va_i    (walk_port ? f_ctx_va[56:0] : d_ctx_va[56:0]),
      .ctx_access_i(walk_port ? f_ctx_access : d_ctx_access),
      .ctx_double_i(walk_port ? f_ctx_double : d_ctx_double),
      .ctx_priv_i  (walk_port ? f_ctx_priv : d_ctx_priv),
      .ctx_sum_i   (walk_port ? f_ctx_sum : d_ctx_sum),
      .ctx_mxr_i   (walk_port ? f_ctx_mxr : d_ctx_mxr),
      .ctx_adue_i  (walk_port ? f_ctx_adue : d_ctx_adue),
      .ctx_pbmte_i (walk_port ? f_ctx_pbmte : d_ctx_pbmte),
      .ctx_root_i  (walk_port ? f_ctx_root : d_ctx_root),
      .ctx_ppn_i   (walk_port ? f_ctx_ppn : d_ctx_ppn),
      .fence_i     (fence_acts),
      .pmp_entry_i (pmp_entry),
      .pmp_mask_i  (pmp_mask),
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
      .data_asid_i  (d_ctx_asid),
      .fetch_cause_i(f_rsp_cause_o),
      .fetch_tval_i (f_ctx_va),
      .fetch_asid_i (f_ctx_asid),
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
      .data_i  (d_count[7:0]),
      .fetch_i (f_count[7:0]),
      .walker_i({walk_count[5], fence_accept, walk_count[4:0]}),
      .kill_i  ({f_count[8], d_count[8]}),
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

  logic unused_fence;
  assign unused_fence = ^{fence_op_i[0], fence_va[11:0]};

endmodule
