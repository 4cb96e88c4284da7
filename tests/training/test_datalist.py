"""The split of a data set: the published one for Task07, the same twice, and sentences."""

import json
import runpy

import pytest

import resources
from imaging.errors import ProjectError
from training.datalist import make_data_list, write_data_list


def data_set(folder, count):
    for part in ("imagesTr", "labelsTr"):
        (folder / part).mkdir()
        for number in range(count):
            (folder / part / f"pancreas_{number:03d}.nii.gz").touch()
        (folder / part / "._pancreas_000.nii.gz").touch()
    return folder


def test_task07_is_split_as_the_published_script_does(tmp_path):
    # Taken from scikit-learn 1.9.1's train_test_split after numpy.random.seed(123).
    lists = make_data_list(data_set(tmp_path, 281))
    numbers = {
        key: [int(case["label"].removeprefix("labelsTr/pancreas_")[:3]) for case in cases]
        for key, cases in lists.items()
    }
    assert {key: len(found) for key, found in numbers.items()} == {
        "training": 196,
        "validation": 56,
        "testing": 29,
    }
    assert numbers["training"][:5] == [23, 160, 136, 251, 196]
    assert numbers["validation"][:3] == [262, 219, 226]
    assert numbers["testing"][:3] == [127, 82, 264]
    assert sorted(n for found in numbers.values() for n in found) == list(range(281))


def test_the_script_of_the_bundle_makes_the_same_list(tmp_path):
    folder = data_set(tmp_path, 17)
    script = runpy.run_path(
        str(resources.path("bundles/pancreas_dints/scripts/prepare_datalist.py"))
    )
    assert script["data_list"](folder) == make_data_list(folder)
    assert script["data_list"](folder, 5) == make_data_list(folder, 5)


def test_the_file_holds_paths_relative_to_the_data_set(tmp_path):
    lists = make_data_list(data_set(tmp_path, 4))
    write_data_list(tmp_path / "list.json", lists)
    read = json.loads((tmp_path / "list.json").read_text("utf-8"))
    assert read == lists
    assert set(read["training"][0]) == {"image", "label"}
    assert (tmp_path / read["training"][0]["image"]).is_file()


def test_too_few_cases_are_refused(tmp_path):
    with pytest.raises(ProjectError, match="has 2 labelled cases"):
        make_data_list(data_set(tmp_path, 2))


@pytest.mark.parametrize("train_size", [0, 3, 99])
def test_a_split_must_leave_cases_to_validate_and_test(tmp_path, train_size):
    with pytest.raises(ProjectError, match="one must validate, and one test"):
        make_data_list(data_set(tmp_path, 4), train_size)


def test_a_mask_without_its_ct_is_named(tmp_path):
    folder = data_set(tmp_path, 4)
    (folder / "imagesTr" / "pancreas_002.nii.gz").unlink()
    with pytest.raises(ProjectError, match=r"pancreas_002\.nii\.gz lies in labelsTr but not"):
        make_data_list(folder)
