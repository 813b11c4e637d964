// SPDX-License-Identifier: Apache-2.0
// One port: accepts a request, answers it at once if its TLB or the rules before it can,
// otherwise holds it until the walker is done with it. Contains the port's TLB, the
// context captured with the request and the response register.
//
// Latency: 1 cycle if no walk is needed, otherwise one cycle after walk_done_i; one
// answer per cycle. Back-pressure: req_ready_o = not busy, no fault record, response
// register free or taken in this cycle. A kill frees a busy port for the next cycle. It
// does not hold fault records (the fault unit does) but keeps their payload: a port with a
// record accepts nothing, so the captured context and the response's cause stay as they are.
// It does not judge addresses that a walk finds: the walker does.

module tandem_mmu_port #(
    // Legal values and cost: see tandem_mmu_tlb.
    parameter int unsigned Entries = 16,
    parameter int unsigned Ways = 16,
    parameter int unsigned Policy = 0,
    // Legal values: see tandem_mmu.
    parameter int unsigned Xlen = 64,
    parameter int unsigned PaBits = 56,
    parameter int unsigned PmpEntries = 0,
    parameter int unsigned Svnapot = 1
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    // Request with its context
    input  logic                  req_valid_i,
    output logic                  req_ready_o,
    input  logic           [63:0] req_va_i,
    input  logic           [ 1:0] req_access_i,
    input  logic           [ 1:0] req_size_i,
    input  logic                  kill_i,
    input  logic           [ 2:0] satp_root_i,         // level of the mode's root table
    input  logic           [15:0] satp_asid_i,
    input  logic           [43:0] satp_ppn_i,
    input  logic           [ 1:0] priv_i,              // effective privilege of this port
    input  logic                  sum_i,
    input  logic                  mxr_i,
    input  logic                  adue_i,
    input  logic                  pbmte_i,
    // PMP registers
    input  logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_entry_i,
    input  logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_mask_i,
    // Response
    output logic                  rsp_valid_o,
    input  logic                  rsp_ready_i,
    output logic                  rsp_fault_o,
    output logic           [ 3:0] rsp_cause_o,
    output logic           [55:0] rsp_pa_o,
    output logic           [ 2:0] rsp_level_o,
    output logic                  rsp_napot_o,
    output logic           [ 1:0] rsp_pbmt_o,
    output logic           [ 1:0] rsp_source_o,
    output logic           [ 7:0] rsp_perm_o,
    // Fence, to the TLB
    input  logic                  fence_valid_i,
    input  logic                  fence_has_va_i,
    input  logic                  fence_has_asid_i,
    input  logic           [44:0] fence_vpn_i,
    input  logic           [15:0] fence_asid_i,
    // Fault unit
    output logic                  fault_set_o,         // a faulting answer is being written
    input  logic                  fault_pending_i,
    // Walker
    output logic                  walk_request_o,      // a request waits, or misses now
    input  logic                  walk_taken_i,        // the walker takes it at this cycle's end
    output logic                  walk_kill_o,         // the request that is walked is dropped
    input  logic                  walk_done_i,
    input  logic                  walk_fault_i,
    input  logic           [ 3:0] walk_cause_i,
    input  tandem_mmu_pkg::leaf_t walk_leaf_i,
    input  logic           [44:0] walk_care_i,
    input  logic           [43:0] walk_page_i,
    // Context of the last accepted request
    output logic           [63:0] ctx_va_o,
    output logic           [ 1:0] ctx_access_o,
    output logic                  ctx_double_o,        // 8 bytes
    output logic           [ 1:0] ctx_priv_o,
    output logic                  ctx_sum_o,
    output logic                  ctx_mxr_o,
    output logic                  ctx_adue_o,
    output logic                  ctx_pbmte_o,
    output logic           [ 2:0] ctx_root_o,
    output logic           [15:0] ctx_asid_o,
    output logic           [43:0] ctx_ppn_o,
    // Fill of this cycle, and counter events (kill, then the counters 7 .. 0)
    output logic                  fill_valid_o,
    output logic           [ 6:0] fill_set_o,
    output logic           [ 6:0] fill_way_o,
    output logic                  fill_evict_o,
    output logic           [ 8:0] count_o
);

  // Handshake
  logic busy_q, busy_d;        // a request waits for the walker or is being walked
  logic waiting_q, waiting_d;  // ... and has not been taken by the walker
  logic accept, kill;

  assign req_ready_o = !busy_q && !fault_pending_i && (!rsp_valid_o || rsp_ready_i);
  assign accept      = req_valid_i && req_ready_o;
  assign kill        = kill_i && busy_q;

  // Lookup
  logic translated, canonical, lookup_valid, hit, hit_permitted, miss, touch;
  tandem_mmu_pkg::leaf_t hit_leaf;
  logic [43:0] hit_page;

  assign translated = (satp_root_i != tandem_mmu_pkg::RootBare) &&
                      (priv_i != tandem_mmu_pkg::PrivM);
  assign canonical = (Xlen == 32) || tandem_mmu_pkg::canonical(satp_root_i, req_va_i[63:38]);
  assign lookup_valid = accept && translated && canonical;

  tandem_mmu_tlb #(
      .Entries(Entries),
      .Ways   (Ways),
      .Policy (Policy),
      .Xlen   (Xlen),
      .Svnapot(Svnapot)
  ) u_tlb (
      .clk_i,
      .rst_ni,
      .lookup_valid_i(lookup_valid),
      .lookup_vpn_i  (req_va_i[56:12]),
      .lookup_asid_i (satp_asid_i),
      .lookup_hit_o  (hit),
      .lookup_leaf_o (hit_leaf),
      .lookup_page_o (hit_page),
      .touch_i       (touch),
      .fence_valid_i,
      .fence_has_va_i,
      .fence_has_asid_i,
      .fence_vpn_i,
      .fence_asid_i,
      .fill_valid_i  (fill_valid_o),
      .fill_vpn_i    (ctx_va_o[56:12]),
      .fill_asid_i   (ctx_asid_o),
      .fill_leaf_i   (walk_leaf_i),
      .fill_care_i   (walk_care_i),
      .fill_set_o,
      .fill_way_o,
      .fill_evict_o
  );

  // The final check of what the lookup finds: a translation, or the address itself.
  logic allowed;
  logic [63:0] check_addr;
  always_comb begin
    check_addr = '0;
    if (accept) check_addr = translated ? {8'd0, hit_page, req_va_i[11:0]} : req_va_i;
  end

  tandem_mmu_pmp_check #(
      .Entries(PmpEntries),
      .PaBits (PaBits)
  ) u_check (
      .valid_i  (accept && (!translated || hit)),
      .addr_i   (check_addr),
      .double_i (req_size_i == 2'd3),
      .kind_i   (tandem_mmu_pkg::pmp_kind(req_access_i)),
      .machine_i(priv_i == tandem_mmu_pkg::PrivM),
      .entry_i  (pmp_entry_i),
      .mask_i   (pmp_mask_i),
      .allowed_o(allowed)
  );

  // The answer that the response register takes at the end of this cycle, if any. A
  // request's own answer and a walk's never meet: the port is busy during the walk.
  logic answer, fault, page, napot;
  logic [ 1:0] source, pbmt;
  logic [ 2:0] level;
  logic [ 3:0] cause;
  logic [55:0] pa;
  logic [ 7:0] perm;

  always_comb begin
    answer = 1'b0;
    fault  = 1'b0;
    page   = 1'b1;
    miss   = 1'b0;
    touch  = 1'b0;
    source = tandem_mmu_pkg::SourceNone;
    level  = '0;
    napot  = 1'b0;
    pbmt   = '0;
    cause  = '0;
    pa     = '0;
    perm   = '0;
    hit_permitted = 1'b0;
    if (accept) begin
      if (hit) begin
        hit_permitted = tandem_mmu_pkg::permitted(
            req_access_i, priv_i, sum_i, mxr_i, hit_leaf.perm[tandem_mmu_pkg::PteU],
            hit_leaf.perm[tandem_mmu_pkg::PteX], hit_leaf.perm[tandem_mmu_pkg::PteW],
            hit_leaf.perm[tandem_mmu_pkg::PteR]);
      end
      if (!translated) begin
        answer = 1'b1;
        fault  = !allowed;
        page   = 1'b0;
        pa     = check_addr[55:0];
        level  = tandem_mmu_pkg::LevelNone;
      end else if (!canonical) begin
        answer = 1'b1;
        fault  = 1'b1;
      end else if (!hit || (hit_permitted && req_access_i[1] &&
                            !hit_leaf.perm[tandem_mmu_pkg::PteD])) begin
        miss = 1'b1;  // also a store to a page that is not dirty: the walk decides
      end else begin
        answer = 1'b1;
        touch  = 1'b1;
        fault  = !hit_permitted || !allowed;
        page   = !hit_permitted;
        source = tandem_mmu_pkg::SourceTlb;
        pa     = check_addr[55:0];
        level  = hit_leaf.level;
        napot  = hit_leaf.napot;
        pbmt   = hit_leaf.pbmt;
        perm   = hit_leaf.perm;
      end
      if (fault) cause = tandem_mmu_pkg::cause(req_access_i, page);
    end else if (walk_done_i) begin
      answer = 1'b1;
      fault  = walk_fault_i;
      source = tandem_mmu_pkg::SourceWalk;
      cause  = walk_cause_i;
      pa     = {walk_page_i, ctx_va_o[11:0]};
      level  = walk_leaf_i.level;
      napot  = walk_leaf_i.napot;
      pbmt   = walk_leaf_i.pbmt;
      perm   = walk_leaf_i.perm;
    end
  end

  assign fault_set_o    = answer && fault;
  assign fill_valid_o   = walk_done_i && !walk_fault_i;
  assign walk_request_o = (waiting_q && !kill_i) || miss;
  assign walk_kill_o    = kill && !waiting_q;
  assign waiting_d      = walk_request_o && !walk_taken_i;
  assign busy_d         = miss || (busy_q && !walk_done_i && !kill_i);

  assign count_o = {
    kill,
    waiting_q,
    answer && (source == tandem_mmu_pkg::SourceNone),
    fill_evict_o,
    fill_valid_o,
    fault_set_o,
    miss,
    touch,
    accept
  };

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q      <= 1'b0;
      waiting_q   <= 1'b0;
      rsp_valid_o <= 1'b0;
    end else begin
      busy_q      <= busy_d;
      waiting_q   <= waiting_d;
      rsp_valid_o <= answer || (rsp_valid_o && !rsp_ready_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (answer) begin
      rsp_fault_o  <= fault;
      rsp_cause_o  <= fault ? cause : 4'd0;
      rsp_pa_o     <= fault ? 56'd0 : pa;
      rsp_level_o  <= fault ? 3'd0 : level;
      rsp_napot_o  <= !fault && napot;
      rsp_pbmt_o   <= fault ? 2'd0 : pbmt;
      rsp_source_o <= source;
      rsp_perm_o   <= fault ? 8'd0 : perm;
    end
    if (accept) begin
      ctx_va_o     <= req_va_i;
      ctx_access_o <= req_access_i;
      ctx_double_o <= (req_size_i == 2'd3);
      ctx_priv_o   <= priv_i;
      ctx_sum_o    <= sum_i;
      ctx_mxr_o    <= mxr_i;
      ctx_adue_o   <= adue_i;
      ctx_pbmte_o  <= pbmte_i;
      ctx_root_o   <= satp_root_i;
      ctx_asid_o   <= satp_asid_i;
      ctx_ppn_o    <= satp_ppn_i;
    end
  end

  logic unused_leaf;
  assign unused_leaf = ^hit_leaf.ppn;

endmodule
