import json

import pytest

from imaging.errors import CaseError
from imaging.structures import structure_by_name
from training.evaluation.cases import data_of_data_set, data_of_folders, pair_cases


def test_pairs_follow_names_and_tell_who_is_alone(tmp_path):
    images, labels = tmp_path / "i", tmp_path / "l"
    images.mkdir()
    labels.mkdir()
    for name in ("a.nii.gz", "b_0000.nii.gz", "c.nrrd", "._a.nii.gz", "note.txt"):
        (images / name).touch()
    for name in ("a.nii.gz", "b.nii.gz", "d.mha"):
        (labels / name).touch()
    cases, lonely = pair_cases(images, labels)
    assert [case.name for case in cases] == ["a", "b"]
    assert lonely == ["c.nrrd"]


@pytest.fixture
def task07(tmp_path):
    """A folder like the Decathlon's seventh: the pancreas has the value 1, ours has 2."""
    folder = tmp_path / "Task07_Pancreas"
    for name in ("imagesTr", "labelsTr"):
        (folder / name).mkdir(parents=True)
        (folder / name / "pancreas_001.nii.gz").touch()
    (folder / "imagesTr" / "pancreas_002.nii.gz").touch()
    description = {
        "name": "Pancreas",
        "modality": {"0": "CT"},
        "labels": {"0": "background", "1": "pancreas", "2": "cancer"},
        "training": [
            {"image": "./imagesTr/pancreas_001.nii.gz", "label": "./labelsTr/pancreas_001.nii.gz"}
        ],
    }
    (folder / "dataset.json").write_text(json.dumps(description), encoding="utf-8")
    return folder


def test_a_data_set_says_which_value_a_structure_has(task07):
    data = data_of_data_set(task07)
    assert (data.name, [case.name for case in data.cases]) == ("Pancreas", ["pancreas_001"])
    assert data.label_value_of(structure_by_name("pancreas")) == 1
    assert data.label_value_of(structure_by_name("spleen")) is None


def test_so_does_a_description_beside_two_folders(task07):
    data = data_of_folders(task07 / "imagesTr", task07 / "labelsTr")
    assert data.name == "Task07_Pancreas"
    assert data.without_labels == ("pancreas_002.nii.gz",)
    assert data.label_value_of(structure_by_name("pancreas")) == 1


def test_a_description_of_something_else_says_nothing(task07):
    (task07 / "dataset.json").write_text("[]", encoding="utf-8")
    data = data_of_folders(task07 / "imagesTr", task07 / "labelsTr")
    assert data.label_value_of(structure_by_name("pancreas")) is None


def test_folders_of_another_name_are_called_by_it(task07):
    images = task07 / "scans"
    (task07 / "imagesTr").rename(images)
    assert data_of_folders(images, task07 / "labelsTr").name == "scans"


def test_a_data_set_without_labels_is_refused(task07):
    description = json.loads((task07 / "dataset.json").read_text(encoding="utf-8"))
    del description["training"][0]["label"]
    (task07 / "dataset.json").write_text(json.dumps(description), encoding="utf-8")
    with pytest.raises(CaseError, match="no labelled CT"):
        data_of_data_set(task07)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CaseError, match="There is no folder"):
        data_of_folders(tmp_path / "nowhere", tmp_path)
