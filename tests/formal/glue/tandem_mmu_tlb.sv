  // Arrays as vectors: Yosys 0.23 has no array ports.
  logic [Entries*61-1:0] all_tags, all_cares;
  logic [Entries*tandem_mmu_pkg::LeafBits-1:0] all_leaves;
  for (genvar e = 0; e < Entries; e++) begin : gen_formal
    assign all_tags[61*e+:61] = tag_q[e];
    assign all_cares[61*e+:61] = care_q[e];
    assign all_leaves[tandem_mmu_pkg::LeafBits*e+:tandem_mmu_pkg::LeafBits] = leaf_q[e];
  end
