// SPDX-License-Identifier: Apache-2.0
// Replacement by age, for LRU and FIFO: each way of a set knows how many ways of that
// set were touched after it. The oldest way is the victim. The user decides what a
// touch is (LRU: hits and fills; FIFO: fills only).
//
// Latency: the victim is combinational, a touch shows from the next cycle on.
// Back-pressure: none. It does not know which ways are valid.

module tandem_mmu_repl_age #(
    // Sets, 1 .. 128, and ways per set, 2 .. 128; Sets * Ways * clog2(Ways) flip-flops.
    parameter int unsigned Sets = 1,
    parameter int unsigned Ways = 16
) (
    input  logic       clk_i,
    input  logic       rst_ni,
    input  logic       touch_valid_i,
    input  logic [6:0] touch_set_i,
    input  logic [6:0] touch_way_i,
    input  logic       victim_valid_i,  // victim_way_o is needed in this cycle
    input  logic [6:0] victim_set_i,
    output logic [6:0] victim_way_o     // 0 while not needed
);

  localparam int unsigned AgeBits = $clog2(Ways);
  localparam int unsigned SetBits = Ways * AgeBits;
  localparam int unsigned StateBits = Sets * SetBits;

  // Every set starts with way w at age w: any permutation would do.
  function automatic logic [SetBits-1:0] first_ages(input logic [AgeBits-1:0] start);
    first_ages = '0;
    for (int unsigned w = 0; w < Ways; w++) begin
      first_ages[w*AgeBits+:AgeBits] = start + AgeBits'(w);
    end
  endfunction

  // Touch `way`: it becomes the youngest, those that were younger grow older by one.
  function automatic logic [SetBits-1:0] touched(input logic [SetBits-1:0] ages,
                                                 input logic [6:0] way,
                                                 input logic [AgeBits-1:0] age);
    touched = ages;
    for (int unsigned w = 0; w < Ways; w++) begin
      if (ages[w*AgeBits+:AgeBits] < age) begin
        touched[w*AgeBits+:AgeBits] = ages[w*AgeBits+:AgeBits] + AgeBits'(1);
      end else if (7'(w) == way) begin
        touched[w*AgeBits+:AgeBits] = '0;
      end
    end
  endfunction

  localparam logic [SetBits-1:0] FirstAges = first_ages('0);

  logic [StateBits-1:0] ages_q;
  logic [SetBits-1:0] touch_ages, victim_ages;
  logic [AgeBits-1:0] touch_age;

  // Nothing to do if the way already is the most recent one.
  assign touch_ages = ages_q[32'(touch_set_i)*SetBits+:SetBits];
  assign touch_age  = touch_ages[32'(touch_way_i)*AgeBits+:AgeBits];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ages_q <= {Sets{FirstAges}};
    end else if (touch_valid_i && (touch_age != '0)) begin
      ages_q[32'(touch_set_i)*SetBits+:SetBits] <= touched(touch_ages, touch_way_i, touch_age);
    end
  end

  always_comb begin
    victim_ages  = '0;
    victim_way_o = '0;
    if (victim_valid_i) begin
      victim_ages = ages_q[32'(victim_set_i)*SetBits+:SetBits];
      for (int unsigned w = 0; w < Ways; w++) begin
        if (victim_ages[w*AgeBits+:AgeBits] == AgeBits'(Ways - 1)) victim_way_o = 7'(w);
      end
    end
  end

endmodule
