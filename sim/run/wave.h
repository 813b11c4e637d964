// SPDX-License-Identifier: Apache-2.0
// Whether a waveform file is whole.
#ifndef RUN_WAVE_H
#define RUN_WAVE_H

#include "sim/error.h"

// The FST writer of the simulator does not report a full disk. Its file is a sequence of blocks
// {type, 8-byte length}: they must fill the file. SIM_ERROR_IO with a sentence.
enum sim_status wave_check(const char *path, struct sim_error *error);

#endif
