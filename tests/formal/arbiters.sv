// SPDX-License-Identifier: Apache-2.0
// The three arbiters of the walker with free inputs: a top for the proof of what
// docs/microarchitecture.md section 12 "Fairness" says of them. One slot is watched, any: how
// many others went first since it asks.
`include "sva.svh"

module arbiters #(
    parameter int unsigned Walks = 3
) (
    input logic                  clk_i,
    input logic                  rst_ni,
    // Wires
    input logic      [Walks-1:0] ask_i,
    input logic                  grant_i,
    // Completion
    input logic      [Walks-1:0] finished_i,
    input logic      [Walks-1:0] fails_i,
    input logic      [Walks-1:0] fetch_i,
    input logic      [Walks-1:0] prefetch_i,
    input logic           [ 1:0] ready_i,
    input logic           [ 1:0] fault_ready_i,
    // Starts
    input logic           [ 2:0] request_i,
    input logic           [ 2:0] walked_i,
    input logic      [Walks-1:0] open_i,
    input tandem_mmu_pkg::ctx_t  ctx_i
);

  // The arbiters' own registers, found by name when the top is flattened.
  (* hierconn *) logic [2:0] \u_wires.last_q ;
  (* hierconn *) logic \u_wires.held_q ;
  (* hierconn *) logic [2:0] \u_completion.last_q ;
  (* hierconn *) logic \u_starts.fetch_last_q ;

  (* anyconst *) logic [2:0] any_watch;
  logic [2:0] watch;
  assign watch = (32'(any_watch) < Walks) ? any_watch : 3'd0;

  // How far the watched slot is behind the one that went last: 1 next, Walks it itself.
  function automatic logic [3:0] behind(input logic [2:0] last);
    behind = (watch > last) ? {1'b0, watch} - {1'b0, last} :
                              4'(Walks) + {1'b0, watch} - {1'b0, last};
  endfunction

  // --- wires: a request that is made is made until it is granted
  logic on_wires, waits, valid;
  logic [2:0] wire_id, passed_q, id;
  logic [Walks-1:0] kept_q;
  tandem_mmu_wires #(
      .Walks(Walks)
  ) u_wires (
      .clk_i,
      .rst_ni,
      .ask_i,
      .valid_o        (on_wires),
      .id_o           (wire_id),
      .va_i           (57'd0),
      .ctx_i          (ctx_i),
      .ppn_i          (44'd0),
      .first_i        (1'b0),
      .level_i        (3'd0),
      .table_i        (44'd0),
      .write_i        (1'b0),
      .pte_i          (64'd0),
      .cache_hit_i    (1'b0),
      .cache_level_i  (3'd0),
      .cache_table_i  (44'd0),
      .cache_global_i (1'b0),
      .pmp_entry_i    (64'd0),
      .pmp_mask_i     (64'd0),
      .mem_req_valid_o(valid),
      .mem_req_ready_i(grant_i),
      .mem_req_id_o   (id)
  );
  assign waits = ask_i[watch] && !(on_wires && wire_id == watch);
  logic new_q;  // the wires are free for a new request
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      passed_q <= 3'd0;
      kept_q   <= '0;
      new_q    <= 1'b1;
    end else begin
      kept_q <= (on_wires && !grant_i) ? Walks'(8'd1 << wire_id) : '0;
      new_q  <= !on_wires || grant_i;
      if (!waits) passed_q <= 3'd0;
      else if (new_q) passed_q <= passed_q + 3'd1;
    end
  end
  `SVA_REQUIRE(asks_until_granted, kept_q != '0, (kept_q & ~ask_i) == '0)
  `SVA(wires_serve_who_asks, on_wires, ask_i[wire_id] && valid && id == wire_id)
  `SVA(wires_never_rest, ask_i != '0, on_wires)
  `SVA(wires_keep_a_request, kept_q != '0, Walks'(8'd1 << wire_id) == kept_q)
  `SVA(wires_in_turns, waits && new_q, 32'(passed_q) + 1 < Walks)
  `SVA(help_wires, 1'b1, 32'(\u_wires.last_q ) < Walks && \u_wires.held_q == (kept_q != '0) &&
       new_q == (kept_q == '0) &&
       (kept_q == '0 || kept_q == Walks'(8'd1 << \u_wires.last_q )))
  `SVA(help_wires_turn, passed_q != 3'd0,
       32'(passed_q) + 32'(behind(\u_wires.last_q )) <= Walks)

  // --- completion
  logic completes, able;
  logic [2:0] done_id, passed_done_q;
  logic [Walks-1:0] done;
  tandem_mmu_completion #(
      .Walks(Walks)
  ) u_completion (
      .clk_i,
      .rst_ni,
      .finished_i,
      .fails_i,
      .fetch_i      (fetch_i & ~prefetch_i),
      .prefetch_i,
      .ready_i,
      .fault_ready_i,
      .valid_o      (completes),
      .id_o         (done_id),
      .done_o       (done)
  );
  logic port;
  assign port = fetch_i[watch];
  assign able = finished_i[watch] &&
                (prefetch_i[watch] || (ready_i[port] && (!fails_i[watch] || fault_ready_i[port])));
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) passed_done_q <= 3'd0;
    else if (!able || done[watch]) passed_done_q <= 3'd0;
    else passed_done_q <= passed_done_q + 3'd1;
  end
  `SVA(completes_who_can, done[watch], able)
  `SVA(completes_one, completes, done == Walks'(8'd1 << done_id))
  `SVA(completions_never_rest, able, completes)
  `SVA(completions_in_turns, able && !done[watch], 32'(passed_done_q) + 1 < Walks)
  `SVA(help_completion, 1'b1, 32'(\u_completion.last_q ) < Walks)
  `SVA(help_completion_turn, passed_done_q != 3'd0,
       32'(passed_done_q) + 32'(behind(\u_completion.last_q )) <= Walks)

  // --- starts: no port is overtaken twice
  logic [2:0] taken, take_id;
  logic [Walks-1:0] take;
  logic takes;
  logic [1:0] asks, overtaken_q;
  tandem_mmu_starts #(
      .Walks(Walks)
  ) u_starts (
      .clk_i,
      .rst_ni,
      .request_i,
      .walked_i,
      .d_va_i (57'd0),
      .d_ctx_i(ctx_i),
      .d_ppn_i(44'd0),
      .f_va_i (57'd0),
      .f_ctx_i(ctx_i),
      .f_ppn_i(44'd0),
      .p_va_i (57'd0),
      .p_ctx_i(ctx_i),
      .p_ppn_i(44'd0),
      .open_i,
      .taken_o(taken),
      .valid_o(takes),
      .id_o   (take_id),
      .take_o (take)
  );
  assign asks = request_i[1:0] & ~walked_i[1:0];
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) overtaken_q <= 2'b00;
    else if (taken[1:0] != 2'b00) overtaken_q <= asks & ~taken[1:0];
    else overtaken_q <= overtaken_q & asks;
  end
  `SVA(open_slot_is_given, open_i != '0 && (request_i & ~walked_i) != 3'b000, takes)
  `SVA(one_is_taken, takes, taken != 3'b000 && (taken & (taken - 3'd1)) == 3'b000 &&
       (taken & request_i & ~walked_i) == taken && (take & open_i) == take)
  `SVA(prefetcher_last, taken[2], asks == 2'b00)
  `SVA(no_port_starves, taken[1:0] != 2'b00 && (overtaken_q & asks) != 2'b00,
       (taken[1:0] & overtaken_q) != 2'b00)
  `SVA(help_starts, overtaken_q != 2'b00, overtaken_q == (\u_starts.fetch_last_q ? 2'b01 : 2'b10))

endmodule
