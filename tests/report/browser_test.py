#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page as a browser shows it: the curves are there in both colour schemes, with scripts and
without; the values appear by keyboard; nothing hostile runs. Exit 77 where there is no Chromium."""
import os
import re
import shutil
import subprocess
import sys
import unittest

import numpy
from matplotlib.image import imread

import fixture
from page_test import HOSTILE
from support import Page, PageTest, colors, figure, small

CHROMIUM = shutil.which("chromium")
WIDTH, HEIGHT = 1000, 1500  # holds the fixture's two first pictures
FRAME = "<!DOCTYPE html><style>body{margin:0}iframe{border:0;width:%dpx;height:%dpx}</style><iframe %s src='page.html'></iframe>"


class BrowserTest(PageTest):
    def browse(self, name, *options):
        return subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={self.path('profile')}",
             f"--window-size={WIDTH},{HEIGHT}", *options, "file://" + self.path(name)],
            capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "TZ": "UTC"})

    def shot(self, name, *options):
        """The picture of a file of this test's folder: height x width x (r, g, b), 0 .. 255."""
        target = self.path("shot.png")
        self.browse(name, f"--screenshot={target}", "--virtual-time-budget=3000", *options)
        picture = numpy.rint(imread(target)[:, :, :3] * 255).astype(int)
        os.remove(target)
        return picture

    def dom(self, name):
        """The elements after the scripts have run."""
        return Page(self.browse(name, "--dump-dom").stdout)

    def copy(self, name, change):
        with open(self.path("page.html"), encoding="utf-8") as file:
            text = change(file.read())
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)


def near(picture, color):
    """How many pixels have nearly that colour."""
    return int((numpy.abs(picture - numpy.array(color)).max(axis=2) <= 12).sum())


def without(pattern):
    return lambda text: re.sub(pattern, "", text, flags=re.S)


class Seen(BrowserTest):
    def check_curves(self, picture, bare, page, scheme):
        """Every colour of the first figure's eight curves is seen, and comes from the pictures alone."""
        found = colors(page.text, scheme)
        self.assertEqual(sorted(found), list(range(1, 9)))
        for number, color in found.items():
            drawn = near(picture, color) - near(bare, color)
            self.assertGreater(drawn, 150, f"curve {number} in the {scheme} scheme")

    def test_curves_are_seen_with_scripts_and_without_in_both_schemes(self):
        page = self.make(fixture.study())
        self.copy("bare.html", lambda t: t.replace("</style>", ".plot * { visibility: hidden; }</style>"))
        with open(self.path("frame.html"), "w", encoding="utf-8") as file:
            file.write(FRAME % (WIDTH, HEIGHT, "sandbox"))
        dark = "--blink-settings=preferredColorScheme=0"
        light = "--blink-settings=preferredColorScheme=1"
        for scheme, option in (("light", light), ("dark", dark)):
            picture = self.shot("page.html", option)
            bare = self.shot("bare.html", option)
            self.check_curves(picture, bare, page, scheme)
            self.assertEqual(picture[0, 0].sum() > 384, scheme == "light")
            still = self.shot("frame.html", option)
            self.check_curves(still, bare, page, scheme)
            # A frame may round a glyph differently; what scripts alone would draw is more than that.
            self.assertLess((picture != still).any(axis=2).mean(), 0.01, f"without scripts, {scheme}")

    def test_the_frame_of_the_test_above_really_stops_scripts(self):
        with open(self.path("page.html"), "w", encoding="utf-8") as file:
            file.write("<body style='background:#fff'><script>document.body.style.background='#000'</script>")
        for attribute, black in (("sandbox", False), ("", True)):
            with open(self.path("frame.html"), "w", encoding="utf-8") as file:
                file.write(FRAME % (WIDTH, HEIGHT, attribute))
            self.assertEqual(near(self.shot("frame.html"), (0, 0, 0)) > WIDTH * HEIGHT / 2, black)


class Used(BrowserTest):
    def test_the_keyboard_shows_the_values(self):
        f = figure([(8, 0.5), (16, 0.25)])
        f["curves"].append({"label": "other", "points": [{"x": 8, "y": 0.125}]})
        self.make(small(f))
        script = """<script>var p = document.querySelector(".plot"); p.focus();
            ["ArrowRight", "ArrowRight", "%s"].forEach(function (k) {
              p.dispatchEvent(new KeyboardEvent("keydown", {key: k, bubbles: true})); });</script></body>"""
        for key, said in (("ArrowLeft", "curve: 0.5 misses at 8 entries"), ("ArrowDown", "other: 0.125 misses at 8 entries"),
                          ("ArrowRight", "other: 0.125 misses at 8 entries")):
            self.copy("used.html", lambda t: without(r"<meta http-equiv=[^>]*>")(t).replace("</body>", script % key))
            tips = self.dom("used.html").all("div", class_="tip")
            self.assertEqual([t["text"] for t in tips], [said], key)

    def test_hostile_strings_do_not_run_even_without_the_policy(self):
        study = fixture.study()
        study["title"] = study["summary"][0] = study["figures"][0]["curves"][0]["label"] = HOSTILE
        study["figures"][0]["curves"][0]["points"][0]["text"] = HOSTILE
        self.make(study)
        self.copy("open.html", without(r"<meta http-equiv=[^>]*>"))
        for name in ("page.html", "open.html"):
            body = self.dom(name).all("body")[0]
            self.assertNotIn("id", body["attrs"])
        self.copy("taken.html", lambda t: without(r"<meta http-equiv=[^>]*>")(t).replace(
            "</main>", "<script>document.body.id='taken'</script></main>"))
        self.assertEqual(self.dom("taken.html").all("body")[0]["attrs"].get("id"), "taken")

    def test_the_policy_stops_a_script_that_is_not_ours(self):
        self.make(small(figure([(1, 2)])))
        self.copy("taken.html", lambda t: t.replace("</main>", "<script>document.body.id='taken'</script></main>"))
        dom = self.dom("taken.html")
        self.assertNotIn("id", dom.all("body")[0]["attrs"])
        self.assertEqual(len(dom.all("div", class_="tip")), 1, "our own script did not run")


if __name__ == "__main__":
    if not CHROMIUM:
        print("Chromium is missing (package chromium)")
        sys.exit(77)
    unittest.main()
