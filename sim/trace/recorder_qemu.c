// SPDX-License-Identifier: Apache-2.0
// qemu-user as a child process, with our plugin in it; references come through rings in
// shared memory (sim/recorder/ring.h). No descriptor stays open in the program, so that it
// cannot close one of ours.
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "recorder/ring.h"
#include "recorder_private.h"

enum { BATCH = 4096, IDLE_LEAST_MS = 1, IDLE_MOST_MS = 16 };
enum { PIECE_BYTES = 8, VECTOR_BYTES_MAX = 32 };

struct rings {
    struct recorder_shared *shared;
    int fd;
    // The last reference, unless a fetch: one that belongs to it may follow.
    struct trace_ref held[RECORDER_RINGS];
    bool holds[RECORDER_RINGS];
};

static enum sim_status create_rings(struct rings *rings, struct sim_error *error) {
    rings->fd = memfd_create("references", MFD_CLOEXEC);
    if (rings->fd >= 0 && ftruncate(rings->fd, sizeof *rings->shared) == 0) {
        void *memory =
            mmap(NULL, sizeof *rings->shared, PROT_READ | PROT_WRITE, MAP_SHARED, rings->fd, 0);
        if (memory != MAP_FAILED) {
            rings->shared = memory;
            rings->shared->magic = RECORDER_MAGIC;
            rings->shared->reader = getpid();
            return SIM_OK;
        }
    }
    return sim_fail(error, SIM_ERROR_MEMORY, "no shared memory for the recorder: %s",
                    strerror(errno));
}

static void destroy_rings(struct rings *rings) {
    if (!rings) return;
    if (rings->shared) munmap(rings->shared, sizeof *rings->shared);
    if (rings->fd >= 0) close(rings->fd);
    free(rings);
}

// "FOLDER/tandem_recorder.so,fd=N", FOLDER being this program's; a comma in it is doubled, as
// QEMU wants it. The caller frees it; NULL: errno tells.
static char *plugin_option(int fd) {
    char program[PATH_MAX] = "", *text = NULL;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0 || (size_t)length >= sizeof program - 1) return NULL;
    if (asprintf(&text, "%s/tandem_recorder.so", dirname(program)) < 0) return NULL;
    size_t size = strlen(text);
    char *option = access(text, R_OK) == 0 ? malloc(2 * size + sizeof ",fd=0123456789") : NULL;
    char *at = option;
    for (size_t i = 0; option && i < size; i++) {
        if (text[i] == ',') *at++ = ',';
        *at++ = text[i];
    }
    free(text);
    if (option) sprintf(at, ",fd=%d", fd);
    return option;
}

// Where Debian's cross compilers have the libraries of dynamic programs; NULL: nowhere.
static const char *libraries_of(const char *qemu) {
    static const char folder[] = "/usr/riscv64-linux-gnu";
    struct stat status;
    if (strcmp(qemu, "qemu-riscv64") != 0 || getenv("QEMU_LD_PREFIX")) return NULL;
    return stat(folder, &status) == 0 ? folder : NULL;
}

static char **qemu_argv(const struct recorder_options *options, const char *file, const char *qemu,
                        char *plugin) {
    static char plugin_word[] = "-plugin", name_word[] = "-0", libraries_word[] = "-L";
    const char *libraries = libraries_of(qemu);
    // execve takes the words as they are and changes none.
    const char *const head[] = {qemu,
                                plugin_word,
                                plugin,
                                name_word,
                                options->argv[0],
                                libraries ? libraries_word : file,
                                libraries,
                                file};
    union {
        const char *const *given;
        char *const *wanted;
    } words = {.given = head};
    return recorder_join(words.wanted, libraries ? 8 : 6, options->argv + 1);
}

static enum sim_status start(const struct recorder_options *options, const char *file,
                             const char *qemu, int fd, struct trace_signals *signals, pid_t *child,
                             struct sim_error *error) {
    char *plugin = plugin_option(fd);
    if (!plugin) {
        return sim_fail(error, SIM_ERROR_TOOL,
                        "tandem_recorder.so is not beside the program; it records with QEMU");
    }
    char **argv = qemu_argv(options, file, qemu, plugin);
    int failure = argv ? recorder_spawn(argv, fd, signals, child) : ENOMEM;
    free(argv);
    free(plugin);
    if (failure == 0) return SIM_OK;
    return sim_fail(error, SIM_ERROR_TOOL, "%s cannot be started: %s", qemu, strerror(failure));
}

static struct trace_ref decode(uint64_t record) {
    return (struct trace_ref){record >> 8, (uint8_t)(record & 3), (uint8_t)(record >> 2 & 63)};
}

// References without a fetch between them are of one instruction. A load and a store of the same
// bytes are one modify, and the pieces of 8 bytes in which QEMU moves a vector are one access: as
// in lackey's traces. False: the reference stands for itself.
static bool join(struct trace_ref *last, const struct trace_ref *ref) {
    if (last->kind == TRACE_FETCH || ref->kind == TRACE_FETCH) return false;
    if (ref->kind == TRACE_STORE && last->kind == TRACE_LOAD) {
        if (last->va != ref->va || last->size != ref->size) return false;
        last->kind = TRACE_MODIFY;
        return true;
    }
    bool piece = ref->size == PIECE_BYTES && last->size % PIECE_BYTES == 0 &&
                 last->size + PIECE_BYTES <= VECTOR_BYTES_MAX;
    if (ref->kind != last->kind || !piece || ref->va != last->va + last->size) return false;
    last->size = (uint8_t)(last->size + PIECE_BYTES);
    return true;
}

// The references of a ring, `capacity` at most, behind one that was held back.
static size_t take_refs(struct rings *rings, uint32_t index, struct trace_ref *refs,
                        size_t capacity) {
    struct recorder_ring *ring = &rings->shared->rings[index];
    uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    uint64_t there = atomic_load_explicit(&ring->head, memory_order_acquire) - tail;
    if (there == 0) return 0;
    if (there > capacity) there = capacity;
    size_t count = rings->holds[index];
    if (count) refs[0] = rings->held[index];
    for (uint64_t i = 0; i < there; i++) {
        struct trace_ref ref = decode(ring->refs[(tail + i) & (RECORDER_RING_REFS - 1)]);
        if (!count || !join(&refs[count - 1], &ref)) refs[count++] = ref;
    }
    atomic_store_explicit(&ring->tail, tail + there, memory_order_release);
    rings->holds[index] = refs[count - 1].kind != TRACE_FETCH;
    if (rings->holds[index]) rings->held[index] = refs[--count];
    return count;
}

static enum sim_status add_refs(const struct recorder_options *options, struct trace_writer *writer,
                                const struct trace_ref *refs, size_t count,
                                struct recorder_outcome *outcome, struct sim_error *error) {
    uint64_t left = options->max_refs - outcome->refs;
    if (count > left) count = (size_t)left;
    enum sim_status status = trace_writer_add(writer, refs, count, error);
    if (status == SIM_OK) outcome->refs += count;
    outcome->limited = outcome->refs == options->max_refs;
    return status;
}

// What is in the rings now. *moved: anything was.
static enum sim_status empty_rings(struct rings *rings, const struct recorder_options *options,
                                   struct trace_writer *writer, struct recorder_outcome *outcome,
                                   bool *moved, struct sim_error *error) {
    struct trace_ref refs[BATCH + 1];
    uint32_t used = atomic_load(&rings->shared->used);
    enum sim_status status = SIM_OK;
    for (uint32_t i = 0; i < used && i < RECORDER_RINGS && status == SIM_OK && !outcome->limited;
         i++) {
        bool held = rings->holds[i];
        size_t count = take_refs(rings, i, refs, BATCH);
        *moved |= count || held != rings->holds[i];
        status = add_refs(options, writer, refs, count, outcome, error);
    }
    return status;
}

static enum sim_status add_held(struct rings *rings, const struct recorder_options *options,
                                struct trace_writer *writer, struct recorder_outcome *outcome,
                                struct sim_error *error) {
    enum sim_status status = SIM_OK;
    for (uint32_t i = 0; i < RECORDER_RINGS && status == SIM_OK && !outcome->limited; i++) {
        if (!rings->holds[i]) continue;
        status = add_refs(options, writer, &rings->held[i], 1, outcome, error);
    }
    return status;
}

static enum sim_status check_trouble(const struct rings *rings, const char *program,
                                     struct sim_error *error) {
    switch (atomic_load(&rings->shared->trouble)) {
        case RECORDER_FINE:
            return SIM_OK;
        case RECORDER_TOO_MANY_THREADS:
            return sim_fail(error, SIM_ERROR_TOOL,
                            "%s: more than %d threads at a time cannot be recorded", program,
                            RECORDER_RINGS);
        default:
            return sim_fail(error, SIM_ERROR_MEMORY, "%s: the recorder is out of memory", program);
    }
}

static bool has_ended(pid_t child) {
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid;
}

static enum sim_status copy_refs(struct rings *rings, pid_t child,
                                 const struct recorder_options *options,
                                 struct trace_signals *signals, struct trace_writer *writer,
                                 struct recorder_outcome *outcome, struct sim_error *error) {
    struct recorder_progress progress = {.shown = options->progress};
    enum sim_status status = SIM_OK;
    int idle_ms = 0;
    while (status == SIM_OK && !outcome->limited) {
        // Asked first: what is not in the rings after its end never comes.
        bool ended = has_ended(child), moved = false;
        status = empty_rings(rings, options, writer, outcome, &moved, error);
        if (status == SIM_OK) status = check_trouble(rings, options->argv[0], error);
        if (status == SIM_OK && !moved && ended) break;
        // With nothing to do, look less and less often.
        idle_ms = moved ? 0 : idle_ms == 0 ? IDLE_LEAST_MS : 2 * idle_ms;
        if (idle_ms > IDLE_MOST_MS) idle_ms = IDLE_MOST_MS;
        if (status == SIM_OK) status = trace_signals_sleep(signals, idle_ms, error);
        recorder_progress_show(&progress, outcome->refs);
    }
    if (status == SIM_OK) status = add_held(rings, options, writer, outcome, error);
    recorder_progress_end(&progress);
    return status;
}

enum sim_status recorder_run_qemu(const struct recorder_options *options, const char *file,
                                  const char *qemu, struct trace_signals *signals,
                                  struct trace_writer *writer, struct recorder_outcome *outcome,
                                  bool *started, struct sim_error *error) {
    struct rings *rings = calloc(1, sizeof *rings);
    if (!rings) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    pid_t child = -1;
    outcome->tool_name = qemu;
    rings->fd = -1;
    enum sim_status status = create_rings(rings, error);
    if (status == SIM_OK) status = start(options, file, qemu, rings->fd, signals, &child, error);
    if (status == SIM_OK) {
        status = copy_refs(rings, child, options, signals, writer, outcome, error);
        *started = atomic_load(&rings->shared->ready);
        recorder_reap(child, status != SIM_OK || outcome->limited, signals, &outcome->wait_status);
    }
    if (status == SIM_OK && !*started) {
        status =
            sim_fail(error, SIM_ERROR_TOOL, "%s: nothing was recorded: %s did not load its plugin",
                     options->argv[0], qemu);
    }
    destroy_rings(rings);
    return status;
}
