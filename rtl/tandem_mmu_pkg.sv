// SPDX-License-Identifier: Apache-2.0
// Constants, the leaf type and the pure functions that the modules share. Functions
// take plain vectors: struct members inside functions are not portable between tools.
//
// Vectors have the widths of XLEN = 64 everywhere; with XLEN = 32 the surplus bits are
// constant 0 and cost nothing.

package tandem_mmu_pkg;

  // Access kinds. Amo is treated as a store everywhere, so bit 1 means "writes".
  parameter logic [1:0] AccessFetch = 2'd0;
  parameter logic [1:0] AccessLoad = 2'd1;

  parameter logic [1:0] PrivU = 2'd0;
  parameter logic [1:0] PrivM = 2'd3;

  // A translation mode is known by the level of its root table; Bare has none.
  parameter logic [2:0] RootBare = 3'd0;
  parameter logic [2:0] RootSv32 = 3'd1;
  parameter logic [2:0] RootSv39 = 3'd2;
  parameter logic [2:0] RootSv48 = 3'd3;
  parameter logic [2:0] RootSv57 = 3'd4;

  // Who answered.
  parameter logic [1:0] SourceNone = 2'd0;
  parameter logic [1:0] SourceTlb = 2'd1;
  parameter logic [1:0] SourceWalk = 2'd2;
  parameter logic [1:0] SourceSecond = 2'd3;

  // Level of an answer that was not translated.
  parameter logic [2:0] LevelNone = 3'd7;

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
  // ... and of its upper end, XLEN = 64.
  parameter int unsigned PtePbmt = 61;  // two bits
  parameter int unsigned PteN = 63;

  // A usable translation. In perm, G is the or over the path, A and V are 1. ppn is that of
  // the address translated: its bits inside a larger page are those of the address.
  typedef struct packed {
    logic [1:0]  pbmt;
    logic        napot;  // 64 KiB page, level 0
    logic [2:0]  level;
    logic [43:0] ppn;
    logic [7:0]  perm;   // D A G U X W R V
  } leaf_t;
  parameter int unsigned LeafBits = 58;

  // What a request is and the registers it was accepted under, but for its address and for
  // satp.PPN: one word of a simulator each. A request that is walked is canonical, so the
  // low 57 bits of its address are enough.
  typedef struct packed {
    logic [1:0]  access;
    logic        eight;   // 8 bytes
    logic [3:0]  tag;
    logic [1:0]  priv;    // effective privilege
    logic        sum;
    logic        mxr;
    logic        adue;
    logic        pbmte;
    logic [2:0]  root;    // the mode: level of the root table
    logic [15:0] asid;
  } ctx_t;
  parameter int unsigned CtxBits = 32;
  // Places in it and in a leaf, for where members cannot be named (blocks of a generate loop).
  parameter int unsigned CtxSpaceBits = 19;  // root and asid, the lowest
  parameter int unsigned CtxEight = 29;
  parameter int unsigned CtxAccess = 30;
  parameter int unsigned LeafPpn = 8;

  // A PMP entry, decoded: one word of 64 bits for its rights, kind and address, another
  // for the address bits that a NA4 or NAPOT range compares. The rights are as in pmpcfg.
  // The address, pa[55:2], is in the low 54 bits.
  parameter int unsigned PmpRights = 58;  // X W R
  parameter int unsigned PmpNear = 61;   // NA4 or NAPOT
  parameter int unsigned PmpTor = 62;
  parameter int unsigned PmpLock = 63;

  // Rights, one bit each.
  parameter logic [2:0] PmpRead = 3'b001;
  parameter logic [2:0] PmpWrite = 3'b010;
  parameter logic [2:0] PmpExecute = 3'b100;

  // The right that an access needs.
  function automatic logic [2:0] pmp_kind(input logic [1:0] access);
    if (access == AccessFetch) pmp_kind = PmpExecute;
    else if (access == AccessLoad) pmp_kind = PmpRead;
    else pmp_kind = PmpWrite;
  endfunction

  // Exception code of a page fault or an access fault of this access.
  function automatic logic [3:0] cause(input logic [1:0] access, input logic page);
    if (access == AccessFetch) cause = page ? 4'd12 : 4'd1;
    else if (access == AccessLoad) cause = page ? 4'd13 : 4'd5;
    else cause = page ? 4'd15 : 4'd7;
  endfunction

  // The mode that satp.MODE selects; values that are never driven count as Bare.
  function automatic logic [2:0] satp_root(input logic [3:0] mode);
    case (mode)
      4'd8: satp_root = RootSv39;
      4'd9: satp_root = RootSv48;
      4'd10: satp_root = RootSv57;
      default: satp_root = RootBare;
    endcase
  endfunction

  // XLEN = 64: the address's bits above the mode's top one equal it.
  function automatic logic canonical(input logic [2:0] root, input logic [25:0] va_63_38);
    case (root)
      RootSv39: canonical = (va_63_38 == '0) || (va_63_38 == '1);
      RootSv48: canonical = (va_63_38[25:9] == '0) || (va_63_38[25:9] == '1);
      default: canonical = (va_63_38[25:18] == '0) || (va_63_38[25:18] == '1);
    endcase
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

  // The bits of a VPN that take part in comparisons at a level; the others are the page's
  // own. sv32: ten bits a level instead of nine.
  function automatic logic [44:0] vpn_care(input logic sv32, input logic [2:0] level);
    case (level)
      3'd0: vpn_care = 45'h1fff_ffff_ffff;
      3'd1: vpn_care = sv32 ? 45'h1fff_ffff_fc00 : 45'h1fff_ffff_fe00;
      3'd2: vpn_care = 45'h1fff_fffc_0000;
      3'd3: vpn_care = 45'h1fff_f800_0000;
      default: vpn_care = 45'h1ff0_0000_0000;
    endcase
  endfunction

  // The same for a leaf: a 64 KiB page has four bits of its own.
  function automatic logic [44:0] leaf_care(input logic sv32, input logic [2:0] level,
                                            input logic napot);
    leaf_care = vpn_care(sv32, level);
    if (napot) leaf_care[3:0] = 4'd0;
  endfunction

endpackage
