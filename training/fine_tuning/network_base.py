"""An imported network as a fine-tuning begins with it: DeepEdit, UNet, DiNTS and their kin."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from imaging.errors import ModelError
from inference.model_package import MANIFEST, ModelPackage
from inference.network_specs import SlidingWindowSpec, WholeVolumeSpec
from training.conversion.network_builder import build_network, load_weights
from training.conversion.weights_file import ALIASES

PARTS = ("whole_volume", "sliding_window")

Weights = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class NetworkBase:
    """A package whose network sees the whole CT, or windows of it, and can be trained further.

    Attributes:
        part: the manifest's entry that describes the network, as in ``PARTS``.
        spec: what goes in and comes out; new structures are the last of both.
        architecture: for ``build_network``.
        weights: each table once, float32 where it has fractions.
        aliases: further names of tables that the network uses twice.
        key: hash of the weights' file and of the structures that were added.
        added: structures that the package does not know.
    """

    package: ModelPackage
    manifest: dict[str, Any]
    part: str
    spec: WholeVolumeSpec | SlidingWindowSpec
    architecture: dict[str, Any]
    weights: Weights
    aliases: dict[str, str]
    key: str
    added: tuple[str, ...] = ()

    @property
    def sides(self) -> tuple[int, int, int]:
        """What the network sees at once, in voxels along R, A, S."""
        if isinstance(self.spec, WholeVolumeSpec):
            return self.spec.size_ras
        return self.spec.window_ras

    @property
    def in_channels(self) -> int:
        """Image and clicks."""
        return len(self.spec.inputs) if isinstance(self.spec, WholeVolumeSpec) else 1

    @property
    def takes_clicks(self) -> bool:
        """Whether any channel is for clicks."""
        return self.in_channels > 1

    def empty(self) -> torch.nn.Module:
        """The network with fresh weights, on the CPU."""
        return build_network(self.architecture)

    def built(self) -> torch.nn.Module:
        """The network with its weights, on the CPU."""
        network = self.empty()
        self.fill(network, self.weights)
        return network

    def fill(self, network: torch.nn.Module, weights: Weights) -> None:
        """Put weights into a network of this architecture."""
        load_weights(network, weights, self.aliases)


def network_base(package: ModelPackage) -> NetworkBase:
    """Read what is needed to train an imported package's network.

    Raises:
        ModelError: it has no weights that can be trained, or they are damaged.
    """
    manifest = json.loads((package.folder / MANIFEST).read_text(encoding="utf-8"))
    part = next((name for name in PARTS if name in manifest), None)
    entry: dict[str, Any] = manifest[part] if part else {}
    if part is None or not {"weights", "architecture"} <= entry.keys():
        raise ModelError(
            f"{package.id} cannot be fine-tuned: its package has no weights that can be trained "
            "(a network that came as TorchScript or with code of its own has none). Choose another "
            "model, or import the bundle with its checkpoint."
        )
    file = package.folder / entry["weights"]["file"]
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        if digest != entry["weights"]["sha256"]:
            raise ModelError(
                f"The weights of {package.id} {package.version} have changed since they were "
                "installed. Roll back, or install the model again."
            )
        with safe_open(file, framework="pt") as stored:
            tables = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - no dict
            aliases = json.loads((stored.metadata() or {}).get(ALIASES, "{}"))
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"The weights of {package.id} {package.version} cannot be read. Install it again."
        ) from error
    weights = {n: t.float() if t.is_floating_point() else t for n, t in tables.items()}
    spec = package.whole_volume if part == "whole_volume" else package.sliding_window
    assert spec is not None  # load_package has read it from the same manifest
    base = NetworkBase(
        package, manifest, part, spec, dict(entry["architecture"]), weights, aliases, digest
    )
    base.built()  # weights that do not fit are a sentence now
    return base


def with_structures(base: NetworkBase, structures: tuple[str, ...]) -> NetworkBase:
    """The base with an output for each structure that it lacks, and a click channel if it has any.

    A new output begins as the background's, a little below it, and a new click channel without
    weight: until it has learned, the network answers as it did. That is tried on noise.

    Raises:
        ModelError: this network cannot be extended.
    """
    added = tuple(name for name in structures if name not in base.spec.outputs)
    if not added:
        return base
    architecture = _extended_architecture(base, len(added))
    outputs = (*base.spec.outputs, *added)
    if isinstance(base.spec, WholeVolumeSpec):
        inputs = (*base.spec.inputs, *added) if base.takes_clicks else base.spec.inputs
        spec: WholeVolumeSpec | SlidingWindowSpec = replace(
            base.spec, outputs=outputs, inputs=inputs
        )
    else:
        spec = replace(base.spec, outputs=outputs)
    weights, biases = _extended_weights(base, build_network(architecture))
    key = hashlib.sha256("\n".join((base.key, *added)).encode()).hexdigest()
    extended = replace(
        base, spec=spec, architecture=architecture, weights=weights, key=key, added=added
    )
    for bias in reversed(biases):  # one of them is the last layer's, most likely the last
        lowered = weights[bias].clone()
        lowered[len(base.spec.outputs) :] -= NEW_BELOW_BACKGROUND
        tried = replace(extended, weights={**weights, bias: lowered})
        if _answers_the_same(base, tried):
            return tried
    raise _not_extensible(base)


NEW_BELOW_BACKGROUND = 2.0
"""How far the logit of a new structure lies below the background's before it has learned."""

_OUT_NAMES = ("out_channels", "num_classes")

_TRIAL_SIDE = 32
"""Noise of so many voxels a side, where the network takes any size."""

_SAME = 1e-3
"""Logits that differ by less are the same, as a part of the largest."""


def _extended_architecture(base: NetworkBase, count: int) -> dict[str, Any]:
    architecture = dict(base.architecture)
    name = next((one for one in _OUT_NAMES if one in architecture), None)
    if name is None:
        raise _not_extensible(base)
    architecture[name] += count
    if base.takes_clicks:
        architecture["in_channels"] += count
    return architecture


def _extended_weights(base: NetworkBase, network: torch.nn.Module) -> tuple[Weights, list[str]]:
    """The old tables in the new ones' places, what is new filled in; and the biases that grew."""
    weights: Weights = {}
    biases = []
    for name, module in network.named_modules(remove_duplicate=False):
        is_convolution = isinstance(module, torch.nn.modules.conv._ConvNd)
        is_transposed = isinstance(module, torch.nn.modules.conv._ConvTransposeNd)
        inputs_axis = 0 if is_transposed else 1
        for key, table in (*module._parameters.items(), *module._buffers.items()):
            full = f"{name}.{key}" if name else key
            if table is None or full not in base.weights:
                continue
            old = base.weights[full]
            if old.shape == table.shape:
                weights[full] = old
                continue
            weights[full] = _grown(base, old, table.shape, inputs_axis if old.ndim > 1 else None)
            if is_convolution and key == "bias":
                biases.append(full)
    if weights.keys() != base.weights.keys():
        raise _not_extensible(base)
    return weights, biases


def _grown(
    base: NetworkBase, old: torch.Tensor, shape: torch.Size, inputs_axis: int | None
) -> torch.Tensor:
    """A table with the old one at its start; new outputs as the first one, new inputs 0."""
    if old.ndim != len(shape) or any(a > b for a, b in zip(old.shape, shape, strict=True)):
        raise _not_extensible(base)
    grown = old
    for axis, (before, after) in enumerate(zip(old.shape, shape, strict=True)):
        if before == after:
            continue
        first = grown.narrow(axis, 0, 1)
        more = torch.zeros_like(first) if axis == inputs_axis else first
        grown = torch.cat([grown, *[more] * (after - before)], dim=axis)
    return grown.contiguous()


def _answers_the_same(base: NetworkBase, extended: NetworkBase) -> bool:
    """Whether old outputs are what they were, and new ones lie below the background, on noise."""
    old, new = base.built().eval(), extended.built().eval()
    most = _TRIAL_SIDE if isinstance(base.spec, SlidingWindowSpec) else max(base.sides)
    sides = [min(side, most) for side in base.sides]
    inputs = torch.rand((1, base.in_channels, *sides), generator=torch.Generator().manual_seed(0))
    more = torch.zeros((1, extended.in_channels - base.in_channels, *sides))
    with torch.inference_mode():
        before, after = old(inputs), new(torch.cat([inputs, more], dim=1))
    count = len(base.spec.outputs)
    below = before[:, :1] - NEW_BELOW_BACKGROUND
    difference = max(
        float((after[:, :count] - before).abs().max()),
        float((after[:, count:] - below).abs().max()),
    )
    return difference <= _SAME * max(1.0, float(before.abs().max()))


def _not_extensible(base: NetworkBase) -> ModelError:
    return ModelError(
        f"{base.package.id} knows {', '.join(base.spec.structures)} only, and its network "
        f"({base.architecture['name']}) cannot be given another structure. Leave the other "
        "structures out of the labels, or improve a model that answers clicks on any structure."
    )
