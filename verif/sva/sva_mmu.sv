// SPDX-License-Identifier: Apache-2.0
// Properties of the whole unit, seen from its pins only (docs/microarchitecture.md sections
// 3, 4, 7 .. 10): memory port, fences, fault channel, physical memory protection. What each
// client sees stands in sva_client, placed here once per port.
`include "sva.svh"

module sva_mmu #(
    parameter int unsigned Xlen = 64,
    parameter int unsigned PaBits = 56,
    parameter int unsigned PmpEntries = 0,
    parameter int unsigned Walks = 1,
    parameter int unsigned Second = 0
) (
    input logic        clk_i,
    input logic        rst_ni,
    input logic [63:0] satp_i,
    input logic [ 1:0] priv_i,
    input logic [ 1:0] mpp_i,
    input logic        mprv_i,
    input logic        sum_i,
    input logic        mxr_i,
    input logic        adue_i,
    input logic        pbmte_i,
    input logic        pmp_valid_i,
    input logic        pmp_ready_o,
    input logic [ 3:0] pmp_index_i,
    input logic        pmp_write_cfg_i,
    input logic        pmp_write_addr_i,
    input logic [ 7:0] pmp_cfg_i,
    input logic [53:0] pmp_addr_i,
    input logic        d_req_valid_i,
    input logic        d_req_ready_o,
    input logic [63:0] d_req_va_i,
    input logic [ 1:0] d_req_access_i,
    input logic [ 1:0] d_req_size_i,
    input logic [ 3:0] d_req_tag_i,
    input logic        d_kill_i,
    input logic        d_rsp_valid_o,
    input logic        d_rsp_ready_i,
    input logic [ 3:0] d_rsp_tag_o,
    input logic        d_rsp_fault_o,
    input logic [ 3:0] d_rsp_cause_o,
    input logic [55:0] d_rsp_pa_o,
    input logic [ 2:0] d_rsp_level_o,
    input logic        d_rsp_napot_o,
    input logic [ 1:0] d_rsp_pbmt_o,
    input logic [ 1:0] d_rsp_source_o,
    input logic [ 7:0] d_rsp_perm_o,
    input logic        f_req_valid_i,
    input logic        f_req_ready_o,
    input logic [63:0] f_req_va_i,
    input logic [ 1:0] f_req_size_i,
    input logic [ 3:0] f_req_tag_i,
    input logic        f_kill_i,
    input logic        f_rsp_valid_o,
    input logic        f_rsp_ready_i,
    input logic [ 3:0] f_rsp_tag_o,
    input logic        f_rsp_fault_o,
    input logic [ 3:0] f_rsp_cause_o,
    input logic [55:0] f_rsp_pa_o,
    input logic [ 2:0] f_rsp_level_o,
    input logic        f_rsp_napot_o,
    input logic [ 1:0] f_rsp_pbmt_o,
    input logic [ 1:0] f_rsp_source_o,
    input logic [ 7:0] f_rsp_perm_o,
    input logic        fence_valid_i,
    input logic        fence_ready_o,
    input logic [ 1:0] fence_op_i,
    input logic        fence_has_va_i,
    input logic        fence_has_asid_i,
    input logic        fault_valid_o,
    input logic        fault_ready_i,
    input logic        fault_port_o,
    input logic [ 1:0] fault_access_o,
    input logic [ 3:0] fault_tag_o,
    input logic [ 3:0] fault_cause_o,
    input logic [63:0] fault_tval_o,
    input logic [15:0] fault_asid_o,
    input logic        mem_req_valid_o,
    input logic        mem_req_ready_i,
    input logic [ 2:0] mem_req_id_o,
    input logic        mem_req_write_o,
    input logic [55:0] mem_req_addr_o,
    input logic [63:0] mem_req_expected_o,
    input logic [63:0] mem_req_data_o,
    input logic        mem_rsp_valid_i,
    input logic [ 2:0] mem_rsp_id_i,
    input logic [63:0] mem_rsp_data_i,
    input logic        mem_rsp_error_i,
    input logic        d_fill_valid_o,
    input logic        f_fill_valid_o,
    input logic        l2_fill_valid_o
);

  localparam int unsigned Kept = (PmpEntries == 0) ? 1 : PmpEntries;

  // --- physical memory protection, as it must stand
  logic [Kept*8-1:0] pmp_cfg;
  logic [Kept*54-1:0] pmp_addr;

  sva_pmp_shadow #(
      .Xlen      (Xlen),
      .PmpEntries(PmpEntries)
  ) u_pmp (
      .clk_i,
      .rst_ni,
      .write_i     (pmp_valid_i && pmp_ready_o),
      .index_i     (pmp_index_i),
      .write_cfg_i (pmp_write_cfg_i),
      .write_addr_i(pmp_write_addr_i),
      .cfg_i       (pmp_cfg_i),
      .addr_i      (pmp_addr_i),
      .cfg_o       (pmp_cfg),
      .addr_o      (pmp_addr)
  );

  // ... and in the cycle before: they differ in the cycle after a write only.
  logic pmp_written_q;
  logic [Kept*8-1:0] pmp_cfg_q;
  logic [Kept*54-1:0] pmp_addr_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pmp_written_q <= 1'b0;
      pmp_cfg_q     <= '0;
      pmp_addr_q    <= '0;
    end else begin
      pmp_written_q <= pmp_valid_i && pmp_ready_o;
      if (pmp_written_q) begin
        pmp_cfg_q  <= pmp_cfg;
        pmp_addr_q <= pmp_addr;
      end
    end
  end

  // --- the memory port: one request of each walk slot
  logic granted, mem_first, mem_waits_q, fence_accept;
  logic [7:0] outstanding_q, granted_now, answered_now;
  logic [7:0] writing_q;  // the slot's last request was a compare-and-write
  logic [7:0] current_q;  // its last PTE was read after the last fence
  logic stale_q;          // a fence came while a read was on the wires
  localparam int unsigned IdBits = (Walks > 1) ? $clog2(Walks) : 1;
  logic [63:0] pte_q[1 << IdBits];  // the slot's last answer to a read
  assign granted      = mem_req_valid_o && mem_req_ready_i;
  assign mem_first    = mem_req_valid_o && !mem_waits_q;  // a request's first cycle
  assign fence_accept = fence_valid_i && fence_ready_o && !fence_op_i[1];
  assign granted_now  = granted ? 8'd1 << mem_req_id_o : 8'd0;
  assign answered_now = mem_rsp_valid_i ? 8'd1 << mem_rsp_id_i : 8'd0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mem_waits_q   <= 1'b0;
      outstanding_q <= '0;
      writing_q     <= '0;
      current_q     <= '0;
      stale_q       <= 1'b0;
    end else begin
      mem_waits_q   <= mem_req_valid_o && !mem_req_ready_i;
      outstanding_q <= (outstanding_q & ~answered_now) | granted_now;
      stale_q       <= (fence_accept || stale_q) && mem_req_valid_o && !mem_req_ready_i;
      if (granted) writing_q <= (writing_q & ~granted_now) | (mem_req_write_o ? granted_now : '0);
      if (fence_accept) current_q <= '0;
      else if (granted && !stale_q && !mem_req_write_o) current_q <= current_q | granted_now;
    end
  end

  always_ff @(posedge clk_i) begin
    if (mem_rsp_valid_i && (answered_now & ~writing_q) != '0) begin
      pte_q[mem_rsp_id_i[IdBits-1:0]] <= mem_rsp_data_i;
    end
  end

  logic pte_allowed;
  sva_pmp_oracle #(
      .PmpEntries(PmpEntries)
  ) u_pte (
      .enable_i (mem_first),
      .cfg_i    (pmp_cfg),
      .addr_i   (pmp_addr),
      .word_i   (mem_req_addr_o[55:2]),
      .eight_i  (Xlen == 64),
      .kind_i   ({1'b0, mem_req_write_o, !mem_req_write_o}),
      .machine_i(1'b0),
      .allowed_o(pte_allowed)
  );

  // The bits that a compare-and-write changes.
  logic [63:0] written, expected_pte;
  assign written      = mem_req_expected_o ^ mem_req_data_o;
  assign expected_pte = pte_q[mem_req_id_o[IdBits-1:0]];

  `SVA_ENVIRONMENT(answers_are_awaited, mem_rsp_valid_i, (outstanding_q & answered_now) != '0)
  `SVA(one_outstanding, granted, (outstanding_q & granted_now) == '0)
  `SVA(id_of_a_slot, mem_req_valid_o, 32'(mem_req_id_o) < Walks)
  `SVA(pte_address_aligned, mem_req_valid_o,
       Xlen == 32 ? mem_req_addr_o[1:0] == 2'd0 : mem_req_addr_o[2:0] == 3'd0)
  `SVA(pte_address_exists, mem_req_valid_o, (mem_req_addr_o >> PaBits) == '0)
  `SVA(pte_access_allowed_by_pmp, mem_first, pte_allowed)
  `SVA(read_has_no_data, mem_req_valid_o && !mem_req_write_o,
       mem_req_expected_o == '0 && mem_req_data_o == '0)
  `SVA(update_sets_a_and_d_only, mem_req_valid_o && mem_req_write_o,
       mem_req_data_o[6] && (written & ~64'hc0) == '0 && written != '0 &&
           (written & mem_req_expected_o) == '0)
  `SVA(update_of_valid_leaf, mem_req_valid_o && mem_req_write_o,
       mem_req_expected_o[0] && (mem_req_expected_o[1] || mem_req_expected_o[3]))
  `SVA(update_expects_what_was_read, mem_first && mem_req_write_o,
       mem_req_expected_o == ((Xlen == 32) ? {32'd0, expected_pte[31:0]} : expected_pte))
  `SVA(no_update_granted_after_fence, granted && mem_req_write_o,
       (current_q & granted_now) != '0)

  sva_channel #(
      .Width(188)
  ) u_mem (
      .clk_i,
      .rst_ni,
      .valid_i  (mem_req_valid_o),
      .ready_i  (mem_req_ready_i),
      .payload_i({mem_req_id_o, mem_req_write_o, mem_req_addr_o, mem_req_expected_o, mem_req_data_o})
  );

  // --- fence and PMP ports
  `SVA(fence_ready_as_specified, fence_valid_i,
       fence_ready_o == !(mem_req_valid_o && mem_req_write_o))
  `SVA(pmp_ready_as_specified, pmp_valid_i, pmp_ready_o == !mem_req_valid_o)

  logic [1:0] answer;
  // A fence of everything leaves nothing: until something is filled nothing hits. (Fill events
  // tell of the cycle before, and so do answers.)
  logic [2:0] empty, empty_q, was_empty_q;  // data, fetch, second level
  assign empty = empty_q & ~{l2_fill_valid_o, f_fill_valid_o, d_fill_valid_o};
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      empty_q     <= 3'b111;
      was_empty_q <= 3'b000;
    end else begin
      empty_q     <= empty | {3{fence_accept && !fence_has_va_i && !fence_has_asid_i}};
      was_empty_q <= empty;
    end
  end
  `SVA(empty_data_tlb_never_hits, answer[0] && was_empty_q[0], d_rsp_source_o != 2'd1)
  `SVA(empty_fetch_tlb_never_hits, answer[1] && was_empty_q[1], f_rsp_source_o != 2'd1)
  `SVA(empty_second_level_never_hits, answer != 2'b00 && was_empty_q[2],
       !(answer[0] && d_rsp_source_o == 2'd3) && !(answer[1] && f_rsp_source_o == 2'd3))

  // --- clients
  logic [1:0] fault_now;
  logic [63:0] d_va, f_va;
  logic [1:0] d_access, f_access;
  logic [1:0] record;

  assign fault_now = {answer[1] && f_rsp_fault_o, answer[0] && d_rsp_fault_o};

  sva_client #(
      .Xlen      (Xlen),
      .PmpEntries(PmpEntries),
      .PaBits    (PaBits),
      .Fetch     (0),
      .Second    (Second)
  ) u_data (
      .clk_i,
      .rst_ni,
      .satp_i,
      .priv_i      (mprv_i ? mpp_i : priv_i),
      .sum_i,
      .mxr_i,
      .req_valid_i (d_req_valid_i),
      .req_ready_i (d_req_ready_o),
      .req_va_i    (d_req_va_i),
      .req_access_i(d_req_access_i),
      .req_size_i  (d_req_size_i),
      .req_tag_i   (d_req_tag_i),
      .kill_i      (d_kill_i),
      .rsp_valid_i (d_rsp_valid_o),
      .rsp_ready_i (d_rsp_ready_i),
      .rsp_tag_i   (d_rsp_tag_o),
      .rsp_fault_i (d_rsp_fault_o),
      .rsp_cause_i (d_rsp_cause_o),
      .rsp_pa_i    (d_rsp_pa_o),
      .rsp_level_i (d_rsp_level_o),
      .rsp_napot_i (d_rsp_napot_o),
      .rsp_pbmt_i  (d_rsp_pbmt_o),
      .rsp_source_i(d_rsp_source_o),
      .rsp_perm_i  (d_rsp_perm_o),
      .fill_i      (d_fill_valid_o),
      .record_i    (record[0]),
      .pmp_cfg_i   (pmp_cfg_q),
      .pmp_addr_i  (pmp_addr_q),
      .answer_o    (answer[0]),
      .va_o        (d_va),
      .access_o    (d_access)
  );

  sva_client #(
      .Xlen      (Xlen),
      .PmpEntries(PmpEntries),
      .PaBits    (PaBits),
      .Fetch     (1),
      .Second    (Second)
  ) u_fetch (
      .clk_i,
      .rst_ni,
      .satp_i,
      .priv_i,
      .sum_i,
      .mxr_i,
      .req_valid_i (f_req_valid_i),
      .req_ready_i (f_req_ready_o),
      .req_va_i    (f_req_va_i),
      .req_access_i(2'd0),
      .req_size_i  (f_req_size_i),
      .req_tag_i   (f_req_tag_i),
      .kill_i      (f_kill_i),
      .rsp_valid_i (f_rsp_valid_o),
      .rsp_ready_i (f_rsp_ready_i),
      .rsp_tag_i   (f_rsp_tag_o),
      .rsp_fault_i (f_rsp_fault_o),
      .rsp_cause_i (f_rsp_cause_o),
      .rsp_pa_i    (f_rsp_pa_o),
      .rsp_level_i (f_rsp_level_o),
      .rsp_napot_i (f_rsp_napot_o),
      .rsp_pbmt_i  (f_rsp_pbmt_o),
      .rsp_source_i(f_rsp_source_o),
      .rsp_perm_i  (f_rsp_perm_o),
      .fill_i      (f_fill_valid_o),
      .record_i    (record[1]),
      .pmp_cfg_i   (pmp_cfg_q),
      .pmp_addr_i  (pmp_addr_q),
      .answer_o    (answer[1]),
      .va_o        (f_va),
      .access_o    (f_access)
  );

  `SVA_ENVIRONMENT(data_access_legal, d_req_valid_i, d_req_access_i != 2'd0)
  `SVA_ENVIRONMENT(data_access_aligned, d_req_valid_i,
                   (d_req_va_i[2:0] & ~(3'b111 << d_req_size_i)) == 3'd0)
  `SVA_ENVIRONMENT(fetch_access_aligned, f_req_valid_i,
                   (f_req_va_i[2:0] & ~(3'b111 << f_req_size_i)) == 3'd0)
`ifdef SVA_TWO_PMP_ENTRIES
  // A proof with all entries does not end: here the others stay as reset leaves them.
  `SVA_ENVIRONMENT(two_pmp_entries, pmp_valid_i, pmp_index_i < 4'd2)
`endif
  `SVA_ENVIRONMENT(pbmte_legal, pbmte_i, Xlen != 32)
  `SVA_ENVIRONMENT(privilege_legal, 1'b1, priv_i != 2'd2 && mpp_i != 2'd2)

  // --- fault channel: one record for each faulting answer, from the answer's first cycle on
  logic [1:0] record_q;
  logic fetch_first_q, fetch_first;
  assign record      = record_q | fault_now;
  assign fetch_first = (record_q == 2'b00) ? !fault_now[0] : fetch_first_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      record_q      <= 2'b00;
      fetch_first_q <= 1'b0;
    end else begin
      record_q      <= record;
      fetch_first_q <= fetch_first;
      if (fault_valid_o && fault_ready_i) begin
        record_q[fault_port_o] <= 1'b0;
        fetch_first_q          <= !fault_port_o;
      end
    end
  end

  // A record says what its answer's first cycle said.
  logic [73:0] d_said, f_said, d_said_q, f_said_q;
  assign d_said = fault_now[0] ? {d_access, d_rsp_tag_o, d_rsp_cause_o, d_va} : d_said_q;
  assign f_said = fault_now[1] ? {f_access, f_rsp_tag_o, f_rsp_cause_o, f_va} : f_said_q;
  always_ff @(posedge clk_i) begin
    if (fault_now[0]) d_said_q <= d_said;
    if (fault_now[1]) f_said_q <= f_said;
  end

  `SVA(record_for_each_fault, record != 2'b00, fault_valid_o)
  `SVA(no_record_without_fault, fault_valid_o, record[fault_port_o])
  `SVA(records_in_order, fault_valid_o && record == 2'b11, fault_port_o == fetch_first)
  `SVA(data_record, fault_valid_o && !fault_port_o,
       {fault_access_o, fault_tag_o, fault_cause_o, fault_tval_o} == d_said)
  `SVA(fetch_record, fault_valid_o && fault_port_o,
       {fault_access_o, fault_tag_o, fault_cause_o, fault_tval_o} == f_said)
  `SVA(second_level_fill_needs_one, l2_fill_valid_o, Second != 0)

endmodule

`ifndef FORMAL
bind tandem_mmu sva_mmu #(
    .Xlen      (Xlen),
    .PaBits    (PaBits),
    .PmpEntries(PmpEntries),
    .Walks     (Walks),
    .Second    (L2Entries == 0 ? 0 : 1)
) u_sva (.*);
`endif
