// SPDX-License-Identifier: Apache-2.0
#include "presets.h"

#include <string.h>

const struct study_preset study_presets[] = {
    {"miss-ratio",
     "TLB misses against entries and ways, and their causes",
     "misses,classes",
     "tlb.data.entries",
     {{0}},
     {{"tlb.data.entries", "8..1024*2"}, {"tlb.data.ways", "1,2,4,8,full"}}},
    {"cycles",
     "Cycles of a translation against TLB entries and memory latency",
     "cycles",
     "tlb.data.entries",
     {{0}},
     {{"tlb.data.entries,tlb.fetch.entries", "8..128*2"},
      {"tlb.data.ways,tlb.fetch.ways", "4,full"},
      {"memory.data.least,memory.data.most", "8,50"}}},
    {"hierarchy",
     "Walks and cycles of a translation behind a second-level TLB and page-walk caches",
     "hierarchy",
     "tlb.l2.entries",
     {{"study.client", "stream"}},
     {{"tlb.l2.entries", "64..1024*2"}, {"mmu.pwc_entries", "0,8"}, {"mmu.walks", "1,4"}}},
    {"frames",
     "Page faults against page frames, where thrashing begins, and the working set",
     "faults,working-set",
     "os.frames",
     {{"study.paging", "demand"}},
     {{"os.frames", "8..128+8,144..512+16,576..2048+64"}, {"os.policy", "lru,clock,opt"}}},
    {"page-size",
     "Internal fragmentation, TLB reach and cycles of a translation against page size",
     "misses,pages,cycles",
     "study.page_bytes",
     {{"study.client", "stream"}},
     {{"study.page_bytes", "4096,65536,2097152"},
      {"tlb.data.entries,tlb.data.ways", "16,32,64,128"}}},
    {"scanning",
     "Scans of the A bits: cost, and what they see, with and without fences",
     "faults",
     "replacement.scan_interval",
     {{"study.paging", "demand"}, {"os.frames", "256"}},
     {{"replacement.scan_interval", "1000..1000000*10"},
      {"replacement.scan_fence", "none,page,all"},
      {"os.policy", "aging"}}},
    {"asid",
     "ASIDs against a flush at each context switch",
     "misses,cycles",
     "os.quantum",
     {{"os.processes", "2"}},
     {{"os.quantum", "1000..100000*10"}, {"mmu.asid_bits", "16,0"}}},
    {"belady",
     "Belady's anomaly: more frames, more faults",
     "faults",
     "os.frames",
     {{"study.paging", "demand"}},
     {{"os.frames", "1..256"}, {"os.policy", "fifo,lru,opt"}}},
    {"tlb-policies",
     "TLB replacement against OPT, which chooses its victims with the future",
     "misses",
     "tlb.data.entries",
     {{0}},
     {{"tlb.data.entries", "8..64*2"},
      {"tlb.data.ways", "4,full"},
      {"tlb.data.policy", "opt,lru,plru,fifo"}}},
    {"policies",
     "Page replacement against OPT, what a kernel can know and what only a simulator knows",
     "faults",
     "os.frames",
     {{"study.paging", "demand"}},
     {{"os.frames", "16..1024*2"},
      {"os.policy",
       "opt,lru,fifo,clock,random,2q,arc,lirs,s3-fifo,sieve,clock-bits,aging,"
       "wsclock"}}},
};
const unsigned study_preset_count = sizeof study_presets / sizeof study_presets[0];

enum sim_status study_preset_apply(struct study_plan *plan, const char *place, const char *name,
                                   struct sim_error *error) {
    const struct study_preset *preset = study_presets;
    const struct study_preset *end = study_presets + study_preset_count;
    while (preset < end && strcmp(preset->name, name)) preset++;
    if (preset == end)
        return sim_fail(
            error, SIM_ERROR_USAGE,
            "%s%sthere is no study '%.40s'; there are miss-ratio, cycles, hierarchy, frames, "
            "page-size, scanning, asid, belady, tlb-policies, policies",
            place, place[0] ? ": " : "", name);
    enum sim_status status = study_plan_measure(plan, place, preset->measures, error);
    for (unsigned i = 0; i < 8 && preset->set[i][0] && !status; i++)
        status = study_plan_set(plan, place, preset->set[i][0], preset->set[i][1], error);
    for (unsigned i = 0; i < 4 && preset->sweep[i][0] && !status; i++)
        status = study_plan_sweep(plan, place, preset->sweep[i][0], preset->sweep[i][1], error);
    plan->x_key = preset->x_key;
    strcpy(plan->name, preset->name);
    strcpy(plan->title, preset->title);
    return status;
}
