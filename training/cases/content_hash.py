"""The fingerprint of an image: its voxels and where they lie, whatever the file format."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry


def content_sha256(array: NDArray[np.generic], geometry: VolumeGeometry) -> str:
    """SHA-256 of voxels, their type, shape and affine, as 64 hex digits.

    The affine counts in single precision, as NIfTI keeps it, so that an image and its NIfTI file
    have the same fingerprint. Takes about 0.1 s for 40 MB.
    """
    if array.shape != geometry.shape:
        raise ValueError(f"array {array.shape} does not fit grid {geometry.shape}")
    little_endian: np.dtype[Any] = array.dtype.newbyteorder("<")
    # Adding zero turns -0.0 into 0.0: the same place must give the same bytes.
    affine = geometry.affine.astype("<f4") + np.float32(0)
    digest = hashlib.sha256()
    digest.update(f"{little_endian.str} {array.shape}".encode())
    digest.update(affine.tobytes())
    digest.update(np.ascontiguousarray(array, little_endian).data)
    return digest.hexdigest()
