import numpy as np
import pytest

from imaging.measures import dice
from imaging.phantom import make_phantom
from training.click_samples import EVERY_SITE, ClickSampler, Variety
from training.corrupted_masks import corrupt_mask, signed_depth
from training.patches import (
    TrainingCase,
    cut_field_of_view,
    cut_patch,
    plain_patch,
    training_case,
    vary_appearance,
)


@pytest.fixture(scope="module")
def case() -> TrainingCase:
    phantom = make_phantom(3, shape=(40, 96, 96))
    return training_case("phantom", phantom.volume, phantom.labels, {1: "spleen", 4: "liver"})


def test_a_case_keeps_the_volume_of_its_structures():
    phantom = make_phantom(3, shape=(40, 96, 96), spacing_kji_mm=(6.0, 0.9, 0.9))
    case = training_case("phantom", phantom.volume, phantom.labels, {4: "liver"})
    before = (phantom.labels == 4).sum() * phantom.volume.geometry.voxel_volume_mm3
    after = (case.labels == 4).sum() * np.prod(case.spacing_mm)
    assert after == pytest.approx(before, rel=0.05)


def test_patch_and_labels_are_cut_alike(case):
    center = np.argwhere(case.labels == 4).mean(axis=0)
    patch = cut_patch(case, center, (32, 40, 48), 2.0, np.random.default_rng(0))
    assert patch.hu.shape == patch.labels.shape == (32, 40, 48)
    inside = patch.hu[patch.labels == 4]
    assert inside.size > 1000
    assert np.median(inside) == pytest.approx(np.median(case.hu[case.labels == 4]), abs=12)


def test_beyond_the_field_of_view_there_is_air_and_no_label(case):
    center = np.argwhere(case.labels == 4).mean(axis=0)
    patch = cut_patch(case, center, (32, 40, 48), 2.0, np.random.default_rng(0))
    cut = cut_field_of_view(patch, np.random.default_rng(1))
    empty = (cut.hu == -1000).all(axis=(1, 2))
    assert 4 < empty.sum() < 22
    assert not cut.labels[empty].any()
    assert np.array_equal(cut.hu[~empty], patch.hu[~empty])


def test_appearance_changes_grey_values_and_no_label(case):
    rng = np.random.default_rng(1)
    patch = cut_patch(case, np.array([20.0, 40.0, 40.0]), (32, 32, 32), 2.0, rng)
    varied = vary_appearance(patch, rng)
    assert np.array_equal(varied.labels, patch.labels)
    assert not np.array_equal(varied.hu, patch.hu)


def test_corrupted_masks_are_wrong_but_mostly_about_the_same_organ(case):
    target = case.labels == 4
    neighbours = (case.labels > 0) & ~target
    rng = np.random.default_rng(0)
    scores = [dice(corrupt_mask(target, neighbours, rng), target) for _ in range(20)]
    assert 0.5 < np.median(scores) < 0.98
    assert min(scores) < 0.7, "some are badly wrong"


def test_signed_depth_counts_voxels_from_the_border():
    mask = np.zeros((3, 3, 9), bool)
    mask[:, :, 4:] = True
    assert signed_depth(mask)[1, 1].tolist() == [-4, -3, -2, -1, 1, 2, 3, 4, 5]


def test_samples_are_the_same_for_the_same_seed(case):
    sampler = ClickSampler([case], [1.0], 2.0)
    a = sampler.draw((32, 32, 32), np.random.default_rng(5))
    b = sampler.draw((32, 32, 32), np.random.default_rng(5))
    assert np.array_equal(a.hu, b.hu)
    assert np.array_equal(a.mask, b.mask)


def test_a_sample_has_a_mask_or_a_foreground_click_and_clicks_tell_the_truth(case):
    sampler = ClickSampler([case], [1.0], 2.0)
    rng = np.random.default_rng(7)
    for _ in range(12):
        sample = sampler.draw((32, 48, 48), rng)
        assert sample.foreground or sample.mask.max() > 0
        for at in sample.foreground:
            assert sample.target[tuple(np.round(at).astype(int))]
        for at in sample.background:
            assert not sample.target[tuple(np.round(at).astype(int))]


def test_a_plain_patch_shows_the_case_as_it_is(case):
    center = np.array([20.0, 40.0, 40.0])
    spacing_mm = float(case.spacing_mm[0])
    patch = plain_patch(case, center, (3, 5, 5), spacing_mm)
    assert patch.hu[1, 2, 2] == pytest.approx(case.hu[20, 40, 40])
    assert patch.hu[:, 2, 2] == pytest.approx(case.hu[19:22, 40, 40])
    assert patch.labels[1, 2, 2] == case.labels[20, 40, 40]


def test_a_site_of_its_own_shows_its_grey_values_as_they_are(case):
    """Of a liver without noise, only a changed appearance has other values."""
    calm = TrainingCase(
        "calm",
        np.where(case.labels == 4, 100.0, 50.0).astype(np.float32),
        case.labels,
        {4: "liver"},
        case.spacing_mm,
    )

    def spread(variety):
        sampler = ClickSampler([calm], [1.0], 2.0, variety)
        rng = np.random.default_rng(3)
        samples = [sampler.draw((32, 32, 32), rng) for _ in range(6)]
        return max(float(np.abs(s.hu[s.target] - 100).max()) for s in samples)

    assert spread(Variety(blobs=0, cuts=0, appearance=0)) <= 50
    assert spread(EVERY_SITE) > 60
