"""The bundles that ship with the program, and a copy of one to work in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import resources
from imaging.errors import ModelError, WriteError
from imaging.writers.atomic_folder import whole_folder

METADATA = "configs/metadata.json"
SHIPPED = "bundles"
CONFIG_SUFFIXES = (".json", ".yaml")

REPLACED_BY_VARIANTS = ("train", "inference")
"""The configurations that describe network and structures; the others lie on top of them."""


@dataclass(frozen=True, slots=True)
class BundleFolder:
    """A MONAI bundle on disk."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> BundleFolder:
        """The bundle in a folder.

        Raises:
            ModelError: it holds none.
        """
        if not (root / METADATA).is_file():
            raise ModelError(
                f"{root.name or root} is no MONAI bundle: it has no {METADATA}. "
                "Make one with: maskwright bundle new"
            )
        return cls(root.resolve())

    @property
    def metadata(self) -> dict[str, Any]:
        """``metadata.json``.

        Raises:
            ModelError: it is not valid JSON.
        """
        return _read(self.root / METADATA)

    @property
    def weights(self) -> Path:
        """Where training leaves the best weights."""
        return self.root / "models" / "model.pt"

    @property
    def checkpoint(self) -> Path:
        """Where training leaves what it needs to go on."""
        return self.root / "models" / "checkpoint.pt"

    def config(self, name: str) -> str:
        """The path of a configuration, relative to the bundle, whichever way it is written.

        Raises:
            ModelError: the bundle has none of that name.
        """
        for suffix in CONFIG_SUFFIXES:
            relative = f"configs/{name}{suffix}"
            if (self.root / relative).is_file():
                return relative
        raise ModelError(f"The bundle {self.root.name} has no configuration {name!r}.")

    def has_config(self, name: str) -> bool:
        """True if the bundle has a configuration of that name."""
        return any((self.root / f"configs/{name}{suffix}").is_file() for suffix in CONFIG_SUFFIXES)


def shipped_bundles() -> tuple[BundleFolder, ...]:
    """The bundles that ship with the program, by name."""
    folder = resources.path(SHIPPED)
    return tuple(BundleFolder(path.parent.parent) for path in sorted(folder.glob(f"*/{METADATA}")))


def copy_bundle(name: str, folder: Path, variants: tuple[str, ...] = ()) -> BundleFolder:
    """Copy a shipped bundle to a new folder.

    Each of ``variants`` is a configuration of the bundle, such as ``unetr`` or ``btcv``, whose
    entries replace those of the same name for good.

    Raises:
        ModelError: there is no such bundle or variant.
        WriteError: the folder exists already, or cannot be written.
    """
    known = {bundle.root.name: bundle for bundle in shipped_bundles()}
    if name not in known:
        raise ModelError(f"There is no bundle {name!r}; choose one of: {', '.join(known)}.")
    if folder.exists():
        raise WriteError(f"{folder} exists already. Nothing was written; choose a new folder.")
    source = known[name]
    entries: dict[str, Any] = {}
    for variant in variants:
        if not source.has_config(variant):
            raise ModelError(f"The bundle {name} has no variant {variant!r}.")
        entries |= _read(source.root / source.config(variant))
    with whole_folder(folder) as part:
        shutil.copytree(
            source.root, part, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )
        if entries:
            _write_variant(BundleFolder(part), entries)
    return BundleFolder(folder.resolve())


def _write_variant(bundle: BundleFolder, entries: Mapping[str, Any]) -> None:
    for name in REPLACED_BY_VARIANTS:
        path = bundle.root / bundle.config(name)
        _write(path, _read(path) | dict(entries))
    if "label_names" in entries:
        _write(
            bundle.root / METADATA, _metadata_for(bundle.metadata, tuple(entries["label_names"]))
        )


def _metadata_for(metadata: dict[str, Any], label_names: tuple[str, ...]) -> dict[str, Any]:
    """The metadata of a DeepEdit bundle with other structures."""
    structures = tuple(name for name in label_names if name != "background")
    outputs = ("background", *structures)
    inputs = ("image", *(f"{name} clicks" for name in label_names))
    formats = metadata["network_data_format"]
    for tensor, names in (
        (formats["inputs"]["image"], inputs),
        (formats["outputs"]["pred"], outputs),
    ):
        tensor["num_channels"] = len(names)
        tensor["channel_def"] = {str(number): name for number, name in enumerate(names)}
    listed = ", ".join(f"{number} {name}" for number, name in enumerate(outputs) if number)
    metadata["task"] = f"Segment {', '.join(structures)} in CT, automatically or with clicks"
    metadata["label_classes"] = f"one channel: {listed}, 0 everything else"
    metadata["pred_classes"] = f"{len(outputs)} channels: {', '.join(outputs)}"
    return metadata


def _read(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path.name} of the bundle cannot be read as JSON.") from error
    if not isinstance(read, dict):
        raise ModelError(f"{path.name} of the bundle holds no entries.")
    return read


def _write(path: Path, entries: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(entries, indent=4) + "\n", encoding="utf-8")
