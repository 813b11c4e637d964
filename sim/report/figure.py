# SPDX-License-Identifier: Apache-2.0
"""Draws one figure with matplotlib, as SVG for a page: colours are CSS variables, every point
has its value as a title, curves are labelled where they end."""
import io
import math

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

import svg
import written
from axis import Axis

WIDTH, HEIGHT = 760.0, 400.0  # points, which are the SVG's units
LEFT, TOP, BOTTOM, LEAST_RIGHT, MOST_RIGHT = 78.0, 34.0, 56.0, 22.0, 210.0
LABEL_CHARACTERS, LABEL_LINE = 34, 14.5
MOST_LABELS = 20
MARKERS = "os^DvPX*"
DASHES = ["solid", (0, (7, 2.5)), (0, (2, 2)), (0, (7, 2, 2, 2))]
MOST_MARKERS = 24  # on a curve of many points

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "tandem",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 11.0,
    "axes.unicode_minus": True,
    "path.simplify": False,
}


class _Curve:
    """What a curve looks like, and its points that can be drawn: (x, y, words)."""

    def __init__(self, number, about, told):
        self.number = number
        self.label = (about.get("label") or f"curve {number + 1}").replace("\n", " ")
        self.known_to = about.get("known_to")
        self.color = svg.curve_color(number)
        self.marker = MARKERS[number % len(MARKERS)]
        if told:
            self.dash = DASHES[1] if self.known_to == "simulator" else DASHES[0]
        else:
            self.dash = DASHES[number // 4 % len(DASHES)]
        self.points = [(p["x"], p["y"], p.get("text")) for p in about["points"] if p["y"] is not None]
        # A point without a value interrupts the curve.
        self.runs = [[]]
        for point in about["points"]:
            if point["y"] is None:
                self.runs.append([])
            else:
                self.runs[-1].append((point["x"], point["y"]))


def _canvas(right):
    figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72)
    FigureCanvasSVG(figure)
    figure.patch.set_visible(False)
    axes = figure.add_axes([LEFT / WIDTH, BOTTOM / HEIGHT, (WIDTH - LEFT - right) / WIDTH,
                            (HEIGHT - TOP - BOTTOM) / HEIGHT])
    axes.patch.set_visible(False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(svg.AXIS)
    axes.tick_params(colors=svg.AXIS, labelcolor=svg.TEXT, length=4)
    axes.grid(True, axis="y", color=svg.GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    return figure, axes


def _frame(axes, x, y):
    x.apply(axes.xaxis, axes.set_xscale, axes.set_xlim)
    y.apply(axes.yaxis, axes.set_yscale, axes.set_ylim)
    axes.set_xlabel(written.shortened(x.label, 90), color=svg.TEXT, labelpad=8)
    # The y axis' name lies above the axis, to be read without turning the head.
    axes.text(-LEFT + 8, HEIGHT - TOP - BOTTOM + 18, written.shortened(y.label, 90), color=svg.TEXT,
              transform=_points(axes), ha="left", va="baseline")


def _points(axes):
    """Coordinates in points from the axes' lower left corner."""
    box = axes.get_window_extent()
    return matplotlib.transforms.Affine2D().translate(box.x0, box.y0)


def _draw_curve(axes, curve, x, y):
    every = max(1, math.ceil(len(curve.points) / MOST_MARKERS))
    drawn = 0
    for run in curve.runs:
        xs, ys = [x.place(p[0]) for p in run], [y.place(p[1]) for p in run]
        if len(run) > 1:
            axes.plot(xs, ys, color=curve.color, linestyle=curve.dash, linewidth=1.9, zorder=3,
                      solid_joinstyle="round", dash_capstyle="butt")
        marked = [i for i in range(len(run)) if (drawn + i) % every == 0 or i == len(run) - 1]
        drawn += len(run)
        for hollow in (False, True):  # hollow: 0 where the scale has none
            at = [i for i in marked if hollow == _is_floor(run[i], x, y)]
            if at:
                axes.plot([xs[i] for i in at], [ys[i] for i in at], linestyle="none", marker=curve.marker,
                          markersize=6.5 if curve.marker in "*PX" else 5.5, markeredgecolor=curve.color,
                          markerfacecolor=svg.PAPER if hollow else curve.color,
                          markeredgewidth=1.3 if hollow else 0.0, zorder=4, clip_on=False)


def _is_floor(point, x, y):
    return (x.floor is not None and point[0] == 0) or (y.floor is not None and point[1] == 0)


def _spread(wanted, low, high, gap):
    """Places nearest to the wanted ones (ascending), at least a gap apart, within low .. high."""
    places = list(wanted)
    for _ in range(len(places) + 1):
        for i in range(1, len(places)):
            lack = gap - (places[i] - places[i - 1])
            if lack > 1e-6:
                places[i - 1] -= lack / 2
                places[i] += lack / 2
    if places and places[0] < low:
        places[0] = low
        for i in range(1, len(places)):
            places[i] = max(places[i], places[i - 1] + gap)
    if places and places[-1] > high:
        places[-1] = high
        for i in range(len(places) - 2, -1, -1):
            places[i] = min(places[i], places[i + 1] - gap)
    return places


def _label_curves(axes, curves, x, y):
    """Each curve's name at its right end, moved apart where they would touch."""
    box, origin = axes.get_window_extent(), _points(axes)
    ends = []
    for curve in curves:
        px, py = max(curve.points, key=lambda p: p[0])[:2]
        at = axes.transData.transform((x.place(px), y.place(py)))
        ends.append((at[1] - box.y0, at[0] - box.x0, curve))
    ends.sort(key=lambda e: (e[0], -e[2].number))
    places = _spread([e[0] for e in ends], 4, box.height, LABEL_LINE)
    for place, (end_y, end_x, curve) in zip(places, ends):
        axes.plot([end_x + 6, box.width + 6, box.width + 16], [end_y, end_y, place], color=curve.color,
                  linewidth=0.7, alpha=0.55, clip_on=False, transform=origin, zorder=2)
        axes.plot([box.width + 24], [place], color=curve.color, marker=curve.marker, markersize=5.5,
                  markeredgewidth=0.0, clip_on=False, transform=origin)
        axes.text(box.width + 33, place, written.shortened(curve.label, LABEL_CHARACTERS), color=curve.color,
                  transform=origin, ha="left", va="center", fontsize=10.5, clip_on=False)


def _draw_marks(axes, marks, x):
    box, origin, taken = axes.get_window_extent(), _points(axes), []
    for mark in sorted(marks, key=lambda m: m["x"]):
        axes.axvline(x.place(mark["x"]), color=svg.MARK, linewidth=1.0, linestyle=(0, (1, 2.5)), zorder=1)
        at = axes.transData.transform((x.place(mark["x"]), axes.get_ylim()[0]))[0] - box.x0
        words = written.shortened((mark.get("label") or "").replace("\n", " "), 40)
        if not words:
            continue
        width = 5.6 * len(words)
        left = at + 4 if at + 4 + width < box.width else at - 4 - width
        row = next(r for r in range(len(marks) + 1)
                   if not any(t[0] == r and t[1] < left + width + 6 and left < t[2] + 6 for t in taken))
        taken.append((row, left, left + width))
        axes.text(left, box.height - 9 - 13 * row, words, color=svg.MARK, transform=origin, ha="left",
                  va="center", fontsize=9.5)


def _words(curve, point, about):
    """What is said of a point: curve: y (label, unit), at x (label, unit); its own words."""
    x, y, text = point
    said = (f"{curve.label}: {written.with_unit(written.number(y), about['y'].get('unit'))} "
            f"at {written.number(x)} {about['x'].get('unit') or about['x'].get('label') or ''}").rstrip()
    return f"{said} \u2013 {text}" if text else said


def _targets(axes, curves, about, x, y):
    """Where the pointer finds which point: (curve, x, y, words), in the SVG's coordinates."""
    targets = []
    for curve in curves:
        for point in curve.points:
            at = axes.transData.transform((x.place(point[0]), y.place(point[1])))
            targets.append((curve.number, round(float(at[0]), 1), round(HEIGHT - float(at[1]), 1),
                            _words(curve, point, about)))
    return targets


def _right_margin(curves):
    if not 0 < len(curves) <= MOST_LABELS:
        return LEAST_RIGHT
    longest = max(len(written.shortened(c.label, LABEL_CHARACTERS)) for c in curves)
    return min(MOST_RIGHT + 40, max(60.0, 40 + 6.6 * longest))


def _picture(figure):
    out = io.StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return out.getvalue()


def draw(about, identity, extra=None):
    """One figure of a result (docs/report.md) as the text of an <svg> element, or None if it has no
    point; and the figure's curves with what they look like.

    identity: a word, unique on the page. extra(axes, x, y): draws more (the Pareto front).
    """
    told = any(c.get("known_to") for c in about["curves"])
    every = [_Curve(i, c, told) for i, c in enumerate(about["curves"])]
    curves = [c for c in every if c.points]
    if not curves:
        return None, every
    marks = about.get("marks") or []
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        x = Axis(about["x"], [p[0] for c in curves for p in c.points] + [m["x"] for m in marks], False)
        y = Axis(about["y"], [p[1] for c in curves for p in c.points], True)
        figure, axes = _canvas(_right_margin(curves) if not extra else 30.0)
        _frame(axes, x, y)
        _draw_marks(axes, marks, x)
        for curve in curves:
            _draw_curve(axes, curve, x, y)
        if extra:
            extra(axes, x, y)
        elif len(curves) <= MOST_LABELS:
            _label_curves(axes, curves, x, y)
        return svg.for_page(_picture(figure), identity, _targets(axes, curves, about, x, y)), every
