import pytest
from PySide6.QtCore import QObject, QTimer

from viewer.widgets.render_turns import RenderTurns

pytestmark = pytest.mark.gui


class View(QObject):
    """Notes when it was painted, among the other events of the loop."""

    def __init__(self, name, events, *, render_ms=8.0, is_under_mouse=False):
        super().__init__()
        self.name, self.render_ms, self._events = name, render_ms, events
        self.is_stale, self.is_shown, self._is_under_mouse = True, True, is_under_mouse

    def isVisible(self):
        return self.is_shown

    def underMouse(self):
        return self._is_under_mouse

    def repaint(self):
        self.is_stale = False
        self._events.append(self.name)


@pytest.fixture
def turns(qapp):
    turns = RenderTurns(qapp)
    yield turns
    turns.stop()
    turns.deleteLater()


@pytest.fixture
def events():
    return []


def test_the_view_under_the_pointer_comes_first_then_the_cheapest(turns, events, qtbot):
    views = [
        View("3D", events, render_ms=40.0),
        View("axial", events, render_ms=12.0),
        View("coronal", events, render_ms=9.0),
        View("sagittal", events, render_ms=15.0, is_under_mouse=True),
    ]
    for view in views:
        turns.request(view)
    qtbot.waitUntil(lambda: len(events) == 4)

    assert events == ["sagittal", "coronal", "axial", "3D"]


def test_other_events_are_heard_between_two_views(turns, events, qtbot):
    for name in "abc":
        turns.request(View(name, events))
    timer = QTimer(interval=0)
    timer.timeout.connect(lambda: events.append("."))
    timer.start()
    qtbot.waitUntil(lambda: {"a", "b", "c"} <= set(events))
    timer.stop()

    shown = "".join(events).strip(".")
    assert "ab" not in shown
    assert "bc" not in shown


def test_a_view_that_is_asked_for_all_the_time_holds_no_other_back(turns, events, qtbot):
    busy, other = View("busy", events, is_under_mouse=True), View("other", events)

    def ask_again():
        busy.is_stale = True
        turns.request(busy)

    busy_paint = busy.repaint
    busy.repaint = lambda: (busy_paint(), ask_again())
    turns.request(busy)
    turns.request(other)
    qtbot.waitUntil(lambda: "other" in events)
    turns.stop()

    assert events[:2] == ["busy", "other"]


def test_what_qt_painted_meanwhile_or_is_hidden_takes_no_turn(turns, events, qtbot):
    painted, hidden, last = (View(name, events) for name in ("painted", "hidden", "last"))
    for view in (painted, hidden, last):
        turns.request(view)
    painted.is_stale = False
    hidden.is_shown = False
    qtbot.waitUntil(lambda: "last" in events)

    assert events == ["last"]


def test_it_knows_for_how_long_no_view_was_asked_for(turns, events, qtbot):
    turns.request(View("axial", events))
    just_now = turns.quiet_ms
    qtbot.waitUntil(lambda: turns.quiet_ms > just_now + 5)
    before = turns.quiet_ms
    turns.request(View("axial", events))

    assert turns.quiet_ms < before
