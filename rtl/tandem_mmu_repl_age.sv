// SPDX-License-Identifier: Apache-2.0
// Replacement by age, for LRU and FIFO: each way of a set knows how many ways of that
// set were touched after it. The oldest way is the victim. The user decides what a
// touch is (LRU: hits and fills; FIFO: fills only).
//
// Latency: the victim is combinational, a touch shows from the next cycle on. A hit and a
// fill may come in one cycle: the hit is touched first, the victim is that of before both.
// Back-pressure: none. It does not know which ways are valid.

module tandem_mmu_repl_age #(
    // Sets, 1 .. 4096, and ways per set, 2 .. 128; Sets * Ways * clog2(Ways) flip-flops.
    parameter int unsigned Sets = 1,
    parameter int unsigned Ways = 16
) (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        touch_valid_i,  // a hit
    input  logic [11:0] touch_set_i,
    input  logic [ 6:0] touch_way_i,
    input  logic        fill_valid_i,   // a fill: victim_way_o is needed, fill_way_i is touched
    input  logic [11:0] fill_set_i,
    input  logic [ 6:0] fill_way_i,
    output logic [ 6:0] victim_way_o    // 0 while not needed
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
  logic [SetBits-1:0] touch_old, touch_new, victim_ages, fill_old, fill_new;
  logic [AgeBits-1:0] touch_age, fill_age;
  logic touch;

  // Nothing to do if the way already is the most recent one.
  always_comb begin
    touch     = 1'b0;
    touch_old = '0;
    touch_new = '0;
    touch_age = '0;
    if (touch_valid_i) begin
      touch_old = ages_q[32'(touch_set_i)*SetBits+:SetBits];
      touch_age = touch_old[32'(touch_way_i)*AgeBits+:AgeBits];
      touch     = touch_age != '0;
      touch_new = touch_old;
      if (touch) touch_new = touched(touch_old, touch_way_i, touch_age);
    end
  end

  always_comb begin
    victim_ages  = '0;
    victim_way_o = '0;
    if (fill_valid_i) begin
      victim_ages = ages_q[32'(fill_set_i)*SetBits+:SetBits];
      for (int unsigned w = 0; w < Ways; w++) begin
        if (victim_ages[w*AgeBits+:AgeBits] == AgeBits'(Ways - 1)) victim_way_o = 7'(w);
      end
    end
  end

  always_comb begin
    fill_old = '0;
    fill_age = '0;
    fill_new = '0;
    if (fill_valid_i) begin
      fill_old = (touch && (touch_set_i == fill_set_i)) ? touch_new : victim_ages;
      fill_age = fill_old[32'(fill_way_i)*AgeBits+:AgeBits];
      fill_new = touched(fill_old, fill_way_i, fill_age);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ages_q <= {Sets{FirstAges}};
    end else if (touch || fill_valid_i) begin
      // Not at an index: that costs synthesis a shifter as wide as all sets.
      for (int unsigned s = 0; s < Sets; s++) begin
        if (touch && (touch_set_i == 12'(s))) ages_q[s*SetBits+:SetBits] <= touch_new;
        if (fill_valid_i && (fill_set_i == 12'(s))) ages_q[s*SetBits+:SetBits] <= fill_new;
      end
    end
  end

endmodule
