  // What is kept of both records: order of the properties.
  logic [89:0] dut_data, dut_fetch;
  assign dut_data  = {data_q[25:16], data_tval_q, data_q[15:0]};
  assign dut_fetch = {fetch_q[25:16], fetch_tval_q, fetch_q[15:0]};
