import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui.problems_box import ROOM_PX, ProblemsBox

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("application")]

LONG = "scan.nii.gz cannot be opened: it is not a NIfTI file, or its header is damaged. " * 3
LONG_LINES = 5
"""So many it fills at least, in 300 px."""


@pytest.fixture
def box(qtbot):
    made = ProblemsBox()
    qtbot.addWidget(made)
    made.resize(300, 400)
    return made


def test_a_long_line_makes_the_list_of_cases_no_wider(box):
    box.show_problems("Short", ("No.",))
    before = box.sizeHint().width()
    box.show_problems("Short", (LONG,))

    assert box.sizeHint().width() == before
    assert box.minimumSizeHint().width() < 250


def test_few_lines_take_less_room_than_many(box, qtbot):
    box.show_problems("One could not be added.", ("No.",))
    few = box.sizeHint().height()
    box.show_problems("Many could not be added.", (LONG,) * 9)

    qtbot.waitUntil(lambda: box.sizeHint().height() > few)
    assert box.sizeHint().height() < 300


def test_the_lines_are_seen_whole_where_the_dock_is_high(qtbot):
    dock = QWidget()
    qtbot.addWidget(dock)
    column = QVBoxLayout(dock)
    box = ProblemsBox()
    column.addWidget(QWidget(), 1)
    column.addWidget(box)
    dock.resize(300, 500)
    dock.show()
    box.show_problems("Two could not be added.", (LONG, LONG))
    qtbot.waitUntil(lambda: box._lines.height() >= ROOM_PX)
    assert box._lines.verticalScrollBar().isVisible()

    dock.resize(300, 1500)
    qtbot.waitUntil(lambda: not box._lines.verticalScrollBar().isVisible())
    last = box._lines.visualItemRect(box._lines.item(1))
    assert last.bottom() <= box._lines.viewport().height()
    assert last.height() >= LONG_LINES * box.fontMetrics().height()


def test_without_lines_there_is_nothing(box):
    box.show_problems("All was added.", ())

    assert not box.isVisible()
