// SPDX-License-Identifier: Apache-2.0
// Which instructions read and write memory in one piece, from their bytes: QEMU reports an
// atomic of a program with several threads as a store, and a store-conditional of one with
// a single thread as a load and a store.
#ifndef RECORDER_ATOMICS_H
#define RECORDER_ATOMICS_H

#include <stddef.h>
#include <stdint.h>

enum recorder_machine { RECORDER_OTHER, RECORDER_X86, RECORDER_RISCV };
enum recorder_access {
    RECORDER_PLAIN,
    RECORDER_ATOMIC,     // its store reads, too
    RECORDER_STORE_ONLY  // its load is none of the program's
};

// From QEMU's name of the target.
enum recorder_machine recorder_machine_of(const char *target);
// `bytes` are the instruction's `size` bytes.
enum recorder_access recorder_access_of(enum recorder_machine machine, const uint8_t *bytes,
                                        size_t size);

#endif
