"""Where the views lie in each layout."""

import pytest

from viewer.scenes.planes import Plane
from viewer.widgets.view_grid import VIEW_KEYS, VOLUME_KEY, Arrangement, Layout

pytestmark = pytest.mark.gui


def widget_of(quad, key):
    return quad.volume_widget if key == VOLUME_KEY else quad.slice_widgets[key]


def pane_of(quad, key):
    return widget_of(quad, key).parentWidget()


@pytest.mark.parametrize("large", VIEW_KEYS)
def test_a_large_view_stands_beside_the_three_others(quad, qtbot, large):
    quad.arrange(Arrangement(Layout.LARGE, large))
    qtbot.waitUntil(lambda: pane_of(quad, large).height() == quad.height())

    small = [pane_of(quad, key) for key in VIEW_KEYS if key != large]
    assert pane_of(quad, large).width() > 0.6 * quad.width()
    assert len({pane.x() for pane in small}) == 1
    assert all(pane.x() >= pane_of(quad, large).width() for pane in small)
    assert [pane.y() for pane in small] == sorted({pane.y() for pane in small})
    assert sum(pane.height() for pane in small) > 0.95 * quad.height()


def test_double_click_comes_back_to_the_layout_with_a_large_view(quad, mouse, qtbot):
    quad.set_layout(Layout.LARGE)
    coronal = quad.slice_widgets[Plane.CORONAL]
    mouse(coronal).double_click((40, 40))
    assert not quad.slice_widgets[Plane.AXIAL].isVisible()
    qtbot.waitUntil(lambda: coronal.width() > 0.9 * quad.width())
    mouse(coronal).double_click((40, 40))

    assert quad.arrangement == Arrangement(Layout.LARGE)
    qtbot.waitUntil(lambda: coronal.width() < 0.4 * quad.width())


def test_a_small_view_changes_places_with_the_large_one(quad):
    assert not pane_of(quad, Plane.SAGITTAL)._enlarge.isVisible()
    quad.set_layout(Layout.LARGE)
    assert not pane_of(quad, Plane.AXIAL)._enlarge.isVisible()
    pane_of(quad, Plane.SAGITTAL)._enlarge.click()

    assert quad.arrangement.large is Plane.SAGITTAL
    assert quad.window().focusWidget() is quad.slice_widgets[Plane.SAGITTAL]


def test_the_square_comes_back_with_equal_parts(quad, qtbot):
    quad.arrange(Arrangement(Layout.LARGE, VOLUME_KEY))
    quad.set_layout(Layout.SQUARE)
    sizes = [pane_of(quad, key) for key in VIEW_KEYS]
    qtbot.waitUntil(lambda: max(abs(pane.width() - 319) for pane in sizes) <= 1)

    assert max(pane.height() for pane in sizes) - min(pane.height() for pane in sizes) <= 1
