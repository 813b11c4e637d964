// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

struct study_journal {
    int fd;
    char path[4096];
};

// --- lines -------------------------------------------------------------------------------

char *study_task_line(const struct study_work *work, const struct study_task *task) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    fprintf(out, "%u %u", (unsigned)(task - work->tasks), task->count);
    for (unsigned i = 0; i < task->count; i++)
        for (unsigned v = 0; v < STUDY_VALUES; v++)
            fprintf(out, " %" PRIx64, work->queries[work->order[task->first + i]].value[v]);
    bool failed = fflush(out) != 0;
    fprintf(out, " %016" PRIx64 "\n", (uint64_t)XXH3_64bits(text, size));
    failed |= fclose(out) != 0;
    if (!failed) return text;
    free(text);
    return NULL;
}

// Returns whether the line ends with the checksum of what stands before it.
static bool line_whole(const char *line) {
    enum { SUM = 16 };
    size_t length = strlen(line);
    if (length < SUM + 2 || line[length - 1] != '\n') return false;
    size_t body = length - 1 - SUM - 1;
    char sum[SUM + 1];
    snprintf(sum, sizeof sum, "%016" PRIx64, (uint64_t)XXH3_64bits(line, body));
    return line[body] == ' ' && !memcmp(line + body + 1, sum, SUM);
}

struct study_task *study_task_read(struct study_work *work, const char *line) {
    char *end;
    if (!line_whole(line)) return NULL;
    unsigned long number = strtoul(line, &end, 10);
    if (number >= work->task_count) return NULL;
    struct study_task *task = &work->tasks[number];
    if (strtoul(end, &end, 10) != task->count) return NULL;
    for (unsigned i = 0; i < task->count; i++)
        for (unsigned v = 0; v < STUDY_VALUES; v++)
            work->queries[work->order[task->first + i]].value[v] = strtoull(end, &end, 16);
    return task;
}

// --- file --------------------------------------------------------------------------------

static enum sim_status fail(const char *path, const char *what, struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_IO, "%s: %s: %s", path, what, strerror(errno));
}

static bool write_all(int fd, const char *text, size_t size) {
    while (size > 0) {
        ssize_t n = write(fd, text, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        text += n;
        size -= (size_t)n;
    }
    return true;
}

static const char head_word[] = "tandem-study-journal ";

// What is there is left as it is. The lock is the file's: it ends with whoever has it open.
static enum sim_status open_and_lock(const char *path, int *fd, struct sim_error *error) {
    struct stat place;
    if (!lstat(path, &place) && !S_ISREG(place.st_mode))
        return sim_fail(error, SIM_ERROR_USAGE, "%s: not a regular file, so it cannot be a journal",
                        path);
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (*fd < 0) return fail(path, "cannot be created", error);
    if (!flock(*fd, LOCK_EX | LOCK_NB)) return SIM_OK;
    enum sim_status status =
        errno == EWOULDBLOCK
            ? sim_fail(error, SIM_ERROR_USAGE,
                       "%s: another study that is running writes this journal; give another "
                       "output, or --journal",
                       path)
            : fail(path, "cannot be locked", error);
    close(*fd);
    return status;
}

// Whether the name still means the file: a study that ended meanwhile has removed it.
static bool still_there(const char *path, int fd) {
    struct stat name, file;
    return !lstat(path, &name) && !fstat(fd, &file) && name.st_dev == file.st_dev &&
           name.st_ino == file.st_ino;
}

// Nobody's file but a journal's is ever changed or removed.
static enum sim_status check_head(const char *path, int fd, struct sim_error *error) {
    char head[sizeof head_word - 1];
    ssize_t n = pread(fd, head, sizeof head, 0);
    if (n < 0) return fail(path, "cannot be read", error);
    if (!memcmp(head, head_word, (size_t)n)) return SIM_OK;
    return sim_fail(error, SIM_ERROR_USAGE,
                    "%s: line 1: this is not a journal of a study; it is left as it is", path);
}

static enum sim_status open_journal(const char *path, struct study_journal **journal,
                                    struct sim_error *error) {
    int fd;
    *journal = NULL;
    enum sim_status status = open_and_lock(path, &fd, error);
    while (!status && !still_there(path, fd)) {
        close(fd);
        status = open_and_lock(path, &fd, error);
    }
    if (status) return status;
    status = check_head(path, fd, error);
    struct study_journal *j = status ? NULL : calloc(1, sizeof *j);
    if (!j) {
        close(fd);
        return status ? status : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    j->fd = fd;
    snprintf(j->path, sizeof j->path, "%s", path);
    *journal = j;
    return SIM_OK;
}

static enum sim_status write_head(struct study_journal *journal, const char *study,
                                  struct sim_error *error) {
    char head[256];
    int n = snprintf(head, sizeof head, "%s%s\n", head_word, study);
    if (write_all(journal->fd, head, (size_t)n) && !fsync(journal->fd)) return SIM_OK;
    return fail(journal->path, "cannot be written", error);
}

enum sim_status study_journal_create(const char *path, const char *study,
                                     struct study_journal **journal, struct sim_error *error) {
    enum sim_status status = open_journal(path, journal, error);
    if (!status && ftruncate((*journal)->fd, 0)) status = fail(path, "cannot be written", error);
    if (!status) status = write_head(*journal, study, error);
    return status;
}

// What follows the last whole line is cut off: it is half a line.
static enum sim_status read_lines(struct study_journal *journal, FILE *in, const char *study,
                                  struct study_work *work, struct sim_error *error) {
    char *line = NULL, head[256];
    size_t size = 0;
    ssize_t length;
    off_t good = 0;
    snprintf(head, sizeof head, "%s%s\n", head_word, study);
    while ((length = getline(&line, &size, in)) > 0) {
        if (good == 0 && strcmp(line, head)) {
            bool ours = !strncmp(line, head_word, sizeof head_word - 1);
            free(line);
            return sim_fail(error, SIM_ERROR_USAGE, "%s: line 1: %s", journal->path,
                            ours ? "this is the journal of another study (other plan, programs or "
                                   "version); without --resume a new one is begun"
                                 : "this is not a journal of a study");
        }
        struct study_task *task = good ? study_task_read(work, line) : NULL;
        if (good && !task) break;
        if (task) task->done = true;
        good += length;
    }
    free(line);
    if (good == 0) return write_head(journal, study, error);
    if (!ftruncate(journal->fd, good) && lseek(journal->fd, good, SEEK_SET) == good) return SIM_OK;
    return fail(journal->path, "cannot be written", error);
}

enum sim_status study_journal_resume(const char *path, const char *study, struct study_work *work,
                                     struct study_journal **journal, struct sim_error *error) {
    enum sim_status status = open_journal(path, journal, error);
    if (status) return status;
    int copy = dup((*journal)->fd);
    FILE *in = copy < 0 ? NULL : fdopen(copy, "r");
    if (!in) return fail(path, "cannot be read", error);
    status = read_lines(*journal, in, study, work, error);
    fclose(in);
    return status;
}

enum sim_status study_journal_add(struct study_journal *journal, const struct study_work *work,
                                  const struct study_task *task, struct sim_error *error) {
    if (!journal) return SIM_OK;
    char *line = study_task_line(work, task);
    if (!line) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    bool ok = write_all(journal->fd, line, strlen(line)) && !fdatasync(journal->fd);
    free(line);
    return ok ? SIM_OK : fail(journal->path, "cannot be written", error);
}

void study_journal_close(struct study_journal *journal, bool complete) {
    if (!journal) return;
    // Under the lock: nobody else can have begun one here.
    if (complete && still_there(journal->path, journal->fd)) unlink(journal->path);
    close(journal->fd);
    free(journal);
}

void study_journal_leave(const struct study_journal *journal) {
    if (journal) close(journal->fd);
}
