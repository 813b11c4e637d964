# SPDX-License-Identifier: Apache-2.0
"""What the tests of the page share: making pages with the program, and reading them back."""
import html.parser
import json
import os
import re
import subprocess
import tempfile
import unittest

import fixture

TANDEM = os.path.abspath(os.environ["TANDEM"])
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(html.parser.HTMLParser):
    """Elements with their attributes and the text in them."""

    def __init__(self, text):
        super().__init__()
        self.text, self.elements, self.open = text, [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "attrs": dict(attrs), "text": "", "inside": [e["tag"] for e in self.open]}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1]["tag"] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag, **attrs):
        return [e for e in self.elements if e["tag"] == tag and
                all(e["attrs"].get(k.rstrip("_")) == v for k, v in attrs.items())]

    def targets(self):
        """(curve, x, y, words) of every point of the page's pictures, in order."""
        return [(int(e["attrs"]["data-curve"]), float(e["attrs"]["cx"]), float(e["attrs"]["cy"]), e["text"])
                for e in self.all("circle")]


class PageTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tandem-report-")
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, content, name="study.json"):
        """A dictionary as JSON, or bytes as they are."""
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def run_report(self, *arguments, **more):
        return subprocess.run([TANDEM, "report", *arguments], capture_output=True, text=True, timeout=120, check=False,
                              **more)

    def make(self, content, *arguments):
        """The page of a result that must be good."""
        output = self.path("page.html")
        ran = self.run_report(self.write(content), "-o", output, *arguments)
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, "", ""))
        with open(output, encoding="utf-8") as file:
            return Page(file.read())

    def refuse(self, content, *words):
        """A result that must not be good: one sentence with these words, exit 2, nothing written."""
        source = self.write(content)
        ran = self.run_report(source, "-o", self.path("page.html"))
        self.assertEqual((ran.returncode, ran.stdout), (2, ""), ran.stderr)
        self.assertEqual(ran.stderr.count("\n"), 1, ran.stderr)
        self.assertTrue(ran.stderr.startswith(f"tandem report: {source}"), ran.stderr)
        for word in words:
            self.assertIn(word, ran.stderr)
        self.assertEqual(os.listdir(self.folder.name), [os.path.basename(source)])


def figure(points, x="linear", y="linear", **more):
    """One figure of one curve from (x, y) pairs."""
    return {"id": "f", "title": "F", "x": {"label": "size", "unit": "entries", "scale": x},
            "y": {"label": "misses", "unit": "misses", "scale": y},
            "curves": [{"label": "curve", "points": [{"x": a, "y": b} for a, b in points]}], **more}


def study(**changes):
    return {**fixture.study(), **changes}


def small(*figures, **more):
    return {"kind": "study", "figures": list(figures), **more}


def colors(text, scheme):
    """The curves' colours (r, g, b) of the page's light or dark scheme, by number from 1."""
    blocks = re.findall(r":root \{(.*?)\n? *\}", text, re.S)
    block = blocks[{"light": 0, "dark": 1}[scheme]]
    return {int(n): tuple(int(c[i:i + 2], 16) for i in (0, 2, 4))
            for n, c in re.findall(r"--c(\d): #([0-9a-f]{6})", block)}
