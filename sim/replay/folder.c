// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

enum { BLOCK = 1 << 16 };

static enum sim_status cannot(const char *path, const char *what, struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_IO, "%.300s: cannot be %s: %s", path, what, strerror(errno));
}

// --- files -----------------------------------------------------------------------------------

static enum sim_status read_all(FILE *file, const char *path, size_t most, char **text,
                                size_t *bytes, struct sim_error *error) {
    size_t capacity = BLOCK, used = 0;
    char *buffer = malloc(capacity + 1);
    while (buffer) {
        used += fread(buffer + used, 1, capacity - used, file);
        if (used < capacity || used > most) break;
        capacity *= 2;
        char *larger = realloc(buffer, capacity + 1);
        if (!larger) free(buffer);
        buffer = larger;
    }
    if (!buffer) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    *text = buffer;
    *bytes = used;
    buffer[used] = '\0';
    if (!ferror(file) && used <= most) return SIM_OK;
    enum sim_status status =
        ferror(file)
            ? cannot(path, "read", error)
            : sim_fail(error, SIM_ERROR_FORMAT, "%.300s: is longer than %zu bytes", path, most);
    free(buffer);
    *text = NULL;
    return status;
}

enum sim_status folder_read(const char *path, size_t most, char **text, size_t *bytes,
                            struct sim_error *error) {
    *text = NULL;
    FILE *file = fopen(path, "rb");
    if (!file) return cannot(path, "opened", error);
    enum sim_status status = read_all(file, path, most, text, bytes, error);
    fclose(file);
    return status;
}

enum sim_status folder_hash(const char *path, char hash[FOLDER_HASH_BYTES],
                            struct sim_error *error) {
    unsigned char block[BLOCK / 4];
    FILE *file = fopen(path, "rb");
    if (!file) return cannot(path, "opened", error);
    XXH3_state_t *state = XXH3_createState();
    if (!state) {
        fclose(file);
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    XXH3_128bits_reset(state);
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;)
        XXH3_128bits_update(state, block, n);
    enum sim_status status = ferror(file) ? cannot(path, "read", error) : SIM_OK;
    XXH128_hash_t digest = XXH3_128bits_digest(state);
    snprintf(hash, FOLDER_HASH_BYTES, "%016llx%016llx", (unsigned long long)digest.high64,
             (unsigned long long)digest.low64);
    XXH3_freeState(state);
    fclose(file);
    return status;
}

enum sim_status folder_copy(const char *from, const char *to, struct sim_error *error) {
    unsigned char block[BLOCK / 4];
    FILE *source = fopen(from, "rb");
    if (!source) return cannot(from, "opened", error);
    FILE *target = fopen(to, "wbx");
    bool ok = target != NULL;
    for (size_t n; ok && (n = fread(block, 1, sizeof block, source)) > 0;)
        ok = fwrite(block, 1, n, target) == n;
    int why = errno;
    if (target && fclose(target)) ok = false;
    bool unread = ferror(source) != 0;
    fclose(source);
    if (ok && !unread) return SIM_OK;
    errno = why;
    return unread ? cannot(from, "read", error) : cannot(to, "written", error);
}

// --- folders ---------------------------------------------------------------------------------

bool folder_path(char path[RUN_PATH_BYTES], const char *folder, const char *name) {
    int n = snprintf(path, RUN_PATH_BYTES, "%s/%s", folder, name);
    return n > 0 && n < RUN_PATH_BYTES;
}

static bool is_empty(const char *path) {
    DIR *folder = opendir(path);
    unsigned entries = 0;
    if (!folder) return false;
    while (entries < 3 && readdir(folder)) entries++;
    closedir(folder);
    return entries <= 2;  // "." and ".."
}

enum sim_status folder_check(const char *path, struct sim_error *error) {
    struct stat status;
    char parent[RUN_PATH_BYTES];
    if (!path[0]) return sim_fail(error, SIM_ERROR_USAGE, "--keep takes the name of a folder");
    if (strlen(path) > RUN_PATH_BYTES - 64)
        return sim_fail(error, SIM_ERROR_USAGE, "%.200s: the name is too long", path);
    if (!lstat(path, &status)) {
        if (!S_ISDIR(status.st_mode))
            return sim_fail(error, SIM_ERROR_USAGE, "%.300s: is there and is no folder", path);
        if (!is_empty(path))
            return sim_fail(error, SIM_ERROR_USAGE, "%.300s: the folder is not empty", path);
    }
    snprintf(parent, sizeof parent, "%s", path);
    for (size_t n = strlen(parent); n > 1 && parent[n - 1] == '/'; n--) parent[n - 1] = '\0';
    char *slash = strrchr(parent, '/');
    snprintf(slash ? slash + 1 : parent, 2, ".");
    if (access(parent, W_OK | X_OK)) return cannot(path, "created", error);
    return SIM_OK;
}

enum sim_status folder_begin(const char *path, char temporary[RUN_PATH_BYTES],
                             struct sim_error *error) {
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') length--;
    int n = snprintf(temporary, RUN_PATH_BYTES, "%.*s.XXXXXX", (int)length, path);
    if (n < 0 || n >= RUN_PATH_BYTES)
        return sim_fail(error, SIM_ERROR_USAGE, "%.200s: the name is too long", path);
    if (!mkdtemp(temporary)) return cannot(path, "created", error);
    return chmod(temporary, 0755) ? cannot(path, "created", error) : SIM_OK;
}

enum sim_status folder_finish(const char *temporary, const char *path, struct sim_error *error) {
    return rename(temporary, path) ? cannot(path, "created", error) : SIM_OK;
}

void folder_abandon(const char *temporary, const char *const *names, size_t count) {
    char path[RUN_PATH_BYTES];
    for (size_t i = 0; i < count; i++)
        if (folder_path(path, temporary, names[i])) unlink(path);
    rmdir(temporary);
}
