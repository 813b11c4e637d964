// SPDX-License-Identifier: Apache-2.0
// One translation lookaside buffer: every page size, ASID and global tags, one search,
// one invalidation and one fill port.
//
// An entry's tag is {asid, vpn}; `care` masks the bits that take part in a comparison:
// those of the VPN below the page's size do not, nor does the ASID of a global entry.
// (care holds six different bits only; synthesis merges the copies.)
//
// Latency: search, victim choice and evt are combinational; what a touch, fence or fill
// changes shows from the next cycle on. Back-pressure: none. It does not check
// permissions and does not decide whether a hit is a use: the port does (touch_i).
// A fence and a fill never come in the same cycle (in a fence's nothing completes).

module tandem_mmu_tlb #(
    // 1 .. 128; each costs about 125 flip-flops and two 61-bit comparators (one if a search
    // does not look at all entries); XLEN = 32: about 70 and 29 bits.
    parameter int unsigned Entries = 16,
    // 1 .. 128, divides Entries, Entries / Ways a power of two. Few ways: a search compares
    // Ways entries for each page size instead of all, at the price of index multiplexers.
    parameter int unsigned Ways = 16,
    // 0 LRU, 1 PLRU (Ways a power of two), 2 FIFO, 3 RANDOM; cost: see the repl modules.
    parameter int unsigned Policy = 0,
    // 32, 64; and whether there are 64 KiB pages: they say where a page can lie.
    parameter int unsigned Xlen = 64,
    parameter int unsigned Svnapot = 1
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    // Search
    input  logic                  lookup_valid_i,
    input  logic           [44:0] lookup_vpn_i,
    input  logic           [15:0] lookup_asid_i,
    output logic                  lookup_hit_o,
    output tandem_mmu_pkg::leaf_t lookup_leaf_o,   // meaningful with hit; ppn: of this VPN
    input  logic                  touch_i,         // the hit answers the request
    // Fence: whether its address is canonical has been decided outside
    input  logic                  fence_valid_i,
    input  logic                  fence_has_va_i,
    input  logic                  fence_has_asid_i,
    input  logic           [44:0] fence_vpn_i,
    input  logic           [15:0] fence_asid_i,
    // Fill, and where it goes
    input  logic                  fill_valid_i,
    input  logic           [44:0] fill_vpn_i,
    input  logic           [15:0] fill_asid_i,
    input  tandem_mmu_pkg::leaf_t fill_leaf_i,
    input  logic           [44:0] fill_care_i,     // the bits of the VPN above the page
    output logic           [ 6:0] fill_set_o,
    output logic           [ 6:0] fill_way_o,
    output logic                  fill_evict_o
);

  // An illegal combination has to reach its sentence, so no division by zero on the way.
  localparam int unsigned SafeWays = (Ways == 0) ? 1 : Ways;
  localparam int unsigned Sets = (Entries < SafeWays) ? 1 : Entries / SafeWays;
  localparam int unsigned IndexBits = (Entries > 1) ? $clog2(Entries) : 1;

  if (Entries < 1 || Entries > 128) begin : gen_illegal_entries
    $error("The number of TLB entries must be 1 .. 128.");
  end else if (Ways < 1 || Ways > 128) begin : gen_illegal_ways
    $error("The number of TLB ways must be 1 .. 128.");
  end else if (Entries % SafeWays != 0) begin : gen_illegal_remainder
    $error("The number of TLB ways must divide the number of TLB entries.");
  end else if ((Sets & (Sets - 1)) != 0) begin : gen_illegal_sets
    $error("The number of TLB sets (entries / ways) must be a power of two.");
  end
  if (Policy > 3) begin : gen_illegal_policy
    $error("The TLB policy must be 0 (LRU), 1 (PLRU), 2 (FIFO) or 3 (RANDOM).");
  end else if ((Policy == tandem_mmu_pkg::PolicyPlru) &&
               ((Ways & (Ways - 1)) != 0)) begin : gen_illegal_plru
    $error("The TLB policy PLRU needs a power of two as number of ways.");
  end

  logic [Entries-1:0] valid_q;
  logic [60:0] tag_q [Entries];   // {asid, vpn}
  logic [60:0] care_q[Entries];
  logic [tandem_mmu_pkg::LeafBits-1:0] leaf_q[Entries];

  // Search. At most one entry matches; to look no further is for a simulator's sake.
  logic [60:0] lookup_tag;
  logic [ 6:0] hit_set, hit_way;

  // This and more stands behind a condition that costs little in gates and spares a
  // simulator the work in most cycles.
  assign lookup_tag = {lookup_asid_i, lookup_vpn_i};

  // Shifts that an entry can have, each B bits a level, and 4 with 64 KiB pages: they come
  // last. No more sets than shifts: looking at all entries is the smaller search.
  localparam int unsigned Levels = (Xlen == 32) ? 2 : 5;
  localparam int unsigned LevelBits = (Xlen == 32) ? 10 : 9;
  localparam int unsigned Shifts = Levels + ((Svnapot != 0) ? 1 : 0);

  if (Sets <= Shifts) begin : gen_search_all
    always_comb begin
      lookup_hit_o = 1'b0;
      hit_set      = '0;
      hit_way      = '0;
      if (lookup_valid_i) begin
        for (int unsigned s = 0; s < Sets; s++) begin
          for (int unsigned w = 0; w < Ways; w++) begin
            if (!lookup_hit_o) begin
              if (valid_q[s*Ways+w] &&
                  ((tag_q[s*Ways+w] ^ lookup_tag) & care_q[s*Ways+w]) == '0) begin
                lookup_hit_o = 1'b1;
                hit_set      = 7'(s);
                hit_way      = 7'(w);
              end
            end
          end
        end
      end
    end
  end else begin : gen_search_sets
    // One set per shift. An entry that matches lies in the set of its own shift, so a
    // probe for another shift can only find what that one's probe finds too.
    localparam int unsigned SetBits = $clog2(Sets);
    logic [SetBits-1:0] probe_set;
    always_comb begin
      lookup_hit_o = 1'b0;
      hit_set      = '0;
      hit_way      = '0;
      probe_set    = '0;
      if (lookup_valid_i) begin
        for (int unsigned k = 0; k < Shifts; k++) begin
          probe_set = lookup_vpn_i[((k<Levels)?LevelBits*k : 4)+:SetBits];
          for (int unsigned w = 0; w < Ways; w++) begin
            if (valid_q[32'(probe_set)*Ways+w] &&
                ((tag_q[IndexBits'(32'(probe_set)*Ways+w)] ^ lookup_tag) &
                 care_q[IndexBits'(32'(probe_set)*Ways+w)]) == '0) begin
              lookup_hit_o = 1'b1;
              hit_set      = 7'(probe_set);
              hit_way      = 7'(w);
            end
          end
        end
      end
    end
  end

  // The page's own bits of the VPN pass through, all of them below bit 36.
  logic [IndexBits-1:0] hit_index;
  logic [43:0] hit_care;
  assign hit_index = IndexBits'(32'(hit_set) * Ways + 32'(hit_way));
  always_comb begin
    hit_care      = '0;
    lookup_leaf_o = '0;
    if (lookup_hit_o) begin
      hit_care      = care_q[hit_index][43:0];
      lookup_leaf_o = leaf_q[hit_index];
      lookup_leaf_o.ppn = (lookup_leaf_o.ppn & hit_care) | (lookup_vpn_i[43:0] & ~hit_care);
    end
  end

  // Invalidation. A fill removes what overlaps: tags agree where both care. A fence
  // removes what it names; with an ASID it spares global entries.
  logic [60:0] inval_tag, inval_care;
  logic [Entries-1:0] inval;
  logic [Entries-1:0] remaining;
  logic               change;

  assign change = fence_valid_i || fill_valid_i;

  always_comb begin
    inval      = '0;
    inval_tag  = '0;
    inval_care = '0;
    if (fence_valid_i) begin
      inval_tag  = {fence_asid_i, fence_vpn_i};
      inval_care = {{16{fence_has_asid_i}}, {45{fence_has_va_i}}};
    end
    if (fill_valid_i) begin
      inval_tag  = {fill_asid_i, fill_vpn_i};
      inval_care = {{16{!fill_leaf_i.perm[tandem_mmu_pkg::PteG]}}, fill_care_i};
    end
    if (change) begin
      for (int unsigned e = 0; e < Entries; e++) begin
        inval[e] = ((tag_q[e] ^ inval_tag) & care_q[e] & inval_care) == '0 &&
                   (fill_valid_i || !fence_has_asid_i || care_q[e][60]);
      end
    end
    remaining = valid_q & ~inval;
  end

  // Where a fill goes: the lowest way that is free, otherwise the policy's victim.
  logic [6:0] fill_set, victim_way;
  logic [IndexBits-1:0] fill_index;

  if (Sets == 1) begin : gen_one_set
    assign fill_set = '0;
  end else begin : gen_fill_set
    localparam int unsigned SetBits = $clog2(Sets);
    always_comb begin
      fill_set = 7'(fill_vpn_i[0+:SetBits]);
      for (int unsigned k = 1; k < Levels; k++) begin
        if (fill_leaf_i.level == 3'(k)) fill_set = 7'(fill_vpn_i[LevelBits*k+:SetBits]);
      end
      if (fill_leaf_i.napot) fill_set = 7'(fill_vpn_i[4+:SetBits]);
    end
  end

  always_comb begin
    fill_way_o   = '0;
    fill_evict_o = 1'b0;
    if (fill_valid_i) begin
      fill_way_o   = victim_way;
      fill_evict_o = 1'b1;
      for (int unsigned w = Ways; w > 0; w--) begin
        if (!remaining[32'(fill_set)*Ways+w-1]) begin
          fill_way_o   = 7'(w - 1);
          fill_evict_o = 1'b0;
        end
      end
    end
  end

  assign fill_set_o = fill_set;
  assign fill_index = IndexBits'(32'(fill_set) * Ways + 32'(fill_way_o));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else if (change) begin
      valid_q <= remaining;
      if (fill_valid_i) valid_q[fill_index] <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (fill_valid_i) begin
      tag_q[fill_index]  <= inval_tag;
      care_q[fill_index] <= inval_care;
      leaf_q[fill_index] <= fill_leaf_i;
    end
  end

  // Replacement. A hit and a fill of one TLB never come in the same cycle.
  tandem_mmu_repl #(
      .Policy(Policy),
      .Sets  (Sets),
      .Ways  (Ways)
  ) u_repl (
      .clk_i,
      .rst_ni,
      .touch_valid_i(touch_i),
      .touch_set_i  (12'(hit_set)),
      .touch_way_i  (hit_way),
      .fill_valid_i,
      .fill_evict_i (fill_evict_o),
      .fill_set_i   (12'(fill_set)),
      .fill_way_i   (fill_way_o),
      .victim_way_o (victim_way)
  );

endmodule
