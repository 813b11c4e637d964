#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what units cost in an FPGA. Called by `tandem cost`, which gives the units as JSON on
standard input: {"tandem", "command", "device", "timing", "jobs", "json": path or null, "units":
[{"configuration": {key: value}, "options": words for tb/build_dut.sh}]}.

A table goes to standard output, progress to standard error. Exit 0: measured; 2: one sentence.
"""
import concurrent.futures
import json
import os
import signal
import sys
import threading
import time

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "report"))

import cost_join  # noqa: E402
import measure  # noqa: E402
import whole_file  # noqa: E402
import written  # noqa: E402
from devices import DEVICES, ToolError  # noqa: E402


class Progress:
    """Says of each unit what is being done, from several threads."""

    def __init__(self, names):
        self.names, self.lock = names, threading.Lock()

    def say(self, index, words):
        with self.lock:
            print(f"[{index + 1}/{len(self.names)}] {self.names[index]}: {words}", file=sys.stderr, flush=True)


def _measured(task, device, versions, stop):
    """A function that measures unit number `index`."""
    names = cost_join.names(task["units"])
    progress = Progress(names)

    def one(index):
        if stop.is_set():
            return None
        values = measure.parameters(task["units"][index]["options"])
        name = measure.key(device, values, task["timing"], versions)
        known = measure.remembered(name)
        if known:
            progress.say(index, f"measured before ({known.get('seconds', 0):g} s then)")
            return known
        try:
            found = measure.measure(device, values, task["timing"], name, lambda words: progress.say(index, words))
        except ToolError as error:
            stop.set()
            raise ToolError(f"{names[index]}: {error}") from error
        progress.say(index, f"done in {found['seconds']:g} s")
        return found
    return one


def _measure_all(task, device, versions):
    stop = threading.Event()
    one = _measured(task, device, versions, stop)
    with concurrent.futures.ThreadPoolExecutor(task["jobs"]) as pool:
        futures = [pool.submit(one, i) for i in range(len(task["units"]))]
        try:
            return [future.result() for future in futures]
        except BaseException:
            stop.set()
            measure.end_children()
            raise


def _print_table(task, rows, device):
    differing, same = cost_join.differing_keys(rows)
    short = cost_join.without_common_prefix(differing)
    header = [*short, "LUTs", "flip-flops", "block RAMs", "MHz"]
    lines = [[*(written.plain(row["configuration"].get(key)) for key in differing),
              *(f"{row[m]:,}" for m in ("luts", "ffs", "brams")),
              "-" if row["fmax_mhz"] is None else f"{row['fmax_mhz']:.1f}"] for row in rows]
    widths = [max(len(line[i]) for line in [header, *lines]) for i in range(len(header))]
    print(f"{device.text}{'' if task['timing'] else ', not placed'}")
    if not differing:
        print("  " + " ".join(f"{k}={v}" for k, v in same.items()))
    for line, row in zip([header, *lines], [None, *rows]):
        note = f"  {row['note']}" if row and row["note"] else ""
        print("  " + "  ".join(word.rjust(width) for word, width in zip(line, widths)) + note)


def _result(task, device, versions, found):
    rows = [{"configuration": unit["configuration"],
             **{k: f[k] for k in ("luts", "ffs", "brams", "fmax_mhz")}, "cycles": None, "note": f["note"]}
            for unit, f in zip(task["units"], found)]
    return {"tandem": task["tandem"], "kind": "cost", "command": task["command"],
            "versions": {**versions, "device": device.text}, "cost": rows}


def _work(task):
    device = DEVICES[task["device"]]
    if task["json"]:
        whole_file.check_place(task["json"], "a result")
    versions = {"yosys": measure.version_of(["yosys"])}
    if task["timing"]:
        versions["nextpnr"] = measure.version_of(device.command()[:1])
    result = _result(task, device, versions, _measure_all(task, device, versions))
    if task["json"]:
        whole_file.write(task["json"], json.dumps(result, indent=1) + "\n")
    _print_table(task, result["cost"], device)
    sys.stdout.flush()


def _interrupt(*_):
    raise KeyboardInterrupt


def _end_with_parent():
    """Nobody waits for a result any more when the program that asked for it has ended."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
    threading.Thread(target=watch, daemon=True).start()


def main():
    signal.signal(signal.SIGTERM, _interrupt)
    _end_with_parent()
    try:
        _work(json.load(sys.stdin))
    except (ToolError, whole_file.OutputError) as error:
        print("tandem cost: " + " ".join(str(error).split()), file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(f"tandem cost: {error.filename or 'standard output'}: {error.strerror}", file=sys.stderr)
        os._exit(2)
    except KeyboardInterrupt:
        print("tandem cost: interrupted; what was measured is kept", file=sys.stderr)
        os._exit(2)


if __name__ == "__main__":
    main()
