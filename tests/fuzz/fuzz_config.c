// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as a configuration. What is accepted prints and reads back as the same.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_roundtrip(const struct run_config *config) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return;
    config_print(config, out);
    fclose(out);
    struct run_config again = config_default();
    struct sim_error error = {""};
    if (config_parse("printed", (const unsigned char *)text, size, &again, &error) != SIM_OK ||
        memcmp(&again, config, sizeof again) != 0) {
        fprintf(stderr, "%s\n%s", error.text, text);
        abort();
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct run_config config = config_default(), before = config;
    struct sim_error error = {""};
    if (config_parse("input", data, size, &config, &error) != SIM_OK) {
        // A failure has a sentence and changes nothing.
        if (!error.text[0] || memcmp(&config, &before, sizeof config) != 0) abort();
        return 0;
    }
    check_roundtrip(&config);
    if (config_check(&config, &error) != SIM_OK && !error.text[0]) abort();
    return 0;
}
