"""A MONAI bundle, read as data: its network, transforms, labels, weights and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from imaging.errors import ModelError, UntrustedModelError
from inference.bundles.archive import shown
from inference.bundles.bundle_files import METADATA, BundleFiles, digest_of
from inference.bundles.bundle_words import licence_text, model_text, value_at
from inference.bundles.checkpoint import open_checkpoint
from inference.bundles.components import Component, SavedFile, UnknownCodeError, Value
from inference.bundles.config_text import Tree, parse_config
from inference.bundles.config_tree import ConfigTree, targets_in
from inference.bundles.imported_model import (
    ALPHABETICAL,
    ImportedModel,
    click_channels,
    is_click_network,
)
from inference.bundles.limits import MAX_CONFIG_BYTES
from inference.bundles.network_spec import KNOWN_NETWORKS, TRUSTED, NetworkSpec, network_spec
from inference.bundles.pipeline import WholeVolumePipeline, read_pipeline
from inference.bundles.structure_names import BACKGROUND, structure_name
from inference.bundles.transform_rules import OTHER_CLASSES, POST, PRE
from inference.network_specs import IMAGE

CONFIGS = ("configs/inference.json", "configs/inference.yaml", "configs/inference.yml")
TRAINING_CONFIGS = ("configs/train.json", "configs/train.yaml", "configs/train.yml")
WEIGHTS = "models/model.pt"
TORCHSCRIPT = "models/model.ts"
"""Weights and program code in one file."""

SORTS_LABELS = frozenset({"NormalizeLabelsInDatasetd", "RemapLabelsToSequentiald"})
"""Training transforms that MONAI 1.6 changed: labels by alphabet, background first."""

SORTS_LABELS_FROM = (1, 6)

_KNOWN_CLASSES = frozenset((*KNOWN_NETWORKS, *PRE, *POST, *OTHER_CLASSES))
_KNOWN_PREFIX = re.compile(r"((monai|scripts)\.([a-z_0-9]+\.)*)?")


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What the user knows better than the bundle.

    ``labels`` name the classes after background; ``click_order`` is "config", "alphabetical" or
    the labels of the click channels, separated by commas. None leaves it to the bundle.
    """

    labels: tuple[str, ...] | None = None
    click_order: str | None = None
    is_trusted: bool = False
    """The user has read the bundle's own code, and it may build the network."""


def is_known_class(target: str) -> bool:
    """True for a class that is recognised by its name and never loaded."""
    prefix, _, name = target.rpartition(".")
    whole = f"{prefix}." if prefix else ""
    return name in _KNOWN_CLASSES and _KNOWN_PREFIX.fullmatch(whole) is not None


def read_bundle(files: BundleFiles, workspace: Path, options: ReadingOptions) -> ImportedModel:
    """Understand a bundle; its weights are copied to ``workspace``, unread.

    Raises:
        UntrustedModelError: it needs code that is not known here.
        ModelError: it is damaged, incomplete, or does something that cannot be done here.
    """
    metadata = _metadata(files)
    name = next((config for config in CONFIGS if config in files.names), None)
    if name is None:
        raise ModelError(
            f"{files.name} is no bundle that can be used: it has no {CONFIGS[0]} (or .yaml). "
            "Choose the folder that holds configs and models."
        )
    config = parse_config(name, files.read(name, MAX_CONFIG_BYTES))
    saved = _SavedFiles(files, workspace, is_trusted=options.is_trusted)
    tree = ConfigTree(config, is_known_class, saved.table)
    try:
        if not options.is_trusted:
            tree.check()
        pipeline = read_pipeline(
            tree.value("preprocessing"), tree.value("inferer"), tree.value("postprocessing")
        )
    except UnknownCodeError as error:
        if options.is_trusted:
            raise ModelError(
                f"{files.name} needs {error.what} before or after its network, which cannot be "
                "done here: a trusted bundle's own code only builds the network."
            ) from error
        raise untrusted(files, error.what, f"{name}, at {shown(error.where)}") from error
    order, order_is_sure = options.click_order, True
    if is_click_network(pipeline) and order is None:
        order = ALPHABETICAL if _was_trained_sorted(files, metadata) else None
        order_is_sure = False
    inputs, outputs = _channels(pipeline, metadata, options, order)
    network = (
        NetworkSpec({"name": TRUSTED, "in_channels": len(inputs), "out_channels": len(outputs)})
        if options.is_trusted
        else network_spec(_first(tree, "network_def", "network"))
    )
    return ImportedModel(
        suggested_id=id_from(files.name),
        text=model_text(files, metadata),
        network=network,
        pipeline=pipeline,
        inputs=inputs,
        outputs=outputs,
        order_is_sure=order_is_sure,
        checkpoint=saved.path(_checkpoint_name(tree)),
        licence_text=licence_text(files),
        trusted_config=name if options.is_trusted else None,
    )


def id_from(name: str) -> str:
    """A package's id from a folder's name."""
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return slug if re.match(r"[a-z]", slug) else f"model_{slug}".rstrip("_")


def code_of(files: BundleFiles) -> Iterator[tuple[str, str]]:
    """The files of a bundle that can hold code, with their text: what a user would trust."""
    for name in sorted(files.names):
        if PurePosixPath(name).suffix in {".py", ".json", ".yaml", ".yml"}:
            yield name, files.read(name, MAX_CONFIG_BYTES).decode("utf-8", "replace")


class _SavedFiles:
    """Checkpoints of a bundle, copied to the workspace when first asked for."""

    def __init__(self, files: BundleFiles, workspace: Path, *, is_trusted: bool) -> None:
        self._files, self._workspace = files, workspace
        self._is_trusted = is_trusted
        self._paths: dict[str, Path] = {}

    def path(self, name: str) -> Path:
        inside = f"models/{PurePosixPath(name).name}"
        if inside not in self._files.names and TORCHSCRIPT in self._files.names:
            if not self._is_trusted:
                raise untrusted(self._files, "weights that are program code", TORCHSCRIPT)
            inside = TORCHSCRIPT
        if inside not in self._files.names:
            raise ModelError(
                f"The bundle {self._files.name} has no {shown(inside)}. Bundles are often "
                "downloaded without their large files: large_files.yml says where those are. "
                "Put the file into the folder models and import again."
            )
        if inside not in self._paths:
            own = PurePosixPath(inside).name
            target = (
                self._workspace / str(len(self._paths)) / (own if own.isascii() else "model.pt")
            )
            target.parent.mkdir()
            self._files.copy(inside, target)
            self._paths[inside] = target
        return self._paths[inside]

    def table(self, file: SavedFile, key: str) -> Value:
        with open_checkpoint(self.path(file.path)) as checkpoint:
            return checkpoint.array(key)


def _metadata(files: BundleFiles) -> Tree:
    if METADATA not in files.names:
        raise ModelError(
            f"{files.name} is no bundle: it has no {METADATA}. Choose the folder that holds "
            "configs and models, or a checkpoint (.pt) of a known network."
        )
    return parse_config(METADATA, files.read(METADATA, MAX_CONFIG_BYTES))


def untrusted(files: BundleFiles, what: str, where: str) -> UntrustedModelError:
    """The refusal of code that is not known, with the hash that trusts it."""
    digest = digest_of(files)
    return UntrustedModelError(
        f"{files.name} uses {what} ({where}), which Maskwright does "
        "not know. Nothing was run. If you trust its author, read its code (--show-code), then "
        f"import it with --trust {digest}",
        what,
        digest,
        "\n\n".join(f"===== {name}\n{text}" for name, text in code_of(files)),
    )


def _first(tree: ConfigTree, *names: str) -> Value:
    return next((tree.value(name) for name in names if name in tree), None)


def _checkpoint_name(tree: ConfigTree) -> str:
    """The file that the configuration loads; MONAI's usual one where it loads none."""
    try:
        waiting: list[Value] = [tree.value("checkpointloader"), tree.value("handlers")]
    except UnknownCodeError:  # only a trusted bundle comes so far
        return WEIGHTS
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, Component) and node.name == "CheckpointLoader":
            path = node.arguments.get("load_path")
            if isinstance(path, str):
                return path
    return WEIGHTS


def _was_trained_sorted(files: BundleFiles, metadata: Tree) -> bool:
    version = re.match(r"(\d+)\.(\d+)", str(metadata.get("monai_version")))
    if version is None or (int(version[1]), int(version[2])) < SORTS_LABELS_FROM:
        return False
    for name in TRAINING_CONFIGS:
        if name in files.names:
            tree = parse_config(name, files.read(name, MAX_CONFIG_BYTES))
            return not SORTS_LABELS.isdisjoint(targets_in(tree))
    return False


def _channels(
    pipeline: object, metadata: Tree, options: ReadingOptions, order: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if isinstance(pipeline, WholeVolumePipeline) and pipeline.click_labels:
        inputs, outputs = click_channels(pipeline.click_labels, order)
        if options.labels is None:
            return inputs, outputs
        renamed = dict(zip(outputs, (BACKGROUND, *options.labels), strict=False))
        return tuple(renamed.get(name, name) for name in inputs), tuple(renamed.values())
    if options.labels is not None:
        return (IMAGE,), (BACKGROUND, *(structure_name(label) for label in options.labels))
    formats = metadata.get("network_data_format")
    channels = value_at(formats, "outputs", "pred", "channel_def")
    if not isinstance(channels, dict):
        raise ModelError(
            "The bundle's metadata do not say what the network's classes are (channel_def). "
            "Name them with --labels."
        )
    numbers = [str(number) for number in range(len(channels))]
    if sorted(channels) != sorted(numbers):
        raise ModelError("The bundle's metadata number its classes with gaps. Use --labels.")
    names = tuple(structure_name(str(channels[number])) for number in numbers)
    if names[0] != BACKGROUND:
        raise ModelError(f"The network's first class is {shown(names[0])}, not background.")
    return (IMAGE,), names
