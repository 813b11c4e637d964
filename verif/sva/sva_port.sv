// SPDX-License-Identifier: Apache-2.0
// Properties of one port between its client, its TLBs and the walk slots
// (docs/microarchitecture.md sections 4, 6, 7 "Merging"): who may answer, what the miss
// register does. What the client sees stands in sva_client.
`include "sva.svh"

module sva_port #(
    parameter int unsigned Second = 0
) (
    input logic        clk_i,
    input logic        rst_ni,
    input logic        req_valid_i,
    input logic        req_ready_o,
    input tandem_mmu_pkg::ctx_t req_ctx_i,
    input logic        kill_i,
    input logic        rsp_valid_o,
    input logic        rsp_ready_i,
    input logic        fence_i,
    input logic        fault_set_o,
    input logic        fault_pending_i,
    input logic [56:0] miss_va_o,
    input tandem_mmu_pkg::ctx_t miss_ctx_o,
    input logic        second_read_o,
    input logic        second_compare_i,
    input logic        second_match_i,
    input logic        second_use_o,
    input logic        second_drop_o,
    input logic        walk_request_o,
    input logic        walk_taken_i,
    input logic        walk_merged_i,
    input logic        done_ready_o,
    input logic        done_fault_ready_o,
    input logic        finished_i,
    input logic        done_valid_i,
    input logic        done_fault_i,
    input logic        fill_valid_o,
    // Inside
    input logic [ 1:0] state_q,
    input logic        resolve_own_q,
    input logic        hit,
    input logic        hit_use,
    input logic        miss,
    input logic        answer,
    input logic        fault,
    input logic        clean,
    input tandem_mmu_pkg::leaf_t hit_leaf
);

  localparam logic [1:0] Empty = 2'd0;
  localparam logic [1:0] Lookup = 2'd1;
  localparam logic [1:0] Wait = 2'd2;
  localparam logic [1:0] Resolve = 2'd3;

  logic accept, untranslated;
  assign accept       = req_valid_i && req_ready_o;
  assign untranslated = req_ctx_i.root == 3'd0 || req_ctx_i.priv == 2'd3;

  // The response register: written by an answer, then shown until it is taken.
  logic answered_q, held_q, fenced_q, killed_q, merged_q, faulted_q;
  logic [1:0] past_q;        // the state in the cycle before
  logic [2:0] lookup_age_q;  // cycles in Lookup
  logic [56:0] va_q;
  tandem_mmu_pkg::ctx_t ctx_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      answered_q   <= 1'b0;
      held_q       <= 1'b0;
      fenced_q     <= 1'b0;
      killed_q     <= 1'b0;
      merged_q     <= 1'b0;
      faulted_q    <= 1'b0;
      past_q       <= Empty;
      lookup_age_q <= 3'd0;
    end else begin
      answered_q   <= answer;
      held_q       <= rsp_valid_o && !rsp_ready_i;
      fenced_q     <= fence_i;
      killed_q     <= kill_i;
      merged_q     <= walk_request_o && walk_merged_i;
      faulted_q    <= fault_set_o || fault_pending_i;
      past_q       <= state_q;
      lookup_age_q <= (state_q == Lookup && lookup_age_q != 3'd7) ? lookup_age_q + 3'd1 : 3'd0;
    end
  end
  always_ff @(posedge clk_i) begin
    va_q  <= miss_va_o;
    ctx_q <= miss_ctx_o;
  end

  // --- what the others owe
  `SVA_REQUIRE(taken_was_requested, walk_taken_i, walk_request_o)
  `SVA_REQUIRE(taken_or_merged, walk_taken_i, !walk_merged_i)
  `SVA_REQUIRE(done_only_when_ready, done_valid_i,
               done_ready_o && (!done_fault_i || done_fault_ready_o))
  `SVA_REQUIRE(done_is_finished, done_valid_i, finished_i && !kill_i && !fence_i)
  `SVA_REQUIRE(compares_in_lookup, second_compare_i, state_q == Lookup)
  `SVA_REQUIRE(fence_hides_the_match, second_compare_i && fence_i, !second_match_i)
  `SVA_REQUIRE(pending_after_a_fault, fault_pending_i, faulted_q)
  `SVA_REQUIRE(compared_in_two_cycles, state_q == Lookup && lookup_age_q != 3'd0,
               second_compare_i)

  // --- answers
  `SVA(untranslated_never_looks_up, accept && untranslated, !hit && !miss && answer)
  `SVA(hit_needs_a_request, hit_use || hit, accept)
  `SVA(store_never_hits_clean_page, accept && hit && req_ctx_i.access[1] && !hit_leaf.perm[7],
       (miss && !hit_use && !answer) || (answer && fault))
  `SVA(every_request_answered_or_missed, accept, answer != miss)
  `SVA(one_answers, answer,
       32'(accept) + 32'(second_use_o) + 32'(state_q == Resolve) + 32'(done_valid_i) == 1)
  `SVA(second_answers_match, second_use_o, second_compare_i && second_match_i && !kill_i)
  `SVA(second_drops_clean_page, second_drop_o, second_match_i && !answer && walk_request_o)
  `SVA(response_follows_an_answer, rsp_valid_o, answered_q || held_q)
  `SVA(answer_is_shown, answered_q, rsp_valid_o)
  `SVA(response_held, held_q, rsp_valid_o)
  `SVA(answer_overwrites_nothing, held_q, !answered_q)
  `SVA(one_record, fault_set_o, !fault_pending_i)
  `SVA(faults_fill_nothing, fill_valid_o, answer && !fault_set_o)
  `SVA(hits_fill_nothing, accept, !fill_valid_o)
  `SVA(fence_fills_nothing, fence_i, !fill_valid_o)
  `SVA(own_walk_is_not_filled_twice, state_q == Resolve && resolve_own_q, !fill_valid_o)
  `SVA(ready_is_free, req_ready_o && req_valid_i,
       state_q == Empty && !finished_i && !fault_pending_i && (!rsp_valid_o || rsp_ready_i))

  // --- miss register
  `SVA(killed_is_gone, killed_q && past_q != Empty, state_q == Empty)
  `SVA(killed_not_answered, kill_i && state_q != Empty, !answer && !walk_request_o)
  `SVA(lookup_needs_a_second_level, state_q == Lookup, Second != 0)
  `SVA(lookup_takes_two_cycles_at_most, state_q == Lookup, lookup_age_q < 3'd2)
  `SVA(miss_goes_to_lookup, second_read_o, Second != 0 && accept)
  `SVA(fence_ends_resolve, past_q == Resolve && fenced_q && !killed_q, state_q == Wait)
  `SVA(clean_page_ends_resolve, state_q == Resolve && clean, !answer && !fill_valid_o)
  `SVA(resolve_needs_a_merge, state_q == Resolve && past_q != Resolve, merged_q)
  `SVA(waits_ask, state_q == Wait && !kill_i, walk_request_o)
  `SVA(context_kept, past_q != Empty && state_q != Empty, miss_va_o == va_q && miss_ctx_o == ctx_q)
`ifdef FORMAL
  // Help for induction: a request was accepted with no record and no response in its way, and
  // has not been answered.
  `SVA(help_lookup, state_q == Lookup, !fault_pending_i && !rsp_valid_o)
`endif
  `SVA_COVER(own_walk_resolves_reached, state_q == Resolve && resolve_own_q)
  `SVA_COVER(resolve_waits_reached, past_q == Resolve && state_q == Resolve)

endmodule

`ifndef FORMAL
bind tandem_mmu_port sva_port #(
    .Second(Second)
) u_sva (.*);
`endif
