"""The table of measures in the window: shown, followed, copied, saved."""

import csv
import io

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.gui import file_dialogs
from app.gui.measures_panel import ROW_HEIGHT_PX
from imaging.history import Change

pytestmark = pytest.mark.gui

NARROW_PX = 660
"""What is left for the table on a screen of 1280 px."""


@pytest.fixture
def case_desk(desk):
    desk.open_case()
    draw(desk, np.s_[2:6, 5:20, 5:20])
    desk.executor.run_all()
    return desk


def draw(desk, box):
    session = desk.session
    target = session.labels.mask(session.active.label_value)
    target[box] = True
    edit = session.labels.edit_to(target, session.active.label_value)
    session.do(Change("brush", edit, (), ()))


def texts(desk, row=0):
    model = desk.window.measures.model
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_the_panel_shows_numbers_with_units_and_follows_edits(case_desk):
    assert not case_desk.window.measures.isVisible()
    case_desk.actions["show_measures"].trigger()
    case_desk.executor.run_all()

    assert case_desk.window.measures.isVisible()
    model = case_desk.window.measures.model
    heading = model.headerData(1, Qt.Orientation.Horizontal)
    assert heading == "Volume\nmL"
    before = texts(case_desk)
    draw(case_desk, np.s_[6:8, 5:20, 5:20])
    during = texts(case_desk)
    case_desk.executor.run_all()
    after = texts(case_desk)

    assert float(during[1]) == pytest.approx(1.5 * float(before[1]), rel=0.1)
    assert during[4] == before[4]
    assert float(after[4]) > float(before[4])


def test_every_heading_and_three_rows_are_seen_in_the_smallest_panel(case_desk):
    case_desk.actions["show_measures"].trigger()
    panel = case_desk.window.measures
    header = panel.table.horizontalHeader()
    for column in range(1, header.count()):
        assert header.sectionSize(column) >= header.sectionSizeHint(column)
    assert panel.minimumSizeHint().height() >= 4 * ROW_HEIGHT_PX
    rest_px = panel.table.minimumHeight() - header.sizeHint().height()
    assert rest_px >= 3 * ROW_HEIGHT_PX


def test_no_column_needs_scrolling_between_both_docks_of_a_small_screen(case_desk):
    case_desk.actions["show_measures"].trigger()
    header = case_desk.window.measures.table.horizontalHeader()
    assert header.length() <= NARROW_PX


def test_closing_the_panel_unticks_its_action(case_desk):
    action = case_desk.actions["show_measures"]
    action.trigger()
    case_desk.window.measures.close_requested.emit()

    assert not action.isChecked()
    action.trigger()
    assert case_desk.window.measures.isVisible()


def test_a_click_on_a_row_makes_its_structure_active(case_desk):
    case_desk.actions["show_measures"].trigger()
    session = case_desk.session
    other = session.structures[-1].name
    panel = case_desk.window.measures
    panel.table.clicked.emit(panel.model.index(panel.model.row_of(other), 2))

    assert session.active.name == other
    assert panel.table.currentIndex().row() == panel.model.row_of(other)


def test_measures_are_copied_as_csv_and_as_a_table_even_while_the_panel_is_closed(case_desk):
    case_desk.actions["copy_measures"].trigger()
    case_desk.executor.run_all()

    data = QApplication.clipboard().mimeData()
    (row,) = csv.DictReader(io.StringIO(data.text()))
    assert row["structure"] == case_desk.session.active.name
    assert float(row["volume_ml"]) > 0
    assert data.html().count("<td>") == len(row)
    assert "Copied the measures of 1 structure." in case_desk.window.banner.text


def test_nothing_to_copy_is_said(desk):
    desk.open_case()
    desk.actions["copy_measures"].trigger()
    desk.executor.run_all()

    assert "all structures are empty" in desk.window.banner.text


def test_measures_are_saved_to_a_file(case_desk, tmp_path, monkeypatch):
    path = tmp_path / "measures.csv"
    monkeypatch.setattr(file_dialogs, "ask_where_to_save_measures", lambda *_: path)
    case_desk.actions["export_measures"].trigger()
    case_desk.executor.run_all()

    assert case_desk.session.active.name in path.read_text("utf-8-sig")
    assert "Saved measures.csv." in case_desk.window.banner.text


def test_a_file_that_cannot_be_written_is_a_sentence(case_desk, tmp_path, monkeypatch):
    path = tmp_path / "missing" / "measures.csv"
    monkeypatch.setattr(file_dialogs, "ask_where_to_save_measures", lambda *_: path)
    case_desk.actions["export_measures"].trigger()
    case_desk.executor.run_all()

    assert "measures.csv" in case_desk.window.banner.text
    assert not path.exists()


def test_resetting_the_layout_puts_the_table_away(case_desk):
    case_desk.actions["show_measures"].trigger()
    case_desk.actions["reset_layout"].trigger()

    assert not case_desk.window.measures.isVisible()
