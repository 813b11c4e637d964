// SPDX-License-Identifier: Apache-2.0
// The page-table walker: several walks at once, one in each slot, with one set of request
// wires, one judge of answers and one completion a cycle. Reads PTEs from the root, or from
// below what a page-walk cache knows; updates A and D by compare-and-write where allowed;
// begins again after a fence; forgets what is killed.
//
//   used:  req   a request to make, or on the wires   \   dead   killed: free as soon as
//          out   granted, the answer is awaited        >         nothing of it is awaited
//          done  finished, waits to complete          /   stale  a fence came: the same, then
//                                                                it begins again
//
// Latency: a walk's first request can be made in the cycle after it is taken, the next one in
// the cycle after an answer; a walk can complete in the cycle of its last answer, and its slot
// be taken again in it. Back-pressure: walks wait for the wires and to complete, in turns;
// answers are always accepted. It writes no TLB.

module tandem_mmu_walker #(
    // Legal values: see tandem_mmu; cost: see tandem_mmu_slots and tandem_mmu_pwc.
    parameter int unsigned Walks = 1,
    parameter int unsigned PwcEntries = 0,
    parameter int unsigned Xlen = 64,
    parameter int unsigned PaBits = 56,
    parameter int unsigned PmpEntries = 0,
    parameter int unsigned Svnapot = 1,
    parameter int unsigned UpdateFirst = 1
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    // Candidates: 0 data, 1 fetch, 2 the prefetcher
    input  logic           [ 2:0] request_i,
    input  logic           [56:0] d_va_i,
    input  tandem_mmu_pkg::ctx_t  d_ctx_i,
    input  logic           [43:0] d_ppn_i,
    input  logic           [56:0] f_va_i,
    input  tandem_mmu_pkg::ctx_t  f_ctx_i,
    input  logic           [43:0] f_ppn_i,
    input  logic           [56:0] p_va_i,
    input  tandem_mmu_pkg::ctx_t  p_ctx_i,
    input  logic           [43:0] p_ppn_i,
    output logic           [ 2:0] taken_o,       // at this cycle's end
    output logic           [ 2:0] walked_o,      // a slot walks its page
    output logic           [ 1:0] merged_o,      // ... and completes with success now
    // Kills of the ports; a fence that acts; one that reaches the page-walk caches
    input  logic           [ 1:0] kill_i,
    input  logic                  fence_i,
    input  logic                  fence_valid_i,
    input  logic                  fence_has_va_i,
    input  logic                  fence_has_asid_i,
    input  logic           [15:0] fence_asid_i,
    // Completion
    output logic           [ 1:0] finished_o,    // a walk of that port has finished
    input  logic           [ 1:0] done_ready_i,
    input  logic           [ 1:0] done_fault_ready_i,
    output logic           [ 2:0] done_o,        // this cycle, whose: as request_i
    output logic                  done_fault_o,
    output logic           [ 3:0] done_cause_o,
    output tandem_mmu_pkg::leaf_t done_leaf_o,
    output logic           [56:0] done_va_o,
    output tandem_mmu_pkg::ctx_t  done_ctx_o,
    output logic           [43:0] done_ppn_o,
    // PMP registers
    input  logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_entry_i,
    input  logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_mask_i,
    // Memory
    output logic                  mem_req_valid_o,
    input  logic                  mem_req_ready_i,
    output logic           [ 2:0] mem_req_id_o,
    output logic                  mem_req_write_o,
    output logic           [55:0] mem_req_addr_o,
    output logic           [63:0] mem_req_expected_o,
    output logic           [63:0] mem_req_data_o,
    input  logic                  mem_rsp_valid_i,
    input  logic           [ 2:0] mem_rsp_id_i,
    input  logic           [63:0] mem_rsp_data_i,
    input  logic                  mem_rsp_error_i,
    // Counter events: numbers of slots that become free, are restarted, are dropped by a kill,
    // are not idle, wait to complete, wait for the wires
    output logic           [ 3:0] count_free_o,
    output logic           [ 3:0] count_restart_o,
    output logic           [ 3:0] count_kill_o,
    output logic           [ 3:0] count_used_o,
    output logic           [ 3:0] count_done_wait_o,
    output logic           [ 3:0] count_wire_wait_o,
    output logic           [ 2:0] count_o,       // conflict, write granted, read granted
    output logic           [ 3:0] pwc_hits_o,    // levels 4 .. 1
    output logic           [ 3:0] pwc_fills_o
);

  localparam int unsigned IdBits = (Walks > 1) ? $clog2(Walks) : 1;

  // --- the slots' states
  logic [Walks-1:0] used_q, req_q, out_q, done_q, killed_q, stale_q;
  logic [Walks-1:0] fetch_q, prefetch_q;  // whose walk; neither: data
  logic [Walks-1:0] first_q;              // at the beginning: level_q and table_q are not known
  logic [Walks-1:0] write_q, global_q, fault_q, page_q;
  logic [2:0] level_q[Walks];
  logic [43:0] table_q[Walks];            // page of the table that is read
  logic [63:0] pte_q[Walks];              // the PTE that a compare-and-write updates

  // --- this cycle's events, a bit a slot
  logic wire_valid, denied, grant, answered;
  logic [2:0] wire_id, answer_id, done_id;
  logic [Walks-1:0] wired, refused, granted, answers;
  assign answer_id = mem_rsp_id_i;
  assign answered  = mem_rsp_valid_i;
  assign grant     = mem_req_valid_o && mem_req_ready_i;
  assign wired     = mem_req_valid_o ? Walks'(8'd1 << wire_id) : '0;
  assign refused   = denied ? Walks'(8'd1 << wire_id) : '0;
  assign granted   = mem_req_ready_i ? wired : '0;
  assign answers   = answered ? Walks'(8'd1 << answer_id) & out_q : '0;

  // Kills, of a prefetch by a fence; fences. They show when nothing is awaited any more.
  logic [Walks-1:0] awaited, kills, dead, stale, restart;
  assign awaited = wired | (out_q & ~answers);
  assign kills   = used_q & ~killed_q &
                   ((prefetch_q & {Walks{fence_i}}) | (fetch_q & {Walks{kill_i[1]}}) |
                    (~prefetch_q & ~fetch_q & {Walks{kill_i[0]}}));
  assign dead    = killed_q | kills;
  assign stale   = (stale_q | (used_q & {Walks{fence_i}})) & ~dead;
  assign restart = stale & ~awaited;

  // --- the answer
  logic judged, counts, keep;
  logic descend, update, conflict, pte_fault, pte_page_fault;
  logic [63:0] pte;
  tandem_mmu_pkg::leaf_t leaf;
  logic [56:0] answer_va;
  tandem_mmu_pkg::ctx_t answer_ctx;
  logic [2:0] answer_level;
  logic [63:0] answer_expected;
  logic answer_global, answer_write, answer_prefetch, answer_allowed;
  logic [Walks-1:0] heard, allowed;
  assign heard  = answers & ~killed_q & ~stale_q;
  assign judged = heard != '0;
  assign counts = (heard & ~dead & ~stale) != '0;

  always_comb begin
    answer_level    = '0;
    answer_expected = '0;
    if (judged) begin
      answer_level    = level_q[answer_id[IdBits-1:0]];
      answer_expected = pte_q[answer_id[IdBits-1:0]];
    end
  end
  assign answer_global   = (heard & global_q) != '0;
  assign answer_write    = (heard & write_q) != '0;
  assign answer_prefetch = (heard & prefetch_q) != '0;
  assign answer_allowed  = (heard & allowed) != '0;

  tandem_mmu_pte #(
      .Xlen       (Xlen),
      .Svnapot    (Svnapot),
      .UpdateFirst(UpdateFirst)
  ) u_pte (
      .valid_i     (judged),
      .data_i      (mem_rsp_data_i),
      .error_i     (mem_rsp_error_i),
      .va_i        (answer_va),
      .ctx_i       (answer_ctx),
      .prefetch_i  (answer_prefetch),
      .level_i     (answer_level),
      .global_i    (answer_global),
      .write_i     (answer_write),
      .expected_i  (answer_expected),
      .allowed_i   (answer_allowed),
      .descend_o   (descend),
      .update_o    (update),
      .conflict_o  (conflict),
      .fault_o     (pte_fault),
      .page_fault_o(pte_page_fault),
      .pte_o       (pte),
      .leaf_o      (leaf)
  );

  // --- finished walks. That a port has one is said without regard to kills and fences.
  logic [Walks-1:0] ends, finished, fails, done;
  logic any_done;
  assign keep       = judged && !(descend || update || conflict);
  assign ends       = done_q | (keep ? heard : '0) | refused;
  assign finished_o = {(ends & fetch_q) != '0, (ends & ~fetch_q & ~prefetch_q) != '0};
  assign finished   = ends & ~dead & ~stale;
  assign fails      = (done_q & fault_q) | (pte_fault ? heard : '0) | refused |
                      (~allowed & ~prefetch_q);

  tandem_mmu_completion #(
      .Walks(Walks)
  ) u_completion (
      .clk_i,
      .rst_ni,
      .finished_i   (finished),
      .fails_i      (fails),
      .fetch_i      (fetch_q),
      .prefetch_i   (prefetch_q),
      .ready_i      (done_ready_i),
      .fault_ready_i(done_fault_ready_i),
      .valid_o      (any_done),
      .id_o         (done_id),
      .done_o       (done)
  );

  logic done_page;
  assign done_o       = {(done & prefetch_q) != '0, (done & fetch_q) != '0,
                         (done & ~fetch_q & ~prefetch_q) != '0};
  assign done_fault_o = (done & fails) != '0;
  assign done_page    = ((done & done_q & fault_q & page_q) != '0) ||
                        (pte_fault && pte_page_fault && ((done & heard) != '0));
  always_comb begin
    done_cause_o = '0;
    if (done_fault_o) done_cause_o = tandem_mmu_pkg::cause(done_ctx_o.access, done_page);
  end

  // --- beginnings
  logic [Walks-1:0] free, take, same_0, same_1, same_2, live;
  logic [2:0] take_id;
  logic [56:0] take_va, wire_va;
  logic [43:0] take_ppn, wire_ppn;
  tandem_mmu_pkg::ctx_t take_ctx, wire_ctx;
  logic any_take;
  assign free     = (used_q & dead & ~awaited) | done;
  assign live     = used_q & ~dead;
  assign walked_o = {(same_2 & live) != '0, (same_1 & live) != '0, (same_0 & live) != '0};
  assign merged_o = done_fault_o ? 2'b00 : {(same_1 & done) != '0, (same_0 & done) != '0};

  tandem_mmu_starts #(
      .Walks(Walks)
  ) u_starts (
      .clk_i,
      .rst_ni,
      .request_i,
      .walked_i(walked_o),
      .d_va_i,
      .d_ctx_i,
      .d_ppn_i,
      .f_va_i,
      .f_ctx_i,
      .f_ppn_i,
      .p_va_i,
      .p_ctx_i,
      .p_ppn_i,
      .open_i  (~used_q | free),
      .taken_o,
      .valid_o (any_take),
      .id_o    (take_id),
      .take_o  (take),
      .va_o    (take_va),
      .ctx_o   (take_ctx),
      .ppn_o   (take_ppn)
  );

  tandem_mmu_slots #(
      .Walks     (Walks),
      .PaBits    (PaBits),
      .PmpEntries(PmpEntries)
  ) u_slots (
      .clk_i,
      .take_i        (any_take),
      .take_id_i     (take_id),
      .take_va_i     (take_va),
      .take_ctx_i    (take_ctx),
      .take_ppn_i    (take_ppn),
      .wire_valid_i  (wire_valid),
      .wire_id_i     (wire_id),
      .wire_va_o     (wire_va),
      .wire_ctx_o    (wire_ctx),
      .wire_ppn_o    (wire_ppn),
      .answer_valid_i(judged),
      .answer_id_i   (answer_id),
      .answer_va_o   (answer_va),
      .answer_ctx_o  (answer_ctx),
      .done_valid_i  (any_done),
      .done_id_i     (done_id),
      .done_va_o,
      .done_ctx_o,
      .done_ppn_o,
      .done_leaf_o,
      .answer_leaf_i (leaf),
      .keep_i        (keep),
      .check_i       (~prefetch_q & ((done_q & ~fault_q) |
                      ((mem_rsp_data_i[1] || mem_rsp_data_i[3]) ? heard : '0))),
      .allowed_o     (allowed),
      .pmp_entry_i,
      .pmp_mask_i,
      .same_valid_i  ((used_q != '0) ? request_i : 3'b000),
      .same_0_va_i   (d_va_i),
      .same_0_ctx_i  (d_ctx_i),
      .same_0_ppn_i  (d_ppn_i),
      .same_1_va_i   (f_va_i),
      .same_1_ctx_i  (f_ctx_i),
      .same_1_ppn_i  (f_ppn_i),
      .same_2_va_i   (p_va_i),
      .same_2_ctx_i  (p_ctx_i),
      .same_2_ppn_i  (p_ppn_i),
      .same_0_o      (same_0),
      .same_1_o      (same_1),
      .same_2_o      (same_2)
  );

  // --- the wires
  logic begins, begin_global, cache_valid, cache_hit, cache_global;
  logic [2:0] wire_level, begin_level, cache_level;
  logic [43:0] wire_table, begin_table, cache_table;
  logic [63:0] wire_pte;
  logic wire_first, wire_write;
  always_comb begin
    wire_level = '0;
    wire_table = '0;
    wire_pte   = '0;
    wire_first = 1'b0;
    wire_write = 1'b0;
    if (wire_valid) begin
      wire_level = level_q[wire_id[IdBits-1:0]];
      wire_table = table_q[wire_id[IdBits-1:0]];
      wire_pte   = pte_q[wire_id[IdBits-1:0]];
      wire_first = first_q[wire_id[IdBits-1:0]];
      wire_write = write_q[wire_id[IdBits-1:0]];
    end
  end

  tandem_mmu_wires #(
      .Walks     (Walks),
      .Xlen      (Xlen),
      .PaBits    (PaBits),
      .PmpEntries(PmpEntries)
  ) u_wires (
      .clk_i,
      .rst_ni,
      .ask_i         (req_q),
      .valid_o       (wire_valid),
      .id_o          (wire_id),
      .denied_o      (denied),
      .va_i          (wire_va),
      .ctx_i         (wire_ctx),
      .ppn_i         (wire_ppn),
      .first_i       (wire_first),
      .level_i       (wire_level),
      .table_i       (wire_table),
      .write_i       (wire_write),
      .pte_i         (wire_pte),
      .cache_valid_o (cache_valid),
      .cache_hit_i   (cache_hit),
      .cache_level_i (cache_level),
      .cache_table_i (cache_table),
      .cache_global_i(cache_global),
      .begin_o       (begins),
      .begin_level_o (begin_level),
      .begin_table_o (begin_table),
      .begin_global_o(begin_global),
      .pmp_entry_i,
      .pmp_mask_i,
      .mem_req_valid_o,
      .mem_req_ready_i,
      .mem_req_id_o,
      .mem_req_write_o,
      .mem_req_addr_o,
      .mem_req_expected_o,
      .mem_req_data_o
  );

  tandem_mmu_pwcs #(
      .Entries(PwcEntries),
      .Xlen   (Xlen)
  ) u_pwcs (
      .clk_i,
      .rst_ni,
      .lookup_valid_i(cache_valid),
      .lookup_vpn_i  (wire_va[56:12]),
      .lookup_asid_i (wire_ctx.asid),
      .lookup_root_i (wire_ctx.root),
      .lookup_killed_i((kills & (wired | refused)) != '0),
      .lookup_hit_o  (cache_hit),
      .lookup_level_o(cache_level),
      .lookup_table_o(cache_table),
      .lookup_global_o(cache_global),
      .fill_valid_i  (counts && descend),
      .fill_level_i  (answer_level),
      .fill_vpn_i    (answer_va[56:12]),
      .fill_asid_i   (answer_ctx.asid),
      .fill_global_i (answer_global || pte[tandem_mmu_pkg::PteG]),
      .fill_table_i  (pte[53:10]),
      .fence_valid_i (fence_valid_i && !fence_has_va_i),
      .fence_has_asid_i,
      .fence_asid_i,
      .hits_o        (pwc_hits_o),
      .fills_o       (pwc_fills_o)
  );

  // --- next state
  logic [Walks-1:0] goes_on, fresh;
  assign goes_on = (counts && !keep) ? heard : '0;  // another request follows the answer
  assign fresh   = take | restart;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      used_q     <= '0;
      req_q      <= '0;
      out_q      <= '0;
      done_q     <= '0;
      killed_q   <= '0;
      stale_q    <= '0;
      fetch_q    <= '0;
      prefetch_q <= '0;
      first_q    <= '0;
      write_q    <= '0;
      global_q   <= '0;
      fault_q    <= '0;
      page_q     <= '0;
    end else begin
      used_q     <= (used_q & ~free) | take;
      req_q      <= (req_q & ~granted & ~refused & ~free) | goes_on | fresh;
      out_q      <= (out_q & ~answers) | granted;
      done_q     <= finished & ~done;
      killed_q   <= dead & used_q & ~free;
      stale_q    <= stale & awaited;
      fetch_q    <= (fetch_q & ~take) | (taken_o[1] ? take : '0);
      prefetch_q <= (prefetch_q & ~take) | (taken_o[2] ? take : '0);
      first_q    <= (first_q & ~wired) | fresh;
      write_q    <= (write_q & ~heard & ~fresh) | (update ? heard & ~fresh : '0);
      global_q   <= (global_q & ~fresh &
                     ~(begins ? wired : '0)) | (begins && begin_global ? wired & ~fresh : '0) |
                    (descend && pte[tandem_mmu_pkg::PteG] ? heard & ~fresh : '0);
      fault_q    <= (fault_q & ~heard & ~refused) | (pte_fault ? heard : '0) | refused;
      page_q     <= (page_q & ~heard & ~refused) | (pte_page_fault ? heard : '0);
    end
  end

  always_ff @(posedge clk_i) begin
    if (begins) begin
      level_q[wire_id[IdBits-1:0]] <= begin_level;
      table_q[wire_id[IdBits-1:0]] <= begin_table;
    end
    if (descend) begin
      level_q[answer_id[IdBits-1:0]] <= answer_level - 3'd1;
      table_q[answer_id[IdBits-1:0]] <= pte[53:10];
    end
    if (update) pte_q[answer_id[IdBits-1:0]] <= pte;
  end

  // --- counters
  tandem_mmu_walk_counts #(
      .Walks(Walks)
  ) u_counts (
      .used_i     (used_q),
      .free_i     (free),
      .restart_i  (restart),
      .kill_i     (kills & ~prefetch_q),
      .done_wait_i(finished & ~done),
      .wire_wait_i(req_q & ~wired & ~refused),
      .used_o     (count_used_o),
      .free_o     (count_free_o),
      .restart_o  (count_restart_o),
      .kill_o     (count_kill_o),
      .done_wait_o(count_done_wait_o),
      .wire_wait_o(count_wire_wait_o)
  );
  assign count_o = {counts && conflict, grant && mem_req_write_o, grant && !mem_req_write_o};

  logic unused_walker;
  assign unused_walker = &{1'b0, answer_ctx, pte[9:8]};

endmodule
