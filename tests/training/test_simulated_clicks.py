import numpy as np
import pytest

from training.simulated_clicks import (
    MISS_MM,
    SECOND_ERROR_SHARE,
    WRONG_SHARE,
    click_in_largest_error,
    jittered_click,
)


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


SPACING_MM = np.array([3.0, 1.0, 1.5])


@pytest.fixture(scope="module")
def two_errors():
    """A target, a mask with a large missing and a small surplus part, and many jittered clicks."""
    target = ball((24, 50, 50), (12, 15, 20), 12, SPACING_MM)
    mask = ball((24, 50, 50), (12, 38, 30), 8, SPACING_MM)
    rng = np.random.default_rng(0)
    return target, mask, [jittered_click(target, mask, SPACING_MM, rng) for _ in range(400)]


def test_a_jittered_user_misses_the_middle_by_some_millimetres(two_errors):
    _, _, clicks = two_errors
    indices = np.array([click.index_kji for click in clicks if click.is_foreground])
    missed_mm = np.linalg.norm((indices - (12, 15, 20)) * SPACING_MM, axis=1)
    assert MISS_MM < np.median(missed_mm) < 3 * MISS_MM
    assert (missed_mm > 9).mean() > 0.1  # the clicks at the border


def test_a_jittered_user_sometimes_sees_the_second_largest_error_first(two_errors):
    _, _, clicks = two_errors
    second = np.mean([not click.is_foreground for click in clicks])
    assert second == pytest.approx(SECOND_ERROR_SHARE, abs=0.04)


def test_a_small_share_of_jittered_clicks_slips_across_the_border(two_errors):
    target, mask, clicks = two_errors
    wrong = [click for click in clicks if target[click.index_kji] != click.is_foreground]
    assert len(wrong) / len(clicks) == pytest.approx(WRONG_SHARE, abs=0.025)
    for click in wrong:
        error = np.argwhere(target if click.is_foreground else mask)
        assert np.abs(error - click.index_kji).sum(axis=1).min() <= 2


def test_other_jittered_clicks_are_right_and_in_an_error(two_errors):
    target, mask, clicks = two_errors
    right = [click for click in clicks if target[click.index_kji] == click.is_foreground]
    assert all(mask[click.index_kji] != target[click.index_kji] for click in right)


def test_a_jittered_user_clicks_a_structure_that_fills_the_ct():
    everything = np.ones((3, 4, 5), bool)
    rng = np.random.default_rng(0)
    for _ in range(40):
        click = jittered_click(everything, ~everything, SPACING_MM, rng)
        assert click.is_foreground
    assert jittered_click(everything, everything, SPACING_MM, rng) is None
