// SPDX-License-Identifier: Apache-2.0
// What cannot be reached: no rule without an effect, none that names a property which is not there,
// and the numbers of aims that the specification gives.
#define _POSIX_C_SOURCE 200809L
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <glob.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <stdio.h>
#include <string.h>

#include "verif/coverage.h"

static struct coverage_config standard(void) {
    struct mmu_config mmu = mmu_config_default();
    return coverage_config_of(&mmu, 1, 1);
}

// Configurations that differ in every field.
static unsigned make_configs(struct coverage_config *configs) {
    unsigned n = 0;
    struct coverage_config plain = standard(), deep = plain, narrow = plain;
    deep.l2 = deep.pwc = deep.prefetch = 1;
    deep.walks = 4;
    deep.pmp_entries = 16;
    deep.pa_bits = 40;
    narrow = deep;
    narrow.xlen = 32;
    narrow.pa_bits = 34;
    narrow.asid_bits = 0;
    narrow.svnapot = 0;
    configs[n++] = plain;
    configs[n++] = deep;
    configs[n++] = narrow;
    narrow.pmp_entries = 0;
    configs[n++] = narrow;
    plain.svnapot = 0;
    plain.pa_bits = 52;
    configs[n++] = plain;
    return n;
}

static unsigned aims(unsigned item, const struct coverage_config *config) {
    const struct coverage_item *at = coverage_item(item);
    unsigned count = 0;
    for (unsigned bin = at->first; bin < at->first + at->bins; bin++)
        count += coverage_rule_of(bin, config) == NULL;
    return count;
}

static void every_rule_decides_a_bin(void **state) {
    (void)state;
    struct coverage_config configs[8];
    unsigned rules, n = make_configs(configs);
    const struct coverage_rule *rule = coverage_rules(&rules);
    for (unsigned k = 0; k < rules; k++) {
        bool used = false;
        const struct coverage_item *item = coverage_item(rule[k].item);
        for (unsigned c = 0; c < n && !used; c++)
            for (unsigned bin = item->first; bin < item->first + item->bins && !used; bin++)
                used = coverage_rule_of(bin, &configs[c]) == &rule[k];
        if (!used) fail_msg("rule %u of %s decides nothing: %s", k, item->key, rule[k].reason);
    }
}

static bool file_has(const char *path, const char *one, const char *other) {
    char line[512];
    bool found = false;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (!found && fgets(line, sizeof line, file))
        found = strstr(line, one) && strstr(line, other);
    fclose(file);
    return found;
}

// "module.name": a property of that module, which is bound to the RTL, or stands in one that is.
static bool property_exists(const char *property) {
    glob_t files;
    char path[128], wanted[128], instance[128];
    const char *name = strchr(property, '.');
    bool found = false, bound = false;
    if (!name) return false;
    snprintf(path, sizeof path, "verif/sva/%.*s.sv", (int)(name - property), property);
    snprintf(wanted, sizeof wanted, "(%s,", name + 1);
    snprintf(instance, sizeof instance, " %.*s ", (int)(name - property), property);
    assert_int_equal(glob("verif/sva/*.sv", 0, NULL, &files), 0);
    for (size_t k = 0; k < files.gl_pathc; k++) {
        bool own = !strcmp(files.gl_pathv[k], path);
        found |= own && file_has(path, "`SVA", wanted);
        bound |=
            own ? file_has(path, "bind ", instance) : file_has(files.gl_pathv[k], instance, "#(");
    }
    globfree(&files);
    return found && bound;
}

static void properties_named_are_those_of_the_rtl(void **state) {
    (void)state;
    struct coverage_config configs[8];
    unsigned n = make_configs(configs), named = 0;
    for (unsigned c = 0; c < n; c++)
        for (unsigned bin = 0; bin < coverage_bins(); bin++) {
            const struct coverage_rule *rule = coverage_rule_of(bin, &configs[c]);
            if (!rule || !rule->property) continue;
            // One bin of each rule and configuration is enough.
            const struct coverage_rule *before =
                bin ? coverage_rule_of(bin - 1, &configs[c]) : NULL;
            if (rule == before) continue;
            if (!property_exists(rule->property))
                fail_msg("there is no property %s in verif/sva", rule->property);
            named++;
        }
    assert_true(named > 0);
    assert_false(property_exists("sva_tlb.no_such_property"));
    assert_false(property_exists("sva_nothing.hit_asid_matches"));
}

static void aims_are_as_many_as_the_specification_gives(void **state) {
    (void)state;
    struct coverage_config config = standard();
    // 4 accesses x 2 privileges x U x SUM x MXR x 5 rights x 2 sources, one verdict each; a fetch
    // TLB has no pages without X: 2 privileges x 2 x 2 x 2 x 2 rights.
    assert_int_equal(aims(COVERAGE_PERMISSION, &config), 4 * 2 * 2 * 2 * 2 * 5 * 2 - 32);
    // Without PMP every access is allowed: 3 kinds x 3 privileges.
    assert_int_equal(aims(COVERAGE_PMP, &config), 9);
    // 12 x 12 events at 1 .. 8 cycles and 66 pairs in one cycle, PMP's left out: 11 x 11 x 8 + 55;
    // without those that g = L = 1 and one slot cannot show:
    //   fence to refill 0, 1; to eviction 0, 1; to update 0, 1, 2; update to fence 0 (the same
    //   bin); fetch walk to update 0, 1; update to fetch walk 0 (the same bin), 1; update to update
    //   1, 2, 3; fetch walk to fetch walk 1.
    assert_int_equal(aims(COVERAGE_DISTANCE, &config),
                     11 * 11 * 8 + 55 - 2 - 2 - 3 - 2 - 1 - 3 - 1);
    config.pmp_entries = 8;
    // Matching entries: 3 kinds, TOR NA4 NAPOT. User and supervisor: locked or not, allowed,
    // denied, in part (not NAPOT): 2 x 2 x (3 + 3 + 2). Machine: the same if locked (8), or not:
    // never denied by rights (5). Without a match: 1 for each of 3 privileges.
    assert_int_equal(aims(COVERAGE_PMP, &config), 3 * (2 * 2 * 8 + 8 + 5 + 3));
}

static void classes_out_of_range_are_not_legal(void **state) {
    (void)state;
    struct coverage_config config = standard();
    assert_true(coverage_config_legal(&config));
    config.walks = 9;
    assert_false(coverage_config_legal(&config));
    config = standard();
    config.prefetch = 1;
    assert_false(coverage_config_legal(&config));
    config = standard();
    config.xlen = 48;
    assert_false(coverage_config_legal(&config));
    config = standard();
    config.grant_least = UINT32_MAX;
    assert_false(coverage_config_legal(&config));
}

static void names_and_bins_are_one_to_one(void **state) {
    (void)state;
    unsigned next = 0;
    for (unsigned item = 0; item < COVERAGE_ITEMS; item++) {
        assert_int_equal(coverage_item(item)->first, next);
        next += coverage_item(item)->bins;
    }
    assert_int_equal(next, coverage_bins());
    for (unsigned bin = 0; bin < coverage_bins(); bin++) {
        unsigned value[COVERAGE_MOST_DIMENSIONS];
        const struct coverage_item *item = coverage_coordinates(bin, value);
        assert_int_equal(coverage_bin((unsigned)(item - coverage_item(0)), value), bin);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_decides_a_bin),
        cmocka_unit_test(properties_named_are_those_of_the_rtl),
        cmocka_unit_test(aims_are_as_many_as_the_specification_gives),
        cmocka_unit_test(classes_out_of_range_are_not_legal),
        cmocka_unit_test(names_and_bins_are_one_to_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
