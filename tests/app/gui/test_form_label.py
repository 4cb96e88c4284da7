import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.gui.form_label import add_row

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("application")]


@pytest.fixture
def page(qtbot):
    shown = QWidget()
    qtbot.addWidget(shown)
    return shown


def middle(widget, line_px):
    top_left = widget.mapTo(widget.window(), QPoint(0, widget.contentsMargins().top()))
    return top_left.y() + line_px / 2


def test_a_label_is_level_with_a_field(page):
    field = QLineEdit()
    add_row(QFormLayout(page), "Name", field)
    page.show()

    label = page.findChild(QLabel)
    line_px = label.fontMetrics().height()
    assert label.buddy() is field
    assert abs(middle(label, line_px) - field.geometry().center().y()) <= 2


def test_a_label_is_level_with_the_first_of_several_lines(page):
    first, second = QCheckBox("one"), QCheckBox("two")
    lines = QVBoxLayout()
    for box in (first, second):
        lines.addWidget(box)
    add_row(QFormLayout(page), "Options", lines, first)
    page.show()

    label = page.findChild(QLabel)
    line_px = label.fontMetrics().height()
    assert abs(middle(label, line_px) - first.geometry().center().y()) <= 2
