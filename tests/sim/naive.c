// SPDX-License-Identifier: Apache-2.0
#include "naive.h"

static uint32_t share(const struct naive *naive, uint32_t percent) {
    return naive->frames * percent / 100;
}

// Johnson and Shasha 1994, "2Q full version", reclaimfor.
uint32_t naive_2q(struct naive *naive, uint32_t page) {
    struct list *in = &naive->a, *hot = &naive->b, *out = &naive->c;
    uint32_t gone = CACHE_NO_PAGE;
    if (list_remove(hot, page)) {
        list_append(hot, page);
        return gone;
    }
    if (list_has(in, page)) return gone;
    bool was_out = list_remove(out, page);
    if (in->count + hot->count == naive->frames) {
        if (in->count > share(naive, naive->parameters.two_q_in) || hot->count == 0) {
            gone = list_remove_at(in, 0);
            list_append(out, gone);
            if (out->count > share(naive, naive->parameters.two_q_out)) list_remove_at(out, 0);
        } else {
            gone = list_remove_at(hot, 0);
        }
    }
    list_append(was_out ? hot : in, page);
    return gone;
}

// Megiddo and Modha 2003, Figure 4, subroutine REPLACE.
static uint32_t naive_arc_replace(struct naive *naive, bool in_b2) {
    struct list *t1 = &naive->a, *t2 = &naive->b;
    bool from_t1 =
        t1->count && (t1->count > naive->target || (in_b2 && t1->count == naive->target));
    uint32_t gone = list_remove_at(from_t1 ? t1 : t2, 0);
    list_append(from_t1 ? &naive->c : &naive->d, gone);
    return gone;
}

// Case IV of the figure.
static uint32_t naive_arc_miss(struct naive *naive) {
    struct list *t1 = &naive->a, *t2 = &naive->b, *b1 = &naive->c, *b2 = &naive->d;
    uint32_t c = naive->frames, total = t1->count + t2->count + b1->count + b2->count;
    if (t1->count + b1->count == c) {
        if (t1->count == c) return list_remove_at(t1, 0);
        list_remove_at(b1, 0);
        return naive_arc_replace(naive, false);
    }
    if (total < c) return CACHE_NO_PAGE;
    if (total == 2 * c) list_remove_at(b2, 0);
    return naive_arc_replace(naive, false);
}

static double naive_arc_ratio(const struct list *hit, const struct list *other) {
    return hit->count >= other->count ? 1 : (double)other->count / hit->count;
}

// The paper's conditions A.1 to A.5 (its Section III).
static void naive_arc_invariants(const struct naive *naive) {
    uint32_t c = naive->frames, l1 = naive->a.count + naive->c.count;
    uint32_t total = l1 + naive->b.count + naive->d.count, held = naive->a.count + naive->b.count;
    assert_true(l1 <= c && total <= 2 * c);
    assert_true(naive->target >= 0 && naive->target <= c);
    if (total < c) assert_true(naive->c.count == 0 && naive->d.count == 0);
    if (total >= c) assert_int_equal(held, c);
}

uint32_t naive_arc(struct naive *naive, uint32_t page) {
    struct list *t1 = &naive->a, *t2 = &naive->b, *b1 = &naive->c, *b2 = &naive->d;
    uint32_t gone = CACHE_NO_PAGE;
    bool in_b1 = list_has(b1, page), in_b2 = list_has(b2, page);
    double c = naive->frames;
    if (in_b1) {
        naive->target += naive_arc_ratio(b1, b2);
        if (naive->target > c) naive->target = c;
    }
    if (in_b2) {
        naive->target -= naive_arc_ratio(b2, b1);
        if (naive->target < 0) naive->target = 0;
    }
    bool often = list_remove(t1, page) || list_remove(t2, page);
    if (in_b1 || in_b2) {
        gone = naive_arc_replace(naive, in_b2);
        list_remove(in_b1 ? b1 : b2, page);
        often = true;
    } else if (!often) {
        gone = naive_arc_miss(naive);
    }
    list_append(often ? t2 : t1, page);
    naive_arc_invariants(naive);
    return gone;
}

// Jiang and Zhang 2002, Section 3.3; the oldest non-resident page of S goes beyond the limit.
static void naive_lirs_prune(struct naive *naive) {
    while (naive->a.count && !naive->lir[naive->a.page[0]]) list_remove_at(&naive->a, 0);
}

static uint32_t naive_lirs_most(const struct naive *naive) {
    uint32_t hir = share(naive, naive->parameters.lirs_hir);
    return naive->frames - (hir ? hir : 1);
}

static uint32_t naive_lirs_lirs(const struct naive *naive) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < CACHE_PAGES; i++) count += naive->lir[i];
    return count;
}

static void naive_lirs_limit(struct naive *naive) {
    uint32_t ghosts = 0, oldest = CACHE_NO_PAGE;
    for (uint32_t i = naive->a.count; i-- > 0;) {
        if (naive->resident[naive->a.page[i]]) continue;
        ghosts++;
        oldest = i;
    }
    if (ghosts > share(naive, naive->parameters.lirs_ghosts)) list_remove_at(&naive->a, oldest);
}

static uint32_t naive_lirs_make_room(struct naive *naive) {
    uint32_t held = 0;
    for (uint32_t i = 0; i < CACHE_PAGES; i++) held += naive->resident[i];
    if (held < naive->frames) return CACHE_NO_PAGE;
    uint32_t gone = list_remove_at(&naive->b, 0);
    naive->resident[gone] = false;
    naive_lirs_limit(naive);
    return gone;
}

uint32_t naive_lirs(struct naive *naive, uint32_t page) {
    struct list *stack = &naive->a, *queue = &naive->b;
    uint32_t gone = CACHE_NO_PAGE, most = naive_lirs_most(naive);
    bool near = list_remove(stack, page);
    if (!naive->resident[page]) {
        gone = naive_lirs_make_room(naive);
        near = near || naive_lirs_lirs(naive) < most;
    }
    naive->resident[page] = true;
    list_append(stack, page);
    list_remove(queue, page);
    if (naive->lir[page] || near) {
        naive->lir[page] = true;
        if (naive_lirs_lirs(naive) > most) {
            uint32_t oldest = list_remove_at(stack, 0);
            assert_true(naive->lir[oldest]);
            naive->lir[oldest] = false;
            list_append(queue, oldest);
        }
    } else {
        list_append(queue, page);
    }
    naive_lirs_prune(naive);
    return gone;
}

// Yang et al. 2023, Algorithm 1; two hits bring a page from small to main.
static uint32_t naive_s3fifo_make_room(struct naive *naive) {
    struct list *small = &naive->a, *main = &naive->b, *ghosts = &naive->c;
    uint32_t most = share(naive, naive->parameters.s3_small);
    if (small->count + main->count < naive->frames) return CACHE_NO_PAGE;
    uint32_t main_most = naive->frames - (most ? most : 1);
    while (small->count && main->count <= main_most) {
        uint32_t page = list_remove_at(small, 0);
        if (naive->hits[page] < naive->parameters.s3_threshold) {
            list_append(ghosts, page);
            uint32_t remembered = share(naive, naive->parameters.s3_ghosts);
            if (ghosts->count > remembered) list_remove_at(ghosts, 0);
            return page;
        }
        naive->hits[page] = 0;
        list_append(main, page);
        // Once small has begun to move pages, it goes on to its end or its victim.
        if (main->count > main_most) main_most = UINT32_MAX;
    }
    for (;;) {
        uint32_t page = list_remove_at(main, 0);
        if (naive->hits[page] == 0) return page;
        naive->hits[page]--;
        list_append(main, page);
    }
}

uint32_t naive_s3fifo(struct naive *naive, uint32_t page) {
    if (list_has(&naive->a, page) || list_has(&naive->b, page)) {
        if (naive->hits[page] < 3) naive->hits[page]++;
        return CACHE_NO_PAGE;
    }
    bool known = list_remove(&naive->c, page);
    uint32_t gone = naive_s3fifo_make_room(naive);
    naive->hits[page] = 0;
    list_append(known ? &naive->b : &naive->a, page);
    return gone;
}

// Zhang et al. 2024, Algorithm 1.
uint32_t naive_sieve(struct naive *naive, uint32_t page) {
    struct list *list = &naive->a;
    uint32_t gone = CACHE_NO_PAGE;
    if (list_has(list, page)) {
        naive->hits[page] = 1;
        return gone;
    }
    if (list->count == naive->frames) {
        uint32_t at = list_find(list, naive->hand) % list->count;
        while (naive->hits[list->page[at]]) {
            naive->hits[list->page[at]] = 0;
            at = (at + 1) % list->count;
        }
        gone = list_remove_at(list, at);
        naive->hand = at < list->count ? list->page[at] : CACHE_NO_PAGE;
    }
    naive->hits[page] = 0;
    list_append(list, page);
    return gone;
}
