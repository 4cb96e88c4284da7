"""The sample data set: Decathlon layout, continued but never written over something else."""

import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from imaging.errors import CancelledError, WriteError
from imaging.phantom import Phantom, make_phantom
from imaging.sample_dataset import write_sample_dataset
from imaging.sitk_bridge import geometry_from_sitk


def small_case(seed: int) -> Phantom:
    return make_phantom(seed, shape=(16, 32, 32))


def description_of(folder: Path) -> dict:
    return json.loads((folder / "dataset.json").read_text(encoding="utf-8"))


def test_the_layout_is_the_decathlons(tmp_path):
    write_sample_dataset(tmp_path / "set", 3, 2, make_case=small_case)

    description = description_of(tmp_path / "set")
    assert description["modality"] == {"0": "CT"}
    assert description["tensorImageSize"] == "3D"
    assert description["labels"]["0"] == "background"
    assert description["labels"]["1"] == "spleen"
    assert description["numTraining"] == 2
    assert description["training"][1] == {
        "image": "./imagesTr/phantom_001.nii.gz",
        "label": "./labelsTr/phantom_001.nii.gz",
    }
    for case in description["training"]:
        assert (tmp_path / "set" / case["image"]).is_file()
        assert (tmp_path / "set" / case["label"]).is_file()


def test_each_case_is_another_seeds_patient_on_its_own_grid(tmp_path):
    cases = write_sample_dataset(tmp_path, 3, 2, make_case=small_case)

    for number, case in enumerate(cases):
        phantom = small_case(3 + number)
        image = sitk.ReadImage(str(case.image_path))
        labels = sitk.ReadImage(str(case.label_path))
        assert np.array_equal(sitk.GetArrayFromImage(image), phantom.volume.array)
        assert np.array_equal(sitk.GetArrayFromImage(labels), phantom.labels)
        assert geometry_from_sitk(labels).is_close(phantom.volume.geometry, tolerance_mm=1e-2)


def test_a_data_set_is_continued_and_corrected_masks_are_kept(tmp_path):
    (first,) = write_sample_dataset(tmp_path, 3, 1, make_case=small_case)
    first.label_path.write_bytes(b"corrected by hand")

    write_sample_dataset(tmp_path, 3, 3, make_case=small_case)

    assert first.label_path.read_bytes() == b"corrected by hand"
    assert description_of(tmp_path)["numTraining"] == 3


def test_asking_for_fewer_cases_takes_none_away(tmp_path):
    write_sample_dataset(tmp_path, 3, 2, make_case=small_case)

    write_sample_dataset(tmp_path, 3, 1, make_case=small_case)

    assert description_of(tmp_path)["numTraining"] == 2


def test_a_missing_file_of_a_listed_case_is_made_again(tmp_path):
    cases = write_sample_dataset(tmp_path, 3, 2, make_case=small_case)
    cases[0].label_path.unlink()

    write_sample_dataset(tmp_path, 3, 1, make_case=small_case)

    assert cases[0].is_complete
    assert description_of(tmp_path)["numTraining"] == 2


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(WriteError, match="not empty"):
        write_sample_dataset(tmp_path, 3, 1, make_case=small_case)

    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("content", ["{", "[]", '{"name": "Task09_Spleen", "numTraining": 41}'])
def test_another_data_set_is_refused(tmp_path, content):
    (tmp_path / "dataset.json").write_text(content)

    with pytest.raises(WriteError, match="Choose an empty folder"):
        write_sample_dataset(tmp_path, 3, 1, make_case=small_case)

    assert (tmp_path / "dataset.json").read_text() == content


def test_another_seed_does_not_continue_a_data_set(tmp_path):
    write_sample_dataset(tmp_path, 3, 1, make_case=small_case)

    with pytest.raises(WriteError, match="seed 4"):
        write_sample_dataset(tmp_path, 4, 1, make_case=small_case)


def test_a_file_in_the_folders_place_is_a_sentence(tmp_path):
    (tmp_path / "set").write_text("a file")

    with pytest.raises(WriteError):
        write_sample_dataset(tmp_path / "set", 3, 1, make_case=small_case)


def test_progress_is_told_and_may_stop_the_work(tmp_path):
    told = []

    def stop_after_one(done: int, total: int) -> None:
        told.append((done, total))
        raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        write_sample_dataset(tmp_path, 3, 3, stop_after_one, make_case=small_case)

    assert told == [(1, 3)]
    assert description_of(tmp_path)["numTraining"] == 1


@pytest.mark.parametrize(("seed", "count"), [(-1, 1), (0, 0)])
def test_impossible_numbers_are_a_programming_error(tmp_path, seed, count):
    with pytest.raises(ValueError, match="seed"):
        write_sample_dataset(tmp_path, seed, count, make_case=small_case)
