// SPDX-License-Identifier: Apache-2.0
// tandem study: sweeps over recorded programs (docs/study.md).
#ifndef SIM_STUDY_H
#define SIM_STUDY_H

// Parses its own arguments; argv[0] is "tandem study". Returns the exit status: 0 the study was
// made (and what was verified agreed), 1 a verified point disagreed, 2 usage or environment.
int tandem_study(int argc, char **argv);

#endif
