"""A fake model, fake files, and an executor that waits to be told."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np
import pytest

from app.controllers.activities import Activities
from app.controllers.case_controller import CaseController
from app.controllers.project_bench import ProjectBench
from app.controllers.right_of_way import RightOfWay
from app.segment_project import ProjectSegmenter
from imaging.clicks import Click
from imaging.errors import CancelledError, SeriesChoiceError
from imaging.geometry import VolumeGeometry
from imaging.history import Change
from imaging.readers.label_file import OpenedLabels
from imaging.structures import structure_by_name
from imaging.volume import Volume
from inference.messages import MaskProposal, StageSeconds
from inference.model_package import Measurement
from training.cases.content_hash import content_sha256
from training.cases.project import Project
from training.cases.provenance import ModelUsed
from training.cases.records import (
    CaseSource,
    LabelDraft,
    NewCase,
    SourceKind,
    Split,
    VersionKind,
)


class HeldExecutor(Executor):
    """Runs nothing until told to, so a test chooses the order of events."""

    def __init__(self):
        self._waiting = []

    def submit(self, function, /, *args, **kwargs):
        future = Future()
        self._waiting.append((future, lambda: function(*args, **kwargs)))
        return future

    def __len__(self):
        return sum(not future.cancelled() for future, _ in self._waiting)

    def run_next(self):
        """Run the oldest work that was not cancelled while it waited."""
        while self._waiting:
            future, work = self._waiting.pop(0)
            if future.set_running_or_notify_cancel():
                self._finish(future, work)
                return

    def run_all(self):
        while self._waiting:
            self.run_next()

    @staticmethod
    def _finish(future, work):
        try:
            result = work()
        except BaseException as error:  # as a real executor does
            future.set_exception(error)
        else:
            future.set_result(result)


@dataclass(frozen=True)
class FakeModel:
    id: str = "fake"
    version: str = "1.0"
    title: str = "Fake model"
    structures: tuple[str, ...] = ("spleen", "pancreas")
    automatic_structures: tuple[str, ...] = ("spleen",)
    takes_clicks: bool = True
    answers_any_structure: bool = True
    licence: str = "Apache-2.0"
    measured: tuple[Measurement, ...] = (
        Measurement("a bench", "spleen", 2, ((0, 0.8), (5, 0.91))),
    )


def ignore(_share, _what):
    """Nobody watches."""


def never_mind(_found):
    """Nobody watches."""


def never():
    return False


class FakePredictor:
    """Answers a click with a block around it, and "segment" with the block of voxels 2 to 6."""

    engine_name = "Fake engine"
    device_name = "no device"
    reach = 2

    def __init__(self, volume: Volume):
        self._shape = volume.geometry.shape
        self._geometry = volume.geometry
        self.requests = []
        self.is_prepared = False
        self.error: Exception | None = None
        self.while_segmenting: Callable[[], None] = lambda: None
        self.while_preparing_answer: Callable[[], None] = lambda: None

    def prepare(self, report_progress=ignore, is_cancelled=never):
        report_progress(0.5, "Preparing")
        self.is_prepared = not is_cancelled()
        return 0.125

    def segment(self, structure, report_progress=ignore, is_cancelled=never, show_found=never_mind):
        report_progress(0.5, "Half way")
        self.while_preparing_answer()
        part = (slice(2, 4), slice(2, 7), slice(2, 7))
        show_found(MaskProposal(structure, part, np.ones((2, 5, 5), bool), StageSeconds()))
        self.while_segmenting()
        if is_cancelled():
            raise CancelledError("cancelled")
        self._raise_if_told()
        box = (slice(2, 7), slice(2, 7), slice(2, 7))
        return MaskProposal(structure, box, np.ones((5, 5, 5), bool), StageSeconds(network=0.25))

    def respond(self, request, is_cancelled=never):
        self.requests.append(request)
        self.was_cancelled = is_cancelled
        self._raise_if_told()
        newest = request.clicks[-1]
        index_kji = self._geometry.nearest_index(newest.point_lps)
        box = tuple(
            slice(max(0, at - self.reach), min(n, at + self.reach + 1))
            for at, n in zip(index_kji, self._shape, strict=True)
        )
        mask = np.full(tuple(s.stop - s.start for s in box), newest.is_foreground)
        return MaskProposal(request.structure, box, mask, StageSeconds(network=0.05))

    def _raise_if_told(self):
        if self.error is not None:
            raise self.error


class FakeFiles:
    """One volume under every path, and what was asked for."""

    def __init__(self, volume: Volume):
        self.volume = volume
        self.others = {}  # volumes of other paths
        self.previews = ()
        self.beside = {}  # label files beside paths
        self.label_warnings = ()
        self.labels_are_ours = True
        self.series = ()
        self.error = None
        self.opened = []
        self.listed = []
        self.read_labels = []
        self.written = []
        self.written_clicks = []

    def open_volume(self, path, *, series_uid, is_cancelled, report_progress):
        report_progress(0.5, "")
        if is_cancelled():
            raise CancelledError("cancelled")
        self._raise_if_told()
        if self.series and series_uid is None:
            raise SeriesChoiceError("choose")
        self.opened.append((path, series_uid))
        return self.others.get(path, self.volume)

    def list_series(self, path):
        self.listed.append(path)
        return self.series

    def series_previews(self, path, *, is_cancelled):
        assert self.series, f"{path} holds no series"
        self._raise_if_told()
        assert not is_cancelled()
        return self.previews

    def open_labels(self, path, geometry, *, is_cancelled):
        self.read_labels.append(path)
        self._raise_if_told()
        assert not is_cancelled()
        array = np.full(geometry.shape, 2, np.uint8)
        return OpenedLabels(array, self.label_warnings, has_our_values=self.labels_are_ours)

    def labels_beside(self, path):
        return self.beside.get(path, ())

    def write_label_file(self, path, labels, geometry):
        assert geometry is self.volume.geometry
        self._raise_if_told()
        self.written.append((path, labels.copy()))

    def write_clicks(self, path, clicks, geometry):
        assert geometry is self.volume.geometry
        self._raise_if_told()
        self.written_clicks.append((path, clicks))

    def make_sample(self):
        return self.volume

    def _raise_if_told(self):
        if self.error is not None:
            raise self.error


@pytest.fixture
def files(volume) -> FakeFiles:
    return FakeFiles(volume)


@pytest.fixture
def held_executor() -> HeldExecutor:
    return HeldExecutor()


@pytest.fixture
def fake_model() -> FakeModel:
    return FakeModel()


@pytest.fixture
def volume(oblique_geometry: VolumeGeometry) -> Volume:
    array = np.zeros(oblique_geometry.shape, np.int16)
    return Volume(array, oblique_geometry, name="Test CT")


@pytest.fixture
def predictor(volume) -> FakePredictor:
    return FakePredictor(volume)


@pytest.fixture
def click_at(volume):
    """A click at a voxel."""

    def make(index_kji, structure="spleen", is_foreground=True):
        point = tuple(float(x) for x in volume.geometry.index_to_lps(index_kji))
        return Click(point, structure, is_foreground)

    return make


@pytest.fixture
def segmenter_with():
    """What segments all new cases: a model of the spleen alone."""

    def make(predictor) -> ProjectSegmenter:
        model = ModelUsed("fake", "1.0", "0" * 64)
        return ProjectSegmenter(model, (structure_by_name("spleen"),), lambda _volume: predictor)

    return make


@pytest.fixture
def study(tmp_path, files, volume):
    """The folder of a project with three new cases, whose CTs the fake files know."""
    folder = (tmp_path / "study").resolve()
    with Project.create(folder, author="Anna") as project:
        for number, name in enumerate(("liver 1", "liver 2", "liver 3"), start=1):
            path = folder.parent / f"{name}.nii.gz"
            path.touch()
            array = np.full(volume.geometry.shape, number, np.int16)
            files.others[path] = Volume(array, volume.geometry, name=path.name)
            source = CaseSource(SourceKind.FILE, path, content_sha256(array, volume.geometry))
            key = project.patient_key(name)
            project.cases.add(NewCase(name, source, volume.geometry, key))
    return folder


@pytest.fixture
def taught_study(tmp_path, oblique_geometry):
    """The folder of a project that a model can learn from: one case is approved, for training."""
    labels = np.zeros(oblique_geometry.shape, np.uint8)
    labels[:2, :2, :2] = structure_by_name("spleen").label_value
    with Project.create(tmp_path / "study", author="Anna") as project:
        source = CaseSource(SourceKind.FILE, tmp_path / "ct.nii.gz", "0" * 64)
        key = project.patient_key("patient 1")
        case = project.cases.add(NewCase("patient 1", source, oblique_geometry, key))
        project.splits.assign(key, Split.TRAIN)
        draft = LabelDraft(labels, oblique_geometry)
        project.versions.save(case.id, VersionKind.INTERIM, draft)
        project.review.approve(case.id)
    return tmp_path / "study"


def at_once(function):
    function()


@pytest.fixture
def case_controller(files, held_executor, fake_model):
    return CaseController(
        files, held_executor, at_once, Activities(), lambda: fake_model.structures
    )


@pytest.fixture
def right_of_way():
    return RightOfWay()


@pytest.fixture
def project_bench(
    case_controller,
    files,
    held_executor,
    fake_model,
    predictor,
    segmenter_with,
    right_of_way,
    tmp_path,
):
    """The controllers of a project on an executor that waits to be told."""
    bench = ProjectBench.make(
        case_controller,
        files,
        held_executor,
        at_once,
        Activities(),
        data_folder=tmp_path / "data",
        uid_map_file=tmp_path / "uid_map.json",
        structures_of_new_case=lambda: fake_model.structures,
        model_used=lambda: ModelUsed("fake", "1.0", "0" * 64),
        engine=lambda: "Fake engine",
        make_segmenter=lambda: segmenter_with(predictor),
        right_of_way=right_of_way,
    )
    yield bench
    bench.close()
    held_executor.run_all()


@pytest.fixture
def draw():
    """Draws a block of a structure into an open session, as a step of undo."""

    def into(session, label_value=1, first=2, last=8, name="painting"):
        target = session.labels.mask(label_value).copy()
        target[first:last, first:last, first:last] = True
        edit = session.labels.edit_to(target, label_value)
        clicks = session.clicks.clicks
        session.do(Change(name, edit, clicks, clicks))

    return into
