// SPDX-License-Identifier: Apache-2.0
#include "command.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

enum { WORDS = 12 };

pid_t command_start(int (*command)(int, char **), const char *const *words) {
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child) return child;
    int out = open(fixture_path("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int err = open(fixture_path("err"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    char *argv[WORDS + 1] = {0};
    int argc = 0;
    for (; words[argc]; argc++) argv[argc] = strdup(words[argc]);
    int status = command(argc, argv);
    fflush(NULL);
    _exit(status);
}

int command_finish(pid_t child) {
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

void command_assert_file_contains(const char *name, const char *part) {
    size_t size = 0;
    char *text = (char *)fixture_read_file(fixture_path(name), &size);
    text[size] = '\0';
    fixture_assert_contains(text, part);
    free(text);
}
