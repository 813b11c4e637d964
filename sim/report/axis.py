# SPDX-License-Identifier: Apache-2.0
"""One axis of a figure: limits, ticks and their words, and where a value of 0 goes when the
scale is logarithmic: one step left of (below) the least value, on a tick that says 0."""
import math

from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator

import written

MOST_TICKS = 12
_STEPS = [1, 2, 2.5, 5, 10]


def _power(base, exponent):
    """base^exponent, kept away from the ends of what a double holds."""
    return min(max(base ** max(min(exponent, 307 / math.log10(base)), -307 / math.log10(base)), 1e-306), 1e306)


class Axis:
    """scale "linear", "log2" or "log10"; values: all that will be drawn; from_zero: a linear axis
    begins at 0 where that costs less than half of the picture."""

    def __init__(self, about, values, from_zero):
        self.label = written.with_unit(about.get("label"), about.get("unit"))
        self.scale = about.get("scale") or "linear"
        self.floor = None
        values = [float(v) for v in values]
        if self.scale != "linear" and not any(v > 0 for v in values):
            self.scale = "linear"  # nothing but zeros
        if self.scale == "linear":
            self._linear(values, from_zero)
        else:
            self._logarithmic(values)

    def _linear(self, values, from_zero):
        low, high = min(values), max(values)
        if from_zero and low >= 0 and low < 0.6 * high:
            low = 0.0
        if high - low <= 1e-12 * max(abs(low), abs(high)):  # equal, as far as ticks can tell
            around = (low - abs(low) / 2, high + abs(high) / 2)
            nothing = (0.0, 1.0) if from_zero else (-1.0, 1.0)  # counts are never below 0
            low, high = nothing if abs(low) < 1e-300 else around
        locator = MaxNLocator(nbins=7, steps=_STEPS, min_n_ticks=3)
        ticks = [float(t) for t in locator.tick_values(low, high)]
        step = ticks[1] - ticks[0]
        room = 0.03 * (high - low)
        self.limits = (low if low == 0 else low - room, high + room)
        self.ticks = [(0.0 if abs(t) < step / 1e6 else t) for t in ticks]
        self.ticks = [t for t in self.ticks if self.limits[0] - room / 9 <= t <= self.limits[1] + room / 9]
        self.words = written.ticks(self.ticks)

    def _logarithmic(self, values):
        base = 2 if self.scale == "log2" else 10
        positive = [v for v in values if v > 0]
        low, high = math.log(min(positive), base), math.log(max(positive), base)
        ticks = self._powers(base, low, high)
        zero = len(positive) < len(values)
        if zero:
            # Below the lowest tick too, by as much as a tick's words need.
            lowest = min([low] + [math.log(t, base) for t, _ in ticks])
            gap = max(0.08 * (high - lowest), 1.0 if base == 2 else 0.5)
            self.floor = _power(base, lowest - gap)
            low = lowest - gap
            ticks.insert(0, (self.floor, "0"))
        room = max(0.03 * (high - low), 0.1 if base == 2 else 0.03)
        self.limits = (_power(base, low - room), _power(base, high + room))
        shown = [(t, w) for t, w in ticks if self.limits[0] <= t <= self.limits[1]]
        self.ticks, self.words = [t for t, _ in shown], [w for _, w in shown]

    @staticmethod
    def _powers(base, low, high):
        first, last = math.floor(low + 1e-9), math.ceil(high - 1e-9)
        first, last = max(first, -990 if base == 2 else -298), min(last, 1000 if base == 2 else 300)
        stride = max(1, math.ceil((last - first + 1) / MOST_TICKS))
        powers = [base ** float(e) for e in range(first, last + 1) if (e - first) % stride == 0]
        if base == 2:
            return [(p, written.power_of_two(p)) for p in powers]
        if high - low < 2.2:
            powers = sorted(p * m for p in powers for m in (1, 2, 5))
        inside = sum(1 for p in powers if base ** low <= p <= base ** high)
        if inside < 3 and high - low < 1.5:
            linear = MaxNLocator(nbins=6, steps=_STEPS).tick_values(base ** (low - 0.03), base ** (high + 0.03))
            powers = [float(t) for t in linear if t > 0]
        return list(zip(powers, written.ticks(powers)))

    def place(self, value):
        """Where a value is drawn."""
        return self.floor if self.floor is not None and value == 0 else float(value)

    def apply(self, side, set_scale, set_limits):
        """Onto matplotlib's axis `side`."""
        if self.scale != "linear":
            set_scale("log", base=2 if self.scale == "log2" else 10)
        side.set_major_locator(FixedLocator(self.ticks))
        side.set_major_formatter(FixedFormatter(self.words))
        side.set_minor_locator(FixedLocator([]))
        set_limits(*self.limits)

