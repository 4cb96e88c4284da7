"""Written files: the same voxels in the same place for every reader, or the old file untouched."""

import errno
import gzip
import os
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

from imaging.errors import WriteError
from imaging.geometry import VolumeGeometry
from imaging.readers.open_volume import open_volume
from imaging.readers.volume_source import open_source
from imaging.sitk_bridge import geometry_from_sitk
from imaging.structures import STRUCTURES
from imaging.volume import Volume
from imaging.writers import volume_file
from imaging.writers.volume_file import WRITABLE_ENDINGS, write_label_file, write_volume_file

RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


@pytest.fixture(params=["oblique", "flipped", "left-handed", "leaning"])
def geometry(request, oblique_geometry, flipped_geometry):
    if request.param == "oblique":
        return oblique_geometry
    if request.param == "flipped":
        return flipped_geometry
    affine = oblique_geometry.affine.copy()
    if request.param == "left-handed":
        affine[:3, 2] *= -1
    else:
        affine[:3, 0] += [0.004, -0.002, 0.0]
    return VolumeGeometry(oblique_geometry.shape, affine)


def labels_on(geometry):
    return np.random.default_rng(7).integers(0, 5, geometry.shape).astype(np.uint8)


def volume_on(geometry):
    hu = np.random.default_rng(8).integers(-1024, 3072, geometry.shape).astype(np.int16)
    return Volume(hu, geometry)


@pytest.mark.parametrize("ending", WRITABLE_ENDINGS)
def test_labels_come_back_through_our_own_reader(ending, geometry, tmp_path):
    labels = labels_on(geometry)
    write_label_file(tmp_path / f"labels{ending}", labels, geometry)
    source = open_source(tmp_path / f"labels{ending}", None, lambda _share, _text: None)
    assert np.array_equal(np.concatenate(list(source.slabs)), labels)
    assert source.geometry.is_close(geometry, 1e-4)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_nibabel_reads_the_same_place_from_both_position_records(ending, geometry, tmp_path):
    volume = volume_on(geometry)
    write_volume_file(tmp_path / f"ct{ending}", volume)
    image = nib.load(tmp_path / f"ct{ending}")
    affine = (RAS_TO_LPS @ image.affine)[:, [2, 1, 0, 3]]
    assert abs(affine - geometry.affine).max() < 1e-5
    assert image.header["sform_code"] > 0
    assert image.header["qform_code"] > 0
    assert abs(image.get_qform() - image.get_sform()).max() < 0.01
    assert np.array_equal(np.asanyarray(image.dataobj).transpose(2, 1, 0), volume.array)


@pytest.mark.parametrize("ending", WRITABLE_ENDINGS)
def test_simpleitk_reads_the_same_place(ending, oblique_geometry, flipped_geometry, tmp_path):
    for geometry in (oblique_geometry, flipped_geometry):
        volume = volume_on(geometry)
        write_volume_file(tmp_path / f"ct{ending}", volume)
        image = sitk.ReadImage(str(tmp_path / f"ct{ending}"))
        assert geometry_from_sitk(image).is_close(geometry, 1e-4)
        assert np.array_equal(sitk.GetArrayFromImage(image), volume.array)


@pytest.mark.parametrize("dtype", [np.int16, np.float64])
def test_a_nifti_cts_affine_is_the_labels_affine_bit_for_bit(dtype, geometry, tmp_path):
    affine = (RAS_TO_LPS @ geometry.affine)[:, [2, 1, 0, 3]]
    voxels = volume_on(geometry).array.transpose(2, 1, 0).astype(dtype)
    nib.save(nib.Nifti1Image(voxels, affine), tmp_path / "ct.nii.gz")
    volume = open_volume(tmp_path / "ct.nii.gz")
    write_label_file(tmp_path / "labels.nii.gz", labels_on(geometry), volume.geometry)
    ct, labels = nib.load(tmp_path / "ct.nii.gz"), nib.load(tmp_path / "labels.nii.gz")
    assert abs(ct.affine - labels.affine).max() < 1e-6


def test_every_format_says_research_use_only(oblique_geometry, tmp_path):
    for ending in WRITABLE_ENDINGS:
        path = tmp_path / f"labels{ending}"
        write_label_file(path, labels_on(oblique_geometry), oblique_geometry)
        data = path.read_bytes()
        head = gzip.decompress(data) if ending == ".nii.gz" else data
        assert b"Research use only" in head[:4000]


def test_a_nrrd_names_its_structures_for_slicer(oblique_geometry, tmp_path):
    path = tmp_path / "labels.seg.nrrd"
    write_label_file(path, labels_on(oblique_geometry), oblique_geometry, STRUCTURES[:2])
    image = sitk.ReadImage(str(path))
    assert image.GetMetaData("Segment1_Name") == "Pancreas"
    assert image.GetMetaData("Segment1_LabelValue") == "2"
    assert image.GetMetaData("Segment0_Color") == "0.901961 0.623529 0.000000"


def test_a_second_file_replaces_the_first_and_leaves_nothing_else(oblique_geometry, tmp_path):
    path = tmp_path / "labels.nii.gz"
    for value in (1, 2):
        write_label_file(path, np.full(oblique_geometry.shape, value, np.uint8), oblique_geometry)
    assert np.asanyarray(nib.load(path).dataobj).max() == 2
    assert [file.name for file in tmp_path.iterdir()] == ["labels.nii.gz"]


def broken(code):
    def fail(*_args, **_kwargs):
        raise OSError(code, os.strerror(code))

    return fail


FAULTS = {
    "disk full while writing": (
        "imaging.writers.volume_file.sitk.WriteImage",
        errno.ENOSPC,
        "full",
    ),
    "disk full while packing": (
        "imaging.writers.volume_file.shutil.copyfileobj",
        errno.ENOSPC,
        "the disk is full",
    ),
    "quota while packing": ("imaging.writers.volume_file.gzip.open", errno.EDQUOT, "quota"),
    "disk full while flushing": ("imaging.writers.atomic_file.os.fsync", errno.ENOSPC, "is full"),
    "error of the disk": ("imaging.writers.atomic_file.os.fsync", errno.EIO, "reports an error"),
    "folder of someone else": ("pathlib.Path.touch", errno.EACCES, "not writable for you"),
    "read-only when renaming": ("pathlib.Path.replace", errno.EROFS, "read-only"),
    "not allowed to rename": ("pathlib.Path.replace", errno.EACCES, "not writable for you"),
    "target is a folder": ("pathlib.Path.replace", errno.EISDIR, "folder of this name"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_disk_leaves_the_old_file_and_nothing_else(
    fault, oblique_geometry, tmp_path, monkeypatch
):
    path = tmp_path / "labels.nii.gz"
    path.write_bytes(b"the old file")
    target, code, sentence = FAULTS[fault]
    monkeypatch.setattr(target, broken(code))
    with pytest.raises(WriteError, match=f"labels.nii.gz was not saved: .*{sentence}"):
        write_label_file(path, labels_on(oblique_geometry), oblique_geometry)
    monkeypatch.undo()
    assert path.read_bytes() == b"the old file"
    assert [file.name for file in tmp_path.iterdir()] == ["labels.nii.gz"]


@pytest.mark.parametrize("ending", WRITABLE_ENDINGS)
def test_a_file_that_reads_back_differently_is_not_kept(
    ending, oblique_geometry, tmp_path, monkeypatch
):
    path = tmp_path / f"labels{ending}"
    path.write_bytes(b"the old file")
    write = volume_file._write_with_itk

    def write_with_a_flipped_voxel(part, image):
        image[3, 4, 5] = image[3, 4, 5] + 1
        write(part, image)

    monkeypatch.setattr(volume_file, "_write_with_itk", write_with_a_flipped_voxel)
    with pytest.raises(WriteError, match="did not read back the same"):
        write_label_file(path, labels_on(oblique_geometry), oblique_geometry)
    assert path.read_bytes() == b"the old file"


@pytest.mark.parametrize("ending", WRITABLE_ENDINGS)
def test_a_file_that_lies_elsewhere_is_not_kept(ending, oblique_geometry, tmp_path, monkeypatch):
    moved = VolumeGeometry(oblique_geometry.shape, oblique_geometry.affine.copy())
    shifted = oblique_geometry.affine.copy()
    shifted[0, 3] += 0.01
    elsewhere = VolumeGeometry(moved.shape, shifted)
    original = volume_file.open_source

    def misread(*args):
        source = original(*args)
        return type(source)(elsewhere, source.name, source.warnings, source.slabs)

    monkeypatch.setattr(volume_file, "open_source", misread)
    with pytest.raises(WriteError, match="did not read back the same"):
        write_label_file(tmp_path / f"x{ending}", labels_on(moved), moved)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
@pytest.mark.parametrize("ending", WRITABLE_ENDINGS)
def test_a_disk_that_takes_no_more_bytes_is_one_sentence(ending, tmp_path):
    path = tmp_path / f"labels{ending}"
    path.write_bytes(b"the old file")
    script = f"""
import resource, signal
from pathlib import Path
import numpy as np
from imaging.errors import WriteError
from imaging.geometry import VolumeGeometry
from imaging.writers.volume_file import write_label_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
labels = np.random.default_rng(0).integers(0, 255, (40, 50, 60)).astype(np.uint8)
geometry = VolumeGeometry.from_parts(labels.shape, (0, 0, 0), (1, 1, 1))
try:
    write_label_file(Path({str(path)!r}), labels, geometry)
except WriteError as error:
    print(error)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "was not saved" in result.stdout, result.stderr
    assert path.read_bytes() == b"the old file"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_missing_folder_is_one_sentence(oblique_geometry, tmp_path):
    with pytest.raises(WriteError, match="the folder gone does not exist"):
        write_label_file(tmp_path / "gone" / "x.nii", labels_on(oblique_geometry), oblique_geometry)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_one_sentence(oblique_geometry, tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(WriteError, match="was not saved"):
            write_label_file(tmp_path / "x.nii", labels_on(oblique_geometry), oblique_geometry)
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("name", ["labels", "labels.dcm", "labels.nhdr", "labels.nii.bz2"])
def test_an_ending_without_a_format_is_one_sentence(name, oblique_geometry, tmp_path):
    with pytest.raises(WriteError, match=r"its ending names no format. Use one of \.nii\.gz"):
        write_label_file(tmp_path / name, labels_on(oblique_geometry), oblique_geometry)


def test_labels_of_the_wrong_type_or_shape_are_a_programming_error(oblique_geometry, tmp_path):
    with pytest.raises(ValueError, match="uint8"):
        write_label_file(
            tmp_path / "x.nii", np.zeros(oblique_geometry.shape, np.int16), oblique_geometry
        )
    with pytest.raises(ValueError, match="does not fit"):
        write_label_file(tmp_path / "x.nii", np.zeros((2, 2, 2), np.uint8), oblique_geometry)


@pytest.mark.data
@pytest.mark.parametrize("name", ["totalseg_nifti/ct.nii.gz", "msd_spleen_8/ct.nii.gz"])
def test_labels_of_an_open_nifti_ct_have_its_affine(name, shared_data, tmp_path):
    ct = shared_data / "ct" / name
    volume = open_volume(ct)
    labels = np.zeros(volume.geometry.shape, np.uint8)
    write_label_file(tmp_path / "labels.nii.gz", labels, volume.geometry)
    difference = nib.load(tmp_path / "labels.nii.gz").affine - nib.load(ct).affine
    assert abs(difference).max() < 1e-6


@pytest.mark.data
def test_labels_of_the_open_dicom_ct_lie_on_it(shared_data, tmp_path):
    volume = open_volume(shared_data / "ct" / "totalseg_dicom" / "series")
    path: Path = tmp_path / "labels.nii.gz"
    write_label_file(path, np.zeros(volume.geometry.shape, np.uint8), volume.geometry)
    affine = (RAS_TO_LPS @ nib.load(path).affine)[:, [2, 1, 0, 3]]
    assert abs(affine - volume.geometry.affine).max() < 1e-6
