"""One zoom for all planes: the crosshair stays where it is, and fitting fits the largest."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from viewer.scenes.planes import Plane

pytestmark = pytest.mark.gui


def scales(quad):
    quad.grab()
    return [scene.view.mm_per_px for scene in quad.slice_scenes.values()]


def test_linked_planes_fit_at_one_scale(quad):
    quad.resize(760, 420)  # so that the planes fit at different scales
    quad.zoom_link.set_on(True)
    linked = scales(quad)
    assert np.ptp(linked) < 1e-9

    quad.zoom_link.set_on(False)
    quad.fit()
    assert max(scales(quad)) <= linked[0] + 1e-9


def test_a_zoom_of_one_is_a_zoom_of_all_about_the_crosshair(quad, mouse):
    quad.zoom_link.set_on(True)
    quad.grab()
    coronal = quad.slice_scenes[Plane.CORONAL]
    at_px = coronal.project(quad.state.cursor_lps)
    mouse(quad.slice_widgets[Plane.AXIAL]).wheel((30, 40), 240, Qt.KeyboardModifier.ControlModifier)

    assert np.ptp(scales(quad)) < 1e-9
    np.testing.assert_allclose(coronal.project(quad.state.cursor_lps), at_px, atol=1e-6)


def test_without_the_link_only_one_plane_is_zoomed(quad, mouse):
    before = scales(quad)
    mouse(quad.slice_widgets[Plane.AXIAL]).wheel((30, 40), 240, Qt.KeyboardModifier.ControlModifier)

    assert [a == b for a, b in zip(scales(quad), before, strict=True)] == [False, True, True]
