"""The usual way of each tool by SimpleITK or scipy, which the bench of the hands compares with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes, distance_transform_edt, gaussian_filter

SIZE_MM = 2.0
"""The tools' default size, which all of these take, too."""

SEED_REACH_MM = 25.0
NEAR_MM = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class PlainInput:
    """A structure in its own box with some room: finding that is left to the caller.

    Attributes:
        mask: the structure.
        other: another structure in the same box.
        hu: the CT in it.
        spacing_mm: of the voxels, (k, j, i).
    """

    mask: NDArray[np.bool_]
    other: NDArray[np.bool_]
    hu: NDArray[np.int16]
    spacing_mm: tuple[float, float, float]

    def image(self, mask: NDArray[np.bool_]) -> sitk.Image:
        """A mask as SimpleITK takes it."""
        image = sitk.GetImageFromArray(mask.astype(np.uint8))
        image.SetSpacing(self.spacing_mm[::-1])
        return image


def _margin(given: PlainInput) -> None:
    image = given.image(given.mask)
    distance = sitk.SignedMaurerDistanceMap(image, squaredDistance=False, useImageSpacing=True)
    sitk.GetArrayFromImage(distance <= SIZE_MM)


def _near(given: PlainInput) -> None:
    image = given.image(given.other)
    distance = sitk.SignedMaurerDistanceMap(image, squaredDistance=False, useImageSpacing=True)
    np.logical_and(given.mask, sitk.GetArrayFromImage(distance) <= NEAR_MM)


def _smooth(given: PlainInput) -> None:
    sigma = SIZE_MM / np.array(given.spacing_mm)
    np.greater(gaussian_filter(given.mask.astype(np.float64), sigma), 0.5)


def _median(given: PlainInput) -> None:
    radius = [int(SIZE_MM / mm) for mm in given.spacing_mm[::-1]]
    sitk.GetArrayFromImage(sitk.BinaryMedian(given.image(given.mask), radius))


def _holes(given: PlainInput) -> None:
    sitk.GetArrayFromImage(sitk.BinaryFillhole(given.image(given.mask)))


def _holes_in_slices(given: PlainInput) -> None:
    np.stack([binary_fill_holes(part) for part in given.mask])


def _islands(given: PlainInput) -> None:
    parts = sitk.RelabelComponent(sitk.ConnectedComponent(given.image(given.mask), True))
    sitk.GetArrayFromImage(parts == 1)


def _seeds(given: PlainInput) -> None:
    """Both fronts on the full grid, as far as the tool's reach."""
    middle, spread = np.median(given.hu[given.mask]), np.std(given.hu[given.mask])
    unlike = np.maximum(np.abs(given.hu - middle) / spread - 1, 0)
    speed = sitk.GetImageFromArray((1 / (1 + 2 * unlike**2)).astype(np.float32))
    speed.SetSpacing(given.spacing_mm[::-1])
    for seeds in (given.mask, given.other):
        border = sitk.GetArrayFromImage(sitk.BinaryContour(given.image(seeds), True))
        points = [(int(i), int(j), int(k)) for k, j, i in np.argwhere(border)]
        sitk.GetArrayFromImage(sitk.FastMarching(speed, points, 1.0, SEED_REACH_MM))


def _between(given: PlainInput) -> None:
    """Signed distances of each two drawn slices, mixed."""
    drawn = np.flatnonzero(given.mask.any(axis=(1, 2)))
    in_plane_mm = given.spacing_mm[1:]
    for first, last in pairwise(drawn):
        start, end = (
            distance_transform_edt(given.mask[k], in_plane_mm)
            - distance_transform_edt(~given.mask[k], in_plane_mm)
            for k in (first, last)
        )
        for k in range(first + 1, last):
            share = (k - first) / (last - first)
            np.greater((1 - share) * start + share * end, 0)


PLAIN_TOOLS: dict[str, tuple[str, Callable[[PlainInput], None]]] = {
    "smooth": ("scipy gaussian_filter", _smooth),
    "median": ("SimpleITK BinaryMedian", _median),
    "grow": ("SimpleITK SignedMaurerDistanceMap", _margin),
    "shrink": ("SimpleITK SignedMaurerDistanceMap", _margin),
    "holes": ("SimpleITK BinaryFillhole", _holes),
    "holes_in_slices": ("scipy binary_fill_holes", _holes_in_slices),
    "largest": ("SimpleITK ConnectedComponent", _islands),
    "islands": ("SimpleITK ConnectedComponent", _islands),
    "keep_island": ("SimpleITK ConnectedComponent", _islands),
    "drop_island": ("SimpleITK ConnectedComponent", _islands),
    "between": ("scipy distance_transform_edt", _between),
    "seeds": ("SimpleITK FastMarching", _seeds),
    "intersection": ("SimpleITK SignedMaurerDistanceMap", _near),
    "difference": ("SimpleITK SignedMaurerDistanceMap", _near),
}
