"""The list of clicks: a chosen row is what Del deletes, until something else is chosen."""

import numpy as np
import pytest

from viewer.scenes.calipers import Caliper, CaliperKind
from viewer.scenes.planes import Plane

pytestmark = pytest.mark.gui


@pytest.fixture
def clicked(desk):
    """A case with two clicks on the spleen."""
    desk.open_case()
    for index_kji in ((9, 14, 18), (11, 16, 20)):
        point_lps = desk.session.volume.geometry.index_to_lps(index_kji)
        desk.workbench.segmentation.add_click(tuple(point_lps), is_foreground=True)
        desk.executor.run_all()
    return desk


def choose(desk, row):
    rows = desk.window.side.clicks._list
    rows.setCurrentRow(row)
    rows.itemClicked.emit(rows.item(row))


def measure(desk):
    calipers = desk.logic.views.widget.calipers
    start = np.array(desk.logic.views.cursor_lps)
    ends = (tuple(start), tuple(start + np.array((9.0, 0.0, 0.0))))
    calipers.set_draft(Caliper(CaliperKind.RULER, Plane.AXIAL, 9, ends))
    calipers.keep_draft()
    return calipers


def test_del_deletes_the_click_whose_row_was_chosen(clicked):
    _first, second = clicked.session.settled_clicks
    choose(clicked, 0)
    clicked.actions["delete_caliper"].trigger()
    assert clicked.session.settled_clicks == (second,)
    assert not clicked.window.banner.isVisible()

    clicked.actions["delete_caliper"].trigger()  # no row is chosen any more
    assert clicked.session.settled_clicks == (second,)
    assert "no measurement to delete" in clicked.window.banner.text


def test_del_means_what_was_chosen_last(clicked):
    calipers = measure(clicked)
    choose(clicked, 1)
    clicked.actions["delete_caliper"].trigger()
    assert len(clicked.session.settled_clicks) == 1
    assert len(calipers.calipers) == 1

    choose(clicked, 0)
    calipers.choose(calipers.calipers[0])
    clicked.actions["delete_caliper"].trigger()
    assert len(clicked.session.settled_clicks) == 1
    assert not calipers.calipers


def test_del_is_about_measurements_while_one_is_drawn(clicked):
    calipers = measure(clicked)
    clicked.actions["ruler"].trigger()
    choose(clicked, 0)
    clicked.actions["delete_caliper"].trigger()
    assert len(clicked.session.settled_clicks) == 2
    assert not calipers.calipers


def test_rows_that_stay_are_not_made_anew_and_the_list_is_always_the_case_s(clicked):
    panel, session = clicked.window.side.clicks, clicked.session

    def widgets():
        items = (panel._list.item(row) for row in range(panel._list.count()))
        return [panel._list.itemWidget(item) for item in items]

    first, second = widgets()
    point_lps = tuple(session.volume.geometry.index_to_lps((12, 15, 19)))
    clicked.workbench.segmentation.add_click(point_lps, is_foreground=False)
    assert widgets()[:2] == [first, second]
    assert len(widgets()) == 3  # it waits
    clicked.executor.run_all()
    assert widgets()[:2] == [first, second]
    assert len(widgets()) == len(session.settled_clicks) == 3

    clicked.workbench.editing.delete_click(session.settled_clicks[0])
    assert len(widgets()) == 2
    session.undo()
    assert len(widgets()) == 3
    session.activate("aorta")
    assert widgets() == []
