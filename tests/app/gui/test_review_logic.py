import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit

from app.controllers.export_controller import ExportRequest
from app.gui import exchange_logic, review_logic
from app.gui.add_dialog import AddDialog
from app.gui.export_dialog import ExportDialog
from app.gui.sentence_dialog import SentenceDialog
from training.cases.records import CaseStatus, LabelDraft, VersionKind

pytestmark = pytest.mark.gui


@pytest.fixture
def case_desk(desk, study, draw):
    """A window with the first case of a project, in which something was drawn."""
    desk.logic.project.open_project(study)
    desk.executor.run_all()
    desk.logic.case_list.open_case(1)
    desk.executor.run_all()
    draw(desk.session)
    desk.executor.run_all()
    return desk


def press(desk, key):
    assert desk.actions[key].isEnabled(), desk.actions[key].toolTip()
    desk.actions[key].trigger()
    desk.executor.run_all()


def status(desk):
    return desk.workbench.project.opener.record.status


def test_findings_are_sentences_that_lead_to_their_place(case_desk, qtbot):
    press(case_desk, "check_case")
    dock = case_desk.window.review
    assert dock.isVisible()
    findings = case_desk.workbench.project.review.findings
    assert dock.checks.texts == tuple(finding.sentence for finding in findings)

    with_place = next(finding for finding in findings if finding.point_lps is not None)
    qtbot.mouseClick(dock.checks.buttons[0], Qt.MouseButton.LeftButton)
    assert case_desk.logic.views.cursor_lps == pytest.approx(with_place.point_lps)


def test_a_check_of_one_case_says_nothing_about_the_next(case_desk, draw):
    dock = case_desk.window.review
    assert dock.checks_state == "Not checked yet."
    press(case_desk, "check_case")
    draw(case_desk.session)
    case_desk.executor.run_all()
    assert dock.checks_state == "Not checked since the last change."

    case_desk.logic.case_list.open_case(2)
    case_desk.executor.run_all()
    assert dock.checks_state == "Not checked yet."

    press(case_desk, "close_project")
    assert dock.checks_state == "No case of the project is open."


def test_a_return_is_anchored_at_the_crosshair(case_desk, monkeypatch):
    press(case_desk, "submit_case")
    case_desk.logic.views.go_to((3.0, 4.0, -195.0))
    monkeypatch.setattr(review_logic, "ask_sentence", lambda *_: "Too small.")
    press(case_desk, "return_case")

    event = case_desk.workbench.project.versions.history.events[-1]
    assert event.point_lps == (3.0, 4.0, -195.0)
    assert event.structure == "spleen"
    assert "Returned: Too small." in case_desk.window.review.events.texts


def test_who_changes_their_mind_returns_nothing(case_desk, monkeypatch):
    press(case_desk, "submit_case")
    monkeypatch.setattr(review_logic, "ask_sentence", lambda *_: None)
    press(case_desk, "return_case")

    assert status(case_desk) is CaseStatus.IN_REVIEW


def test_approval_against_warnings_needs_a_word(case_desk, monkeypatch):
    asked = []

    def refuse(*arguments):
        asked.append(arguments)

    monkeypatch.setattr(review_logic, "ask_sentence", refuse)
    press(case_desk, "approve_case")
    assert len(asked) == 1
    assert status(case_desk) is CaseStatus.NEW

    monkeypatch.setattr(review_logic, "ask_sentence", lambda *_: "A phantom.")
    press(case_desk, "approve_case")
    assert case_desk.workbench.project.opener.opened.case_id == 2


def test_the_bar_says_where_the_case_stands(case_desk):
    bar = case_desk.window.review_bar
    assert bar._status.text() == "New"
    assert bar._version.text().startswith("Not saved yet")
    press(case_desk, "save")
    assert bar._version.text().startswith("Version 1")


def test_versions_are_listed_compared_and_returned_to(case_desk, draw):
    press(case_desk, "save")
    first = case_desk.session.labels.array.copy()
    draw(case_desk.session, first=10, last=13)
    press(case_desk, "save")
    panel = case_desk.window.review.versions
    panel.select(1, 2)
    panel._compare.click()
    case_desk.executor.run_all()
    assert "Dice" in panel._result.text()
    views = case_desk.logic.views.case_view.views
    assert views.comparison.is_shown
    assert views.comparison.titles == ("Version 1", "Version 2")

    panel._close.click()
    assert not views.comparison.is_shown
    panel._list.clearSelection()
    panel.select(1)
    panel._go_back.click()
    case_desk.executor.run_all()
    assert np.array_equal(case_desk.session.labels.array, first)


def test_drawing_ends_a_comparison(case_desk, draw):
    press(case_desk, "save")
    panel = case_desk.window.review.versions
    panel.select(1)
    panel._compare.click()
    case_desk.executor.run_all()
    draw(case_desk.session, first=10, last=13)

    assert not panel._result.isVisibleTo(panel)


def test_an_excluded_case_keeps_its_reason_in_sight(case_desk, monkeypatch):
    press(case_desk, "save")
    monkeypatch.setattr(review_logic, "ask_sentence", lambda *_: "Motion.")
    press(case_desk, "exclude_case")
    assert status(case_desk) is CaseStatus.EXCLUDED
    assert case_desk.window.review_bar._version.text() == "Motion."

    press(case_desk, "reopen_case")
    assert status(case_desk) is CaseStatus.IN_PROGRESS


def test_the_flag_follows_the_case(case_desk):
    press(case_desk, "flag_case")
    assert case_desk.actions["flag_case"].isChecked()
    case_desk.logic.case_list.open_case(2)
    case_desk.executor.run_all()
    assert not case_desk.actions["flag_case"].isChecked()


def test_export_keeps_what_is_unsaved_first_and_says_saved_and_verified(
    case_desk, tmp_path, monkeypatch
):
    out = tmp_path / "out"
    monkeypatch.setattr(
        ExportDialog, "request", property(lambda _dialog: ExportRequest("nrrd", out, 1))
    )
    monkeypatch.setattr(exchange_logic.ExportDialog, "exec", lambda _dialog: True)
    press(case_desk, "export")

    assert not case_desk.session.is_modified
    (file,) = out.iterdir()
    assert file.suffix == ".nrrd"
    assert "1 label map was saved" in case_desk.window.banner.text
    assert "verified" in case_desk.window.banner.text


def test_the_export_dialog_asks_for_what_is_chosen(qtbot, case_desk, tmp_path):
    press(case_desk, "save")
    record = case_desk.workbench.project.opener.record
    dialog = ExportDialog(record, 0, tmp_path)
    qtbot.addWidget(dialog)
    dialog.choose_format("stl")
    assert dialog.request == ExportRequest("stl", tmp_path, record.id)

    dialog._structures.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog._export.isEnabled()


def test_a_sentence_is_needed_and_ctrl_return_sends_it(qtbot, case_desk):
    dialog = SentenceDialog(case_desk.window, "Return", "What should be mended?", "Return")
    qtbot.addWidget(dialog)
    field = dialog.findChild(QPlainTextEdit)
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dialog.result() != QDialog.DialogCode.Accepted

    qtbot.keyClicks(field, "  The tail.  ")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.sentence == "The tail."


def test_leaving_out_names_means_copying(qtbot, case_desk, tmp_path):
    dialog = AddDialog((tmp_path,), copies=False, parent=case_desk.window)
    qtbot.addWidget(dialog)
    assert dialog.findChild(QDialogButtonBox) is not None
    dialog._options._deidentify.setChecked(True)

    assert dialog.copies
    assert dialog.deidentifies


def test_who_opens_a_returned_case_reads_what_to_mend(case_desk, monkeypatch):
    press(case_desk, "submit_case")
    monkeypatch.setattr(review_logic, "ask_sentence", lambda *_: "Too small.")
    press(case_desk, "return_case")
    case_desk.logic.case_list.open_case(2)
    case_desk.executor.run_all()
    case_desk.logic.case_list.open_case(1)
    case_desk.executor.run_all()

    assert "Too small." in case_desk.window.banner.text


def test_a_second_press_does_not_approve_the_case_that_follows(case_desk, monkeypatch):
    monkeypatch.setattr(review_logic, "ask_sentence", lambda *_: "A phantom.")
    bench = case_desk.workbench.project
    geometry = case_desk.session.volume.geometry
    draft = LabelDraft(np.ones(geometry.shape, np.uint8), geometry)
    bench.projects.project.versions.save(2, VersionKind.AUTOMATIC, draft)
    press(case_desk, "approve_case")
    assert bench.opener.opened.case_id == 2
    press(case_desk, "approve_case")

    assert bench.projects.project.cases.get(2).status is CaseStatus.NEW
    assert not case_desk.actions["approve_case"].autoRepeat()
