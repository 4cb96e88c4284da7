import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QLineEdit, QTableWidget

from app.gui.about_dialog import AboutDialog
from app.gui.file_dialogs import ask_where_to_save
from app.gui.series_dialog import SeriesDialog
from app.gui.shortcuts_dialog import ShortcutsDialog

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("application")]


def open_button(dialog):
    return dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Open)


def test_the_first_usable_series_is_chosen_and_refused_ones_cannot_be(qtbot, make_series):
    refused = make_series("1.1", "Localizer", 2, problem="A localizer is no volume.")
    dialog = SeriesDialog((refused, make_series("1.2")))
    qtbot.addWidget(dialog)
    assert dialog.series_uid == "1.2"

    item = dialog.findChild(QTableWidget).item(0, 0)
    assert not item.flags() & Qt.ItemFlag.ItemIsSelectable
    assert dialog.findChild(QTableWidget).item(0, 5).text() == "A localizer is no volume."


def test_without_a_usable_series_there_is_nothing_to_open(qtbot, make_series):
    dialog = SeriesDialog((make_series("1.1", problem="No."),))
    qtbot.addWidget(dialog)

    assert dialog.series_uid is None
    assert not open_button(dialog).isEnabled()


def test_shortcuts_are_found_by_their_words(qtbot):
    dialog = ShortcutsDialog()
    qtbot.addWidget(dialog)
    everything = len(dialog.shown_lines)
    dialog.findChild(QLineEdit).setText("undo")

    assert 0 < len(dialog.shown_lines) < everything
    assert all("undo" in line.lower() for line in dialog.shown_lines)


def test_the_about_box_says_what_it_may_be_used_for_and_can_be_copied(qtbot, application):
    dialog = AboutDialog("ONNX Runtime on CPU", "Spleen 1.0")
    qtbot.addWidget(dialog)
    dialog.copy_lines()

    assert "Engine: ONNX Runtime on CPU" in application.clipboard().text()
    assert "Research use only" in dialog.purpose


@pytest.mark.parametrize(
    ("typed", "filter_text", "name"),
    [
        ("mask", "NRRD (*.nrrd)", "mask.nrrd"),
        ("mask.v2", "NIfTI, compressed (*.nii.gz)", "mask.v2.nii.gz"),
        ("mask.mha", "NRRD (*.nrrd)", "mask.mha"),
    ],
)
def test_a_name_without_an_ending_gets_the_one_of_the_chosen_format(
    monkeypatch, tmp_path, typed, filter_text, name
):
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / typed), filter_text)
    )

    assert ask_where_to_save(None, tmp_path) == tmp_path / name
