// SPDX-License-Identifier: Apache-2.0
// The page-table walker: one walk at a time, data before fetch, one memory request
// outstanding. Reads PTEs from the root down, updates A and D by compare-and-write where
// allowed, begins again after a fence. Every address, of a PTE and of the translation, is
// judged by the one tandem_mmu_pmp_check inside: never two in one cycle.
//
// Latency: the first memory request is valid in the cycle after the walk is taken, the
// next one in the cycle after an answer; the result is combinational in the last
// answer's cycle, or in the one in which a denied request would have come, and the next
// walk can be taken in it. Back-pressure: a memory request is held until granted; answers
// are always accepted. It holds no context: the port of the walk keeps its own until done.
// After a kill, when the port may lose it, only a request that is on the wires is kept.
// It writes no TLB.

module tandem_mmu_walker #(
    parameter int unsigned Xlen = 64,
    parameter int unsigned PaBits = 56,
    parameter int unsigned PmpEntries = 0,
    parameter int unsigned Svnapot = 1,
    parameter int unsigned UpdateFirst = 1
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    // Ports: bit 0 data, bit 1 fetch
    input  logic           [ 1:0] request_i,
    output logic           [ 1:0] taken_o,       // at this cycle's end
    output logic           [ 1:0] done_o,        // the walk ends in this cycle
    output logic                  fault_o,
    output logic           [ 3:0] cause_o,
    output tandem_mmu_pkg::leaf_t leaf_o,
    output logic           [44:0] care_o,        // the bits of the VPN above the page
    output logic           [43:0] page_o,        // physical page of the address
    input  logic                  kill_i,        // the walk's port drops its request
    // Context of the walk's port
    output logic                  port_o,
    input  logic           [56:0] ctx_va_i,
    input  logic           [ 1:0] ctx_access_i,
    input  logic                  ctx_double_i,
    input  logic           [ 1:0] ctx_priv_i,
    input  logic                  ctx_sum_i,
    input  logic                  ctx_mxr_i,
    input  logic                  ctx_adue_i,
    input  logic                  ctx_pbmte_i,
    input  logic           [ 2:0] ctx_root_i,    // level of the root table
    input  logic           [43:0] ctx_ppn_i,     // ... and its page
    // A fence is accepted in this cycle
    input  logic                  fence_i,
    // PMP registers
    input  logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_entry_i,
    input  logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_mask_i,
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

  localparam logic Sv32 = (Xlen == 32);

  typedef enum logic [1:0] {
    Idle,
    Request,  // a memory request is on the wires, unless it is denied
    Answer    // ... was granted, its answer is awaited
  } state_e;

  state_e state_q, state_d;
  logic port_q, port_d;      // whose walk
  logic killed_q, killed_d;  // the port dropped it: it ends with the answer
  logic stale_q, stale_d;    // a fence came: the answer will be ignored
  logic write_q, write_d;    // the memory request is a compare-and-write
  logic global_q, global_d;  // a pointer PTE on the path had G
  logic root_q, root_d;      // at the root table; level_q and table_q are for those below
  logic [2:0] level_q, level_d;
  logic [43:0] table_q;      // page of the table that is read
  logic [9:0] index_q;       // after a kill: the PTE's place in it
  logic [63:0] pte_q;        // the PTE that a compare-and-write updates
  logic store_q;             // ... and whether it sets D

  logic answered, denied, dropped, is_store;
  logic [2:0] level;
  assign answered = (state_q == Answer) && mem_rsp_valid_i;
  assign dropped  = killed_q || kill_i;
  assign is_store = ctx_access_i[1];
  assign level    = root_q ? ctx_root_i : level_q;

  // The PTE in the answer. After a compare-and-write it is the one expected, with A and D
  // as they were written.
  logic [63:0] answer, pte, pte_updated;
  assign answer      = Sv32 ? {32'd0, mem_rsp_data_i[31:0]} : mem_rsp_data_i;
  assign pte_updated = pte_q | {56'd0, store_q, 1'b1, 6'd0};
  assign pte         = write_q ? pte_updated : answer;

  // As a leaf. This and more stands behind a condition that costs nothing in gates and
  // spares a simulator the work in most cycles.
  logic napot;
  logic [44:0] level_care;
  always_comb begin
    napot      = 1'b0;
    level_care = '0;
    care_o     = '0;
    page_o     = '0;
    leaf_o     = '0;
    if (answered) begin
      napot      = (Svnapot != 0) && pte[tandem_mmu_pkg::PteN];
      level_care = tandem_mmu_pkg::vpn_care(Sv32, level);
      care_o     = napot ? {level_care[44:4], 4'd0} : level_care;
      page_o     = (pte[53:10] & care_o[43:0]) | (ctx_va_i[55:12] & ~care_o[43:0]);
      leaf_o     = {pte[tandem_mmu_pkg::PtePbmt+:2], napot, level, pte[53:10],
                    pte[7:0] | {2'b00, global_q, 5'b00000}};
    end
  end

  // The PTE's address.
  logic [9:0] index;
  logic [55:0] pte_addr;
  always_comb begin
    index    = '0;
    pte_addr = '0;
    if (state_q == Request) begin
      if (killed_q) begin
        index = index_q;
      end else begin
        case (level)
          3'd0: index = Sv32 ? ctx_va_i[21:12] : {1'b0, ctx_va_i[20:12]};
          3'd1: index = Sv32 ? ctx_va_i[31:22] : {1'b0, ctx_va_i[29:21]};
          3'd2: index = {1'b0, ctx_va_i[38:30]};
          3'd3: index = {1'b0, ctx_va_i[47:39]};
          default: index = {1'b0, ctx_va_i[56:48]};
        endcase
      end
      pte_addr = {(root_q && !killed_q) ? ctx_ppn_i : table_q,
                  Sv32 ? {index, 2'b00} : {index[8:0], 3'b000}};
    end
  end

  // What the addresses are allowed. The PMP stands still while a request is on the wires, so
  // that one goes on being allowed; so it is too after a kill.
  logic allowed;
  logic [63:0] check_addr;
  always_comb begin
    check_addr = '0;
    if (state_q == Request) check_addr = {8'd0, pte_addr};
    else if (answered) check_addr = {8'd0, page_o, ctx_va_i[11:0]};
  end

  tandem_mmu_pmp_check #(
      .Entries(PmpEntries),
      .PaBits (PaBits)
  ) u_check (
      .valid_i  ((state_q == Request) || answered),
      .addr_i   (check_addr),
      .double_i ((state_q == Request) ? (Xlen == 64) : ctx_double_i),
      .kind_i   ((state_q != Request) ? tandem_mmu_pkg::pmp_kind(ctx_access_i) :
                 write_q ? tandem_mmu_pkg::PmpWrite : tandem_mmu_pkg::PmpRead),
      .machine_i(1'b0),
      .entry_i  (pmp_entry_i),
      .mask_i   (pmp_mask_i),
      .allowed_o(allowed)
  );
  assign denied = (state_q == Request) && !allowed;

  // What the answer, or the denial, of this cycle means for the walk: at most one of these.
  logic restart;   // ignored, a fence came
  logic conflict;  // the compare-and-write did not write: read the same PTE again
  logic descend;   // a pointer to the next table
  logic update;    // a good leaf whose A or D is to be set first
  logic ended;     // dropped, with fault_o, or with a translation
  logic page_fault, reserved;
  logic [1:0] pbmt;

  always_comb begin
    restart    = 1'b0;
    conflict   = 1'b0;
    descend    = 1'b0;
    update     = 1'b0;
    ended      = 1'b0;
    fault_o    = 1'b0;
    cause_o    = '0;
    page_fault = 1'b1;
    reserved   = 1'b0;
    pbmt       = '0;
    if (answered || denied) begin
      pbmt     = pte[tandem_mmu_pkg::PtePbmt+:2];
      reserved = (pte[60:54] != '0) || ((Svnapot == 0) && pte[tandem_mmu_pkg::PteN]) ||
                 (pbmt != 2'd0 && !ctx_pbmte_i) || (pbmt == 2'd3);
      if (dropped) begin
        ended = 1'b1;
      end else if (stale_q || fence_i) begin
        restart = 1'b1;
      end else if (denied || mem_rsp_error_i) begin
        fault_o    = 1'b1;
        page_fault = 1'b0;
      end else if (write_q) begin
        conflict   = (answer != pte_q);
        fault_o    = !conflict && (UpdateFirst != 0) && !allowed;
        page_fault = 1'b0;
      end else if (!pte[tandem_mmu_pkg::PteV] || reserved ||
                   (!pte[tandem_mmu_pkg::PteR] && pte[tandem_mmu_pkg::PteW])) begin
        fault_o = 1'b1;
      end else if (!pte[tandem_mmu_pkg::PteR] && !pte[tandem_mmu_pkg::PteX]) begin
        fault_o = pte[tandem_mmu_pkg::PteD] || pte[tandem_mmu_pkg::PteA] ||
                  pte[tandem_mmu_pkg::PteU] || napot || (pbmt != 2'd0) || (level == 3'd0);
        descend = !fault_o;
      end else if ((napot && ((level != 3'd0) || (pte[13:10] != 4'd8))) ||
                   ((pte[53:10] & ~level_care[43:0]) != '0) ||  // misaligned superpage
                   !tandem_mmu_pkg::permitted(ctx_access_i, ctx_priv_i, ctx_sum_i, ctx_mxr_i,
                                              pte[tandem_mmu_pkg::PteU],
                                              pte[tandem_mmu_pkg::PteX],
                                              pte[tandem_mmu_pkg::PteW],
                                              pte[tandem_mmu_pkg::PteR])) begin
        fault_o = 1'b1;
      end else if (!pte[tandem_mmu_pkg::PteA] || (is_store && !pte[tandem_mmu_pkg::PteD])) begin
        update     = ctx_adue_i && ((UpdateFirst != 0) || allowed);
        fault_o    = !update;
        page_fault = !ctx_adue_i;
      end else begin
        fault_o    = !allowed;
        page_fault = 1'b0;
      end
      cause_o = tandem_mmu_pkg::cause(ctx_access_i, page_fault);
      ended   = dropped || (!restart && !conflict && !descend && !update);
    end
  end

  // Next state
  logic available;
  assign available = (state_q == Idle) || ended;
  assign taken_o   = available ? {request_i[1] && !request_i[0], request_i[0]} : 2'b00;

  always_comb begin
    state_d  = state_q;
    port_d   = port_q;
    killed_d = dropped;
    stale_d  = stale_q;
    write_d  = write_q;
    global_d = global_q;
    root_d   = root_q;
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
            root_d   = 1'b0;
            level_d  = level - 3'd1;
            global_d = global_q || pte[tandem_mmu_pkg::PteG];
          end
        end
      end
      default: ;  // Idle
    endcase

    // A walk begins: another one, or the same again.
    if (available || restart) begin
      state_d  = Request;
      killed_d = 1'b0;
      stale_d  = 1'b0;
      write_d  = 1'b0;
      global_d = 1'b0;
      root_d   = 1'b1;
    end
    if (available) begin
      port_d = taken_o[1];
      if (request_i == 2'b00) state_d = Idle;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= Idle;
      port_q   <= 1'b0;
      killed_q <= 1'b0;
      stale_q  <= 1'b0;
      write_q  <= 1'b0;
      global_q <= 1'b0;
      root_q   <= 1'b1;
      level_q  <= 3'd0;
    end else begin
      state_q  <= state_d;
      port_q   <= port_d;
      killed_q <= killed_d;
      stale_q  <= stale_d;
      write_q  <= write_d;
      global_q <= global_d;
      root_q   <= root_d;
      level_q  <= level_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (descend) table_q <= pte[53:10];
    if (kill_i) begin
      table_q <= pte_addr[55:12];
      index_q <= index;
    end
    if (update) begin
      pte_q   <= answer;
      store_q <= is_store;
    end
  end

  // Result
  assign port_o = port_q;
  assign done_o = (ended && !dropped) ? {port_q, !port_q} : 2'b00;

  // Memory request
  assign mem_req_valid_o    = (state_q == Request) && allowed;
  assign mem_req_write_o    = write_q;
  assign mem_req_addr_o     = pte_addr;
  assign mem_req_expected_o = write_q ? pte_q : 64'd0;
  assign mem_req_data_o     = write_q ? pte_updated : 64'd0;

  logic granted;
  assign granted = mem_req_valid_o && mem_req_ready_i;
  assign count_o = {
    state_q != Idle, restart, conflict, granted && write_q, granted && !write_q, ended
  };

  logic unused_pte;
  assign unused_pte = ^{pte[9:8], ctx_va_i[56]};

endmodule
