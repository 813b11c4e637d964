// SPDX-License-Identifier: Apache-2.0
// The report as one HTML page without anything from outside. No text of a user's is on it.
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdlib.h>

#include "coverage_summary.h"

enum { NAME_BYTES = 256 };

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Functional "
    "coverage</title>\n<style>\n"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;"
    "color:#1c1c1c;background:#fff}\n"
    "table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .6rem;text-align:right;"
    "border-bottom:1px solid #ddd}\n"
    "td:first-child,th:first-child,td.l,th.l{text-align:left}\n"
    ".bar{display:inline-block;width:8rem;height:.8rem;background:#e6d3d3}"
    ".bar i{display:block;height:100%;background:#2f7d4f}\n"
    ".pairs td{padding:1px 0}.pairs td:first-child,.pairs td:nth-child(2){padding:1px .6rem;"
    "text-align:left}\n"
    ".d{width:1rem;height:1rem;border:1px solid #fff;background:#c65b4a}.d.r{background:#2f7d4f}"
    ".d.u{background:#dcdcdc}.d.s{background:#fff}\n"
    "summary{cursor:pointer}.bad{color:#a11}code{font-size:13px}\n"
    "@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#17191c}"
    "td,th{border-color:#333}.d,.d.s{border-color:#17191c}.d.s{background:#17191c}"
    ".d.u{background:#3a3d42}}\n"
    "</style></head><body>\n<h1>Functional coverage</h1>\n";

static void put_totals(const char *key, const char *text, const struct coverage_totals *totals,
                       FILE *out) {
    double percent = coverage_percent(totals);
    fprintf(out,
            "<tr><td>%s</td><td>%u</td><td>%u</td><td>%.1f %%</td><td><span class=\"bar\"><i "
            "style=\"width:%.1f%%\"></i></span></td><td>%u</td><td>%u</td><td class=\"l\">%s</td>"
            "</tr>\n",
            key, totals->bins[STATE_REACHED], coverage_aims(totals), percent, percent,
            totals->bins[STATE_UNREACHABLE], totals->bins[STATE_IGNORED], text);
}

static void put_items(const struct coverage_summary *summary, FILE *out) {
    fputs(
        "<table><tr><th>item</th><th>reached</th><th>aims</th><th></th><th></th>"
        "<th>unreachable</th><th>ignored</th><th class=\"l\">what</th></tr>\n",
        out);
    for (unsigned i = 0; i < COVERAGE_ITEMS; i++)
        put_totals(coverage_item(i)->key, coverage_item(i)->text, &summary->item[i], out);
    put_totals("all", "", &summary->all, out);
    fputs("</table>\n", out);
}

static void put_classes(const struct coverage_set *set, FILE *out) {
    char config[NAME_BYTES];
    fputs(
        "<h2>Configurations</h2>\n<table><tr><th>runs</th><th>translations</th>"
        "<th>cycles</th><th class=\"l\">configuration</th></tr>\n",
        out);
    for (unsigned k = 0; k < set->sections; k++) {
        const struct coverage_section *section = &set->section[k];
        coverage_config_text(&section->config, config, sizeof config);
        fprintf(out,
                "<tr><td>%" PRIu64 "</td><td>%" PRIu64 "</td><td>%" PRIu64
                "</td><td class=\"l\"><code>%s</code></td></tr>\n",
                section->runs, section->answers, section->cycles, config);
    }
    fputs("</table>\n", out);
}

static void put_distance(const struct coverage_summary *summary, unsigned first, unsigned second,
                         int cycles, FILE *out) {
    static const char *const styles[COVERAGE_STATES] = {"d", "d r", "d u", "d u", "d s"};
    unsigned bin = coverage_distance_bin(first, second, cycles);
    if (bin == coverage_bins()) {
        fputs("<td><div class=\"d s\"></div></td>", out);
        return;
    }
    const struct coverage_rule *rule = summary->rule[bin];
    fprintf(out, "<td><div class=\"%s\" title=\"%+d: %" PRIu64 "%s%s\"></div></td>",
            styles[summary->state[bin]], cycles, summary->count[bin], rule ? ", " : "",
            rule ? rule->reason : "");
}

static void put_pairs(const struct coverage_summary *summary, FILE *out) {
    fputs(
        "<h2>Event distance</h2>\n<p>Cycles from the first event to the second, -8 to +8; 0 in "
        "the middle. Green: reached; red: missing; grey: cannot be. A square's title says how "
        "often.</p>\n<table class=\"pairs\">\n",
        out);
    for (unsigned first = 0; first < COVERAGE_EVENTS; first++)
        for (unsigned second = 0; second < COVERAGE_EVENTS; second++) {
            fprintf(out, "<tr><td>%s</td><td>%s</td>", coverage_event_key(first),
                    coverage_event_key(second));
            for (int cycles = -8; cycles <= 8; cycles++)
                put_distance(summary, first, second, cycles, out);
            fputs("</tr>\n", out);
        }
    fputs("</table>\n<table>\n", out);
    for (unsigned event = 0; event < COVERAGE_EVENTS; event++)
        fprintf(out, "<tr><td>%s</td><td class=\"l\">%s</td></tr>\n", coverage_event_key(event),
                coverage_event_text(event));
    fputs("</table>\n", out);
}

static void put_bins(const struct coverage_summary *summary, unsigned item,
                     enum coverage_state state, const char *title, FILE *out) {
    char name[NAME_BYTES];
    const struct coverage_item *at = coverage_item(item);
    if (summary->item[item].bins[state] == 0) return;
    fprintf(out, "<details><summary>%s: %u %s</summary><ul>\n", at->key,
            summary->item[item].bins[state], title);
    for (unsigned bin = at->first; bin < at->first + at->bins; bin++) {
        if (summary->state[bin] != state) continue;
        coverage_name(bin, name, sizeof name);
        const struct coverage_rule *rule = summary->rule[bin];
        fprintf(out, "<li><code>%s</code>%s%s%s%s</li>\n", name, rule ? " - " : "",
                rule ? rule->reason : "", rule && rule->property ? ", property " : "",
                rule && rule->property ? rule->property : "");
    }
    fputs("</ul></details>\n", out);
}

static void put_contradictions(const struct coverage_set *set,
                               const struct coverage_summary *summary, FILE *out) {
    char name[NAME_BYTES];
    if (summary->contradictions == 0) return;
    fprintf(out, "<h2 class=\"bad\">Reached, though it cannot be: %u</h2>\n<ul>\n",
            summary->contradictions);
    for (unsigned k = 0; k < summary->contradictions && k < COVERAGE_MOST_CONTRADICTIONS; k++) {
        const struct coverage_contradiction *at = &summary->contradiction[k];
        coverage_name(at->bin, name, sizeof name);
        fprintf(out, "<li><code>%s</code> - %s</li>\n", name,
                coverage_rule_of(at->bin, &set->section[at->section].config)->reason);
    }
    fputs("</ul>\n", out);
}

static void put_page(const struct coverage_set *set, const struct coverage_summary *summary,
                     FILE *out) {
    fputs(head, out);
    fprintf(out, "<p>%" PRIu64 " runs, %" PRIu64 " translations, %" PRIu64 " cycles.</p>\n",
            summary->runs, summary->answers, summary->cycles);
    put_contradictions(set, summary, out);
    put_items(summary, out);
    put_pairs(summary, out);
    fputs("<h2>Missing</h2>\n", out);
    for (unsigned i = 0; i < COVERAGE_ITEMS; i++)
        put_bins(summary, i, STATE_MISSING, "missing", out);
    fputs("<h2>Unreachable, and ignored</h2>\n", out);
    for (unsigned i = 0; i < COVERAGE_ITEMS; i++) {
        put_bins(summary, i, STATE_UNREACHABLE, "unreachable", out);
        put_bins(summary, i, STATE_IGNORED, "ignored", out);
    }
    put_classes(set, out);
    fputs("</body></html>\n", out);
}

char *coverage_html(const struct coverage_set *set, const struct coverage_summary *summary) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    put_page(set, summary, out);
    bool failed = ferror(out) != 0;
    if (fclose(out) == 0 && !failed) return text;
    free(text);
    return NULL;
}
