#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A study's result with every kind of content, made from formulas: fixture.py >study.json"""
import json
import sys


def miss_ratio(entries, ways, program):
    """A plausible curve: halves with each doubling until the program's pages fit."""
    pages = 150 * program
    reach = entries * (1 - 0.35 / ways)
    return max(0.0, 0.08 * (1 - reach / pages)) if reach < pages else 0.0


def tlb_figure():
    names = ["cc1, direct mapped", "cc1, 4 ways", "cc1, fully associative", "gzip, direct mapped", "gzip, 4 ways",
             "xz, 2 ways", "python, 4 ways", "python, 8 ways"]
    shapes = [(1, 6), (4, 6), (1000, 6), (1, 1), (4, 1), (2, 3), (4, 9), (8, 9)]
    return {
        "id": "tlb-miss", "title": "Data TLB: miss ratio against entries",
        "x": {"label": "TLB size", "unit": "entries", "scale": "log2"},
        "y": {"label": "miss ratio", "unit": "misses per reference", "scale": "log10"},
        "curves": [{"label": n, "known_to": None,
                    "points": [{"x": 1 << e, "y": miss_ratio(1 << e, w, p), "text": f"{1 << e} x {w}"}
                               for e in range(3, 12)]} for n, (w, p) in zip(names, shapes)],
        "marks": [{"x": 16, "label": "the default"}],
    }


def fault_figure():
    frames = list(range(16, 513, 8))
    kinds = [("OPT", "simulator", 0.6), ("LRU", "simulator", 1.0), ("CLOCK", "kernel", 1.12),
             ("FIFO", "kernel", 1.35), ("aging", "kernel", 1.06)]
    return {
        "id": "faults", "title": "Page faults against frames",
        "x": {"label": "frames", "unit": "frames of 4 KiB", "scale": "linear"},
        "y": {"label": "fault rate", "unit": "faults per 1000 references", "scale": "linear"},
        "curves": [{"label": n, "known_to": k, "points": [{"x": f, "y": 40 * s / (1 + (f / 60) ** 2)} for f in frames]}
                   for n, k, s in kinds],
        "marks": [{"x": 96, "label": "knee: thrashing below"}, {"x": 120, "label": "working set"}],
    }


def cost_rows():
    return [{"configuration": {"tlb.data.entries": e, "tlb.fetch.entries": e}, "luts": luts, "ffs": ffs, "brams": 0,
             "fmax_mhz": mhz, "cycles": cycles}
            for e, luts, ffs, mhz, cycles in [(4, 8200, 3100, 34.1, 4.1), (8, 11900, 4200, 32.0, 3.2),
                                              (16, 19800, 6500, 30.2, 2.5), (32, 36500, 11100, 24.3, 2.3),
                                              (64, 70300, 20300, 21.5, 1.6)]]


def study():
    return {
        "tandem": "0.1.0", "kind": "study", "name": "example", "title": "How large a TLB do these programs need?",
        "command": "tandem study --set os.frames=256 --sweep 'tlb.data.entries=8,16,32' --trace traces/cc1.tdt",
        "seed": 7, "versions": {"model": "0.1.0", "compiler": "gcc 12.2"},
        "configuration": {"mmu.mode": "sv39", "tlb.data.policy": "lru", "os.frames": 256, "memory.data.least": 8},
        "traces": [{"name": "cc1", "path": "traces/cc1.tdt", "references": 3000000, "pages": 911,
                    "bytes_checksum": "9f86d081884c7d65"},
                   {"name": "gzip", "path": "traces/gzip.tdt", "references": 3000000, "pages": 164,
                    "bytes_checksum": "60303ae22b998861"}],
        "summary": ["From 16 to 64 entries the miss ratio of cc1 falls by a factor of 1.07; from 256 on gzip fits whole.",
                    "CLOCK needs 12 % more faults than LRU, which no kernel can have.",
                    "Of the units measured, five lie on the Pareto front."],
        "figures": [tlb_figure(), fault_figure()],
        "tables": [{"id": "sizes", "title": "Working sets",
                    "columns": [{"name": "program"}, {"name": "window", "unit": "references"},
                                {"name": "pages", "unit": None}, {"name": "huge pages help"}],
                    "rows": [["cc1", 10000, 91.25, True], ["gzip", 10000, 23.5, False], ["xz", None, None, None]]}],
        "verify": {"seed": 3, "points": [{"trace": "gzip", "key": "tlb.data.entries=16", "misses": 1201, "agree": True},
                                         {"trace": "cc1", "key": "tlb.data.entries=8", "misses": 88123, "agree": True}]},
        "cost": cost_rows(),
    }


if __name__ == "__main__":
    json.dump(study(), sys.stdout, indent=1)
