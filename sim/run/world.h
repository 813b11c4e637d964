// SPDX-License-Identifier: Apache-2.0
// A run: everything that one `tandem run` owns. world.c builds it, schedule.c says whose
// reference is next, driver.c issues references cycle by cycle, trap.c serves faults,
// oracle.c keeps the versions of pages, random_run.c drives random stimulus instead of traces.
#ifndef RUN_WORLD_H
#define RUN_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "oracle.h"
#include "sim/error.h"
#include "sim/future.h"
#include "sim/memory.h"
#include "sim/pager.h"
#include "sim/trace.h"
#include "verif/bench.h"
#include "verif/stimulus.h"

enum { WINDOW = MMU_TAGS, CHUNK = 4096, MOST_TRACES = 64 };

// One program under way.
struct process {
    struct trace_reader *reader;
    struct trace_vamap *map;
    struct trace_ref *chunk;
    size_t chunk_count, chunk_next;
    uint64_t taken;  // references handed out
    uint32_t space;
    bool at_end, killed;
};

// Round robin with a quantum in references.
struct schedule {
    struct process *processes;
    unsigned count, current;
    uint64_t quantum, left, limit;  // limit: references per process, 0 = all
};

enum slot_state { SLOT_WAITING, SLOT_PRESENTED, SLOT_ACCEPTED, SLOT_ANSWERED };

// A reference between issue and retirement, in program order. Its tag is its place in the ring.
struct slot {
    struct mmu_request request;
    uint64_t next_use;
    struct mmu_answer answer;
    struct mmu_fault record;  // of a faulting answer, once taken from the fault channel
    uint8_t port;
    bool has_record;
    enum slot_state state;
};

// The next reference of the schedule, looked at but not yet in the window.
struct upcoming {
    struct trace_ref ref;
    uint64_t next_use;
    unsigned process;
    bool valid, at_end;
};

// Who is told of each reference of a program as it retires, in order.
struct run_observer {
    void *user;
    // Process by its number in the schedule. A failure ends the run.
    enum sim_status (*retired)(void *user, const struct slot *slot, unsigned process,
                               struct sim_error *error);
};

struct run_options {
    struct run_config config;
    enum bench_mode mode;
    const char *traces[MOST_TRACES];
    unsigned trace_count;   // 0: random
    uint64_t random_count;  // translations
    uint64_t max_errors;
    const char *dut_path;  // NULL: built for the configuration
    const char *wave_path;
    uint64_t wave_from, wave_to;
    const char *swap_path;
    struct coverage *coverage;  // to be sampled, borrowed; NULL: none. Needs the model
    bool progress;
    _Atomic uint64_t *seen;  // references so far, for another process that looks on; NULL: nobody
    const struct run_observer *observer;  // NULL: nobody
    char command[8192];                   // that repeats the run
};

struct run_counts {
    uint64_t references, writes;  // retired
    uint64_t switches, killed, violations;
    uint64_t fault_cycles;  // traps, handler, swap
    uint64_t scan_cycles;   // of the timer's ticks
    uint64_t switch_cycles;
};

struct loaded_dut;

struct world {
    const struct run_options *options;
    const struct loaded_dut *dut;  // NULL: the model alone
    struct sim_memory *memory;
    struct bench *bench;
    struct coverage *coverage;      // that is sampled; NULL: none
    struct coverage *own_coverage;  // steering's, where nobody asked for coverage
    struct pager *pager;
    struct oracle *oracle;
    struct future *future;
    struct schedule schedule;
    struct bench_inputs inputs;
    struct bench_outputs outputs;
    struct upcoming upcoming;
    unsigned running;    // process whose satp is set
    uint64_t next_tick;  // of the replacement policy's timer: before this reference
    struct slot window[WINDOW];
    unsigned head, count;  // ring of slots
    uint64_t retired;      // number of the slot at head; the next ones follow
    uint64_t
        issue[MMU_PORTS];  // number of the slot from which on the port's next one is looked for
    unsigned accepted[MMU_PORTS];     // without an answer
    uint64_t last_accept[MMU_PORTS];  // cycle
    unsigned unanswered;              // presented or accepted
    unsigned records_due;             // faulting answers whose record has not been taken
    unsigned faults_in_a_row;         // of the oldest reference, without one retired
    bool pmp_open;                    // as far as there is a PMP
    bool presenting[MMU_PORTS];
    unsigned presented_slot[MMU_PORTS];
    uint64_t random;
    struct run_counts counts;
    struct stimulus_stats stimulus;
    uint64_t errors;               // mismatches reported
    struct mismatch first;         // the first of them, if any
    uint64_t expected_references;  // of the whole run, for progress
    uint64_t progress_countdown;
};

// Whether everything agreed; a failure of the environment is a status instead.
enum run_verdict { RUN_PASSED, RUN_FAILED };

// Called for each mismatch with its one page.
typedef void run_report_fn(void *user, const char *page);

struct world;

// The page about a mismatch in all its forms; none is NULL, without memory they are empty.
struct run_page {
    const char *text;  // with the command that repeats the run
    const char *body;  // the same without the command
    const char *html;  // with the command
};

// Who looks on at a run; all but `mismatch` may be NULL.
struct run_report {
    void *user;
    run_report_fn *mismatch;
    void (*explained)(void *user, const struct run_page *page);  // at each mismatch
    void *record;                                                // for the following
    void (*begun)(void *record, struct world *world);            // before the first cycle
    void (*failed)(void *record, struct world *world,
                   const struct run_page *page);       // at each mismatch
    void (*ended)(void *record, struct world *world);  // before the world is taken down
};

// Build the world of a run. dut may be NULL for the model alone. *world owned by the caller; dut
// borrowed.
enum sim_status world_create(const struct run_options *options, const struct loaded_dut *dut,
                             struct world **world, struct sim_error *error);
void world_destroy(struct world *world);

// Run to the end. *verdict tells whether everything agreed; error->text then holds what the
// swap oracle or the checker said, if anything. SIM_ERROR_INTERRUPTED after a signal.
enum sim_status world_run(struct world *world, const struct run_report *report,
                          enum run_verdict *verdict, struct sim_error *error);

// Returns the configuration of the coverage of such a run.
struct coverage_config world_coverage_config(const struct run_config *config);

// Ask a run to stop at the next opportunity (from a signal handler).
void run_interrupt(void);
bool run_interrupted(void);

// --- between the files of the run -------------------------------------------------------

// Memory as the bench and the stimulus see it.
struct bench_memory world_memory(struct world *world);

// Report the bench's mismatch; as world_cycle after it.
bool world_report(struct world *world, const struct run_report *report, bool *lost);

// One cycle; on a mismatch reports and, if more errors are allowed, resynchronises and sets
// *lost. False: stop.
bool world_cycle(struct world *world, const struct run_report *report, bool *lost);

enum sim_status schedule_create(const struct run_options *options, struct schedule *schedule,
                                struct sim_error *error);
void schedule_destroy(struct schedule *schedule);
// The next reference in the order of the run, its address mapped to the user's range. SIM_END when
// all are done.
enum sim_status schedule_next(struct schedule *schedule, struct trace_ref *ref, unsigned *process,
                              struct sim_error *error);

// The stimulus of a random run.
struct stimulus_config random_stimulus(const struct run_config *config);

enum sim_status driver_run(struct world *world, const struct run_report *report,
                           enum run_verdict *verdict, struct sim_error *error);
enum sim_status random_run(struct world *world, const struct run_report *report,
                           enum run_verdict *verdict, struct sim_error *error);

// Execute one fence on the fence port.
enum sim_status trap_fence(struct world *world, const struct run_report *report,
                           const struct mmu_fence *wanted, enum run_verdict *verdict,
                           struct sim_error *error);

// After a reset PMP denies everything to programs: entry 0 allows it, as firmware does.
enum sim_status trap_open_pmp(struct world *world, const struct run_report *report,
                              enum run_verdict *verdict, struct sim_error *error);

// The timer of a replacement policy that scans. Nothing is in flight.
enum sim_status trap_tick(struct world *world, const struct run_report *report,
                          enum run_verdict *verdict, struct sim_error *error);

// Serve the fault of the oldest reference. The window is drained.
enum sim_status trap_serve(struct world *world, const struct run_report *report,
                           const struct mmu_fault *fault, enum run_verdict *verdict,
                           struct sim_error *error);

#endif
