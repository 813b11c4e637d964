// SPDX-License-Identifier: Apache-2.0
// Next-page prefetch into the second-level TLB: after a walk for a 4 KiB page, the page
// after it is looked up there, and walked if it is not. One page at a time.
//
//   Empty --walk completes--> Read --its turn--> Compare --no match--> Ask --slot--> Empty
//
// Latency: none that a client sees. Back-pressure: while a page is kept, others are not
// thought of. It gives way to both ports. A fence makes it forget, and so does a cycle in which
// the page's satp is not current: no walk may begin with a satp that is not active.

module tandem_mmu_prefetch #(
    parameter int unsigned Xlen = 64
) (
    input  logic                  clk_i,
    input  logic                  rst_ni,
    // A walk of a request completes with success
    input  logic                  done_i,
    input  tandem_mmu_pkg::leaf_t done_leaf_i,
    input  logic           [56:0] done_va_i,
    input  tandem_mmu_pkg::ctx_t  done_ctx_i,
    input  logic           [43:0] done_ppn_i,
    input  logic                  fence_i,
    // satp, and whether it is active: the effective privilege of a port is not M
    input  logic                  active_i,
    input  logic           [ 2:0] satp_root_i,
    input  logic           [15:0] satp_asid_i,
    input  logic           [43:0] satp_ppn_i,
    // Second level
    output logic                  read_o,
    input  logic                  reads_i,
    input  logic                  match_i,   // while it compares
    // The page, as a candidate for a walk slot
    output logic                  request_o,
    input  logic                  taken_i,
    input  logic                  walked_i,
    output logic           [56:0] va_o,
    output tandem_mmu_pkg::ctx_t  ctx_o,
    output logic           [43:0] ppn_o
);

  localparam int unsigned LevelBits = (Xlen == 32) ? 10 : 9;

  typedef enum logic [1:0] {
    Empty,
    Read,
    Compare,
    Ask
  } state_e;

  state_e state_q, state_d;
  logic load, drop, current, done_current;
  logic [44:0] vpn_q;
  logic [LevelBits-1:0] low;
  tandem_mmu_pkg::ctx_t done_ctx;

  // Whether the satp of the page that is kept, and of the walk that completes, is current.
  assign current      = (state_q != Empty) && active_i && (ctx_o.root == satp_root_i) &&
                        (ctx_o.asid == satp_asid_i) && (ppn_o == satp_ppn_i);
  assign done_current = active_i && (done_ctx_i.root == satp_root_i) &&
                        (done_ctx_i.asid == satp_asid_i) && (done_ppn_i == satp_ppn_i);

  assign low  = done_va_i[12+:LevelBits];
  assign load = done_i && (state_q == Empty) && (done_leaf_i.level == 3'd0) &&
                !done_leaf_i.napot && (low != '1) && done_current;

  // A comparison is not stopped: it drops entries of wrong parity whatever satp is.
  assign drop      = fence_i || ((state_q != Empty) && !current);
  assign read_o    = (state_q == Read) && current;
  assign request_o = !drop && ((state_q == Ask) || ((state_q == Compare) && !match_i));

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      Read:    if (reads_i) state_d = Compare;
      Compare: state_d = match_i ? Empty : Ask;
      default: if (load) state_d = Read;
    endcase
    if (request_o && (taken_i || walked_i)) state_d = Empty;
    if (drop) state_d = Empty;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= Empty;
    else state_q <= state_d;
  end

  // A load that needs no permission: what permission rests on is 0, and no A or D is set.
  always_comb begin
    done_ctx       = '0;
    done_ctx.access = tandem_mmu_pkg::AccessLoad;
    done_ctx.pbmte = done_ctx_i.pbmte;
    done_ctx.root  = done_ctx_i.root;
    done_ctx.asid  = done_ctx_i.asid;
  end

  always_ff @(posedge clk_i) begin
    if (load) begin
      vpn_q <= {done_va_i[56:12+LevelBits], low + LevelBits'(1)};
      ctx_o <= done_ctx;
      ppn_o <= done_ppn_i;
    end
  end
  assign va_o = {vpn_q, 12'd0};

  logic unused_done;
  assign unused_done = &{1'b0, done_leaf_i, done_va_i[11:0], done_ctx_i};

endmodule
