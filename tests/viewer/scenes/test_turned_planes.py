"""Oblique planes: exact in the patient on every grid, against SimpleITK, and back again."""

import numpy as np
import pytest
import SimpleITK as sitk

from imaging.clicks import Click
from imaging.editing.label_patch import LabelPatch
from imaging.structures import STRUCTURES, structure_by_name
from imaging.volume import Volume
from viewer.scenes.planes import Plane, SliceFrame
from viewer.scenes.reslicing import Reslicer
from viewer.scenes.slabs import Slab, SlabKind
from viewer.scenes.slice_content import OUTSIDE_HU, SliceContent
from viewer.scenes.slice_scene import SliceScene
from viewer.scenes.styles import StructureStyle
from viewer.scenes.turned_planes import PlaneAxes, TurnedPlanes, letters_of

SPLEEN = structure_by_name("spleen")


@pytest.fixture
def noise(geometry) -> Volume:
    array = np.random.default_rng(3).integers(-900, 900, geometry.shape).astype(np.int16)
    return Volume(array, geometry)


@pytest.fixture
def middle_lps(geometry):
    return tuple(geometry.index_to_lps((np.array(geometry.shape) - 1) / 2 + 0.3))


@pytest.fixture
def turned(geometry) -> TurnedPlanes:
    """All three planes are oblique."""
    straight = TurnedPlanes.straight(geometry)
    return straight.turned_in(Plane.AXIAL, 0.4).turned_in(Plane.CORONAL, -0.3)


def as_sitk(array, geometry):
    image = sitk.GetImageFromArray(array)
    image.SetOrigin(tuple(geometry.origin_lps))
    image.SetSpacing(tuple(geometry.spacing_kji_mm[::-1]))
    image.SetDirection(tuple(geometry.direction[:, ::-1].ravel()))
    return image


def resampled(image, geometry, slice_index, interpolator, outside):
    """One slice of a grid by SimpleITK, at the very points that the grid names."""
    height, width = geometry.shape[1:]
    values = np.full((height, width), outside, float)
    for row in range(height):
        for column in range(width):
            point_lps = tuple(geometry.index_to_lps((slice_index, row, column)))
            index = np.array(image.TransformPhysicalPointToContinuousIndex(point_lps))
            inside = (index > -0.499) & (index < np.array(image.GetSize()) - 0.501)
            if inside.all():
                values[row, column] = image.EvaluateAtPhysicalPoint(point_lps, interpolator)
    return values


@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.SAGITTAL])
def test_an_oblique_ct_slice_is_what_simpleitk_samples(noise, turned, middle_lps, plane):
    frame = turned.frame(plane, middle_lps)
    reslicer = Reslicer(noise.array, noise.geometry, is_linear=True, outside=OUTSIDE_HU)
    index = frame.nearest_slice(middle_lps)

    cut = reslicer.cut(frame, index).astype(float)

    image = as_sitk(noise.array, noise.geometry)
    wanted = resampled(image, frame.geometry, index, sitk.sitkLinear, OUTSIDE_HU)
    inside = wanted != OUTSIDE_HU
    assert inside.mean() > 0.2
    assert np.abs(cut - wanted)[inside].max() <= 1.0  # rounded to whole HU
    assert (cut == OUTSIDE_HU).sum() >= 0.9 * (~inside).sum()


def test_oblique_labels_are_those_of_the_nearest_voxels(geometry, turned, middle_lps):
    labels = np.random.default_rng(5).integers(0, 9, geometry.shape).astype(np.uint8)
    frame = turned.frame(Plane.CORONAL, middle_lps)
    index = frame.nearest_slice(middle_lps)
    content = SliceContent()
    content.show_volume(Volume(np.zeros(geometry.shape, np.int16), geometry))
    content.show_labels(labels)

    cut = content.labels_of(frame, index, 0.0)

    rows, columns = np.mgrid[: cut.shape[0] : 3, : cut.shape[1] : 3]
    points_lps = frame.geometry.index_to_lps(
        np.stack([np.full(rows.shape, index), rows, columns], axis=-1)
    )
    position = geometry.lps_to_index(points_lps)
    is_clear = (np.abs(position - np.floor(position) - 0.5) > 1e-3).all(axis=-1)
    nearest = np.floor(position + 0.5).astype(int)
    inside = ((nearest >= 0) & (nearest < geometry.shape)).all(axis=-1)
    wanted = np.where(
        inside, labels[tuple(np.clip(nearest, 0, np.array(geometry.shape) - 1).T)].T, 0
    )
    np.testing.assert_array_equal(cut[rows, columns][is_clear], wanted[is_clear])


def test_a_preview_is_seen_in_an_oblique_slice_where_it_lies(geometry, turned, middle_lps):
    labels = np.zeros(geometry.shape, np.uint8)
    k, j, i = geometry.nearest_index(middle_lps)
    box = (slice(k - 2, k + 3), slice(j - 3, j + 2), slice(i - 1, i + 4))
    content = SliceContent()
    content.show_volume(Volume(np.zeros(geometry.shape, np.int16), geometry))
    content.show_labels(labels)
    frame = turned.frame(Plane.AXIAL, middle_lps)
    index = frame.nearest_slice(middle_lps)

    content.preview = LabelPatch(box, np.full((5, 5, 5), 7, np.uint8))
    previewed = content.labels_of(frame, index, 0.0).copy()
    content.preview = None
    labels[box] = 7
    content.labels_changed()

    assert previewed.any()
    np.testing.assert_array_equal(content.labels_of(frame, index, 0.0), previewed)


def test_a_pick_in_an_oblique_view_is_exact(noise, turned, middle_lps):
    scene = SliceScene(Plane.SAGITTAL)
    scene.show_volume(noise)
    scene.set_cursor(middle_lps)
    scene.turn(turned)
    scene.prepare((300, 260), 1.0)

    axes = turned.axes[Plane.SAGITTAL]
    wanted_lps = np.array(middle_lps) + 4.3 * axes.right_lps - 3.1 * axes.up_lps
    picked_lps = scene.point_at(scene.project(wanted_lps))

    assert scene.is_oblique
    np.testing.assert_allclose(picked_lps, wanted_lps, atol=1e-6)
    away = noise.geometry.corners_lps().mean(axis=0) + 9999
    assert scene.pick(scene.project(away)) is None


def test_a_click_placed_in_an_oblique_slice_lies_on_it(noise, turned, middle_lps):
    scene = SliceScene(Plane.CORONAL)
    scene.show_volume(noise)
    scene.set_structures([StructureStyle.of(structure) for structure in STRUCTURES])
    scene.set_cursor(middle_lps)
    scene.turn(turned)
    scene.prepare((300, 260), 1.0)
    at_px = scene.project(middle_lps)
    click = Click(scene.pick(at_px), SPLEEN.name, is_foreground=True)
    scene.set_clicks([click])

    assert scene.click_at(at_px, 3.0) is click
    forward = turned.axes[Plane.CORONAL].forward_lps
    scene.set_cursor(np.array(middle_lps) + 3 * noise.geometry.spacing_kji_mm.max() * forward)
    assert scene.click_at(at_px, 3.0) is None


def test_turning_back_shows_the_same_pixels_again(noise, turned, middle_lps, snapshot):
    scene = SliceScene(Plane.AXIAL)
    scene.show_volume(noise)
    scene.set_cursor(middle_lps)
    before = snapshot(scene)
    scene.turn(turned)
    oblique = snapshot(scene)
    scene.turn(None)

    assert (oblique != before).any()
    np.testing.assert_array_equal(snapshot(scene), before)


def test_the_plane_that_is_turned_in_stays_as_it_was(geometry):
    straight = TurnedPlanes.straight(geometry)
    turned = straight.turned_in(Plane.CORONAL, 0.5)

    assert turned.turned == {Plane.AXIAL, Plane.SAGITTAL}
    assert turned.frame(Plane.CORONAL, (0.0, 0.0, 0.0)) is None
    assert turned.tilt_degrees(Plane.AXIAL) == pytest.approx(np.degrees(0.5))
    assert turned.tilt_degrees(Plane.CORONAL) == pytest.approx(0)


def test_the_planes_stay_at_right_angles(turned):
    normals = np.array([turned.axes[plane].forward_lps for plane in Plane])
    np.testing.assert_allclose(normals @ normals.T, np.eye(3), atol=1e-9)


def test_the_crosshair_turns_with_the_drag(geometry):
    """Anticlockwise in the picture, whatever way the grid lies."""
    straight = TurnedPlanes.straight(geometry)
    for plane, other in ((Plane.AXIAL, Plane.CORONAL), (Plane.SAGITTAL, Plane.AXIAL)):
        before = np.array(straight.line_in(plane, other))
        after = np.array(straight.turned_in(plane, 0.2).line_in(plane, other))
        angle = np.arctan2(before[0] * after[1] - before[1] * after[0], before @ after)
        assert angle == pytest.approx(0.2)


def test_an_oblique_frame_holds_the_whole_ct(geometry, turned, middle_lps):
    frame = turned.frame(Plane.SAGITTAL, middle_lps)
    corners = frame.geometry.lps_to_index(geometry.corners_lps())

    assert (corners >= -0.5).all()
    assert (corners <= np.array(frame.geometry.shape) - 0.5).all()
    through = frame.geometry.lps_to_index(middle_lps)[0]
    assert through == pytest.approx(round(through), abs=1e-6)


def test_an_oblique_slab_shows_the_brightest_of_its_slices(noise, turned, middle_lps):
    frame = turned.frame(Plane.AXIAL, middle_lps)
    index = frame.nearest_slice(middle_lps)
    reslicer = Reslicer(noise.array, noise.geometry, is_linear=True, outside=OUTSIDE_HU)
    slab = Slab(SlabKind.MAXIMUM, 5 * frame.slice_spacing_mm)

    flat = reslicer.cut(frame, index, slab).astype(int)
    slices = [reslicer.cut(frame, index + step).astype(int) for step in range(-2, 3)]

    assert np.abs(flat - np.max(slices, axis=0)).max() <= 1


def test_directions_have_one_letter_or_two():
    assert letters_of((1.0, 0.0, 0.1)) == "L"
    assert letters_of((0.0, -2.0, 1.5)) == "AH"


def test_axes_of_a_sheared_grid_are_at_right_angles():
    from imaging.geometry import VolumeGeometry

    affine = np.array([[0, 0, 1, 0], [0.6, 1, 0, 0], [3, 0, 0, 0], [0, 0, 0, 1]], float)
    geometry = VolumeGeometry((6, 8, 9), affine)
    axes = PlaneAxes.of(SliceFrame.of(Plane.CORONAL, geometry))

    assert axes.right_lps @ axes.up_lps == pytest.approx(0)
    assert abs(axes.forward_lps @ axes.up_lps) < 1e-9
