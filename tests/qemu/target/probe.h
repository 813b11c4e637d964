// SPDX-License-Identifier: Apache-2.0
// One probe as start.S sees it: an array of XLEN-bit fields, by number.
#ifndef PROBE_H
#define PROBE_H

#define PROBE_MSTATUS 0
#define PROBE_VA 1
#define PROBE_KIND 2
#define PROBE_VALUE 3
#define PROBE_CFG 4  // 2 (RV64) or 4 (RV32) pmpcfg registers
#define PROBE_CAUSE 8
#define PROBE_TVAL 9
#define PROBE_EPC 10
#define PROBE_DATUM 11
#define PROBE_SP 12
#define PROBE_RA 13
#define PROBE_FIELDS 14

#endif
