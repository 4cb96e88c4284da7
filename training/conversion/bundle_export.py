"""Writes a package as a MONAI bundle that ``python -m monai.bundle run`` can run.

Our own bundles are the pattern: their inference with this package's network, labels and numbers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import resources
import training
from imaging.errors import ModelError
from imaging.own_program import module_command
from imaging.writers.atomic_folder import whole_folder
from inference.model_package import MANIFEST, ModelPackage
from inference.network_specs import BACKGROUND, IMAGE, SlidingWindowSpec, WholeVolumeSpec
from training.conversion.child import require_torch

CLICK_PATTERN = "bundles/abdomen_deepedit"
WINDOW_PATTERN = "bundles/spleen_unet"

DINTS_TABLES = ("arch_code_a", "arch_code_c", "node_a")

TIME_LIMIT_S = 600.0


def export_bundle(package: ModelPackage, folder: Path) -> None:
    """Write ``package`` to ``folder``, which must be new or empty.

    Raises:
        ModelError: the package cannot be put in MONAI's terms, or its weights are missing.
        WriteError: the folder could not be written.
    """
    spec = package.whole_volume or package.sliding_window
    part = _part(package)
    if spec is None or part is None or package.automatic or package.clicks:
        raise ModelError(
            f"{package.id} has no form as a MONAI bundle: it works in ways of its own, or came "
            "without weights. Export its networks with --format onnx."
        )
    require_torch()
    weights = package.folder / part["weights"]["file"]
    pattern = resources.path(CLICK_PATTERN if isinstance(spec, WholeVolumeSpec) else WINDOW_PATTERN)
    with whole_folder(folder) as bundle:
        for name in ("configs", "models", "docs"):
            (bundle / name).mkdir()
        shutil.copytree(
            pattern / "scripts", bundle / "scripts", ignore=shutil.ignore_patterns("__pycache__")
        )
        config = _inference(pattern, spec, part["architecture"])
        _write(bundle / "configs" / "inference.json", config)
        _write(bundle / "configs" / "metadata.json", _metadata(pattern, package, spec, config))
        for name in ("logging.conf", "schema.json"):
            if (pattern / "configs" / name).exists():
                shutil.copyfile(pattern / "configs" / name, bundle / "configs" / name)
        licence = package.folder / "LICENSE"
        if licence.exists():
            shutil.copyfile(licence, bundle / "LICENSE")
        (bundle / "docs" / "README.md").write_text(_readme(package), encoding="utf-8")
        _write_checkpoint(weights, bundle / "models" / "model.pt")


def _part(package: ModelPackage) -> dict[str, Any] | None:
    """The manifest's part with the network, if weights and architecture are there."""
    manifest = json.loads((package.folder / MANIFEST).read_text(encoding="utf-8"))
    part: dict[str, Any] = manifest.get("whole_volume") or manifest.get("sliding_window") or {}
    return part if {"weights", "architecture"} <= part.keys() else None


def _inference(
    pattern: Path, spec: WholeVolumeSpec | SlidingWindowSpec, architecture: dict[str, Any]
) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(
        (pattern / "configs" / "inference.json").read_text(encoding="utf-8")
    )
    config |= {"low_hu": spec.low_hu, "high_hu": spec.high_hu}
    values = {name: number for number, name in enumerate(spec.outputs)}
    if isinstance(spec, WholeVolumeSpec):
        # The order of the names is the order of the click channels.
        config["label_names"] = {name: values[name] for name in spec.inputs[1:] or spec.outputs}
        config |= {
            "spatial_size": list(spec.size_ras),
            "click_sigma": spec.guidance_sigma_voxels,
        }
    else:
        structures = {name: values[name] for name in spec.structures}
        config["label_names"] = {**structures, BACKGROUND: 0}
        config |= {
            "spacing_mm": list(spec.spacing_ras_mm),
            "patch_size": list(spec.window_ras),
            "overlap": spec.overlap,
        }
        config["inferer"] |= {"sw_batch_size": spec.batch, "mode": spec.blending}
    network = dict(architecture)
    if network["name"] == "DiNTS":
        return config | _dints(network, config["imports"])
    config["network_def"] = {"_target_": network.pop("name"), **network}
    return config


def _dints(network: dict[str, Any], imports: list[str]) -> dict[str, Any]:
    """The entries of a configuration that build a DiNTS network; its tables stand in it."""
    space = dict(network.pop("dints_space"))
    paths, cells = space.pop("arch_code")
    network.pop("name")
    return {
        "imports": [*imports, "$import numpy"],
        "arch_code_a": paths,
        "arch_code_c": cells,
        "node_a": network.pop("node_a"),
        "dints_space": {
            "_target_": "TopologyInstance",
            **space,
            "arch_code": ["$numpy.array(@arch_code_a)", "$numpy.array(@arch_code_c)"],
            "device": "cpu",
        },
        "network_def": {
            "_target_": "DiNTS",
            **network,
            "dints_space": "@dints_space",
            "node_a": "$numpy.array(@node_a)",
        },
    }


def _metadata(
    pattern: Path,
    package: ModelPackage,
    spec: WholeVolumeSpec | SlidingWindowSpec,
    config: dict[str, Any],
) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(
        (pattern / "configs" / "metadata.json").read_text(encoding="utf-8")
    )
    if isinstance(spec, WholeVolumeSpec):
        inputs, sides = list(spec.inputs), list(spec.size_ras)
    else:
        inputs, sides = [IMAGE], list(spec.window_ras)
    about |= {
        "version": package.version,
        "changelog": {package.version: "exported from Maskwright"},
        "name": package.title,
        "task": f"Segment {', '.join(spec.structures)} in CT",
        "description": f"{package.title}, exported from Maskwright.",
        "copyright": f"Licence: {package.licence}",
        "data_source": "; ".join(package.training_data) or "not stated",
        "label_classes": ", ".join(f"{n} is {name}" for n, name in enumerate(spec.outputs)),
        "pred_classes": f"{len(spec.outputs)} channels: {', '.join(spec.outputs)}",
        "label_names": config["label_names"],
    }
    formats = about["network_data_format"]
    formats["inputs"]["image"] |= {
        "num_channels": len(inputs),
        "spatial_shape": sides,
        "channel_def": _numbered([IMAGE, *(f"{name} clicks" for name in inputs[1:])]),
    }
    formats["outputs"]["pred"] |= {
        "num_channels": len(spec.outputs),
        "spatial_shape": sides,
        "channel_def": _numbered(list(spec.outputs)),
    }
    return about


def _numbered(names: list[str]) -> dict[str, str]:
    return {str(number): name for number, name in enumerate(names)}


def _readme(package: ModelPackage) -> str:
    sources = "\n".join(f"- {line}" for line in package.sources)
    return (
        f"# {package.title}\n\nExported from Maskwright ({package.id} {package.version}). For "
        f"research use only. Licence: {package.licence}.\n\n{sources}\n\n"
        "Segment a CT, from this folder:\n\n"
        "```\npython -m monai.bundle run --config_file configs/inference.json --image CT.nii.gz\n"
        "```\n"
    )


def _write(path: Path, tree: dict[str, Any]) -> None:
    path.write_text(json.dumps(tree, indent=4) + "\n", encoding="utf-8")


def _write_checkpoint(weights: Path, target: Path) -> None:
    """Let a child process, which may load torch, write the weights as a checkpoint."""
    source = str(Path(training.__file__).resolve().parents[1])
    done = subprocess.run(
        [*module_command("training.conversion.checkpoint_writer"), weights, target],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        timeout=TIME_LIMIT_S,
        check=False,
    )
    if done.returncode != 0 or not target.exists():
        reason = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        raise ModelError(f"The weights could not be written as a checkpoint ({reason}).")
