"""Windows run in a part of an image as they do in the whole."""

import numpy as np
import pytest

from inference.network_specs import PackageFile, SlidingWindowSpec
from inference.sliding_window import SlidingWindow, box_around_body, whole_box

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


def looked_at(spec, image):
    network = SlidingWindow(spec, image, BrightEngine())
    found = network.needed_windows(lambda _share, _what: None, lambda: False).found()
    return network.windows_run, found


@pytest.mark.parametrize(
    "body",
    [
        (slice(20, 61), slice(3, 33), slice(40, 80)),
        (slice(0, 70), slice(10, 20), slice(0, 90)),  # thinner than a window, and cut off
        (slice(60, 70), slice(44, 50), slice(0, 5)),  # in a corner
    ],
)
def test_around_the_body_the_same_windows_give_the_same_logits(spec, body):
    image = np.zeros(SHAPE, np.float32)
    image[body] = np.random.default_rng(4).random(image[body].shape, np.float32)
    part = box_around_body(image, spec.window_ras)
    runs, (box, logits) = looked_at(spec, image)

    runs_in_part, (box_in_part, logits_in_part) = looked_at(spec, np.ascontiguousarray(image[part]))

    assert runs_in_part == runs
    moved = [
        slice(own.start + outer.start, own.stop + outer.start)
        for own, outer in zip(box_in_part, part, strict=True)
    ]
    assert moved == list(box)
    np.testing.assert_array_equal(logits_in_part, logits)


def test_an_image_without_a_body_is_kept_whole(spec):
    image = np.zeros(SHAPE, np.float32)
    assert box_around_body(image, spec.window_ras) == whole_box(SHAPE)
