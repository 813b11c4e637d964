// SPDX-License-Identifier: Apache-2.0
// The properties in order of dependency, one file a line, relative to this folder. Each
// file that belongs to a module of rtl/ binds itself to it.
sva_channel.sv
sva_pmp_shadow.sv
sva_pmp_oracle.sv
sva_tlb.sv
sva_l2.sv
sva_pwc.sv
sva_port.sv
sva_walker.sv
sva_prefetch.sv
sva_fault_unit.sv
sva_pmp.sv
sva_counters.sv
sva_client.sv
sva_mmu.sv
