// SPDX-License-Identifier: Apache-2.0
// tandem contract: the latency contract, as a table, for one configuration of unit and memory.
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "config.h"
#include "verif/contract.h"

static const char doc[] =
    "Print the latency contract: for each outcome its terms and bounds, in cycles, with the memory "
    "and the unit of a configuration. Every answer of every run is held to it."
    "\vOptions are read in their order: --set after --config.\n\n"
    "Exit status: 0 printed; 2 usage or environment.";

static const struct argp_option options[] = {
    {"config", 'c', "FILE", 0, "read a YAML configuration", 0},
    {"set", 's', "KEY=VALUE", 0, "set one key", 0},
    {0}};

struct contract_arguments {
    struct run_config config;
    struct sim_error error;
    enum sim_status status;
};

static error_t parse(int key, char *text, struct argp_state *state) {
    struct contract_arguments *arguments = state->input;
    switch (key) {
        case 'c':
            if (!arguments->status)
                arguments->status = config_load(text, &arguments->config, &arguments->error);
            return 0;
        case 's':
            if (!arguments->status)
                arguments->status = config_set(text, &arguments->config, &arguments->error);
            return 0;
        case ARGP_KEY_ARG:
            argp_error(state, "there is no argument '%s'", text);
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static void print_terms(unsigned terms, FILE *out) {
    const char *between = "";
    for (unsigned t = 0; t < CONTRACT_TERMS; t++) {
        if (!(terms >> t & 1)) continue;
        fprintf(out, "%s%s", between, contract_term_key((enum contract_term)t));
        between = ", ";
    }
    fprintf(out, "\n");
}

static void print_row(enum contract_outcome outcome, const struct mmu_config *mmu, FILE *out) {
    const struct contract_row *row = contract_row(outcome);
    fprintf(out, "\n%s: %s\n", contract_outcome_key(outcome), contract_outcome_text(outcome));
    if (outcome == CONTRACT_SECOND_LEVEL && !mmu->l2.entries) {
        fprintf(out, "  does not occur: tlb.l2.entries is 0\n");
        return;
    }
    fprintf(out, "  cycles  %s\n", row->cycles);
    fprintf(out, "  always  ");
    print_terms(row->must, out);
    if (row->may & ~row->must) {
        fprintf(out, "  maybe   ");
        print_terms(row->may & ~row->must, out);
    }
    if (row->most == CONTRACT_UNBOUNDED)
        fprintf(out, "  bounds  at least %" PRIu64 "; the rest is memory's and the other walks'\n",
                row->least);
    else
        fprintf(out, "  bounds  %" PRIu64 " .. %" PRIu64 "\n", row->least, row->most);
}

// What a walk of its own takes if nobody is in its way, and at most if all slots are.
static void print_walks(const struct run_config *config, const struct mmu_config *mmu, FILE *out) {
    const struct contract_memory memory = {.grant_max = (uint32_t)config->grant_max,
                                           .data_max = (uint32_t)config->data_max,
                                           .walks = mmu->walks};
    uint64_t before = 1 + (mmu->l2.entries > 0);
    unsigned levels = config->xlen == 32 ? 2 : 5;
    fprintf(out,
            "\nwalks of n transactions, g %" PRIu64 " .. %" PRIu64 ", L %" PRIu64 " .. %" PRIu64
            ", %u slot%s\n",
            config->grant_min, config->grant_max, config->data_min, config->data_max, mmu->walks,
            mmu->walks > 1 ? "s" : "");
    fprintf(out,
            "  n   alone: n (g + L) + %" PRIu64
            "        in a slot, at most  in WAIT, at most (fairness)\n",
            before);
    for (uint64_t n = 1; n <= levels + 1u; n++) {
        char alone[48];
        snprintf(alone, sizeof alone, "%" PRIu64 " .. %" PRIu64,
                 n * (config->grant_min + config->data_min) + before,
                 n * (config->grant_max + config->data_max) + before);
        fprintf(out, "  %" PRIu64 "   %-30s%-20" PRIu64 "%" PRIu64 "\n", n, alone,
                contract_walk_bound(&memory, n), contract_wait_bound(&memory, n, mmu->prefetch));
    }
}

static void print_contract(const struct run_config *config, FILE *out) {
    struct mmu_config mmu = config_mmu(config);
    fprintf(out,
            "The latency contract: cycles from a request's acceptance to its response\n\nterms\n");
    for (unsigned t = 0; t < CONTRACT_TERMS; t++)
        fprintf(out, "  %-11s %s\n", contract_term_key((enum contract_term)t),
                contract_term_text((enum contract_term)t));
    for (unsigned k = 0; k < CONTRACT_OUTCOMES; k++) print_row((enum contract_outcome)k, &mmu, out);
    fprintf(out,
            "\nfence: 1, or 1 + the cycles until no A/D update is on the wires, %" PRIu64
            " at most\n",
            mmu.walks * config->grant_max);
    print_walks(config, &mmu, out);
}

int tandem_contract(int argc, char **argv) {
    static const struct argp argp = {options, parse, NULL, doc, NULL, NULL, NULL};
    struct contract_arguments arguments = {.config = config_default()};
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (!arguments.status) {
        config_settle(&arguments.config);
        arguments.status = config_check(&arguments.config, &arguments.error);
    }
    if (arguments.status) {
        fprintf(stderr, "tandem contract: %s\n", arguments.error.text);
        return 2;
    }
    print_contract(&arguments.config, stdout);
    if (!fflush(stdout)) return 0;
    fprintf(stderr, "tandem contract: standard output cannot be written\n");
    return 2;
}
