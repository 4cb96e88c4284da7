"""Our sliding-window masks against MONAI's own pipeline, on the grids that real files have."""

import numpy as np
import pytest
import torch

from imaging.measures import dice
from inference.sliding_window_session import SlidingWindowSession
from training import monai_benchmark
from training.monai_reference import SampledNetwork, sliding_window_answer

# MONAI warns about calls of its own that it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore")

STRUCTURES = ("pancreas", "pancreas tumour")


def part(**changes):
    return {
        "outputs": ["background", *STRUCTURES],
        "spacing_ras_mm": [1.5, 1.5, 2.0],
        "low_hu": -175,
        "high_hu": 250,
        "window_ras": [16, 16, 12],
        "overlap": 0.5,
        "blending": "constant",
        "batch": 4,
        **changes,
    }


@pytest.fixture
def windows(make_ct, make_package, make_network):
    """Our classes on the CT's own grid, MONAI's, and our session."""

    def run(geometry, is_exact=True, **changes):
        file, volume = make_ct(geometry)
        package = make_package(sliding_window=part(**changes))
        spec = package.sliding_window
        network, engine = make_network(1, len(spec.outputs))
        session = SlidingWindowSession(volume, package, lambda _path: engine, is_exact=is_exact)
        ours = np.zeros(volume.geometry.shape, np.uint8)
        for index, structure in enumerate(STRUCTURES, start=1):
            ours[session.segment(structure).whole_mask(ours.shape)] = index
        return ours, sliding_window_answer(spec, network, file).classes, session

    return run


@pytest.mark.parametrize("blending", ["constant", "gaussian"])
def test_exact_masks_are_monais(windows, grid, blending):
    ours, theirs, _ = windows(grid, blending=blending)
    assert all((theirs == index).mean() > 0.01 for index in (1, 2))
    assert (ours == theirs).mean() >= 0.9999


@pytest.mark.parametrize(
    "changes",
    [
        {"overlap": 0.625, "window_ras": [24, 16, 16]},
        {"window_ras": [96, 96, 96]},  # larger than the CT: padded
        {"spacing_ras_mm": [0.7, 0.9, 3.0005]},  # as the CT is, nearly
    ],
)
def test_exact_masks_are_monais_for_other_settings(windows, oblique, changes):
    ours, theirs, _ = windows(oblique, **changes)
    assert 0.02 < (theirs > 0).mean() < 0.7
    assert (ours == theirs).mean() >= 0.9999


def test_a_sampled_network_runs_rarely_and_tells_what_that_saved(make_ct, make_package, oblique):
    file, _ = make_ct(oblique)
    spec = make_package(sliding_window=part()).sliding_window
    clock, calls = [0.0], [0]

    def network(image):
        calls[0] += 1
        clock[0] += 100.0 if calls[0] == 1 else 3.0  # the first call warms up
        return torch.zeros(image.shape[0], len(spec.outputs), *image.shape[2:])

    def shapes(image):
        seen.append(tuple(image.shape))
        return network(image)

    seen = []
    whole = sliding_window_answer(spec, shapes, file)
    batches, calls[0] = len(seen), 0
    sampled = SampledNetwork(network, every=5, classes=len(spec.outputs), clock=lambda: clock[0])
    answer = sliding_window_answer(spec, sampled, file)
    assert calls[0] == 1 + batches // 5
    assert sampled.saved_s == pytest.approx(3.0 * (batches - calls[0]))
    np.testing.assert_array_equal(answer.classes, whole.classes)


def test_where_monai_is_sampled_the_usual_mask_is_compared_with_our_exact_one(
    make_ct, make_package, make_network, oblique, monkeypatch
):
    file, _ = make_ct(oblique)
    package = make_package(sliding_window=part())
    network, engine = make_network(1, 1 + len(STRUCTURES))
    monkeypatch.setattr(monai_benchmark, "torch_network", lambda _package: network)
    found = monai_benchmark.time_beside_monai(package, file, lambda _path: engine, every=5)
    assert found.sampled == 5
    assert found.exact_differing is None
    assert all(0.85 < found.usual_dice[name] < 1 for name in STRUCTURES)
    assert found.exact_s > 0
    assert found.windows[1] <= found.windows[0]
    assert found.ratio == pytest.approx(found.monai_total_s[0] / found.usual_s)


def test_without_exactness_fewer_windows_give_nearly_the_same_mask(windows, oblique):
    ours, theirs, _ = windows(oblique, is_exact=False)
    assert dice(ours > 0, theirs > 0) > 0.9
