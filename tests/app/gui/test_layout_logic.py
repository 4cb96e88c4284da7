"""The layout of the views: chosen by actions, remembered, and reset."""

import pytest

from app.gui.layout_logic import LayoutLogic
from viewer.scenes.planes import Plane
from viewer.widgets.quad_view import QuadView
from viewer.widgets.view_grid import FILM_KEY, Arrangement, Layout

pytestmark = pytest.mark.gui


def test_layout_actions_and_views_agree(desk):
    desk.open_case()
    views = desk.logic.views.widget
    desk.actions["layout_coronal"].trigger()
    assert views.maximised == Plane.CORONAL

    views.maximise(None)
    assert desk.actions["layout_four"].isChecked()
    desk.actions["layout_large"].trigger()
    assert views.arrangement == Arrangement(Layout.LARGE)
    views.maximise("3d")
    assert desk.actions["layout_volume"].isChecked()
    views.maximise(None)
    assert desk.actions["layout_large"].isChecked()


def test_the_next_start_shows_the_same_layout(desk, qtbot):
    desk.open_case()
    wanted = Arrangement(Layout.LARGE, Plane.SAGITTAL, Plane.CORONAL)
    desk.logic.views.widget.arrange(wanted)
    desk.window.close()
    kept = desk.workbench.settings.settings
    assert (kept.view_layout, kept.large_view) == ("large", "sagittal")

    other = QuadView()
    qtbot.addWidget(other)
    LayoutLogic(desk.window, other, desk.workbench.settings)
    assert other.arrangement == wanted
    assert desk.actions["layout_coronal"].isChecked()
    other.release()


def test_reset_forgets_which_view_was_large(desk):
    desk.open_case()
    desk.logic.views.widget.arrange(Arrangement(Layout.LARGE, "3d"))
    desk.actions["reset_layout"].trigger()

    assert desk.logic.views.widget.arrangement == Arrangement()


def test_the_film_its_spacing_and_the_zoom_link_are_remembered(desk, qtbot):
    desk.open_case()
    views = desk.logic.views.widget
    desk.actions["film_sparser"].trigger()
    assert views.maximised == FILM_KEY
    assert desk.actions["layout_film"].isChecked()
    assert views.film.sheet.spacing_mm == 15.0
    desk.actions["same_zoom"].trigger()
    kept = desk.workbench.settings.settings
    assert (kept.maximised_view, kept.film_spacing_mm, kept.has_same_zoom) == ("film", 15.0, True)

    other = QuadView()
    qtbot.addWidget(other)
    LayoutLogic(desk.window, other, desk.workbench.settings)
    assert other.maximised == FILM_KEY
    other.release()
