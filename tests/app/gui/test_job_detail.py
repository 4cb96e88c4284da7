"""The curves, the comparison and the held-back cases of one job."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QLocale, Qt

from app.gui.job_detail import JobDetail
from training.fine_tuning.plan import HeldBack
from training.jobs.job import (
    EpochFigures,
    FineTuneSettings,
    Job,
    JobProgress,
    JobState,
    JobWish,
    Stage,
)
from training.promotion import Comparison, Measure, PromotionDecision, RecordedWork, Verdict

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("application")]

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
QUEUED = Job(
    1, JobState.QUEUED, JobWish.NONE, FineTuneSettings("bench"), JobProgress(), "", None, "",
    "Anna", NOW, NOW, None, NOW, "pc", 0,
)  # fmt: skip
FIRST = EpochFigures(1, 0.8, {"spleen": 0.7})
SECOND = EpochFigures(2, 0.6, {"spleen": 0.8, "pancreas": 0.5})
LINE = Comparison("spleen", Measure.CLICKS, 6, 0.85, 0.91, 0.06, 0.03, 0.08, "P1", 0.03)
HELD_BACK = (HeldBack(4, "liver 4", "The spleen is on the right side."), HeldBack(7, "x", "Odd."))


@pytest.fixture
def detail(qtbot):
    shown = JobDetail()
    qtbot.addWidget(shown)
    shown.show()
    return shown


def running(*figures):
    return replace(QUEUED, progress=JobProgress(Stage.TRAINING, 0.5, 2, 8, 60.0, figures))


def tabs(detail):
    return [detail.tabText(n) for n in range(detail.count()) if detail.isTabVisible(n)]


def test_a_job_that_waits_has_no_detail(detail):
    detail.show_job(QUEUED, ())
    assert not detail.isVisible()
    assert detail.curves is None
    detail.show_job(None, ())
    assert not detail.isVisible()


def test_curves_grow_with_the_epochs(detail):
    detail.show_job(running(FIRST), ())
    assert detail.curves.lines == {"Loss": ((1,), (0.8,)), "spleen": ((1,), (0.7,))}
    detail.show_job(running(FIRST, SECOND), ())
    assert detail.curves.lines == {
        "Loss": ((1, 2), (0.8, 0.6)),
        "spleen": ((1, 2), (0.7, 0.8)),
        "pancreas": ((2,), (0.5,)),
    }
    assert detail.currentIndex() == 0
    assert tabs(detail) == ["Training"]


def test_the_axes_have_the_decimal_mark_of_the_language(detail):
    before = QLocale()
    QLocale.setDefault(QLocale("de"))
    try:
        detail.show_job(running(FIRST, SECOND), ())
        axis = detail.curves._dice.getAxis("left")
        assert axis.tickStrings((0.2, 0.4), 1.0, 0.2) == ["0,2", "0,4"]
    finally:
        QLocale.setDefault(before)


def test_the_curves_of_another_job_take_the_place_of_the_first(detail):
    detail.show_job(running(FIRST, SECOND), ())
    detail.show_job(replace(running(FIRST), id=2), ())
    assert detail.curves.lines["Loss"] == ((1,), (0.8,))


def test_the_comparison_comes_to_the_front_when_it_is_there(detail):
    job = running(FIRST, SECOND)
    detail.show_job(job, ())
    decided = replace(job, decision=PromotionDecision(Verdict.PROMOTE, "Better.", (LINE,)))
    detail.show_job(decided, ())
    assert tabs(detail) == ["Training", "Comparison"]
    assert detail.currentWidget() is detail.comparison
    detail.setCurrentIndex(0)
    detail.show_job(decided, ())
    assert detail.currentIndex() == 0  # the user went back to the curves


def test_held_back_cases_are_named_and_ticked_ones_are_used(detail):
    detail.show_job(QUEUED, HELD_BACK)
    assert tabs(detail) == ["Held back (2)"]
    assert detail.held_back.item(0, 1).text() == "The spleen is on the right side."
    assert detail.included_cases == ()
    detail.held_back.item(1, 0).setCheckState(Qt.CheckState.Checked)
    detail.show_job(running(FIRST), HELD_BACK)  # looked at again: the tick stays
    assert detail.included_cases == (7,)


def test_the_sites_own_clicks_stand_below_the_comparison(detail):
    work = (RecordedWork("spleen", 6, 4.6, 2.1), RecordedWork("pancreas", 1, 3.0, 3.5))
    decision = PromotionDecision(Verdict.PROMOTE, "Better.", (LINE,), recorded=work)
    detail.show_job(replace(QUEUED, decision=decision), ())
    rows = [[detail.comparison.item(row, column).text() for column in range(6)] for row in (1, 2)]
    assert rows == [
        ["spleen", "your own clicks on 6 cases until it is good", "", "4.6", "2.1", "-2.5"],
        ["pancreas", "your own clicks on 1 case until it is good", "", "3.0", "3.5", "+0.5"],
    ]
