// SPDX-License-Identifier: Apache-2.0
// The registers of physical memory protection, decoded when they are written, so that a
// check only compares: see tandem_mmu_pkg for the words of an entry.
//
// Latency: a write is in effect from the next cycle. Back-pressure: none; whoever gives
// write_i sees to it that no memory request is on the wires. It checks no access: that is
// tandem_mmu_pmp_check, once for each user.

module tandem_mmu_pmp #(
    // 8 or 16; each costs about 115 flip-flops (XLEN = 32: 70).
    parameter int unsigned Entries = 8,
    parameter int unsigned Xlen = 64
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    input  logic                  write_i,
    input  logic [           3:0] index_i,
    input  logic                  write_cfg_i,
    input  logic                  write_addr_i,
    input  logic [           7:0] cfg_i,         // L 7, A 4:3, X 2, W 1, R 0
    input  logic [          53:0] addr_i,
    output logic [64*Entries-1:0] entry_o,
    output logic [64*Entries-1:0] mask_o
);

  // Values of cfg.A; 0 is OFF.
  localparam logic [1:0] Tor = 2'd1;
  localparam logic [1:0] Napot = 2'd3;

  // The entry's registers as they are, and whether its address is locked by the next one.
  logic [63:0] old_entry, old_mask;
  logic addr_locked;

  always_comb begin
    old_entry   = '0;
    old_mask    = '0;
    addr_locked = 1'b0;
    if (write_i) begin
      for (int unsigned k = 0; k < Entries; k++) begin
        if (index_i == 4'(k)) begin
          old_entry = entry_o[64*k+:64];
          old_mask  = mask_o[64*k+:64];
        end
        if ((k > 0) && (5'(index_i) + 5'd1 == 5'(k))) begin
          addr_locked = entry_o[64*k+tandem_mmu_pkg::PmpLock] &&
                        entry_o[64*k+tandem_mmu_pkg::PmpTor];
        end
      end
    end
  end

  // ... and as they will be. A comparison of NA4 takes every bit, one of NAPOT those above
  // the lowest 0 of the address.
  logic [63:0] new_entry, new_mask;
  logic [53:0] addr;
  logic near, tor, napot;

  assign addr  = (!write_addr_i || addr_locked) ? old_entry[53:0] :
                 (Xlen == 32) ? {22'd0, addr_i[31:0]} : addr_i;
  assign near  = write_cfg_i ? cfg_i[4] : old_entry[tandem_mmu_pkg::PmpNear];
  assign tor   = write_cfg_i ? (cfg_i[4:3] == Tor) : old_entry[tandem_mmu_pkg::PmpTor];
  assign napot = write_cfg_i ? (cfg_i[4:3] == Napot) : !old_mask[0];

  always_comb begin
    new_entry = '0;
    new_mask  = '0;
    if (write_i) begin
      new_entry[53:0] = addr;
      new_entry[tandem_mmu_pkg::PmpRights+:3] =
          write_cfg_i ? {cfg_i[2], cfg_i[1] && cfg_i[0], cfg_i[0]} :
          old_entry[tandem_mmu_pkg::PmpRights+:3];
      new_entry[tandem_mmu_pkg::PmpNear] = near;
      new_entry[tandem_mmu_pkg::PmpTor]  = tor;
      new_entry[tandem_mmu_pkg::PmpLock] = write_cfg_i && cfg_i[7];  // a set one is not written
      new_mask[53:0] = napot ? ~(addr ^ (addr + 54'd1)) : '1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      entry_o <= '0;
      mask_o  <= '0;
    end else if (write_i && !old_entry[tandem_mmu_pkg::PmpLock]) begin
      for (int unsigned k = 0; k < Entries; k++) begin
        if (index_i == 4'(k)) begin
          entry_o[64*k+:64] <= new_entry;
          mask_o[64*k+:64]  <= new_mask;
        end
      end
    end
  end

  logic unused_cfg;
  assign unused_cfg = &{1'b0, cfg_i[6:5], addr_i, old_entry[57:54], old_mask[63:1]};

endmodule
