// SPDX-License-Identifier: Apache-2.0
// tandem compare: the same stimulus on two revisions of the RTL (docs/gate.md).
#ifndef SIM_COMPARE_H
#define SIM_COMPARE_H

// Parses its own arguments; argv[0] is "tandem compare". Returns the exit status: 0 HEAD may replace
// BASE, 1 it is slower or wrong, 2 usage or environment.
int tandem_compare(int argc, char **argv);

#endif
