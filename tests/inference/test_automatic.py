from dataclasses import replace

import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from inference.automatic import (
    AutomaticSegmenter,
    View,
    _Answer,
    _combined,
    largest_component,
)
from inference.network_specs import AutomaticSpec, PackageFile
from inference.preprocessing import prepare_volume


class NarrowEngine:
    """Sees an organ only where its scaled grey value is near 0.8; surer the nearer."""

    name = "narrow"
    device = "test bench"

    def __init__(self):
        self.calls = 0

    def run(self, inputs, _is_cancelled=None):
        self.calls += 1
        sureness = (6 - 40 * np.abs(inputs[0, 0] - 0.8)).astype(np.float32)
        return np.stack([np.zeros_like(sureness), sureness])[None]


@pytest.fixture
def spec(tmp_path):
    return AutomaticSpec(
        network=PackageFile(tmp_path / "x", "0" * 64),
        structures=("spleen",),
        size=48,
        low_hu=-100,
        high_hu=100,
        extents_mm=(0, 200),
        shifts_hu=(40, -40, 20, -20, 80, -80),
    )


def body_with_organ(organ_hu, second_hu=None):
    """Fat, with an organ of about 27 mL where a spleen lies, and perhaps a smaller one above."""
    geometry = VolumeGeometry.from_parts((40, 60, 60), (0.0, 0.0, 0.0), (2.0, 2.0, 2.0))
    array = np.full(geometry.shape, -90, np.int16)
    organ = np.zeros(geometry.shape, bool)
    organ[10:25, 28:43, 40:55] = True
    array[organ] = organ_hu
    if second_hu is not None:
        array[28:38, 35:45, 37:49] = second_hu
    return prepare_volume(Volume(array, geometry)), organ


def segment(spec, prepared, engine=None):
    engine = engine or NarrowEngine()
    progress = []
    probability = AutomaticSegmenter(spec, engine).probability(
        prepared, "spleen", lambda share, _: progress.append(share), lambda: False
    )
    assert progress == sorted(progress)
    assert progress[-1] == 1
    return probability


def overlap(probability, organ):
    mask = probability > 0.5
    return 2 * (mask & organ).sum() / (mask.sum() + organ.sum())


@pytest.mark.parametrize("organ_hu", [20, 60, 95, 110])
def test_an_organ_of_any_contrast_phase_is_found(spec, organ_hu):
    prepared, organ = body_with_organ(organ_hu)
    assert overlap(segment(spec, prepared), organ) > 0.85


def test_a_first_view_that_is_certain_enough_is_the_only_one(spec):
    prepared, _ = body_with_organ(60)
    engine = NarrowEngine()
    segment(spec, prepared, engine)
    assert engine.calls == 1


def test_only_the_largest_component_is_kept(spec):
    prepared, organ = body_with_organ(60, second_hu=60)
    probability = segment(spec, prepared)
    assert probability[28:38, 35:45, 37:49].max() == 0
    assert overlap(probability, organ) > 0.85


def test_a_faint_organ_is_better_than_none(spec):
    class FaintEngine(NarrowEngine):
        def run(self, inputs, _is_cancelled=None):
            sure = np.abs(inputs[0, 0] - 0.8) < 0.1
            structure = np.where(sure, -0.6, -6).astype(np.float32)
            return np.stack([np.zeros_like(structure), structure])[None]

    prepared, organ = body_with_organ(60)
    assert overlap(segment(spec, prepared, FaintEngine()), organ) > 0.85


def test_a_ct_higher_than_every_height_of_the_package_is_shown_as_it_is(spec):
    prepared, organ = body_with_organ(60)
    assert overlap(segment(replace(spec, extents_mm=(30, 60)), prepared), organ) > 0.85


def test_air_around_the_body_changes_nothing(spec):
    prepared, _ = body_with_organ(60)
    air = ((3, 5), (9, 2), (0, 7))
    wider = replace(prepared, array=np.pad(prepared.array, air, constant_values=-1000))
    inside = segment(spec, wider)[3:-5, 9:-2, :-7]
    assert np.array_equal(inside, segment(spec, prepared))


def test_an_organ_that_most_views_find_wins_over_a_surer_one_that_one_finds():
    def answer(shift_hu, rows, score):
        probability = np.zeros((20, 20, 20), np.float32)
        probability[rows] = score
        return _Answer(View(0, shift_hu), probability, probability > 0.5, score)

    spleen, heart = slice(2, 8), slice(12, 18)
    answers = [answer(0, spleen, 0.76), answer(20, spleen, 0.75), answer(-40, heart, 0.77)]
    found = _combined({one.view: one for one in answers}, "liver") > 0.5
    assert found[spleen].all()
    assert not found[heart].any()


def body_with_heart(*, has_spleen):
    """A body whose heart, in the middle and in front, is larger than the spleen."""
    prepared, organ = body_with_organ(60 if has_spleen else -90)
    heart = np.zeros(organ.shape, bool)
    heart[22:40, 8:26, 22:42] = True
    array = prepared.array.copy()
    array[heart] = 60
    return replace(prepared, array=array), organ, heart


def test_a_larger_heart_is_not_the_spleen(spec):
    prepared, spleen, heart = body_with_heart(has_spleen=True)
    found = segment(spec, prepared) > 0.5
    assert overlap(found, spleen) > 0.85
    assert not found[heart].any()


def test_an_organ_in_an_unusual_place_is_found_where_there_is_no_other(spec):
    prepared, _, heart = body_with_heart(has_spleen=False)
    assert overlap(segment(spec, prepared), heart) > 0.85


def test_the_largest_component_of_nothing_is_nothing():
    assert not largest_component(np.zeros((4, 4, 4), bool)).any()


def test_the_best_answer_so_far_is_shown_whenever_a_view_betters_it(spec):
    prepared, organ = body_with_organ(20)  # found at last, when the organ is shown brighter
    shown = []
    probability = AutomaticSegmenter(spec, NarrowEngine()).probability(
        prepared, "spleen", lambda _share, _what: None, lambda: False, shown.append
    )
    assert shown
    assert all(one.shape == probability.shape and one.any() for one in shown)
    assert overlap(shown[-1], organ) > 0.8
    assert shown[-1] is not probability
