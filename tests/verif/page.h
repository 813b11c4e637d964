// SPDX-License-Identifier: Apache-2.0
// For tests of the page about a mismatch: whole lines, in order. Include after cmocka.h.
#ifndef TANDEM_TESTS_VERIF_PAGE_H
#define TANDEM_TESTS_VERIF_PAGE_H

#include <string.h>

#include "checker.h"

#define COMMAND "tandem fuzz --seed 7"

// Every one of these lines, in this order, each as a whole line but for blanks at its end.
static inline void expect_lines(const char *page, const char *const *lines, unsigned count) {
    const char *from = page;
    for (unsigned k = 0; k < count; k++) {
        size_t length = strlen(lines[k]);
        const char *found = from;
        for (;; found++) {
            found = strstr(found, lines[k]);
            if (!found) fail_msg("no line\n%s\nin\n%s", lines[k], page);
            const char *after = found + length + strspn(found + length, " ");
            if ((found == page || found[-1] == '\n') && *after == '\n') break;
        }
        from = found + length;
    }
}

#define EXPECT_LINES(page, ...)                                  \
    do {                                                         \
        const char *const lines[] = {__VA_ARGS__};               \
        expect_lines(page, lines, sizeof lines / sizeof *lines); \
    } while (0)

#endif
