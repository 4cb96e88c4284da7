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

STEPS = 240
"""Of gradient descent, for networks whose last layer cannot be fitted alone."""

CROP = 48
"""Side of the cubes that a step sees; every second one lies around a voxel of a structure."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A network's input (channels, r, a, s) and the true classes (r, a, s)."""

    inputs: NDArray[np.float32]
    classes: NDArray[np.uint8]


def settle_and_fit(network: torch.nn.Module, examples: Sequence[Example], seed: int = 0) -> str:
    """Give ``network`` such weights in place; says which way was taken."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    _settle_normalisation(network, examples)
    last = _last_layer(network, examples[0])
    if last is None:
        _descend(network, examples, rng)
        return f"trained for {STEPS} steps"
    _fit(network, last, examples, rng)
    return "last layer fitted"


def _tensor(example: Example) -> torch.Tensor:
    return torch.from_numpy(example.inputs)[None]


def _settle_normalisation(network: torch.nn.Module, examples: Sequence[Example]) -> None:
    """Let running means and variances be the means of those of the examples."""
    norms = [m for m in network.modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    network.train()
    if norms:
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


def _descend(
    network: torch.nn.Module, examples: Sequence[Example], rng: np.random.Generator
) -> None:
    network.train()
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=STEPS)
    for step in range(STEPS):
        crop = _crop(examples[step % len(examples)], rng, is_around=step // len(examples) % 2 == 0)
        classes = torch.from_numpy(crop.classes.astype(np.int64))[None]
        logits = network(_tensor(crop))
        shares = logits.softmax(1)[0].flatten(1)
        truth = torch.nn.functional.one_hot(classes.flatten(), len(shares)).T.float()
        overlap = (2 * (shares * truth).sum(1) + 1) / (shares.sum(1) + truth.sum(1) + 1)
        loss = torch.nn.functional.cross_entropy(logits, classes) + 1 - overlap[1:].mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    _settle_normalisation(network, examples)


def _crop(example: Example, rng: np.random.Generator, *, is_around: bool) -> Example:
    shape = np.array(example.classes.shape)
    last = np.maximum(shape - CROP, 0)
    start = (rng.random(3) * (last + 1)).astype(int)
    inside = np.argwhere(example.classes) if is_around else ()
    if len(inside):
        start = np.clip(inside[rng.integers(len(inside))] - CROP // 2, 0, last)
    box = tuple(slice(at, at + CROP) for at in start)
    return Example(
        np.ascontiguousarray(example.inputs[(slice(None), *box)]),
        np.ascontiguousarray(example.classes[box]),
    )
