// SPDX-License-Identifier: Apache-2.0
// One port: accepts a request and answers it at once if its first-level TLB or the rules
// before it can; otherwise keeps it in the miss register until the second level or another
// request's walk answers it, or a walk slot takes it. Holds the response register, which the
// walks that complete write too.
//
//   Empty --miss--> Lookup (only with a second level) --no answer--> Wait --taken--> Empty
//                     |                                               |  ^
//                     +--answer--> Empty <--answer-- Resolve <-merged-+  | store, D = 0; fence
//                                                       +----------------+
//
// Latency: 1 cycle if the first level answers, 2 or 3 if the second does; one answer per
// cycle. Back-pressure: req_ready_o = miss register empty, no fault record, no finished walk
// of this port, response register free or taken in this cycle. It does not judge PTEs or
// addresses that a walk finds, and does not hold fault records.

module tandem_mmu_port #(
    // Legal values and cost: see tandem_mmu_tlb.
    parameter int unsigned Entries = 16,
    parameter int unsigned Ways = 16,
    parameter int unsigned Policy = 0,
    // Legal values: see tandem_mmu.
    parameter int unsigned Xlen = 64,
    parameter int unsigned PaBits = 56,
    parameter int unsigned PmpEntries = 0,
    parameter int unsigned Svnapot = 1,
    // Whether there is a second-level TLB.
    parameter int unsigned Second = 0
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    // Request with its context
    input  logic                  req_valid_i,
    output logic                  req_ready_o,
    input  logic           [63:0] req_va_i,
    input  tandem_mmu_pkg::ctx_t  req_ctx_i,
    input  logic           [43:0] req_ppn_i,           // satp.PPN
    input  logic                  kill_i,
    // PMP registers
    input  logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_entry_i,
    input  logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_mask_i,
    // Response
    output logic                  rsp_valid_o,
    input  logic                  rsp_ready_i,
    output logic           [ 3:0] rsp_tag_o,
    output logic                  rsp_fault_o,
    output logic           [ 3:0] rsp_cause_o,
    output logic           [55:0] rsp_pa_o,
    output logic           [ 2:0] rsp_level_o,
    output logic                  rsp_napot_o,
    output logic           [ 1:0] rsp_pbmt_o,
    output logic           [ 1:0] rsp_source_o,
    output logic           [ 7:0] rsp_perm_o,
    // Fence: one that acts is accepted; what it does to the TLB
    input  logic                  fence_i,
    input  logic                  fence_valid_i,
    input  logic                  fence_has_va_i,
    input  logic                  fence_has_asid_i,
    input  logic           [44:0] fence_vpn_i,
    input  logic           [15:0] fence_asid_i,
    // Fault unit: a faulting answer is being written, and its record
    output logic                  fault_set_o,
    output logic           [ 3:0] fault_cause_o,
    output logic           [63:0] fault_tval_o,
    output tandem_mmu_pkg::ctx_t  fault_ctx_o,
    input  logic                  fault_pending_i,
    // Miss register
    output logic           [56:0] miss_va_o,
    output tandem_mmu_pkg::ctx_t  miss_ctx_o,
    // Second level
    output logic                  second_read_o,       // a miss is accepted
    input  logic                  second_compare_i,    // the miss register's lookup compares
    input  logic                  second_match_i,      // ... finds
    input  tandem_mmu_pkg::leaf_t second_leaf_i,       // ... this
    output logic                  second_use_o,        // the match answers
    output logic                  second_drop_o,       // it cannot: a store to a clean page
    // Walk slots: a request that needs one, and what becomes of it in this cycle
    output logic                  walk_request_o,
    output logic           [56:0] walk_va_o,
    output tandem_mmu_pkg::ctx_t  walk_ctx_o,
    output logic           [43:0] walk_ppn_o,
    input  logic                  walk_taken_i,        // a slot takes it
    input  logic                  walk_merged_i,       // its page's walk completes with success
    // The walk that completes: done_valid_i if for this port; of this port: done_own_i
    output logic                  done_ready_o,        // one for this port may
    output logic                  done_fault_ready_o,  // one for this port with a fault may
    input  logic                  finished_i,          // one of this port has finished
    input  logic                  done_valid_i,
    input  logic                  done_own_i,
    input  logic                  done_fault_i,
    input  logic           [ 3:0] done_cause_i,
    input  tandem_mmu_pkg::leaf_t done_leaf_i,
    input  logic           [56:0] done_va_i,
    input  tandem_mmu_pkg::ctx_t  done_ctx_i,
    // Fill of this cycle, and counter events of 7 .. 0, merges, second-level misses and hits
    output logic                  fill_valid_o,
    output logic           [ 6:0] fill_set_o,
    output logic           [ 6:0] fill_way_o,
    output logic                  fill_evict_o,
    output logic           [10:0] count_o,
    output logic                  killed_o             // the miss register's request is dropped
);

  typedef enum logic [1:0] {
    Empty,
    Lookup,  // second-level TLB
    Wait,    // for a walk slot, or for another request's walk of the same page
    Resolve  // that walk has brought the translation
  } state_e;

  state_e state_q, state_d;
  tandem_mmu_pkg::leaf_t resolve_leaf_q;
  logic resolve_own_q;  // by a walk of this port: the TLB has it already
  logic [43:0] miss_ppn_q;

  logic rsp_free, accept, compares, resolves;
  assign rsp_free    = !rsp_valid_o || rsp_ready_i;
  assign req_ready_o = (state_q == Empty) && !fault_pending_i && rsp_free && !finished_i;
  assign accept      = req_valid_i && req_ready_o;
  assign compares    = (Second != 0) && second_compare_i && !kill_i;
  assign resolves    = (state_q == Resolve) && !kill_i && !fence_i;

  assign done_ready_o       = rsp_free && (state_q == Empty || state_q == Wait);
  assign done_fault_ready_o = !fault_pending_i;

  // First level
  logic translated, canonical, hit;
  tandem_mmu_pkg::leaf_t hit_leaf;

  assign translated = (req_ctx_i.root != tandem_mmu_pkg::RootBare) &&
                      (req_ctx_i.priv != tandem_mmu_pkg::PrivM);
  assign canonical = (Xlen == 32) || tandem_mmu_pkg::canonical(req_ctx_i.root, req_va_i[63:38]);

  // What is judged: a request that is accepted, or the one in the miss register, with the
  // translation found for it. Never both: the register is empty when one is accepted.
  logic [63:0] va;
  tandem_mmu_pkg::ctx_t ctx;
  tandem_mmu_pkg::leaf_t leaf;
  logic found;
  always_comb begin
    va    = req_va_i;
    ctx   = req_ctx_i;
    leaf  = '0;
    found = 1'b0;
    if (compares || resolves) begin
      va    = {{7{miss_va_o[56]}}, miss_va_o};
      ctx   = miss_ctx_o;
      leaf  = resolves ? resolve_leaf_q : second_leaf_i;
      found = resolves || second_match_i;
    end else if (hit) begin
      leaf  = hit_leaf;
      found = 1'b1;
    end
  end

  // Permission check and final check.
  logic untranslated, permitted, clean, allowed;
  logic [63:0] check_addr;
  assign untranslated = accept && !translated;
  always_comb begin
    permitted  = 1'b0;
    check_addr = '0;
    if (found) begin
      permitted = tandem_mmu_pkg::permitted(
          ctx.access, ctx.priv, ctx.sum, ctx.mxr, leaf.perm[tandem_mmu_pkg::PteU],
          leaf.perm[tandem_mmu_pkg::PteX], leaf.perm[tandem_mmu_pkg::PteW],
          leaf.perm[tandem_mmu_pkg::PteR]);
      check_addr = {8'd0, leaf.ppn, va[11:0]};
    end else if (untranslated) begin
      check_addr = va;
    end
  end
  // A store to a page that is not dirty: the walk decides.
  assign clean = found && permitted && ctx.access[1] && !leaf.perm[tandem_mmu_pkg::PteD];

  tandem_mmu_pmp_check #(
      .Entries(PmpEntries),
      .PaBits (PaBits)
  ) u_check (
      .valid_i  (untranslated || found),
      .addr_i   (check_addr),
      .double_i (ctx.eight),
      .kind_i   ((PmpEntries == 0) ? 3'd0 : tandem_mmu_pkg::pmp_kind(ctx.access)),
      .machine_i(ctx.priv == tandem_mmu_pkg::PrivM),
      .entry_i  (pmp_entry_i),
      .mask_i   (pmp_mask_i),
      .allowed_o(allowed)
  );

  // The answer that the response register takes at the end of this cycle, if any.
  logic answer, fault, page, miss, hit_use, resolved;
  logic [1:0] source;
  always_comb begin
    answer   = 1'b0;
    fault    = 1'b0;
    page     = 1'b1;
    miss     = 1'b0;
    source   = tandem_mmu_pkg::SourceNone;
    if (untranslated) begin
      answer = 1'b1;
      fault  = !allowed;
      page   = 1'b0;
    end else if (accept && !canonical) begin
      answer = 1'b1;
      fault  = 1'b1;
    end else if (accept && (!found || clean)) begin
      miss = 1'b1;
    end else if (found && !clean) begin
      fault  = !permitted || !allowed;
      page   = !permitted;
      answer = !resolves || (rsp_free && !(fault && fault_pending_i));
      source = resolves ? tandem_mmu_pkg::SourceWalk :
               compares ? tandem_mmu_pkg::SourceSecond : tandem_mmu_pkg::SourceTlb;
    end else if (done_valid_i) begin
      answer = 1'b1;
      fault  = done_fault_i;
      source = tandem_mmu_pkg::SourceWalk;
    end
  end

  assign hit_use       = accept && hit && !miss;
  assign resolved      = resolves && answer;
  assign second_read_o = (Second != 0) && miss;
  assign second_use_o  = compares && answer;
  assign second_drop_o = compares && clean;

  // Fill of the first level, from one of three places.
  tandem_mmu_pkg::leaf_t fill_leaf;
  logic [56:0] fill_va;
  logic [15:0] fill_asid;
  logic [44:0] fill_care;
  assign fill_valid_o = answer && !fault &&
                        (done_valid_i || compares || (resolves && !resolve_own_q));
  always_comb begin
    fill_leaf = '0;
    fill_va   = '0;
    fill_asid = '0;
    fill_care = '0;
    if (fill_valid_o) begin
      fill_leaf = done_leaf_i;
      fill_va   = done_va_i;
      fill_asid = done_ctx_i.asid;
      if (!done_valid_i) begin
        fill_leaf = leaf;
        fill_va   = miss_va_o;
        fill_asid = miss_ctx_o.asid;
      end
      fill_care = tandem_mmu_pkg::leaf_care(Xlen == 32, fill_leaf.level, fill_leaf.napot);
    end
  end

  tandem_mmu_tlb #(
      .Entries(Entries),
      .Ways   (Ways),
      .Policy (Policy),
      .Xlen   (Xlen),
      .Svnapot(Svnapot)
  ) u_tlb (
      .clk_i,
      .rst_ni,
      .lookup_valid_i(accept && translated && canonical),
      .lookup_vpn_i  (req_va_i[56:12]),
      .lookup_asid_i (req_ctx_i.asid),
      .lookup_hit_o  (hit),
      .lookup_leaf_o (hit_leaf),
      .touch_i       (hit_use),
      .fence_valid_i,
      .fence_has_va_i,
      .fence_has_asid_i,
      .fence_vpn_i,
      .fence_asid_i,
      .fill_valid_i  (fill_valid_o),
      .fill_vpn_i    (fill_va[56:12]),
      .fill_asid_i   (fill_asid),
      .fill_leaf_i   (fill_leaf),
      .fill_care_i   (fill_care),
      .fill_set_o,
      .fill_way_o,
      .fill_evict_o
  );

  // The miss register's next state. A candidate for a walk slot is a request that waits, or
  // one that the last TLB does not answer in this cycle.
  logic merged;
  assign walk_request_o = (state_q == Wait && !kill_i) || (compares && !answer) ||
                          ((Second == 0) && miss);
  assign merged         = walk_request_o && walk_merged_i;
  assign killed_o       = kill_i && (state_q != Empty);

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      Lookup:  if (second_use_o) state_d = Empty;
      Resolve: begin
        if (fence_i || clean) state_d = Wait;
        else if (resolved) state_d = Empty;
      end
      default: if (second_read_o) state_d = Lookup;
    endcase
    if (walk_request_o) begin
      state_d = merged ? Resolve : walk_taken_i ? Empty : Wait;
    end
    if (killed_o) state_d = Empty;
  end

  // With a second level only the miss register asks for a slot; without, a miss does at once.
  logic direct;
  assign direct     = (Second == 0) && (state_q == Empty);
  assign walk_va_o  = direct ? req_va_i[56:0] : miss_va_o;
  assign walk_ctx_o = direct ? req_ctx_i : miss_ctx_o;
  assign walk_ppn_o = direct ? req_ppn_i : miss_ppn_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q     <= Empty;
      rsp_valid_o <= 1'b0;
    end else begin
      state_q     <= state_d;
      rsp_valid_o <= answer || (rsp_valid_o && !rsp_ready_i);
    end
  end

  assign fault_set_o = answer && fault;
  always_comb begin
    fault_cause_o = '0;
    fault_tval_o  = '0;
    fault_ctx_o   = '0;
    if (fault_set_o) begin
      fault_cause_o = done_valid_i ? done_cause_i : tandem_mmu_pkg::cause(ctx.access, page);
      fault_tval_o  = done_valid_i ? {{7{done_va_i[56]}}, done_va_i} : va;
      fault_ctx_o   = done_valid_i ? done_ctx_i : ctx;
    end
  end

  always_ff @(posedge clk_i) begin
    if (answer) begin
      rsp_fault_o  <= fault;
      rsp_source_o <= source;
      rsp_tag_o    <= done_valid_i ? done_ctx_i.tag : ctx.tag;
      if (fault) begin
        rsp_cause_o <= fault_cause_o;
        rsp_pa_o    <= '0;
        rsp_level_o <= '0;
        rsp_napot_o <= 1'b0;
        rsp_pbmt_o  <= '0;
        rsp_perm_o  <= '0;
      end else begin
        rsp_cause_o <= '0;
        rsp_pa_o    <= done_valid_i ? {done_leaf_i.ppn, done_va_i[11:0]} : check_addr[55:0];
        rsp_level_o <= untranslated ? tandem_mmu_pkg::LevelNone :
                       done_valid_i ? done_leaf_i.level : leaf.level;
        rsp_napot_o <= done_valid_i ? done_leaf_i.napot : leaf.napot;
        rsp_pbmt_o  <= done_valid_i ? done_leaf_i.pbmt : leaf.pbmt;
        rsp_perm_o  <= done_valid_i ? done_leaf_i.perm : leaf.perm;
      end
    end
    if (miss) begin
      miss_va_o  <= req_va_i[56:0];
      miss_ctx_o <= req_ctx_i;
      miss_ppn_q <= req_ppn_i;
    end
    if (merged) begin
      resolve_leaf_q <= done_leaf_i;
      resolve_own_q  <= done_own_i;
    end
  end

  logic unused_fill;
  assign unused_fill = &{1'b0, fill_va[11:0]};

  assign count_o = {
    merged,
    compares && !second_use_o,
    second_use_o,
    state_q == Wait,
    answer && (source == tandem_mmu_pkg::SourceNone),
    fill_evict_o,
    fill_valid_o,
    fault_set_o,
    miss,
    hit_use,
    accept
  };

endmodule
