"""CTs on the grids that real files have, and a network whose answer no swapped axis survives."""

import hashlib
import json

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from imaging.geometry import VolumeGeometry
from imaging.readers.itk_geometry import with_itk_geometry
from imaging.readers.open_volume import open_volume
from imaging.volume import Volume
from imaging.writers.volume_file import write_volume_file
from inference.model_package import load_package


def axial(shape=(30, 50, 40), spacing=(3.0, 0.9, 0.7)):
    return VolumeGeometry.from_parts(shape, (-31.0, 12.5, -200.0), spacing)


def flipped():
    direction = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    return VolumeGeometry.from_parts((18, 46, 54), (100.0, -80.0, 40.0), (2.5, 0.8, 1.1), direction)


def oblique():
    a, b = np.deg2rad([17.0, -9.0])
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    direction = (turn @ tilt)[:, ::-1]
    return VolumeGeometry.from_parts(
        (20, 50, 44), (-31.0, 12.5, -200.0), (3.0, 0.9, 0.7), direction
    )


def sagittal():
    """Slices from right to left, as a sagittal stack is stored: axes permuted."""
    direction = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
    return VolumeGeometry.from_parts((22, 50, 44), (5.0, -9.0, 30.0), (2.0, 0.9, 1.3), direction)


GRIDS = {"axial": axial, "flipped": flipped, "oblique": oblique, "sagittal": sagittal}


@pytest.fixture(name="oblique")
def oblique_grid():
    return oblique()


@pytest.fixture(params=GRIDS)
def grid(request):
    """Each of the grids in turn."""
    return GRIDS[request.param]()


class Bumpy(torch.nn.Module):
    """Bright tissue is the structure, more so towards one corner and near clicks."""

    def __init__(self, channels, classes):
        super().__init__()
        self.channels, self.classes = channels, classes

    def forward(self, x):
        image = torch.nn.functional.avg_pool3d(x[:, :1], 3, 1, 1)[:, 0]
        logits = [torch.zeros_like(image)]
        ramps = [torch.linspace(0, 1, n) for n in image.shape[1:]]
        slope = ramps[0][:, None, None] - 0.7 * ramps[1][:, None] + 0.4 * ramps[2]
        for index in range(1, self.classes):
            logits.append(14 * (image - 0.57) + 2 * torch.sin(4 * index * slope))
        if self.channels > 1:
            for index in range(1, self.classes):
                logits[index] = logits[index] + 9 * x[:, index] - 9 * x[:, self.channels - 1]
        return torch.stack(logits, dim=1)


@pytest.fixture
def make_network():
    """A network of that many channels and classes, and our engine that runs it."""

    def make(channels, classes):
        network = Bumpy(channels, classes)
        return network, TorchEngine(network)

    return make


class TorchEngine:
    """The same network behind our protocol."""

    name, device = "torch", "test bench"

    def __init__(self, network):
        self.network = network

    def run(self, inputs, _is_cancelled=None):
        with torch.no_grad():
            return self.network(torch.from_numpy(inputs.copy())).numpy()


@pytest.fixture
def make_ct(tmp_path):
    """A smooth random CT written to a file and read again, so both sides see the same numbers."""

    def make(geometry, seed=3):
        rng = np.random.default_rng(seed)
        smooth = gaussian_filter(rng.normal(size=geometry.shape), 4 / geometry.spacing_kji_mm)
        hu = (smooth / smooth.std() * 160 + 60).astype(np.int16)
        file = tmp_path / "ct.nii"
        write_volume_file(file, Volume(hu, geometry))
        return file, with_itk_geometry(open_volume(file), file)

    return make


@pytest.fixture
def make_package(tmp_path):
    """A package with the parts given; its network is no file of weights, but there."""

    def make(**parts):
        network = {"file": "network.onnx", "sha256": hashlib.sha256(b"network").hexdigest()}
        manifest = {
            "schema_version": 1,
            "id": "parity",
            "version": "1.0.0",
            "title": "Parity",
            "licence": "Apache-2.0",
            "sources": [],
            "training_data": [],
            **{key: {"network": network, **part} for key, part in parts.items()},
        }
        folder = tmp_path / "package"
        folder.mkdir(exist_ok=True)
        (folder / "network.onnx").write_bytes(b"network")
        (folder / "manifest.json").write_text(json.dumps(manifest))
        return load_package(folder)

    return make
