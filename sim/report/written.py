# SPDX-License-Identifier: Apache-2.0
"""Numbers and words as the page writes them."""
import math

_SUPERSCRIPT = str.maketrans("-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")


def _scientific(value, digits):
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}\u00d710{str(int(exponent)).translate(_SUPERSCRIPT)}".replace("-", "\u2212")


def number(value, digits=6):
    """A number in at most so many significant digits; whole numbers in full below 10^15."""
    if value == 0:
        return "0"
    if abs(value) < 1e15 and value == int(value):
        return f"{int(value):,}".replace("-", "\u2212")
    if abs(value) >= 1e15 or abs(value) < 1e-4:
        return _scientific(value, digits)
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "\u2212")


def ticks(values):
    """Words for an axis: no wider than need be, and no two alike."""
    if max(abs(v) for v in values) >= 1e7:
        def word(value, digits):
            return "0" if value == 0 else _scientific(value, digits).removeprefix("1\u00d7") \
                if abs(value) >= 1e4 or abs(value) < 1e-4 else number(value, digits)
    else:
        word = number
    for digits in range(3, 16):
        words = [word(v, digits) for v in values]
        if len(set(words)) == len(set(values)):
            break
    return words


def power_of_two(value):
    """Ticks of a log2 axis: 16, 32, 64, ..., 8192, 16Ki, ..., 1Mi; 1/2, 1/4 below 1."""
    if value < 1:
        return f"1/{round(1 / value):,}" if value >= 1 / 1024 else _scientific(value, 2)
    for unit, size in (("", 1), ("Ki", 1 << 10), ("Mi", 1 << 20), ("Gi", 1 << 30), ("Ti", 1 << 40)):
        if value < (16384 if size == 1 else size * 1024):
            return f"{round(value / size)}{unit}"
    return f"2{str(round(math.log2(value))).translate(_SUPERSCRIPT)}"


def cell(value):
    """A table's value: numbers right, words left, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number(value)
    return value


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def with_unit(label, unit):
    """("time", "ns") -> time (ns); nothing in parentheses where the unit is missing or says the same."""
    label = label or ""
    return f"{label} ({unit})" if unit and unit != label else label


def shortened(text, most):
    return text if len(text) <= most else text[:most - 1] + "\u2026"


def plain(value):
    """A configuration's value as --set takes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return str(value)
