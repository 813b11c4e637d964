// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as a scenario. What is let through is played by the model alone, within bounds,
// and written; read again, it is written the same.
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "verif/scenario.h"

enum { CYCLES = 3000, MOST_ENTRIES = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_again(const struct scenario *scenario) {
    struct scenario again;
    char sentence[SCENARIO_SENTENCE_BYTES];
    char *text = scenario_write(scenario), *twice;
    if (!text) abort();
    if (scenario_parse(text, strlen(text), &again, sentence)) abort();
    twice = scenario_write(&again);
    if (!twice || strcmp(text, twice)) abort();
    scenario_clear(&again);
    free(text);
    free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct scenario scenario;
    char sentence[SCENARIO_SENTENCE_BYTES];
    unsigned line = scenario_parse((const char *)data, size, &scenario, sentence);
    if (line) {
        if (!sentence[0] || scenario.op_count || scenario.words) abort();
        return 0;
    }
    read_again(&scenario);
    if (scenario.mmu.l2.entries <= MOST_ENTRIES) {
        struct scenario_play play = {.most_cycles = CYCLES};
        struct scenario_result result = scenario_play(&scenario, &play);
        scenario_result_clear(&result);
    }
    scenario_clear(&scenario);
    return 0;
}
