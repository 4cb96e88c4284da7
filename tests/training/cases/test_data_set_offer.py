import json

import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.writers.volume_file import write_label_file
from training.cases.data_set_offer import ForeignLabel, look_at_data_set, may_be_data_set


@pytest.fixture
def make(tmp_path):
    """A MONAI data list of two entries, of which the first has labels; it may name them."""

    def write(names):
        geometry = VolumeGeometry.from_parts((4, 5, 6), (0, 0, 0), (3, 1, 2), np.eye(3)[:, ::-1])
        labels = np.zeros(geometry.shape, np.uint8)
        labels[1, 2, 3], labels[2, 2, 2] = 1, 9
        write_label_file(tmp_path / "a_labels.nii.gz", labels, geometry)
        entries = [{"image": "a.nii.gz", "label": "a_labels.nii.gz"}, {"image": "b.nii.gz"}]
        description = {"training": entries, "labels": names}
        (tmp_path / "datalist.json").write_text(json.dumps(description), encoding="utf-8")
        return tmp_path

    return write


def test_values_without_a_name_are_found_in_the_files(make):
    offer = look_at_data_set(make({}))

    assert offer.labels == (ForeignLabel(1, "", None), ForeignLabel(9, "", None))
    assert offer.labelled_count == 1


def test_names_that_are_certain_have_a_structure(make):
    offer = look_at_data_set(make({"1": "Spleen", "2": "thing"}))

    assert offer.labels == (
        ForeignLabel(1, "Spleen", "spleen"),
        ForeignLabel(2, "thing", None),
        ForeignLabel(9, "", None),
    )


def test_a_label_file_that_cannot_be_read_stops_nothing(make):
    folder = make({"1": "liver"})
    (folder / "a_labels.nii.gz").write_bytes(b"no image")

    assert look_at_data_set(folder).labels == (ForeignLabel(1, "liver", "liver"),)


def test_only_folders_with_a_description_and_json_files_are_looked_at(make, tmp_path):
    (tmp_path / "plain").mkdir()

    assert may_be_data_set(make({}))
    assert may_be_data_set(tmp_path / "datalist.json")
    assert not may_be_data_set(tmp_path / "plain")
    assert not may_be_data_set(tmp_path / "a.nii.gz")
