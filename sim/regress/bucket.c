// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "bucket.h"

#include <ctype.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define NEVER UINT64_MAX  // a cycle that never comes, as in the JSON of a run

// --- text --------------------------------------------------------------------------------

// Length of the number at `c`: digits, or hexadecimal after 0x, or at least 8 hexadecimal digits
// that stand alone; 0: there is none.
static size_t number_length(const char *c) {
    static const char hexadecimal[] = "0123456789abcdefABCDEF";
    if (c[0] == '0' && c[1] == 'x' && isxdigit((unsigned char)c[2]))
        return 2 + strspn(c + 2, hexadecimal);
    size_t length = strspn(c, hexadecimal);
    if (length >= 8 && !isalnum((unsigned char)c[length]) && c[length] != '_') return length;
    return strspn(c, "0123456789");
}

void bucket_without_numbers(const char *text, char *out, size_t capacity) {
    size_t used = 0;
    bool in_word = false;
    while (*text && used + 1 < capacity) {
        // Hexadecimal digits inside of a word are letters.
        size_t length = in_word ? strspn(text, "0123456789") : number_length(text);
        in_word = isalpha((unsigned char)*text) || *text == '_';
        out[used++] = length ? '#' : *text;
        text += length ? length : 1;
    }
    out[used] = '\0';
}

struct line {
    const char *start;
    size_t length;
};

// The last line before `end` that is not empty; length 0: there is none.
static struct line line_before(const char *text, const char *end) {
    while (end > text && strchr(" \n\t", end[-1])) end--;
    const char *start = end;
    while (start > text && start[-1] != '\n') start--;
    return (struct line){start, (size_t)(end - start)};
}

static bool holds(struct line line, const char *words) {
    return memmem(line.start, line.length, words, strlen(words)) != NULL;
}

static bool ends_with(struct line line, const char *words) {
    size_t length = strlen(words);
    return line.length >= length && !memcmp(line.start + line.length - length, words, length);
}

// The last line that holds these words.
static struct line line_with(const char *text, const char *words) {
    struct line line = line_before(text, text + strlen(text));
    while (line.length && !holds(line, words)) line = line_before(text, line.start);
    return line;
}

// The last line says why a program ended, but for these: a sanitizer's "==123==ABORTING" comes
// after its summary, the "Aborting..." of Verilator's $stop after its sentence.
static void last_line(const char *text, char *out, size_t capacity) {
    struct line last = line_before(text, text + strlen(text)), better = {text, 0};
    if (ends_with(last, "==ABORTING")) {
        better = line_with(text, "SUMMARY: ");
        if (!better.length) better = line_with(text, "ERROR: ");
    } else if (last.length == strlen("Aborting...") && ends_with(last, "Aborting...")) {
        better = line_before(text, last.start);
    }
    if (better.length) last = better;
    size_t length = last.length < capacity ? last.length : capacity - 1;
    memcpy(out, last.start, length);
    out[length] = '\0';
}

static void fill(struct result *result, const char *kind, const char *sentence) {
    char plain[STORE_SENTENCE_BYTES];
    snprintf(result->sentence, sizeof result->sentence, "%s", sentence);
    bucket_without_numbers(sentence, plain, sizeof plain);
    snprintf(result->signature, sizeof result->signature, "%.16s/%.170s", kind, plain);
}

// --- mismatches --------------------------------------------------------------------------

static const char *text_at(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static uint64_t hex_at(const json_t *object, const char *key) {
    return strtoull(text_at(object, key), NULL, 16);
}

static bool is_one_of(const char *text, const char *const *list) {
    while (*list && strcmp(*list, text)) list++;
    return *list != NULL;
}

static void class_of_time(uint64_t expected, uint64_t observed, char *out, size_t capacity) {
    const char *word = observed == NEVER     ? "never"
                       : expected == NEVER   ? "unasked"
                       : observed > expected ? "late"
                                             : "early";
    snprintf(out, capacity, "%s", word);
}

// Values that enumerate something are told; addresses, tags and amounts are not.
static void class_of(const json_t *mismatch, char *out, size_t capacity) {
    static const char *const times[] = {"latency", "ready", "fence", NULL};
    static const char *const choices[] = {"fault", "page_size", "memory_type", "hit_or_miss", NULL};
    const char *check = text_at(mismatch, "check");
    uint64_t expected = hex_at(mismatch, "expected"), observed = hex_at(mismatch, "observed");
    bool never = expected == NEVER || observed == NEVER, bits = (expected | observed) < 2;
    bool choice = is_one_of(check, choices) && expected < 32 && observed < 32;
    if (never || (is_one_of(check, times) && !bits))
        class_of_time(expected, observed, out, capacity);
    else if (choice || (bits && expected != observed && strcmp(check, "counter") != 0))
        snprintf(out, capacity, "%" PRIu64 ">%" PRIu64, expected, observed);
    else if (!strcmp(check, "physical_address"))
        snprintf(out, capacity, "%s", (expected ^ observed) >> 12 ? "page" : "offset");
    else if (!strcmp(check, "counter"))
        snprintf(out, capacity, "%s", observed > expected ? "more" : "less");
    else
        snprintf(out, capacity, "differ");
}

static void of_mismatch(const json_t *mismatch, struct result *result) {
    char what[256], class[64];
    const char *signal = text_at(mismatch, "what"), *check = text_at(mismatch, "check");
    const char *level = text_at(mismatch, "level"), *port = text_at(mismatch, "port");
    bool has_port = (signal[0] == 'd' || signal[0] == 'f') && signal[1] == '_';
    bucket_without_numbers(signal + (has_port ? 2 : 0), what, sizeof what);
    class_of(mismatch, class, sizeof class);
    snprintf(result->signature, sizeof result->signature, "%.24s/%.100s/%.8s/%.4s/%.40s", check,
             what, port, level[0] ? level : "-", class);
    snprintf(result->sentence, sizeof result->sentence,
             "%s (%s) in cycle %" JSON_INTEGER_FORMAT ": expected 0x%" PRIx64
             ", observed 0x%" PRIx64,
             check, signal, json_integer_value(json_object_get(mismatch, "cycle")),
             hex_at(mismatch, "expected"), hex_at(mismatch, "observed"));
}

static void of_vectors(const json_t *failure, struct result *result) {
    char differ[128];
    bucket_without_numbers(text_at(failure, "differ"), differ, sizeof differ);
    snprintf(result->signature, sizeof result->signature, "vectors/%s/%s", text_at(failure, "who"),
             differ);
    snprintf(result->sentence, sizeof result->sentence,
             "%.80s:%" JSON_INTEGER_FORMAT ": %.120s: %.80s differ", text_at(failure, "file"),
             json_integer_value(json_object_get(failure, "line")), text_at(failure, "query"),
             text_at(failure, "differ"));
}

void bucket_of_failure(const json_t *root, const char *output, struct result *result) {
    char line[STORE_SENTENCE_BYTES];
    const json_t *mismatch = json_object_get(root, "mismatch");
    const json_t *failures = json_object_get(root, "failures");
    const char *sentence = text_at(root, "failure");
    if (text_at(mismatch, "check")[0]) {
        of_mismatch(mismatch, result);
    } else if (sentence[0]) {
        fill(result, "failure", sentence);
    } else if (json_array_size(failures)) {
        of_vectors(json_array_get(failures, 0), result);
    } else {
        last_line(output, line, sizeof line);
        fill(result, "failure", line);
    }
}

// --- the rest ----------------------------------------------------------------------------

void bucket_of_error(const char *output, struct result *result) {
    char line[STORE_SENTENCE_BYTES];
    last_line(output, line, sizeof line);
    fill(result, "error", line[0] ? line : "ended without a word");
}

// What comes from outside can come at any line.
static bool is_from_outside(int signal) {
    return signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
}

void bucket_of_signal(int signal, const char *output, struct result *result) {
    const char *name = sigabbrev_np(signal);
    char line[STORE_SENTENCE_BYTES - 64], plain[sizeof line];
    last_line(output, line, sizeof line);
    bucket_without_numbers(is_from_outside(signal) ? "" : line, plain, sizeof plain);
    snprintf(result->signature, sizeof result->signature, "signal/SIG%.16s%s%.160s",
             name ? name : "?", plain[0] ? "/" : "", plain);
    snprintf(result->sentence, sizeof result->sentence, "ended by SIG%s%s%s", name ? name : "?",
             line[0] ? "; its last line: " : "", line);
}

void bucket_of_timeout(const char *suite, uint64_t seconds, struct result *result) {
    snprintf(result->signature, sizeof result->signature, "timeout/%.170s", suite);
    snprintf(result->sentence, sizeof result->sentence, "its limit of %" PRIu64 " seconds was over",
             seconds);
}
