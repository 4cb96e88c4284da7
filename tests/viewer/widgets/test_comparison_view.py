"""The wipe's line is dragged in any view, and divides before from after at the very pixel."""

import numpy as np
import pytest

from imaging.editing.label_patch import LabelPatch
from viewer.scenes.before_after import CompareLook, difference, wiped
from viewer.scenes.planes import Plane, SliceFrame

pytestmark = pytest.mark.gui


@pytest.fixture
def wiping(quad, volume):
    labels = np.ones(volume.array.shape, np.uint8)
    quad.show_labels(labels)
    box = tuple(slice(0, size) for size in labels.shape)
    quad.comparison.set_look(CompareLook.WIPE)
    quad.comparison.show(LabelPatch(box, np.full_like(labels, 2)))
    quad.grab()
    return quad


def parts(quad, plane):
    """How many columns are before's and after's."""
    quad.slice_widgets[plane].grab()
    row = quad.slice_scenes[plane]._overlay._labels[3]
    assert (np.diff(row.astype(int)) <= 0).all()  # 2 on the left, 1 on the right
    return (row == 2).sum(), (row == 1).sum()


def share(quad):
    """Where the axial view's line is."""
    return quad.comparison.lines[0].share


def test_the_line_begins_at_the_crosshair_and_is_dragged(wiping, mouse):
    for plane in Plane:
        before, after = parts(wiping, plane)
        assert abs(before - after) <= 2  # the crosshair is in the middle
    before, _ = parts(wiping, Plane.AXIAL)

    widget = wiping.slice_widgets[Plane.AXIAL]
    hand = mouse(widget)
    middle = (share(wiping) * widget.width(), widget.height() * 0.7)
    cursor_lps = wiping.state.cursor_lps
    hand.press(middle)
    hand.move((widget.width() * 0.75, middle[1]))
    hand.release((widget.width() * 0.75, middle[1]))
    wiping.grab()

    assert share(wiping) == pytest.approx(0.75, abs=0.01)
    assert parts(wiping, Plane.AXIAL)[0] > before + 5
    assert abs(np.subtract(*parts(wiping, Plane.CORONAL))) <= 2
    assert wiping.state.cursor_lps == cursor_lps


def test_beside_the_line_the_left_button_does_what_it_did(wiping, mouse):
    widget = wiping.slice_widgets[Plane.AXIAL]
    hand = mouse(widget)
    position = (widget.width() / 2 + 40, widget.height() / 2 + 30)
    cursor_lps = wiping.state.cursor_lps
    hand.press(position)
    hand.release(position)

    assert wiping.state.cursor_lps != cursor_lps
    assert share(wiping) == pytest.approx(0.5, abs=0.03)


def test_the_line_stays_where_it_is_seen_while_zooming(wiping):
    scene = wiping.slice_scenes[Plane.AXIAL]
    scene.zoom(2.0, (10.0, 10.0))
    scene.prepare(scene.view.size_px, 1.0)
    line_mm = scene.view.to_picture((share(wiping) * scene.view.size_px[0] - 0.5, 0.0))[0]

    assert parts(wiping, Plane.AXIAL)[0] == np.ceil(line_mm)  # voxels of 1 mm


def test_a_wipe_takes_voxels_by_their_centres(volume):
    frame = SliceFrame.of(Plane.AXIAL, volume.geometry)
    before, after = np.full((40, 40), 2, np.uint8), np.ones((40, 40), np.uint8)

    assert (wiped(before, after, 9.9, frame) == 2).sum() == 40 * 10
    assert (wiped(before, after, -3.0, frame) == 2).sum() == 0
    assert (wiped(before, after, 99.0, frame) == 2).all()


def test_a_difference_knows_added_removed_and_hidden():
    before = np.array([[0, 1, 1, 2, 3]], np.uint8)
    after = np.array([[1, 0, 2, 2, 0]], np.uint8)
    is_shown = np.array([False, True, True, *[False] * 253])

    assert difference(before, after, is_shown).tolist() == [[254, 255, 254, 0, 0]]
