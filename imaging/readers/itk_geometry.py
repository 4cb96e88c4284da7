"""A CT file's geometry to the last bit as ITK has it, to give what another program gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import SimpleITK as sitk

from imaging.sitk_bridge import geometry_from_sitk
from imaging.volume import Volume


def with_itk_geometry(volume: Volume, path: Path) -> Volume:
    """``volume`` with the geometry that ITK reads from its file, where it is the same place.

    Our readers take an affine as a file states it; ITK goes by way of a rotation and spacings, and
    differs in the eighth digit. MONAI cuts fractions off, so that digit can move a click by a
    voxel. Anything but one file that ITK reads as the same grid is left as it is.
    """
    if not path.is_file():
        return volume
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
    except RuntimeError:  # SimpleITK's only error: the file is read in another way
        return volume
    if reader.GetDimension() != 3:
        return volume
    geometry = geometry_from_sitk(reader)
    return replace(volume, geometry=geometry) if geometry.is_close(volume.geometry) else volume
