"""The main job in the real window: files, threads, scenes, mouse; only the model is fake."""

from dataclasses import dataclass

import nibabel
import numpy as np
import pytest
from PySide6.QtCore import Qt

from app.bootstrap import make_workbench
from app.gui import file_dialogs
from app.gui.application import make_application
from app.gui.background import Background
from app.gui.gui_thread import GuiThread
from app.gui.main_window import MainWindow
from app.gui.window_logic import WindowLogic
from app.paths import AppPaths
from imaging.phantom import make_phantom
from imaging.writers.volume_file import write_volume_file
from inference.messages import MaskProposal, StageSeconds
from viewer.scenes.planes import Plane

pytestmark = [pytest.mark.gui_gl, pytest.mark.slow]

SPLEEN = 1
TIMEOUT_MS = 60_000


@dataclass(frozen=True)
class Model:
    id: str = "fake"
    version: str = "1.0"
    title: str = "Fake model"
    structures: tuple[str, ...] = ("spleen", "pancreas")
    automatic_structures: tuple[str, ...] = ("spleen",)
    takes_clicks: bool = True
    answers_any_structure: bool = True


class TruthTeller:
    """Finds half of the true spleen, and adds or removes the true slice around a click."""

    engine_name = "Fake engine"
    device_name = "no device"

    def __init__(self, volume, truth):
        self._geometry = volume.geometry
        self._truth = truth == SPLEEN

    def prepare(self, report_progress, is_cancelled):
        report_progress(1.0, "Ready" if not is_cancelled() else "Cancelled")
        return 0.0

    def segment(self, structure, report_progress, is_cancelled, show_found):
        report_progress(0.5, "Working" if not is_cancelled() else "Cancelled")
        half = self._truth.copy()
        half[: self.middle_k] = False
        whole = tuple(slice(0, n) for n in half.shape)
        found = MaskProposal(structure, whole, half, StageSeconds())
        show_found(found)
        return found

    def respond(self, request, _is_cancelled=None):
        click = request.clicks[-1]
        k, _, _ = self._geometry.nearest_index(click.point_lps)
        rows, columns = self._geometry.shape[1:]
        box = (slice(k, k + 1), slice(0, rows), slice(0, columns))
        mask = self._truth[box] if click.is_foreground else np.zeros_like(self._truth[box])
        return MaskProposal(request.structure, box, mask, StageSeconds())

    @property
    def middle_k(self):
        return int(np.median(np.nonzero(self._truth.any(axis=(1, 2)))[0]))


@pytest.fixture(scope="module")
def phantom():
    return make_phantom(0, shape=(40, 96, 96))


@pytest.fixture
def app_window(qtbot, qapp, phantom, tmp_path, monkeypatch):
    assert make_application() is qapp
    predictor = TruthTeller(phantom.volume, phantom.labels)
    monkeypatch.setattr("app.bootstrap.predictor_maker", lambda *_: lambda _volume: predictor)
    background, gui_thread = Background(), GuiThread()
    paths = AppPaths.under(tmp_path / "home")
    workbench = make_workbench(Model(), paths, background, gui_thread)
    window = MainWindow(workbench)
    logic = WindowLogic(window, workbench)
    monkeypatch.setattr(file_dialogs, "ask_before_closing", lambda *_: file_dialogs.Unsaved.DISCARD)
    with qtbot.waitExposed(window):
        window.show()
    yield window, logic
    window.close()
    background.close()


def test_open_segment_click_undo_and_save(qtbot, app_window, phantom, tmp_path, monkeypatch):
    window, logic = app_window
    bench, actions = logic.workbench, window.actions_by_key
    ct = tmp_path / "ct.nii.gz"
    write_volume_file(ct, phantom.volume)

    logic.files.open_path(ct)
    qtbot.waitUntil(lambda: bench.segmentation.is_ready, timeout=TIMEOUT_MS)
    session = bench.cases.session
    assert np.array_equal(session.volume.array, phantom.volume.array)

    actions["segment"].trigger()
    qtbot.waitUntil(lambda: session.volume_ml("spleen") > 0, timeout=TIMEOUT_MS)
    after_automatic = session.labels.array.tobytes()

    missing = np.argwhere((phantom.labels == SPLEEN) & (session.labels.array == 0))
    index_kji = missing[len(missing) // 2]
    views = logic.views.widget
    views.state.set_cursor(session.volume.geometry.index_to_lps(index_kji))
    actions["foreground"].trigger()
    axial = views.slice_widgets[Plane.AXIAL]
    axial.repaint()
    x, y = axial.scene.project(session.volume.geometry.index_to_lps(index_kji))
    ratio = axial.devicePixelRatioF()
    place = axial.rect().topLeft()
    place.setX(round(x / ratio))
    place.setY(round(y / ratio))
    qtbot.mouseClick(axial, Qt.MouseButton.LeftButton, pos=place)
    assert len(session.shown_clicks) == 1
    qtbot.waitUntil(lambda: len(bench.segmentation.latency) == 1, timeout=TIMEOUT_MS)
    k = session.volume.geometry.nearest_index(session.clicks.clicks[0].point_lps)[0]
    assert k == index_kji[0]
    assert np.array_equal(session.labels.array[k] == SPLEEN, phantom.labels[k] == SPLEEN)

    actions["undo"].trigger()
    assert session.labels.array.tobytes() == after_automatic
    actions["redo"].trigger()

    mask_file = tmp_path / "mask.nii.gz"
    monkeypatch.setattr(file_dialogs, "ask_where_to_save", lambda *_: mask_file)
    actions["save"].trigger()
    qtbot.waitUntil(lambda: not session.is_modified, timeout=TIMEOUT_MS)
    saved, image = nibabel.load(mask_file), nibabel.load(ct)
    assert np.allclose(saved.affine, image.affine, atol=1e-6)
    assert np.array_equal(np.asarray(saved.dataobj).T, session.labels.array)


def test_a_file_that_is_no_ct_is_a_sentence_and_the_window_stays(qtbot, app_window, tmp_path):
    window, logic = app_window
    wrong = tmp_path / "holiday.nii.gz"
    wrong.write_bytes(b"not an image at all" * 100)
    logic.files.open_path(wrong)

    qtbot.waitUntil(window.banner.isVisible, timeout=TIMEOUT_MS)
    assert "holiday.nii.gz" in window.banner.text
    assert logic.workbench.activities.current is None
