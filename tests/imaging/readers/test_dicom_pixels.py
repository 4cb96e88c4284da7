"""Hounsfield units of every way to store them, against pydicom and by hand."""

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    EnhancedCTImageStorage,
    ImplicitVRLittleEndian,
    RLELossless,
    generate_uid,
)

from imaging.errors import UnreadableFileError, UnreadableSeriesError
from imaging.readers.open_volume import open_volume
from imaging.readers.volume_source import open_source
from imaging.readers.voxel_values import HounsfieldEncoder

SHAPE_JI = (12, 10)


def decoded(folder):
    """HU as int16 and the warnings, without a child process."""
    source = open_source(folder, None, lambda _share, _text: None)
    encoder = HounsfieldEncoder()
    array = np.concatenate([encoder.encode(slab) for slab in source.slabs])
    return array, (*source.warnings, *encoder.warnings())


def stored_as(dtype, low, high, *, allocated, bits, is_signed):
    def edit(slices):
        for number, dataset in enumerate(slices):
            values = np.random.default_rng(number).integers(low, high, SHAPE_JI).astype(dtype)
            dataset.BitsAllocated, dataset.BitsStored = allocated, bits
            dataset.HighBit = bits - 1
            dataset.PixelRepresentation = int(is_signed)
            dataset.PixelData = values.tobytes()

    return edit


@pytest.mark.parametrize(
    ("dtype", "low", "high", "allocated", "bits", "is_signed"),
    [
        ("<u2", 0, 4096, 16, 12, False),
        ("<i2", -1000, 3000, 16, 16, True),
        ("<u1", 0, 256, 8, 8, False),
        ("<i4", -3000, 3000, 32, 32, True),
    ],
)
def test_every_integer_type_gives_pydicoms_values(
    dtype, low, high, allocated, bits, is_signed, write_series
):
    folder = write_series(
        stored_as(dtype, low, high, allocated=allocated, bits=bits, is_signed=is_signed)
    )
    expected = [pydicom.dcmread(f).pixel_array.astype(int) - 1024 for f in sorted(folder.iterdir())]
    assert np.array_equal(decoded(folder)[0], expected)


def test_twelve_bits_with_sign_and_an_overlay_above_them_keep_their_values(write_series):
    wanted = np.arange(-60, 60, dtype=np.int16).reshape(SHAPE_JI)

    def edit(slices):
        for dataset in slices:
            dataset.PixelRepresentation = 1
            overlay = np.uint16(0x5000)
            dataset.PixelData = ((wanted.view(np.uint16) & 0x0FFF) | overlay).tobytes()
            dataset.RescaleIntercept = -10

    assert np.array_equal(decoded(write_series(edit))[0], np.stack([wanted - 10] * 6))


def test_each_slice_has_its_own_slope_and_intercept(write_series):
    def edit(slices):
        for number, dataset in enumerate(slices):
            dataset.RescaleSlope, dataset.RescaleIntercept = 0.25 * (number + 1), -100.5 * number

    folder = write_series(edit)
    array = decoded(folder)[0]
    for number, file in enumerate(sorted(folder.iterdir())):
        stored = pydicom.dcmread(file).pixel_array
        assert np.array_equal(array[number], np.rint(stored * 0.25 * (number + 1) - 100.5 * number))


def test_values_beyond_int16_are_clipped_and_said(write_series):
    def edit(slices):
        for dataset in slices:
            dataset.RescaleSlope = 20

    array, warnings = decoded(write_series(edit))
    assert array.max() == 32767
    assert any("were set to -32768 or 32767 HU" in warning for warning in warnings)


def test_the_padding_outside_of_the_scan_stays_as_low_as_it_is(write_series):
    def edit(slices):
        for dataset in slices:
            dataset.PixelRepresentation, dataset.BitsStored = 1, 16
            dataset.PixelPaddingValue = -2000
            dataset.PixelData = np.full(SHAPE_JI, -2000, "<i2").tobytes()

    assert decoded(write_series(edit))[0].min() == -3024


@pytest.mark.parametrize("syntax", [RLELossless, DeflatedExplicitVRLittleEndian])
def test_compressed_slices_equal_the_uncompressed_ones(syntax, write_series):
    plain = write_series(folder="plain")
    packed = write_series(folder="packed")
    for file in sorted(packed.iterdir()):
        dataset = pydicom.dcmread(file)
        if syntax == RLELossless:
            dataset.compress(RLELossless)
        else:
            dataset.file_meta.TransferSyntaxUID = syntax
        dataset.save_as(file)
    # In the child, which has a time limit: GDCM is not to be trusted in this process.
    assert np.array_equal(open_volume(packed).array, decoded(plain)[0])


def test_implicit_little_endian_equals_explicit(write_series):
    plain = write_series(folder="plain")
    implicit = write_series(folder="implicit")
    for file in sorted(implicit.iterdir()):
        dataset = pydicom.dcmread(file)
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
        dataset.save_as(file)
    assert np.array_equal(decoded(implicit)[0], decoded(plain)[0])


def test_a_broken_compressed_slice_is_one_sentence(write_series):
    folder = write_series()
    for file in sorted(folder.iterdir()):
        dataset = pydicom.dcmread(file)
        dataset.compress(RLELossless)
        dataset.save_as(file)
    victim = folder / "slice002.dcm"
    data = victim.read_bytes()
    start = data.index(b"\xfe\xff\x00\xe0", data.rindex(b"\xe0\x7f\x10\x00")) + 80
    victim.write_bytes(data[:start] + b"\xff" * 60 + data[start + 60 :])
    # GDCM reads beyond its buffer here: it refuses, or the child that it runs in dies of it.
    refused = r"slice002\.dcm (cannot be decompressed|holds)|the decoder stopped unexpectedly"
    with pytest.raises(UnreadableFileError, match=refused):
        open_volume(folder)


def test_a_slice_that_shrinks_between_header_and_pixels_is_one_sentence(write_series, found_in):
    from imaging.readers.dicom_pixels import hounsfield_slabs

    folder = write_series()
    (series,) = found_in(folder)
    victim = folder / "slice002.dcm"
    victim.write_bytes(victim.read_bytes()[:-50])
    with pytest.raises(UnreadableSeriesError, match=r"slice002\.dcm is cut short"):
        list(hounsfield_slabs(series.checked.slices))


def grouped(keyword_values, sequence):
    item = Dataset()
    for keyword, value in keyword_values.items():
        setattr(item, keyword, value)
    outer = Dataset()
    setattr(outer, sequence, [item])
    return outer


@pytest.fixture
def enhanced(write_series):
    """A multi-frame CT of 6 frames, stored from the last to the first position."""

    def write(edit=None):
        folder = write_series()
        slices = [pydicom.dcmread(file) for file in sorted(folder.iterdir())]
        for file in folder.iterdir():
            file.unlink()
        multi = slices[0]
        shared = grouped(
            {"ImageOrientationPatient": multi.ImageOrientationPatient}, "PlaneOrientationSequence"
        )
        shared.update(
            grouped(
                {"PixelSpacing": multi.PixelSpacing, "SliceThickness": 2.5}, "PixelMeasuresSequence"
            )
        )
        frames = []
        for number, one in enumerate(reversed(slices)):
            frame = grouped(
                {"ImagePositionPatient": one.ImagePositionPatient}, "PlanePositionSequence"
            )
            frame.update(
                grouped(
                    {"RescaleSlope": 1, "RescaleIntercept": -1024 + number, "RescaleType": "HU"},
                    "PixelValueTransformationSequence",
                )
            )
            frames.append(frame)
        pixels = b"".join(one.PixelData for one in reversed(slices))
        for keyword in (
            "PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient", "SliceThickness",
            "RescaleSlope", "RescaleIntercept", "RescaleType",
        ):  # fmt: skip
            delattr(multi, keyword)
        multi.SOPClassUID = multi.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
        multi.SOPInstanceUID = multi.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        multi.NumberOfFrames = len(frames)
        multi.SharedFunctionalGroupsSequence = [shared]
        multi.PerFrameFunctionalGroupsSequence = frames
        multi.PixelData = pixels
        if edit is not None:
            edit(multi)
        multi.save_as(folder / "enhanced")
        return folder / "enhanced"

    return write


def test_an_enhanced_ct_opens_like_its_single_slices(enhanced, header_affine):
    path = enhanced()
    volume = open_volume(path)
    fresh = pydicom.dcmread(path)
    shared = fresh.SharedFunctionalGroupsSequence[0]
    planes = []
    for frame in fresh.PerFrameFunctionalGroupsSequence:
        plane = Dataset()
        plane.ImagePositionPatient = frame.PlanePositionSequence[0].ImagePositionPatient
        plane.ImageOrientationPatient = shared.PlaneOrientationSequence[0].ImageOrientationPatient
        plane.PixelSpacing = shared.PixelMeasuresSequence[0].PixelSpacing
        planes.append(plane)
    assert abs(volume.geometry.affine - header_affine(planes)).max() < 1e-4
    # Frame n of the file is slice 5 - n of the volume and has n added to its intercept.
    for number in range(6):
        assert np.array_equal(
            volume.array[5 - number], fresh.pixel_array[number].astype(int) - 1024 + number
        )


def test_a_compressed_enhanced_ct_opens_when_all_frames_scale_alike(enhanced):
    def edit(multi):
        for frame in multi.PerFrameFunctionalGroupsSequence:
            frame.PixelValueTransformationSequence[0].RescaleIntercept = -1000
        multi.compress(RLELossless)

    path = enhanced(edit)
    fresh = pydicom.dcmread(path).pixel_array.astype(int)
    assert np.array_equal(open_volume(path).array, fresh[::-1] - 1000)


def test_a_compressed_enhanced_ct_with_changing_scale_is_refused(enhanced):
    path = enhanced(lambda multi: multi.compress(RLELossless))
    with pytest.raises(UnreadableSeriesError, match="changes its rescale slope between frames"):
        open_volume(path)


def test_frames_without_a_place_are_refused(enhanced):
    def edit(multi):
        del multi.PerFrameFunctionalGroupsSequence
        del multi.SharedFunctionalGroupsSequence

    path = enhanced(edit)
    with pytest.raises(UnreadableSeriesError, match="no pixel spacing"):
        open_volume(path)


@pytest.mark.data
def test_every_transfer_syntax_of_the_open_data_gives_the_same_values(shared_data):
    folder = shared_data / "dicom" / "transfer_syntaxes"
    volumes = [open_volume(file) for file in sorted(folder.iterdir())]
    assert len(volumes) == 7
    for volume in volumes:
        assert np.array_equal(volume.array, volumes[0].array)
        assert volume.geometry.is_close(volumes[0].geometry, 1e-9)
