# SPDX-License-Identifier: Apache-2.0
"""A top module that gives the unit registers on all sides and four pins.

The unit has about a thousand wires, more than any package has pins. So one long shift register
drives its inputs and another takes its outputs: each path of the unit then begins and ends at a
flip-flop, also those from an input and those to an output, and nothing of the unit is optimized
away, because every input bit can take either value and every output bit reaches a pin.
"""

TOP = "tandem_cost_top"
_OWN_PINS = ("clk_i", "rst_ni")


def ports(netlist, module):
    """([(name, width)] of inputs, the same of outputs) from Yosys' JSON, clock and reset left out."""
    found = {"input": [], "output": []}
    for name, port in netlist["modules"][module]["ports"].items():
        if name not in _OWN_PINS:
            found[port["direction"]].append((name, len(port["bits"])))
    return found["input"], found["output"]


def verilog(module, inputs, outputs):
    width_in, width_out = sum(w for _, w in inputs), sum(w for _, w in outputs)
    lines = [
        f"module {TOP} (input clk_i, input rst_ni, input shift_i, input serial_i, output serial_o);",
        f"  reg [{width_in - 1}:0] in_q;",
        f"  reg [{width_out - 1}:0] out_q;",
        f"  wire [{width_out - 1}:0] out;",
        "  always @(posedge clk_i) begin",
        f"    in_q <= {{in_q[{width_in - 2}:0], serial_i}};",
        f"    out_q <= shift_i ? {{out_q[{width_out - 2}:0], 1'b0}} : out;",
        "  end",
        f"  assign serial_o = out_q[{width_out - 1}];",
        f"  {module} u_mmu (.clk_i(clk_i), .rst_ni(rst_ni)",
    ]
    for signal, group in (("in_q", inputs), ("out", outputs)):
        at = 0
        for name, width in group:
            lines.append(f"    , .{name}({signal}[{at + width - 1}:{at}])")
            at += width
    return "\n".join(lines + ["  );", "endmodule", ""])
