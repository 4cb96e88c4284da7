from pathlib import Path

import numpy as np
import pytest

from app.controllers.activities import Activities
from app.controllers.case_controller import CaseController
from imaging.errors import UnreadableFileError
from imaging.history import Change
from imaging.labels import LabelEdit


@pytest.fixture
def activities():
    return Activities()


@pytest.fixture
def controller(files, held_executor, activities):
    return CaseController(
        files, held_executor, lambda function: function(), activities, lambda: ("spleen",)
    )


@pytest.fixture
def opened(controller, held_executor):
    controller.open_path(Path("ct.nii.gz"))
    held_executor.run_all()
    return controller


def mark_voxel(session):
    box = (slice(0, 1), slice(0, 1), slice(0, 1))
    before = session.labels.array[box].copy()
    edit = LabelEdit(box, before, np.ones((1, 1, 1), np.uint8))
    session.do(Change("voxel", edit, (), ()))


def test_opening_shows_what_is_read_and_ends_with_a_case(
    controller, held_executor, activities, volume
):
    controller.open_path(Path("ct.nii.gz"))
    assert activities.current.text == "Reading ct.nii.gz"
    held_executor.run_all()

    assert controller.session.volume is volume
    assert activities.current is None


def test_the_open_case_stays_when_another_cannot_be_read(opened, files, held_executor):
    session, failures = opened.session, []
    opened.failed.connect(failures.append)
    files.error = UnreadableFileError("broken.nii.gz is cut short.")
    opened.open_path(Path("broken.nii.gz"))
    held_executor.run_all()

    assert opened.session is session
    assert failures == ["broken.nii.gz is cut short."]


def test_opening_can_be_cancelled(controller, held_executor, activities):
    controller.open_path(Path("ct.nii.gz"))
    activities.current.cancel()
    held_executor.run_all()

    assert controller.session is None
    assert activities.current is None


def test_a_folder_with_several_series_asks_which(controller, files, held_executor, volume):
    asked = []
    files.series = ("series a", "series b")
    controller.series_wanted.connect(lambda path, series: asked.append((path, series)))
    controller.open_path(Path("several"))
    held_executor.run_all()
    assert asked == [(Path("several"), ("series a", "series b"))]

    controller.open_path(Path("several"), "1.2.3")
    held_executor.run_all()
    assert controller.session.volume is volume


def test_a_label_file_replaces_the_labels_of_the_open_case(opened, held_executor):
    opened.open_labels(Path("labels.nii.gz"))
    held_executor.run_all()

    assert (opened.session.labels.array == 2).all()
    assert "pancreas" in [s.name for s in opened.session.structures]
    assert not opened.session.is_modified


def test_a_label_file_for_a_case_that_was_closed_meanwhile_is_dropped(opened, held_executor):
    opened.open_path(Path("other.nii.gz"))
    opened.open_labels(Path("labels.nii.gz"))
    held_executor.run_all()

    assert not opened.session.labels.array.any()


def test_what_is_drawn_while_a_label_file_is_read_can_be_had_back(opened, held_executor):
    opened.open_labels(Path("labels.nii.gz"))
    mark_voxel(opened.session)
    drawn = opened.session.labels.array.copy()
    held_executor.run_all()
    assert (opened.session.labels.array == 2).all()

    opened.session.undo()
    assert np.array_equal(opened.session.labels.array, drawn)


def test_saving_writes_the_labels_of_that_moment(opened, files, held_executor):
    opened.save_labels(Path("mask.nii.gz"))
    mark_voxel(opened.session)
    held_executor.run_all()

    assert [path for path, _ in files.written] == [Path("mask.nii.gz")]
    assert not files.written[0][1].any()
    assert opened.session.is_modified


def test_a_saved_case_has_no_unsaved_changes(opened, held_executor):
    saved = []
    opened.labels_saved.connect(saved.append)
    mark_voxel(opened.session)
    opened.save_labels(Path("mask.nii.gz"))
    held_executor.run_all()

    assert saved == [Path("mask.nii.gz")]
    assert not opened.session.is_modified


def test_only_the_active_structures_clicks_are_saved(opened, files, held_executor, click_at):
    clicks = (click_at((1, 2, 3)), click_at((2, 3, 4), "pancreas"))
    opened.session.do(Change("clicks", None, (), clicks))
    opened.save_clicks(Path("clicks.json"))
    held_executor.run_all()

    assert files.written_clicks == [(Path("clicks.json"), clicks[:1])]


def test_a_failed_save_says_so_and_keeps_the_changes_unsaved(opened, files, held_executor):
    failures = []
    opened.failed.connect(failures.append)
    mark_voxel(opened.session)
    files.error = OSError("disk full")
    opened.save_labels(Path("mask.nii.gz"))
    held_executor.run_all()

    assert len(failures) == 1
    assert opened.session.is_modified
