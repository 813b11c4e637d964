#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tandem cost on designs so small that their cells can be counted by hand: a source tree of its own
with the real scripts and another tandem_mmu. Exit 77 where Yosys or nextpnr-ice40 are missing."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

TANDEM = os.path.abspath(os.environ["TANDEM"])

# DtlbEntries flip-flops with enable; ItlbEntries outputs of one gate each; with AsidBits = 1, a RAM of
# 256 x 16 that a block RAM of either device holds; a sum of PaBits bits from register to register.
DESIGN = """
module tandem_mmu #(%s) (
    input logic clk_i, input logic rst_ni, input logic en_i,
    input logic [DtlbEntries-1:0] d_i, output logic [DtlbEntries-1:0] q_o,
    input logic [ItlbEntries-1:0] a_i, input logic [ItlbEntries-1:0] b_i, output logic [ItlbEntries-1:0] x_o,
    input logic [7:0] addr_i, input logic [15:0] data_i, output logic [15:0] data_o,
    input logic [PaBits-1:0] l_i, input logic [PaBits-1:0] r_i, output logic [PaBits-1:0] sum_o);
  if (DtlbEntries == 77) begin : gen_illegal
    $error("Seventy-seven is refused.");
  end
  always_ff @(posedge clk_i) if (en_i) q_o <= d_i;
  assign x_o = a_i ^ b_i;
  if (AsidBits == 1) begin : gen_ram
    logic [15:0] mem [256];
    always_ff @(posedge clk_i) begin
      if (en_i) mem[addr_i] <= data_i;
      data_o <= mem[addr_i];
    end
  end else begin : gen_no_ram
    assign data_o = '0;
  end
  if (UpdateFirst == 1) begin : gen_sum
    assign sum_o = l_i + r_i;
  end else begin : gen_no_sum
    assign sum_o = '0;
  end
endmodule
"""
SMALL = ["--device", "ice40", "--set", "mmu.update_first=no", "--set", "mmu.asid_bits=0"]


def tlb(entries, port="data"):
    return ["--set", f"tlb.{port}.entries={entries}", "--set", f"tlb.{port}.ways=1"]


class CostTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tandem-cost-")
        self.addCleanup(self.folder.cleanup)
        self.home = os.path.join(self.folder.name, "home")
        for name in ("tb", "sim/cost", "sim/report"):
            shutil.copytree(name, os.path.join(self.home, name), ignore=shutil.ignore_patterns("__pycache__"))
        names = subprocess.run(["tb/build_dut.sh", "--parameters"], capture_output=True, text=True, check=True).stdout
        self.design(DESIGN % ", ".join(f"parameter int unsigned {line.split('=')[0]} = 1" for line in names.split()))

    def design(self, text):
        os.makedirs(os.path.join(self.home, "rtl"), exist_ok=True)
        for name, content in (("rtl.f", "// the design\ntandem_mmu.sv\n"), ("tandem_mmu.sv", text)):
            with open(os.path.join(self.home, "rtl", name), "w", encoding="utf-8") as file:
                file.write(content)

    def append(self, name, text):
        with open(os.path.join(self.home, "rtl", name), "a", encoding="utf-8") as file:
            file.write(text)

    def run_cost(self, *arguments, **environment):
        return subprocess.run([TANDEM, "cost", *arguments], capture_output=True, text=True, timeout=300, check=False,
                              env={**os.environ, "TANDEM_HOME": self.home, **environment})

    def measure(self, *arguments):
        """(rows, what was said) of units that must be good."""
        path = os.path.join(self.folder.name, "cost.json")
        ran = self.run_cost(*arguments, "--json", path)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        with open(path, encoding="utf-8") as file:
            self.result = json.load(file)
        self.assertEqual(self.result["kind"], "cost")
        return self.result["cost"], ran.stderr, ran.stdout

    def refuse(self, words, *arguments, **environment):
        path = os.path.join(self.folder.name, "cost.json")
        ran = self.run_cost(*arguments, "--json", path, **environment)
        self.assertEqual((ran.returncode, ran.stdout), (2, ""), ran.stderr)
        self.assertIn(words, ran.stderr.strip().splitlines()[-1])
        self.assertTrue(ran.stderr.strip().splitlines()[-1].startswith("tandem cost: "), ran.stderr)
        self.assertFalse(os.path.exists(path))


class Counted(CostTest):
    def test_cells_are_those_of_the_unit_without_its_harness(self):
        for timing in ([], ["--no-timing"]):
            rows, _, _ = self.measure(*SMALL, *tlb(4), *tlb(8, "fetch"), *timing)
            # Four flip-flops with enable; eight gates of two inputs; the sum and the RAM are left out.
            self.assertEqual([(r["ffs"], r["luts"], r["brams"]) for r in rows], [(4, 8, 0)])

    def test_the_other_device_counts_the_same_cells(self):
        rows, _, _ = self.measure(*SMALL, *tlb(4), *tlb(8, "fetch"), "--no-timing", "--device", "ecp5")
        self.assertEqual([(r["ffs"], r["luts"], r["brams"]) for r in rows], [(4, 8, 0)])

    def test_a_ram_of_4_kibit_is_one_block(self):
        rows, _, _ = self.measure(*SMALL, "--set", "mmu.asid_bits=1", "--no-timing")
        self.assertEqual(rows[0]["brams"], 1)

    def test_a_sweep_gives_its_rows_in_order_however_many_jobs(self):
        rows, _, table = self.measure(*SMALL, *tlb(1, "fetch"), "--set", "tlb.data.ways=1", "--no-timing",
                                      "--jobs", "3", "--sweep", "tlb.data.entries=8,1,4,2")
        self.assertEqual([(r["configuration"]["tlb.data.entries"], r["ffs"]) for r in rows],
                         [(8, 8), (1, 1), (4, 4), (2, 2)])
        self.assertEqual([line.split()[:2] for line in table.splitlines()[2:]],
                         [["8", "1"], ["1", "1"], ["4", "1"], ["2", "1"]])
        self.assertEqual(self.result["command"].count("--sweep tlb.data.entries=8,1,4,2"), 1)

    def test_configurations_name_every_key_of_the_unit_and_no_other(self):
        rows, _, _ = self.measure(*SMALL, "--no-timing")
        keys = set(rows[0]["configuration"])
        self.assertTrue({"mmu.xlen", "mmu.svnapot", "tlb.data.entries", "tlb.fetch.policy"} <= keys, keys)
        self.assertFalse([k for k in keys if not k.startswith(("mmu.", "tlb."))] + [k for k in keys if k == "mmu.mode"])


class Timed(CostTest):
    def sum_of(self, bits):
        rows, _, _ = self.measure("--device", "ice40", "--set", "mmu.asid_bits=0", *tlb(1), *tlb(1, "fetch"),
                                  "--set", f"mmu.pa_bits={bits}")
        return rows[0]["fmax_mhz"]

    def test_a_path_from_an_input_to_an_output_is_timed(self):
        # The only long path is the sum, between pins of the unit: 24 carries more of about 0.13 ns each
        # (iCE40 HX: 0.126 ns in the vendor's data sheet).
        short, long = self.sum_of(32), self.sum_of(56)
        self.assertGreater(1000 / long - 1000 / short, 24 * 0.126 * 0.5)

    def test_what_does_not_fit_has_no_clock_but_a_note(self):
        rows, _, _ = self.measure(*SMALL, "--set", "mmu.update_first=yes", *tlb(1), "--set", "tlb.fetch.ways=1",
                                  "--set", "tlb.fetch.entries=4096")
        # 4096 gates, 8192 inputs from and 4096 outputs into the harness: more than 7680 cells.
        self.assertIsNone(rows[0]["fmax_mhz"])
        self.assertIn("does not fit", rows[0]["note"])
        self.assertGreater(rows[0]["luts"], 4096)


class Remembered(CostTest):
    UNIT = [*SMALL, *tlb(2), *tlb(2, "fetch"), "--no-timing"]

    def test_a_unit_is_measured_once_until_something_changes(self):
        first, said, _ = self.measure(*self.UNIT)
        self.assertIn("synthesizing", said)
        again, said, _ = self.measure(*self.UNIT)
        self.assertIn("measured before", said)
        self.assertEqual(first, again)
        for name, text in (("tandem_mmu.sv", "// another comment\n"), ("rtl.f", "more.sv\n")):
            self.append("more.sv", "module more; endmodule\n")
            self.append(name, text)
            _, said, _ = self.measure(*self.UNIT)
            self.assertIn("synthesizing", said, name)
        for change in (["--set", "tlb.data.policy=fifo"], ["--device", "ecp5"], tlb(4)):
            _, said, _ = self.measure(*self.UNIT, *change)
            self.assertIn("synthesizing", said, change)
        _, said, _ = self.measure(*self.UNIT[:-1])
        self.assertIn("placing", said)

    def test_a_damaged_memory_is_measured_again(self):
        first, _, _ = self.measure(*self.UNIT)
        cache = os.path.join(self.home, "build", "cost")
        names = os.listdir(cache)
        self.assertEqual(len(names), 1)
        for content in (b"", b"{", b"[]", b"\xff", b"{}"):
            with open(os.path.join(cache, names[0]), "wb") as file:
                file.write(content)
            again, said, _ = self.measure(*self.UNIT)
            self.assertIn("synthesizing", said)
            self.assertEqual(first, again)
        self.assertEqual(os.listdir(cache), names)


class Ended(CostTest):
    def test_what_it_started_ends_with_it_and_leaves_nothing(self):
        tools = os.path.join(self.folder.name, "tools")
        os.mkdir(tools)
        with open(os.path.join(tools, "yosys"), "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\n[ "$1" != -V ] || { echo Yosys; exit; }\necho $$ >"$TANDEM_HOME/pid"\nexec sleep 60\n')
        os.chmod(os.path.join(tools, "yosys"), 0o755)
        path, cache = os.path.join(self.home, "pid"), os.path.join(self.home, "build", "cost")
        with subprocess.Popen([TANDEM, "cost", *SMALL, "--no-timing"], stderr=subprocess.DEVNULL,
                              env={**os.environ, "TANDEM_HOME": self.home,
                                   "PATH": tools + ":" + os.environ["PATH"]}) as ran:
            self.wait_until(lambda: os.path.exists(path) and os.path.getsize(path))
            ran.terminate()
            self.assertNotEqual(ran.wait(), 0)
        with open(path, encoding="utf-8") as file:
            pid = int(file.read())
        self.wait_until(lambda: not os.path.exists(f"/proc/{pid}"))
        self.wait_until(lambda: os.listdir(cache) == [])

    def wait_until(self, holds):
        for _ in range(300):
            if holds():
                return
            time.sleep(0.1)
        self.fail("it did not come about in 30 s")


class Refused(CostTest):
    def test_what_the_design_refuses_is_said_in_its_words(self):
        self.refuse("Seventy-seven is refused", *SMALL, "--set", "tlb.data.ways=77", "--set", "tlb.data.entries=77")
        self.assertEqual([n for n in os.listdir(os.path.join(self.home, "build", "cost"))], [])

    def test_keys_that_are_none_of_the_unit_are_refused(self):
        self.refuse("'os.frames' is no key of the unit", "--set", "os.frames=3")
        self.refuse("'mmu.mode' is no key of the unit", "--sweep", "tlb.data.ways,mmu.mode=1")
        self.refuse("there is no key 'tlb.none'", "--set", "tlb.none=3")
        self.refuse("--set takes KEY=VALUE, not 'tlb'", "--set", "tlb")
        self.refuse("tlb.data (16 entries, 3 ways, lru): ", "--set", "tlb.data.ways=3")
        self.refuse("more than 500 combinations", "--sweep", "mmu.asid_bits=0..16", "--sweep", "mmu.pa_bits=32..56",
                    "--sweep", "mmu.svnapot=no,yes")

    def test_missing_programs_and_files_are_named(self):
        empty = {"PATH": "/nonexistent:/bin-none"}
        self.refuse("cannot be started", TANDEM_PYTHON="/none/python")
        tools = os.path.join(self.folder.name, "tools")
        os.mkdir(tools)
        for name in ("bash", "env", "dirname", "sed", "cat", "head", "python3"):
            os.symlink(shutil.which(name), os.path.join(tools, name))
        self.refuse("yosys is missing (package yosys)", *SMALL, PATH=tools)
        os.symlink(shutil.which("yosys"), os.path.join(tools, "yosys"))
        self.refuse("nextpnr-ice40 is missing (package nextpnr-ice40)", *SMALL, PATH=tools)
        self.refuse("sim/cost/tandem_cost.py was not found", TANDEM_HOME=self.folder.name, **empty)
        os.remove(os.path.join(self.home, "rtl", "tandem_mmu.sv"))
        self.refuse("tandem_mmu.sv: No such file or directory", *SMALL)

    def test_help_and_wrong_usage_have_their_exit_statuses(self):
        ran = self.run_cost("--help")
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertIn("Usage: tandem cost", ran.stdout)
        for arguments, words in ((["x"], "'x' is not an option"), (["--device", "none"], "--device is ecp5 or ice40"),
                                 (["--jobs", "0"], "--jobs takes a whole number from 1 to 64")):
            ran = self.run_cost(*arguments)
            self.assertEqual(ran.returncode, 2)
            self.assertIn(words, ran.stderr)

    def test_a_place_that_cannot_hold_a_result_is_named_before_anything_is_measured(self):
        for place in ("/dev/null", self.folder.name):
            ran = self.run_cost(*SMALL, "--json", place)
            self.assertEqual((ran.returncode, ran.stderr.count("\n")), (2, 1), ran.stderr)
            self.assertIn(f"{place}: not a regular file", ran.stderr)
        place = os.path.join(self.folder.name, "none", "cost.json")
        ran = self.run_cost(*SMALL, "--json", place)
        self.assertEqual((ran.returncode, ran.stderr.count("\n")), (2, 1), ran.stderr)
        self.assertIn(f"{place}: cannot be created: there is no such folder", ran.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.home, "build", "cost")))


if __name__ == "__main__":
    for program in ("yosys", "nextpnr-ice40"):
        if not shutil.which(program):
            print(f"{program} is missing (package {program})")
            sys.exit(77)
    unittest.main()
