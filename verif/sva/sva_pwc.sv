// SPDX-License-Identifier: Apache-2.0
// Properties of the page-walk cache of one level (docs/microarchitecture.md sections 5, 9).
// One pair (tag, asid) is watched: a lookup of it must hit the last pointer that covers it,
// unless a fence, a fill of the same tag or an eviction came since. In a proof it is any
// pair, chosen once; in simulation that of some fill, chosen anew when it is gone.
`include "sva.svh"

module sva_pwc #(
    parameter int unsigned Entries = 4
) (
    input logic        clk_i,
    input logic        rst_ni,
    input logic        lookup_valid_i,
    input logic [44:0] lookup_tag_i,
    input logic [15:0] lookup_asid_i,
    input logic        lookup_hit_o,
    input logic [43:0] lookup_table_o,
    input logic        lookup_global_o,
    input logic        touch_i,
    input logic        fill_valid_i,
    input logic [44:0] fill_tag_i,
    input logic [15:0] fill_asid_i,
    input logic        fill_global_i,
    input logic [43:0] fill_table_i,
    input logic        fence_valid_i,
    input logic        fence_has_asid_i,
    input logic [15:0] fence_asid_i,
    // Inside
`ifdef FORMAL
    input logic [Entries*61-1:0] all_tags,
    input logic [Entries*44-1:0] all_tables,
    input logic [Entries-1:0] all_globals,
`endif
    input logic [Entries-1:0] valid_q,
    input logic        [ 6:0] fill_way
);

  logic [44:0] watch_tag;
  logic [15:0] watch_asid;
  logic live_q, global_q;     // a lookup of the watched pair must hit this
  logic [6:0] way_q;
  logic [43:0] table_q;
  logic covers, overlaps, watched, fence_covers, gone_q;
  assign covers   = fill_valid_i && fill_tag_i == watch_tag &&
                    (fill_global_i || fill_asid_i == watch_asid);
  assign overlaps = fill_valid_i && fill_tag_i == watch_tag &&
                    (fill_global_i || global_q || fill_asid_i == watch_asid);
  assign watched  = lookup_valid_i && lookup_tag_i == watch_tag && lookup_asid_i == watch_asid;
  assign fence_covers = fence_valid_i &&
                        (!fence_has_asid_i || (!global_q && fence_asid_i == watch_asid));

  logic begins;
`ifdef FORMAL
  (* anyconst *) logic [44:0] any_tag;
  (* anyconst *) logic [15:0] any_asid;
  assign watch_tag  = any_tag;
  assign watch_asid = any_asid;
  assign begins     = covers;
`else
  assign begins = covers || (fill_valid_i && !live_q && !gone_q);
  // Gone is watched for some time too: nothing may answer.
  logic [5:0] after_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) after_q <= '0;
    else if (live_q) after_q <= '1;
    else if (fill_valid_i && after_q != '0) after_q <= after_q - 6'd1;
  end
  assign gone_q = after_q != '0;
  always_ff @(posedge clk_i) begin
    if (begins) begin
      watch_tag  <= fill_tag_i;
      watch_asid <= fill_asid_i;
    end
  end
`endif
`ifdef FORMAL
  assign gone_q = 1'b1;
`endif

  logic known_q;  // the watched pair has been chosen
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      live_q  <= 1'b0;
      known_q <= 1'b0;
    end else begin
      if (begins) known_q <= 1'b1;
      if (begins) live_q <= 1'b1;
      else if (overlaps || fence_covers || (fill_valid_i && fill_way == way_q)) live_q <= 1'b0;
    end
  end
  always_ff @(posedge clk_i) begin
    if (begins) begin
      global_q <= fill_global_i;
      way_q    <= fill_way;
      table_q  <= fill_table_i;
    end
  end

  `SVA_REQUIRE(fence_fills_nothing, fence_valid_i, !fill_valid_i)
  `SVA_REQUIRE(touch_needs_a_hit, touch_i, lookup_hit_o)
  `SVA(live_pointer_hits, watched && known_q && live_q,
       lookup_hit_o && lookup_table_o == table_q && lookup_global_o == global_q)
  `SVA(nothing_old_hits, watched && known_q && !live_q, !lookup_hit_o)
  `SVA(hit_needs_a_lookup, lookup_hit_o, lookup_valid_i && valid_q != '0)
  `SVA(way_exists, fill_valid_i, 32'(fill_way) < Entries)
  `SVA_COVER(fence_removes_reached, live_q && fence_covers)

`ifdef FORMAL
  // Help for induction: the entries that answer the watched pair are the live one, or none.
  logic [Entries-1:0] answers;
  always_comb begin
    answers = '0;
    for (int unsigned e = 0; e < Entries; e++) begin
      answers[e] = valid_q[e] && all_tags[61*e+:45] == watch_tag &&
                   (all_globals[e] || all_tags[61*e+45+:16] == watch_asid);
    end
  end
  `SVA(help_answers, 1'b1, answers == (live_q ? Entries'(128'd1 << way_q) : '0))
  `SVA(help_live, live_q, known_q && 32'(way_q) < Entries && all_globals[way_q] == global_q &&
       all_tables[44*32'(way_q)+:44] == table_q)
`endif

endmodule

`ifndef FORMAL
bind tandem_mmu_pwc sva_pwc #(
    .Entries(Entries)
) u_sva (.*);
`endif
