#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prove that mutants which survived are the design: ABC finds no difference in any output or next state.

    prove.py FOLDER RESULT.json

FOLDER is netlist.sh's, RESULT.json campaign.py's, to which the proofs are added. Registers are free
inputs, the same for both, so a proof holds in every state, reachable or not, and says that mutant
and design are one function: bits that a parameter leaves without a meaning, and redundant logic.
A mutant that differs in a state that is never reached, or in what nobody looks at, is not proved
so; equivalent.txt may say why it is equivalent. Each proof may take 60 s.
Exit 0: all were asked; 2: a sentence on stderr.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

from campaign import write_atomically

LIMIT = 60  # seconds for one proof
SCRIPT = """read_rtlil design.il
setattr -unset src */c:* */w:*
script list.txt
flatten
async2sync
memory_map
dffunmap
opt_clean
setundef -undriven -zero
alumacc t:$mul
maccmap -unmap t:$macc
techmap
simplemap
dffunmap
aigmap
setundef -zero
opt_clean
write_aiger -symbols mutants.aig
"""


def die(text):
    print(f"prove.py: {text}", file=sys.stderr)
    sys.exit(2)


def make(folder):
    """Make FOLDER/mutants.aig, all mutants with their input mutsel, unless it is there."""
    path = os.path.join(folder, "mutants.aig")
    if os.path.exists(path):
        return path
    with tempfile.TemporaryDirectory(prefix=".prove.", dir=folder) as work:
        for name in ("design.il", "list.txt"):
            os.symlink(os.path.join(os.path.abspath(folder), name), os.path.join(work, name))
        with open(os.path.join(work, "script.ys"), "w", encoding="utf-8") as file:
            file.write(SCRIPT)
        done = subprocess.run(["yosys", "-q", "script.ys"], cwd=work, capture_output=True, check=False)
        if done.returncode:
            die("Yosys makes no network: " + (done.stdout + done.stderr).decode()[-500:])
        os.replace(os.path.join(work, "mutants.aig"), path)
    return path


class Aiger:
    """A binary AIGER file as a combinational network: latches are inputs and outputs."""

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        end = data.index(b"\n")
        self.inputs, self.latches, outputs, self.ands = map(int, data[:end].split()[2:6])
        lines, at = [], end + 1
        for _ in range(self.latches + outputs):
            end = data.index(b"\n", at)
            lines.append(int(data[at:end].split()[0]))
            at = end + 1
        self.outputs = lines
        self.gates, at = self._gates(data, at)
        symbols = data[at:].split(b"\nc\n", 1)[0].decode().splitlines()
        self.literal = {name: 2 * int(symbol[1:]) + 2 for symbol, name in
                        (line.split(" ", 1) for line in symbols if line.startswith("i"))}

    def _gates(self, data, at):
        gates = []
        for gate in range(self.ands):
            left = 2 * (self.inputs + self.latches + gate + 1)
            for _ in range(2):
                delta = shift = 0
                while True:
                    byte = data[at]
                    at += 1
                    delta |= (byte & 0x7F) << shift
                    shift += 7
                    if byte < 0x80:
                        break
                left -= delta
                gates.append(left)
        return gates, at

    def chosen(self, number):
        """Returns the file's bytes with mutant `number` chosen; constants are literals 0, 1."""
        constant = {}
        for bit in range(10):
            if f"mutsel[{bit}]" not in self.literal:
                die("the network has no input mutsel.")
            constant[self.literal[f"mutsel[{bit}]"]] = number >> bit & 1
        free = self.inputs + self.latches

        def literal(value):
            return constant.get(value & ~1, value & ~1) ^ (value & 1)
        out = bytearray(f"aig {free + self.ands} {free} 0 {len(self.outputs)} {self.ands}\n".encode())
        for value in self.outputs:
            out += f"{literal(value)}\n".encode()
        for gate in range(self.ands):
            left = 2 * (free + gate + 1)
            one, two = literal(self.gates[2 * gate]), literal(self.gates[2 * gate + 1])
            for delta in (left - max(one, two), max(one, two) - min(one, two)):
                while delta > 0x7F:
                    out.append(delta & 0x7F | 0x80)
                    delta >>= 7
                out.append(delta)
        return bytes(out)


def same(work, aiger, number):
    """Returns whether ABC proves mutant `number` to be the design within the limit."""
    with open(os.path.join(work, "mutant.aig"), "wb") as file:
        file.write(aiger.chosen(number))
    command = f"cec -T {LIMIT} design.aig mutant.aig"
    try:
        done = subprocess.run(["yosys-abc", "-c", command], cwd=work, capture_output=True,
                              timeout=2 * LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return False
    text = done.stdout.decode(errors="replace")
    if not re.search(r"Networks are|NOT EQUIVALENT|UNDECIDED", text):
        die("ABC says: " + text[-300:])
    return "Networks are equivalent" in text


def main():
    if len(sys.argv) != 3:
        die("usage: prove.py FOLDER RESULT.json")
    with open(sys.argv[2], encoding="utf-8") as file:
        record = json.load(file)
    aiger = Aiger(make(sys.argv[1]))
    asked = [mutant for mutant in record["mutants"] if mutant["verdict"] == "survived"]
    with tempfile.TemporaryDirectory(prefix="tandem-prove.") as work:
        with open(os.path.join(work, "design.aig"), "wb") as file:
            file.write(aiger.chosen(0))
        for mutant in asked:
            mutant["proved"] = same(work, aiger, mutant["number"])
    write_atomically(sys.argv[2], json.dumps(record, indent=1) + "\n")
    print(f"{sum(mutant['proved'] for mutant in asked)} of {len(asked)} survivors are proved to be "
          f"the design")


if __name__ == "__main__":
    main()
