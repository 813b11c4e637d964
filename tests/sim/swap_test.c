// SPDX-License-Identifier: Apache-2.0
// Swap against a storage that loses, tears and misdirects writes and flips bits.
#define _DEFAULT_SOURCE
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct slots {
    struct swap *swap;
    struct sim_test_storage storage;
    struct sim_error error;
    uint8_t data[SWAP_PAGE_BYTES];
};

static void slots_open(struct slots *slots, uint64_t count) {
    memset(slots, 0, sizeof *slots);
    slots->storage.flip_bit = -1;
    struct swap_config config = {
        .slots = count, .ops = &sim_test_storage_ops, .user = &slots->storage};
    assert_int_equal(swap_create(&config, &slots->swap, &slots->error), SIM_OK);
}

static void slots_write(struct slots *slots, uint64_t slot, uint64_t version) {
    struct swap_page page = {.space = 2, .vpn = 0x123, .version = version};
    memset(slots->data, (int)(0x40 + version), sizeof slots->data);
    assert_int_equal(swap_write(slots->swap, slot, &page, slots->data, &slots->error), SIM_OK);
}

static void slots_read_fails(struct slots *slots, uint64_t slot, const char *name) {
    uint8_t before = slots->data[7];
    assert_int_equal(swap_read(slots->swap, slot, slots->data, &slots->error), SIM_ERROR_FORMAT);
    sim_test_begins(&slots->error, name);
    sim_test_contains(&slots->error, "space 2 page 0x123");
    assert_int_equal(slots->data[7], before);
}

static void swap_returns_what_was_written_also_by_short_counts(void **state) {
    (void)state;
    struct slots slots;
    slots_open(&slots, 3);
    slots.storage.short_counts = true;
    for (uint64_t i = 0; i < 3; i++) assert_int_equal(swap_take(slots.swap, 2), i);
    for (uint64_t i = 3; i-- > 0;) slots_write(&slots, i, i + 1);
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(swap_read(slots.swap, i, slots.data, &slots.error), SIM_OK);
        assert_int_equal(slots.data[0], 0x41 + i);
        assert_int_equal(slots.data[4095], 0x41 + i);
        assert_int_equal(swap_holds(slots.swap, i)->version, i + 1);
    }
    swap_destroy(slots.swap);
}

static void swap_that_is_full_gives_no_slot_until_one_is_released(void **state) {
    (void)state;
    struct slots slots;
    slots_open(&slots, 2);
    assert_int_equal(swap_take(slots.swap, 0), 0);
    assert_int_equal(swap_take(slots.swap, 1), 1);
    assert_int_equal(swap_free_slots(slots.swap), 0);
    assert_int_equal(swap_take(slots.swap, 0), SWAP_NO_SLOT);
    swap_release_space(slots.swap, 0);
    assert_int_equal(swap_take(slots.swap, 5), 0);
    assert_null(swap_holds(slots.swap, 0));
    assert_null(swap_holds(slots.swap, 99));
    swap_destroy(slots.swap);
}

static void swap_names_a_lost_write(void **state) {
    (void)state;
    struct slots slots;
    slots_open(&slots, 2);
    swap_take(slots.swap, 2);
    slots.storage.next_write = STORAGE_LOSES;
    slots_write(&slots, 0, 1);
    slots_read_fails(&slots, 0, "lost write: ");  // the first one: nothing is there
    slots_write(&slots, 0, 2);
    slots.storage.next_write = STORAGE_LOSES;
    slots_write(&slots, 0, 3);
    slots_read_fails(&slots, 0, "lost write: ");  // the older record is there
    sim_test_contains(&slots.error, "slot 0");
    sim_test_contains(&slots.error, "expected version 3 generation 3, found slot 0");
    sim_test_contains(&slots.error, "version 2 generation 2/2");
    swap_destroy(slots.swap);
}

static void swap_names_a_write_torn_at_any_sector(void **state) {
    (void)state;
    for (size_t tear = 512; tear < SWAP_RECORD_BYTES; tear += 512) {
        for (unsigned front = 0; front < 2; front++) {
            for (unsigned first = 0; first < 2; first++) {
                struct slots slots;
                slots_open(&slots, 1);
                swap_take(slots.swap, 2);
                if (!first) slots_write(&slots, 0, 1);
                slots.storage.next_write = front ? STORAGE_TEARS_FRONT : STORAGE_TEARS;
                slots.storage.tear_bytes = tear;
                slots_write(&slots, 0, 2);
                slots_read_fails(&slots, 0, "torn write: ");
                swap_destroy(slots.swap);
            }
        }
    }
}

static void swap_names_a_misdirected_write(void **state) {
    (void)state;
    struct slots slots;
    slots_open(&slots, 2);
    swap_take(slots.swap, 2);
    swap_take(slots.swap, 2);
    slots_write(&slots, 0, 1);
    slots_write(&slots, 1, 2);
    slots.storage.next_write = STORAGE_MISDIRECTS;
    slots.storage.misdirect_bytes = SWAP_RECORD_BYTES;
    slots_write(&slots, 0, 3);
    slots_read_fails(&slots, 1, "misdirected write: ");
    sim_test_contains(&slots.error,
                      "slot 1, space 2 page 0x123: expected version 2 generation 2, "
                      "found slot 0 space 2 page 0x123 version 3 generation 3/3");
    slots_read_fails(&slots, 0, "lost write: ");
    swap_destroy(slots.swap);
}

static void swap_finds_every_flipped_bit_of_a_record(void **state) {
    (void)state;
    struct slots slots;
    slots_open(&slots, 1);
    swap_take(slots.swap, 2);
    slots_write(&slots, 0, 1);
    slots_write(&slots, 0, 2);
    for (int64_t bit = 0; bit < SWAP_RECORD_BYTES * 8; bit++) {
        slots.storage.flip_bit = bit;
        slots_read_fails(&slots, 0, "damaged slot: ");
    }
    slots.storage.flip_bit = -1;
    assert_int_equal(swap_read(slots.swap, 0, slots.data, &slots.error), SIM_OK);
    swap_destroy(slots.swap);
}

static void swap_on_a_full_disk_is_a_sentence(void **state) {
    (void)state;
    struct slots slots;
    slots_open(&slots, 1);
    swap_take(slots.swap, 2);
    slots.storage.next_write = STORAGE_FULL;
    struct swap_page page = {.space = 2};
    assert_int_equal(swap_write(slots.swap, 0, &page, slots.data, &slots.error), SIM_ERROR_IO);
    sim_test_contains(&slots.error, "cannot write: No space left on device");
    swap_destroy(slots.swap);
}

static void swap_beyond_the_file_size_limit_is_a_sentence(void **state) {
    (void)state;
    struct slots slots;
    struct rlimit before;
    slots_open(&slots, 2);
    swap_take(slots.swap, 2);
    swap_take(slots.swap, 2);
    getrlimit(RLIMIT_FSIZE, &before);
    struct rlimit limit = {.rlim_cur = SWAP_RECORD_BYTES + 1000, .rlim_max = before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    struct swap_page page = {.space = 2};
    enum sim_status first = swap_write(slots.swap, 0, &page, slots.data, &slots.error);
    enum sim_status second = swap_write(slots.swap, 1, &page, slots.data, &slots.error);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(first, SIM_OK);
    assert_int_equal(second, SIM_ERROR_IO);
    sim_test_contains(&slots.error, "cannot write: File too large");
    swap_destroy(slots.swap);
}

static void swap_of_too_many_slots_is_refused(void **state) {
    (void)state;
    struct swap_config config = {.slots = SWAP_SLOTS_LIMIT};
    struct swap *swap;
    struct sim_error error;
    assert_int_equal(swap_create(&config, &swap, &error), SIM_ERROR_USAGE);
    sim_test_begins(&error, "swap of ");
}

static void swap_file_is_created_reused_and_never_taken_twice(void **state) {
    (void)state;
    char folder[] = "/tmp/tandem-swap-test-XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/swap", folder);
    struct swap_config config = {.slots = 1, .path = path};
    struct sim_error error;
    struct swap *first, *second;
    assert_int_equal(swap_create(&config, &first, &error), SIM_OK);
    assert_int_equal(swap_create(&config, &second, &error), SIM_ERROR_USAGE);
    sim_test_contains(&error, "is in use by another process");
    swap_destroy(first);
    assert_int_equal(swap_create(&config, &second, &error), SIM_OK);
    swap_destroy(second);
    unlink(path);
    rmdir(folder);
}

static void swap_path_of_a_foreign_file_is_refused_and_left_as_it_is(void **state) {
    (void)state;
    char folder[] = "/tmp/tandem-swap-test-XXXXXX";
    char path[64], found[64] = "";
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/letter", folder);
    FILE *file = fopen(path, "w");
    fputs("dear reader, this is no swap file, do keep it", file);
    fclose(file);
    const char *const paths[] = {path, folder, "/dev/null"};
    for (unsigned i = 0; i < 3; i++) {
        struct swap_config config = {.slots = 1, .path = paths[i]};
        struct swap *swap;
        struct sim_error error;
        assert_int_equal(swap_create(&config, &swap, &error), SIM_ERROR_USAGE);
        sim_test_contains(&error, "exists and is not a swap file: it is left as it is");
    }
    file = fopen(path, "r");
    assert_non_null(fgets(found, sizeof found, file));
    fclose(file);
    assert_string_equal(found, "dear reader, this is no swap file, do keep it");
    unlink(path);
    rmdir(folder);
}

static void swap_path_in_no_folder_is_a_sentence(void **state) {
    (void)state;
    struct swap_config config = {.slots = 1, .path = "/nonexistent/folder/swap"};
    struct swap *swap;
    struct sim_error error;
    assert_int_equal(swap_create(&config, &swap, &error), SIM_ERROR_IO);
    sim_test_begins(&error, "/nonexistent/folder/swap: cannot open it: ");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(swap_returns_what_was_written_also_by_short_counts),
        cmocka_unit_test(swap_that_is_full_gives_no_slot_until_one_is_released),
        cmocka_unit_test(swap_names_a_lost_write),
        cmocka_unit_test(swap_names_a_write_torn_at_any_sector),
        cmocka_unit_test(swap_names_a_misdirected_write),
        cmocka_unit_test(swap_finds_every_flipped_bit_of_a_record),
        cmocka_unit_test(swap_on_a_full_disk_is_a_sentence),
        cmocka_unit_test(swap_beyond_the_file_size_limit_is_a_sentence),
        cmocka_unit_test(swap_of_too_many_slots_is_refused),
        cmocka_unit_test(swap_file_is_created_reused_and_never_taken_twice),
        cmocka_unit_test(swap_path_of_a_foreign_file_is_refused_and_left_as_it_is),
        cmocka_unit_test(swap_path_in_no_folder_is_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
