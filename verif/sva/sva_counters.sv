// SPDX-License-Identifier: Apache-2.0
// Properties of the counters (docs/microarchitecture.md section 11): they only grow, by as
// much as can happen in a cycle, and by nothing when nothing happens.
`include "sva.svh"

module sva_counters (
    input logic        clk_i,
    input logic        rst_ni,
    // How many slots, and for kills miss registers too, do something in this cycle
    input logic [ 3:0] free_i,
    input logic [ 3:0] restart_i,
    input logic [ 3:0] used_i,
    input logic [ 3:0] done_wait_i,
    input logic [ 3:0] wire_wait_i,
    input logic [ 4:0] kill_i,
    input logic [ 5:0] sel_i,
`ifdef FORMAL
    input logic [63:0] dut_cycles,
`endif
    input logic [63:0] value_o
);

  logic [5:0] sel_q;
  logic [63:0] value_q, cycle_q;
  logic same_q;  // a cycle with this selection has passed since reset

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      same_q  <= 1'b0;
      cycle_q <= '0;
    end else begin
      same_q  <= 1'b1;
      cycle_q <= cycle_q + 64'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    sel_q   <= sel_i;
    value_q <= value_o;
  end

  logic same;
  logic [63:0] step;
  assign same = same_q && sel_i == sel_q;
  assign step = value_o - value_q;

  // Of slots: 8 at most; kills: those and both miss registers.
  logic slots, absent;
  assign slots  = sel_i == 6'd16 || sel_i == 6'd20 || (sel_i >= 6'd25 && sel_i <= 6'd27);
  assign absent = (sel_i >= 6'd28 && sel_i <= 6'd31) || (sel_i >= 6'd35 && sel_i <= 6'd39) ||
                  (sel_i >= 6'd43 && sel_i <= 6'd47) || (sel_i >= 6'd53 && sel_i <= 6'd55);

  `SVA_REQUIRE(eight_slots_at_most, 1'b1,
               free_i <= 4'd8 && restart_i <= 4'd8 && used_i <= 4'd8 && done_wait_i <= 4'd8 &&
                   wire_wait_i <= 4'd8)
  `SVA_REQUIRE(ten_kills_at_most, kill_i != '0, kill_i <= 5'd10)

  `SVA(grows_by_one_at_most, same && !slots && sel_i != 6'd24, step <= 64'd1)
  `SVA(slots_grow_by_eight_at_most, same && slots, step <= 64'd8)
  `SVA(kills_grow_by_ten_at_most, same && sel_i == 6'd24, step <= 64'd10)
  `SVA(cycles_counted, sel_i == 6'd23, value_o == cycle_q)
  `SVA(absent_counters_zero, absent, value_o == '0)

`ifdef FORMAL
  // Help for induction.
  `SVA(help_cycles, 1'b1, dut_cycles == cycle_q)
`endif

endmodule

`ifndef FORMAL
bind tandem_mmu_counters sva_counters u_sva (.*);
`endif
