import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from imaging.clicks import Click, ClickList
from imaging.errors import UnreadableFileError, WriteError
from imaging.history import Change, EditHistory
from imaging.labels import LabelEdit, LabelMap
from training.cases import journal_file
from training.cases.journal import MAX_UNFLUSHED_RECORDS, Journal, JournalHeader
from training.cases.journal_recovery import discard_journal, find_journals, recover

SHAPE = (12, 20, 16)
HEADER = JournalHeader("Liver 1", "2026-03-01T09:00:00+00:00", case_id=4, version_id=2)

KILLED_SCRIPT = """
import os, signal, sys
from pathlib import Path
import numpy as np
from imaging.history import Change
from imaging.labels import LabelEdit, LabelMap
from training.cases.journal import Journal, JournalHeader
labels = LabelMap((12, 20, 16))
journal = Journal(Path(sys.argv[1]), JournalHeader("killed", "2026"), labels.array)
for n in range(500):
    box = (slice(n % 12, n % 12 + 1), slice(0, 20), slice(0, 16))
    edit = LabelEdit(box, labels.array[box].copy(), np.full((1, 20, 16), n % 7 + 1, np.uint8))
    labels.apply(edit)
    journal.append(Change(f"stroke {n}", edit, (), ()))
    print(n, flush=True)
"""


class Work:
    """Seeded strokes and clicks on a label map, journalled as the window does it."""

    def __init__(self, journal_folder, clock=lambda: 0.0):
        self.labels = LabelMap(SHAPE)
        self.labels.apply(self._edit(np.random.default_rng(1), 3))
        self.clicks = ClickList([Click((1.0, 2.0, 3.0), "spleen", True)])
        self.history = EditHistory(self.labels, self.clicks)
        self.journal = Journal(journal_folder, HEADER, self.labels.array, self.clicks.clicks, clock)
        self._rng = np.random.default_rng(2)

    def _edit(self, rng, value):
        k, j, i = (int(rng.integers(0, size - 5)) for size in SHAPE)
        box = (slice(k, k + 4), slice(j, j + 3), slice(i, i + 5))
        after = self.labels.array[box].copy()
        after[rng.random(after.shape) < 0.5] = value
        return LabelEdit(box, self.labels.array[box].copy(), after)

    def stroke(self, name="stroke"):
        clicks = self.clicks.clicks
        change = Change(name, self._edit(self._rng, 1), clicks, clicks)
        self.history.do(change)
        self.journal.append(change)

    def click(self):
        before = self.clicks.clicks
        after = (*before, Click((float(len(before)), -1.5, 0.25), "liver", len(before) % 2 == 0))
        change = Change("click", self._edit(self._rng, 4), before, after)
        self.history.do(change)
        self.journal.append(change)

    def forget_clicks(self):
        change = Change("clearing of clicks", None, self.clicks.clicks, ())
        self.history.do(change)
        self.journal.append(change)

    def undo(self):
        self.journal.append_undo(self.history.undo())

    def redo(self):
        self.journal.append(self.history.redo())

    def save(self):
        self.saved = self.journal.mark, self.labels.array.copy(), self.clicks.clicks


@pytest.fixture
def work(tmp_path):
    made = Work(tmp_path / "journals")
    yield made
    made.journal.close(discard=True)


def left_behind(work):
    """What is found after the program died with this work open."""
    work.journal.close(discard=False)
    (info,) = find_journals(work.journal._folder)
    return info, recover(info.path)


def assert_same(recovered, work):
    np.testing.assert_array_equal(recovered.labels, work.labels.array)
    assert recovered.clicks == work.clicks.clicks


def test_strokes_clicks_undo_and_redo_are_all_restored(work):
    work.stroke()
    work.click()
    work.click()
    work.undo()
    work.stroke()
    work.undo()
    work.redo()
    work.forget_clicks()
    info, recovered = left_behind(work)
    assert_same(recovered, work)
    assert (info.header, info.change_count, info.last_change) == (HEADER, 8, "clearing of clicks")
    assert recovered.header == HEADER


def test_what_is_restored_can_be_undone_step_by_step(work):
    base, base_clicks = work.labels.array.copy(), work.clicks.clicks
    work.click()
    work.stroke()
    work.undo()
    work.stroke()
    _info, recovered = left_behind(work)
    labels = LabelMap.from_array(recovered.base_labels)
    clicks = ClickList(recovered.base_clicks)
    history = EditHistory(labels, clicks)
    for change in recovered.changes:
        history.do(change)
    np.testing.assert_array_equal(labels.array, work.labels.array)
    while history.undo():
        pass
    np.testing.assert_array_equal(labels.array, base)
    assert clicks.clicks == base_clicks


def test_nothing_is_written_before_the_first_change_and_nothing_left_after_the_last_save(work):
    folder = work.journal._folder
    assert work.journal.path is None
    assert not folder.exists()
    work.stroke()
    assert work.journal.path.is_file()
    work.save()
    work.journal.saved_at(*work.saved, version_id=3)
    assert [*folder.iterdir()] == []
    assert find_journals(folder) == ()


def test_strokes_made_while_a_save_was_running_stay_in_the_journal(work):
    work.stroke()
    work.click()
    work.save()
    work.stroke()
    work.click()
    work.journal.saved_at(*work.saved, version_id=3)
    work.stroke("the last one")
    info, recovered = left_behind(work)
    assert_same(recovered, work)
    np.testing.assert_array_equal(recovered.base_labels, work.saved[1])
    assert (info.header, info.change_count) == (replace(HEADER, version_id=3), 3)
    assert info.last_change == "the last one"


def test_a_second_save_counts_from_the_first(work):
    for _ in range(2):
        work.stroke()
        work.save()
        work.click()
        work.journal.saved_at(*work.saved, version_id=3)
    _info, recovered = left_behind(work)
    assert_same(recovered, work)
    assert len(recovered.changes) == 1


def test_an_older_save_that_is_noted_late_drops_nothing(work):
    work.stroke()
    work.save()
    older = work.saved
    work.stroke()
    work.save()
    work.journal.saved_at(*work.saved, version_id=4)
    work.stroke()
    work.journal.saved_at(*older, version_id=3)
    info, recovered = left_behind(work)
    assert_same(recovered, work)
    assert (info.change_count, info.header.version_id) == (1, 4)


@pytest.mark.parametrize("lost_bytes", [1, 9, 60])
def test_a_torn_tail_costs_only_the_record_that_is_torn(work, lost_bytes):
    work.stroke()
    before = work.labels.array.copy()
    work.stroke()
    path = work.journal.path
    work.journal.close(discard=False)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - lost_bytes)
    np.testing.assert_array_equal(recover(path).labels, before)


def test_a_flipped_byte_ends_the_journal_there(work):
    work.stroke()
    before = work.labels.array.copy()
    middle = work.journal.path.stat().st_size
    work.stroke()
    work.stroke()
    path = work.journal.path
    work.journal.close(discard=False)
    data = bytearray(path.read_bytes())
    data[middle + 20] ^= 1
    path.write_bytes(data)
    np.testing.assert_array_equal(recover(path).labels, before)


@pytest.mark.parametrize(
    "content", [b"", journal_file.MAGIC[:7], journal_file.MAGIC, journal_file.MAGIC + b"xx"]
)
def test_a_journal_without_a_whole_change_is_not_offered(tmp_path, content):
    path = tmp_path / "a.journal"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match="cannot be read any more"):
        recover(path)
    assert find_journals(tmp_path) == ()
    assert not path.exists()


def test_a_file_of_another_version_is_neither_offered_nor_deleted(tmp_path):
    path = tmp_path / "a.journal"
    path.write_bytes(journal_file.MAGIC.replace(b"1", b"2") + b"x" * 100)
    assert find_journals(tmp_path) == ()
    assert path.exists()


def test_the_journal_of_another_open_window_is_not_offered(work):
    work.stroke()
    assert find_journals(work.journal._folder) == ()
    assert work.journal.path.is_file()


def test_what_was_restored_or_not_wanted_is_deleted(work):
    work.stroke()
    info, _recovered = left_behind(work)
    discard_journal(info.path)
    assert find_journals(info.path.parent) == ()
    discard_journal(info.path)


def test_a_full_disk_is_a_sentence_and_the_strokes_follow_as_soon_as_there_is_room(
    work, monkeypatch
):
    work.stroke()
    whole = os.write

    def write(descriptor, data):
        whole(descriptor, bytes(data)[:10])  # a full disk takes a part first
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal_file.os, "write", write)
    for _ in range(2):
        with pytest.raises(WriteError, match=r"No space left.*Save your work now"):
            work.stroke()
    monkeypatch.undo()
    assert len(recover(work.journal.path).changes) == 1
    work.stroke()
    _info, recovered = left_behind(work)
    assert_same(recovered, work)
    assert len(recovered.changes) == 4


def test_a_save_that_cannot_be_noted_leaves_the_journal_as_it_was(work, monkeypatch):
    work.stroke()
    work.save()
    work.stroke()

    def fsync(_descriptor):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(journal_file.os, "fsync", fsync)
    with pytest.raises(WriteError):
        work.journal.saved_at(*work.saved, version_id=3)
    monkeypatch.undo()
    info, recovered = left_behind(work)
    assert_same(recovered, work)
    assert (info.change_count, info.header.version_id) == (2, 2)


def test_the_disk_is_flushed_after_five_strokes_or_two_seconds(tmp_path, monkeypatch):
    now = [0.0]
    flushed = []
    work = Work(tmp_path, clock=lambda: now[0])
    work.stroke()
    monkeypatch.setattr(journal_file.os, "fsync", flushed.append)
    for _ in range(2 * MAX_UNFLUSHED_RECORDS):
        work.stroke()
    assert len(flushed) == 2
    work.stroke()
    now[0] = 3.0
    work.stroke()
    assert len(flushed) == 3
    work.stroke()
    work.journal.sync()
    work.journal.sync()
    assert len(flushed) == 4
    monkeypatch.undo()
    work.journal.close(discard=True)


def test_a_killed_program_loses_no_stroke_that_was_written_down(tmp_path):
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED_SCRIPT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with child:
        for line in child.stdout:
            if int(line) == 123:
                child.kill()
                break
        last = max([123, *map(int, child.stdout.read().split())])
    (info,) = find_journals(tmp_path)
    recovered = recover(info.path)
    assert info.change_count in (last + 1, last + 2)  # it may have died before it could say so
    for n in range(info.change_count - 12, info.change_count):
        assert (recovered.labels[n % 12] == n % 7 + 1).all()
