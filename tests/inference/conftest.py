"""A fake network, and packages that name it."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from inference.model_package import ModelPackage, load_package


class ThresholdEngine:
    """Answers with the structure where the image channel lies in a band; needs no weights."""

    name = "threshold"
    device = "test bench"

    def __init__(self, low: float = 0.45, high: float = 0.95) -> None:
        self.low, self.high = low, high
        self.inputs: list[np.ndarray] = []

    def run(self, inputs: np.ndarray) -> np.ndarray:
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
