// SPDX-License-Identifier: Apache-2.0
// Properties of one port between its client, its TLB and the walker
// (docs/microarchitecture.md sections 4, 6): who may answer, and what goes to the walker.
// What the client sees stands in sva_client.
`include "sva.svh"

module sva_port (
    input logic        clk_i,
    input logic        rst_ni,
    input logic        req_valid_i,
    input logic        req_ready_o,
    input logic [ 1:0] req_access_i,
    input logic [ 2:0] satp_root_i,
    input logic [ 1:0] priv_i,
    input logic        kill_i,
    input logic        rsp_valid_o,
    input logic        rsp_ready_i,
    input logic [ 1:0] rsp_source_o,
    input logic        fault_set_o,
    input logic        fault_pending_i,
    input logic        walk_request_o,
    input logic        walk_taken_i,
    input logic        walk_kill_o,
    input logic        walk_done_i,
    input logic        walk_fault_i,
    input logic        fill_valid_o,
    input logic [63:0] ctx_va_o,
    // Inside
    input logic        busy_q,
    input logic        waiting_q,
    input logic        lookup_valid,
    input logic        hit,
    input logic        touch,
    input logic        miss,
    input logic        answer,
    input logic        fault,
    input tandem_mmu_pkg::leaf_t hit_leaf
);

  logic accept, untranslated;
  assign accept       = req_valid_i && req_ready_o;
  assign untranslated = satp_root_i == 3'd0 || priv_i == 2'd3;

  // The response register: written by an answer, then shown until it is taken.
  logic answered_q, held_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      answered_q <= 1'b0;
      held_q     <= 1'b0;
    end else begin
      answered_q <= answer;
      held_q     <= rsp_valid_o && !rsp_ready_i;
    end
  end

  // A request that missed: waits for the walker, or is walked.
  logic waits_q, walks_q, seen_q;
  logic [63:0] va_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      waits_q <= 1'b0;
      walks_q <= 1'b0;
      seen_q  <= 1'b0;
    end else begin
      waits_q <= walk_request_o && !walk_taken_i;
      walks_q <= walk_taken_i || (walks_q && !walk_done_i && !kill_i);
      seen_q  <= seen_q || accept;
    end
  end
  always_ff @(posedge clk_i) va_q <= ctx_va_o;

  logic kept_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) kept_q <= 1'b0;
    else kept_q <= !accept;
  end

  `SVA_REQUIRE(taken_was_requested, walk_taken_i, walk_request_o)
  `SVA_REQUIRE(done_is_walked, walk_done_i, walks_q && !kill_i)
  `SVA_REQUIRE(fault_needs_record_free, walks_q || waits_q, !fault_pending_i)

  `SVA(untranslated_never_looks_up, accept && untranslated,
       !lookup_valid && !touch && !miss && answer)
  `SVA(lookup_is_a_request, lookup_valid, accept)
  `SVA(hit_needs_a_lookup, touch || hit, lookup_valid)
  `SVA(store_never_hits_clean_page,
       lookup_valid && hit && req_access_i[1] && !hit_leaf.perm[7],
       (miss && !touch && !answer) || (answer && fault))
  `SVA(every_request_answered_or_walked, accept, answer != miss)
  `SVA(nothing_else_answers, answer, accept || walk_done_i)
  `SVA(response_follows_an_answer, rsp_valid_o, answered_q || held_q)
  `SVA(answer_is_shown, answered_q, rsp_valid_o)
  `SVA(response_held, held_q, rsp_valid_o)
  `SVA(answer_overwrites_nothing, held_q, !answered_q)
  `SVA(busy_shows_no_response, waits_q || walks_q, !rsp_valid_o)
  `SVA(faults_fill_nothing, fill_valid_o, walk_done_i && !walk_fault_i && !fault_set_o)
  `SVA(killed_never_answered, kill_i && (waits_q || walks_q),
       !answer && !fill_valid_o && !fault_set_o)
  `SVA(killed_waiter_not_taken, kill_i && waits_q, !walk_taken_i && !walk_request_o)
  `SVA(walk_kill_names_a_walk, walk_kill_o, walks_q && kill_i)
  `SVA(busy_not_ready, waits_q || walks_q, !req_ready_o)
  `SVA(waits_or_walks, waits_q, !walks_q && (walk_request_o || kill_i))
  `SVA(context_kept, kept_q && seen_q, ctx_va_o == va_q)
  `SVA(busy_is_waiting_or_walked, busy_q || waits_q || walks_q,
       busy_q == (waits_q || walks_q) && waiting_q == waits_q && !(waits_q && walks_q))

endmodule

`ifndef FORMAL
bind tandem_mmu_port sva_port u_sva (.*);
`endif
