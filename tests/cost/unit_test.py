#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tandem cost on the unit itself: an entry more costs what its bits cost; the smallest unit is placed
on an ECP5. Some minutes. Exit 77 where Yosys is missing or TANDEM_LONG is not set."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

TANDEM = os.path.abspath(os.environ["TANDEM"])
UNIT = ["--set", "mmu.xlen=32", "--set", "tlb.fetch.entries=1", "--set", "tlb.fetch.ways=1"]


def measure(*arguments):
    with tempfile.TemporaryDirectory(prefix="tandem-cost-") as folder:
        path = os.path.join(folder, "cost.json")
        ran = subprocess.run([TANDEM, "cost", *UNIT, *arguments, "--json", path], capture_output=True, text=True,
                             check=False)
        assert ran.returncode == 0, ran.stderr
        with open(path, encoding="utf-8") as file:
            return json.load(file)["cost"]


class Unit(unittest.TestCase):
    def test_an_entry_more_costs_at_least_its_tag_and_its_translation(self):
        # The iCE40 has no small RAMs (an ECP5 keeps frames in them): every bit is a flip-flop.
        one, two = measure("--device", "ice40", "--no-timing", "--sweep", "tlb.data.entries,tlb.data.ways=1,2")
        # Sv32: 20 bits of VPN, 9 of ASID, 22 of PPN, 8 PTE bits without A, which is 1 in the TLB, and valid.
        bits = 20 + 9 + 22 + 7
        self.assertGreaterEqual(two["ffs"] - one["ffs"], bits)
        self.assertLess(two["ffs"] - one["ffs"], 2 * bits)
        # Its tag has to be compared: two bits of each side in a LUT of four inputs.
        self.assertGreater(two["luts"] - one["luts"], (20 + 9) // 2)

    def test_the_smallest_unit_has_a_clock_on_an_ecp5(self):
        row, = measure("--set", "tlb.data.entries=1", "--set", "tlb.data.ways=1")
        self.assertGreater(row["fmax_mhz"], 5)
        self.assertLess(row["fmax_mhz"], 500)


if __name__ == "__main__":
    if not os.environ.get("TANDEM_LONG"):
        print("Some minutes of synthesis; set TANDEM_LONG")
        sys.exit(77)
    if not shutil.which("yosys"):
        print("Yosys is missing (package yosys)")
        sys.exit(77)
    unittest.main()
