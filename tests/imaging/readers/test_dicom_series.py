"""Which series a folder or file means, and that no patient's name is shown."""

import shutil

import numpy as np
import pydicom
import pytest
from pydicom.uid import generate_uid

from imaging.errors import SeriesChoiceError, UnreadableFileError, UnreadableSeriesError
from imaging.readers.dicom_series import choose_series
from imaging.readers.open_volume import list_series, open_volume


def set_all(**values):
    return lambda slices: [setattr(d, k, v) for d in slices for k, v in values.items()]


def test_a_folder_opens_with_its_headers_affine_and_values(write_series, header_affine):
    folder = write_series()
    volume = open_volume(folder)
    datasets = [pydicom.dcmread(file) for file in sorted(folder.iterdir())]
    assert abs(volume.geometry.affine - header_affine(datasets)).max() < 1e-4
    expected = np.stack([dataset.pixel_array.astype(int) - 1024 for dataset in datasets])
    assert np.array_equal(volume.array, expected)
    assert volume.name == "Abdomen portal venous"
    assert volume.warnings == ()


def test_a_file_without_ending_opens_its_series_from_the_same_folder(write_series):
    folder = write_series()
    write_series(folder="series/other", count=4)
    for file in sorted(folder.glob("*.dcm")):
        file.rename(file.with_suffix(""))
    assert open_volume(folder / "slice003").geometry.shape == (6, 12, 10)


def test_a_file_among_other_series_opens_its_own(write_series):
    first, second = write_series(folder="a", count=3), write_series(folder="b", count=5)
    for file in sorted(second.iterdir()):
        shutil.copy(file, first / f"second-{file.name}")
    assert open_volume(first / "slice000.dcm").geometry.shape[0] == 3
    assert open_volume(first / "second-slice000.dcm").geometry.shape[0] == 5


def test_several_series_must_be_chosen_from(write_series, tmp_path):
    write_series(folder="a", count=3)
    write_series(set_all(SeriesDescription="Thin"), folder="b/deep/down", count=5)
    with pytest.raises(SeriesChoiceError, match=r"holds 2 CT series.*Thin.*5 slices, 2.5 mm thick"):
        open_volume(tmp_path)
    thin = list_series(tmp_path)[0]
    assert (thin.description, thin.slice_count, thin.shape) == ("Thin", 5, (5, 12, 10))
    assert open_volume(tmp_path, series_uid=thin.series_uid).name == "Thin"


def test_an_unknown_series_is_answered_with_the_known_ones(write_series, tmp_path):
    write_series()
    with pytest.raises(SeriesChoiceError, match=r"holds no series 9\.9.*Abdomen"):
        open_volume(tmp_path, series_uid="9.9")


def test_the_one_usable_series_of_a_study_opens_without_a_choice(write_series, tmp_path):
    write_series(folder="ct")
    write_series(set_all(Modality="MR"), folder="mr")
    write_series(set_all(ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]), folder="scout", count=1)
    write_series(folder="bolus tracking", count=1)
    assert open_volume(tmp_path).geometry.shape == (6, 12, 10)


def test_useful_series_come_first_and_refused_ones_last_with_a_reason(write_series, tmp_path):
    write_series(set_all(Modality="MR"), folder="a", count=30)
    write_series(folder="b", count=4)
    write_series(set_all(SliceThickness=1), folder="c", count=8)
    write_series(folder="d", count=5)
    found = list_series(tmp_path)
    assert [series.slice_count for series in found] == [5, 4, 8, 30]
    assert [series.is_usable for series in found] == [True, True, True, False]
    assert "1 mm thick but 2.50 mm apart" in found[2].warnings[0]
    assert found[3].problem.startswith("Its modality is MR")


def test_no_patient_name_is_shown(write_series, tmp_path):
    write_series(set_all(SeriesDescription=""))
    assert "Canary" not in repr(list_series(tmp_path))
    volume = open_volume(tmp_path)
    assert "Canary" not in volume.name


@pytest.mark.parametrize(
    ("description", "agent", "phase"),
    [
        ("Abdomen portalvenös 1.5", "", "portal venous phase"),
        ("ART 0.75 arterial", "Ultravist", "arterial phase"),
        ("Nativ 5.0", "", "non-contrast"),
        ("Delayed 10 min", "x", "delayed phase"),
        ("Abdomen 2.0 B30f", "Ultravist", "with contrast agent"),
        ("Abdomen 2.0 B30f", None, ""),
    ],
)
def test_the_phase_is_told_as_far_as_the_header_does(
    description, agent, phase, write_series, found_in
):
    folder = write_series(
        set_all(
            SpecificCharacterSet="ISO_IR 192",
            SeriesDescription=description,
            ContrastBolusAgent=agent,
        )
    )
    assert found_in(folder)[0].info.phase == phase


def test_series_without_identifiers_are_told_apart_by_folder(write_series, tmp_path, found_in):
    def anonymise(slices):
        for dataset in slices:
            del dataset.SeriesInstanceUID
            del dataset.SOPInstanceUID

    write_series(anonymise, folder="a", count=3)
    write_series(anonymise, folder="b", count=4)
    assert [len(series.checked.slices) for series in found_in(tmp_path)] == [4, 3]
    assert open_volume(tmp_path / "a" / "slice001.dcm").geometry.shape[0] == 3


def test_a_damaged_file_is_left_out_with_a_warning(write_series, found_in):
    folder = write_series()
    last = folder / "slice005.dcm"
    last.write_bytes(last.read_bytes()[:500])
    (series,) = found_in(folder)
    assert series.checked.geometry.shape[0] == 5
    assert "slice005.dcm is damaged or cut short" in series.checked.warnings[0]


def test_a_file_cut_within_its_pixels_makes_the_series_unusable(write_series, found_in):
    folder = write_series()
    last = folder / "slice005.dcm"
    last.write_bytes(last.read_bytes()[:-40])
    (series,) = found_in(folder)
    assert "slice005.dcm is cut short: 200 of 240 bytes" in series.checked.problem


def test_other_files_in_the_folder_do_not_matter(write_series):
    folder = write_series()
    (folder / "README.txt").write_text("hello")
    (folder / "Thumbs.db").write_bytes(bytes(range(256)) * 8)
    (folder / "empty").touch()
    assert open_volume(folder).warnings == ()


def test_a_folder_without_dicom_says_what_to_do(tmp_path):
    with pytest.raises(UnreadableFileError, match=r"no DICOM files. Choose the folder"):
        open_volume(tmp_path)
    (tmp_path / "ct.nii.gz").write_bytes(b"x")
    with pytest.raises(UnreadableFileError, match=r"but ct\.nii\.gz: open that file itself"):
        open_volume(tmp_path)


@pytest.mark.parametrize("name", ["letter.pdf", "ct.zip", "noending"])
def test_a_file_of_another_kind_says_what_can_be_opened(name, tmp_path):
    (tmp_path / name).write_bytes(b"%PDF-1.4 " * 40)
    with pytest.raises(UnreadableFileError, match=rf"{name} is no CT file .*NIfTI"):
        open_volume(tmp_path / name)


def test_a_path_that_does_not_exist_says_so(tmp_path):
    with pytest.raises(UnreadableFileError, match="There is no file or folder"):
        open_volume(tmp_path / "nothing")


def test_a_refused_file_is_named_in_the_sentence(write_series):
    folder = write_series(set_all(Modality="RTSTRUCT"))
    with pytest.raises(UnreadableSeriesError, match=r"slice000\.dcm cannot be opened. It is a str"):
        open_volume(folder / "slice000.dcm")


def test_a_dicomdir_opens_the_folder_around_it(write_series):
    folder = write_series()
    directory = pydicom.Dataset()
    directory.file_meta = pydicom.dataset.FileMetaDataset()
    directory.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.1.3.10"
    directory.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    directory.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    directory.FileSetID = "STUDY"
    directory.save_as(folder / "DICOMDIR", enforce_file_format=True)
    assert open_volume(folder / "DICOMDIR").geometry.shape == (6, 12, 10)
    assert open_volume(folder).warnings == ()


def test_all_refused_series_are_listed_with_their_reasons(write_series, tmp_path, found_in):
    write_series(set_all(Modality="MR"), folder="a")
    write_series(set_all(PixelSpacing=[0, 0]), folder="b")
    with pytest.raises(UnreadableSeriesError, match="None of the 2 series") as caught:
        choose_series(tmp_path, found_in(tmp_path), None)
    assert "modality is MR" in str(caught.value)
    assert "is 0 x 0 mm" in str(caught.value)
