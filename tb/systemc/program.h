// SPDX-License-Identifier: Apache-2.0
// What our SystemC programs have in common: quiet start, exit statuses that tell the truth.
#ifndef TANDEM_SYSTEMC_PROGRAM_H
#define TANDEM_SYSTEMC_PROGRAM_H

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>

#include <systemc>

namespace tandem {

// main: runs sc_main without SystemC's banner.
inline int start_systemc(int argc, char **argv) {
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
    sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_DO_NOTHING);
    return sc_core::sc_elab_and_sim(argc, argv);
}

// Runs `body`; an error that SystemC or the component reports is a sentence and status 2.
inline int run_program(const char *name, const std::function<int()> &body) {
    sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_THROW);
    try {
        return body();
    } catch (const std::exception &error) {
        std::fflush(stdout);
        std::fprintf(stderr, "%s: %s\n", name, error.what());
        return 2;
    }
}

}  // namespace tandem

#endif
