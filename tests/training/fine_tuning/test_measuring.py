from dataclasses import replace
from types import SimpleNamespace
from typing import ClassVar

import pytest

from imaging.clicks import Click
from imaging.errors import CancelledError
from inference.messages import MaskProposal, StageSeconds
from training.cases.project import Project
from training.cases.provenance import ClickStep
from training.cases.records import Split
from training.fine_tuning import measuring
from training.fine_tuning.measuring import CasePair, by_patient, held_out_case, measure_case
from training.fine_tuning.plan import PlannedCase
from training.fine_tuning.report_pictures import load_slice, slice_file
from training.promotion import Figures, Measure, compared


class ObedientSession:
    """Answers a click with so large a part of the truth as its package's title says."""

    targets: ClassVar = {}
    asked: ClassVar = []

    def __init__(self, volume, package, _open_engine):
        self._share = float(package.title)
        self._volume = volume

    def respond(self, request):
        self.asked.append(request)
        truth = self.targets[request.structure]
        whole = tuple(slice(0, size) for size in truth.shape)
        mask = truth.copy()
        mask[: int(truth.shape[0] * (1 - self._share))] = False
        return MaskProposal(request.structure, whole, mask, StageSeconds(0, 0, 0.1, 0))


class Package:
    automatic = None
    automatic_structures = ()
    structures = ("spleen",)
    takes_clicks = True
    answers_any_structure = True

    def __init__(self, share):
        self.title = str(share)


@pytest.fixture
def held_out(make_project, monkeypatch):
    """A case of the hold-out, in a project of its own, with sessions that obey."""
    folder = make_project(train=1, validation=0, hold_out=1)
    with Project.open_to_read(folder) as project:
        planned = PlannedCase(
            2, project.cases.get(2).version_id, "P0002", Split.HOLD_OUT, ("spleen", "liver")
        )
        case = held_out_case(project, planned, lambda: False)
    monkeypatch.setattr(measuring, "open_session", ObedientSession)
    monkeypatch.setattr(ObedientSession, "targets", case.targets)
    monkeypatch.setattr(ObedientSession, "asked", [])
    return case


def measured(case, folder, active=0.45, candidate=1.0, is_cancelled=lambda: False):
    return measure_case(
        lambda: case, case.key, Package(active), Package(candidate), 0, folder, is_cancelled
    )


def test_both_models_see_the_same_users_and_the_better_one_shows(held_out, tmp_path):
    (pair,) = measured(held_out, tmp_path / "measured")
    assert (pair.patient, pair.structure, pair.is_reference) == ("P0002", "spleen", False)
    assert pair.candidate.by_clicks[1] == 1.0
    assert pair.active.by_clicks[1] < 0.8
    assert pair.candidate.surface == 1.0
    assert pair.candidate.clicks_to_good == 1.0
    assert pair.active.clicks_to_good == 6.0
    assert pair.active.automatic is None


def test_a_structure_without_a_voxel_is_not_measured(held_out):
    assert set(held_out.targets) == {"spleen"}


def test_what_was_measured_before_a_restart_is_not_measured_again(held_out, tmp_path):
    first = measured(held_out, tmp_path / "measured")
    asked = len(ObedientSession.asked)
    assert asked
    assert measured(held_out, tmp_path / "measured") == first
    assert len(ObedientSession.asked) == asked
    (tmp_path / "measured" / f"{held_out.key}.json").write_text("[")
    assert measured(held_out, tmp_path / "measured") == first
    assert len(ObedientSession.asked) == 2 * asked


def test_a_cancelled_comparison_leaves_no_half_result(held_out, tmp_path):
    with pytest.raises(CancelledError):
        measured(held_out, tmp_path / "measured", is_cancelled=lambda: True)
    assert not (tmp_path / "measured").exists()


def test_a_structure_that_the_active_model_does_not_know_is_compared_with_nothing(
    held_out, tmp_path
):
    active, candidate = Package(0.45), Package(1.0)
    active.answers_any_structure, active.structures = False, ("liver",)
    (pair,) = measure_case(
        lambda: held_out, held_out.key, active, candidate, 0, tmp_path, lambda: False
    )
    assert pair.active == Figures(None, {1: 0.0, 3: 0.0, 5: 0.0}, 0.0, None, 6.0)
    assert pair.candidate.by_clicks[1] == 1.0
    candidate.answers_any_structure, candidate.structures = False, ("liver",)
    assert not measure_case(
        lambda: held_out, held_out.key, active, candidate, 0, tmp_path / "n", lambda: False
    )


def test_a_model_without_clicks_is_measured_by_what_it_finds_alone(held_out, tmp_path, monkeypatch):
    def segment(self, structure):
        return self.respond(SimpleNamespace(structure=structure))

    monkeypatch.setattr(ObedientSession, "segment", segment, raising=False)
    monkeypatch.setattr(Package, "takes_clicks", False)
    monkeypatch.setattr(Package, "automatic_structures", ("spleen",))
    (pair,) = measured(held_out, tmp_path)
    assert pair.candidate == Figures(1.0, {}, 1.0, None, None)
    assert 0 < pair.active.automatic < 0.8
    assert compared(by_patient([pair]), 0)[0].measure is Measure.AUTOMATIC
    assert len(ObedientSession.asked) == 2  # no click


def test_the_slice_of_a_held_out_case_is_kept_with_both_masks(held_out, tmp_path):
    measured(held_out, tmp_path)
    picture = load_slice(slice_file(tmp_path, held_out.key, "spleen"), "P0002")
    assert picture.dice[0] < 0.8
    assert picture.dice[1] == 1.0


def test_cases_of_one_patient_count_as_one():
    def figures(dice):
        return Figures(None, {1: dice}, dice, 0.0, 1.0)

    pairs = [
        CasePair("P1", "spleen", figures(0.5), figures(0.7), False),
        CasePair("P1", "spleen", figures(0.7), figures(0.9), False),
        CasePair("P2", "spleen", figures(0.6), figures(0.6), False),
    ]
    one, two = by_patient(pairs)
    assert one.active.by_clicks[1] == pytest.approx(0.6)
    assert one.candidate.surface == pytest.approx(0.8)
    assert two.patient == "P2"


def test_recorded_clicks_are_given_to_both_models_and_kept(held_out, tmp_path):
    assert held_out.steps == ()  # its labels came from nobody's clicks
    steps = tuple(ClickStep(Click((x, 0.0, 0.0), "spleen", True), 10, 0.1) for x in (1.0, 2.0, 3.0))
    recorded = replace(held_out, steps=steps)
    (pair,) = measured(recorded, tmp_path, active=0.45, candidate=1.0)
    assert pair.recorded == (4.0, 1.0)  # the active one never gets there with these three
    assert measured(held_out, tmp_path) == (pair,)
    (other,) = measured(held_out, tmp_path / "other")
    assert other.recorded is None
