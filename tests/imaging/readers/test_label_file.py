"""A label map beside its CT: put on the CT's grid exactly, or refused."""

from itertools import permutations, product

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

from imaging.errors import GeometryMismatchError, UnreadableFileError
from imaging.geometry import VolumeGeometry
from imaging.readers.label_file import open_label_map, reordered
from imaging.readers.open_volume import open_volume
from imaging.sitk_bridge import sitk_from_array

TURNS = list(product(permutations(range(3)), product((1, -1), repeat=3)))


def turned(labels, geometry, axes, signs):
    """The same patient stored with other axes: labels and grid together, by hand."""
    stored = labels.transpose(axes)[tuple(slice(None, None, sign) for sign in signs)]
    affine = geometry.affine.copy()
    affine[:3, :3] = geometry.affine[:3, axes] * signs
    first = np.zeros(3)
    for axis, sign in zip(axes, signs, strict=True):
        if sign < 0:
            first[axis] = geometry.shape[axis] - 1
    affine[:3, 3] = geometry.index_to_lps(first)
    return np.ascontiguousarray(stored), VolumeGeometry(stored.shape, affine)


@pytest.fixture
def labels(oblique_geometry):
    return np.random.default_rng(2).integers(0, 200, oblique_geometry.shape).astype(np.uint8)


@pytest.mark.parametrize(("axes", "signs"), TURNS)
def test_every_order_and_direction_of_axes_is_put_back_exactly(
    axes, signs, labels, oblique_geometry
):
    stored, own = turned(labels, oblique_geometry, axes, signs)
    assert np.array_equal(reordered(stored, own, oblique_geometry, "x"), labels)


def test_a_cube_turned_about_an_axis_is_put_back_by_place_and_not_by_shape():
    cube = VolumeGeometry.from_parts((4, 4, 4), (1, 2, 3), (1, 1, 1))
    labels = np.arange(64, dtype=np.uint8).reshape(4, 4, 4)
    for axes, signs in TURNS:
        stored, own = turned(labels, cube, axes, signs)
        assert np.array_equal(reordered(stored, own, cube, "x"), labels)


@pytest.mark.parametrize("ending", [".nii.gz", ".nrrd", ".mha"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32, np.uint32])
def test_a_label_file_of_any_type_is_read(ending, dtype, labels, oblique_geometry, tmp_path):
    stored, own = turned(labels, oblique_geometry, (0, 1, 2), (1, -1, 1))
    path = tmp_path / f"labels{ending}"
    sitk.WriteImage(sitk_from_array(stored.astype(dtype), own), str(path))
    found = open_label_map(path, oblique_geometry)
    assert found.dtype == np.uint8
    assert np.array_equal(found, labels)


def test_another_size_is_refused(oblique_geometry, flipped_geometry, tmp_path):
    path = tmp_path / "labels.nii"
    zeros = np.zeros(flipped_geometry.shape, np.uint8)
    sitk.WriteImage(sitk_from_array(zeros, flipped_geometry), str(path))
    with pytest.raises(GeometryMismatchError, match="has 34x26x18 voxels, the CT has 40x30x20"):
        open_label_map(path, oblique_geometry)


@pytest.mark.parametrize("shift_mm", [0.5, 10.0])
def test_another_place_is_refused(shift_mm, labels, oblique_geometry):
    affine = oblique_geometry.affine.copy()
    affine[0, 3] += shift_mm
    moved = VolumeGeometry(oblique_geometry.shape, affine)
    with pytest.raises(GeometryMismatchError, match=f"middle is {shift_mm} mm away"):
        reordered(labels, moved, oblique_geometry, "x")


def test_a_mirrored_patient_is_refused(labels, oblique_geometry):
    affine = np.diag([-1.0, 1, 1, 1]) @ oblique_geometry.affine
    with pytest.raises(GeometryMismatchError):
        reordered(labels, VolumeGeometry(labels.shape, affine), oblique_geometry, "x")


def test_rounding_in_the_header_does_not_matter(labels, oblique_geometry):
    affine = np.float32(oblique_geometry.affine).astype(float)
    affine[:3] = np.round(affine[:3], 5)
    own = VolumeGeometry(labels.shape, affine)
    assert np.array_equal(reordered(labels, own, oblique_geometry, "x"), labels)


@pytest.mark.parametrize(
    ("value", "sentence"), [(300, "from 0 to 300"), (-1, "from -1 to 0"), (0.5, "fractions")]
)
def test_values_that_are_no_labels_are_refused(value, sentence, oblique_geometry, tmp_path):
    array = np.zeros(oblique_geometry.shape, np.float32)
    array[3, 4, 5] = value
    path = tmp_path / "labels.nrrd"
    sitk.WriteImage(sitk_from_array(array, oblique_geometry), str(path))
    with pytest.raises(UnreadableFileError, match=sentence):
        open_label_map(path, oblique_geometry)


def test_a_missing_file_says_so(oblique_geometry, tmp_path):
    with pytest.raises(UnreadableFileError, match="There is no file"):
        open_label_map(tmp_path / "none.nii", oblique_geometry)


@pytest.mark.data
def test_the_open_dicom_cts_labels_lie_on_its_organs(shared_data):
    folder = shared_data / "ct" / "totalseg_dicom"
    volume = open_volume(folder / "series")
    labels = open_label_map(folder / "labels_all.nii.gz", volume.geometry)
    image = nib.load(folder / "labels_all.nii.gz")
    for index_kji in np.argwhere(labels == 5)[::5000]:
        x, y, z = volume.geometry.index_to_lps(index_kji)
        ijk = np.linalg.inv(image.affine) @ [-x, -y, z, 1]
        assert image.dataobj[tuple(np.rint(ijk[:3]).astype(int))] == 5
    liver_hu = volume.array[labels == 5]
    assert 40 < np.median(liver_hu) < 160


def test_a_file_that_is_none_is_called_no_label_file(oblique_geometry, tmp_path):
    path = tmp_path / "README.md"
    path.write_text("# Read me", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match=r"README\.md is no label file.*NIfTI.*RTSTRUCT"):
        open_label_map(path, oblique_geometry)
