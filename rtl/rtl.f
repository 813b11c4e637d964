// SPDX-License-Identifier: Apache-2.0
// The design in order of dependency, one file a line, relative to this folder.
tandem_mmu_pkg.sv
tandem_mmu_repl_age.sv
tandem_mmu_repl_plru.sv
tandem_mmu_repl_random.sv
tandem_mmu_repl.sv
tandem_mmu_tlb.sv
tandem_mmu_l2_way.sv
tandem_mmu_l2.sv
tandem_mmu_prefetch.sv
tandem_mmu_pmp.sv
tandem_mmu_pmp_check.sv
tandem_mmu_port.sv
tandem_mmu_pwc.sv
tandem_mmu_pwcs.sv
tandem_mmu_turn.sv
tandem_mmu_slots.sv
tandem_mmu_wires.sv
tandem_mmu_pte.sv
tandem_mmu_completion.sv
tandem_mmu_starts.sv
tandem_mmu_walk_counts.sv
tandem_mmu_walker.sv
tandem_mmu_fault_unit.sv
tandem_mmu_counters.sv
tandem_mmu.sv
