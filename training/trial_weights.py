"""Weights to compare programs with, made in a minute: masks that are neither empty nor noise.

A network of the full size gets random weights, its normalisation is settled on synthetic CTs, and
its last layer is fitted to their true masks. That is no model to use; it is one with which the
time, and the agreement of two programs voxel by voxel, can be measured without a download.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

RIDGE = 1e-2
"""Keeps the fit of the last layer from leaning on single features."""

LOGIT = 4.0
"""What the fitted layer aims at for the true class; minus that for the others."""

VOXELS = 40_000
"""Of each class and example, at most: more change the fit no further."""

STEPS = 60
"""Of gradient descent, for networks whose last layer cannot be fitted alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A network's input (channels, r, a, s) and the true classes (r, a, s)."""

    inputs: NDArray[np.float32]
    classes: NDArray[np.uint8]


def settle_and_fit(network: torch.nn.Module, examples: Sequence[Example], seed: int = 0) -> str:
    """Give ``network`` such weights in place; says which way was taken."""
    torch.manual_seed(seed)
    _settle_normalisation(network, examples)
    last = _last_layer(network, examples[0])
    if last is None:
        _descend(network, examples)
        return f"trained for {STEPS} steps"
    _fit(network, last, examples, np.random.default_rng(seed))
    return "last layer fitted"


def _tensor(example: Example) -> torch.Tensor:
    return torch.from_numpy(example.inputs)[None]


def _settle_normalisation(network: torch.nn.Module, examples: Sequence[Example]) -> None:
    """Let running means and variances be those of the examples."""
    network.train()
    with torch.no_grad():
        for example in examples:
            network(_tensor(example))
    network.eval()


def _last_layer(network: torch.nn.Module, example: Example) -> torch.nn.Conv3d | None:
    """The convolution whose output is the network's, if it looks at single voxels."""
    called: list[tuple[torch.nn.Conv3d, torch.Tensor]] = []
    hooks = [
        module.register_forward_hook(lambda m, _inputs, output: called.append((m, output)))
        for module in network.modules()
        if isinstance(module, torch.nn.Conv3d) and set(module.kernel_size) == {1}
    ]
    with torch.no_grad():
        logits = network(_tensor(example))
    for hook in hooks:
        hook.remove()
    for module, output in reversed(called):
        if output.shape == logits.shape and torch.equal(output, logits):
            return module
    return None


def _fit(
    network: torch.nn.Module,
    last: torch.nn.Conv3d,
    examples: Sequence[Example],
    rng: np.random.Generator,
) -> None:
    features: list[torch.Tensor] = []
    hook = last.register_forward_pre_hook(lambda _module, inputs: features.append(inputs[0][0]))
    rows, wanted = [], []
    with torch.no_grad():
        for example in examples:
            network(_tensor(example))
            table = features.pop().flatten(1).T.double()
            truth = example.classes.ravel()
            for index in range(last.out_channels):
                own = np.flatnonzero(truth == index)
                own = rng.choice(own, min(len(own), VOXELS), replace=False)
                target = torch.full((len(own), last.out_channels), -LOGIT, dtype=torch.float64)
                target[:, index] = LOGIT
                rows.append(table[own])
                wanted.append(target)
    hook.remove()
    table, target = torch.cat(rows), torch.cat(wanted)
    mean, spread = table.mean(0), table.std(0) + 1e-6
    scaled = torch.cat([(table - mean) / spread, torch.ones(len(table), 1).double()], dim=1)
    normal = scaled.T @ scaled + RIDGE * len(table) * torch.eye(scaled.shape[1]).double()
    solved = torch.linalg.solve(normal, scaled.T @ target)
    weights = (solved[:-1] / spread[:, None]).T
    bias = solved[-1] - weights @ mean
    with torch.no_grad():
        last.weight.copy_(weights[:, :, None, None, None].float())
        if last.bias is None:
            last.bias = torch.nn.Parameter(bias.float())
        else:
            last.bias.copy_(bias.float())


def _descend(network: torch.nn.Module, examples: Sequence[Example]) -> None:
    network.train()
    optimiser = torch.optim.Adam(network.parameters(), 2e-3)
    for step in range(STEPS):
        example = examples[step % len(examples)]
        classes = torch.from_numpy(example.classes.astype(np.int64))[None]
        counts = torch.bincount(classes.ravel(), minlength=2).clamp(min=1).float()
        weight = (1 / counts.sqrt()) / (1 / counts.sqrt()).sum()
        loss = torch.nn.functional.cross_entropy(network(_tensor(example)), classes, weight)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    network.eval()
