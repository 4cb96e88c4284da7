"""A label file whose values nothing names asks what they mean before it replaces the mask."""

import numpy as np
import pytest
from PySide6.QtWidgets import QDialogButtonBox

from app.gui.label_dialog import LabelDialog
from imaging.geometry import VolumeGeometry
from imaging.readers.label_file import OpenedLabels
from imaging.volume import Volume
from training.cases.label_meanings import Numbering, meanings_of

pytestmark = pytest.mark.gui


@pytest.fixture
def dialog_for(qtbot, tmp_path):
    def make(*values, names=(), file_name="labels.nii.gz"):
        array = np.array(values, np.uint8).reshape(1, 1, -1)
        found = meanings_of(tmp_path / file_name, OpenedLabels(array, (), names))
        dialog = LabelDialog(file_name, found, 500.0)
        qtbot.addWidget(dialog)
        return dialog

    return make


def accept_button(dialog):
    box = dialog.findChild(QDialogButtonBox)
    (accept,) = (b for b in box.buttons() if box.buttonRole(b) is box.ButtonRole.AcceptRole)
    return accept


def choose(box, meaning):
    box.setCurrentIndex(box.findData(meaning))


def test_a_value_that_nothing_names_must_be_chosen(dialog_for):
    dialog = dialog_for(0, 1, 1)
    assert not accept_button(dialog).isEnabled()
    assert dialog.why_not == "Say what this means here: 1."

    choose(dialog.boxes[0], "liver")
    assert accept_button(dialog).isEnabled()
    assert dialog.meanings == {1: "liver"}


def test_another_numbering_changes_every_proposal(dialog_for):
    dialog = dialog_for(1, 2)
    assert dialog.meanings == {1: "spleen", 2: "pancreas"}

    choose(dialog.numbering, Numbering.TOTALSEGMENTATOR)
    assert dialog.meanings == {1: "spleen", 2: "right kidney"}
    dialog.numbering.setCurrentIndex(dialog.numbering.count() - 1)
    assert dialog.why_not == "Say what this means here: 1, 2."


def test_names_that_we_lack_are_left_out_unless_one_chooses(dialog_for):
    dialog = dialog_for(1, 20, names=((1, "kidney_left"), (20, "colon")))
    assert dialog.meanings == {1: "left kidney", 20: ""}
    assert dialog.numbering.count() == 0

    choose(dialog.boxes[0], "")
    assert not accept_button(dialog).isEnabled()
    assert dialog.why_not.startswith("Every value is left out.")


def test_the_table_says_how_much_of_each_value_there_is(dialog_for):
    dialog = dialog_for(0, 1, 1, 20)
    texts = [[dialog._table.item(row, column).text() for column in range(3)] for row in (0, 1)]
    assert texts == [["1", "spleen", "1.0"], ["20", "colon", "0.5"]]


def test_the_mask_stays_until_the_values_are_explained(desk, draw, tmp_path, monkeypatch):
    desk.files.labels_are_ours = False
    desk.open_case()
    draw(desk.session)
    before = desk.session.labels.array.copy()
    shown = []

    def explain(dialog):
        shown.append(dialog.meanings)
        assert np.array_equal(desk.session.labels.array, before)
        choose(dialog.boxes[0], "stomach")
        return len(shown) > 1

    monkeypatch.setattr(LabelDialog, "exec", explain)
    for _ in range(2):
        desk.workbench.cases.open_labels(tmp_path / "labels.nii.gz")
        desk.executor.run_all()
        if len(shown) == 1:
            assert np.array_equal(desk.session.labels.array, before)
    assert shown == [{2: "None"}, {2: "None"}]
    assert np.unique(desk.session.labels.array).tolist() == [7]
    assert desk.session.volume_ml("stomach") > 0


def test_a_mask_that_is_named_after_a_structure_opens_as_it_without_a_question(desk, tmp_path):
    desk.files.labels_are_ours = False
    desk.open_case()
    desk.workbench.cases.open_labels(tmp_path / "kidney_left.nii.gz")
    desk.executor.run_all()

    assert desk.session.volume_ml("left kidney") > 0
    assert desk.session.volume_ml("spleen") == 0


def test_a_mask_of_the_open_ct_is_offered_as_its_labels_and_the_ct_stays(desk, tmp_path):
    ct = desk.files.volume
    mask = tmp_path / "spleen.nii.gz"
    flipped = VolumeGeometry(ct.geometry.shape, ct.geometry.affine * [-1, 1, 1, 1])
    moved = flipped.affine.copy()
    moved[:3, 3] = ct.geometry.index_to_lps([ct.geometry.shape[0] - 1, 0, 0])
    array = np.zeros(ct.array.shape, np.int16)
    array[1:3] = 1
    ct_array = ct.array.copy()
    ct_array[0, 0, 0] = -1000
    desk.files.volume = Volume(ct_array, ct.geometry, ct.name)
    desk.open_case()
    session = desk.session
    desk.files.others[mask] = Volume(array, VolumeGeometry(ct.geometry.shape, moved), "spleen")

    desk.logic.files.open_path(mask)
    desk.executor.run_all()
    assert desk.session is session
    bar = desk.window.notice_bar
    assert bar.text.startswith("spleen.nii.gz is a mask on the grid of ")

    bar.buttons[0].click()
    desk.executor.run_all()
    assert desk.session is session
    assert desk.files.read_labels == [mask]
    assert not bar.isVisible()

    desk.logic.files.open_path(mask)
    desk.executor.run_all()
    bar.buttons[1].click()
    desk.executor.run_all()
    assert desk.session.volume.name == "spleen"
