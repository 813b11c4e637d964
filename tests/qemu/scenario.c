// SPDX-License-Identifier: Apache-2.0
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t pack(const struct scenario_probe *probe) {
    return (uint64_t)probe->mpp << PACK_MPP | (uint64_t)probe->mprv << PACK_MPRV |
           (uint64_t)probe->sum << PACK_SUM | (uint64_t)probe->mxr << PACK_MXR |
           (uint64_t)probe->access << PACK_ACCESS | (uint64_t)probe->size << PACK_SIZE;
}

static struct scenario_probe unpack(uint64_t va, uint64_t packed) {
    return (struct scenario_probe){
        .va = va,
        .access = packed >> PACK_ACCESS & 15,
        .size = packed >> PACK_SIZE & 15,
        .mpp = packed >> PACK_MPP & 3,
        .mprv = packed >> PACK_MPRV & 1,
        .sum = packed >> PACK_SUM & 1,
        .mxr = packed >> PACK_MXR & 1,
    };
}

static uint64_t cfg_word(const uint8_t *cfg) {
    uint64_t value = 0;
    for (unsigned k = 0; k < 8; k++) value |= (uint64_t)cfg[k] << 8 * k;
    return value;
}

static bool put(FILE *file, uint64_t value) {
    uint8_t bytes[8];
    for (unsigned k = 0; k < 8; k++) bytes[k] = (uint8_t)(value >> 8 * k);
    return fwrite(bytes, 8, 1, file) == 1;
}

static bool get(FILE *file, uint64_t *value) {
    uint8_t bytes[8];
    if (fread(bytes, 8, 1, file) != 1) return false;
    *value = 0;
    for (unsigned k = 0; k < 8; k++) *value |= (uint64_t)bytes[k] << 8 * k;
    return true;
}

static bool put_scenario(FILE *file, const struct scenario *s) {
    bool ok = put(file, s->satp) && put(file, s->pbmte) && put(file, s->tables) &&
              put(file, s->words) && put(file, s->probes) && put(file, cfg_word(s->cfg)) &&
              put(file, cfg_word(s->cfg + 8));
    for (unsigned k = 0; ok && k < LAYOUT_PMP; k++) ok = put(file, s->addr[k]);
    for (unsigned k = 0; ok && k < s->words; k++)
        ok = put(file, s->word[k].pa) && put(file, s->word[k].value);
    for (unsigned k = 0; ok && k < s->probes; k++)
        ok = put(file, s->probe[k].va) && put(file, pack(&s->probe[k]));
    return ok;
}

static bool get_scenario(FILE *file, struct scenario *s) {
    uint64_t head[LAYOUT_SCENARIO];
    for (unsigned k = 0; k < LAYOUT_SCENARIO; k++)
        if (!get(file, &head[k])) return false;
    if (head[2] > LAYOUT_PAGES || head[3] > SCENARIO_WORDS || head[4] > SCENARIO_PROBES)
        return false;
    s->satp = head[0];
    s->pbmte = head[1] != 0;
    s->tables = (unsigned)head[2];
    s->words = (unsigned)head[3];
    s->probes = (unsigned)head[4];
    for (unsigned k = 0; k < LAYOUT_PMP; k++) {
        s->cfg[k] = (uint8_t)(head[5 + k / 8] >> 8 * (k % 8));
        s->addr[k] = head[7 + k];
    }
    for (unsigned k = 0; k < s->words; k++)
        if (!get(file, &s->word[k].pa) || !get(file, &s->word[k].value)) return false;
    for (unsigned k = 0; k < s->probes; k++) {
        uint64_t va, packed;
        if (!get(file, &va) || !get(file, &packed)) return false;
        s->probe[k] = unpack(va, packed);
    }
    return true;
}

static size_t file_words(const struct scenario_set *set) {
    size_t words = LAYOUT_HEADER;
    for (size_t k = 0; k < set->count; k++)
        words += LAYOUT_SCENARIO + 2u * (set->scenario[k].words + set->scenario[k].probes);
    return words;
}

const char *scenario_write(const struct scenario_set *set, const char *path) {
    if (file_words(set) * 8 > LAYOUT_SCENARIOS_END - LAYOUT_SCENARIOS)
        return "more scenarios than the machine's memory holds; ask for fewer probes";
    FILE *file = fopen(path, "wb");
    if (file == NULL) return "cannot be opened for writing";
    bool ok = put(file, LAYOUT_MAGIC) && put(file, set->xlen) && put(file, set->seed) &&
              put(file, set->svnapot) && put(file, set->count);
    for (size_t k = 0; ok && k < set->count; k++) ok = put_scenario(file, &set->scenario[k]);
    if (fclose(file) != 0 || !ok) return "cannot be written";
    return NULL;
}

static const char *read_all(struct scenario_set *set, FILE *file) {
    uint64_t head[LAYOUT_HEADER];
    for (unsigned k = 0; k < LAYOUT_HEADER; k++)
        if (!get(file, &head[k])) return "is too short";
    if (head[0] != LAYOUT_MAGIC) return "is not a file of scenarios";
    if ((head[1] != 32 && head[1] != 64) || head[4] > 100000) return "is damaged";
    *set = (struct scenario_set){.seed = head[2], .xlen = (unsigned)head[1]};
    set->svnapot = head[3] != 0;
    set->count = (size_t)head[4];
    set->scenario = calloc(set->count + 1, sizeof *set->scenario);
    if (set->scenario == NULL) return "needs more memory than there is";
    for (size_t k = 0; k < set->count; k++)
        if (!get_scenario(file, &set->scenario[k])) return "is damaged";
    return NULL;
}

const char *scenario_read(struct scenario_set *set, const char *path) {
    *set = (struct scenario_set){0};
    FILE *file = fopen(path, "rb");
    if (file == NULL) return "cannot be opened";
    const char *wrong = read_all(set, file);
    fclose(file);
    if (wrong != NULL) scenario_free(set);
    return wrong;
}

void scenario_free(struct scenario_set *set) {
    free(set->scenario);
    set->scenario = NULL;
}
