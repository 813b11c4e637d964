// SPDX-License-Identifier: Apache-2.0
// Tree pseudo-LRU replacement. Per set a binary tree, numbered as a heap: node 1 is the
// root, node n has the children 2n and 2n + 1, the leaves are the ways from left to
// right. A node's bit points towards the victim: 0 left, 1 right.
//
//                 1                  touch of way 2: node 1 := 0 (away, to the left),
//             2       3              node 3 := 1 (away, to the right)
//           w0 w1   w2 w3
//
// Latency: the victim is combinational, a touch shows from the next cycle on. A hit and a
// fill may come in one cycle: the hit is touched first, the victim is that of before both.
// Back-pressure: none. It does not know which ways are valid.

module tandem_mmu_repl_plru #(
    // Sets, 1 .. 2048, and ways per set, a power of two 2 .. 128; Sets * (Ways - 1) flip-flops.
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

  localparam int unsigned Depth = $clog2(Ways);

  // Bit n of a set's part is node n; bit 0 is not a node and stays 0.
  logic [Sets*Ways-1:0] nodes_q;
  logic [Ways-1:0] touch_new, victim_nodes, fill_new;

  // Make every node between the root and `way` point away from it.
  function automatic logic [Ways-1:0] touched(input logic [Ways-1:0] nodes,
                                              input logic [Depth-1:0] way);
    logic [Depth-1:0] node;
    touched = nodes;
    node = Depth'(1);
    for (int unsigned d = 0; d < Depth; d++) begin
      touched[node] = !way[Depth-1-d];
      node = Depth'({node, way[Depth-1-d]});
    end
  endfunction

  // Follow the bits from the root.
  function automatic logic [Depth-1:0] victim(input logic [Ways-1:0] nodes);
    logic [Depth-1:0] node;
    victim = '0;
    node = Depth'(1);
    for (int unsigned d = 0; d < Depth; d++) begin
      victim[Depth-1-d] = nodes[node];
      node = Depth'({node, nodes[node]});
    end
  endfunction

  always_comb begin
    touch_new = '0;
    if (touch_valid_i) begin
      touch_new = touched(nodes_q[32'(touch_set_i)*Ways+:Ways], touch_way_i[Depth-1:0]);
    end
  end

  always_comb begin
    victim_nodes = '0;
    victim_way_o = '0;
    if (fill_valid_i) begin
      victim_nodes = nodes_q[32'(fill_set_i)*Ways+:Ways];
      victim_way_o = 7'(victim(victim_nodes));
    end
  end

  always_comb begin
    fill_new = '0;
    if (fill_valid_i) begin
      fill_new = touched((touch_valid_i && (touch_set_i == fill_set_i)) ? touch_new :
                         victim_nodes, fill_way_i[Depth-1:0]);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      nodes_q <= '0;
    end else if (touch_valid_i || fill_valid_i) begin
      // Not at an index: that costs synthesis a shifter as wide as all sets.
      for (int unsigned s = 0; s < Sets; s++) begin
        if (touch_valid_i && (touch_set_i == 12'(s))) nodes_q[s*Ways+:Ways] <= touch_new;
        if (fill_valid_i && (fill_set_i == 12'(s))) nodes_q[s*Ways+:Ways] <= fill_new;
      end
    end
  end

  if (Depth < 7) begin : gen_unused
    logic unused_way;
    assign unused_way = &{1'b0, touch_way_i[6:Depth], fill_way_i[6:Depth]};
  end

endmodule
