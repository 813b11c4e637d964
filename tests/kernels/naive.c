// SPDX-License-Identifier: Apache-2.0
#include "naive.h"

#include <stdlib.h>
#include <string.h>

struct way {
    bool valid, dirty, clock;
    uint64_t vpn;
    size_t used, came;  // reference
    size_t next;        // next reference to the page, SIZE_MAX if there is none
};

static size_t next_use(const struct stream *stream, size_t after, uint64_t vpn) {
    for (size_t i = after + 1; i < stream->count; i++) {
        if (stream->vpn[i] == vpn) return i;
    }
    return SIZE_MAX;
}

// The pseudo-LRU tree as a table of "this node's next victim is above": nodes by (first way,
// size) of what they cover.
static uint32_t plru_victim(const bool *above, uint32_t ways) {
    uint32_t first = 0;
    for (uint32_t size = ways, node = 0; size > 1; size /= 2) {
        bool up = above[node];
        if (up) first += size / 2;
        node = 2 * node + 1 + up;
    }
    return first;
}

static void plru_touch(bool *above, uint32_t ways, uint32_t way) {
    uint32_t first = 0;
    for (uint32_t size = ways, node = 0; size > 1; size /= 2) {
        bool in_upper = way >= first + size / 2;
        above[node] = !in_upper;
        if (in_upper) first += size / 2;
        node = 2 * node + 1 + in_upper;
    }
}

// splitmix64, from its paper.
static uint64_t splitmix(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
}

static uint32_t naive_victim(struct way *set, uint32_t ways, uint8_t policy, const bool *tree,
                             uint32_t *hand, uint64_t *random) {
    uint32_t victim = 0;
    size_t best = 0;
    for (uint32_t w = 0; w < ways; w++) {
        if (!set[w].valid) return w;
    }
    switch (policy) {
        case KERNEL_LRU:
        case KERNEL_FIFO:
            best = SIZE_MAX;
            for (uint32_t w = 0; w < ways; w++) {
                size_t age = policy == KERNEL_LRU ? set[w].used : set[w].came;
                if (age < best) {
                    best = age;
                    victim = w;
                }
            }
            return victim;
        case KERNEL_PLRU:
            return plru_victim(tree, ways);
        case KERNEL_RANDOM:
            return (uint32_t)((splitmix(random) >> 32) * ways >> 32);
        case KERNEL_CLOCK:
            for (; set[*hand].clock; *hand = (*hand + 1) % ways) set[*hand].clock = false;
            victim = *hand;
            *hand = (*hand + 1) % ways;
            return victim;
        default:
            for (uint32_t w = 0; w < ways; w++) {
                if (set[w].next > best) {
                    best = set[w].next;
                    victim = w;
                }
            }
            return victim;
    }
}

static bool seen_before(const struct stream *stream, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (stream->vpn[i] == stream->vpn[at]) return true;
    }
    return false;
}

struct naive_counts naive_cache(const struct stream *stream, uint32_t sets, uint32_t ways,
                                uint8_t policy, uint64_t seed) {
    struct naive_counts counts = {.missed = calloc(stream->count + 1, 1)};
    struct way *all = calloc((size_t)sets * ways, sizeof *all);
    bool *trees = calloc((size_t)sets * ways, sizeof *trees);
    uint32_t *hands = calloc(sets, sizeof *hands);
    for (size_t i = 0; i < stream->count; i++) {
        size_t set = stream->vpn[i] % sets;
        struct way *w = all + set * ways;
        uint32_t at = 0;
        while (at < ways && !(w[at].valid && w[at].vpn == stream->vpn[i])) at++;
        if (at < ways) {
            w[at].clock = true;
        } else {
            at = naive_victim(w, ways, policy, trees + set * ways, &hands[set], &seed);
            counts.misses++;
            counts.missed[i] = 1;
            counts.cold += !seen_before(stream, i);
            counts.evictions += w[at].valid;
            counts.dirty += w[at].valid && w[at].dirty;
            w[at] = (struct way){.valid = true, .vpn = stream->vpn[i], .came = i};
        }
        w[at].used = i;
        if (policy == NAIVE_OPT) w[at].next = next_use(stream, i, stream->vpn[i]);
        w[at].dirty |= stream->written[i];
        if (policy == KERNEL_PLRU) plru_touch(trees + set * ways, ways, at);
    }
    free(all);
    free(trees);
    free(hands);
    return counts;
}

int64_t naive_distance(const struct stream *stream, size_t at) {
    int64_t different = 0;
    for (size_t i = at; i-- > 0;) {
        if (stream->vpn[i] == stream->vpn[at]) return different;
        bool again = false;
        for (size_t j = i + 1; j < at && !again; j++) again = stream->vpn[j] == stream->vpn[i];
        different += !again;
    }
    return -1;
}
