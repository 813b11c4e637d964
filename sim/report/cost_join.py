# SPDX-License-Identifier: Apache-2.0
"""Puts the hardware's cost (tandem cost --json) beside a study's rows, and makes the figures of it."""
import written

_MEASURES = ("luts", "ffs", "brams", "fmax_mhz", "note")
_WORDS = {"yes": "1", "no": "0", "true": "1", "false": "0"}


def _same(a, b):
    """Values of keys are compared as --set would take them."""
    a, b = (written.plain(v).lower() for v in (a, b))
    return _WORDS.get(a, a) == _WORDS.get(b, b)


def _matches(row, common, cost):
    """Whether a study's row is about the unit of a cost row: every key of the unit has the value
    that the row, or else the study's own configuration, gives it."""
    asked = row["configuration"]
    if isinstance(asked, str) or isinstance(cost, str):
        return asked == cost
    wanted = {**common, **asked}
    shared = [key for key in cost if key in wanted]
    return bool(shared) and all(_same(cost[key], wanted[key]) for key in shared)


def join(study, costs):
    """The study's cost rows completed by those of `costs`; what no row of the study asks for is
    appended. A cost row that matches a study's row brings its area and clock, the study's row its
    cycles."""
    rows = [dict(row) for row in study.get("cost") or []]
    common = study.get("configuration") or {}
    for cost in costs:
        matched = False
        for row in rows:
            if _matches(row, common, cost["configuration"]):
                matched = True
                for key in _MEASURES:
                    if cost.get(key) is not None:
                        row[key] = cost[key]
        if not matched:
            rows.append(dict(cost))
    return rows


def without_common_prefix(keys):
    """tlb.data.entries, tlb.fetch.entries -> data.entries, fetch.entries"""
    parts = [key.split(".") for key in keys]
    common = 0
    while parts and all(len(p) > common + 1 and p[common] == parts[0][common] for p in parts):
        common += 1
    if len(parts) == 1:
        common = 0
    return [".".join(p[common:]) for p in parts]


def names(rows):
    """A short name for each row: the keys in which the rows differ."""
    flat = [row["configuration"] for row in rows]
    keys = []
    for configuration in flat:
        if isinstance(configuration, dict):
            keys += [key for key in configuration if key not in keys]
    missing = object()
    differing = [key for key in keys
                 if len({str(c.get(key, missing)) if isinstance(c, dict) else "" for c in flat}) > 1]
    short = dict(zip(differing, without_common_prefix(differing)))
    out = []
    for configuration in flat:
        if isinstance(configuration, str):
            out.append(configuration)
            continue
        parts = [f"{short[key]}={written.plain(configuration[key])}" for key in differing if key in configuration]
        out.append(" ".join(parts) or "this configuration")
    return out


def differing_keys(rows):
    """The keys in which the rows' configurations differ, and those they share with one value."""
    flat = [row["configuration"] for row in rows if isinstance(row["configuration"], dict)]
    keys = []
    for configuration in flat:
        keys += [key for key in configuration if key not in keys]
    same = {}
    for key in keys:
        values = {written.plain(c.get(key)) for c in flat}
        if len(values) == 1 and all(key in c for c in flat) and len(flat) == len(rows):
            same[key] = values.pop()
    return [key for key in keys if key not in same], same


def translation_ns(row):
    """Nanoseconds per translation, or None: average cycles of a translation / clock."""
    if row.get("cycles") is None or not row.get("fmax_mhz"):
        return None
    return 1000.0 * row["cycles"] / row["fmax_mhz"]


def front(points):
    """The Pareto front of (area, time): indices, by area; nothing else is as small and as fast."""
    best, kept = None, []
    for index in sorted(range(len(points)), key=lambda i: points[i]):
        if best is None or points[index][1] < best:
            kept.append(index)
            best = points[index][1]
    return kept


def _scale(values):
    positive = [v for v in values if v > 0]
    return "log10" if len(positive) == len(values) and max(values) > 8 * min(values) else "linear"


def figure(rows):
    """(what to draw, indices of the front or None, names of its points), or None if no row can be drawn."""
    short = names(rows)
    timed = [(row["luts"], translation_ns(row), name) for row, name in zip(rows, short)
             if row.get("luts") is not None and translation_ns(row) is not None]
    clocked = [(row["luts"], row["fmax_mhz"], name) for row, name in zip(rows, short)
               if row.get("luts") is not None and row.get("fmax_mhz")]
    points = timed or clocked
    if not points:
        return None
    y = ({"label": "time per translation", "unit": "ns"} if timed else
         {"label": "estimated clock frequency", "unit": "MHz"})
    about = {
        "title": "Time of a translation against area" if timed else "Clock frequency against area",
        "x": {"label": "area", "unit": "LUTs", "scale": _scale([p[0] for p in points])},
        "y": {**y, "scale": "linear"},
        "curves": [{"label": "configurations",
                    "points": [{"x": p[0], "y": p[1], "text": p[2]} for p in points]}],
    }
    plain = [(p[0], p[1]) for p in points]
    return about, (front(plain) if timed else None), points
