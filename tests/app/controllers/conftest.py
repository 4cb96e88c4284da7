"""A project of three cases that is open, and one case with its model; what was said."""

from dataclasses import dataclass, field

import pytest

from app.controllers.activities import Activities
from app.controllers.case_session import CaseSession
from app.controllers.editing_controller import EditingController
from app.controllers.segmentation_controller import SegmentationController
from imaging.history import Change


@dataclass
class Table:
    """The controllers, the executor behind them, and every sentence they told."""

    bench: object
    executor: object
    told: list = field(default_factory=list)

    def run(self):
        self.executor.run_all()

    def open(self, case_id):
        self.bench.opener.open_case(case_id)
        self.run()
        return self.bench.opener.opened.session

    @property
    def records(self):
        return self.bench.projects.listing.records

    @property
    def project(self):
        return self.bench.projects.project

    def status_of(self, case_id):
        return self.project.cases.get(case_id).status


@pytest.fixture
def table(project_bench, held_executor, study):
    table = Table(project_bench, held_executor)
    bench = project_bench
    for controller in (bench.projects, bench.opener, bench.versions, bench.review, bench.autosave):
        controller.failed.connect(table.told.append)
    for controller in (bench.versions, bench.review):
        controller.noticed.connect(table.told.append)
    bench.review.done.connect(table.told.append)
    bench.projects.open_project(study)
    table.run()
    return table


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


class Bench:
    """A case, its controllers, and what they said."""

    def __init__(self, executor, model, predictor, volume):
        self.executor = executor
        self.predictor = predictor
        self.clock = Clock()
        self.activities = Activities()
        self.session = CaseSession(volume, model.structures)
        self.controller = SegmentationController(
            executor, lambda function: function(), self.activities, clock=self.clock
        )
        self.editing = EditingController(lambda: self.session, self.controller)
        self.failures, self.notices = [], []
        self.controller.failed.connect(self.failures.append)
        self.controller.noticed.connect(self.notices.append)
        self.model = model
        self.controller.open_case(self.session, model, lambda _volume: predictor)

    def click(self, index_kji, *, is_foreground=True):
        point = tuple(float(x) for x in self.session.volume.geometry.index_to_lps(index_kji))
        self.controller.add_click(point, is_foreground=is_foreground)

    def draw_elsewhere(self, mask, label_value):
        """A step that has nothing to do with the model."""
        edit = self.session.labels.edit_to(mask, label_value)
        self.session.do(Change("brush", edit, self.session.clicks.clicks, ()))

    @property
    def labels(self):
        return self.session.labels.array


@pytest.fixture
def bench(held_executor, fake_model, predictor, volume):
    bench = Bench(held_executor, fake_model, predictor, volume)
    held_executor.run_all()
    return bench


@pytest.fixture
def make_bench():
    """The class, for a bench of another executor, model or predictor."""
    return Bench
