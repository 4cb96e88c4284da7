"""What the window remembers of the tools and of the table of measures."""

from dataclasses import replace

import pytest

from app.controllers.drawing_options import DrawingOptions
from app.settings import KeptDrawing, SettingsStore
from imaging.editing.brush import Brush

pytestmark = pytest.mark.gui


@pytest.fixture
def start_with(desk):
    """Opens the case in a window whose settings are these."""

    def start(**settings):
        store = desk.workbench.settings
        store.change(store.settings.model_copy(update=settings))
        desk.open_case()
        return desk

    return start


def kept(desk):
    return desk.workbench.settings.settings


def test_the_brush_is_as_it_was_left(start_with):
    drawing = KeptDrawing(diameter_mm=9, is_ball=True, sticks_to_edges=True, hu_range=(-20, 180))
    desk = start_with(drawing=drawing)

    assert desk.workbench.tools.drawing.options == DrawingOptions(
        Brush(4.5, is_ball=True), sticks_to_edges=True, hu_range=(-20, 180)
    )


def test_what_the_tools_are_told_is_kept_but_not_the_structure_of_a_case(start_with):
    desk = start_with()
    drawing = desk.workbench.tools.drawing
    drawing.set_options(
        replace(drawing.options, brush=Brush(12.0), is_through=True, inside="spleen")
    )

    assert kept(desk).drawing == KeptDrawing(diameter_mm=24, is_through=True)


def test_a_size_that_no_brush_has_becomes_the_nearest(start_with):
    desk = start_with(drawing=KeptDrawing(diameter_mm=5000))
    assert desk.workbench.tools.drawing.options.brush.radius_mm == 60


def test_a_tool_for_the_whole_mask_comes_back_with_its_numbers(start_with):
    desk = start_with(refine_tool="grow", refine_numbers={"grow": (7.5,), "gone": (1.0,)})
    refine = desk.window.side.tool_options.refine

    assert refine.refinement.key == "grow"
    assert refine.numbers == (7.5,)


def test_numbers_of_a_tool_are_kept(start_with):
    desk = start_with()
    refine = desk.window.side.tool_options.refine
    refine.choose("smooth")
    refine._boxes[0].setValue(4.5)

    assert kept(desk).refine_tool == "smooth"
    assert kept(desk).refine_numbers["smooth"] == (4.5,)


def test_numbers_that_a_tool_does_not_take_are_left_out(start_with):
    desk = start_with(refine_numbers={"smooth": (1.0, 2.0), "median": (99999.0,)})
    refine = desk.window.side.tool_options.refine
    refine.choose("smooth")
    assert refine.numbers == (2.0,)
    refine.choose("median")
    assert refine.numbers[0] < 1000


def test_an_open_table_of_measures_opens_with_the_next_case(start_with):
    desk = start_with(shows_measures=True)
    assert desk.window.measures.isVisible()

    desk.actions["show_measures"].trigger()
    assert not kept(desk).shows_measures


def test_columns_keep_their_width_and_order(start_with, desk):
    start_with()
    header = desk.window.measures.table.horizontalHeader()
    header.resizeSection(2, 177)
    header.moveSection(header.visualIndex(4), 1)
    state = kept(desk).measures_columns

    desk.window.measures.reset_columns()
    assert header.sectionSize(2) != 177
    desk.workbench.settings.change(kept(desk).model_copy(update={"measures_columns": state}))
    desk.logic.tool_memory._restore(desk.window, desk.workbench.tools.drawing)
    assert header.sectionSize(2) == 177
    assert header.visualIndex(4) == 1


def test_a_reset_of_the_layout_resets_the_columns(start_with):
    desk = start_with()
    header = desk.window.measures.table.horizontalHeader()
    header.moveSection(3, 1)
    desk.actions["reset_layout"].trigger()
    assert [header.visualIndex(column) for column in range(header.count())] == list(
        range(header.count())
    )


def test_the_settings_file_brings_all_of_it_back(tmp_path):
    store = SettingsStore(tmp_path / "settings.json")
    drawing = KeptDrawing(diameter_mm=3, hu_range=(0, 90))
    update = {"drawing": drawing, "refine_numbers": {"smooth": (3.0,)}, "shows_measures": True}
    store.change(store.settings.model_copy(update=update))
    store.save()

    again = SettingsStore(tmp_path / "settings.json").settings
    assert again.drawing == drawing
    assert again.refine_numbers == {"smooth": (3.0,)}
    assert again.shows_measures
