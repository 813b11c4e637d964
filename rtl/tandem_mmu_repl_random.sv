// SPDX-License-Identifier: Apache-2.0
// Random replacement: one 16-bit Galois register for all sets, that advances only when
// it has chosen a victim.
//
// Latency: the victim is combinational, the next one stands from the next cycle on.
// Back-pressure: none. It does not know which ways are valid.

module tandem_mmu_repl_random #(
    // Ways per set, 2 .. 128; the cost is 16 flip-flops and a 16 x clog2(Ways) multiplier
    // by a constant.
    parameter int unsigned Ways = 16
) (
    input  logic       clk_i,
    input  logic       rst_ni,
    input  logic       advance_i,    // the victim of this cycle is used
    output logic [6:0] victim_way_o
);

  logic [15:0] lfsr_q;
  logic [23:0] scaled;

  assign scaled       = {8'd0, lfsr_q} * 24'(Ways);
  assign victim_way_o = scaled[22:16];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      lfsr_q <= 16'hACE1;
    end else if (advance_i) begin
      lfsr_q <= {1'b0, lfsr_q[15:1]} ^ (lfsr_q[0] ? 16'hB400 : 16'h0000);
    end
  end

  logic unused_scaled;
  assign unused_scaled = &{1'b0, scaled[23], scaled[15:0]};

endmodule
