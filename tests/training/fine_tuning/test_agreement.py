"""Which approved labels the active model contradicts, and what is done with them."""

import pytest

from inference.messages import MaskProposal, StageSeconds
from training.cases.project import Project
from training.fine_tuning import agreement
from training.fine_tuning.agreement import outliers, without_disagreeing
from training.fine_tuning.plan import make_plan


def ignore(_share, _text=""):
    """Nobody watches."""


def never():
    return False


class Package:
    """A model of the spleen whose answers ``SeeingSession`` gives."""

    structures = ("spleen",)
    automatic = None
    takes_clicks = True
    automatic_structures = ()

    def __init__(self, folder):
        self.id, self.version, self.folder = "bench", "1.0.0", folder
        (folder / "manifest.json").write_text("{}")


class SeeingSession:
    """Finds what is bright, wherever the labels are."""

    opened = 0

    def __init__(self, volume, _package, _open_engine):
        SeeingSession.opened += 1
        self._bright = volume.array > 90
        self._whole = tuple(slice(0, size) for size in volume.array.shape)

    def respond(self, request):
        return MaskProposal(request.structure, self._whole, self._bright.copy(), StageSeconds())


@pytest.fixture
def package(tmp_path, monkeypatch):
    monkeypatch.setattr(agreement, "open_session", SeeingSession)
    monkeypatch.setattr(SeeingSession, "opened", 0)
    (tmp_path / "package").mkdir()
    return Package(tmp_path / "package")


@pytest.fixture
def study(make_project):
    """Four patients to learn from or choose by; the third has half its spleen labelled."""
    count = 0

    def spoil(labels, _split):
        nonlocal count
        count += 1
        if count == 3:
            labels[labels.shape[0] // 2 :] = 0
        return labels

    def make(reason=""):
        return make_project(train=3, validation=1, hold_out=1, spoil=spoil, reason=reason)

    return make


def checked(folder, package, included=()):
    with Project.open_to_read(folder) as project:
        plan = make_plan(project, included, ignore, never)
        return without_disagreeing(plan, project, package, included, ignore, never)


def test_a_label_that_the_model_contradicts_is_held_back_and_named(study, package):
    plan = checked(study(), package)
    (case,) = plan.held_back
    assert case.case == "patient 2"
    assert "disagrees with the approved spleen: Dice 0." in case.sentence
    assert "use the case all the same" in case.sentence
    assert len(plan.cases) == 4
    assert case.case_id not in {planned.case_id for planned in plan.cases}


def test_whoever_approved_with_a_reason_or_includes_the_case_has_decided(study, package):
    folder = study()
    (case,) = checked(folder, package).held_back
    assert not checked(folder, package, included=(case.case_id,)).held_back


def test_an_approval_with_a_reason_stands(study, package):
    assert not checked(study(reason="unusual anatomy"), package).held_back


def test_what_was_measured_is_not_measured_again_and_held_out_cases_are_not_asked(study, package):
    folder = study()
    checked(folder, package)
    assert SeeingSession.opened == 4
    checked(folder, package)
    assert SeeingSession.opened == 4


def test_with_few_cases_nothing_is_measured(make_project, package):
    checked(make_project(train=2, validation=1, hold_out=1, reason=""), package)
    assert SeeingSession.opened == 0


def test_only_what_is_far_below_the_others_stands_out():
    alike = {1: 0.93, 2: 0.91, 3: 0.92, 4: 0.94}
    assert outliers({n: {"spleen": value} for n, value in alike.items()}) == {}
    below = outliers({n: {"spleen": value} for n, value in (alike | {5: 0.7}).items()})
    assert list(below) == [5]
    assert "Dice 0.70 after 3 simulated clicks, where 0.92 is usual here." in below[5]
    varied = {1: 0.5, 2: 0.85, 3: 0.6, 4: 0.8, 5: 0.35}  # a pancreas: 0.35 is not unheard of
    assert outliers({n: {"pancreas": value} for n, value in varied.items()}) == {}


def test_three_cases_say_nothing_about_what_is_usual():
    assert outliers({1: {"spleen": 0.9}, 2: {"spleen": 0.9}, 3: {"spleen": 0.1}}) == {}
