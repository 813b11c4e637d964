// SPDX-License-Identifier: Apache-2.0
// The recorder inside QEMU's user-mode emulation: fetches, loads and stores of a program
// into the rings that `tandem record` empties.
//
// A translated block has its fetches ready as records. Callbacks are few: one for each
// access to memory, one before the last instruction of a block. Both bring the fetches up to
// date first, so that references come in the order of execution. A block that is left in its
// middle, by a fault, never reports the instructions behind.
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "atomics.h"
#include "qemu_plugin.h"
#include "ring.h"
#include "sim/trace.h"

enum { INFO_SLOTS = 64, SIZE_KEPT_MAX = 63 };

struct insn {
    struct block *block;
    uint32_t index;
    uint32_t access;  // enum recorder_access
};

struct block {
    struct block *next;  // of all blocks, to be freed when QEMU drops its code
    uint32_t count;
    uint64_t *fetches;  // count records
    struct insn insns[];
};

// One virtual CPU's side of its ring; only its thread touches it.
struct vcpu {
    _Alignas(RECORDER_LINE_BYTES) struct recorder_ring *ring;
    uint64_t head, limit;       // written so far; may be written up to
    const struct block *block;  // the one being executed, NULL: between blocks
    uint32_t done;              // its fetches so far
    // QEMU's answers about an access: asking costs two calls.
    struct {
        qemu_plugin_meminfo_t info;
        uint32_t tag;  // 0 = free: a load or store is never tag 0
    } tags[INFO_SLOTS];
};

struct recorder {
    struct recorder_shared *shared;
    enum recorder_machine machine;
    bool silent;  // a forked child, or the recording was given up
    pthread_mutex_t lock;
    struct block *blocks;
    struct vcpu vcpus[RECORDER_RINGS];
};

// QEMU hands no context to these callbacks: the plugin's state must be at file scope.
static struct recorder recorder = {.lock = PTHREAD_MUTEX_INITIALIZER};

int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static void give_up(enum recorder_trouble trouble) {
    atomic_store(&recorder.shared->trouble, (uint32_t)trouble);
    recorder.silent = true;
}

// The first reference of a thread.
static void begin_ring(unsigned index, struct vcpu *vcpu) {
    vcpu->ring = &recorder.shared->rings[index];
    vcpu->head = atomic_load(&vcpu->ring->head);
    uint32_t used = atomic_load(&recorder.shared->used);
    while (used <= index &&
           !atomic_compare_exchange_weak(&recorder.shared->used, &used, index + 1)) {
        continue;
    }
}

// Wait until the reader has made room. False: the recording was given up.
static bool wait_for_room(struct vcpu *vcpu, size_t count) {
    for (;;) {
        vcpu->limit =
            atomic_load_explicit(&vcpu->ring->tail, memory_order_acquire) + RECORDER_RING_REFS;
        if (vcpu->head + count <= vcpu->limit) return true;
        // Killed without a chance to end the program: it must not run on alone.
        if (getppid() != recorder.shared->reader) kill(getpid(), SIGKILL);
        if (recorder.silent) return false;
        nanosleep(&(struct timespec){0, 50000}, NULL);
    }
}

static void put(struct vcpu *vcpu, const uint64_t *refs, size_t count) {
    if (vcpu->head + count > vcpu->limit && !wait_for_room(vcpu, count)) return;
    for (size_t i = 0; i < count; i++) {
        vcpu->ring->refs[(vcpu->head + i) & (RECORDER_RING_REFS - 1)] = refs[i];
    }
    vcpu->head += count;
    atomic_store_explicit(&vcpu->ring->head, vcpu->head, memory_order_release);
}

// NULL: this thread is not recorded.
static struct vcpu *find_vcpu(unsigned index) {
    if (recorder.silent) return NULL;
    if (index >= RECORDER_RINGS) {
        give_up(RECORDER_TOO_MANY_THREADS);
        return NULL;
    }
    struct vcpu *vcpu = &recorder.vcpus[index];
    if (!vcpu->ring) begin_ring(index, vcpu);
    return vcpu;
}

// The fetches of the block up to and with the instruction that were not reported yet.
static void put_fetches(struct vcpu *vcpu, const struct insn *insn) {
    const struct block *block = insn->block;
    uint32_t first = vcpu->block == block ? vcpu->done : 0;
    if (first > insn->index) return;
    put(vcpu, block->fetches + first, insn->index + 1 - first);
    vcpu->block = block;
    vcpu->done = insn->index + 1;
}

static void before_last(unsigned index, void *data) {
    struct vcpu *vcpu = find_vcpu(index);
    if (!vcpu) return;
    put_fetches(vcpu, data);
    vcpu->block = NULL;
}

static uint32_t tag_of(struct vcpu *vcpu, qemu_plugin_meminfo_t info) {
    uint32_t slot = (info ^ info >> 4 ^ info >> 12) % INFO_SLOTS;
    if (vcpu->tags[slot].tag && vcpu->tags[slot].info == info) return vcpu->tags[slot].tag;
    uint32_t kind = qemu_plugin_mem_is_store(info) ? TRACE_STORE : TRACE_LOAD;
    uint32_t bytes = UINT32_C(1) << (qemu_plugin_mem_size_shift(info) & 7);
    vcpu->tags[slot].info = info;
    vcpu->tags[slot].tag = (bytes < SIZE_KEPT_MAX ? bytes : SIZE_KEPT_MAX) << 2 | kind;
    return vcpu->tags[slot].tag;
}

static void after_access(unsigned index, qemu_plugin_meminfo_t info, uint64_t va, void *data) {
    const struct insn *insn = data;
    struct vcpu *vcpu = find_vcpu(index);
    if (!vcpu) return;
    // The last instruction has reported its fetch before its accesses.
    if (insn->index + 1 != insn->block->count) put_fetches(vcpu, insn);
    uint32_t tag = tag_of(vcpu, info);
    if (insn->access != RECORDER_PLAIN) {
        if ((tag & 3) == TRACE_LOAD) return;
        if (insn->access == RECORDER_ATOMIC) tag |= TRACE_MODIFY;
    }
    put(vcpu, &(uint64_t){va << 8 | tag}, 1);
}

static struct block *create_block(size_t count) {
    struct block *block = malloc(sizeof *block + count * (sizeof(struct insn) + sizeof(uint64_t)));
    if (!block) return NULL;
    block->count = (uint32_t)count;
    block->fetches = (uint64_t *)(block->insns + count);
    pthread_mutex_lock(&recorder.lock);
    block->next = recorder.blocks;
    recorder.blocks = block;
    pthread_mutex_unlock(&recorder.lock);
    return block;
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    (void)id;
    size_t count = qemu_plugin_tb_n_insns(tb);
    if (recorder.silent || count == 0) return;
    struct block *block = create_block(count);
    if (!block) {
        give_up(RECORDER_NO_MEMORY);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct qemu_plugin_insn *handle = qemu_plugin_tb_get_insn(tb, i);
        size_t bytes = qemu_plugin_insn_size(handle);
        block->fetches[i] = qemu_plugin_insn_vaddr(handle) << 8 | bytes << 2 | TRACE_FETCH;
        block->insns[i] = (struct insn){
            block, (uint32_t)i,
            recorder_access_of(recorder.machine, qemu_plugin_insn_data(handle), bytes)};
        qemu_plugin_register_vcpu_mem_cb(handle, after_access, QEMU_PLUGIN_CB_NO_REGS,
                                         QEMU_PLUGIN_MEM_RW, &block->insns[i]);
    }
    qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_tb_get_insn(tb, count - 1), before_last,
                                           QEMU_PLUGIN_CB_NO_REGS, &block->insns[count - 1]);
}

// QEMU has dropped all translated code; no thread is inside a block.
static void on_flush(qemu_plugin_id_t id) {
    (void)id;
    for (size_t i = 0; i < RECORDER_RINGS; i++) recorder.vcpus[i].block = NULL;
    while (recorder.blocks) {
        struct block *next = recorder.blocks->next;
        free(recorder.blocks);
        recorder.blocks = next;
    }
}

// Only the program itself is recorded: the rings are the parent's.
static void in_forked_child(void) {
    recorder.silent = true;
    pthread_mutex_init(&recorder.lock, NULL);  // another thread may have held it
}

static bool map_shared(const char *argument) {
    if (strncmp(argument, "fd=", 3) != 0) return false;
    int fd = atoi(argument + 3);
    void *memory = mmap(NULL, sizeof *recorder.shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);  // not the program's
    if (memory == MAP_FAILED) return false;
    recorder.shared = memory;
    return recorder.shared->magic == RECORDER_MAGIC;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info *info, int argc,
                        char **argv) {
    if (argc != 1 || !map_shared(argv[0])) return -1;
    recorder.machine = recorder_machine_of(info->target_name);
    if (pthread_atfork(NULL, NULL, in_forked_child) != 0) return -1;
    qemu_plugin_register_flush_cb(id, on_flush);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    atomic_store(&recorder.shared->ready, 1);
    return 0;
}
