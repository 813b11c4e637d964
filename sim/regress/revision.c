// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "revision.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "dut_loader.h"
#include "pool.h"

enum { GIT_SECONDS = 10 };

static void ask_git(const char *home, char out[64]) {
    char copy[RUN_PATH_BYTES];
    char git[] = "git", folder[] = "-C", describe[] = "describe", always[] = "--always",
         dirty[] = "--dirty";
    snprintf(copy, sizeof copy, "%s", home);
    char *const argv[] = {git, folder, copy, describe, always, dirty, NULL};
    struct pool_task task = {.argv = argv, .seconds = GIT_SECONDS};
    struct pool_end end = {0};
    struct pool *pool = pool_create(1);
    bool ended =
        pool && !pool_start(pool, &task, NULL) && pool_wait(pool, (GIT_SECONDS + 5) * 1000, &end);
    if (ended && end.ended == 0 && end.output) {
        end.output[strcspn(end.output, "\n")] = '\0';
        snprintf(out, 64, "%.63s", end.output);
    }
    free(end.output);
    pool_destroy(pool);
}

static bool add_file(XXH3_state_t *hash, const char *path) {
    char bytes[16384];
    size_t n;
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0) XXH3_64bits_update(hash, bytes, n);
    bool ok = !ferror(file);
    fclose(file);
    return ok;
}

static bool hash_rtl(const char *home, XXH3_state_t *hash) {
    char path[RUN_PATH_BYTES + 512], line[256];
    snprintf(path, sizeof path, "%s/rtl/rtl.f", home);
    FILE *list = fopen(path, "r");
    bool ok = list != NULL;
    XXH3_64bits_reset(hash);
    while (ok && fgets(line, sizeof line, list)) {
        char *comment = strstr(line, "//");
        if (comment) *comment = '\0';
        line[strcspn(line, " \t\r\n")] = '\0';
        if (!line[0]) continue;
        snprintf(path, sizeof path, "%s/rtl/%s", home, line);
        XXH3_64bits_update(hash, line, strlen(line) + 1);
        ok = add_file(hash, path);
    }
    if (list) fclose(list);
    return ok;
}

void revision_find(struct store_run *about) {
    char home[RUN_PATH_BYTES];
    XXH3_state_t *hash = XXH3_createState();
    about->git[0] = about->rtl[0] = '\0';
    if (hash && tandem_home(home)) {
        ask_git(home, about->git);
        if (hash_rtl(home, hash))
            snprintf(about->rtl, sizeof about->rtl, "%016" PRIx64,
                     (uint64_t)XXH3_64bits_digest(hash));
    }
    XXH3_freeState(hash);
}
