// SPDX-License-Identifier: Apache-2.0
// Properties of the page-table walker (docs/microarchitecture.md sections 4 "Kill", 7, 9).
// Its history follows a walk from the ports: where the next request must go, what the last
// PTE was, whether a fence or a kill came. What a PTE means is said here once more, in
// another order and form than the walker's.
`include "sva.svh"

module sva_walker #(
    parameter int unsigned Xlen = 64,
    parameter int unsigned PaBits = 56,
    parameter int unsigned PmpEntries = 0,
    parameter int unsigned Svnapot = 1,
    parameter int unsigned UpdateFirst = 1
) (
    input logic                  clk_i,
    input logic                  rst_ni,
    input logic           [ 1:0] request_i,
    input logic           [ 1:0] taken_o,
    input logic           [ 1:0] done_o,
    input logic                  fault_o,
    input logic           [ 3:0] cause_o,
    input tandem_mmu_pkg::leaf_t leaf_o,
    input logic           [44:0] care_o,
    input logic           [43:0] page_o,
    input logic                  kill_i,
    input logic                  port_o,
    input logic           [56:0] ctx_va_i,
    input logic           [ 1:0] ctx_access_i,
    input logic           [ 1:0] ctx_priv_i,
    input logic                  ctx_sum_i,
    input logic                  ctx_mxr_i,
    input logic                  ctx_adue_i,
    input logic                  ctx_pbmte_i,
    input logic           [ 2:0] ctx_root_i,
    input logic           [43:0] ctx_ppn_i,
    input logic                  fence_i,
    input logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_entry_i,
    input logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_mask_i,
    input logic                  mem_req_valid_o,
    input logic                  mem_req_ready_i,
    input logic                  mem_req_write_o,
    input logic           [55:0] mem_req_addr_o,
    input logic           [63:0] mem_req_expected_o,
    input logic           [63:0] mem_req_data_o,
    input logic                  mem_rsp_valid_i,
    input logic           [63:0] mem_rsp_data_i,
`ifdef FORMAL
    input logic           [ 1:0] dut_state,
    input logic           [ 5:0] dut_flags,
    input logic           [ 2:0] dut_level,
    input logic           [43:0] dut_table,
    input logic           [ 9:0] dut_index,
    input logic           [63:0] dut_pte,
`endif
    input logic                  mem_rsp_error_i
);

  // What a PTE says, by section 7: no reserved encoding (steps 2 and 3); a leaf; the
  // permission of step 5.
  function automatic logic is_plain(input logic [63:0] p, input logic pbmte);
    is_plain = p[60:54] == '0 && p[62:61] != 2'd3 && (pbmte || p[62:61] == 2'd0) &&
               (Svnapot != 0 || !p[63]);
  endfunction

  function automatic logic [43:0] page(input logic [63:0] p, input logic [43:0] va_55_12,
                                       input logic [43:0] low);
    page = p[63] ? {p[53:14], va_55_12[3:0]} : p[53:10] | (va_55_12 & low);
  endfunction

  function automatic logic is_usable_leaf(input logic [63:0] p, input logic pbmte,
                                          input logic [1:0] access, input logic [1:0] priv,
                                          input logic sum, input logic mxr,
                                          input logic [43:0] low);
    logic kind, owner;
    if (access == 2'd0) kind = p[3];
    else if (access == 2'd1) kind = p[1] || (mxr && p[3]);
    else kind = p[2];
    owner = p[4] == (priv == 2'd0) || (sum && priv == 2'd1 && access != 2'd0);
    is_usable_leaf = is_plain(p, pbmte) && p[0] && (p[1] || (p[3] && !p[2])) && kind && owner &&
                     (p[53:10] & low) == '0 && (!p[63] || (low == '0 && p[13:10] == 4'd8));
  endfunction

  // --- memory transactions
  logic granted, waits_q, outstanding_q, writing_q, first, answered;
  assign granted  = mem_req_valid_o && mem_req_ready_i;
  assign first    = mem_req_valid_o && !waits_q;
  assign answered = mem_rsp_valid_i && outstanding_q;

  // --- the walk under way, s < c <= e
  logic flight_q, killed_q, fenced_q, ended, denied, dropped, begins;
  assign denied  = flight_q && !mem_req_valid_o && !outstanding_q;
  assign dropped = killed_q || kill_i;
  assign ended   = flight_q && (done_o != 2'b00 || (dropped && (answered || denied)));
  // From the beginning again, in the next cycle.
  assign begins  = flight_q && !dropped && (fenced_q || fence_i) && (answered || denied);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      waits_q       <= 1'b0;
      outstanding_q <= 1'b0;
      writing_q     <= 1'b0;
      flight_q      <= 1'b0;
      killed_q      <= 1'b0;
      fenced_q      <= 1'b0;
    end else begin
      waits_q       <= mem_req_valid_o && !mem_req_ready_i;
      outstanding_q <= granted || (outstanding_q && !mem_rsp_valid_i);
      if (granted) writing_q <= mem_req_write_o;
      flight_q <= taken_o != 2'b00 || (flight_q && !ended);
      killed_q <= flight_q && dropped && !ended;
      // The transaction that was under way when a fence came is still awaited.
      fenced_q <= flight_q && (fenced_q || fence_i) && !ended && !begins;
    end
  end

  // --- where the next request must go
  logic [2:0] level_q, level_now;
  logic [43:0] table_q, table_now;
  logic root_q;       // at the root: its table and level are the context's
  logic reread_q;     // the last compare-and-write did not write
  logic updates_q;    // the request is, or must be, a compare-and-write
  logic [63:0] pte_q; // the last PTE read
  logic global_q;     // a pointer on the path had G
  logic [2:0] reads_q;

  assign level_now = root_q ? ctx_root_i : level_q;
  assign table_now = root_q ? ctx_ppn_i : table_q;

  logic [63:0] answer;
  assign answer = (Xlen == 32) ? {32'd0, mem_rsp_data_i[31:0]} : mem_rsp_data_i;

  // The PTE that a result rests on: just read, or just written.
  logic [63:0] pte;
  assign pte = writing_q ? mem_req_data_q : answer;
  logic [63:0] mem_req_data_q, mem_req_expected_q;
  always_ff @(posedge clk_i) begin
    if (granted) begin
      mem_req_data_q     <= mem_req_data_o;
      mem_req_expected_q <= mem_req_expected_o;
    end
  end

  logic is_leaf, is_pointer, usable, store;
  logic [43:0] low_ppn;  // bits of ppn below the page's size
  assign store      = ctx_access_i == 2'd2 || ctx_access_i == 2'd3;
  assign is_leaf    = pte[0] && (pte[1] || pte[3]);
  assign is_pointer = is_plain(pte, ctx_pbmte_i) && pte[7:6] == 2'b00 && pte[4:0] == 5'b00001 &&
                      pte[63:61] == 3'd0;
  assign low_ppn = ~(44'hfff_ffff_ffff << (32'(level_now) * ((Xlen == 32) ? 32'd10 : 32'd9)));
  assign usable  = is_usable_leaf(pte, ctx_pbmte_i, ctx_access_i, ctx_priv_i, ctx_sum_i,
                                  ctx_mxr_i, low_ppn);

  logic moves_on;  // an answer that counts and does not end the walk
  assign moves_on = flight_q && answered && !ended && !begins && !dropped;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      root_q    <= 1'b1;
      level_q   <= '0;
      global_q  <= 1'b0;
      reads_q   <= '0;
      reread_q  <= 1'b0;
      updates_q <= 1'b0;
    end else if (taken_o != 2'b00 || begins) begin
      root_q    <= 1'b1;
      global_q  <= 1'b0;
      reads_q   <= '0;
      reread_q  <= 1'b0;
      updates_q <= 1'b0;
    end else if (moves_on && writing_q) begin
      reread_q  <= 1'b1;
      updates_q <= 1'b0;
    end else if (moves_on) begin
      reread_q  <= 1'b0;
      updates_q <= is_leaf;
      if (!is_leaf) begin
        root_q   <= 1'b0;
        level_q  <= level_now - 3'd1;
        global_q <= global_q || pte[5];
        reads_q  <= reads_q + 3'd1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (moves_on && !writing_q) begin
      pte_q <= pte;
      if (!is_leaf) table_q <= pte[53:10];
    end
  end

  logic [9:0] index;
  always_comb begin
    index = 10'(ctx_va_i >> (32'd12 + 32'(level_now) * ((Xlen == 32) ? 32'd10 : 32'd9)));
    if (Xlen != 32) index[9] = 1'b0;
  end

  // --- what the ports and the top owe
  logic [112:0] context_now, context_q;
  logic follows_q;  // the same walk as in the cycle before
  logic [128*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_q;
  assign context_now = {ctx_va_i, ctx_access_i, ctx_priv_i, ctx_sum_i, ctx_mxr_i, ctx_adue_i,
                        ctx_pbmte_i, ctx_root_i, ctx_ppn_i};
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      follows_q <= 1'b0;
    end else begin
      follows_q <= flight_q && !ended;
    end
  end
  always_ff @(posedge clk_i) begin
    context_q <= context_now;
    if (mem_req_valid_o && !waits_q) pmp_q <= {pmp_entry_i, pmp_mask_i};
  end

  `SVA_REQUIRE(context_stable, follows_q && !killed_q, context_now == context_q)
  `SVA_REQUIRE(context_legal, flight_q && !killed_q,
               (ctx_priv_i == 2'd0 || ctx_priv_i == 2'd1) &&
                   ((Xlen == 32) ? ctx_root_i == 3'd1 && !ctx_pbmte_i :
                                   ctx_root_i >= 3'd2 && ctx_root_i <= 3'd4))
  `SVA_REQUIRE(kill_of_a_walk, kill_i, flight_q && !killed_q)
  // section 8: no PMP write while a request is on the wires
  `SVA_REQUIRE(pmp_stable, waits_q, {pmp_entry_i, pmp_mask_i} == pmp_q)
  // section 9: an update and a fence never meet on the wires
  `SVA_REQUIRE(fence_waits_for_update, mem_req_valid_o && mem_req_write_o, !fence_i)

  // --- one walk at a time, data first
  `SVA(taken_was_requested, taken_o != 2'b00, (taken_o & ~request_i) == 2'b00)
  `SVA(one_taken, taken_o != 2'b00, taken_o != 2'b11 && (!flight_q || ended))
  `SVA(data_goes_first, taken_o[1], !request_i[0])
  `SVA(taken_when_available, request_i != 2'b00 && (!flight_q || ended), taken_o != 2'b00)
  `SVA(done_is_the_walks_port, done_o != 2'b00,
       flight_q && done_o == (port_o ? 2'b10 : 2'b01))

  // --- memory requests
  `SVA(one_outstanding, mem_req_valid_o, !outstanding_q)
  `SVA(request_has_a_walk, mem_req_valid_o, flight_q)
  `SVA(walk_begins_at_root, first && root_q && !updates_q && !killed_q,
       !mem_req_write_o && mem_req_addr_o[55:12] == ctx_ppn_i)
  `SVA(address_follows_path, first && !killed_q,
       mem_req_addr_o == ((Xlen == 32) ? {table_now, index, 2'b00} :
                                         {table_now, index[8:0], 3'b000}))
  `SVA(address_exists, mem_req_valid_o, (mem_req_addr_o >> PaBits) == '0)
  `SVA(write_where_a_leaf_needs_it, first && !killed_q, mem_req_write_o == updates_q)
  `SVA(update_only_with_adue, mem_req_valid_o && mem_req_write_o && !killed_q, ctx_adue_i)
  `SVA(update_expects_the_pte_read, first && mem_req_write_o, mem_req_expected_o == pte_q)
  `SVA(update_sets_a_and_d_only, mem_req_valid_o && mem_req_write_o && !killed_q,
       mem_req_data_o == (mem_req_expected_o | (store ? 64'hc0 : 64'h40)))
  `SVA(update_is_needed, first && mem_req_write_o,
       !mem_req_expected_o[6] || (!mem_req_expected_o[7] && store))
  `SVA(read_carries_nothing, mem_req_valid_o && !mem_req_write_o,
       mem_req_expected_o == '0 && mem_req_data_o == '0)

  // --- going on
  `SVA(error_ends_the_walk, flight_q && answered && mem_rsp_error_i && !begins && !dropped,
       done_o != 2'b00 && fault_o)
  `SVA(descends_by_pointers_only, moves_on && !writing_q && !is_leaf,
       is_pointer && level_now != 3'd0)
  `SVA(updates_usable_leaves_only, moves_on && !writing_q && is_leaf,
       usable && ctx_adue_i && (!pte[6] || (store && !pte[7])))
  `SVA(reads_again_only_on_conflict, moves_on && writing_q, answer != mem_req_expected_q)
  // Nothing but an answer or a denial ends a walk, and a walk without a request on the wires
  // or outstanding ends or begins again at once: only memory makes it wait.
  `SVA(no_bubble, denied, ended || begins)
  `SVA(ends_with_answer_or_denial, done_o != 2'b00, answered || denied)

  // --- results
  logic success;
  assign success = done_o != 2'b00 && !fault_o;
  `SVA(success_needs_an_answer, success, answered && !mem_rsp_error_i)
  `SVA(success_leaf_usable, success, usable && pte[6] && (pte[7] || !store))
  `SVA(success_update_wrote, success && writing_q, answer == mem_req_expected_q)
  `SVA(success_leaf_as_read, success,
       leaf_o.ppn == pte[53:10] && leaf_o.level == level_now && leaf_o.napot == pte[63] &&
           leaf_o.pbmt == pte[62:61] &&
           leaf_o.perm == (pte[7:0] | {2'b00, global_q, 5'd0}))
  `SVA(success_page, success, page_o == page(pte, ctx_va_i[55:12], low_ppn))
  `SVA(success_page_exists, success, ({page_o, 12'd0} >> PaBits) == '0)
  `SVA(success_care, success,
       care_o == (45'h1fff_ffff_ffff << (pte[63] ? 32'd4 :
                  32'(level_now) * ((Xlen == 32) ? 32'd10 : 32'd9))))
  `SVA(fault_cause_of_access, done_o != 2'b00 && fault_o,
       store ? cause_o == 4'd15 || cause_o == 4'd7 :
       ctx_access_i == 2'd1 ? cause_o == 4'd13 || cause_o == 4'd5 :
                              cause_o == 4'd12 || cause_o == 4'd1)
  `SVA(error_is_access_fault, done_o != 2'b00 && fault_o && (denied || mem_rsp_error_i),
       cause_o[3] == 1'b0)

  // --- fences and kills
  `SVA(fence_ignores_the_answer, flight_q && (fence_i || fenced_q), done_o == 2'b00)
  `SVA(killed_answers_nothing, flight_q && dropped, done_o == 2'b00)
  `SVA_COVER(fence_restarts_reached, begins)
  `SVA_COVER(killed_while_outstanding_reached, kill_i && outstanding_q && !mem_rsp_valid_i)
  `SVA_COVER(fence_and_kill_reached, kill_i && fence_i)
  `SVA_COVER(superpage_reached, success && level_now != 3'd0)
  `SVA_COVER(updated_reached, success && writing_q)

  // --- a bound on a walk's time: with a memory that takes at most Grant cycles to a grant
  // and Answer cycles more to an answer, a walk ends at most Steps transactions after its
  // beginning, the last fence or the last conflict. Nothing else rests on such a memory: the
  // assumptions exist in the proof of the bound alone (SVA_BOUNDED_MEMORY).
`ifdef SVA_BOUNDED_MEMORY
  localparam int unsigned Grant = 2;
  localparam int unsigned Answer = 2;
  localparam int unsigned Steps = (Xlen == 32) ? 3 : 6;
  logic [2:0] wait_q;    // cycles of this transaction
  logic [5:0] age_q;     // cycles since the walk's beginning, fence or conflict
  logic [5:0] allowed_age;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wait_q <= '0;
      age_q  <= '0;
    end else begin
      if (answered || !(mem_req_valid_o || outstanding_q)) wait_q <= '0;
      else wait_q <= wait_q + 3'd1;
      if (taken_o != 2'b00 || !flight_q || begins || (moves_on && writing_q)) age_q <= '0;
      else age_q <= age_q + 6'd1;
    end
  end
  `SVA_ENVIRONMENT(memory_grants, mem_req_valid_o && wait_q + 1 >= Grant, mem_req_ready_i)
  `SVA_ENVIRONMENT(memory_answers, outstanding_q && wait_q + 1 >= Grant + Answer,
                   mem_rsp_valid_i)
  assign allowed_age = 6'((Grant + Answer) * (32'(reads_q) + 32'(updates_q))) + 6'(wait_q);
  `SVA(walk_bounded, flight_q, age_q < 6'(Steps * (Grant + Answer)))
  `SVA(help_wait, 1'b1, 32'(wait_q) < Grant + Answer && (flight_q || wait_q == '0))
  `SVA(help_age, flight_q && !reread_q, age_q <= allowed_age)
  `SVA(help_age_again, flight_q && reread_q,
       age_q <= 6'(wait_q) + (updates_q ? 6'(Grant + Answer) : 6'd0))
  `SVA(help_wait_state, 1'b1,
       (wait_q == '0 || waits_q || outstanding_q) && (!outstanding_q || wait_q != '0) &&
           (!waits_q || (wait_q != '0 && 32'(wait_q) < Grant)))
`endif

`ifdef FORMAL
  // Help for induction: how the walker's registers and the history belong together.
  logic dut_killed, dut_stale, dut_write, dut_global, dut_root, dut_store, idle, asks, awaits;
  assign {dut_killed, dut_stale, dut_write, dut_global, dut_root, dut_store} = dut_flags;
  assign idle   = dut_state == 2'd0;
  assign asks   = dut_state == 2'd1;
  assign awaits = dut_state == 2'd2;
  `SVA(help_state, 1'b1, dut_state != 2'd3 && flight_q == !idle && outstanding_q == awaits &&
                         (asks || !waits_q) && (flight_q || (!killed_q && !fenced_q)))
  `SVA(help_flags, flight_q,
       killed_q == dut_killed && fenced_q == dut_stale && dut_write == (awaits ? writing_q :
       (killed_q || updates_q) && dut_write) && (killed_q || dut_root == root_q))
  `SVA(help_request, asks && !killed_q, dut_write == updates_q)
  `SVA(help_answer, awaits && !killed_q, writing_q == updates_q)
  `SVA(help_path, flight_q && !killed_q,
       dut_global == global_q && (root_q || (dut_level == level_q && dut_table == table_q)) &&
           (!root_q || (reads_q == '0 && !global_q)) &&
           (root_q || (4'(reads_q) + 4'(level_q) == 4'(ctx_root_i) && reads_q != '0)))
  `SVA(help_levels, flight_q && !killed_q,
       root_q ? reads_q == '0 : 4'(reads_q) + 4'(level_q) == 4'(ctx_root_i))
  `SVA(help_fenced, fenced_q, waits_q || outstanding_q)
  `SVA(help_killed, killed_q, waits_q || outstanding_q)
  `SVA(help_update, flight_q && dut_write, dut_pte == pte_q)
  `SVA(help_update_store, flight_q && dut_write && !killed_q, dut_store == store)
  `SVA(help_updated, awaits && dut_write,
       mem_req_expected_q == pte_q &&
           mem_req_data_q == (pte_q | {56'd0, dut_store, 7'b1000000}))
  `SVA(help_leaf, flight_q && updates_q && !killed_q,
       ctx_adue_i && (!pte_q[6] || (store && !pte_q[7])) &&
           is_usable_leaf(pte_q, ctx_pbmte_i, ctx_access_i, ctx_priv_i, ctx_sum_i, ctx_mxr_i,
                          low_ppn))
  `SVA(help_page_exists, UpdateFirst == 0 && flight_q && updates_q && !killed_q,
       ({page(pte_q, ctx_va_i[55:12], low_ppn), 12'd0} >> PaBits) == '0)
`endif

  `SVA_ENVIRONMENT(answers_are_awaited, mem_rsp_valid_i, outstanding_q)

  sva_channel #(
      .Width(185)
  ) u_mem (
      .clk_i,
      .rst_ni,
      .valid_i  (mem_req_valid_o),
      .ready_i  (mem_req_ready_i),
      .payload_i({mem_req_write_o, mem_req_addr_o, mem_req_expected_o, mem_req_data_o})
  );

endmodule

`ifndef FORMAL
bind tandem_mmu_walker sva_walker #(
    .Xlen   (Xlen),
    .PaBits (PaBits),
    .PmpEntries(PmpEntries),
    .Svnapot(Svnapot),
    .UpdateFirst(UpdateFirst)
) u_sva (.*);
`endif
