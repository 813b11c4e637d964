// SPDX-License-Identifier: Apache-2.0
// Doubly linked lists through numbered nodes. A guard is a node that belongs to a list for ever:
//
//   guard <-> oldest <-> ... <-> newest <-> guard
//
// Several lists may share an array, each with a guard of its own.
#ifndef PAGING_LINKS_H
#define PAGING_LINKS_H

#include <stdbool.h>
#include <stdint.h>

struct link {
    uint32_t newer;
    uint32_t older;
};

static inline void links_empty(struct link *links, uint32_t guard) {
    links[guard] = (struct link){.newer = guard, .older = guard};
}

static inline bool links_is_empty(const struct link *links, uint32_t guard) {
    return links[guard].newer == guard;
}

static inline uint32_t links_oldest(const struct link *links, uint32_t guard) {
    return links[guard].newer;
}

static inline uint32_t links_newest(const struct link *links, uint32_t guard) {
    return links[guard].older;
}

// The node becomes the newest of the guard's list.
static inline void links_push(struct link *links, uint32_t guard, uint32_t node) {
    uint32_t newest = links[guard].older;
    links[node] = (struct link){.newer = guard, .older = newest};
    links[newest].newer = node;
    links[guard].older = node;
}

static inline void links_remove(struct link *links, uint32_t node) {
    struct link link = links[node];
    links[link.newer].older = link.older;
    links[link.older].newer = link.newer;
}

// `node` takes the place of `other`, which is in no list afterwards.
static inline void links_replace(struct link *links, uint32_t other, uint32_t node) {
    struct link link = links[other];
    links[node] = link;
    links[link.newer].older = node;
    links[link.older].newer = node;
}

#endif
