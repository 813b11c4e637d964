// SPDX-License-Identifier: Apache-2.0
// The list of policies and their names.
#include "policy.h"

#include <stddef.h>

#include "sim/pager.h"

const struct policy_ops *policy_find(unsigned policy) {
    static const struct policy_ops *const all[PAGER_POLICIES] = {[PAGER_FIFO] = &policy_fifo,
                                                                 [PAGER_LRU] = &policy_lru,
                                                                 [PAGER_OPT] = &policy_opt,
                                                                 [PAGER_CLOCK] = &policy_clock,
                                                                 [PAGER_RANDOM] = &policy_random};
    return policy < PAGER_POLICIES ? all[policy] : NULL;
}

const char *pager_policy_name(unsigned policy) {
    const struct policy_ops *ops = policy_find(policy);
    return ops ? ops->name : NULL;
}
