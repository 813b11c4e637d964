// SPDX-License-Identifier: Apache-2.0
// What one port's client sees (docs/microarchitecture.md sections 4, 6, 10, 12): each
// request is answered once, under its tag, nothing else is, and an answer says what its
// request's context allows. Placed twice by sva_mmu; it knows the pins only.
`include "sva.svh"

module sva_client #(
    parameter int unsigned Xlen = 64,
    parameter int unsigned PmpEntries = 0,
    parameter int unsigned PaBits = 56,
    parameter int unsigned Fetch = 0,
    parameter int unsigned Second = 0,
    parameter int unsigned Kept = (PmpEntries == 0) ? 1 : PmpEntries
) (
    input  logic               clk_i,
    input  logic               rst_ni,
    input  logic [       63:0] satp_i,
    input  logic [        1:0] priv_i,         // effective privilege
    input  logic               sum_i,
    input  logic               mxr_i,
    input  logic               req_valid_i,
    input  logic               req_ready_i,
    input  logic [       63:0] req_va_i,
    input  logic [        1:0] req_access_i,
    input  logic [        1:0] req_size_i,
    input  logic [        3:0] req_tag_i,
    input  logic               kill_i,
    input  logic               rsp_valid_i,
    input  logic               rsp_ready_i,
    input  logic [        3:0] rsp_tag_i,
    input  logic               rsp_fault_i,
    input  logic [        3:0] rsp_cause_i,
    input  logic [       55:0] rsp_pa_i,
    input  logic [        2:0] rsp_level_i,
    input  logic               rsp_napot_i,
    input  logic [        1:0] rsp_pbmt_i,
    input  logic [        1:0] rsp_source_i,
    input  logic [        7:0] rsp_perm_i,
    input  logic               fill_i,         // this port's fill event
    input  logic               record_i,       // this port's fault record exists
    input  logic [ Kept*8-1:0] pmp_cfg_i,      // as they must have stood in the cycle before
    input  logic [Kept*54-1:0] pmp_addr_i,
    output logic               answer_o,       // first cycle of a response
    // Of the request that it answers, which a tag names
    output logic [       63:0] va_o,
    output logic [        1:0] access_o
);

  // The unanswered requests by their tags, with their contexts.
  localparam int unsigned CtxBits = 64 + 4 + 2 + 2 + 2 + 1 + 1;
`ifdef SVA_TWO_TAGS
  localparam int unsigned TagBits = 1;  // a proof that remembers 16 contexts does not end
`else
  localparam int unsigned TagBits = 4;
`endif
  logic [15:0] open_q, accepted_now, answered_now;
  logic [CtxBits-1:0] ctx_q[1 << TagBits];

  logic accept, shown_q;
  assign accept       = req_valid_i && req_ready_i;
  assign answer_o     = rsp_valid_i && !shown_q;
  assign accepted_now = accept ? 16'd1 << req_tag_i : 16'd0;
  assign answered_now = answer_o ? 16'd1 << rsp_tag_i : 16'd0;

  // The one accepted last: nothing is accepted while the port looks a miss up.
  logic [3:0] last_tag_q;
  logic [1:0] age_q;  // cycles since then, 3: three and more
  logic [15:0] gone_q;  // dropped by a kill, and not accepted again since

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      open_q  <= '0;
      gone_q  <= '0;
      shown_q <= 1'b0;
      age_q   <= 2'd3;
    end else begin
      open_q  <= (kill_i ? 16'd0 : open_q & ~answered_now) | accepted_now;
      gone_q  <= (gone_q | (kill_i ? open_q & ~answered_now : 16'd0)) & ~accepted_now;
      shown_q <= rsp_valid_i && !rsp_ready_i;
      if (accept) age_q <= 2'd0;
      else if (age_q != 2'd3) age_q <= age_q + 2'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      last_tag_q       <= req_tag_i;
      ctx_q[req_tag_i[TagBits-1:0]] <= {(Xlen == 32) ? {32'd0, req_va_i[31:0]} : req_va_i,
                           (Xlen == 32) ? {3'd0, satp_i[31]} : satp_i[63:60],
                           req_access_i, req_size_i, priv_i, sum_i, mxr_i};
    end
  end

  // Of an answer.
  logic [63:0] va_q;
  logic [3:0] mode_q;
  logic [1:0] access_q, size_q, priv_q;
  logic sum_q, mxr_q, fresh, opened;
  always_comb begin
    {va_q, mode_q, access_q, size_q, priv_q, sum_q, mxr_q} = '0;
    opened = 1'b0;
    if (answer_o) begin
      {va_q, mode_q, access_q, size_q, priv_q, sum_q, mxr_q} = ctx_q[rsp_tag_i[TagBits-1:0]];
      opened = (open_q & answered_now) != '0;
    end
  end
  assign fresh    = age_q == 2'd0 && answer_o && rsp_tag_i == last_tag_q;
  assign va_o     = va_q;
  assign access_o = access_q;

  // What the context says: levels of the page table (0: Bare), whether va is canonical.
  logic [2:0] levels;
  logic translated, canonical;
  always_comb begin
    levels    = 3'd0;
    canonical = 1'b1;
    if (Xlen == 32) begin
      levels = mode_q[0] ? 3'd2 : 3'd0;
    end else begin
      case (mode_q)
        4'd8: begin
          levels    = 3'd3;
          canonical = (va_q[63:38] == '0) || (va_q[63:38] == '1);
        end
        4'd9: begin
          levels    = 3'd4;
          canonical = (va_q[63:47] == '0) || (va_q[63:47] == '1);
        end
        4'd10: begin
          levels    = 3'd5;
          canonical = (va_q[63:56] == '0) || (va_q[63:56] == '1);
        end
        default: ;
      endcase
    end
    translated = (levels != 3'd0) && (priv_q != 2'd3);
  end

  // Bits of a physical address below the leaf's page size.
  logic [55:0] offset_mask;
  always_comb begin
    offset_mask = 56'hfff;
    if (rsp_napot_i) offset_mask = 56'hffff;
    else if (Xlen == 32 && rsp_level_i == 3'd1) offset_mask = 56'h3f_ffff;
    else if (rsp_level_i == 3'd1) offset_mask = 56'h1f_ffff;
    else if (rsp_level_i == 3'd2) offset_mask = 56'h3fff_ffff;
    else if (rsp_level_i == 3'd3) offset_mask = 56'h7f_ffff_ffff;
    else if (rsp_level_i == 3'd4) offset_mask = 56'hffff_ffff_ffff;
  end

  // Permission of the answer's D A G U X W R V.
  logic user_ok, kind_ok, store;
  logic [3:0] page_cause, access_cause;
  assign store = access_q[1];
  always_comb begin
    if (priv_q == 2'd0) user_ok = rsp_perm_i[4];
    else user_ok = !rsp_perm_i[4] || (sum_q && access_q != 2'd0);
    case (access_q)
      2'd0: begin
        kind_ok = rsp_perm_i[3];
        page_cause = 4'd12;
        access_cause = 4'd1;
      end
      2'd1: begin
        kind_ok = rsp_perm_i[1] || (mxr_q && rsp_perm_i[3]);
        page_cause = 4'd13;
        access_cause = 4'd5;
      end
      default: begin
        kind_ok = rsp_perm_i[2] && rsp_perm_i[7];  // a store needs a page that is dirty
        page_cause = 4'd15;
        access_cause = 4'd7;
      end
    endcase
  end

  logic success, tlb_or_walk;
  assign success     = answer_o && !rsp_fault_i;
  assign tlb_or_walk = success && (rsp_source_i != 2'd0);

  // Requests and responses
`ifdef SVA_TWO_TAGS
  `SVA_ENVIRONMENT(two_tags, req_valid_i, req_tag_i < 4'd2)
`endif
  `SVA_ENVIRONMENT(tags_differ, accept, (open_q & ~answered_now & accepted_now) == '0)
  `SVA(answer_has_request, answer_o, opened)
  `SVA(killed_unanswered, answer_o && gone_q != '0, (gone_q & answered_now) == '0)
  `SVA(ready_only_if_free, req_valid_i && req_ready_i,
       !record_i && (!rsp_valid_i || rsp_ready_i))
  `SVA(ready_with_nothing_open, req_valid_i && (open_q & ~answered_now) == '0,
       req_ready_i == (!record_i && (!rsp_valid_i || rsp_ready_i)))
  `SVA(first_level_answers_next_cycle, answer_o && rsp_source_i == 2'd1, fresh)
  `SVA(walk_takes_longer, answer_o && rsp_source_i == 2'd2, !fresh)
  `SVA(second_level_answers_in_two_or_three, answer_o && rsp_source_i == 2'd3,
       Second != 0 && rsp_tag_i == last_tag_q &&
           (age_q == 2'd1 || (Fetch != 0 && age_q == 2'd2)))

  // Not translated, not canonical: answered at once, by nobody
  `SVA(untranslated_at_once, answer_o && !translated, fresh && rsp_source_i == 2'd0)
  `SVA(untranslated_pa, success && rsp_source_i == 2'd0,
       !translated && rsp_level_i == 3'd7 && rsp_pa_i == va_q[55:0] && va_q[63:56] == 8'd0 &&
           rsp_perm_i == 8'd0 && !rsp_napot_i && rsp_pbmt_i == 2'd0)
  `SVA(noncanonical_faults, answer_o && translated && !canonical,
       fresh && rsp_fault_i && rsp_source_i == 2'd0 && rsp_cause_i == page_cause)
  `SVA(translated_by_tlbs_or_walk, answer_o && rsp_source_i != 2'd0, translated && canonical)

  // What an answer says
  `SVA(fault_says_cause_only, answer_o && rsp_fault_i,
       (rsp_cause_i == page_cause || rsp_cause_i == access_cause) && rsp_pa_i == '0 &&
           rsp_level_i == '0 && !rsp_napot_i && rsp_pbmt_i == '0 && rsp_perm_i == '0)
  `SVA(success_has_no_cause, success, rsp_cause_i == 4'd0)
  `SVA(permission_respected, tlb_or_walk,
       user_ok && kind_ok && rsp_perm_i[0] && rsp_perm_i[6])
  `SVA(store_needs_dirty, tlb_or_walk && store, rsp_perm_i[7] && rsp_perm_i[2])
  `SVA(level_of_mode, tlb_or_walk, Xlen == 32 ? rsp_level_i < 3'd2 : rsp_level_i < 3'd5)
  `SVA(walk_level_of_mode, tlb_or_walk && rsp_source_i == 2'd2, rsp_level_i < levels)
  `SVA(napot_is_level_0, tlb_or_walk && rsp_napot_i, rsp_level_i == 3'd0 && Xlen != 32)
  `SVA(offset_kept, tlb_or_walk, ((rsp_pa_i ^ va_q[55:0]) & offset_mask) == '0)
  `SVA(pa_exists, success, (rsp_pa_i >> PaBits) == '0)

  `SVA(fill_is_a_success, fill_i, success && rsp_source_i[1])
  `SVA(second_level_fills, success && rsp_source_i == 2'd3, fill_i)

  // The final physical address under PMP, with the registers of the cycle before. In
  // simulation not of first-level hits: for each it would cost more than the design.
  logic check_final, final_allowed;
`ifdef FORMAL
  assign check_final = success;
`else
  assign check_final = success && rsp_source_i[1];
`endif

  sva_pmp_oracle #(
      .PmpEntries(PmpEntries)
  ) u_final (
      .enable_i (check_final),
      .cfg_i    (pmp_cfg_i),
      .addr_i   (pmp_addr_i),
      .word_i   (rsp_pa_i[55:2]),
      .eight_i  (size_q == 2'd3),
      .kind_i   ({access_q == 2'd0, store, access_q == 2'd1}),
      .machine_i(priv_q == 2'd3),
      .allowed_o(final_allowed)
  );

  `SVA(final_pa_allowed, check_final, final_allowed)

  sva_channel #(
      .Width(81)
  ) u_rsp (
      .clk_i,
      .rst_ni,
      .valid_i(rsp_valid_i),
      .ready_i(rsp_ready_i),
      .payload_i({
        rsp_tag_i,
        rsp_fault_i,
        rsp_cause_i,
        rsp_pa_i,
        rsp_level_i,
        rsp_napot_i,
        rsp_pbmt_i,
        rsp_source_i,
        rsp_perm_i
      })
  );

endmodule
