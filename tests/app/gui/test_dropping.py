"""What becomes of several files that are dropped on the window at once."""

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from app.controllers.case_session import CaseSession
from imaging.errors import UnreadableFileError
from imaging.volume import Volume

pytestmark = pytest.mark.gui


def drop(window, *urls):
    data = QMimeData()
    data.setUrls(list(urls))
    button, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action = Qt.DropAction.CopyAction
    window.dropEvent(QDropEvent(QPointF(9, 9), action, data, button, modifiers))


@pytest.fixture
def urls(tmp_path):
    return [QUrl.fromLocalFile(str(tmp_path / name)) for name in ("a.nii.gz", "b.nii.gz")]


def test_several_files_without_a_project_are_said_to_be_too_many(desk, urls):
    drop(desk.window, *urls)
    desk.executor.run_all()

    assert desk.window.banner.text == "Drop one CT or folder at a time."
    assert desk.files.opened == []


def test_several_files_reach_an_open_project_together(desk, urls, monkeypatch, study):
    added = []
    monkeypatch.setattr(desk.logic.exchange, "add", added.append)
    desk.logic.project.open_project(study)
    desk.executor.run_all()
    drop(desk.window, *urls)

    assert [[path.name for path in paths] for paths in added] == [["a.nii.gz", "b.nii.gz"]]


def test_what_is_not_on_this_computer_is_not_taken(desk, urls):
    drop(desk.window, urls[0], QUrl("https://example.org/ct.nii.gz"))
    desk.executor.run_all()

    assert not desk.window.banner.isVisible()
    assert desk.files.opened == []


@pytest.fixture
def project_case(desk, study, volume, tmp_path):
    """A project with a case open, and the path of a file that holds a mask of it."""
    desk.logic.project.open_project(study)
    desk.executor.run_all()
    ct = Volume(np.full(volume.geometry.shape, -50, np.int16), volume.geometry, "CT")
    desk.workbench.cases.adopt(CaseSession(ct, ("spleen",)))
    array = np.zeros(volume.geometry.shape, np.int16)
    array[1, 1, 1] = 1
    path = tmp_path / "a.nii.gz"
    path.touch()
    desk.files.others[path] = Volume(array, volume.geometry, "a")
    return path


@pytest.mark.usefixtures("project_case")
def test_a_mask_of_the_open_case_is_offered_as_its_labels(desk, urls, monkeypatch):
    added = []
    monkeypatch.setattr(desk.logic.exchange, "add", added.append)
    drop(desk.window, urls[0])
    desk.executor.run_all()

    assert desk.window.notice_bar.text.startswith("a.nii.gz is a mask on the grid of CT")
    assert added == []
    assert desk.workbench.activities.current is None


def test_a_mask_that_is_wanted_as_a_case_stays_in_the_project(
    desk, urls, monkeypatch, project_case
):
    added = []
    monkeypatch.setattr(desk.logic.exchange, "add", added.append)
    drop(desk.window, urls[0])
    desk.executor.run_all()
    _labels, other = desk.window.notice_bar.buttons
    assert other.text() == "Add as a case…"
    other.click()

    assert added == [(project_case,)]


@pytest.mark.parametrize("is_readable", [True, False])
def test_what_is_no_mask_is_added_to_the_project(
    desk, urls, monkeypatch, project_case, is_readable
):
    added = []
    monkeypatch.setattr(desk.logic.exchange, "add", added.append)
    desk.files.others[project_case] = desk.session.volume
    if not is_readable:
        desk.files.error = UnreadableFileError("a.nii.gz cannot be read.")
    drop(desk.window, urls[0])
    desk.executor.run_all()

    assert added == [(project_case,)]
    assert not desk.window.banner.isVisible()
