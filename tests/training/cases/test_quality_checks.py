"""What the checks before approval see, on tilted and mirrored grids."""

import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.phantom import make_phantom
from imaging.readers.label_file import open_label_map
from imaging.readers.open_volume import open_volume
from imaging.structures import STRUCTURES, structure_by_name
from imaging.volume import Volume
from training.cases.organ_ranges import ORGAN_RANGES
from training.cases.quality_checks import Check, Severity, check_labels

SPLEEN = structure_by_name("spleen").label_value
PANCREAS = structure_by_name("pancreas").label_value
TUMOUR = structure_by_name("pancreas tumour").label_value
LIVER = structure_by_name("liver").label_value


@pytest.fixture
def geometry(oblique_geometry):
    """Tilted, with voxels large enough for organs to have their usual size in few of them."""
    return VolumeGeometry.from_parts(
        (24, 40, 60), (-180.0, -120.0, 30.0), (9.0, 6.0, 6.0), oblique_geometry.direction
    )


@pytest.fixture
def volume(geometry):
    array = np.full(geometry.shape, -1000, np.int16)
    array[:, 5:35, 5:55] = 50
    return Volume(array, geometry)


@pytest.fixture
def labels(volume):
    """A spleen of 246 mL in the body's left half."""
    array = np.zeros(volume.geometry.shape, np.uint8)
    array[8:14, 20:29, 40:54] = SPLEEN
    return array


def found(labels, volume, **options):
    """The findings by what was checked; each check finds one thing at most here."""
    findings = check_labels(labels, volume, **options)
    assert len({finding.check for finding in findings}) == len(findings)
    return {finding.check: finding for finding in findings}


def voxel(finding, volume):
    return volume.geometry.nearest_index(finding.point_lps)


def test_a_right_mask_gives_nothing(labels, volume):
    assert check_labels(labels, volume, expected=("spleen",)) == ()


def test_a_phantom_patient_with_true_masks_gives_nothing():
    phantom = make_phantom(3, shape=(30, 96, 96))

    assert check_labels(phantom.labels, phantom.volume) == ()


def test_nothing_at_all_is_a_finding(labels, volume):
    findings = found(np.zeros_like(labels), volume)

    assert findings.keys() == {Check.EMPTY}
    assert findings[Check.EMPTY].needs_reason


def test_an_expected_structure_that_is_missing_is_named(labels, volume):
    finding = found(labels, volume, expected=("spleen", "liver"))[Check.EMPTY]

    assert finding.structure == "liver"


def test_an_island_is_shown(labels, volume):
    labels[2, 30:33, 45:48] = SPLEEN

    finding = found(labels, volume)[Check.ISLANDS]

    assert "1 island apart from its largest part (2.9 mL" in finding.sentence
    assert labels[voxel(finding, volume)] == SPLEEN
    assert voxel(finding, volume)[0] == 2
    assert finding.severity is Severity.WARNING


def test_a_part_that_touches_at_a_corner_is_no_island(labels, volume):
    labels[14, 29, 54] = SPLEEN

    assert Check.ISLANDS not in found(labels, volume)


def test_a_tumour_may_be_in_several_places(labels, volume):
    labels[2:5, 10:14, 10:14] = TUMOUR
    labels[20:23, 10:14, 10:14] = TUMOUR

    assert Check.ISLANDS not in found(labels, volume)


def test_a_hole_is_shown(labels, volume):
    labels[10, 24, 45] = 0

    finding = found(labels, volume)[Check.HOLES]

    assert voxel(finding, volume) == (10, 24, 45)


def test_a_tumour_inside_of_an_organ_is_no_hole(volume):
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[8:12, 20:28, 20:32] = PANCREAS
    labels[9:11, 23:25, 24:27] = TUMOUR

    assert Check.HOLES not in found(labels, volume)


@pytest.mark.parametrize(("at", "edge"), [(0, "lower"), (23, "upper")])
def test_an_organ_that_is_cut_off_is_a_note_and_may_be_small(at, edge, volume):
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[at, 20:25, 45:50] = SPLEEN

    findings = found(labels, volume)

    assert findings.keys() == {Check.EDGE}
    assert f"the {edge} edge" in findings[Check.EDGE].sentence
    assert voxel(findings[Check.EDGE], volume)[0] == at
    assert not findings[Check.EDGE].needs_reason


def test_an_edge_is_named_by_the_patient_and_not_by_the_array(flipped_geometry):
    array = np.full(flipped_geometry.shape, 50, np.int16)
    labels = np.zeros(flipped_geometry.shape, np.uint8)
    labels[0, 10:14, 10:14] = SPLEEN  # slices run from head to feet on this grid

    finding = found(labels, Volume(array, flipped_geometry))[Check.EDGE]

    assert "the upper edge" in finding.sentence


def test_a_volume_out_of_range_is_said_with_the_range(volume):
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[8:10, 20:24, 45:49] = SPLEEN

    finding = found(labels, volume)[Check.VOLUME]

    assert "10.4 mL is unusually small" in finding.sentence
    assert "40 to 1500 mL" in finding.sentence


def test_a_mask_on_fat_is_told_by_its_hu(labels, volume):
    array = volume.array.copy()
    array[labels == SPLEEN] = -90

    finding = found(labels, Volume(array, volume.geometry))[Check.HU]

    assert "-90 HU" in finding.sentence
    assert labels[voxel(finding, volume)] == SPLEEN


def test_swapped_sides_are_seen(volume):
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[8:14, 20:29, 6:20] = SPLEEN
    labels[4:20, 8:30, 30:54] = LIVER

    findings = check_labels(labels, volume)

    assert [(f.check, f.structure) for f in findings] == [
        (Check.SIDE, "spleen"),
        (Check.SIDE, "liver"),
    ]


def test_sides_are_not_judged_where_the_body_is_cut_off(volume):
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[8:14, 20:29, 6:20] = SPLEEN
    everywhere = Volume(np.full_like(volume.array, 50), volume.geometry)

    assert check_labels(labels, everywhere) == ()


def test_an_unknown_value_is_an_error_with_its_place(labels, volume):
    labels[3, 30, 50] = 77

    finding = found(labels, volume)[Check.UNKNOWN_VALUE]

    assert finding.severity is Severity.ERROR
    assert "the value 77" in finding.sentence
    assert voxel(finding, volume) == (3, 30, 50)


def test_labels_of_another_grid_are_an_error(labels, volume):
    affine = volume.geometry.affine.copy()
    affine[0, 3] += 2.0
    elsewhere = VolumeGeometry(labels.shape, affine)

    assert found(labels, volume, labels_geometry=elsewhere)[Check.GRID].severity is Severity.ERROR
    assert found(labels[:, :, :-1], volume).keys() == {Check.GRID}


def test_the_gravest_finding_comes_first(labels, volume):
    labels[3, 30, 50] = 77
    labels[10, 24, 45] = 0

    severities = [finding.severity for finding in check_labels(labels, volume)]

    assert severities == sorted(severities, key=list(Severity).index, reverse=True)


def test_every_structure_has_a_range():
    assert ORGAN_RANGES.keys() == {structure.name for structure in STRUCTURES}
    for usual in ORGAN_RANGES.values():
        assert usual.volume_ml[0] < usual.volume_ml[1]
        assert usual.mean_hu[0] < usual.mean_hu[1]


@pytest.mark.data
def test_a_header_that_mirrors_the_patient_is_seen(shared_data):
    folder = shared_data / "ct" / "msd_spleen_8"
    right, mirrored = (open_volume(folder / f"{n}.nii.gz") for n in ("ct", "ct_mirrored_header"))
    labels = open_label_map(folder / "labels_spleen.nii.gz", right.geometry)

    assert check_labels(labels, right) == ()
    assert [finding.check for finding in check_labels(labels, mirrored)] == [Check.SIDE]
