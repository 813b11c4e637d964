// SPDX-License-Identifier: Apache-2.0
// Files and folders of a kept failure: whole files read, hashed, copied; a folder that appears
// under its name when it is complete.
#ifndef REPLAY_FOLDER_H
#define REPLAY_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "dut_loader.h"
#include "sim/error.h"

#define FOLDER_HASH_BYTES 33  // XXH128 in hexadecimal

// Read a whole text of at most `most` bytes, ended by a zero byte; owned by the caller.
// SIM_ERROR_IO, SIM_ERROR_FORMAT (too long), SIM_ERROR_MEMORY.
enum sim_status folder_read(const char *path, size_t most, char **text, size_t *bytes,
                            struct sim_error *error);
enum sim_status folder_hash(const char *path, char hash[FOLDER_HASH_BYTES],
                            struct sim_error *error);
enum sim_status folder_copy(const char *from, const char *to, struct sim_error *error);

// "FOLDER/NAME". False: too long.
bool folder_path(char path[RUN_PATH_BYTES], const char *folder, const char *name);

// Tell before a long run that the folder could not be made: it exists and holds something, or is no
// folder, or its parent cannot be written. SIM_ERROR_USAGE, SIM_ERROR_IO.
enum sim_status folder_check(const char *path, struct sim_error *error);

// A folder under construction beside `path`; its name is written to `temporary`.
enum sim_status folder_begin(const char *path, char temporary[RUN_PATH_BYTES],
                             struct sim_error *error);
// Give it its name.
enum sim_status folder_finish(const char *temporary, const char *path, struct sim_error *error);
// Remove what was made: these files, and the folder if nothing else is in it.
void folder_abandon(const char *temporary, const char *const *names, size_t count);

#endif
