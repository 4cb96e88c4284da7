"""A fake network and packages that name it; small real networks for the engines."""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from inference.model_package import ModelPackage, load_package

CHANNELS, CLASSES = 2, 2
"""Of the small networks."""


class ThresholdEngine:
    """Answers with the structure where the image channel lies in a band; needs no weights."""

    name = "threshold"
    device = "test bench"

    def __init__(self, low: float = 0.45, high: float = 0.95) -> None:
        self.low, self.high = low, high
        self.inputs: list[np.ndarray] = []

    def run(self, inputs: np.ndarray, _is_cancelled: object = None) -> np.ndarray:
        self.inputs.append(inputs)
        image = inputs[0, 0]
        inside = (image > self.low) & (image < self.high)
        structure = np.where(inside, 5.0, -5.0).astype(np.float32)
        return np.stack([-structure, structure])[None]


@pytest.fixture
def threshold_engine() -> ThresholdEngine:
    return ThresholdEngine()


@pytest.fixture
def manifest() -> dict:
    """A valid manifest; the files it names are in the package that ``package`` makes."""
    entry = {"file": "network.onnx", "sha256": hashlib.sha256(b"network").hexdigest()}
    return {
        "schema_version": 1,
        "id": "bench",
        "version": "1.0.0",
        "title": "Test bench",
        "licence": "Apache-2.0",
        "sources": ["made by a test"],
        "training_data": [],
        "automatic": {
            "network": entry,
            "structures": ["spleen"],
            "size": 32,
            "low_hu": -100,
            "high_hu": 100,
            "extents_mm": [0],
            "shifts_hu": [40, -40],
        },
        "clicks": {
            "network": entry,
            "structures": ["spleen", "pancreas"],
            "channels": ["image", "mask", "foreground", "background"],
            "spacing_mm": 2.0,
            "low_hu": -100,
            "high_hu": 100,
            "guidance_sigma_voxels": 3,
            "side_multiple": 16,
            "max_side": 128,
        },
    }


@pytest.fixture
def package_folder(tmp_path: Path, manifest: dict) -> Path:
    (tmp_path / "network.onnx").write_bytes(b"network")
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


@pytest.fixture
def package(package_folder: Path) -> ModelPackage:
    return load_package(package_folder)


def save_network(path: Path, nodes, constants, shape, opset=18) -> Path:
    """An ONNX file of ``nodes`` from "input" to "logits", both of any size where None."""
    free = [name if size is None else size for name, size in zip("ncdhw", shape, strict=True)]
    answer = [free[0], CLASSES, *free[2:]]
    ends = [
        helper.make_tensor_value_info("input", TensorProto.FLOAT, free),
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, answer),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        ends[:1],
        ends[1:],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 9  # older versions of ONNX Runtime refuse the newest
    onnx.save(model, path)
    return path


@pytest.fixture(scope="session")
def small_network(tmp_path_factory) -> Path:
    """Two convolutions with a norm between them, beside a plain threshold of the first channel.

    The threshold decides most voxels, as trained weights do; any size, two channels and classes.
    """
    rng = np.random.default_rng(3)
    constants = {
        "w1": rng.normal(0, 0.2, (8, CHANNELS, 3, 3, 3)).astype(np.float32),
        "scale": np.ones(8, np.float32),
        "bias": np.zeros(8, np.float32),
        "w2": rng.normal(0, 0.01, (CLASSES, 8, 3, 3, 3)).astype(np.float32),
        "w3": np.array([[-8, 0], [8, 0]], np.float32).reshape(CLASSES, CHANNELS, 1, 1, 1),
        "b3": np.array([4, -4], np.float32),
    }
    nodes = [
        helper.make_node("Conv", ["input", "w1"], ["a"], pads=[1] * 6),
        helper.make_node("InstanceNormalization", ["a", "scale", "bias"], ["b"]),
        helper.make_node("LeakyRelu", ["b"], ["c"], alpha=0.1),
        helper.make_node("Conv", ["c", "w2"], ["d"], pads=[1] * 6),
        helper.make_node("Conv", ["input", "w3", "b3"], ["e"]),
        helper.make_node("Add", ["d", "e"], ["logits"]),
    ]
    path = tmp_path_factory.mktemp("network") / "small.onnx"
    return save_network(path, nodes, constants, (1, CHANNELS, None, None, None))


@pytest.fixture(scope="session")
def root_network(tmp_path_factory) -> Path:
    """The square root of every voxel: NaN for what is negative."""
    nodes = [helper.make_node("Sqrt", ["input"], ["logits"])]
    path = tmp_path_factory.mktemp("network") / "root.onnx"
    return save_network(path, nodes, {}, (1, CHANNELS, 3, 4, 5))


@pytest.fixture(scope="session")
def engine_cache(tmp_path_factory) -> Path:
    """A folder where choices are kept for the whole run, so that each network is tried once."""
    return tmp_path_factory.mktemp("engines")
