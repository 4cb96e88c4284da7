"""NIfTI against nibabel: affines, values, and what is refused."""

import gzip

import nibabel as nib
import numpy as np
import pytest

from imaging.errors import UnreadableFileError
from imaging.readers.volume_source import open_source
from imaging.readers.voxel_values import HounsfieldEncoder

RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
SHAPE_IJK = (7, 6, 5)

OBLIQUE = np.array(
    [
        [-0.62, 0.11, 0.35, 31.5],
        [0.05, 0.88, -0.41, -12.25],
        [0.12, 0.16, 2.6, 200.0],
        [0, 0, 0, 1.0],
    ]
)


def orthogonal(affine):
    u, _, vt = np.linalg.svd(affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0))
    fixed = affine.copy()
    fixed[:3, :3] = (u @ vt) * np.linalg.norm(affine[:3, :3], axis=0)
    return fixed


AFFINES = {
    "oblique": orthogonal(OBLIQUE),
    "left-handed": orthogonal(OBLIQUE) @ np.diag([-1, 1, 1, 1]),
    "flipped": np.diag([-0.7, -0.9, -2.5, 1]) + np.array([[0, 0, 0, 3.5]] * 3 + [[0] * 4]),
    "permuted": orthogonal(OBLIQUE)[:, [2, 0, 1, 3]],
    "anisotropic": np.diag([0.5, 1.5, 7.5, 1.0]),
}


def values(dtype=np.int16, low=-1000, high=1000):
    return np.random.default_rng(5).integers(low, high, SHAPE_IJK).astype(dtype)


def read(path):
    """Geometry, int16 HU and warnings, without a child process."""
    source = open_source(path, None, lambda _share, _text: None)
    encoder = HounsfieldEncoder()
    array = np.concatenate([encoder.encode(slab) for slab in source.slabs])
    return source.geometry, array, (*source.warnings, *encoder.warnings())


def lps_of(image):
    return (RAS_TO_LPS @ image.affine)[:, [2, 1, 0, 3]]


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
@pytest.mark.parametrize("name", AFFINES)
@pytest.mark.parametrize("codes", [(1, 0), (0, 1), (1, 1), (0, 0), (2, 4)])
def test_affine_and_values_are_nibabels(name, kind, ending, codes, tmp_path):
    image = kind(values(), AFFINES[name])
    sform, qform = codes
    image.set_sform(AFFINES[name], sform)
    image.set_qform(AFFINES[name], qform)
    path = tmp_path / f"ct{ending}"
    nib.save(image, path)
    geometry, array, warnings = read(path)
    loaded = nib.load(path)
    assert abs(geometry.affine - lps_of(loaded)).max() < 1e-6
    assert np.array_equal(array, np.asanyarray(loaded.dataobj).transpose(2, 1, 0))
    assert bool(warnings) == (codes == (0, 0))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "u2", "i4", "u4", "f4", "f8", "i8", "u8"])
def test_every_number_type_and_byte_order_is_read(dtype, order, tmp_path):
    kind = np.dtype(dtype)
    data = values(kind, 0 if kind.kind == "u" else -100, 100)
    header = nib.Nifti1Header(endianness=order)
    header.set_data_dtype(kind.newbyteorder(order))
    nib.save(nib.Nifti1Image(data, AFFINES["oblique"], header), tmp_path / "ct.nii")
    assert np.array_equal(read(tmp_path / "ct.nii")[1], data.transpose(2, 1, 0).astype(np.int16))


@pytest.mark.parametrize(
    ("slope", "intercept"),
    [(0.5, -1024), (2, 0), (1, -1000.5), (0, 7), (np.nan, 7), (-1, 0), (np.inf, 3)],
)
def test_scaling_follows_the_standard(slope, intercept, tmp_path):
    path = tmp_path / "ct.nii"
    nib.save(nib.Nifti1Image(values(), np.eye(4)), path)
    raw = bytearray(path.read_bytes())
    raw[112:120] = np.array([slope, intercept], "<f4").tobytes()
    path.write_bytes(raw)
    expected = np.rint(nib.load(path).get_fdata()).transpose(2, 1, 0)
    assert np.array_equal(read(path)[1], expected)


def test_float_values_are_rounded_and_clipped(tmp_path):
    data = np.full(SHAPE_IJK, -999.6, np.float32)
    data[0, 0, 0], data[1, 0, 0], data[2, 0, 0] = 40.5, 1e6, np.nan
    nib.save(nib.Nifti1Image(data, np.eye(4)), tmp_path / "ct.nii")
    _, array, warnings = read(tmp_path / "ct.nii")
    assert list(array[0, 0, :4]) == [40, 32767, -1024, -1000]
    assert warnings[0].startswith("1 voxels have no value")
    assert "1 voxels have values that no CT has" in warnings[1]


def test_one_volume_of_four_dimensions_is_opened(tmp_path):
    nib.save(nib.Nifti1Image(values()[..., np.newaxis], np.eye(4)), tmp_path / "ct.nii")
    assert read(tmp_path / "ct.nii")[0].shape == (5, 6, 7)


@pytest.mark.parametrize("shape", [(*SHAPE_IJK, 2), (*SHAPE_IJK, 1, 3)])
def test_several_volumes_are_refused_in_a_sentence(shape, tmp_path):
    nib.save(nib.Nifti1Image(np.zeros(shape, np.int16), np.eye(4)), tmp_path / "ct.nii")
    with pytest.raises(UnreadableFileError, match=f"holds {shape[-1]} volumes"):
        read(tmp_path / "ct.nii")


def test_disagreeing_position_records_are_flagged_and_the_sform_counts(tmp_path):
    image = nib.Nifti1Image(values(), AFFINES["oblique"])
    image.set_sform(AFFINES["oblique"], 1)
    image.set_qform(AFFINES["left-handed"], 1)
    nib.save(image, tmp_path / "ct.nii")
    geometry, _, warnings = read(tmp_path / "ct.nii")
    assert abs(geometry.affine - lps_of(image)).max() < 1e-5
    assert "sform, qform" in warnings[0]


def test_a_sheared_sform_is_refused_with_advice(tmp_path):
    sheared = AFFINES["anisotropic"].copy()
    sheared[0, 2] = 2.0
    nib.save(nib.Nifti1Image(values(), sheared), tmp_path / "ct.nii")
    with pytest.raises(UnreadableFileError, match=r"lean by 14\.9 degrees"):
        read(tmp_path / "ct.nii")


def test_a_slightly_sheared_sform_keeps_its_affine_and_is_flagged(tmp_path):
    sheared = AFFINES["anisotropic"].copy()
    sheared[0, 2] = 0.05
    image = nib.Nifti1Image(values(), sheared)
    image.set_sform(sheared, 1)
    nib.save(image, tmp_path / "ct.nii")
    geometry, _, warnings = read(tmp_path / "ct.nii")
    assert abs(geometry.affine - lps_of(nib.load(tmp_path / "ct.nii"))).max() < 1e-6
    assert "lean by 0.20 mm" in " ".join(warnings)


def patched(tmp_path, offset, data, *, qform_only=False):
    """A good file with some bytes of its header replaced."""
    image = nib.Nifti1Image(values(), AFFINES["oblique"])
    image.set_sform(AFFINES["oblique"], 0 if qform_only else 1)
    image.set_qform(AFFINES["oblique"], 1)
    path = tmp_path / "ct.nii"
    nib.save(image, path)
    raw = bytearray(path.read_bytes())
    raw[offset : offset + len(data)] = data
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("size", [0.0, np.nan, np.inf, -1.0])
def test_a_voxel_size_that_is_none_is_refused(size, tmp_path):
    path = patched(tmp_path, 88, np.array([size], "<f4").tobytes(), qform_only=True)
    with pytest.raises(UnreadableFileError, match="its voxel size is"):
        read(path)


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_matrix_that_is_no_number_is_refused(number, tmp_path):
    path = patched(tmp_path, 284, np.array([number], "<f4").tobytes())
    with pytest.raises(UnreadableFileError, match="zero or not a number"):
        read(path)


def test_a_matrix_of_zeros_is_refused(tmp_path):
    with pytest.raises(UnreadableFileError, match="zero or not a number"):
        read(patched(tmp_path, 280, bytes(48)))


@pytest.mark.parametrize(
    ("offset", "data", "sentence"),
    [
        (0, b"\x00\x00\x00\x00", "not a NIfTI file"),
        (344, b"ni1\0", "second file"),
        (344, b"\0\0\0\0", "Analyze"),
        (70, np.array([128], "<i2").tobytes(), "code 128"),
        (40, np.array([9], "<i2").tobytes(), "dimensions"),
        (42, np.array([-3], "<i2").tobytes(), "dimensions"),
        (42, np.array([30000] * 3, "<i2").tobytes(), "cut short"),
        (108, np.array([np.nan], "<f4").tobytes(), "voxel offset"),
        (108, np.array([3e7], "<f4").tobytes(), "cut short"),
        (112, np.array([1, np.nan], "<f4").tobytes(), "scl_inter"),
    ],
)
def test_a_damaged_header_is_one_sentence(offset, data, sentence, tmp_path):
    with pytest.raises(UnreadableFileError, match=sentence):
        read(patched(tmp_path, offset, data))


def test_a_damaged_quaternion_is_one_sentence(tmp_path):
    path = patched(tmp_path, 256, np.array([3, 3, 3], "<f4").tobytes(), qform_only=True)
    with pytest.raises(UnreadableFileError, match="quaternion"):
        read(path)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_a_file_cut_short_is_one_sentence(ending, tmp_path):
    path = tmp_path / f"ct{ending}"
    nib.save(nib.Nifti1Image(values(), np.eye(4)), path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UnreadableFileError, match="damaged or cut short"):
        read(path)


def test_one_wrong_byte_in_a_packed_file_is_noticed(tmp_path):
    path = tmp_path / "ct.nii.gz"
    nib.save(nib.Nifti1Image(values(), np.eye(4)), path)
    good = path.read_bytes()
    expected = read(path)[1]
    for position in range(len(good) - 200, len(good) - 4, 5):
        bad = bytearray(good)
        bad[position] ^= 0x55
        path.write_bytes(bad)
        try:
            assert np.array_equal(read(path)[1], expected)
        except UnreadableFileError as error:
            assert "damaged" in str(error)  # noqa: PT017 - either outcome is right, wrong voxels not


def test_the_packing_is_seen_from_the_bytes_and_not_from_the_ending(tmp_path):
    nib.save(nib.Nifti1Image(values(), np.eye(4)), tmp_path / "plain.nii")
    plain = (tmp_path / "plain.nii").read_bytes()
    (tmp_path / "packed.nii").write_bytes(gzip.compress(plain))
    (tmp_path / "plain.nii.gz").write_bytes(plain)
    for name in ("packed.nii", "plain.nii.gz"):
        assert np.array_equal(read(tmp_path / name)[1], values().transpose(2, 1, 0))


@pytest.mark.parametrize(
    ("low", "high", "sentence"),
    [(0, 2, "mask or a picture"), (0, 255, "mask or a picture"), (0, 3000, "intercept")],
)
def test_values_that_no_ct_has_are_flagged(low, high, sentence, tmp_path):
    nib.save(nib.Nifti1Image(values(low=low, high=high), np.eye(4)), tmp_path / "ct.nii")
    assert sentence in " ".join(read(tmp_path / "ct.nii")[2])


def test_metres_in_the_header_are_flagged(tmp_path):
    path = patched(tmp_path, 123, b"\x01")
    assert "metres" in " ".join(read(path)[2])


@pytest.mark.data
def test_the_open_cts_equal_nibabels_reading(shared_data):
    files = sorted(shared_data.glob("ct/*/ct*.nii.gz"))
    assert files
    for file in files:
        image = nib.load(file)
        geometry, array, warnings = read(file)
        assert abs(geometry.affine - lps_of(image)).max() < 1e-6
        assert np.array_equal(array, np.rint(image.get_fdata()).transpose(2, 1, 0))
        assert warnings == ()
