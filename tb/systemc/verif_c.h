// SPDX-License-Identifier: Apache-2.0
// The C headers of verif/, in C++.
#ifndef TANDEM_SYSTEMC_VERIF_C_H
#define TANDEM_SYSTEMC_VERIF_C_H

#include <cstddef>
#include <cstdint>
#include <cstdio>

extern "C" {
#include "verif/bench.h"
#include "verif/dut.h"
#include "verif/stimulus.h"
}

#endif
