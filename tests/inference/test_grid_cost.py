import numpy as np
import pytest

from inference.grid_cost import isotropic_grid_cost, squeezed_grid_cost


@pytest.fixture
def ball() -> np.ndarray:
    """A ball of 20 mm radius on a grid of 3 x 0.9 x 0.7 mm."""
    k, j, i = np.ogrid[:30, :90, :120]
    return (3 * (k - 14.3)) ** 2 + (0.9 * (j - 45)) ** 2 + (0.7 * (i - 61)) ** 2 < 20**2


SPACING = np.array([3.0, 0.9, 0.7])


def test_the_cts_own_grid_costs_nothing(ball):
    cost = squeezed_grid_cost(np.pad(ball, ((45, 45), (15, 15), (0, 0))), 120)
    assert cost.nearest == cost.linear == 1


def test_probabilities_go_back_better_than_labels(ball):
    for grid_mm in (2.0, 3.0, 4.0):
        cost = isotropic_grid_cost(ball, SPACING, grid_mm)
        assert cost.nearest < cost.linear < 1


def test_a_coarser_grid_costs_more(ball):
    values = [isotropic_grid_cost(ball, SPACING, grid_mm).linear for grid_mm in (1.0, 2.0, 4.0)]
    assert values[0] > values[1] > values[2]
    assert values[1] > 0.97


def test_an_axis_order_changes_nothing(ball):
    there = isotropic_grid_cost(ball, SPACING, 2.0)
    turned = isotropic_grid_cost(ball.transpose(2, 0, 1), SPACING[[2, 0, 1]], 2.0)
    assert turned.linear == pytest.approx(there.linear, abs=1e-6)
    assert turned.nearest == pytest.approx(there.nearest, abs=1e-6)


def test_no_structure_costs_nothing():
    assert squeezed_grid_cost(np.zeros((4, 5, 6), bool), 3).linear == 1
