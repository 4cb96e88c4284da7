"""A CT from a research format becomes a valid DICOM series that segmentations can name."""

import numpy as np
import pydicom
import pytest

from imaging.errors import UnnamedSeriesError, WriteError
from imaging.geometry import VolumeGeometry
from imaging.readers.dicom_seg import open_dicom_seg
from imaging.readers.label_file import reordered
from imaging.readers.source_series import read_source_series
from imaging.structures import STRUCTURES
from imaging.volume import Volume
from imaging.writers.ct_series import holds_same_ct, write_ct_series
from imaging.writers.dicom_seg import write_dicom_seg
from imaging.writers.mask_origin import MaskOrigin


def random_ct(geometry):
    hu = np.random.default_rng(1).integers(-1024, 3000, geometry.shape).astype(np.int16)
    return Volume(hu, geometry)


def test_the_series_is_valid_and_holds_the_same_ct(grid, errors_in, tmp_path):
    volume = random_ct(grid)
    source = write_ct_series(tmp_path / "ct", volume, "P0003")
    assert errors_in(source.paths[0]) == []
    values = np.stack([pydicom.dcmread(path).pixel_array for path in source.paths])
    # The series may run the other way; put both in one order by their place.
    low = reordered((values & 0xFF).astype(np.uint8), source.geometry, grid, "ct")
    assert np.array_equal(low, (volume.array & 0xFF).astype(np.uint8))
    first = source.images[0]
    assert first.PatientID == "P0003"
    assert list(first.ImageType) == ["DERIVED", "SECONDARY", "AXIAL"]
    assert len({image.SOPInstanceUID for image in source.images}) == len(source.images)


def test_a_nifti_ct_gets_a_series_of_its_own_and_its_masks_refer_to_it(
    oblique_geometry, labels_on, tmp_path
):
    volume, labels = random_ct(oblique_geometry), labels_on(oblique_geometry)
    nifti = tmp_path / "ct.nii.gz"
    with pytest.raises(UnnamedSeriesError, match=r"ct\.nii\.gz is no DICOM series"):
        read_source_series(nifti)
    source = write_ct_series(tmp_path / "ct", volume, "P0003")
    path = tmp_path / "masks.dcm"
    write_dicom_seg(path, labels, oblique_geometry, STRUCTURES, source, MaskOrigin())
    opened = open_dicom_seg(path, oblique_geometry, source.frame_of_reference_uid)
    assert np.array_equal(np.concatenate(list(opened.slabs)), labels)
    series = pydicom.dcmread(path).ReferencedSeriesSequence[0]
    assert series.SeriesInstanceUID == source.images[0].SeriesInstanceUID


def test_a_series_written_before_is_known_again_also_where_it_runs_the_other_way(
    oblique_geometry, tmp_path
):
    mirrored = oblique_geometry.affine @ np.diag([-1.0, 1, 1, 1])  # as many NIfTI files are
    geometry = VolumeGeometry(oblique_geometry.shape, mirrored)
    volume = random_ct(geometry)
    source = write_ct_series(tmp_path / "ct", volume, "P0003")
    assert not source.geometry.is_close(geometry)
    assert holds_same_ct(tmp_path / "ct", volume)
    changed = volume.array.copy()
    changed[3, 4, 5] += 1
    assert not holds_same_ct(tmp_path / "ct", Volume(changed, geometry))
    affine = geometry.affine.copy()
    affine[2, 3] += 1
    moved = VolumeGeometry(geometry.shape, affine)
    assert not holds_same_ct(tmp_path / "ct", Volume(volume.array, moved))


def test_a_grid_that_is_no_stack_of_pictures_is_refused(tmp_path):
    affine = np.eye(4)
    affine[:3, :3] = [[0, 0, 1], [0, 1, 0.2], [2, 0, 0]]  # rows lean against columns
    volume = random_ct(VolumeGeometry((5, 6, 7), affine))
    with pytest.raises(WriteError):
        write_ct_series(tmp_path / "ct", volume, "P0003")
    assert list(tmp_path.iterdir()) == []
