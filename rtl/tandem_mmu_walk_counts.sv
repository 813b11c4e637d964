// SPDX-License-Identifier: Apache-2.0
// How many walk slots do what in this cycle, for the counters.
//
// Latency: combinational. Back-pressure: none.

module tandem_mmu_walk_counts #(
    parameter int unsigned Walks = 1
) (
    // A bit a slot
    input  logic [Walks-1:0] used_i,
    input  logic [Walks-1:0] free_i,
    input  logic [Walks-1:0] restart_i,
    input  logic [Walks-1:0] kill_i,
    input  logic [Walks-1:0] done_wait_i,
    input  logic [Walks-1:0] wire_wait_i,
    // Numbers
    output logic [      3:0] used_o,
    output logic [      3:0] free_o,
    output logic [      3:0] restart_o,
    output logic [      3:0] kill_o,
    output logic [      3:0] done_wait_o,
    output logic [      3:0] wire_wait_o
);

  if (Walks == 1) begin : gen_one
    assign used_o      = {3'd0, used_i};
    assign free_o      = {3'd0, free_i};
    assign restart_o   = {3'd0, restart_i};
    assign kill_o      = {3'd0, kill_i};
    assign done_wait_o = {3'd0, done_wait_i};
    assign wire_wait_o = {3'd0, wire_wait_i};
  end else begin : gen_sums
    always_comb begin
      used_o      = '0;
      free_o      = '0;
      restart_o   = '0;
      kill_o      = '0;
      done_wait_o = '0;
      wire_wait_o = '0;
      if (used_i != '0) begin
        for (int unsigned s = 0; s < Walks; s++) begin
          used_o      = used_o + {3'd0, used_i[s]};
          free_o      = free_o + {3'd0, free_i[s]};
          restart_o   = restart_o + {3'd0, restart_i[s]};
          kill_o      = kill_o + {3'd0, kill_i[s]};
          done_wait_o = done_wait_o + {3'd0, done_wait_i[s]};
          wire_wait_o = wire_wait_o + {3'd0, wire_wait_i[s]};
        end
      end
    end
  end

endmodule
