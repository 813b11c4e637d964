// SPDX-License-Identifier: Apache-2.0
// Whether physical memory protection allows one access, said another way than the design
// says it: each entry is an interval of 4-byte words, the lowest entry that holds the first
// or the last word decides. Combinational; not a property.

module sva_pmp_oracle #(
    parameter int unsigned PmpEntries = 8,
    parameter int unsigned Kept = (PmpEntries == 0) ? 1 : PmpEntries
) (
    input  logic               enable_i,   // 0: the answer is not needed (saves time)
    input  logic [ Kept*8-1:0] cfg_i,
    input  logic [Kept*54-1:0] addr_i,
    input  logic [       53:0] word_i,     // first word: pa >> 2
    input  logic               eight_i,    // the access has 8 bytes: two words
    input  logic [        2:0] kind_i,     // one of 3'b100 fetch, 3'b010 store, 3'b001 load
    input  logic               machine_i,  // privilege M
    output logic               allowed_o
);

  logic [53:0] last, addr, ones;
  logic [54:0] low, high;
  logic first_in, last_in, decided;
  logic [7:0] cfg;

  always_comb begin
    last      = word_i | 54'(eight_i);
    allowed_o = machine_i || (PmpEntries == 0);
    decided   = 1'b0;
    addr      = '0;
    ones      = '0;
    low       = '0;
    high      = '0;
    cfg       = '0;
    first_in  = 1'b0;
    last_in   = 1'b0;
    if (enable_i) begin
      for (int unsigned k = 0; k < PmpEntries; k++) begin
        cfg  = cfg_i[8*k+:8];
        // The interval [low, high) of words. A NAPOT entry whose address ends in z ones is
        // 2^(z+1) words long; adding 1 carries through just those ones.
        low  = {1'b0, addr};  // of the entry before: TOR
        addr = addr_i[54*k+:54];
        ones = addr ^ (addr + 54'd1);
        high = {1'b0, addr};
        case (cfg[4:3])
          2'd0: high = '0;
          2'd1: ;
          2'd2: begin
            low  = {1'b0, addr};
            high = {1'b0, addr} + 55'd1;
          end
          default: begin
            low  = {1'b0, addr & ~ones};
            high = {1'b0, addr | ones} + 55'd1;
          end
        endcase
        first_in = ({1'b0, word_i} >= low) && ({1'b0, word_i} < high);
        last_in  = ({1'b0, last} >= low) && ({1'b0, last} < high);
        if (!decided && (first_in || last_in)) begin
          decided = 1'b1;
          allowed_o = first_in && last_in &&
                      ((machine_i && !cfg[7]) || ((cfg[2:0] & kind_i) != 3'b000));
        end
      end
    end
  end

endmodule
