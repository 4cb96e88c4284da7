"""Adding CTs to a project: each once, whole or not at all, and without what names a patient."""

import os
import shutil
import time
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from imaging.errors import CaseError, ProjectError, ReadOnlyProjectError
from imaging.geometry import VolumeGeometry
from imaging.sitk_bridge import sitk_from_array
from imaging.volume import Volume
from imaging.writers.volume_file import write_label_file, write_volume_file
from training.cases.add_cases import AddOptions, add_cases
from training.cases.case_volume import open_case_volume
from training.cases.project import Project
from training.cases.records import SourceKind, Split

CANARY = "Canary^Carla"
COPIES = AddOptions(copies=True)


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def other_ct(ball_ct):
    return replace(ball_ct, array=ball_ct.array + np.int16(3))


def one_slice_of(volume):
    return VolumeGeometry((1, 3, 3), volume.geometry.affine)


def files_of(project):
    return [file for file in project.folder.rglob("*") if file.is_file()]


def test_dicom_and_files_become_cases(project, inbox, ball_ct, other_ct, write_dicom_ct):
    write_dicom_ct(
        inbox / "Carla", ball_ct, PatientID="4711", PatientName=CANARY, SeriesDescription="Portal"
    )
    write_volume_file(inbox / "liver 7.nrrd", other_ct)
    seen = []

    report = add_cases(project, [inbox], on_added=seen.append)

    dicom, file = report.added
    assert seen == [dicom, file]
    assert (dicom.name, dicom.pseudonym, dicom.source.kind) == (
        "P0001 Portal",
        "P0001",
        SourceKind.DICOM,
    )
    assert (file.name, file.pseudonym, file.source.kind) == ("liver 7", "P0002", SourceKind.FILE)
    assert "4711" not in dicom.patient_key
    assert project.cases.thumbnail(dicom.id).startswith(b"\x89PNG")
    volume = open_case_volume(project, dicom)
    assert np.array_equal(volume.array, ball_ct.array)
    assert project.cases.geometry(dicom.id).is_close(ball_ct.geometry)


def test_series_of_one_patient_share_the_pseudonym_and_the_split(
    project, inbox, ball_ct, other_ct, write_dicom_ct
):
    write_dicom_ct(inbox / "a", ball_ct, PatientID="4711", SeriesDescription="Late")
    write_dicom_ct(inbox / "b", other_ct, PatientID="4711", SeriesDescription="Late")

    first, second = add_cases(project, [inbox]).added
    project.splits.draw()

    assert (first.name, second.name) == ("P0001 Late", "P0001 Late (2)")
    assert first.patient_key == second.patient_key
    assert {case.split for case in project.cases.listed()} == {Split.TRAIN}


def test_a_bad_ct_and_a_mask_stop_nothing(project, inbox, ball_ct):
    write_volume_file(inbox / "b.nii.gz", ball_ct)
    whole = (inbox / "b.nii.gz").read_bytes()
    (inbox / "a.nii.gz").write_bytes(whole[: len(whole) // 2])
    write_label_file(inbox / "mask.nii.gz", np.eye(3, dtype=np.uint8)[None], one_slice_of(ball_ct))

    report = add_cases(project, [inbox])

    assert [case.name for case in report.added] == ["b"]
    assert [problem.name for problem in report.problems] == ["a.nii.gz"]
    assert report.skipped == (("label file", 1),)


def test_a_ct_is_added_once_however_often_it_is_found(project, inbox, ball_ct, tmp_path):
    write_volume_file(inbox / "a.nii.gz", ball_ct)
    (case,) = add_cases(project, [inbox]).added
    shutil.copy(inbox / "a.nii.gz", tmp_path / "copy.nii.gz")

    again = add_cases(project, [inbox, tmp_path / "copy.nii.gz"])

    assert again.added == ()
    assert again.already_there == (case, case)


def test_a_copied_ct_survives_its_original_and_a_move_of_the_project(
    project, inbox, ball_ct, write_dicom_ct, tmp_path
):
    write_dicom_ct(inbox / "Carla", ball_ct)
    add_cases(project, [inbox], COPIES)
    project.close()
    shutil.rmtree(inbox)
    moved = tmp_path / "elsewhere"
    project.folder.rename(moved)

    with Project.open(moved) as opened:
        (case,) = opened.cases.listed()
        assert np.array_equal(open_case_volume(opened, case).array, ball_ct.array)
        assert not [file for file in files_of(opened) if "Carla" in str(file.relative_to(moved))]


def test_a_header_with_its_voxels_in_a_second_file_is_copied_whole(project, inbox, ball_ct):
    sitk.WriteImage(sitk_from_array(ball_ct.array, ball_ct.geometry), inbox / "a.mhd")

    (case,) = add_cases(project, [inbox], COPIES).added
    shutil.rmtree(inbox)

    assert np.array_equal(open_case_volume(project, case).array, ball_ct.array)


def test_cancelling_keeps_what_is_done_and_leaves_nothing_half(project, inbox, ball_ct, other_ct):
    write_volume_file(inbox / "a.nii.gz", ball_ct)
    write_volume_file(inbox / "b.nii.gz", other_ct)
    done = []

    report = add_cases(
        project, [inbox], COPIES, on_added=done.append, is_cancelled=lambda: bool(done)
    )

    assert report.was_cancelled
    assert [case.name for case in report.added] == ["a"]
    assert len(list(project.cts_folder.iterdir())) == 1
    goes_on = add_cases(project, [inbox], COPIES)
    assert [case.name for case in goes_on.added] == ["b"]


def test_a_ct_that_cannot_be_read_is_named_as_it_was_found(project, inbox, ball_ct):
    write_volume_file(inbox / "liver 7.nii.gz", ball_ct)
    whole = (inbox / "liver 7.nii.gz").read_bytes()
    (inbox / "liver 7.nii.gz").write_bytes(whole[: len(whole) // 2])
    (problem,) = add_cases(project, [inbox], COPIES).problems
    assert problem.sentence.startswith("liver 7.nii.gz is damaged or cut short")
    assert "ct.nii.gz" not in problem.sentence


def test_a_twin_leaves_no_second_copy(project, inbox, ball_ct):
    write_volume_file(inbox / "a.nii.gz", ball_ct)
    shutil.copy(inbox / "a.nii.gz", inbox / "b.nii.gz")

    report = add_cases(project, [inbox], COPIES)

    assert [len(report.added), len(report.already_there)] == [1, 1]
    assert len(list(project.cts_folder.iterdir())) == 1


def test_what_a_run_that_died_left_behind_is_removed_a_day_later(project, inbox):
    for name, age_s in ((".old.part", 2 * 24 * 3600), (".young.part", 60)):
        folder = project.cts_folder / name
        folder.mkdir(parents=True)
        (folder / "00001.dcm").touch()
        os.utime(folder, (time.time() - age_s,) * 2)

    add_cases(project, [inbox])

    assert [folder.name for folder in project.cts_folder.iterdir()] == [".young.part"]


def test_a_copy_whose_case_could_not_be_written_is_taken_away(project, inbox, ball_ct, monkeypatch):
    def fail(_new):
        raise ProjectError("The disk is full.")

    write_volume_file(inbox / "a.nii.gz", ball_ct)
    monkeypatch.setattr(project.cases, "add", fail)

    report = add_cases(project, [inbox], COPIES)

    assert [problem.sentence for problem in report.problems] == ["The disk is full."]
    assert not list(project.cts_folder.iterdir())


def test_a_deidentified_ct_leaves_no_trace_of_the_patient(
    project, inbox, ball_ct, write_dicom_ct, tmp_path
):
    uid_map = tmp_path / "home" / "uid_map.json"
    files = write_dicom_ct(
        inbox / "Carla", ball_ct, PatientID="CANARY4711", PatientName=CANARY,
        SeriesDescription="For Dr. Canary", PatientBirthDate="19610407",
        BurnedInAnnotation="YES",
    )  # fmt: skip
    assert b"Canary" in files[0].read_bytes()

    report = add_cases(project, [inbox], AddOptions(uid_map_file=uid_map))

    assert not report.problems
    (case,) = report.added
    assert case.name == "P0001"
    assert np.array_equal(open_case_volume(project, case).array, ball_ct.array)
    project.close()
    for file in files_of(project):
        content = file.read_bytes().lower()
        assert b"canary" not in content, file.name
        assert b"carla" not in content, file.name
        assert b"19610407" not in content, file.name
    assert uid_map.is_file()
    assert any("pixels" in warning.sentence for warning in report.warnings)


def test_text_in_the_pixels_is_warned_about(project, inbox, ball_ct, write_dicom_ct):
    write_dicom_ct(inbox / "a", ball_ct, BurnedInAnnotation="YES")

    report = add_cases(project, [inbox])

    assert ["pixels" in warning.sentence for warning in report.warnings] == [True]


def test_a_read_only_project_is_refused_before_the_work(project, inbox, ball_ct):
    write_volume_file(inbox / "a.nii.gz", ball_ct)

    with (
        Project.open(project.folder) as second,
        pytest.raises(ReadOnlyProjectError, match="open already"),
    ):
        add_cases(second, [inbox])


def test_a_ct_that_was_changed_behind_our_back_is_refused(project, inbox, ball_ct, other_ct):
    write_volume_file(inbox / "a.nii.gz", ball_ct)
    (case,) = add_cases(project, [inbox]).added
    write_volume_file(inbox / "a.nii.gz", other_ct)

    with pytest.raises(CaseError, match="relink"):
        open_case_volume(project, case)


def test_progress_grows_to_the_end(project, inbox, ball_ct):
    write_volume_file(inbox / "a.nii.gz", ball_ct)
    shares = []

    add_cases(project, [inbox], report_progress=lambda share, _text: shares.append(share))

    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1


def test_a_volume_without_negative_values_is_still_a_ct(project, inbox, ball_ct):
    bright = Volume(np.clip(ball_ct.array, 0, None) + np.int16(300), ball_ct.geometry)
    write_volume_file(inbox / "a.nii.gz", bright)

    assert len(add_cases(project, [inbox]).added) == 1
