// SPDX-License-Identifier: Apache-2.0
// One valid/ready channel: what is offered stays offered, unchanged, until it is taken.
`include "sva.svh"

module sva_channel #(
    parameter int unsigned Width = 1
) (
    input logic             clk_i,
    input logic             rst_ni,
    input logic             valid_i,
    input logic             ready_i,
    input logic [Width-1:0] payload_i
);

  logic waits_q;
  logic [Width-1:0] payload_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      waits_q <= 1'b0;
    end else begin
      waits_q <= valid_i && !ready_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_i && !ready_i && !waits_q) payload_q <= payload_i;
  end

  `SVA(valid_held, waits_q, valid_i)
  `SVA(payload_held, waits_q && valid_i, payload_i == payload_q)

endmodule
