// SPDX-License-Identifier: Apache-2.0
// Rare events of the hierarchy, as the model's histories tell them: which were reached.
#include "bench_internal.h"

static const char *const cover_keys[] = {
#define X(id, key, text) key,
    BENCH_COVER_LIST(X)
#undef X
};
static const char *const cover_texts[] = {
#define X(id, key, text) text,
    BENCH_COVER_LIST(X)
#undef X
};

const char *bench_cover_key(enum bench_cover cover) {
    return cover_keys[cover];
}
const char *bench_cover_text(enum bench_cover cover) {
    return cover_texts[cover];
}

static void cover(struct bench *bench, enum bench_cover id, bool reached) {
    bench->stats.cover[id] += reached;
}

static void second_level(struct bench *bench, const struct mmu_answer *answer) {
    bool large = answer->level > 0;
    cover(bench, COVER_L2_FAULT, answer->fault);
    if (answer->fault) return;
    cover(bench, COVER_L2_SMALL, !large && !answer->napot);
    cover(bench, COVER_L2_NAPOT, answer->napot);
    cover(bench, COVER_L2_LARGE, answer->level == 1);
    cover(bench, COVER_L2_FRAGMENT, answer->level > 1);
}

// A merged answer fills the first level only if the walk was not one of the same port.
static void merged(struct bench *bench, unsigned port, const struct mmu_history *history,
                   const struct mmu_answer *answer) {
    bool filled = bench->expected.sample & ((unsigned)DUT_FILL_DATA << port);
    cover(bench, COVER_MERGE_FAULT, answer->fault);
    cover(bench, COVER_MERGE_SAME_PORT, !answer->fault && !filled);
    cover(bench, COVER_MERGE_OTHER_PORT, !answer->fault && filled);
    cover(bench, COVER_RESOLVE_WAIT, history->terms.resolve > 1);
}

static bool overtakes(const struct port_state *state, unsigned tag) {
    return bench_oldest(state) != tag;
}

void bench_cover_answer(struct bench *bench, unsigned port, const struct mmu_history *history,
                        const struct mmu_answer *answer) {
    const struct mmu_terms *terms = &history->terms;
    if (answer->source == MMU_SOURCE_L2) second_level(bench, answer);
    if (history->merged) merged(bench, port, history, answer);
    cover(bench, COVER_RESOLVE_IN_VAIN, terms->resolve && !history->merged);
    cover(bench, COVER_BOTH_MISS, terms->l2 > 1);
    cover(bench, COVER_SLOT_WAIT, terms->wait && !history->merged);
    cover(bench, COVER_WIRE_WAIT, terms->wire > 0);
    cover(bench, COVER_COMPLETION_WAIT, terms->completion > 0);
    cover(bench, COVER_RESTART, terms->restart > 0);
    cover(bench, COVER_OVERTAKE, overtakes(&bench->ports[port], answer->tag));
    if (history->pwc_hit && history->pwc_level >= 1 && history->pwc_level <= 4)
        cover(bench, (enum bench_cover)(COVER_PWC_1 + history->pwc_level - 1), true);
}

// Requests of the port whose walks have begun and not ended.
static unsigned walks(const struct bench *bench, unsigned port) {
    unsigned count = 0;
    for (unsigned tag = 0; tag < MMU_TAGS; tag++) {
        if (!(bench->ports[port].pending >> tag & 1)) continue;
        const struct mmu_history *history =
            mmu_engine_history(bench->engine, (enum mmu_port)port, tag);
        count += history->accesses > 0 && history->response_cycle == MMU_NEVER;
    }
    return count;
}

unsigned bench_walks_under_way(const struct bench *bench) {
    return walks(bench, 0) + walks(bench, 1);
}

void bench_cover_fence(struct bench *bench, const struct mmu_fence *fence) {
    if (fence->op > MMU_SINVAL_VMA) return;
    cover(bench, COVER_FENCE_WALKS, bench_walks_under_way(bench) > 1);
}

void bench_cover_kill(struct bench *bench, unsigned port) {
    uint16_t pending = bench->ports[port].pending;
    cover(bench, COVER_KILL_SEVERAL, (pending & (pending - 1)) != 0);
    cover(bench, COVER_KILL_WALKS, walks(bench, port) > 1);
}
