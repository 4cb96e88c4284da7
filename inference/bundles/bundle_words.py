"""What a bundle says about itself: title, version, licence, where it comes from."""

from __future__ import annotations

import re

from inference.bundles.bundle_files import BundleFiles, digest_of
from inference.bundles.config_text import Tree
from inference.bundles.imported_model import ModelText
from inference.bundles.limits import MAX_CONFIG_BYTES


def value_at(node: object, *keys: str) -> object:
    """What nested dictionaries hold under these keys; None where one is missing."""
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def model_text(files: BundleFiles, metadata: Tree) -> ModelText:
    """Title, version, licence and sources of a bundle, each a short line."""
    version = re.match(r"\d+\.\d+\.\d+", str(metadata.get("version", "")))
    number = version[0] if version else "0.0.0"
    monai = metadata.get("monai_version")
    sources = [f"MONAI bundle {files.name} {number}, SHA-256 {digest_of(files)}"]
    if monai:
        sources.append(f"Made with MONAI {_line(monai)}")
    dice = value_at(metadata, "eval_metrics", "mean_dice")
    if isinstance(dice, int | float):
        sources.append(f"The bundle states a mean Dice of {dice}, on data of its own")
    data = metadata.get("data_source")
    return ModelText(
        title=_line(metadata.get("name") or files.name),
        version=number,
        licence=_licence(files),
        sources=tuple(sources),
        training_data=(_line(data),) if data else (),
    )


def _line(value: object) -> str:
    """A stranger's text as one printable line of moderate length."""
    text = re.sub(r"\s+", " ", str(value))
    return "".join(mark for mark in text if mark.isprintable())[:200].strip()


def licence_text(files: BundleFiles) -> str | None:
    """The licence that comes with a bundle; None if there is none."""
    for name in ("LICENSE", "LICENSE.txt", "docs/license.txt", "docs/LICENSE"):
        if name in files.names:
            return files.read(name, MAX_CONFIG_BYTES).decode("utf-8", "replace")
    return None


def _licence(files: BundleFiles) -> str:
    text = licence_text(files)
    if text is None:
        return "not stated"
    if "Apache License" in text and "2.0" in text:
        return "Apache-2.0"
    if "NVIDIA" in text:
        return "NVIDIA, see LICENSE"
    return "see LICENSE"
