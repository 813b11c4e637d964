// SPDX-License-Identifier: Apache-2.0
// The replacement policy of one array, whichever it is. A direct-mapped one has none.
//
// Latency: the victim is combinational, a touch shows from the next cycle on.
// Back-pressure: none. It does not know which ways are valid.

module tandem_mmu_repl #(
    // 0 LRU, 1 PLRU (Ways a power of two), 2 FIFO, 3 RANDOM. Cost: see the modules below.
    parameter int unsigned Policy = 0,
    parameter int unsigned Sets = 1,
    parameter int unsigned Ways = 16
) (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        touch_valid_i,  // a hit
    input  logic [11:0] touch_set_i,
    input  logic [ 6:0] touch_way_i,
    input  logic        fill_valid_i,   // a fill: victim_way_o is needed, fill_way_i is touched
    input  logic        fill_evict_i,   // ... and the victim is used
    input  logic [11:0] fill_set_i,
    input  logic [ 6:0] fill_way_i,
    output logic [ 6:0] victim_way_o
);

  if (Ways <= 1) begin : gen_direct
    assign victim_way_o = '0;
    logic unused_repl;
    assign unused_repl = &{1'b0, clk_i, rst_ni, touch_valid_i, touch_set_i, touch_way_i, fill_valid_i,
                           fill_evict_i, fill_set_i, fill_way_i};
  end else if (Policy == tandem_mmu_pkg::PolicyRandom) begin : gen_random
    tandem_mmu_repl_random #(
        .Ways(Ways)
    ) u_repl (
        .clk_i,
        .rst_ni,
        .advance_i(fill_evict_i),
        .victim_way_o
    );
    logic unused_repl;
    assign unused_repl = &{1'b0, touch_valid_i, touch_set_i, touch_way_i, fill_valid_i, fill_set_i,
                           fill_way_i};
  end else if (Policy == tandem_mmu_pkg::PolicyPlru) begin : gen_plru
    tandem_mmu_repl_plru #(
        .Sets(Sets),
        .Ways(Ways)
    ) u_repl (
        .clk_i,
        .rst_ni,
        .touch_valid_i,
        .touch_set_i,
        .touch_way_i,
        .fill_valid_i,
        .fill_set_i,
        .fill_way_i,
        .victim_way_o
    );
    logic unused_repl;
    assign unused_repl = fill_evict_i;
  end else begin : gen_age
    tandem_mmu_repl_age #(
        .Sets(Sets),
        .Ways(Ways)
    ) u_repl (
        .clk_i,
        .rst_ni,
        .touch_valid_i(touch_valid_i && (Policy != tandem_mmu_pkg::PolicyFifo)),
        .touch_set_i,
        .touch_way_i,
        .fill_valid_i,
        .fill_set_i,
        .fill_way_i,
        .victim_way_o
    );
    logic unused_repl;
    assign unused_repl = fill_evict_i;
  end

endmodule
