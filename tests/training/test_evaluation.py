import json

import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from inference.messages import MaskProposal, StageSeconds
from training.evaluation import CaseResult, EvaluationReport, pair_cases, simulate_user

GEOMETRY = VolumeGeometry.from_parts((12, 30, 30), (0.0, 0.0, 0.0), (3.0, 1.0, 1.0))
EVERYTHING = tuple(slice(0, n) for n in GEOMETRY.shape)


@pytest.fixture
def target():
    mask = np.zeros(GEOMETRY.shape, bool)
    mask[3:9, 8:20, 8:20] = True
    return mask


class FixedSession:
    """Answers each request with the next of some masks."""

    def __init__(self, masks):
        self.masks = list(masks)
        self.requests = []

    def segment(self, structure):
        return self._next(structure)

    def respond(self, request):
        self.requests.append(request)
        return self._next(request.structure)

    def _next(self, structure):
        return MaskProposal(structure, EVERYTHING, self.masks.pop(0), StageSeconds(network=0.5))


def simulate(session, target, max_clicks, is_automatic=False):
    volume = Volume(np.zeros(GEOMETRY.shape, np.int16), GEOMETRY)
    return simulate_user(
        "one", session, volume, target, "spleen", is_automatic=is_automatic, max_clicks=max_clicks
    )


def test_without_an_automatic_model_the_user_starts_from_nothing(target):
    result = simulate(FixedSession([target]), target, 1)
    assert result.dice == (0.0, 1.0)
    assert result.clicks_to_good == 1


def test_the_automatic_mask_counts_as_zero_clicks(target):
    result = simulate(FixedSession([target]), target, 0, is_automatic=True)
    assert result.dice == (1.0,)
    assert result.clicks_to_good == 0


def test_a_click_that_lowers_the_dice_is_harmful(target):
    half = target.copy()
    half[:, :14] = False
    session = FixedSession([target & ~(np.arange(30) > 18), half, target])
    result = simulate(session, target, 3)
    assert result.harmful_clicks == 1
    assert result.clicks_placed == 3


def test_a_perfect_mask_is_clicked_no_more_and_keeps_its_dice(target):
    result = simulate(FixedSession([target]), target, 5)
    assert result.clicks_placed == 1
    assert result.dice == (0.0, 1.0, 1.0, 1.0, 1.0, 1.0)


def test_a_request_holds_all_clicks_and_the_mask_so_far(target):
    first = target.copy()
    first[:5] = False
    session = FixedSession([first, target])
    simulate(session, target, 2)
    assert [len(request.clicks) for request in session.requests] == [1, 2]
    assert np.array_equal(session.requests[1].current_mask, first)


def test_the_report_has_the_documented_form():
    results = (
        CaseResult("a", "spleen", (0.5, 0.85, 0.95), 2, 0, 0.4),
        CaseResult("b", "spleen", (0.7, 0.6, 0.8), 2, 1, 0.6),
    )
    report = EvaluationReport("m", "e", results, (0, 2))
    data = json.loads(json.dumps(report.as_json()))
    assert data["cases"][0]["dice"] == {"0": 0.5, "2": 0.95}
    summary = data["summary"]["spleen"]
    assert summary["dice"]["2"] == {"mean": 0.875, "median": 0.875, "min": 0.8}
    assert summary["clicks_to_0.90"] == 2
    assert summary["harmful_click_share"] == 0.25
    assert "no case" not in report.as_text()


def test_pairs_follow_names_and_tell_who_is_alone(tmp_path):
    images, labels = tmp_path / "i", tmp_path / "l"
    images.mkdir()
    labels.mkdir()
    for name in ("a.nii.gz", "b_0000.nii.gz", "c.nrrd", "._a.nii.gz", "note.txt"):
        (images / name).touch()
    for name in ("a.nii.gz", "b.nii.gz", "d.mha"):
        (labels / name).touch()
    cases, lonely = pair_cases(images, labels)
    assert [case.name for case in cases] == ["a", "b"]
    assert lonely == ["c.nrrd"]
