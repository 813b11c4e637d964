// SPDX-License-Identifier: Apache-2.0
// The page as HTML: what it draws of known scenes, that every page is well-formed, and that nothing
// from outside becomes markup. The text's words are those of explain_test.c.
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "page.h"

static char *html_of(struct scene *s, const char *command) {
    assert_true(s->failed);
    char *page = bench_explain_html(s->bench, command);
    assert_non_null(page);
    return page;
}

static char *html_of_play(enum fake_fault fault, void (*play)(struct scene *)) {
    struct scene *s = scene_create();
    checker_map(s);
    scene_begin(s, fault);
    play(s);
    char *page = html_of(s, COMMAND);
    scene_destroy(s);
    return page;
}

// Each of these words, one after the other.
static void expect_words(const char *page, const char *const *words, unsigned count) {
    const char *from = page;
    for (unsigned k = 0; k < count; k++) {
        const char *found = strstr(from, words[k]);
        if (!found) fail_msg("no '%s' after '%.60s' in\n%s", words[k], from, page);
        from = found + strlen(words[k]);
    }
}
#define EXPECT_WORDS(page, ...)                                  \
    do {                                                         \
        const char *const words[] = {__VA_ARGS__};               \
        expect_words(page, words, sizeof words / sizeof *words); \
    } while (0)

static unsigned count_of(const char *page, const char *word) {
    unsigned n = 0;
    for (const char *c = page; (c = strstr(c, word)); c += strlen(word)) n++;
    return n;
}

// --- well-formed XML, so far as these pages use it -----------------------------------------------

enum { MOST_DEPTH = 32, NAME_BYTES = 32 };

static const char *reference(const char *c, const char *page) {
    static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#8594;"};
    for (unsigned k = 0; k < sizeof known / sizeof *known; k++)
        if (!strncmp(c, known[k], strlen(known[k]))) return c + strlen(known[k]);
    fail_msg("a bare & at '%.40s' in\n%s", c, page);
    return NULL;
}

// From behind the tag's name to its '>'.
static const char *attributes(const char *c, const char *page, bool *closed) {
    for (;;) {
        while (isspace((unsigned char)*c)) c++;
        *closed = *c == '/';
        if (c[*closed] == '>') return c + *closed;
        size_t name = strspn(c, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-:0123456789");
        if (!name || strncmp(c + name, "=\"", 2) != 0) fail_msg("no attribute: '%.40s'", c);
        for (c += name + 2; *c != '"';) {
            if (!*c || *c == '<') fail_msg("an open attribute in\n%s", page);
            c = *c == '&' ? reference(c, page) : c + 1;
        }
        c++;
    }
}

static const char *tag(const char *c, const char *page, char stack[][NAME_BYTES], unsigned *depth) {
    bool end = c[1] == '/', closed = false;
    const char *name = c + 1 + end;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    if (!length || length >= NAME_BYTES) fail_msg("a bare < at '%.40s' in\n%s", c, page);
    if (end) {
        if (*depth == 0 || strncmp(stack[*depth - 1], name, length) || stack[*depth - 1][length] ||
            name[length] != '>')
            fail_msg("'%.20s' closes what is not open in\n%s", c, page);
        --*depth;
        return name + length + 1;
    }
    c = attributes(name + length, page, &closed);
    if (closed) return c + 1;
    assert_true(*depth < MOST_DEPTH);
    snprintf(stack[(*depth)++], NAME_BYTES, "%.*s", (int)length, name);
    return c + 1;
}

static void expect_well_formed(const char *page) {
    static const char head[] = "<!DOCTYPE html>\n";
    char stack[MOST_DEPTH][NAME_BYTES];
    unsigned depth = 0;
    assert_int_equal(strncmp(page, head, strlen(head)), 0);
    for (const char *c = page + strlen(head); *c;) {
        unsigned char byte = (unsigned char)*c;
        if ((byte < ' ' && byte != '\n') || byte == 127) fail_msg("byte %u in\n%s", byte, page);
        if (*c == '<')
            c = tag(c, page, stack, &depth);
        else
            c = *c == '&' ? reference(c, page) : c + 1;
    }
    if (depth) fail_msg("<%s> is never closed", stack[depth - 1]);
}

static unsigned expect_rows_well_formed(const struct checker_row *rows, unsigned count,
                                        unsigned oracle) {
    unsigned pages = 0;
    for (unsigned k = 0; k < count; k++) {
        struct scene *s = checker_play(&rows[k], rows[k].fault, oracle);
        if (s->failed) {
            char *page = html_of(s, COMMAND);
            expect_well_formed(page);
            pages++;
            free(page);
        }
        scene_destroy(s);
    }
    return pages;
}

// --- scenes ------------------------------------------------------------------------------------

static void load_a(struct scene *s) {
    scene_load(s, PAGE_A | 0x10);
    scene_idle(s, 3);
}

static void remap_without_fence(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_rewrite(s, PAGE_A, 0, leaf_pte(PPN_OTHER, LEAF_S));
    scene_load(s, PAGE_A);
}

static void fence_and_load_again(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_fence(s, PAGE_A, 1);
    scene_load(s, PAGE_A);
}

static void load_clean(struct scene *s) {
    scene_load(s, PAGE_CLEAN);
}

// --- tests -------------------------------------------------------------------------------------

// Every fault that the checker knows, each oracle.
static void every_page_is_well_formed(void **state) {
    (void)state;
    for (unsigned oracle = BENCH_SHADOW; oracle <= (BENCH_SHADOW | BENCH_LEGAL); oracle++) {
        unsigned pages = expect_rows_well_formed(checker_rows, checker_row_count, oracle);
        pages += expect_rows_well_formed(checker_wide_rows, checker_wide_row_count, oracle);
        pages += expect_rows_well_formed(checker_walks_rows, checker_walks_row_count, oracle);
        assert_true(pages > checker_row_count / 4);
    }
}

// A page of three levels: root at 0x80000000, tables in the next two frames.
static void walk_is_drawn_level_by_level_with_fields_and_indices(void **state) {
    (void)state;
    char *page = html_of_play(FAKE_PA_BIT, load_a);
    EXPECT_WORDS(page, "<svg ", ">va 0x0000000000001010<", ">load<", "root 0x80000000",
                 "vpn[2] = 0", ">level 2<", ">PTE at 0x00000080000000<", ">0x0000000020000401<",
                 ">pointer<", ">PPN 0x80001<", ">request in cycle 1, data in 3<", "vpn[1] = 0",
                 ">level 1<", ">PTE at 0x00000080001000<", ">PPN 0x80002<", "vpn[0] = 1",
                 ">level 0<", ">PTE at 0x00000080002008<", ">leaf<", ">PPN 0x12345<",
                 ">expected (model)<", ">walk<",
                 // bit 12 of the physical address is the lowest of its digit 3
                 ">0x1234<tspan class=\"r\">5</tspan>010<", ">observed (DUT)<",
                 ">0x1234<tspan class=\"r\">4</tspan>010<", "first difference<", "</svg>");
    // A pointer has V alone, a leaf all but G and U; eight chips each.
    assert_int_equal(count_of(page, "class=\"chip on\""), 1 + 1 + 6);
    assert_int_equal(count_of(page, "class=\"chip off\""), 7 + 7 + 2);
    assert_int_equal(count_of(page, "class=\"chip on wrong\""), 0);
    free(page);
}

static void latency_is_a_bar_of_its_terms_with_the_late_one(void **state) {
    (void)state;
    char *page = html_of_play(FAKE_ANSWER_LATE, load_a);
    // g = 1, L = 2, three levels: 1 + 3 (1 + 2) = 10 of 11 cycles, 91 % of the wider bar.
    EXPECT_WORDS(page, ">model</p><div class=\"bar\" style=\"width:91%\">",
                 "<i class=\"lookup\" style=\"flex-grow:1\">1</i><i class=\"grant\" "
                 "style=\"flex-grow:1\">1</i><i class=\"memory\" style=\"flex-grow:2\">2</i>",
                 ">DUT</p><div class=\"bar\" style=\"width:100%\">",
                 "<i class=\"late\" style=\"flex-grow:1\">1</i></div>",
                 "10 cycles by the model; observed 11: +1.",
                 "First term that differs: <b>completion</b>, +1.");
    assert_int_equal(count_of(page, "<i class=\"memory\" style="), 2 * 3);
    free(page);
}

static void first_transaction_that_differs_is_the_only_one_marked_first(void **state) {
    (void)state;
    char *page = html_of_play(FAKE_UPDATE_MISSING, load_clean);
    // Three reads agree; the update's box is the first in red, the outcome's the second.
    EXPECT_WORDS(page, ">level 2<", ">level 1<", ">level 0<", "class=\"box bad\"",
                 ">level 0, update<", ">the DUT has not made this one<", "first difference<",
                 "class=\"box end bad\"");
    assert_int_equal(count_of(page, "class=\"box bad\""), 1);
    assert_int_equal(count_of(page, "first difference"), 1);
    free(page);
}

// The model hits; its entry and memory have parted, and no fence came.
static void hit_is_named_and_memory_as_it_is_now_is_drawn_below(void **state) {
    (void)state;
    char *page = html_of_play(FAKE_HIT_AS_WALK, remap_without_fence);
    EXPECT_WORDS(page, "None by the model; drawn is", ">Model: TLB hit, no walk<",
                 ">Below: memory as it is now.<", ">PPN 0x54321<", ">expected (model)<", ">TLB<",
                 ">observed (DUT)<", ">walk<", "<b class=\"wrong\">no fence since</b>");
    free(page);
}

// The other way round: the model walks anew after a fence, the DUT's entry has survived it.
static void hit_of_the_dut_alone_is_drawn_beside_the_models_walk(void **state) {
    (void)state;
    char *page = html_of_play(FAKE_FENCE_NOTHING, fence_and_load_again);
    EXPECT_WORDS(page, "<svg ", ">DUT: TLB hit<", ">Below: the model&#39;s walk.<",
                 ">the DUT has not made this one<", ">expected (model)<", ">walk<",
                 ">observed (DUT)<", ">TLB<");
    free(page);
}

// A model with page-walk caches beside a unit without: the second page's walk begins below.
static void page_walk_cache_hit_stands_where_the_walk_begins(void **state) {
    (void)state;
    struct scene *s = scene_create();
    checker_map(s);
    s->config.dut = fake_dut_create(&s->config.mmu, FAKE_RIGHT);
    s->config.mmu.pwc_entries = 4;
    s->bench = bench_create(&s->config);
    assert_non_null(s->bench);
    scene_load(s, PAGE_A);
    scene_load(s, PAGE_B);
    char *page = html_of(s, COMMAND);
    expect_well_formed(page);
    // Both pages hang on one table of level 0, to which the pointer of level 1 leads.
    EXPECT_WORDS(page, "<svg ", ">Page-walk cache: hit, pointer of level 1<", "vpn[0] = 2",
                 ">level 0<", ">PTE at 0x00000080002010<");
    free(page);
    scene_destroy(s);
}

static const char *hostile_name(struct dut *dut) {
    (void)dut;
    return "sva.<script>alert(\"1\")</script>&amp;'\x01\xff\xc3\xa4";
}

static void nothing_from_outside_becomes_markup(void **state) {
    (void)state;
    struct scene *s = scene_create();
    struct dut_ops ops = *fake_dut_ops();
    ops.assertion = hostile_name;
    s->config.ops = &ops;
    checker_map(s);
    scene_begin(s, FAKE_ASSERTION);
    scene_load(s, PAGE_A);
    scene_idle(s, 20);
    char *page = html_of(s, "tandem run --trace '</pre><img src=x onerror=\"a&b\">\x1b[31m.tdt'");
    expect_well_formed(page);
    // Of the title, the headline and the property's section; the name's own entity is text.
    assert_int_equal(count_of(page,
                              "sva.&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"
                              "&amp;amp;&#39;??\xc3\xa4"),
                     3);
    EXPECT_WORDS(page,
                 "<pre>tandem run --trace &#39;&lt;/pre&gt;&lt;img src=x "
                 "onerror=&quot;a&amp;b&quot;&gt;?[31m.tdt&#39;</pre>");
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "<img"));
    free(page);
    scene_destroy(s);
}

// The DUT's answer is another request's: comparing its fields would mislead.
static void wrong_tag_shows_the_tags_and_no_other_field(void **state) {
    (void)state;
    const struct checker_row *row = &checker_walks_rows[0];
    assert_int_equal(row->fault, FAKE_TAG);
    struct scene *s = checker_play(row, FAKE_TAG, BENCH_SHADOW);
    char *html = html_of(s, COMMAND), *text = bench_explain(s->bench, COMMAND);
    EXPECT_LINES(
        text, "--- MISMATCH: tag (d_rsp_tag) in cycle 10 ---",
        "          d_rsp_tag          0x0                  0x1                  <-- "
        "differs from bit 0 on",
        "          The two answers belong to different requests: only the tags are compared.",
        "Walk      slot 0, memory transactions: model 3, DUT 3",
        "Suspect   the DUT's order of answers, or the tag that it carries along with a "
        "request.");
    static const char *const fields[] = {"physical address", "outcome",     "page size",
                                         "memory type",      "permissions", "answered by"};
    for (unsigned k = 0; k < sizeof fields / sizeof *fields; k++) {
        if (strstr(text, fields[k])) fail_msg("'%s' in\n%s", fields[k], text);
        assert_null(strstr(html, fields[k]));
    }
    EXPECT_WORDS(html, "different requests", "d_rsp_tag</th>", "0x<mark>0</mark>",
                 "0x<mark>1</mark>", "<svg ", ">d_rsp_tag<");
    free(html);
    free(text);
    scene_destroy(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_is_well_formed),
        cmocka_unit_test(walk_is_drawn_level_by_level_with_fields_and_indices),
        cmocka_unit_test(latency_is_a_bar_of_its_terms_with_the_late_one),
        cmocka_unit_test(first_transaction_that_differs_is_the_only_one_marked_first),
        cmocka_unit_test(hit_is_named_and_memory_as_it_is_now_is_drawn_below),
        cmocka_unit_test(hit_of_the_dut_alone_is_drawn_beside_the_models_walk),
        cmocka_unit_test(page_walk_cache_hit_stands_where_the_walk_begins),
        cmocka_unit_test(nothing_from_outside_becomes_markup),
        cmocka_unit_test(wrong_tag_shows_the_tags_and_no_other_field),
    };
    return cmocka_run_group_tests_name("unit.explain_html", tests, NULL, NULL) == 0 ? 0 : 1;
}
