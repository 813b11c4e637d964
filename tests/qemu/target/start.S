// SPDX-License-Identifier: Apache-2.0
// Entry, and the one place where memory management is in force: probe_run.

#include "probe.h"

#if __riscv_xlen == 64
#define LOADX ld
#define STOREX sd
#define CLEAR_PMP csrw pmpcfg0, zero; csrw pmpcfg2, zero
#else
#define LOADX lw
#define STOREX sw
#define CLEAR_PMP csrw pmpcfg0, zero; csrw pmpcfg1, zero; csrw pmpcfg2, zero; csrw pmpcfg3, zero
#endif
#define XBYTES (__riscv_xlen / 8)
#define FIELD(n) ((n) * XBYTES)(a0)

    .section .text.start
    .globl _start
_start:
    csrr t0, mhartid
    bnez t0, park
    la sp, stack_top
    la t0, stray_trap
    csrw mtvec, t0
    csrw mie, zero
    call main
    call finish  // does not come back
park:
    wfi
    j park

    .align 2
stray_trap:  // a trap outside of a probe: the program itself is wrong
    csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    la sp, stack_top
    call report_stray
    j park

// void probe_run(struct probe *): makes one access under the scenario's satp and PMP. The PMP
// registers are in force only between here and the end of the access, and no memory is touched
// meanwhile but by the access: an entry may split any word of the program's own.
    .globl probe_run
    .align 2
probe_run:
    STOREX sp, FIELD(PROBE_SP)
    STOREX ra, FIELD(PROBE_RA)
    csrw mscratch, a0
    la t0, probe_trap
    csrw mtvec, t0
    LOADX t1, FIELD(PROBE_MSTATUS)
    LOADX t4, FIELD(PROBE_VA)
    LOADX t5, FIELD(PROBE_KIND)
    LOADX a1, FIELD(PROBE_VALUE)
    csrw mepc, t4
    la t6, accesses
    slli t5, t5, 3
    add t5, t5, t6
    li a2, 0
    LOADX t2, FIELD(PROBE_CFG)
    LOADX t3, FIELD(PROBE_CFG + 1)
#if __riscv_xlen == 32
    LOADX a3, FIELD(PROBE_CFG + 2)
    LOADX a4, FIELD(PROBE_CFG + 3)
    csrw pmpcfg3, a4
    csrw pmpcfg2, a3
    csrw pmpcfg1, t3
#else
    csrw pmpcfg2, t3
#endif
    csrw pmpcfg0, t2
    sfence.vma
    csrw mstatus, t1
    jr t5

// Entry PROBE_KIND is at 8 * kind: access * 4 + log2 of the bytes.
    .option push
    .option norvc
    .align 3
accesses:
    mret
    nop
    mret
    nop
    mret
    nop
    mret
    nop
    lbu a2, 0(t4)
    j made
    lhu a2, 0(t4)
    j made
#if __riscv_xlen == 64
    lwu a2, 0(t4)
    j made
    ld a2, 0(t4)
    j made
#else
    lw a2, 0(t4)
    j made
    nop
    nop
#endif
    sb a1, 0(t4)
    j made
    sh a1, 0(t4)
    j made
    sw a1, 0(t4)
    j made
#if __riscv_xlen == 64
    sd a1, 0(t4)
    j made
#else
    nop
    nop
#endif
    nop
    nop
    nop
    nop
    amoswap.w a2, a1, (t4)
    j made
#if __riscv_xlen == 64
    amoswap.d a2, a1, (t4)
    j made
#endif
    .option pop

made:  // no trap: cause -1, the datum in a2
    csrw mstatus, zero
    CLEAR_PMP
    li t0, -1
    STOREX t0, FIELD(PROBE_CAUSE)
    STOREX a2, FIELD(PROBE_DATUM)
    STOREX zero, FIELD(PROBE_TVAL)
    STOREX zero, FIELD(PROBE_EPC)
leave:
    la t0, stray_trap
    csrw mtvec, t0
    LOADX ra, FIELD(PROBE_RA)
    LOADX sp, FIELD(PROBE_SP)
    ret

    .align 2
probe_trap:  // in M-mode with MPP = the mode of the trap: MPRV, if on, has no effect
    csrrw a0, mscratch, a0
    csrw mstatus, zero
    CLEAR_PMP
    csrr t0, mcause
    STOREX t0, FIELD(PROBE_CAUSE)
    csrr t0, mtval
    STOREX t0, FIELD(PROBE_TVAL)
    csrr t0, mepc
    STOREX t0, FIELD(PROBE_EPC)
    STOREX zero, FIELD(PROBE_DATUM)
    j leave
