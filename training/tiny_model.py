"""Writes a model so small that fine-tuning it takes a minute: to try the way, not to be used.

Run as a module: ``python -m training.tiny_model DIR``, or, of an installed program,
``maskwright --run-module training.tiny_model DIR``. Its network has learned nothing.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from inference.model_package import MANIFEST
from training.click_network import ClickNetworkShape, build_click_network
from training.onnx_export import export_onnx

MODEL_ID = "tiny"
SHAPE = ClickNetworkShape(features=(4, 4, 4, 4, 4, 4))
"""The architecture of the shipped click network with hardly any channels."""

SIDE = 32
SPACING_MM = 4.0


def write_tiny_model(folder: Path) -> None:
    """Write the package to a new folder."""
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    network = build_click_network(SHAPE)
    weights, onnx = folder / "clicks.safetensors", folder / "clicks.onnx"
    save_file({name: table.half() for name, table in network.state_dict().items()}, weights)
    shape = (1, 4, SIDE, SIDE, SIDE)
    export_onnx(network, onnx, shape, has_free_sides=True, metadata={})
    manifest = {
        "schema_version": 1,
        "id": MODEL_ID,
        "version": "0.0.1",
        "title": "Tiny, untrained",
        "licence": "Apache-2.0",
        "sources": ["Random weights: it shows that fine-tuning works on a computer, and no more."],
        "training_data": [],
        "measured": [],
        "clicks": {
            "network": _entry(onnx),
            "weights": _entry(weights),
            "architecture": {"name": "BasicUNet", **SHAPE.as_json()},
            "structures": ["spleen"],
            "channels": ["image", "mask", "foreground", "background"],
            "spacing_mm": SPACING_MM,
            "low_hu": -160.0,
            "high_hu": 240.0,
            "guidance_sigma_voxels": 2.0,
            "side_multiple": 16,
            "max_side": 48,
        },
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def _entry(file: Path) -> dict[str, str]:
    return {"file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}


if __name__ == "__main__":
    write_tiny_model(Path(sys.argv[1]))
