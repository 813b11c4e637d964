// SPDX-License-Identifier: Apache-2.0
// The page-table walker: one walk at a time, data before fetch, one memory request
// outstanding. Reads PTEs from the root down, updates A and D by compare-and-write where
// allowed, begins again after a fence.
//
// Latency: the first memory request is valid in the cycle after the walk is taken, the
// next one in the cycle after an answer; the result is combinational in the last
// answer's cycle, in which the next walk can be taken. Back-pressure: a memory request
// is held until granted; answers are always accepted. It holds no context: the port of
// the walk keeps its own until done. It writes no TLB.

module tandem_mmu_walker (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    // Ports: bit 0 data, bit 1 fetch
    input  logic           [ 1:0] request_i,
    output logic           [ 1:0] taken_o,     // at this cycle's end
    output logic           [ 1:0] done_o,      // the walk ends in this cycle
    output logic                  fault_o,
    output logic           [ 3:0] cause_o,
    output tandem_mmu_pkg::leaf_t leaf_o,
    // Context of the walk's port
    output logic                  port_o,
    input  logic           [26:0] ctx_vpn_i,
    input  logic           [ 1:0] ctx_access_i,
    input  logic           [ 1:0] ctx_priv_i,
    input  logic                  ctx_sum_i,
    input  logic                  ctx_mxr_i,
    input  logic                  ctx_adue_i,
    input  logic           [43:0] ctx_root_i,
    // A fence is accepted in this cycle
    input  logic                  fence_i,
    // Memory
    output logic                  mem_req_valid_o,
    input  logic                  mem_req_ready_i,
    output logic                  mem_req_write_o,
    output logic           [55:0] mem_req_addr_o,
    output logic           [63:0] mem_req_expected_o,
    output logic           [63:0] mem_req_data_o,
    input  logic                  mem_rsp_valid_i,
    input  logic           [63:0] mem_rsp_data_i,
    input  logic                  mem_rsp_error_i,
    // Counter events (order of the counters 16 .. 20, 22)
    output logic           [ 5:0] count_o
);

  typedef enum logic [1:0] {
    Idle,
    Request,  // a memory request is on the wires
    Answer    // ... was granted, its answer is awaited
  } state_e;

  state_e state_q, state_d;
  logic port_q, port_d;      // whose walk
  logic stale_q, stale_d;    // a fence came: the answer will be ignored
  logic write_q, write_d;    // the memory request is a compare-and-write
  logic global_q, global_d;  // a pointer PTE on the path had G
  logic [1:0] level_q, level_d;
  logic [43:0] table_q;      // page of the table that is read; below the root only
  logic [63:0] pte_q;        // the PTE that a compare-and-write updates

  // What the answer of this cycle means for the walk: at most one of these.
  logic restart;   // ignored, a fence came
  logic conflict;  // the compare-and-write did not write: read the same PTE again
  logic descend;   // a pointer to the next table
  logic update;    // a good leaf whose A or D is to be set first
  logic ended;     // with fault_o or a translation

  // The PTE in the answer. After a compare-and-write it is the one expected, with A and D
  // as they were written.
  logic [63:0] pte, pte_updated;
  logic answered, is_store, misaligned, page_fault;

  assign answered    = (state_q == Answer) && mem_rsp_valid_i;
  assign is_store    = ctx_access_i[1];
  assign pte_updated = pte_q | {56'd0, is_store, 1'b1, 6'd0};

  always_comb begin
    restart    = 1'b0;
    conflict   = 1'b0;
    descend    = 1'b0;
    update     = 1'b0;
    ended      = 1'b0;
    fault_o    = 1'b0;
    page_fault = 1'b1;
    misaligned = 1'b0;
    pte        = '0;
    if (answered) begin
      pte = write_q ? pte_updated : mem_rsp_data_i;
      misaligned = ((level_q == 2'd1) && (pte[18:10] != '0)) ||
                   ((level_q == 2'd2) && (pte[27:10] != '0));
      if (stale_q || fence_i) begin
        restart = 1'b1;
      end else if (mem_rsp_error_i) begin
        fault_o    = 1'b1;
        page_fault = 1'b0;
      end else if (write_q) begin
        conflict = (mem_rsp_data_i != pte_q);
      end else if (!pte[tandem_mmu_pkg::PteV] || (pte[63:54] != '0) ||
                   (!pte[tandem_mmu_pkg::PteR] && pte[tandem_mmu_pkg::PteW])) begin
        fault_o = 1'b1;
      end else if (!pte[tandem_mmu_pkg::PteR] && !pte[tandem_mmu_pkg::PteX]) begin
        fault_o = pte[tandem_mmu_pkg::PteD] || pte[tandem_mmu_pkg::PteA] ||
                  pte[tandem_mmu_pkg::PteU] || (level_q == 2'd0);
        descend = !fault_o;
      end else if (misaligned ||
                   !tandem_mmu_pkg::permitted(ctx_access_i, ctx_priv_i, ctx_sum_i, ctx_mxr_i,
                                              pte[tandem_mmu_pkg::PteU],
                                              pte[tandem_mmu_pkg::PteX],
                                              pte[tandem_mmu_pkg::PteW],
                                              pte[tandem_mmu_pkg::PteR])) begin
        fault_o = 1'b1;
      end else if (!pte[tandem_mmu_pkg::PteA] || (is_store && !pte[tandem_mmu_pkg::PteD])) begin
        fault_o = !ctx_adue_i;
        update  = ctx_adue_i;
      end
      ended = !restart && !conflict && !descend && !update;
    end
  end

  // Next state
  logic available;
  assign available = (state_q == Idle) || ended;
  assign taken_o   = available ? {request_i[1] && !request_i[0], request_i[0]} : 2'b00;

  always_comb begin
    state_d  = state_q;
    port_d   = port_q;
    stale_d  = stale_q;
    write_d  = write_q;
    global_d = global_q;
    level_d  = level_q;

    unique case (state_q)
      Request: begin
        stale_d = stale_q || fence_i;
        if (mem_req_ready_i) state_d = Answer;
      end
      Answer: begin
        stale_d = stale_q || fence_i;
        if (mem_rsp_valid_i) begin
          state_d = Request;
          write_d = update;
          if (descend) begin
            level_d  = level_q - 2'd1;
            global_d = global_q || pte[tandem_mmu_pkg::PteG];
          end
        end
      end
      default: ;  // Idle
    endcase

    // A walk begins: another one, or the same again.
    if (available || restart) begin
      stale_d  = 1'b0;
      write_d  = 1'b0;
      global_d = 1'b0;
      level_d  = 2'd2;
    end
    if (available) begin
      state_d = (request_i != 2'b00) ? Request : Idle;
      port_d  = taken_o[1];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= Idle;
      port_q   <= 1'b0;
      stale_q  <= 1'b0;
      write_q  <= 1'b0;
      global_q <= 1'b0;
      level_q  <= 2'd2;
    end else begin
      state_q  <= state_d;
      port_q   <= port_d;
      stale_q  <= stale_d;
      write_q  <= write_d;
      global_q <= global_d;
      level_q  <= level_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (descend) table_q <= mem_rsp_data_i[53:10];
    if (update) pte_q <= mem_rsp_data_i;
  end

  // Result
  assign port_o       = port_q;
  assign done_o       = {ended && port_q, ended && !port_q};
  assign cause_o      = tandem_mmu_pkg::cause(ctx_access_i, page_fault);
  assign leaf_o.level = level_q;
  assign leaf_o.ppn   = pte[53:10];
  assign leaf_o.perm  = pte[7:0] | {2'b00, global_q, 5'b00000};

  // Memory request
  logic [8:0] vpn_part;
  logic [43:0] table_ppn;
  always_comb begin
    case (level_q)
      2'd0: vpn_part = ctx_vpn_i[8:0];
      2'd1: vpn_part = ctx_vpn_i[17:9];
      default: vpn_part = ctx_vpn_i[26:18];
    endcase
  end
  assign table_ppn          = (level_q == 2'd2) ? ctx_root_i : table_q;
  assign mem_req_valid_o    = (state_q == Request);
  assign mem_req_write_o    = write_q;
  assign mem_req_addr_o     = {table_ppn, vpn_part, 3'b000};
  assign mem_req_expected_o = write_q ? pte_q : 64'd0;
  assign mem_req_data_o     = write_q ? pte_updated : 64'd0;

  logic granted;
  assign granted = mem_req_valid_o && mem_req_ready_i;
  assign count_o = {
    state_q != Idle, restart, conflict, granted && write_q, granted && !write_q, ended
  };


  logic unused_pte;
  assign unused_pte = ^pte[9:8];

endmodule
