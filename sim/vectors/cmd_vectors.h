// SPDX-License-Identifier: Apache-2.0
#ifndef VECTORS_CMD_VECTORS_H
#define VECTORS_CMD_VECTORS_H

// The command `tandem vectors`: argv[0] is "tandem vectors". Returns the exit status: 0 passed,
// 1 a query failed, 2 usage, environment, a file that is not as the format says, nothing checked.
int tandem_vectors(int argc, char **argv);

#endif
