// SPDX-License-Identifier: Apache-2.0
// What the walk slots hold: each walk's request with its context, and once its page is found
// the translation. It says which slots hold a request's page already, and whether the
// physical memory protection of this cycle allows each translation's final access.
//
// Latency: reading and comparing are combinational; what is written shows from the next
// cycle on. Back-pressure: none. It does not know which slots are in use.

module tandem_mmu_slots #(
    // Slots, 1 .. 8; each costs about 190 flip-flops and three comparators of 108 bits, and
    // with PMP a tandem_mmu_pmp_check.
    parameter int unsigned Walks = 1,
    parameter int unsigned PaBits = 56,
    parameter int unsigned PmpEntries = 0
) (
    input  logic                        clk_i,
    // A walk begins
    input  logic                        take_i,
    input  logic                 [ 2:0] take_id_i,
    input  logic                 [56:0] take_va_i,
    input  tandem_mmu_pkg::ctx_t        take_ctx_i,
    input  logic                 [43:0] take_ppn_i,
    // Whose request goes to memory, whose answer comes, whose walk completes
    input  logic                        wire_valid_i,
    input  logic                 [ 2:0] wire_id_i,
    output logic                 [56:0] wire_va_o,
    output tandem_mmu_pkg::ctx_t        wire_ctx_o,
    output logic                 [43:0] wire_ppn_o,
    input  logic                        answer_valid_i,
    input  logic                 [ 2:0] answer_id_i,
    output logic                 [56:0] answer_va_o,
    output tandem_mmu_pkg::ctx_t        answer_ctx_o,
    input  logic                        done_valid_i,
    input  logic                 [ 2:0] done_id_i,
    output logic                 [56:0] done_va_o,
    output tandem_mmu_pkg::ctx_t        done_ctx_o,
    output logic                 [43:0] done_ppn_o,
    output tandem_mmu_pkg::leaf_t       done_leaf_o,
    // The translation that an answer brings
    input  tandem_mmu_pkg::leaf_t       answer_leaf_i,
    input  logic                        keep_i,         // ... to keep
    // Final check: of the translations that are kept, and of the answer's
    input  logic            [Walks-1:0] check_i,
    output logic            [Walks-1:0] allowed_o,
    input  logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_entry_i,
    input  logic [64*((PmpEntries == 0) ? 1 : PmpEntries)-1:0] pmp_mask_i,
    // Which slots hold the page of: 0, 1 the ports' candidates, 2 the prefetcher's
    input  logic                 [ 2:0] same_valid_i,
    input  logic                 [56:0] same_0_va_i,
    input  tandem_mmu_pkg::ctx_t        same_0_ctx_i,
    input  logic                 [43:0] same_0_ppn_i,
    input  logic                 [56:0] same_1_va_i,
    input  tandem_mmu_pkg::ctx_t        same_1_ctx_i,
    input  logic                 [43:0] same_1_ppn_i,
    input  logic                 [56:0] same_2_va_i,
    input  tandem_mmu_pkg::ctx_t        same_2_ctx_i,
    input  logic                 [43:0] same_2_ppn_i,
    output logic            [Walks-1:0] same_0_o,
    output logic            [Walks-1:0] same_1_o,
    output logic            [Walks-1:0] same_2_o
);

  localparam int unsigned IdBits = (Walks > 1) ? $clog2(Walks) : 1;

  logic [56:0] va_q[Walks];
  logic [tandem_mmu_pkg::CtxBits-1:0] ctx_q[Walks];
  logic [43:0] ppn_q[Walks];
  logic [tandem_mmu_pkg::LeafBits-1:0] leaf_q[Walks];

  logic [IdBits-1:0] take_id, wire_id, answer_id, done_id;
  assign take_id   = take_id_i[IdBits-1:0];
  assign wire_id   = wire_id_i[IdBits-1:0];
  assign answer_id = answer_id_i[IdBits-1:0];
  assign done_id   = done_id_i[IdBits-1:0];

  always_ff @(posedge clk_i) begin
    if (take_i) begin
      va_q[take_id]  <= take_va_i;
      ctx_q[take_id] <= take_ctx_i;
      ppn_q[take_id] <= take_ppn_i;
    end
    if (keep_i) leaf_q[answer_id] <= answer_leaf_i;
  end

  // Each stands behind a condition that spares a simulator the work in most cycles.
  always_comb begin
    wire_va_o  = '0;
    wire_ctx_o = '0;
    wire_ppn_o = '0;
    if (wire_valid_i) begin
      wire_va_o  = va_q[wire_id];
      wire_ctx_o = ctx_q[wire_id];
      wire_ppn_o = ppn_q[wire_id];
    end
  end

  always_comb begin
    answer_va_o  = '0;
    answer_ctx_o = '0;
    if (answer_valid_i) begin
      answer_va_o  = va_q[answer_id];
      answer_ctx_o = ctx_q[answer_id];
    end
  end

  always_comb begin
    done_va_o   = '0;
    done_ctx_o  = '0;
    done_ppn_o  = '0;
    done_leaf_o = '0;
    if (done_valid_i) begin
      done_va_o   = va_q[done_id];
      done_ctx_o  = ctx_q[done_id];
      done_ppn_o  = ppn_q[done_id];
      done_leaf_o = (answer_valid_i && (answer_id_i == done_id_i)) ? answer_leaf_i :
                    leaf_q[done_id];
    end
  end

  // Same page of the same address space: mode, ASID, root.
  logic [18:0] space_0, space_1, space_2;
  assign space_0 = {same_0_ctx_i.root, same_0_ctx_i.asid};
  assign space_1 = {same_1_ctx_i.root, same_1_ctx_i.asid};
  assign space_2 = {same_2_ctx_i.root, same_2_ctx_i.asid};

  // Without PMP every address below 2^56 may be accessed.
  localparam logic Checks = (PmpEntries != 0) || (PaBits < 56);

  for (genvar s = 0; s < Walks; s++) begin : gen_slot
    logic [44:0] vpn;
    logic [18:0] space;
    always_comb begin
      vpn   = '0;
      space = '0;
      same_0_o[s] = 1'b0;
      same_1_o[s] = 1'b0;
      same_2_o[s] = 1'b0;
      if (same_valid_i != 3'b000) begin
        vpn   = va_q[s][56:12];
        space = ctx_q[s][tandem_mmu_pkg::CtxSpaceBits-1:0];
        if (same_valid_i[0]) begin
          same_0_o[s] = (vpn == same_0_va_i[56:12]) && (space == space_0) &&
                        (ppn_q[s] == same_0_ppn_i);
        end
        if (same_valid_i[1]) begin
          same_1_o[s] = (vpn == same_1_va_i[56:12]) && (space == space_1) &&
                        (ppn_q[s] == same_1_ppn_i);
        end
        if (same_valid_i[2]) begin
          same_2_o[s] = (vpn == same_2_va_i[56:12]) && (space == space_2) &&
                        (ppn_q[s] == same_2_ppn_i);
        end
      end
    end

    // The final access: the request's own, or, while an answer brings it, the answer's.
    logic [tandem_mmu_pkg::CtxBits-1:0] check_ctx;
    logic [tandem_mmu_pkg::LeafBits-1:0] check_leaf;
    logic [63:0] check_addr;
    always_comb begin
      check_ctx  = '0;
      check_leaf = '0;
      check_addr = '0;
      if (Checks && check_i[s]) begin
        check_ctx  = ctx_q[s];
        check_leaf = (answer_valid_i && (answer_id_i == 3'(s))) ? answer_leaf_i : leaf_q[s];
        check_addr = {8'd0, check_leaf[tandem_mmu_pkg::LeafPpn+:44], va_q[s][11:0]};
      end
    end
    tandem_mmu_pmp_check #(
        .Entries(PmpEntries),
        .PaBits (PaBits)
    ) u_check (
        .valid_i  (check_i[s]),
        .addr_i   (check_addr),
        .double_i (check_ctx[tandem_mmu_pkg::CtxEight]),
        .kind_i   ((PmpEntries == 0) ? 3'd0 :
                   tandem_mmu_pkg::pmp_kind(check_ctx[tandem_mmu_pkg::CtxAccess+:2])),
        .machine_i(1'b0),
        .entry_i  (pmp_entry_i),
        .mask_i   (pmp_mask_i),
        .allowed_o(allowed_o[s])
    );
    logic unused_slot;
    assign unused_slot = &{1'b0, check_ctx, check_leaf};
  end

  logic unused_slots;
  assign unused_slots = &{1'b0, take_id_i, wire_id_i, answer_id_i, done_id_i, same_0_va_i, same_0_ctx_i,
                          same_1_va_i, same_1_ctx_i, same_2_va_i, same_2_ctx_i};

endmodule
