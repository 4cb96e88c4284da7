"""The Hounsfield units of one CT slice."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from imaging.errors import UnreadableSeriesError
from imaging.readers.slice_header import SliceHeader

MAX_DECODERS = 8
"""JPEG 2000 takes 40 ms a slice on one core; SimpleITK lets go of the interpreter meanwhile."""

Frames = tuple[SliceHeader, ...]
"""The images of one file."""


def hounsfield_slabs(images: Sequence[SliceHeader]) -> Iterator[NDArray[np.generic]]:
    """HU of each image in turn, shape (1, rows, columns), not yet rounded.

    Raises:
        UnreadableSeriesError: an image cannot be decompressed or is cut short.
    """
    files = [tuple(frames) for _, frames in groupby(images, key=lambda image: image.path)]
    for frames, values in zip(files, _in_order(files), strict=True):
        for image, plane in zip(frames, values, strict=True):
            if plane.shape != (image.rows, image.columns):
                raise UnreadableSeriesError(
                    f"{image.where} holds {plane.shape[1]}x{plane.shape[0]} pixels, its header "
                    f"says {image.columns}x{image.rows}. Copy or export the series again."
                )
            yield plane[np.newaxis]


def _in_order(files: Sequence[Frames]) -> Iterator[Iterable[NDArray[np.generic]]]:
    """HU of each file's frames; compressed files are decoded a few ahead, on several cores."""
    if all(image.pixels is not None and image.pixels.is_native for file in files for image in file):
        yield from map(_native, files)
        return
    workers = min(MAX_DECODERS, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Iterable[NDArray[np.generic]]]] = deque()
        for frames in files:
            waiting.append(pool.submit(_values, frames))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _values(frames: Frames) -> Iterable[NDArray[np.generic]]:
    is_native = all(image.pixels is not None and image.pixels.is_native for image in frames)
    return _native(frames) if is_native else _decompressed(frames)


def _native(frames: Frames) -> Iterable[NDArray[np.generic]]:
    return [_rescaled(_stored(image), image) for image in frames]


def _rescaled(stored: NDArray[np.integer], image: SliceHeader) -> NDArray[np.generic]:
    slope = 1.0 if image.slope is None else image.slope
    intercept = 0.0 if image.intercept is None else image.intercept
    if slope == 1.0 and intercept.is_integer() and abs(intercept) < 2**30 and stored.itemsize < 4:
        return stored.astype(np.int32) + np.int32(intercept)
    return stored * slope + intercept


def _stored(image: SliceHeader) -> NDArray[np.integer]:
    """The stored values of an uncompressed image."""
    pixels = image.pixels
    if pixels is None or pixels.offset is None or pixels.byte_count is None:
        raise ValueError("only uncompressed images lie in the file as they are")
    with image.path.open("rb") as file:
        file.seek(pixels.offset)
        data = file.read(pixels.byte_count)
    order = ">" if pixels.is_big_endian else "<"
    kind = "i" if pixels.is_signed else "u"
    stored = np.frombuffer(data, np.dtype(f"{order}{kind}{pixels.bits_allocated // 8}"))
    if stored.size != image.rows * image.columns:
        raise UnreadableSeriesError(f"{image.where} is cut short. Copy or export the series again.")
    unused = pixels.bits_allocated - pixels.bits_stored
    if unused:
        # Bits above the stored ones may hold an old overlay: push them out, fill with the sign.
        stored = (stored.astype(stored.dtype.newbyteorder("=")) << unused) >> unused
    return stored.reshape(image.rows, image.columns)


def _decompressed(frames: Frames) -> Iterable[NDArray[np.generic]]:
    """HU of compressed images of one file, by GDCM inside of SimpleITK, which rescales them."""
    path = frames[0].path
    if len({(image.slope, image.intercept) for image in frames}) > 1:
        raise UnreadableSeriesError(
            f"{path.name} is compressed and changes its rescale slope between frames, which cannot "
            "be decoded exactly. Export it uncompressed."
        )
    import SimpleITK as sitk  # Costs 0.1 s to import, which uncompressed series need not pay.

    reader = sitk.ImageFileReader()
    reader.SetImageIO("GDCMImageIO")
    reader.SetFileName(str(path))
    try:
        values = sitk.GetArrayFromImage(reader.Execute())
    except RuntimeError as error:
        raise UnreadableSeriesError(
            f"{path.name} cannot be decompressed: it is damaged, or its compression is not "
            "supported. Export the series uncompressed."
        ) from error
    if values.ndim == 2:
        values = values[np.newaxis]
    if values.ndim != 3 or max(image.frame or 0 for image in frames) >= len(values):
        raise UnreadableSeriesError(
            f"{path.name} holds fewer images than its header says. Export it again."
        )
    return [values[image.frame or 0] for image in frames]
