// SPDX-License-Identifier: Apache-2.0
// Requests that were dropped. None is answered, but an A/D update that was on its way to memory
// happens all the same: each is remembered until it cannot come any more.
#include <stddef.h>

#include "legal_internal.h"

// The oldest are kept: where kills end at the wires, what waits there belongs to one of the first
// killed since the last transaction.
static void remember(struct legal_queue *queue, const struct legal_flight *flight, uint64_t now) {
    if (!flight->mode) {
        return;
    }
    struct legal_killed killed = {.flight = *flight, .cycle = now};
    if (legal_is_store(flight)) {
        queue->last_store = killed;
    }
    if (queue->killed_count == LEGAL_KILLED) {
        queue->killed_lost = true;
        queue->lost_walks = 0;
        return;
    }
    queue->killed[queue->killed_count++] = killed;
}

void legal_kill(struct legal *legal, uint64_t now, enum mmu_port port) {
    legal_stamp(legal, now);
    struct legal_queue *queue = &legal->queue[port];
    while (queue->count > 0 && queue->flight[0].accepted < now) {
        remember(queue, &queue->flight[0], now);
        legal_drop(queue, 0);
    }
}

void legal_forget_killed(struct legal *legal) {
    for (unsigned port = 0; port < MMU_PORTS; port++) {
        legal->queue[port].killed_count = 0;
        legal->queue[port].killed_lost = false;
    }
}

void legal_transaction(struct legal *legal, uint64_t now) {
    legal_stamp(legal, now);
    if (legal->config.kills_at_the_wires) {
        legal_forget_killed(legal);
    }
}

// One more walk of the port has been answered, of a request accepted in this cycle. Where several
// may be under way, as many as there may be requests in flight must have been.
void legal_walk_answered(struct legal *legal, struct legal_queue *queue, uint64_t accepted) {
    unsigned most = legal->config.kills_at_the_wires ? LEGAL_KILLED : LEGAL_QUEUE;
    unsigned kept = 0;
    for (unsigned i = 0; i < queue->killed_count; i++) {
        struct legal_killed killed = queue->killed[i];
        killed.walks += killed.cycle <= accepted;
        if (killed.walks < most) {
            queue->killed[kept++] = killed;
        }
    }
    queue->killed_count = kept;
    queue->killed_lost = queue->killed_lost && ++queue->lost_walks < LEGAL_QUEUE;
}
