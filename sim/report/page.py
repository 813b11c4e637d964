# SPDX-License-Identifier: Apache-2.0
"""Makes the page of a result: figures, tables, and what is needed to repeat it."""
import base64
import hashlib
import os

import jinja2
from markupsafe import Markup

import cost_join
import figure as drawing
import svg
import written

_HERE = os.path.dirname(os.path.abspath(__file__))
_SIGNS = "\u25cf\u25a0\u25b2\u25c6\u25bc\u271a\u2716\u2605"  # as figure.MARKERS
_MOST_NAMED = 12  # points of the cost figure with their names beside them


def _read(name):
    with open(os.path.join(_HERE, name), encoding="utf-8") as file:
        return file.read()


def _table(identity, title, columns, rows, caption="", kinds=None):
    """columns: (name, unit); rows: values. A column is of numbers if nothing else is in it."""
    numeric = [any(row[i] is not None for row in rows) and
               all(row[i] is None or written.is_number(row[i]) for row in rows) for i in range(len(columns))]
    return {
        "id": identity, "title": title, "caption": caption,
        "columns": [{"name": name, "unit": unit, "number": numeric[i]} for i, (name, unit) in enumerate(columns)],
        "rows": [{"cells": [written.cell(v) for v in row], "kind": kinds[r] if kinds else ""}
                 for r, row in enumerate(rows)],
    }


def _values(identity, about, curves):
    """The figure in numbers: x down, curves across."""
    shown = [c for c in curves if c.points]
    values = {}
    for i, curve in enumerate(shown):
        for x, y, _ in curve.points:
            values.setdefault(x, {}).setdefault(i, []).append(y)
    rows = []
    for x in sorted(values):
        depth = max(len(v) for v in values[x].values())
        for d in range(depth):
            rows.append([x] + [(values[x].get(i, []) + [None] * depth)[d] for i in range(len(shown))])
    unit = about["y"].get("unit")
    return _table(f"{identity}-values", "Values", [(about["x"].get("label") or "x", about["x"].get("unit"))] +
                  [(c.label, None) for c in shown], rows,
                  written.with_unit(about["y"].get("label") or "", unit))


def _notes(about, curves):
    notes = []
    empty = [c.label for c in curves if not c.points]
    if len(empty) == len(curves):
        return ["This figure has no points."]
    if empty:
        notes.append("Without points: " + ", ".join(empty) + ".")
    if any(c.known_to == "simulator" for c in curves):
        notes.append("Dashed: what only a simulator can know. Solid: what a kernel can know.")
    for axis, index in (("x", 0), ("y", 1)):
        if (about[axis].get("scale") or "linear") != "linear" and \
                any(p[index] == 0 for c in curves for p in c.points):
            notes.append(f"The {axis} axis is logarithmic; 0 stands at its lower end (hollow).")
    return notes


def _figure(number, about):
    identity = f"figure-{number}"
    picture, curves = drawing.draw(about, identity)
    crowd = len([c for c in curves if c.points]) > drawing.MOST_LABELS
    return {
        "id": identity, "title": about.get("title") or about.get("id") or f"Figure {number}",
        "svg": Markup(picture) if picture else None, "before": [], "notes": _notes(about, curves), "open": False,
        "legend": [{"color": c.number % svg.CURVES + 1, "marker": _SIGNS[c.number % len(_SIGNS)], "label": c.label}
                   for c in curves if c.points] if crowd else [],
        "table": _values(identity, about, curves) if picture else None,
    }


def _draw_front(axes, corners, x, y, number):
    places = [x.place(c[0]) for c in corners], [y.place(c[1]) for c in corners]
    axes.step(*places, where="post", color=svg.curve_color(number), linewidth=1.6, zorder=2)
    axes.plot(*places, linestyle="none", marker="D", markersize=6, color=svg.curve_color(number),
              markeredgewidth=0, zorder=5)


def _beside(fronts, points):
    """Draws the fronts and the names of their points."""
    def draw(axes, x, y):
        on_front = [i for _, front in fronts or [] for i in front]
        named = range(len(points)) if len(points) <= _MOST_NAMED else on_front
        for number, (_, front) in enumerate(fronts or []):
            _draw_front(axes, [points[i] for i in front], x, y, number + 1)
        middle = sum(axes.transData.inverted().transform(axes.transAxes.transform((p, 0)))[0] for p in (0.6,))
        for i in named:
            left = x.place(points[i][0]) > middle
            axes.annotate(written.shortened(points[i][2], 48), (x.place(points[i][0]), y.place(points[i][1])),
                          xytext=(-9 if left else 9, 7), textcoords="offset points", fontsize=9.5, color=svg.TEXT,
                          ha="right" if left else "left")
    return draw


def _cost_table(identity, rows, on_front):
    differing, same = cost_join.differing_keys(rows)
    columns = [(key, None) for key in differing] or [("configuration", None)]
    columns += [("LUTs", None), ("flip-flops", None), ("block RAMs", None), ("clock", "MHz"),
                ("translation", "cycles"), ("translation", "ns")]
    noted = any(row.get("note") for row in rows)
    columns += [("note", None)] if noted else []
    values, short = [], cost_join.names(rows)
    for row, name in zip(rows, short):
        configuration = row["configuration"]
        first = ([configuration.get(key) for key in differing] if differing and isinstance(configuration, dict)
                 else [name] + [None] * (max(1, len(differing)) - 1))
        ns = cost_join.translation_ns(row)
        values.append(first + [row.get("luts"), row.get("ffs"), row.get("brams"),
                               _round(row.get("fmax_mhz")), _round(row.get("cycles"), 3), _round(ns)] +
                      ([row.get("note")] if noted else []))
    caption = "All with " + ", ".join(f"{k}={v}" for k, v in same.items()) + "." if same and differing else ""
    return _table(f"{identity}-values", "Cost", columns, values, caption,
                  ["front" if i in on_front else "" for i in range(len(rows))])


def _round(value, places=1):
    return None if value is None else round(value, places)


def _cost(rows):
    made = cost_join.figure(rows)
    entry = {"id": "cost", "title": "Hardware cost", "svg": None, "before": [], "notes": [], "legend": [],
             "open": True}
    on_front = set()
    if made:
        about, fronts, points = made
        picture, _ = drawing.draw(about, "cost", _beside(fronts, points))
        entry["title"], entry["svg"] = about["title"], Markup(picture)
        if any(row.get("cycles_of", 1) > 1 for row in rows):
            entry["notes"].append("Cycles of a translation are the mean over the study's programs.")
        if fronts is not None:
            drawable = [i for i, row in enumerate(rows)
                        if row.get("luts") is not None and cost_join.translation_ns(row) is not None]
            on_front = {drawable[i] for _, front in fronts for i in front}
            entry["notes"].append("The line is the Pareto front (\u25c6): nothing measured is both smaller and faster. "
                                  "Lower and further left is better.")
            if len(fronts) > 1:
                entry["notes"].append("A front for each condition, because units are compared only where the same is "
                                      "asked of them: " + "; ".join(c or "as configured" for c, _ in fronts) + ".")
    else:
        entry["notes"].append("No configuration has both an area and a clock frequency: nothing to draw.")
    entry["table"] = _cost_table("cost", rows, on_front)
    return entry


def _verify(about):
    points = about.get("points") or []
    wrong = sum(1 for p in points if not p["agree"])
    if not points:
        sentence, good = "No point was run through the RTL.", False
    elif wrong:
        sentence, good = f"{wrong} of {len(points)} points differ between the study and the RTL.", False
    else:
        sentence, good = f"All {len(points)} points agree with the RTL.", True
    if about.get("seed") is not None:
        sentence += f" Chosen with seed {written.plain(about['seed'])}."
    keys = []
    for point in points:
        keys += [k for k in point if k not in keys and k != "agree"]
    rows = [[_flat(p.get(k)) for k in keys] + ["agrees" if p["agree"] else "differs"] for p in points]
    table = _table("verify-points", "Points run through the RTL", [(k.replace("_", " "), None) for k in keys] +
                   [("verdict", None)], rows, kinds=["" if p["agree"] else "differ" for p in points])
    return {"sentence": sentence, "good": good, "table": table if points else None}


def _flat(value):
    """A value for a table's cell, whatever it is."""
    if isinstance(value, dict):
        return " ".join(f"{k}={_flat(v)}" for k, v in value.items())
    if isinstance(value, list):
        return " ".join(str(_flat(v)) for v in value)
    return value


def _origin(study, cost_versions):
    rows = []
    if study.get("tandem"):
        rows.append(["tandem", study["tandem"]])
    if study.get("seed") is not None:
        rows.append(["seed", written.plain(study["seed"])])
    for key, value in {**(study.get("versions") or {}), **cost_versions}.items():
        rows.append([key, written.plain(value)])
    return _table("origin", "Seed and versions", [("what", None), ("value", None)], rows, "Seed and versions") \
        if rows else None


def _traces(traces):
    order = ["name", "path", "references", "pages", "bytes_checksum"]
    keys = [k for k in order if any(k in t for t in traces)]
    for trace in traces:
        keys += [k for k in trace if k not in keys]
    return _table("traces", "Traces", [(k.replace("bytes_checksum", "checksum").replace("_", " "), None) for k in keys],
                  [[t.get(k) for k in keys] for t in traces]) if traces else None


def _configuration(configuration):
    return _table("configuration", "Effective configuration", [("key", None), ("value", None)],
                  [[k, written.plain(v)] for k, v in configuration.items()]) if configuration else None


def _tables(tables):
    return [_table(f"table-{i + 1}", t.get("title") or t.get("id") or f"Table {i + 1}",
                   [(c.get("name") or "", c.get("unit")) for c in t["columns"]], t["rows"])
            for i, t in enumerate(tables)]


def make(study, cost):
    """The page's text from a checked study, and a checked result of tandem cost or None."""
    rows = cost_join.join(study, cost["cost"] or []) if cost else study.get("cost") or []
    figures = [_figure(i + 1, f) for i, f in enumerate(study.get("figures") or [])]
    figures += [_cost(rows)] if rows else []
    tables = _tables(study.get("tables") or [])
    contents = [{"id": e["id"], "title": e["title"]} for e in figures + tables]
    contents += [{"id": "verify", "title": "Points run through the RTL"}] if study.get("verify") else []
    contents.append({"id": "repeat", "title": "How to repeat it"})
    commands = [{"what": "The study:", "text": study["command"]}] if study.get("command") else []
    if cost and cost.get("command"):
        commands.append({"what": "The hardware's cost:", "text": cost["command"]})
    script = _read("page.js")
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(_HERE), autoescape=True,
                                     undefined=jinja2.StrictUndefined, trim_blocks=False)
    digest = base64.b64encode(hashlib.sha256(f"\n{script}".encode()).digest()).decode()
    byline = " \u00b7 ".join(p for p in ("Study " + study["name"] if study.get("name") else "",
                                         "Tandem MMU " + study["tandem"] if study.get("tandem") else "",
                                         "seed " + written.plain(study["seed"])
                                         if study.get("seed") is not None else "") if p)
    return environment.get_template("page.html.j2").render(
        title=study.get("title") or ("Study: " + study["name"] if study.get("name") else "Study"), byline=byline,
        summary=study.get("summary") or [], contents=contents, figures=figures, tables=tables,
        verify=_verify(study["verify"]) if study.get("verify") else None, commands=commands,
        origin=_origin(study, (cost or {}).get("versions") or {}), traces=_traces(study.get("traces") or []),
        configuration=_configuration(study.get("configuration") or {}), style=Markup(_read("page.css")),
        script=Markup(script), script_hash=f"sha256-{digest}")
