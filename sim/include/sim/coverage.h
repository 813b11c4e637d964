// SPDX-License-Identifier: Apache-2.0
// The command that merges and reports coverage.
#ifndef SIM_COVERAGE_H
#define SIM_COVERAGE_H

// tandem coverage FILE... [-o MERGED] [--json F] [--html F] [--threshold [ITEM=]PERCENT]; argv[0] is
// "tandem coverage". Returns the exit status: 0 as good as asked; 1 below a threshold, or a bin is
// reached that cannot be; 2 usage, damaged files, nothing to merge.
int tandem_coverage(int argc, char **argv);

#endif
