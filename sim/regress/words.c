// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "words.h"

#include <stdlib.h>
#include <string.h>

bool words_add_part(struct words *words, const char *text, size_t bytes) {
    if (words->count + 1 >= words->capacity) {
        unsigned capacity = words->capacity ? 2 * words->capacity : 8;
        char **word = realloc(words->word, capacity * sizeof *word);
        if (!word) return false;
        words->word = word;
        words->capacity = capacity;
    }
    char *copy = strndup(text, bytes);
    if (!copy) return false;
    words->word[words->count++] = copy;
    words->word[words->count] = NULL;
    return true;
}

bool words_add(struct words *words, const char *text) {
    return words_add_part(words, text, strlen(text));
}

bool words_add_all(struct words *words, const struct words *more) {
    for (unsigned i = 0; i < more->count; i++)
        if (!words_add(words, more->word[i])) return false;
    return true;
}

// One word, from *text on, into `out`, which is as long as the text. False: its quote does not end.
static bool take_word(const char **text, char *out) {
    const char *c = *text;
    char quote = 0;
    for (; *c && (quote || !strchr(" \t\r\n", *c)); c++) {
        if (!quote && (*c == '\'' || *c == '"')) {
            quote = *c;
        } else if (*c == quote) {
            quote = 0;
        } else {
            if (*c == '\\' && quote != '\'' && c[1]) c++;
            *out++ = *c;
        }
    }
    *out = '\0';
    *text = c;
    return !quote;
}

bool words_split(struct words *words, const char *text, bool *open) {
    char *word = malloc(strlen(text) + 1);
    bool ok = word != NULL;
    *open = false;
    while (ok) {
        text += strspn(text, " \t\r\n");
        if (!*text) break;
        *open = !take_word(&text, word);
        ok = !*open && words_add(words, word);
    }
    free(word);
    return ok;
}

static bool is_plain(const char *word) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:=@%";
    return word[0] && !word[strspn(word, plain)];
}

void words_print(const struct words *words, FILE *out) {
    for (unsigned i = 0; i < words->count; i++) {
        const char *word = words->word[i];
        if (i) fputc(' ', out);
        if (is_plain(word)) {
            fputs(word, out);
            continue;
        }
        fputc('\'', out);
        for (; *word; word++) fputs(*word == '\'' ? "'\\''" : (char[]){*word, '\0'}, out);
        fputc('\'', out);
    }
}

char *words_text(const struct words *words) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    words_print(words, out);
    if (!fclose(out)) return text;
    free(text);
    return NULL;
}

void words_destroy(struct words *words) {
    for (unsigned i = 0; i < words->count; i++) free(words->word[i]);
    free(words->word);
    *words = (struct words){0};
}
