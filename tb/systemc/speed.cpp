// SPDX-License-Identifier: Apache-2.0
// Speed of the SystemC module and of the component beside plain Verilator: the same stimulus, in
// one run, interleaved. CPU times, medians.
#include <dlfcn.h>

#include <algorithm>
#include <cinttypes>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "lockstep.h"

namespace tandem {
namespace {

constexpr unsigned kRepeats = 5;

double cpu_seconds() {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

struct speed {
    const char *name;
    double seconds[kRepeats];
    uint64_t cycles, translations;

    double median() {
        std::sort(seconds, seconds + kRepeats);
        return seconds[kRepeats / 2];
    }
};

// Verilator's C++ without SystemC.
bool load_plain(const char *path, const struct dut_ops **ops, struct dut **dut) {
    char real[PATH_MAX], sentence[256] = "it cannot be loaded";
    void *const library = realpath(path, real) ? dlopen(real, RTLD_NOW | RTLD_LOCAL) : nullptr;
    void *const entry = library ? dlsym(library, DUT_ENTRY) : nullptr;
    const struct dut_options options = {1, nullptr};
    if (entry != nullptr) *ops = reinterpret_cast<dut_entry_fn *>(entry)();
    if (entry != nullptr && (*ops)->abi == DUT_ABI)
        *dut = (*ops)->create(&options, sentence, sizeof sentence);
    if (*dut == nullptr) std::fprintf(stderr, "tandem_systemc: %s: %s\n", path, sentence);
    return *dut != nullptr;
}

bool same_unit(const struct dut_ops *a, const struct dut_ops *b) {
    const struct mmu_config &x = a->profile()->config, &y = b->profile()->config;
    return x.walks == y.walks && x.pwc_entries == y.pwc_entries && x.prefetch == y.prefetch &&
           x.l2.entries == y.l2.entries && x.tlb[0].entries == y.tlb[0].entries &&
           x.tlb[1].entries == y.tlb[1].entries;
}

void print(speed *rows, unsigned count) {
    std::printf("%-44s %14s %16s %10s\n", "", "M cycles/s", "M translations/s", "x plain");
    const double plain = double(rows[0].cycles) / rows[0].median();
    for (unsigned k = 0; k < count; ++k) {
        const double seconds = rows[k].median();
        if (rows[k].cycles)
            std::printf("%-44s %14.3f %16.3f %10.2f\n", rows[k].name,
                        1e-6 * double(rows[k].cycles) / seconds,
                        1e-6 * double(rows[k].translations) / seconds,
                        double(rows[k].cycles) / seconds / plain);
        else
            std::printf("%-44s %14s %16.3f\n", rows[k].name, "-",
                        1e-6 * double(rows[k].translations) / seconds);
    }
}

}  // namespace

bool measure_speed(const lockstep_unit &unit, at_side &side, lt_side &lt, memory_pair memories,
                   const lockstep_options &options) {
    const struct dut_ops *plain_ops = nullptr;
    struct dut *plain = nullptr;
    if (!load_plain(options.plain, &plain_ops, &plain)) return false;
    if (!same_unit(plain_ops, unit.ops)) {
        std::fprintf(stderr, "tandem_systemc: %s: has other parameters than %s\n", options.plain,
                     options.rtl);
        plain_ops->destroy(plain);
        return false;
    }
    speed rows[] = {{"Verilator, C++", {}, 0, 0},
                    {"Verilator, SystemC module", {}, 0, 0},
                    {"SystemC module beside TLM, approximately timed", {}, 0, 0},
                    {"TLM alone, loosely timed", {}, 0, 0}};
    bool agreed = true;
    disagreement what;
    for (unsigned k = 0; k < kRepeats * 4 && agreed; ++k) {
        speed &row = rows[k % 4];
        lockstep_tally tally;
        const struct bench_memory tables = rtl_memory(*memories.rtl);
        memories.rtl->clear();
        memories.tlm->clear();
        const double begin = cpu_seconds();
        if (k % 4 == 0)
            agreed = drive_random(plain_ops, plain, *memories.rtl, tables, options, options.at,
                                  &tally, &what);
        else if (k % 4 == 1)
            agreed = drive_random(unit.ops, unit.dut, *memories.rtl, tables, options, options.at,
                                  &tally, &what);
        else if (k % 4 == 2)
            agreed = lockstep_at(unit, side, memories, options, &tally, &what);
        else
            tally.answers = loosely_timed_alone(lt, memories, options);
        row.seconds[k / 4] = cpu_seconds() - begin;
        row.cycles = tally.cycles;
        row.translations = tally.answers;
    }
    plain_ops->destroy(plain);
    if (agreed)
        print(rows, 4);
    else
        print_disagreement(what, options);
    return agreed;
}

}  // namespace tandem
