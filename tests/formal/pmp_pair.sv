// SPDX-License-Identifier: Apache-2.0
// The PMP registers with one check behind them, next to the registers as they must stand
// and the oracle: a top for the proof that both always answer alike, whatever was written
// before and whatever is asked.
`include "sva.svh"

module pmp_pair #(
    parameter int unsigned Entries = 8,
    parameter int unsigned Xlen = 64,
    parameter int unsigned PaBits = 56
) (
    input logic        clk_i,
    input logic        rst_ni,
    input logic        write_i,
    input logic [ 3:0] index_i,
    input logic        write_cfg_i,
    input logic        write_addr_i,
    input logic [ 7:0] cfg_i,
    input logic [53:0] addr_i,
    input logic [63:0] ask_addr_i,
    input logic        ask_double_i,
    input logic [ 1:0] ask_access_i,
    input logic        ask_machine_i
);

  logic [64*Entries-1:0] entry, mask;
  logic [8*Entries-1:0] cfg;
  logic [54*Entries-1:0] addr;
  logic allowed, expected;
  logic [2:0] kind;
  assign kind = tandem_mmu_pkg::pmp_kind(ask_access_i);

  tandem_mmu_pmp #(
      .Entries(Entries),
      .Xlen   (Xlen)
  ) u_pmp (
      .clk_i,
      .rst_ni,
      .write_i,
      .index_i,
      .write_cfg_i,
      .write_addr_i,
      .cfg_i,
      .addr_i,
      .entry_o(entry),
      .mask_o (mask)
  );

  tandem_mmu_pmp_check #(
      .Entries(Entries),
      .PaBits (PaBits)
  ) u_check (
      .valid_i  (1'b1),
      .addr_i   (ask_addr_i),
      .double_i (ask_double_i),
      .kind_i   (kind),
      .machine_i(ask_machine_i),
      .entry_i  (entry),
      .mask_i   (mask),
      .allowed_o(allowed)
  );

  sva_pmp_shadow #(
      .Xlen      (Xlen),
      .PmpEntries(Entries)
  ) u_shadow (
      .clk_i,
      .rst_ni,
      .write_i,
      .index_i,
      .write_cfg_i,
      .write_addr_i,
      .cfg_i,
      .addr_i,
      .cfg_o (cfg),
      .addr_o(addr)
  );

  sva_pmp_oracle #(
      .PmpEntries(Entries)
  ) u_oracle (
      .enable_i (1'b1),
      .cfg_i    (cfg),
      .addr_i   (addr),
      .word_i   (ask_addr_i[55:2]),
      .eight_i  (ask_double_i),
      .kind_i   ({ask_access_i == 2'd0, ask_access_i[1], ask_access_i == 2'd1}),
      .machine_i(ask_machine_i),
      .allowed_o(expected)
  );

  // Naturally aligned: 8 bytes lie in two words of which the first is even.
  `SVA_REQUIRE(aligned, ask_double_i, ask_addr_i[2:0] == 3'd0)
  `SVA(check_agrees_with_oracle, 1'b1,
       allowed == (expected && (ask_addr_i >> PaBits) == '0))
  `SVA_COVER(denied_reached, !allowed && (ask_addr_i >> PaBits) == '0)
  `SVA_COVER(two_words_reached, allowed && ask_double_i && !ask_machine_i)

  // Help for induction: the decoded entries are those of the registers.
  logic [Entries-1:0] wrong;
  always_comb begin
    wrong = '0;
    for (int unsigned k = 0; k < Entries; k++) begin
      wrong[k] =
          entry[64*k+tandem_mmu_pkg::PmpRights+:3] != cfg[8*k+:3] ||
          entry[64*k+tandem_mmu_pkg::PmpNear] != cfg[8*k+4] ||
          entry[64*k+tandem_mmu_pkg::PmpTor] != (cfg[8*k+3+:2] == 2'd1) ||
          entry[64*k+tandem_mmu_pkg::PmpLock] != cfg[8*k+7] ||
          entry[64*k+:54] != addr[54*k+:54] ||
          (cfg[8*k+4] && mask[64*k+:54] !=
           (cfg[8*k+3] ? ~(addr[54*k+:54] ^ (addr[54*k+:54] + 54'd1)) : {54{1'b1}}));
    end
  end
  `SVA(help_entries, 1'b1, wrong == '0)

endmodule
