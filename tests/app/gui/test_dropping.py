"""What becomes of several files that are dropped on the window at once."""

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

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
