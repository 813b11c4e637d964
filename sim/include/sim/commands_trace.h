// SPDX-License-Identifier: Apache-2.0
// The commands about recorded programs. argv[0] is the command's full name, such as
// "tandem record". They print, and return the exit status: 0 = done, 2 = a damaged
// trace, usage or environment. Bad usage exits with 2 at once (argp).
#ifndef SIM_COMMANDS_TRACE_H
#define SIM_COMMANDS_TRACE_H

// tandem record -o FILE [-n REFS] [-l LEVEL] [-p TEXT] [--recorder WHICH] -- PROGRAM [ARGUMENT...]
// tandem record -o FILE [-n REFS] [-l LEVEL] [-p TEXT] --import INPUT [--format FORMAT]
int tandem_record(int argc, char **argv);

// tandem show FILE [--from REF] [--count N]
// tandem show FILE --export oracleGeneral -o OUT
int tandem_show(int argc, char **argv);

#endif
