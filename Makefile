# SPDX-License-Identifier: Apache-2.0
# A thin front door; CMake presets do the work. `make help` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help size bench-systemc setup setup-test build run test bench mutants mutants-generated shrink-table formal campaign fresh coverage format clean

JOBS ?= $(shell nproc)
TANDEM = build/bin/tandem

help:
	@echo "make run       install what is missing, build, run a recorded program in lockstep"
	@echo "make test      install what is missing, build, run all tests"
	@echo "make bench     the same for the benchmarks"
	@echo "make bench-systemc  speed of the SystemC module and the TLM component beside plain Verilator"
	@echo "make build     only build; the program is $(TANDEM)"
	@echo "make mutants   plant every bug of tests/mutants and show which check names it"
	@echo "make mutants-generated  hundreds of mutants of the RTL drawn by Yosys; the score gates"
	@echo "make shrink-table  how few operations show each of 43 planted bugs (12 minutes)"
	@echo "make formal    prove the properties of verif/sva, reach each, break each"
	@echo "make campaign  random lockstep over modes, widths, PMP, TLB shapes (N=100000000 translations)"
	@echo "make coverage  lines of C and RTL, toggles, covers, functional coverage; thresholds gate"
	@echo "make size      lines and longest function per folder"
	@echo "make fresh     prove in an empty Debian tree that set-up is complete (root)"
	@echo "make format    clang-format the C and C++ sources"
	@echo "make clean     remove build/"

setup:
	@sh scripts/setup.sh run

setup-test:
	@sh scripts/setup.sh test

build:
	@scripts/build.sh release $(JOBS)
	@mkdir -p build/bin && ln -sfn ../release/bin/tandem $(TANDEM)

run: setup
	@$(MAKE) --no-print-directory build
	$(TANDEM) run --config examples/run.yaml --trace traces/cc1.tdt

test: setup-test
	@$(MAKE) --no-print-directory build
	@scripts/test.sh $(JOBS)

bench: setup
	@$(MAKE) --no-print-directory build
	build/release/bin/tandem_walk_bench
	build/release/bin/tandem_trace_bench
	build/release/bin/tandem_kernel_bench
	build/release/bin/tandem_engine_bench
	build/release/bin/tandem_cycles_bench
	$(TANDEM) bench

formal: setup-test
	@tests/formal/prove.sh --out build/formal/proved.txt
	@tests/formal/run.sh covers
	@tests/formal/run.sh mutants
	@tests/formal/run.sh simulation

mutants: setup-test
	@$(MAKE) --no-print-directory build
	@tests/mutants/run.sh

shrink-table: setup-test
	@$(MAKE) --no-print-directory build
	@TANDEM=$(TANDEM) tests/replay/table.sh

mutants-generated: setup-test
	@$(MAKE) --no-print-directory build
	@JOBS=$(JOBS) tests/mutants/generated/run.sh

campaign: setup-test
	@$(MAKE) --no-print-directory build
	@TANDEM_LONG=yes TANDEM=$(TANDEM) tests/lockstep/netlist.sh
	@TANDEM_LONG=yes tests/rtl/synth.sh
	@TANDEM_LONG=yes TANDEM=$(TANDEM) python3 tests/cost/unit_test.py
	@TANDEM_LONG=yes TANDEM=$(CURDIR)/$(TANDEM) bash tests/replay/replay.sh
	@TANDEM=$(CURDIR)/$(TANDEM) bash tests/compare/cost.sh
	@for area in shapes mutants; do BIN=$(CURDIR)/build/release/bin bash tests/systemc/run.sh $$area || exit; done
	@scripts/campaign.sh $(or $(N),100000000) 2

coverage:
	@sh scripts/setup.sh coverage
	@scripts/coverage.sh $(JOBS)

fresh:
	@sh scripts/fresh.sh

size:
	@python3 scripts/size.py

format:
	clang-format-14 -i $$(git ls-files '*.c' '*.h' '*.cpp')

clean:
	rm -rf build

# Needs libsystemc-dev (make setup-test).
bench-systemc: setup-test
	@$(MAKE) --no-print-directory build
	@unit="l2=64x4xplru walks=4 pwc=4 prefetch=1"; \
	rtl=$$(tb/systemc/build_rtl.sh $$unit) && plain=$$(tb/build_dut.sh --no-properties $$unit) && \
	build/release/bin/tandem_systemc --rtl "$$rtl" --plain "$$plain" --at 100000 --bench
