// SPDX-License-Identifier: Apache-2.0
// RISC-V memory-management unit: Bare, Sv39, Sv48 and Sv57, or Bare and Sv32. A data and a
// fetch port with a TLB each, a second-level TLB and a prefetcher, a page-table walker with
// several walks in flight and page-walk caches, one fault channel, one fence port, physical
// memory protection (PMP), counters. This module is the wiring.
//
//   request -> u_data, u_fetch -----------> u_walker <-> memory
//                |  ^  each: first level,      ^  |
//                |  |  miss register           |  | translations
//                |  +-- gen_l2.u_l2 --+  u_prefetch v
//                v                    +------------ to all three TLBs
//           u_fault_unit -> fault channel
//
// Latency: 1 cycle for what the first level can answer, 2 for the second; a walk alone takes
// n(g + L) + 1 with n memory transactions, one more with a second level. Back-pressure: every
// channel but the memory's answer and kills is valid/ready; a fence waits only while a
// compare-and-write is on the memory request wires, a PMP write while anything is. It does not
// see which addresses have memory. docs/microarchitecture.md specifies every cycle.

module tandem_mmu #(
    // 32: Sv32; 64: Sv39, Sv48, Sv57.
    parameter int unsigned Xlen = 64,
    // ASIDs, 0 .. 16 bits (XLEN = 32: .. 9). Each costs a bit in every TLB entry.
    parameter int unsigned AsidBits = 16,
    // Physical addresses, 32 .. 56 bits (XLEN = 32: .. 34); larger ones do not exist.
    parameter int unsigned PaBits = 56,
    // 0: no PMP; 8, 16. Cost: see tandem_mmu_pmp, and a tandem_mmu_pmp_check for each port, for
    // the walker and for each walk slot.
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
    parameter int unsigned ItlbPolicy = 0,
    // Entries of the second-level TLB, 0 .. 4096; 0: there is none. Cost: see tandem_mmu_l2.
    parameter int unsigned L2Entries = 0,
    // Ways 1 .. 16 and policy as above; not looked at without entries.
    parameter int unsigned L2Ways = 4,
    parameter int unsigned L2Policy = 1,
    // Entries of the page-walk cache of each level, 0 .. 64; 0: there is none. See tandem_mmu_pwc.
    parameter int unsigned PwcEntries = 0,
    // Walks in flight, 1 .. 8. Cost: see tandem_mmu_slots.
    parameter int unsigned Walks = 1,
    // 1: next-page prefetch into the second level, which must exist. About 170 flip-flops and
    // two comparators of 63 bits.
    parameter int unsigned Prefetch = 0
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
    // Fetch port
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
    output logic [ 3:0] fault_tag_o,
    output logic [ 3:0] fault_cause_o,
    output logic [63:0] fault_tval_o,
    output logic [15:0] fault_asid_o,
    // Memory
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
    // Fill events
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
    // Test: what the second level writes gets wrong parity
    input  logic        l2_poison_i,
    // Counters
    input  logic [ 5:0] cnt_sel_i,
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
  if (PwcEntries > 64) begin : gen_illegal_pwc
    $error("PwcEntries must be 0 .. 64.");
  end
  if (Walks < 1 || Walks > 8) begin : gen_illegal_walks
    $error("Walks must be 1 .. 8.");
  end
  if (Prefetch > 1) begin : gen_illegal_prefetch
    $error("Prefetch must be 0 or 1.");
  end else if (Prefetch == 1 && L2Entries == 0) begin : gen_illegal_prefetch_alone
    $error("Prefetch needs a second-level TLB (L2Entries > 0).");
  end
  // What is illegal has to reach its sentence, so no impossible width on the way.
  localparam int unsigned SafePaBits = (PaBits < 32 || PaBits > 56) ? 56 : PaBits;
  localparam int unsigned SafePmp = (PmpEntries > 16) ? 16 : PmpEntries;
  localparam int unsigned SafeWalks = (Walks < 1 || Walks > 8) ? 1 : Walks;
  localparam int unsigned SafePwc = (PwcEntries > 64) ? 0 : PwcEntries;
  localparam int unsigned Second = (L2Entries == 0) ? 0 : 1;
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
        &{1'b0, satp_i[63:32], d_req_va_i[63:32], f_req_va_i[63:32], fence_va_i[63:32]};
  end else begin : gen_xlen_64
    assign satp_root = tandem_mmu_pkg::satp_root(satp_i[63:60]);
    assign satp_asid = satp_i[59:44] & AsidMask;
    assign satp_ppn  = satp_i[43:0];
    assign d_va      = d_req_va_i;
    assign f_va      = f_req_va_i;
    assign fence_va  = fence_va_i;
  end
  assign fence_asid = fence_asid_i & AsidMask;

  // The context of a request that is accepted in this cycle.
  tandem_mmu_pkg::ctx_t d_ctx, f_ctx;
  assign d_ctx = {d_req_access_i, d_req_size_i == 2'd3, d_req_tag_i, mprv_i ? mpp_i : priv_i,
                  sum_i, mxr_i, adue_i, pbmte_i, satp_root, satp_asid};
  assign f_ctx = {tandem_mmu_pkg::AccessFetch, f_req_size_i == 2'd3, f_req_tag_i, priv_i, sum_i,
                  mxr_i, adue_i, pbmte_i, satp_root, satp_asid};

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
    assign unused_pmp = &{1'b0, pmp_valid_i, pmp_index_i, pmp_write_cfg_i, pmp_write_addr_i,
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

  // --- between ports, second level, walker: bit 0 data, bit 1 fetch, bit 2 the prefetcher
  logic [1:0] fault_set, fault_pending, miss_killed, walk_merged, finished;
  logic [1:0] done_ready, done_fault_ready, l2_use, l2_drop;
  logic [2:0] walk_request, walk_taken, walk_walked, done, l2_read, l2_compare;
  logic [3:0] d_fault_cause, f_fault_cause;
  logic [63:0] d_fault_tval, f_fault_tval;
  tandem_mmu_pkg::ctx_t d_fault_ctx, f_fault_ctx;
  logic [56:0] d_miss_va, f_miss_va, d_walk_va, f_walk_va, p_walk_va;
  logic [43:0] d_walk_ppn, f_walk_ppn, p_walk_ppn;
  tandem_mmu_pkg::ctx_t d_miss_ctx, f_miss_ctx, d_walk_ctx, f_walk_ctx, p_walk_ctx;
  logic [10:0] d_count, f_count;

  // The walk that completes, and what the second level finds
  logic done_fault, l2_match;
  logic [3:0] done_cause;
  tandem_mmu_pkg::leaf_t done_leaf, l2_leaf;
  logic [56:0] done_va;
  logic [43:0] done_ppn;
  tandem_mmu_pkg::ctx_t done_ctx;

  logic d_fill_valid, f_fill_valid, d_fill_evict, f_fill_evict;
  logic [6:0] d_fill_set, f_fill_set, d_fill_way, f_fill_way;

  tandem_mmu_port #(
      .Entries   (DtlbEntries),
      .Ways      (DtlbWays),
      .Policy    (DtlbPolicy),
      .Xlen      (Xlen),
      .PaBits    (SafePaBits),
      .PmpEntries(SafePmp),
      .Svnapot   (Svnapot),
      .Second    (Second)
  ) u_data (
      .clk_i,
      .rst_ni,
      .req_valid_i       (d_req_valid_i),
      .req_ready_o       (d_req_ready_o),
      .req_va_i          (d_va),
      .req_ctx_i         (d_ctx),
      .req_ppn_i         (satp_ppn),
      .kill_i            (d_kill_i),
      .pmp_entry_i       (pmp_entry),
      .pmp_mask_i        (pmp_mask),
      .rsp_valid_o       (d_rsp_valid_o),
      .rsp_ready_i       (d_rsp_ready_i),
      .rsp_tag_o         (d_rsp_tag_o),
      .rsp_fault_o       (d_rsp_fault_o),
      .rsp_cause_o       (d_rsp_cause_o),
      .rsp_pa_o          (d_rsp_pa_o),
      .rsp_level_o       (d_rsp_level_o),
      .rsp_napot_o       (d_rsp_napot_o),
      .rsp_pbmt_o        (d_rsp_pbmt_o),
      .rsp_source_o      (d_rsp_source_o),
      .rsp_perm_o        (d_rsp_perm_o),
      .fence_i           (fence_acts),
      .fence_valid_i     (fence_tlb),
      .fence_has_va_i,
      .fence_has_asid_i,
      .fence_vpn_i       (fence_va[56:12]),
      .fence_asid_i      (fence_asid),
      .fault_set_o       (fault_set[0]),
      .fault_cause_o     (d_fault_cause),
      .fault_tval_o      (d_fault_tval),
      .fault_ctx_o       (d_fault_ctx),
      .fault_pending_i   (fault_pending[0]),
      .miss_va_o         (d_miss_va),
      .miss_ctx_o        (d_miss_ctx),
      .second_read_o     (l2_read[0]),
      .second_compare_i  (l2_compare[0]),
      .second_match_i    (l2_match),
      .second_leaf_i     (l2_leaf),
      .second_use_o      (l2_use[0]),
      .second_drop_o     (l2_drop[0]),
      .walk_request_o    (walk_request[0]),
      .walk_va_o         (d_walk_va),
      .walk_ctx_o        (d_walk_ctx),
      .walk_ppn_o        (d_walk_ppn),
      .walk_taken_i      (walk_taken[0]),
      .walk_merged_i     (walk_merged[0]),
      .done_ready_o      (done_ready[0]),
      .done_fault_ready_o(done_fault_ready[0]),
      .finished_i        (finished[0]),
      .done_valid_i      (done[0]),
      .done_own_i        (done[0]),
      .done_fault_i      (done_fault),
      .done_cause_i      (done_cause),
      .done_leaf_i       (done_leaf),
      .done_va_i         (done_va),
      .done_ctx_i        (done_ctx),
      .fill_valid_o      (d_fill_valid),
      .fill_set_o        (d_fill_set),
      .fill_way_o        (d_fill_way),
      .fill_evict_o      (d_fill_evict),
      .count_o           (d_count),
      .killed_o          (miss_killed[0])
  );

  tandem_mmu_port #(
      .Entries   (ItlbEntries),
      .Ways      (ItlbWays),
      .Policy    (ItlbPolicy),
      .Xlen      (Xlen),
      .PaBits    (SafePaBits),
      .PmpEntries(SafePmp),
      .Svnapot   (Svnapot),
      .Second    (Second)
  ) u_fetch (
      .clk_i,
      .rst_ni,
      .req_valid_i       (f_req_valid_i),
      .req_ready_o       (f_req_ready_o),
      .req_va_i          (f_va),
      .req_ctx_i         (f_ctx),
      .req_ppn_i         (satp_ppn),
      .kill_i            (f_kill_i),
      .pmp_entry_i       (pmp_entry),
      .pmp_mask_i        (pmp_mask),
      .rsp_valid_o       (f_rsp_valid_o),
      .rsp_ready_i       (f_rsp_ready_i),
      .rsp_tag_o         (f_rsp_tag_o),
      .rsp_fault_o       (f_rsp_fault_o),
      .rsp_cause_o       (f_rsp_cause_o),
      .rsp_pa_o          (f_rsp_pa_o),
      .rsp_level_o       (f_rsp_level_o),
      .rsp_napot_o       (f_rsp_napot_o),
      .rsp_pbmt_o        (f_rsp_pbmt_o),
      .rsp_source_o      (f_rsp_source_o),
      .rsp_perm_o        (f_rsp_perm_o),
      .fence_i           (fence_acts),
      .fence_valid_i     (fence_tlb),
      .fence_has_va_i,
      .fence_has_asid_i,
      .fence_vpn_i       (fence_va[56:12]),
      .fence_asid_i      (fence_asid),
      .fault_set_o       (fault_set[1]),
      .fault_cause_o     (f_fault_cause),
      .fault_tval_o      (f_fault_tval),
      .fault_ctx_o       (f_fault_ctx),
      .fault_pending_i   (fault_pending[1]),
      .miss_va_o         (f_miss_va),
      .miss_ctx_o        (f_miss_ctx),
      .second_read_o     (l2_read[1]),
      .second_compare_i  (l2_compare[1]),
      .second_match_i    (l2_match),
      .second_leaf_i     (l2_leaf),
      .second_use_o      (l2_use[1]),
      .second_drop_o     (l2_drop[1]),
      .walk_request_o    (walk_request[1]),
      .walk_va_o         (f_walk_va),
      .walk_ctx_o        (f_walk_ctx),
      .walk_ppn_o        (f_walk_ppn),
      .walk_taken_i      (walk_taken[1]),
      .walk_merged_i     (walk_merged[1]),
      .done_ready_o      (done_ready[1]),
      .done_fault_ready_o(done_fault_ready[1]),
      .finished_i        (finished[1]),
      .done_valid_i      (done[1]),
      .done_own_i        (done[1]),
      .done_fault_i      (done_fault),
      .done_cause_i      (done_cause),
      .done_leaf_i       (done_leaf),
      .done_va_i         (done_va),
      .done_ctx_i        (done_ctx),
      .fill_valid_o      (f_fill_valid),
      .fill_set_o        (f_fill_set),
      .fill_way_o        (f_fill_way),
      .fill_evict_o      (f_fill_evict),
      .count_o           (f_count),
      .killed_o          (miss_killed[1])
  );

  // --- second level
  logic l2_fill, l2_fill_evict, l2_parity_error, l2_prefetch_read;
  logic [11:0] l2_fill_set;
  logic [3:0] l2_fill_way;
  if (Second == 0) begin : gen_no_l2
    assign l2_fill          = 1'b0;
    assign l2_fill_evict    = 1'b0;
    assign l2_parity_error  = 1'b0;
    assign l2_prefetch_read = 1'b0;
    assign l2_fill_set      = '0;
    assign l2_fill_way      = '0;
    assign l2_compare       = '0;
    assign l2_match         = 1'b0;
    assign l2_leaf          = '0;
    logic unused_l2;
    assign unused_l2 = &{1'b0, l2_read, l2_use, l2_drop, l2_poison_i, d_miss_va, f_miss_va, d_miss_ctx,
                         f_miss_ctx};
  end else begin : gen_l2
    assign l2_fill = (done != 3'b000) && !done_fault;
    tandem_mmu_l2 #(
        .Entries (L2Entries),
        .Ways    (L2Ways),
        .Policy  (L2Policy),
        .Xlen    (Xlen),
        .AsidBits(AsidBits)
    ) u_l2 (
        .clk_i,
        .rst_ni,
        .read_i         (l2_read),
        .prefetch_read_o(l2_prefetch_read),
        .d_read_vpn_i   (d_va[56:12]),
        .f_read_vpn_i   (f_va[56:12]),
        .compare_o      (l2_compare),
        .d_vpn_i        (d_miss_va[56:12]),
        .d_asid_i       (d_miss_ctx.asid),
        .f_vpn_i        (f_miss_va[56:12]),
        .f_asid_i       (f_miss_ctx.asid),
        .p_vpn_i        (p_walk_va[56:12]),
        .p_asid_i       (p_walk_ctx.asid),
        .match_o        (l2_match),
        .leaf_o         (l2_leaf),
        .use_i          (l2_use != 2'b00),
        .drop_i         (l2_drop != 2'b00),
        .kill_i         ({f_kill_i, d_kill_i}),
        .fence_i        (fence_acts),
        .fence_valid_i  (fence_tlb),
        .fence_has_va_i,
        .fence_vpn_i    (fence_va[56:12]),
        .fill_valid_i   (l2_fill),
        .fill_vpn_i     (done_va[56:12]),
        .fill_asid_i    (done_ctx.asid),
        .fill_leaf_i    (done_leaf),
        .fill_poison_i  (l2_poison_i),
        .fill_set_o     (l2_fill_set),
        .fill_way_o     (l2_fill_way),
        .fill_evict_o   (l2_fill_evict),
        .parity_error_o (l2_parity_error)
    );
    logic unused_miss;
    assign unused_miss = &{1'b0, d_miss_va, f_miss_va, d_miss_ctx, f_miss_ctx};
  end

  if (Prefetch == 0 || Second == 0) begin : gen_no_prefetch
    assign l2_read[2]      = 1'b0;
    assign walk_request[2] = 1'b0;
    assign p_walk_va       = '0;
    assign p_walk_ctx      = '0;
    assign p_walk_ppn      = '0;
    logic unused_prefetch;
    assign unused_prefetch = &{1'b0, l2_prefetch_read, l2_compare[2], walk_taken[2], walk_walked[2],
                               done_ppn};
  end else begin : gen_prefetch
    tandem_mmu_prefetch #(
        .Xlen(Xlen)
    ) u_prefetch (
        .clk_i,
        .rst_ni,
        .done_i     ((done[1:0] != 2'b00) && !done_fault),
        .done_leaf_i(done_leaf),
        .done_va_i  (done_va),
        .done_ctx_i (done_ctx),
        .done_ppn_i (done_ppn),
        .fence_i    (fence_acts),
        .active_i   ((d_ctx.priv != tandem_mmu_pkg::PrivM) || (f_ctx.priv != tandem_mmu_pkg::PrivM)),
        .satp_root_i(satp_root),
        .satp_asid_i(satp_asid),
        .satp_ppn_i (satp_ppn),
        .read_o     (l2_read[2]),
        .reads_i    (l2_prefetch_read),
        .match_i    (l2_match && l2_compare[2]),
        .request_o  (walk_request[2]),
        .taken_i    (walk_taken[2]),
        .walked_i   (walk_walked[2]),
        .va_o       (p_walk_va),
        .ctx_o      (p_walk_ctx),
        .ppn_o      (p_walk_ppn)
    );
  end

  // --- walks
  logic [3:0] count_free, count_restart, count_kill, count_used, count_done_wait, count_wire_wait;
  logic [3:0] pwc_hits, pwc_fills;
  logic [2:0] memory_count;

  tandem_mmu_walker #(
      .Walks      (SafeWalks),
      .PwcEntries (SafePwc),
      .Xlen       (Xlen),
      .PaBits     (SafePaBits),
      .PmpEntries (SafePmp),
      .Svnapot    (Svnapot),
      .UpdateFirst(UpdateFirst)
  ) u_walker (
      .clk_i,
      .rst_ni,
      .request_i         (walk_request),
      .d_va_i            (d_walk_va),
      .d_ctx_i           (d_walk_ctx),
      .d_ppn_i           (d_walk_ppn),
      .f_va_i            (f_walk_va),
      .f_ctx_i           (f_walk_ctx),
      .f_ppn_i           (f_walk_ppn),
      .p_va_i            (p_walk_va),
      .p_ctx_i           (p_walk_ctx),
      .p_ppn_i           (p_walk_ppn),
      .taken_o           (walk_taken),
      .walked_o          (walk_walked),
      .merged_o          (walk_merged),
      .kill_i            ({f_kill_i, d_kill_i}),
      .fence_i           (fence_acts),
      .fence_valid_i     (fence_tlb),
      .fence_has_va_i,
      .fence_has_asid_i,
      .fence_asid_i      (fence_asid),
      .finished_o        (finished),
      .done_ready_i      (done_ready),
      .done_fault_ready_i(done_fault_ready),
      .done_o            (done),
      .done_fault_o      (done_fault),
      .done_cause_o      (done_cause),
      .done_leaf_o       (done_leaf),
      .done_va_o         (done_va),
      .done_ctx_o        (done_ctx),
      .done_ppn_o        (done_ppn),
      .pmp_entry_i       (pmp_entry),
      .pmp_mask_i        (pmp_mask),
      .mem_req_valid_o,
      .mem_req_ready_i,
      .mem_req_id_o,
      .mem_req_write_o,
      .mem_req_addr_o,
      .mem_req_expected_o,
      .mem_req_data_o,
      .mem_rsp_valid_i,
      .mem_rsp_id_i,
      .mem_rsp_data_i,
      .mem_rsp_error_i,
      .count_free_o      (count_free),
      .count_restart_o   (count_restart),
      .count_kill_o      (count_kill),
      .count_used_o      (count_used),
      .count_done_wait_o (count_done_wait),
      .count_wire_wait_o (count_wire_wait),
      .count_o           (memory_count),
      .pwc_hits_o        (pwc_hits),
      .pwc_fills_o       (pwc_fills)
  );

  tandem_mmu_fault_unit u_fault_unit (
      .clk_i,
      .rst_ni,
      .set_i        (fault_set),
      .pending_o    (fault_pending),
      .data_cause_i (d_fault_cause),
      .data_tval_i  (d_fault_tval),
      .data_ctx_i   (d_fault_ctx),
      .fetch_cause_i(f_fault_cause),
      .fetch_tval_i (f_fault_tval),
      .fetch_ctx_i  (f_fault_ctx),
      .fault_valid_o,
      .fault_ready_i,
      .fault_port_o,
      .fault_access_o,
      .fault_tag_o,
      .fault_cause_o,
      .fault_tval_o,
      .fault_asid_o
  );

  tandem_mmu_counters #(
      .Second  (Second),
      .Pwc     (SafePwc),
      .Prefetch(Prefetch)
  ) u_counters (
      .clk_i,
      .rst_ni,
      .data_i     (d_count),
      .fetch_i    (f_count),
      .memory_i   (memory_count),
      .fence_i    (fence_accept),
      .second_i   ({done[2] && !done_fault, walk_taken[2], l2_parity_error, l2_fill_evict, l2_fill}),
      .pwc_hits_i (pwc_hits),
      .pwc_fills_i(pwc_fills),
      .free_i     (count_free),
      .restart_i  (count_restart),
      .used_i     (count_used),
      .done_wait_i(count_done_wait),
      .wire_wait_i(count_wire_wait),
      .kill_i     (5'(count_kill) + 5'(miss_killed[0]) + 5'(miss_killed[1])),
      .sel_i      (cnt_sel_i),
      .value_o    (cnt_value_o)
  );

  // --- fill events
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      d_fill_valid_o  <= 1'b0;
      f_fill_valid_o  <= 1'b0;
      l2_fill_valid_o <= 1'b0;
    end else begin
      d_fill_valid_o  <= d_fill_valid;
      f_fill_valid_o  <= f_fill_valid;
      l2_fill_valid_o <= l2_fill;
    end
  end

  always_ff @(posedge clk_i) begin
    if (d_fill_valid) begin
      d_fill_set_o   <= d_fill_set;
      d_fill_way_o   <= d_fill_way;
      d_fill_evict_o <= d_fill_evict;
    end
    if (f_fill_valid) begin
      f_fill_set_o   <= f_fill_set;
      f_fill_way_o   <= f_fill_way;
      f_fill_evict_o <= f_fill_evict;
    end
    if (l2_fill) begin
      l2_fill_set_o   <= l2_fill_set;
      l2_fill_way_o   <= l2_fill_way;
      l2_fill_evict_o <= l2_fill_evict;
    end
  end

  logic unused_top;
  assign unused_top = &{1'b0, fence_op_i[0], fence_va[11:0], walk_walked[1:0], done_ppn};

endmodule
