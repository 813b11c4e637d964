#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run generated mutants against stimuli and write what became of each.

Called by run.sh. With --part short: the first stimuli, all mutants; with --part long: the others,
for those that --out's earlier contents say survived. A mutant runs as `tandem run` on the one DUT that holds them all, with the
environment's TANDEM_MUTANT choosing it, through the stimuli in their order until a check fails.
Exit 0: done; 1: a false alarm without a mutant; 2: environment, or interrupted.
"""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile
import time

KILLED, SURVIVED, ERROR = "killed", "survived", "error"
SHORT = 3  # stimuli of the short part
LIMIT = 120  # seconds for one run, many times what it takes


def die(text):
    print(f"campaign.py: {text}", file=sys.stderr)
    sys.exit(2)


def write_atomically(path, text):
    """Write text to path: complete or not at all."""
    folder = os.path.dirname(os.path.abspath(path))
    handle, temporary = tempfile.mkstemp(prefix=".generated.", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)


def source_of(line):
    """Returns 'rtl/file.sv:line' of the code that the mutated cell was made of.

    The cell's name holds it where one expression became one cell; otherwise the shortest range
    of its sources is taken, since a longer one is an instance around it.
    """
    named = re.search(r"-cell \S*?(rtl/\w+\.sv):([1-9]\d*)\$", line)
    if named:
        return f"{named[1]}:{named[2]}"
    spans = re.findall(r"-src (rtl/\w+\.sv):([1-9]\d*)\.\d+-(\d+)\.", line)
    if not spans:
        return "(made by synthesis)"
    file, first, _ = min(spans, key=lambda span: int(span[2]) - int(span[1]))
    return f"{file}:{first}"


def read_mutants(path):
    """Returns one dict per line of Yosys' list: number, mode, cell, port, bit, source."""
    mutants = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            field = dict(re.findall(r"-(mode|cell|port|portbit|ctrlbit|wire) (\S+)", line))
            mutants.append({
                "number": int(re.search(r"-ctrl mutsel 10 (\d+)", line)[1]),
                "mode": field["mode"], "cell": field["cell"], "port": field["port"].lstrip("\\"),
                "bit": int(field["portbit"]), "wire": field.get("wire", ""),
                "source": source_of(line),
            })
    return mutants


def read_stimuli(path, part):
    """Returns [(name, translations, seed, [argument])], of the part that is asked for."""
    lines = [line.split() for line in open(path, encoding="utf-8")
             if line.strip() and not line.startswith("#")]
    return [(name, int(count), seed, rest)
            for name, count, seeds, *rest in (lines[:SHORT] if part == "short" else lines[SHORT:])
            for seed in range(1, int(seeds) + 1)]


def unit_settings(options):
    """Returns what `tandem run` must be told of a unit with these options of build_dut.sh."""
    settings = []
    names = {"dtlb": "data", "itlb": "fetch", "l2": "l2"}
    for option in options:
        key, value = option.split("=", 1)
        if key in names:
            for part, text in zip(("entries", "ways", "policy"), value.split("x")):
                settings += [f"tlb.{names[key]}.{part}={text}"]
        elif key in ("svnapot", "update_first", "prefetch"):
            settings += [f"mmu.{key}={'no' if value == '0' else 'yes'}"]
        else:
            key = {"pmp": "pmp_entries", "pwc": "pwc_entries"}.get(key, key)
            settings += [f"mmu.{key}={value}"]
    return [word for setting in settings for word in ("--set", setting)]


class Campaign:
    def __init__(self, arguments, folder):
        self.tandem = arguments.tandem
        self.folder = folder
        self.base = (["--dut=" + arguments.dut] + unit_settings(arguments.unit) +
                     ["--set", "check.watchdog=3000", "--set", "memory.data.least=1"])
        self.stimuli = read_stimuli(arguments.stimuli, arguments.part)

    def ask(self, mutant, stimulus):
        """Returns (status of the process or None if it did not end, its JSON or None, output)."""
        name, count, seed, rest = stimulus
        path = os.path.join(self.folder, f"{mutant}-{name}-{seed}.json")
        command = [self.tandem, "run", "--quiet", f"--random={count}", f"--seed={seed}",
                   f"--json={path}"] + self.base + rest
        environment = dict(os.environ, TANDEM_MUTANT=str(mutant))
        try:
            done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=LIMIT, check=False)
        except subprocess.TimeoutExpired:
            return None, None, ""
        answer = None
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                answer = json.load(file)
            os.unlink(path)
        return done.returncode, answer, (done.stdout + done.stderr).decode(errors="replace")

    def judge(self, mutant, stimulus):
        """Returns (verdict, check, what, cycles) of one run."""
        status, answer, output = self.ask(mutant, stimulus)
        if status is None:
            # No check has named it: the machine may be slow, or asleep. Units that hang meet check.watchdog.
            return ERROR, "", f"no end in {LIMIT} s", 0
        if status == 0 and answer:
            return SURVIVED, "", "", answer["counters"]["cycles"]
        if status == 1 and answer:
            first = answer["mismatch"]
            if first["check"]:
                return KILLED, first["check"], first["what"], first["cycle"]
            return KILLED, "run", answer["failure"], answer["counters"]["cycles"]
        last = output.strip().splitlines()[-1:] or [""]
        return ERROR, "", f"exit status {status}: {last[0]}", 0

    def run(self, mutant):
        """Run one mutant through the stimuli. Returns what is written about it."""
        started = time.monotonic()
        cycles = 0
        for stimulus in self.stimuli:
            verdict, check, what, took = self.judge(mutant, stimulus)
            cycles += took
            if verdict != SURVIVED:
                break
        return {"verdict": verdict, "check": check, "what": what, "cycles": cycles,
                "stimulus": f"{stimulus[0]}/{stimulus[2]}" if verdict != SURVIVED else "",
                "seconds": round(time.monotonic() - started, 3)}


def false_alarms(campaign, pool):
    """Run every stimulus without a mutant. Returns a sentence for each that fails."""
    results = pool.map(lambda stimulus: campaign.judge(0, stimulus), campaign.stimuli)
    return [f"{stimulus[0]}/{stimulus[2]}: {result[0]}, {result[1]} {result[2]}"
            for stimulus, result in zip(campaign.stimuli, results) if result[0] != SURVIVED]


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("tandem", "dut", "list", "stimuli", "out"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--part", choices=("short", "long"), default="short")
    parser.add_argument("unit", nargs="*", help="options of tb/build_dut.sh")
    return parser.parse_args()


def to_run(arguments):
    """Returns (all mutants with what is known of them, those that are to run)."""
    if arguments.part == "short":
        mutants = read_mutants(arguments.list)
        return mutants, mutants
    with open(arguments.out, encoding="utf-8") as file:
        mutants = json.load(file)["mutants"]
    return mutants, [m for m in mutants if m["verdict"] == SURVIVED]


def add(mutant, result):
    """Join a part's result to what is known of a mutant: cycles and seconds add up."""
    for key in ("cycles", "seconds"):
        result[key] = round(result[key] + mutant.get(key, 0), 3)
    mutant.update(result)


def main():
    arguments = parse()
    mutants, chosen = to_run(arguments)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tandem-mutants.") as folder, \
            concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        campaign = Campaign(arguments, folder)
        alarms = false_alarms(campaign, pool)
        if alarms:
            print("false alarm without a mutant:", *alarms, sep="\n  ")
            sys.exit(1)
        print(f"without a mutant: {len(campaign.stimuli)} runs pass, "
              f"{time.monotonic() - started:.1f} s", flush=True)
        numbers = [mutant["number"] for mutant in chosen]
        for done, (mutant, result) in enumerate(zip(chosen, pool.map(campaign.run, numbers)), 1):
            add(mutant, result)
            if sys.stdout.isatty():
                print(f"\r{done} of {len(chosen)}", end="", flush=True)
    seconds = round(time.monotonic() - started, 1)
    record = {"schema": "tandem-generated-mutants", "schema_version": 1,
              "unit": " ".join(arguments.unit), "mutants": mutants}
    write_atomically(arguments.out, json.dumps(record, indent=1) + "\n")
    killed = sum(mutant["verdict"] == KILLED for mutant in chosen)
    print(f"{arguments.part} stimuli: {killed} of {len(chosen)} mutants killed, {seconds} s")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        die("interrupted: nothing was written.")
    except (OSError, ValueError, KeyError) as error:
        die(f"{type(error).__name__}: {error}")
