import numpy as np
import pytest

from training.evaluation.simulated_user import Trial, User, choose_clicks_as, simulate_user


@pytest.fixture
def correct(geometry, target):
    """Let a user correct the target's mask; from nothing unless told otherwise."""

    def run(session, counts, start=None, **options):
        start = np.zeros_like(target) if start is None else start
        trial = Trial("one", "spleen", geometry, target, start)
        return simulate_user(trial, session, User.EXACT, counts, **options)

    return run


def test_the_mask_that_a_user_starts_from_counts_as_zero_clicks(correct, fixed_session, target):
    result = correct(fixed_session([]), (0,), start=target)
    assert result.dice == (1.0,)
    assert result.clicks_to_good == 0
    assert result.seconds_per_click == 0


def test_a_click_that_lowers_the_dice_is_harmful(correct, fixed_session, target):
    half = target.copy()
    half[:, :14] = False
    session = fixed_session([target & ~(np.arange(30) > 18), half, target])
    result = correct(session, (0, 3))
    assert result.harmful_clicks == 1
    assert result.clicks_placed == 3


def test_a_perfect_mask_is_clicked_no_more_and_keeps_its_dice(correct, fixed_session, target):
    result = correct(fixed_session([target]), (0, 5))
    assert result.clicks_placed == 1
    assert result.dice == (0.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    assert result.surface[5].nsd == 1


def test_a_request_holds_all_clicks_and_the_mask_so_far(correct, fixed_session, target):
    first = target.copy()
    first[:5] = False
    session = fixed_session([first, target])
    correct(session, (2,))
    assert [len(request.clicks) for request in session.requests] == [1, 2]
    assert not session.requests[0].current_mask.any()
    assert np.array_equal(session.requests[1].current_mask, first)


def test_a_click_lies_where_the_patient_has_the_error(correct, fixed_session, target, geometry):
    surplus = target.copy()
    surplus[9:12, 8:20, 8:20] = True
    session = fixed_session([target])
    correct(session, (1,), start=surplus)
    (click,) = session.requests[0].clicks
    k, j, i = geometry.nearest_index(click.point_lps)
    assert not click.is_foreground
    assert k == 10
    assert 8 <= j < 20
    assert 8 <= i < 20


def test_surfaces_and_masks_are_given_at_the_reported_counts_only(correct, fixed_session, target):
    first = target.copy()
    first[:5] = False
    seen = {}
    session = fixed_session([first, first, target])
    result = correct(session, (0, 3), on_mask=lambda clicks, mask: seen.update({clicks: mask}))
    assert set(result.surface) == set(seen) == {0, 3}
    assert len(result.dice) == 4
    assert np.array_equal(seen[3], target)


def clicks_of(user, target, seed=0, case="one", count=12):
    choose = choose_clicks_as(user, seed, case, "spleen")
    mask = np.roll(target, 2, axis=2)
    return [choose(target, mask, np.array([3.0, 1.0, 1.0])) for _ in range(count)]


def test_a_jittered_user_repeats_itself_for_a_seed_and_case_and_for_no_other(target):
    clicks = clicks_of(User.JITTERED, target)
    assert clicks_of(User.JITTERED, target) == clicks
    assert clicks_of(User.JITTERED, target, seed=1) != clicks
    assert clicks_of(User.JITTERED, target, case="two") != clicks


def test_an_exact_user_always_clicks_the_same(target):
    assert len(set(clicks_of(User.EXACT, target))) == 1
