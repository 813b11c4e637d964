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

WIDTH, PLOT_HEIGHT = 760.0, 310.0  # points, which are the SVG's units
LEFT, TOP, BOTTOM, LEAST_RIGHT, MOST_RIGHT = 78.0, 36.0, 56.0, 22.0, 250.0
MARK_LINE, MARK_CHARACTER = 13.0, 5.7  # height and width of marks' words
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
        self.errors = {(p["x"], p["y"]): p["error"] for p in about["points"] if p.get("error")}
        # A point without a value interrupts the curve.
        self.runs = [[]]
        for point in about["points"]:
            if point["y"] is None:
                self.runs.append([])
            else:
                self.runs[-1].append((point["x"], point["y"]))


def _canvas(right, top):
    height = top + PLOT_HEIGHT + BOTTOM
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
    FigureCanvasSVG(figure)
    figure.patch.set_visible(False)
    axes = figure.add_axes([LEFT / WIDTH, BOTTOM / height, (WIDTH - LEFT - right) / WIDTH, PLOT_HEIGHT / height])
    axes.patch.set_visible(False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(svg.AXIS)
    axes.tick_params(colors=svg.AXIS, labelcolor=svg.TEXT, length=4)
    axes.grid(True, axis="y", color=svg.GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    return figure, axes


def _frame(axes, x, y, top):
    x.apply(axes.xaxis, axes.set_xscale, axes.set_xlim)
    y.apply(axes.yaxis, axes.set_yscale, axes.set_ylim)
    axes.set_xlabel(written.shortened(x.label, 90), color=svg.TEXT, labelpad=8)
    # The y axis' name lies above the axis, to be read without turning the head.
    axes.text(-LEFT + 8, PLOT_HEIGHT + top - 14, written.shortened(y.label, 90), color=svg.TEXT,
              transform=_points(axes), ha="left", va="baseline")


def _points(axes):
    """Coordinates in points from the axes' lower left corner."""
    box = axes.get_window_extent()
    return matplotlib.transforms.Affine2D().translate(box.x0, box.y0)


def _draw_curve(axes, curve, x, y, lines):
    every = max(1, math.ceil(len(curve.points) / MOST_MARKERS))
    drawn = 0
    for run in curve.runs:
        xs, ys = [x.place(p[0]) for p in run], [y.place(p[1]) for p in run]
        if lines and len(run) > 1:
            axes.plot(xs, ys, color=curve.color, linestyle=curve.dash, linewidth=1.9, zorder=3,
                      solid_joinstyle="round", dash_capstyle="butt")
        _draw_errors(axes, curve, run, xs, y)
        marked = [i for i in range(len(run)) if (drawn + i) % every == 0 or i == len(run) - 1]
        drawn += len(run)
        for hollow in (False, True):  # hollow: 0 where the scale has none
            at = [i for i in marked if hollow == _is_floor(run[i], x, y)]
            if at:
                axes.plot([xs[i] for i in at], [ys[i] for i in at], linestyle="none", marker=curve.marker,
                          markersize=6.5 if curve.marker in "*PX" else 5.5, markeredgecolor=curve.color,
                          markerfacecolor=svg.PAPER if hollow else curve.color,
                          markeredgewidth=1.3 if hollow else 0.0, zorder=4, clip_on=False)


def _draw_errors(axes, curve, run, xs, y):
    """One standard error up and down of each point that is an estimate."""
    for at, point in zip(xs, run):
        error = curve.errors.get(point)
        if error:
            low, high = point[1] - error, point[1] + error
            if y.scale != "linear":  # an error as large as the value reaches down to the axis
                low = max(low, y.limits[0])
            axes.plot([at, at], [low, min(high, y.limits[1])], color=curve.color, linewidth=1.1, zorder=3)


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


def _lay_marks(axes_width, marks, x):
    """Words of marks in rows above the picture, so that none touch: (mark, left, row, words)."""
    low, high = (math.log(v) if x.scale != "linear" else v for v in x.limits)
    laid = []
    for mark in sorted(marks, key=lambda m: m["x"]):
        words = written.shortened((mark.get("label") or "").replace("\n", " "), 40)
        at = math.log(x.place(mark["x"])) if x.scale != "linear" else mark["x"]
        width = MARK_CHARACTER * len(words)
        left = max(0.0, min((at - low) / (high - low) * axes_width - width / 2, axes_width - width))
        row = next(r for r in range(len(marks))
                   if not any(o[2] == r and left < o[1] + MARK_CHARACTER * len(o[3]) + 8 for o in laid))
        laid.append((mark, left, row, words))
    return laid


def _draw_marks(axes, laid, x):
    origin = _points(axes)
    for mark, left, row, words in laid:
        axes.axvline(x.place(mark["x"]), color=svg.MARK, linewidth=1.1, linestyle=(0, (1, 2.5)), zorder=1)
        axes.text(left, PLOT_HEIGHT + 6 + MARK_LINE * row, words, color=svg.MARK, transform=origin, ha="left",
                  va="baseline", fontsize=9.5)


def _words(curve, point, about):
    """What is said of a point. LRU: 12 faults at 64 frames - and its own words."""
    x, y, text = point
    said = (f"{curve.label}: {written.number(y)} {about['y'].get('unit') or ''} "
            f"at {written.number(x)} {about['x'].get('unit') or about['x'].get('label') or ''}")
    said = " ".join(said.split())
    return f"{said} \u2013 {text}" if text else said


def _targets(axes, curves, about, x, y, height):
    """Where the pointer finds which point: (curve, x, y, words), in the SVG's coordinates."""
    targets = []
    for curve in curves:
        for point in curve.points:
            at = axes.transData.transform((x.place(point[0]), y.place(point[1])))
            targets.append((curve.number, round(float(at[0]), 1), round(height - float(at[1]), 1),
                            _words(curve, point, about)))
    return targets


def _right_margin(curves):
    if not 0 < len(curves) <= MOST_LABELS:
        return LEAST_RIGHT
    longest = max(len(written.shortened(c.label, LABEL_CHARACTERS)) for c in curves)
    return min(MOST_RIGHT, max(60.0, 40 + 6.6 * longest))


def _picture(figure):
    out = io.StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return out.getvalue()


def draw(about, identity, extra=None):
    """One figure of a result (docs/report.md) as the text of an <svg> element, or None if it has no
    point; and the figure's curves with what they look like.

    identity: a word, unique on the page. extra(axes, x, y): draws this instead of lines and
    labels (the Pareto front).
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
        right = 30.0 if extra else _right_margin(curves)
        laid = _lay_marks(WIDTH - LEFT - right, marks, x)
        top = TOP + MARK_LINE * (1 + max((l[2] for l in laid), default=-1))
        figure, axes = _canvas(right, top)
        _frame(axes, x, y, top)
        _draw_marks(axes, laid, x)
        for curve in curves:
            _draw_curve(axes, curve, x, y, lines=not extra)
        if extra:
            extra(axes, x, y)
        elif len(curves) <= MOST_LABELS:
            _label_curves(axes, curves, x, y)
        targets = _targets(axes, curves, about, x, y, top + PLOT_HEIGHT + BOTTOM)
        return svg.for_page(_picture(figure), identity, targets), every
