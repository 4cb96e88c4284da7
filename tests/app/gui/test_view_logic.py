from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from viewer.scenes.planes import Plane

pytestmark = pytest.mark.gui


def cursor_index(desk):
    return desk.session.volume.geometry.nearest_index(desk.logic.views.cursor_lps)


def look_at(desk, index_kji):
    state = desk.logic.views.case_view.views.state
    state.set_cursor(desk.session.volume.geometry.index_to_lps(index_kji))


def test_hiding_a_structure_hides_it_in_the_planes(desk):
    desk.open_case()
    desk.session.set_visible("spleen", False)

    styles = {style.name: style for style in desk.logic.views.widget.state.structures}
    assert not styles["spleen"].is_visible
    assert styles["pancreas"].is_visible


def test_only_the_active_structure_is_shown_until_asked_again(desk):
    def shown():
        return {s.name for s in desk.logic.views.widget.state.structures if s.is_visible}

    desk.open_case()
    everything = shown()
    desk.actions["solo"].trigger()
    assert shown() == {"spleen"}

    desk.session.activate("pancreas")
    assert shown() == {"spleen", "pancreas"}
    desk.actions["solo"].trigger()
    assert shown() == {"pancreas"}
    desk.actions["solo"].trigger()
    assert shown() == everything


def test_page_keys_work_as_soon_as_a_ct_is_open(desk, qtbot):
    desk.open_case()
    before = cursor_index(desk)

    qtbot.keyClick(desk.window.focusWidget(), Qt.Key.Key_PageDown)

    assert cursor_index(desk) != before


def test_the_crosshair_can_be_hidden(desk):
    desk.open_case()
    views = desk.logic.views.widget
    before = views.slice_widgets[Plane.AXIAL].grab().toImage()
    desk.actions["toggle_crosshair"].trigger()

    assert views.slice_widgets[Plane.AXIAL].grab().toImage() != before


def test_the_space_bar_action_hides_all_labels(desk):
    desk.open_case()
    desk.actions["toggle_labels"].trigger()

    assert not desk.logic.views.widget.state.overlay.is_visible


def test_a_surface_of_the_mask_reaches_the_3d_view_and_leaves_with_it(desk):
    desk.open_case()
    desk.actions["segment"].trigger()
    desk.executor.run_all()
    scene = desk.logic.views.widget.volume_scene
    assert scene.surface_values == frozenset({1})

    desk.actions["undo"].trigger()
    desk.executor.run_all()
    assert scene.surface_values == frozenset()


def test_go_to_structure_moves_the_crosshair_into_it(desk):
    desk.open_case()
    desk.actions["segment"].trigger()
    desk.executor.run_all()
    look_at(desk, (12, 12, 12))
    desk.actions["go_to_structure"].trigger()
    desk.executor.run_all()

    assert cursor_index(desk) == (4, 4, 4)


def test_what_the_model_found_is_shown_wherever_it_lies(desk):
    desk.open_case()
    look_at(desk, (12, 12, 12))
    desk.actions["segment"].trigger()
    desk.executor.run_all()

    assert cursor_index(desk) == (4, 4, 4)


def test_the_crosshair_stays_if_it_is_in_what_was_found(desk):
    desk.open_case()
    look_at(desk, (3, 5, 6))
    desk.actions["segment"].trigger()
    desk.executor.run_all()

    assert cursor_index(desk) == (3, 5, 6)


def test_opacity_and_preset_are_remembered(desk):
    desk.open_case()
    desk.window.top.fill_opacity_changed.emit(0.7)
    desk.window.top.preset_chosen.emit("Lung")
    desk.window.close()

    kept = desk.workbench.settings
    assert kept.settings.fill_opacity == 0.7
    assert kept.settings.preset == "Lung"


def fields(desk):
    return desk.window.top.window_fields


def test_the_grey_window_can_be_typed(desk, qtbot):
    desk.open_case()
    fields(desk).width_field.selectAll()
    qtbot.keyClicks(fields(desk).width_field, "1234")
    state = desk.logic.views.widget.state
    assert state.window_level.width_hu == 400  # not at every digit
    qtbot.keyClick(fields(desk).width_field, Qt.Key.Key_Return)
    fields(desk).center_field.setText("-77")
    qtbot.keyClick(fields(desk).center_field, Qt.Key.Key_Return)

    assert (state.window_level.width_hu, state.window_level.center_hu) == (1234, -77)


@pytest.mark.parametrize(
    ("typed", "width_hu"), [("0", 1), ("99999", 8000), ("wide", 400), ("", 400), ("40.5", 400)]
)
def test_what_makes_no_window_is_mended(desk, qtbot, typed, width_hu):
    desk.open_case()
    field = fields(desk).width_field
    field.setText(typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)

    assert field.text() == str(width_hu)
    assert desk.logic.views.widget.state.window_level.width_hu == width_hu


def test_escape_brings_the_old_number_back(desk, qtbot):
    desk.open_case()
    field = fields(desk).width_field
    field.setText("12")
    qtbot.keyClick(field, Qt.Key.Key_Escape)

    assert field.text() == "400"
    assert desk.logic.views.widget.state.window_level.width_hu == 400


def test_the_fields_follow_presets_and_the_mouse(desk):
    desk.open_case()
    desk.window.top.preset_chosen.emit("Lung")
    assert (fields(desk).width_field.text(), fields(desk).center_field.text()) == ("1500", "-600")

    state = desk.logic.views.widget.state
    state.set_window_level(state.window_level.dragged(-100.4, 50.2))
    assert (fields(desk).width_field.text(), fields(desk).center_field.text()) == ("1400", "-550")
    fields(desk).width_field.editingFinished.emit()
    assert state.window_level.width_hu == pytest.approx(1399.6)  # showing it changes nothing


def test_undo_and_redo_say_in_menu_and_tooltip_what_they_are_about(desk):
    desk.open_case()
    point = desk.session.volume.geometry.index_to_lps((9, 12, 20))
    desk.workbench.segmentation.add_click(tuple(map(float, point)), is_foreground=False)
    assert desk.actions["undo"].text() == "Undo the click that waits for its answer"
    desk.executor.run_all()

    undo, redo = desk.actions["undo"], desk.actions["redo"]
    assert undo.text() == "Undo background click on spleen"
    assert undo.toolTip() == "Undo background click on spleen (Ctrl+Z)"
    undo.trigger()
    assert undo.toolTip() == "Take the last step back (Ctrl+Z)\nNothing was changed yet."
    assert redo.toolTip().startswith("Redo background click on spleen (Ctrl+Shift+Z")


@pytest.fixture
def open_other_ct(desk, tmp_path):
    path = (tmp_path / "other.nii.gz").resolve()
    desk.files.others[path] = replace(desk.files.volume, name="Other CT")

    def open_ct():
        desk.logic.files.open_path(path)
        desk.executor.run_all()

    return open_ct


def test_what_lies_under_a_resting_pointer_follows_undo(desk):
    desk.open_case()
    point_lps = tuple(map(float, desk.session.volume.geometry.index_to_lps((9, 12, 20))))
    desk.workbench.segmentation.add_click(point_lps, is_foreground=True)
    desk.executor.run_all()
    desk.logic.views.widget.hovered.emit(point_lps)
    assert "Spleen" in desk.window.status._cursor.text()

    desk.actions["undo"].trigger()
    assert "Spleen" not in desk.window.status._cursor.text()


def test_another_ct_is_not_painted_by_the_first_click_into_it(desk, open_other_ct):
    desk.open_case()
    desk.actions["brush"].trigger()
    open_other_ct()
    assert desk.session.volume.name == "Other CT"
    assert desk.actions["navigate"].isChecked()
    assert desk.window.side.clicks.isVisible()

    desk.actions["foreground"].trigger()
    desk.open_case()
    assert desk.actions["foreground"].isChecked()  # whoever clicks goes on clicking


def test_the_time_of_a_click_goes_with_its_case(desk, open_other_ct):
    desk.open_case()
    desk.workbench.segmentation.latency.add(1.2)
    open_other_ct()
    assert not desk.window.status._latency.isVisible()


def test_a_doubt_about_what_the_model_found_is_said(desk, monkeypatch):
    sentence = "Spleen: lies in the patient's right half."
    monkeypatch.setattr("training.cases.automatic_doubt.doubt_about", lambda *_: sentence)
    desk.open_case()
    desk.actions["segment"].trigger()
    desk.executor.run_all()
    assert desk.window.banner.text == sentence
