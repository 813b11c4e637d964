# SPDX-License-Identifier: Apache-2.0
# A program without a library, so that each of its references is known: recorder_test.c has the
# list. The section .buffer is linked to 0x10000000.
    .globl _start
    .text
_start:
    mov $0x10000000, %edi
    mov $1000, %ecx
again:
    mov (%rdi), %rax
    mov %rax, 8(%rdi)
    addl $1, 4096(%rdi)
    lock addl $1, 8192(%rdi)
    movzbl 12289(%rdi), %eax
    movups 12304(%rdi), %xmm0
    movups %xmm0, 12320(%rdi)
    dec %ecx
    jnz again
    mov $60, %eax
    xor %edi, %edi
    syscall

    .section .buffer, "aw", @progbits
    .skip 16384
    .section .note.GNU-stack, "", @progbits
