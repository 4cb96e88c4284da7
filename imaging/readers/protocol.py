"""What the decoding process is asked and what it answers: JSON lines, and raw voxels.

The parent writes one ``DecodeRequest`` to the child's standard input. The child answers on its
standard output with any number of ``Progress`` lines, then one ``Failed``, ``Crashed`` or
``SeriesFound``; or a ``VoxelsFollow`` line, ``VoxelChunk`` lines and ``Finished``.
Nothing is ever unpickled.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.readers.series_info import SeriesInfo


class DecodeTask(StrEnum):
    """What the child shall do with a path."""

    VOLUME = "volume"
    LABELS = "labels"
    SERIES = "series"
    PREVIEWS = "previews"


@dataclass(frozen=True, slots=True)
class TargetGrid:
    """The CT's grid, on which segmentation objects are to be drawn.

    Attributes:
        shape: (k, j, i).
        affine: as in ``VoxelsFollow``.
        frame_uid: DICOM's name of the CT's patient frame; None where it is not known.
    """

    shape: tuple[int, int, int]
    affine: tuple[float, ...]
    frame_uid: str | None


@dataclass(frozen=True, slots=True)
class DecodeRequest:
    """One job for one child.

    ``series_uid`` is None where the path alone says which series is meant; ``grid`` is needed
    only for labels, and of those only for DICOM objects, which have no grid of their own.
    """

    task: DecodeTask
    path: str
    series_uid: str | None
    memory_limit_bytes: int
    grid: TargetGrid | None = None

    def to_line(self) -> bytes:
        """One line of JSON; path characters outside of Unicode survive it."""
        return _line(asdict(self))

    @classmethod
    def from_line(cls, line: bytes) -> DecodeRequest:
        """The inverse of ``to_line``."""
        fields = json.loads(line)
        fields["task"] = DecodeTask(fields["task"])
        if fields["grid"] is not None:
            grid = fields["grid"]
            fields["grid"] = TargetGrid(
                tuple(grid["shape"]), tuple(grid["affine"]), grid["frame_uid"]
            )
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the child is: ``share`` from 0 to 1."""

    share: float
    text: str


@dataclass(frozen=True, slots=True)
class VoxelsFollow:
    """The grid whose voxels come next, as raw bytes in (k, j, i) order.

    Attributes:
        dtype: "int16" for HU, "uint8" for labels and grey pictures.
        shape: (k, j, i).
        affine: the 16 numbers of the (k, j, i, 1) -> LPS matrix, row by row.
    """

    dtype: str
    shape: tuple[int, int, int]
    affine: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class VoxelChunk:
    """The next ``byte_count`` bytes after this line are voxels."""

    byte_count: int


@dataclass(frozen=True, slots=True)
class Finished:
    """All voxels were sent; the last two fields are as in ``VolumeSource``."""

    name: str
    warnings: tuple[str, ...]
    label_names: tuple[tuple[int, str], ...] = ()
    has_our_values: bool = False


@dataclass(frozen=True, slots=True)
class SeriesFound:
    """The answer to ``DecodeTask.SERIES``, most useful first."""

    series: tuple[SeriesInfo, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """An expected failure: the name of a class in ``imaging.errors`` and its sentence."""

    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """An unexpected failure, with its traceback for the log."""

    traceback: str


Answer = Progress | VoxelsFollow | VoxelChunk | Finished | SeriesFound | Failed | Crashed
_ANSWERS = {
    cls.__name__: cls
    for cls in (Progress, VoxelsFollow, VoxelChunk, Finished, SeriesFound, Failed, Crashed)
}


def answer_to_line(answer: Answer) -> bytes:
    """One line of JSON that names the answer's type."""
    return _line({"answer": type(answer).__name__, **asdict(answer)})


def answer_from_line(line: bytes) -> Answer:
    """The inverse of ``answer_to_line``."""
    fields = json.loads(line)
    kind = _ANSWERS[fields.pop("answer")]
    if kind is SeriesFound:
        return SeriesFound(tuple(_series_from_fields(one) for one in fields["series"]))
    for name, value in fields.items():
        if isinstance(value, list):
            fields[name] = tuple(value)
    return kind(**fields)


def affine_numbers(affine: NDArray[np.float64]) -> tuple[float, ...]:
    """A (4, 4) matrix as 16 numbers; JSON keeps every digit of a float."""
    return tuple(float(x) for x in affine.ravel())


def _series_from_fields(fields: dict[str, Any]) -> SeriesInfo:
    fields["shape"] = None if fields["shape"] is None else tuple(fields["shape"])
    fields["warnings"] = tuple(fields["warnings"])
    return SeriesInfo(**fields)


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields).encode("ascii") + b"\n"
