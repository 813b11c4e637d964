// SPDX-License-Identifier: Apache-2.0
// The JSON that is kept of a job.
#ifndef REGRESS_KEPT_H
#define REGRESS_KEPT_H

#include <jansson.h>

// Read it; the reference is the caller's. NULL: there is none, or what stands there is no JSON, is
// no regular file, or has more than 64 MiB.
json_t *kept_json(const char *path);

#endif
