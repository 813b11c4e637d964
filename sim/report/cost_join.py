# SPDX-License-Identifier: Apache-2.0
"""Puts the hardware's cost (tandem cost --json) beside a study's rows, and makes the figures of it."""
import written

_MEASURES = ("luts", "ffs", "brams", "fmax_mhz", "note")
_WORDS = {"yes": "1", "no": "0", "true": "1", "false": "0"}


def _same(a, b):
    """Values of keys are compared as --set would take them."""
    a, b = (written.plain(v).lower() for v in (a, b))
    return _WORDS.get(a, a) == _WORDS.get(b, b)


def _resolved(configuration):
    """"full" ways are as many as the TLB has entries."""
    out = dict(configuration)
    for key, value in configuration.items():
        if key.endswith(".ways") and value == "full":
            out[key] = configuration.get(key[:-len("ways")] + "entries", value)
    return out


def _studied(study):
    """The configurations that a study went through, with the cycles of a translation: rows of its
    table "points", whose columns are the first key of each sweep and the measures."""
    table = next((t for t in study.get("tables") or [] if t.get("id") == "points"), None)
    columns = [c["name"] for c in table["columns"]] if table else []
    if "translation-cycles" not in columns:
        return []
    sweeps = [s.get("keys") for s in study.get("sweeps") or [] if isinstance(s, dict)]
    together = {keys[0]: keys for keys in sweeps if isinstance(keys, list) and keys}
    common = study.get("configuration") or {}
    cycles, order = {}, []
    for cells in table["rows"]:
        row = dict(zip(columns, cells))
        configuration = {key: row[first] for first, keys in together.items() if first in row for key in keys}
        if not written.is_number(row["translation-cycles"]):
            continue
        # "full" and 16 ways of 16 entries are one point, and each program counts once in it.
        resolved = _resolved({**common, **configuration})
        name = repr(sorted((key, written.plain(value)) for key, value in resolved.items()))
        if name not in cycles:
            order.append((name, {key: resolved[key] for key in configuration}))
        cycles.setdefault(name, {}).setdefault(row.get("trace"), row["translation-cycles"])
    return [{"configuration": configuration, "cycles": sum(cycles[name].values()) / len(cycles[name]),
             "cycles_of": len(cycles[name])} for name, configuration in order]


def _matches(row, common, cost):
    """Whether a study's row is about the unit of a cost row: every key of the unit has the value
    that the row, or else the study's own configuration, gives it."""
    asked = row["configuration"]
    if isinstance(asked, str) or isinstance(cost, str):
        return asked == cost
    wanted = _resolved({**common, **asked})
    shared = [key for key in cost if key in wanted]
    return bool(shared) and all(_same(cost[key], wanted[key]) for key in shared)


def _completed(cost, match):
    """The unit with a point's cycles. A study that sweeps more than the unit's keys, such as the
    memory's latency, has several points of it: each says which."""
    row = {**cost, **{key: match[key] for key in ("cycles", "cycles_of") if key in match}}
    if isinstance(cost["configuration"], dict) and isinstance(match["configuration"], dict):
        row["configuration"] = {**match["configuration"], **cost["configuration"]}
        row["condition"] = {key: value for key, value in match["configuration"].items()
                            if key not in cost["configuration"]}
    return row


def join(study, costs):
    """Rows with area and clock from `costs` and cycles from the study: from its own cost rows, or
    else from the points that it went through. Costs that nothing in the study asks for stand for
    themselves."""
    rows = [dict(row) for row in study.get("cost") or []]
    asked_for = rows or _studied(study)
    common = study.get("configuration") or {}
    joined = []
    for cost in costs:
        matches = [row for row in asked_for if _matches(row, common, cost["configuration"])]
        if rows:  # the study's own rows, completed
            for row in matches:
                row.update({key: cost[key] for key in _MEASURES if cost.get(key) is not None})
        if not rows:
            joined += [_completed(cost, match) for match in matches] or [cost]
        elif not matches:
            joined.append(cost)
    return rows + joined


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
        out.append(" ".join(parts) or "the unit")
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


def _condition(row):
    """What the row's unit worked under: the keys that are no part of the unit, in words."""
    return " ".join(f"{key}={written.plain(value)}" for key, value in sorted((row.get("condition") or {}).items()))


def fronts(rows, points):
    """A front for each operating condition, in the order in which they appear: units are compared
    only where the same is asked of them. [(condition, indices of points)]; rows[i] is of points[i]."""
    groups = {}
    for index, row in enumerate(rows):
        groups.setdefault(_condition(row), []).append(index)
    return [(condition, [group[i] for i in front([points[k] for k in group])]) for condition, group in groups.items()]


def _scale(values):
    positive = [v for v in values if v > 0]
    return "log10" if len(positive) == len(values) and max(values) > 8 * min(values) else "linear"


def figure(rows):
    """(what to draw, its fronts or None, names of its points), or None if no row can be drawn."""
    short = names(rows)
    drawn = [(row, name) for row, name in zip(rows, short)
             if row.get("luts") is not None and translation_ns(row) is not None]
    timed = [(row["luts"], translation_ns(row), name) for row, name in drawn]
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
    return about, (fronts([row for row, _ in drawn], plain) if timed else None), points
