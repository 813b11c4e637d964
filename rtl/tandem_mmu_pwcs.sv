// SPDX-License-Identifier: Apache-2.0
// The page-walk caches, one for each level that has pointers. A lookup asks all those below
// the walk's root table and takes the lowest that knows the address: its table is read next.
//
// Latency: combinational; a fill shows from the next cycle on. Back-pressure: none.

module tandem_mmu_pwcs #(
    // Entries of each, 0 .. 64; 0: there are none. Cost: see tandem_mmu_pwc.
    parameter int unsigned Entries = 0,
    parameter int unsigned Xlen = 64
) (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        lookup_valid_i,
    input  logic [44:0] lookup_vpn_i,
    input  logic [15:0] lookup_asid_i,
    input  logic [ 2:0] lookup_root_i,    // level of the root table
    input  logic        lookup_killed_i,  // its walk is killed now: no touch
    output logic        lookup_hit_o,
    output logic [ 2:0] lookup_level_o,   // of the table below the pointer
    output logic [43:0] lookup_table_o,
    output logic        lookup_global_o,
    // A pointer that a walk follows
    input  logic        fill_valid_i,
    input  logic [ 2:0] fill_level_i,
    input  logic [44:0] fill_vpn_i,
    input  logic [15:0] fill_asid_i,
    input  logic        fill_global_i,
    input  logic [43:0] fill_table_i,
    // A fence without an address
    input  logic        fence_valid_i,
    input  logic        fence_has_asid_i,
    input  logic [15:0] fence_asid_i,
    // Events of the levels 4 .. 1
    output logic [ 3:0] hits_o,
    output logic [ 3:0] fills_o
);

  if (Entries == 0) begin : gen_none
    assign lookup_hit_o    = 1'b0;
    assign lookup_level_o  = '0;
    assign lookup_table_o  = '0;
    assign lookup_global_o = 1'b0;
    assign hits_o          = '0;
    assign fills_o         = '0;
    logic unused_pwcs;
    assign unused_pwcs = &{1'b0, clk_i, rst_ni, lookup_valid_i, lookup_vpn_i, lookup_asid_i,
                           lookup_root_i, lookup_killed_i, fill_valid_i, fill_level_i, fill_vpn_i, fill_asid_i,
                           fill_global_i, fill_table_i, fence_valid_i, fence_has_asid_i,
                           fence_asid_i, 32'(Xlen)};
  end else begin : gen_levels
    localparam int unsigned Levels = (Xlen == 32) ? 1 : 4;
    localparam int unsigned LevelBits = (Xlen == 32) ? 10 : 9;

    logic [3:0] hit, global_bit;
    logic [43:0] table_1, table_2, table_3, table_4;
    for (genvar l = 1; l <= 4; l++) begin : gen_level
      logic [43:0] found;
      if (l <= Levels) begin : gen_cache
        logic asked, filled;
        assign asked  = lookup_valid_i && (lookup_root_i >= 3'(l));
        assign filled = fill_valid_i && (fill_level_i == 3'(l));
        tandem_mmu_pwc #(
            .Entries(Entries)
        ) u_pwc (
            .clk_i,
            .rst_ni,
            .lookup_valid_i (asked),
            .lookup_tag_i   (lookup_vpn_i >> (LevelBits * l)),
            .lookup_asid_i,
            .lookup_hit_o   (hit[l-1]),
            .lookup_table_o (found),
            .lookup_global_o(global_bit[l-1]),
            .touch_i        (hits_o[l-1] && !lookup_killed_i),
            .fill_valid_i   (filled),
            .fill_tag_i     (fill_vpn_i >> (LevelBits * l)),
            .fill_asid_i,
            .fill_global_i,
            .fill_table_i,
            .fence_valid_i,
            .fence_has_asid_i,
            .fence_asid_i
        );
        assign fills_o[l-1] = filled;
      end else begin : gen_no_cache
        assign hit[l-1]        = 1'b0;
        assign global_bit[l-1] = 1'b0;
        assign found           = '0;
        assign fills_o[l-1]    = 1'b0;
      end
    end
    assign table_1 = gen_level[1].found;
    assign table_2 = gen_level[2].found;
    assign table_3 = gen_level[3].found;
    assign table_4 = gen_level[4].found;

    assign hits_o          = hit & (~hit + 4'd1);  // the lowest
    assign lookup_hit_o    = (hit != '0);
    assign lookup_global_o = (hits_o & global_bit) != '0;
    assign lookup_level_o  = hit[0] ? 3'd0 : hit[1] ? 3'd1 : hit[2] ? 3'd2 : 3'd3;
    assign lookup_table_o  = hit[0] ? table_1 : hit[1] ? table_2 : hit[2] ? table_3 : table_4;
  end

endmodule
