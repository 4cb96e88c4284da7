"""An imported model's manifest: what was read of the bundle, in the words of our packages."""

from __future__ import annotations

import hashlib
from pathlib import Path

from imaging.errors import ModelError
from imaging.structures import STRUCTURES, add_structure, custom_label_value
from inference.bundles.components import Value
from inference.bundles.imported_model import ImportedModel
from inference.bundles.pipeline import SlidingWindowPipeline

NETWORK_FILE = "network.onnx"
WEIGHTS_FILE = "network.safetensors"
LICENCE_FILE = "LICENSE"

_CUSTOM_VALUES = range(64, 256)

_TABLE = frozenset(structure.name for structure in STRUCTURES)
"""What needs no declaration; what another model has brought does, as that may be removed."""


def package_manifest(model: ImportedModel, model_id: str, folder: Path) -> dict[str, Value]:
    """The manifest of the package in ``folder``, where network and weights are already."""
    part: dict[str, Value] = {
        "network": _file(folder, NETWORK_FILE),
        "outputs": list(model.outputs),
        "low_hu": model.pipeline.low_hu,
        "high_hu": model.pipeline.high_hu,
    }
    if (folder / WEIGHTS_FILE).exists() and model.network.is_known:
        part["weights"] = _file(folder, WEIGHTS_FILE)
        part["architecture"] = model.network.architecture
    if isinstance(model.pipeline, SlidingWindowPipeline):
        kind = "sliding_window"
        part |= {
            "spacing_ras_mm": list(model.pipeline.spacing_ras_mm),
            "window_ras": list(model.pipeline.window_ras),
            "overlap": model.pipeline.overlap,
            "blending": model.pipeline.blending,
            "batch": model.pipeline.batch,
        }
    else:
        kind = "whole_volume"
        part |= {
            "inputs": list(model.inputs),
            "size_ras": list(model.pipeline.size_ras),
            "guidance_sigma_voxels": model.pipeline.guidance_sigma_voxels,
        }
    manifest: dict[str, Value] = {
        "schema_version": 1,
        "id": model_id,
        "version": model.text.version,
        "title": model.text.title or model_id,
        "licence": model.text.licence,
        "sources": list(model.text.sources),
        "training_data": list(model.text.training_data),
        kind: part,
    }
    custom = [_custom(name) for name in model.outputs[1:] if name not in _TABLE]
    if custom:
        manifest["custom_structures"] = custom
    return manifest


def _custom(name: str) -> dict[str, Value]:
    """A structure that the table lacks, with a label value of its own.

    Its name gives it one; where that is taken, the first that is free, written down.
    """
    try:
        value = add_structure(name).label_value
        return {"name": name} | (
            {} if value == custom_label_value(name) else {"label_value": value}
        )
    except ValueError:
        for value in _CUSTOM_VALUES:
            try:
                add_structure(name, value)
            except ValueError:
                continue
            return {"name": name, "label_value": value}
        raise ModelError(
            f"There is no label value left for {name}. Remove a model first."
        ) from None


def _file(folder: Path, name: str) -> dict[str, Value]:
    with (folder / name).open("rb") as file:
        return {"file": name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
