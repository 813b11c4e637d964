// SPDX-License-Identifier: Apache-2.0
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verif/character.h"

// Room for so many bytes more, and the zero byte.
static bool reserve(struct verif_text *text, size_t bytes) {
    size_t capacity = text->capacity ? text->capacity : 4096;
    if (text->exhausted) return false;
    while (capacity - text->used <= bytes) capacity *= 2;
    if (capacity == text->capacity) return true;
    char *larger = realloc(text->bytes, capacity);
    if (!larger) {
        text->exhausted = true;
        return false;
    }
    text->bytes = larger;
    text->capacity = capacity;
    return true;
}

void verif_text_add(struct verif_text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n < 0 || !reserve(text, (size_t)n)) return;
    va_start(arguments, format);
    vsnprintf(text->bytes + text->used, (size_t)n + 1, format, arguments);
    va_end(arguments);
    text->used += (size_t)n;
}

static const char *entity(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\'':
            return "&#39;";
        default:
            return NULL;
    }
}

void verif_text_escape(struct verif_text *text, const char *words) {
    for (size_t left = strlen(words); left;) {
        const char *name = entity(*words);
        size_t length = verif_character(words, left);
        if (name)
            verif_text_add(text, "%s", name);
        else
            verif_text_add(text, "%.*s", length ? (int)length : 1, length ? words : "?");
        words += length ? length : 1;
        left -= length ? length : 1;
    }
}

char *verif_text_take(struct verif_text *text) {
    char *bytes = text->bytes;
    if (text->exhausted) {
        free(bytes);
        bytes = NULL;
    }
    *text = (struct verif_text){0};
    return bytes;
}
