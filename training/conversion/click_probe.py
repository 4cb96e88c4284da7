"""Which click channel is whose, found by trying: a click raises the class that it is for.

MONAI from 1.6 on sorts the channels for clicks while it trains, and not while it segments, so a
bundle does not say how its weights were trained. The weights do.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

CLEAR_RISE = 0.5
"""Of a class's probability at every click of its own channel; untrained networks stay below."""

NO_RISE = 0.1
"""What clicks of all other channels may add to it."""

SIGMA_VOXELS = 3.0
PLACES = (0.3, 0.5, 0.7)
"""Where the clicks are tried, as parts of each side."""


def click_order_by_trying(
    network: torch.nn.Module,
    shape: tuple[int, ...],
    click_channels: list[int],
    send: Callable[..., None],
) -> list[int] | None:
    """For each click channel the class that it raises; None if that is not clear.

    ``click_channels`` are the classes that the channels after the image are thought to be for.
    The image is soft tissue with a little noise, shape (1, c, k, j, i).
    """
    if not click_channels:
        return None
    generator = torch.Generator().manual_seed(0)
    plain = torch.zeros(shape)
    plain[:, 0] = 0.5 + 0.05 * torch.randn(shape[2:], generator=generator)
    k, j, i = shape[2:]
    points = [(int(k * part), int(j * part), int(i * part)) for part in PLACES]
    spots = _spots(shape, points)
    before = _probabilities(network, plain, points)
    rises = []
    for number in range(len(click_channels)):
        send(progress=0.3 + 0.3 * number / len(click_channels), text="Trying its clicks")
        clicked = plain.clone()
        clicked[:, 1 + number] = spots
        rises.append(_probabilities(network, clicked, points) - before)
    return order_from_rises(torch.stack(rises))


def order_from_rises(rises: torch.Tensor) -> list[int] | None:
    """The class of each channel, from the rise of probability: shape (channels, classes, points).

    Class 0, background, is what remains: where nothing is, it cannot rise.
    """
    channels, classes, _ = rises.shape
    order = [0] * channels
    for number in range(1, classes):
        weakest, strongest = rises[:, number].amin(dim=1), rises[:, number].amax(dim=1)
        best = int(weakest.argmax())
        others = [float(strongest[other]) for other in range(channels) if other != best]
        if float(weakest[best]) < CLEAR_RISE or max(others, default=0.0) > NO_RISE:
            return None
        order[best] = number
    return order if sorted(order) == list(range(classes)) else None


def _probabilities(
    network: torch.nn.Module, inputs: torch.Tensor, points: list[tuple[int, int, int]]
) -> torch.Tensor:
    """Probability of each class at each point, shape (classes, points)."""
    answer = torch.softmax(network(inputs)[0], dim=0)
    return torch.stack([answer[:, k, j, i] for k, j, i in points], dim=1)


def _spots(shape: tuple[int, ...], points: list[tuple[int, int, int]]) -> torch.Tensor:
    """A Gaussian of height 1 at each point, as guidance is drawn."""
    spots = torch.zeros(shape[2:])
    for point in points:
        k, j, i = (
            torch.exp(-((torch.arange(side) - at) ** 2) / (2 * SIGMA_VOXELS**2))
            for side, at in zip(shape[2:], point, strict=True)
        )
        spots = torch.maximum(spots, k[:, None, None] * j[:, None] * i)
    return spots
