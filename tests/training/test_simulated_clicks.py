import numpy as np
import pytest

from training.simulated_clicks import click_in_largest_error


def ball(shape, center, radius, spacing=(1, 1, 1)):
    grids = np.ogrid[tuple(slice(0, n) for n in shape)]
    return (
        sum(((g - c) * s) ** 2 for g, c, s in zip(grids, center, spacing, strict=True)) < radius**2
    )


def test_the_first_click_is_the_middle_of_the_structure():
    target = ball((20, 30, 40), (9, 14, 22), 6)
    click = click_in_largest_error(target, np.zeros_like(target), np.ones(3))
    assert click.is_foreground
    assert np.abs(np.array(click.index_kji) - (9, 14, 22)).max() <= 1


def test_the_middle_is_found_in_millimetres():
    spacing = np.array([5.0, 1.0, 1.0])
    target = ball((9, 40, 40), (4, 20, 20), 14, spacing)
    click = click_in_largest_error(target, np.zeros_like(target), spacing)
    assert click.index_kji == (4, 20, 20)


def test_the_larger_error_is_clicked_and_its_kind_is_right():
    target = ball((30, 30, 30), (10, 15, 15), 5)
    surplus = ball((30, 30, 30), (22, 15, 15), 6)
    click = click_in_largest_error(target, target | surplus, np.ones(3))
    assert not click.is_foreground
    assert surplus[click.index_kji]
    click = click_in_largest_error(target, ball((30, 30, 30), (24, 15, 15), 3), np.ones(3))
    assert click.is_foreground
    assert target[click.index_kji]


def test_an_error_at_the_edge_of_the_ct_is_clicked_away_from_the_edge():
    target = np.zeros((10, 20, 20), bool)
    target[:7] = True
    click = click_in_largest_error(target, np.zeros_like(target), np.ones(3))
    assert click.index_kji[0] == 3


def test_nothing_wrong_means_no_click():
    target = ball((10, 10, 10), (5, 5, 5), 3)
    assert click_in_largest_error(target, target, np.ones(3)) is None


@pytest.mark.parametrize("seed", range(5))
def test_a_careless_user_still_clicks_inside_the_error(seed):
    target = ball((20, 30, 30), (10, 12, 14), 6)
    mask = ball((20, 30, 30), (10, 18, 14), 6)
    rng = np.random.default_rng(seed)
    click = click_in_largest_error(target, mask, np.ones(3), rng)
    wrong = target & ~mask if click.is_foreground else mask & ~target
    assert wrong[click.index_kji]
