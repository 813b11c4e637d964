// SPDX-License-Identifier: Apache-2.0
// The physical-memory-protection registers as docs/microarchitecture.md section 8 says they
// must stand, kept from the write port alone. Not a property: others compare with it.

module sva_pmp_shadow #(
    parameter int unsigned Xlen = 64,
    parameter int unsigned PmpEntries = 8,
    parameter int unsigned Kept = (PmpEntries == 0) ? 1 : PmpEntries
) (
    input  logic               clk_i,
    input  logic               rst_ni,
    input  logic               write_i,  // valid and ready
    input  logic [        3:0] index_i,
    input  logic               write_cfg_i,
    input  logic               write_addr_i,
    input  logic [        7:0] cfg_i,
    input  logic [       53:0] addr_i,
    output logic [ Kept*8-1:0] cfg_o,
    output logic [Kept*54-1:0] addr_o
);

  localparam logic [53:0] AddrMask = (Xlen == 32) ? 54'h0_ffff_ffff : {54{1'b1}};

  // Bit k: the configuration (address) of entry k can be written.
  logic [Kept-1:0] cfg_open, addr_open;

  always_comb begin
    for (int unsigned k = 0; k < Kept; k++) begin
      cfg_open[k]  = !cfg_o[8*k+7];
      addr_open[k] = cfg_open[k];
      if (k + 1 < Kept) begin
        // The next entry, locked and TOR, has this address as its lower end.
        if (cfg_o[8*((k+1)%Kept)+7] && cfg_o[8*((k+1)%Kept)+3+:2] == 2'd1) addr_open[k] = 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      cfg_o  <= '0;
      addr_o <= '0;
    end else if (write_i) begin
      for (int unsigned k = 0; k < PmpEntries; k++) begin
        if (32'(index_i) == k) begin
          if (write_cfg_i && cfg_open[k]) begin
            cfg_o[8*k+:8] <= {cfg_i[7], 2'b00, cfg_i[4:2], cfg_i[1] && cfg_i[0], cfg_i[0]};
          end
          if (write_addr_i && addr_open[k]) addr_o[54*k+:54] <= addr_i & AddrMask;
        end
      end
    end
  end

endmodule
