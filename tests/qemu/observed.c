// SPDX-License-Identifier: Apache-2.0
#include "observed.h"

#include <stdlib.h>
#include <string.h>

#define CAUSE_ILLEGAL 2u

static const char *next_line(struct observed *observed, char kind) {
    char *text = observed->text;
    observed->line++;
    if (fgets(text, sizeof observed->text, observed->file) == NULL)
        return "the output ends early: QEMU did not come to its end";
    size_t length = strlen(text);
    if (length == 0 || text[length - 1] != '\n') return "the line is cut off";
    text[length - 1] = '\0';
    if (text[0] == 'X') return "the bare-metal program met a trap of its own";
    if (text[0] != kind) return "not the kind of line that must stand here";
    return NULL;
}

// Returns the text behind the number, NULL if there is none.
static const char *number(const char *text, char before, uint64_t *value) {
    char *end;
    if (text == NULL || *text != before || strchr("0123456789abcdef", text[1]) == NULL) return NULL;
    *value = strtoull(text + 1, &end, 16);
    return end == text + 1 ? NULL : end;
}

const char *observed_scenario(struct observed *observed, uint64_t expected,
                              struct observed_scenario *scenario) {
    const char *wrong = next_line(observed, 'S');
    if (wrong != NULL) return wrong;
    uint64_t found = 0;
    const char *at = number(observed->text + 1, ' ', &found);
    at = number(at, ' ', &scenario->menvcfg);
    at = number(at, ' ', &scenario->satp);
    if (at == NULL || *at != '\0') return "not a scenario's line";
    return found == expected ? NULL : "another scenario's line";
}

static const char *changes(const char *at, struct outcome *outcome) {
    while (at != NULL && *at == ' ') {
        struct outcome_change change = {0};
        at = number(at, ' ', &change.pa);
        at = number(at, '=', &change.value);
        if (outcome->changes < OUTCOME_CHANGES) outcome->change[outcome->changes] = change;
        outcome->changes++;
    }
    return at;
}

const char *observed_probe(struct observed *observed, uint64_t expected,
                           const struct scenario_probe *probe, struct outcome *outcome) {
    const char *wrong = next_line(observed, 'P');
    if (wrong != NULL) return wrong;
    uint64_t found = 0, cause = 0, epc = 0;
    *outcome = (struct outcome){0};
    const char *at = number(observed->text + 1, ' ', &found);
    bool trapped = at == NULL || strncmp(at, " -1 ", 4) != 0;
    at = trapped ? number(at, ' ', &cause) : at + 3;
    at = number(at, ' ', &outcome->tval);
    at = number(at, ' ', &outcome->datum);
    at = number(at, ' ', &epc);
    at = changes(at, outcome);
    if (at == NULL || *at != '\0') return "not a probe's line";
    if (found != expected) return "another probe's line";
    outcome->fault = trapped;
    outcome->cause = (uint8_t)cause;
    if (cause > UINT8_MAX) return "no exception has this cause";
    if (probe->access != MMU_FETCH) {
        outcome->datum &= UINT64_MAX >> (64 - (8u << probe->size));  // amo: it was sign-extended
        return NULL;
    }
    if (!trapped) return "a fetch that did not trap";
    outcome->elsewhere = epc != probe->va;
    if (cause == CAUSE_ILLEGAL && !outcome->elsewhere) {  // it fetched a tag
        outcome->datum = outcome->tval;
        outcome->tval = outcome->cause = outcome->fault = 0;
    }
    return NULL;
}

const char *observed_end(struct observed *observed, uint64_t count) {
    const char *wrong = next_line(observed, 'E');
    if (wrong != NULL) return wrong;
    uint64_t found = 0;
    const char *at = number(observed->text + 1, ' ', &found);
    if (at == NULL || *at != '\0' || found != count) return "not the last line of this run";
    return fgetc(observed->file) == EOF ? NULL : "something stands behind the last line";
}
