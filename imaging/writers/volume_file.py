"""Writes label maps and volumes as NIfTI, NRRD or MetaImage, and believes it only after reading.

Every file is written beside its target, read back by our own reader, compared voxel by voxel and
corner by corner, and only then put in the target's place.
"""

from __future__ import annotations

import errno
import gzip
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from imaging.errors import UnreadableFileError, WriteError
from imaging.geometry import VolumeGeometry
from imaging.readers.volume_source import open_source
from imaging.sitk_bridge import sitk_from_array
from imaging.structures import Structure
from imaging.volume import Volume
from imaging.writers.atomic_file import whole_file
from imaging.writers.mask_description import DESCRIPTION, OTHER_VALUES_DESCRIPTION
from imaging.writers.original_guard import refuse_to_replace_ct

WRITABLE_ENDINGS = (".nii.gz", ".nii", ".nrrd", ".mha")

MAX_MISPLACEMENT_MM = 1e-3
"""NIfTI keeps positions in single precision: 3e-5 mm at half a metre."""

GZIP_LEVEL = 4
"""Twice as fast as the usual 6 on CT, and 2 % larger."""

_NIFTI_SROW_OFFSET = 280
"""Where the twelve numbers of the sform lie in a NIfTI-1 header."""

_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def write_label_file(
    path: Path,
    labels: NDArray[np.uint8],
    geometry: VolumeGeometry,
    structures: Sequence[Structure] = (),
    *,
    has_our_values: bool = True,
) -> None:
    """Write a label map, shape (k, j, i), on the grid of its CT.

    The ending of ``path`` chooses the format. NRRD also keeps the ``structures``' names, values
    and colours in the way that 3D Slicer's segmentations do. Without ``has_our_values`` the file
    does not claim the organ table's values, so opening it asks what its own mean.

    Raises:
        WriteError: it could not be written, did not read back the same, or a CT has its name; the
            old file is intact.
    """
    if labels.dtype != np.uint8:
        raise ValueError(f"labels are uint8, got {labels.dtype}")
    description = DESCRIPTION if has_our_values else OTHER_VALUES_DESCRIPTION
    refuse_to_replace_ct(path)
    _write(path, labels, geometry, structures, description)


def write_volume_file(path: Path, volume: Volume) -> None:
    """Write a CT's Hounsfield units as int16, in the place of whatever is there.

    Raises:
        WriteError: it could not be written, or did not read back the same; the old file is intact.
    """
    _write(path, volume.array, volume.geometry, (), DESCRIPTION)


def _write(
    path: Path,
    array: NDArray[np.uint8] | NDArray[np.int16],
    geometry: VolumeGeometry,
    structures: Sequence[Structure],
    description: str,
) -> None:
    if array.shape != geometry.shape:
        raise ValueError(f"array {array.shape} does not fit grid {geometry.shape}")
    ending = _ending(path)
    if not path.parent.is_dir():
        raise WriteError(
            f"{path.name} was not saved: the folder {path.parent.name} does not exist. "
            "Make it, or save to another folder."
        )
    image = sitk_from_array(array, geometry)
    # ITK's key for NIfTI's "descrip" and for a plain field elsewhere.
    image.SetMetaData("ITK_FileNotes" if ending.startswith(".nii") else "Description", description)
    if ending == ".nrrd":
        _name_segments(image, structures)
    with whole_file(path, ending) as part:
        if ending.startswith(".nii"):
            _write_nifti(part, image, geometry, is_packed=ending == ".nii.gz")
        else:
            _write_with_itk(part, image)
        _compare(path, part, array, geometry)


def _ending(path: Path) -> str:
    for ending in WRITABLE_ENDINGS:
        if path.name.lower().endswith(ending):
            return ending
    raise WriteError(
        f"{path.name} was not saved: its ending names no format. "
        f"Use one of {', '.join(WRITABLE_ENDINGS)}."
    )


def _write_with_itk(part: Path, image: sitk.Image) -> None:
    try:
        sitk.WriteImage(image, str(part), useCompression=part.suffix != ".nii")
    except RuntimeError as error:
        free_bytes = shutil.disk_usage(part.parent).free
        needed_bytes = image.GetNumberOfPixels() * image.GetSizeOfPixelComponent()
        code = errno.ENOSPC if free_bytes < needed_bytes else errno.EIO
        raise OSError(code, os.strerror(code)) from error


def _write_nifti(
    part: Path, image: sitk.Image, geometry: VolumeGeometry, *, is_packed: bool
) -> None:
    """Let ITK write, then put our own sform in: ITK's has exactly orthogonal directions."""
    left, _, right = np.linalg.svd(np.array(image.GetDirection()).reshape(3, 3))
    image.SetDirection([float(x) for x in (left @ right).ravel()])
    plain = part.with_name(part.name.removesuffix(".gz")) if is_packed else part
    try:
        _write_with_itk(plain, image)
        affine_ras = _RAS_TO_LPS @ geometry.affine[:, [2, 1, 0, 3]]
        with plain.open("rb+") as file:
            file.seek(_NIFTI_SROW_OFFSET)
            file.write(affine_ras[:3].astype("<f4").tobytes())
        if is_packed:
            with plain.open("rb") as source, gzip.open(part, "wb", GZIP_LEVEL) as target:
                shutil.copyfileobj(source, target, 2**20)
    finally:
        if is_packed:
            plain.unlink(missing_ok=True)


def _name_segments(image: sitk.Image, structures: Sequence[Structure]) -> None:
    for number, structure in enumerate(structures):
        color = " ".join(f"{channel / 255:.6f}" for channel in structure.color_rgb)
        fields = {
            "ID": structure.name.replace(" ", "_"),
            "Name": structure.title,
            "LabelValue": str(structure.label_value),
            "Layer": "0",
            "Color": color,
        }
        for key, value in fields.items():
            image.SetMetaData(f"Segment{number}_{key}", value)


def _compare(
    path: Path,
    part: Path,
    array: NDArray[np.uint8] | NDArray[np.int16],
    geometry: VolumeGeometry,
) -> None:
    problem = WriteError(
        f"{path.name} was not saved: what was written did not read back the same. The disk may be "
        "full or damaged; save to another one. What was there before is unchanged."
    )
    try:
        source = open_source(part, None, lambda _share, _text: None)
        first = 0
        for slab in source.slabs:
            if not np.array_equal(slab, array[first : first + len(slab)]):
                raise problem
            first += len(slab)
    except UnreadableFileError as error:
        raise problem from error
    if first != len(array) or not source.geometry.is_close(geometry, MAX_MISPLACEMENT_MM):
        raise problem
