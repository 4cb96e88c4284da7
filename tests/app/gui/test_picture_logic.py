"""Pictures to file and clipboard, cine, slabs and the switches of the views."""

from unittest.mock import patch

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage

from app.gui import picture_logic
from app.gui.picture_logic import picture_of, save_picture
from imaging.errors import WriteError
from viewer.scenes.calipers import Caliper, CaliperKind
from viewer.scenes.planes import Plane
from viewer.scenes.slabs import Slab, SlabKind

pytestmark = pytest.mark.gui


@pytest.fixture
def views(desk):
    desk.open_case()
    return desk.logic.views.widget


def enter(widget):
    widget.entered.emit()


def ask_for(path):
    return patch.object(picture_logic, "ask_where_to_save", return_value=path)


def test_the_view_that_was_pointed_at_is_saved_as_it_is_seen(desk, views, tmp_path):
    coronal = views.slice_widgets[Plane.CORONAL]
    enter(coronal)
    with ask_for(tmp_path / "picture.png") as asked:
        desk.actions["save_picture"].trigger()

    saved = QImage(str(tmp_path / "picture.png"))
    assert saved.convertToFormat(QImage.Format.Format_RGB888) == picture_of(coronal)
    number = views.slice_scenes[Plane.CORONAL].slice_index + 1
    assert asked.call_args.args[1].name == f"coronal-slice-{number}.png"
    assert "Saved" in desk.window.banner.text


def test_a_view_that_is_hidden_is_not_the_one_that_is_meant(desk, views, tmp_path):
    enter(views.slice_widgets[Plane.CORONAL])
    desk.actions["layout_volume"].trigger()
    with ask_for(tmp_path / "picture.png") as asked:
        desk.actions["save_picture"].trigger()
    assert asked.call_args.args[1].name == "3d.png"


def test_all_views_are_one_picture(desk, views, tmp_path):
    with ask_for(tmp_path / "all.png"):
        desk.actions["save_all_pictures"].trigger()
    assert QImage(str(tmp_path / "all.png")).size() == views.grab().toImage().size()


def test_a_picture_shows_measurements_and_leaves_a_hidden_case_name_out(desk, views):
    axial = views.slice_widgets[Plane.AXIAL]
    views.resize(1000, 900)
    with_name = picture_of(axial)
    desk.actions["toggle_case_name"].trigger()
    without_name = picture_of(axial)
    assert without_name != with_name
    assert not desk.workbench.settings.settings.shows_case_name

    scene = views.slice_scenes[Plane.AXIAL]
    start = np.array(views.state.cursor_lps)
    ends = (tuple(start), tuple(start + np.array((9.0, 0.0, 0.0))))
    views.calipers.set_draft(Caliper(CaliperKind.RULER, Plane.AXIAL, scene.slice_index, ends))
    views.calipers.keep_draft()
    assert picture_of(axial) != without_name
    desk.actions["delete_caliper"].trigger()
    assert picture_of(axial) == without_name


def test_a_folder_that_is_not_there_is_a_sentence(desk, tmp_path):
    desk.open_case()
    with ask_for(tmp_path / "gone" / "picture.png"):
        desk.actions["save_picture"].trigger()
    assert "picture.png could not be written" in desk.window.banner.text


def test_a_refused_picture_leaves_the_old_file(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"old")
    with pytest.raises(WriteError, match="could not be written"):
        save_picture(QImage(), path)
    assert path.read_bytes() == b"old"


def test_the_clipboard_takes_a_picture(desk, views):
    enter(views.slice_widgets[Plane.AXIAL])
    desk.actions["copy_picture"].trigger()
    size = QGuiApplication.clipboard().image().size()
    assert size == picture_of(views.slice_widgets[Plane.AXIAL]).size()


def test_cine_plays_the_view_under_the_pointer_until_esc(desk, views, qtbot):
    enter(views.slice_widgets[Plane.SAGITTAL])
    before = views.slice_scenes[Plane.SAGITTAL].slice_index
    desk.actions["cine"].trigger()
    qtbot.waitUntil(lambda: views.slice_scenes[Plane.SAGITTAL].slice_index != before)
    desk.actions["navigate"].trigger()
    assert not desk.actions["cine"].isChecked()


def test_slabs_by_key_and_by_name(desk, views):
    desk.actions["next_slab"].trigger()
    assert views.state.slab == Slab(SlabKind.MAXIMUM, 10.0)
    assert desk.actions["slab_maximum"].isChecked()
    desk.actions["thicker_slab"].trigger()
    assert views.state.slab.thickness_mm == 15.0
    for _ in range(20):
        desk.actions["thinner_slab"].trigger()
    assert views.state.slab.thickness_mm == 1.0
    desk.actions["slab_mean"].trigger()
    assert "Mean" in views.slice_scenes[Plane.AXIAL].annotations.texts[0]


def test_a_new_case_begins_with_single_slices(desk, views):
    desk.actions["slab_mean"].trigger()
    desk.open_case()
    assert views.state.slab.kind is SlabKind.SLICE
    assert desk.actions["slab_slice"].isChecked()


def test_surfaces_and_frames_in_3d_can_be_switched(desk, views):
    desk.actions["segment"].trigger()
    desk.executor.run_all()
    pictures = [picture_of(views.volume_widget)]
    for key in ("see_through", "toggle_frames"):
        desk.actions[key].trigger()
        pictures.append(picture_of(views.volume_widget))
    assert pictures[0] != pictures[1] != pictures[2]


def test_the_measuring_tools_measure(desk, views, qtbot):
    desk.actions["region"].trigger()
    axial = views.slice_widgets[Plane.AXIAL]
    middle = axial.rect().center()
    desk.click_into(axial, qtbot)
    qtbot.mouseClick(axial, Qt.MouseButton.LeftButton, pos=middle + QPoint(25, 0))
    assert [caliper.kind for caliper in views.calipers.calipers] == [CaliperKind.REGION]
    assert "circle" in desk.window.side.tools._hint.text()


def test_deleting_where_nothing_is_measured_says_so(desk):
    desk.open_case()
    desk.actions["delete_caliper"].trigger()
    assert "no measurement" in desk.window.banner.text
