"""A project from its first folder to the second approval, in the real window; the model is fake."""

from dataclasses import dataclass

import numpy as np
import pytest

from app.bootstrap import make_workbench
from app.gui import add_dialog, file_dialogs, review_logic
from app.gui.application import make_application
from app.gui.background import Background
from app.gui.gui_thread import GuiThread
from app.gui.main_window import MainWindow
from app.gui.next_case_times import NextCaseTimes
from app.gui.window_logic import WindowLogic
from app.paths import AppPaths
from imaging.phantom import make_phantom
from imaging.writers.volume_file import write_volume_file
from inference.messages import MaskProposal, StageSeconds
from training.cases.content_hash import content_sha256
from training.cases.journal import Journal
from training.cases.project import Project
from training.cases.provenance import AutomaticStep, ModelUsed
from training.cases.records import (
    CaseSource,
    CaseStatus,
    NewCase,
    ReviewAction,
    SourceKind,
    VersionKind,
)

pytestmark = [pytest.mark.gui_gl, pytest.mark.slow]

SPLEEN = 1
TIMEOUT_MS = 60_000


@dataclass(frozen=True)
class Model:
    id: str = "fake"
    version: str = "1.0"
    title: str = "Fake model"
    structures: tuple[str, ...] = ("spleen",)
    automatic_structures: tuple[str, ...] = ("spleen",)
    takes_clicks: bool = True
    answers_any_structure: bool = True


class TruthTeller:
    """Finds the true spleen of whichever phantom it is given."""

    engine_name = "Fake engine"
    device_name = "no device"

    def __init__(self, volume, phantoms):
        self._truth = next(
            phantom.labels == SPLEEN
            for phantom in phantoms
            if np.array_equal(phantom.volume.array, volume.array)
        )

    def prepare(self, report_progress, is_cancelled):
        report_progress(1.0, "Ready" if not is_cancelled() else "Cancelled")
        return 0.0

    def segment(self, structure, report_progress, is_cancelled, show_found):
        report_progress(0.5, "Working" if not is_cancelled() else "Cancelled")
        whole = tuple(slice(0, n) for n in self._truth.shape)
        found = MaskProposal(structure, whole, self._truth.copy(), StageSeconds())
        show_found(found)
        return found


@dataclass
class Desk:
    """One run of the program, and the hands of its user."""

    window: MainWindow
    logic: WindowLogic
    background: Background
    qtbot: object

    @property
    def bench(self):
        return self.logic.workbench.project

    @property
    def project(self):
        return self.bench.projects.project

    @property
    def session(self):
        return self.logic.workbench.cases.session

    @property
    def record(self):
        return self.bench.opener.record

    def press(self, key):
        action = self.window.actions_by_key[key]
        self.until(action.isEnabled)
        action.trigger()

    def until(self, condition):
        self.qtbot.waitUntil(condition, timeout=TIMEOUT_MS)

    def until_status(self, status):
        self.until(lambda: self.record is not None and self.record.status is status)

    def until_open(self, case_id):
        opener, segmentation = self.bench.opener, self.logic.workbench.segmentation
        self.until(lambda: opener.opened is not None and opener.opened.case_id == case_id)
        self.until(lambda: self.record is not None and segmentation.is_ready)

    def open_ct(self, path):
        self.logic.files.open_path(path)
        segmentation = self.logic.workbench.segmentation
        self.until(lambda: self.session is not None and self.session.path == path)
        self.until(lambda: segmentation.is_ready)

    def segment(self):
        self.press("segment")
        self.until(lambda: self.session.volume_ml("spleen") > 0)

    def close(self):
        self.window.close()
        self.background.close()


@pytest.fixture(scope="module")
def phantoms():
    return tuple(make_phantom(seed, shape=(32, 80, 80)) for seed in (0, 1))


@pytest.fixture
def scans(tmp_path, phantoms):
    """A folder as it comes from a colleague: two CTs and a file that is none."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for number, phantom in enumerate(phantoms, start=1):
        write_volume_file(folder / f"scan_{number}.nii.gz", phantom.volume)
    (folder / "broken.nii.gz").write_bytes(b"no image" * 100)
    return folder


@pytest.fixture
def start(qtbot, qapp, phantoms, tmp_path, monkeypatch):
    """Starts the program; as often as a test wants."""
    assert make_application() is qapp
    maker = "app.bootstrap.predictor_maker"
    monkeypatch.setattr(maker, lambda *_: lambda volume: TruthTeller(volume, phantoms))
    used = ModelUsed("fake", "1.0", "0" * 64)
    monkeypatch.setattr("training.cases.model_used.model_used", lambda _model: used)
    monkeypatch.setattr(file_dialogs, "ask_before_closing", lambda *_: file_dialogs.Unsaved.DISCARD)
    monkeypatch.setattr(add_dialog.AddDialog, "exec", lambda _dialog: True)
    started = []

    def run():
        background, gui_thread = Background(), GuiThread()
        workbench = make_workbench(
            Model(), AppPaths.under(tmp_path / "home"), background, gui_thread
        )
        window = MainWindow(workbench)
        desk = Desk(window, WindowLogic(window, workbench), background, qtbot)
        with qtbot.waitExposed(window):
            window.show()
        started.append(desk)
        return desk

    yield run
    for desk in started:
        desk.close()


def answer(monkeypatch, text):
    """What the user writes when the next dialog asks for a sentence."""
    monkeypatch.setattr(review_logic, "ask_sentence", lambda *_args: text)


def test_from_a_folder_to_approved_and_reopened(start, scans, tmp_path, monkeypatch):
    desk = start()
    monkeypatch.setattr(file_dialogs, "ask_new_project", lambda *_: tmp_path / "study")
    monkeypatch.setattr(file_dialogs, "ask_folder_to_add", lambda *_: scans)
    desk.press("new_project")
    desk.until(lambda: desk.project is not None)
    desk.press("add_folder")
    desk.until(lambda: desk.bench.adding.report is not None)
    desk.until(lambda: len(desk.window.cases.model.lines) == 2)
    assert any("broken.nii.gz" in line for line in desk.window.cases.problems.lines)

    desk.press("next_undone")
    desk.until_open(1)
    desk.segment()
    desk.press("save")
    desk.until(lambda: not desk.session.is_modified)
    desk.until_status(CaseStatus.IN_PROGRESS)
    (version,) = desk.project.versions.of_case(1)
    assert version.kind is VersionKind.INTERIM
    assert isinstance(version.provenance.steps[0], AutomaticStep)
    assert np.array_equal(desk.project.versions.read(version.id).labels, desk.session.labels.array)

    desk.press("submit_case")
    desk.until_status(CaseStatus.IN_REVIEW)
    answer(monkeypatch, "The lower pole leaks.")
    desk.press("return_case")
    desk.until_status(CaseStatus.IN_PROGRESS)
    desk.until(lambda: "Returned: The lower pole leaks." in desk.window.review.events.texts)
    desk.until(lambda: bool(desk.window.review.events.buttons))

    answer(monkeypatch, "It is a small phantom.")
    desk.press("approve_case")
    desk.until_open(2)  # the next case to do
    assert desk.project.cases.get(1).status is CaseStatus.APPROVED
    assert desk.project.versions.newest(1).kind is VersionKind.APPROVED

    desk.bench.opener.open_case(1)
    desk.until_open(1)
    desk.press("reopen_case")
    desk.until_status(CaseStatus.IN_PROGRESS)
    actions = [event.action for event in desk.project.review.events(1)]
    assert actions[-2:] == [ReviewAction.APPROVED, ReviewAction.REOPENED]


def test_the_bench_times_the_list_and_goes_from_case_to_case(start, scans, tmp_path, phantoms):
    with Project.create(tmp_path / "study", author="Anna") as project:
        for number, phantom in enumerate(phantoms, start=1):
            ct = phantom.volume
            content = content_sha256(ct.array, ct.geometry)
            source = CaseSource(SourceKind.FILE, scans / f"scan_{number}.nii.gz", content)
            patient = project.patient_key(str(number))
            project.cases.add(NewCase(f"scan {number}", source, ct.geometry, patient))
    desk = start()

    times = NextCaseTimes(desk.window, desk.logic, len(phantoms))
    desk.logic.project.open_project(project.folder)

    desk.until(lambda: not desk.window.isVisible())
    assert times.problem == ""
    assert times.list_s > 0
    assert times.first_case_s > 0
    assert len(times.next_case_s) == 1


def test_after_a_crash_the_next_start_restores_the_work(start, scans, monkeypatch):
    desk = start()
    scan = scans / "scan_2.nii.gz"
    desk.open_ct(scan)
    desk.segment()
    labels = desk.session.labels.array.copy()
    close = Journal.close
    monkeypatch.setattr(Journal, "close", lambda journal, **_: close(journal, discard=False))
    desk.close()  # leaves the journal as a killed program does
    monkeypatch.setattr(Journal, "close", close)

    desk = start()
    desk.until(desk.window.notice_bar.isVisible)
    assert "scan_2" in desk.window.notice_bar.text
    restore, _discard = desk.window.notice_bar.buttons
    assert restore.text() == "Restore"
    restore.click()
    desk.until(lambda: desk.session is not None and desk.session.is_modified)

    assert np.array_equal(desk.session.labels.array, labels)
    assert desk.session.undo_name == "automatic spleen"
    assert not desk.window.notice_bar.isVisible()


def test_what_is_not_saved_waits_for_its_ct_over_other_cts_and_the_next_start(
    start, scans, monkeypatch
):
    monkeypatch.setattr(file_dialogs, "ask_before_closing", lambda *_: file_dialogs.Unsaved.KEEP)
    desk = start()
    desk.open_ct(scans / "scan_1.nii.gz")
    desk.segment()
    labels = desk.session.labels.array.copy()
    desk.open_ct(scans / "scan_2.nii.gz")  # asks nothing
    desk.until(lambda: "changes to scan_1 are kept" in desk.window.banner.text)
    desk.segment()
    desk.close()

    desk = start()
    desk.until(desk.window.notice_bar.isVisible)
    assert "scan_2" in desk.window.notice_bar.text  # the newest first
    desk.open_ct(scans / "scan_1.nii.gz")
    desk.until(lambda: "scan_1" in desk.window.notice_bar.text)
    desk.window.notice_bar.buttons[0].click()
    desk.until(lambda: desk.session.is_modified)
    assert np.array_equal(desk.session.labels.array, labels)
    desk.until(lambda: "scan_2" in desk.window.notice_bar.text)
