// SPDX-License-Identifier: Apache-2.0
// The signature of a failure: what two failures with one cause have in common (docs/regress.md,
// "Buckets").
#ifndef REGRESS_BUCKET_H
#define REGRESS_BUCKET_H

#include <jansson.h>

#include "store.h"

// Fill signature and sentence of a failed check from the job's JSON, of whichever command.
// `output` is what it printed, for what the JSON does not say.
void bucket_of_failure(const json_t *root, const char *output, struct result *result);

// Fill them for exit status 2, from the last line of the output; where that only says that the
// program ends, from the line that says why.
void bucket_of_error(const char *output, struct result *result);
// The same with the signal's name; of a signal from outside, with its name alone.
void bucket_of_signal(int signal, const char *output, struct result *result);
void bucket_of_timeout(const char *suite, uint64_t seconds, struct result *result);

// Copy text with each number, decimal or hexadecimal, as '#'.
void bucket_without_numbers(const char *text, char *out, size_t capacity);

#endif
