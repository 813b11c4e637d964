// SPDX-License-Identifier: Apache-2.0
// The second-level TLB, shared by both ports and the prefetcher: tags and translations in
// RAM, valid bits and replacement state in registers. An entry stands for a granule: 4 KiB,
// or 2 MiB (XLEN = 32: 4 MiB) of a larger page. A lookup reads the sets of both sizes.
//
// Latency: read in the cycle of the miss (a fetch miss beside a data miss, and the
// prefetcher, later), compared in the next; a fill, a fence show in what is compared from the
// next cycle on. Back-pressure: none: a port has one miss at a time. It does not check
// permissions: the port says whether the match answers (use_i) or cannot (drop_i).

module tandem_mmu_l2 #(
    // 1 .. 4096; each costs a word of RAM (119 bits; XLEN = 32: 65) and a flip-flop.
    parameter int unsigned Entries = 1024,
    // 1 .. 16, divides Entries, Entries / Ways a power of two. Each is a RAM with a comparator
    // of 61 bits for each of two read ports.
    parameter int unsigned Ways = 4,
    // 0 LRU, 1 PLRU (Ways a power of two), 2 FIFO, 3 RANDOM; cost: see the repl modules.
    parameter int unsigned Policy = 1,
    parameter int unsigned Xlen = 64,
    parameter int unsigned AsidBits = 16
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    // Misses to look up: 0 data, 1 fetch, 2 the prefetcher's page, which waits for its turn
    input  logic           [ 2:0] read_i,
    output logic                  prefetch_read_o,  // in this cycle
    input  logic           [44:0] d_read_vpn_i,
    input  logic           [44:0] f_read_vpn_i,
    // Whose lookup compares, and the requests in the miss registers and the prefetcher
    output logic           [ 2:0] compare_o,
    input  logic           [44:0] d_vpn_i,
    input  logic           [15:0] d_asid_i,
    input  logic           [44:0] f_vpn_i,
    input  logic           [15:0] f_asid_i,
    input  logic           [44:0] p_vpn_i,
    input  logic           [15:0] p_asid_i,
    output logic                  match_o,
    output tandem_mmu_pkg::leaf_t leaf_o,
    input  logic                  use_i,
    input  logic                  drop_i,
    // Kills of the ports; a fence that acts; one whose address is canonical
    input  logic           [ 1:0] kill_i,
    input  logic                  fence_i,
    input  logic                  fence_valid_i,
    input  logic                  fence_has_va_i,
    input  logic           [44:0] fence_vpn_i,
    // Fill
    input  logic                  fill_valid_i,
    input  logic           [44:0] fill_vpn_i,
    input  logic           [15:0] fill_asid_i,
    input  tandem_mmu_pkg::leaf_t fill_leaf_i,
    input  logic                  fill_poison_i,
    output logic           [11:0] fill_set_o,
    output logic           [ 3:0] fill_way_o,
    output logic                  fill_evict_o,
    output logic                  parity_error_o
);

  // An illegal combination has to reach its sentence, so no division by zero on the way.
  localparam int unsigned SafeWays = (Ways == 0) ? 1 : Ways;
  localparam int unsigned Sets = (Entries < SafeWays) ? 1 : Entries / SafeWays;
  localparam int unsigned SetBits = (Sets > 1) ? $clog2(Sets) : 1;

  if (Entries > 4096) begin : gen_illegal_entries
    $error("The number of second-level TLB entries must be 0 .. 4096.");
  end else if (Ways < 1 || Ways > 16) begin : gen_illegal_ways
    $error("The number of second-level TLB ways must be 1 .. 16.");
  end else if (Entries % SafeWays != 0) begin : gen_illegal_remainder
    $error("The number of second-level TLB ways must divide the number of its entries.");
  end else if ((Sets & (Sets - 1)) != 0) begin : gen_illegal_sets
    $error("The number of second-level TLB sets (entries / ways) must be a power of two.");
  end
  if (Policy > 3) begin : gen_illegal_policy
    $error("The second-level TLB policy must be 0 (LRU), 1 (PLRU), 2 (FIFO) or 3 (RANDOM).");
  end else if ((Policy == tandem_mmu_pkg::PolicyPlru) &&
               ((Ways & (Ways - 1)) != 0)) begin : gen_illegal_plru
    $error("The second-level TLB policy PLRU needs a power of two as number of ways.");
  end

  // What a word of RAM holds.
  localparam int unsigned VpnBits = (Xlen == 32) ? 20 : 45;
  localparam int unsigned PpnBits = (Xlen == 32) ? 22 : 44;
  localparam int unsigned LargeBits = (Xlen == 32) ? 10 : 9;
  localparam int unsigned StoredAsid = (AsidBits == 0) ? 1 : AsidBits;
  localparam int unsigned WordBits = VpnBits + PpnBits + StoredAsid + 14;
  localparam int unsigned SafeBits = (SafeWays > 16) ? 16 : SafeWays;  // bits of a set

  // A VPN's set, small and large. (One set: a bit of address that is always 0.)
  localparam logic [SetBits-1:0] SetMask = SetBits'(Sets - 1);

  // --- read: one lookup a cycle
  logic late_q;  // a fetch miss gave way to a data miss
  logic [2:0] compare_q;
  logic read, d_reads, f_reads;
  logic [44:0] read_vpn;
  logic [SetBits-1:0] read_small, read_large, small_set_q, large_set_q;
  assign d_reads         = read_i[0];
  assign f_reads         = late_q || (read_i[1] && !read_i[0]);
  assign prefetch_read_o = read_i[2] && !d_reads && !f_reads;
  assign read            = d_reads || f_reads || prefetch_read_o;
  assign read_vpn   = late_q ? f_vpn_i : d_reads ? d_read_vpn_i : f_reads ? f_read_vpn_i : p_vpn_i;
  assign read_small = read_vpn[0+:SetBits] & SetMask;
  assign read_large = read_vpn[LargeBits+:SetBits] & SetMask;

  // What is written in the cycle of the read is not there yet.
  logic fresh_q;
  logic [11:0] fresh_set_q;
  logic [3:0] fresh_way_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      late_q    <= 1'b0;
      compare_q <= 3'b000;
      fresh_q   <= 1'b0;
    end else begin
      late_q    <= read_i[0] && read_i[1];
      compare_q <= {prefetch_read_o && !fence_i, f_reads && !(late_q && kill_i[1]), d_reads};
      fresh_q   <= fill_valid_i;
    end
  end
  always_ff @(posedge clk_i) begin
    if (read) begin
      small_set_q <= read_small;
      large_set_q <= read_large;
    end
    if (fill_valid_i) begin
      fresh_set_q <= fill_set_o;
      fresh_way_q <= fill_way_o;
    end
  end

  // --- compare
  logic [Sets*SafeBits-1:0] valid_q;
  logic compare;
  logic [44:0] vpn;
  logic [15:0] asid;
  logic [SafeBits-1:0] valid_small, valid_large;
  assign compare_o = compare_q;
  assign compare   = ((compare_q & ~{1'b0, kill_i}) != 3'b000) && !fence_i;
  assign vpn       = compare_q[0] ? d_vpn_i : compare_q[1] ? f_vpn_i : p_vpn_i;
  assign asid      = compare_q[0] ? d_asid_i : compare_q[1] ? f_asid_i : p_asid_i;
  always_comb begin
    valid_small = '0;
    valid_large = '0;
    if (compare) begin
      valid_small = valid_q[32'(small_set_q)*SafeBits+:SafeBits];
      valid_large = valid_q[32'(large_set_q)*SafeBits+:SafeBits];
      for (int unsigned w = 0; w < SafeBits; w++) begin
        if (fresh_q && (fresh_way_q == 4'(w))) begin
          if (fresh_set_q == 12'(small_set_q)) valid_small[w] = 1'b0;
          if (fresh_set_q == 12'(large_set_q)) valid_large[w] = 1'b0;
        end
      end
    end
  end

  logic [SafeBits-1:0] match_small, match_large, wrong_small, wrong_large;
  logic [64*SafeBits-1:0] leaves;
  logic [WordBits-1:0] write_word;
  for (genvar w = 0; w < SafeBits; w++) begin : gen_way
    logic [tandem_mmu_pkg::LeafBits-1:0] leaf;
    tandem_mmu_l2_way #(
        .Sets     (Sets),
        .SetBits  (SetBits),
        .VpnBits  (VpnBits),
        .LargeBits(LargeBits),
        .PpnBits  (PpnBits),
        .AsidBits (StoredAsid),
        .WordBits (WordBits)
    ) u_way (
        .clk_i,
        .read_i         (read),
        .read_small_i   (read_small),
        .read_large_i   (read_large),
        .compare_i      (compare),
        .compare_vpn_i  (vpn[VpnBits-1:0]),
        .compare_asid_i (asid[StoredAsid-1:0]),
        .compare_valid_i({valid_large[w], valid_small[w]}),
        .match_o        ({match_large[w], match_small[w]}),
        .wrong_o        ({wrong_large[w], wrong_small[w]}),
        .leaf_o         (leaf),
        .write_i        (fill_valid_i && (fill_way_o == 4'(w))),
        .write_set_i    (fill_set),
        .write_word_i   (write_word)
    );
    assign leaves[64*w+:64] = {6'd0, leaf};
  end

  // Small before large, then the lowest way. The page's own bits of the VPN pass through.
  logic [11:0] match_set;
  logic [3:0] match_way;
  logic [63:0] chosen;
  logic [43:0] care;
  assign match_o = (match_small | match_large) != '0;
  always_comb begin
    match_set = '0;
    match_way = '0;
    leaf_o    = '0;
    chosen    = '0;
    care      = '0;
    if (match_o) begin
      match_set = (match_small != '0) ? 12'(small_set_q) : 12'(large_set_q);
      for (int unsigned w = SafeBits; w > 0; w--) begin
        if ((match_small != '0) ? match_small[w-1] : match_large[w-1]) begin
          match_way = 4'(w - 1);
          chosen    = leaves[64*(w-1)+:64];
        end
      end
      leaf_o     = chosen[tandem_mmu_pkg::LeafBits-1:0];
      care       = 44'(tandem_mmu_pkg::leaf_care(Xlen == 32, leaf_o.level, leaf_o.napot));
      leaf_o.ppn = (leaf_o.ppn & care) | (vpn[43:0] & ~care);
    end
  end

  // --- invalidation by lookups: wrong parity; matches that cannot answer
  logic same_set, drops;
  logic [SafeBits-1:0] drop_small, drop_large;
  assign parity_error_o = (wrong_small | wrong_large) != '0;
  assign drops          = parity_error_o || drop_i;
  assign same_set       = (small_set_q == large_set_q);
  always_comb begin
    drop_small = '0;
    drop_large = '0;
    if (drops) begin
      drop_small = wrong_small | (drop_i ? match_small : '0);
      drop_large = wrong_large | (drop_i ? match_large : '0);
      if (same_set) begin
        drop_small = drop_small | drop_large;
        drop_large = drop_small;
      end
    end
  end

  // --- fill
  logic fill_large, fill_fragment;
  logic [SetBits-1:0] fill_set, fence_small, fence_large;
  logic [SafeBits-1:0] fill_valid;
  logic [6:0] victim_way;
  logic [VpnBits-1:0] fill_tag;
  logic [WordBits-2:0] fill_word;
  assign fill_large    = (fill_leaf_i.level != 3'd0);
  assign fill_fragment = fill_leaf_i.napot || ((Xlen != 32) && (fill_leaf_i.level > 3'd1));
  always_comb begin
    fill_set   = '0;
    fill_valid = '0;
    if (fill_valid_i) begin
      fill_set   = (fill_large ? fill_vpn_i[LargeBits+:SetBits] : fill_vpn_i[0+:SetBits]) & SetMask;
      fill_valid = valid_q[32'(fill_set)*SafeBits+:SafeBits];
    end
  end
  assign fill_set_o = 12'(fill_set);

  always_comb begin
    fill_way_o   = '0;
    fill_evict_o = 1'b0;
    if (fill_valid_i) begin
      fill_way_o   = victim_way[3:0];
      fill_evict_o = 1'b1;
      for (int unsigned w = SafeBits; w > 0; w--) begin
        if (!fill_valid[w-1]) begin
          fill_way_o   = 4'(w - 1);
          fill_evict_o = 1'b0;
        end
      end
    end
  end

  always_comb begin
    fill_tag   = '0;
    fill_word  = '0;
    write_word = '0;
    if (fill_valid_i) begin
      fill_tag = fill_vpn_i[VpnBits-1:0];
      if (fill_large) fill_tag[LargeBits-1:0] = '0;
      fill_word = {fill_asid_i[StoredAsid-1:0], fill_tag, fill_leaf_i.pbmt, fill_leaf_i.napot,
                   fill_leaf_i.level, fill_leaf_i.ppn[PpnBits-1:0],
                   fill_leaf_i.perm[tandem_mmu_pkg::PteD],
                   fill_leaf_i.perm[tandem_mmu_pkg::PteU:tandem_mmu_pkg::PteR],
                   fill_leaf_i.perm[tandem_mmu_pkg::PteG], fill_large};
      write_word = {(^fill_word) ^ fill_poison_i, fill_word};
    end
  end

  // --- valid bits: a fence drops the sets that may hold its page, or all
  logic fragments_q, clear, fence_sets;
  assign fence_small = fence_vpn_i[0+:SetBits] & SetMask;
  assign fence_large = fence_vpn_i[LargeBits+:SetBits] & SetMask;
  assign clear       = fence_valid_i && (!fence_has_va_i || fragments_q);
  assign fence_sets  = fence_valid_i && !clear;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q     <= '0;
      fragments_q <= 1'b0;
    end else if (clear) begin
      valid_q     <= '0;
      fragments_q <= 1'b0;
    end else begin
      // Each set decodes its own index: to write at an index costs synthesis a shifter as wide
      // as all sets.
      if (fence_sets || drops || fill_valid_i) begin
        for (int unsigned s = 0; s < Sets; s++) begin
          if (fence_sets && (fence_small == SetBits'(s))) valid_q[s*SafeBits+:SafeBits] <= '0;
          if (fence_sets && (fence_large == SetBits'(s))) valid_q[s*SafeBits+:SafeBits] <= '0;
          if (drops && (small_set_q == SetBits'(s))) begin
            valid_q[s*SafeBits+:SafeBits] <= valid_q[s*SafeBits+:SafeBits] & ~drop_small;
          end
          if (drops && (large_set_q == SetBits'(s))) begin
            valid_q[s*SafeBits+:SafeBits] <= valid_q[s*SafeBits+:SafeBits] & ~drop_large;
          end
          for (int unsigned w = 0; w < SafeBits; w++) begin
            if (fill_valid_i && (fill_set == SetBits'(s)) && (fill_way_o == 4'(w))) begin
              valid_q[s*SafeBits+w] <= 1'b1;
            end
          end
        end
      end
      if (fill_valid_i && fill_fragment) fragments_q <= 1'b1;
    end
  end

  tandem_mmu_repl #(
      .Policy(Policy),
      .Sets  (Sets),
      .Ways  (SafeBits)
  ) u_repl (
      .clk_i,
      .rst_ni,
      .touch_valid_i(use_i),
      .touch_set_i  (match_set),
      .touch_way_i  (7'(match_way)),
      .fill_valid_i,
      .fill_evict_i (fill_evict_o),
      .fill_set_i   (fill_set_o),
      .fill_way_i   (7'(fill_way_o)),
      .victim_way_o (victim_way)
  );

  logic unused_l2;
  assign unused_l2 = &{1'b0, vpn, asid, victim_way, fill_asid_i, fill_leaf_i, fence_vpn_i, read_vpn,
                       fill_vpn_i, chosen};

endmodule
