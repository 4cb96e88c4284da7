"""A small labelled data set, and the scripts of a shipped bundle as modules."""

import importlib
import json
import sys

import numpy as np
import pytest

import resources
from imaging.geometry import VolumeGeometry
from imaging.structures import STRUCTURES
from imaging.volume import Volume
from imaging.writers.volume_file import write_label_file, write_volume_file

CASES = 4


@pytest.fixture(scope="session")
def data_set(tmp_path_factory):
    """Four small CTs, each on another kind of grid, with spleen, pancreas and its tumour."""
    folder = tmp_path_factory.mktemp("data")
    for part in ("imagesTr", "labelsTr"):
        (folder / part).mkdir()
    axial = np.eye(3)[:, ::-1]
    directions = (
        axial,
        np.diag([-1.0, -1.0, 1.0]) @ axial,
        np.eye(3),  # a sagittal stack
        axial[:, [0, 2, 1]],  # rows and columns exchanged
    )
    entries = []
    for number, direction in enumerate(directions):
        geometry = VolumeGeometry.from_parts(
            (24, 30, 36), (-40.0, 25.0, -90.0), (4.0, 3.0, 2.5), direction
        )
        random = np.random.default_rng(number)
        array = random.normal(40, 10, geometry.shape).astype(np.int16)
        labels = np.zeros(geometry.shape, np.uint8)
        for value, start in ((1, 3), (2, 12), (3, 18)):
            box = (slice(start, start + 5), slice(6, 14), slice(8 + value, 20))
            array[box] += 60 * value
            labels[box] = value
        volume = Volume(array, geometry, name="Box")
        name = f"case_{number}.nii.gz"
        write_volume_file(folder / "imagesTr" / name, volume)
        write_label_file(folder / "labelsTr" / name, labels, geometry, STRUCTURES[:3])
        entries.append({"image": f"./imagesTr/{name}", "label": f"./labelsTr/{name}"})
    names = {"0": "background", "1": "spleen", "2": "pancreas", "3": "cancer"}
    description = {"labels": names, "training": entries, "test": []}
    (folder / "dataset.json").write_text(json.dumps(description), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def scripts():
    """The package `scripts` of the bundle abdomen_deepedit."""
    folder = str(resources.path("bundles/abdomen_deepedit"))
    sys.path.insert(0, folder)
    try:
        yield importlib.import_module("scripts")
    finally:
        sys.path.remove(folder)
        for name in [name for name in sys.modules if name.partition(".")[0] == "scripts"]:
            del sys.modules[name]
