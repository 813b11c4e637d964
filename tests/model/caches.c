// SPDX-License-Identifier: Apache-2.0
#include "caches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

struct bench bench;

void begin(uint32_t l2_entries, uint32_t pwc_entries, bool prefetch, uint32_t walks) {
    struct mmu_config config = mmu_config_default();
    config.tlb[0] = config.tlb[1] = (struct mmu_tlb_config){1, 1, MMU_LRU};
    config.l2 = (struct mmu_l2_config){l2_entries, 4, MMU_LRU};
    config.pwc_entries = pwc_entries;
    config.prefetch = prefetch;
    config.walks = walks;
    bench_init_config(&bench, &config);
    for (uint64_t k = 0; k < 8; ++k) fixture_map(&bench.memory, PAGE(k), 0, 0x30 + k, RWX_AD_S);
    fixture_map(&bench.memory, VA_OTHER_TABLE, 0, 0x70, RWX_AD_S);
    fixture_map(&bench.memory, VA_2M, 1, UINT64_C(1) << 9, RWX_AD_S);
    fixture_map(&bench.memory, VA_1G, 2, UINT64_C(1) << 18, RWX_AD_S);
}

int end(void **state) {
    (void)state;
    bench_free(&bench);
    return 0;
}

void load(uint64_t cycle, uint64_t va) {
    bench_offer(&bench, MMU_PORT_DATA, cycle, va, MMU_LOAD);
}

void expect_source(enum mmu_port port, uint64_t cycle, enum mmu_source source) {
    assert_true(bench.wire[D_RSP + port][cycle]);
    assert_int_equal(bench.answer[port][cycle].source, source);
}
