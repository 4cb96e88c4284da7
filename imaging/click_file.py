"""Reads and writes clicks as JSON, in the form that MONAI's bundles use.

``{"spleen": [[i, j, k], ...], "background": [[i, j, k], ...]}``: voxel indices of the CT file, i
(x) fastest; with ``"frame": "lps"`` the numbers are millimetres in the patient instead.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from imaging.clicks import Click
from imaging.errors import ClickFileError
from imaging.geometry import VolumeGeometry
from imaging.structures import Structure, structure_by_name
from imaging.writers.atomic_file import whole_file

BACKGROUND = "background"
FRAME = "frame"
VOXEL_FRAME = "voxel"
LPS_FRAME = "lps"

MAX_FILE_BYTES = 10_000_000
"""A hundred thousand clicks; what is larger is no click file."""

MAX_NUMBER = 1e9
"""Beyond any index and any millimetre; also catches NaN and infinity."""

_FORM = '{"spleen": [[i, j, k], ...], "background": [[i, j, k], ...]}'


def read_clicks(path: Path, geometry: VolumeGeometry, structure: str) -> tuple[Click, ...]:
    """The clicks for one structure: those under its name, and "background" as its background.

    ``structure`` is a name of the organ table. Clicks of other structures are checked and left out.

    Raises:
        ClickFileError: the file has not the documented form, or a click lies outside of the volume.
        KeyError: ``structure`` is not in the organ table.
    """
    wanted = structure_by_name(structure)
    entries = _load(path)
    frame = entries.pop(FRAME, VOXEL_FRAME)
    if frame not in (VOXEL_FRAME, LPS_FRAME):
        raise ClickFileError(
            f'{path.name}: "frame" is {_shown(frame)}; it can be "{VOXEL_FRAME}" or "{LPS_FRAME}".'
        )
    clicks: list[Click] = []
    for name, points in entries.items():
        is_background = name == BACKGROUND
        owner = wanted if is_background else _structure(path, name)
        for place, point in enumerate(_points(path, name, points), start=1):
            click = _click(path, f'"{name}" click {place}', point, frame, geometry)
            if owner == wanted:
                clicks.append(Click(click, wanted.name, is_foreground=not is_background))
    return tuple(clicks)


def write_clicks(
    path: Path, clicks: Sequence[Click], geometry: VolumeGeometry, *, frame: str = VOXEL_FRAME
) -> None:
    """Write clicks so that ``read_clicks`` gives them back, to the nearest voxel or exactly in mm.

    Raises:
        ClickFileError: several structures have background clicks, which the form cannot tell
            apart, or a click lies outside of the volume.
        WriteError: the file could not be written; an old one is intact.
    """
    if frame not in (VOXEL_FRAME, LPS_FRAME):
        raise ValueError(f"frame is {frame!r}")
    if len({click.structure for click in clicks if not click.is_foreground}) > 1:
        raise ClickFileError(
            "Background clicks of several structures cannot be told apart in one file. "
            "Write one file for each structure."
        )
    entries: dict[str, Any] = {FRAME: LPS_FRAME} if frame == LPS_FRAME else {}
    for click in clicks:
        entry = click.structure if click.is_foreground else BACKGROUND
        entries.setdefault(entry, []).append(_point(click, geometry, frame))
    with whole_file(path, ".json") as part:
        part.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


def _load(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ClickFileError(f"{path.name} is too large for a file of clicks.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ClickFileError(f"{path.name} is not text, so it holds no clicks.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise ClickFileError(f"{path.name} cannot be read ({reason}). Check the path.") from error
    try:
        entries = json.loads(text, object_pairs_hook=_without_repetition)
    except json.JSONDecodeError as error:
        raise ClickFileError(
            f"{path.name} is not JSON: {error.msg} in line {error.lineno}. It should be {_FORM}."
        ) from error
    except _RepeatedNameError as error:
        raise ClickFileError(
            f'{path.name} has "{error}" twice. Put all of its clicks into one list.'
        ) from error
    except (RecursionError, ValueError) as error:
        raise ClickFileError(f"{path.name} holds no clicks. It should be {_FORM}.") from error
    if not isinstance(entries, dict):
        raise ClickFileError(f"{path.name} holds {_shown(entries)}. It should be {_FORM}.")
    return entries


class _RepeatedNameError(Exception):
    """JSON lets the second of two equal names replace the first; clicks would be lost."""


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = {}
    for name, value in pairs:
        if name in entries:
            raise _RepeatedNameError(name)
        entries[name] = value
    return entries


def _structure(path: Path, name: str) -> Structure:
    try:
        return structure_by_name(name)
    except KeyError as error:
        raise ClickFileError(
            f'{path.name} has clicks for "{name}", which is neither "{BACKGROUND}" nor a structure '
            "of the organ table."
        ) from error


def _points(path: Path, name: str, points: object) -> list[object]:
    if not isinstance(points, list):
        raise ClickFileError(
            f'{path.name}: "{name}" is {_shown(points)}; it should be a list of clicks, '
            "[[i, j, k], ...]."
        )
    if len(points) == 3 and all(isinstance(p, (int, float)) for p in points):
        raise ClickFileError(
            f'{path.name}: "{name}" is one click, not a list of clicks. Write [{_shown(points)}].'
        )
    return points


def _click(
    path: Path, which: str, point: object, frame: str, geometry: VolumeGeometry
) -> tuple[float, float, float]:
    """The click's point in LPS mm."""
    is_voxel = frame == VOXEL_FRAME
    if (
        not isinstance(point, list)
        or len(point) != 3
        or not all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in point)
        or not all(abs(n) <= MAX_NUMBER for n in point)
    ):
        form = "[i, j, k]" if is_voxel else "[x, y, z]"
        raise ClickFileError(
            f"{path.name}: {which} is {_shown(point)}; a click is three numbers, {form}."
        )
    numbers = np.array(point, np.float64)
    if is_voxel and not (numbers == np.rint(numbers)).all():
        raise ClickFileError(
            f"{path.name}: {which} is {_shown(point)}; voxel indices are whole numbers. For "
            f'millimetres add "{FRAME}": "{LPS_FRAME}".'
        )
    point_lps = geometry.index_to_lps(numbers[::-1]) if is_voxel else numbers
    if geometry.nearest_index(point_lps) is None:
        raise ClickFileError(
            f"{path.name}: {which} is {_shown(point)}, outside of the volume, "
            f"{_extent(geometry, frame)}."
        )
    x, y, z = (float(mm) for mm in point_lps)
    return x, y, z


def _point(click: Click, geometry: VolumeGeometry, frame: str) -> list[float] | list[int]:
    if frame == LPS_FRAME:
        return list(click.point_lps)
    index_kji = geometry.nearest_index(click.point_lps)
    if index_kji is None:
        raise ClickFileError(
            f"A click at {_shown(click.point_lps)} mm lies outside of the volume and was not saved."
        )
    return list(index_kji[::-1])


def _extent(geometry: VolumeGeometry, frame: str) -> str:
    if frame == VOXEL_FRAME:
        i, j, k = (n - 1 for n in geometry.shape[::-1])
        return f"whose indices run to [{i}, {j}, {k}]"
    corners = geometry.corners_lps()
    low = ", ".join(f"{mm:.1f}" for mm in corners.min(axis=0))
    high = ", ".join(f"{mm:.1f}" for mm in corners.max(axis=0))
    return f"which lies between ({low}) and ({high}) mm"


def _shown(value: object) -> str:
    """A value as JSON, short enough for a sentence."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
