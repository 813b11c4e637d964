// SPDX-License-Identifier: Apache-2.0
// May this access be made? Its physical address exists, and the PMP allows it. One for
// each that asks: both ports, the walker.
//
// Latency: combinational. Back-pressure: none. It does not know what an address has
// behind it, and believes that the access is aligned.

module tandem_mmu_pmp_check #(
    // 0 (no PMP: the address alone is judged), 8 or 16. An entry costs four 54-bit
    // comparators; all of them are in series behind the address.
    parameter int unsigned Entries = 0,
    parameter int unsigned PaBits = 56
) (
    input  logic                                        valid_i,    // the answer is needed
    input  logic [                                63:0] addr_i,
    input  logic                                        double_i,   // 8 bytes: two words
    input  logic [                                 2:0] kind_i,     // tandem_mmu_pkg::PmpRead ...
    input  logic                                        machine_i,  // privilege M
    input  logic [64*((Entries == 0) ? 1 : Entries)-1:0] entry_i,
    input  logic [64*((Entries == 0) ? 1 : Entries)-1:0] mask_i,
    output logic                                        allowed_o   // meaningful with valid
);

  logic exists;
  assign exists = (addr_i[63:PaBits] == '0);

  if (Entries == 0) begin : gen_address_only
    assign allowed_o = exists;
    logic unused_check;
    assign unused_check =
        &{1'b0, valid_i, addr_i[PaBits-1:0], double_i, kind_i, machine_i, entry_i, mask_i};
  end else begin : gen_entries
    // The access's words; the same one twice below 8 bytes.
    logic [53:0] first, last;
    assign first = addr_i[55:2];
    assign last  = {addr_i[55:3], addr_i[2] || double_i};

    // The first entry that holds one of the words decides; it must hold the other too.
    logic found, first_in, last_in;
    logic [53:0] above, below, mask;  // this entry's address, that of the one before
    always_comb begin
      found     = 1'b0;
      first_in  = 1'b0;
      last_in   = 1'b0;
      above     = '0;
      below     = '0;
      mask      = '0;
      allowed_o = machine_i;
      if (valid_i) begin
        for (int unsigned k = 0; k < Entries; k++) begin
          below = above;
          above = entry_i[64*k+:54];
          if (!found) begin
            mask = mask_i[64*k+:54];
            if (entry_i[64*k+tandem_mmu_pkg::PmpTor]) begin
              first_in = (first < above) && !(first < below);
              last_in  = (last < above) && !(last < below);
            end else begin
              first_in = entry_i[64*k+tandem_mmu_pkg::PmpNear] &&
                         ((first ^ above) & mask) == '0;
              last_in  = entry_i[64*k+tandem_mmu_pkg::PmpNear] &&
                         ((last ^ above) & mask) == '0;
            end
            if (first_in || last_in) begin
              found     = 1'b1;
              allowed_o = first_in && last_in &&
                          ((machine_i && !entry_i[64*k+tandem_mmu_pkg::PmpLock]) ||
                           (entry_i[64*k+tandem_mmu_pkg::PmpRights+:3] & kind_i) != '0);
            end
          end
        end
      end
      if (!exists) allowed_o = 1'b0;
    end

    logic unused_check;
    assign unused_check = &{1'b0, addr_i[1:0], entry_i, mask_i};
  end

endmodule
