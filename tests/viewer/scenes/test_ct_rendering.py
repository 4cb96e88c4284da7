"""The CT in 3D: where it is in the patient, what a look shows, and what is cut away."""

import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from imaging.structures import structure_by_name
from imaging.volume import Volume
from viewer.scenes.ct_rendering import CT_LOOKS, CtCut
from viewer.scenes.offscreen import OffscreenView
from viewer.scenes.planes import Plane
from viewer.scenes.pooled_ct import PooledCt, pooled_ct
from viewer.scenes.styles import StructureStyle
from viewer.scenes.surfaces import surface_from_mask
from viewer.scenes.volume_scene import VolumeScene

SPLEEN = structure_by_name("spleen")
SIZE_PX = (240, 200)


def bony(geometry, *centers_lps, reach_mm=6.0) -> Volume:
    """Air with cubes of bone."""
    points_lps = geometry.index_to_lps(np.moveaxis(np.indices(geometry.shape), 0, -1))
    array = np.full(geometry.shape, -1000, np.int16)
    for center_lps in centers_lps:
        array[(np.abs(points_lps - center_lps) <= reach_mm).all(axis=-1)] = 900
    return Volume(array, geometry)


def scene_of(volume) -> VolumeScene:
    scene = VolumeScene()
    scene.show_volume(volume)
    scene.set_planes_visible(False)
    scene._outline.VisibilityOff()
    scene._cube_renderer.DrawOff()
    return scene


def seen(scene, snapshot, look="bone"):
    """Rows and columns where the CT is drawn."""
    scene.ct.set_look(None)
    empty = snapshot(scene, SIZE_PX).astype(int)
    scene.ct.set_look(CT_LOOKS[look])
    full = snapshot(scene, SIZE_PX).astype(int)
    return np.nonzero(np.abs(full - empty).max(axis=2) > 25)


def test_the_ct_lies_where_its_surface_does_on_every_grid(geometry, snapshot):
    middle_lps = geometry.index_to_lps((np.array(geometry.shape) - 1) / 2)
    place_lps = middle_lps + geometry.spacing_kji_mm.min() * np.array([3.0, -2.0, 4.0])
    volume = bony(geometry, place_lps, reach_mm=4.0)
    scene = scene_of(volume)
    scene.ct.set_ct(PooledCt(volume.array, geometry))
    rows, columns = seen(scene, snapshot)
    scene.ct.set_look(None)
    scene.set_structures([StructureStyle.of(SPLEEN)])
    empty = snapshot(scene, SIZE_PX).astype(int)
    scene.set_surface(SPLEEN.label_value, surface_from_mask(volume.array > 0, geometry))
    surface = np.abs(snapshot(scene, SIZE_PX).astype(int) - empty).max(axis=2) > 25
    surface_rows, surface_columns = np.nonzero(surface)

    assert len(rows) > 30
    assert rows.mean() == pytest.approx(surface_rows.mean(), abs=3)
    assert columns.mean() == pytest.approx(surface_columns.mean(), abs=3)


@pytest.fixture
def two_bones() -> Volume:
    geometry = VolumeGeometry.from_parts((30, 30, 30), (-29, -29, -29), (2, 2, 2))
    return bony(geometry, (-16, 0, 0), (16, 0, 0))


def test_every_look_draws_bone_and_none_draws_air(two_bones, snapshot):
    scene = scene_of(two_bones)
    scene.ct.set_ct(PooledCt(two_bones.array, two_bones.geometry))
    for look in set(CT_LOOKS) - {"lung"}:
        _, columns = seen(scene, snapshot, look)
        assert len(columns) > 100
        middle = (columns > 112) & (columns < 128)
        assert not middle.any()


@pytest.mark.parametrize(("is_other_side", "left_share"), [(False, 1.0), (True, 0.0)])
def test_a_cut_takes_one_side_of_the_slice(two_bones, snapshot, is_other_side, left_share):
    scene = scene_of(two_bones)
    scene.ct.set_ct(PooledCt(two_bones.array, two_bones.geometry))
    scene.set_cursor((0.0, 0.0, 0.0))
    scene.ct.set_cut(CtCut(frozenset({Plane.SAGITTAL}), is_other_side))
    _, columns = seen(scene, snapshot)

    # The patient's right is on the left of the picture; forward, the cut side, is their left.
    assert len(columns) > 50
    assert (columns < 120).mean() == left_share


def test_the_cut_follows_the_cursor(two_bones, snapshot):
    scene = scene_of(two_bones)
    scene.ct.set_ct(PooledCt(two_bones.array, two_bones.geometry))
    scene.ct.set_cut(CtCut(frozenset({Plane.SAGITTAL})))
    scene.set_cursor((28.0, 0.0, 0.0))
    _, columns = seen(scene, snapshot)

    assert 0.4 < (columns < 120).mean() < 0.6


def test_few_rays_show_the_same_thing_coarsely(two_bones, snapshot):
    scene = scene_of(two_bones)
    scene.ct.set_ct(PooledCt(two_bones.array, two_bones.geometry))
    fine = seen(scene, snapshot)
    scene.ct.set_coarse(True)
    coarse = seen(scene, snapshot)

    assert len(coarse[0]) == pytest.approx(len(fine[0]), rel=0.25)


def test_another_patient_is_not_drawn_with_the_ct_of_the_last(two_bones, snapshot):
    scene = scene_of(two_bones)
    scene.ct.set_ct(PooledCt(two_bones.array, two_bones.geometry))
    scene.ct.set_look(CT_LOOKS["bone"])
    scene.show_volume(two_bones)

    assert not scene.ct.is_shown
    assert len(seen(scene, snapshot)[0]) == 0


def test_a_click_finds_the_nearest_surface_or_bone(two_bones, snapshot):
    scene = scene_of(two_bones)
    scene.ct.set_ct(PooledCt(two_bones.array, two_bones.geometry))
    rows, columns = seen(scene, snapshot)
    scene.set_structures([StructureStyle.of(SPLEEN)])
    points = two_bones.geometry.index_to_lps(np.moveaxis(np.indices((30, 30, 30)), 0, -1))
    mask = (np.abs(points - (16, 0, 0)) <= 8).all(axis=-1)
    scene.set_surface(SPLEEN.label_value, surface_from_mask(mask, two_bones.geometry))
    scene.ct.set_look(None)
    on_right = columns > 120
    right_px = (columns[on_right].mean(), rows[on_right].mean())
    left_px = (columns[~on_right].mean(), rows[~on_right].mean())

    view = OffscreenView(scene, SIZE_PX)
    try:
        view.render()
        np.testing.assert_allclose(scene.pick(right_px), (16, -8, 0), atol=2.5)
        assert scene.pick(left_px) is None
        scene.ct.set_look(CT_LOOKS["bone"])
        np.testing.assert_allclose(scene.pick(left_px), (-16, -6, 0), atol=2.5)
        scene.set_structures([StructureStyle.of(SPLEEN, is_visible=False)])
        np.testing.assert_allclose(scene.pick(right_px), (16, -6, 0), atol=2.5)
    finally:
        view.close()


def test_pooling_keeps_means_and_places(oblique_geometry):
    array = np.random.default_rng(2).integers(0, 1000, oblique_geometry.shape).astype(np.int16)
    pooled = pooled_ct(Volume(array, oblique_geometry), max_voxels=4000)
    index = (2, 3, 4)
    sides = [
        round(a / b)
        for a, b in zip(
            pooled.geometry.spacing_kji_mm, oblique_geometry.spacing_kji_mm, strict=True
        )
    ]
    start = oblique_geometry.lps_to_index(pooled.geometry.index_to_lps(index))
    low = np.round(start - (np.array(sides) - 1) / 2).astype(int)
    block = array[tuple(slice(a, a + n) for a, n in zip(low, sides, strict=True))]

    assert pooled.array.size <= 4000
    assert pooled.array.shape == pooled.geometry.shape
    assert pooled.array[index] == int(block.mean())
    assert pooled.geometry.spacing_kji_mm.max() / pooled.geometry.spacing_kji_mm.min() < 1.7
