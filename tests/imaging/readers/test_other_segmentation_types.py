"""SEG objects that we do not write ourselves: label maps, fractions, packed odd sizes."""

import highdicom
import numpy as np
import pytest
from pydicom.sr.codedict import codes
from pydicom.uid import RLELossless, generate_uid

from imaging.geometry import VolumeGeometry
from imaging.readers.dicom_seg import open_dicom_seg
from imaging.volume import Volume
from imaging.writers.ct_series import write_ct_series

TYPES = highdicom.seg.SegmentationTypeValues
GRID = VolumeGeometry.from_parts((6, 13, 11), (3, 4, 5), (2.0, 0.7, 0.9))


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    volume = Volume(np.zeros(GRID.shape, np.int16), GRID)
    return write_ct_series(tmp_path_factory.mktemp("ct") / "ct", volume, "P^1")


@pytest.fixture
def numbers():
    """Segment numbers 0 to 2; slice 2 is empty."""
    array = np.random.default_rng(5).integers(0, 3, GRID.shape).astype(np.uint8)
    array[2] = 0
    return array


def segment(number, structure):
    return highdicom.seg.SegmentDescription(
        number,
        f"s{number}",
        codes.SCT.Organ,
        structure,
        highdicom.seg.SegmentAlgorithmTypeValues.MANUAL,
    )


def written(path, pixels, kind, source, **options):
    highdicom.seg.Segmentation(
        source.images, pixels, kind, [segment(1, codes.SCT.Liver), segment(2, codes.SCT.Spleen)],
        generate_uid(), 1, generate_uid(), 1, "x", "x", "1", "0", **options,
    ).save_as(path)  # fmt: skip
    opened = open_dicom_seg(path, GRID, None)
    return np.concatenate(list(opened.slabs)), opened.warnings


@pytest.mark.parametrize("kind", [TYPES.BINARY, TYPES.LABELMAP])
def test_segments_of_every_exact_type_are_read(kind, numbers, source, tmp_path):
    labels, warnings = written(tmp_path / "seg.dcm", numbers, kind, source)
    assert np.array_equal(labels, np.array([0, 4, 1], np.uint8)[numbers])
    assert warnings == ()


def test_fractions_count_from_one_half_on_with_a_warning(numbers, source, tmp_path):
    fractions = np.zeros((*GRID.shape, 2), np.float32)
    fractions[..., 0] = np.where(numbers == 1, 0.6, 0.3)
    labels, warnings = written(tmp_path / "seg.dcm", fractions, TYPES.FRACTIONAL, source)
    assert np.array_equal(labels == 4, numbers == 1)
    assert "voxels of at least one half count as inside" in warnings[0]


def test_compressed_fractions_are_read(numbers, source, tmp_path):
    fractions = np.stack([numbers == 1, numbers == 2], axis=-1).astype(np.float32)
    labels, _ = written(
        tmp_path / "seg.dcm", fractions, TYPES.FRACTIONAL, source, transfer_syntax_uid=RLELossless
    )
    assert np.array_equal(labels, np.array([0, 4, 1], np.uint8)[numbers])
