// SPDX-License-Identifier: Apache-2.0
// Coverage of many runs: one section for each configuration (verif/coverage.h), and the
// file that holds it (docs/coverage.md, "The file"). Adding is commutative and associative, and the
// bytes of a set are a function of what was added: whoever merges in whatever order writes the same
// file.
#ifndef COVERAGE_SET_H
#define COVERAGE_SET_H

#include <stddef.h>
#include <stdint.h>

#include "sim/error.h"
#include "verif/coverage.h"

#define COVERAGE_MOST_SECTIONS 1024u

struct coverage_section {
    struct coverage_config config;
    uint64_t runs, answers, cycles;
    uint64_t *count;  // coverage_bins() of them
};

// Sections in ascending order of their configurations, field by field.
struct coverage_set {
    struct coverage_section *section;
    unsigned sections;
};

// Returns a set of nothing; coverage_set_free gives back what was added.
struct coverage_set coverage_set_empty(void);
void coverage_set_free(struct coverage_set *set);

// Add the counts of runs of one configuration. Sums end at UINT64_MAX. SIM_ERROR_MEMORY;
// SIM_ERROR_FORMAT: more configurations than COVERAGE_MOST_SECTIONS. On failure the set is as
// before.
enum sim_status coverage_set_add(struct coverage_set *set, const struct coverage_section *section,
                                 struct sim_error *error);

// Add one run. As above.
enum sim_status coverage_set_add_run(struct coverage_set *set, const struct coverage *run,
                                     uint64_t answers, uint64_t cycles, struct sim_error *error);

// Add what the file's bytes hold; `name` stands for the file in sentences. SIM_ERROR_FORMAT with
// the place, SIM_ERROR_MEMORY; the set may then hold some sections of the file.
enum sim_status coverage_set_parse(struct coverage_set *set, const char *name, const uint8_t *bytes,
                                   size_t size, struct sim_error *error);
// The same from a file. SIM_ERROR_IO as well.
enum sim_status coverage_set_load(struct coverage_set *set, const char *path,
                                  struct sim_error *error);

// Returns the file's bytes, *size of them, owned by the caller (free); NULL without memory.
uint8_t *coverage_set_bytes(const struct coverage_set *set, size_t *size);
// Write them under a temporary name, then rename. SIM_ERROR_IO, SIM_ERROR_USAGE, SIM_ERROR_MEMORY.
enum sim_status coverage_set_save(const struct coverage_set *set, const char *path,
                                  struct sim_error *error);

// Write any bytes so; `content` names what a place cannot hold ("a result").
enum sim_status coverage_write_file(const char *path, const void *bytes, size_t size,
                                    const char *content, struct sim_error *error);

#endif
