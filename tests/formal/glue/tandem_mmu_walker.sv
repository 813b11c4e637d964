  // The walker's registers, for the invariants that induction needs.
  logic [1:0] dut_state;
  logic [5:0] dut_flags;
  logic [2:0] dut_level;
  logic [43:0] dut_table;
  logic [9:0] dut_index;
  logic [63:0] dut_pte;
  assign dut_state = (state_q == Request) ? 2'd1 : (state_q == Answer) ? 2'd2 :
                     (state_q == Idle) ? 2'd0 : 2'd3;
  assign dut_flags = {killed_q, stale_q, write_q, global_q, root_q, store_q};
  assign dut_level = level_q;
  assign dut_table = table_q;
  assign dut_index = index_q;
  assign dut_pte   = pte_q;
