"""The training dialog shows what there is, and offers what is possible."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.controllers.training_controller import TrainingState
from app.gui.training_dialog import TrainingDialog
from app.gui.training_texts import epochs_text, progress_text
from training.cases.project import Project
from training.jobs.job import (
    EpochFigures,
    FineTuneSettings,
    Job,
    JobProgress,
    JobState,
    JobWish,
    Preset,
    Stage,
)
from training.promotion import Comparison, Measure, PromotionDecision, Verdict

pytestmark = pytest.mark.gui

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
JOB = Job(
    1, JobState.RUNNING, JobWish.NONE, FineTuneSettings("bench"), JobProgress(), "", None, "",
    "Anna", NOW, NOW, None, NOW, "pc", 0,
)  # fmt: skip
LINE = Comparison("spleen", Measure.CLICKS, 6, 0.85, 0.91, 0.06, 0.03, 0.08, "P1", 0.03)
FIGURES = (EpochFigures(1, 0.8, {"spleen": 0.7}), EpochFigures(2, 0.6, {"spleen": 0.8}))


@pytest.fixture
def dialog(qtbot, application):
    assert application.styleSheet()
    shown = TrainingDialog()
    qtbot.addWidget(shown)
    shown.show()
    return shown


def decided(verdict, state=JobState.FINISHED):
    decision = PromotionDecision(verdict, "It is better.", (LINE,))
    return replace(JOB, state=state, decision=decision, message="It is better.", version="1.0.1")


def show(dialog, *jobs, **others):
    dialog.show_state(TrainingState(jobs, **{"version": "1.0.0", "has_worker": True} | others))


def possible(dialog):
    buttons = ("pause", "cancel", "resume", "promote", "report")
    return {name for name in buttons if getattr(dialog, f"_{name}").isEnabled()}


def test_without_a_job_it_says_what_a_training_is(dialog):
    show(dialog)
    assert "No training yet" in dialog.sentence
    assert possible(dialog) == set()


def test_a_running_job_shows_how_far_it_is_and_can_be_stopped(dialog):
    progress = JobProgress(Stage.TRAINING, 0.25, 2, 8, 361.0, FIGURES)
    show(dialog, replace(JOB, progress=progress))
    assert dialog.sentence == "Training."
    assert dialog._progress.isVisible()
    assert dialog._progress.text() == "25%, 2 of 8 epochs, about 6 minutes left"
    assert "Dice of spleen 0.800 (0.700)" in dialog.detail.epochs_text
    assert possible(dialog) == {"pause", "cancel"}


def test_a_job_whose_worker_died_can_be_resumed(dialog):
    show(dialog, JOB, has_worker=False)
    assert "ended without a word" in dialog.sentence
    assert "resume" in possible(dialog)


def test_a_compared_model_shows_its_table_and_waits_to_be_used(dialog, qtbot):
    show(dialog, decided(Verdict.PROMOTE))
    assert dialog.sentence == "It is better."
    assert dialog.detail.comparison.item(0, 5).text() == "+0.060 (+0.030 to +0.080)"
    assert possible(dialog) == {"promote", "report"}
    with qtbot.waitSignal(dialog.promote_requested) as wanted:
        dialog._promote.click()
    assert wanted.args == [1]


def test_the_model_in_use_and_a_refused_one_cannot_be_used(dialog):
    show(dialog, decided(Verdict.PROMOTE), version="1.0.1")
    assert possible(dialog) == {"report"}
    show(dialog, decided(Verdict.REFUSE, JobState.REFUSED))
    assert possible(dialog) == {"report"}


def test_a_new_job_is_selected_and_a_chosen_one_stays_so(dialog):
    show(dialog, replace(JOB, id=2), JOB)
    dialog._jobs.selectRow(1)
    show(dialog, replace(JOB, id=2), replace(JOB, state=JobState.PAUSED))
    assert dialog.selected.id == 1
    show(dialog, replace(JOB, id=3), replace(JOB, id=2), JOB)
    assert dialog.selected.id == 3


def test_what_was_said_goes_when_a_job_gets_on(dialog):
    show(dialog, replace(JOB, state=JobState.QUEUED))
    dialog.show_message("Job 1 is in the queue.", is_warning=False)
    show(dialog, replace(JOB, state=JobState.QUEUED))
    assert dialog._message.isVisibleTo(dialog)
    show(dialog, replace(JOB, state=JobState.FAILED))
    assert not dialog._message.isVisibleTo(dialog)


def test_improving_takes_what_was_chosen(dialog, qtbot):
    dialog._preset.setCurrentIndex(1)
    dialog._asks.setChecked(True)
    with qtbot.waitSignal(dialog.improve_requested) as wanted:
        dialog._improve.click()
    assert wanted.args == [Preset.SMALL, True, ()]
    assert isinstance(wanted.args[0], Preset)


def test_words_for_one_minute_and_for_nothing_measured():
    assert progress_text(JobProgress(share=0.5, seconds_left=20.0)) == "50%, about 1 minute left"
    assert epochs_text(JOB) == ""


def test_the_window_asks_for_a_project_first_and_then_shows_its_jobs(desk, tmp_path):
    action = desk.actions["improve_model"]
    assert not action.isEnabled()
    Project.create(tmp_path / "study").close()
    desk.logic.project.open_project(tmp_path / "study")
    desk.executor.run_all()
    assert action.isEnabled()
    action.trigger()
    dialog = desk.logic.training.dialog
    assert dialog.isVisible()
    dialog._improve.click()
    desk.executor.run_all()
    assert "no approved case in the train split" in dialog._message.text()
    dialog.accept()
    assert desk.logic.training.dialog is None
