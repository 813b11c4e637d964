// SPDX-License-Identifier: Apache-2.0
// Performance counters, 64 bits each, with one read port. Most count one event per cycle,
// some how many slots do something.
//
// Latency: an event is visible from the next cycle on; reading is combinational.
// Back-pressure: none. Counters wrap around; they cannot be written.

module tandem_mmu_counters #(
    // Whether these exist; the counters of what does not are 0.
    parameter int unsigned Second = 0,
    parameter int unsigned Pwc = 0,
    parameter int unsigned Prefetch = 0
) (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic [10:0] data_i,       // counters 0 .. 7, 32 .. 34
    input  logic [10:0] fetch_i,      // 8 .. 15, 40 .. 42
    input  logic [ 2:0] memory_i,     // 17 .. 19
    input  logic        fence_i,      // 21
    input  logic [ 4:0] second_i,     // 48 .. 52
    input  logic [ 3:0] pwc_hits_i,   // 56 .. 59
    input  logic [ 3:0] pwc_fills_i,  // 60 .. 63
    // Numbers of slots, but for the last: of requests
    input  logic [ 3:0] free_i,       // 16
    input  logic [ 3:0] restart_i,    // 20
    input  logic [ 3:0] used_i,       // 22 if any, 25
    input  logic [ 3:0] done_wait_i,  // 26
    input  logic [ 3:0] wire_wait_i,  // 27
    input  logic [ 4:0] kill_i,       // 24
    input  logic [ 5:0] sel_i,
    output logic [63:0] value_o
);

  // In the order of their numbers; counter 23 counts cycles.
  localparam int unsigned Counters = 41;
  logic [Counters-1:0] event_now;
  assign event_now = {pwc_fills_i, pwc_hits_i, second_i, fetch_i[10:8], data_i[10:8], 1'b1,
                      used_i != 4'd0, fence_i, memory_i, fetch_i[7:0], data_i[7:0]};
  localparam logic [Counters-1:0] Present = {
    {8{Pwc != 0}}, {2{Prefetch != 0}}, {3{Second != 0}}, 1'b1, {2{Second != 0}}, 1'b1,
    {2{Second != 0}}, 22'h3f_ffff
  };

  for (genvar i = 0; i < Counters; i++) begin : gen_counter
    logic [63:0] count;
    if (Present[i]) begin : gen_present
      logic [63:0] count_q;
      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) begin
          count_q <= '0;
        end else if (event_now[i]) begin
          count_q <= count_q + 64'd1;
        end
      end
      assign count = count_q;
    end else begin : gen_absent
      assign count = '0;
    end
  end

  localparam int unsigned Sums = 6;
  logic [5*Sums-1:0] step;
  assign step = {1'b0, wire_wait_i, 1'b0, done_wait_i, 1'b0, used_i, kill_i, 1'b0, restart_i,
                 1'b0, free_i};
  for (genvar i = 0; i < Sums; i++) begin : gen_sum
    logic [63:0] count_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        count_q <= '0;
      end else if (step[5*i+:5] != '0) begin
        count_q <= count_q + 64'(step[5*i+:5]);
      end
    end
  end

  // Not an array with an index: every copy of all counters costs a simulator time.
  always_comb begin
    case (sel_i)
      6'd0: value_o = gen_counter[0].count;
      6'd1: value_o = gen_counter[1].count;
      6'd2: value_o = gen_counter[2].count;
      6'd3: value_o = gen_counter[3].count;
      6'd4: value_o = gen_counter[4].count;
      6'd5: value_o = gen_counter[5].count;
      6'd6: value_o = gen_counter[6].count;
      6'd7: value_o = gen_counter[7].count;
      6'd8: value_o = gen_counter[8].count;
      6'd9: value_o = gen_counter[9].count;
      6'd10: value_o = gen_counter[10].count;
      6'd11: value_o = gen_counter[11].count;
      6'd12: value_o = gen_counter[12].count;
      6'd13: value_o = gen_counter[13].count;
      6'd14: value_o = gen_counter[14].count;
      6'd15: value_o = gen_counter[15].count;
      6'd17: value_o = gen_counter[16].count;
      6'd18: value_o = gen_counter[17].count;
      6'd19: value_o = gen_counter[18].count;
      6'd21: value_o = gen_counter[19].count;
      6'd22: value_o = gen_counter[20].count;
      6'd23: value_o = gen_counter[21].count;
      6'd32: value_o = gen_counter[22].count;
      6'd33: value_o = gen_counter[23].count;
      6'd34: value_o = gen_counter[24].count;
      6'd40: value_o = gen_counter[25].count;
      6'd41: value_o = gen_counter[26].count;
      6'd42: value_o = gen_counter[27].count;
      6'd48: value_o = gen_counter[28].count;
      6'd49: value_o = gen_counter[29].count;
      6'd50: value_o = gen_counter[30].count;
      6'd51: value_o = gen_counter[31].count;
      6'd52: value_o = gen_counter[32].count;
      6'd56: value_o = gen_counter[33].count;
      6'd57: value_o = gen_counter[34].count;
      6'd58: value_o = gen_counter[35].count;
      6'd59: value_o = gen_counter[36].count;
      6'd60: value_o = gen_counter[37].count;
      6'd61: value_o = gen_counter[38].count;
      6'd62: value_o = gen_counter[39].count;
      6'd63: value_o = gen_counter[40].count;
      6'd16: value_o = gen_sum[0].count_q;
      6'd20: value_o = gen_sum[1].count_q;
      6'd24: value_o = gen_sum[2].count_q;
      6'd25: value_o = gen_sum[3].count_q;
      6'd26: value_o = gen_sum[4].count_q;
      6'd27: value_o = gen_sum[5].count_q;
      default: value_o = '0;
    endcase
  end

  logic unused_events;
  assign unused_events = &{1'b0, event_now};

endmodule
