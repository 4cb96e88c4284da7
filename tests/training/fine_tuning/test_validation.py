import numpy as np
import pytest

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


def test_it_asks_the_same_every_time(case):
    def asked():
        seen = []

        def answer(sample):
            clicks = np.sum(sample.foreground) if sample.foreground else 0.0
            seen.append((float(sample.hu.sum()), float(sample.mask.sum()), float(clicks)))
            return sample.target

        ValidationSet.of([case], 4.0, ("spleen",)).dice(answer)
        return seen

    first = asked()
    assert first
    assert asked() == first


def test_a_user_who_is_answered_rightly_is_content(case):
    found = ValidationSet.of([case], 4.0).dice(truth)
    assert found["spleen"] == pytest.approx(1.0)


def test_a_user_who_is_never_answered_gets_no_more_than_what_is_right_at_the_clicks(case):
    assert ValidationSet.of([case], 4.0).dice(nothing)["spleen"] < 0.3


def test_a_structure_that_is_found_automatically_begins_with_a_mask_that_is_mended(case):
    masks = {}
    for automatic in ((), ("spleen",)):
        seen = []

        def answer(sample, seen=seen):
            seen.append((sample.newest is None, bool(sample.mask.any())))
            return sample.target

        ValidationSet.of([case], 4.0, automatic).dice(answer)
        masks[automatic] = seen[0]
    assert masks == {(): (False, False), ("spleen",): (True, True)}


def test_no_cases_ask_nothing():
    assert ValidationSet.of([], 4.0).dice(truth) == {}
    assert len(ValidationSet.of([], 4.0)) == 0
