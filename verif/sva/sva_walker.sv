// SPDX-License-Identifier: Apache-2.0
// Properties of the page-table walker (docs/microarchitecture.md sections 4 "Kill", 7, 9, 12
// "Fairness"). Its history follows the walk of one slot from the pins: where the next request
// must go, what the last PTE was, whether a fence or a kill came. What a PTE means is said
// here once more, in another order and form than the design's. In a proof the slot is any,
// chosen once; in simulation it changes
// whenever nothing is followed. A walk is followed from the cycle after it is taken.
`include "sva.svh"

module sva_walker #(
    parameter int unsigned Walks = 1,
    parameter int unsigned PwcEntries = 0,
    parameter int unsigned Xlen = 64,
    parameter int unsigned PaBits = 56,
    parameter int unsigned Svnapot = 1
) (
    input logic                  clk_i,
    input logic                  rst_ni,
    input logic           [ 2:0] request_i,
    input logic           [ 2:0] taken_o,
    input logic           [ 2:0] walked_o,
    input logic           [ 1:0] merged_o,
    input logic           [56:0] d_va_i,
    input tandem_mmu_pkg::ctx_t  d_ctx_i,
    input logic           [56:0] f_va_i,
    input tandem_mmu_pkg::ctx_t  f_ctx_i,
    input logic           [ 1:0] kill_i,
    input logic                  fence_i,
    input logic                  fence_valid_i,
    input logic                  fence_has_va_i,
    input logic                  fence_has_asid_i,
    input logic           [ 3:0] pwc_hits_o,
    input logic           [ 3:0] pwc_fills_o,
    input logic           [ 1:0] finished_o,
    input logic           [ 1:0] done_ready_i,
    input logic           [ 1:0] done_fault_ready_i,
    input logic           [ 2:0] done_o,
    input logic                  done_fault_o,
    input logic           [ 3:0] done_cause_o,
    input tandem_mmu_pkg::leaf_t done_leaf_o,
    input logic           [56:0] done_va_o,
    input tandem_mmu_pkg::ctx_t  done_ctx_o,
    input logic                  mem_req_valid_o,
    input logic                  mem_req_ready_i,
    input logic           [ 2:0] mem_req_id_o,
    input logic                  mem_req_write_o,
    input logic           [55:0] mem_req_addr_o,
    input logic           [63:0] mem_req_expected_o,
    input logic           [63:0] mem_req_data_o,
    input logic                  mem_rsp_valid_i,
    input logic           [ 2:0] mem_rsp_id_i,
    input logic           [63:0] mem_rsp_data_i,
    input logic                  mem_rsp_error_i,
    // Inside
    input logic      [Walks-1:0] used_q,
    input logic      [Walks-1:0] req_q,
    input logic      [Walks-1:0] out_q,
    input logic      [Walks-1:0] done_q,
    input logic      [Walks-1:0] take,
    input logic      [Walks-1:0] done,
    input logic      [Walks-1:0] free,
    input logic      [Walks-1:0] finished,
    input logic           [56:0] take_va,
    input tandem_mmu_pkg::ctx_t  take_ctx,
    input logic           [43:0] take_ppn,
    input logic                  denied,
    input logic           [ 2:0] wire_id,
    input logic                  begins,
    input logic           [ 2:0] begin_level,
    input logic           [43:0] begin_table,
    input logic                  begin_global
);

  // What a PTE says, by section 7: no reserved encoding (steps 2 and 3); a leaf; the
  // permission of step 5.
  function automatic logic is_plain(input logic [63:0] p, input logic pbmte);
    is_plain = p[60:54] == '0 && p[62:61] != 2'd3 && (pbmte || p[62:61] == 2'd0) &&
               (Svnapot != 0 || !p[63]);
  endfunction

  function automatic logic is_permitted(input logic [63:0] p, input logic [1:0] access,
                                        input logic [1:0] priv, input logic sum,
                                        input logic mxr);
    logic kind, owner;
    if (access == 2'd0) kind = p[3];
    else if (access == 2'd1) kind = p[1] || (mxr && p[3]);
    else kind = p[2];
    owner = p[4] == (priv == 2'd0) || (sum && priv == 2'd1 && access != 2'd0);
    is_permitted = kind && owner;
  endfunction

  function automatic logic [43:0] page(input logic [63:0] p, input logic [43:0] va_55_12,
                                       input logic [43:0] low);
    page = p[63] ? {p[53:14], va_55_12[3:0]} : p[53:10] | (va_55_12 & low);
  endfunction

  // --- the slot that is watched, and its request
  logic [2:0] watch;
  logic mine;         // it holds a walk that is followed
  logic [1:0] who_q;  // 0 data, 1 fetch, 2 the prefetcher
  logic [56:0] va_q;
  logic [43:0] ppn_q;
  tandem_mmu_pkg::ctx_t ctx_q;
  logic take_mine, free_mine, done_mine;
`ifdef FORMAL
  (* anyconst *) logic [2:0] any_watch;
  assign watch = (32'(any_watch) < Walks) ? any_watch : 3'd0;
`else
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) watch <= 3'd0;
    else if (!mine && take == '0) watch <= (32'(watch) == Walks - 1) ? 3'd0 : watch + 3'd1;
  end
`endif
  assign take_mine = take[watch];
  assign free_mine = free[watch];
  assign done_mine = mine && done[watch];

  // --- its transactions
  logic on_wires, granted, waits_q, outstanding_q, writing_q, first, answered, refused;
  assign on_wires = mine && mem_req_valid_o && mem_req_id_o == watch;
  assign granted  = on_wires && mem_req_ready_i;
  assign first    = on_wires && !waits_q;
  assign answered = mem_rsp_valid_i && mem_rsp_id_i == watch && outstanding_q;
  assign refused  = mine && denied && wire_id == watch;

  // --- killed, restarted
  logic killed_q, fenced_q, killed, fenced, awaited, begins_again;
  assign killed = killed_q || (mine && ((who_q == 2'd0 && kill_i[0]) ||
                                        (who_q == 2'd1 && kill_i[1]) || (who_q == 2'd2 && fence_i)));
  assign fenced       = mine && !killed && (fenced_q || fence_i);
  assign awaited      = on_wires || (outstanding_q && !answered);
  assign begins_again = fenced && !awaited;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mine          <= 1'b0;
      who_q         <= 2'd0;
      waits_q       <= 1'b0;
      outstanding_q <= 1'b0;
      writing_q     <= 1'b0;
      killed_q      <= 1'b0;
      fenced_q      <= 1'b0;
    end else begin
      mine          <= take_mine || (mine && !free_mine);
      waits_q       <= on_wires && !mem_req_ready_i;
      outstanding_q <= granted || (outstanding_q && !answered);
      killed_q      <= mine && killed && !free_mine;
      fenced_q      <= fenced && awaited;
      if (granted) writing_q <= mem_req_write_o;
      if (take_mine) who_q <= taken_o[2] ? 2'd2 : {1'b0, taken_o[1]};
    end
  end
  always_ff @(posedge clk_i) begin
    if (take_mine) begin
      va_q  <= take_va;
      ctx_q <= take_ctx;
      ppn_q <= take_ppn;
    end
  end

  // --- where its next request must go: known after the first, which says where it begins
  logic start_q;      // nothing read yet
  logic [2:0] level_q, level_now;
  logic [43:0] table_q, table_now;
  logic updates_q;    // the request is, or must be, a compare-and-write
  logic [63:0] pte_q, write_q, expected_q;
  logic global_q;
  logic begins_mine, ended_q;  // ended: waits to complete
  logic bad_q;                 // ... with a fault
  tandem_mmu_pkg::leaf_t leaf_q, leaf_now;
  assign begins_mine = mine && begins && wire_id == watch;
  assign level_now   = begins_mine ? begin_level : level_q;
  assign table_now   = begins_mine ? begin_table : table_q;

  // The PTE that a result rests on: just read, or just written.
  logic [63:0] answer, pte;
  assign answer = (Xlen == 32) ? {32'd0, mem_rsp_data_i[31:0]} : mem_rsp_data_i;
  assign pte    = writing_q ? write_q : answer;

  logic store, is_leaf, is_pointer, usable, complete, success, heard;
  logic [43:0] low_ppn;  // bits of ppn below the page's size
  assign store      = ctx_q.access[1];
  assign is_leaf    = pte[0] && (pte[1] || pte[3]);
  assign is_pointer = is_plain(pte, ctx_q.pbmte) && pte[7:6] == 2'b00 && pte[4:0] == 5'b00001 &&
                      pte[63:61] == 3'd0 && level_q != 3'd0;
  always_comb begin
    low_ppn = '0;
    usable  = 1'b0;
    if (answered) begin
      low_ppn = ~(44'hfff_ffff_ffff << (32'(level_q) * ((Xlen == 32) ? 32'd10 : 32'd9)));
      usable  = is_plain(pte, ctx_q.pbmte) && pte[0] && (pte[1] || (pte[3] && !pte[2])) &&
                (pte[53:10] & low_ppn) == '0 &&
                (!pte[63] || (level_q == 3'd0 && pte[13:10] == 4'd8)) &&
                (who_q == 2'd2 ||
                 is_permitted(pte, ctx_q.access, ctx_q.priv, ctx_q.sum, ctx_q.mxr));
    end
  end
  assign complete = pte[6] && (pte[7] || !store);
  assign heard    = answered && !killed && !fenced;
  assign success  = heard && !mem_rsp_error_i && usable && complete &&
                    (!writing_q || answer == expected_q);
  assign leaf_now = {pte[62:61], pte[63], level_q, page(pte, va_q[55:12], low_ppn),
                     pte[7:0] | {2'b00, global_q, 5'd0}};

  // What a heard answer leads to. An update that is due may fail the final check first.
  logic req_next;
  assign req_next = ctx_q.adue && !finished[watch];
  logic to_pointer, to_update, to_again, to_end;
  assign to_pointer = heard && !mem_rsp_error_i && !writing_q && !is_leaf && is_pointer;
  assign to_again   = heard && !mem_rsp_error_i && writing_q && answer != expected_q;
  assign to_update  = heard && !mem_rsp_error_i && !writing_q && usable && !complete && req_next;
  assign to_end     = heard && !to_pointer && !to_again && !to_update;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      start_q   <= 1'b1;
      updates_q <= 1'b0;
      ended_q   <= 1'b0;
      bad_q     <= 1'b0;
    end else begin
      if (take_mine || begins_again) begin
        start_q   <= 1'b1;
        updates_q <= 1'b0;
        ended_q   <= 1'b0;
      end else begin
        if (begins_mine) start_q <= 1'b0;
        if (heard) updates_q <= to_update;
        if (refused || to_end) ended_q <= 1'b1;
      end
      if (refused || to_end) bad_q <= refused || !success;
    end
  end

  always_ff @(posedge clk_i) begin
    if (begins_mine) begin
      level_q  <= begin_level;
      table_q  <= begin_table;
      global_q <= begin_global;
    end else if (to_pointer) begin
      level_q  <= level_q - 3'd1;
      table_q  <= pte[53:10];
      global_q <= global_q || pte[5];
    end
    if (answered && !writing_q) pte_q <= pte;
    if (granted) begin
      write_q    <= mem_req_data_o;
      expected_q <= mem_req_expected_o;
    end
    if (to_end) leaf_q <= leaf_now;
  end

  logic [9:0] index;
  always_comb begin
    index = '0;
    if (first) begin
      index = 10'(va_q >> (32'd12 + 32'(level_now) * ((Xlen == 32) ? 32'd10 : 32'd9)));
      if (Xlen != 32) index[9] = 1'b0;
    end
  end

  // --- the slots
  `SVA_REQUIRE(context_legal, take != '0,
               !take_ctx.priv[1] &&
                   ((Xlen == 32) ? take_ctx.root == 3'd1 && !take_ctx.pbmte && take_va[56:32] == '0 :
                                   take_ctx.root >= 3'd2 && take_ctx.root <= 3'd4))
  `SVA_REQUIRE(prefetch_updates_nothing, taken_o[2], !take_ctx.adue)
  `SVA_REQUIRE(port_accesses, taken_o[1:0] != 2'b00,
               taken_o[1] == (take_ctx.access == 2'd0))
  `SVA_REQUIRE(fence_acts, fence_valid_i, fence_i)
  `SVA_REQUIRE(answers_are_awaited, mem_rsp_valid_i,
               32'(mem_rsp_id_i) < Walks && out_q[mem_rsp_id_i] == 1'b1)
  // section 9: an update and a fence never meet on the wires
  `SVA_REQUIRE(fence_waits_for_update, mem_req_valid_o && mem_req_write_o, !fence_i)

  `SVA(slot_in_use_as_followed, mine, used_q[watch])
  `SVA(slot_does_one_thing, mine,
       32'(req_q[watch]) + 32'(out_q[watch]) + 32'(done_q[watch]) == 1)
  `SVA(takes_an_open_slot, take_mine, !used_q[watch] || free_mine)
  `SVA(one_taken, taken_o != 3'd0, (taken_o & (taken_o - 3'd1)) == 3'd0 && take != '0 &&
       (take & (take - Walks'(1))) == '0)
  `SVA(takes_the_lowest, take_mine,
       ((~used_q | free) & Walks'((32'd1 << watch) - 32'd1)) == '0)
  `SVA(taken_was_requested, taken_o != 3'd0, (taken_o & ~request_i) == 3'd0)
  `SVA(page_is_walked_once, taken_o != 3'd0, (taken_o & walked_o) == 3'd0)
  `SVA(open_slot_is_taken, (request_i & ~walked_o) != 3'd0 && (~used_q | free) != '0,
       taken_o != 3'd0)
  `SVA(ports_before_prefetcher, taken_o[2], (request_i[1:0] & ~walked_o[1:0]) == 2'd0)
  `SVA(free_is_used, free_mine, used_q[watch])
  `SVA(one_completes, done_o != 3'd0, (done_o & (done_o - 3'd1)) == 3'd0 && done != '0 &&
       (done & (done - Walks'(1))) == '0)
  `SVA(completes_what_ended, done_mine,
       mine && !killed && !fenced && (ended_q || refused || to_end))
  `SVA(completes_for_its_port, done_mine, done_o == 3'(3'd1 << who_q))
  `SVA(merged_is_its_page, merged_o[0] && request_i[0],
       done_o != 3'd0 && !done_fault_o && d_va_i[56:12] == done_va_o[56:12] &&
           d_ctx_i.asid == done_ctx_o.asid && d_ctx_i.root == done_ctx_o.root)
  `SVA(fetch_merged_is_its_page, merged_o[1] && request_i[1],
       done_o != 3'd0 && !done_fault_o && f_va_i[56:12] == done_va_o[56:12] &&
           f_ctx_i.asid == done_ctx_o.asid && f_ctx_i.root == done_ctx_o.root)

  // --- its requests
  `SVA(one_outstanding, on_wires, !outstanding_q)
  `SVA(requests_come_from_slots, mem_req_valid_o, used_q[mem_req_id_o] == 1'b1)
  `SVA(begins_at_root, begins_mine && PwcEntries == 0,
       begin_level == ctx_q.root && begin_table == ppn_q && !begin_global)
  `SVA(begins_below_root, begins_mine, start_q && begin_level <= ctx_q.root &&
       (begin_level != ctx_q.root || (begin_table == ppn_q && !begin_global)))
  `SVA(start_asks_where, first && start_q, begins_mine && !mem_req_write_o)
  `SVA(address_follows_path, first,
       mem_req_addr_o == ((Xlen == 32) ? {table_now, index, 2'b00} :
                                         {table_now, index[8:0], 3'b000}))
  `SVA(address_exists, on_wires, (mem_req_addr_o >> PaBits) == '0)
  `SVA(write_where_a_leaf_needs_it, first, mem_req_write_o == updates_q)
  `SVA(update_only_with_adue, first && mem_req_write_o, ctx_q.adue && who_q != 2'd2)
  `SVA(update_expects_the_pte_read, first && mem_req_write_o, mem_req_expected_o == pte_q)
  `SVA(update_sets_a_and_d_only, on_wires && mem_req_write_o,
       mem_req_data_o == (mem_req_expected_o | (store ? 64'hc0 : 64'h40)))
  `SVA(update_is_needed, first && mem_req_write_o,
       !mem_req_expected_o[6] || (!mem_req_expected_o[7] && store))
  `SVA(read_carries_nothing, on_wires && !mem_req_write_o,
       mem_req_expected_o == '0 && mem_req_data_o == '0)

  // --- going on: nothing but an answer or a denial ends a walk, and the wires never rest while
  // a slot has a request to make
  `SVA(wires_never_rest, req_q != '0, mem_req_valid_o || denied)
  `SVA(goes_on_after_a_pointer, to_pointer, !done_mine && !finished[watch])
  `SVA(reads_again_after_a_conflict, to_again, !done_mine && !finished[watch])
  `SVA(faults_end, heard && (mem_rsp_error_i || (!writing_q && !usable && !is_pointer)),
       finished[watch])
  `SVA(success_ends, success, finished[watch])
  `SVA(svade_ends, heard && !writing_q && usable && !complete && !ctx_q.adue, finished[watch])
  `SVA(denial_ends, refused && !killed && !fenced, finished[watch])
  `SVA(finished_is_said, mine && finished[watch] && who_q != 2'd2, finished_o[who_q[0]])

  // --- results
  logic bad;
  assign bad = refused || (ended_q ? bad_q : !success);
  `SVA(fault_is_reported, done_mine && bad, done_fault_o)
  `SVA(success_leaf_as_read, done_mine && !done_fault_o,
       !bad && done_leaf_o == (ended_q ? leaf_q : leaf_now))
  `SVA(success_page_exists, done_mine && !done_fault_o && who_q != 2'd2,
       ({done_leaf_o.ppn, 12'd0} >> PaBits) == '0)
  `SVA(done_for_its_request, done_mine, done_va_o == va_q && done_ctx_o == ctx_q)
  `SVA(fault_cause_of_access, done_mine && done_fault_o,
       store ? done_cause_o == 4'd15 || done_cause_o == 4'd7 :
       ctx_q.access == 2'd1 ? done_cause_o == 4'd13 || done_cause_o == 4'd5 :
                              done_cause_o == 4'd12 || done_cause_o == 4'd1)

  // --- a fence without an address and an ASID empties the page-walk caches
  logic [3:0] empty_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) empty_q <= '1;
    else if (fence_valid_i && !fence_has_va_i && !fence_has_asid_i) empty_q <= '1;
    else empty_q <= empty_q & ~pwc_fills_o;
  end
  `SVA(empty_walk_cache_never_hits, pwc_hits_o != '0, (pwc_hits_o & empty_q) == '0)

  // --- fences and kills
  `SVA(fence_completes_nothing, fence_i, done_o == 3'd0)
  `SVA(killed_completes_nothing, mine && killed, !done_mine)
  `SVA(killed_is_freed, mine && killed && !awaited, free_mine)
  `SVA(awaited_is_not_freed, mine && awaited, !free_mine)
  `SVA_COVER(fence_restarts_reached, begins_again)
  `SVA_COVER(killed_while_outstanding_reached, killed && outstanding_q && !answered)
  `SVA_COVER(fence_and_kill_reached, mine && killed && !killed_q && fence_i)
  `SVA_COVER(superpage_reached, success && level_q != 3'd0)
  `SVA_COVER(updated_reached, success && writing_q)
  `SVA_COVER(prefetch_reached, done_mine && who_q == 2'd2 && !done_fault_o)

  // --- fairness: nobody is overtaken twice
  logic [3:0] passed_wire_q, passed_done_q;  // others that went first since it asks
  logic asks, starved_port, new_wire, may_complete;
  logic prior_wait_q;
  assign asks     = mine && req_q[watch] && !on_wires && !refused;
  assign new_wire = (mem_req_valid_o && !prior_wait_q) || denied;
  assign may_complete =
      who_q == 2'd2 || (done_ready_i[who_q[0]] && done_fault_ready_i[who_q[0]]);
  assign starved_port = (taken_o[0] && request_i[1] && !walked_o[1]) ||
                        (taken_o[1] && request_i[0] && !walked_o[0]);
  logic [1:0] passed_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      passed_wire_q <= 4'd0;
      passed_done_q <= 4'd0;
      prior_wait_q  <= 1'b0;
      passed_q      <= 2'b00;
    end else begin
      prior_wait_q <= mem_req_valid_o && !mem_req_ready_i;
      if (!asks || take_mine) passed_wire_q <= 4'd0;
      else if (new_wire) passed_wire_q <= passed_wire_q + 4'd1;
      // A slot whose port cannot take its outcome lets others go first; then its turn comes anew.
      if (!mine || !finished[watch] || done_mine || !may_complete) passed_done_q <= 4'd0;
      else if (done_o != 3'd0) passed_done_q <= passed_done_q + 4'd1;
      if (taken_o[0]) passed_q <= {request_i[1] && !walked_o[1], 1'b0};
      else if (taken_o[1]) passed_q <= {1'b0, request_i[0] && !walked_o[0]};
      else passed_q <= passed_q & request_i[1:0] & ~walked_o[1:0];
    end
  end
  `SVA(wires_in_turns, asks, 32'(passed_wire_q) < Walks)
  `SVA(completions_in_turns, mine && finished[watch] && !bad, 32'(passed_done_q) < Walks)
  `SVA(ports_in_turns, taken_o[1:0] != 2'b00 && passed_q != 2'b00,
       (passed_q & ~request_i[1:0]) != 2'b00 || (passed_q & walked_o[1:0]) != 2'b00 ||
           (taken_o[1:0] & passed_q) != 2'b00)
  `SVA_COVER(port_overtaken_reached, starved_port)

endmodule

`ifndef FORMAL
bind tandem_mmu_walker sva_walker #(
    .Walks     (Walks),
    .PwcEntries(PwcEntries),
    .Xlen      (Xlen),
    .PaBits    (PaBits),
    .Svnapot   (Svnapot)
) u_sva (.*);
`endif
