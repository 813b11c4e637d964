// SPDX-License-Identifier: Apache-2.0
// tandem_systemc: the RTL as a SystemC module and the model as a TLM-2.0 component, in one
// simulation, in lockstep (docs/systemc.md).
#include <dlfcn.h>
#include <getopt.h>

#include <cerrno>
#include <cinttypes>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "lockstep.h"
#include "program.h"
#include "rtl_systemc.h"

namespace tandem {
namespace {

enum exit_status { PASSED = 0, FAILED = 1, UNUSABLE = 2 };

void usage(FILE *out) {
    std::fprintf(
        out,
        "Usage: tandem_systemc --rtl FILE [--at N] [--lt N] [OPTION...]\n\n"
        "Run the Verilated SystemC module and the TLM-2.0 component in one simulation, in\n"
        "lockstep: outcome and delay of each translation must be equal, tolerance 0.\n\n"
        "  --rtl FILE           from tb/systemc/build_rtl.sh\n"
        "  --at N               N translations, approximately timed: everything overlaps\n"
        "  --lt N               N translations, loosely timed: one after the other\n"
        "  --seed S             seed of everything random (1)\n"
        "  --grant LEAST:MOST   cycles g of a PTE access (1:3)\n"
        "  --data LEAST:MOST    cycles L of a PTE access (1:8)\n"
        "  --dmi                loosely timed: PTEs through DMI, no errors of memory\n"
        "  --omit-csr           plant an omission: the component is not told of registers that\n"
        "                       change between accesses; with prefetch=1 the run must fail\n"
        "  --bench              measure speed beside --plain FILE, from tb/build_dut.sh\n"
        "\nExit status: 0 agreed; 1 a mismatch, shown with the command that repeats it; 2 usage,\n"
        "environment, or nothing was compared.\n");
}

bool number(const char *text, uint64_t most, uint64_t *value) {
    char *end = nullptr;
    errno = 0;
    *value = std::strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *value <= most;
}

bool range(const char *text, uint32_t *least, uint32_t *most) {
    const char *const colon = std::strchr(text, ':');
    uint64_t low = 0, high = 0;
    if (colon == nullptr || !number(std::string(text, colon).c_str(), 1000, &low) ||
        !number(colon + 1, 1000, &high) || low < 1 || low > high)
        return false;
    *least = uint32_t(low);
    *most = uint32_t(high);
    return true;
}

int wrong(const char *option, const char *text) {
    std::fprintf(stderr, "tandem_systemc: --%s does not take '%s' (see --help)\n", option, text);
    return UNUSABLE;
}

// -1: go on; otherwise the exit status.
int parse(int argc, char **argv, lockstep_options *options) {
    static const struct option list[] = {
        {"rtl", 1, nullptr, 'r'},  {"plain", 1, nullptr, 'p'},    {"at", 1, nullptr, 'a'},
        {"lt", 1, nullptr, 'l'},   {"seed", 1, nullptr, 's'},     {"grant", 1, nullptr, 'g'},
        {"data", 1, nullptr, 'd'}, {"dmi", 0, nullptr, 'm'},      {"bench", 0, nullptr, 'b'},
        {"help", 0, nullptr, 'h'}, {"omit-csr", 0, nullptr, 'o'}, {nullptr, 0, nullptr, 0}};
    for (int key, index = 0; (key = getopt_long(argc, argv, "h", list, &index)) != -1;) {
        bool legal = true;
        switch (key) {
            case 'r':
                options->rtl = optarg;
                break;
            case 'p':
                options->plain = optarg;
                break;
            case 'a':
                legal = number(optarg, INT64_MAX, &options->at);
                break;
            case 'l':
                legal = number(optarg, INT64_MAX, &options->lt);
                break;
            case 's':
                legal = number(optarg, UINT64_MAX, &options->seed);
                break;
            case 'g':
                legal = range(optarg, &options->grant_least, &options->grant_most);
                break;
            case 'd':
                legal = range(optarg, &options->data_least, &options->data_most);
                break;
            case 'm':
                options->dmi = true;
                break;
            case 'o':
                options->omit_csr = true;
                break;
            case 'b':
                options->bench = true;
                break;
            case 'h':
                usage(stdout);
                return std::fflush(stdout) != 0 ? UNUSABLE : PASSED;
            default:
                return UNUSABLE;
        }
        if (!legal) return wrong(list[index].name, optarg);
    }
    if (optind < argc || options->rtl == nullptr || (options->bench && options->plain == nullptr)) {
        usage(stderr);
        return UNUSABLE;
    }
    if (options->at == 0 && options->lt == 0) {
        std::fprintf(stderr, "tandem_systemc: nothing would be compared: give --at N or --lt N\n");
        return UNUSABLE;
    }
    if (options->dmi || options->bench) options->error_permille = 0;
    // Each repetition the same, whatever came before.
    if (options->bench) options->grant_most = options->grant_least;
    if (options->bench) options->data_least = options->data_most;
    for (int k = 0; k < argc; ++k) options->repeat += (k ? " " : "") + std::string(argv[k]);
    return -1;
}

const struct dut_ops *load(const char *path) {
    char real[PATH_MAX];
    void *const library = realpath(path, real) ? dlopen(real, RTLD_NOW | RTLD_LOCAL) : nullptr;
    void *const entry = library ? dlsym(library, DUT_ENTRY) : nullptr;
    if (entry == nullptr) {
        std::fprintf(stderr, "tandem_systemc: %s: is not a DUT: %s\n", path,
                     library ? "no symbol " DUT_ENTRY : "it cannot be loaded");
        return nullptr;
    }
    const struct dut_ops *const ops = reinterpret_cast<dut_entry_fn *>(entry)();
    if (ops->abi == DUT_ABI) return ops;
    std::fprintf(stderr, "tandem_systemc: %s: interface version %u, this program needs %u\n", path,
                 ops->abi, DUT_ABI);
    return nullptr;
}

mmu_tlm_config component(const struct mmu_config &mmu, const lockstep_options &options) {
    const struct bench_timing timing = timing_of(options, options.seed);
    mmu_tlm_config config;
    config.mmu = mmu;
    config.clock_period = rtl_clock_period();
    config.use_dmi = options.dmi;
    config.timing = [=](uint64_t ordinal, uint32_t *grant, uint32_t *data) {
        bench_latency(&timing, ordinal, grant, data);
    };
    return config;
}

// Everything in the simulation: the SystemC module with its memory, and a component for each style
// with a memory of its own.
class bench_top : public sc_core::sc_module {
   public:
    bench_top(sc_core::sc_module_name name, const lockstep_unit &unit,
              const lockstep_options &options);

    int status() const { return status_; }

   private:
    void run();
    bool report(const char *style, const lockstep_tally &tally, bool agreed,
                const disagreement &what);
    bool check_timing();

    const lockstep_unit unit_;
    const lockstep_options &options_;
    mmu_memory rtl_memory_, at_memory_, lt_memory_;
    mmu_tlm at_, lt_;
    at_side at_side_;
    lt_side lt_side_;
    int status_ = UNUSABLE;
};

bench_top::bench_top(sc_core::sc_module_name name, const lockstep_unit &unit,
                     const lockstep_options &options)
    : sc_core::sc_module(name),
      unit_(unit),
      options_(options),
      rtl_memory_("rtl_memory", kMemoryBase, kMemoryBytes, rtl_clock_period()),
      at_memory_("at_memory", kMemoryBase, kMemoryBytes, rtl_clock_period()),
      lt_memory_("lt_memory", kMemoryBase, kMemoryBytes, rtl_clock_period()),
      at_("at", component(unit.ops->profile()->config, options)),
      lt_("lt", component(unit.ops->profile()->config, options)),
      at_side_("at_side", at_),
      lt_side_("lt_side", lt_, rtl_clock_period()) {
    at_.memory.bind(at_memory_.socket);
    lt_.memory.bind(lt_memory_.socket);
    const struct bench_timing timing = timing_of(options, options.seed);
    serve_as_bench(at_memory_, timing, rtl_clock_period());
    serve_as_bench(lt_memory_, timing, rtl_clock_period());
    at_memory_.grant_dmi = lt_memory_.grant_dmi = options.dmi;
    at_side_.omit_csr = lt_side_.omit_csr = options.omit_csr;
    SC_HAS_PROCESS(bench_top);
    SC_THREAD(run);
    set_stack_size(4u << 20);
}

bool bench_top::report(const char *style, const lockstep_tally &tally, bool agreed,
                       const disagreement &what) {
    std::printf("%-20s %12" PRIu64 " translations, %" PRIu64 " of them faults, %" PRIu64
                " fences, %" PRIu64 " kills, %" PRIu64 " register writes\n%-20s %12" PRIu64
                " cycles, %" PRIu64 " comparisons; latency %.3f cycles on average\n",
                style, tally.answers, tally.faults, tally.fences, tally.kills,
                tally.register_writes, "", tally.cycles, tally.comparisons,
                tally.answers ? double(tally.latency_sum) / double(tally.answers) : 0.0);
    if (!agreed) print_disagreement(what, options_);
    return agreed;
}

// What memory annotated was what the components were told.
bool bench_top::check_timing() {
    const uint64_t departures = at_.timing_departures() + lt_.timing_departures();
    if (departures) std::printf("%" PRIu64 " PTE accesses with another delay\n", departures);
    if (lt_.late_starts()) std::printf("%" PRIu64 " calls out of order\n", lt_.late_starts());
    return departures == 0 && lt_.late_starts() == 0;
}

void bench_top::run() {
    bool agreed = true;
    lockstep_tally at, lt;
    if (options_.bench) {
        agreed = measure_speed(unit_, at_side_, lt_side_, {&rtl_memory_, &at_memory_}, options_);
    } else {
        if (options_.at != 0) {
            disagreement what;
            agreed =
                lockstep_at(unit_, at_side_, {&rtl_memory_, &at_memory_}, options_, &at, &what);
            report("approximately timed", at, agreed, what);
        }
        if (agreed && options_.lt != 0) {
            disagreement what;
            rtl_memory_.copy_to(lt_memory_);
            agreed =
                lockstep_lt(unit_, lt_side_, {&rtl_memory_, &lt_memory_}, options_, &lt, &what);
            report("loosely timed", lt, agreed, what);
        }
        agreed = check_timing() && agreed;
    }
    status_ = agreed ? PASSED : FAILED;
    if (agreed && !options_.bench && at.comparisons + lt.comparisons == 0) status_ = UNUSABLE;
    sc_core::sc_stop();
}

int run_simulation(const lockstep_options &options) {
    const struct dut_ops *const ops = load(options.rtl);
    if (ops == nullptr) return UNUSABLE;
    char sentence[256] = "";
    const struct dut_options unit_options = {options.seed, nullptr};
    struct dut *const dut = ops->create(&unit_options, sentence, sizeof sentence);
    if (dut == nullptr) {
        std::fprintf(stderr, "tandem_systemc: %s\n", sentence);
        return UNUSABLE;
    }
    int status = UNUSABLE;
    {
        const lockstep_unit unit = {ops, dut};
        bench_top top("top", unit, options);
        std::printf("seed %" PRIu64 ", %s, revision %s\n", options.seed, ops->profile()->name,
                    ops->profile()->revision);
        sc_core::sc_start();
        status = top.status();
    }
    ops->destroy(dut);
    if (status != UNUSABLE) std::printf("%s\n", status == PASSED ? "PASSED" : "FAILED");
    return std::fflush(stdout) != 0 ? UNUSABLE : status;
}

}  // namespace
}  // namespace tandem

int sc_main(int argc, char **argv) {
    tandem::lockstep_options options;
    const int status = tandem::parse(argc, argv, &options);
    return status >= 0 ? status : tandem::run_program("tandem_systemc", [&options]() {
        return tandem::run_simulation(options);
    });
}

int main(int argc, char **argv) {
    return tandem::start_systemc(argc, argv);
}
