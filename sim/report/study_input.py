# SPDX-License-Identifier: Apache-2.0
"""Reads a result file (docs/report.md) and refuses what cannot be shown, with one sentence."""
import json
import math
import os
import re

import jsonschema

MOST_BYTES = 64 << 20
# Beyond this, arithmetic on axes overflows.
MOST_VALUE = 1e300

# What neither XML nor HTML can hold, and what would turn a line of text around.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


class InputError(Exception):
    """The sentence that names the file and the place."""


def place_of(path):
    """("figures", 0, "x") -> figures[0].x"""
    place = ""
    for step in path:
        place += f"[{step}]" if isinstance(step, int) else f".{clean(str(step))[:60]}"
    place = place.lstrip(".") or "the whole"
    return place if len(place) <= 160 else f"{place[:100]} ... {place[-50:]}"


def clean(text):
    """Text that a page can hold: what it cannot becomes a replacement character."""
    return _UNSHOWABLE.sub("\ufffd", text)


def _wrong_number(value):
    if isinstance(value, float) and not math.isfinite(value):
        return "is not a finite number"
    if abs(value) > MOST_VALUE:
        return f"is larger than {MOST_VALUE:g}"
    return None


def _cleaned(name, value):
    """A copy with every string cleaned and every number checked; without recursion, because the
    file may be nested as deeply as it likes."""
    whole = [value]
    work = [(whole, 0, ())]
    while work:
        holder, key, path = work.pop()
        item = holder[key]
        if isinstance(item, str):
            holder[key] = clean(item)
        elif isinstance(item, (int, float)) and not isinstance(item, bool):
            wrong = _wrong_number(item)
            if wrong:
                raise InputError(f"{name}: {place_of(path)} {wrong}")
        elif isinstance(item, dict):
            holder[key] = item = {clean(k): v for k, v in item.items()}
            work.extend((item, k, path + (k,)) for k in reversed(list(item)))
        elif isinstance(item, list):
            holder[key] = item = list(item)
            work.extend((item, i, path + (i,)) for i in reversed(range(len(item))))
    return whole[0]


def _read(path):
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size > MOST_BYTES:
                raise InputError(f"{path}: is larger than {MOST_BYTES >> 20} MiB")
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise InputError(f"{path}: is larger than {MOST_BYTES >> 20} MiB")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is not UTF-8") from error


def _parse(path, text):
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: column {error.colno} is not JSON: {error.msg}") from error
    except RecursionError as error:
        raise InputError(f"{path}: is nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits
        raise InputError(f"{path}: holds a number that is too long") from error


def _sentence(error):
    """Why a value is refused, without the value where it could be long."""
    kind, wanted = error.validator, error.validator_value
    if kind == "type":
        return "must be " + (wanted if isinstance(wanted, str) else " or ".join(wanted))
    if kind == "required":
        missing = [key for key in wanted if key not in error.instance]
        return f"lacks '{missing[0]}'"
    if kind == "enum":
        return "must be one of " + ", ".join("null" if w is None else str(w) for w in wanted)
    if kind in ("maxItems", "maxLength", "maxProperties"):
        return f"has more than {wanted} {'characters' if kind == 'maxLength' else 'items'}"
    if kind == "minimum":
        return f"must be at least {wanted}"
    return "has a wrong shape"


def _check(path, value):
    schema_path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "study.schema.json")
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    for error in jsonschema.Draft7Validator(schema).iter_errors(value):
        raise InputError(f"{path}: {place_of(error.absolute_path)} {_sentence(error)}")


def _check_rows(path, value):
    for t, table in enumerate(value.get("tables") or []):
        for r, row in enumerate(table["rows"]):
            if len(row) != len(table["columns"]):
                raise InputError(f"{path}: tables[{t}].rows[{r}] has {len(row)} values for "
                                 f"{len(table['columns'])} columns")


def _check_scales(path, value):
    """A logarithm has no negative numbers; 0 is drawn at the edge."""
    for f, figure in enumerate(value.get("figures") or []):
        for axis in "xy":
            if not (figure[axis].get("scale") or "linear").startswith("log"):
                continue
            for c, curve in enumerate(figure["curves"]):
                for p, point in enumerate(curve["points"]):
                    if point[axis] is not None and point[axis] < 0:
                        raise InputError(f"{path}: figures[{f}].curves[{c}].points[{p}].{axis} is "
                                         "negative on a logarithmic axis")
            for m, mark in enumerate((figure.get("marks") or []) if axis == "x" else []):
                if mark["x"] < 0:
                    raise InputError(f"{path}: figures[{f}].marks[{m}].x is negative on a logarithmic axis")


def load(path, kind="study"):
    """The checked content of a result file of that kind, with clean strings and finite numbers.

    Raises InputError with a sentence that names the file and the place.
    """
    value = _cleaned(path, _parse(path, _read(path)))
    if not isinstance(value, dict) or value.get("kind") != kind:
        raise InputError(f'{path}: is not the result of a {kind}: its "kind" is not "{kind}"')
    try:
        _check(path, value)
    except RecursionError as error:
        raise InputError(f"{path}: is nested too deeply") from error
    _check_rows(path, value)
    _check_scales(path, value)
    return value
