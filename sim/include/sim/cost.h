// SPDX-License-Identifier: Apache-2.0
// tandem cost: what a unit costs in an FPGA (docs/cost.md).
#ifndef SIM_COST_H
#define SIM_COST_H

// Parses its own arguments; argv[0] is "tandem cost". Returns the exit status: 0 measured, 2 usage
// or environment.
int tandem_cost(int argc, char **argv);

#endif
