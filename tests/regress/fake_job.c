// SPDX-License-Identifier: Apache-2.0
// Stands in for `tandem run` where the scheduler is under test: TANDEM_REGRESS_JOB names it. Takes
// any arguments; --fake MODE says what it does, --seed and --json are as those of tandem run.
//
//   pass        passes
//   fail        fails a check; which of three, the seed says (modulo 3)
//   unlike      fails a check, each seed with a sentence of its own
//   tenth       fails if the seed is a multiple of 10, else passes
//   broken      fails as long as the file $FAKE_BROKEN exists, else passes
//   error       exit status 2 with a sentence
//   silent      exit status 0, without JSON
//   crash       SIGSEGV
//   broken-off  exit status 1 without JSON, as sanitizers end
//   hang        sleeps for a minute; `deaf`: and ignores SIGTERM
//   killed      kills itself with SIGKILL, the first time for a seed; the second time it passes
//   half        passes, then kills itself; the second time for a seed: exit status 0, without JSON
//   doomed      kills itself with SIGKILL, always
//   noise       prints a megabyte, then fails
//   slow        passes after a fifth of a second
//   orphan      leaves a process behind that holds its output open, and passes
//
// If $FAKE_LOG is set, a line with seed and process goes there when it begins.
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *option(int argc, char **argv, const char *name, const char *standard) {
    for (int i = 1; i + 1 < argc; i++)
        if (!strcmp(argv[i], name)) return argv[i + 1];
    return standard;
}

static void add_line(const char *path, const char *line) {
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (fd < 0 || write(fd, line, strlen(line)) < 0) _exit(2);
    close(fd);
}

static int passes(const char *json) {
    static const char text[] = "{\"verdict\": \"passed\", \"time\": {\"cycles\": 1000}}\n";
    int fd = json ? open(json, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;
    if (fd < 0 || write(fd, text, sizeof text - 1) < 0) return 2;
    close(fd);
    return 0;
}

static int fails(const char *json, unsigned long long seed) {
    static const char *const checks[] = {"physical_address", "latency", "fault"};
    FILE *file = json ? fopen(json, "w") : NULL;
    if (!file) return 2;
    fprintf(file,
            "{\"verdict\": \"failed\", \"mismatch\": {\"check\": \"%s\", \"what\": \"d_rsp\", "
            "\"port\": \"data\", \"level\": \"1\", \"cycle\": %llu, \"expected\": "
            "\"0000000000000001\", \"observed\": \"0000000000000002\"}}\n",
            checks[seed % 3], seed);
    fclose(file);
    printf("--- MISMATCH: %s\n", checks[seed % 3]);
    return 1;
}

// The seed in letters, which no signature leaves out.
static int fails_unlike(const char *json, unsigned long long seed) {
    FILE *file = json ? fopen(json, "w") : NULL;
    if (!file) return 2;
    fprintf(file, "{\"verdict\": \"failed\", \"failure\": \"cause %c%c\"}\n",
            (char)('g' + seed / 20 % 20), (char)('g' + seed % 20));
    fclose(file);
    return 1;
}

// The first time for a seed: the mark that it was there is a file beside the JSON.
static int killed_once(const char *json, const char *seed, int half) {
    char mark[4096];
    snprintf(mark, sizeof mark, "%s.%s", getenv("FAKE_MARK") ? getenv("FAKE_MARK") : json, seed);
    if (!access(mark, F_OK)) return half ? 0 : passes(json);
    add_line(mark, "here\n");
    if (half) passes(json);
    raise(SIGKILL);
    return 2;
}

static int orphan(const char *json) {
    if (fork() == 0) {
        sleep(60);
        _exit(0);
    }
    return passes(json);
}

static int noise(const char *json, unsigned long long seed) {
    for (int i = 0; i < 16384; i++)
        printf("line %06d of a long story that goes on and on, to the end\n", i);
    return fails(json, seed);
}

int main(int argc, char **argv) {
    const char *mode = option(argc, argv, "--fake", "pass"),
               *json = option(argc, argv, "--json", NULL);
    const char *text = option(argc, argv, "--seed", "0"), *log = getenv("FAKE_LOG");
    unsigned long long seed = strtoull(text, NULL, 10);
    char line[64];
    snprintf(line, sizeof line, "%s %ld\n", text, (long)getpid());
    if (log) add_line(log, line);
    if (!strcmp(mode, "pass")) return passes(json);
    if (!strcmp(mode, "fail")) return fails(json, seed);
    if (!strcmp(mode, "unlike")) return fails_unlike(json, seed);
    if (!strcmp(mode, "tenth")) return seed % 10 ? passes(json) : fails(json, seed);
    if (!strcmp(mode, "broken"))
        return access(getenv("FAKE_BROKEN"), F_OK) ? passes(json) : fails(json, seed);
    if (!strcmp(mode, "error")) {
        fprintf(stderr, "tandem run: x%llu.tdt: cannot be opened\n", seed);
        return 2;
    }
    if (!strcmp(mode, "silent")) return 0;
    if (!strcmp(mode, "broken-off")) {
        fprintf(stderr, "==%ld==ABORTING\n", (long)getpid());
        return 1;
    }
    if (!strcmp(mode, "crash")) raise(SIGSEGV);
    if (!strcmp(mode, "deaf")) signal(SIGTERM, SIG_IGN);
    if (!strcmp(mode, "deaf") || !strcmp(mode, "hang"))
        for (int i = 0; i < 60; i++) sleep(1);
    if (!strcmp(mode, "killed")) return killed_once(json, text, 0);
    if (!strcmp(mode, "half")) return killed_once(json, text, 1);
    if (!strcmp(mode, "doomed")) raise(SIGKILL);
    if (!strcmp(mode, "noise")) return noise(json, seed);
    if (!strcmp(mode, "slow")) nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    if (!strcmp(mode, "orphan")) return orphan(json);
    return passes(json);
}
