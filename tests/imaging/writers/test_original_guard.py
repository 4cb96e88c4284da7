"""A mask never takes the place of a CT, and does take that of an older mask."""

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

from imaging.errors import WriteError
from imaging.readers.open_volume import open_volume
from imaging.sitk_bridge import sitk_from_array
from imaging.volume import Volume
from imaging.writers.original_guard import refuse_to_replace_ct
from imaging.writers.volume_file import WRITABLE_ENDINGS, write_label_file, write_volume_file


@pytest.fixture
def labels(oblique_geometry):
    return np.random.default_rng(3).integers(0, 5, oblique_geometry.shape).astype(np.uint8)


@pytest.mark.parametrize("ending", WRITABLE_ENDINGS)
def test_a_ct_stays_where_a_mask_was_to_go(ending, labels, oblique_geometry, tmp_path):
    path = tmp_path / f"ct{ending}"
    hu = np.random.default_rng(4).integers(-1024, 2000, labels.shape).astype(np.int16)
    write_volume_file(path, Volume(hu, oblique_geometry))

    with pytest.raises(WriteError, match=r"a CT has this name.*Choose another name"):
        write_label_file(path, labels, oblique_geometry)

    assert np.array_equal(open_volume(path).array, hu)


@pytest.mark.parametrize("ending", WRITABLE_ENDINGS)
@pytest.mark.parametrize("number", [np.uint8, np.int16])
def test_an_older_mask_is_replaced_whatever_its_numbers(
    ending, number, labels, oblique_geometry, tmp_path
):
    path = tmp_path / f"mask{ending}"
    sitk.WriteImage(sitk_from_array(np.zeros(labels.shape, number), oblique_geometry), str(path))

    write_label_file(path, labels, oblique_geometry)

    assert np.array_equal(open_volume(path).array, labels)


def test_a_mask_is_known_by_its_header_alone(labels, tmp_path, monkeypatch):
    monkeypatch.setattr("imaging.writers.original_guard.open_volume", None)
    nib.save(nib.Nifti2Image(labels, np.eye(4)), tmp_path / "second.nii")
    nib.save(nib.Nifti1Image(labels, np.eye(4)), tmp_path / "first.nii.gz")

    refuse_to_replace_ct(tmp_path / "second.nii")
    refuse_to_replace_ct(tmp_path / "first.nii.gz")


def test_what_cannot_be_read_may_be_replaced(labels, oblique_geometry, tmp_path):
    path = tmp_path / "mask.nii.gz"
    path.write_bytes(b"")

    write_label_file(path, labels, oblique_geometry)

    assert np.array_equal(open_volume(path).array, labels)
