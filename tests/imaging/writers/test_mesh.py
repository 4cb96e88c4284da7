"""Surfaces in every format: on the mask's border, closed, outwards, in the frame they name."""

import numpy as np
import pytest
import trimesh
from scipy import ndimage

from imaging.errors import WriteError
from imaging.writers import mesh
from imaging.writers.mesh import MESH_ENDINGS, MeshFrame, write_mesh

HALF_A_VOXEL = 0.5


def distance_in_voxels(points_lps, mask, geometry):
    """From points to the nearest face between a voxel inside and one outside, in voxels."""
    padded = np.pad(mask, 1)
    middles = []
    for axis in range(3):
        crossing = np.argwhere(np.diff(padded.astype(np.int8), axis=axis)).astype(float)
        crossing[:, axis] += 0.5
        middles.append(crossing - 1)
    faces = np.concatenate(middles)
    normals = np.repeat(np.arange(3), [len(one) for one in middles])
    found = []
    for point in geometry.lps_to_index(points_lps):
        offset = np.abs(faces - point)
        # A face is flat along its axis and reaches half a voxel along the others.
        beside = np.maximum(offset - 0.5, 0)
        beside[np.arange(len(faces)), normals] = offset[np.arange(len(faces)), normals]
        found.append(np.linalg.norm(beside, axis=1).min())
    return np.array(found)


def points_on(surface, count, random):
    """Random points of a surface, anywhere on its triangles."""
    triangles = surface.triangles[random.integers(0, len(surface.faces), count)]
    return np.einsum("nij,ni->nj", triangles, random.dirichlet(np.ones(3), count))


@pytest.mark.parametrize("is_smooth", [True, False])
def test_no_point_is_half_a_voxel_away_from_the_masks_border(grid, labels_on, is_smooth, tmp_path):
    mask = labels_on(grid) == 1
    path = tmp_path / "spleen.ply"
    write_mesh(path, mask, grid, "Spleen", is_smooth=is_smooth)
    found = trimesh.load_mesh(path, process=False)
    points = points_on(found, 300, np.random.default_rng(0))
    assert distance_in_voxels(points, mask, grid).max() <= HALF_A_VOXEL
    assert found.is_watertight
    assert found.volume > 0  # turned inside out it would be negative


def test_a_ball_keeps_its_volume_and_place(oblique_geometry):
    k, j, i = np.indices(oblique_geometry.shape)
    points = oblique_geometry.index_to_lps(np.stack([k, j, i], axis=-1))
    middle = oblique_geometry.index_to_lps(np.array(oblique_geometry.shape) / 2)
    mask = np.linalg.norm(points - middle, axis=-1) < 11
    surface = mesh.surface_lps(mask, oblique_geometry)
    assert surface.volume == pytest.approx(4 / 3 * np.pi * 11**3, rel=0.03)
    assert np.linalg.norm(surface.center_mass - middle) < 0.2
    # Slices are four times as thick as pixels are wide: what is left of their steps.
    assert surface.area == pytest.approx(4 * np.pi * 11**2, rel=0.08)


@pytest.mark.parametrize("ending", MESH_ENDINGS)
@pytest.mark.parametrize("frame", MeshFrame)
def test_the_file_says_its_frame_and_keeps_it(ending, frame, flipped_geometry, labels_on, tmp_path):
    mask = labels_on(flipped_geometry) == 5
    path = tmp_path / f"kidney{ending}"
    write_mesh(path, mask, flipped_geometry, "Left kidney", frame=frame)
    assert f"Left kidney; {frame.value} mm; for research use only" in path.read_bytes()[
        :300
    ].decode("latin-1")
    found = trimesh.load_mesh(path)
    middle_lps = flipped_geometry.index_to_lps(ndimage.center_of_mass(mask))
    signs = (1, 1, 1) if frame is MeshFrame.LPS else (-1, -1, 1)
    assert np.linalg.norm(found.center_mass - middle_lps * signs) < 1
    assert found.is_watertight
    assert found.volume > 0


def test_an_empty_mask_is_refused(oblique_geometry, tmp_path):
    mask = np.zeros(oblique_geometry.shape, bool)
    with pytest.raises(WriteError, match="Spleen has no voxel"):
        write_mesh(tmp_path / "x.stl", mask, oblique_geometry, "Spleen")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_ending_is_refused(oblique_geometry, labels_on, tmp_path):
    mask = labels_on(oblique_geometry) == 1
    with pytest.raises(WriteError, match=r"names no format. Use one of .stl, .obj, .ply"):
        write_mesh(tmp_path / "x.3mf", mask, oblique_geometry, "Spleen")


def test_what_does_not_read_back_is_not_saved(oblique_geometry, labels_on, tmp_path, monkeypatch):
    real = mesh._encoded
    monkeypatch.setattr(mesh, "_encoded", lambda *arguments: real(*arguments)[:-500])
    with pytest.raises(WriteError, match="did not read back the same"):
        write_mesh(tmp_path / "x.stl", labels_on(oblique_geometry) == 1, oblique_geometry, "Spleen")
    assert list(tmp_path.iterdir()) == []
