// SPDX-License-Identifier: Apache-2.0
// A file of data at given offsets: whole reads and writes, or a sentence. The system calls can be
// replaced, so that tests can lose, tear and misdirect writes.
#ifndef PAGING_DATA_FILE_H
#define PAGING_DATA_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sim/error.h"

// As pread(2) and pwrite(2): short counts and errno are understood.
struct data_file_ops {
    ssize_t (*read)(void *user, int fd, void *data, size_t bytes, uint64_t offset);
    ssize_t (*write)(void *user, int fd, const void *data, size_t bytes, uint64_t offset);
};

struct data_file {
    int fd;
    char *name;  // for sentences
    const struct data_file_ops *ops;
    void *user;
};

// Replace the system calls of `file`; ops NULL: the system's own.
void data_file_use(struct data_file *file, const struct data_file_ops *ops, void *user);

// An unlinked temporary file "tandem-<what>-XXXXXX" in $TMPDIR or /tmp. SIM_ERROR_IO, _MEMORY.
enum sim_status data_file_temporary(struct data_file *file, const char *what,
                                    struct sim_error *error);

// The file at `path`, which this process alone may use: created, beginning with `magic`, if nothing
// is there; emptied behind the magic if it begins with it; refused and left as it is otherwise
// (SIM_ERROR_USAGE). `kind` names it in sentences ("a swap file"). SIM_ERROR_IO, _MEMORY.
enum sim_status data_file_claim(struct data_file *file, const char *path, const char *kind,
                                const void *magic, size_t magic_bytes, struct sim_error *error);

void data_file_close(struct data_file *file);

// Read `bytes` at `offset`; what lies behind the file's end reads as 0. SIM_ERROR_IO.
enum sim_status data_file_read(const struct data_file *file, void *data, size_t bytes,
                               uint64_t offset, struct sim_error *error);
// Write `bytes` at `offset`. SIM_ERROR_IO.
enum sim_status data_file_write(const struct data_file *file, const void *data, size_t bytes,
                                uint64_t offset, struct sim_error *error);

#endif
