# SPDX-License-Identifier: Apache-2.0
"""Measures one unit: Yosys counts its cells, nextpnr places it and estimates its clock. What was
measured once is kept under build/cost, by everything that it depends on."""
import hashlib
import json
import os
import re
import subprocess
import tempfile
import time

import harness
import whole_file
from devices import HOME, ToolError

CACHE = os.path.join(HOME, "build", "cost")
UNIT = "tandem_mmu"
SEED = 1  # of the placement
TARGET_MHZ = 100  # what the placer tries for; no unit here reaches it
# nextpnr-ice40 0.4 says that its region cannot be expanded, newer ones name the cells, nextpnr-ecp5
# finds no legal placement.
_DOES_NOT_FIT = ("Failed to expand region|[Uu]nable to (?:place|find legal placement)|not enough|exceeds|"
                 "no BELs? remaining")
# As tests of the netlist do: what Yosys is known to build wrongly with a mere warning.
_FORBIDDEN = "implicitly declared|out of bounds|is assigned in a block"


def parameters(options):
    """The design's parameters {name: number} of a unit, from tb/build_dut.sh, which alone knows them."""
    ran = subprocess.run([os.path.join(HOME, "tb", "build_dut.sh"), "--parameters", *options.split()],
                         capture_output=True, text=True, check=False)
    if ran.returncode:
        raise ToolError(ran.stderr.strip().splitlines()[-1] if ran.stderr.strip() else "tb/build_dut.sh failed")
    return {name: int(value) for name, value in (line.split("=") for line in ran.stdout.split())}


def sources():
    """The design's files, in order of dependency, from rtl/rtl.f; TANDEM_RTL names another folder."""
    folder = os.environ.get("TANDEM_RTL") or os.path.join(HOME, "rtl")
    with open(os.path.join(folder, "rtl.f"), encoding="utf-8") as file:
        lines = [re.sub("//.*", "", line).strip() for line in file]
    return [os.path.join(folder, line) for line in lines if line]


def version_of(command):
    """The first line that a program says about its version."""
    try:
        ran = subprocess.run([*command, "-V" if command[0] == "yosys" else "--version"], capture_output=True,
                             text=True, check=False, env=_environment())
    except OSError as error:
        raise ToolError(f"{command[0]} is missing (package {command[0]})") from error
    said = (ran.stdout + ran.stderr).strip().splitlines()
    if ran.returncode or not said:
        raise ToolError(f"{command[0]} does not start")
    return said[0].strip().strip('"').replace('"', "")


def _environment():
    # Compiled WebAssembly of the programs in build/venv is kept there too.
    return {**os.environ, "YOWASP_CACHE_DIR": os.path.join(HOME, "build", "venv", "cache")}


def key(device, values, timing, versions):
    """Names everything that the measurement depends on."""
    digest = hashlib.sha256(json.dumps([device.name, device.luts, device.synthesis, values, timing, SEED,
                                        versions], sort_keys=True).encode())
    here = os.path.dirname(os.path.abspath(__file__))
    for path in [*sources(), os.path.join(here, "harness.py"), os.path.join(here, "measure.py")]:
        with open(path, "rb") as file:
            digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()[:24]


def remembered(name):
    """The measurement of that key, or None; a damaged one is measured again."""
    try:
        with open(os.path.join(CACHE, name + ".json"), encoding="utf-8") as file:
            value = json.load(file)
        return value if isinstance(value, dict) and "luts" in value else None
    except (OSError, ValueError):
        return None


_CHILDREN = set()


def end_children():
    """End the programs that run now: those who wait for them clean up."""
    for child in list(_CHILDREN):
        child.terminate()


def _run(command, log, what):
    """Run a program with its words in a file. Raises ToolError with its own last error."""
    try:
        with open(log, "w", encoding="utf-8") as file:
            ran = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                   cwd=os.path.dirname(log), env=_environment())
        _CHILDREN.add(ran)
        ran.wait()
        _CHILDREN.discard(ran)
    except OSError as error:
        raise ToolError(f"{command[0]} cannot be started: {error.strerror}") from error
    with open(log, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if ran.returncode:
        errors = [line.strip() for line in text.splitlines() if "ERROR" in line] or text.strip().splitlines()[-1:]
        raise ToolError(f"{what}: {re.sub(r'^.*ERROR: *', '', errors[0])[:300] if errors else 'no word'}")
    return text


def _yosys(folder, name, lines):
    script = os.path.join(folder, name + ".ys")
    with open(script, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return _run(["yosys", "-q", "-e", _FORBIDDEN, script], os.path.join(folder, name + ".log"),
                "Yosys does not accept this unit")


def _read(values):
    chosen = " ".join(f"-chparam {name} {value}" for name, value in values.items())
    return [*(f'read_verilog -sv "{path}"' for path in sources()), f"hierarchy -check -top {UNIT} {chosen}"]


def _count_lines(device):
    """The unit alone, mapped; unit.json says of what it is made."""
    return [f"{device.synthesis} -top {UNIT}", f"rename -top {UNIT}", "tee -q -o unit.json stat -json"]


def _harness_lines(device):
    """The unit, mapped already, is kept as it is while its harness is mapped around it."""
    return [f"setattr -mod -set keep_hierarchy 1 {UNIT}",
            "read_verilog top.v",
            f"{device.synthesis} -top {harness.TOP}",
            f"setattr -mod -unset keep_hierarchy {UNIT}",
            "flatten; opt_clean",
            "write_json top.json"]


def _synthesize(folder, device, values, in_harness):
    """Cells of the unit alone, by kind; leaves top.json, the unit in its harness, if that is wanted."""
    if in_harness:
        _yosys(folder, "ports", _read(values) + [f"proc; flatten; rename -top {UNIT}; write_json ports.json"])
        with open(os.path.join(folder, "ports.json"), encoding="utf-8") as file:
            inputs, outputs = harness.ports(json.load(file), UNIT)
        with open(os.path.join(folder, "top.v"), "w", encoding="utf-8") as file:
            file.write(harness.verilog(UNIT, inputs, outputs))
    _yosys(folder, "top", _read(values) + _count_lines(device) + (_harness_lines(device) if in_harness else []))
    with open(os.path.join(folder, "unit.json"), encoding="utf-8") as file:
        return json.load(file)["design"]["num_cells_by_type"]


def _place(folder, device):
    """(estimated MHz or None, a note)."""
    command = [*device.command(), "--json", "top.json", "--report", "timing.json", "--timing-allow-fail",
               "--freq", str(TARGET_MHZ), "--seed", str(SEED), "-q"]
    try:
        _run(command, os.path.join(folder, "place.log"), "nextpnr")
    except ToolError as error:
        if re.search(_DOES_NOT_FIT, str(error)):
            return None, f"with its harness it does not fit the {device.text}"
        raise
    with open(os.path.join(folder, "timing.json"), encoding="utf-8") as file:
        clocks = json.load(file)["fmax"]
    clock = next((c for name, c in clocks.items() if "clk_i" in name), None)
    if clock is None:
        raise ToolError("nextpnr reports no clock of this unit")
    return round(clock["achieved"], 2), None


def measure(device, values, timing, name, say):
    """{"luts", "ffs", "brams", "fmax_mhz", "note", "seconds"} of the unit with these parameters.

    say(words): called as each step begins. Raises ToolError.
    """
    started = time.monotonic()
    os.makedirs(CACHE, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".work-", dir=CACHE) as folder:
        say("synthesizing")
        cells = _synthesize(folder, device, values, timing)
        result = {"luts": device.count(cells, device.luts), "ffs": device.count(cells, device.ffs),
                  "brams": device.count(cells, device.brams), "fmax_mhz": None, "note": None}
        if timing:
            say("placing and routing")
            result["fmax_mhz"], result["note"] = _place(folder, device)
    result["seconds"] = round(time.monotonic() - started, 1)
    whole_file.write(os.path.join(CACHE, name + ".json"), json.dumps(result))
    return result
