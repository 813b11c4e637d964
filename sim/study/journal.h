// SPDX-License-Identifier: Apache-2.0
// The journal of a study: one line for each finished task, on disk before the next is begun, so
// that an interrupted study goes on where it stopped. A line that is torn or damaged is as good as
// none. Text; the first line names the study: plan, programs and version.
#ifndef STUDY_JOURNAL_H
#define STUDY_JOURNAL_H

#include "query.h"

struct study_journal;

// Begin an empty journal at `path`, in place of an older one. While it is open nobody else can open
// it. SIM_ERROR_IO, SIM_ERROR_USAGE (not a regular file, a file that is no journal, another study's
// that is running); *journal may be set on failure, and is the caller's to close.
enum sim_status study_journal_create(const char *path, const char *study,
                                     struct study_journal **journal, struct sim_error *error);

// Go on with the journal at `path`: the tasks of its lines are done, and their queries' values set.
// Without a file there, a new one. SIM_ERROR_USAGE if it is another study's, or no journal.
enum sim_status study_journal_resume(const char *path, const char *study, struct study_work *work,
                                     struct study_journal **journal, struct sim_error *error);

// Add a line. SIM_ERROR_IO.
enum sim_status study_journal_add(struct study_journal *journal, const struct study_work *work,
                                  const struct study_task *task, struct sim_error *error);

// Close, and remove the file if the study is complete.
void study_journal_close(struct study_journal *journal, bool complete);

// In a worker's process: let go of the file, which is the parent's.
void study_journal_leave(const struct study_journal *journal);

// A task's line: its number and its queries' values, with a checksum; also what a worker sends.
// Returns an allocated line, NULL: out of memory.
char *study_task_line(const struct study_work *work, const struct study_task *task);
// Set the values of the line's task. Returns the task, NULL if the line is torn, damaged or of no
// task of this work.
struct study_task *study_task_read(struct study_work *work, const char *line);

#endif
