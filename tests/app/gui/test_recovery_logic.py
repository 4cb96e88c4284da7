from pathlib import Path

import numpy as np
import pytest

from app.controllers.recovery_controller import NewerVersion, RestoreOn
from app.gui import file_dialogs
from app.gui.recovery_logic import journal_name, journal_text
from training.cases.journal import Journal, JournalHeader
from training.cases.journal_recovery import JournalInfo
from training.cases.records import LabelDraft, VersionKind

pytestmark = pytest.mark.gui


@pytest.fixture
def desk_after_crash(desk, study, draw, monkeypatch):
    """A window whose project holds the journal of work that was never saved."""
    close = Journal.close
    desk.logic.project.open_project(study)
    desk.executor.run_all()
    desk.logic.case_list.open_case(2)
    desk.executor.run_all()
    draw(desk.session)
    desk.executor.run_all()
    monkeypatch.setattr(Journal, "close", lambda journal, **_: close(journal, discard=False))
    desk.workbench.project.projects.close_project()
    monkeypatch.setattr(Journal, "close", close)
    desk.executor.run_all()
    desk.logic.project.open_project(study)
    desk.executor.run_all()
    return desk


def test_unsaved_work_is_offered_with_its_name_and_last_step(desk_after_crash):
    bar = desk_after_crash.window.notice_bar
    assert bar.isVisible()
    assert "liver 2" in bar.text
    assert "painting" in bar.text
    assert [button.text() for button in bar.buttons] == ["Restore", "Discard"]


def test_restore_opens_the_case_as_it_was(desk_after_crash):
    desk_after_crash.window.notice_bar.buttons[0].click()
    desk_after_crash.executor.run_all()

    assert desk_after_crash.session.volume_ml("spleen") > 0
    assert desk_after_crash.session.is_modified
    assert not desk_after_crash.window.notice_bar.isVisible()


@pytest.fixture
def desk_behind(desk_after_crash, volume):
    """The same, and the case got a first version since."""
    desk = desk_after_crash
    labels = np.full(volume.geometry.shape, 2, np.uint8)
    project = desk.workbench.project.projects.project
    project.versions.save(2, VersionKind.IMPORTED, LabelDraft(labels, volume.geometry))
    return desk


def test_a_newer_version_is_asked_about_and_not_now_keeps_the_offer(desk_behind, monkeypatch):
    desk, asked = desk_behind, []
    monkeypatch.setattr(
        file_dialogs, "ask_about_newer_version", lambda _parent, newer: asked.append(newer)
    )
    desk.window.notice_bar.buttons[0].click()
    desk.executor.run_all()

    assert asked == [NewerVersion("liver 2", None, 1)]
    assert desk.window.notice_bar.isVisible()


def test_the_header_names_the_version_that_restored_work_is_behind(desk_behind, monkeypatch):
    desk = desk_behind
    monkeypatch.setattr(file_dialogs, "ask_about_newer_version", lambda *_: RestoreOn.BASE)
    desk.window.notice_bar.buttons[0].click()
    desk.executor.run_all()

    assert "Version 1 is newer than this mask" in desk.window.review_bar.version_text


def test_discarding_is_asked_about_once_more(desk_after_crash, monkeypatch):
    desk, answers = desk_after_crash, [False, True]
    monkeypatch.setattr(file_dialogs, "ask_about_discarding", lambda *_: answers.pop(0))
    desk.window.notice_bar.buttons[1].click()
    desk.executor.run_all()
    assert len(desk.workbench.project.recovery.journals) == 1
    assert desk.window.notice_bar.isVisible()

    desk.window.notice_bar.buttons[1].click()
    desk.executor.run_all()
    assert desk.workbench.project.recovery.journals == ()
    assert not desk.window.notice_bar.isVisible()


def test_another_projects_notice_goes_with_it(desk_after_crash):
    desk_after_crash.workbench.project.projects.close_project()
    desk_after_crash.executor.run_all()

    assert not desk_after_crash.window.notice_bar.isVisible()


def test_a_single_ct_is_named_with_its_folder():
    header = JournalHeader("ct", "2026", source_path="/data/patient_8/ct.nii.gz")
    info = JournalInfo(Path("x.journal"), header, 1, "brush", 0.0)

    assert journal_name(info) == str(Path("patient_8") / "ct")
    assert journal_text(info).startswith(journal_name(info))
