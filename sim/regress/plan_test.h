// SPDX-License-Identifier: Apache-2.0
// One test of a plan, from its YAML.
#ifndef REGRESS_PLAN_TEST_H
#define REGRESS_PLAN_TEST_H

#include "plan.h"
#include "plan_walk.h"

// Read a test, whose name is set, of a plan whose configurations are known. SIM_ERROR_USAGE,
// SIM_ERROR_MEMORY; what it holds is the plan's to destroy either way.
enum sim_status plan_test_read(struct plan_walk *walk, const struct plan *plan, yaml_node_t *node,
                               struct plan_test *test);

#endif
