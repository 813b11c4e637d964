// SPDX-License-Identifier: Apache-2.0
// Which revision of the source tree, and of the RTL in it, a regression is about.
#ifndef REGRESS_REVISION_H
#define REGRESS_REVISION_H

#include "store.h"

// Fill about->git (git describe --always --dirty; empty outside of a repository) and about->rtl (16
// hexadecimal digits over the files that rtl/rtl.f names; empty without a source tree).
void revision_find(struct store_run *about);

#endif
