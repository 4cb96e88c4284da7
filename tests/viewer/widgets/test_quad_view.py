import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QImage
from PySide6.QtWidgets import QApplication, QSlider

from imaging.clicks import Click
from imaging.labels import LabelEdit, LabelMap
from imaging.structures import structure_by_name
from viewer.scenes.planes import Plane
from viewer.scenes.surfaces import surface_from_labels
from viewer.widgets.quad_view import QuadView
from viewer.widgets.view_pane import ViewPane

pytestmark = pytest.mark.gui

LIVER = structure_by_name("liver")


def rendered_views(quad):
    """A list that grows by the name of each view whenever it is rendered."""
    names = []
    for plane, widget in quad.slice_widgets.items():
        widget.rendered.connect(lambda name=plane.value: names.append(name))
    quad.volume_widget.rendered.connect(lambda: names.append("3d"))
    return names


def pixels_of(widget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def test_the_views_show_grey_soft_tissue(quad):
    for widget in quad.slice_widgets.values():
        pixels = pixels_of(widget)
        middle = pixels[pixels.shape[0] // 3, pixels.shape[1] // 3]
        assert np.abs(middle.astype(int) - 127).max() <= 2


def test_moving_the_cursor_moves_every_view(quad, volume):
    point_lps = volume.geometry.index_to_lps((15, 30, 5))

    quad.state.set_cursor(point_lps)

    slices = {plane: scene.slice_index for plane, scene in quad.slice_scenes.items()}
    assert slices == {Plane.AXIAL: 15, Plane.CORONAL: 30, Plane.SAGITTAL: 5}


def test_many_changes_in_one_turn_cost_one_rendering_of_each_view(quad, qtbot):
    names = rendered_views(quad)

    for step in range(5):
        quad.state.set_cursor((1.0, 2.0, 110.0 + step))
    qtbot.waitUntil(lambda: len(names) >= 4)
    QCoreApplication.processEvents()

    # A fine picture in 3D may have followed.
    assert sorted(names[:4]) == ["3d", "axial", "coronal", "sagittal"]
    assert set(names[4:]) <= {"3d"}


def test_an_edit_renders_only_the_views_that_cut_it(quad, volume, qtbot):
    labels = LabelMap(volume.geometry.shape)
    labels.changed.connect(quad.labels_changed)
    quad.show_labels(labels.array)
    quad.state.set_cursor(volume.geometry.index_to_lps((9, 20, 20)))
    quad.grab()
    names = rendered_views(quad)
    box = (slice(9, 10), slice(2, 4), slice(2, 4))
    zeros = np.zeros((1, 2, 2), np.uint8)

    labels.apply(LabelEdit(box, zeros, zeros + LIVER.label_value))
    qtbot.waitUntil(lambda: bool(names))
    QCoreApplication.processEvents()

    assert names == ["axial"]


def test_a_label_is_seen_in_the_widget_after_an_edit(quad, volume):
    labels = LabelMap(volume.geometry.shape)
    labels.changed.connect(quad.labels_changed)
    quad.show_labels(labels.array)
    quad.state.set_overlay(dataclasses.replace(quad.state.overlay, fill_opacity=1.0))
    before = pixels_of(quad.slice_widgets[Plane.CORONAL])
    box = tuple(slice(0, size) for size in volume.geometry.shape)
    zeros = np.zeros(volume.geometry.shape, np.uint8)

    labels.apply(LabelEdit(box, zeros, zeros + LIVER.label_value))
    after = pixels_of(quad.slice_widgets[Plane.CORONAL])

    third = before.shape[0] // 3, before.shape[1] // 3
    assert np.ptp(before[third]) == 0
    np.testing.assert_allclose(after[third], LIVER.color_rgb, atol=2)


def test_clicks_and_surfaces_reach_the_scenes(quad, volume):
    before = {plane: pixels_of(widget) for plane, widget in quad.slice_widgets.items()}
    flat = pixels_of(quad.volume_widget)
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[5:15, 10:30, 10:30] = LIVER.label_value
    surface = surface_from_labels(labels, LIVER.label_value, volume.geometry)
    center_lps = tuple(float(x) for x in volume.geometry.index_to_lps((9, 19, 19)))

    quad.set_clicks([Click(center_lps, "liver", is_foreground=True)])
    quad.set_surface(LIVER.label_value, surface)

    for plane, widget in quad.slice_widgets.items():
        assert (pixels_of(widget) != before[plane]).any()
    assert (pixels_of(quad.volume_widget) != flat).any()
    quad.set_surface(LIVER.label_value, None)
    quad.volume_widget.refine()
    np.testing.assert_array_equal(pixels_of(quad.volume_widget), flat)


def test_a_double_click_maximises_and_another_brings_all_back(quad, mouse):
    coronal = quad.slice_widgets[Plane.CORONAL]

    mouse(coronal).double_click((100, 100))
    alone = [widget.isVisible() for widget in quad.slice_widgets.values()]
    width = coronal.width()
    mouse(coronal).double_click((100, 100))

    assert alone == [False, True, False]
    assert quad.maximised is None
    assert all(widget.isVisible() for widget in quad.slice_widgets.values())
    assert width > 100


def test_keys_go_to_the_view_under_the_pointer_and_to_a_large_one(quad):
    coronal, sagittal = (quad.slice_widgets[p] for p in (Plane.CORONAL, Plane.SAGITTAL))
    middle = QPointF(sagittal.rect().center())
    QApplication.sendEvent(sagittal, QEnterEvent(middle, middle, sagittal.mapToGlobal(middle)))
    assert quad.window().focusWidget() is sagittal

    quad.maximise(Plane.CORONAL)
    assert quad.window().focusWidget() is coronal


def test_a_maximised_view_fills_the_widget(quad, qtbot):
    with qtbot.waitSignal(quad.arrangement_changed):
        quad.maximise("3d")
    qtbot.waitUntil(lambda: quad.volume_widget.width() > 0.95 * quad.width())

    assert quad.volume_widget.height() > 0.85 * quad.height()


def test_each_slider_follows_the_cursor_and_drives_it(quad, volume):
    sliders = {
        plane: widget.parentWidget().findChild(QSlider)
        for plane, widget in quad.slice_widgets.items()
    }
    quad.state.set_cursor(volume.geometry.index_to_lps((15, 30, 5)))
    # Forward is towards head, front and left; this grid's j grows towards the back.
    assert {plane: slider.value() for plane, slider in sliders.items()} == {
        Plane.AXIAL: 15,
        Plane.CORONAL: 40 - 1 - 30,
        Plane.SAGITTAL: 5,
    }

    sliders[Plane.CORONAL].setValue(0)

    assert quad.slice_scenes[Plane.CORONAL].slice_index == 39
    assert quad.slice_scenes[Plane.AXIAL].slice_index == 15


def test_the_view_under_the_pointer_is_rendered_first(quad, qtbot):
    axial = quad.slice_widgets[Plane.AXIAL]
    pane = axial.parentWidget()
    assert isinstance(pane, ViewPane)
    names = rendered_views(quad)
    pane.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)

    quad.state.set_cursor((3.0, 3.0, 113.0))
    qtbot.waitUntil(lambda: bool(names))
    first = list(names)
    qtbot.waitUntil(lambda: len(names) >= 4)

    assert first == ["axial"]


def test_another_ct_replaces_everything(quad, volume):
    labels = np.full(volume.geometry.shape, LIVER.label_value, np.uint8)
    quad.show_labels(labels)
    quad.set_surface(4, surface_from_labels(labels, 4, volume.geometry))

    quad.show_volume(volume)

    assert quad.volume_scene.surface_values == frozenset()
    for widget in quad.slice_widgets.values():
        assert np.ptp(pixels_of(widget)[40, 60]) == 0


def test_without_a_ct_the_mouse_does_nothing(qtbot, mouse):
    quad = QuadView()
    qtbot.addWidget(quad)
    quad.resize(400, 400)
    with qtbot.waitExposed(quad):
        quad.show()
    told = []
    quad.picked.connect(told.append)
    axial = quad.slice_widgets[Plane.AXIAL]

    mouse(axial).click((50, 50))
    mouse(axial).wheel((50, 50), 120)

    assert told == []
    quad.close()


def test_closing_is_silent(qtbot, volume, capfd):
    quad = QuadView()
    qtbot.addWidget(quad)
    quad.show_volume(volume)
    with qtbot.waitExposed(quad):
        quad.show()
    quad.grab()

    quad.close()
    quad.close()
    quad.request_render()
    QCoreApplication.processEvents()

    written = capfd.readouterr()
    assert written.err == ""
    assert written.out == ""


def test_the_3d_view_turns_under_the_mouse(quad, mouse):
    before = pixels_of(quad.volume_widget)
    turning = mouse(quad.volume_widget)

    turning.drag((100, 100), (140, 120))
    turned = pixels_of(quad.volume_widget)
    turning.wheel((100, 100), 120)

    assert (before != turned).any()
    assert (pixels_of(quad.volume_widget) != turned).any()


def test_the_3d_view_answers_a_hover_with_nothing(quad, mouse):
    names = rendered_views(quad)

    mouse(quad.volume_widget).move((30, 30))
    QCoreApplication.processEvents()

    assert names == []
