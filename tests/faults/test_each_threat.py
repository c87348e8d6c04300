"""The table of vault.md, row by row: each thing that the vault must survive has its tests, and they are there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
THREATS = {
    "process killed at any moment": (
        "faults/test_vault_killed.py::test_a_killed_writer_loses_nothing_it_said_it_had_saved",
        "faults/test_vault_killed.py::test_a_writer_that_speaks_before_it_saves_is_caught",
        "faults/test_keys_killed.py::test_a_passphrase_change_that_is_killed_leaves_the_old_or_the_new_one",
    ),
    "power cut": (
        "faults/test_vault_power_cut.py::test_a_power_cut_at_any_moment_loses_nothing_that_was_said_to_be_saved",
        "faults/test_vault_power_cut.py::test_a_writer_that_does_not_wait_for_the_disk_is_caught",
    ),
    "full disk, read-only folder, stick pulled out": (
        "faults/test_vault_disk.py::test_a_write_cut_off_after_any_number_of_bytes_loses_nothing_earlier",
        "faults/test_vault_disk.py::test_a_vault_that_cannot_be_written_is_read_and_untouched",
        "faults/test_vault_small_disk.py::test_on_a_disk_that_fills_up_everything_is_refused_in_words_and_nothing_is_lost",
        "faults/test_vault_small_disk.py::test_a_vault_whose_folder_goes_refuses_and_goes_on_when_it_is_back",
    ),
    "a byte flipped on disk": (
        "faults/test_vault_lost.py::test_each_flipped_byte_is_found_or_harmless_and_salvage_never_crashes",
        "storage/test_checking.py::test_a_byte_flipped_on_the_disk_is_named_by_its_page",
    ),
    "a file from a newer version": (
        "storage/test_old_vaults.py::test_a_newer_vault_is_refused_byte_for_byte_untouched",
    ),
    "migration fails half-way": (
        "storage/test_old_vaults.py::test_a_step_that_fails_leaves_every_byte_of_an_old_vault",
        "storage/test_backups.py::test_a_copy_of_the_old_schema_is_made_before_it_changes",
    ),
    "two windows, two users, a sync folder, a network share": (
        "faults/test_vault_shared.py::test_two_processes_write_one_record_and_its_chain_holds",
        "storage/test_lock.py::test_a_second_one_on_this_computer_is_told_since_when",
        "storage/test_places.py::test_on_linux",
    ),
    "stolen or seized laptop": (
        "faults/test_vault_seized.py::test_nothing_that_was_typed_stands_in_clear",
        "faults/test_seized_everything.py::test_whatever_was_typed_in_the_app_stands_in_no_file_in_clear",
    ),
    "locked while typing": (
        "ui/test_lock.py::test_half_typed_text_comes_back_letter_by_letter",
        "ui/test_lock.py::test_the_window_locks_wherever_the_keyboard_is",
        "ui/test_lock.py::test_a_lock_that_keeps_nothing_is_noticed",
    ),
    "somebody edits history": (
        "storage/test_checking.py::test_an_altered_entry_is_named",
        "storage/test_checking.py::test_an_entry_rewritten_together_with_its_hash_is_named",
    ),
    "a name typed by mistake": (
        "storage/test_erasing.py::test_a_name_typed_by_mistake_is_in_no_file_after_erasing",
        "faults/test_seized_everything.py::test_a_name_that_is_erased_is_in_no_copy_and_no_page_and_the_chain_holds",
    ),
    "laptop dies, passphrase forgotten": (
        "faults/test_vault_lost.py::test_machine_a_destroyed_after_any_actions_is_machine_b_with_the_stick",
        "storage/test_people.py::test_the_card_opens_the_vault_alone_and_gives_a_new_passphrase",
    ),
    "flat clock battery": (
        "services/test_clock.py::test_only_a_day_that_cannot_be_right_is_asked_for",
        "services/test_clock.py::test_without_an_answer_the_last_known_day_counts_and_nothing_due_is_hidden",
    ),
}


@pytest.mark.parametrize("threat", THREATS)
def test_a_threat_has_its_tests(threat: str) -> None:
    missing = [name for name in THREATS[threat] if name.partition("::")[2] not in names_in(name.partition("::")[0])]
    assert missing == []


def names_in(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
