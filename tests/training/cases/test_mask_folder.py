"""Folders with one mask for each structure."""

import numpy as np
import pytest

from imaging.errors import CancelledError, CaseError, GeometryMismatchError
from imaging.writers.volume_file import write_label_file
from training.cases.mask_folder import open_mask_folder


def never():
    return False


@pytest.fixture
def write_mask(oblique_geometry, tmp_path):
    def write(name, part, geometry=oblique_geometry):
        mask = np.zeros(geometry.shape, np.uint8)
        mask[part] = 1
        write_label_file(tmp_path / name, mask, geometry)

    return write


def test_masks_become_one_label_map_and_the_first_structure_keeps_a_voxel(
    write_mask, oblique_geometry, tmp_path
):
    write_mask("kidney_left.nii.gz", np.s_[2:6, 2:6, 2:6])
    write_mask("spleen.nrrd", np.s_[4:8, 4:8, 4:8])
    write_mask("rib_left_7.nii.gz", np.s_[1:3])

    opened = open_mask_folder(tmp_path, oblique_geometry, is_cancelled=never)

    assert set(np.unique(opened.array)) == {0, 1, 5}
    assert (opened.array == 1).sum() == 4**3
    assert (opened.array == 5).sum() == 4**3 - 2**3
    assert opened.warnings == ("Masks overlapped in 8 voxels.",)


def test_a_folder_without_a_known_name_is_a_sentence(write_mask, oblique_geometry, tmp_path):
    write_mask("rib_left_7.nii.gz", np.s_[1:3])

    with pytest.raises(CaseError, match="kidney_left"):
        open_mask_folder(tmp_path, oblique_geometry, is_cancelled=never)


def test_a_mask_of_another_ct_is_refused(write_mask, oblique_geometry, flipped_geometry, tmp_path):
    write_mask("spleen.nii.gz", np.s_[1:3], flipped_geometry)

    with pytest.raises(GeometryMismatchError):
        open_mask_folder(tmp_path, oblique_geometry, is_cancelled=never)


def test_reading_can_be_cancelled(write_mask, oblique_geometry, tmp_path):
    write_mask("spleen.nii.gz", np.s_[1:3])

    with pytest.raises(CancelledError):
        open_mask_folder(tmp_path, oblique_geometry, is_cancelled=lambda: True)
