// SPDX-License-Identifier: Apache-2.0
// What left the recorder's ring and may still be in a TLB: the latest request for each page,
// address space and port, with its registers. Before a window that needs it, these requests are
// made again, the oldest first, each alone: they install from memory as it was where the window
// begins.
//
//   run    | A . . B . . . . . . . | o o o o o o o o |     A, B: the latest requests for their
//   pages
//                                    window
//   play   | csr A, csr B, csr     | o o o o o o o o |
#include <stdlib.h>
#include <string.h>

#include "scenario_recorder.h"

enum { SLOTS = 4096 };  // a power of two

struct scenario_warm {
    uint64_t sequence;  // 0: empty
    struct mmu_request request;
    struct mmu_csr csr;
    uint8_t port;
};

struct scenario_warm *scenario_warm_create(void) {
    return calloc(SLOTS, sizeof(struct scenario_warm));
}

// A newer request of another page may take the slot: what is forgotten is not made again.
void scenario_warm_note(struct scenario_recorder *r, const struct scenario_event *event) {
    const struct mmu_request *request = &event->op.u.request;
    // A reset empties the TLBs.
    if (event->op.kind == SCENARIO_RESET) memset(r->warm, 0, SLOTS * sizeof *r->warm);
    if (event->op.kind != SCENARIO_REQUEST) return;
    uint64_t hash =
        bench_mix((request->va >> MMU_PAGE_BITS) ^ bench_mix(r->base.csr.satp) ^ event->op.port);
    r->warm[hash % SLOTS] = (struct scenario_warm){.sequence = ++r->warm_sequence,
                                                   .request = *request,
                                                   .csr = r->base.csr,
                                                   .port = event->op.port};
}

static int by_sequence(const void *a, const void *b) {
    uint64_t x = ((const struct scenario_warm *)a)->sequence;
    uint64_t y = ((const struct scenario_warm *)b)->sequence;
    return x < y ? -1 : x > y;
}

static struct scenario_op registers(const struct mmu_csr *csr) {
    return (struct scenario_op){.kind = SCENARIO_CSR, .quiet = true, .u.csr = *csr};
}

bool scenario_warm_up(const struct scenario_recorder *r, size_t most, struct scenario *prefix) {
    struct scenario_warm *list = malloc(SLOTS * sizeof *list);
    size_t count = 0, first = 0;
    prefix->ops = malloc((2 * SLOTS + 1) * sizeof *prefix->ops);
    prefix->op_count = 0;
    if (!list || !prefix->ops) {
        free(list);
        return false;
    }
    for (size_t i = 0; i < SLOTS; i++)
        if (r->warm[i].sequence) list[count++] = r->warm[i];
    qsort(list, count, sizeof *list, by_sequence);
    if (count > most) first = count - most;
    for (size_t i = first; i < count; i++) {
        prefix->ops[prefix->op_count++] = registers(&list[i].csr);
        prefix->ops[prefix->op_count++] = (struct scenario_op){.kind = SCENARIO_REQUEST,
                                                               .port = list[i].port,
                                                               .quiet = true,
                                                               .u.request = list[i].request};
    }
    prefix->ops[prefix->op_count++] = registers(&prefix->csr);
    free(list);
    return count > 0;
}
