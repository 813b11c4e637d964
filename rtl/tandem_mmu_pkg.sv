// SPDX-License-Identifier: Apache-2.0
// Constants, the leaf type and the pure functions that the modules share. Functions
// take plain vectors: struct members inside functions are not portable between tools.

package tandem_mmu_pkg;

  // Access kinds. Amo is treated as a store everywhere, so bit 1 means "writes".
  parameter logic [1:0] AccessFetch = 2'd0;
  parameter logic [1:0] AccessLoad = 2'd1;

  parameter logic [1:0] PrivU = 2'd0;
  parameter logic [1:0] PrivM = 2'd3;

  parameter logic [3:0] SatpModeSv39 = 4'd8;

  // Who answered.
  parameter logic [1:0] SourceNone = 2'd0;
  parameter logic [1:0] SourceTlb = 2'd1;
  parameter logic [1:0] SourceWalk = 2'd2;

  // Level of an answer that was not translated.
  parameter logic [1:0] LevelNone = 2'd3;

  // Replacement policies; 0 is LRU.
  parameter int unsigned PolicyPlru = 1;
  parameter int unsigned PolicyFifo = 2;
  parameter int unsigned PolicyRandom = 3;

  // Bit numbers of a PTE's low byte, and of every `perm`.
  parameter int unsigned PteV = 0;
  parameter int unsigned PteR = 1;
  parameter int unsigned PteW = 2;
  parameter int unsigned PteX = 3;
  parameter int unsigned PteU = 4;
  parameter int unsigned PteG = 5;
  parameter int unsigned PteA = 6;
  parameter int unsigned PteD = 7;

  // A usable translation. In perm, G is the or over the path, A and V are 1.
  typedef struct packed {
    logic [1:0]  level;
    logic [43:0] ppn;
    logic [7:0]  perm;  // D A G U X W R V
  } leaf_t;
  parameter int unsigned LeafBits = 54;

  // Exception code of a page fault or an access fault of this access.
  function automatic logic [3:0] cause(input logic [1:0] access, input logic page);
    if (access == AccessFetch) cause = page ? 4'd12 : 4'd1;
    else if (access == AccessLoad) cause = page ? 4'd13 : 4'd5;
    else cause = page ? 4'd15 : 4'd7;
  endfunction

  // Bits 63:39 of the address, given with bit 38 below them, are a sign extension.
  function automatic logic canonical(input logic [25:0] va_63_38);
    canonical = (va_63_38 == '0) || (va_63_38 == '1);
  endfunction

  // Permission check. user_bit, r, w, x: of the leaf; priv is U or S.
  function automatic logic permitted(input logic [1:0] access, input logic [1:0] priv,
                                     input logic sum, input logic mxr, input logic user_bit,
                                     input logic x, input logic w, input logic r);
    logic owner, user_allowed;
    owner        = (priv == PrivU) ? user_bit : !user_bit;
    user_allowed = sum && (priv != PrivU);  // supervisor data accesses, whatever U says
    if (access == AccessFetch) permitted = x && owner;
    else if (access == AccessLoad) permitted = (r || (mxr && x)) && (owner || user_allowed);
    else permitted = w && (owner || user_allowed);
  endfunction

  // The bits of a VPN that take part in comparisons at a level.
  function automatic logic [26:0] vpn_care(input logic [1:0] level);
    vpn_care = {9'h1ff, {9{!level[1]}}, {9{level == 2'd0}}};
  endfunction

  // Physical address: the low 9*level bits of the page number come from the VPN.
  function automatic logic [55:0] translate(input logic [43:0] ppn, input logic [1:0] level,
                                            input logic [29:0] va_29_0);
    if (level == 2'd0) translate = {ppn, va_29_0[11:0]};
    else if (level == 2'd1) translate = {ppn[43:9], va_29_0[20:0]};
    else translate = {ppn[43:18], va_29_0};
  endfunction

endpackage
