"""Which windows are run, and that those which matter vote as with MONAI."""

from dataclasses import replace

import numpy as np
import pytest

from inference.network_specs import PackageFile, SlidingWindowSpec
from inference.sliding_window import (
    LEAST_FOUND_VOXELS,
    SlidingWindow,
    box_around_body,
    whole_box,
)
from inference.windows import scan_starts

SHAPE = (70, 50, 90)


class BrightEngine:
    """Class 1 is bright."""

    name = device = "test bench"

    def run(self, inputs, _is_cancelled=None):
        structure = (9 * (inputs - 0.5)).astype(np.float32)
        return np.concatenate([-structure, structure], axis=1)


@pytest.fixture
def spec(tmp_path):
    return SlidingWindowSpec(
        network=PackageFile(tmp_path / "x", "0" * 64),
        outputs=("background", "spleen"),
        spacing_ras_mm=(1.0, 1.0, 1.0),
        low_hu=-100,
        high_hu=100,
        window_ras=(24, 24, 24),
        overlap=0.5,
        blending="constant",
        batch=1,
    )


BODIES = [
    (slice(20, 61), slice(3, 33), slice(40, 80)),
    (slice(0, 70), slice(10, 20), slice(0, 90)),  # thinner than a window, and cut off
    (slice(60, 70), slice(44, 50), slice(0, 5)),  # in a corner
    (slice(30, 34), slice(20, 24), slice(45, 50)),  # small, in the middle
]


@pytest.mark.parametrize("overlap", [0.25, 0.5, 0.625])
@pytest.mark.parametrize("body", BODIES)
def test_windows_around_the_body_are_windows_of_the_whole(spec, body, overlap):
    spec = replace(spec, overlap=overlap)
    image = np.zeros(SHAPE, np.float32)
    image[body] = 1
    part = box_around_body(image, spec)
    for own, inner, length, side in zip(part, body, SHAPE, spec.window_ras, strict=True):
        assert own.start <= inner.start
        assert own.stop >= inner.stop
        in_whole = scan_starts(length, side, overlap)
        in_part = scan_starts(own.stop - own.start, side, overlap)
        assert {own.start + start for start in in_part} <= set(in_whole)


class OnceWrongEngine(BrightEngine):
    """Finds something in the last corner of every window where there is none."""

    def run(self, inputs, _is_cancelled=None):
        logits = super().run(inputs)
        logits[:, :, -6:, -6:, -6:] = np.array([-1.0, 1.0]).reshape(2, 1, 1, 1)
        return logits


def test_what_one_window_says_is_outvoted_by_the_others_as_with_monai(spec):
    image = np.full((72, 72, 72), 0.1, np.float32)
    image[30:44, 30:44, 30:44] = 1
    network = SlidingWindow(spec, image, OnceWrongEngine())
    nothing = (lambda _share, _what: None, lambda: False)
    usual = network.needed_windows(*nothing).blend
    exact = SlidingWindow(spec, image, OnceWrongEngine()).every_window(*nothing).blend
    organ = tuple(slice(30, 44) for _ in range(3))
    np.testing.assert_allclose(usual.mean(organ), exact.mean(organ), atol=1e-5)
    whole = whole_box(image.shape)
    assert not (usual.foreground(whole) & ~exact.foreground(whole)).any()


class UnequalEngine(BrightEngine):
    """Answers the more weakly the nearer a voxel lies to the first corner of its window."""

    def run(self, inputs, _is_cancelled=None):
        sides = np.array(inputs.shape[2:]).reshape(3, 1, 1, 1)
        return super().run(inputs) * (0.2 + (np.indices(inputs.shape[2:]) / sides).sum(axis=0))


ORGAN = (slice(34, 52), slice(11, 33), slice(40, 57))


@pytest.fixture
def image_with_organ():
    """Six and a half millilitres in tissue."""
    image = np.full((60, 44, 66), 0.3, np.float32)
    image[ORGAN] = 0.9
    return image


NOTHING = (lambda _share, _what: None, lambda: False)


@pytest.mark.parametrize("blending", ["constant", "gaussian"])
@pytest.mark.parametrize("overlap", [0.25, 0.5, 0.625])
@pytest.mark.parametrize("region", [None, (slice(30, 50), slice(0, 40), slice(35, 50))])
def test_all_that_is_found_has_monais_numbers(spec, image_with_organ, overlap, blending, region):
    spec = replace(spec, overlap=overlap, blending=blending)
    network = SlidingWindow(spec, image_with_organ, UnequalEngine())
    every = SlidingWindow(spec, image_with_organ, UnequalEngine())
    usual = network.needed_windows(*NOTHING, region).blend
    exact = every.every_window(*NOTHING).blend
    found = exact.foreground(whole_box(image_with_organ.shape))
    assert found[ORGAN].all()
    np.testing.assert_array_equal(usual.foreground(whole_box(image_with_organ.shape)), found)
    np.testing.assert_allclose(usual.mean(ORGAN), exact.mean(ORGAN), rtol=1e-4, atol=1e-5)
    assert network.windows_run <= every.windows_run


def test_a_region_that_holds_the_organ_saves_windows(spec, image_with_organ):
    in_region, everywhere = (SlidingWindow(spec, image_with_organ, BrightEngine()) for _ in "ab")
    in_region.needed_windows(*NOTHING, ORGAN)
    everywhere.needed_windows(*NOTHING)
    assert in_region.windows_run < everywhere.windows_run


def test_an_organ_outside_of_the_region_is_found_all_the_same(spec, image_with_organ):
    wrong = (slice(0, 10), slice(0, 10), slice(0, 10))
    blend = SlidingWindow(spec, image_with_organ, BrightEngine()).needed_windows(*NOTHING, wrong)
    assert blend.blend.foreground(ORGAN).all()


def test_a_speck_in_the_region_does_not_end_the_search(spec, image_with_organ):
    image_with_organ[2:7, 2:7, 2:7] = 0.9
    near_speck = (slice(0, 10), slice(0, 10), slice(0, 10))
    network = SlidingWindow(spec, image_with_organ, BrightEngine())
    assert network.needed_windows(*NOTHING, near_speck).blend.foreground(ORGAN).all()


class HastyEngine(BrightEngine):
    """Finds a block at the far end of each window that holds no organ, half as surely as others
    see that there is none."""

    def run(self, inputs, _is_cancelled=None):
        logits = super().run(inputs)
        if inputs.max() < 0.8:
            logits[:, :, -8:, -8:, -8:] = np.array([-0.9, 0.9]).reshape(2, 1, 1, 1)
        return logits


def test_an_error_of_one_window_is_outvoted_before_it_asks_for_many(spec, image_with_organ):
    network = SlidingWindow(spec, image_with_organ, HastyEngine())
    usual = network.needed_windows(*NOTHING).blend
    every = SlidingWindow(spec, image_with_organ, HastyEngine())
    exact = every.every_window(*NOTHING).blend
    np.testing.assert_allclose(usual.mean(ORGAN), exact.mean(ORGAN), rtol=1e-4, atol=1e-5)
    asked = {
        cell
        for cell in network._lattice.cells()
        if exact.foreground(network._lattice.box(cell)).sum() >= LEAST_FOUND_VOXELS
    }
    covering = len(network._lattice.covering(whole_box(image_with_organ.shape)))
    assert network.windows_run < every.windows_run
    assert network.windows_run <= len(asked) + covering


def test_progress_never_goes_back(spec, image_with_organ):
    shares = []
    network = SlidingWindow(spec, image_with_organ, BrightEngine())
    wrong = (slice(0, 10), slice(0, 10), slice(0, 10))
    network.needed_windows(lambda share, _what: shares.append(share), lambda: False, wrong)
    assert shares == sorted(shares)
    assert len(shares) == network.windows_run


def test_an_image_without_a_body_is_kept_whole(spec):
    assert box_around_body(np.zeros(SHAPE, np.float32), spec) == whole_box(SHAPE)
