// SPDX-License-Identifier: Apache-2.0
// From the measurements of both sides to a verdict (docs/gate.md).
#include <stdio.h>
#include <string.h>

#include "compare.h"

const char *compare_verdict_name(enum compare_verdict verdict) {
    static const char *const names[] = {"same", "faster", "changed", "slower", "wrong"};
    return names[verdict];
}

static void add_row(struct compare_job *job, const char *name, double base, double head,
                    bool whole) {
    if (job->rows == COMPARE_ROWS) return;
    struct compare_row *row = &job->row[job->rows++];
    *row = (struct compare_row){.base = base, .head = head, .whole = whole};
    snprintf(row->name, sizeof row->name, "%s", name);
}

void compare_judge_probes(struct compare_job *job, const struct compare_probes *base,
                          const struct compare_probes *head) {
    unsigned slower = 0, faster = 0, lost = 0;
    char name[64];
    for (unsigned k = 0; k < COMPARE_PROBES; k++) {
        uint64_t was = base->cycles[k], is = head->cycles[k];
        if (!was && !is) continue;
        compare_probe_name(k, name);
        add_row(job, name, (double)was, (double)is, true);
        lost += !is;
        slower += was && is > was;
        faster += is && is < was;
    }
    job->verdict = lost     ? COMPARE_WRONG
                   : slower ? COMPARE_SLOWER
                   : faster ? COMPARE_FASTER
                            : COMPARE_SAME;
    if (lost)
        snprintf(job->why, sizeof job->why, "%u single accesses have no answer", lost);
    else if (slower || faster)
        snprintf(job->why, sizeof job->why, "%u of %u single accesses take longer, %u less time",
                 slower, job->rows, faster);
}

// --- rows ------------------------------------------------------------------------------

static void row_if_differs(struct compare_job *job, const char *name, uint64_t base,
                           uint64_t head) {
    if (base != head) add_row(job, name, (double)base, (double)head, true);
}

static double mean(const uint64_t *histogram) {
    uint64_t count = 0, sum = 0;
    for (unsigned k = 0; k < BENCH_LATENCIES; k++) {
        count += histogram[k];
        sum += k * histogram[k];
    }
    return count ? (double)sum / (double)count : 0.0;
}

// Histograms that differ: +1 if the mean of one became larger, -1 if means only became smaller.
struct shift {
    unsigned differ, later, earlier;
};

void compare_histogram_name(unsigned port, unsigned source, char name[40]) {
    static const char *const sources[] = {"not translated", "first level", "walk", "second level"};
    snprintf(name, 40, "%s, %s", port ? "fetch" : "data", sources[source]);
}

static void add_bins(struct compare_job *job, unsigned port, unsigned source, const uint64_t *base,
                     const uint64_t *head) {
    for (unsigned k = 0; k < BENCH_LATENCIES; k++) {
        if (base[k] == head[k]) continue;
        if (job->bins == COMPARE_BINS)
            job->bins_left_out++;
        else
            job->bin[job->bins++] =
                (struct compare_bin){(uint8_t)port, (uint8_t)source, (uint16_t)k, base[k], head[k]};
    }
}

static struct shift compare_histograms(struct compare_job *job, const struct bench_stats *base,
                                       const struct bench_stats *head) {
    struct shift shift = {0};
    for (unsigned p = 0; p < MMU_PORTS; p++)
        for (unsigned s = 0; s < 4; s++) {
            const uint64_t *a = base->latencies[p][s], *b = head->latencies[p][s];
            if (!memcmp(a, b, sizeof base->latencies[p][s])) continue;
            double was = mean(a), is = mean(b);
            char histogram[40], name[64];
            compare_histogram_name(p, s, histogram);
            snprintf(name, sizeof name, "%s: mean latency", histogram);
            add_row(job, name, was, is, false);
            add_bins(job, p, s, a, b);
            shift.differ++;
            shift.later += is > was;
            shift.earlier += is < was;
        }
    return shift;
}

static uint64_t misses(const struct run_result *result) {
    return result->counters[MMU_COUNT_MISSES] + result->counters[MMU_COUNT_MISSES + 8];
}

static void compare_counts(struct compare_job *job, const struct run_result *base,
                           const struct run_result *head) {
    const uint64_t *a = base->counters, *b = head->counters;
    row_if_differs(job, "cycles", base->stats.cycles, head->stats.cycles);
    row_if_differs(job, "translations", base->stats.answers[0] + base->stats.answers[1],
                   head->stats.answers[0] + head->stats.answers[1]);
    row_if_differs(job, "first-level misses", misses(base), misses(head));
    row_if_differs(job, "second-level misses", a[MMU_COUNT_L2_MISSES] + a[MMU_COUNT_L2_MISSES + 8],
                   b[MMU_COUNT_L2_MISSES] + b[MMU_COUNT_L2_MISSES + 8]);
    row_if_differs(job, "walks", a[MMU_COUNT_WALKS], b[MMU_COUNT_WALKS]);
    row_if_differs(job, "PTE reads", a[MMU_COUNT_PTE_READS], b[MMU_COUNT_PTE_READS]);
    row_if_differs(job, "A/D updates", a[MMU_COUNT_PTE_WRITES], b[MMU_COUNT_PTE_WRITES]);
}

// --- verdicts ----------------------------------------------------------------------------

static bool judge_translations(struct compare_job *job, const struct compare_sample *base,
                               const struct compare_sample *head) {
    if (base->right && head->right) return true;
    job->verdict = head->right ? COMPARE_CHANGED : COMPARE_WRONG;
    if (head->right)
        snprintf(job->why, sizeof job->why, "HEAD mends what BASE has wrong: %s", base->why);
    else
        snprintf(job->why, sizeof job->why, "%s: %s",
                 base->right ? "HEAD is wrong, BASE is not" : "HEAD is wrong, as BASE was",
                 head->why);
    return false;
}

static enum compare_verdict of_program(const struct run_result *base, const struct run_result *head,
                                       struct shift shift) {
    if (head->stats.cycles != base->stats.cycles)
        return head->stats.cycles > base->stats.cycles ? COMPARE_SLOWER : COMPARE_FASTER;
    if (shift.later || misses(head) > misses(base)) return COMPARE_SLOWER;
    if (shift.earlier || misses(head) < misses(base)) return COMPARE_FASTER;
    return COMPARE_CHANGED;
}

// The first difference from the model, of the side that was exact until now.
static enum compare_verdict of_random(const struct compare_sample *base,
                                      const struct compare_sample *head) {
    if (base->exact && !head->exact)
        return head->direction > 0   ? COMPARE_SLOWER
               : head->direction < 0 ? COMPARE_FASTER
                                     : COMPARE_CHANGED;
    if (head->exact && !base->exact) {
        return base->direction > 0   ? COMPARE_FASTER
               : base->direction < 0 ? COMPARE_SLOWER
                                     : COMPARE_CHANGED;
    }
    return COMPARE_CHANGED;
}

void compare_judge(struct compare_job *job, const struct compare_sample *base,
                   const struct compare_sample *head) {
    if (!judge_translations(job, base, head)) return;
    const struct bench_stats *a = &base->result.stats, *b = &head->result.stats;
    compare_counts(job, &base->result, &head->result);
    struct shift shift = compare_histograms(job, a, b);
    if (!job->rows && a->digest == b->digest) return;
    job->verdict = job->kind == COMPARE_TRACE ? of_program(&base->result, &head->result, shift)
                                              : of_random(base, head);
    // Walks that overlap change places, for instance: other jobs tell whether it costs time.
    job->undirected = job->kind == COMPARE_RANDOM && job->verdict == COMPARE_CHANGED;
    const struct compare_sample *other = head->exact ? base : head;
    snprintf(job->why, sizeof job->why, "%s differs from the model first in %s",
             head->exact ? "BASE" : "HEAD", other->why);
    if (base->exact && head->exact)
        snprintf(job->why, sizeof job->why, "both agree with the model, but not with each other");
}
