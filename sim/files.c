// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "sim/files.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

// The folder that a name is in. False: there is none, or its name is too long.
static bool folder_of(const char *path, struct stat *folder) {
    char name[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) : 0;
    if (slash && slash - path >= PATH_MAX) return false;
    snprintf(name, sizeof name, "%.*s", length, path);
    return !stat(slash ? (length ? name : "/") : ".", folder);
}

static bool same(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool sim_same_file(const char *a, const char *b) {
    struct stat x, y;
    bool has_a = !stat(a, &x), has_b = !stat(b, &y);
    if (has_a || has_b) return has_a && has_b && same(&x, &y);
    const char *last_a = strrchr(a, '/'), *last_b = strrchr(b, '/');
    if (strcmp(last_a ? last_a + 1 : a, last_b ? last_b + 1 : b)) return false;
    return folder_of(a, &x) && folder_of(b, &y) ? same(&x, &y) : !strcmp(a, b);
}
