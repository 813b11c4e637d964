// SPDX-License-Identifier: Apache-2.0
// Fault records of both ports and the channel that shows them one at a time, in the
// order in which they became valid, data first if both did in the same cycle.
//
// Latency: a record shows one cycle after set_i if the channel is free; after one is
// taken the other follows in the next cycle. Back-pressure: a record is held until
// taken; a port whose record is pending makes no second one.

module tandem_mmu_fault_unit (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    // Bit 0 data, bit 1 fetch
    input  logic          [ 1:0] set_i,            // a record becomes valid in the next cycle
    output logic          [ 1:0] pending_o,
    input  logic          [ 3:0] data_cause_i,
    input  logic          [63:0] data_tval_i,
    input  tandem_mmu_pkg::ctx_t data_ctx_i,
    input  logic          [ 3:0] fetch_cause_i,
    input  logic          [63:0] fetch_tval_i,
    input  tandem_mmu_pkg::ctx_t fetch_ctx_i,
    // Channel
    output logic                 fault_valid_o,
    input  logic                 fault_ready_i,
    output logic                 fault_port_o,
    output logic          [ 1:0] fault_access_o,
    output logic          [ 3:0] fault_tag_o,
    output logic          [ 3:0] fault_cause_o,
    output logic          [63:0] fault_tval_o,
    output logic          [15:0] fault_asid_o
);

  logic [1:0] pending_q, remaining;
  logic shown_q, shown_d;  // the port whose record is shown

  // {access, tag, cause, asid}
  logic [25:0] data_q, fetch_q;
  logic [63:0] data_tval_q, fetch_tval_q;

  always_comb begin
    remaining = pending_q;
    if (fault_valid_o && fault_ready_i) remaining[shown_q] = 1'b0;

    shown_d = shown_q;
    if (!remaining[shown_q]) begin
      shown_d = (remaining != 2'b00) ? !shown_q : !set_i[0];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pending_q <= 2'b00;
      shown_q   <= 1'b0;
    end else begin
      pending_q <= remaining | set_i;
      shown_q   <= shown_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (set_i[0]) begin
      data_q      <= {data_ctx_i.access, data_ctx_i.tag, data_cause_i, data_ctx_i.asid};
      data_tval_q <= data_tval_i;
    end
    if (set_i[1]) begin
      fetch_q      <= {fetch_ctx_i.access, fetch_ctx_i.tag, fetch_cause_i, fetch_ctx_i.asid};
      fetch_tval_q <= fetch_tval_i;
    end
  end

  assign pending_o      = pending_q;
  assign fault_valid_o  = (pending_q != 2'b00);
  assign fault_port_o   = shown_q;
  assign fault_tval_o   = shown_q ? fetch_tval_q : data_tval_q;
  assign {fault_access_o, fault_tag_o, fault_cause_o, fault_asid_o} = shown_q ? fetch_q : data_q;

  logic unused_ctx;
  assign unused_ctx = &{1'b0, data_ctx_i, fetch_ctx_i};

endmodule
