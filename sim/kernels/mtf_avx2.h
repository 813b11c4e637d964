// SPDX-License-Identifier: Apache-2.0
// mtf_touch for lists of exactly 16 elements without a branch on where the page is found: 16
// comparisons at once, and all elements up to the place move by one lane. Only for processors
// with AVX2; callers ask the processor first.
#ifndef KERNELS_MTF_AVX2_H
#define KERNELS_MTF_AVX2_H

#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>

enum { MTF_AVX2_LENGTH = 16 };

// `list` is aligned to 32 bytes. Returns the page's position before, 16 if it was not there.
__attribute__((target("avx2"), always_inline)) static inline uint32_t mtf_touch_avx2(
    uint32_t *list, uint32_t page) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i rotate = _mm256_setr_epi32(7, 0, 1, 2, 3, 4, 5, 6);
    __m256i *low_at = (__m256i *)(void *)list, *high_at = low_at + 1;
    __m256i low = _mm256_load_si256(low_at), high = _mm256_load_si256(high_at);
    __m256i wanted = _mm256_set1_epi32((int)page);
    uint32_t equal_low =
        (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(low, wanted)));
    uint32_t equal_high =
        (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(high, wanted)));
    // Bit 16 is the end if nothing was found.
    uint32_t place = (uint32_t)__builtin_ctz(equal_low | equal_high << 8 | 1u << 16);
    __m256i moved_low = _mm256_permutevar8x32_epi32(low, rotate);
    __m256i moved_high = _mm256_permutevar8x32_epi32(high, rotate);
    moved_high = _mm256_blend_epi32(moved_high, moved_low, 1);  // lane 0: the low half's last
    moved_low = _mm256_blend_epi32(moved_low, wanted, 1);
    __m256i limit = _mm256_set1_epi32((int)place);
    __m256i stay_low = _mm256_cmpgt_epi32(lanes, limit);
    __m256i stay_high = _mm256_cmpgt_epi32(_mm256_add_epi32(lanes, _mm256_set1_epi32(8)), limit);
    _mm256_store_si256(low_at, _mm256_blendv_epi8(moved_low, low, stay_low));
    _mm256_store_si256(high_at, _mm256_blendv_epi8(moved_high, high, stay_high));
    return place;
}
#endif

#endif
