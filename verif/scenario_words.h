// SPDX-License-Identifier: Apache-2.0
// The words of a scenario's text, by value; "" where a value has none.
#ifndef SCENARIO_WORDS_H
#define SCENARIO_WORDS_H

#include "verif/scenario.h"

static const char *const scenario_policies[4] = {"lru", "plru", "fifo", "random"};
static const char *const scenario_privileges[4] = {"u", "s", "", "m"};
static const char *const scenario_oracles[4] = {"", "shadow", "legal", "both"};
static const char *const scenario_fences[4] = {"sfence.vma", "sinval.vma", "sfence.w.inval",
                                               "sfence.inval.ir"};
static const char *const scenario_accesses[4] = {"fetch", "load", "store", "amo"};
static const char *const scenario_ports[2] = {"data", "fetch"};

#endif
