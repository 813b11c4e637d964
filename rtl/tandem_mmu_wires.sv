// SPDX-License-Identifier: Apache-2.0
// The memory's request wires: the walk slots that have a request to make take turns. One
// that begins asks the page-walk caches where. A request is held until granted; one whose
// address may not be accessed is denied instead, in the cycle in which it would have come.
//
// Latency: combinational. Back-pressure: the wires are busy until the grant.

module tandem_mmu_wires #(
    parameter int unsigned Walks = 1,
    parameter int unsigned Xlen = 64,
    parameter int unsigned PaBits = 56,
    parameter int unsigned PmpEntries = 0
) (
    input  logic                        clk_i,
    input  logic                        rst_ni,
    input  logic            [Walks-1:0] ask_i,         // a request to make, or being made
    output logic                        valid_o,       // a slot is on the wires or denied ...
    output logic                 [ 2:0] id_o,          // ... this one
    output logic                        denied_o,
    // Its walk
    input  logic                 [56:0] va_i,
    input  tandem_mmu_pkg::ctx_t        ctx_i,
    input  logic                 [43:0] ppn_i,         // page of the root table
    input  logic                        first_i,       // its beginning: level and table are not known
    input  logic                 [ 2:0] level_i,
    input  logic                 [43:0] table_i,
    input  logic                        write_i,
    input  logic                 [63:0] pte_i,         // to be updated
    // Page-walk caches: level below a pointer, and the table that it names
    output logic                        cache_valid_o,
    input  logic                        cache_hit_i,
    input  logic                 [ 2:0] cache_level_i,
    input  logic                 [43:0] cache_table_i,
    input  logic                        cache_global_i,
    // Where a walk begins
    output logic                        begin_o,
    output logic                 [ 2:0] begin_level_o,
    output logic                 [43:0] begin_table_o,
    output logic                        begin_global_o,
    // PMP registers
    input  logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_entry_i,
    input  logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_mask_i,
    // Memory
    output logic                        mem_req_valid_o,
    input  logic                        mem_req_ready_i,
    output logic                 [ 2:0] mem_req_id_o,
    output logic                        mem_req_write_o,
    output logic                 [55:0] mem_req_addr_o,
    output logic                 [63:0] mem_req_expected_o,
    output logic                 [63:0] mem_req_data_o
);

  localparam logic Sv32 = (Xlen == 32);

  logic held_q;        // the request of last_q was not granted yet
  logic [2:0] last_q;  // on the wires, or denied, last
  logic [2:0] next;

  tandem_mmu_turn #(
      .Number(Walks)
  ) u_turn (
      .ask_i,
      .last_i(last_q),
      .next_o(next)
  );

  assign valid_o = (ask_i != '0);
  assign id_o    = held_q ? last_q : next;

  // Where: at the root, below what a page-walk cache knows, or where the walk has come to.
  logic [2:0] level;
  logic [43:0] root_table;
  assign begin_o        = valid_o && first_i;
  assign cache_valid_o  = begin_o;
  assign begin_level_o  = cache_hit_i ? cache_level_i : ctx_i.root;
  assign begin_table_o  = cache_hit_i ? cache_table_i : ppn_i;
  assign begin_global_o = cache_hit_i && cache_global_i;
  assign level          = first_i ? begin_level_o : level_i;
  assign root_table     = first_i ? begin_table_o : table_i;

  logic [9:0] index;
  logic [55:0] addr;
  always_comb begin
    index = '0;
    addr  = '0;
    if (valid_o) begin
      case (level)
        3'd0: index = Sv32 ? va_i[21:12] : {1'b0, va_i[20:12]};
        3'd1: index = Sv32 ? va_i[31:22] : {1'b0, va_i[29:21]};
        3'd2: index = {1'b0, va_i[38:30]};
        3'd3: index = {1'b0, va_i[47:39]};
        default: index = {1'b0, va_i[56:48]};
      endcase
      addr = {root_table, Sv32 ? {index, 2'b00} : {index[8:0], 3'b000}};
    end
  end

  // While a request is on the wires the PMP stands still: it goes on being allowed.
  logic allowed;
  tandem_mmu_pmp_check #(
      .Entries(PmpEntries),
      .PaBits (PaBits)
  ) u_check (
      .valid_i  (valid_o),
      .addr_i   ({8'd0, addr}),
      .double_i (!Sv32),
      .kind_i   (write_i ? tandem_mmu_pkg::PmpWrite : tandem_mmu_pkg::PmpRead),
      .machine_i(1'b0),
      .entry_i  (pmp_entry_i),
      .mask_i   (pmp_mask_i),
      .allowed_o(allowed)
  );
  assign denied_o = valid_o && !allowed;

  assign mem_req_valid_o    = valid_o && allowed;
  assign mem_req_id_o       = id_o;
  assign mem_req_write_o    = write_i;
  assign mem_req_addr_o     = addr;
  assign mem_req_expected_o = write_i ? pte_i : 64'd0;
  assign mem_req_data_o     = write_i ? pte_i | {56'd0, ctx_i.access[1], 1'b1, 6'd0} : 64'd0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      held_q <= 1'b0;
      last_q <= 3'(Walks - 1);
    end else begin
      held_q <= mem_req_valid_o && !mem_req_ready_i;
      if (valid_o) last_q <= id_o;
    end
  end

  logic unused_wires;
  assign unused_wires = &{1'b0, va_i[11:0], ctx_i.eight, ctx_i.tag, ctx_i.priv, ctx_i.sum, ctx_i.mxr,
                          ctx_i.adue, ctx_i.pbmte, ctx_i.asid, ctx_i.access[0]};

endmodule
