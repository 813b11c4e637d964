// SPDX-License-Identifier: Apache-2.0
// What the two recorders share.
#ifndef TRACE_RECORDER_PRIVATE_H
#define TRACE_RECORDER_PRIVATE_H

#include <sys/types.h>

#include "recorder.h"

// The count on standard error, twice a second.
struct recorder_progress {
    bool shown;
    double next_seconds;
};
void recorder_progress_show(struct recorder_progress *progress, uint64_t refs);
void recorder_progress_end(const struct recorder_progress *progress);

// Start argv[0], found on the PATH, with the signal mask of before and `fd` kept open. 0, or
// an errno. signals->child_fd is set where the kernel has such descriptors.
int recorder_spawn(char **argv, int fd, struct trace_signals *signals, pid_t *child);
// Reap the child; kill it first if it is not wanted any more.
void recorder_reap(pid_t child, bool kill_it, struct trace_signals *signals, int *wait_status);
// `head` (head_count words) and then the program's words, NULL at the end. The caller frees the
// array only; NULL if memory is out.
char **recorder_join(char *const *head, size_t head_count, char **program);

// The QEMU that runs the file, from its ELF header: "qemu-riscv64"; NULL: none that we know.
const char *recorder_qemu_for(const char *file);
// A program's file as the shell finds it: `name` itself if it has a slash, else on the PATH.
// The caller frees it; NULL: not found.
char *recorder_find(const char *name);

enum sim_status recorder_run_lackey(const struct recorder_options *options,
                                    struct trace_signals *signals, struct trace_writer *writer,
                                    struct recorder_outcome *outcome, struct sim_error *error);
// *started: the plugin ran, so that the program did, too.
enum sim_status recorder_run_qemu(const struct recorder_options *options, const char *file,
                                  const char *qemu, struct trace_signals *signals,
                                  struct trace_writer *writer, struct recorder_outcome *outcome,
                                  bool *started, struct sim_error *error);

#endif
