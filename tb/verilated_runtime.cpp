// SPDX-License-Identifier: Apache-2.0
// The simulator's runtime, with its messages and its stop given to the adapter: a property
// that fails is a message and a stop, and neither may print or end the harness.
int TandemPrint(const char *format, ...);

#define VL_PRINTF TandemPrint
#define VL_USER_STOP
#include "verilated.cpp"
