"""A tiny model that can be fine-tuned, and a project of small patients with bright spleens."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("monai")

from safetensors.torch import save_file  # noqa: E402 - likewise

from imaging.geometry import VolumeGeometry  # noqa: E402 - only with torch
from imaging.structures import structure_by_name  # noqa: E402 - likewise
from imaging.volume import Volume  # noqa: E402 - likewise
from imaging.writers.volume_file import write_volume_file  # noqa: E402 - likewise
from inference.model_package import load_package  # noqa: E402 - likewise
from training.cases.content_hash import content_sha256  # noqa: E402 - likewise
from training.cases.project import Project  # noqa: E402 - likewise
from training.cases.records import (  # noqa: E402 - likewise
    CaseSource,
    LabelDraft,
    NewCase,
    SourceKind,
    Split,
    VersionKind,
)
from training.click_network import ClickNetworkShape, build_click_network  # noqa: E402 - likewise
from training.onnx_export import export_onnx  # noqa: E402 - likewise


def entry(folder: Path, name: str) -> dict[str, str]:
    return {"file": name, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}


SHAPE = ClickNetworkShape(features=(4, 4, 4, 4, 4, 4))


def write_tiny_package(folder: Path, version: str = "1.0.0", seed: int = 0) -> None:
    """A package whose click network is the real architecture with hardly any channels."""
    folder.mkdir(parents=True)
    torch.manual_seed(seed)
    network = build_click_network(SHAPE)
    save_file({k: v.half() for k, v in network.state_dict().items()}, folder / "clicks.safetensors")
    export_onnx(
        network, folder / "clicks.onnx", (1, 4, 32, 32, 32), has_free_sides=True, metadata={}
    )
    manifest = {
        "schema_version": 1,
        "id": "tiny",
        "version": version,
        "title": "Tiny",
        "licence": "Apache-2.0",
        "sources": ["made by a test"],
        "training_data": [],
        "measured": [{"data": "x", "structure": "spleen", "cases": 1, "dice": {"1": 0.5}}],
        "clicks": {
            "network": entry(folder, "clicks.onnx"),
            "weights": entry(folder, "clicks.safetensors"),
            "architecture": {"name": "BasicUNet", **SHAPE.as_json()},
            "structures": ["spleen"],
            "channels": ["image", "mask", "foreground", "background"],
            "spacing_mm": 4.0,
            "low_hu": -160.0,
            "high_hu": 240.0,
            "guidance_sigma_voxels": 2.0,
            "side_multiple": 16,
            "max_side": 48,
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """One thread and small validation pieces: two threads on tiny patches wait for each other."""
    monkeypatch.setattr("training.fine_tuning.validation.SIDE_RANGE", (32, 32))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def tiny_package(tmp_path):
    write_tiny_package(tmp_path / "models" / "tiny")
    return load_package(tmp_path / "models" / "tiny")


@pytest.fixture
def make_patient():
    """A body with a bright ellipsoid on its left side, where spleens lie; 4 mm voxels."""

    def make(seed):
        rng = np.random.default_rng(seed)
        geometry = VolumeGeometry.from_parts((36, 64, 72), (-144.0, -128.0, 0.0), (4.0, 4.0, 4.0))
        k, j, i = np.indices(geometry.shape)
        body = ((j - 32) / 28) ** 2 + ((i - 36) / 33) ** 2 < 1
        middle = np.array([18, 40, 54]) + rng.uniform(-3, 3, 3)
        radii = rng.uniform([8, 6, 5], [10, 8, 7])
        away = [((axis - m) / r) ** 2 for axis, m, r in zip((k, j, i), middle, radii, strict=True)]
        spleen = (sum(away) < 1) & body
        hu = np.where(body, 30.0, -1000.0) + 90 * spleen + rng.normal(0, 8, geometry.shape)
        labels = np.where(spleen, structure_by_name("spleen").label_value, 0).astype(np.uint8)
        return Volume(np.rint(hu).astype(np.int16), geometry, name=f"patient {seed}"), labels

    return make


@pytest.fixture
def make_project(tmp_path, make_patient):
    """A project with approved cases; ``spoil`` may change labels before they are approved."""

    def make(train=2, validation=1, hold_out=2, spoil=lambda labels, _split: labels, reason="seen"):
        with Project.create(tmp_path / "study", author="Anna") as project:
            splits = [
                *[Split.TRAIN] * train,
                *[Split.VALIDATION] * validation,
                *[Split.HOLD_OUT] * hold_out,
            ]
            for seed, split in enumerate(splits):
                volume, labels = make_patient(seed)
                labels = spoil(labels, split)
                path = tmp_path / f"patient_{seed}.nii.gz"
                write_volume_file(path, volume)
                content = content_sha256(volume.array, volume.geometry)
                source = CaseSource(SourceKind.FILE, path, content)
                key = project.patient_key(str(seed))
                case = project.cases.add(NewCase(f"patient {seed}", source, volume.geometry, key))
                project.splits.assign(key, split)
                draft = LabelDraft(labels, volume.geometry)
                project.versions.save(case.id, VersionKind.INTERIM, draft)
                project.review.approve(case.id, comment=reason)
        return tmp_path / "study"

    return make
