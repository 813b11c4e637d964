// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <inttypes.h>
#include <stdio.h>

#include "words.h"

const char *vectors_who_name(enum vectors_who who) {
    static const char *const names[] = {"walk", "timed model", "RTL"};
    return names[who];
}

static void print_query(const struct vectors_failure *failure) {
    printf("  query     ");
    vectors_say_query(stdout, failure->scenario, failure->query);
    printf("\n  expected  ");
    vectors_say_outcome(stdout, &failure->query->expected);
    if (failure->observed) {
        printf("\n  observed  ");
        vectors_say_outcome(stdout, failure->observed);
        printf("\n  differ    ");
        vectors_say_differences(stdout, failure->differences);
    }
    printf("\n  the walk, as the model makes it:\n");
    vectors_say_walk(stdout, failure->scenario, failure->trace, "    ");
}

void vectors_report_failure(void *user, const struct vectors_failure *failure) {
    struct vectors_report *report = user;
    uint64_t line = failure->query ? failure->query->line : failure->scenario->line;
    printf("\nFAILED    %s:%" PRIu64 ", %s\n  scenario  ", failure->file, line,
           vectors_who_name(failure->who));
    vectors_say_scenario(stdout, failure->scenario);
    printf("\n");
    if (failure->query) print_query(failure);
    if (!failure->differences)
        printf("  the unit gave no answer that the model agrees with\n\n%s",
               failure->page ? failure->page : "");
    printf("\n");
    if (report->failures) vectors_collect_failure(report, failure);
}

static void print_heads(const struct vectors_report *report) {
    printf("%-26s %10s  %12s %10s", "file", "queries", "model passed", "failed");
    if (report->options->dut) printf("  %12s %10s", "RTL passed", "failed");
    printf("\n");
}

static void print_tally(const struct vectors_report *report, const char *name,
                        const struct vectors_tally *tally) {
    printf("%-26s %10" PRIu64 "  %12" PRIu64 " %10" PRIu64, name, tally->queries,
           tally->queries - tally->failed, tally->failed);
    if (report->options->dut && tally->dut_queries)
        printf("  %12" PRIu64 " %10" PRIu64, tally->dut_queries - tally->dut_failed,
               tally->dut_failed);
    else if (report->options->dut)
        printf("  %12s %10s", "not asked", "-");
    printf("\n");
    fflush(stdout);
}

void vectors_report_file(struct vectors_report *report, const struct vectors_tally *tally) {
    if (report->total.scenarios == 0) print_heads(report);
    print_tally(report, tally->file, tally);
    report->total.scenarios += tally->scenarios;
    report->total.queries += tally->queries;
    report->total.failed += tally->failed;
    report->total.dut_queries += tally->dut_queries;
    report->total.dut_failed += tally->dut_failed;
    if (report->files) vectors_collect_file(report, tally);
}

bool vectors_report_passed(const struct vectors_report *report) {
    return report->total.failed == 0 && report->total.dut_failed == 0;
}

void vectors_report_total(const struct vectors_report *report) {
    const struct vectors_lockstep *lockstep = &report->lockstep;
    print_tally(report, "total", &report->total);
    if (report->options->dut && report->total.dut_queries < report->total.queries)
        printf("\nThe RTL was not asked %" PRIu64 " queries, which need two stages%s\n",
               report->total.queries - report->total.dut_queries,
               report->options->dut_path ? ", or another hart than that DUT" : "");
    if (report->options->dut)
        printf("\nRTL with the timed model, in each of %" PRIu64 " cycles: %" PRIu64
               " answers, %" PRIu64 " PTE accesses, %" PRIu64 " of them updates; %" PRIu64
               " outcomes judged legal or not\n",
               lockstep->cycles, lockstep->compared[CHECK_FAULT],
               lockstep->compared[CHECK_PTE_ACCESS], lockstep->compared[CHECK_PTE_WRITE],
               lockstep->compared[CHECK_LEGAL]);
    printf("\n%s\n", vectors_report_passed(report) ? "PASSED" : "FAILED");
}
