import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QTableWidget,
    QWidget,
)

from app.gui.about_dialog import AboutDialog
from app.gui.file_dialogs import ask_where_to_save
from app.gui.series_dialog import SeriesDialog
from app.gui.shortcuts_dialog import ShortcutsDialog
from imaging.thumbnail import png_of

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


def test_shortcuts_are_found_by_their_words(qtbot, desk):
    dialog = ShortcutsDialog(desk.actions, desk.logic.help.shortcuts)
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


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (QMessageBox.StandardButton.Yes, "mask.nii.gz"),
        (QMessageBox.StandardButton.No, None),
    ],
)
def test_an_older_file_is_asked_about_when_the_ending_makes_its_name(
    qtbot, monkeypatch, tmp_path, answer, found
):
    window, asked = QWidget(), []
    qtbot.addWidget(window)
    (tmp_path / "mask.nii.gz").touch()
    typed = (str(tmp_path / "mask"), "NIfTI, compressed (*.nii.gz)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: typed)
    monkeypatch.setattr(QMessageBox, "warning", lambda *words: asked.append(words[2]) or answer)

    path = ask_where_to_save(window, tmp_path)

    assert path == (None if found is None else tmp_path / found)
    assert asked == ["mask.nii.gz already exists.\nDo you want to replace it?"]


def test_pictures_of_the_series_come_when_they_are_made(qtbot, make_series):
    dialog = SeriesDialog((make_series("1.1"), make_series("1.2")))
    qtbot.addWidget(dialog)
    table = dialog.findChild(QTableWidget)

    def shade(row):
        return table.item(row, 0).icon().pixmap(72, 72).toImage().pixelColor(36, 36).red()

    empty = shade(0)
    dialog.show_previews((png_of(np.full((96, 96), 200, np.uint8)), None))

    assert shade(0) == pytest.approx(200, abs=2)
    assert shade(1) == empty


def test_a_narrow_picture_takes_as_much_room_as_the_others(qtbot, make_series):
    dialog = SeriesDialog((make_series("1.1"),))
    qtbot.addWidget(dialog)
    dialog.show_previews((png_of(np.full((96, 40), 200, np.uint8)),))

    icon = dialog.findChild(QTableWidget).item(0, 0).icon()
    assert icon.actualSize(QSize(72, 72)) == QSize(72, 72)


def test_pictures_of_other_series_than_those_listed_are_not_shown(qtbot, make_series):
    dialog = SeriesDialog((make_series("1.1"), make_series("1.2")))
    qtbot.addWidget(dialog)
    before = dialog.grab().toImage()
    dialog.show_previews((png_of(np.full((96, 96), 200, np.uint8)),))

    assert dialog.grab().toImage() == before


def test_the_choice_of_series_asks_for_pictures_and_stops_without_them(
    desk, monkeypatch, make_series, somewhere
):
    desk.files.series = (make_series("1.2"), make_series("1.3"))
    desk.files.previews = (png_of(np.full((96, 96), 200, np.uint8)), None)
    shown = []

    def choose(dialog):
        monkeypatch.setattr(dialog, "show_previews", shown.append)
        desk.executor.run_all()
        return 0

    monkeypatch.setattr("app.gui.file_logic.SeriesDialog.exec", choose)
    desk.logic.files.open_path(somewhere)
    desk.executor.run_all()

    assert desk.session is None
    assert not desk.window.banner.isVisible()
