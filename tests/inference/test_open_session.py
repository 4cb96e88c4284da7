"""Which networks a session opens for a package."""

import json
from dataclasses import replace

import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from inference import sliding_window_session
from inference.model_package import load_package
from inference.model_store import ModelStore
from inference.network_specs import PackageFile
from inference.open_session import open_session


class GreyEngine:
    """Nothing is ever found."""

    name = device = "test bench"

    def __init__(self, classes):
        self.classes = classes

    def run(self, inputs, _is_cancelled=None):
        logits = np.zeros((1, self.classes, *inputs.shape[2:]), np.float32)
        logits[:, 0] = 9
        return logits

    def close(self):
        pass


@pytest.fixture
def opened(package, package_folder, manifest, monkeypatch):
    """Paths of the networks that a request without clicks opens, in order."""
    monkeypatch.setattr(sliding_window_session, "WINDOWS_WORTH_SCOUTING", 1)
    finder_file = package_folder / "finder.onnx"
    finder_file.write_bytes(b"network")
    finder = replace(
        package.automatic, network=PackageFile(finder_file, package.automatic.network.sha256)
    )
    geometry = VolumeGeometry.from_parts((24, 30, 30), (0.0, 0.0, 0.0), (2.0, 2.0, 2.0))
    volume = Volume(np.full(geometry.shape, 20, np.int16), geometry)

    def ask(structure, *, is_exact=False):
        part = {
            "network": manifest["automatic"]["network"],
            "outputs": ["background", structure],
            "spacing_ras_mm": [2.0, 2.0, 2.0],
            "low_hu": -200,
            "high_hu": 250,
            "window_ras": [16, 16, 16],
            "overlap": 0.5,
            "blending": "constant",
            "batch": 1,
        }
        kept = {k: v for k, v in manifest.items() if k not in ("automatic", "clicks")}
        text = json.dumps({**kept, "sliding_window": part})
        (package_folder / "manifest.json").write_text(text)
        paths = []

        def open_engine(path):
            paths.append(path.name)
            return GreyEngine(2)

        session = open_session(
            volume,
            load_package(package_folder),
            open_engine,
            is_exact=is_exact,
            spleen_finder=finder,
        )
        assert not session.segment(structure).mask.any()
        return paths

    return ask


def test_a_network_for_the_pancreas_is_told_where_the_spleen_is(opened):
    assert opened("pancreas") == ["network.onnx", "finder.onnx"]


def test_other_organs_are_looked_for_without_a_hint(opened):
    assert opened("liver") == ["network.onnx"]


def test_an_exact_answer_asks_monais_network_only(opened):
    assert opened("pancreas", is_exact=True) == ["network.onnx"]


def test_the_shipped_model_finds_the_spleen_for_others(tmp_path):
    finder = ModelStore().spleen_finder()
    assert finder is not None
    assert finder.network.checked().name == "automatic.onnx"
    assert ModelStore((tmp_path,)).spleen_finder() is None
