#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page from outside: what stands in it, what is refused, and that nothing hostile gets through."""
import copy
import json
import os
import unittest

import fixture
from support import Page, PageTest, figure, small, study

HOSTILE = "</title><script>document.body.id='taken'</script><img src=x onerror=\"document.body.id='taken'\">" \
          "]]>--><svg/onload=x> ${x} $\\frac{$ %s {{7*7}} {% raw %} \\u0000 \x00\x1b[31m \ud800 \u202e'\"&lt;"


class Content(PageTest):
    def test_every_point_stands_in_its_picture_with_its_value(self):
        given = study(cost=None)
        page = self.make(given)
        wanted = [(c, p) for f in given["figures"] for c, curve in enumerate(f["curves"]) for p in curve["points"]]
        targets = page.targets()
        self.assertEqual([t[0] for t in targets], [c for c, _ in wanted])
        self.assertEqual(targets[0][3], "cc1, direct mapped: 0.0795378 misses per reference at 8 entries \u2013 8 x 1")
        self.assertIn("OPT: 22.4066 faults per 1000 references at 16 frames of 4 KiB", [t[3] for t in targets])

    def test_doubling_on_a_log2_axis_is_always_the_same_step(self):
        targets = self.make(small(figure([(2 ** e, e) for e in range(3, 12)], x="log2"))).targets()
        steps = [b[1] - a[1] for a, b in zip(targets, targets[1:])]
        for step in steps:
            self.assertAlmostEqual(step, steps[0], delta=0.2)
        self.assertGreater(steps[0], 20)

    def test_a_linear_axis_is_linear_and_begins_at_zero(self):
        targets = self.make(small(figure([(1, 10), (2, 20), (5, 50), (6, 0)]))).targets()
        (x1, y1), (x2, y2), (x3, y3), (_, y0) = [t[1:3] for t in targets]
        self.assertAlmostEqual((x3 - x1) / (x2 - x1), 4, delta=0.02)
        self.assertAlmostEqual((y0 - y3) / (y0 - y1), 5, delta=0.02)
        self.assertAlmostEqual((y0 - y2) / (y0 - y1), 2, delta=0.02)

    def test_ticks_of_a_log2_axis_are_written_as_powers(self):
        page = self.make(small(figure([(16, 1), (128, 2)], x="log2")))
        words = [e["text"].strip() for e in page.all("text")]
        for tick in ("16", "32", "64", "128"):
            self.assertIn(tick, words)

    def test_ticks_of_an_axis_are_all_different_and_short(self):
        for points in ([(1, 3.14159), (2, 3.1416)], [(1, 1e9), (2, 3e12)], [(1, 0), (2, 5e7)], [(1, -2e-7), (2, 1e-6)],
                       [(1, 1e15), (2, 1e15 + 8)]):
            for scale in ("linear", "log10"):
                if scale == "log10" and points[0][1] <= 0:
                    continue
                page = self.make(small(figure(points, y=scale)))
                ticks = [e["text"].strip() for e in page.all("text") if "text-anchor: end" in e["attrs"].get("style", "")]
                self.assertGreaterEqual(len(ticks), 3, points)
                self.assertEqual(len(ticks), len(set(ticks)), ticks)
                self.assertLess(max(map(len, ticks)), 20, ticks)

    def test_curves_are_named_and_axes_have_units(self):
        page = self.make(study())
        words = [e["text"].strip() for e in page.all("text")]
        for name in ("cc1, fully associative", "CLOCK", "TLB size (entries)", "fault rate (faults per 1000 references)",
                     "the default", "knee: thrashing below"):
            self.assertIn(name, words)

    def test_the_figures_values_stand_in_a_table_without_scripts(self):
        page = self.make(small(figure([(16, 0.25), (32, 0.125)])))
        self.assertEqual([e["text"] for e in page.all("td")][:4], ["16", "0.25", "32", "0.125"])

    def test_what_only_a_simulator_knows_is_told_apart(self):
        page = self.make(study())
        self.assertIn("Dashed: what only a simulator can know", page.text)
        self.assertNotIn("Dashed:", self.make(small(figure([(1, 2)]))).text)

    def test_all_that_repeats_the_study_is_there(self):
        given = study()
        text = "".join(e["text"] for e in self.make(given).all("body"))
        for word in (given["command"], given["title"], "gcc 12.2", "memory.data.least", "traces/gzip.tdt",
                     "9f86d081884c7d65", "All 2 points agree with the RTL. Chosen with seed 3.", *given["summary"]):
            self.assertIn(word, text)

    def test_a_point_that_differs_from_the_rtl_is_not_hidden(self):
        points = [{"trace": "cc1", "agree": True}, {"trace": "xz", "agree": False}]
        text = "".join(e["text"] for e in self.make(study(verify={"seed": 1, "points": points})).all("body"))
        self.assertIn("1 of 2 points differ", text)
        self.assertIn("differs", text)

    def test_the_same_input_gives_the_same_bytes(self):
        first = self.make(study()).text
        self.assertEqual(first, self.make(study()).text)

    def test_keys_that_it_does_not_know_do_no_harm(self):
        given = study(future={"a": [1, {"b": None}]})
        given["figures"][0]["curves"][0]["points"][0]["more"] = [1]
        self.make(given)

    def test_what_is_missing_is_left_out(self):
        page = self.make({"kind": "study"})
        self.assertEqual(page.targets(), [])
        nulls = {k: None for k in study() if k != "kind"}
        self.make({"kind": "study", **nulls})


class Cost(PageTest):
    def pareto(self, rows, **more):
        return self.make(small(cost=rows, **more))

    def test_only_what_nothing_beats_lies_on_the_front(self):
        # ns: 10, 5, 6, 4; the third is larger and slower than the second.
        rows = [{"configuration": n, "luts": a, "fmax_mhz": 100, "cycles": c}
                for n, a, c in [("a", 100, 1.0), ("b", 200, 0.5), ("c", 300, 0.6), ("d", 400, 0.4)]]
        page = self.pareto(rows)
        fronts = [e["text"][0] for e in page.all("tr", class_="front")]
        self.assertEqual(fronts, ["a", "b", "d"])
        self.assertIn("10 ns at 100 LUTs", page.targets()[0][3])

    def test_cost_is_joined_by_the_keys_that_both_name(self):
        rows = [{"configuration": {"tlb.data.entries": e}, "cycles": c} for e, c in ((8, 3.0), (16, 2.0))]
        measured = {"kind": "cost", "command": "tandem cost it", "versions": {"yosys": "0.23"}, "cost": [
            {"configuration": {"tlb.data.entries": e, "mmu.svnapot": "yes"}, "luts": 100 * e, "ffs": 1, "brams": 0,
             "fmax_mhz": 50} for e in (8, 16, 32)]}
        path = self.write(measured, "cost.json")
        given = small(cost=rows, configuration={"mmu.svnapot": "yes"})
        page = self.make(given, "--cost", path)
        self.assertEqual([t[3].split(" at ")[0] for t in page.targets()],
                         ["configurations: 60 ns", "configurations: 40 ns"])
        self.assertIn("tandem cost it", page.text)
        # The study ran with another unit: nothing to join.
        page = self.make({**given, "configuration": {"mmu.svnapot": "no"}}, "--cost", path)
        self.assertNotIn(" ns at ", page.text)

    def test_cost_is_joined_to_the_points_of_a_study(self):
        table = {"id": "points", "columns": [{"name": n} for n in ("trace", "tlb.data.entries", "translation-cycles")],
                 "rows": [["cc1", 8, 3.0], ["xz", 8, 2.0], ["cc1", 16, 2.0], ["xz", 16, 1.0]]}
        given = small(tables=[table], sweeps=[{"keys": ["tlb.data.entries", "tlb.fetch.entries"]}],
                      configuration={"tlb.data.ways": "full", "tlb.data.entries": 4, "os.frames": 9})
        unit = {"tlb.data.entries": 8, "tlb.fetch.entries": 8, "tlb.data.ways": 8}
        measured = {"luts": 100, "fmax_mhz": 50}
        costs = [{**measured, "configuration": {**unit, **change}} for change in (
            {}, {"tlb.data.ways": 4}, {"tlb.fetch.entries": 16},
            {"tlb.data.entries": 16, "tlb.fetch.entries": 16, "tlb.data.ways": 16})]
        page = self.make(given, "--cost", self.write({"kind": "cost", "cost": costs}, "cost.json"))
        # (3 + 2) / 2 cycles at 50 MHz; (2 + 1) / 2; the two between are no points of the study.
        self.assertEqual([t[3].split(" at ")[0] for t in page.targets()],
                         ["configurations: 50 ns", "configurations: 30 ns"])
        self.assertIn("mean over the study", page.text)

    def test_each_point_of_one_unit_is_drawn_and_says_which_it_is(self):
        table = {"id": "points", "columns": [{"name": n} for n in ("trace", "tlb.data.entries", "memory.data.most",
                                                                  "translation-cycles")],
                 "rows": [["cc1", 8, 10, 2.0], ["cc1", 8, 50, 4.0]]}
        given = small(tables=[table], sweeps=[{"keys": ["tlb.data.entries"]}, {"keys": ["memory.data.most"]}])
        costs = [{"luts": 100, "fmax_mhz": 50, "configuration": {"tlb.data.entries": 8}}]
        page = self.make(given, "--cost", self.write({"kind": "cost", "cost": costs}, "cost.json"))
        # 2 and 4 cycles at 50 MHz.
        self.assertEqual([t[3].split(" at ")[0] for t in page.targets()],
                         ["configurations: 40 ns", "configurations: 80 ns"])
        for latency in ("most=10", "most=50"):
            self.assertIn(latency, page.text)

    def test_units_are_compared_under_one_condition_only(self):
        table = {"id": "points", "columns": [{"name": n} for n in ("trace", "tlb.data.entries", "memory.data.most",
                                                                  "translation-cycles")],
                 "rows": [["cc1", 8, 10, 2.0], ["cc1", 16, 10, 1.0], ["cc1", 8, 50, 8.0], ["cc1", 16, 50, 9.0]]}
        given = small(tables=[table], sweeps=[{"keys": ["tlb.data.entries"]}, {"keys": ["memory.data.most"]}])
        costs = [{"luts": 100 * e, "fmax_mhz": 50, "configuration": {"tlb.data.entries": e}} for e in (8, 16)]
        page = self.make(given, "--cost", self.write({"kind": "cost", "cost": costs}, "cost.json"))
        # At 10 cycles both are worth their area; at 50 the larger one is slower. 50 has no less a front.
        fronts = ["".join(e["text"].split()) for e in page.all("tr", class_="front")]
        self.assertEqual(len(fronts), 3)
        for beginning in ("1610", "810", "850"):  # entries, latency
            self.assertTrue(any(f.startswith(beginning) for f in fronts), fronts)
        self.assertIn("A front for each condition", page.text)

    def test_rows_that_are_one_unit_are_counted_once(self):
        table = {"id": "points", "columns": [{"name": n} for n in ("trace", "tlb.data.ways", "translation-cycles")],
                 "rows": [["cc1", 16, 2.0], ["cc1", "full", 2.0], ["xz", 16, 4.0], ["xz", "full", 4.0]]}
        given = small(tables=[table], sweeps=[{"keys": ["tlb.data.ways"]}], configuration={"tlb.data.entries": 16})
        costs = [{"luts": 100, "fmax_mhz": 50, "configuration": {"tlb.data.entries": 16, "tlb.data.ways": 16}}]
        page = self.make(given, "--cost", self.write({"kind": "cost", "cost": costs}, "cost.json"))
        # The mean of two programs, 3 cycles at 50 MHz.
        self.assertEqual([t[3].split(" at ")[0] for t in page.targets()], ["configurations: 60 ns"])

    def test_without_cycles_the_clock_is_drawn(self):
        page = self.pareto([{"configuration": "a", "luts": 100, "fmax_mhz": 50, "cycles": None}])
        self.assertIn("50 MHz at 100 LUTs", page.targets()[0][3])

    def test_without_area_or_clock_there_is_a_table_only(self):
        page = self.pareto([{"configuration": {"a": 1}, "luts": 5, "fmax_mhz": None}, {"configuration": "x"}])
        self.assertEqual(page.targets(), [])
        self.assertIn("nothing to draw", page.text)

    def test_a_cost_file_that_is_a_study_is_refused(self):
        ran = self.run_report(self.write(study()), "-o", self.path("p.html"), "--cost", self.path("study.json"))
        self.assertEqual(ran.returncode, 2)
        self.assertIn("is not the result of a cost", ran.stderr)


class Odd(PageTest):
    def test_an_empty_curve_is_said_to_be_empty(self):
        f = figure([(1, 2), (2, 3)])
        f["curves"].append({"label": "nothing", "points": []})
        self.assertIn("Without points: nothing.", self.make(small(f)).text)

    def test_figures_without_points_or_curves_say_so(self):
        for f in (figure([]), {**figure([]), "curves": []}):
            self.assertIn("This figure has no points.", self.make(small(f)).text)

    def test_one_point_alone_is_drawn_on_every_scale(self):
        figures = [figure([(value, value)], x=scale, y=scale) for scale in ("linear", "log2", "log10")
                   for value in (0, 1, 3, 1e-12, 1e290, 0.5, 48)]
        self.assertEqual(len(self.make(small(*figures)).targets()), 21)

    def test_zero_on_a_log_axis_stands_below_everything_and_is_told(self):
        for scale in ("log2", "log10"):
            page = self.make(small(figure([(0, 0), (1, 0.001), (64, 5)], x=scale, y=scale)))
            zero, low, high = page.targets()
            self.assertLess(zero[1] + 10, low[1])
            self.assertLess(low[1], high[1])
            self.assertGreater(zero[2], low[2] + 10)
            self.assertIn("0 misses at 0 entries", zero[3])
            self.assertIn("0 stands at its lower end", page.text)

    def test_only_zeros_on_a_log_axis_are_drawn(self):
        self.assertEqual(len(self.make(small(figure([(1, 0), (2, 0)], y="log10"))).targets()), 2)

    def test_a_figure_of_zeros_begins_at_zero(self):
        page = self.make(small(figure([(1, 0), (2, 0)])))
        self.assertNotIn("\u22121", page.text)
        self.assertNotIn("\u22120", page.text)

    def test_the_standard_error_of_an_estimate_is_drawn(self):
        about = figure([(1, 10), (2, 20)])
        plain = self.make(small(about)).text
        about["curves"][0]["points"][0].update(error=5, text="standard error 5")
        page = self.make(small(about))
        self.assertIn("standard error 5", page.targets()[0][3])
        self.assertGreater(page.text.count("<path"), plain.count("<path"))
        about["curves"][0]["points"][0]["error"] = -1
        self.assertIn("must be at least 0", self.run_report(self.write(small(about)), "-o", self.path("p.html")).stderr)

    def test_huge_tiny_and_equal_values_stay_in_the_picture(self):
        figures = [figure(values) for values in (
            [(1, 1e299), (2, -1e299)], [(1, 5e-324), (2, 1e-320)], [(1e15, 1), (1e15 + 1, 1)], [(1, 7), (2, 7)],
            [(1, -3), (2, -1)], [(1, 1e18 + 1), (2, 1e18)])]
        figures += [figure(values, x=scale, y=scale) for scale in ("log2", "log10") for values in (
            [(1e-299, 1e-299), (1e299, 1e299)], [(0, 0), (1e-300, 1e-300), (1e300, 1e300)], [(5e-324, 1), (1, 2)])]
        targets = self.make(small(*figures)).targets()
        self.assertEqual(len(targets), sum(len(f["curves"][0]["points"]) for f in figures))
        for _, x, y, words in targets:
            self.assertTrue(0 <= x <= 760 and 0 <= y <= 500, (x, y, words))

    def test_a_point_without_a_value_is_a_gap(self):
        self.assertEqual(len(self.make(small(figure([(1, 2), (2, None), (3, 4)]))).targets()), 2)

    def test_many_curves_have_a_legend(self):
        f = figure([(1, 2)])
        f["curves"] = [{"label": f"curve number {i}", "points": [{"x": 1, "y": i}, {"x": 2, "y": i}]} for i in range(40)]
        page = self.make(small(f))
        self.assertEqual(len(page.all("ul", class_="legend")), 1)
        self.assertIn("curve number 39", page.all("ul", class_="legend")[0]["text"])

    def test_twenty_curves_are_labelled_without_touching(self):
        f = figure([(1, 2)])
        f["curves"] = [{"label": f"number {i}", "points": [{"x": 1, "y": 9}, {"x": 2, "y": 1}]} for i in range(20)]
        labels = [e for e in self.make(small(f)).all("text") if e["text"].strip().startswith("number ")]
        heights = sorted(float(e["attrs"]["y"]) for e in labels)
        self.assertEqual(len(heights), 20)
        self.assertGreater(min(b - a for a, b in zip(heights, heights[1:])), 12)

    def test_marks_beyond_the_curves_are_in_the_picture(self):
        page = self.make(small(figure([(10, 1), (20, 2)], marks=[{"x": 90, "label": "far"}, {"x": 90, "label": "too"},
                                                                 {"x": 0, "label": ""}])))
        self.assertIn("far", [e["text"].strip() for e in page.all("text")])
        self.make(small(figure([(10, 1), (20, 2)], x="log2", marks=[{"x": 0, "label": "none"}])))

    def test_hostile_strings_stay_text_everywhere(self):
        def poisoned(value):
            if isinstance(value, dict):
                return {k: v if k in ("kind", "scale", "known_to") else poisoned(v) for k, v in value.items()}
            if isinstance(value, list):
                return [poisoned(v) for v in value]
            return value + HOSTILE if isinstance(value, str) else value
        given = poisoned(study())
        given["configuration"][HOSTILE] = HOSTILE
        given["cost"][0]["configuration"] = HOSTILE
        page = self.make(given)
        scripts = page.all("script")
        self.assertEqual(len(scripts), 1)
        with open("sim/report/page.js", encoding="utf-8") as file:
            self.assertEqual(scripts[0]["text"].strip(), file.read().strip())
        self.assertEqual(page.all("img"), [])
        for element in page.elements:
            for name in element["attrs"]:
                self.assertFalse(name.startswith("on"), element)
        self.assertIn("{{7*7}}", page.text)
        self.assertNotIn("\x00", page.text)

    def test_nothing_is_loaded_from_anywhere(self):
        page = self.make(study())
        self.assertNotIn("://", page.text)
        self.assertNotIn("@import", page.text)
        for element in page.elements:
            self.assertNotIn(element["tag"], ("link", "img", "iframe", "object", "embed", "base"))
            self.assertNotIn("src", element["attrs"])
            for name in ("href", "xlink:href"):
                self.assertTrue(element["attrs"].get(name, "#").startswith("#"), element)
            for value in element["attrs"].values():
                self.assertNotRegex(value or "", r"url\((?!#)")
        policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["attrs"]["content"]
        self.assertIn("default-src 'none'", policy)

    def test_names_are_unique_and_all_that_is_referred_to_is_there(self):
        page = self.make(study())
        names = [e["attrs"]["id"] for e in page.elements if "id" in e["attrs"]]
        self.assertEqual(len(names), len(set(names)))
        for element in page.elements:
            target = element["attrs"].get("href")
            if target:
                self.assertIn(target[1:], names)
            for name in element["attrs"].get("aria-labelledby", "").split():
                self.assertIn(name, names)


class Refused(PageTest):
    def changed(self, place, value):
        given = copy.deepcopy(fixture.study())
        holder = given
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = value
        return given

    def test_numbers_that_are_none_are_named_with_their_place(self):
        place = ("figures", 1, "curves", 2, "points", 3, "y")
        for value in (float("nan"), float("inf"), -float("inf")):
            self.refuse(self.changed(place, value), "figures[1].curves[2].points[3].y is not a finite number")
        text = json.dumps(self.changed(place, "HERE")).replace('"HERE"', "1e400")
        self.refuse(text.encode(), "figures[1].curves[2].points[3].y is not a finite number")
        self.refuse(self.changed(place, 10 ** 301), "figures[1].curves[2].points[3].y is larger than")
        self.refuse(self.changed(("cost", 0, "luts"), -1), "cost[0].luts must be at least 0")

    def test_negative_values_on_a_log_axis_are_refused(self):
        self.refuse(small(figure([(1, 2), (-3, 2)], x="log2")), "figures[0].curves[0].points[1].x is negative")
        self.refuse(small(figure([(1, -2)], y="log10")), "figures[0].curves[0].points[0].y is negative")
        self.refuse(small(figure([(1, 2)], x="log2", marks=[{"x": -1}])), "figures[0].marks[0].x is negative")

    def test_wrong_shapes_are_named_with_their_place(self):
        for place, value, words in (
                (("figures", 0, "curves", 1, "points"), 5, "figures[0].curves[1].points must be array"),
                (("figures", 0, "curves", 1, "points", 0), {"x": 1}, "figures[0].curves[1].points[0] lacks 'y'"),
                (("figures", 0, "x", "scale"), "ln", "figures[0].x.scale must be one of linear, log2, log10"),
                (("figures", 0, "curves", 1, "known_to"), "all", "known_to must be one of kernel, simulator"),
                (("tables", 0, "rows", 1), ["short"], "tables[0].rows[1] has 1 values for 4 columns"),
                (("verify", "points", 0, "agree"), "yes", "verify.points[0].agree must be boolean"),
                (("title",), ["x"], "title must be string"),
                (("kind",), "run", 'is not the result of a study: its "kind" is not "study"')):
            self.refuse(self.changed(place, value), words)

    def test_files_that_are_no_json_are_named_with_the_place(self):
        whole = json.dumps(fixture.study(), indent=1).encode()
        self.refuse(b"", ":1: column 1 is not JSON")
        self.refuse(whole[:len(whole) // 2], "is not JSON")
        self.refuse(whole[:200] + b"\xff" + whole[200:], "byte 200 is not UTF-8")
        self.refuse(b"[" * 200000, "is nested too deeply")
        self.refuse(b'{"kind": "study", "future": ' + b"[" * 900 + b"NaN" + b"]" * 900 + b"}", "is not a finite number")
        self.refuse(b'{"kind": "study", "seed": ' + b"9" * 5000 + b"}", "a number that is too long")
        self.refuse(b"[]", "is not the result of a study")
        self.refuse(b"null", "is not the result of a study")

    def test_too_much_is_refused(self):
        self.refuse(small(figure([(i, i) for i in range(5001)])), "points has more than 5000 items")
        self.refuse(small(title="x" * 4001), "title has more than 4000 characters")

    def test_a_file_that_cannot_be_read_is_named(self):
        for path in (self.path("none.json"), self.folder.name):
            ran = self.run_report(path, "-o", self.path("page.html"))
            self.assertEqual(ran.returncode, 2)
            self.assertIn(f"{path}: cannot be read: ", ran.stderr)
        self.assertEqual(os.listdir(self.folder.name), [])

    def test_a_place_that_cannot_hold_a_page_is_named(self):
        source = self.write(study())
        os.symlink(source, self.path("link"))
        for place, words in (("/dev/null", "not a regular file"), (self.folder.name, "not a regular file"),
                             (self.path("link"), "not a regular file"), (source, "is given as input and as output"),
                             (self.path("no/p.html"), "cannot be created: there is no such folder")):
            ran = self.run_report(source, "-o", place)
            self.assertEqual((ran.returncode, ran.stderr.count("\n")), (2, 1), ran.stderr)
            self.assertIn(words, ran.stderr)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["link", "study.json"])

    def test_an_older_page_survives_a_refused_result(self):
        page = self.path("page.html")
        with open(page, "w", encoding="utf-8") as file:
            file.write("older")
        self.assertEqual(self.run_report(self.write(b"{"), "-o", page).returncode, 2)
        with open(page, encoding="utf-8") as file:
            self.assertEqual(file.read(), "older")

    def test_a_missing_python_or_module_is_named(self):
        source = self.write(study())
        ran = self.run_report(source, "-o", self.path("p.html"), env={**os.environ, "TANDEM_PYTHON": "/none/python"})
        self.assertEqual(ran.returncode, 2)
        self.assertIn("/none/python cannot be started", ran.stderr)
        with open(self.path("python"), "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\nexec /usr/bin/python3 -I -S "$@"\n')
        os.chmod(self.path("python"), 0o755)
        ran = self.run_report(source, "-o", self.path("p.html"), env={**os.environ, "TANDEM_PYTHON": self.path("python")})
        self.assertEqual((ran.returncode, ran.stderr.count("\n")), (2, 1), ran.stderr)

    def test_help_and_wrong_usage_have_their_exit_statuses(self):
        ran = self.run_report("--help")
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertIn("Usage: tandem report", ran.stdout)
        for arguments, words in (([], "STUDY.json is missing"), (["a.json"], "-o PAGE.html is missing"),
                                 (["a", "b", "-o", "c"], "more than one STUDY.json"), (["--none"], "unrecognized")):
            ran = self.run_report(*arguments)
            self.assertEqual(ran.returncode, 2)
            self.assertIn(words, ran.stderr)

    def test_names_that_begin_with_a_minus_are_names(self):
        with open(self.path("-s.json"), "w", encoding="utf-8") as file:
            json.dump(study(), file)
        ran = self.run_report("-o", "-p.html", "--", "-s.json", cwd=self.folder.name)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        with open(self.path("-p.html"), encoding="utf-8") as file:
            Page(file.read())


if __name__ == "__main__":
    unittest.main()
