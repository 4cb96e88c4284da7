from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox, QPushButton

from app.gui import file_dialogs
from app.gui.remarks_dialog import RemarksDialog
from imaging.readers.label_file import OpenedLabels

pytestmark = pytest.mark.gui

LONG = "Frame {} refers to an image that is not in this CT and was placed by its own position."


def open_ct(desk, path):
    desk.logic.files.open_path(path)
    desk.executor.run_all()


@pytest.fixture
def ct(tmp_path):
    return (tmp_path / "ct.nii.gz").resolve()


def test_a_label_file_beside_the_ct_is_offered_and_opened(desk, ct):
    labels = ct.with_name("ct_labels.nii.gz")
    desk.files.beside[ct] = (labels,)
    open_ct(desk, ct)

    bar = desk.window.notice_bar
    assert bar.text == "A label file lies beside this CT: ct_labels.nii.gz"
    bar.buttons[0].click()
    desk.executor.run_all()
    assert desk.files.read_labels == [labels]
    assert desk.session.volume_ml("pancreas") > 0
    assert not bar.isVisible()


def test_an_offered_file_asks_before_it_takes_the_place_of_unsaved_work(
    desk, ct, draw, monkeypatch
):
    asked = []

    def cancel(_parent, what):
        asked.append(what)
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(file_dialogs, "ask_about_unsaved", cancel)
    desk.files.beside[ct] = (ct.with_name("ct_labels.nii.gz"),)
    open_ct(desk, ct)
    draw(desk.session)
    desk.window.notice_bar.buttons[0].click()
    desk.executor.run_all()

    assert asked == ["a label file replaces the mask"]
    assert desk.files.read_labels == []


def test_several_label_files_are_told_apart(desk, ct):
    twins = (Path("labelsTr/ct.nii.gz"), Path("masks/ct.nii.gz"))
    desk.files.beside[ct] = twins
    open_ct(desk, ct)

    texts = [button.text() for button in desk.window.notice_bar.buttons]
    assert texts == ["labelsTr/ct.nii.gz", "masks/ct.nii.gz"]


def test_the_offer_goes_with_its_ct_and_disturbs_nothing_else(desk, ct):
    desk.files.beside[ct] = (ct.with_name("ct_labels.nii.gz"),)
    open_ct(desk, ct)
    desk.open_case()
    assert not desk.window.notice_bar.isVisible()

    desk.window.notice_bar.show_notice("lock-outline", "Something else.")
    open_ct(desk, ct)
    desk.open_case()
    assert desk.window.notice_bar.text == "Something else."


def test_warnings_about_labels_stay_and_can_be_read_in_full(desk, ct, monkeypatch):
    desk.files.label_warnings = tuple(LONG.format(n) for n in range(1, 8))
    monkeypatch.setattr(file_dialogs, "ask_label_file", lambda *_: ct.with_name("seg.dcm"))
    desk.open_case()
    desk.actions["open_labels"].trigger()
    desk.executor.run_all()

    banner = desk.window.banner
    assert banner.text.startswith("seg.dcm was opened. 7 remarks, the first: Frame 1 refers")
    assert not banner._timer.isActive()
    (read_all,) = banner.findChildren(QPushButton)
    assert read_all.isVisible()
    shown = []
    monkeypatch.setattr(RemarksDialog, "exec", lambda dialog: shown.append(dialog))
    read_all.click()
    (dialog,) = shown
    dialog.findChild(QDialogButtonBox).buttons()[1].click()
    assert QGuiApplication.clipboard().text().splitlines()[1:] == list(desk.files.label_warnings)


def test_a_short_warning_is_there_whole(desk, ct):
    desk.files.label_warnings = ("Two values were no structures.",)
    desk.open_case()
    desk.workbench.cases.open_labels(ct)
    desk.executor.run_all()

    banner = desk.window.banner
    assert banner.text == "ct.nii.gz was opened. Two values were no structures."
    assert not banner.findChild(QPushButton).isVisible()


def test_labels_that_open_say_what_they_hold_in_place_of_an_earlier_failure(desk, ct):
    desk.open_case()
    desk.window.banner.show_error("mask.nii.gz does not lie on the grid of this CT.")
    desk.workbench.cases.open_labels(ct)
    desk.executor.run_all()

    volume_ml = desk.session.volume_ml("pancreas")
    assert desk.window.banner.text == f"ct.nii.gz was opened. Pancreas {volume_ml:.1f} mL."
    assert desk.window.banner.property("kind") == "done"


def test_the_structures_of_a_large_label_file_are_counted(desk, ct, monkeypatch):
    def open_labels(_path, geometry, **_options):
        labels = np.zeros(geometry.shape, np.uint8)
        labels[0, 0, :6] = range(1, 7)
        return OpenedLabels(labels, (), has_our_values=True)

    monkeypatch.setattr(desk.files, "open_labels", open_labels)
    desk.open_case()
    desk.workbench.cases.open_labels(ct)
    desk.executor.run_all()
    assert desk.window.banner.text == "ct.nii.gz was opened. It holds 6 structures."
