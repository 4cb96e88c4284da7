"""A view that Qt paints before its turn shows what it has; who grabs a view has it at once."""

import numpy as np
import pytest
from PySide6.QtCore import QTimer

from imaging.volume import Volume
from viewer.scenes.planes import Plane

pytestmark = pytest.mark.gui


@pytest.fixture
def rendered(quad):
    """Grows by the name of each view that is rendered, and by a dot for each other event."""
    names = []
    for plane, widget in quad.slice_widgets.items():
        widget.rendered.connect(lambda name=plane.value: names.append(name))
    quad.volume_widget.rendered.connect(lambda: names.append("3d"))
    timer = QTimer(quad, interval=0)
    timer.timeout.connect(lambda: names.append("."))
    timer.start()
    yield names
    timer.stop()


def grey_on_screen(widget) -> int:
    """The grey value that the window shows beside the crosshair."""
    screen = widget.backingStore().paintDevice()
    place = widget.mapTo(widget.window(), widget.rect().center()) * widget.devicePixelRatio()
    return screen.pixelColor(place.x() - 20, place.y() - 20).red()


def all_rendered(names) -> bool:
    return {"axial", "coronal", "sagittal", "3d"} <= set(names)


def assert_in_turns(names):
    views = "".join(name if name == "." else "v" for name in names)
    assert "vv" not in views


def test_a_new_size_is_rendered_view_by_view(quad, rendered, qtbot):
    quad.resize(700, 600)
    qtbot.waitUntil(lambda: all_rendered(rendered))

    assert_in_turns(rendered)


def test_the_first_pictures_come_view_by_view(quad, rendered, qtbot, volume):
    quad.hide()
    quad.show_volume(volume)
    rendered.clear()
    quad.show()
    qtbot.waitUntil(lambda: all_rendered(rendered))

    assert_in_turns(rendered)


def test_nothing_is_seen_of_the_ct_before(quad, qtbot, volume):
    axial = quad.slice_widgets[Plane.AXIAL]
    axial.repaint()
    assert grey_on_screen(axial) > 100

    quad.show_volume(Volume(np.full_like(volume.array, -1000), volume.geometry))
    axial.repaint()
    assert grey_on_screen(axial) == 0

    quad.show_volume(volume)
    qtbot.waitUntil(lambda: grey_on_screen(axial) > 100)


def test_a_click_before_the_turn_of_a_new_size_hits_what_is_under_it(quad, mouse):
    picked = []
    quad.picked.connect(picked.append)
    axial = quad.slice_widgets[Plane.AXIAL]
    axial.resize(axial.width() // 2, axial.height() // 2)
    place = (axial.width() // 3, axial.height() // 3)

    mouse(axial).click(place)
    axial.grab()
    mouse(axial).click(place)

    assert len(picked) == 2
    assert picked[0] == pytest.approx(picked[1])


def test_a_grab_shows_what_is_so_now(quad, rendered):
    quad.request_render()
    rendered.clear()

    quad.grab()

    assert all_rendered(rendered)
