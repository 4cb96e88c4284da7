"""NRRD and MetaImage against SimpleITK, and the headers that SimpleITK would bend."""

import numpy as np
import pytest
import SimpleITK as sitk

from imaging.errors import UnreadableFileError
from imaging.geometry import VolumeGeometry
from imaging.readers.volume_source import open_source
from imaging.sitk_bridge import sitk_from_array

ENDINGS = [".nrrd", ".nhdr", ".mha", ".mhd"]


def read(path):
    source = open_source(path, None, lambda _share, _text: None)
    return source, np.concatenate(list(source.slabs))


def written(tmp_path, geometry, ending, dtype=np.int16):
    array = np.random.default_rng(1).integers(-1000, 1000, geometry.shape).astype(dtype)
    path = tmp_path / f"ct{ending}"
    sitk.WriteImage(sitk_from_array(array, geometry), str(path))
    return path, array


@pytest.mark.parametrize("ending", ENDINGS)
def test_grid_and_values_come_back(ending, oblique_geometry, tmp_path):
    path, array = written(tmp_path, oblique_geometry, ending)
    source, decoded = read(path)
    assert np.array_equal(decoded, array)
    assert source.geometry.is_close(oblique_geometry, 1e-9)
    assert source.warnings == ()
    assert source.name == "ct"


def test_a_nrrd_in_ras_is_turned_into_lps(oblique_geometry, tmp_path):
    path, _ = written(tmp_path, oblique_geometry, ".nrrd")
    text = path.read_bytes().replace(b"left-posterior-superior", b"right-anterior-superior")
    path.write_bytes(text)
    turned = read(path)[0].geometry.affine
    assert np.allclose(turned[:2], -oblique_geometry.affine[:2])
    assert np.allclose(turned[2:], oblique_geometry.affine[2:])


@pytest.mark.parametrize("size", ["0", "nan", "-1", "inf", "x"])
def test_a_meta_image_spacing_that_is_none_is_refused(size, flipped_geometry, tmp_path):
    path, _ = written(tmp_path, flipped_geometry, ".mha")
    head, _, tail = path.read_bytes().partition(b"ElementSpacing = ")
    path.write_bytes(
        head + b"ElementSpacing = " + size.encode() + b" 1 1\n" + tail.split(b"\n", 1)[1]
    )
    with pytest.raises(UnreadableFileError, match="its voxel size is"):
        read(path)


@pytest.mark.parametrize("vector", ["(0,0,0)", "(nan,0,0)", "(inf,0,0)"])
def test_a_nrrd_direction_that_is_none_is_refused(vector, flipped_geometry, tmp_path):
    path, _ = written(tmp_path, flipped_geometry, ".nrrd")
    head, _, tail = path.read_bytes().partition(b"space directions: ")
    line, rest = tail.split(b"\n", 1)
    vectors = line.split(b") (")
    changed = b"space directions: " + vector.encode() + b" (" + b") (".join(vectors[1:])
    path.write_bytes(head + changed + b"\n" + rest)
    with pytest.raises(UnreadableFileError, match="its voxel size is"):
        read(path)


def test_a_nrrd_without_directions_is_opened_with_a_warning(tmp_path):
    voxels = np.arange(24, dtype="<i2")
    header = b"NRRD0004\ntype: short\ndimension: 3\nsizes: 4 3 2\nendian: little\nencoding: raw\n"
    (tmp_path / "ct.nrrd").write_bytes(header + b"spacings: 1 1 2\n\n" + voxels.tobytes())
    source, decoded = read(tmp_path / "ct.nrrd")
    assert np.array_equal(decoded.ravel(), voxels)
    assert any("left and right may be exchanged" in one for one in source.warnings)


def test_a_sheared_nrrd_is_refused(flipped_geometry, tmp_path):
    affine = flipped_geometry.affine.copy()
    affine[:3, 0] += affine[:3, 1]
    sheared = type(flipped_geometry)(flipped_geometry.shape, affine)
    path, _ = written(tmp_path, sheared, ".nrrd")
    with pytest.raises(UnreadableFileError, match="lean by"):
        read(path)


@pytest.mark.parametrize("ending", ENDINGS)
def test_colour_images_are_refused(ending, tmp_path):
    image = sitk.GetImageFromArray(np.zeros((3, 4, 5, 3), np.uint8), isVector=True)
    sitk.WriteImage(image, str(tmp_path / f"ct{ending}"))
    with pytest.raises(UnreadableFileError, match="each voxel has 3 values"):
        read(tmp_path / f"ct{ending}")


@pytest.mark.parametrize("ending", [".nrrd", ".mha"])
def test_several_volumes_are_refused(ending, tmp_path):
    sitk.WriteImage(sitk.Image([5, 4, 3, 2], sitk.sitkInt16), str(tmp_path / f"ct{ending}"))
    with pytest.raises(UnreadableFileError, match="holds several volumes"):
        read(tmp_path / f"ct{ending}")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_cut_short_is_one_sentence(ending, flipped_geometry, tmp_path):
    path, _ = written(tmp_path, flipped_geometry, ending)
    data_file = {".nhdr": "ct.raw.gz", ".mhd": "ct.raw"}.get(ending, path.name)
    data_path = tmp_path / data_file
    if not data_path.exists():
        data_path = tmp_path / "ct.raw"
    data_path.write_bytes(data_path.read_bytes()[:-2000])
    with pytest.raises(UnreadableFileError, match="cannot be decoded"):
        read(path)


@pytest.mark.parametrize("ending", [".nrrd", ".mha"])
def test_one_wrong_byte_in_a_packed_file_is_refused(ending, flipped_geometry, tmp_path):
    array = np.random.default_rng(1).integers(-9, 9, flipped_geometry.shape).astype(np.int16)
    path = tmp_path / f"ct{ending}"
    sitk.WriteImage(sitk_from_array(array, flipped_geometry), str(path), True)
    good = path.read_bytes()
    assert np.array_equal(read(path)[1], array)
    for position in range(len(good) // 2, len(good) - 8, len(good) // 20):
        bad = bytearray(good)
        bad[position] ^= 0x55
        path.write_bytes(bad)
        with pytest.raises(UnreadableFileError, match="cannot be decoded"):
            read(path)


def test_a_packed_volume_beside_its_header_is_read(flipped_geometry, tmp_path):
    array = np.random.default_rng(1).integers(-9, 9, flipped_geometry.shape).astype(np.int16)
    for ending in (".nhdr", ".mhd"):
        path = tmp_path / f"ct{ending}"
        sitk.WriteImage(sitk_from_array(array, flipped_geometry), str(path), True)
        assert np.array_equal(read(path)[1], array)


def test_a_header_whose_voxels_are_gone_is_one_sentence(flipped_geometry, tmp_path):
    path, _ = written(tmp_path, flipped_geometry, ".mhd")
    (tmp_path / "ct.raw").unlink()
    with pytest.raises(UnreadableFileError, match="cannot be decoded"):
        read(path)


@pytest.mark.parametrize("ending", [".nrrd", ".mha", ".nii.gz"])
@pytest.mark.parametrize("shape", [(2, 16, 16), (16, 16, 2)])
def test_a_file_of_few_slices_is_opened_with_a_warning(shape, ending, tmp_path):
    geometry = VolumeGeometry.from_parts(shape, (0.0, 0.0, 0.0), (5.0, 0.9, 0.8))
    path, _ = written(tmp_path, geometry, ending)
    step = "5" if shape[0] == 2 else "0.8"
    (warning,) = read(path)[0].warnings
    assert warning.startswith(f"There are only 2 slices, {step} mm apart. Models need a stack")
