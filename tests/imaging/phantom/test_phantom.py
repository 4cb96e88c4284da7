"""The synthetic patient: repeatable, with the anatomy and the HU of a real abdomen CT."""

from functools import cache

import numpy as np
import pytest
from scipy import ndimage

from imaging.phantom import BodyTissue, ContrastPhase, Phantom, make_phantom
from imaging.structures import STRUCTURES, structure_by_name

SMALL = (48, 96, 96)
DRAWN = [structure.name for structure in STRUCTURES if structure.name != "pancreas tumour"]
PLAUSIBLE_ML = {
    "spleen": (70, 500),
    "pancreas": (40, 130),
    "liver": (1100, 2400),
    "left kidney": (80, 230),
    "right kidney": (70, 230),
    "stomach": (150, 600),
    "gallbladder": (8, 70),
    "aorta": (30, 130),
    "inferior vena cava": (40, 180),
    "esophagus": (3, 30),
    "duodenum": (35, 130),
    "portal and splenic vein": (6, 35),
    "left adrenal gland": (0.3, 6),
    "right adrenal gland": (0.3, 6),
}


@cache
def patient_on(
    seed: int,
    shape: tuple[int, int, int] | None = SMALL,
    spacing_kji_mm: tuple[float, float, float] | None = None,
    oblique: bool = True,
) -> Phantom:
    """A phantom that several tests look at; its arrays are read-only."""
    return make_phantom(seed, shape=shape, spacing_kji_mm=spacing_kji_mm, oblique=oblique)


@pytest.fixture
def sample() -> Phantom:
    return patient_on(0)


def mask_of(phantom: Phantom, name: str) -> np.ndarray:
    return phantom.labels == structure_by_name(name).label_value


def volume_ml(phantom: Phantom, name: str) -> float:
    return mask_of(phantom, name).sum() * phantom.volume.geometry.voxel_volume_mm3 / 1000


def centroid_lps(phantom: Phantom, name: str) -> np.ndarray:
    return phantom.volume.geometry.index_to_lps(np.argwhere(mask_of(phantom, name)).mean(axis=0))


def inner_hu(phantom: Phantom, name: str) -> float:
    """Mean HU away from the surface, where no partial volume disturbs it."""
    mask = mask_of(phantom, name)
    depth_px = ndimage.distance_transform_edt(mask)
    return float(phantom.volume.array[depth_px >= min(2.0, depth_px.max())].mean())


def test_the_same_seed_gives_the_same_bytes(sample):
    again = make_phantom(0, shape=SMALL)

    assert again.volume.array.tobytes() == sample.volume.array.tobytes()
    assert again.labels.tobytes() == sample.labels.tobytes()
    assert again.volume.geometry.is_close(sample.volume.geometry, tolerance_mm=0)


def test_another_seed_is_another_patient(sample):
    other = patient_on(1)

    assert abs(volume_ml(other, "spleen") / volume_ml(sample, "spleen") - 1) > 0.05
    assert (other.labels != sample.labels).mean() > 0.02


def test_the_sample_case_is_portal_venous(sample):
    assert sample.patient.phase is ContrastPhase.PORTAL_VENOUS


def test_the_default_grid_is_oblique_and_anisotropic(sample):
    direction = np.abs(sample.volume.geometry.direction)

    assert (direction.max(axis=0) < 0.9999).all()
    assert (direction.max(axis=0) > 0.98).all()
    k_mm, j_mm, i_mm = sample.volume.geometry.spacing_kji_mm
    assert k_mm > 1.2 * j_mm
    assert i_mm == pytest.approx(j_mm)
    assert sample.volume.geometry.axis_letters() == ("S", "P", "L")


def test_an_upright_grid_can_be_asked_for():
    upright = make_phantom(0, shape=(12, 24, 24), oblique=False)

    assert np.allclose(upright.volume.geometry.direction, np.eye(3)[:, ::-1])


def test_shape_and_spacing_are_taken_as_given():
    phantom = make_phantom(2, shape=(10, 20, 30), spacing_kji_mm=(20, 15, 11))

    assert phantom.volume.array.shape == phantom.labels.shape == (10, 20, 30)
    assert phantom.volume.geometry.spacing_kji_mm == pytest.approx([20, 15, 11])


def test_a_spacing_alone_covers_the_scanned_range(sample):
    phantom = make_phantom(0, spacing_kji_mm=(9, 6, 6))

    ends_mm = np.array(phantom.labels.shape) * (9, 6, 6)
    assert ends_mm == pytest.approx(
        np.array(SMALL) * sample.volume.geometry.spacing_kji_mm, rel=0.03
    )


def test_the_sides_of_the_patient_are_right(sample):
    middle_x, *_ = sample.patient.offset_lps

    assert centroid_lps(sample, "spleen")[0] > max(middle_x, 0) + 50
    assert centroid_lps(sample, "liver")[0] < min(middle_x, 0) - 40
    assert centroid_lps(sample, "left kidney")[0] > middle_x + 40
    assert centroid_lps(sample, "right kidney")[0] < middle_x - 40
    assert centroid_lps(sample, "aorta")[0] > centroid_lps(sample, "inferior vena cava")[0]


def test_the_stomach_lies_before_the_kidneys_and_above_the_duodenum(sample):
    assert centroid_lps(sample, "stomach")[1] < centroid_lps(sample, "left kidney")[1] - 30
    assert centroid_lps(sample, "stomach")[2] > centroid_lps(sample, "duodenum")[2] + 30


@pytest.mark.parametrize("name", DRAWN)
def test_the_sample_case_has_every_organ_in_a_plausible_size(sample, name):
    low, high = PLAUSIBLE_ML[name]

    assert low <= volume_ml(sample, name) <= high


@pytest.mark.parametrize("name", ["spleen", "pancreas"])
@pytest.mark.parametrize("seed", range(1, 6))
def test_every_patient_has_a_spleen_and_a_pancreas_of_plausible_size(seed, name):
    low, high = PLAUSIBLE_ML[name]

    assert low <= volume_ml(patient_on(seed), name) <= high


@pytest.mark.parametrize("name", ["spleen", "pancreas", "liver"])
def test_the_target_organs_of_the_sample_case_are_whole(sample, name):
    mask = mask_of(sample, name)

    for axis in range(3):
        assert not mask.take([0, -1], axis=axis).any()


@pytest.mark.parametrize("name", ["spleen", "liver", "left kidney", "aorta"])
def test_an_organ_is_one_piece(sample, name):
    pieces, _ = ndimage.label(mask_of(sample, name), structure=np.ones((3, 3, 3)))
    sizes = np.bincount(pieces.ravel())[1:]

    assert sizes.max() / sizes.sum() > 0.99


@pytest.mark.parametrize(
    ("seed", "phase"),
    [
        (0, ContrastPhase.PORTAL_VENOUS),
        (4, ContrastPhase.ARTERIAL),
        (7, ContrastPhase.NATIVE),
    ],
)
def test_organs_have_the_hu_of_their_phase(seed, phase):
    phantom = patient_on(seed, None, (4, 3, 3))
    expected = phantom.patient.hu

    assert phantom.patient.phase is phase
    assert inner_hu(phantom, "spleen") == pytest.approx(expected.spleen, abs=6)
    assert inner_hu(phantom, "liver") == pytest.approx(expected.liver, abs=6)
    assert inner_hu(phantom, "pancreas") == pytest.approx(expected.pancreas, abs=12)
    assert inner_hu(phantom, "aorta") == pytest.approx(expected.aorta, abs=15)
    kidneys = (expected.kidney_cortex, expected.kidney_medulla)
    assert min(kidneys) - 10 < inner_hu(phantom, "left kidney") < max(kidneys) + 10


def test_the_pancreas_is_darker_than_the_spleen(sample):
    assert 8 < inner_hu(sample, "spleen") - inner_hu(sample, "pancreas") < 45


def test_the_body_around_the_organs_has_the_hu_of_its_tissues(sample):
    hu, body = sample.volume.array, sample.body_labels

    assert -950 < hu[body == BodyTissue.LUNG].mean() < -650
    assert -115 < hu[body == BodyTissue.SUBCUTANEOUS_FAT].mean() < -80
    assert 20 < hu[body == BodyTissue.MUSCLE].mean() < 65
    assert 180 < hu[body == BodyTissue.BONE].mean() < 600
    assert -1010 < np.median(hu[body == 0]) < -990


def test_the_body_table_agrees_with_the_organ_table(sample):
    is_organ = sample.labels > 0

    assert (sample.body_labels[is_organ] == sample.labels[is_organ]).all()
    assert (sample.body_labels[~is_organ & (sample.body_labels > 0)] > 100).all()


def test_noise_is_correlated_as_a_scanner_makes_it():
    phantom = make_phantom(0, shape=(12, 200, 200), spacing_kji_mm=(3, 1.5, 1.5))
    core = ndimage.binary_erosion(mask_of(phantom, "liver"), iterations=3)
    hu = phantom.volume.array.astype(float)
    rows = core[:, 1:] & core[:, :-1]
    a, b = hu[:, 1:][rows], hu[:, :-1][rows]

    assert 0.3 < np.corrcoef(a, b)[0, 1] < 0.95
    assert 6 < hu[core].std() < 25


@pytest.mark.parametrize("name", ["spleen", "pancreas", "liver", "left kidney"])
def test_the_patient_is_the_same_on_another_grid(name):
    coarse = patient_on(0, None, (5, 3, 3))
    upright = patient_on(0, None, (3, 3.5, 3.1), oblique=False)

    assert volume_ml(coarse, name) == pytest.approx(volume_ml(upright, name), rel=0.04)
    apart_mm = np.linalg.norm(centroid_lps(coarse, name) - centroid_lps(upright, name))
    assert apart_mm < 1.0


def test_arrays_are_read_only(sample):
    for array in (sample.volume.array, sample.labels, sample.body_labels):
        assert not array.flags.writeable
