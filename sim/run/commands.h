// SPDX-License-Identifier: Apache-2.0
// The commands of the program `tandem`. Each parses its own arguments (argv[0] is "tandem
// NAME") and returns the exit status: 0 passed, 1 a check failed, 2 usage or environment.
#ifndef RUN_COMMANDS_H
#define RUN_COMMANDS_H

int tandem_run(int argc, char **argv);
int tandem_bench(int argc, char **argv);
int tandem_contract(int argc, char **argv);
int tandem_replay(int argc, char **argv);
int tandem_shrink(int argc, char **argv);

#endif
