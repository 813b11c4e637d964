// SPDX-License-Identifier: Apache-2.0
// Properties of the prefetcher (docs/microarchitecture.md section 7 "Prefetch"). Its history
// follows the register from the pins: which page it must keep, with which satp, and whether
// that was read and compared.
`include "sva.svh"

module sva_prefetch #(
    parameter int unsigned Xlen = 64
) (
    input logic                  clk_i,
    input logic                  rst_ni,
    input logic                  done_i,
    input tandem_mmu_pkg::leaf_t done_leaf_i,
    input logic           [56:0] done_va_i,
    input tandem_mmu_pkg::ctx_t  done_ctx_i,
    input logic           [43:0] done_ppn_i,
    input logic                  fence_i,
    input logic                  active_i,
    input logic           [ 2:0] satp_root_i,
    input logic           [15:0] satp_asid_i,
    input logic           [43:0] satp_ppn_i,
    input logic                  read_o,
    input logic                  reads_i,
    input logic                  match_i,
    input logic                  request_o,
    input logic                  taken_i,
    input logic                  walked_i,
    input logic           [56:0] va_o,
    input tandem_mmu_pkg::ctx_t  ctx_o,
    input logic           [43:0] ppn_o,
    // Inside
    input logic           [ 1:0] state_q
);

  localparam int unsigned LevelBits = (Xlen == 32) ? 10 : 9;

  localparam logic [1:0] Empty = 2'd0;
  localparam logic [1:0] Read = 2'd1;
  localparam logic [1:0] Compare = 2'd2;
  localparam logic [1:0] Ask = 2'd3;

  logic kept_q;      // a page is kept
  logic compares_q;  // ... and compared in this cycle
  logic asks_q;      // ... and was compared before
  logic pbmte_q;
  logic [44:0] vpn_q;  // of the walk before it
  logic [62:0] space_q, satp, done_space;
  logic current, enters, asks, goes;

  assign satp       = {satp_root_i, satp_asid_i, satp_ppn_i};
  assign done_space = {done_ctx_i.root, done_ctx_i.asid, done_ppn_i};
  assign current    = active_i && space_q == satp;
  assign enters     = done_i && !kept_q && !fence_i && active_i && done_space == satp &&
                      done_leaf_i.level == 3'd0 && !done_leaf_i.napot &&
                      done_va_i[12+:LevelBits] != '1;
  assign asks       = kept_q && current && !fence_i && (asks_q || (compares_q && !match_i));
  assign goes       = fence_i || !current || (compares_q && match_i) ||
                      (asks && (taken_i || walked_i));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      kept_q     <= 1'b0;
      compares_q <= 1'b0;
      asks_q     <= 1'b0;
    end else begin
      kept_q     <= enters || (kept_q && !goes);
      compares_q <= kept_q && !goes && reads_i;
      asks_q     <= kept_q && !goes && (compares_q || asks_q);
    end
  end
  always_ff @(posedge clk_i) begin
    if (enters) begin
      vpn_q   <= done_va_i[56:12];
      space_q <= done_space;
      pbmte_q <= done_ctx_i.pbmte;
    end
  end

  `SVA_REQUIRE(read_was_requested, reads_i, read_o)
  `SVA_REQUIRE(matches_when_compared, match_i, compares_q)
  `SVA_REQUIRE(candidate_was_requested, taken_i || walked_i, request_o)

  `SVA(taken_with_current_satp, taken_i, kept_q && current)
  `SVA(read_with_current_satp, read_o, kept_q && current)
  `SVA(read_once, kept_q && current, read_o == !(compares_q || asks_q))
  `SVA(asks_once_compared, kept_q, request_o == asks)
  `SVA(nothing_kept_nothing_asked, !kept_q, !read_o && !request_o)
  `SVA(page_is_the_next, kept_q, va_o == {vpn_q + 45'd1, 12'd0})
  `SVA(walks_where_the_walk_did, kept_q, {ctx_o.root, ctx_o.asid, ppn_o} == space_q)
  `SVA(walks_as_a_load_without_update, kept_q,
       ctx_o.access == 2'd1 && !ctx_o.adue && ctx_o.pbmte == pbmte_q)
  `SVA(state_as_followed, 1'b1,
       state_q == (!kept_q ? Empty : compares_q ? Compare : asks_q ? Ask : Read))
  `SVA_COVER(dropped_since_satp_changed_reached, kept_q && active_i && space_q != satp)
  `SVA_COVER(dropped_in_machine_mode_reached, kept_q && !active_i && space_q == satp)
  `SVA_COVER(candidate_dropped_reached, asks_q && !current && !fence_i)
  `SVA_COVER(compared_in_vain_reached, compares_q && !current)
  `SVA_COVER(walk_of_past_satp_reached, done_i && !kept_q && !(active_i && done_space == satp))

endmodule

`ifndef FORMAL
bind tandem_mmu_prefetch sva_prefetch #(
    .Xlen(Xlen)
) u_sva (.*);
`endif
