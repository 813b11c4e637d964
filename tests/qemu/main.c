// SPDX-License-Identifier: Apache-2.0
// qemu_oracle generate --xlen 32|64 [--plain] --seed S --probes N FILE
//     Write scenarios. --plain: without Svnapot and Svpbmt.
// qemu_oracle compare [--no-deviations] FILE OUTPUT
//     Judge what the bare-metal program printed for these scenarios by the model.
//     --no-deviations: accept none of those that docs/qemu.md names.
//
// Exit 0: no difference but named deviations; 1: a difference; 2: usage or environment.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "generate.h"

static int usage(void) {
    fprintf(stderr,
            "usage: qemu_oracle generate --xlen 32|64 [--plain] --seed S --probes N FILE\n"
            "       qemu_oracle compare [--no-deviations] FILE OUTPUT\n");
    return 2;
}

static int file_error(const char *path, const char *wrong) {
    fprintf(stderr, "%s: %s\n", path, wrong);
    return 2;
}

static bool number(const char *text, uint64_t least, uint64_t most, uint64_t *value) {
    char *end;
    errno = 0;
    if (text == NULL || text[0] < '0' || text[0] > '9') return false;
    *value = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' && *value >= least && *value <= most;
}

static int generate(char **argument) {
    uint64_t xlen = 0, probes = 0;
    bool has_seed = false;
    struct scenario_set set = {.svnapot = true};
    for (; argument[0] != NULL && argument[0][0] == '-'; argument++) {
        if (strcmp(argument[0], "--plain") == 0) {
            set.svnapot = false;
            continue;
        }
        bool ok = false;
        if (strcmp(argument[0], "--xlen") == 0) ok = number(argument[1], 32, 64, &xlen);
        if (strcmp(argument[0], "--probes") == 0) ok = number(argument[1], 1, 1000000, &probes);
        if (strcmp(argument[0], "--seed") == 0)
            ok = has_seed = number(argument[1], 0, UINT64_MAX, &set.seed);
        if (!ok) return usage();
        argument++;
    }
    if ((xlen != 32 && xlen != 64) || probes == 0 || !has_seed) return usage();
    if (argument[0] == NULL || argument[1] != NULL) return usage();
    set.xlen = (unsigned)xlen;
    if (xlen == 32) set.svnapot = false;
    const char *wrong = generate_set(&set, probes);
    if (wrong == NULL) wrong = scenario_write(&set, argument[0]);
    scenario_free(&set);
    return wrong != NULL ? file_error(argument[0], wrong) : 0;
}

static int compare(char **argument) {
    bool deviations = true;
    if (argument[0] != NULL && strcmp(argument[0], "--no-deviations") == 0) {
        deviations = false;
        argument++;
    }
    if (argument[0] == NULL || argument[1] == NULL || argument[2] != NULL) return usage();
    struct scenario_set set;
    const char *wrong = scenario_read(&set, argument[0]);
    if (wrong != NULL) return file_error(argument[0], wrong);
    int status = (int)compare_run(&set, argument[1], deviations);
    scenario_free(&set);
    return status;
}

int main(int argc, char **argv) {
    if (argc > 2 && strcmp(argv[1], "generate") == 0) return generate(argv + 2);
    if (argc > 2 && strcmp(argv[1], "compare") == 0) return compare(argv + 2);
    return usage();
}
