// SPDX-License-Identifier: Apache-2.0
// COV=1: the coverage that jobs have left, added up by `tandem coverage`: file by file a few
// hundred at a time, then the sums. The jobs' files stay until the run has ended for good: a run
// that is resumed adds up all of them again, so that none is missing or counted twice.
#define _GNU_SOURCE
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dut_loader.h"
#include "regression.h"

enum { BATCH = 200, MERGE_SECONDS = 3600 };

static enum sim_status no_memory(struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}

// Paths of the files of a folder that end in .cov.
static bool list_files(const char *folder, struct words *files) {
    DIR *stream = opendir(folder);
    bool ok = true;
    for (const struct dirent *entry; ok && stream && (entry = readdir(stream));) {
        char path[RUN_PATH_BYTES];
        size_t length = strlen(entry->d_name);
        if (length < 5 || strcmp(entry->d_name + length - 4, ".cov")) continue;
        int n = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        ok = n > 0 && (size_t)n < sizeof path && words_add(files, path);
    }
    if (stream) closedir(stream);
    return ok;
}

// Run the program; what it says is printed if `tell`.
static enum sim_status run_words(const struct words *words, bool tell, struct sim_error *error) {
    struct pool *pool = pool_create(1);
    struct pool_task task = {.argv = words->word, .seconds = MERGE_SECONDS};
    struct pool_end end = {0};
    enum sim_status status = pool ? pool_start(pool, &task, error) : no_memory(error);
    while (!status && !pool_wait(pool, 500, &end))
        if (run_interrupted())
            status = sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted while coverage was added");
    const char *output = end.output ? end.output : "";
    if (!status && end.ended)
        status = sim_fail(error, SIM_ERROR_TOOL, "coverage cannot be added up: %.300s", output);
    if (!status && tell) printf("\n%s", output);
    free(end.output);
    pool_destroy(pool);
    return status;
}

// Add files[first .. end) up into `sum`.
static enum sim_status add_up(const struct words *files, unsigned first, unsigned end,
                              const char *sum, const char *html, struct sim_error *error) {
    struct words words = {0};
    char self[RUN_PATH_BYTES];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) return sim_fail(error, SIM_ERROR_TOOL, "this program cannot be found by itself");
    self[n] = '\0';
    bool ok = words_add(&words, self) && words_add(&words, "coverage") && words_add(&words, "-o") &&
              words_add(&words, sum);
    if (ok && html) ok = words_add(&words, "--html") && words_add(&words, html);
    for (unsigned i = first; i < end && ok; i++) ok = words_add(&words, files->word[i]);
    enum sim_status status = ok ? run_words(&words, html != NULL, error) : no_memory(error);
    words_destroy(&words);
    return status;
}

static enum sim_status add_batches(const struct regression *regression, const struct words *files,
                                   struct words *sums, struct sim_error *error) {
    enum sim_status status = SIM_OK;
    for (unsigned first = 0; first < files->count && !status; first += BATCH) {
        char sum[RUN_PATH_BYTES];
        unsigned end = first + BATCH < files->count ? first + BATCH : files->count;
        snprintf(sum, sizeof sum, "%s/sum-%u.cov", regression->scratch, first);
        status = add_up(files, first, end, sum, NULL, error);
        if (!status && !words_add(sums, sum)) status = no_memory(error);
    }
    return status;
}

enum sim_status merge_coverage(struct regression *regression, struct sim_error *error) {
    struct words files = {0}, sums = {0};
    char sum[RUN_PATH_BYTES], html[RUN_PATH_BYTES];
    int n = snprintf(sum, sizeof sum, "%s/coverage.cov", regression->folder);
    int m = snprintf(html, sizeof html, "%s/coverage.html", regression->folder);
    if (n < 0 || m < 0 || (size_t)m >= sizeof html)
        return sim_fail(error, SIM_ERROR_USAGE, "%.300s: the name is too long", regression->folder);
    enum sim_status status = list_files(regression->coverage, &files) ? SIM_OK : no_memory(error);
    if (!status && files.count) status = add_batches(regression, &files, &sums, error);
    if (!status && sums.count) status = add_up(&sums, 0, sums.count, sum, html, error);
    words_destroy(&files);
    words_destroy(&sums);
    return status;
}

void drop_coverage(struct regression *regression) {
    DIR *stream = opendir(regression->coverage);
    for (const struct dirent *entry; stream && (entry = readdir(stream));)
        if (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN)
            unlinkat(dirfd(stream), entry->d_name, 0);
    if (stream) closedir(stream);
    rmdir(regression->coverage);
}
