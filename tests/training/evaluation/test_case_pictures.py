import numpy as np
import pytest

from imaging.volume import Volume
from training.evaluation.case_pictures import (
    AxialView,
    CasePicture,
    case_figure,
    ranked_pictures,
    shown_click_counts,
)
from training.evaluation.figure_file import write_figure


@pytest.mark.parametrize("grid", ["oblique_geometry", "flipped_geometry"])
def test_a_picture_shows_the_patients_right_side_left_and_front_up(grid, request):
    geometry = request.getfixturevalue(grid)
    target = np.zeros(geometry.shape, bool)
    middle = np.array(geometry.shape) // 2
    target[tuple(slice(at - 3, at + 4) for at in middle)] = True
    # Where each voxel lies is written into it, so that the picture tells how it is turned.
    points_lps = geometry.index_to_lps(np.moveaxis(np.indices(geometry.shape), 0, -1))
    for axis, picture_axis in ((1, 0), (0, 1)):
        volume = Volume(points_lps[..., axis].round().astype(np.int16), geometry)
        view = AxialView.of(volume, target)
        picture = view.cut(volume.array).astype(float)
        assert np.diff(picture, axis=picture_axis).sum() > 0
        across = np.abs(np.diff(picture, axis=1 - picture_axis)).mean()
        assert np.diff(picture, axis=picture_axis).mean() > across


def test_the_slice_is_that_in_which_the_structure_is_largest(flipped_geometry):
    target = np.zeros(flipped_geometry.shape, bool)
    target[5:8, 10:14, 11:22] = True
    target[5:8, 10:20, 15] = True
    volume = Volume(np.zeros(flipped_geometry.shape, np.int16), flipped_geometry)
    view = AxialView.of(volume, target)
    assert view.cut(target).sum() == max(
        target.sum(axis=tuple(a for a in range(3) if a != view.axes.order[0]))
    )


def test_a_picture_is_about_as_high_as_it_is_wide_in_millimetres(oblique_geometry):
    target = np.zeros(oblique_geometry.shape, bool)
    target[8:12, 14:16, 18:21] = True
    volume = Volume(np.zeros(oblique_geometry.shape, np.int16), oblique_geometry)
    view = AxialView.of(volume, target)
    rows, columns = view.cut(target).shape
    # The whole grid is smaller than the margin, so both sides end where it ends.
    assert (rows, columns) == (30, 40)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [((0, 1, 3, 5, 10), (0, 5)), ((0, 2), (0, 2)), ((1, 5), (1, 5)), ((3,), (3,)), ((0,), (0,))],
)
def test_the_clicks_shown_are_none_and_five_where_they_are_measured(counts, shown):
    assert shown_click_counts(counts) == shown


@pytest.fixture
def picture():
    def make(case, dice):
        truth = np.zeros((20, 24), bool)
        truth[5:12, 6:15] = True
        masks = {0: np.zeros_like(truth), 5: np.roll(truth, 1, axis=0)}
        hu = np.full(truth.shape, 40, np.int16)
        return CasePicture(case, hu, truth, masks, {0: 0.0, 5: dice}, (1.5, 1.0))

    return make


def test_best_median_and_worst_are_chosen_by_the_dice_after_the_last_click(picture):
    dice = {"a": 0.7, "b": 0.9, "c": 0.1, "d": 0.8, "e": 0.6}
    pictures = [picture(*case_and_dice) for case_and_dice in dice.items()]
    ranked = ranked_pictures(pictures)
    assert {rank: one.case for rank, one in ranked.items()} == {
        "best": "b", "median": "a", "worst": "c",
    }  # fmt: skip
    assert list(ranked_pictures(pictures[:2])) == ["best", "worst"]
    assert list(ranked_pictures(pictures[:1])) == ["only case"]


def test_the_figure_draws_truth_and_mask_but_no_empty_mask(picture, tmp_path):
    figure = case_figure("spleen", [picture("a", 0.8), picture("b", 0.6), picture("c", 0.4)])
    assert len(figure.axes) == 6
    contours = [len(panel.collections) for panel in figure.axes]
    assert contours == [1, 1, 1, 2, 2, 2]
    assert figure.axes[0].get_title() == "best: a\n0 clicks: Dice 0.000"
    assert figure.axes[5].get_title() == "5 clicks: Dice 0.400"
    write_figure(figure, tmp_path / "spleen.png")
    assert (tmp_path / "spleen.png").stat().st_size > 1000
