// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "walk.h"

static bool same_updates(const struct vectors_outcome *a, const struct vectors_outcome *b) {
    if (a->updates != b->updates || a->more_updates != b->more_updates) return false;
    for (unsigned i = 0; i < a->updates; i++)
        if (a->update[i].pa != b->update[i].pa || a->update[i].value != b->update[i].value)
            return false;
    return true;
}

unsigned vectors_compare(const struct vectors_outcome *expected,
                         const struct vectors_outcome *observed, bool whole) {
    unsigned differs = 0;
    bool see_pa = whole || !expected->fault || expected->where == VECTORS_IN_EMPTY_SPACE;
    if (!same_updates(expected, observed)) differs |= VECTORS_DIFFERS_UPDATES;
    if (expected->fault != observed->fault || expected->cause != observed->cause)
        return differs | VECTORS_DIFFERS_FAULT;
    if (expected->where != observed->where) differs |= VECTORS_DIFFERS_WHERE;
    if (see_pa && expected->pa != observed->pa) differs |= VECTORS_DIFFERS_PA;
    if (memcmp(expected->page_bits, observed->page_bits, sizeof expected->page_bits))
        differs |= VECTORS_DIFFERS_PAGE_SIZE;
    if (memcmp(expected->pbmt, observed->pbmt, sizeof expected->pbmt))
        differs |= VECTORS_DIFFERS_PBMT;
    if (expected->tval != observed->tval) differs |= VECTORS_DIFFERS_TVAL;
    if (expected->htval != observed->htval) differs |= VECTORS_DIFFERS_HTVAL;
    if (expected->htinst != observed->htinst) differs |= VECTORS_DIFFERS_HTINST;
    return differs;
}
