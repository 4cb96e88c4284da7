"""CTs that were moved are found again by their content."""

import shutil
from dataclasses import replace

import numpy as np
import pydicom
import pytest

from imaging.writers.volume_file import write_volume_file
from training.cases.case_volume import open_case_volume
from training.cases.relink import relink_cases


@pytest.fixture
def moved(project, ball_ct, add_ct, write_dicom_ct, tmp_path):
    """A file and a series whose disk got another name; the file was renamed, too."""
    other = replace(ball_ct, array=ball_ct.array + np.int16(2))
    old = tmp_path / "old"
    files = write_dicom_ct(old / "series", other)
    write_volume_file(old / "a.nii.gz", ball_ct)
    add_ct(project, old / "a.nii.gz", ball_ct)
    add_ct(project, old / "series", other, pydicom.dcmread(files[0]).SeriesInstanceUID)
    new = tmp_path / "new" / "disk"
    new.parent.mkdir()
    old.rename(new)
    (new / "a.nii.gz").rename(new / "renamed.nii.gz")
    return new


def test_moved_and_renamed_cts_are_found(project, moved, ball_ct):
    seen = []

    report = relink_cases(project, [moved.parent], on_relinked=seen.append)

    assert {case.name for case in seen} == {"a", "series"}
    assert (report.still_missing, report.problems) == ((), ())
    case = project.cases.find("a")
    assert case.source.path == moved / "renamed.nii.gz"
    assert np.array_equal(open_case_volume(project, case).array, ball_ct.array)


def test_what_is_not_there_stays_missing(project, moved):
    (moved / "renamed.nii.gz").write_bytes(b"no CT")

    report = relink_cases(project, [moved])

    assert [case.name for case in report.still_missing] == ["a"]
    assert [problem.name for problem in report.problems] == ["renamed.nii.gz"]


def test_another_ct_of_the_old_name_is_not_taken(project, moved, ball_ct):
    shutil.rmtree(moved / "series")
    write_volume_file(moved / "a.nii.gz", replace(ball_ct, array=ball_ct.array + np.int16(7)))

    report = relink_cases(project, [moved])

    assert [case.name for case in report.relinked] == ["a"]
    assert project.cases.find("a").source.path.name == "renamed.nii.gz"


def test_the_search_can_be_cancelled(project, moved):
    report = relink_cases(project, [moved], is_cancelled=lambda: True)

    assert report.was_cancelled
    assert len(report.still_missing) == 2
