// SPDX-License-Identifier: Apache-2.0
// Properties of the second-level TLB (docs/microarchitecture.md sections 5, 6, 9). History:
// what each entry holds by the fills (shadow), and for one watched pair (vpn, asid) whether
// anything filled since the last fence that covers it can answer it. In a proof the pair is
// any, chosen once; in simulation that of some fill, chosen anew from time to time.
`include "sva.svh"

module sva_l2 #(
    parameter int unsigned Entries = 8,
    parameter int unsigned Ways = 4,
    parameter int unsigned Xlen = 64
) (
    input logic                  clk_i,
    input logic                  rst_ni,
    input logic           [ 2:0] read_i,
    input logic                  prefetch_read_o,
    input logic           [ 2:0] compare_o,
    input logic                  match_o,
    input tandem_mmu_pkg::leaf_t leaf_o,
    input logic                  use_i,
    input logic                  drop_i,
    input logic           [ 1:0] kill_i,
    input logic                  fence_i,
    input logic                  fence_valid_i,
    input logic                  fence_has_va_i,
    input logic           [44:0] fence_vpn_i,
    input logic                  fill_valid_i,
    input logic           [44:0] fill_vpn_i,
    input logic           [15:0] fill_asid_i,
    input tandem_mmu_pkg::leaf_t fill_leaf_i,
    input logic                  fill_poison_i,
    input logic           [11:0] fill_set_o,
    input logic           [ 3:0] fill_way_o,
    input logic                  fill_evict_o,
    input logic                  parity_error_o,
    // Inside
    input logic                  late_q,
    input logic                  compare,
    input logic           [44:0] vpn,
    input logic           [15:0] asid,
    input logic           [11:0] match_set,
    input logic           [ 3:0] match_way,
    input logic    [Entries-1:0] valid_q,
    input logic                  fragments_q
);

  localparam int unsigned Sets = Entries / Ways;
  localparam int unsigned LevelBits = (Xlen == 32) ? 10 : 9;
  localparam int unsigned AtBits = (Entries == 1) ? 1 : $clog2(Entries);
  localparam int unsigned LeafBits = tandem_mmu_pkg::LeafBits;

  // --- shadow
  logic [44:0] vpn_q[Entries];
  logic [15:0] asid_q[Entries];
  logic [LeafBits-1:0] leaf_q[Entries];
  logic [Entries-1:0] poison_q;
  logic [AtBits-1:0] fill_at, match_at;
  assign fill_at  = AtBits'(32'(fill_set_o) * Ways + 32'(fill_way_o));
  assign match_at = AtBits'(32'(match_set) * Ways + 32'(match_way));
  always_ff @(posedge clk_i) begin
    if (fill_valid_i) begin
      vpn_q[fill_at]    <= fill_vpn_i;
      asid_q[fill_at]   <= fill_asid_i;
      leaf_q[fill_at]   <= fill_leaf_i;
      poison_q[fill_at] <= fill_poison_i;
    end
  end

  logic [44:0] hit_vpn, granule, above;
  logic [LeafBits-1:0] hit_leaf;
  logic [2:0] hit_level;
  always_comb begin
    hit_vpn   = '0;
    hit_leaf  = '0;
    hit_level = '0;
    granule   = '0;
    above     = '0;
    if (match_o) begin
      hit_vpn   = vpn_q[match_at];
      hit_leaf  = leaf_q[match_at];
      hit_level = hit_leaf[54:52];
      granule   = 45'h1fff_ffff_ffff << ((hit_level == 3'd0) ? 32'd0 : LevelBits);
      above     = 45'h1fff_ffff_ffff << (hit_leaf[55] ? 32'd4 : LevelBits * 32'(hit_level));
    end
  end

  // --- watch: nothing from before a fence that covers the pair answers it
  logic [44:0] watch_vpn;
  logic [15:0] watch_asid;
  logic fill_large, covers, fence_covers, may_q, known_q, begins;
  assign fill_large   = fill_leaf_i.level != 3'd0;
  assign covers       = fill_valid_i && (fill_asid_i == watch_asid || fill_leaf_i.perm[5]) &&
                        (fill_large ? (fill_vpn_i >> LevelBits) == (watch_vpn >> LevelBits) :
                                      fill_vpn_i == watch_vpn);
  // An address of the page that the watched granule may be part of: its own page at least.
  assign fence_covers = fence_valid_i && (!fence_has_va_i || fence_vpn_i == watch_vpn);
`ifdef FORMAL
  (* anyconst *) logic [44:0] any_vpn;
  (* anyconst *) logic [15:0] any_asid;
  assign watch_vpn  = any_vpn;
  assign watch_asid = any_asid;
  assign begins     = 1'b0;
`else
  logic [7:0] time_q;
  assign begins = fill_valid_i && time_q == '0;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) time_q <= '0;
    else if (fill_valid_i) time_q <= time_q + 8'd1;
  end
  always_ff @(posedge clk_i) begin
    if (begins) begin
      watch_vpn  <= fill_vpn_i;
      watch_asid <= fill_asid_i;
    end
  end
`endif
  // Until a fence has covered a new pair, what was filled before may answer it.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      may_q   <= 1'b0;
`ifdef FORMAL
      known_q <= 1'b1;  // a pair for all time
`else
      known_q <= 1'b0;
`endif
    end else begin
      if (begins) known_q <= 1'b1;
      if (begins || covers) may_q <= 1'b1;
      else if (fence_covers) may_q <= 1'b0;
    end
  end

  // --- fragments: an entry of a page larger than its granule was filled since all were dropped
  logic fragment_q, fragment_fill, drop_all;
  assign fragment_fill = fill_valid_i &&
                         (fill_leaf_i.napot || (Xlen != 32 && fill_leaf_i.level >= 3'd2));
  assign drop_all      = fence_valid_i && (!fence_has_va_i || fragment_q);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) fragment_q <= 1'b0;
    else fragment_q <= fragment_fill || (fragment_q && !drop_all);
  end

  logic filled_q, dropped_q;
  logic [AtBits-1:0] filled_at_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      filled_q  <= 1'b0;
      dropped_q <= 1'b0;
    end else begin
      filled_q  <= fill_valid_i;
      dropped_q <= drop_all;
    end
  end
  always_ff @(posedge clk_i) if (fill_valid_i) filled_at_q <= fill_at;

  logic [Ways-1:0] fill_ways;
  always_comb begin
    fill_ways = '0;
    if (fill_valid_i) fill_ways = valid_q[32'(fill_set_o)*Ways+:Ways];
  end

  `SVA_REQUIRE(one_miss_a_port, compare_o[1:0] != 2'b00 || late_q,
               (read_i[0] & compare_o[0]) == 1'b0 && (read_i[1] & (compare_o[1] | late_q)) == 1'b0)
  `SVA_REQUIRE(filled_leaf, fill_valid_i,
               fill_leaf_i.perm[0] && fill_leaf_i.perm[6] &&
                   32'(fill_leaf_i.level) <= ((Xlen == 32) ? 1 : 4) &&
                   (!fill_leaf_i.napot || fill_leaf_i.level == 3'd0))
  `SVA_REQUIRE(use_needs_a_match, use_i || drop_i, match_o && !(use_i && drop_i))
  `SVA_REQUIRE(fence_fills_nothing, fence_i, !fill_valid_i)
  `SVA_REQUIRE(fence_acts, fence_valid_i, fence_i)

  `SVA(one_reads, prefetch_read_o, read_i[1:0] == 2'b00)
  `SVA(one_compares, compare_o != 3'b000, (compare_o & (compare_o - 3'd1)) == 3'b000)
  `SVA(killed_or_fenced_matches_nothing,
       fence_i || (compare_o[0] && kill_i[0]) || (compare_o[1] && kill_i[1]),
       !match_o && !parity_error_o)
  `SVA(match_needs_a_compare, match_o || parity_error_o, compare && compare_o != 3'b000)
  `SVA(match_is_valid, match_o, 32'(match_set) < Sets && 32'(match_way) < Ways &&
       valid_q[match_at])
  `SVA(match_was_not_just_written, match_o && filled_q, match_at != filled_at_q)
  `SVA(match_of_its_granule, match_o, ((hit_vpn ^ vpn) & granule) == '0)
  `SVA(match_of_its_asid, match_o, hit_leaf[5] || asid_q[match_at] == asid)
  `SVA(match_has_right_parity, match_o, !poison_q[match_at])
  `SVA(match_answers_its_entry, match_o,
       leaf_o == {hit_leaf[57:52], (hit_leaf[51:8] & above[43:0]) | (vpn[43:0] & ~above[43:0]),
                  hit_leaf[7:0]})
  `SVA(nothing_old_matches, match_o && known_q && !may_q, vpn != watch_vpn || asid != watch_asid)
  `SVA(filled_is_valid, filled_q, valid_q[filled_at_q])
  `SVA(victim_exists, fill_valid_i, 32'(fill_set_o) < Sets && 32'(fill_way_o) < Ways)
  `SVA(fill_in_its_set, fill_valid_i,
       32'(fill_set_o) == (32'(fill_vpn_i >> (fill_large ? LevelBits : 32'd0)) & (Sets - 1)))
  `SVA(evicts_only_if_full, fill_valid_i, fill_evict_o == (fill_ways == '1))
  `SVA(fragments_as_filled, fragment_q || fragments_q, fragments_q == fragment_q)
  `SVA(dropped_all, dropped_q, valid_q == '0)
  `SVA_COVER(parity_error_reached, parity_error_o)
  `SVA_COVER(large_match_reached, match_o && hit_level != 3'd0)
  `SVA_COVER(fence_covers_reached, known_q && may_q && fence_covers)

endmodule

`ifndef FORMAL
bind tandem_mmu_l2 sva_l2 #(
    .Entries(Entries),
    .Ways   (Ways),
    .Xlen   (Xlen)
) u_sva (.*);
`endif
