// SPDX-License-Identifier: Apache-2.0
// Properties of one TLB (docs/microarchitecture.md sections 5, 9). Two pieces of history,
// kept from the ports alone:
//
//   shadow   what each entry must hold, by the fills
//   watch    one pair (vpn, asid), and whether a lookup of it must hit: the last fill that
//            covers it, unless a fence, an overlapping fill or an eviction came since
//
// In a proof the watched pair is any pair, chosen once; in simulation it is the page of some
// fill, chosen anew from time to time.
`include "sva.svh"

module sva_tlb #(
    parameter int unsigned Entries = 16,
    parameter int unsigned Ways = 16,
    parameter int unsigned Xlen = 64,
    parameter int unsigned Svnapot = 1
) (
    input logic                  clk_i,
    input logic                  rst_ni,
    input logic                  lookup_valid_i,
    input logic           [44:0] lookup_vpn_i,
    input logic           [15:0] lookup_asid_i,
    input logic                  lookup_hit_o,
    input tandem_mmu_pkg::leaf_t lookup_leaf_o,
    input logic                  touch_i,
    input logic                  fence_valid_i,
    input logic                  fence_has_va_i,
    input logic                  fence_has_asid_i,
    input logic           [44:0] fence_vpn_i,
    input logic           [15:0] fence_asid_i,
    input logic                  fill_valid_i,
    input logic           [44:0] fill_vpn_i,
    input logic           [15:0] fill_asid_i,
    input tandem_mmu_pkg::leaf_t fill_leaf_i,
    input logic           [44:0] fill_care_i,
    input logic           [ 6:0] fill_set_o,
    input logic           [ 6:0] fill_way_o,
    input logic                  fill_evict_o,
    // Inside
    input logic    [Entries-1:0] valid_q,
`ifdef FORMAL
    input logic [Entries*61-1:0] all_tags,
    input logic [Entries*61-1:0] all_cares,
    input logic [Entries*tandem_mmu_pkg::LeafBits-1:0] all_leaves,
`else
    input logic           [60:0] tag_q [Entries],
    input logic           [60:0] care_q[Entries],
`endif
    input logic           [ 6:0] hit_set,
    input logic           [ 6:0] hit_way
);

  localparam int unsigned Sets = Entries / Ways;
  localparam int unsigned Levels = (Xlen == 32) ? 2 : 5;
  localparam int unsigned LevelBits = (Xlen == 32) ? 10 : 9;
  localparam int unsigned LeafBits = tandem_mmu_pkg::LeafBits;
  localparam int unsigned AtBits = (Entries == 1) ? 1 : $clog2(Entries);

  // The bits of a VPN above a page's size.
  function automatic logic [44:0] above(input logic [2:0] level, input logic napot);
    above = 45'h1fff_ffff_ffff << (napot ? 32'd4 : LevelBits * 32'(level));
  endfunction

  // A leaf as an answer gives it: inside a larger page, ppn's low bits are the VPN's.
  function automatic logic [LeafBits-1:0] of_page(input logic [LeafBits-1:0] leaf,
                                                  input logic [43:0] care,
                                                  input logic [43:0] vpn);
    of_page = {leaf[57:52], (leaf[51:8] & care) | (vpn & ~care), leaf[7:0]};
  endfunction

  // --- shadow
  logic [44:0] vpn_q[Entries];
  logic [44:0] above_q[Entries];
  logic [16:0] asid_q[Entries];  // 16: global
  logic [LeafBits-1:0] leaf_q[Entries];

  logic [44:0] fill_above;
  logic fill_global;
  logic [AtBits-1:0] fill_at, hit_at;
  assign fill_above  = above(fill_leaf_i.level, fill_leaf_i.napot);
  assign fill_global = fill_leaf_i.perm[5];
  assign fill_at     = AtBits'(32'(fill_set_o) * Ways + 32'(fill_way_o));
  assign hit_at      = AtBits'(32'(hit_set) * Ways + 32'(hit_way));

  always_ff @(posedge clk_i) begin
    if (fill_valid_i) begin
      vpn_q[fill_at]   <= fill_vpn_i;
      above_q[fill_at] <= fill_above;
      asid_q[fill_at]  <= {fill_global, fill_asid_i};
      leaf_q[fill_at]  <= fill_leaf_i;
    end
  end

  logic hit;
  assign hit = lookup_valid_i && lookup_hit_o;

  logic [44:0] hit_vpn, hit_above;
  logic [16:0] hit_asid;
  logic [LeafBits-1:0] hit_leaf;
  assign hit_vpn   = vpn_q[hit_at];
  assign hit_above = above_q[hit_at];
  assign hit_asid  = asid_q[hit_at];
  assign hit_leaf  = leaf_q[hit_at];

  // --- at most one way hits: no other entry matches beside the one that hits. The other is any
  // entry in a proof, in simulation the next one at each lookup.
  logic [AtBits-1:0] other;
  logic [60:0] other_tag, other_care;
  logic other_matches;
`ifdef FORMAL
  (* anyconst *) logic [AtBits-1:0] any_other;
  assign other      = (32'(any_other) < Entries) ? any_other : '0;
  assign other_tag  = all_tags[61*32'(other)+:61];
  assign other_care = all_cares[61*32'(other)+:61];
`else
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) other <= '0;
    else if (lookup_valid_i) other <= (32'(other) == Entries - 1) ? '0 : other + 1'b1;
  end
  assign other_tag  = tag_q[other];
  assign other_care = care_q[other];
`endif
  assign other_matches = hit && other != hit_at && valid_q[other] &&
                         ((other_tag ^ {lookup_asid_i, lookup_vpn_i}) & other_care) == '0;

  // --- watch
  logic [44:0] watch_vpn;
  logic [15:0] watch_asid;
  logic rewatch, fill_covers, fill_overlaps;

  logic live_q;         // a lookup of the watched pair must hit this:
  logic [AtBits-1:0] live_at_q;
  logic [44:0] live_above_q;
  logic live_global_q;
  logic [LeafBits-1:0] live_leaf_q;
  logic [5:0] gone_q;   // why not, if it is gone: eviction, overlap, fence by {va, asid}

`ifdef FORMAL
  (* anyconst *) logic [44:0] any_vpn;
  (* anyconst *) logic [15:0] any_asid;
  assign watch_vpn  = any_vpn;
  assign watch_asid = any_asid;
  assign rewatch    = 1'b0;
`else
  logic [5:0] fills_q;
  assign rewatch = fill_valid_i && (fills_q == '0 || !live_q && fills_q[1:0] == '0);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fills_q    <= '0;
      watch_vpn  <= '0;
      watch_asid <= '0;
    end else if (fill_valid_i) begin
      fills_q <= fills_q + 6'd1;
      if (rewatch) begin
        watch_vpn  <= fill_vpn_i;
        watch_asid <= fill_asid_i;
      end
    end
  end
`endif

  assign fill_covers = ((fill_vpn_i ^ watch_vpn) & fill_above) == '0 &&
                       (fill_global || fill_asid_i == watch_asid);
  assign fill_overlaps = ((fill_vpn_i ^ watch_vpn) & fill_above & live_above_q) == '0 &&
                         (fill_global || live_global_q || fill_asid_i == watch_asid);

  logic fence_hits;
  always_comb begin
    case ({fence_has_va_i, fence_has_asid_i})
      2'b00: fence_hits = 1'b1;
      2'b01: fence_hits = !live_global_q && fence_asid_i == watch_asid;
      2'b10: fence_hits = ((fence_vpn_i ^ watch_vpn) & live_above_q) == '0;
      default: fence_hits = ((fence_vpn_i ^ watch_vpn) & live_above_q) == '0 &&
                            !live_global_q && fence_asid_i == watch_asid;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      live_q <= 1'b0;
      gone_q <= '0;
    end else if (fill_valid_i) begin
      if (rewatch || fill_covers) begin
        live_q <= 1'b1;
        gone_q <= '0;
      end else if (live_q && fill_overlaps) begin
        live_q <= 1'b0;
        gone_q <= 6'b010000;
      end else if (live_q && fill_at == live_at_q) begin
        live_q <= 1'b0;
        gone_q <= 6'b100000;
      end
    end else if (fence_valid_i && live_q && fence_hits) begin
      live_q <= 1'b0;
      gone_q <= 6'b000001 << {fence_has_va_i, fence_has_asid_i};
    end
  end

  always_ff @(posedge clk_i) begin
    if (fill_valid_i && (rewatch || fill_covers)) begin
      live_at_q     <= fill_at;
      live_above_q  <= fill_above;
      live_global_q <= fill_global;
      live_leaf_q   <= fill_leaf_i;
    end
  end

  logic watched;
  assign watched = lookup_valid_i && lookup_vpn_i == watch_vpn && lookup_asid_i == watch_asid;

  // --- what the port and the walker owe
  `SVA_REQUIRE(fence_never_with_fill, fence_valid_i, !fill_valid_i)
  `SVA_REQUIRE(lookup_never_with_fill, lookup_valid_i, !fill_valid_i)
  `SVA_REQUIRE(touch_is_a_hit, touch_i, hit)
  `SVA_REQUIRE(fill_size_known, fill_valid_i,
               32'(fill_leaf_i.level) < Levels && fill_care_i == fill_above &&
                   (!fill_leaf_i.napot || (fill_leaf_i.level == 3'd0 && Svnapot != 0)))

  // --- a hit is a valid entry that matches
  `SVA(hit_entry_in_range, hit, 32'(hit_set) < Sets && 32'(hit_way) < Ways)
  `SVA(hit_entry_valid, hit, valid_q[hit_at])
  `SVA(hit_page_matches, hit, ((hit_vpn ^ lookup_vpn_i) & hit_above) == '0)
  `SVA(hit_asid_matches, hit, hit_asid[16] || hit_asid[15:0] == lookup_asid_i)
  `SVA(one_way_hits, hit, !other_matches)
  `SVA(hit_answers_its_entry, hit,
       lookup_leaf_o == of_page(hit_leaf, hit_above[43:0], lookup_vpn_i[43:0]))
  `SVA_COVER(hit_superpage_reached, hit && lookup_leaf_o.level != 3'd0)
  `SVA_COVER(hit_global_reached, hit && hit_asid[16] && hit_asid[15:0] != lookup_asid_i)

  // --- the last fill that covers a page answers, until it is removed
  `SVA(live_page_hits, watched && live_q, lookup_hit_o && hit_at == live_at_q)
  `SVA(live_page_answer, watched && live_q && lookup_hit_o,
       lookup_leaf_o == of_page(live_leaf_q, live_above_q[43:0], lookup_vpn_i[43:0]))
  `SVA(only_live_page_hits, watched && !live_q, !lookup_hit_o)
  `SVA(fence_all_removes, watched && gone_q[0], !lookup_hit_o)
  `SVA(fence_asid_removes, watched && gone_q[1], !lookup_hit_o)
  `SVA(fence_va_removes, watched && gone_q[2], !lookup_hit_o)
  `SVA(fence_va_asid_removes, watched && gone_q[3], !lookup_hit_o)
  `SVA(overlap_removes, watched && gone_q[4], !lookup_hit_o)
  `SVA(eviction_removes, watched && gone_q[5], !lookup_hit_o)

  // --- fills
  logic filled_q;
  logic [AtBits-1:0] filled_at_q;
  logic [Entries-1:0] past_valid_q, appeared;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      filled_q     <= 1'b0;
      past_valid_q <= '0;
    end else begin
      filled_q     <= fill_valid_i;
      past_valid_q <= valid_q;
    end
  end
  always_ff @(posedge clk_i) filled_at_q <= fill_at;

  // The set is full and the fill removes nothing of it.
  logic [Ways-1:0] full_set;
  assign full_set = valid_q[32'(fill_set_o)*Ways+:Ways];

  // Entries that overlap the one just filled.
  logic [Entries-1:0] overlap;
  always_comb begin
    appeared = valid_q & ~past_valid_q;
    overlap  = '0;
    if (filled_q) begin
      appeared[filled_at_q] = 1'b0;
      for (int unsigned e = 0; e < Entries; e++) begin
        overlap[e] = valid_q[e] && AtBits'(e) != filled_at_q &&
            ((vpn_q[e] ^ vpn_q[filled_at_q]) & above_q[e] & above_q[filled_at_q]) == '0 &&
            (asid_q[e][16] || asid_q[filled_at_q][16] ||
             asid_q[e][15:0] == asid_q[filled_at_q][15:0]);
      end
    end
  end

  `SVA(victim_in_range, fill_valid_i, 32'(fill_set_o) < Sets && 32'(fill_way_o) < Ways)
  `SVA(fill_in_own_set, fill_valid_i,
       32'(fill_set_o) == (32'(fill_vpn_i >> (fill_leaf_i.napot ? 32'd4 :
                               LevelBits * 32'(fill_leaf_i.level))) & (Sets - 1)))
  `SVA(evicts_only_if_full, fill_valid_i && fill_evict_o, full_set == '1)
  `SVA(full_set_evicts_or_replaces, fill_valid_i && full_set != '1, !fill_evict_o)
  `SVA(filled_entry_valid, filled_q, valid_q[filled_at_q])
  `SVA(only_fills_validate, past_valid_q != '1, appeared == '0)
  `SVA(entries_never_overlap, filled_q, overlap == '0)

`ifdef FORMAL
  // Help for induction: how the entries and the history belong together.
  logic [Entries-1:0] wrong_shadow, wrong_set, wrong_match, meets_other;
  logic [44:0] tag, care;
  always_comb begin
    wrong_shadow = '0;
    wrong_set    = '0;
    wrong_match  = '0;
    meets_other  = '0;
    tag          = '0;
    care         = '0;
    for (int unsigned e = 0; e < Entries; e++) begin
      tag  = all_tags[61*e+:45];
      care = all_cares[61*e+:45];
      if (valid_q[e]) begin
        wrong_shadow[e] = care != above_q[e] || ((tag ^ vpn_q[e]) & care) != '0 ||
            all_cares[61*e+45+:16] != {16{!asid_q[e][16]}} ||
            (!asid_q[e][16] && all_tags[61*e+45+:16] != asid_q[e][15:0]) ||
            all_leaves[LeafBits*e+:LeafBits] != leaf_q[e];
        // Its size is one of those that exist (last: NAPOT), and this is that size's set.
        wrong_set[e] = 1'b1;
        for (int unsigned k = 0; k < Levels + ((Svnapot != 0) ? 1 : 0); k++) begin
          if (above_q[e] == 45'h1fff_ffff_ffff << (k == Levels ? 4 : LevelBits * k) &&
              ((vpn_q[e] >> (k == Levels ? 4 : LevelBits * k)) & (Sets - 1)) == e / Ways) begin
            wrong_set[e] = 1'b0;
          end
        end
        if (((vpn_q[e] ^ watch_vpn) & above_q[e]) == '0 &&
            (asid_q[e][16] || asid_q[e][15:0] == watch_asid)) begin
          wrong_match[e] = !live_q || live_at_q != AtBits'(e);
        end
        meets_other[e] = valid_q[other] && other != AtBits'(e) &&
            ((vpn_q[e] ^ vpn_q[other]) & above_q[e] & above_q[other]) == '0 &&
            (asid_q[e][16] || asid_q[other][16] || asid_q[e][15:0] == asid_q[other][15:0]);
      end
    end
  end
  `SVA(help_shadow, valid_q != '0, wrong_shadow == '0)
  `SVA(help_set, valid_q != '0, wrong_set == '0)
  `SVA(help_other, valid_q != '0, meets_other == '0)
  `SVA(help_match, valid_q != '0, wrong_match == '0)
  `SVA(help_live, live_q,
       gone_q == '0 && valid_q[live_at_q] && 32'(live_at_q) < Entries &&
           above_q[live_at_q] == live_above_q && leaf_q[live_at_q] == live_leaf_q &&
           asid_q[live_at_q][16] == live_global_q &&
           (live_global_q || asid_q[live_at_q][15:0] == watch_asid) &&
           ((vpn_q[live_at_q] ^ watch_vpn) & live_above_q) == '0)
`endif

endmodule

`ifndef FORMAL
bind tandem_mmu_tlb sva_tlb #(
    .Entries(Entries),
    .Ways   (Ways),
    .Xlen   (Xlen),
    .Svnapot(Svnapot)
) u_sva (.*);
`endif
