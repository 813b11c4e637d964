// SPDX-License-Identifier: Apache-2.0
// Properties of the fault unit (docs/microarchitecture.md section 10): each fault makes one
// record, records leave in the order in which they came, and what is shown is what was said
// when the record was made.
`include "sva.svh"

module sva_fault_unit (
    input logic                 clk_i,
    input logic                 rst_ni,
`ifdef FORMAL
    input logic          [89:0] dut_data,
    input logic          [89:0] dut_fetch,
`endif
    input logic          [ 1:0] set_i,
    input logic          [ 1:0] pending_o,
    input logic          [ 3:0] data_cause_i,
    input logic          [63:0] data_tval_i,
    input tandem_mmu_pkg::ctx_t data_ctx_i,
    input logic          [ 3:0] fetch_cause_i,
    input logic          [63:0] fetch_tval_i,
    input tandem_mmu_pkg::ctx_t fetch_ctx_i,
    input logic                 fault_valid_o,
    input logic                 fault_ready_i,
    input logic                 fault_port_o,
    input logic          [ 1:0] fault_access_o,
    input logic          [ 3:0] fault_tag_o,
    input logic          [ 3:0] fault_cause_o,
    input logic          [63:0] fault_tval_o,
    input logic          [15:0] fault_asid_o
);

  // The records that must exist, and which port's came first (data, if both at once).
  logic [1:0] record_q, record_left, taken;
  logic fetch_first_q;

  assign taken       = {fault_port_o, !fault_port_o} & {2{fault_valid_o && fault_ready_i}};
  assign record_left = record_q & ~taken;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      record_q      <= 2'b00;
      fetch_first_q <= 1'b0;
    end else begin
      record_q <= record_left | set_i;
      if (record_left == 2'b00) fetch_first_q <= !set_i[0];
      else if (record_left != 2'b11) fetch_first_q <= record_left[1];
    end
  end

  // What they say.
  logic [89:0] data_q, fetch_q;
  always_ff @(posedge clk_i) begin
    if (set_i[0]) begin
      data_q <= {data_ctx_i.access, data_ctx_i.tag, data_cause_i, data_tval_i, data_ctx_i.asid};
    end
    if (set_i[1]) begin
      fetch_q <= {fetch_ctx_i.access, fetch_ctx_i.tag, fetch_cause_i, fetch_tval_i,
                  fetch_ctx_i.asid};
    end
  end

  logic [89:0] shown;
  assign shown = {fault_access_o, fault_tag_o, fault_cause_o, fault_tval_o, fault_asid_o};

  `SVA_REQUIRE(one_record_per_port, set_i != 2'b00, (set_i & record_q) == 2'b00)
  `SVA_REQUIRE(fetch_access, set_i[1], fetch_ctx_i.access == 2'd0)

  `SVA(record_for_each_fault, record_q != 2'b00 || pending_o != 2'b00, pending_o == record_q)
  `SVA(shown_if_any, record_q != 2'b00 || fault_valid_o, fault_valid_o == (record_q != 2'b00))
  `SVA(shown_exists, fault_valid_o, record_q[fault_port_o])
  `SVA(oldest_first, record_q == 2'b11, fault_port_o == fetch_first_q)
  `SVA(data_payload, fault_valid_o && !fault_port_o, shown == data_q)
  `SVA(fetch_payload, fault_valid_o && fault_port_o, shown == fetch_q)

`ifdef FORMAL
  // Help for induction: a record that waits behind the other says what it shall say.
  `SVA(help_data, record_q[0], dut_data == data_q)
  `SVA(help_fetch, record_q[1], dut_fetch == fetch_q)
`endif

  sva_channel #(
      .Width(91)
  ) u_fault (
      .clk_i,
      .rst_ni,
      .valid_i  (fault_valid_o),
      .ready_i  (fault_ready_i),
      .payload_i({fault_port_o, shown})
  );

endmodule

`ifndef FORMAL
bind tandem_mmu_fault_unit sva_fault_unit u_sva (.*);
`endif
