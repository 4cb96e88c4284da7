import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QPushButton

from app.controllers.activities import Activities, Activity
from app.gui.status_bar import StatusBar

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("application")]


@pytest.fixture
def activities():
    return Activities()


@pytest.fixture
def bar(qtbot, activities):
    bar = StatusBar(activities)
    qtbot.addWidget(bar)
    bar.show()
    return bar


def test_progress_is_shown_while_something_runs(bar, activities):
    progress = bar.findChild(QProgressBar)
    assert not progress.isVisible()
    activities.show("work", Activity("Working", 0.25))
    assert progress.isVisible()
    assert progress.value() == 250

    activities.finish("work")
    assert not progress.isVisible()


def test_cancel_is_offered_where_it_is_possible_and_cancels(bar, activities, qtbot):
    cancelled = []
    button = bar.findChild(QPushButton)
    activities.show("fixed", Activity("Cannot stop"))
    assert not button.isVisible()
    activities.show("work", Activity("Working", 0.25, lambda: cancelled.append(True)))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert cancelled == [True]
