  // The cycle counter itself.
  logic [63:0] dut_cycles;
  assign dut_cycles = gen_counter[21].count;
