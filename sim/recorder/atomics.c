// SPDX-License-Identifier: Apache-2.0
// RISC-V's A extension (Unprivileged Specification, "A" chapter); x86's LOCK prefix and XCHG
// (AMD64 Architecture Programmer's Manual, volume 3).
#include "atomics.h"

#include <string.h>

enum recorder_machine recorder_machine_of(const char *target) {
    if (strncmp(target, "riscv", 5) == 0) return RECORDER_RISCV;
    if (strcmp(target, "x86_64") == 0 || strcmp(target, "i386") == 0) return RECORDER_X86;
    return RECORDER_OTHER;
}

static enum recorder_access riscv_access(const uint8_t *bytes, size_t size) {
    enum { OPCODE_AMO = 0x2F, FUNCT5_LR = 2, FUNCT5_SC = 3 };
    if (size != 4 || (bytes[0] & 0x7F) != OPCODE_AMO) return RECORDER_PLAIN;
    unsigned funct5 = bytes[3] >> 3;
    if (funct5 == FUNCT5_LR) return RECORDER_PLAIN;
    return funct5 == FUNCT5_SC ? RECORDER_STORE_ONLY : RECORDER_ATOMIC;
}

static enum recorder_access x86_access(const uint8_t *bytes, size_t size) {
    enum { LOCK = 0xF0, XCHG_BYTE = 0x86, XCHG = 0x87 };
    // Prefixes: LOCK, REPNE, REP, segments, operand and address size, REX.
    static const char legacy[] = "\xF2\xF3\x2E\x36\x3E\x26\x64\x65\x66\x67";
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == LOCK) return RECORDER_ATOMIC;
        if (memchr(legacy, bytes[i], sizeof legacy - 1)) continue;
        if ((bytes[i] & 0xF0) == 0x40) continue;
        return bytes[i] == XCHG_BYTE || bytes[i] == XCHG ? RECORDER_ATOMIC : RECORDER_PLAIN;
    }
    return RECORDER_PLAIN;
}

enum recorder_access recorder_access_of(enum recorder_machine machine, const uint8_t *bytes,
                                        size_t size) {
    switch (machine) {
        case RECORDER_X86:
            return x86_access(bytes, size);
        case RECORDER_RISCV:
            return riscv_access(bytes, size);
        default:
            return RECORDER_PLAIN;
    }
}
