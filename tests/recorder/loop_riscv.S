# SPDX-License-Identifier: Apache-2.0
# A program without a library, so that each of its references is known: recorder_test.c has the
# list. The section .buffer is linked to 0x10000000.
    .globl _start
    .text
    .option norvc
_start:
    lui a0, 0x10000
    lui a1, 0x10001
    lui a2, 0x10002
    addi a3, zero, 1000
again:
    lw a4, 0(a0)
    sw a4, 4(a0)
    amoadd.w a5, a3, (a1)
    lr.w a5, (a2)
    sc.w a6, a5, (a2)
    .option rvc
    c.lw a4, 8(a0)
    .option norvc
    addi a3, a3, -1
    bne a3, zero, again
    addi a0, zero, 0
    addi a7, zero, 93
    ecall

    .section .buffer, "aw", @progbits
    .skip 16384
