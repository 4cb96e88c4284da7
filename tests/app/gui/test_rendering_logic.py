"""The CT in 3D: chosen by actions, prepared in the background, remembered."""

import pytest

from viewer.scenes.planes import Plane

pytestmark = pytest.mark.gui


def ct(desk):
    return desk.logic.views.case_view.views.volume_scene.ct


def test_a_look_prepares_the_ct_once_and_shows_it(desk):
    desk.open_case()
    assert not ct(desk).has_ct
    desk.actions["ct_look_bone"].trigger()
    assert not ct(desk).is_shown  # it is still being prepared
    desk.executor.run_all()
    assert ct(desk).is_shown

    desk.actions["ct_look_none"].trigger()
    assert not ct(desk).is_shown
    desk.actions["ct_look_maximum"].trigger()
    assert ct(desk).is_shown


def test_looks_come_in_turn_and_are_remembered(desk):
    desk.open_case()
    desk.actions["next_ct_look"].trigger()
    assert desk.actions["ct_look_bone"].isChecked()
    assert desk.workbench.settings.settings.ct_look == "bone"
    for _ in range(5):
        desk.actions["next_ct_look"].trigger()
    assert desk.actions["ct_look_none"].isChecked()


def test_the_next_case_is_seen_alike(desk):
    desk.open_case()
    desk.actions["ct_look_soft"].trigger()
    desk.executor.run_all()
    desk.open_case()
    desk.executor.run_all()

    assert ct(desk).is_shown


def test_a_cut_without_the_ct_says_what_to_choose(desk):
    desk.open_case()
    desk.actions["cut_coronal"].trigger()
    assert "CT in 3D" in desk.window.banner.text

    desk.actions["cut_other_side"].trigger()
    assert ct(desk)._cut.planes == {Plane.CORONAL}
    assert ct(desk)._cut.is_other_side
