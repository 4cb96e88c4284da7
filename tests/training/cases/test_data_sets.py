"""What the descriptions of data sets say."""

import json

import pytest

from imaging.errors import CaseError
from training.cases.data_sets import read_data_set
from training.cases.records import Split

CT = {"0": "CT"}


@pytest.fixture
def make(tmp_path):
    """Writes a description and empty files; returns the folder."""

    def make(description, *files, name="dataset.json"):
        for file in files:
            path = tmp_path / file
            path.parent.mkdir(exist_ok=True)
            path.touch()
        (tmp_path / name).write_text(json.dumps(description))
        return tmp_path

    return make


def entries(data_set):
    return [(case.name, case.labels and case.labels.name, case.split) for case in data_set.cases]


def test_a_decathlon_task(make):
    folder = make(
        {
            "name": "Spleen",
            "modality": CT,
            "labels": {"0": "background", "1": "spleen"},
            "training": [
                {"image": "./imagesTr/s_2.nii.gz", "label": "./labelsTr/s_2.nii.gz"},
                {"image": "./imagesTr/s_10.nii.gz", "label": "./labelsTr/s_10.nii.gz"},
            ],
            "test": ["./imagesTs/s_1.nii.gz", "./imagesTs/s_7.nii.gz"],
        },
        "labelsTs/s_7.nii.gz",
    )

    data_set = read_data_set(folder)

    assert (data_set.title, data_set.names) == ("Spleen", {1: "spleen"})
    assert entries(data_set) == [
        ("s_2", "s_2.nii.gz", None),
        ("s_10", "s_10.nii.gz", None),
        ("s_1", None, Split.HOLD_OUT),
        ("s_7", "s_7.nii.gz", Split.HOLD_OUT),
    ]


def test_an_nnunet_data_set(make):
    folder = make(
        {
            "channel_names": CT,
            "labels": {"background": 0, "liver": 1, "spleen": 2},
            "file_ending": ".nrrd",
        },
        "imagesTr/a_0000.nrrd",
        "imagesTr/._a_0000.nrrd",
        "imagesTr/b_0000.nrrd",
        "labelsTr/a.nrrd",
    )

    data_set = read_data_set(folder)

    assert data_set.names == {1: "liver", 2: "spleen"}
    assert entries(data_set) == [("a", "a.nrrd", None), ("b", None, None)]


def test_an_older_nnunet_description_leaves_out_the_channel(make):
    folder = make(
        {
            "modality": CT,
            "training": [{"image": "imagesTr/a.nii.gz", "label": "labelsTr/a.nii.gz"}],
        },
        "imagesTr/a_0000.nii.gz",
    )

    (case,) = read_data_set(folder).cases

    assert (case.image.name, case.name) == ("a_0000.nii.gz", "a")


def test_a_monai_data_list_brings_its_split(make):
    folder = make(
        {
            "training": [{"image": ["a.nii.gz"], "label": "al.nii.gz", "fold": 0}],
            "validation": [{"image": "b.nii.gz", "label": "bl.nii.gz"}],
            "testing": [{"image": "c.nii.gz"}],
        },
        name="list.json",
    )

    data_set = read_data_set(folder / "list.json")

    assert data_set.names == {}
    assert entries(data_set) == [
        ("a", "al.nii.gz", Split.TRAIN),
        ("b", "bl.nii.gz", Split.VALIDATION),
        ("c", None, Split.HOLD_OUT),
    ]


@pytest.mark.parametrize(
    ("description", "sentence"),
    [
        ({"modality": {"0": "MRI"}, "training": []}, "Only CT"),
        ({"channel_names": {"0": "CT", "1": "PET"}}, "2 channels"),
        ({"channel_names": CT, "labels": {"tumour": [1, 2]}}, "region"),
        ({"training": []}, "lists no case"),
        ({"training": [{"image": ["a", "b"]}]}, "no single image"),
        ({"training": [17]}, "no single image"),
        ([1, 2], "not a JSON object"),
    ],
)
def test_what_cannot_be_used_is_a_sentence(description, sentence, make):
    with pytest.raises(CaseError, match=sentence):
        read_data_set(make(description))


def test_a_folder_without_description_says_what_is_wanted(tmp_path):
    with pytest.raises(CaseError, match=r"no dataset\.json"):
        read_data_set(tmp_path)


def test_a_description_that_is_no_json_is_a_sentence(tmp_path):
    (tmp_path / "dataset.json").write_text("{")

    with pytest.raises(CaseError, match="is not JSON"):
        read_data_set(tmp_path)


def test_a_list_with_no_validation_case_leaves_the_choice_to_the_trainer(make):
    training = [{"image": "a.nii.gz"}]
    folder = make({"training": training, "validation": [], "testing": [{"image": "b.nii.gz"}]})

    assert [split for _, _, split in entries(read_data_set(folder))] == [None, Split.HOLD_OUT]


@pytest.mark.parametrize("content", ["[1, 2]", "{", '{"folds": 5, "train": "a"}'])
def test_a_file_of_splits_that_is_not_ours_is_left_alone(content, make):
    folder = make({"training": [{"image": "a.nii.gz"}]})
    (folder / "splits.json").write_text(content)

    assert entries(read_data_set(folder)) == [("a", None, None)]
