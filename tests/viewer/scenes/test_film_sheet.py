"""A film of axial slices: head first, every so many mm, exact places, labels as they are."""

import numpy as np
import pytest

from imaging.structures import STRUCTURES, structure_by_name
from imaging.volume import Volume
from viewer.scenes.annotations import position_text
from viewer.scenes.film_sheet import FilmSheet
from viewer.scenes.planes import Plane, SliceFrame
from viewer.scenes.sampling import sampled_linearly, sampled_nearest
from viewer.scenes.slabs import Slab
from viewer.scenes.styles import OverlayStyle, StructureStyle

SIZE_PX = (700, 500)
SPLEEN = structure_by_name("spleen")


def sheet_of(volume, spacing_mm=1.0) -> FilmSheet:
    sheet = FilmSheet()
    sheet.set_spacing(spacing_mm)
    sheet.set_structures([StructureStyle.of(structure) for structure in STRUCTURES])
    sheet.show_volume(volume, None)
    sheet.resize(SIZE_PX)
    return sheet


def place_of(sheet, tile, point_lps):
    """The pixel of the sheet that shows a point, by search over what ``point_at`` says."""
    width, height = sheet.tile_size_px
    pixels = [(tile.left_px + x, tile.top_px + y) for x in range(width) for y in range(height)]
    found = [(px, sheet.point_at(px)) for px in pixels[:: max(1, len(pixels) // 4000)]]
    known = [(px, np.linalg.norm(np.subtract(at, point_lps))) for px, at in found if at is not None]
    return min(known, key=lambda pair: pair[1])


def test_the_first_slice_is_the_one_nearest_to_the_head(tissue_volume):
    sheet = sheet_of(tissue_volume)
    positions = [tile.position_mm for tile in sheet.tiles()]

    assert len(positions) >= 2
    assert positions == sorted(positions, reverse=True)
    frame = SliceFrame.of(Plane.AXIAL, tissue_volume.geometry)
    assert sheet.tiles()[0].slice_index == (frame.slice_count - 1 if frame.is_slice_forward else 0)


def test_a_slice_lies_where_the_axial_view_says(geometry):
    volume = Volume(np.zeros(geometry.shape, np.int16), geometry)
    frame = SliceFrame.of(Plane.AXIAL, geometry)
    for tile in sheet_of(volume).tiles():
        text = position_text(frame, tile.slice_index, Slab(), tilt_degrees=0.0)
        assert f"{tile.position_mm:.1f} mm" in text


def test_slices_lie_as_far_apart_as_was_asked(tissue_volume):
    frame = SliceFrame.of(Plane.AXIAL, tissue_volume.geometry)
    sheet = sheet_of(tissue_volume, spacing_mm=3 * frame.slice_spacing_mm)

    assert set(np.abs(np.diff(sheet.slice_indices))) == {3}


def test_a_pixel_is_the_place_that_it_shows(geometry):
    array = np.full(geometry.shape, -1000, np.int16)
    index = tuple(side // 3 for side in geometry.shape)
    array[index] = 1000
    sheet = sheet_of(Volume(array, geometry))
    point_lps = tuple(geometry.index_to_lps(index))
    sheet.reveal(point_lps)
    nearest = sheet.nearest_tile(point_lps)
    (tile,) = (tile for tile in sheet.tiles() if tile.slice_index == nearest)
    (x, y), distance_mm = place_of(sheet, tile, point_lps)

    assert distance_mm < geometry.spacing_kji_mm.max() / 2
    picture = sheet.picture()
    assert picture[y, x, 0] > 60
    assert picture[y, x, 0] > picture[tile.top_px + 2, tile.left_px + 2, 0] + 50


def test_labels_are_drawn_and_follow_edits(tissue_volume):
    sheet = sheet_of(tissue_volume)
    labels = np.zeros(tissue_volume.array.shape, np.uint8)
    sheet.show_labels(labels)
    plain = sheet.picture()
    labels[...] = SPLEEN.label_value
    assert (sheet.picture() == plain).all()  # nobody said that it changed

    sheet.labels_changed(tuple(slice(0, size) for size in labels.shape))
    labelled = sheet.picture()
    assert (labelled != plain).any()
    sheet.set_overlay(OverlayStyle(is_visible=False))
    np.testing.assert_array_equal(sheet.picture(), plain)


def test_scrolling_ends_at_the_last_row(tissue_volume):
    sheet = sheet_of(tissue_volume)
    sheet.scroll(999)
    last = sheet.tiles()[-1].slice_index

    assert last == sheet.slice_indices[-1]
    sheet.scroll(-999)
    assert sheet.tiles()[0].slice_index == sheet.slice_indices[0]


def test_there_is_nothing_between_tiles_and_without_a_ct(tissue_volume):
    sheet = sheet_of(tissue_volume)
    assert sheet.point_at((sheet.tile_size_px[0] + 0.7, 5)) is None
    sheet.show_volume(None, None)
    assert sheet.point_at((5, 5)) is None
    assert sheet.tiles() == ()
    assert sheet.picture().max() == 0


def test_sampling_is_linear_between_pixels_and_means_where_it_shrinks():
    picture = np.arange(48, dtype=np.int16).reshape(6, 8) * 10
    between = sampled_linearly(picture, np.array([1.0, 1.5]), np.array([2.0, 2.25, 9.0]))
    np.testing.assert_allclose(between[:, :2], [[100, 102.5], [140, 142.5]])
    assert (between[:, 2] == -1024).all()

    halved = sampled_linearly(picture, np.array([0.5, 2.5, 4.5]), np.array([0.5, 2.5, 4.5, 6.5]))
    np.testing.assert_allclose(halved, picture.reshape(3, 2, 4, 2).mean(axis=(1, 3)))
    labels = sampled_nearest(np.eye(3, dtype=np.uint8), np.array([-1.0, 1.4]), np.array([1.0, 0.6]))
    assert labels.tolist() == [[0, 0], [1, 1]]


@pytest.mark.parametrize("size_px", [(1, 1), (90, 60), (230, 2000)])
def test_any_size_has_a_picture(tissue_volume, size_px):
    sheet = sheet_of(tissue_volume)
    sheet.resize(size_px)

    assert sheet.picture().shape == (size_px[1], size_px[0], 3)
