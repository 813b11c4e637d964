// SPDX-License-Identifier: Apache-2.0
// A revision of the RTL on disk, and its units.
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compare.h"

// Run a shell command whose words are in the environment, and read the first line that it prints
// (line may be NULL). The paths may hold anything that a shell would not leave alone.
static bool shell(const char *command, char *line, size_t capacity) {
    fflush(NULL);
    FILE *pipe = popen(command, "r");
    if (!pipe) return false;
    char rest[256];
    bool got = !line || fgets(line, (int)capacity, pipe) != NULL;
    while (fgets(rest, sizeof rest, pipe)) continue;
    int ended = pclose(pipe);
    if (line) line[strcspn(line, "\n")] = '\0';
    return got && ended == 0;
}

static bool has_list(const char *folder, const char *below, char rtl[RUN_PATH_BYTES]) {
    char list[RUN_PATH_BYTES + 16], name[RUN_PATH_BYTES];
    if (snprintf(name, sizeof name, "%s%s", folder, below) >= (int)sizeof name) return false;
    snprintf(list, sizeof list, "%s/rtl.f", name);
    return !access(list, R_OK) && realpath(name, rtl);
}

// A new one in $TMPDIR; its name does not depend on the current folder, which git and tar leave.
static enum sim_status make_folder(char folder[RUN_PATH_BYTES], struct sim_error *error) {
    const char *place = getenv("TMPDIR");
    if (!place || !*place) place = "/tmp";
    char *whole = realpath(place, NULL);
    bool fits = whole && snprintf(folder, RUN_PATH_BYTES, "%s/tandem-compare-XXXXXX", whole) <
                             RUN_PATH_BYTES;
    if (whole && !fits) errno = ENAMETOOLONG;
    bool made = fits && mkdtemp(folder);
    int why = errno;
    free(whole);
    if (made) return SIM_OK;
    folder[0] = '\0';
    return sim_fail(error, SIM_ERROR_IO, "%.300s: no folder can be made there: %s", place,
                    strerror(why));
}

static enum sim_status check_out(struct compare_side *side, struct sim_error *error) {
    char home[RUN_PATH_BYTES];
    if (!tandem_home(home))
        return sim_fail(error, SIM_ERROR_TOOL,
                        "the source tree was not found above this program; set TANDEM_HOME");
    // A revision never begins with '-': it would be taken for an option.
    if (side->given[0] == '-' || setenv("TANDEM_COMPARE_HOME", home, 1) ||
        setenv("TANDEM_COMPARE_REVISION", side->given, 1) ||
        !shell("exec git -C \"$TANDEM_COMPARE_HOME\" rev-parse --quiet --verify "
               "\"$TANDEM_COMPARE_REVISION^{commit}\" 2>/dev/null",
               side->rtl, sizeof side->rtl))
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%.200s: is neither a folder with an rtl.f nor a revision of the source "
                        "tree's git repository",
                        side->given);
    // A name may mean another commit by now.
    enum sim_status status = make_folder(side->temporary, error);
    if (status) return status;
    if (setenv("TANDEM_COMPARE_REVISION", side->rtl, 1) ||
        setenv("TANDEM_COMPARE_FOLDER", side->temporary, 1) ||
        !shell("git -C \"$TANDEM_COMPARE_HOME\" archive -o \"$TANDEM_COMPARE_FOLDER/rtl.tar\" "
               "\"$TANDEM_COMPARE_REVISION\" rtl && "
               "tar -x -f \"$TANDEM_COMPARE_FOLDER/rtl.tar\" -C \"$TANDEM_COMPARE_FOLDER\"",
               NULL, 0) ||
        !has_list(side->temporary, "/rtl", side->rtl))
        return sim_fail(error, SIM_ERROR_TOOL,
                        "%.200s: its rtl/ cannot be taken from the repository (git archive, tar)",
                        side->given);
    return SIM_OK;
}

enum sim_status compare_side_open(struct compare_side *side, const char *given,
                                  struct sim_error *error) {
    struct stat status;
    *side = (struct compare_side){.given = given};
    bool folder = !stat(given, &status) && S_ISDIR(status.st_mode);
    if (folder && (has_list(given, "", side->rtl) || has_list(given, "/rtl", side->rtl)))
        return SIM_OK;
    return check_out(side, error);
}

void compare_side_close(struct compare_side *side) {
    static const char name[] = "/tandem-compare-";
    // Nothing but what mkdtemp made here.
    if (side->temporary[0] != '/' || !strstr(side->temporary, name)) return;
    if (!setenv("TANDEM_COMPARE_FOLDER", side->temporary, 1))
        shell("exec rm -rf --one-file-system -- \"${TANDEM_COMPARE_FOLDER:?}\"", NULL, 0);
    side->temporary[0] = '\0';
}

enum sim_status compare_side_build(const struct compare_side *side, const struct mmu_config *mmu,
                                   char path[RUN_PATH_BYTES], struct sim_error *error) {
    char home[RUN_PATH_BYTES], options[256], command[512];
    dut_unit_options(mmu, options, sizeof options);
    if (!tandem_home(home) || setenv("TANDEM_COMPARE_HOME", home, 1) ||
        setenv("TANDEM_COMPARE_RTL", side->rtl, 1))
        return sim_fail(error, SIM_ERROR_TOOL,
                        "the source tree was not found above this program; set TANDEM_HOME");
    // Properties are this tree's, and may not fit another revision's signals.
    snprintf(command, sizeof command,
             "exec \"$TANDEM_COMPARE_HOME/tb/build_dut.sh\" --no-properties --rtl "
             "\"$TANDEM_COMPARE_RTL\" %s",
             options);
    if (shell(command, path, RUN_PATH_BYTES)) return SIM_OK;
    if (run_interrupted()) return sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted");
    return sim_fail(error, SIM_ERROR_TOOL,
                    "the RTL of %.200s cannot be built (%.200s); the reason stands above",
                    side->given, options);
}
