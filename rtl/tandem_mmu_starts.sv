// SPDX-License-Identifier: Apache-2.0
// Which candidate gets a walk slot: one a cycle, the ports in turns and before the
// prefetcher. One whose page a slot walks already gets none.
//
// Latency: combinational. Back-pressure: a candidate that is not taken asks again.

module tandem_mmu_starts #(
    parameter int unsigned Walks = 1
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    // Candidates: 0 data, 1 fetch, 2 the prefetcher
    input  logic          [ 2:0] request_i,
    input  logic          [ 2:0] walked_i,   // a slot walks its page
    input  logic          [56:0] d_va_i,
    input  tandem_mmu_pkg::ctx_t d_ctx_i,
    input  logic          [43:0] d_ppn_i,
    input  logic          [56:0] f_va_i,
    input  tandem_mmu_pkg::ctx_t f_ctx_i,
    input  logic          [43:0] f_ppn_i,
    input  logic          [56:0] p_va_i,
    input  tandem_mmu_pkg::ctx_t p_ctx_i,
    input  logic          [43:0] p_ppn_i,
    input  logic     [Walks-1:0] open_i,     // slots that are idle, or free in this cycle
    output logic          [ 2:0] taken_o,
    output logic                 valid_o,
    output logic          [ 2:0] id_o,
    output logic     [Walks-1:0] take_o,
    output logic          [56:0] va_o,
    output tandem_mmu_pkg::ctx_t ctx_o,
    output logic          [43:0] ppn_o
);

  logic [2:0] ask;
  logic fetch_last_q, fetch_turn;
  assign ask        = (open_i == '0) ? 3'b000 : request_i & ~walked_i;
  assign fetch_turn = ask[1] && !(ask[0] && fetch_last_q);
  assign taken_o    = {ask == 3'b100, fetch_turn, ask[0] && !fetch_turn};
  assign valid_o    = (ask != 3'b000);
  assign take_o     = valid_o ? Walks'(8'd1 << id_o) : '0;

  tandem_mmu_turn #(
      .Number(Walks)
  ) u_lowest (
      .ask_i (open_i),
      .last_i(3'd7),
      .next_o(id_o)
  );

  always_comb begin
    va_o  = '0;
    ctx_o = '0;
    ppn_o = '0;
    if (valid_o) begin
      va_o  = taken_o[2] ? p_va_i : taken_o[1] ? f_va_i : d_va_i;
      ctx_o = taken_o[2] ? p_ctx_i : taken_o[1] ? f_ctx_i : d_ctx_i;
      ppn_o = taken_o[2] ? p_ppn_i : taken_o[1] ? f_ppn_i : d_ppn_i;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) fetch_last_q <= 1'b1;
    else if (taken_o[1:0] != 2'b00) fetch_last_q <= taken_o[1];
  end

endmodule
