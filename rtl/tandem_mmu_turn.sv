// SPDX-License-Identifier: Apache-2.0
// Whose turn it is: the first of those who ask in circular order, beginning after the one
// who had the last turn.
//
// Latency: combinational. Back-pressure: none. It remembers nothing.

module tandem_mmu_turn #(
    parameter int unsigned Number = 1  // 1 .. 8
) (
    input  logic [Number-1:0] ask_i,
    input  logic        [2:0] last_i,
    output logic        [2:0] next_o   // meaningful if somebody asks
);

  if (Number == 1) begin : gen_one
    assign next_o = '0;
    logic unused_turn;
    assign unused_turn = &{1'b0, ask_i, last_i};
  end else begin : gen_turn
    always_comb begin
      next_o = '0;
      if (ask_i != '0) begin
        for (int unsigned k = Number; k > 0; k--) begin
          if (ask_i[k-1]) next_o = 3'(k - 1);
        end
        for (int unsigned k = Number; k > 0; k--) begin
          if (ask_i[k-1] && (3'(k - 1) > last_i)) next_o = 3'(k - 1);
        end
      end
    end
  end

endmodule
