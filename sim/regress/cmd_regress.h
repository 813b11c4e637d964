// SPDX-License-Identifier: Apache-2.0
#ifndef REGRESS_CMD_REGRESS_H
#define REGRESS_CMD_REGRESS_H

// tandem regress; see commands.h. Exit status 0, 1, 2.
int tandem_regress(int argc, char **argv);

#endif
