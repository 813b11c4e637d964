// SPDX-License-Identifier: Apache-2.0
// Which finished walk completes: one a cycle, in turns. A prefetch always can; a request's
// walk if its port takes an answer, and, if it answers with a fault, a fault record.
//
// Latency: combinational. Back-pressure: none.

module tandem_mmu_completion #(
    parameter int unsigned Walks = 1
) (
    input  logic             clk_i,
    input  logic             rst_ni,
    // A bit a slot
    input  logic [Walks-1:0] finished_i,
    input  logic [Walks-1:0] fails_i,        // with a fault
    input  logic [Walks-1:0] fetch_i,        // whose; neither: data
    input  logic [Walks-1:0] prefetch_i,
    // Ports: 0 data, 1 fetch
    input  logic [      1:0] ready_i,
    input  logic [      1:0] fault_ready_i,
    output logic             valid_o,
    output logic [      2:0] id_o,
    output logic [Walks-1:0] done_o
);

  logic [2:0] last_q;
  logic [Walks-1:0] able;
  assign able = (finished_i == '0) ? '0 : finished_i & (prefetch_i |
      (fetch_i & {Walks{ready_i[1]}} & (~fails_i | {Walks{fault_ready_i[1]}})) |
      (~fetch_i & {Walks{ready_i[0]}} & (~fails_i | {Walks{fault_ready_i[0]}})));
  assign valid_o = able != '0;
  assign done_o  = valid_o ? Walks'(8'd1 << id_o) : '0;

  tandem_mmu_turn #(
      .Number(Walks)
  ) u_turn (
      .ask_i (able),
      .last_i(last_q),
      .next_o(id_o)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) last_q <= 3'(Walks - 1);
    else if (valid_o) last_q <= id_o;
  end

endmodule
