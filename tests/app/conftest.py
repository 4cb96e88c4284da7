"""A model that answers at once and an executor that waits to be told, for controllers and window."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np
import pytest

from imaging.clicks import Click
from imaging.errors import CancelledError
from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from inference.messages import MaskProposal, StageSeconds


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
    licence: str = "Apache-2.0"


class FakePredictor:
    """Answers a click with a small block around it, and "segment" with the block of voxels 2 to 6."""

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

    def prepare(self, report_progress, is_cancelled):
        report_progress(0.5, "Preparing")
        self.is_prepared = not is_cancelled()

    def segment(self, structure, report_progress, is_cancelled):
        report_progress(0.5, "Half way")
        self.while_segmenting()
        if is_cancelled():
            raise CancelledError("cancelled")
        self._raise_if_told()
        box = (slice(2, 7), slice(2, 7), slice(2, 7))
        return MaskProposal(structure, box, np.ones((5, 5, 5), bool), StageSeconds(network=0.25))

    def respond(self, request):
        self.requests.append(request)
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
