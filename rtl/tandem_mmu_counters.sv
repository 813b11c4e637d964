// SPDX-License-Identifier: Apache-2.0
// Performance counters, 64 bits each, counting one event per cycle (kills: two), with one
// read port.
//
// Latency: an event is visible from the next cycle on; reading is combinational.
// Back-pressure: none. Counters wrap around; they cannot be written.

module tandem_mmu_counters (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic [ 7:0] data_i,    // events of the counters 0 .. 7
    input  logic [ 7:0] fetch_i,   // 8 .. 15
    input  logic [ 6:0] walker_i,  // 16 .. 22; counter 23 counts cycles
    input  logic [ 1:0] kill_i,    // 24, one event a port
    input  logic [ 4:0] sel_i,
    output logic [63:0] value_o
);

  localparam int unsigned Counters = 24;

  logic [Counters-1:0] event_now;

  assign event_now = {1'b1, walker_i, fetch_i, data_i};

  for (genvar i = 0; i < Counters; i++) begin : gen_counter
    logic [63:0] count_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        count_q <= '0;
      end else if (event_now[i]) begin
        count_q <= count_q + 64'd1;
      end
    end
  end

  logic [63:0] kills_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      kills_q <= '0;
    end else if (kill_i != 2'b00) begin
      kills_q <= kills_q + ((kill_i == 2'b11) ? 64'd2 : 64'd1);
    end
  end

  // Not an array with an index: every copy of 24 * 64 bits costs a simulator time.
  always_comb begin
    case (sel_i)
      5'd0: value_o = gen_counter[0].count_q;
      5'd1: value_o = gen_counter[1].count_q;
      5'd2: value_o = gen_counter[2].count_q;
      5'd3: value_o = gen_counter[3].count_q;
      5'd4: value_o = gen_counter[4].count_q;
      5'd5: value_o = gen_counter[5].count_q;
      5'd6: value_o = gen_counter[6].count_q;
      5'd7: value_o = gen_counter[7].count_q;
      5'd8: value_o = gen_counter[8].count_q;
      5'd9: value_o = gen_counter[9].count_q;
      5'd10: value_o = gen_counter[10].count_q;
      5'd11: value_o = gen_counter[11].count_q;
      5'd12: value_o = gen_counter[12].count_q;
      5'd13: value_o = gen_counter[13].count_q;
      5'd14: value_o = gen_counter[14].count_q;
      5'd15: value_o = gen_counter[15].count_q;
      5'd16: value_o = gen_counter[16].count_q;
      5'd17: value_o = gen_counter[17].count_q;
      5'd18: value_o = gen_counter[18].count_q;
      5'd19: value_o = gen_counter[19].count_q;
      5'd20: value_o = gen_counter[20].count_q;
      5'd21: value_o = gen_counter[21].count_q;
      5'd22: value_o = gen_counter[22].count_q;
      5'd23: value_o = gen_counter[23].count_q;
      5'd24: value_o = kills_q;
      default: value_o = '0;
    endcase
  end

endmodule
