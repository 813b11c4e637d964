// SPDX-License-Identifier: Apache-2.0
// Which instructions are atomic, from their bytes. QEMU reports an atomic read-modify-write as a
// store in a program with several threads, as a load and a store in one with a single thread, and
// a store-conditional likewise.
#ifndef RECORDER_ATOMICS_H
#define RECORDER_ATOMICS_H

#include <stddef.h>
#include <stdint.h>

enum recorder_machine { RECORDER_OTHER, RECORDER_X86, RECORDER_RISCV };
enum recorder_access {
    RECORDER_PLAIN,
    RECORDER_ATOMIC,     // one modify
    RECORDER_STORE_ONLY  // one store
};

// From QEMU's name of the target.
enum recorder_machine recorder_machine_of(const char *target);
// `bytes` are the instruction's `size` bytes.
enum recorder_access recorder_access_of(enum recorder_machine machine, const uint8_t *bytes,
                                        size_t size);

#endif
