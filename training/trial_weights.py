"""Weights to compare programs with, learned in minutes: masks of organs, in synthetic CTs.

That is no model to use; it is one with which the time, and the agreement of two programs voxel by
voxel, can be measured without a download. A narrow network learns; the full one gets its weights
with every channel several times over, so that it answers the same and costs what it costs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

WARM_UP_STEPS = 20
"""Before them the steps grow to their full length: normalised networks jump at first."""

AVERAGED_SHARE = 0.97
"""Of the average that a step keeps: it spans some 30 steps."""

LAST_SHARE, LAST_RATE = 0.25, 0.2
"""The last quarter of the steps are a fifth as long: logits come away from zero, so that an engine
with few digits finds the same mask (DeepEdit in bfloat16: Dice 0.9987 before, 0.9995 after)."""

STEPS_TO_CHECKPOINT = 25
SETTLING_EXAMPLES = 16
"""That running means and variances are measured on, at the end."""

AROUND_SHARE = 0.6
"""Of the crops, that lie around a voxel of a structure; the others lie anywhere."""

GOLDEN_RATIO = 0.6180339887498949
"""Its multiples, without the whole part, are spread evenly however many there are."""

CONTRAST = 0.1
BRIGHTNESS = 0.05
NOISE = 0.03
"""How far a crop's intensities are changed at most, in units of the network's range."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A network's input (channels, r, a, s) and the true classes (r, a, s)."""

    inputs: NDArray[np.float32]
    classes: NDArray[np.uint8]


Draw = Callable[[np.random.Generator], Example]


@dataclass(frozen=True, slots=True)
class TrialRecipe:
    """How long to learn, and how fast.

    Attributes:
        steps: at most.
        learning_rate: of AdamW.
        seconds: at most; None for no limit.
    """

    steps: int
    learning_rate: float = 1e-3
    seconds: float | None = None


def learn(
    network: torch.nn.Module,
    draw: Draw,
    recipe: TrialRecipe,
    checkpoint: Path | None = None,
    seed: int = 0,
) -> Iterator[float]:
    """Give ``network`` such weights in place; yields the loss of each step.

    They are in place when the iterator is at its end, which may come after any step: they are the
    moving average of the steps. ``checkpoint`` is a file for them on the way; where it exists,
    training starts from it.
    """
    rng = np.random.default_rng(seed)
    if checkpoint is not None and checkpoint.exists():
        network.load_state_dict(torch.load(checkpoint, weights_only=True))
    network.train()
    averaging = get_ema_multi_avg_fn(AVERAGED_SHARE)  # type: ignore[no-untyped-call]
    average = AveragedModel(network, multi_avg_fn=averaging)
    optimiser = torch.optim.AdamW(network.parameters(), recipe.learning_rate)
    started = time.monotonic()
    for step in range(1, recipe.steps + 1):
        if recipe.seconds is not None and time.monotonic() - started > recipe.seconds:
            break
        for group in optimiser.param_groups:
            group["lr"] = (
                recipe.learning_rate
                * min(1.0, step / WARM_UP_STEPS)
                * (LAST_RATE if step > (1 - LAST_SHARE) * recipe.steps else 1.0)
            )
        loss = _loss(network, draw(rng))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch has no types there
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        average.update_parameters(network)
        if checkpoint is not None and step % STEPS_TO_CHECKPOINT == 0:
            _save(average.module, checkpoint)
        yield loss.item()
    network.load_state_dict(average.module.state_dict())
    _settle_normalisation(network, [draw(rng) for _ in range(SETTLING_EXAMPLES)])
    network.eval()


def widen(narrow: torch.nn.Module, wide: torch.nn.Module) -> None:
    """Give ``wide``, which has some times the channels everywhere, the function of ``narrow``.

    Every channel is repeated, and what reads the copies divides by their number; norms that look
    at single channels see no difference, and joined channels stay in order. Copies are of
    different size, one to two times the original, else an engine with few digits would round all
    of them alike, and err as the narrow network does. That needs activations that are linear on
    each side of zero, and norms with weights; without, copies stay alike.

    Raises:
        ValueError: a number of channels is no multiple of the narrow one's.
    """
    _repeat_channels(narrow, wide)
    _scale_copies(wide, _widened(narrow, wide))


def _repeat_channels(narrow: torch.nn.Module, wide: torch.nn.Module) -> None:
    own = dict(narrow.named_modules())
    with torch.no_grad():
        for name, module in wide.named_modules():
            transposed = isinstance(module, torch.nn.modules.conv._ConvTransposeNd)
            tables = {**module._parameters, **module._buffers}
            for key, table in tables.items():
                if table is not None:
                    source = {**own[name]._parameters, **own[name]._buffers}[key]
                    assert source is not None  # the same architecture
                    table.copy_(_repeated(source, table.shape, inputs_axis=0 if transposed else 1))


def _widened(narrow: torch.nn.Module, wide: torch.nn.Module) -> set[int]:
    """Numbers of channels in ``wide`` that are more than in ``narrow``.

    Raises:
        ValueError: one of them is that of a layer that was not widened, too.
    """
    widened, kept = set(), set()
    for few, many in zip(narrow.modules(), wide.modules(), strict=True):
        if isinstance(many, torch.nn.modules.conv._ConvNd):
            before = few.in_channels, few.out_channels
            now = many.in_channels, many.out_channels
            widened |= {b for a, b in zip(before, now, strict=True) if a != b}
            kept |= {b for a, b in zip(before, now, strict=True) if a == b}
    if widened & kept:
        raise ValueError(f"{widened & kept} channels are those of wide and of other layers")
    return widened


def _scale_copies(network: torch.nn.Module, widened: set[int]) -> None:
    """Make each channel larger by its own factor wherever it goes; the answer stays the same.

    Factors depend on the place in the greatest common divisor of all widths, so that channels that
    are added to, or joined with, others have the same.
    """
    norms = [m for m in network.modules() if isinstance(m, torch.nn.modules.batchnorm._NormBase)]
    if not all(norm.affine for norm in norms):
        return
    period = math.gcd(*widened)
    sizes = 2.0 ** (torch.arange(period, dtype=torch.float64) * GOLDEN_RATIO % 1)

    def sizes_of(channels: int) -> torch.Tensor:
        if channels not in widened:
            return torch.ones(channels)
        return sizes.repeat(channels // period).float()

    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, torch.nn.modules.conv._ConvNd):
                given, made = sizes_of(module.in_channels), sizes_of(module.out_channels)
                factors = made[:, None] / given
                if isinstance(module, torch.nn.modules.conv._ConvTransposeNd):
                    factors = factors.T
                module.weight *= factors[..., None, None, None]
                if module.bias is not None:
                    module.bias *= made
            elif isinstance(module, torch.nn.modules.batchnorm._NormBase):
                made = sizes_of(module.num_features)
                for table in (module.weight, module.bias, module.running_mean):
                    if table is not None:
                        table *= made
                if module.running_var is not None:
                    module.running_var *= made**2


def _repeated(table: torch.Tensor, shape: torch.Size, inputs_axis: int) -> torch.Tensor:
    if table.ndim == 0:
        return table
    times = [size // own for size, own in zip(shape, table.shape, strict=True)]
    if [n * own for n, own in zip(times, table.shape, strict=True)] != list(shape):
        raise ValueError(f"{tuple(table.shape)} cannot be widened to {tuple(shape)}")
    if table.ndim == 1:
        return table.repeat_interleave(times[0])
    wide = table.repeat_interleave(times[0], 0).repeat_interleave(times[1], 1)
    return wide / times[inputs_axis]


def crop(
    image: NDArray[np.float32],
    classes: NDArray[np.uint8],
    size: tuple[int, int, int],
    rng: np.random.Generator,
) -> Example:
    """A part of a CT, scaled to 0..1, often around a structure, its intensities changed a bit."""
    last = np.array(classes.shape) - size
    start = (rng.random(3) * (last + 1)).astype(int)
    inside = np.flatnonzero(classes) if rng.random() < AROUND_SHARE else np.zeros(0, int)
    if len(inside):
        voxel = np.unravel_index(inside[rng.integers(len(inside))], classes.shape)
        away = rng.uniform(0.25, 0.75, 3) * size
        start = np.clip(np.array(voxel) - away.astype(int), 0, last)
    r, a, s = (slice(at, at + side) for at, side in zip(start, size, strict=True))
    part = image[r, a, s] * np.float32(1 + CONTRAST * rng.uniform(-1, 1))
    part += np.float32(BRIGHTNESS * rng.uniform(-1, 1))
    part += np.float32(NOISE * rng.random()) * rng.standard_normal(part.shape, np.float32)
    return Example(np.clip(part, 0, 1)[None], np.ascontiguousarray(classes[r, a, s]))


def _loss(network: torch.nn.Module, example: Example) -> torch.Tensor:
    """Cross entropy and one minus Dice."""
    classes = torch.from_numpy(example.classes.astype(np.int64))[None]
    logits = network(torch.from_numpy(example.inputs)[None])
    shares = logits.softmax(1).movedim(1, 0).flatten(1)
    truth = torch.nn.functional.one_hot(classes.flatten(), len(shares)).T.float()
    overlap = (2 * (shares * truth).sum(1) + 1) / (shares.sum(1) + truth.sum(1) + 1)
    loss: torch.Tensor = torch.nn.functional.cross_entropy(logits, classes) + 1 - overlap[1:].mean()
    return loss


def _settle_normalisation(network: torch.nn.Module, examples: list[Example]) -> None:
    """Let running means and variances be the means of those of the examples."""
    norms = [m for m in network.modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm)]
    if not norms:
        return
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    network.train()
    with torch.no_grad():
        for example in examples:
            network(torch.from_numpy(example.inputs)[None])


def _save(network: torch.nn.Module, file: Path) -> None:
    part = file.with_suffix(".part")
    torch.save(network.state_dict(), part)
    part.replace(file)
