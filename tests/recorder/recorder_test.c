// SPDX-License-Identifier: Apache-2.0
// Both recorders on programs of which every reference is known.
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "fixture.h"
#include "recorder/atomics.h"
#include "sim/commands_trace.h"

#define PROGRAM(name) PROGRAMS "/" name

enum { ROUNDS = 1000, BUFFER = 0x10000000, NO_DATA = 255 };

// An instruction of the loops, and the one reference that it makes besides its fetch.
struct step {
    uint8_t bytes, kind, data_bytes;
    uint32_t offset;  // in the buffer
};

struct loop {
    const struct step *before, *body, *after;
    size_t befores, bodies, afters;
};

#define PLAIN(bytes) \
    { bytes, NO_DATA, 0, 0 }
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

// tests/recorder/loop_x86_64.S
static const struct step x86_before[] = {PLAIN(5), PLAIN(5)};
static const struct step x86_body[] = {{3, TRACE_LOAD, 8, 0},
                                       {4, TRACE_STORE, 8, 8},
                                       {7, TRACE_MODIFY, 4, 0x1000},
                                       {8, TRACE_MODIFY, 4, 0x2000},
                                       {7, TRACE_LOAD, 1, 0x3001},
                                       {7, TRACE_LOAD, 16, 0x3010},
                                       {7, TRACE_STORE, 16, 0x3020},
                                       PLAIN(2),
                                       PLAIN(2)};
static const struct step x86_after[] = {PLAIN(5), PLAIN(2), PLAIN(2)};
// tests/recorder/loop_riscv.S
static const struct step riscv_before[] = {PLAIN(4), PLAIN(4), PLAIN(4), PLAIN(4)};
static const struct step riscv_body[] = {{4, TRACE_LOAD, 4, 0},
                                         {4, TRACE_STORE, 4, 4},
                                         {4, TRACE_MODIFY, 4, 0x1000},
                                         {4, TRACE_LOAD, 4, 0x2000},
                                         {4, TRACE_STORE, 4, 0x2000},
                                         {2, TRACE_LOAD, 4, 8},
                                         PLAIN(4),
                                         PLAIN(4)};
static const struct step riscv_after[] = {PLAIN(4), PLAIN(4), PLAIN(4)};

static const struct loop x86_loop = {x86_before,        x86_body,        x86_after,
                                     COUNT(x86_before), COUNT(x86_body), COUNT(x86_after)};
static const struct loop riscv_loop = {riscv_before,        riscv_body,        riscv_after,
                                       COUNT(riscv_before), COUNT(riscv_body), COUNT(riscv_after)};

static bool has(const char *tool) {
    char command[256];
    snprintf(command, sizeof command, "%s --version > /dev/null 2>&1", tool);
    if (system(command) == 0) return true;
    print_message("%s is not installed: passed over\n", tool);
    return false;
}

static bool has_program(const char *path) {
    if (access(path, X_OK) == 0) return true;
    print_message("%s was not built for want of a compiler: passed over\n", path);
    return false;
}

static struct trace_ref *read_trace(const char *path, size_t *count) {
    struct trace_reader *reader = NULL;
    struct sim_error error;
    if (trace_reader_open(path, &reader, &error) != SIM_OK) fail_msg("%s", error.text);
    size_t total = (size_t)trace_reader_info(reader)->refs, got = 0;
    struct trace_ref *refs = malloc((total + 1) * sizeof *refs);
    assert_non_null(refs);
    for (*count = 0; *count < total; *count += got) {
        assert_int_equal(trace_reader_next(reader, refs + *count, total - *count, &got, &error),
                         SIM_OK);
    }
    trace_reader_close(reader);
    return refs;
}

// lackey gives an atomic as a load and a modify; ours is the modify. Returns how many are left.
static size_t drop_loads_of_modifies(struct trace_ref *refs, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool of_modify = i + 1 < count && refs[i].kind == TRACE_LOAD &&
                         refs[i + 1].kind == TRACE_MODIFY && refs[i + 1].va == refs[i].va;
        if (!of_modify) refs[kept++] = refs[i];
    }
    return kept;
}

static size_t expect_steps(const struct step *steps, size_t count, uint64_t *pc,
                           struct trace_ref *refs) {
    size_t made = 0;
    for (size_t i = 0; i < count; i++) {
        refs[made++] = (struct trace_ref){*pc, TRACE_FETCH, steps[i].bytes};
        *pc += steps[i].bytes;
        if (steps[i].kind == NO_DATA) continue;
        refs[made++] =
            (struct trace_ref){BUFFER + steps[i].offset, steps[i].kind, steps[i].data_bytes};
    }
    return made;
}

static void assert_loop_recorded(const char *recorder, const char *program,
                                 const struct loop *loop) {
    const char *trace = fixture_path("loop.tdt");
    int status = COMMAND_RUN(tandem_record, "--recorder", recorder, "-o", trace, "--", program);
    assert_int_equal(status, 0);
    size_t count = 0, expected_count = 0;
    struct trace_ref *refs = read_trace(trace, &count);
    struct trace_ref *expected =
        malloc(2 * (loop->befores + ROUNDS * loop->bodies + loop->afters) * sizeof *expected);
    assert_true(expected && count);
    if (strcmp(recorder, "lackey") == 0) count = drop_loads_of_modifies(refs, count);
    uint64_t pc = refs[0].va;
    expected_count += expect_steps(loop->before, loop->befores, &pc, expected);
    for (uint64_t round = 0, top = pc; round < ROUNDS; round++) {
        pc = top;
        expected_count += expect_steps(loop->body, loop->bodies, &pc, expected + expected_count);
    }
    expected_count += expect_steps(loop->after, loop->afters, &pc, expected + expected_count);
    for (size_t i = 0; i < count && i < expected_count; i++) {
        if (refs[i].va == expected[i].va && refs[i].kind == expected[i].kind &&
            refs[i].size == expected[i].size) {
            continue;
        }
        fail_msg("%s, reference %zu: %" PRIx64 " kind %u size %u, not %" PRIx64 " kind %u size %u",
                 recorder, i, refs[i].va, refs[i].kind, refs[i].size, expected[i].va,
                 expected[i].kind, expected[i].size);
    }
    assert_int_equal(count, expected_count);
    free(expected);
    free(refs);
}

static void qemu_records_every_reference_of_a_native_loop(void **state) {
    (void)state;
    if (!has("qemu-x86_64") || !has_program(PROGRAM("loop_x86_64"))) skip();
    assert_loop_recorded("qemu", PROGRAM("loop_x86_64"), &x86_loop);
    assert_loop_recorded("auto", PROGRAM("loop_x86_64"), &x86_loop);
}

static void lackey_records_the_same_references_of_a_native_loop(void **state) {
    (void)state;
    if (!has("valgrind") || !has_program(PROGRAM("loop_x86_64"))) skip();
    assert_loop_recorded("lackey", PROGRAM("loop_x86_64"), &x86_loop);
}

static void qemu_records_every_reference_of_a_risc_v_loop(void **state) {
    (void)state;
    if (!has("qemu-riscv64") || !has_program(PROGRAM("loop_riscv64"))) skip();
    assert_loop_recorded("qemu", PROGRAM("loop_riscv64"), &riscv_loop);
    assert_loop_recorded("auto", PROGRAM("loop_riscv32"), &riscv_loop);
}

enum { THREADS = 4, WORDS = 512, FILLS = 300 };  // of threads.c

// Each thread's stores to its buffer are all there and in their order, whatever the others do.
static void assert_buffers_filled(const char *trace) {
    size_t size = 0, count = 0, next[THREADS + 1] = {0};
    char *text = (char *)fixture_read_file(fixture_path("out"), &size);
    text[size] = '\0';
    uint64_t buffers = strtoull(text, NULL, 16);
    free(text);
    struct trace_ref *refs = read_trace(trace, &count);
    for (size_t i = 0; i < count; i++) {
        uint64_t offset = refs[i].va - buffers;
        if (offset >= (THREADS + 1) * WORDS * 8) continue;
        size_t thread = (size_t)(offset / (WORDS * 8));
        assert_int_equal(refs[i].kind, TRACE_STORE);
        assert_int_equal(refs[i].size, 8);
        assert_int_equal(offset / 8 % WORDS, next[thread]++ % WORDS);
    }
    for (int i = 0; i < THREADS; i++) assert_int_equal(next[i], FILLS * WORDS);
    assert_int_equal(next[THREADS], 0);  // a forked child's: not recorded
    free(refs);
}

static void assert_threads_recorded(const char *program) {
    const char *trace = fixture_path("threads.tdt");
    assert_int_equal(COMMAND_RUN(tandem_record, "-r", "qemu", "-o", trace, "--", program), 0);
    command_assert_file_contains("err", "ended with exit status 3; the trace is kept");
    assert_buffers_filled(trace);
}

static void qemu_records_each_thread_in_its_order(void **state) {
    (void)state;
    if (!has("qemu-x86_64")) skip();
    assert_threads_recorded(PROGRAM("threads"));
    if (!has("qemu-riscv64") || !has_program(PROGRAM("threads_riscv64"))) return;
    assert_threads_recorded(PROGRAM("threads_riscv64"));
}

static void qemu_records_up_to_a_fault_or_exec_whatever_the_program_closes(void **state) {
    (void)state;
    if (!has("qemu-x86_64")) skip();
    const char *trace = fixture_path("threads.tdt");
    assert_int_equal(COMMAND_RUN(tandem_record, "-r", "qemu", "-o", trace, "--", PROGRAM("threads"),
                                 "close", "fork", "fault"),
                     0);
    command_assert_file_contains("err", "was ended by signal 11; the trace is kept");
    assert_buffers_filled(trace);
    assert_int_equal(
        COMMAND_RUN(tandem_record, "-r", "qemu", "-o", trace, "--", PROGRAM("threads"), "exec"), 0);
    command_assert_file_contains("out", "executed");
    assert_buffers_filled(trace);
}

static void qemu_ends_a_long_program_at_the_limit(void **state) {
    (void)state;
    if (!has("qemu-x86_64")) skip();
    const char *trace = fixture_path("limit.tdt");
    size_t count = 0;
    static const char *const limits[] = {"1", "4097", "1000000"};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(COMMAND_RUN(tandem_record, "-r", "qemu", "-n", limits[i], "-o", trace,
                                     PROGRAM("work"), "1000000000"),
                         0);
        free(read_trace(trace, &count));
        assert_int_equal(count, strtoull(limits[i], NULL, 10));
    }
}

static void qemu_recording_interrupted_leaves_nothing(void **state) {
    (void)state;
    if (!has("qemu-x86_64")) skip();
    const char *trace = fixture_path("stopped.tdt");
    assert_int_equal(COMMAND_RUN(tandem_show, "/nonexistent"), 2);  // "out" and "err" exist
    unsigned before = fixture_folder_entries();
    pid_t child = command_start(
        tandem_record,
        (const char *const[]){"t", "-r", "qemu", "-o", trace, PROGRAM("work"), "1000000000", NULL});
    for (int tries = 0; tries < 1000 && fixture_folder_entries() == before; tries++) {
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    nanosleep(&(struct timespec){0, 200000000}, NULL);
    kill(child, SIGTERM);
    assert_int_equal(command_finish(child), 2);
    command_assert_file_contains("err", "interrupted by a signal");
    assert_int_equal(fixture_folder_entries(), before);
}

// The process's state letter, 'Z' too if there is no such process.
static char state_of(long pid) {
    char path[64], state = 'Z';
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file) return state;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1) state = 'Z';
    fclose(file);
    return state;
}

static long child_of(pid_t parent) {
    char path[64];
    long pid = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    for (int tries = 0; tries < 1000 && pid == 0; tries++) {
        FILE *file = fopen(path, "r");
        if (!file) return 0;
        if (fscanf(file, "%ld", &pid) != 1) pid = 0;
        fclose(file);
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    return pid;
}

static void program_ends_with_a_recorder_that_is_killed(void **state) {
    (void)state;
    if (!has("qemu-x86_64")) skip();
    const char *trace = fixture_path("killed.tdt");
    pid_t recorder = command_start(
        tandem_record,
        (const char *const[]){"t", "-r", "qemu", "-o", trace, PROGRAM("work"), "1000000000", NULL});
    long program = child_of(recorder);
    if (program == 0) print_message("this kernel does not list children: passed over\n");
    kill(recorder, SIGKILL);
    assert_int_equal(waitpid(recorder, NULL, 0), recorder);
    for (int tries = 0; program && tries < 2000 && state_of(program) != 'Z'; tries++) {
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    if (program) assert_int_equal(state_of(program), 'Z');
    // Nobody could remove what was written so far.
    char command[512];
    snprintf(command, sizeof command, "rm -f '%s'.new-??????", trace);
    assert_int_equal(system(command), 0);
}

static void qemu_says_what_it_cannot_record(void **state) {
    (void)state;
    const char *trace = fixture_path("none.tdt");
    fixture_write_file(fixture_path("script"), "#!/bin/sh\n", 10);
    assert_int_equal(access(trace, F_OK), -1);
    assert_int_equal(COMMAND_RUN(tandem_record, "-r", "qemu", "-o", trace, "/nonexistent/x"), 2);
    command_assert_file_contains("err", "/nonexistent/x: nothing was recorded: no such program");
    assert_int_equal(chmod(fixture_path("script"), 0755), 0);
    assert_int_equal(COMMAND_RUN(tandem_record, "-r", "qemu", "-o", trace, fixture_path("script")),
                     2);
    command_assert_file_contains("err", "QEMU cannot record it: it is no ELF program");
    assert_int_equal(COMMAND_RUN(tandem_record, "-r", "pin", "-o", trace, "true"), 2);
    command_assert_file_contains("err", "--recorder: there is no \"pin\"");
    assert_int_equal(access(trace, F_OK), -1);
}

// `record` with a PATH of its own.
static int record_on_path(const char *path, const char *recorder, const char *trace) {
    const char *now = getenv("PATH");
    char *before = strdup(now ? now : "");
    setenv("PATH", path, 1);
    int status = COMMAND_RUN(tandem_record, "-r", recorder, "-o", trace, PROGRAM("loop_x86_64"));
    setenv("PATH", before, 1);
    free(before);
    return status;
}

static void auto_takes_lackey_where_qemu_cannot_record(void **state) {
    (void)state;
    if (!has("valgrind") || !has_program(PROGRAM("loop_x86_64"))) skip();
    const char *trace = fixture_path("auto.tdt"), *qemu = fixture_path("qemu-x86_64");
    char path[4096];
    assert_int_equal(record_on_path("/nonexistent", "qemu", trace), 2);
    command_assert_file_contains("err", "qemu-x86_64 was not found on the PATH");
    // One that knows no plugins.
    fixture_write_file(qemu, "#!/bin/sh\nexit 1\n", 17);
    assert_int_equal(chmod(qemu, 0755), 0);
    snprintf(path, sizeof path, "%.*s:%s", (int)(strrchr(qemu, '/') - qemu), qemu, getenv("PATH"));
    assert_int_equal(record_on_path(path, "qemu", trace), 2);
    command_assert_file_contains("err", "qemu-x86_64 did not load its plugin");
    assert_int_equal(access(trace, F_OK), -1);
    assert_int_equal(record_on_path(path, "auto", trace), 0);
    size_t count = 0;
    struct trace_ref *refs = read_trace(trace, &count);
    // lackey's loads of atomics show who recorded.
    assert_int_equal(count - drop_loads_of_modifies(refs, count), ROUNDS);
    free(refs);
}

static void atomic_instructions_are_known_by_their_bytes(void **state) {
    (void)state;
    static const struct {
        enum recorder_machine machine;
        uint8_t size, bytes[8];
        enum recorder_access access;
    } cases[] = {
        // amoadd.w a5, a3, (a1); lr.w a5, (a2); sc.w a6, a5, (a2); amoswap.d.aqrl a0, a1, (a2)
        {RECORDER_RISCV, 4, {0xAF, 0xA7, 0xD5, 0x00}, RECORDER_ATOMIC},
        {RECORDER_RISCV, 4, {0xAF, 0x27, 0x06, 0x10}, RECORDER_PLAIN},
        {RECORDER_RISCV, 4, {0x2F, 0x28, 0xF6, 0x18}, RECORDER_STORE_ONLY},
        {RECORDER_RISCV, 4, {0x2F, 0x35, 0xB6, 0x0E}, RECORDER_ATOMIC},
        {RECORDER_RISCV, 4, {0x03, 0x27, 0x05, 0x00}, RECORDER_PLAIN},  // lw
        {RECORDER_RISCV, 2, {0x2F, 0x00}, RECORDER_PLAIN},
        // lock addl; xchg %eax,(%rdi); gs lock cmpxchg; add; mov with REX
        {RECORDER_X86, 4, {0xF0, 0x83, 0x07, 0x01}, RECORDER_ATOMIC},
        {RECORDER_X86, 2, {0x87, 0x07}, RECORDER_ATOMIC},
        {RECORDER_X86, 6, {0x65, 0xF0, 0x48, 0x0F, 0xB1, 0x17}, RECORDER_ATOMIC},
        {RECORDER_X86, 3, {0x83, 0x07, 0x01}, RECORDER_PLAIN},
        {RECORDER_X86, 3, {0x48, 0x8B, 0xF0}, RECORDER_PLAIN},
        {RECORDER_OTHER, 2, {0xF0, 0x87}, RECORDER_PLAIN},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(recorder_access_of(cases[i].machine, cases[i].bytes, cases[i].size),
                         cases[i].access);
    }
    assert_int_equal(recorder_machine_of("riscv32"), RECORDER_RISCV);
    assert_int_equal(recorder_machine_of("x86_64"), RECORDER_X86);
    assert_int_equal(recorder_machine_of("aarch64"), RECORDER_OTHER);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(qemu_records_every_reference_of_a_native_loop),
        cmocka_unit_test(lackey_records_the_same_references_of_a_native_loop),
        cmocka_unit_test(qemu_records_every_reference_of_a_risc_v_loop),
        cmocka_unit_test(qemu_records_each_thread_in_its_order),
        cmocka_unit_test(qemu_records_up_to_a_fault_or_exec_whatever_the_program_closes),
        cmocka_unit_test(qemu_ends_a_long_program_at_the_limit),
        cmocka_unit_test(qemu_recording_interrupted_leaves_nothing),
        cmocka_unit_test(program_ends_with_a_recorder_that_is_killed),
        cmocka_unit_test(qemu_says_what_it_cannot_record),
        cmocka_unit_test(auto_takes_lackey_where_qemu_cannot_record),
        cmocka_unit_test(atomic_instructions_are_known_by_their_bytes),
    };
    return cmocka_run_group_tests_name("recorder", tests, fixture_folder_create,
                                       fixture_folder_remove) != 0;
}
