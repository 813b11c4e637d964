  // Arrays as vectors: Yosys 0.23 has no array ports.
  logic [Entries*61-1:0] all_tags;
  logic [Entries*44-1:0] all_tables;
  logic [Entries-1:0] all_globals;
  assign all_globals = global_q;
  for (genvar e = 0; e < Entries; e++) begin : gen_formal
    assign all_tags[61*e+:61]   = tag_q[e];
    assign all_tables[44*e+:44] = table_q[e];
  end
