// SPDX-License-Identifier: Apache-2.0
// What can be swept: every key of a run (sim/run/config.h), and the keys that only a study has.
#ifndef STUDY_KEYS_H
#define STUDY_KEYS_H

#include "config.h"

// A value of a `.ways` key: as many ways as the TLB has entries.
#define STUDY_FULL UINT64_MAX

enum study_paging { STUDY_RESIDENT, STUDY_DEMAND };

// Who makes the references where cycles are counted: the driver of recorded programs, which keeps
// stores in order and faults precise, or the cycle model's client (sim/cycles.h).
enum study_client { STUDY_PROGRAM, STUDY_STREAM };

// One point's configuration. A run's keys come first, so that the offsets of config_keys hold.
struct study_config {
    struct run_config run;
    uint64_t page_bytes;  // of the pages that TLBs and frames hold
    uint64_t paging;      // enum study_paging
    uint64_t client;      // enum study_client
    uint64_t window;      // of the working set, references
    uint64_t sample;      // 1: every page; N: LRU's faults by one page in N
};

extern const struct config_key study_keys[];
extern const unsigned study_key_count;

struct study_config study_config_default(void);

// Returns the key of that path, of a run or of a study; NULL: there is none.
const struct config_key *study_key_find(const char *path);
uint64_t study_key_value(const struct study_config *config, const struct config_key *key);
void study_key_set(struct study_config *config, const struct config_key *key, uint64_t value);

// Returns log2 of the bytes of a page.
unsigned study_page_bits(const struct study_config *config);

// Read a value of the key from text; "full" for ways. `place` begins the sentence of a failure.
enum sim_status study_key_read(const char *place, const struct config_key *key, const char *text,
                               uint64_t *value, struct sim_error *error);

// Write a value as it is read ("16", "lru", "full").
void study_key_print(const struct config_key *key, uint64_t value, char out[24]);

// Settle what depends on other keys and check the rules between them. SIM_ERROR_USAGE.
enum sim_status study_config_finish(struct study_config *config, struct sim_error *error);

// Returns the windows of which a working set is measured exactly that are nearest: the largest not
// above `window`, the smallest not below.
void study_windows_around(uint64_t window, uint64_t *below, uint64_t *above);

#endif
