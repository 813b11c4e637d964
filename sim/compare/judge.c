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

static enum compare_verdict of_probes(struct compare_job *job, unsigned lost, unsigned slower,
                                      unsigned mended, unsigned faster) {
    if (lost) {
        snprintf(job->why, sizeof job->why, "%u single accesses have no answer", lost);
        return COMPARE_WRONG;
    }
    if (slower || faster)
        snprintf(job->why, sizeof job->why, "%u of %u single accesses take longer, %u less time",
                 slower, job->rows, faster);
    else if (mended)
        snprintf(job->why, sizeof job->why, "HEAD answers %u single accesses that BASE does not",
                 mended);
    return slower   ? COMPARE_SLOWER
           : mended ? COMPARE_CHANGED
           : faster ? COMPARE_FASTER
                    : COMPARE_SAME;
}

void compare_judge_probes(struct compare_job *job, const struct compare_probes *base,
                          const struct compare_probes *head) {
    unsigned slower = 0, faster = 0, lost = 0, mended = 0;
    char name[64];
    for (unsigned k = 0; k < COMPARE_PROBES; k++) {
        uint64_t was = base->cycles[k], is = head->cycles[k];
        if (!head->asked[k]) continue;
        compare_probe_name(k, name);
        add_row(job, name, (double)was, (double)is, true);
        lost += !is;
        mended += !was && is;
        slower += was && is > was;
        faster += is && is < was;
    }
    job->verdict = of_probes(job, lost, slower, mended, faster);
}

bool compare_probes_answered(const struct compare_probes *probes) {
    for (unsigned k = 0; k < COMPARE_PROBES; k++)
        if (probes->cycles[k]) return true;
    return false;
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

// Whether for some number of cycles more answers take that long. Where HEAD is faster, requests
// that met a walk under way find its page in the first level instead: the walks that are left have
// a larger mean, but there are no more long ones.
static bool more_long(const uint64_t *base, const uint64_t *head) {
    uint64_t was = 0, is = 0;
    for (unsigned k = BENCH_LATENCIES - 1; k > 0 && is <= was; k--) {
        was += base[k];
        is += head[k];
    }
    return is > was;
}

// Histograms that differ, by class: a port and who answered.
struct shift {
    unsigned later, earlier;
    char class_later[40];  // the first
};

static uint64_t answers(const uint64_t *histogram) {
    uint64_t count = 0;
    for (unsigned k = 0; k < BENCH_LATENCIES; k++) count += histogram[k];
    return count;
}

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
            shift.earlier += is < was;
            if (!(is > was && answers(a) > 0 && more_long(a, b))) continue;
            if (!shift.later++) memcpy(shift.class_later, histogram, sizeof histogram);
        }
    return shift;
}

// By who answered: HEAD's own counters may be what is wrong.
static uint64_t answers_by(const struct run_result *result, enum mmu_source source) {
    uint64_t count = 0;
    for (unsigned p = 0; p < MMU_PORTS; p++) count += answers(result->stats.latencies[p][source]);
    return count;
}

static uint64_t misses(const struct run_result *result) {
    return answers_by(result, MMU_SOURCE_L2) + answers_by(result, MMU_SOURCE_WALK);
}

static void compare_counts(struct compare_job *job, const struct run_result *base,
                           const struct run_result *head) {
    const uint64_t *a = base->counters, *b = head->counters;
    row_if_differs(job, "cycles", base->stats.cycles, head->stats.cycles);
    row_if_differs(job, "translations", base->stats.answers[0] + base->stats.answers[1],
                   head->stats.answers[0] + head->stats.answers[1]);
    row_if_differs(job, "first-level misses", misses(base), misses(head));
    row_if_differs(job, "answers of walks", answers_by(base, MMU_SOURCE_WALK),
                   answers_by(head, MMU_SOURCE_WALK));
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

// What HEAD has different from the model in more than time, and BASE has not, is wrong: that
// no outcome is against the specification does not make it what was asked for.
static bool judge_function(struct compare_job *job, const struct compare_sample *base,
                           const struct compare_sample *head) {
    // Waiting that is counted otherwise, where no time is another, is a wrong counter.
    bool moved =
        job->retimed || job->rows || base->result.stats.digest != head->result.stats.digest;
    bool function =
        head->difference == COMPARE_FUNCTION || (head->difference == COMPARE_CYCLES && !moved);
    if (head->exact || !function) return true;
    if (!base->exact && base->check == head->check && !strcmp(base->what, head->what)) return true;
    job->verdict = COMPARE_WRONG;
    snprintf(job->why, sizeof job->why, "HEAD differs from the model in %s, where BASE did not",
             head->why);
    return false;
}

// The first difference from the model, of the side that was exact until then: +1 HEAD later, -1
// earlier, 0 neither.
static int first_direction(const struct compare_sample *base, const struct compare_sample *head) {
    if (base->exact && !head->exact) return head->direction;
    if (head->exact && !base->exact) return -base->direction;
    return 0;
}

static enum compare_verdict of_program(const struct compare_sample *base,
                                       const struct compare_sample *head, struct shift shift) {
    uint64_t was = base->result.stats.cycles, is = head->result.stats.cycles;
    uint64_t missed = misses(&base->result), misses_now = misses(&head->result);
    // Fewer cycles in all are no excuse for an answer that comes later.
    if (first_direction(base, head) > 0 || shift.later || is > was) return COMPARE_SLOWER;
    if (is < was) return COMPARE_FASTER;
    if (misses_now != missed) return misses_now > missed ? COMPARE_SLOWER : COMPARE_FASTER;
    return shift.earlier ? COMPARE_FASTER : COMPARE_CHANGED;
}

static enum compare_verdict of_random(const struct compare_sample *base,
                                      const struct compare_sample *head) {
    int direction = first_direction(base, head);
    return direction > 0 ? COMPARE_SLOWER : direction < 0 ? COMPARE_FASTER : COMPARE_CHANGED;
}

static void explain(struct compare_job *job, const struct compare_sample *base,
                    const struct compare_sample *head, const struct shift *shift) {
    const struct compare_sample *other = head->exact ? base : head;
    int n = 0;
    if (job->kind == COMPARE_TRACE && shift->later)
        n = snprintf(job->why, sizeof job->why, "answers of '%s' come later; ", shift->class_later);
    snprintf(job->why + n, sizeof job->why - (size_t)n, "%s differs from the model first in %s",
             head->exact ? "BASE" : "HEAD", other->why);
    if (base->exact && head->exact)
        snprintf(job->why, sizeof job->why, "both agree with the model, but not with each other");
}

// Whether both sides do the same, right or not.
static bool alike(const struct compare_sample *base, const struct compare_sample *head) {
    return base->exact == head->exact && !strcmp(base->why, head->why) &&
           base->result.stats.digest == head->result.stats.digest;
}

void compare_judge(struct compare_job *job, const struct compare_sample *base,
                   const struct compare_sample *head) {
    if (!judge_translations(job, base, head)) return;
    compare_counts(job, &base->result, &head->result);
    struct shift shift = compare_histograms(job, &base->result.stats, &head->result.stats);
    if (!job->rows && alike(base, head)) return;
    if (!judge_function(job, base, head)) return;
    job->verdict =
        job->kind == COMPARE_TRACE ? of_program(base, head, shift) : of_random(base, head);
    explain(job, base, head, &shift);
    // Walks that overlap change places, or wait: other jobs tell whether it costs time.
    const struct compare_sample *other = head->exact ? base : head;
    job->undirected = job->kind == COMPARE_RANDOM && job->verdict == COMPARE_CHANGED &&
                      !other->exact && other->difference != COMPARE_FUNCTION;
}
