from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QPushButton

from app.gui import file_dialogs
from app.gui.file_dialogs import Unsaved
from app.gui.main_window import MainWindow
from app.gui.structures_panel import StructureRow
from imaging.errors import UnreadableFileError, WriteError
from imaging.structures import STRUCTURES
from training.cases.journal import Journal
from training.cases.journal_recovery import find_journals
from viewer.scenes.planes import Plane

pytestmark = pytest.mark.gui


def texts_in(widget):
    return [label.text() for label in widget.findChildren(QLabel)]


def segment_button(desk):
    buttons = desk.window.side.tools.findChildren(QPushButton)
    return next(button for button in buttons if button.text().startswith("Segment"))


def axial(desk):
    return desk.logic.views.case_view.views.slice_widgets[Plane.AXIAL]


def test_without_a_case_there_is_the_start_page_and_nothing_that_needs_one(desk):
    assert desk.window.start_page.isVisible()
    assert not desk.window.side.isVisible()
    assert not desk.actions["segment"].isEnabled()
    assert "Open a CT first." in desk.actions["save"].toolTip()


def test_opening_shows_views_and_describes_the_case(desk):
    desk.open_case()

    assert not desk.window.start_page.isVisible()
    assert desk.window.side.isVisible()
    texts = texts_in(desk.window.side.case)
    assert "Test CT" in texts
    assert "40 \N{MULTIPLICATION SIGN} 30 \N{MULTIPLICATION SIGN} 20 voxels" in texts
    assert "Test CT" in desk.window.windowTitle()


def test_the_segment_button_names_the_active_structure_and_says_why_it_cannot(desk):
    desk.open_case()
    assert segment_button(desk).text() == "Segment spleen"
    assert segment_button(desk).isEnabled()

    desk.window.digit_pressed.emit(2)

    assert segment_button(desk).text() == "Segment pancreas"
    assert not segment_button(desk).isEnabled()
    assert "cannot find the pancreas" in segment_button(desk).toolTip()


def test_segmenting_shows_progress_then_the_volume_and_can_be_undone(desk, qtbot):
    desk.open_case()
    qtbot.mouseClick(segment_button(desk), Qt.MouseButton.LeftButton)
    assert desk.workbench.activities.current.text == "Segmenting the spleen"
    assert not segment_button(desk).isEnabled()
    desk.executor.run_all()

    volume_ml = desk.session.volume_ml("spleen")
    assert volume_ml > 0
    assert f"{volume_ml:.1f} mL" in texts_in(desk.window.side.structures)
    assert desk.actions["undo"].text() == "Undo automatic spleen"
    desk.actions["undo"].trigger()
    assert not desk.session.labels.array.any()


def test_a_click_into_a_plane_places_a_foreground_click_where_the_pointer_is(desk, qtbot):
    desk.open_case()
    desk.actions["foreground"].trigger()
    widget = axial(desk)
    widget.repaint()
    desk.click_into(widget, qtbot)

    assert [click.is_foreground for click in desk.session.shown_clicks] == [True]
    desk.executor.run_all()
    shown = widget.scene.pick((widget.width() // 2, widget.height() // 2))
    index_kji = desk.session.volume.geometry.nearest_index(shown)
    assert desk.session.labels.array[index_kji] == 1


def test_ctrl_turns_a_click_into_its_opposite(desk, qtbot):
    desk.open_case()
    desk.actions["foreground"].trigger()
    axial(desk).repaint()
    desk.click_into(axial(desk), qtbot, Qt.KeyboardModifier.ControlModifier)

    assert [click.is_foreground for click in desk.session.shown_clicks] == [False]


def test_clicking_in_navigate_mode_places_nothing(desk, qtbot):
    desk.open_case()
    axial(desk).repaint()
    desk.click_into(axial(desk), qtbot)

    assert desk.session.shown_clicks == ()


def test_latency_is_shown_once_the_planes_are_drawn(desk, qtbot):
    desk.open_case()
    desk.actions["foreground"].trigger()
    axial(desk).repaint()
    desk.click_into(axial(desk), qtbot)
    desk.executor.run_all()

    qtbot.waitUntil(lambda: len(desk.workbench.segmentation.latency) == 1)
    assert any(text.startswith("Click ") for text in texts_in(desk.window.status))


def test_a_failure_is_a_sentence_in_the_banner_and_the_case_stays(desk, somewhere):
    desk.open_case()
    session = desk.session
    desk.files.error = UnreadableFileError("ct.nii.gz is cut short.")
    desk.logic.files.open_path(somewhere)
    desk.executor.run_all()

    assert desk.window.banner.isVisible()
    assert desk.window.banner.text == "ct.nii.gz is cut short."
    assert desk.session is session


def test_a_dropped_file_is_opened(desk, tmp_path):
    path = tmp_path / "ct.nii.gz"
    path.touch()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    desk.window.dropEvent(event)
    desk.executor.run_all()

    assert desk.files.opened == [(path, None)]
    assert str(path) in desk.workbench.settings.settings.recent_files


def test_closing_with_unsaved_changes_asks_and_cancel_keeps_the_window(desk, monkeypatch):
    asked = []

    def cancel(_parent, name):
        asked.append(name)
        return Unsaved.CANCEL

    monkeypatch.setattr(file_dialogs, "ask_before_closing", cancel)
    desk.open_case()
    desk.actions["segment"].trigger()
    desk.executor.run_all()
    desk.window.close()

    assert asked == ["Test CT"]
    assert desk.window.isVisible()


def test_closing_without_changes_asks_nothing(desk, monkeypatch):
    monkeypatch.setattr(file_dialogs, "ask_before_closing", lambda *_: pytest.fail("asked"))
    desk.open_case()
    desk.window.close()

    assert not desk.window.isVisible()


def test_save_on_closing_writes_the_mask_and_then_closes(desk, monkeypatch, tmp_path):
    monkeypatch.setattr(file_dialogs, "ask_before_closing", lambda *_: Unsaved.SAVE)
    target = tmp_path / "mask.nii.gz"
    monkeypatch.setattr(file_dialogs, "ask_where_to_save", lambda *_: target)
    desk.open_case()
    desk.actions["segment"].trigger()
    desk.executor.run_all()
    desk.window.close()
    assert desk.window.isVisible()
    desk.executor.run_all()

    assert [path for path, _ in desk.files.written] == [target]
    assert not desk.window.isVisible()


def test_the_second_save_asks_for_no_name(desk, monkeypatch, tmp_path):
    names = iter([tmp_path / "mask.nii.gz"])
    monkeypatch.setattr(file_dialogs, "ask_where_to_save", lambda *_: next(names))
    desk.open_case()
    for _ in range(2):
        desk.actions["save"].trigger()
        desk.executor.run_all()

    assert [path.name for path, _ in desk.files.written] == ["mask.nii.gz"] * 2


def test_a_mask_is_proposed_beside_the_ct(desk, monkeypatch, somewhere):
    proposals = []
    monkeypatch.setattr(
        file_dialogs, "ask_where_to_save", lambda _parent, proposal: proposals.append(proposal)
    )
    desk.logic.files.open_path(somewhere)
    desk.executor.run_all()
    desk.actions["save_as"].trigger()

    assert proposals == [Path.cwd() / "somewhere" / "Test CT_mask.nii.gz"]


def test_clicks_can_be_saved_once_there_are_some(desk, monkeypatch, click_at, tmp_path):
    monkeypatch.setattr(
        file_dialogs, "ask_where_to_save_clicks", lambda *_: tmp_path / "clicks.json"
    )
    desk.open_case()
    assert not desk.actions["save_clicks"].isEnabled()
    point_lps = click_at((10, 10, 10)).point_lps
    desk.workbench.segmentation.add_click(point_lps, is_foreground=True)
    desk.executor.run_all()
    desk.actions["save_clicks"].trigger()
    desk.executor.run_all()

    assert [len(clicks) for _, clicks in desk.files.written_clicks] == [1]
    assert "Clicks saved" in desk.window.banner.text


def test_the_start_page_says_what_is_being_opened(desk, somewhere):
    desk.logic.files.open_path(somewhere)
    assert any(text.startswith("Reading ct.nii.gz") for text in texts_in(desk.window.start_page))

    desk.workbench.cases.cancel_opening()
    assert not any("Reading" in text for text in texts_in(desk.window.start_page))


def test_a_recent_file_that_is_gone_leaves_the_list(desk, tmp_path):
    kept, gone = tmp_path / "kept.nii.gz", tmp_path / "gone.nii.gz"
    kept.touch()
    store = desk.workbench.settings
    store.change(store.settings.with_recent(kept).with_recent(gone))

    desk.files.error = UnreadableFileError("There is no such file.")
    desk.window.menus.recent_requested.emit(gone)
    desk.executor.run_all()
    assert store.settings.recent_files == (str(kept),)
    assert desk.window.banner.text == "There is no such file."

    desk.window.menus.recent_requested.emit(kept)
    assert store.settings.recent_files == (str(kept),)


def test_what_is_odd_about_a_ct_is_said_when_it_opens(desk):
    warning = "The slices are 10 mm apart."
    desk.files.volume = replace(desk.files.volume, warnings=(warning,))
    desk.open_case()

    assert desk.window.banner.isVisible()
    assert desk.window.banner.text == f"Test CT: {warning}"
    assert warning in texts_in(desk.window.side.case)


def test_deleting_a_click_in_the_list_is_an_undo_step(desk, click_at):
    desk.open_case()
    point_lps = click_at((10, 10, 10)).point_lps
    desk.workbench.segmentation.add_click(point_lps, is_foreground=True)
    desk.executor.run_all()
    desk.window.side.clicks.delete_requested.emit(desk.session.clicks.clicks[0])

    assert desk.session.clicks.clicks == ()
    assert desk.session.undo_name == "deletion of a click"


def test_a_label_file_keeps_the_crosshair_where_it_is(desk, monkeypatch, somewhere):
    monkeypatch.setattr(file_dialogs, "ask_label_file", lambda *_: somewhere)
    desk.open_case()
    point_lps = tuple(float(x) for x in desk.session.volume.geometry.index_to_lps((3, 4, 5)))
    desk.logic.views.widget.state.set_cursor(point_lps)
    desk.actions["open_labels"].trigger()
    desk.executor.run_all()

    assert desk.session.volume_ml("pancreas") > 0
    assert desk.logic.views.cursor_lps == point_lps


def test_a_folder_with_several_series_asks_and_opens_the_chosen_one(
    desk, monkeypatch, make_series, somewhere
):
    desk.files.series = (make_series("1.2"), make_series("1.3"))
    monkeypatch.setattr("app.gui.file_logic.SeriesDialog.exec", lambda _dialog: 1)
    desk.logic.files.open_path(somewhere)
    desk.executor.run_all()

    assert [uid for _, uid in desk.files.opened] == ["1.2"]


def test_the_window_comes_back_in_its_size(desk, qtbot):
    desk.window.resize(1111, 777)
    desk.window.close()
    text = desk.workbench.settings.settings.window_geometry
    again = MainWindow(desk.workbench)
    qtbot.addWidget(again)
    again.arrangement.restore_geometry(text)

    assert again.size() == desk.window.size()


@pytest.mark.parametrize("nonsense", ["", "no geometry", "\N{SNOWMAN}"])
def test_a_damaged_geometry_changes_nothing(desk, nonsense):
    before = desk.window.size()
    desk.window.arrangement.restore_geometry(nonsense)

    assert desk.window.size() == before


@pytest.mark.parametrize(("answer", "left"), [(Unsaved.KEEP, 1), (Unsaved.DISCARD, 0)])
def test_on_closing_unsaved_changes_are_kept_for_the_next_start_or_not_as_the_user_says(
    desk, monkeypatch, tmp_path, answer, left
):
    monkeypatch.setattr(file_dialogs, "ask_before_closing", lambda *_: answer)
    desk.open_case()
    desk.actions["segment"].trigger()
    desk.executor.run_all()
    desk.window.close()
    desk.executor.run_all()

    assert not desk.window.isVisible()
    assert len(find_journals(tmp_path / "data" / "journals")) == left


def test_the_window_stays_where_unsaved_changes_cannot_be_kept(desk, monkeypatch):
    monkeypatch.setattr(file_dialogs, "ask_before_closing", lambda *_: Unsaved.KEEP)

    def refuse(_journal):
        raise WriteError("The disk is full.")

    desk.open_case()
    desk.actions["segment"].trigger()
    desk.executor.run_all()
    monkeypatch.setattr(Journal, "sync", refuse)
    desk.window.close()

    assert desk.window.isVisible()
    assert "cannot be kept" in desk.window.banner.text


def test_another_ct_takes_nothing_away_from_the_one_before(desk, somewhere):
    desk.open_case()
    desk.actions["segment"].trigger()
    desk.executor.run_all()
    volume_ml = desk.session.volume_ml("spleen")
    desk.logic.files.open_path(somewhere)
    desk.executor.run_all()
    assert desk.session.volume_ml("spleen") == 0
    assert desk.window.banner.isVisible()
    assert desk.window.banner.text.startswith("Your unsaved changes to Test CT are kept.")
    assert not desk.window.notice_bar.isVisible()

    desk.logic.files.open_sample()
    desk.executor.run_all()
    assert desk.window.notice_bar.isVisible()
    desk.window.notice_bar.buttons[0].click()
    desk.executor.run_all()
    assert desk.session.volume_ml("spleen") == volume_ml
    assert desk.session.undo_name == "automatic spleen"
    assert not desk.window.notice_bar.isVisible()


def test_long_names_and_many_structures_fit_the_panel_and_the_active_one_is_seen(desk, qtbot):
    desk.open_case()
    for structure in STRUCTURES:
        desk.session.activate(structure.name)
    desk.session.activate("portal and splenic vein")

    panel = desk.window.side

    def visible_rows():
        found = panel.structures.findChildren(StructureRow)
        return [row for row in found if not row.visibleRegion().isEmpty()]

    qtbot.waitUntil(lambda: any(row.property("active") for row in visible_rows()))
    rows = visible_rows()
    assert panel.case.width() <= panel.width()
    assert all(row.width() <= panel.width() for row in rows)
    assert segment_button(desk).geometry().right() < panel.width()
