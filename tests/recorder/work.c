// SPDX-License-Identifier: Apache-2.0
// Work to be recorded by the benchmark: sorting, hashing, a walk through a list. argv[1] is
// how much of it.
#include <stdint.h>
#include <stdlib.h>

enum { NUMBERS = 20000, BUCKETS = 4096 };

struct node {
    struct node *next;
    uint64_t key;
};

static int compare(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

int main(int argc, char **argv) {
    static uint64_t numbers[NUMBERS];
    static struct node nodes[NUMBERS], *buckets[BUCKETS];
    uint64_t state = 1, sum = 0;
    for (long round = argc > 1 ? atol(argv[1]) : 1; round > 0; round--) {
        for (int i = 0; i < NUMBERS; i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            numbers[i] = state >> 20;
        }
        qsort(numbers, NUMBERS, sizeof numbers[0], compare);
        for (int i = 0; i < BUCKETS; i++) buckets[i] = NULL;
        for (int i = 0; i < NUMBERS; i++) {
            struct node **bucket = &buckets[numbers[i] % BUCKETS];
            nodes[i] = (struct node){*bucket, numbers[i]};
            *bucket = &nodes[i];
        }
        for (int i = 0; i < BUCKETS; i++) {
            for (const struct node *node = buckets[i]; node; node = node->next) sum += node->key;
        }
    }
    return sum == 0;  // never: the compiler must not know
}
