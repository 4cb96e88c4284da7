import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QPushButton

from app.controllers.activities import Activities, Activity
from app.controllers.latency import LatencyLog
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


def test_the_version_is_named_and_all_together_fits_into_the_smallest_window(bar, activities):
    class Model:
        title, version = "Abdomen, clicks on any organ, automatic spleen (small)", "0.2.10"

    bar.show_model(Model)
    bar.show_engine("OpenVINO 2026.4 bf16 on CPU, 2 threads")
    latency = LatencyLog()
    latency.add(0.988)
    bar.show_latency(latency)
    activities.show("work", Activity("Making version 0.2.11 ready", 0.5, lambda: None))
    assert bar.model_text.startswith("Model 0.2.10: Abdomen")
    assert bar.minimumSizeHint().width() <= 1024
