"""Reads NIfTI-1 and NIfTI-2: header, affine by the standard's rules, voxels as a stream.

Written here and not left to SimpleITK because ITK refuses sheared sforms, changes a spacing of 0
or nan to 1, and holds the volume in memory twice. RAS lives in this file only.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray

from imaging.errors import UnreadableFileError
from imaging.geometry import VolumeGeometry
from imaging.readers.grid_checks import grid_warnings, shear_problem
from imaging.readers.volume_source import VolumeSource, name_of_file

NIFTI1_BYTES = 348
NIFTI2_BYTES = 540

MAX_DISAGREEMENT_MM = 0.1
"""qform and sform of one file may place a corner this far apart before we speak of it."""

MAX_SPACING_RATIO = 1.01
"""Voxel sizes in ``pixdim`` and in the matrix may differ by rounding, not by more."""

MAX_GZIP_RATIO = 1032
"""Deflate cannot expand more than this; a header that needs more claims too much."""

MAX_TRAILING_SLABS = 64
"""So much may follow the voxels before we stop looking for the end."""

_SLAB_BYTES = 2**22
_GZIP_MAGIC = b"\x1f\x8b"
_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
_MILLIMETRES = (0, 2)
"""``xyzt_units`` codes: unknown and mm."""

_FIELDS_1 = {
    "dim": ("8i2", 40), "datatype": ("i2", 70), "pixdim": ("8f4", 76), "vox_offset": ("f4", 108),
    "slope": ("f4", 112), "intercept": ("f4", 116), "units": ("u1", 123), "qform": ("i2", 252),
    "sform": ("i2", 254), "quaternion": ("3f4", 256), "offset": ("3f4", 268),
    "srow": ("12f4", 280), "magic": ("S4", 344),
}  # fmt: skip
_FIELDS_2 = {
    "magic": ("S8", 4), "datatype": ("i2", 12), "dim": ("8i8", 16), "pixdim": ("8f8", 104),
    "vox_offset": ("i8", 168), "slope": ("f8", 176), "intercept": ("f8", 184), "qform": ("i4", 344),
    "sform": ("i4", 348), "quaternion": ("3f8", 352), "offset": ("3f8", 376),
    "srow": ("12f8", 400), "units": ("i4", 500),
}  # fmt: skip
_TYPES = {
    2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4", 1024: "i8",
    1280: "u8",
}  # fmt: skip
"""NIfTI's codes of real numbers; complex and colour images are no CT."""


@dataclass(frozen=True, slots=True, eq=False)
class _Header:
    """What counts of a NIfTI header, as Python numbers."""

    shape_ijk: tuple[int, int, int]
    dtype: np.dtype[Any]
    data_offset: int
    slope: float
    intercept: float
    units: int
    pixdim: NDArray[np.float64]
    sform: NDArray[np.float64] | None
    qform: NDArray[np.float64] | None


def open_nifti(path: Path) -> VolumeSource:
    """Read the header; the voxels follow when the slabs are walked.

    Raises:
        UnreadableFileError: it is damaged, has several volumes, or no usable geometry.
    """
    header = _read_header(path)
    affine, warnings = _affine_ras_ijk(path, header)
    affine_lps = _RAS_TO_LPS @ affine
    i, j, k = header.shape_ijk
    try:
        geometry = VolumeGeometry((k, j, i), affine_lps[:, [2, 1, 0, 3]])
    except ValueError as error:
        raise _refusal(path, "its voxel size or position is zero or not a number") from error
    if (problem := shear_problem(geometry)) is not None:
        raise UnreadableFileError(f"{path.name} cannot be opened. {problem}")
    if header.units & 7 not in _MILLIMETRES:
        warnings.append("Its header counts in metres or micrometres; the numbers count as mm.")
    warnings.extend(grid_warnings(geometry))
    return VolumeSource(geometry, name_of_file(path), tuple(warnings), _slabs(path, header))


def read_header_bytes(path: Path, max_bytes: int) -> bytes:
    """The header with its extensions as they lie in the file, at most so many bytes.

    Raises:
        UnreadableFileError: it is damaged.
    """
    header = _read_header(path)
    with _open(path) as file:
        return file.read(min(header.data_offset, max_bytes))


def _open(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked if they are packed, whatever the ending says."""
    with path.open("rb") as file:
        is_packed = file.read(2) == _GZIP_MAGIC
    return gzip.open(path, "rb") if is_packed else path.open("rb")  # type: ignore[return-value]


def _read_header(path: Path) -> _Header:
    try:
        with _open(path) as file:
            raw = file.read(NIFTI2_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path) from error
    orders: tuple[Literal["<", ">"], ...] = ("<", ">")
    for size, fields in ((NIFTI1_BYTES, _FIELDS_1), (NIFTI2_BYTES, _FIELDS_2)):
        for order in orders:
            if len(raw) >= size and raw[:4] == np.array(size, f"{order}i4").tobytes():
                return _parse(path, raw[:size], fields, order)
    raise _refusal(path, "it is not a NIfTI file, or its header is damaged; choose another file")


def _parse(
    path: Path, raw: bytes, fields: dict[str, tuple[str, int]], order: Literal["<", ">"]
) -> _Header:
    names = list(fields)
    layout = np.dtype(
        {
            "names": names,
            "formats": [fields[name][0] for name in names],
            "offsets": [fields[name][1] for name in names],
            "itemsize": len(raw),
        }
    ).newbyteorder(order)
    values = np.frombuffer(raw, layout)[0]
    magic = bytes(values["magic"])
    if magic.startswith((b"ni1", b"ni2")):
        raise _refusal(path, "its voxels lie in a second file; save it as one .nii file")
    if not magic.startswith((b"n+1", b"n+2")):
        raise _refusal(path, "it is an Analyze file, or its header is damaged; save it as NIfTI")
    code = int(values["datatype"])
    if code not in _TYPES:
        raise _refusal(path, f"its voxels are of a kind (code {code}) that no CT has")
    data_offset = float(values["vox_offset"])
    if not len(raw) <= data_offset < 2**40:
        raise _refusal(path, "its header is damaged (voxel offset)")
    dtype = np.dtype(_TYPES[code]).newbyteorder(order)
    shape_ijk = _shape(path, [int(n) for n in values["dim"]])
    _check_size(path, int(data_offset) + int(np.prod(shape_ijk, dtype=object)) * dtype.itemsize)
    srow = np.vstack([values["srow"].astype(np.float64).reshape(3, 4), [0, 0, 0, 1]])
    return _Header(
        shape_ijk=shape_ijk,
        dtype=dtype,
        data_offset=int(data_offset),
        slope=float(values["slope"]),
        intercept=float(values["intercept"]),
        units=int(values["units"]),
        pixdim=values["pixdim"].astype(np.float64),
        sform=srow if values["sform"] > 0 else None,
        qform=_qform(path, values) if values["qform"] > 0 else None,
    )


def _shape(path: Path, dim: list[int]) -> tuple[int, int, int]:
    count = dim[0]
    if not 1 <= count <= 7 or min(dim[1 : count + 1]) < 1:
        raise _refusal(path, "its header is damaged (dimensions)")
    sizes = dim[1 : count + 1] + [1] * (7 - count)
    extra = int(np.prod(sizes[3:], dtype=object))
    if extra > 1:
        raise _refusal(
            path, f"it holds {extra} volumes (time points or channels); save one of them on its own"
        )
    return sizes[0], sizes[1], sizes[2]


def _check_size(path: Path, needed_bytes: int) -> None:
    with path.open("rb") as file:
        is_packed = file.read(2) == _GZIP_MAGIC
    if path.stat().st_size * (MAX_GZIP_RATIO if is_packed else 1) < needed_bytes:
        raise _damaged(path)


def _qform(path: Path, values: Any) -> NDArray[np.float64]:  # noqa: ANN401 - a numpy record
    """The matrix of the quaternion form, as the standard (nifti1.h, "method 2") defines it."""
    b, c, d = values["quaternion"].astype(np.float64)
    rest = 1.0 - (b * b + c * c + d * d)
    if not rest > -1e-5:
        raise _refusal(path, "its orientation (quaternion) is damaged")
    a = np.sqrt(max(rest, 0.0))
    rotation = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    ) / (a * a + b * b + c * c + d * d)
    pixdim = values["pixdim"].astype(np.float64)
    _check_pixdim(path, pixdim)
    handedness = -1.0 if pixdim[0] < 0 else 1.0
    affine = np.eye(4)
    affine[:3, :3] = rotation * (pixdim[1:4] * [1.0, 1.0, handedness])
    affine[:3, 3] = values["offset"]
    return affine


def _check_pixdim(path: Path, pixdim: NDArray[np.float64]) -> None:
    if not (np.isfinite(pixdim[1:4]) & (pixdim[1:4] > 0)).all():
        sizes = " x ".join(f"{mm:g}" for mm in pixdim[1:4])
        raise _refusal(path, f"its voxel size is {sizes} mm; write it again from the original CT")


def _affine_ras_ijk(path: Path, header: _Header) -> tuple[NDArray[np.float64], list[str]]:
    """Sform before qform before nothing, as the standard and nibabel choose."""
    warnings: list[str] = []
    if header.sform is not None:
        sizes_mm = np.linalg.norm(header.sform[:3, :3], axis=0)
        if not np.isfinite(header.sform).all() or (sizes_mm == 0).any():
            raise _refusal(path, "its voxel size or position (sform) is zero or not a number")
        if header.qform is not None and _apart_mm(header) > MAX_DISAGREEMENT_MM:
            warnings.append(
                f"Its two position records (sform, qform) differ by {_apart_mm(header):.1f} mm; "
                "the sform counts. Check left and right."
            )
        ratio = sizes_mm / header.pixdim[1:4]
        if (
            header.qform is None
            and not ((ratio < MAX_SPACING_RATIO) & (ratio > 1 / MAX_SPACING_RATIO)).all()
        ):
            warnings.append("Its voxel size (pixdim) disagrees with its sform; the sform counts.")
        return header.sform, warnings
    if header.qform is not None:
        return header.qform, warnings
    _check_pixdim(path, header.pixdim)
    warnings.append(
        "The file does not say how it lies in the patient: left and right may be exchanged. "
        "Convert it again from the original CT."
    )
    # nibabel's choice for such files: centred, with x from right to left.
    affine = np.diag([*(header.pixdim[1:4] * [-1.0, 1.0, 1.0]), 1.0])
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(header.shape_ijk) - 1) / 2)
    return affine, warnings


def _apart_mm(header: _Header) -> float:
    if header.sform is None or header.qform is None:
        return 0.0
    i, j, k = np.array(header.shape_ijk) - 1
    corners = np.array([[a, b, c, 1] for a in (0, i) for b in (0, j) for c in (0, k)])
    return float(np.linalg.norm((corners @ (header.sform - header.qform).T)[:, :3], axis=1).max())


def _slabs(path: Path, header: _Header) -> Iterator[NDArray[np.generic]]:
    i, j, k = header.shape_ijk
    slice_bytes = i * j * header.dtype.itemsize
    per_slab = max(1, _SLAB_BYTES // slice_bytes)
    is_scaled = np.isfinite(header.slope) and header.slope not in (0.0, 1.0)
    is_shifted = np.isfinite(header.slope) and header.slope != 0 and header.intercept != 0
    if is_shifted and not np.isfinite(header.intercept):
        raise _refusal(path, f"its intercept (scl_inter) is {header.intercept}")
    try:
        with _open(path) as file:
            file.seek(header.data_offset)
            for first in range(0, k, per_slab):
                count = min(per_slab, k - first)
                data = file.read(count * slice_bytes)
                if len(data) < count * slice_bytes:
                    raise _damaged(path)
                values = np.frombuffer(data, header.dtype).reshape(count, j, i)
                if is_scaled or is_shifted:
                    yield values * np.float64(header.slope) + header.intercept
                else:
                    yield values
            _read_to_the_end(file)
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path) from error


def _read_to_the_end(file: IO[bytes]) -> None:
    """Gzip's checksum comes last, and is only looked at by who reads so far."""
    for _ in range(MAX_TRAILING_SLABS):
        if not file.read(_SLAB_BYTES):
            return


def _refusal(path: Path, reason: str) -> UnreadableFileError:
    return UnreadableFileError(f"{path.name} cannot be opened: {reason}.")


def _damaged(path: Path) -> UnreadableFileError:
    return UnreadableFileError(
        f"{path.name} is damaged or cut short: not all of its voxels are there. "
        "Copy or download it again."
    )
