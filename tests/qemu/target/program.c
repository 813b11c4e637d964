// SPDX-License-Identifier: Apache-2.0
// Bare-metal program for QEMU's RISC-V "virt" machine: for each scenario it lays out memory and
// registers, makes each probe's access, and prints what happened:
//
//   S scenario menvcfg satp         both registers as they read after they were written
//   P probe cause tval datum epc changes...   cause -1: no trap; a change is pa=value, a word of
//                                   the arena that differs from what it was before the probe
//   E scenarios
//
// All numbers are hexadecimal. Each probe starts from the scenario's memory.
#include "../layout.h"
#include "probe.h"

typedef unsigned long word;

#define UART ((volatile uint8_t *)0x10000000)
#define UART_STATUS 5
#define UART_ROOM 0x20
#define SIFIVE_TEST ((volatile uint32_t *)0x100000)
#define TEST_PASS 0x5555u
#define TEST_FAIL 0x13333u
#define ARENA ((word *)LAYOUT_ARENA)
#define COPY ((word *)LAYOUT_COPY)
#define WORDS (LAYOUT_BYTES / sizeof(word))

#define csr_write(name, value) __asm__ volatile("csrw " name ", %0" ::"r"((word)(value)) : "memory")
#define csr_read(name)                                         \
    ({                                                         \
        word csr_value_;                                       \
        __asm__ volatile("csrr %0, " name : "=r"(csr_value_)); \
        csr_value_;                                            \
    })

int main(void);
void finish(void);
void report_stray(word cause, word epc, word tval);
void probe_run(word *probe);

static void put_char(char c) {
    while ((UART[UART_STATUS] & UART_ROOM) == 0) {
    }
    UART[0] = (uint8_t)c;
}

static void put_text(const char *text) {
    while (*text != 0) put_char(*text++);
}

static void put_number(word value) {
    int shift = (int)sizeof(word) * 8 - 4;
    while (shift > 0 && value >> shift == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) put_char("0123456789abcdef"[value >> shift & 15]);
}

static void put_field(word value) {
    put_char(' ');
    put_number(value);
}

void finish(void) {
    *SIFIVE_TEST = TEST_PASS;
}

void report_stray(word cause, word epc, word tval) {
    put_text("X");
    put_field(cause);
    put_field(epc);
    put_field(tval);
    put_char('\n');
    *SIFIVE_TEST = TEST_FAIL;
}

static void write_pmp_addresses(const uint64_t *addr) {
#define PMP_ADDRESS(k) csr_write("pmpaddr" #k, addr[k])
    PMP_ADDRESS(0);
    PMP_ADDRESS(1);
    PMP_ADDRESS(2);
    PMP_ADDRESS(3);
    PMP_ADDRESS(4);
    PMP_ADDRESS(5);
    PMP_ADDRESS(6);
    PMP_ADDRESS(7);
    PMP_ADDRESS(8);
    PMP_ADDRESS(9);
    PMP_ADDRESS(10);
    PMP_ADDRESS(11);
    PMP_ADDRESS(12);
    PMP_ADDRESS(13);
    PMP_ADDRESS(14);
    PMP_ADDRESS(15);
#undef PMP_ADDRESS
}

// Zero in the tables' pages, tags in the others, then the scenario's words on top.
static void lay_out(const uint64_t *scenario) {
    const uint64_t *list = scenario + LAYOUT_SCENARIO;
    uint64_t tables = scenario[2] * LAYOUT_PAGE;
    for (uint64_t at = 0; at < LAYOUT_BYTES; at += 4) {
        uint64_t pa = LAYOUT_ARENA + at;
        uint32_t tags = layout_tag(pa) | layout_tag(pa + 2) << 16;
        *(uint32_t *)(uintptr_t)pa = at < tables ? 0 : tags;
    }
    for (uint64_t k = 0; k < scenario[3]; k++)
        *(word *)(uintptr_t)list[2 * k] = (word)list[2 * k + 1];
    for (word k = 0; k < WORDS; k++) COPY[k] = ARENA[k];
}

// Print what the probe changed in memory, and undo it.
static void put_changes(void) {
    for (word k = 0; k < WORDS; k += 4) {
        word differ = (ARENA[k] ^ COPY[k]) | (ARENA[k + 1] ^ COPY[k + 1]) |
                      (ARENA[k + 2] ^ COPY[k + 2]) | (ARENA[k + 3] ^ COPY[k + 3]);
        for (word n = k; differ != 0 && n < k + 4; n++) {
            if (ARENA[n] == COPY[n]) continue;
            put_field((word)&ARENA[n]);
            put_char('=');
            put_number(ARENA[n]);
            ARENA[n] = COPY[n];
        }
    }
}

static void run_probe(word number, const uint64_t *scenario, const uint64_t *probe) {
    word fields[PROBE_FIELDS];
    uint64_t packed = probe[1];
    fields[PROBE_MSTATUS] = (word)(packed & UINT32_MAX);
    fields[PROBE_VA] = (word)probe[0];
    fields[PROBE_KIND] = (word)((packed >> PACK_ACCESS & 15) * 4 + (packed >> PACK_SIZE & 15));
    fields[PROBE_VALUE] = (word)LAYOUT_STORED;
    const uint32_t *cfg = (const uint32_t *)&scenario[5];
#if __riscv_xlen == 64
    fields[PROBE_CFG] = cfg[0] | (word)cfg[1] << 32;
    fields[PROBE_CFG + 1] = cfg[2] | (word)cfg[3] << 32;
#else
    for (word k = 0; k < 4; k++) fields[PROBE_CFG + k] = cfg[k];
#endif
    probe_run(fields);
    put_text("P");
    put_field(number);
    if (fields[PROBE_CAUSE] == (word)-1) {
        put_text(" -1");
    } else {
        put_field(fields[PROBE_CAUSE]);
    }
    put_field(fields[PROBE_TVAL]);
    put_field(fields[PROBE_DATUM]);
    put_field(fields[PROBE_EPC]);
    put_changes();
    put_char('\n');
}

// menvcfg (RV32: menvcfgh) with PBMTE as the scenario has it and ADUE; numbers, because older
// assemblers do not know the names.
static word write_menvcfg(uint64_t pbmte) {
#if __riscv_xlen == 64
    csr_write("0x30a", pbmte << 62 | UINT64_C(1) << 61);
    return csr_read("0x30a");
#else
    csr_write("0x31a", pbmte << 30 | UINT32_C(1) << 29);
    return csr_read("0x31a");
#endif
}

// Returns the scenario's end: the next one's start.
static const uint64_t *run_scenario(word number, const uint64_t *scenario) {
    const uint64_t *probes = scenario + LAYOUT_SCENARIO + 2 * scenario[3];
    lay_out(scenario);
    write_pmp_addresses(scenario + 7);
    word menvcfg = write_menvcfg(scenario[1]);
    csr_write("satp", scenario[0]);
    put_text("S");
    put_field(number);
    put_field(menvcfg);
    put_field(csr_read("satp"));
    put_char('\n');
    for (word k = 0; k < scenario[4]; k++) run_probe(k, scenario, probes + 2 * k);
    return probes + 2 * scenario[4];
}

int main(void) {
    const uint64_t *words = (const uint64_t *)LAYOUT_SCENARIOS;
    if (words[0] != LAYOUT_MAGIC || words[1] != __riscv_xlen) {
        put_text("X scenarios\n");
        *SIFIVE_TEST = TEST_FAIL;
    }
    const uint64_t *next = words + LAYOUT_HEADER;
    for (word k = 0; k < words[4]; k++) next = run_scenario(k, next);
    put_text("E");
    put_field((word)words[4]);
    put_char('\n');
    return 0;
}
