// SPDX-License-Identifier: Apache-2.0
// Properties of the PMP registers (docs/microarchitecture.md section 8): they hold what was
// written, decoded, and a locked one never changes.
`include "sva.svh"

module sva_pmp #(
    parameter int unsigned Entries = 8,
    parameter int unsigned Xlen = 64
) (
    input logic                  clk_i,
    input logic                  rst_ni,
    input logic                  write_i,
    input logic [           3:0] index_i,
    input logic                  write_cfg_i,
    input logic                  write_addr_i,
    input logic [           7:0] cfg_i,
    input logic [          53:0] addr_i,
    input logic [64*Entries-1:0] entry_o,
    input logic [64*Entries-1:0] mask_o
);

  logic [8*Entries-1:0] cfg;
  logic [54*Entries-1:0] addr;

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

  logic [64*Entries-1:0] entry_q;
  logic changed_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      entry_q   <= '0;
      changed_q <= 1'b1;
    end else begin
`ifdef FORMAL
      entry_q <= entry_o;
`else
      if (changed_q) entry_q <= entry_o;
`endif
      changed_q <= write_i;
    end
  end

  // Where an entry differs from its registers, or changed while locked; a locked TOR entry
  // locks the address below as well. Looked at after writes only.
  logic [Entries-1:0] wrong_cfg, wrong_addr, wrong_mask, lost_lock, lost_below;
  logic [7:0] c;
  logic [53:0] a;
  always_comb begin
    wrong_cfg  = '0;
    wrong_addr = '0;
    wrong_mask = '0;
    lost_lock  = '0;
    lost_below = '0;
    c          = '0;
    a          = '0;
    if (changed_q) begin
      for (int unsigned k = 0; k < Entries; k++) begin
        c = cfg[8*k+:8];
        a = addr[54*k+:54];
        wrong_cfg[k] = entry_o[64*k+tandem_mmu_pkg::PmpRights+:3] != c[2:0] ||
                       entry_o[64*k+tandem_mmu_pkg::PmpNear] != c[4] ||
                       entry_o[64*k+tandem_mmu_pkg::PmpTor] != (c[4:3] == 2'd1) ||
                       entry_o[64*k+tandem_mmu_pkg::PmpLock] != c[7];
        wrong_addr[k] = entry_o[64*k+:54] != a;
        wrong_mask[k] = c[4] && mask_o[64*k+:54] != (c[3] ? ~(a ^ (a + 54'd1)) : {54{1'b1}});
        lost_lock[k]  = entry_q[64*k+tandem_mmu_pkg::PmpLock] &&
                        entry_o[64*k+:64] != entry_q[64*k+:64];
        if (k > 0) begin
          lost_below[k] = entry_q[64*k+tandem_mmu_pkg::PmpLock] &&
                          entry_q[64*k+tandem_mmu_pkg::PmpTor] &&
                          entry_o[64*((k+Entries-1)%Entries)+:54] !=
                          entry_q[64*((k+Entries-1)%Entries)+:54];
        end
      end
    end
  end

  `SVA(configuration_as_written, changed_q, wrong_cfg == '0)
  `SVA(address_as_written, changed_q, wrong_addr == '0)
  `SVA(mask_fits_address, changed_q, wrong_mask == '0)
  `SVA(locked_never_changes, changed_q, lost_lock == '0)
  `SVA(locked_tor_keeps_its_lower_end, changed_q, lost_below == '0)

  // Every entry at once in a proof, in simulation one each cycle: what changed once stays seen.
`ifdef FORMAL
  `SVA(changes_by_writes_only, !changed_q, entry_o == entry_q)
`else
  logic [6:0] at_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) at_q <= '0;
    else at_q <= (32'(at_q) == Entries - 1) ? '0 : at_q + 7'd1;
  end
  `SVA(changes_by_writes_only, !changed_q,
       entry_o[64*32'(at_q)+:64] == entry_q[64*32'(at_q)+:64])
`endif
  `SVA_COVER(locked_reached, entry_q[tandem_mmu_pkg::PmpLock] && changed_q)

`ifdef FORMAL
  // Help for induction: reserved bits, and an entry's kind is kept in its mask.
  logic [Entries-1:0] wrong_entry;
  logic [7:0] hc;
  always_comb begin
    wrong_entry = '0;
    hc          = '0;
    for (int unsigned k = 0; k < Entries; k++) begin
      hc = cfg[8*k+:8];
      wrong_entry[k] =
          entry_o[64*k+tandem_mmu_pkg::PmpRights+:3] != hc[2:0] ||
          entry_o[64*k+tandem_mmu_pkg::PmpNear] != hc[4] ||
          entry_o[64*k+tandem_mmu_pkg::PmpTor] != (hc[4:3] == 2'd1) ||
          entry_o[64*k+tandem_mmu_pkg::PmpLock] != hc[7] ||
          entry_o[64*k+:54] != addr[54*k+:54] ||
          (hc[4] && mask_o[64*k+:54] !=
           (hc[3] ? ~(addr[54*k+:54] ^ (addr[54*k+:54] + 54'd1)) : {54{1'b1}}));
    end
  end
  `SVA(help_entries, 1'b1, wrong_entry == '0)
`endif

endmodule

`ifndef FORMAL
bind tandem_mmu_pmp sva_pmp #(
    .Entries(Entries),
    .Xlen   (Xlen)
) u_sva (.*);
`endif
