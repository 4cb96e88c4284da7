"""A de-identified NIfTI or NRRD has voxels and a place, and no text of its source."""

import gzip

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

from imaging.deidentification.volume_file import deidentify_volume_file
from imaging.readers.open_volume import open_volume


@pytest.fixture
def nifti(tmp_path):
    image = nib.Nifti1Image(
        np.arange(-60, 60, dtype=np.int16).reshape(4, 5, 6), np.diag([2, 3, 4, 1])
    )
    image.header["descrip"] = b"KANARI1"
    image.header["aux_file"] = b"KANARI2"
    image.header["db_name"] = b"KANARI3"
    image.header["intent_name"] = b"KANARI4"
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"KANARI5"))
    path = tmp_path / "KANARI6.nii.gz"
    nib.save(image, path)
    return path


def test_every_text_field_of_a_nifti_is_cleared(nifti, tmp_path):
    assert gzip.decompress(nifti.read_bytes()).count(b"KANARI") == 5
    target = tmp_path / "out.nii.gz"
    deidentify_volume_file(nifti, target)
    assert b"KANARI" not in gzip.decompress(target.read_bytes())
    assert b"KANARI" not in target.read_bytes()
    before, after = open_volume(nifti), open_volume(target)
    assert np.array_equal(before.array, after.array)
    assert after.geometry.is_close(before.geometry)


def test_the_keys_of_a_nrrd_are_cleared(tmp_path):
    image = sitk.GetImageFromArray(np.arange(-60, 60, dtype=np.int16).reshape(4, 5, 6))
    image.SetMetaData("PatientName", "KANARI")
    sitk.WriteImage(image, str(tmp_path / "in.nrrd"))
    deidentify_volume_file(tmp_path / "in.nrrd", tmp_path / "out.nrrd")
    assert b"KANARI" in (tmp_path / "in.nrrd").read_bytes()
    assert b"KANARI" not in (tmp_path / "out.nrrd").read_bytes()
