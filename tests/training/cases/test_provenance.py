import json

import pytest

from imaging.clicks import Click
from imaging.errors import UnreadableFileError
from training.cases.provenance import (
    AutomaticStep,
    ClickStep,
    GoBackStep,
    ImportStep,
    ManualStep,
    ModelUsed,
    Provenance,
    RedoStep,
    UndoStep,
    canonical_json,
    effective_steps,
    provenance_from_json,
    provenance_to_json,
)

FIRST = ClickStep(Click((1.5, -2.25, 300.125), "spleen", True), 1200, 1.25)
SECOND = ClickStep(Click((0.1, 0.2, 0.3), "spleen", False), 30, -0.03)
BRUSH = ManualStep("brush stroke", 17)


@pytest.fixture
def provenance():
    return Provenance(
        model=ModelUsed("abdomen", "1.2.0", "ab" * 32),
        engine="ONNX Runtime, CPU",
        steps=(
            AutomaticStep("liver", 9000, 900.5),
            ImportStep("mask.nii.gz", 5),
            GoBackStep(3),
            FIRST,
            SECOND,
            UndoStep(),
            BRUSH,
        ),
        seconds_spent=81.5,
    )


def test_a_provenance_comes_back_as_it_was(provenance):
    assert provenance_from_json(provenance_to_json(provenance)) == provenance


def test_equal_provenances_have_equal_text_whatever_the_order_of_keys(provenance):
    text = provenance_to_json(provenance)
    turned = dict(reversed(json.loads(text).items()))
    assert provenance_to_json(provenance_from_json(json.dumps(turned))) == text


def test_an_undone_step_does_not_count_until_it_is_done_again():
    steps = (FIRST, SECOND, UndoStep(), UndoStep(), RedoStep())
    assert effective_steps(steps) == (FIRST,)


def test_nothing_can_be_done_again_after_a_new_step():
    assert effective_steps((FIRST, UndoStep(), BRUSH, RedoStep())) == (BRUSH,)


def test_an_undo_of_what_an_earlier_version_did_leaves_the_later_steps_alone():
    assert effective_steps((UndoStep(), FIRST)) == (FIRST,)


def test_the_clicks_are_those_that_count(provenance):
    assert provenance.clicks == (FIRST.click,)


@pytest.mark.parametrize("text", ["", "{}x", '{"steps": [{"kind": "spell"}]}', '{"engine": 3}'])
def test_a_damaged_provenance_is_a_sentence(text):
    with pytest.raises(UnreadableFileError, match="labels themselves can still be opened"):
        provenance_from_json(text)


def test_a_number_that_json_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        canonical_json([float("nan")])
