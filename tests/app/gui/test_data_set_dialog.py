"""Adding a labelled data set: what its labels mean, asked before anything is added."""

import json

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from app.gui import file_dialogs
from app.gui.data_set_dialog import DataSetDialog, contents_text
from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from imaging.writers.volume_file import write_label_file, write_volume_file
from training.cases.data_set_offer import look_at_data_set
from training.cases.records import Split

pytestmark = pytest.mark.gui


@pytest.fixture
def data_set(tmp_path):
    """Two labelled training CTs and a test CT; one name is known here, one is not."""
    folder = tmp_path / "Task99_Mixed"
    rng = np.random.default_rng(0)
    turn = np.eye(3)[:, ::-1]
    geometry = VolumeGeometry.from_parts((10, 12, 14), (0, 0, 0), (3, 1, 1), turn)
    for place in ("imagesTr", "labelsTr", "imagesTs"):
        (folder / place).mkdir(parents=True)
    for name, image in (("a", "imagesTr"), ("b", "imagesTr"), ("c", "imagesTs")):
        array = rng.integers(-1000, 400, geometry.shape).astype(np.int16)
        write_volume_file(folder / image / f"{name}.nii.gz", Volume(array, geometry, name))
    labels = np.zeros(geometry.shape, np.uint8)
    labels[2:6, 3:8, 3:8], labels[7:9, 3:5, 3:5], labels[0, 0, 0] = 1, 2, 7
    for name in ("a", "b"):
        write_label_file(folder / "labelsTr" / f"{name}.nii.gz", labels, geometry)
    description = {
        "name": "Mixed",
        "modality": {"0": "CT"},
        "labels": {"0": "background", "1": "Spleen", "2": "thing"},
        "training": [
            {"image": f"./imagesTr/{name}.nii.gz", "label": f"./labelsTr/{name}.nii.gz"}
            for name in ("a", "b")
        ],
        "test": ["./imagesTs/c.nii.gz"],
    }
    (folder / "dataset.json").write_text(json.dumps(description), encoding="utf-8")
    return folder


@pytest.fixture
def dialog(qtbot, application, data_set):
    assert application.styleSheet()
    made = DataSetDialog(look_at_data_set(data_set), copies=False)
    qtbot.addWidget(made)
    return made


def choose(dialog, row, data):
    box = dialog.boxes[row]
    box.setCurrentIndex(box.findData(data))


def test_it_says_what_the_data_set_holds(data_set):
    text = contents_text(look_at_data_set(data_set))

    assert text == (
        "3 CTs, 2 with labels. The data set states its split, which is taken over: hold-out 1."
    )


def test_names_are_understood_where_they_are_certain_and_asked_for_where_not(dialog):
    assert [box.currentData() for box in dialog.boxes] == ["spleen", None, None]
    assert dialog.why_not == "Say what this means here: thing, 7."


def test_nothing_is_added_before_every_label_means_something(dialog, qtbot):
    add = next(b for b in dialog.findChildren(file_dialogs.QAbstractButton) if b.text() == "Add")
    assert not add.isEnabled()
    choose(dialog, 1, "pancreas")
    choose(dialog, 2, "")
    assert dialog.why_not == ""
    with qtbot.waitSignal(dialog.accepted):
        add.click()
    assert dialog.meanings == {1: "spleen", 2: "pancreas", 7: ""}


def test_the_cts_can_be_added_alone(dialog):
    button = next(
        b for b in dialog.findChildren(file_dialogs.QAbstractButton) if "alone" in b.text()
    )
    button.click()

    assert dialog.only_cts


def answer(monkeypatch, shown):
    """Say that 2 is the pancreas and 7 nothing, in every dialog that comes."""

    def execute(dialog):
        shown.append(dialog)
        choose(dialog, 1, "pancreas")
        choose(dialog, 2, "")
        return True

    monkeypatch.setattr(DataSetDialog, "exec", execute)


def test_a_folder_that_is_a_data_set_brings_its_labels_and_splits(
    desk, study, data_set, monkeypatch
):
    shown = []
    answer(monkeypatch, shown)
    desk.logic.project.open_project(study)
    desk.executor.run_all()
    desk.logic.exchange.add((data_set,))
    desk.executor.run_all()

    assert len(shown) == 1
    assert desk.window.banner.text == "3 cases added, 2 with labels."
    records = desk.workbench.project.projects.listing.records[3:]
    assert [record.structures for record in records] == [("spleen", "pancreas")] * 2 + [()]
    assert [record.split for record in records] == [None, None, Split.HOLD_OUT]


def test_a_description_of_something_else_does_not_keep_the_cts_out(
    desk, study, data_set, monkeypatch
):
    notes = []
    (data_set / "dataset.json").write_text('{"modality": {"0": "MRI"}, "training": [{}]}')
    monkeypatch.setattr(
        "app.gui.exchange_logic.AddDialog.exec", lambda dialog: notes.append(dialog) or False
    )
    desk.logic.project.open_project(study)
    desk.executor.run_all()
    desk.logic.exchange.add((data_set,))
    desk.executor.run_all()

    assert len(notes) == 1


def test_dropped_without_a_project_it_offers_one_and_is_added_to_it(
    desk, data_set, monkeypatch, tmp_path
):
    shown = []
    answer(monkeypatch, shown)
    monkeypatch.setattr(file_dialogs, "ask_new_project", lambda *_: tmp_path / "new study")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(data_set))])
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    modifiers = Qt.KeyboardModifier.NoModifier
    desk.window.dropEvent(QDropEvent(QPointF(9, 9), action, data, button, modifiers))
    assert "labelled data set" in desk.window.notice_bar.text
    desk.window.notice_bar.buttons[0].click()
    desk.executor.run_all()

    assert len(shown) == 1
    assert desk.workbench.project.projects.listing.case_count == 3
