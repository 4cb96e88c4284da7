"""Nothing that names the patient is in a de-identified series; everything the CT needs is."""

import logging
import stat

import numpy as np
import pydicom
import pytest

from imaging.deidentification.series import deidentify_series
from imaging.deidentification.uid_map import UidMap
from imaging.errors import CancelledError, UnreadableFileError, WriteError
from imaging.readers.dicom_series import find_series
from imaging.readers.source_series import read_source_series


@pytest.fixture
def uid_map(tmp_path):
    return UidMap.load(tmp_path / "uids.json")


def test_no_canary_of_300_is_in_files_names_or_log(canary_ct, uid_map, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    files = canary_ct.write(2)
    out = tmp_path / "out"
    report = deidentify_series(files, out, "P0007", uid_map)
    assert report.file_count == 2
    assert report.removed_count > 250
    assert len(canary_ct.canaries) >= 2 * 300
    written = b"".join(file.read_bytes() for file in sorted(out.iterdir()))
    source = b"".join(file.read_bytes() for file in files)
    assert all(canary.encode() in source for canary in canary_ct.canaries)
    spread = written + written.replace(b"\0", b"")  # as two bytes a letter, too
    for secret in (*canary_ct.canaries, "19480302", "077Y", "81.5", "20260115"):
        assert secret.encode() not in spread
    for uid in canary_ct.uids.values():
        assert uid.encode() not in written
    names = " ".join(file.name for file in out.iterdir())
    assert not any(word in names + caplog.text for word in ("KANARI", "Canary", "Carla"))


def test_the_copy_is_the_same_ct_under_a_pseudonym(canary_ct, uid_map, tmp_path, errors_in):
    files = canary_ct.write(3)
    deidentify_series(files, tmp_path / "out", "P0007", uid_map)
    before, after = read_source_series(canary_ct.folder), read_source_series(tmp_path / "out")
    assert after.geometry.is_close(before.geometry)
    for old, new in zip(before.paths, after.paths, strict=True):
        assert np.array_equal(pydicom.dcmread(old).pixel_array, pydicom.dcmread(new).pixel_array)
    image = pydicom.dcmread(after.paths[0])
    assert (image.PatientName, image.PatientID) == ("P0007", "P0007")
    assert image.PatientIdentityRemoved == "YES"
    assert image.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
    assert image.LongitudinalTemporalInformationModified == "REMOVED"
    assert image.StudyDate == ""
    assert list(image.ImageType) == ["ORIGINAL", "PRIMARY", "AXIAL", "NONE"]
    for path in after.paths:
        assert errors_in(path) == []


def test_identifiers_are_replaced_alike_in_every_series_and_the_map_is_private(canary_ct, tmp_path):
    files = canary_ct.write(2)
    map_file = tmp_path / "uids.json"
    deidentify_series(files, tmp_path / "first", "P1", UidMap.load(map_file))
    deidentify_series(files, tmp_path / "second", "P1", UidMap.load(map_file))
    first, second = (read_source_series(tmp_path / name) for name in ("first", "second"))
    assert [i.SOPInstanceUID for i in first.images] == [i.SOPInstanceUID for i in second.images]
    assert len({image.StudyInstanceUID for image in (*first.images, *second.images)}) == 1
    assert first.images[0].StudyInstanceUID == UidMap.load(map_file).new_uid(
        canary_ct.uids["Study"]
    )
    assert stat.S_IMODE(map_file.stat().st_mode) == 0o600


def test_dates_are_shifted_by_the_same_days(canary_ct, uid_map, tmp_path):
    files = canary_ct.write(1)
    deidentify_series(files, tmp_path / "out", "P1", uid_map, date_shift_days=-20)
    image = read_source_series(tmp_path / "out").images[0]
    assert (image.StudyDate, image.AcquisitionDate) == ("20251226", "20251226")
    assert image.PatientBirthDate == ""
    codes = [item.CodeValue for item in image.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113107"]


@pytest.mark.parametrize(
    ("keyword", "value", "sentence"),
    [
        ("BurnedInAnnotation", "YES", "text is written into the pixels"),
        ("ImageType", ["DERIVED", "SECONDARY", "AXIAL"], "text may be written into the pixels"),
        ("BodyPartExamined", "HEAD", "a face can be drawn"),
    ],
)
def test_what_a_program_cannot_remove_is_warned_about(
    keyword, value, sentence, canary_ct, uid_map, tmp_path
):
    files = canary_ct.write(2, lambda dataset: setattr(dataset, keyword, value))
    report = deidentify_series(files, tmp_path / "out", "P1", uid_map)
    assert sum(sentence in warning for warning in report.warnings) == 1


def test_files_that_are_no_ct_image_are_left_out(canary_ct, uid_map, tmp_path):
    def edit(dataset):
        if dataset.InstanceNumber == 2:
            dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"  # a screenshot

    report = deidentify_series(canary_ct.write(3, edit), tmp_path / "out", "P1", uid_map)
    assert report.file_count == 2
    assert any("1 file is no CT image and left out" in warning for warning in report.warnings)


def test_text_in_the_place_of_a_number_does_not_pass(canary_ct, uid_map, tmp_path):
    files = canary_ct.write(1, lambda dataset: setattr(dataset, "SliceThickness", "3.125"))
    files[0].write_bytes(files[0].read_bytes().replace(b"3.125", b"SMITH"))
    deidentify_series(files, tmp_path / "out", "P1", uid_map)
    (copy,) = (tmp_path / "out").iterdir()
    assert "SliceThickness" not in pydicom.dcmread(copy)
    assert b"SMITH" not in copy.read_bytes()


@pytest.mark.parametrize("pseudonym", ["", "Canary^Carla", "a b", "x" * 65, "../x"])
def test_a_pseudonym_that_is_no_plain_word_is_refused(pseudonym, canary_ct, uid_map, tmp_path):
    with pytest.raises(WriteError, match="pseudonym"):
        deidentify_series(canary_ct.write(1), tmp_path / "out", pseudonym, uid_map)


def test_a_damaged_file_and_a_cancel_leave_nothing_behind(canary_ct, uid_map, tmp_path):
    files = canary_ct.write(3)
    with pytest.raises(CancelledError):
        deidentify_series(files, tmp_path / "out", "P1", uid_map, is_cancelled=lambda: True)
    files[1].write_bytes(files[1].read_bytes()[:200])
    with pytest.raises((UnreadableFileError, WriteError)):
        deidentify_series(files[1:2], tmp_path / "out", "P1", uid_map)
    assert {path.name for path in tmp_path.iterdir()} == {canary_ct.folder.name}


def test_a_folder_with_files_in_it_is_not_touched(canary_ct, uid_map, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep")
    with pytest.raises(WriteError, match="not empty"):
        deidentify_series(canary_ct.write(1), out, "P1", uid_map)
    assert (out / "mine.txt").read_text() == "keep"


def test_a_series_without_identifiers_gets_some(canary_ct, uid_map, tmp_path):
    def edit(dataset):
        dataset.StudyInstanceUID = dataset.SeriesInstanceUID = dataset.SOPInstanceUID = ""

    deidentify_series(canary_ct.write(3, edit), tmp_path / "out", "P1", uid_map)
    images = read_source_series(tmp_path / "out").images
    assert len({image.SeriesInstanceUID for image in images}) == 1
    assert len({image.SOPInstanceUID for image in images}) == 3


@pytest.mark.parametrize("content", ["{", "[]", '{"1.2": 3}'])
def test_a_damaged_map_is_never_replaced(content, tmp_path):
    path = tmp_path / "uids.json"
    path.write_text(content)
    with pytest.raises(UnreadableFileError, match="list of replaced identifiers"):
        UidMap.load(path)


@pytest.mark.data
def test_a_ct_of_many_images_in_one_file_opens_again(shared_data, uid_map, tmp_path):
    folder = shared_data / "dicom" / "multiframe" / "dcmqi_24x38x3" / "multiframe"
    report = deidentify_series([folder / "mf.dcm"], tmp_path / "out", "P1", uid_map)
    assert "many images in one file" in report.warnings[0]
    (copy,) = (tmp_path / "out").iterdir()
    before, after = pydicom.dcmread(folder / "mf.dcm"), pydicom.dcmread(copy)
    assert np.array_equal(before.pixel_array, after.pixel_array)
    assert after.PatientID == "P1"
    (old,), (new,) = (find_series(path, lambda *_: None) for path in (folder, tmp_path / "out"))
    assert new.checked.geometry.is_close(old.checked.geometry)
