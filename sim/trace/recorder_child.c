// SPDX-License-Identifier: Apache-2.0
// The recorded program's process.
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "recorder_private.h"

extern char **environ;

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void recorder_progress_show(struct recorder_progress *progress, uint64_t refs) {
    enum { TWICE_A_SECOND_MS = 500 };
    if (!progress->shown || seconds() < progress->next_seconds) return;
    progress->next_seconds = seconds() + TWICE_A_SECOND_MS / 1000.0;
    fprintf(stderr, "\r%" PRIu64 " references", refs);
    fflush(stderr);
}

void recorder_progress_end(const struct recorder_progress *progress) {
    if (progress->shown) fprintf(stderr, "\r\033[K");
}

int recorder_spawn(char **argv, int fd, struct trace_signals *signals, pid_t *child) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    // The command ignores them; the program need not.
    sigaddset(&defaults, SIGXFSZ);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    // Onto itself: the child's copy loses close-on-exec.
    posix_spawn_file_actions_adddup2(&actions, fd, fd);
    posix_spawnattr_setsigmask(&attributes, &signals->before);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int failure = posix_spawnp(child, argv[0], &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failure == 0) signals->child_fd = (int)syscall(SYS_pidfd_open, *child, 0);
    return failure;
}

void recorder_reap(pid_t child, bool kill_it, struct trace_signals *signals, int *wait_status) {
    if (kill_it) kill(child, SIGKILL);
    while (waitpid(child, wait_status, 0) < 0 && errno == EINTR) continue;
    if (signals->child_fd >= 0) close(signals->child_fd);
    signals->child_fd = -1;
}

char **recorder_join(char *const *head, size_t head_count, char **program) {
    size_t count = 0;
    while (program[count]) count++;
    char **argv = calloc(head_count + count + 1, sizeof *argv);
    if (!argv) return NULL;
    memcpy(argv, head, head_count * sizeof *argv);
    memcpy(argv + head_count, program, count * sizeof *argv);
    return argv;
}

const char *recorder_qemu_for(const char *file) {
    uint8_t header[EI_NIDENT + 4];
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return NULL;
    ssize_t size = read(fd, header, sizeof header);
    close(fd);
    if (size != (ssize_t)sizeof header || memcmp(header, ELFMAG, SELFMAG) != 0) return NULL;
    if (header[EI_DATA] != ELFDATA2LSB) return NULL;
    unsigned machine = header[EI_NIDENT + 2] | (unsigned)header[EI_NIDENT + 3] << 8;
    if (machine == EM_X86_64 && header[EI_CLASS] == ELFCLASS64) return "qemu-x86_64";
    if (machine != EM_RISCV) return NULL;
    return header[EI_CLASS] == ELFCLASS64 ? "qemu-riscv64" : "qemu-riscv32";
}

static bool is_program(const char *file) {
    struct stat status;
    return stat(file, &status) == 0 && S_ISREG(status.st_mode) && access(file, X_OK) == 0;
}

char *recorder_find(const char *name) {
    if (strchr(name, '/')) return is_program(name) ? strdup(name) : NULL;
    const char *path = getenv("PATH");
    for (const char *at = path; *name && at;) {
        const char *end = strchrnul(at, ':');
        char *file = NULL;
        // An empty folder is the current one.
        if (asprintf(&file, "%.*s/%s", end > at ? (int)(end - at) : 1, end > at ? at : ".", name) <
            0) {
            return NULL;
        }
        if (is_program(file)) return file;
        free(file);
        at = *end ? end + 1 : NULL;
    }
    return NULL;
}
