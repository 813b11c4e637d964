// SPDX-License-Identifier: Apache-2.0
#include "program.h"

#include <stdlib.h>

#include "fixture.h"
#include "sim/trace.h"

#define TRACE_PATH "traces/cc1.tdt"

static void program_read(struct program *program, struct future_builder *builder) {
    struct trace_reader *reader;
    struct trace_vamap *map;
    struct sim_error error;
    struct trace_ref refs[4096];
    size_t count, total = 0;
    if (trace_reader_open(TRACE_PATH, &reader, &error) != SIM_OK) fail_msg("%s", error.text);
    assert_int_equal(trace_vamap_create(38, &map, &error), SIM_OK);
    while (trace_reader_next(reader, refs, 4096, &count, &error) == SIM_OK) {
        for (size_t i = 0; i < count; i++) {
            uint64_t va;
            assert_int_equal(trace_vamap_apply(map, refs[i].va, &va, &error), SIM_OK);
            bool write = refs[i].kind == TRACE_STORE || refs[i].kind == TRACE_MODIFY;
            assert_true(total < PROGRAM_REFERENCES);
            program->references[total++] = (uint32_t)(va >> 12 << 1 | write);
            assert_int_equal(future_builder_add(builder, 0, va >> 12, &error), SIM_OK);
        }
    }
    assert_int_equal(total, PROGRAM_REFERENCES);
    trace_vamap_destroy(map);
    trace_reader_close(reader);
}

int program_open(void **state) {
    static struct program program;
    struct future_builder *builder;
    struct sim_error error;
    program.references = malloc(PROGRAM_REFERENCES * sizeof *program.references);
    assert_non_null(program.references);
    assert_int_equal(future_builder_create(&builder, &error), SIM_OK);
    program_read(&program, builder);
    assert_int_equal(future_builder_finish(builder, &program.future, &error), SIM_OK);
    *state = &program;
    return 0;
}

int program_close(void **state) {
    struct program *program = *state;
    future_destroy(program->future);
    free(program->references);
    return 0;
}
