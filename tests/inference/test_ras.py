import numpy as np
import pytest

from inference.ras import RasAxes, file_affine_ras_mm


@pytest.fixture(params=["oblique_geometry", "flipped_geometry"])
def geometry(request):
    return request.getfixturevalue(request.param)


def test_axes_of_the_view_grow_to_the_right_front_and_head(geometry):
    axes = RasAxes.of(geometry)
    corners = np.indices(geometry.shape).transpose(1, 2, 3, 0)
    points = geometry.index_to_lps(corners)
    right, front, head = (axes.to_ras(points[..., n] * sign) for n, sign in enumerate((-1, -1, 1)))
    assert (np.diff(right, axis=0) > 0).all()
    assert (np.diff(front, axis=1) > 0).all()
    assert (np.diff(head, axis=2) > 0).all()


def test_the_way_back_is_the_inverse(geometry):
    axes = RasAxes.of(geometry)
    array = np.arange(np.prod(geometry.shape)).reshape(geometry.shape)
    ras = axes.to_ras(array)
    assert ras.shape == axes.shape_ras(geometry.shape)
    assert np.array_equal(axes.from_ras(ras), array)
    assert np.array_equal(axes.from_ras(np.stack([ras, -ras]))[1], -array)


def test_an_index_names_the_same_voxel_in_both_orders(geometry):
    axes = RasAxes.of(geometry)
    array = np.arange(np.prod(geometry.shape)).reshape(geometry.shape)
    index = np.array([3, 7, 11])
    at = axes.ras_index(index.astype(float), geometry.shape).astype(int)
    assert axes.to_ras(array)[tuple(at)] == array[tuple(index)]
    in_file = axes.file_index_from_ras(geometry.shape) @ [*at, 1]
    assert np.array_equal(in_file[:3], index[::-1])


def test_matrices_turn_with_the_axes(geometry):
    axes = RasAxes.of(geometry)
    weights = [np.random.default_rng(n).random((2, n)) for n in axes.shape_ras(geometry.shape)]
    array = np.random.default_rng(0).random(geometry.shape)
    own = np.einsum("kji,ak,bj,ci->abc", array, *axes.weights_kji(weights))
    ras = np.einsum("xyz,ax,by,cz->abc", axes.to_ras(array), *weights)
    assert np.allclose(axes.to_ras(own), ras)


def test_the_file_affine_is_monais(geometry):
    point = file_affine_ras_mm(geometry) @ [11, 7, 3, 1]  # i, j, k
    assert np.allclose(point[:3], geometry.index_to_lps([3, 7, 11]) * [-1, -1, 1])
