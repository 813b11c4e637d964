// SPDX-License-Identifier: Apache-2.0
// The page-walk cache of one level: pointers that were read there, fully associative, LRU.
// A tag is the part of the VPN that led to the pointer.
//
// Latency: a lookup is combinational; a touch, a fill, a fence show from the next cycle on.
// A lookup and a fill may come in one cycle (the lookup does not see it), a fence and a
// fill do not. Back-pressure: none.

module tandem_mmu_pwc #(
    // 1 .. 64; each costs about 110 flip-flops and two comparators of 61 bits.
    parameter int unsigned Entries = 4
) (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        lookup_valid_i,
    input  logic [44:0] lookup_tag_i,
    input  logic [15:0] lookup_asid_i,
    output logic        lookup_hit_o,
    output logic [43:0] lookup_table_o,
    output logic        lookup_global_o,
    input  logic        touch_i,          // the hit is used
    input  logic        fill_valid_i,
    input  logic [44:0] fill_tag_i,
    input  logic [15:0] fill_asid_i,
    input  logic        fill_global_i,
    input  logic [43:0] fill_table_i,
    input  logic        fence_valid_i,
    input  logic        fence_has_asid_i,
    input  logic [15:0] fence_asid_i
);

  localparam int unsigned IndexBits = (Entries > 1) ? $clog2(Entries) : 1;

  logic [Entries-1:0] valid_q, global_q;
  logic [60:0] tag_q[Entries];    // {asid, tag}
  logic [43:0] table_q[Entries];

  // At most one entry matches.
  logic [IndexBits-1:0] hit_way;
  always_comb begin
    lookup_hit_o = 1'b0;
    hit_way      = '0;
    if (lookup_valid_i && (valid_q != '0)) begin
      for (int unsigned e = 0; e < Entries; e++) begin
        if (valid_q[e] && (tag_q[e][44:0] == lookup_tag_i) &&
            (global_q[e] || (tag_q[e][60:45] == lookup_asid_i))) begin
          lookup_hit_o = 1'b1;
          hit_way      = IndexBits'(e);
        end
      end
    end
  end

  always_comb begin
    lookup_table_o  = '0;
    lookup_global_o = 1'b0;
    if (lookup_hit_o) begin
      lookup_table_o  = table_q[hit_way];
      lookup_global_o = global_q[hit_way];
    end
  end

  // What a fence names, or what a fill stands for, goes.
  logic [Entries-1:0] remaining;
  always_comb begin
    remaining = valid_q;
    if (fence_valid_i || fill_valid_i) begin
      for (int unsigned e = 0; e < Entries; e++) begin
        if (fence_valid_i) begin
          if (!fence_has_asid_i || (!global_q[e] && (tag_q[e][60:45] == fence_asid_i))) begin
            remaining[e] = 1'b0;
          end
        end else if ((tag_q[e][44:0] == fill_tag_i) &&
                     (global_q[e] || fill_global_i || (tag_q[e][60:45] == fill_asid_i))) begin
          remaining[e] = 1'b0;
        end
      end
    end
  end

  logic [6:0] victim_way, fill_way;
  always_comb begin
    fill_way = '0;
    if (fill_valid_i) begin
      fill_way = victim_way;
      for (int unsigned e = Entries; e > 0; e--) begin
        if (!remaining[e-1]) fill_way = 7'(e - 1);
      end
    end
  end

  tandem_mmu_repl #(
      .Policy(0),
      .Sets  (1),
      .Ways  (Entries)
  ) u_repl (
      .clk_i,
      .rst_ni,
      .touch_valid_i(touch_i),
      .touch_set_i  (12'd0),
      .touch_way_i  (7'(hit_way)),
      .fill_valid_i,
      .fill_evict_i (fill_valid_i),
      .fill_set_i   (12'd0),
      .fill_way_i   (fill_way),
      .victim_way_o (victim_way)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else if (fence_valid_i || fill_valid_i) begin
      valid_q <= remaining;
      if (fill_valid_i) valid_q[fill_way[IndexBits-1:0]] <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (fill_valid_i) begin
      tag_q[fill_way[IndexBits-1:0]]    <= {fill_asid_i, fill_tag_i};
      global_q[fill_way[IndexBits-1:0]] <= fill_global_i;
      table_q[fill_way[IndexBits-1:0]]  <= fill_table_i;
    end
  end

  if (IndexBits < 7) begin : gen_unused
    logic unused_way;
    assign unused_way = &{1'b0, fill_way[6:IndexBits]};
  end

endmodule
