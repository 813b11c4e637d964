// SPDX-License-Identifier: Apache-2.0
// One way of the second-level TLB: a RAM with a word for each set, one write port and two
// read ports, and the comparison of what was read. Whether a word is valid is not its business.
//
//   word: {parity, asid, tag, pbmt, napot, level, ppn, D U X W R, global, large}
//
// The tag is the granule's VPN; parity is even over all of it.
//
// Latency: read at the end of a cycle with read_i, compared in the next; a word written in
// the cycle in which it is read is not to be looked at. Back-pressure: none.

module tandem_mmu_l2_way #(
    parameter int unsigned Sets = 256,
    parameter int unsigned SetBits = 8,
    // Stored bits of a VPN, of those the ones inside a large granule, of a PPN, of an ASID.
    parameter int unsigned VpnBits = 45,
    parameter int unsigned LargeBits = 9,
    parameter int unsigned PpnBits = 44,
    parameter int unsigned AsidBits = 16,
    parameter int unsigned WordBits = VpnBits + PpnBits + AsidBits + 14
) (
    input  logic                  clk_i,
    // Read
    input  logic                  read_i,
    input  logic    [SetBits-1:0] read_small_i,      // set
    input  logic    [SetBits-1:0] read_large_i,
    // Compare
    input  logic                  compare_i,
    input  logic    [VpnBits-1:0] compare_vpn_i,
    input  logic   [AsidBits-1:0] compare_asid_i,
    input  logic           [ 1:0] compare_valid_i,   // the words read are valid: large, small
    output logic           [ 1:0] match_o,
    output logic           [ 1:0] wrong_o,           // parity
    output tandem_mmu_pkg::leaf_t leaf_o,            // of the small match, else of the large
    // Write
    input  logic                  write_i,
    input  logic    [SetBits-1:0] write_set_i,
    input  logic   [WordBits-1:0] write_word_i
);

  localparam int unsigned LevelAt = PpnBits + 7;
  localparam int unsigned NapotAt = LevelAt + 3;
  localparam int unsigned PbmtAt = NapotAt + 1;
  localparam int unsigned TagAt = PbmtAt + 2;
  localparam int unsigned AsidAt = TagAt + VpnBits;
  localparam logic [VpnBits-1:0] LargeCare = {{(VpnBits-LargeBits){1'b1}}, {LargeBits{1'b0}}};

  logic [WordBits-1:0] ram[Sets];
  logic [WordBits-1:0] small_q, large_q;

  always_ff @(posedge clk_i) begin
    if (write_i) ram[write_set_i] <= write_word_i;
    if (read_i) begin
      small_q <= ram[read_small_i];
      large_q <= ram[read_large_i];
    end
  end

  logic [WordBits-1:0] word;
  always_comb begin
    match_o = 2'b00;
    wrong_o = 2'b00;
    word    = '0;
    leaf_o  = '0;
    if (compare_i) begin
      if (compare_valid_i[0]) begin
        wrong_o[0] = ^small_q;
        match_o[0] = !wrong_o[0] && !small_q[0] &&
                     (small_q[TagAt+:VpnBits] == compare_vpn_i) &&
                     (small_q[1] || (small_q[AsidAt+:AsidBits] == compare_asid_i));
      end
      if (compare_valid_i[1]) begin
        wrong_o[1] = ^large_q;
        match_o[1] = !wrong_o[1] && large_q[0] &&
                     (large_q[TagAt+:VpnBits] == (compare_vpn_i & LargeCare)) &&
                     (large_q[1] || (large_q[AsidAt+:AsidBits] == compare_asid_i));
      end
      if (match_o != 2'b00) begin
        word   = match_o[0] ? small_q : large_q;
        leaf_o = {word[PbmtAt+:2], word[NapotAt], word[LevelAt+:3], 44'(word[7+:PpnBits]),
                  word[6], 1'b1, word[1], word[5:2], 1'b1};
      end
    end
  end

endmodule
