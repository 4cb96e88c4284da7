import pytest
from PySide6.QtCore import QBuffer, QByteArray, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QLabel

from app.gui.case_list_delegate import ROW_HEIGHT_PX
from app.gui.case_list_model import MAX_THUMBNAILS
from training.cases.records import CaseQuery, CaseStatus

pytestmark = pytest.mark.gui


@pytest.fixture
def study_desk(desk, study):
    """A window with a project of three cases."""
    desk.logic.project.open_project(study)
    desk.executor.run_all()
    return desk


def png(color):
    pixmap = QPixmap(8, 8)
    pixmap.fill(QColor(color))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG")
    return bytes(data.data())


def names(desk):
    return [line.name for line in desk.window.cases.model.lines]


def open_case(desk, case_id):
    desk.logic.case_list.open_case(case_id)
    desk.executor.run_all()


def test_a_project_shows_its_cases_and_what_to_do_next(study_desk):
    window = study_desk.window
    assert names(study_desk) == ["liver 1", "liver 2", "liver 3"]
    assert window.cases.isVisible()
    assert window.project_page.isVisible()
    assert study_desk.actions["next_undone"].isEnabled()
    assert str(study_desk.workbench.project.projects.project.folder) in (
        study_desk.workbench.settings.settings.recent_projects
    )


def test_a_project_whose_cases_are_being_listed_is_not_said_to_be_empty(desk, study):
    desk.logic.project.open_project(study)
    page = desk.window.project_page
    while desk.workbench.project.projects.project is None:
        desk.executor.run_next()
    at_first = [label.text() for label in page.findChildren(QLabel)]
    desk.executor.run_all()
    in_the_end = [label.text() for label in page.findChildren(QLabel)]

    assert "Listing the cases …" in at_first
    assert "An empty project" not in at_first
    assert "3 cases, 3 to do" in in_the_end


def test_typing_searches_after_a_pause_and_return_goes_to_the_list(study_desk, qtbot):
    dock = study_desk.window.cases
    study_desk.actions["find_case"].trigger()
    with qtbot.waitSignal(dock.filters.query_changed):
        qtbot.keyClicks(dock.filters.search, "3")
    study_desk.executor.run_all()
    assert names(study_desk) == ["liver 3"]

    qtbot.keyClick(dock.filters.search, Qt.Key.Key_Return)
    study_desk.executor.run_all()
    assert dock.selected_id == 3


def test_return_in_the_list_opens_the_case(study_desk, qtbot):
    dock = study_desk.window.cases
    dock.list.setCurrentIndex(dock.model.index(1))
    qtbot.keyClick(dock.list, Qt.Key.Key_Return)
    study_desk.executor.run_all()

    assert study_desk.workbench.project.opener.opened.case_id == 2
    assert [line.is_open for line in dock.model.lines] == [False, True, False]
    assert study_desk.window.review_bar.isVisible()


def test_each_status_in_the_filter_has_its_count(study_desk):
    study_desk.workbench.project.review.exclude(3, "motion")
    study_desk.executor.run_all()
    filters = study_desk.window.cases.filters

    texts = [filters._status.itemText(row) for row in range(filters._status.count())]
    assert texts[:3] == ["All (3)", "To do (2)", "New (2)"]
    assert texts[-1] == "Excluded (1)"


def test_the_filter_asks_for_the_statuses_that_it_names(study_desk, qtbot):
    filters = study_desk.window.cases.filters
    with qtbot.waitSignal(filters.query_changed) as asked:
        filters._status.setCurrentIndex(1)

    assert asked.args == [CaseQuery(statuses=frozenset({CaseStatus.NEW, CaseStatus.IN_PROGRESS}))]


def test_no_match_is_said(study_desk, qtbot):
    dock = study_desk.window.cases
    with qtbot.waitSignal(dock.filters.query_changed):
        dock.filters.search.setText("kidney")
    study_desk.executor.run_all()

    assert dock.model.rowCount() == 0
    assert dock._empty.isVisible()
    assert "No case matches" in dock._empty.text()


def test_rows_are_drawn_and_ask_for_their_picture_once(study_desk, qtbot):
    dock = study_desk.window.cases
    study_desk.workbench.project.projects.project.cases.set_thumbnail(1, png("red"))
    dock.model.forget_thumbnails()
    with qtbot.waitSignal(dock.model.thumbnails_wanted):
        dock.list.viewport().repaint()
    study_desk.executor.run_all()
    asked = []
    dock.model.thumbnails_wanted.connect(asked.append)
    image = dock.list.viewport().grab().toImage()

    ratio = image.devicePixelRatio()
    middle = image.pixelColor(round(35 * ratio), round(ROW_HEIGHT_PX / 2 * ratio))
    assert middle.red() > 200 > 60 > middle.green()
    qtbot.wait(1)
    assert asked == []


def test_pictures_of_long_lists_do_not_pile_up(study_desk):
    model = study_desk.window.cases.model
    for case_id in range(3 * MAX_THUMBNAILS):
        model.set_thumbnail(case_id, png("blue"))

    assert len(model._thumbnails) == MAX_THUMBNAILS


def test_a_row_can_be_heard(study_desk):
    model = study_desk.window.cases.model
    text = model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert "liver 1" in text
    assert "New" in text


def test_the_menu_of_a_case_offers_what_is_possible(study_desk):
    menu = study_desk.window.cases.menu_for(1)
    possible = {action.text(): action.isEnabled() for action in menu.actions()}

    assert possible["Open"]
    assert possible["Exclude…"]
    assert not possible["Reopen"]
    menu.deleteLater()


def test_going_on_keeps_changes_as_a_version_without_asking(study_desk, draw):
    open_case(study_desk, 1)
    draw(study_desk.session)
    study_desk.actions["next_undone"].trigger()
    study_desk.executor.run_all()

    bench = study_desk.workbench.project
    assert bench.opener.opened.case_id == 2
    assert bench.projects.project.versions.newest(1).number == 1


def test_saving_in_a_project_names_the_version(study_desk, draw):
    open_case(study_desk, 1)
    draw(study_desk.session)
    study_desk.actions["save"].trigger()
    study_desk.executor.run_all()

    assert study_desk.window.banner.text == "liver 1 is saved, as version 1."
    assert study_desk.files.written == []


def test_closing_the_project_goes_back_to_the_start_page(study_desk):
    open_case(study_desk, 1)
    study_desk.actions["close_project"].trigger()
    study_desk.executor.run_all()

    assert study_desk.session is None
    assert study_desk.window.start_page.isVisible()
    assert not study_desk.window.cases.isVisible()
    assert not study_desk.actions["next_undone"].isEnabled()


def test_a_project_that_another_window_writes_is_read_only_and_says_so(desk, study):
    from training.cases.project import Project

    with Project.open(study, author="Berta"):
        desk.logic.project.open_project(study)
        desk.executor.run_all()
        open_case(desk, 1)

        assert desk.window.notice_bar.isVisible()
        assert "reading only" in desk.window.notice_bar.text
        assert not desk.actions["approve_case"].isEnabled()
        assert not desk.actions["add_folder"].isEnabled()
        assert "read-only" in desk.actions["submit_case"].toolTip()
    desk.workbench.project.projects.close_project()


def test_what_could_not_be_added_is_listed_with_its_sentence(study_desk, tmp_path, monkeypatch):
    from app.gui.add_dialog import AddDialog

    folder = tmp_path / "scans"
    folder.mkdir()
    (folder / "broken.nii.gz").write_bytes(b"no image" * 100)
    monkeypatch.setattr(AddDialog, "exec", lambda _dialog: True)
    study_desk.logic.exchange.add((folder,))
    study_desk.executor.run_all()

    (line,) = study_desk.window.cases.problems.lines
    assert line.startswith("broken.nii.gz cannot be opened")
    assert study_desk.window.cases.problems.isVisible()


def test_project_settings_are_agreed_on_and_the_split_is_drawn_once(study_desk, monkeypatch):
    from app.gui.project_settings_dialog import ProjectSettingsDialog

    shown = []

    def fill_in(dialog):
        study_desk.executor.run_all()
        shown.append(dialog._state.text())
        dialog._differs.setChecked(True)
        dialog._name.setText("Livers")
        dialog._after_cases.setValue(5)
        dialog._at_hour.setCurrentIndex(3)  # "never" is the first
        dialog._draw.click()
        study_desk.executor.run_all()
        shown.append(dialog._state.text())
        assert not dialog._draw.isVisibleTo(dialog)
        return True

    monkeypatch.setattr(ProjectSettingsDialog, "exec", fill_in)
    study_desk.actions["project_settings"].trigger()
    study_desk.executor.run_all()

    project = study_desk.workbench.project.projects.project
    assert project.settings.reviewer_must_differ
    assert (project.settings.trains_after_cases, project.settings.trains_at_hour) == (5, 2)
    assert study_desk.window.cases._name.text() == "Livers"
    assert shown[0] == "Not drawn yet; 3 patients would be shared out."
    assert shown[1].startswith("Drawn and frozen: ")
    assert all(record.split is not None for record in project.cases.listed())
