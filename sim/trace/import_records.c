// SPDX-License-Identifier: Apache-2.0
// Records out of the input; the formats that are binary. Every number is little-endian.
#include <inttypes.h>
#include <string.h>

#include "import_private.h"

enum {
    REF8_BYTES = 8,
    RAW64_BYTES = 8,
    // ChampSim's struct input_instr (inc/trace_instruction.h): ip, is_branch, branch_taken, 2 + 4
    // register numbers, then the addresses that it stores to and loads from, 0 = none.
    CHAMPSIM_BYTES = 64,
    CHAMPSIM_IS_BRANCH = 8,
    CHAMPSIM_TAKEN = 9,
    CHAMPSIM_STORES_AT = 16,
    CHAMPSIM_STORES = 2,
    CHAMPSIM_LOADS_AT = 32,
    CHAMPSIM_LOADS = 4
};

static uint64_t take_u64(const uint8_t *bytes) {
    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
           (uint64_t)bytes[3] << 24 | (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 |
           (uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
}

static size_t decode_ref8(const uint8_t *record, struct trace_ref refs[IMPORT_RECORD_REFS],
                          const char **why) {
    (void)why;
    uint64_t value = take_u64(record);
    // 56 bits of address; bit 55 is its sign.
    uint64_t va = value >> 8 | (value >> 63 ? UINT64_C(0xFF) << 56 : 0);
    refs[0] = (struct trace_ref){va, (uint8_t)(value & 3), (uint8_t)(value >> 2 & 63)};
    return 1;
}

static size_t decode_raw64(const uint8_t *record, struct trace_ref refs[IMPORT_RECORD_REFS],
                           const char **why) {
    (void)why;
    refs[0] = (struct trace_ref){take_u64(record), TRACE_LOAD, 0};
    return 1;
}

// The fetch, the loads, then the stores.
static size_t decode_champsim(const uint8_t *record, struct trace_ref refs[IMPORT_RECORD_REFS],
                              const char **why) {
    if (record[CHAMPSIM_IS_BRANCH] > 1 || record[CHAMPSIM_TAKEN] > 1) {
        *why = "its branch fields are not 0 or 1";
        return 0;
    }
    size_t count = 0;
    refs[count++] = (struct trace_ref){take_u64(record), TRACE_FETCH, 0};
    for (size_t i = 0; i < CHAMPSIM_LOADS; i++) {
        uint64_t va = take_u64(record + CHAMPSIM_LOADS_AT + 8 * i);
        if (va) refs[count++] = (struct trace_ref){va, TRACE_LOAD, 0};
    }
    for (size_t i = 0; i < CHAMPSIM_STORES; i++) {
        uint64_t va = take_u64(record + CHAMPSIM_STORES_AT + 8 * i);
        if (va) refs[count++] = (struct trace_ref){va, TRACE_STORE, 0};
    }
    return count;
}

const struct import_records *import_records_of(enum trace_format format) {
    static const struct import_records formats[TRACE_FORMATS] = {
        [TRACE_FORMAT_CHAMPSIM] = {CHAMPSIM_BYTES, decode_champsim},
        [TRACE_FORMAT_RAW64] = {RAW64_BYTES, decode_raw64},
        [TRACE_FORMAT_REF8] = {REF8_BYTES, decode_ref8},
    };
    return formats[format].decode ? &formats[format] : NULL;
}

static size_t take_pending(struct trace_import *import, struct trace_ref *refs, size_t capacity) {
    size_t count = import->pending_count < capacity ? import->pending_count : capacity;
    memcpy(refs, import->pending, count * sizeof *refs);
    import->pending_count -= count;
    memmove(import->pending, import->pending + count, import->pending_count * sizeof *refs);
    return count;
}

static enum sim_status bad_record(const struct trace_import *import, const char *why,
                                  struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_FORMAT,
                    "%s: record %" PRIu64 " at byte offset %" PRIu64 " is malformed: %s",
                    trace_input_name(import->input), import->place,
                    import->place * import->records->bytes, why);
}

// The whole records among the bytes, as many as fit.
static enum sim_status whole_records(struct trace_import *import, const uint8_t *bytes, size_t size,
                                     struct trace_ref *refs, size_t capacity, size_t *count,
                                     struct sim_error *error) {
    size_t record_bytes = import->records->bytes, used = 0;
    while (*count < capacity && size - used >= record_bytes) {
        const char *why = NULL;
        bool room = capacity - *count >= IMPORT_RECORD_REFS;
        size_t made =
            import->records->decode(bytes + used, room ? refs + *count : import->pending, &why);
        if (made == 0) return bad_record(import, why, error);
        import->place++;
        used += record_bytes;
        if (room) {
            *count += made;
        } else {
            import->pending_count = made;
            *count += take_pending(import, refs + *count, capacity - *count);
        }
    }
    trace_input_skip(import->input, used);
    return SIM_OK;
}

enum sim_status import_next_records(struct trace_import *import, struct trace_ref *refs,
                                    size_t capacity, size_t *count, struct sim_error *error) {
    const uint8_t *bytes = NULL;
    size_t size = 0, record_bytes = import->records->bytes;
    *count = take_pending(import, refs, capacity);
    if (*count) return SIM_OK;
    enum sim_status status = trace_input_peek(import->input, record_bytes, &bytes, &size, error);
    if (status != SIM_OK) return status;
    if (size == 0) return SIM_END;
    if (size < record_bytes) {
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "%s: record %" PRIu64 " at byte offset %" PRIu64
                        " has %zu of its %zu bytes",
                        trace_input_name(import->input), import->place,
                        import->place * record_bytes, size, record_bytes);
    }
    return whole_records(import, bytes, size, refs, capacity, count, error);
}
