import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest

from app.gui.main_window import MainWindow
from app.gui.window_layout import first_size
from app.settings import SettingsStore

pytestmark = pytest.mark.gui


@pytest.fixture
def study_desk(desk, study):
    desk.logic.project.open_project(study)
    desk.executor.run_all()
    return desk


def reopen(desk, study):
    desk.actions["close_project"].trigger()
    desk.executor.run_all()
    assert not desk.window.cases.isVisible()
    desk.logic.project.open_project(study)
    desk.executor.run_all()
    QTest.qWait(0)


def hide(desk, key):
    desk.actions[key].setChecked(True)
    desk.actions[key].trigger()


def test_a_project_shows_its_docks_the_first_time(study_desk):
    assert study_desk.window.cases.isVisible()
    assert study_desk.window.review.isVisibleTo(study_desk.window)


@pytest.mark.parametrize("closed", [("cases",), ("review",), ("cases", "review")])
def test_docks_that_were_closed_stay_closed(study_desk, study, closed):
    for name in closed:
        hide(study_desk, f"show_{name}")
    reopen(study_desk, study)

    window = study_desk.window
    docks = {"cases": window.cases, "review": window.review}
    for name, dock in docks.items():
        assert dock.isHidden() is (name in closed)


def test_docks_keep_their_side_and_width(study_desk, study, qtbot):
    window = study_desk.window
    for dock in (window.cases, window.review):
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    window.resizeDocks([window.cases], [402], Qt.Orientation.Horizontal)
    QTest.qWait(20)
    width = window.cases.width()
    assert width == pytest.approx(402, abs=4)
    reopen(study_desk, study)

    assert window.dockWidgetArea(window.cases) is Qt.DockWidgetArea.LeftDockWidgetArea
    qtbot.waitUntil(lambda: window.cases.width() == width)


def test_the_layout_survives_a_restart(study_desk, qtbot, tmp_path):
    hide(study_desk, "show_review")
    study_desk.window.close()
    kept = SettingsStore(tmp_path / "settings.json").settings
    again = MainWindow(study_desk.workbench)
    qtbot.addWidget(again)
    again.show_docks(kept.dock_layout)

    assert again.review.isHidden()
    assert not again.cases.isHidden()


def test_a_layout_brings_no_toolbar_to_a_page_without_views(study_desk, study):
    study_desk.logic.case_list.open_case(1)
    study_desk.executor.run_all()
    assert study_desk.window.top.isVisible()
    reopen(study_desk, study)

    assert study_desk.window.project_page.isVisible()
    assert not study_desk.window.top.isVisible()


@pytest.mark.parametrize("nonsense", ["", "no layout", "\N{SNOWMAN}", "AAAA/wAAAAD9AAAA"])
def test_a_damaged_layout_shows_the_docks_as_at_first(study_desk, nonsense):
    study_desk.window.arrangement.hide_docks()
    study_desk.window.show_docks(nonsense)

    assert study_desk.window.cases.isVisible()
    assert not study_desk.window.review.isHidden()


def test_a_maximised_window_comes_back_maximised_and_a_full_screen_one_does_not(desk, qtbot):
    desk.window.setWindowState(Qt.WindowState.WindowMaximized)
    text = desk.window.arrangement.geometry_text
    again = MainWindow(desk.workbench)
    qtbot.addWidget(again)
    again.arrangement.restore_geometry(text)
    assert again.isMaximized()

    again.setWindowState(Qt.WindowState.WindowFullScreen)
    text = again.arrangement.geometry_text
    third = MainWindow(desk.workbench)
    qtbot.addWidget(third)
    third.arrangement.restore_geometry(text)
    assert not third.isFullScreen()


def test_reset_brings_docks_and_views_back(study_desk):
    window = study_desk.window
    study_desk.logic.case_list.open_case(1)
    study_desk.executor.run_all()
    study_desk.actions["layout_axial"].trigger()
    for key in ("show_review", "show_cases"):
        hide(study_desk, key)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.cases)
    study_desk.actions["reset_layout"].trigger()

    assert window.dockWidgetArea(window.cases) is Qt.DockWidgetArea.RightDockWidgetArea
    assert not window.cases.isHidden()
    assert not window.review.isHidden()
    assert window.review in window.tabifiedDockWidgets(window.cases)
    assert study_desk.logic.views.widget.maximised is None


def test_reset_shows_no_docks_where_there_is_no_project(desk):
    desk.actions["reset_layout"].trigger()

    assert desk.window.cases.isHidden()


@pytest.mark.parametrize(
    ("available", "size"),
    [((2560, 1440), (1440, 900)), ((1280, 800), (1280, 764)), ((1440, 900), (1440, 864))],
)
def test_at_first_the_window_fits_on_the_screen(available, size):
    assert first_size(QSize(*available)) == QSize(*size)
