// SPDX-License-Identifier: Apache-2.0
// How properties are written, in the subset that Verilog simulators and Yosys 0.23 share:
// clocked immediate assertions. History stands in registers of the property's module.
//
//   `SVA(name, when, then)           property: in every cycle with `when`, `then` holds
//   `SVA_REQUIRE(name, when, then)   the same about the module's inputs. Assumed while the
//                                    module is proved on its own (SVA_ASSUME_INPUTS),
//                                    asserted in simulation and in the proof of the module
//                                    around it: nothing is assumed that is not checked.
//   `SVA_ENVIRONMENT(name, when, then)  duty of the client or the memory; as SVA_REQUIRE,
//                                    but assumed in every proof
//   `SVA_COVER(name, when)           a state worth reaching, without a property
//
// A left side that does not hold costs a simulator one test: hence `if (when)`, for
// `!when || then` is evaluated as a whole. Covers exist in proofs, and in a simulation that
// defines SVA_COVERAGE.
//
// In proofs, SVA_REQUIREMENTS_ONLY keeps only what a module requires, and SVA_COVERS turns
// each cover into the assertion that it is never reached, instead of the properties.
//
// Each property brings the cover NAME_reached of its left side. Names are unique in a
// module and, a limit of Yosys 0.23, never stand in a generate loop.

// Yosys 0.23 would put a register behind each clocked assertion; a step of its proofs is a
// cycle anyway, so there they are combinational.
`ifdef FORMAL
`define SVA_ALWAYS always @* if (rst_ni)
`else
`define SVA_ALWAYS always @(posedge clk_i) if (rst_ni)
`endif

`ifdef SVA_REQUIREMENTS_ONLY
`define SVA_ASSERT(name, when, then)
`define SVA_COVER(name, when)
`elsif SVA_COVERS
`define SVA_ASSERT(name, when, then)
`define SVA_COVER(name, when) `SVA_ALWAYS name: assert (!(when));
`else
`define SVA_ASSERT(name, when, then) `SVA_ALWAYS if (when) name: assert (then);
`ifdef FORMAL
`define SVA_COVER(name, when) `SVA_ALWAYS name: cover (when);
`elsif SVA_COVERAGE
`define SVA_COVER(name, when) `SVA_ALWAYS name: cover (when);
`else
`define SVA_COVER(name, when)
`endif
`endif

`define SVA(name, when, then) \
  `SVA_ASSERT(name, when, then) \
  `SVA_COVER(name``_reached, when)

`ifdef SVA_ASSUME_INPUTS
`define SVA_REQUIRE(name, when, then) `SVA_ALWAYS name: assume (!(when) || (then));
`elsif SVA_REQUIREMENTS_ONLY
`define SVA_REQUIRE(name, when, then) `SVA_ALWAYS name: assert (!(when) || (then));
`else
`define SVA_REQUIRE(name, when, then) `SVA(name, when, then)
`endif

`ifdef FORMAL
`define SVA_ENVIRONMENT(name, when, then) `SVA_ALWAYS name: assume (!(when) || (then));
`else
`define SVA_ENVIRONMENT(name, when, then) `SVA(name, when, then)
`endif
