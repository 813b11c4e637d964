// SPDX-License-Identifier: Apache-2.0
// What the answer of the memory means for the walk that it belongs to: steps READ 1 to 8
// and UPDATE of the specification. One answer comes in a cycle, so one judge is enough.
//
// Latency: combinational. Back-pressure: none. It knows neither kills nor fences: whoever
// ignores the answer ignores what is said here.

module tandem_mmu_pte #(
    parameter int unsigned Xlen = 64,
    parameter int unsigned Svnapot = 1,
    parameter int unsigned UpdateFirst = 1
) (
    input  logic                  valid_i,
    input  logic           [63:0] data_i,
    input  logic                  error_i,
    // The walk
    input  logic           [56:0] va_i,
    input  tandem_mmu_pkg::ctx_t  ctx_i,
    input  logic                  prefetch_i,   // needs no permission
    input  logic           [ 2:0] level_i,      // of the PTE
    input  logic                  global_i,     // a pointer on the path had G
    input  logic                  write_i,      // the answer is of a compare-and-write ...
    input  logic           [63:0] expected_i,   // ... that expected this
    input  logic                  allowed_i,    // the final access that leaf_o leads to
    // At most one of these; none: the walk has ended, with a translation or with fault_o
    output logic                  descend_o,    // a pointer to the next table
    output logic                  update_o,     // a good leaf whose A or D is to be set first
    output logic                  conflict_o,   // nothing was written: read the PTE again
    output logic                  fault_o,
    output logic                  page_fault_o,
    output logic           [63:0] pte_o,        // as read
    output tandem_mmu_pkg::leaf_t leaf_o
);

  localparam logic Sv32 = (Xlen == 32);

  logic store;
  assign store = ctx_i.access[1];

  // The PTE: after a compare-and-write it is the one expected, as it was written.
  logic [63:0] pte;
  assign pte_o = Sv32 ? {32'd0, data_i[31:0]} : data_i;
  assign pte   = write_i ? expected_i | {56'd0, store, 1'b1, 6'd0} : pte_o;

  logic napot;
  logic [1:0] pbmt;
  logic [43:0] level_care, care;
  always_comb begin
    napot      = 1'b0;
    pbmt       = '0;
    level_care = '0;
    care       = '0;
    leaf_o     = '0;
    if (valid_i) begin
      napot      = (Svnapot != 0) && pte[tandem_mmu_pkg::PteN];
      pbmt       = pte[tandem_mmu_pkg::PtePbmt+:2];
      level_care = 44'(tandem_mmu_pkg::vpn_care(Sv32, level_i));
      care       = napot ? {level_care[43:4], 4'd0} : level_care;
      leaf_o     = {pbmt, napot, level_i, (pte[53:10] & care) | (va_i[55:12] & ~care),
                    pte[7:0] | {2'b00, global_i, 5'b00000}};
    end
  end

  logic reserved;
  always_comb begin
    descend_o    = 1'b0;
    update_o     = 1'b0;
    conflict_o   = 1'b0;
    fault_o      = 1'b0;
    page_fault_o = 1'b1;
    reserved     = 1'b0;
    if (valid_i) begin
      reserved = (pte[60:54] != '0) || ((Svnapot == 0) && pte[tandem_mmu_pkg::PteN]) ||
                 (pbmt != 2'd0 && !ctx_i.pbmte) || (pbmt == 2'd3);
      if (error_i) begin
        fault_o      = 1'b1;
        page_fault_o = 1'b0;
      end else if (write_i) begin
        conflict_o = (pte_o != expected_i);
      end else if (!pte[tandem_mmu_pkg::PteV] || reserved ||
                   (!pte[tandem_mmu_pkg::PteR] && pte[tandem_mmu_pkg::PteW])) begin
        fault_o = 1'b1;
      end else if (!pte[tandem_mmu_pkg::PteR] && !pte[tandem_mmu_pkg::PteX]) begin
        fault_o = pte[tandem_mmu_pkg::PteD] || pte[tandem_mmu_pkg::PteA] ||
                  pte[tandem_mmu_pkg::PteU] || napot || (pbmt != 2'd0) || (level_i == 3'd0);
        descend_o = !fault_o;
      end else if ((napot && ((level_i != 3'd0) || (pte[13:10] != 4'd8))) ||
                   ((pte[53:10] & ~level_care) != '0) ||  // misaligned superpage
                   (!prefetch_i && !tandem_mmu_pkg::permitted(
                        ctx_i.access, ctx_i.priv, ctx_i.sum, ctx_i.mxr,
                        pte[tandem_mmu_pkg::PteU], pte[tandem_mmu_pkg::PteX],
                        pte[tandem_mmu_pkg::PteW], pte[tandem_mmu_pkg::PteR]))) begin
        fault_o = 1'b1;
      end else if (!pte[tandem_mmu_pkg::PteA] || (store && !pte[tandem_mmu_pkg::PteD])) begin
        update_o     = ctx_i.adue && ((UpdateFirst != 0) || allowed_i);
        fault_o      = !update_o;
        page_fault_o = !ctx_i.adue;
      end
    end
  end

  logic unused_pte;
  assign unused_pte = &{1'b0, pte[9:8], va_i[56], va_i[11:0], ctx_i.eight, ctx_i.tag, ctx_i.root,
                        ctx_i.asid};

endmodule
