import numpy as np
import pytest
from scipy.ndimage import binary_erosion

from imaging.measures import dice

torch = pytest.importorskip("torch")

from training.fine_tuning.validation import ValidationSet  # noqa: E402 - only with torch
from training.patches import training_case  # noqa: E402 - likewise


@pytest.fixture
def case(make_patient):
    volume, labels = make_patient(3)
    return training_case("patient", volume, labels, {1: "spleen"})


def truth(sample):
    return sample.target


def nothing(sample):
    return np.zeros_like(sample.target)


def shrunken(case, structure):
    """What an automatic network found that misses the border."""
    value = next(value for value, name in case.names.items() if name == structure)
    return binary_erosion(case.labels == value)


def test_it_asks_the_same_every_time(case):
    def asked():
        seen = []

        def answer(sample):
            clicks = np.sum(sample.foreground) if sample.foreground else 0.0
            seen.append((float(sample.hu.sum()), float(sample.mask.sum()), float(clicks)))
            return sample.target

        ValidationSet.of([case], 4.0, shrunken).dice(answer)
        return seen

    first = asked()
    assert first
    assert asked() == first


def test_a_user_who_is_answered_rightly_is_content(case):
    found = ValidationSet.of([case], 4.0).dice(truth)
    assert found["spleen"] == pytest.approx(1.0)


def test_a_user_who_is_never_answered_gets_no_more_than_what_is_right_at_the_clicks(case):
    assert ValidationSet.of([case], 4.0).dice(nothing)["spleen"] < 0.3


@pytest.mark.parametrize("find", [None, lambda case, _structure: np.zeros(case.labels.shape, bool)])
def test_where_nothing_is_found_the_dialogue_begins_with_a_click(case, find):
    seen = []

    def answer(sample):
        seen.append((sample.newest is None, bool(sample.mask.any())))
        return sample.target

    found = ValidationSet.of([case], 4.0, find)
    assert set(found.dice_by_part(answer)) == {"spleen"}
    assert seen[0] == (False, False)


def test_what_is_found_is_mended_before_the_first_click_and_counts_as_a_part(case):
    seen = []

    def unmended(sample):
        if sample.newest is None:
            seen.append((sample.mask > 0, sample.target))
            return sample.mask > 0
        return sample.target

    found = ValidationSet.of([case], 4.0, shrunken)
    parts = found.dice_by_part(unmended)
    inside, target = seen[0]
    assert inside.any()
    assert not (inside & ~target).any()
    assert parts["spleen"] > 0.95
    assert parts["spleen without a click"] == pytest.approx(dice(inside, target))
    assert parts["spleen without a click"] < found.dice(unmended)["spleen"] < parts["spleen"]


def test_no_cases_ask_nothing():
    assert ValidationSet.of([], 4.0).dice(truth) == {}
    assert len(ValidationSet.of([], 4.0)) == 0
