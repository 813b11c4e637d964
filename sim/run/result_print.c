// SPDX-License-Identifier: Apache-2.0
// The summary for people.
#include <inttypes.h>
#include <string.h>

#include "result.h"

// 1234567 -> "1,234,567", in one of a few rotating buffers.
static const char *grouped(uint64_t value) {
    static _Thread_local char buffers[8][32];
    static _Thread_local unsigned turn;
    char *out = buffers[turn++ % 8], digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value), used = 0;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return out;
}

static double ratio(uint64_t part, uint64_t whole) {
    return whole ? (double)part / (double)whole : 0.0;
}

double result_effective_access_cycles(const struct run_options *options,
                                      const struct run_result *result) {
    const struct bench_stats *stats = &result->stats;
    uint64_t references = result->counts.references;
    double cycles = (double)(stats->latency_sum[0] + stats->latency_sum[1]) +
                    (double)result->counts.fault_cycles + (double)result->counts.switch_cycles +
                    (double)result->counts.scan_cycles;
    return references ? cycles / (double)references + (double)options->config.access_cycles : 0.0;
}

static void print_port(const struct run_result *result, unsigned port, FILE *out) {
    const uint64_t *c = result->counters + 8 * port;
    const struct bench_stats *stats = &result->stats;
    uint64_t answers = stats->answers[port];
    fprintf(out, "  %-6s port     %15s translations: %s hits (%.3f %%), %s misses, %s faults\n",
            port == MMU_PORT_DATA ? "data" : "fetch", grouped(answers), grouped(c[MMU_COUNT_HITS]),
            100.0 * ratio(c[MMU_COUNT_HITS], c[MMU_COUNT_REQUESTS]), grouped(c[MMU_COUNT_MISSES]),
            grouped(c[MMU_COUNT_FAULTS]));
    fprintf(out, "  %-16s%15.3f cycles on average, %s at worst; a walk %.2f on average\n",
            "  latency", ratio(stats->latency_sum[port], answers),
            grouped(stats->latency_max[port]),
            ratio(stats->walk_latency_sum[port], stats->walk_answers[port]));
}

static void print_walker(const struct run_result *result, FILE *out) {
    const uint64_t *c = result->counters;
    fprintf(out, "  walker          %15s walks, %s PTE reads, %s A/D updates (%s conflicts)\n",
            grouped(c[MMU_COUNT_WALKS]), grouped(c[MMU_COUNT_PTE_READS]),
            grouped(c[MMU_COUNT_PTE_WRITES]), grouped(c[MMU_COUNT_PTE_WRITE_CONFLICTS]));
    fprintf(out, "  TLB entries     %15s replaced; %s fences, %s walks restarted by one\n",
            grouped(c[MMU_COUNT_EVICTIONS] + c[8 + MMU_COUNT_EVICTIONS]),
            grouped(c[MMU_COUNT_FENCES]), grouped(c[MMU_COUNT_WALK_RESTARTS]));
}

// Who could run the policy, and what it looked at.
static void print_policy(const struct run_options *options, const struct run_result *result,
                         FILE *out) {
    const struct pager_counts *p = &result->paging;
    const struct policy_ops *ops = policy_find((unsigned)options->config.policy);
    fprintf(out, "  replacement     %15s, %s: %s\n", policy_knows_name(ops->knows), ops->title,
            policy_is_kernels(ops) ? "what a kernel can know" : "told what only a simulator knows");
    if (ops->knows != POLICY_KNOWS_BITS) return;
    fprintf(out, "  A and D bits    %15s PTEs looked at, %s ticks, %s fences, %s pages cleaned\n",
            grouped(p->ptes_scanned), grouped(p->scans), grouped(p->scan_fences),
            grouped(p->cleaned));
}

static void print_second_level(const struct run_result *result, FILE *out) {
    const uint64_t *c = result->counters, *fetch = c + 8;
    uint64_t hits = c[MMU_COUNT_L2_HITS] + fetch[MMU_COUNT_L2_HITS];
    uint64_t misses = c[MMU_COUNT_L2_MISSES] + fetch[MMU_COUNT_L2_MISSES];
    fprintf(out,
            "  second level    %15s hits (%.3f %%), %s entries replaced, %s with wrong parity\n",
            grouped(hits), 100.0 * ratio(hits, hits + misses), grouped(c[MMU_COUNT_L2_EVICTIONS]),
            grouped(c[MMU_COUNT_L2_PARITY_ERRORS]));
    if (c[MMU_COUNT_PREFETCHES])
        fprintf(out, "  prefetches      %15s walks, %s of them with success\n",
                grouped(c[MMU_COUNT_PREFETCHES]), grouped(c[MMU_COUNT_PREFETCH_FILLS]));
}

static void print_hierarchy(const struct run_options *options, const struct run_result *result,
                            FILE *out) {
    const uint64_t *c = result->counters;
    uint64_t pointers = 0, merges = c[MMU_COUNT_MERGES] + c[8 + MMU_COUNT_MERGES];
    for (unsigned k = 0; k < 4; k++) pointers += c[MMU_COUNT_PWC_HITS + k];
    if (options->config.l2_entries) print_second_level(result, out);
    if (options->config.pwc_entries)
        fprintf(out, "  walk caches     %15s walks begun below the root\n", grouped(pointers));
    if (options->config.walks > 1 || merges)
        fprintf(out,
                "  walk slots      %15.3f busy on average; %s requests took over another's walk\n",
                ratio(c[MMU_COUNT_SLOT_CYCLES], c[MMU_COUNT_CYCLES]), grouped(merges));
}

// Of an average walk of its own, both ports: what its latency is made of.
static void print_terms(const struct run_result *result, FILE *out) {
    const struct bench_stats *stats = &result->stats;
    struct mmu_terms sum = {0};
    uint64_t walks = 0;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        contract_add(&sum, &stats->terms[p]);
        walks += stats->outcome[p][CONTRACT_WALK] + stats->outcome[p][CONTRACT_DENIED];
    }
    if (walks == 0) return;
    fprintf(
        out,
        "  waited, per walk%15.2f cycles for a slot or another's walk, %.2f wires, %.2f grant, ",
        ratio(sum.wait, walks), ratio(sum.wire, walks), ratio(sum.grant, walks));
    fprintf(out, "%.2f memory, %.2f completion\n", ratio(sum.memory, walks),
            ratio(sum.completion, walks));
}

static void print_paging(const struct run_options *options, const struct run_result *result,
                         FILE *out) {
    const struct pager_counts *p = &result->paging;
    const struct run_counts *counts = &result->counts;
    fprintf(out, "  page faults     %15s major (%s zero-filled, %s read from swap), %s minor\n",
            grouped(p->major_faults), grouped(p->zero_fills), grouped(p->swap_reads),
            grouped(p->minor_faults));
    fprintf(out, "  page frames     %15s, policy %s: %s evictions, %s dirty ones written to swap\n",
            grouped(options->config.frames), policy_name((unsigned)options->config.policy),
            grouped(p->evictions), grouped(p->swap_writes));
    print_policy(options, result, out);
    fprintf(out, "  processes       %15s, %s context switches\n",
            grouped(options->config.processes), grouped(counts->switches));
    if (counts->killed || counts->violations)
        fprintf(out, "  ended early     %15s out of memory (swap is full), %s by violation\n",
                grouped(counts->killed), grouped(counts->violations));
    fprintf(out,
            "  effective access%15.3f cycles per reference: translation %.3f, access %" PRIu64
            ", faults %.3f, switches %.3f, scans %.3f\n",
            result_effective_access_cycles(options, result),
            ratio(result->stats.latency_sum[0] + result->stats.latency_sum[1], counts->references),
            options->config.access_cycles, ratio(counts->fault_cycles, counts->references),
            ratio(counts->switch_cycles, counts->references),
            ratio(counts->scan_cycles, counts->references));
    fprintf(out,
            "  swap oracle     %15s accesses proved to reach their own page's latest version\n",
            grouped(counts->references));
}

static void print_legal(const struct run_options *options, const struct run_result *result,
                        FILE *out) {
    const struct legal_stats *legal = &result->stats.legal;
    if (options->config.oracle == CONFIG_SHADOW) return;
    fprintf(out, "  judged by the privileged specification:\n");
    fprintf(out, "    %14s answers and A/D updates judged and %s not judged; %s illegal\n",
            grouped(legal->judged), grouped(legal->unjudged), grouped(legal->illegal));
    fprintf(out, "    %14s of them searched for in the past, of which %s items are forgotten\n",
            grouped(legal->searched), grouped(legal->forgotten));
    fprintf(out, "    %14s stale answers, legal as no fence came between; %s spurious faults\n",
            grouped(legal->stale_answers), grouped(legal->spurious_faults));
}

static void print_compared(const struct run_options *options, const struct run_result *result,
                           FILE *out) {
    const uint64_t *n = result->stats.compared;
    if (options->mode != BENCH_LOCKSTEP) {
        fprintf(out, "  compared        %15s (%s)\n", "nothing",
                options->mode == BENCH_MODEL_ONLY ? "model alone" : "DUT alone");
        return;
    }
    print_legal(options, result, out);
    if (options->config.oracle == CONFIG_LEGAL) return;
    fprintf(out, "  compared, RTL with model:\n");
    fprintf(out, "    %14s translations: address or cause, page size, permissions, hit or miss,\n",
            grouped(n[CHECK_FAULT]));
    fprintf(out, "    %14s   and latency with tolerance 0\n", "");
    fprintf(out, "    %14s PTE accesses (%s A/D updates), %s TLB fills with their victims\n",
            grouped(n[CHECK_PTE_ACCESS]), grouped(n[CHECK_PTE_WRITE]), grouped(n[CHECK_VICTIM]));
    fprintf(out, "    %14s fault records, %s cycles of every ready and valid, %s counter values\n",
            grouped(n[CHECK_FAULT_RECORD]), grouped(n[CHECK_FENCE]), grouped(n[CHECK_COUNTER]));
    fprintf(out, "    %14s mismatches\n", grouped(result->stats.mismatches));
}

static void print_stimulus(const struct run_result *result, FILE *out) {
    const uint64_t *n = result->stimulus.count;
    fprintf(out, "  stimulus        %15s PTE writes, %s PMP writes, %s kills, %s resets\n",
            grouped(n[STIMULUS_PTE_WRITE]),
            grouped(n[STIMULUS_PMP_OFF] + n[STIMULUS_PMP_TOR] + n[STIMULUS_PMP_NA4] +
                    n[STIMULUS_PMP_NAPOT]),
            grouped(n[STIMULUS_KILL_DATA] + n[STIMULUS_KILL_FETCH]), grouped(n[STIMULUS_RESET]));
    fprintf(out, "  invariance      %15s accesses asked three times: the same outcome\n",
            grouped(n[STIMULUS_ASKED]));
    fprintf(out, "  fingerprint     %16" PRIx64 "\n", result->stats.fingerprint);
}

void result_print(const struct run_options *options, const struct run_result *result, FILE *out) {
    uint64_t answers = result->stats.answers[0] + result->stats.answers[1];
    bool trace = options->trace_count > 0;
    fprintf(out, "\nResult\n");
    fprintf(out, "  %-16s%15s %s\n", trace ? "references" : "translations",
            grouped(result->counts.references), trace ? "retired" : "random");
    for (unsigned p = 0; p < MMU_PORTS; p++) print_port(result, p, out);
    print_walker(result, out);
    print_hierarchy(options, result, out);
    print_terms(result, out);
    if (trace) print_paging(options, result, out);
    fprintf(out, "  simulated       %15s cycles; digest %016" PRIx64 "\n",
            grouped(result->stats.cycles), result->stats.digest);
    if (!trace) print_stimulus(result, out);
    if (result->coverage_aims)
        fprintf(out, "  coverage        %15s of %s bins (%.1f %%)\n",
                grouped(result->coverage_reached), grouped(result->coverage_aims),
                100.0 * ratio(result->coverage_reached, result->coverage_aims));
    print_compared(options, result, out);
    if (result->cpu_seconds > 0)
        fprintf(out, "  speed           %15.2f M translations/s, %.2f M cycles/s, %.1f s\n",
                1e-6 * (double)answers / result->cpu_seconds,
                1e-6 * (double)result->stats.cycles / result->cpu_seconds, result->cpu_seconds);
    if (result->failure.text[0])
        fprintf(out,
                "\n--- FAILED CHECK in cycle %" PRIu64 ", after %" PRIu64
                " references ---\n%s\n"
                "\nRepeat    %s\n",
                result->stats.cycles, result->counts.references, result->failure.text,
                options->command);
    fprintf(out, "\n%s%s\n", result->verdict == RUN_PASSED ? "PASSED" : "FAILED",
            options->mode == BENCH_LOCKSTEP ? "" : ", with nothing to compare against");
}
