"""Finding CTs in trees of files, by headers only."""

import shutil

import numpy as np
import pydicom
import pytest

from imaging.errors import CancelledError, UnreadableFileError
from imaging.writers.volume_file import write_volume_file
from training.cases.find_cases import find_cases, skipped_text
from training.cases.project import Project


@pytest.fixture
def tree(tmp_path):
    """A folder to search, beside which a test may keep other things."""
    folder = tmp_path / "tree"
    folder.mkdir()
    return folder


def test_a_series_that_is_spread_over_folders_is_one_ct(tree, ball_ct, write_dicom_ct):
    files = write_dicom_ct(tree / "a" / "1", ball_ct)
    (tree / "a" / "2").mkdir()
    for file in files[10:]:
        shutil.move(file, tree / "a" / "2" / file.name)

    (ct,) = find_cases([tree]).cts

    assert ct.path == tree / "a"
    assert len(ct.files) == 20
    assert ct.name == ""  # folders are often named after patients


def test_two_series_of_one_folder_are_two_cts_of_one_patient(tree, ball_ct, write_dicom_ct):
    for number in (1, 2):
        for file in write_dicom_ct(tree / str(number), ball_ct, PatientID="4711"):
            shutil.move(file, tree / f"{number}-{file.name}")

    first, second = find_cases([tree]).cts

    assert first.series_uid != second.series_uid
    assert first.patient_identity == second.patient_identity == "id:4711"


def test_what_is_no_ct_is_counted(tree, ball_ct, write_dicom_ct):
    write_dicom_ct(tree / "ct", ball_ct)
    write_dicom_ct(tree / "scout", ball_ct, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    for number in (1, 2):
        mr = "1.2.840.10008.5.1.4.1.1.4"
        write_dicom_ct(tree / f"mr{number}", ball_ct, Modality="MR", SOPClassUID=mr)
    (tree / "report.txt").write_text("nothing to see")

    found = find_cases([tree])

    assert [ct.path.name for ct in found.cts] == ["ct"]
    assert skipped_text(found.skipped) == "2 MR series, 1 localizer"
    assert not found.problems


def test_a_localizer_inside_of_a_series_is_left_out_of_it(tree, ball_ct, write_dicom_ct):
    files = write_dicom_ct(tree, ball_ct)
    (scout,) = write_dicom_ct(tree.parent / "scout", ball_ct)[:1]
    dataset = pydicom.dcmread(scout)
    dataset.SeriesInstanceUID = pydicom.dcmread(files[0]).SeriesInstanceUID
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    dataset.save_as(tree / "scout.dcm")

    found = find_cases([tree])

    assert [len(ct.files) for ct in found.cts] == [20]
    assert found.skipped == (("localizer", 1),)


@pytest.mark.parametrize("number", ["", "ANONYMOUS", "anonymized", "0"])
def test_a_number_that_everybody_has_tells_no_patients_apart(number, tree, ball_ct, write_dicom_ct):
    for name in ("a", "b"):
        write_dicom_ct(tree / name, ball_ct, PatientID=number, PatientName="Anonymous")

    first, second = find_cases([tree]).cts

    assert first.patient_identity.startswith("study:")
    assert first.patient_identity != second.patient_identity


def test_text_in_the_pixels_is_noticed(tree, ball_ct, write_dicom_ct):
    write_dicom_ct(tree, ball_ct, BurnedInAnnotation="YES")

    (ct,) = find_cases([tree]).cts

    assert ct.has_burned_in_annotation


def test_a_damaged_file_is_listed_and_the_others_are_found(tree, ball_ct, write_dicom_ct):
    write_dicom_ct(tree / "good", ball_ct)
    (tree / "bad.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 40)

    found = find_cases([tree])

    assert len(found.cts) == 1
    assert "bad.dcm" in found.problems[0].sentence


def test_files_are_named_by_their_stem_and_found_once(tree, ball_ct):
    file = tree / "Liver 7.nii.gz"
    write_volume_file(file, ball_ct)
    (tree / "._Liver 7.nii.gz").write_bytes(b"a Mac left this")

    found = find_cases([tree, file])

    assert [(ct.name, ct.path, ct.is_dicom) for ct in found.cts] == [("Liver 7", file, False)]


def test_files_of_one_stem_are_told_apart_by_their_folders(tree, ball_ct):
    for folder in ("s0001", "s0002"):
        (tree / folder).mkdir()
        write_volume_file(tree / folder / "ct.nii.gz", ball_ct)

    assert [ct.name for ct in find_cases([tree]).cts] == ["s0001 ct", "s0002 ct"]


def test_a_path_that_is_not_there_is_a_sentence(tree):
    with pytest.raises(UnreadableFileError, match="no file or folder"):
        find_cases([tree / "nowhere"])


def test_a_search_can_be_cancelled(tree, ball_ct):
    write_volume_file(tree / "a.nii.gz", ball_ct)

    with pytest.raises(CancelledError):
        find_cases([tree], is_cancelled=lambda: True)


def test_a_project_below_the_folder_is_left_alone(tree, ball_ct):
    write_volume_file(tree / "a.nii.gz", ball_ct)
    Project.create(tree / "study").close()
    (tree / "study" / "cts" / "1").mkdir(parents=True)
    write_volume_file(tree / "study" / "cts" / "1" / "ct.nii.gz", ball_ct)

    assert [ct.name for ct in find_cases([tree]).cts] == ["a"]


def test_links_are_followed_and_never_in_a_circle(tree, ball_ct, write_dicom_ct):
    write_dicom_ct(tree.parent / "archive" / "series", ball_ct)
    write_volume_file(tree.parent / "beside.nii.gz", ball_ct)
    (tree / "inner").mkdir()
    (tree / "linked").symlink_to(tree.parent / "archive")
    (tree / "inner" / "round").symlink_to(tree)
    (tree / "inner" / "up").symlink_to(tree.parent)

    (ct,) = find_cases([tree]).cts

    assert ct.path.resolve() == (tree.parent / "archive" / "series").resolve()


def test_no_damage_to_a_header_stops_the_search(tree, ball_ct, write_dicom_ct):
    (whole, *_) = write_dicom_ct(tree.parent / "whole", ball_ct)
    content = whole.read_bytes()
    random = np.random.default_rng(0)
    for number in range(60):
        damaged = bytearray(content)
        for at in random.integers(132, 2000, 12):
            damaged[at] = random.integers(256)
        (tree / f"{number}.dcm").write_bytes(damaged[: random.integers(200, len(content))])

    found = find_cases([tree])

    files = sum(len(ct.files) for ct in found.cts)
    assert files + len(found.problems) + sum(count for _, count in found.skipped) > 0
