// SPDX-License-Identifier: Apache-2.0
// A YAML file of ours, from bytes to a document, with libyaml. One pass over the events first:
// libyaml takes minutes for some thousand levels of nesting, and it would pass over a second
// document.
#ifndef RUN_YAML_FILE_H
#define RUN_YAML_FILE_H

#include <stddef.h>
#include <yaml.h>

#include "sim/error.h"

enum { YAML_FILE_MOST_KIB = 64 };

// What the file is, for its limits and in its sentences.
struct yaml_file_kind {
    const char *noun;     // "configuration": one file is one of them
    unsigned most_depth;  // mappings and sequences in each other
};

// Read a document from bytes in memory; `name` stands for the file in sentences. On success
// *document is the caller's to delete (yaml_document_delete); it may have no root. SIM_ERROR_USAGE
// with name and line, SIM_ERROR_MEMORY.
enum sim_status yaml_file_document(const char *name, const unsigned char *bytes, size_t size,
                                   const struct yaml_file_kind *kind, yaml_document_t *document,
                                   struct sim_error *error);

// Read the file's bytes, one more than legal at most, so that a file that is too large is seen.
// *bytes is the caller's to free. SIM_ERROR_IO, SIM_ERROR_MEMORY.
enum sim_status yaml_file_read(const char *path, unsigned char **bytes, size_t *size,
                               struct sim_error *error);

#endif
