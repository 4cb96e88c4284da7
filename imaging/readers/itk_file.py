"""Reads NRRD and MetaImage with SimpleITK, after a look at their text headers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from imaging.errors import UnreadableFileError
from imaging.geometry import VolumeGeometry
from imaging.readers.grid_checks import grid_warnings, shear_problem
from imaging.readers.text_header import is_packing_intact, read_text_header
from imaging.readers.volume_source import VolumeSource, name_of_file
from imaging.sitk_bridge import geometry_from_sitk

_SLAB_BYTES = 2**22
_SPACING_KEYS = ("spacings", "space directions", "elementspacing", "elementsize")
_PLACE_KEYS = ("space", "space dimension", "transformmatrix", "rotation", "orientation")


def open_itk_file(path: Path) -> VolumeSource:
    """Read the header with our own eyes, then everything with SimpleITK.

    Raises:
        UnreadableFileError: it is damaged, not three-dimensional, or has no usable geometry.
    """
    header = read_text_header(path)
    _check_spacing(path, header.fields)
    if not is_packing_intact(path, header):
        raise _damaged(path)
    image = _decode(path)
    if image.GetNumberOfComponentsPerPixel() != 1:
        raise _refusal(
            path, f"each voxel has {image.GetNumberOfComponentsPerPixel()} values, a CT has one"
        )
    if image.GetDimension() == 2:
        image = sitk.JoinSeries(image)
    if image.GetDimension() == 4 and image.GetSize()[3] == 1:
        image = image[:, :, :, 0]
    if image.GetDimension() != 3:
        raise _refusal(
            path, "it holds several volumes (time points or channels); save one of them on its own"
        )
    try:
        geometry = geometry_from_sitk(image)
    except ValueError as error:
        raise _refusal(path, "its voxel size or position is zero or not a number") from error
    if (problem := shear_problem(geometry)) is not None:
        raise UnreadableFileError(f"{path.name} cannot be opened. {problem}")
    warnings = list(grid_warnings(geometry))
    if not any(key in header.fields for key in _PLACE_KEYS):
        warnings.append(
            "The file does not say how it lies in the patient: left and right may be exchanged. "
            "Convert it again from the original CT."
        )
    return VolumeSource(geometry, name_of_file(path), tuple(warnings), _slabs(image, geometry))


def _check_spacing(path: Path, fields: dict[str, str]) -> None:
    """Refuse what SimpleITK would silently replace by 1."""
    for key in _SPACING_KEYS:
        if key not in fields:
            continue
        for part in re.findall(r"\(([^)]*)\)", fields[key]) or fields[key].split():
            if part == "none":
                continue
            sizes = [_number(number) for number in part.split(",")]
            size_mm = math.sqrt(sum(mm * mm for mm in sizes)) if len(sizes) > 1 else sizes[0]
            if not (math.isfinite(size_mm) and size_mm > 0):
                raise _refusal(
                    path,
                    f"its voxel size is {fields[key]} mm; write it again from the original CT",
                )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _decode(path: Path) -> sitk.Image:
    reader = sitk.ImageFileReader()
    is_nrrd = path.name.lower().endswith((".nrrd", ".nhdr"))
    reader.SetImageIO("NrrdImageIO" if is_nrrd else "MetaImageIO")
    reader.SetFileName(str(path))
    try:
        return reader.Execute()
    except RuntimeError as error:
        if "allocate" in str(error) or "bad_alloc" in str(error):
            raise MemoryError from error
        raise _damaged(path) from error


def _slabs(image: sitk.Image, geometry: VolumeGeometry) -> Iterator[NDArray[np.generic]]:
    array = sitk.GetArrayViewFromImage(image)
    per_slab = max(1, _SLAB_BYTES // array[0].nbytes)
    for first in range(0, geometry.shape[0], per_slab):
        # A copy, because the view's memory goes with the image when this generator ends.
        yield array[first : first + per_slab].copy()


def _refusal(path: Path, reason: str) -> UnreadableFileError:
    return UnreadableFileError(f"{path.name} cannot be opened: {reason}.")


def _damaged(path: Path) -> UnreadableFileError:
    return UnreadableFileError(
        f"{path.name} is damaged, cut short or no volume: it cannot be decoded. "
        "Copy or save it again."
    )
