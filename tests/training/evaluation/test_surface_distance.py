import time

import numpy as np
import pytest
import torch
from monai.metrics import compute_hausdorff_distance, compute_surface_dice
from scipy.ndimage import gaussian_filter

from training.evaluation.surface_distance import CORNERS, surface_agreement

# MONAI 1.6 calls one function of its own in a way that it has itself deprecated.
monai_warns = pytest.mark.filterwarnings("ignore:monai.metrics.utils:FutureWarning")

SPACINGS_KJI_MM = [(1.0, 1.0, 1.0), (3.0, 0.8, 0.8), (5.0, 0.7, 0.9), (0.6, 2.5, 1.2)]


def blobs(seed, spacing, share):
    """Some round shapes of about a centimetre, many of them cut by the edge of the array."""
    noise = np.random.default_rng(seed).normal(size=(22, 40, 44))
    smooth = gaussian_filter(noise, 4 / np.array(spacing))
    return smooth > np.quantile(smooth, 1 - share)


@pytest.fixture(params=SPACINGS_KJI_MM, ids=str)
def pair(request):
    """Two overlapping masks and the spacing of their grid."""
    spacing = request.param
    a = blobs(1, spacing, 0.15)
    b = np.roll(a, (1, 2, -1), (0, 1, 2)) | blobs(2, spacing, 0.03)
    return a, b, np.array(spacing)


def one_hot(mask):
    return torch.from_numpy(np.stack([~mask, mask])[None].astype(np.float32))


def elements_by_brute_force(mask, spacing):
    """Where the surface's elements lie, in mm: blocks of 2x2x2 that are neither full nor empty."""
    padded = np.pad(mask, 1)
    points = []
    for at in np.ndindex(*(n - 1 for n in padded.shape)):
        inside = [padded[tuple(np.add(at, corner))] for corner in CORNERS]
        if any(inside) and not all(inside):
            points.append(np.array(at) * spacing)
    return np.array(points)


@monai_warns
def test_the_surface_dice_is_that_of_the_definition(pair):
    a, b, spacing = pair
    ours = surface_agreement(a, b, spacing)
    options = {"class_thresholds": [2.0], "spacing": spacing.tolist(), "use_subvoxels": True}
    theirs = compute_surface_dice(one_hot(a), one_hot(b), **options).item()
    assert 0.3 < theirs < 0.95
    assert ours.nsd == pytest.approx(theirs, abs=0.005)


@monai_warns
@pytest.mark.parametrize("spacing", SPACINGS_KJI_MM, ids=str)
def test_hd95_of_smooth_shapes_is_that_between_border_voxels_to_about_a_voxel(spacing):
    points = np.indices((40, 60, 60)) * np.array(spacing)[:, None, None, None]
    middle = points.mean(axis=(1, 2, 3), keepdims=True)
    away_mm = np.linalg.norm(points - middle, axis=0)
    ball = away_mm < 10
    egg = np.linalg.norm((points - middle - 2) / [[[[1.3]]], [[[1.0]]], [[[0.8]]]], axis=0) < 10
    ours = surface_agreement(ball, egg, np.array(spacing))
    theirs = compute_hausdorff_distance(
        one_hot(ball), one_hot(egg), percentile=95, spacing=list(spacing)
    ).item()
    assert theirs > 2
    assert ours.hd95_mm == pytest.approx(theirs, abs=np.linalg.norm(spacing) / 2)


def test_distances_are_those_of_a_brute_force_search():
    spacing = np.array([4.0, 0.7, 1.1])
    a = np.zeros((7, 12, 11), bool)
    a[2:5, 3:9, 2:7] = True
    b = np.zeros_like(a)
    b[3:6, 5:11, 3:9] = True
    one, other = (elements_by_brute_force(mask, spacing) for mask in (a, b))
    between_mm = np.linalg.norm(one[:, None] - other[None], axis=2)
    nearest_mm = np.concatenate([between_mm.min(axis=1), between_mm.min(axis=0)])
    farthest_mm = nearest_mm.max()
    assert farthest_mm > 4
    assert surface_agreement(a, b, spacing, farthest_mm).nsd == 1
    assert surface_agreement(a, b, spacing, farthest_mm - 0.01).nsd < 1
    distance_mm = surface_agreement(a, b, spacing).hd95_mm
    assert np.abs(nearest_mm - distance_mm).min() < 1e-4
    assert np.quantile(nearest_mm, 0.85) <= distance_mm <= farthest_mm


def test_a_shift_by_one_voxel_is_a_distance_of_one_voxel():
    a = np.zeros((12, 20, 20), bool)
    a[3:8, 5:15, 5:15] = True
    spacing = np.array([3.0, 0.8, 0.8])
    shifted = surface_agreement(a, np.roll(a, 1, axis=0), spacing)
    assert shifted.hd95_mm == pytest.approx(3.0)
    # Only the two end faces are further away than 2 mm.
    ends_mm2, sides_mm2 = 2 * (10 * 0.8) ** 2, 4 * 10 * 0.8 * 5 * 3.0
    assert shifted.nsd == pytest.approx(sides_mm2 / (sides_mm2 + ends_mm2), abs=0.06)
    assert surface_agreement(a, np.roll(a, 2, axis=2), spacing).nsd == 1


def test_the_order_of_the_masks_does_not_matter(pair):
    a, b, spacing = pair
    assert surface_agreement(a, b, spacing) == surface_agreement(b, a, spacing)


def test_axes_in_another_order_or_direction_do_not_matter(pair):
    a, b, spacing = pair
    turned = [mask.transpose(2, 0, 1)[::-1, :, ::-1] for mask in (a, b)]
    expected = surface_agreement(a, b, spacing)
    found = surface_agreement(*turned, spacing[[2, 0, 1]])
    assert found.nsd == pytest.approx(expected.nsd)
    assert found.hd95_mm == pytest.approx(expected.hd95_mm)


def test_a_mask_that_fills_the_array_agrees_with_itself():
    full = np.ones((4, 5, 6), bool)
    agreement = surface_agreement(full, full, np.ones(3))
    assert (agreement.nsd, agreement.hd95_mm) == (1, 0)


def test_two_empty_masks_agree_and_one_empty_mask_has_no_distance():
    empty = np.zeros((4, 5, 6), bool)
    some = empty.copy()
    some[1, 2, 3] = True
    both = surface_agreement(empty, empty, np.ones(3))
    assert (both.nsd, both.hd95_mm) == (1, 0)
    for pair in ((some, empty), (empty, some)):
        one = surface_agreement(*pair, np.ones(3))
        assert (one.nsd, one.hd95_mm) == (0, None)


def test_an_organ_in_a_large_ct_takes_less_than_a_second():
    k, j, i = np.ogrid[-30:31, -65:66, -60:61]
    organ = np.zeros((150, 512, 512), bool)
    organ[45:106, 185:316, 290:411] = (k / 30) ** 2 + (j / 65) ** 2 + (i / 60) ** 2 < 1
    spacing = np.array([2.0, 0.8, 0.8])
    moved = np.roll(organ, (2, 3, 4), (0, 1, 2))
    surface_agreement(organ, moved, spacing)
    started = time.process_time()
    surface_agreement(organ, moved, spacing)
    assert time.process_time() - started < 1
