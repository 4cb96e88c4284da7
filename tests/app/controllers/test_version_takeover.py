"""A version becomes active while a case is open; engines and threads are held by the test."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.controllers.activities import Activities
from app.controllers.case_session import CaseSession
from app.controllers.model_in_use import ModelInUse
from app.controllers.segmentation_controller import SegmentationController
from app.controllers.version_takeover import VersionTakeover
from imaging.errors import EngineError


class Store:
    """A store whose active version the test sets."""

    def __init__(self, package):
        self.versions = self
        self.package = package
        self.is_own = True
        self.looks = 0

    def stamp(self, _model_id):
        return None if self.package.version == "1.0" else (int(self.package.version[-1]), 0)

    def has(self, _package):
        return self.is_own

    def find(self, _model_id):
        self.looks += 1
        return self.package


@dataclass
class Desk:
    takeover: VersionTakeover
    store: Store
    in_use: ModelInUse
    segmentation: SegmentationController
    executor: object
    predictors: dict
    tried: list
    activities: Activities
    session: CaseSession | None = None

    def promote(self, version):
        self.store.package = package(self.store.package, version)
        self.takeover.look()

    def open(self, volume):
        self.session = CaseSession(volume, ("spleen",))
        self.segmentation.open_case(self.session, self.in_use.package, self.in_use.make_predictor)


def package(model, version):
    changed = replace(model, version=version)
    for name, value in {"folder": Path(version), "networks": ()}.items():
        object.__setattr__(changed, name, value)
    for part in ("clicks", "automatic", "whole_volume", "sliding_window"):
        object.__setattr__(changed, part, None)
    return changed


@pytest.fixture
def desk(held_executor, fake_model, volume, predictor):
    predictors, tried = {"1.0": predictor}, []

    def maker_of(model):
        def make(asked):
            found = predictors.setdefault(model.version, type(predictor)(asked))
            found.reach = 3 if model.version != "1.0" else 2
            return found

        return make

    first = package(fake_model, "1.0")
    store = Store(first)
    in_use = ModelInUse(first, maker_of)
    activities = Activities()
    segmentation = SegmentationController(held_executor, lambda act: act(), activities)
    takeover = VersionTakeover(
        store, in_use, segmentation,
        lambda: seat.session.volume if seat.session else None,
        maker_of, tried.append, held_executor, lambda act: act(), activities,
    )  # fmt: skip
    seat = Desk(takeover, store, in_use, segmentation, held_executor, predictors, tried, activities)
    seat.open(volume)
    held_executor.run_all()
    return seat


def test_looking_costs_no_work_while_nothing_is_promoted(desk):
    desk.takeover.look()
    assert len(desk.executor) == 0
    assert desk.store.looks == 0


def test_a_promoted_version_is_tried_and_made_ready_before_it_answers(desk, click_at):
    desk.promote("1.1")
    assert desk.in_use.package.version == "1.0"
    desk.executor.run_all()
    assert desk.tried == [()]
    assert desk.predictors["1.1"].is_prepared
    assert desk.in_use.package.version == "1.1"
    assert desk.segmentation.predictor is desk.predictors["1.1"]
    desk.segmentation.add_click(click_at((2, 3, 4)).point_lps, is_foreground=True)
    desk.executor.run_all()
    assert len(desk.predictors["1.1"].requests) == 1
    assert not desk.predictors["1.0"].requests
    assert desk.activities.current is None


def test_it_waits_for_the_click_that_is_being_answered(desk, click_at):
    desk.promote("1.1")
    desk.segmentation.add_click(click_at((2, 3, 4)).point_lps, is_foreground=True)
    desk.executor.run_next()
    assert desk.in_use.package.version == "1.0"
    desk.executor.run_all()
    assert len(desk.predictors["1.0"].requests) == 1
    assert desk.in_use.package.version == "1.1"
    assert len(desk.session.settled_clicks) == 1


def test_a_case_that_was_opened_meanwhile_is_prepared_too(desk, volume):
    desk.promote("1.1")
    desk.executor.run_next()
    first = desk.predictors.pop("1.1")
    assert desk.segmentation.predictor is first
    desk.promote("1.2")
    other = replace(volume, name="another CT")
    desk.open(other)
    desk.executor.run_all()
    assert desk.in_use.package.version == "1.2"
    assert desk.segmentation.is_ready
    assert len(desk.tried) == 3  # for the CT that was open, and for the one that is


def test_without_an_open_case_it_is_used_when_its_engines_are_tried(desk):
    desk.session = None
    desk.segmentation.close_case()
    desk.promote("1.1")
    desk.executor.run_all()
    assert desk.in_use.package.version == "1.1"
    assert desk.tried == [()]
    assert "1.1" not in desk.predictors


def test_a_version_that_cannot_be_made_ready_is_a_sentence_and_the_old_one_goes_on(
    desk, monkeypatch
):
    said = []
    desk.takeover.failed.connect(said.append)

    def fail(_networks):
        raise EngineError("No engine can run it.")

    monkeypatch.setattr(desk.takeover, "_try_networks", fail)
    desk.promote("1.1")
    desk.executor.run_all()
    assert desk.in_use.package.version == "1.0"
    assert desk.segmentation.is_ready
    assert "version 1.0 goes on answering. No engine can run it." in said[0]
    desk.takeover.look()
    assert len(desk.executor) == 0  # it is not tried again and again


def test_a_model_that_was_named_by_its_folder_stays(desk):
    desk.store.is_own = False
    desk.promote("1.1")
    desk.executor.run_all()
    assert desk.in_use.package.version == "1.0"
    assert not desk.tried


def test_the_choice_of_another_model_ends_the_preparation(desk):
    desk.promote("1.1")
    desk.in_use.use(replace(desk.in_use.package, id="other"))
    desk.executor.run_all()
    assert desk.in_use.package.id == "other"
    assert not desk.tried
