// SPDX-License-Identifier: Apache-2.0
// Threads that fill buffers of their own, and what a program may do to its recorder: close all
// descriptors, fork, run another program, end by a fault. The words of argv say which.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, WORDS = 512, ROUNDS = 300 };

static volatile uint64_t buffers[THREADS + 1][WORDS];

static void *fill(void *buffer) {
    volatile uint64_t *words = buffer;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < WORDS; i++) words[i] = (uint64_t)i;
    }
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t threads[THREADS];
    printf("%p\n", (void *)buffers);
    fflush(stdout);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "close") == 0) {
            for (int fd = 3; fd < 1024; fd++) close(fd);
        }
        if (strcmp(argv[i], "fork") == 0) {
            pid_t child = fork();
            if (child == 0) {
                fill((void *)buffers[THREADS]);
                _exit(0);
            }
            waitpid(child, NULL, 0);
        }
    }
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, fill, (void *)buffers[i]) != 0) return 9;
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "exec") == 0) execlp("echo", "echo", "executed", (char *)NULL);
        if (strcmp(argv[i], "fault") == 0) *(volatile int *)8 = 1;
    }
    return 3;
}
